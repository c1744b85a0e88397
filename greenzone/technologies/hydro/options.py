"""Options of hydropower: what may be built, how it is sized, what it loses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from greenzone import schema


class Options(schema.Options):
    """Hydropower: run-of-river plants with a diversion, found on the terrain."""

    design_exceedance: float = Field(default=0.05, gt=0, lt=1)
    """Share of the year during which the river, less what stays in it, reaches the plants' design flow [1]. RETScreen's
    0.30 gives capacity factors near 0.6 on these snow- and groundwater-fed rivers; the zone's plants are built larger:
    their published capacity factors of 0.28 to 0.335 answer to about 0.05. With 0.30 the zone's
    candidates have a third of the capacity and 56 % of the energy: fewer reaches then earn `min_gwh_per_km`."""

    objective: Literal["energy", "net_benefit"] = "energy"
    """What the plants of a river are chosen for. "energy": every plant is built for `design_exceedance`, and kilometres
    and plants must earn `min_gwh_per_km` and `min_gwh_per_plant`. "net_benefit": every plant is built for the one of
    `exceedances` that brings most, and counts by its energy at `energy_value` less its yearly cost."""

    exceedances: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = Field(
        default=(0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5), min_length=1
    )
    """Shares of the year among which the objective "net_benefit" chooses each plant's design flow [1]."""

    energy_value: float = Field(default=100.0, ge=0)
    """What energy is worth to the objective "net_benefit" and to the economic penstock [USD MWh-1]. Assumption: the
    ceiling up to which the scenario counts potential as economic."""

    lcoe_ceiling: float = Field(default=100.0, gt=0)
    """Highest levelised cost that counts as economic in the tables of basins and districts [USD MWh-1]. Assumption; in
    a scenario in US dollars that of the section economics."""

    wacc: float = Field(default=0.10, ge=0, lt=1)
    """Real cost of capital behind the plants' levelised cost [1]; World Bank REZoning, 10 %. In a scenario that of the
    section economics."""

    lifetime_years: float = Field(default=50.0, gt=0, le=200)
    """Years over which a plant pays back its capital [year]; O'Connor et al. (2015), doi:10.2172/1244193, take 30 to 50
    for civil works."""

    capital_factor: float = Field(default=1.0, gt=0)
    """Capital cost over that of the ORNL model of new stream-reach plants in the United States [1]. The one contract
    known in the zone, the rebuilding of five plants for 1,065 USD/kW (table hydro_costs), answers to about 0.2."""

    price_year: int = 2024
    """Year of the prices of the plants' costs; it must stand in the table price_index. In a scenario in US dollars that
    of the section economics."""

    penstock: Literal["four_percent", "economic"] = "four_percent"
    """How wide penstocks are: so that they lose about 4 % of the head (ESHA 2004), or so that steel and lost energy
    together cost least."""

    environmental_flow: float = Field(default=0.2, ge=0, le=1)
    """Flow that stays in the river below each intake, as a share of its mean flow [1]. Tennant (1976),
    doi:10.1577/1548-8446(1976)001<0006:IFRFFW>2.0.CO;2: 0.1 is the least that keeps fish alive for a short while, 0.2
    good habitat from October to March, 0.3 fair to good in the growing season."""

    abstraction: float = Field(default=0.0, ge=0, le=1)
    """Share of the flow from April to September that irrigation takes upstream of the intakes [1]."""

    min_capacity_mw: float = Field(default=1.0, gt=0)
    """Smallest plant worth a place in the list [MW]; the smallest planned in the zone has 1.1 MW."""

    min_head_m: float = Field(default=10.0, gt=0)
    """Smallest fall between intake and powerhouse [m]; less asks for a weir plant, which is not looked for."""

    max_waterway_km: float = Field(default=15.0, gt=0, le=50)
    """Longest canal, tunnel and penstock of a plant, along the river [km]; Gozlukorpu has 13 km."""

    max_mean_flow_m3s: float = Field(default=60.0, gt=0)
    """Rivers with a larger mean flow are left out [m3/s]: the Araz, a border river whose plants stand at dams."""

    min_mean_flow_m3s: float = Field(default=0.2, gt=0)
    """Streams with a smaller mean flow are left out [m3/s]."""

    node_spacing_km: float = Field(default=0.5, gt=0, le=5)
    """Distance between the points of a river where intakes and powerhouses may stand [km]. The embedded terrain's cells
    are wider apart; on a finer one this bounds the number of plants that are compared."""

    min_gwh_per_km: float = Field(default=3.0, ge=0)
    """Energy that each kilometre of waterway must earn for itself [GWh km-1 a-1]. Gozlukorpu, with 14.7 MW at the
    zone's capacity factor of 0.32 the plant with the longest pipe (13 km), earns 3.2."""

    min_gwh_per_plant: float = Field(default=2.0, ge=0)
    """Energy that each plant must earn for what does not grow with it: road, weir, connection [GWh a-1]. Assumption:
    two thirds of what the smallest planned plant (1.1 MW) gives."""

    canal_slope: float = Field(default=0.0015, ge=0, le=0.02)
    """Fall of the headrace over its length [1]; ESHA (2004), section 5.6: 1 to 2 m per km."""

    penstock_slope: float = Field(default=0.3, gt=0, le=2)
    """Fall of the penstock over its horizontal length [1]: how much of the waterway is a pressure pipe. Assumption."""

    roughness_mm: float = Field(default=0.05, ge=0)
    """Roughness of the penstock's wall [mm]; new welded steel, Moody (1944)."""

    units: Annotated[int, Field(ge=1, le=10)] | Literal["optimal"] = "optimal"
    """Equal turbines per plant [1]. "optimal": plants are compared with two, and each that is chosen then takes the
    number up to four whose energy at `energy_value`, less what more or fewer machines cost, is worth most."""

    generator_efficiency: float = Field(default=0.97, gt=0, le=1)
    """Efficiency of the generators [1]; RETScreen (2004)."""

    transformer_efficiency: float = Field(default=0.99, gt=0, le=1)
    """Efficiency of the transformers [1]; RETScreen (2004): losses of 1 %."""

    availability: float = Field(default=0.95, gt=0, le=1)
    """Share of the year the plants can run [1]; RETScreen (2004): downtime of 4 to 5 %."""

    head_error_m: float = Field(default=20.0, ge=0)
    """Standard error of the head [m]: two points of a 30 arc-second terrain model, each about 15 m off."""

    efficiency_error: float = Field(default=0.03, ge=0, le=1)
    """Standard error of the plants' efficiency [1]. Assumption."""

    dam_heights_m: tuple[Annotated[float, Field(gt=0, le=350)], ...] = (40.0, 80.0, 125.0)
    """Heights of storage dams that are tried [m]; Sarsang's has 125 m."""

    min_storage_hm3: float = Field(default=10.0, gt=0)
    """Smallest lake worth a place in the list of storage dams [hm3]. Assumption."""

    storage_sites: int = Field(default=20, ge=0, le=1000)
    """Entries in the lists of storage dams and of pumped storage, each."""

    pumped_min_head_m: float = Field(default=300.0, gt=0)
    """Least fall between two ponds [m]; Stocks et al. (2021), doi:10.1016/j.joule.2020.11.015, take
    100 m and more, and find those above 300 m cheap."""

    pumped_separation_km: float = Field(default=5.0, gt=0, le=30)
    """Longest distance between two ponds [km]. Assumption: a fall of 300 m over 5 km is Stocks' least slope of 1:15."""

    pumped_slope: float = Field(default=0.08, gt=0, le=1)
    """Steepest ground for a ring dam, over a cell and its neighbours [1]. Assumption."""

    pumped_volume_hm3: float = Field(default=1.0, gt=0)
    """Water of each pond [hm3]; Stocks et al. (2021) take 1 hm3 and more."""

    pumped_hours: float = Field(default=6.0, gt=0)
    """Hours a full pond lasts at full power [h]; the shortest of Stocks et al. (2021)."""

    pumped_efficiency: float = Field(default=0.75, gt=0, le=1)
    """Round-trip efficiency [1]; PyPSA technology-data (DIW Data Documentation 68)."""

    class_bounds: schema.ClassBounds = (0.30, 0.34)
    """Capacity factors that divide the plants into resource classes [1]."""

    runoff_file: Path | None = None
    """Raster of your own runoff in place of the model's: one band of mm a year or twelve of mm a month. Where it has no
    value the model's stands."""

    discharge_file: Path | None = None
    """CSV of measured or otherwise known natural flow: lon, lat, catchment_km2 (if known) and mean_discharge_m3s or m01
    to m12 [m3/s]. The runoff above each gauge is scaled to it."""

    river_km2: float = Field(default=25.0, gt=0)
    """Catchment from which a stream is drawn as a river [km2]."""

    @property
    def units_compared(self) -> int:
        """Turbines per plant while plants are compared with each other."""
        return 2 if self.units == "optimal" else self.units

    @property
    def electrical_efficiency(self) -> float:
        """Of generators and transformers together."""
        return self.generator_efficiency * self.transformer_efficiency
