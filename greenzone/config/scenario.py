"""The whole of a scenario: every section, and what must hold between them."""

from __future__ import annotations

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from greenzone.config.economics import Economics
from greenzone.config.eligibility import Eligibility, EligibilityRules
from greenzone.config.grid import Grid
from greenzone.config.layers import LayerFiles
from greenzone.config.outputs import Outputs
from greenzone.config.plan import Plan
from greenzone.config.scoring import AnyCriterion, Scoring
from greenzone.config.supply import Supply
from greenzone.config.technologies import Technologies
from greenzone.config.weather import Weather
from greenzone.config.zone import Zone
from greenzone.config.zones import Zones
from greenzone.errors import nearest
from greenzone.schema import Options

NAME = r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$"


class Scenario(Options):
    """A scenario file: which zone, which technologies, under which rules. Every section may be left out."""

    name: str = Field(default="scenario", pattern=NAME, max_length=100)
    """Name of the scenario and of its folder of results: letters, digits, `-`, `_`, `.`; the file's own by default."""
    description: str = ""
    """What the scenario is for, in a sentence."""
    zone: Zone = Field(default_factory=Zone)
    """Which land is looked at."""
    grid: Grid = Field(default_factory=Grid)
    """The cells that the zone is cut into."""
    weather: Weather = Weather()
    """Where the hourly weather comes from."""
    layers: LayerFiles = LayerFiles()
    """Rasters of your own, in place of embedded layers or beside them."""
    eligibility: Eligibility = Field(default_factory=Eligibility)
    """On which land each technology may stand."""
    economics: Economics = Economics()
    """What capital and plants cost, and where the economic potential ends."""
    technologies: Technologies = Field(default_factory=Technologies, validate_default=True)
    """How each technology is built and reckoned; `false` leaves one out. What it reckons of its own plants is at the
    `wacc` of `economics`, and where that section is in US dollars at its `currency_year` and `lcoe_ceiling`, unless
    the technology names its own."""
    scoring: Scoring = Field(default_factory=Scoring)
    """What makes a site good for each technology."""
    zones: Zones = Zones()
    """How development zones are grown from good sites."""
    supply: Supply = Supply()
    """Demand, and the capacity mixes held against it."""
    plan: Plan = Plan()
    """The plan of least cost: which capacities serve the zone, under which limits; not made by default."""
    outputs: Outputs = Outputs()
    """Where results go, and how much of them."""

    @field_validator("technologies")
    @classmethod
    def _plants_are_reckoned_alike(cls, given: Technologies, info: ValidationInfo) -> Technologies:
        """One plant has one cost of capital, in the tables of its technology and in those of the sites."""
        economics = info.data.get("economics")  # absent where it could not be read
        if economics is None:
            return given
        money = shared_money(economics)
        changed = {
            name: options.model_copy(update=own)
            for name, options in given.enabled().items()
            if (
                own := {
                    key: money[key] for key in set(type(options).model_fields) & set(money) - options.model_fields_set
                }
            )
        }
        return given.model_copy(update=changed)

    @model_validator(mode="after")
    def _rasters_are_defined(self) -> Scenario:
        defined = self.layers.rasters
        unknown = [
            (technology, name)
            for technology in type(self.technologies).model_fields
            for name in self.eligibility.rules(technology).rasters
            if name not in defined
        ]
        if unknown:
            raise ValidationError.from_exception_data(
                "Scenario", [_undefined_raster(technology, name, list(defined)) for technology, name in unknown]
            )
        return self

    def enabled_technologies(self) -> dict[str, Options]:
        """Options of each technology that is not switched off."""
        return self.technologies.enabled()

    def eligibility_rules(self) -> dict[str, EligibilityRules]:
        """Land rules of each technology that is not switched off."""
        return {name: self.eligibility.rules(name) for name in self.enabled_technologies()}

    def scoring_criteria(self) -> dict[str, tuple[AnyCriterion, ...]]:
        """Criteria of each technology that is not switched off."""
        return {name: self.scoring.criteria(name) for name in self.enabled_technologies()}


def shared_money(economics: Economics) -> dict[str, float]:
    """Options of technologies that follow the section `economics`, by name: those in dollars only if it is in them."""
    dollars = {"price_year": economics.currency_year, "lcoe_ceiling": economics.lcoe_ceiling}
    return {"wacc": economics.wacc} | (dollars if economics.currency == "USD" else {})


def _undefined_raster(technology: str, name: str, defined: list[str]) -> InitErrorDetails:
    way_out = nearest(name, defined) if defined else "name its file there"
    text = f"raster '{name}' is not defined under 'layers.rasters': {way_out}"
    error = PydanticCustomError("undefined_raster", "{text}", {"text": text})
    return InitErrorDetails(type=error, loc=("eligibility", technology, "rasters", name), input=name)
