"""The `eligibility` section: on which land a technology may stand.

Comes in: rules by technology. Goes out: `EligibilityRules` for each, with defaults that name their sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model, model_validator

from greenzone.schema import Options
from greenzone.technologies import TECHNOLOGIES

LandCover = Literal[
    "evergreen_needleleaf_forest", "evergreen_broadleaf_forest", "deciduous_needleleaf_forest",
    "deciduous_broadleaf_forest", "mixed_forest", "closed_shrubland", "open_shrubland", "woody_savanna", "savanna",
    "grassland", "wetland", "cropland", "urban", "cropland_mosaic", "snow_ice", "barren", "water",
]  # fmt: skip
Share = Annotated[float, Field(ge=0, le=1)]


class Limits(Options):
    """Between which values of a raster land may be used."""

    min: float | None = None
    """Lowest usable value [units of the raster]."""
    max: float | None = None
    """Highest usable value [units of the raster]."""

    @model_validator(mode="after")
    def _limits_leave_room(self) -> Limits:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"'min' {self.min:g} is above 'max' {self.max:g}: no land is left")
        return self


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
    min_wind_speed: float | None = Field(None, ge=0)
    """Lowest usable mean wind speed at 100 m [m s-1]."""
    default_share: Share = 1.0
    """Usable share of land whose class `land_cover` does not name [1]."""
    land_cover: dict[LandCover, Share] = Field(default={})
    """Usable share of the land of a class [1]; classes not named keep the technology's own default."""
    rasters: dict[str, Limits] = Field(default={})
    """Usable values of rasters named under `layers.rasters`; land where a raster knows nothing stays usable."""

    @model_validator(mode="before")
    @classmethod
    def _land_cover_keeps_defaults(cls, given: Any) -> Any:
        defaults = cls.model_fields["land_cover"].default
        if isinstance(given, dict) and isinstance(given.get("land_cover"), dict):
            return {**given, "land_cover": {**defaults, **given["land_cover"]}}
        return given

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


class HydroRules(EligibilityRules):
    """Near which land hydropower plants may stand; a river counts wherever it runs."""

    land_cover: dict[LandCover, Share] = Field(default=_none_of("snow_ice"))
    """Usable share of the land of a class [1]; classes not named keep these. Default: no plants under snow and ice."""


class GeothermalRules(EligibilityRules):
    """On which land wells and plants may stand; what lies under the rest is not counted."""

    max_slope: float | None = Field(default=20.0, ge=0, le=90)
    """Steepest usable slope [degree]; default: assumed, as for wind: a drilling rig needs the same roads."""
    max_elevation: float | None = Field(default=3500.0, ge=-500, le=9000)
    """Highest usable elevation [m]; default: assumed, as for wind."""
    land_cover: dict[LandCover, Share] = Field(default={**UNBUILDABLE})
    """Usable share of the land of a class [1]; classes not named keep these. Default: none of water and towns."""


class BioenergyRules(EligibilityRules):
    """From which land biomass is collected."""

    max_slope: float | None = Field(default=30.0, ge=0, le=90)
    """Steepest usable slope [degree]; default: assumed, the limit of wheeled harvesters."""


DEFAULT_RULES: dict[str, type[EligibilityRules]] = {
    "solar": SolarRules,
    "wind": WindRules,
    "hydro": HydroRules,
    "geothermal": GeothermalRules,
    "bioenergy": BioenergyRules,
}


class EligibilityByTechnology(Options):
    """On which land each technology may stand."""

    def rules(self, technology: str) -> EligibilityRules:
        """Rules of one technology."""
        return getattr(self, technology)


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
