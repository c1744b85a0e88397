"""Bioenergy: residues, manure, waste and wood of each district, spread on the land, as electricity and heat."""

from greenzone.technologies.bioenergy.estimate import estimate
from greenzone.technologies.bioenergy.feedstocks import all_feedstocks
from greenzone.technologies.bioenergy.model import (
    fuel_energy,
    landfill_methane,
    manure_methane,
    methane_energy,
    monthly_factor,
    removable_above_floor,
    removable_by_share,
    residue_to_product_ratio,
    sewage_methane,
    waste_mass,
    wood_mass,
)
from greenzone.technologies.bioenergy.options import Options

__all__ = [
    "Options",
    "all_feedstocks",
    "estimate",
    "fuel_energy",
    "landfill_methane",
    "manure_methane",
    "methane_energy",
    "monthly_factor",
    "removable_above_floor",
    "removable_by_share",
    "residue_to_product_ratio",
    "sewage_methane",
    "waste_mass",
    "wood_mass",
]
