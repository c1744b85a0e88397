"""From the statistics of whole districts to sites: each site gets the part that its land says.

Comes in: sites with their land cover, the zone's polygons, weights of land-cover classes. Goes out: for each area with
statistics and each feedstock the share of its total that falls on each site.

Statistics speak of whole districts. A zone that holds part of one gets the share of the matching land inside it: the
embedded land cover of the whole district against that of the part, by their polygons. The sites of the district then
share exactly that part, by their own land cover.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray

from greenzone.layers import catalogue
from greenzone.technologies.bioenergy.feedstocks import WHOLE_ZONE

Array = NDArray[np.float64]

WHOLE = 1 - 1e-6  # share of a district's polygon from which it counts as whole: vertices are rounded on their way
KM_PER_DEGREE = 111.2


class Areas(NamedTuple):
    """Areas with statistics: names, which sites lie in each `(area, site)`, and the embedded land of each class [km2]
    in the whole area and in its part inside the zone `(area, class)`; NaN for areas of the user's own."""

    name: NDArray[np.str_]
    member: NDArray[np.bool_]
    whole: Array
    inside: Array


@cache
def _land_cells() -> tuple[shapely.STRtree, Array, Array]:
    """The pixels of the embedded land cover as a tree of boxes, with their codes and latitudes."""
    cover = catalogue.load_land_cover()
    lon, lat = (axis.ravel() for axis in np.meshgrid(cover.lon, cover.lat))
    half = cover.step_lon / 2, cover.step_lat / 2
    return (
        shapely.STRtree(shapely.box(lon - half[0], lat - half[1], lon + half[0], lat + half[1])),
        cover.values.ravel(),
        lat,
    )


def land_of(polygon: shapely.Geometry) -> pd.Series:
    """Embedded land of each class inside a polygon in WGS 84. [km2]"""
    tree, code, lat = _land_cells()
    classes = catalogue.read_table("land_cover_classes").set_index("code").land_cover
    hit = tree.query(polygon, predicate="intersects")
    hit = hit[np.isfinite(code[hit])]
    km2 = shapely.area(shapely.intersection(tree.geometries[hit], polygon)) * np.cos(np.radians(lat[hit]))
    return pd.Series(km2 * KM_PER_DEGREE**2).groupby(classes.loc[code[hit].astype(int)].to_numpy()).sum()


@cache
def embedded_land() -> pd.DataFrame:
    """Land of each class in each embedded district [km2], from the embedded land cover; rows districts."""
    districts = catalogue.load_districts()
    return pd.DataFrame({row.district: land_of(row.geometry) for row in districts.itertuples()}).T.fillna(0.0)


def site_districts(sites: xr.Dataset) -> NDArray[np.str_]:
    """The embedded district in which each site lies, by its label where that is one, else by its place; "" for none."""
    districts = catalogue.load_districts()
    names = sites.district.to_numpy().astype(str)
    known = np.isin(names, districts.district.to_numpy().astype(str))
    result = np.where(known, names, "").astype(object)
    lon, lat = sites.lon.to_numpy()[~known], sites.lat.to_numpy()[~known]
    found = np.full(lon.shape, "", dtype=object)
    for district in districts.itertuples():
        found[shapely.contains_xy(district.geometry, lon, lat)] = district.district
    result[~known] = found
    return result.astype(str)


def areas_of(names: list[str], sites: xr.Dataset, zone: gpd.GeoDataFrame, classes: NDArray[np.str_]) -> Areas:
    """Areas with statistics as the zone sees them.

    An embedded district is known by its polygon, `zone` stands for all of them together; any other name is taken as a
    district of the user's own that lies wholly inside the zone. A district whose part is too small for a site of its
    own goes to the site next to it.
    """
    districts, labels = site_districts(sites), sites.district.to_numpy().astype(str)
    whole, inside, point = _parts(zone)
    member = np.zeros((len(names), sites.sizes["site"]), bool)
    land = np.full((2, len(names), len(classes)), np.nan)
    for index, name in enumerate(names):
        if name not in whole.index:
            member[index] = labels == name
            continue
        land[:, index] = [table.loc[name].reindex(classes).fillna(0.0) for table in (whole, inside)]
        member[index] = districts != "" if name == WHOLE_ZONE else districts == name
        if land[1, index].sum() > 0 and not member[index].any():
            apart = np.hypot(sites.lon.to_numpy() - point[name].x, sites.lat.to_numpy() - point[name].y)
            member[index, apart.argmin()] = True
    return Areas(np.array(names, dtype=str), member, *land)


