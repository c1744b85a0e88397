"""From the statistics of whole districts to sites: each site gets the part that its land says.

Comes in: sites with their land cover, districts' polygons, weights of land-cover classes. Goes out: for each area with
statistics and each feedstock the share of its total that falls on each site.

Statistics speak of whole districts. A zone that holds half of one gets the share of the matching land inside it, which
needs the land cover of the whole district: it is read from the embedded land cover. Where the sites fill a district
(within 1 %), they share its total exactly.
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

WHOLE = 0.99  # share of a district's area from which it counts as complete: edges are cut differently by cells
KM_PER_DEGREE = 111.2


class Areas(NamedTuple):
    """Areas with statistics: names, which sites lie in each `(area, site)`, the land of each class in the whole area
    [km2] `(area, class)`, and whether the sites fill it."""

    name: NDArray[np.str_]
    member: NDArray[np.bool_]
    land: Array
    complete: NDArray[np.bool_]


@cache
def embedded_land() -> pd.DataFrame:
    """Land of each class in each embedded district [km2], from the embedded land cover; rows districts."""
    cover = catalogue.load_land_cover()
    classes = catalogue.read_table("land_cover_classes").set_index("code").land_cover
    lon, lat = (axis.ravel() for axis in np.meshgrid(cover.lon, cover.lat))
    half = cover.step_lon / 2, cover.step_lat / 2
    cells = shapely.box(lon - half[0], lat - half[1], lon + half[0], lat + half[1])
    tree, code = shapely.STRtree(cells), cover.values.ravel()
    rows = {}
    for district in catalogue.load_districts().itertuples():
        hit = tree.query(district.geometry, predicate="intersects")
        km2 = shapely.area(shapely.intersection(cells[hit], district.geometry)) * np.cos(np.radians(lat[hit]))
        rows[district.district] = pd.Series(km2 * KM_PER_DEGREE**2).groupby(code[hit]).sum()
    land = pd.DataFrame(rows).T.fillna(0.0)
    return land.rename(columns={column: classes.get(int(column)) for column in land.columns})


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


def areas_of(names: list[str], sites: xr.Dataset, cover: xr.DataArray) -> Areas:
    """Areas with statistics as the sites see them.

    An embedded district is known by its polygon, `zone` stands for all of them; any other name is taken as a district
    of the user's own that lies wholly inside the zone.
    """
    districts, labels = site_districts(sites), sites.district.to_numpy().astype(str)
    area = sites.area_km2.to_numpy()
    classes = cover.land_cover.to_numpy().astype(str)
    inside = np.nan_to_num(cover.transpose("site", "land_cover").to_numpy()) * area[:, None]
    whole = embedded_land()
    member, land, complete = [], [], []
    for name in names:
        if name in whole.index or name == WHOLE_ZONE:
            part = districts != "" if name == WHOLE_ZONE else districts == name
            total = whole.sum() if name == WHOLE_ZONE else whole.loc[name]
            full = area[part].sum() >= WHOLE * total.sum()
            known = total.reindex(classes).fillna(0.0).to_numpy()
        else:
            part, full = labels == name, True
            known = inside[part].sum(0)
        member.append(part)
        land.append(inside[part].sum(0) if full else np.maximum(known, inside[part].sum(0)))
        complete.append(full)
    return Areas(
        np.array(names, dtype=str),
        np.array(member).reshape(len(names), -1),
        np.array(land).reshape(len(names), -1),
        np.array(complete, dtype=bool),
    )


def land_shares(areas: Areas, cover: xr.DataArray, area_km2: Array, weights: pd.DataFrame) -> Array:
    """Share of each area's total that falls on each site, by land cover.

    Parameters
    ----------
    areas : Areas
        From `areas_of`.
    cover : DataArray (site, land_cover)
        Shares of classes; NaN counts as none.
    area_km2 : ndarray (site,)
        Of the sites.
    weights : DataFrame
        `priority land_cover weight` of one feedstock. The lowest priority for which the whole area has land decides;
        without any, all land counts alike.

    Returns
    -------
    ndarray (area, site)
        Rows sum to 1 for complete areas, to the part inside for others, to 0 for those without a site.
    """
    classes = cover.land_cover.to_numpy().astype(str)
    inside = np.nan_to_num(cover.transpose("site", "land_cover").to_numpy()) * area_km2[:, None]
    steps = [
        group.set_index("land_cover").weight.reindex(classes).fillna(0.0).to_numpy()
        for _, group in weights.groupby("priority")
    ]
    result = np.zeros(areas.member.shape)
    for index, member in enumerate(areas.member):
        if not member.any():
            continue
        weight = next((step for step in steps if areas.land[index] @ step > 0), np.ones(classes.size))
        total = areas.land[index] @ weight
        if total > 0:
            result[index, member] = inside[member] @ weight / total
        else:  # no land cover at all is known of the area: its sites share it by their size
            result[index, member] = area_km2[member] / area_km2[member].sum()
    return result


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
