"""What can be set for bioenergy, with units, bounds and where each default comes from."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from greenzone import schema


class Options(schema.Options):
    """Electricity and heat from residues, manure, waste and wood."""

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
    manure_collected: float = Field(default=0.50, ge=0, le=1)
    """Share of the manure that can be collected [1]; assumption: herds are housed for half of the year."""
    manure_collected_low: float = Field(default=0.30, ge=0, le=1)
    """Lower end of that share [1]; assumption: herds of fewer than ten heads stay without a digester."""
    manure_collected_high: float = Field(default=0.70, ge=0, le=1)
    """Upper end of that share [1]; assumption: dairy cows return at night all year."""
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
    wood_share: float = Field(default=0.25, ge=0, le=1)
    """Share of the yearly growth of wood that may be burnt [1]; assumption: no commercial felling in Azerbaijan, only
    fuelwood and sanitary cuts."""
    wood_share_low: float = Field(default=0.10, ge=0, le=1)
    """Lower end of that share [1]."""
    wood_share_high: float = Field(default=0.40, ge=0, le=1)
    """Upper end of that share [1]."""
    capacity_factor: float = Field(default=0.80, gt=0, le=1)
    """Mean output over capacity [1]; 7,000 full-load hours, plants that must earn back their boilers."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for low, likely, high in (
            (0.0, self.removal_share, self.removal_share_high),
            (self.manure_collected_low, self.manure_collected, self.manure_collected_high),
            (self.wood_share_low, self.wood_share, self.wood_share_high),
        ):
            if not low <= likely <= high:
                raise ValueError(f"a range must rise from low to high: {low:g}, {likely:g}, {high:g}")
        if self.waste_electricity * 3.6 > self.waste_heating_value:
            raise ValueError("waste_electricity is more than the waste's heating value holds")
        return self
