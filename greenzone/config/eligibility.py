"""The `eligibility` section: on which land a technology may stand.

Comes in: rules by technology, vector files. Goes out: `EligibilityRules` for each, with defaults that name their
sources; rules about features that the scenario names no file for wait until it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model, model_validator

from greenzone.errors import nearest
from greenzone.schema import Options
from greenzone.technologies import TECHNOLOGIES

LandCover = Literal[
    "evergreen_needleleaf_forest", "evergreen_broadleaf_forest", "deciduous_needleleaf_forest",
    "deciduous_broadleaf_forest", "mixed_forest", "closed_shrubland", "open_shrubland", "woody_savanna", "savanna",
    "grassland", "wetland", "cropland", "urban", "cropland_mosaic", "snow_ice", "barren", "water",
]  # fmt: skip
Share = Annotated[float, Field(ge=0, le=1)]


BUILT_IN = (
    "settlements", "roads", "power_lines", "water", "forest", "protected", "heritage", "airports", "mines",
    "reservoirs",
)  # fmt: skip


class Limits(Options):
    """Between which values of a raster land may be used, and what holds elsewhere."""

    min: float | Literal["year"] | None = None
    """Lowest usable value [units of the raster]; `year` stands for `eligibility.year`."""
    max: float | Literal["year"] | None = None
    """Highest usable value [units of the raster]; `year` stands for `eligibility.year`, so that a raster of the years
    in which land is cleared of mines takes `max: year`."""
    values: tuple[float, ...] | None = Field(default=None, min_length=1)
    """The only usable values [units of the raster], such as codes of classes; any by default."""
    excluded: tuple[float, ...] = ()
    """Values that are not usable [units of the raster]."""
    shares: dict[float, Share] = Field(default={})
    """Usable share of the land with a value [1], such as `{12: 0.2}`; it overrides the other keys."""
    share: Share = 0.0
    """Usable share of the land that this rule bars [1]."""
    unknown: Literal["keep", "exclude"] = "keep"
    """What becomes of land where the raster has no data: `keep` leaves it to the other rules, `exclude` bars it."""

    @model_validator(mode="after")
    def _limits_leave_room(self) -> Limits:
        lower, upper = self.min, self.max
        if isinstance(lower, float) and isinstance(upper, float) and lower > upper:
            raise ValueError(f"'min' {lower:g} is above 'max' {upper:g}: no land is left")
        if self.values is not None and set(self.values) <= set(self.excluded):
            raise ValueError("'excluded' names all of 'values': no land is left")
        return self


class Nearness(Options):
    """How near to features, or how far from them, land may be used; 0 stands for the features themselves."""

    min_distance: float | None = Field(default=None, ge=0)
    """Least distance from the features [m]; 0 bars only the land on them."""
    min_tip_heights: float = Field(default=0.0, ge=0)
    """Least distance in heights of a turbine's blade tip, `tip_height` [1]; added to `min_distance`."""
    max_distance: float | None = Field(default=None, ge=0)
    """Greatest distance from the features [m]; 0 leaves only the land on them."""
    share: Share = 0.0
    """Usable share of the land that this rule bars [1]."""

    def setback(self, tip_height: float) -> float | None:
        """Least distance [m] for a tip height [m]; None where there is none."""
        if self.min_distance is None and self.min_tip_heights == 0:
            return None
        return (self.min_distance or 0.0) + self.min_tip_heights * tip_height

    @model_validator(mode="after")
    def _limits_leave_room(self) -> Nearness:
        lower, upper = self.min_distance, self.max_distance
        if lower is not None and upper is not None and lower >= upper:
            raise ValueError(f"'min_distance' {lower:g} is not below 'max_distance' {upper:g}: no land is left")
        return self


class FeatureFile(Options):
    """A vector file whose features rules look at."""

    file: Path
    """Any vector file that GDAL reads, with a CRS; path from this file."""
    layer: str | None = None
    """Layer of the file; the first by default."""
    where: dict[str, str | int | float | tuple[str | int | float, ...]] = Field(default={})
    """Attribute filter: columns and the value, or list of values, that a feature must have there."""
    until: str | None = None
    """Column with the year or date from which a feature no longer counts, such as that of mine clearance; a blank
    cell means that it always counts."""


