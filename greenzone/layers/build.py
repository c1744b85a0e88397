"""Layers of the sites: everything known of them, as one dataset.

Comes in: the site grid, the surface, the climate and the weather. Goes out: the variables of `schema.Layers.site`.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from greenzone.grid import SiteGrid
from greenzone.layers import terrain
from greenzone.layers.surface import Surface
from greenzone.schema import Variable, label

SITE_LAYERS = {
    "elevation": Variable("m", "mean elevation"),
    "slope": Variable("degree", "mean slope, carried from the elevation model's resolution to 100 m"),
    "aspect": Variable("degree", "direction the site faces, clockwise from north"),
    "relief": Variable("m", "highest less lowest elevation within 5 km"),
    "exposure": Variable("m", "elevation above the mean within 5 km"),
    "distance_settlement": Variable("km", "distance to the nearest populated place"),
    "land_cover_fraction": Variable("1", "share of the site in a land-cover class"),
}


def terrain_layers(grid: SiteGrid, surface: Surface, classes: dict[str, int]) -> xr.Dataset:
    """Terrain, land cover and settlements averaged exactly over each site.

    Parameters
    ----------
    grid : SiteGrid
        Where the sites are.
    surface : Surface
        Rasters of the box and their coverage by the sites.
    classes : dict of str to int
        Code of each land-cover class.

    Returns
    -------
    Dataset
        The variables of `SITE_LAYERS` over `site`, plus the user's rasters by their names. NaN where a site lies
        outside a raster; `aspect` is NaN on level ground.
    """
    mean = surface.coverage.mean
    east, north = (mean(rise) for rise in terrain.gradient(surface.elevation))
    values = {
        "elevation": mean(surface.elevation.values),
        "slope": mean(surface.slope),
        "aspect": np.where((east == 0) & (north == 0), np.nan, np.degrees(np.arctan2(-east, -north)) % 360),
        "relief": mean(terrain.relief(surface.elevation)),
        "exposure": mean(terrain.exposure(surface.elevation)),
        "distance_settlement": mean(surface.distance_settlement),
    }
    site = xr.Dataset({name: ("site", value) for name, value in values.items()}, {"site": grid.sites.site})
    shares = [mean(np.where(np.isnan(surface.land_cover), np.nan, surface.land_cover == code)) for code in classes.values()]
    site["land_cover_fraction"] = (("site", "land_cover"), np.nan_to_num(np.array(shares).T))
    site = label(site.assign_coords(land_cover=list(classes)), SITE_LAYERS)
    for name, raster in surface.extra.items():
        site[name] = ("site", mean(raster), {"units": "1", "long_name": f"user raster {name}"})
    return site
