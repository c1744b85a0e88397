"""Prospects: places where a reservoir is thought possible, what they may give, and on which sites it may be drawn.

Comes in: the table of prospects or the user's own, and the rock under the sites. Goes out: draws for each prospect and
the share of each that falls on each site.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray
from pyproj import Geod

from greenzone.technologies.geothermal import costs, model
from greenzone.technologies.geothermal.heatflow import EARTH_RADIUS_KM
from greenzone.technologies.geothermal.options import Options, Prospect, Triangle
from greenzone.technologies.geothermal.reservoirs import Draws, Reservoirs
from greenzone.technologies.geothermal.underground import Rock

Array = NDArray[np.float64]

TRIANGLES = {"temperature": "c", "area": "km2", "thickness": "m"}
HOURS_PER_YEAR = 8760.0
CORNERS = ("low", "likely", "high")
TRIANGLE_SPREAD = np.sqrt(6.0)  # half-width of a symmetric triangle over its standard deviation
AREA_OF_POINT = Triangle(low=1, likely=2, high=3)  # km2, of a system known by one group of springs: USGS Circular 790
COLDEST = 16.0  # degC: a reservoir's lowest temperature, just above the reference


def prospect_table(table: pd.DataFrame, options: Options, zone: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Prospects that touch the zone, the user's own in place of the embedded ones; blank temperatures are NaN."""
    if options.prospects is None:
        shapes = gpd.points_from_xy(table.lon.to_numpy(float), table.lat.to_numpy(float))
    else:
        table = pd.DataFrame([_as_row(prospect) for prospect in options.prospects], columns=list(table.columns))
        shapes = np.array([_shape(prospect) for prospect in options.prospects], dtype=object)
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")
    inside = shapely.intersects(shapely.union_all(zone.geometry.to_numpy()), frame.geometry.to_numpy())
    return frame[inside].reset_index(drop=True)


def _shape(prospect: Prospect) -> shapely.Geometry:
    return shapely.Point(prospect.lon, prospect.lat) if prospect.polygon is None else shapely.Polygon(prospect.polygon)


def _area(prospect: Prospect) -> Triangle:
    """The area named, else that of the polygon [km2], else the usual one of a point."""
    if prospect.area_km2 is not None:
        return prospect.area_km2
    if prospect.polygon is None:
        return AREA_OF_POINT
    km2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(_shape(prospect))[0]) / 1e6
    return Triangle(low=km2, likely=km2, high=km2)


def _as_row(prospect: Prospect) -> dict[str, object]:
    centre = _shape(prospect).centroid
    row: dict[str, object] = {
        "prospect": prospect.name, "lat": centre.y, "lon": centre.x, "approximate": False,
        "depth_km": prospect.depth_km, "source": "scenario",
    }  # fmt: skip
    triangles = {"temperature": prospect.temperature, "area": _area(prospect), "thickness": prospect.thickness_m}
    for name, triangle in triangles.items():
        for corner in CORNERS:
            row[f"{name}_{corner}_{TRIANGLES[name]}"] = np.nan if triangle is None else getattr(triangle, corner)
    return row


def apart_km(shape: shapely.Geometry, lon: Array, lat: Array) -> Array:
    """Distance of places [degree] from a point or polygon, 0 inside it, on the plane around its middle. [km]"""
    centre = shape.centroid
    scale = np.array([np.cos(np.radians(centre.y)), 1.0]) * np.radians(EARTH_RADIUS_KM)
    flat = shapely.transform(shape, lambda points: (points - [centre.x, centre.y]) * scale)
    return np.asarray(shapely.distance(flat, shapely.points((lon - centre.x) * scale[0], (lat - centre.y) * scale[1])))


def site_weights(table: gpd.GeoDataFrame, sites: xr.Dataset, options: Options) -> tuple[Array, NDArray[np.bool_]]:
    """How a prospect's output is shared among the sites from which it can be reached.

    A site takes part with its eligible land. The nearest site always counts as within reach, so that large cells work.

    Returns
    -------
    weight : ndarray (prospect, site)
        Rows sum to the share of the output for which there is land, 0 to 1.
    near : ndarray (prospect, site) of bool
        Sites within reach, eligible or not.
    """
    lon, lat = sites.lon.to_numpy(), sites.lat.to_numpy()
    apart = np.array([apart_km(shape, lon, lat) for shape in table.geometry]).reshape(len(table), lon.size)
    near = apart <= np.maximum(apart.min(1, initial=np.inf, keepdims=True), options.well_reach_km)
    land = near * (sites.area_km2 * sites.eligible_fraction).to_numpy()
    total = land.sum(1, keepdims=True)
    share = np.minimum(total / options.plant_area_km2, 1.0)
    return np.divide(land * share, total, out=np.zeros(land.shape), where=total > 0), near


