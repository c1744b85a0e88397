"""The few figures of the weather generator, read from `data/tables/weather_generator.csv`, each with its source there.

Comes in: the table. Goes out: `Parameters`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

from greenzone.layers.catalogue import read_table


@dataclass(frozen=True)
class Parameters:
    """Figures of the generator; their meaning, units and source stand in the table's rows of the same names."""

    shape_quantile: float
    clear_quantile: float
    clear_limit: float
    clear_knee: float
    overcast_limit: float
    clearness_persistence: float
    clearness_length: float
    hourly_spread: float
    hourly_persistence: float
    hourly_length: float
    temp_season: float
    temp_season_day: float
    temp_diurnal: float
    temp_diurnal_hour: float
    temp_diurnal_second: float
    temp_second_hour: float
    temp_diurnal_overcast: float
    temp_spread: float
    temp_persistence: float
    temp_length: float
    temp_clearness: float
    wind_persistence: float
    wind_length: float
    wind_season: float
    wind_season_day: float
    wind_diurnal: float
    wind_diurnal_hour: float
    wind_valley_top: float
    wind_ridge_foot: float
    wind_shear: float
    weibull_k: float
    lapse_rate: float


@cache
def parameters() -> Parameters:
    """The figures as they ship."""
    table = read_table("weather_generator").set_index("parameter")["value"]
    return Parameters(**{field.name: float(table[field.name]) for field in fields(Parameters)})
