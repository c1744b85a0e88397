"""What can be set for bioenergy, with units, bounds and where each default comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from greenzone import schema


class Options(schema.Options):
    """Electricity and heat from residues, manure, waste and wood."""

    crops_file: Path | None = None
    """CSV in place of the table `crops`: `district crop production_t` and where known `yield_t_per_ha` [t, t/ha]."""
    livestock_file: Path | None = None
    """CSV in place of the table `livestock`: `district` and any of `cattle_heads dairy_cow_heads buffalo_heads
    sheep_heads goat_heads pig_heads hen_heads broiler_heads horse_heads`; `year` where there are several."""
    population_file: Path | None = None
    """CSV in place of the table `population`: `area persons`, an area being a district or `zone`; `kind` is `estimate`
    or `target`."""
    forest_file: Path | None = None
    """CSV in place of the table `bioenergy_forest`, with its columns up to `lhv_gj_per_t`."""
    residue_method: Literal["share", "floor"] = "share"
    """How much straw may leave the field: a fixed share of it, or all above a cover left against erosion. The two
    disagree; both are in the totals."""
    removal_share: float = Field(default=0.40, ge=0, le=1)
    """Share of the residues that may be removed [1]; 0.4 for cereals (Scarlat et al. 2010)."""
    removal_share_high: float = Field(default=0.50, ge=0, le=1)
    """Upper end of that share [1]; 0.5 for maize in the same source."""
    residue_floor: float = Field(default=3.0, ge=0, le=20)
    """Residues left on the field against erosion [t/ha]; flat residues above 3 t/ha cover 80 % of the soil (Aiken,
    McMaster and Nielsen 1996, USDA-ARS)."""
    straw_use: float = Field(default=0.0, ge=0, le=10)
    """Straw taken for bedding and feed before energy, per head of cattle [kg/d]."""
    straw_use_high: float = Field(default=0.375, ge=0, le=10)
    """The same for the lower end of the range [kg/d]; 1.5 kg/d for a quarter of the herd (Scarlat et al. 2010)."""
    livestock_year: int | None = None
    """Year of the livestock table; the latest of each district where not given."""
    manure_collected: float | None = Field(default=None, ge=0, le=1)
    """Share of the manure that can be collected, of all animals alike [1]; by default each animal's by its housing,
    from the table `bioenergy_animals`: 0.5 of cattle's."""
    manure_collected_low: float | None = Field(default=None, ge=0, le=1)
    """Lower end of that share [1]; 0.3 of cattle's: herds of fewer than ten heads stay without a digester."""
    manure_collected_high: float | None = Field(default=None, ge=0, le=1)
    """Upper end of that share [1]; 0.7 of cattle's: dairy cows return at night all year."""
    methane_heating_value: float = Field(default=35.883, ge=30, le=40)
    """Lower heating value of methane [MJ/m3 at 0 degC and 101325 Pa]; ISO 6976."""
    waste_per_person: float = Field(default=0.83, ge=0, le=5)
    """Municipal waste per person [kg/d]; 2.93 Mt in 2015 for 9.65 million (World Bank 2018, What a Waste 2.0)."""
    waste_collected: float = Field(default=0.75, ge=0, le=1)
    """Share of the waste that is collected [1]; between 0.55 for rural and 0.96 for urban places of the region (World
    Bank 2018, What a Waste 2.0)."""
    waste_electricity: float = Field(default=0.46, ge=0, le=0.9)
    """Electricity from waste [MWh/t]; the Baku plant at full capacity, an upper limit."""
    waste_heating_value: float = Field(default=8.0, ge=2, le=20)
    """Lower heating value of waste [GJ/t]; 0.46 MWh/t are then 21 % of it (assumption; IPCC 2006: 10 to 11.6 for dry
    waste)."""
    waste_pathway: Literal["incineration", "landfill_gas"] = "incineration"
    """What becomes of the waste: a plant that burns it, or gas gathered from a landfill."""
    landfill_organic_carbon: float = Field(default=0.15, ge=0, le=0.5)
    """Degradable organic carbon in the waste [t/t]; bulk waste 0.14 to 0.19 by region (IPCC 2006, vol. 5 ch. 3)."""
    landfill_captured: float = Field(default=0.50, ge=0, le=1)
    """Share of the landfill's methane that is gathered [1]; assumption for a managed site, 0.2 where nothing is known
    (IPCC 2006, vol. 5 ch. 3)."""
    sewage_methane: float = Field(default=12.8, ge=0, le=40)
    """Methane from sewage sludge per person connected [l/d]; 20 l of gas with 64 % of methane, of 18 to 26 l (IEA
    Bioenergy Task 37, 2015); 20 to 30 l of gas from faeces alone (UN 1984)."""
    sewage_connected: float = Field(default=0.50, ge=0, le=1)
    """Share of the people connected to a sewage works [1]; assumption: new towns are, villages are not."""
    sewage_connected_low: float = Field(default=0.20, ge=0, le=1)
    """Lower end of that share [1]."""
    sewage_connected_high: float = Field(default=0.80, ge=0, le=1)
    """Upper end of that share [1]."""
    energy_crop_share: float = Field(default=0.0, ge=0, le=1)
    """Share of the marginal land (table `bioenergy_land`) under energy crops [1]; none unless asked for."""
    energy_crop_yield: float = Field(default=5.0, ge=0, le=40)
    """Dry matter of energy crops on marginal land [t/ha]; switchgrass and miscanthus without irrigation, assumption."""
    energy_crop_yield_low: float = Field(default=3.0, ge=0, le=40)
    """Lower end of that yield [t/ha]."""
    energy_crop_yield_high: float = Field(default=8.0, ge=0, le=40)
    """Upper end of that yield [t/ha]."""
    energy_crop_heating_value: float = Field(default=17.0, ge=5, le=25)
    """Lower heating value of dry energy crops [GJ/t]; grasses (IPCC 2006: 15.6; Phyllis2: 16 to 18)."""
    solid_pathway: Literal["combustion", "gasification"] = "combustion"
    """How straw, wood and energy crops become electricity."""
    wood_share: float = Field(default=0.25, ge=0, le=1)
    """Share of the yearly growth of wood that may be burnt [1]; assumption: no commercial felling in Azerbaijan, only
    fuelwood and sanitary cuts."""
    wood_share_low: float = Field(default=0.10, ge=0, le=1)
    """Lower end of that share [1]."""
    wood_share_high: float = Field(default=0.40, ge=0, le=1)
    """Upper end of that share [1]."""
    capacity_factor: float = Field(default=0.80, gt=0, le=1)
    """Mean output over capacity [1]; 7,000 full-load hours, plants that must earn back their boilers."""
    peak_hours: tuple[int, ...] = (17, 18, 19, 20, 21, 22)
    """Local hours of the day in which plants run at full power as far as their store of fuel or gas carries, and less
    in the others [h]; the evening peak. An empty list: steady output."""
    utc_offset_hours: float = Field(default=4.0, ge=-12, le=14)
    """Local time minus UTC [h]; Azerbaijan has kept UTC+4 since 2016."""
    draws: int = Field(default=1000, ge=100, le=100_000)
    """Random draws of the feedstocks from which ranges are read."""
    seed: int = Field(default=0, ge=0)
    """Seed of the draws; the same seed gives the same result."""
    heat_price: float = Field(default=25.0, ge=0, le=500)
    """What heat sells for [USD/MWh]; heat from gas at 200 USD per 1000 m3 and an efficiency of 0.85, assumption."""
    heat_sold: float = Field(default=0.50, ge=0, le=1)
    """Share of the heat that finds a buyer [1]; assumption: half of the year is heated."""
    heat_credit: bool = False
    """Whether the LCOE of sites counts the sale of heat; both are in the totals."""
    cost_basis: Literal["plant", "table"] = "plant"
    """Costs in the LCOE of sites: those of a plant of the size that the fuel within reach feeds, with the road to it,
    changed to the money of the economics section, or the cost table's for a plant of 24 MW. Costs named under
    `economics.costs` come before either."""
    price_year: int = Field(default=2024, ge=2000, le=2100)
    """Year of the US dollars in which costs of plants are told, and of `heat_price`, `transport_cost`, `loading_cost`
    [year]; in a scenario in US dollars that of the section economics."""
    wacc: float = Field(default=0.10, ge=0, lt=1)
    """Real cost of capital for the levelised costs of plants [1]; in a scenario that of the
    section economics."""

    transport_radius_km: float = Field(default=40.0, ge=0, le=300)
    """How far straw, wood and waste are carried by road [km]; usual for plants of a few MW, assumption."""
    manure_radius_km: float = Field(default=15.0, ge=0, le=100)
    """How far manure is carried by road [km]; slurry holds little energy (FNR 2016: 5 to 15)."""
    transport_cost: float = Field(default=0.20, ge=0, le=10)
    """Of carrying a tonne one kilometre [USD/(t km)]; 0.12 USD of 2004 (Joint BioEnergy Institute, Feed transport) in
    prices of 2024."""
    loading_cost: float = Field(default=7.3, ge=0, le=200)
    """Of loading and unloading a tonne [USD/t]; 4.39 USD of 2004 in the same source."""
    road_winding: float = Field(default=1.3, ge=1, le=5)
    """Length of a road over the straight line on level ground [1]; usual 1.2 to 1.4."""
    slope_winding: float = Field(default=0.05, ge=0, le=1)
    """What each degree of slope adds to that length, as a share of it [1/degree]; assumption: serpentines make ways
    half as long again at 10 degrees."""
    block_km: float = Field(default=5.0, ge=1, le=50)
    """Width of the blocks to which sites are joined for siting plants [km]."""
    candidate_km: float = Field(default=15.0, ge=1, le=100)
    """Of each square of this width one block may hold a plant, that with most fuel [km]."""
    candidates: int = Field(default=24, ge=1, le=200)
    """Most places among which plants are chosen; more are better placed and take longer."""
    siting_gap: float = Field(default=0.05, ge=0, le=1)
    """Relative gap to which the least cost of the plants is to be proven [1]; the gap reached is told."""
    siting_seconds: float = Field(default=60.0, gt=0, le=3600)
    """Longest time for each of the two steps of choosing plants of one kind [s]; the default never ends a run of the
    embedded zone. A run that ends by it tells its gap but need not come out alike on another machine."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for low, likely, high in (
            (0.0, self.removal_share, self.removal_share_high),
            (self.wood_share_low, self.wood_share, self.wood_share_high),
            (self.sewage_connected_low, self.sewage_connected, self.sewage_connected_high),
            (self.energy_crop_yield_low, self.energy_crop_yield, self.energy_crop_yield_high),
        ):
            if not low <= likely <= high:
                raise ValueError(f"a range must rise from low to high: {low:g}, {likely:g}, {high:g}")
        manure = (self.manure_collected_low, self.manure_collected, self.manure_collected_high)
        given = [share for share in manure if share is not None]
        if given != sorted(given):
            raise ValueError(f"a range must rise from low to high: {', '.join(f'{share:g}' for share in given)}")
        if any(not 0 <= hour <= 23 for hour in self.peak_hours):
            raise ValueError("peak_hours must lie between 0 and 23")
        if self.waste_electricity * 3.6 > self.waste_heating_value:
            raise ValueError("waste_electricity is more than the waste's heating value holds")
        return self