def _parts(zone: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, shapely.Point]]:
    """Land of the embedded districts and of all together, that of their parts inside the zone, a point in each part."""
    outline = shapely.union_all(zone.geometry.to_numpy())
    whole, inside, point = embedded_land(), {}, {}
    for district in catalogue.load_districts().itertuples():
        part = shapely.intersection(district.geometry, outline)
        complete = shapely.area(part) >= WHOLE * shapely.area(district.geometry)
        inside[district.district] = whole.loc[district.district] if complete else land_of(part)
        point[district.district] = shapely.point_on_surface(part)
    parts = pd.DataFrame(inside).T.reindex(columns=whole.columns).fillna(0.0)
    largest = parts.sum(axis=1).idxmax()
    together = [pd.concat([table, table.sum().to_frame(WHOLE_ZONE).T]) for table in (whole, parts)]
    return together[0], together[1], {**point, WHOLE_ZONE: point[largest]}


def land_shares(
    areas: Areas, cover: xr.DataArray, area_km2: Array, weights: pd.DataFrame, productivity: Array | None = None
) -> Array:
    """Share of each area's total that falls on each site, by land cover and how productive it is.

    Parameters
    ----------
    areas : Areas
        From `areas_of`.
    cover : DataArray (site, land_cover)
        Shares of classes; NaN counts as none.
    area_km2 : ndarray (site,)
        Of the sites.
    weights : DataFrame
        `priority land_cover weight` of one feedstock. The lowest priority for which the land has any weight decides;
        without any, all land counts alike.
    productivity : ndarray (site,), optional
        What a hectare yields beside others, in any unit; NaN counts as the mean, without it all land yields alike.

    Returns
    -------
    ndarray (area, site)
        Rows sum to the part of the area inside the zone: 1 for complete areas, 0 for those outside.
    """
    classes = cover.land_cover.to_numpy().astype(str)
    yields = np.ones(area_km2.shape) if productivity is None else known_productivity(productivity)
    counted = area_km2 * yields
    land = np.nan_to_num(cover.transpose("site", "land_cover").to_numpy()) * counted[:, None]
    steps = [
        group.set_index("land_cover").weight.reindex(classes).fillna(0.0).to_numpy()
        for _, group in weights.groupby("priority")
    ]
    steps.append(np.ones(classes.size))
    result = np.zeros(areas.member.shape)
    for index, member in enumerate(areas.member):
        if member.any():
            own = next((part for step in steps if (part := land[member] @ step).sum() > 0), counted[member])
            result[index, member] = own / own.sum() * part_inside(areas.whole[index], areas.inside[index], steps)
    return result


def known_productivity(productivity: Array) -> Array:
    """Productivity with its mean in place of NaN and of what is not above 0 everywhere."""
    known = np.isfinite(productivity)
    if not known.any() or productivity[known].max() <= 0:
        return np.ones(productivity.shape)
    return np.where(known, productivity, productivity[known].mean())


def land_km2(cover: xr.DataArray, area_km2: Array, weights: pd.DataFrame) -> Array:
    """Land of each site that counts by the weights of its classes. [km2]"""
    classes = cover.land_cover.to_numpy().astype(str)
    weight = weights.set_index("land_cover").weight.reindex(classes).fillna(0.0).to_numpy(float)
    return np.nan_to_num(cover.transpose("site", "land_cover").to_numpy()) @ weight * area_km2


def part_inside(whole: Array, inside: Array, steps: list[Array]) -> float:
    """Part of an area's matching land [km2 by class] that lies in the zone; 1 for areas of the user's own (NaN)."""
    if np.isnan(whole).all():
        return 1.0
    step = next((step for step in steps if whole @ step > 0), None)
    return 0.0 if step is None else float(inside @ step / (whole @ step))


def place_shares(areas: Areas, sites: xr.Dataset, zone: gpd.GeoDataFrame) -> Array:
    """Share of each area's people on each site, by the populated places of GeoNames; (area, site).

    A place counts by its GeoNames population, one without as the smallest that has one, and belongs to the nearest
    site. Places outside the zone take their share with them.
    """
    places = catalogue.load_settlements()
    weight = places.population.fillna(places.population.min()).to_numpy(float)
    lon, lat = places.lon.to_numpy(float), places.lat.to_numpy(float)
    here = shapely.contains_xy(shapely.union_all(zone.geometry.to_numpy()), lon, lat)
    scale = np.cos(np.radians(lat.mean()))
    tree = shapely.STRtree(shapely.points(sites.lon.to_numpy() * scale, sites.lat.to_numpy()))
    nearest = tree.nearest(shapely.points(lon * scale, lat))
    districts = catalogue.load_districts()
    result = np.zeros(areas.member.shape)
    for index, name in enumerate(areas.name):
        polygons = districts if name == WHOLE_ZONE else districts[districts.district == name]
        own = shapely.contains_xy(shapely.union_all(polygons.geometry.to_numpy()), lon, lat)
        total = weight[own].sum() if own.any() else weight[here & areas.member[index][nearest]].sum()
        counted = here & (own if own.any() else areas.member[index][nearest])
        if total > 0:
            result[index] = np.bincount(nearest[counted], weight[counted], minlength=sites.sizes["site"]) / total
    return result
