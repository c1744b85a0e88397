"""What can be set for geothermal energy, with units, bounds and where each default comes from."""

from __future__ import annotations

from typing import Literal, Self

import shapely
from pydantic import Field, model_validator

from greenzone import schema


class HeatFlowPoint(schema.Options):
    """A measurement of the user's own."""

    lon: float = Field(ge=-180, le=180)
    """Longitude [degree]."""
    lat: float = Field(ge=-90, le=90)
    """Latitude [degree]."""
    heat_flow: float = Field(gt=0, le=1000)
    """Heat flow at the surface [mW/m2]."""

    @model_validator(mode="after")
    def _in_milliwatts(self) -> Self:
        if self.heat_flow < 1:
            raise ValueError(f"a heat flow of {self.heat_flow:g} mW/m2 is surely in W/m2: multiply it by 1000")
        return self


class Triangle(schema.Options):
    """A quantity that is known by its lowest, likeliest and highest value."""

    low: float
    """Lowest value."""
    likely: float
    """Likeliest value."""
    high: float
    """Highest value."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.likely <= self.high:
            raise ValueError(f"low, likely, high must rise: {self.low:g}, {self.likely:g}, {self.high:g}")
        return self


class Prospect(schema.Options):
    """A place where a reservoir is thought possible."""

    name: str = Field(min_length=1)
    """Name of the place."""
    lon: float | None = Field(default=None, ge=-180, le=180)
    """Longitude of a point [degree]."""
    lat: float | None = Field(default=None, ge=-90, le=90)
    """Latitude of a point [degree]."""
    polygon: tuple[tuple[float, float], ...] | None = None
    """In place of a point: the outline of the reservoir, longitude and latitude of three corners or more [degree]."""
    temperature: Triangle | None = None
    """Of the reservoir [degC]; without it, the temperature that the heat flow gives at `depth_km`."""
    area_km2: Triangle | None = None
    """Of the reservoir [km2]; default: that of the polygon, at a point 1, 2 and 3, a system known by one group of
    springs (USGS Circular 790, 1979)."""
    thickness_m: Triangle = Triangle(low=1000, likely=1500, high=2500)
    """Of the reservoir [m]; default as for the area."""
    depth_km: float = Field(default=1.5, gt=0, le=10)
    """Middle of the reservoir below the surface [km]."""

    @model_validator(mode="after")
    def _placed(self) -> Self:
        point = self.lon is not None and self.lat is not None
        if point == (self.polygon is not None) or (self.lon is None) != (self.lat is None):
            raise ValueError(f"prospect '{self.name}' needs either lon and lat or a polygon")
        if self.thickness_m.high < 10:
            raise ValueError(
                f"the thickness of prospect '{self.name}' is at most {self.thickness_m.high:g} m: it is surely in km"
            )
        if self.area_km2 is not None and (self.area_km2.low <= 0 or self.area_km2.high > 10_000):
            raise ValueError(
                f"an area of {self.area_km2.low:g} to {self.area_km2.high:g} km2 is impossible for prospect"
                f" '{self.name}': check its unit"
            )
        if self.polygon is None:
            return self
        if any(abs(lon) > 180 or abs(lat) > 90 for lon, lat in self.polygon):
            raise ValueError(f"the polygon of prospect '{self.name}' is not in degrees of longitude and latitude")
        if len(set(self.polygon)) < 3 or not shapely.Polygon(self.polygon).is_valid:
            raise ValueError(f"the polygon of prospect '{self.name}' needs three corners or more and no crossing sides")
        return self


class Options(schema.Options):
    """Geothermal power and heat."""

    heat_flow_points: tuple[HeatFlowPoint, ...] = ()
    """Measurements to add to the table `heat_flow`."""
    use_embedded_heat_flow: bool = True
    """Whether the embedded table of 40 measurements is used beside `heat_flow_points`."""
    heat_flow_layer: str | None = None
    """Name of a raster under `layers` with heat flow [mW/m2], used where it has data in place of the points."""
    gradient_layer: str | None = None
    """Name of a raster under `layers` with the temperature gradient [K/km], used where it has data for every depth."""
    temperature_layers: dict[str, float] = Field(default_factory=dict)
    """Rasters under `layers` with temperature [degC], by name, and the depth of each [km]; where they have data, the
    temperature at any depth follows them, with the model's curve between and below."""
    variogram_nugget: float | None = Field(default=None, ge=0)
    """Variance between neighbouring measurements [(mW/m2)2]; fitted where one of the three is not given."""
    variogram_sill: float | None = Field(default=None, gt=0)
    """Variance that distance explains [(mW/m2)2]."""
    variogram_range_km: float | None = Field(default=None, gt=0)
    """Distance over which likeness falls to 1/e [km]."""
    map_depths_km: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
    """Depths for which temperature is mapped, each a layer and a raster [km]; the embedded column of rock reaches to
    10 km."""
    resource_depth_km: float = Field(default=5.0, gt=0, le=10)
    """Foot of the rock whose heat counts as the theoretical resource [km]; deeper wells are rare."""
    temp_reference: float = Field(default=15.0, ge=1, le=40)
    """Temperature down to which heat counts [degC]; 15 in the USGS assessments (Williams et al. 2008)."""
    heat_capacity: float = Field(default=2.7e6, ge=1e6, le=5e6)
    """Volumetric heat capacity of rock and water at the likeliest porosity [J/(m3 K)]; 2.7e6 in USGS Circular 790
    (1979)."""
    porosity: Triangle = Triangle(low=0.03, likely=0.10, high=0.20)
    """Share of a reservoir that is water [1]; fractured volcanics and limestones, an assumption around the tenth that
    the heat capacity of USGS Circular 790 implies for rock of 2.55e6."""
    prospects: tuple[Prospect, ...] | None = None
    """Places with a reservoir; without it, the six of the table `geothermal_prospects`."""
    chance_of_success: float = Field(default=0.59, ge=0, le=1)
    """Chance that a prospect proves productive [1]; share of successful exploration wells (IFC 2013, Success of
    Geothermal Wells). None in the zone has been drilled to depth."""
    recovery_low: float = Field(default=0.08, gt=0, le=1)
    """Lowest share of the heat in place that reaches the wellhead [1]; fractured rock, USGS (Williams et al. 2008)."""
    recovery_high: float = Field(default=0.20, gt=0, le=1)
    """Highest such share [1]; all values between are taken as equally likely (Williams et al. 2008)."""
    lifetime: float = Field(default=30.0, ge=5, le=100)
    """Years over which the heat is brought up [years]; 30 in the USGS assessments."""
    draws: int = Field(default=100_000, ge=100, le=1_000_000)
    """Random draws per prospect from which ranges are read."""
    seed: int = Field(default=0, ge=0)
    """Seed of the draws; the same seed gives the same result."""
    availability: float = Field(default=0.90, gt=0, le=1)
    """Share of the year in which the plant runs [1]; default of GEOPHIRES (Beckers and McCabe 2019)."""
    pump_pressure: float = Field(default=15.0, ge=0, le=200)
    """Pressure that production and injection pumps add [bar]; 5 + 5 bar at the GEOPHIRES defaults of 50 kg/s and
    10 kg/s per bar, 5 bar for pipes and wells (assumption)."""
    pump_efficiency: float = Field(default=0.75, gt=0, le=1)
    """Efficiency of the pumps [1]; default of GEOPHIRES."""
    heat_return: float = Field(default=40.0, ge=1, le=120)
    """Temperature at which heating water goes back under ground [degC]; low-temperature networks and greenhouses."""
    heat_utilisation: float = Field(default=0.40, gt=0, le=1)
    """Mean over peak of heat use [1]; world mean of space and greenhouse heating (Lund and Toth 2021,
    doi:10.1016/j.geothermics.2020.101915)."""
    spring_temperature: float = Field(default=60.0, ge=20, le=100)
    """Of springs without a measurement [degC]; Istisu and Zuar are reported at 60 to 65."""
    spring_return: float = Field(default=20.0, ge=1, le=60)
    """Temperature to which spring water is cooled [degC]: bathing and greenhouses, a drop of 40 K as in the national
    inventories."""
    play_depth_km: float = Field(default=2.5, gt=0, le=10)
    """Depth at which power density is mapped, as if there were a permeable reservoir [km]."""
    play_thickness_m: Triangle = Triangle(low=1000, likely=1500, high=2500)
    """Thickness of that reservoir [m]; USGS Circular 790 (1979)."""
    site_draws: int = Field(default=1000, ge=10, le=10_000)
    """Random draws from which each site's range of power density is read."""
    spring_influence_km: float = Field(default=20.0, gt=0, le=200)
    """Distance beyond which a spring or prospect says nothing of a site's favourability [km]; assumption."""
    fairway_weights: tuple[float, float, float] = (0.3, 0.3, 0.4)
    """Weights of heat flow, temperature at 3 km and springs in the favourability [1]; assumption: springs alone show
    that water moves through the rock."""
    fairway_heat_flow: tuple[float, float] = (40.0, 100.0)
    """Heat flow that counts nothing and all [mW/m2]; the Kura plain and the warmest places of the highlands."""
    fairway_temperature: tuple[float, float] = (80.0, 150.0)
    """Temperature at 3 km that counts nothing and all [degC]; the least for electricity, the most thought possible."""
    fairway_layers: dict[str, float] = Field(default_factory=dict)
    """Rasters under `layers` that speak for a reservoir, each from 0 to 1, and their weight beside `fairway_weights`:
    slip tendency or density of faults, class of permeability."""
    well_flow: float = Field(default=50.0, gt=0, le=200)
    """Flow of one production well [kg/s]; default of GEOPHIRES (Beckers and McCabe 2019). As much is injected."""
    well_success: float = Field(default=0.74, gt=0, le=1)
    """Share of wells drilled that can be used, once a reservoir is found [1]; development wells (IFC 2013, Success of
    Geothermal Wells)."""
    drawdown: float = Field(default=0.005, ge=0, le=0.1)
    """Share of the temperature above that of injection that the water loses each year [1/year]; default of GEOPHIRES.
    Wells are added to make up for it."""
    price_year: int = Field(default=2024, ge=2000, le=2100)
    """Year of the US dollars in which the costs of prospects are told [year]; in a scenario in US dollars that of the
    section economics."""
    wacc: float = Field(default=0.10, ge=0, lt=1)
    """Real cost of capital for the levelised costs of prospects [1]; in a scenario that of the
    section economics."""
    cost_basis: Literal["prospect", "table"] = "prospect"
    """Capital and O&M in the LCOE of sites: each prospect's own wells and plant, changed to the money of the economics
    section, or the cost table's. Costs named under `economics.costs` come before either."""
    well_reach_km: float = Field(default=2.5, gt=0, le=10)
    """How far from a prospect's point the plant may stand [km]; deviated wells reach about 2 km aside, the reservoir's
    own radius adds 0.8 km."""
    plant_area_km2: float = Field(default=0.2, gt=0, le=10)
    """Land that a plant with its wells needs [km2]; with less eligible land in reach the output falls in proportion.
    Up to 0.032 km2 per MW (US DOE 2019, GeoVision)."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.recovery_low > self.recovery_high:
            raise ValueError(f"recovery_low {self.recovery_low:g} is above recovery_high {self.recovery_high:g}")
        if any(not 0 < depth <= 10 for depth in (*self.map_depths_km, *self.temperature_layers.values())):
            raise ValueError("depths must lie above 0 and at most at 10 km, the foot of the column of rock")
        names = [prospect.name for prospect in self.prospects or ()]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"prospect '{twice}' is there twice: give each its own name, from which its draws follow")
        if not 0 <= self.porosity.low <= self.porosity.high < 1:
            raise ValueError(f"porosity must lie between 0 and 1: {self.porosity.low:g}, {self.porosity.high:g}")
        if self.fairway_layers and min(self.fairway_layers.values()) < 0:
            raise ValueError("weights of fairway_layers must not be negative")
        for low, high in (self.fairway_heat_flow, self.fairway_temperature):
            if low >= high:
                raise ValueError(f"bounds of the favourability must rise: {low:g}, {high:g}")
        if min(self.fairway_weights) < 0 or sum(self.fairway_weights) <= 0:
            raise ValueError("fairway_weights must not be negative, and one must be above 0")
        if not self.use_embedded_heat_flow and len(self.heat_flow_points) < 2 and self.heat_flow_layer is None:
            raise ValueError("without the embedded heat flow give at least two heat_flow_points or a heat_flow_layer")
        return self
