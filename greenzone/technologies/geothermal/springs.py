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


def spring_features(
    springs: pd.DataFrame, prospects: pd.DataFrame, zone: gpd.GeoDataFrame, options: Options
) -> gpd.GeoDataFrame:
    """Springs of the zone with their thermal power [MW]; NaN where no flow was published.

    A spring without a position takes that of the prospect whose name it bears, flagged `approximate`; without
    either it is left out. A spring without a temperature takes `spring_temperature`, flagged `temperature_assumed`.
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
    heat = spring_power(
        flow.to_numpy(), temperature.to_numpy(), np.minimum(options.spring_return, temperature.to_numpy())
    )
    return gpd.GeoDataFrame(
        {
            "spring": frame.spring, "approximate": frame.approximate, "flow_m3_per_day": flow,
            "temperature_c": temperature, "temperature_assumed": assumed, "heat_mw": heat, "source": frame.source,
        },
        geometry=gpd.points_from_xy(frame.lon, frame.lat),
        crs="EPSG:4326",
    ).reset_index(drop=True)  # fmt: skip
