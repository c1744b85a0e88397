"""Warm springs, kept apart from what wells may give: their heat from flow and temperature.

Comes in: the tables of springs and prospects. Goes out: points with their thermal power.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greenzone.technologies.geothermal.model import spring_power
from greenzone.technologies.geothermal.options import Options


def published_flows(published: pd.DataFrame | None) -> pd.Series:
    """All thermal and mineral water of a district that was published, by district. [m3/d]"""
    if published is None:
        return pd.Series(dtype=float)
    rows = published[(published.quantity == "spring_flow") & (published.technology == "geothermal")]
    return rows.groupby("districts")["value"].max().astype(float)


def highest_heat(flows: pd.Series, zone: gpd.GeoDataFrame, options: Options) -> float:
    """Heat of all published water of the zone's districts as if it were as warm as the springs: an upper bound. [MW]"""
    inside = flows[flows.index.isin(zone["district"].astype(str))]
    return float(spring_power(inside.sum(), options.spring_temperature, options.spring_return))


def spring_features(
    springs: pd.DataFrame,
    prospects: pd.DataFrame,
    zone: gpd.GeoDataFrame,
    options: Options,
    flows: pd.Series | None = None,
) -> gpd.GeoDataFrame:
    """Springs of the zone with their thermal power [MW]; NaN where no flow was published.

    Springs of a district count together with no more than `flows` says of it. A spring without a position takes that of
    the prospect whose name it bears, flagged `approximate`; without either it is left out. A spring without a
    temperature takes `spring_temperature`, flagged `temperature_assumed`.
    """
    frame = springs.copy()
    missing = frame.lat.isna() | frame.lon.isna()
    for index in frame.index[missing]:
        for row in prospects.itertuples():
            if str(row.prospect).lower() in str(frame.spring[index]).lower():
                frame.loc[index, ["lat", "lon"]] = row.lat, row.lon
    frame["approximate"] = missing
    frame = frame.dropna(subset=["lat", "lon"])
    area = shapely.union_all(zone.geometry.to_numpy())
    frame = frame[shapely.contains_xy(area, frame.lon.to_numpy(float), frame.lat.to_numpy(float))]
    assumed = frame.temperature_c.isna()
    temperature = frame.temperature_c.astype(float).where(~assumed, options.spring_temperature)
    flow = frame.flow_m3_per_day.astype(float)
    bound = pd.Series(np.inf, frame.index) if flows is None else frame.district.map(flows).astype(float).fillna(np.inf)
    together = flow.groupby(frame.district).transform("sum").astype(float)
    counted = flow * (bound / together.where(together > 0)).clip(upper=1.0)
    heat = spring_power(
        counted.to_numpy(), temperature.to_numpy(), np.minimum(options.spring_return, temperature.to_numpy())
    )
    return gpd.GeoDataFrame(
        {
            "spring": frame.spring, "approximate": frame.approximate, "flow_m3_per_day": flow,
            "temperature_c": temperature, "temperature_assumed": assumed, "heat_mw": heat, "source": frame.source,
        },
        geometry=gpd.points_from_xy(frame.lon, frame.lat),
        crs="EPSG:4326",
    ).reset_index(drop=True)  # fmt: skip
