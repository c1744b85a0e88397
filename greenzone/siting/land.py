"""The land of a scenario: every technology's rules applied to the zone.

Comes in: the `eligibility` section, the surface, the site grid, the user's rasters. Goes out: `Eligibility`: shares by
pixel and by site, what each rule removes, and the eligible land in other years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import pandas as pd
import shapely
import xarray as xr
from scipy import sparse

from greenzone.config.eligibility import EligibilityByTechnology, EligibilityRules
from greenzone.config.layers import UserRaster
from greenzone.errors import GreenzoneError
from greenzone.layers.catalogue import read_table
from greenzone.layers.surface import Surface, land_cover_codes
from greenzone.schema import POTENTIAL, Options, label
from greenzone.siting.eligibility import Assessment, account, assess, onto_surface, site_fraction
from greenzone.siting.features import Features, embedded_reservoirs, read_features
from greenzone.siting.frame import Frame, metric_crs, projected, site_coverage, site_of_pixel
from greenzone.siting.rules import check_raster_meets, rules_of
from greenzone.technologies import wind


class Sites(Protocol):
    """The part of a site grid that eligibility looks at."""

    @property
    def sites(self) -> xr.Dataset:
        """Sites schema over `site`."""

    @property
    def geometry(self) -> np.ndarray:
        """Polygons in WGS 84, in the order of `site`."""

    @property
    def crs(self) -> str:
        """CRS of the cells."""


@dataclass(frozen=True, eq=False)
class Eligibility:
    """Where each technology may stand.

    `fractions` are shares of the sites and `shares` those of the frame's pixels, by technology; `pixels` are the
    latter averaged onto the pixels of the surface; `area` is the zone's area in each pixel [km2], `site` the position
    of the site that holds most of the pixel, -1 outside the zone. `removed` says what each rule removes [km2],
    `by_year` how much land is eligible in the years asked for [km2], `fractions_by_year` which share of each site, by
    year and technology.
    """

    frame: Frame
    area: np.ndarray
    site: np.ndarray
    fractions: dict[str, xr.DataArray]
    shares: dict[str, np.ndarray]
    pixels: dict[str, np.ndarray]
    removed: pd.DataFrame
    by_year: pd.DataFrame
    fractions_by_year: dict[int, dict[str, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Land:
    """The frame over a zone, how sites cover it, and the layers that rules look at."""

    section: EligibilityByTechnology
    surface: Surface
    rasters: Mapping[str, UserRaster]
    features: Mapping[str, Features]
    frame: Frame
    coverage: sparse.csr_matrix
    area: np.ndarray
    tip_height: float

    def judge(self, technology: str, year: int | None) -> Assessment:
        """What the rules of a technology leave of the land in a year."""
        limits = self.section.rules(technology)
        layers = self.surface, land_cover_codes(), self.rasters, self.features
        found = rules_of(limits, *layers, year, self.tip_height)
        return assess(found, self.frame, self.area, limits.min_area_km2)


def eligibility_of(
    section: EligibilityByTechnology,
    technologies: Mapping[str, Options],
    surface: Surface,
    grid: Sites,
    rasters: Mapping[str, UserRaster],
    dual_uses: Iterable[str] = (),
) -> Eligibility:
    """Where each technology may stand.

    Parameters
    ----------
    section : EligibilityByTechnology
        The scenario's rules, feature files, resolution and year.
    technologies : mapping of str to Options
        Those to judge, with their options: that of wind tells how high blade tips are.
    surface : Surface
        Terrain, land cover, wind and settlements of the box.
    grid : SiteGrid
        The sites; the frame lies in its CRS where that is in metres, else in the UTM zone of its middle.
    rasters : mapping
        The user's raster files by name.
    dual_uses : iterable of str
        Dual uses to judge as well, by rules of their own.

    Returns
    -------
    Eligibility
        Shares are exact: sums over pixels, cut at the sites' edges.

    Raises
    ------
    GreenzoneError
        A file cannot be used, a rule names a raster that is not there, or no technology has any land left.
    """
    kinds = [*technologies, *dual_uses]
    tip_height = wind.tip_height(cast("wind.Options", technologies.get("wind") or wind.Options.model_validate({})))
    land = land_of(section, kinds, surface, grid, rasters, tip_height)
    site, whole = grid.sites.site, float(grid.sites.area_km2.sum())
    fractions, shares, pixels, removed = {}, {}, {}, []
    for technology in kinds:
        found = land.judge(technology, section.year)
        share = xr.DataArray(site_fraction(land.coverage, found.share), {"site": site}, ("site",))
        fractions[technology] = label(share.to_dataset(name="eligible_fraction"), POTENTIAL)["eligible_fraction"]
        shares[technology] = found.share
        pixels[technology] = onto_surface(found.share, land.area, land.frame, surface.elevation)
        removed.append(account(found, whole).assign(technology=technology))
    table = pd.concat(removed, ignore_index=True)
    _check_something_is_left(table[table["technology"].isin([*technologies])], whole)
    site_at = site_of_pixel(land.coverage, grid.sites.area_km2.to_numpy()).reshape(land.frame.shape)
    by_year, later = _by_year(land, kinds)
    return Eligibility(land.frame, land.area, site_at, fractions, shares, pixels, table, by_year, later)


def _check_something_is_left(removed: pd.DataFrame, whole: float) -> None:
    """Raise GreenzoneError, naming the strictest rules, where no technology has any land left."""
    together = removed["rule"] == "all rules"
    if (removed.loc[together, "removed_alone_km2"] < whole * (1 - 1e-9)).any():
        return
    strictest = removed[~together].sort_values("removed_alone_km2", ascending=False).drop_duplicates("technology")
    named = "; ".join(
        f"of {row.technology}, '{row.rule}' alone bars {row.removed_alone_km2 / whole:.0%}"
        for row in strictest.sort_index().itertuples()
    )
    raise GreenzoneError(f"the eligibility rules leave no land for any technology: {named}")


def land_of(
    section: EligibilityByTechnology,
    technologies: Iterable[str],
    surface: Surface,
    grid: Sites,
    rasters: Mapping[str, UserRaster],
    tip_height: float,
) -> Land:
    """Lay out the frame over the sites and read the features that a rule looks at; errors as in `eligibility_of`."""
    lon, lat = (float(grid.sites[name].mean()) for name in ("lon", "lat"))
    crs = metric_crs(grid.crs, lon, lat)
    shapes = projected(grid.geometry, crs)
    frame = Frame.around(tuple(shapely.total_bounds(shapes)), crs, section.resolution)
    coverage = site_coverage(shapes, frame)
    area = np.asarray(coverage.T @ grid.sites.area_km2.to_numpy()).reshape(frame.shape)
    limits: list[EligibilityRules] = [section.rules(technology) for technology in technologies]
    for name in {name for rules in limits for name in rules.rasters if name in rasters}:
        check_raster_meets(name, rasters[name], frame)
    wanted = sorted({name for rules in limits for name in rules.features if name in section.features})
    features = {name: read_features(name, section.features[name], frame) for name in wanted}
    if "reservoirs" not in features:
        features["reservoirs"] = embedded_reservoirs(read_table("reservoirs"), frame)
    return Land(section, surface, rasters, features, frame, coverage, area, tip_height)


def _by_year(land: Land, technologies: Iterable[str]) -> tuple[pd.DataFrame, dict[int, dict[str, np.ndarray]]]:
    """Eligible land of each technology in the years of the section: in all [km2], and the share of each site."""
    rows, shares = [], {}
    for year in land.section.years:
        found = {technology: land.judge(technology, year) for technology in technologies}
        rows += [(year, technology, each.left) for technology, each in found.items()]
        shares[year] = {name: site_fraction(land.coverage, each.share) for name, each in found.items()}
    return pd.DataFrame(rows, columns=["year", "technology", "eligible_km2"]), shares