class EligibilityRules(Options):
    """On which land a technology may stand; a limit that is null excludes nothing."""

    max_slope: float | None = Field(default=None, ge=0, le=90)
    """Steepest usable slope [degree]."""
    min_elevation: float | None = Field(default=None, ge=-500, le=9000)
    """Lowest usable elevation [m]."""
    max_elevation: float | None = Field(default=None, ge=-500, le=9000)
    """Highest usable elevation [m]."""
    min_distance_settlement: float | None = Field(default=None, ge=0)
    """Least distance from a settlement's centre point [km]."""
    max_distance_settlement: float | None = Field(default=None, ge=0)
    """Greatest distance from a settlement's centre point [km]."""
    min_wind_speed: float | None = Field(default=None, ge=0)
    """Lowest usable mean wind speed at 100 m [m s-1]."""
    default_share: Share = 1.0
    """Usable share of land whose class `land_cover` does not name [1]."""
    land_cover: dict[LandCover, Share] = Field(default={})
    """Usable share of the land of a class [1]; classes not named keep the technology's own default."""
    rasters: dict[str, Limits] = Field(default={})
    """Usable values of rasters named under `layers.rasters`."""
    features: dict[str, Nearness] = Field(default={})
    """Distances from features named under `eligibility.features`; names not given keep the default."""
    tip_height: float | None = Field(default=None, gt=0, le=400)
    """Height of a turbine's blade tip above ground [m], for `min_tip_heights`; by default the hub height and half the
    rotor of the turbine under `technologies.wind`, the largest where there are several."""
    max_north_slope: float | None = Field(default=None, ge=0, le=90)
    """Steepest usable fall towards north [degree], slope times the cosine of aspect; no limit by default, as the
    embedded elevation model does not show which way a field looks."""
    min_area_km2: float = Field(default=0.0, ge=0)
    """Smallest usable patch of contiguous eligible land [km2], pixels joined by their edges."""

    @model_validator(mode="before")
    @classmethod
    def _named_keys_keep_defaults(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        kept = dict(given)
        for key in ("land_cover", "features"):
            if isinstance(given.get(key), dict):
                kept[key] = {**cls.model_fields[key].default, **given[key]}
        return kept

    @model_validator(mode="after")
    def _limits_leave_room(self) -> EligibilityRules:
        pairs = [
            ("elevation", self.min_elevation, self.max_elevation),
            ("distance_settlement", self.min_distance_settlement, self.max_distance_settlement),
        ]
        for what, lower, upper in pairs:
            if lower is not None and upper is not None and lower > upper:
                raise ValueError(f"'min_{what}' {lower:g} is above 'max_{what}' {upper:g}: no land is left")
        return self


def _none_of(*classes: LandCover) -> dict[LandCover, float]:
    return dict.fromkeys(classes, 0.0)


def _away(**metres: float) -> dict[str, Nearness]:
    return {name: Nearness(min_distance=distance) for name, distance in metres.items()}


WOODS = _none_of(
    "evergreen_needleleaf_forest", "evergreen_broadleaf_forest", "deciduous_needleleaf_forest",
    "deciduous_broadleaf_forest", "mixed_forest",
)  # fmt: skip
UNBUILDABLE = _none_of("water", "wetland", "snow_ice", "urban")


class SolarRules(EligibilityRules):
    """On which land ground-mounted photovoltaics may stand."""

    max_slope: float | None = Field(default=10.0, ge=0, le=90)
    """Steepest usable slope [degree]; default: Tröndle et al. 2019 after Al Garni and Awasthi 2018
    (doi:10.1016/j.esr.2019.100388)."""
    max_elevation: float | None = Field(default=2800.0, ge=-500, le=9000)
    """Highest usable elevation [m]; default: assumed, above it snow lies for half the year and roads are few."""
    min_distance_settlement: float | None = Field(default=0.2, ge=0)
    """Least distance from a settlement's centre point [km]; default: assumed, keeps the village itself free."""
    land_cover: dict[LandCover, Share] = Field(
        default={**WOODS, **UNBUILDABLE, "woody_savanna": 0.0, "cropland": 0.2, "cropland_mosaic": 0.5}
    )
    """Usable share of the land of a class [1]; classes not named keep these. Defaults: none of forest, water and towns
    (Tröndle et al. 2019); a fifth of cropland, which they exclude (assumed: much of it lies fallow). How much of the
    usable land is built on is `land_share` under `technologies.solar`."""
    features: dict[str, Nearness] = Field(
        default=_away(
            settlements=200,
            roads=30,
            power_lines=30,
            water=50,
            forest=0,
            protected=0,
            heritage=500,
            airports=0,
            mines=0,
            reservoirs=0,
        )
    )
    """Distances from features named under `eligibility.features`; names not given keep these, all assumed."""


class WindRules(EligibilityRules):
    """On which land wind turbines may stand."""

    max_slope: float | None = Field(default=20.0, ge=0, le=90)
    """Steepest usable slope [degree]; default: Tröndle et al. 2019 after McKenna et al. 2015
    (doi:10.1016/j.esr.2019.100388)."""
    max_elevation: float | None = Field(default=3500.0, ge=-500, le=9000)
    """Highest usable elevation [m]; default: assumed, the Kalbajar farm is planned at about 3,100 m (report.az)."""
    min_distance_settlement: float | None = Field(default=0.8, ge=0)
    """Least distance from a settlement's centre point [km]; default: assumed, 800 m against noise."""
    min_wind_speed: float | None = Field(default=5.0, ge=0)
    """Lowest usable mean wind speed at 100 m [m s-1]; default: assumed, a capacity factor near 0.15 with a machine for
    light winds at 2,500 m, below which no farm is planned."""
    land_cover: dict[LandCover, Share] = Field(default={**WOODS, **UNBUILDABLE})
    """Usable share of the land of a class [1]; classes not named keep these. Defaults: none of water and towns
    (Tröndle et al. 2019), and none of forest, which they use (assumed: forests are protected). How much of the
    usable land is built on is `land_share` under `technologies.wind`."""
    features: dict[str, Nearness] = Field(
        default={
            **_away(
                settlements=800, water=50, forest=0, protected=0, heritage=1000, airports=5000, mines=0, reservoirs=0
            ),
            "roads": Nearness(min_tip_heights=1.1),
            "power_lines": Nearness(min_tip_heights=1.1),
        }
    )
    """Distances from features named under `eligibility.features`; names not given keep these, all assumed: a machine
    that falls must hit neither road nor line."""


class HydroRules(EligibilityRules):
    """Near which land hydropower plants may stand; a river counts wherever it runs."""

    land_cover: dict[LandCover, Share] = Field(default=_none_of("snow_ice"))
    """Usable share of the land of a class [1]; classes not named keep these. Default: no plants under snow and ice."""
    features: dict[str, Nearness] = Field(default=_away(mines=0))
    """Distances from features named under `eligibility.features`; names not given keep these."""


class GeothermalRules(EligibilityRules):
    """On which land wells and plants may stand; what lies under the rest is not counted."""

    max_slope: float | None = Field(default=20.0, ge=0, le=90)
    """Steepest usable slope [degree]; default: assumed, as for wind: a drilling rig needs the same roads."""
    max_elevation: float | None = Field(default=3500.0, ge=-500, le=9000)
    """Highest usable elevation [m]; default: assumed, as for wind."""
    land_cover: dict[LandCover, Share] = Field(default={**UNBUILDABLE})
    """Usable share of the land of a class [1]; classes not named keep these. Default: none of water and towns."""
    features: dict[str, Nearness] = Field(
        default=_away(settlements=200, water=50, protected=0, heritage=500, mines=0, reservoirs=0)
    )
    """Distances from features named under `eligibility.features`; names not given keep these, all assumed."""


class BioenergyRules(EligibilityRules):
    """From which land biomass is collected."""

    max_slope: float | None = Field(default=30.0, ge=0, le=90)
    """Steepest usable slope [degree]; default: assumed, the limit of wheeled harvesters."""
    features: dict[str, Nearness] = Field(default=_away(mines=0))
    """Distances from features named under `eligibility.features`; names not given keep these."""


class FloatingRules(EligibilityRules):
    """On which water floating photovoltaics may lie; how much of it they cover is `land_share` of the variant."""

    features: dict[str, Nearness] = Field(default={"reservoirs": Nearness(max_distance=0), **_away(protected=0)})
    """Distances from features named under `eligibility.features`; names not given keep these. Without a file, the
    reservoirs are discs of the area that the table `reservoirs` has for each."""


class AgrivoltaicRules(EligibilityRules):
    """On which fields rows of photovoltaics may stand between the crops."""

    max_slope: float | None = Field(default=5.0, ge=0, le=90)
    """Steepest usable slope [degree]; default: assumed, for turning rows and the machines between them."""
    default_share: Share = 0.0
    """Usable share of land whose class `land_cover` does not name [1]."""
    land_cover: dict[LandCover, Share] = Field(default={"cropland": 0.8, "cropland_mosaic": 0.5})
    """Usable share of the land of a class [1]; classes not named keep these. Defaults: the fields that solar on the
    ground leaves."""
    features: dict[str, Nearness] = Field(
        default=_away(
            settlements=200,
            roads=30,
            power_lines=30,
            water=50,
            protected=0,
            heritage=500,
            airports=0,
            mines=0,
            reservoirs=0,
        )
    )
    """Distances from features named under `eligibility.features`; names not given keep these, all assumed, as for
    solar."""


DEFAULT_RULES: dict[str, type[EligibilityRules]] = {
    "solar": SolarRules,
    "wind": WindRules,
    "hydro": HydroRules,
    "geothermal": GeothermalRules,
    "bioenergy": BioenergyRules,
}


class EligibilityByTechnology(Options):
    """On which land each technology may stand, judged on a raster of its own."""

    resolution: float = Field(default=100.0, ge=5, le=5000)
    """Edge of the pixels on which rules are judged [m]; the shares of the sites are exact sums over them."""
    year: int | None = Field(default=None, ge=1990, le=2100)
    """Year for which land is judged: features whose `until` lies in it or before no longer count. Without a year, all
    of them count."""
    years: tuple[int, ...] = ()
    """More years for which the eligible land is reckoned, into `eligibility_by_year.csv`."""
    features: dict[str, FeatureFile] = Field(default={})
    """Vector files by name; settlements, roads, power_lines, water, forest, protected, heritage, airports, mines and
    reservoirs have default distances under each technology, other names mean what you give them."""
    floating_solar: FloatingRules = FloatingRules()
    """Rules of floating solar, a dual use of water that gets zones of its own."""
    agrivoltaics: AgrivoltaicRules = AgrivoltaicRules()
    """Rules of agrivoltaics, a dual use of fields that gets zones of its own."""

    def rules(self, technology: str) -> EligibilityRules:
        """Rules of one technology or dual use."""
        return getattr(self, technology)

    @model_validator(mode="after")
    def _features_are_defined(self) -> EligibilityByTechnology:
        for technology, rules in self:
            if not isinstance(rules, EligibilityRules):
                continue
            for name in rules.features:
                if name not in self.features and name not in BUILT_IN:
                    known = nearest(name, [*self.features, *BUILT_IN])
                    raise ValueError(f"{technology} names the features '{name}', which have no file: {known}")
        return self


def eligibility_section(registry: Mapping[str, Any]) -> type[EligibilityByTechnology]:
    """The model of the section for a registry of technologies; one without rules of its own may stand anywhere."""
    fields: dict[str, Any] = {}
    for name in registry:
        rules = DEFAULT_RULES.get(name, EligibilityRules)
        fields[name] = (rules, Field(default_factory=rules, description=f"Land rules of {name}."))
    return create_model(
        "Eligibility", __base__=EligibilityByTechnology, __doc__=EligibilityByTechnology.__doc__, **fields
    )


if TYPE_CHECKING:
    Eligibility = EligibilityByTechnology
else:
    Eligibility = eligibility_section(TECHNOLOGIES)