def reservoirs_of(table: pd.DataFrame, rock: Rock, near: NDArray[np.bool_]) -> Reservoirs:
    """The prospects' properties; temperatures that were not published follow from the rock under the sites in reach."""
    corners = {
        name: np.array(table[[f"{name}_{corner}_{unit}" for corner in CORNERS]], float)
        for name, unit in TRIANGLES.items()
    }
    ambient = np.array([np.nanmean(rock.surface[row]) for row in near])
    for index, depth in enumerate(table.depth_km.to_numpy(float) * 1000.0):
        if np.isnan(corners["temperature"][index]).any():
            mean, std = rock.at(depth)[near[index]].mean(), rock.std_at(depth)[near[index]].mean()
            triple = mean + std * TRIANGLE_SPREAD * np.array([-1.0, 0.0, 1.0])
            corners["temperature"][index] = np.maximum(triple, COLDEST)
    names = table.prospect.to_numpy().astype(str)
    return Reservoirs(names, corners["temperature"], corners["area"], corners["thickness"], ambient)


def prospect_costs(
    table: pd.DataFrame, reservoirs: Reservoirs, draws: Draws, options: Options, prices: costs.Prices
) -> pd.DataFrame:
    """What each prospect costs once a reservoir is found: electricity, and its heat alone without a power plant.

    Percentiles are of the draws that give the energy; capital per kW is mean capital over mean capacity. Prospects that
    give no electricity have NaN there.
    """
    depth = table.depth_km.to_numpy(float)[:, None] * 1000.0
    ambient, hot = reservoirs.ambient[:, None], draws.temperature
    bill = costs.electricity_bill(
        depth, reservoirs.temperature[:, [1]], draws.flow, draws.power, ambient, options, prices
    )
    electricity = costs.levelised_cost(bill, draws.power * options.availability * HOURS_PER_YEAR, options)
    warmth = model.heat_power(draws.flow, hot, options.heat_return)
    alone = costs.heat_bill(depth, draws.flow, warmth, options, prices)
    heat = costs.levelised_cost(alone, warmth * options.heat_utilisation * HOURS_PER_YEAR, options)
    kilowatts = draws.power.mean(1) * 1000.0
    electric = kilowatts > 0
    result = {
        "well_musd": costs.well_cost(depth[:, 0], prices) / 1e6,
        "wells_p50": np.median(costs.wells_needed(draws.flow, options), axis=1),
        "capital_musd": np.where(electric, bill.capital.mean(1), alone.capital.mean(1)) / 1e6,
    }
    for name, total in (("capital_per_kw", bill.capital), ("fixed_om_per_kw_year", bill.yearly)):
        result[name] = np.divide(total.mean(1), kilowatts, out=np.full(kilowatts.shape, np.nan), where=electric)
    result["lcoe_share_of_wells"] = np.where(electric, costs.share_of_wells(bill, options), np.nan)
    for name, draw in (("lcoe", electricity), ("lcoh", heat)):
        for percentile, row in zip((10, 50, 90), _known_percentiles(draw), strict=True):
            result[f"{name}_p{percentile}_usd_per_mwh"] = row
    return pd.DataFrame(result)


def _known_percentiles(draws: Array) -> Array:
    """10th, 50th and 90th of the values that are not NaN, for each row; NaN for a row without any."""
    rows = [row[np.isfinite(row)] for row in draws]
    return (
        np.array([np.percentile(row, (10, 50, 90)) if row.size else np.full(3, np.nan) for row in rows])
        .reshape(-1, 3)
        .T
    )


def expected(draws: Draws, power: Array) -> Array:
    """Mean power of each prospect, a reservoir that is not there counting as 0."""
    return np.asarray((power * draws.found).mean(1))


def prospect_features(
    table: gpd.GeoDataFrame, reservoirs: Reservoirs, draws: Draws, land_share: Array, bills: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Prospects as points or polygons with what they may give, expected and as a range if there is a reservoir."""
    frame = gpd.GeoDataFrame(
        {
            "prospect": table.prospect,
            "approximate": table.approximate.astype(bool),
            "temperature_published": table.temperature_likely_c.notna(),
            "temperature_c": reservoirs.temperature[:, 1].round(1),
            "depth_km": table.depth_km,
            "land_share": land_share,
            "heat_in_place_pj": np.median(draws.heat, 1) / 1e15,
            "flow_kg_s": np.median(draws.flow, 1),
            "capacity_mw": expected(draws, draws.power) * land_share,
            "heat_mw": expected(draws, draws.heat_power) * land_share,
        },
        geometry=table.geometry,
        crs="EPSG:4326",
    )
    methods = {f"{name}_capacity": power for name, power in draws.spread._asdict().items()}
    for name, values in {"capacity": draws.power, **methods, "heat": draws.heat_power}.items():
        for percentile, row in zip((10, 50, 90), np.percentile(values, (10, 50, 90), axis=1), strict=True):
            frame[f"{name}_if_found_p{percentile}_mw"] = row
    factor = draws.spread.factor
    known = np.isfinite(factor)
    frame["method_factor"] = np.divide(
        np.where(known, factor, 0.0).sum(1), known.sum(1), out=np.full(len(table), np.nan), where=known.any(1)
    )
    for name in bills:
        frame[name] = bills[name]
    frame["source"] = table.source
    frame["note"] = table.note if "note" in table else ""
    return frame
