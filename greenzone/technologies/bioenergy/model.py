"""From harvests, herds, people and forests to energy: pure functions on scalars and arrays.

Comes in: tonnes, heads, persons, hectares. Goes out: tonnes of residues, cubic metres of methane, gigawatt-hours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError

Array = NDArray[np.float64]

DAYS_PER_YEAR = 365.0
GJ_PER_GWH = 3600.0
CARBON_DECAYED = 0.5  # of the degradable organic carbon, IPCC 2006 default
METHANE_IN_GAS = 0.5  # of landfill gas by volume, IPCC 2006 default
METHANE_DENSITY = 0.7175  # kg/m3 at 0 degC and 101325 Pa, ISO 6976


def _not_negative(**values: ArrayLike) -> list[Array]:
    arrays = []
    for name, value in values.items():
        array = np.asarray(value, float)
        if np.any(array < 0):
            raise GreenzoneError(
                f"{name.replace('_', ' ')} of {np.nanmin(array):g} is impossible: it cannot be negative"
            )
        arrays.append(array)
    return arrays


def net_primary_production(temp_air: ArrayLike, rain: ArrayLike) -> Array:
    """Dry matter that plants make in a year where neither soil nor people hinder them, by the Miami model.

    The lesser of what warmth and what rain allow: a proxy of how productive land is beside other land.

    Parameters
    ----------
    temp_air : array_like
        Mean of the year. [degC]
    rain : array_like
        Sum of the year. [mm]

    Returns
    -------
    ndarray
        NaN stays NaN. [g m-2 year-1]

    Raises
    ------
    GreenzoneError
        Negative rain.

    References
    ----------
    Lieth (1975), Modeling the primary productivity of the world, doi:10.1007/978-3-642-80913-2_12

    Examples
    --------
    >>> net_primary_production([10.0, 0.0], [500.0, 5000.0]).round(0)
    array([848., 635.])
    """
    (water,) = _not_negative(rain=rain)
    warmth = 3000.0 / (1.0 + np.exp(1.315 - 0.119 * np.asarray(temp_air, float)))
    return np.minimum(warmth, 3000.0 * (1.0 - np.exp(-0.000664 * water)))


def residue_to_product_ratio(yield_t_per_ha: ArrayLike, slope: ArrayLike, intercept: ArrayLike) -> Array:
    """Residues per tonne of product, which fall as the yield rises: slope * ln(yield) + intercept.

    Parameters
    ----------
    yield_t_per_ha : array_like
        Above 0. [t/ha]
    slope, intercept : array_like
        Of the crop, from `bioenergy_crops.csv`.

    Returns
    -------
    ndarray
        0 or more; NaN stays NaN. [1]

    Raises
    ------
    GreenzoneError
        A yield that is not above 0.

    References
    ----------
    Scarlat, Martinov and Dallemand (2010), Waste Management 30, 1889-1897, doi:10.1016/j.wasman.2010.04.016

    Examples
    --------
    >>> round(float(residue_to_product_ratio(3.54, -0.3629, 1.6057)), 3)
    1.147
    """
    harvest = np.asarray(yield_t_per_ha, float)
    if np.any(harvest <= 0):
        raise GreenzoneError(f"a yield of {np.nanmin(harvest):g} t/ha is impossible: it must be above 0")
    return np.maximum(np.asarray(slope, float) * np.log(harvest) + np.asarray(intercept, float), 0.0)


def removable_by_share(residues: ArrayLike, share: ArrayLike) -> Array:
    """Residues that may leave the field when a fixed share may. [t]"""
    return np.asarray(residues, float) * np.asarray(share, float)


def removable_above_floor(residues: ArrayLike, area_ha: ArrayLike, floor: ArrayLike) -> Array:
    """Residues that may leave the field when a cover stays on each hectare against erosion.

    Parameters
    ----------
    residues : array_like
        Grown in a year. [t]
    area_ha : array_like
        Harvested. [ha]
    floor : array_like
        To be left. [t/ha]

    Returns
    -------
    ndarray
        0 where the field bears less than the floor. [t]
    """
    grown, area, left = _not_negative(residues=residues, harvested_area=area_ha, floor=floor)
    return np.maximum(grown - area * left, 0.0)


def fuel_energy(mass_t: ArrayLike, heating_value: ArrayLike) -> Array:
    """Energy of a fuel from its mass [t] and lower heating value [GJ/t]. [GWh]

    Examples
    --------
    >>> round(float(fuel_energy(110159 * 1.147 * 0.4, 15.0)), 1)
    210.6
    """
    mass, value = _not_negative(mass=mass_t, heating_value=heating_value)
    return mass * value / GJ_PER_GWH


def manure_methane(heads: ArrayLike, volatile_solids: ArrayLike, methane_capacity: ArrayLike) -> Array:
    """Methane that the manure of a herd can give in a year.

    Parameters
    ----------
    heads : array_like
        Animals.
    volatile_solids : array_like
        Excreted per animal. [kg/d]
    methane_capacity : array_like
        Most methane per volatile solids, B0 of the IPCC. [m3/kg]

    Returns
    -------
    ndarray
        NaN stays NaN. [m3]

    References
    ----------
    IPCC (2006), Guidelines for National Greenhouse Gas Inventories, vol. 4, equation 10.23

    Examples
    --------
    >>> round(float(manure_methane(1, 4.5, 0.24)), 1)
    394.2
    """
    animals, solids, capacity = _not_negative(heads=heads, volatile_solids=volatile_solids, capacity=methane_capacity)
    return animals * solids * DAYS_PER_YEAR * capacity


def methane_energy(volume_m3: ArrayLike, heating_value: ArrayLike = 35.883) -> Array:
    """Energy of methane from its volume [m3] and lower heating value [MJ/m3]. [GWh]"""
    volume, value = _not_negative(methane=volume_m3, heating_value=heating_value)
    return volume * value / 1000.0 / GJ_PER_GWH


def waste_mass(persons: ArrayLike, per_person: ArrayLike, collected: ArrayLike = 1.0) -> Array:
    """Municipal waste of a year from persons, waste per person [kg/d] and the share collected. [t]"""
    people, waste, share = _not_negative(population=persons, waste_per_person=per_person, share=collected)
    return people * waste * DAYS_PER_YEAR / 1000.0 * share


def landfill_methane(mass_t: ArrayLike, organic_carbon: ArrayLike, captured: ArrayLike = 1.0) -> Array:
    """Methane of a landfill that has come to rest with what is brought each year.

    Half of the degradable carbon turns into gas, half of the gas is methane, in a managed site without air.

    Parameters
    ----------
    mass_t : array_like
        Waste brought in a year. [t]
    organic_carbon : array_like
        Degradable organic carbon in the waste. [t/t]
    captured : array_like
        Share of the methane that is gathered. [1]

    Returns
    -------
    ndarray
        At 0 degC and 101325 Pa. [m3]

    References
    ----------
    IPCC (2006), Guidelines for National Greenhouse Gas Inventories, vol. 5, equations 3.2 and 3.6

    Examples
    --------
    >>> round(float(landfill_methane(1000.0, 0.15)) / 1000.0, 1)
    69.7
    """
    mass, carbon, share = _not_negative(mass=mass_t, organic_carbon=organic_carbon, share=captured)
    methane_t = mass * carbon * CARBON_DECAYED * METHANE_IN_GAS * 16.0 / 12.0
    return methane_t * 1000.0 / METHANE_DENSITY * share


def sewage_methane(persons: ArrayLike, per_person: ArrayLike, connected: ArrayLike = 1.0) -> Array:
    """Methane of sewage sludge in a year from persons, methane per person [l/d] and the share connected. [m3]"""
    people, litres, share = _not_negative(population=persons, methane_per_person=per_person, share=connected)
    return people * litres / 1000.0 * DAYS_PER_YEAR * share


def wood_mass(forest_ha: ArrayLike, increment: ArrayLike, share: ArrayLike) -> Array:
    """Wood that may be burnt in a year: a share of what grows, from forest [ha] and dry growth [t/ha]. [t]"""
    area, growth, part = _not_negative(forest=forest_ha, increment=increment, share=share)
    return area * growth * part


def daily_factor(mean: ArrayLike, peak: ArrayLike, store_hours: ArrayLike, least_load: ArrayLike) -> Array:
    """Output over capacity in each hour of a day on which a plant runs for the peak, as far as its store carries.

    Outside the peak it runs lower, never below its least load; the day's energy is kept.

    Parameters
    ----------
    mean : array_like (...,)
        Of the day, 0 to 1. [1]
    peak : array_like of bool (hour,)
        The hours of the peak.
    store_hours : array_like
        Hours of mean output whose fuel can be kept; 0 for fuel that must be used as it comes. [h]
    least_load : array_like
        Below which the plant cannot run; a mean below it stays as it is. [1]

    Returns
    -------
    ndarray (..., hour)
        0 to 1, with the mean asked for. [1]

    Examples
    --------
    >>> daily_factor(0.5, [False, True], 2.0, 0.2)
    array([0.2, 0.8])
    """
    day = np.asarray(peak, bool)
    long, rest = int(day.sum()), int((~day).sum())
    level, store, least = (np.asarray(part, float)[..., None] for part in (mean, store_hours, least_load))
    if long == 0 or rest == 0:
        return np.broadcast_to(level, (*level.shape[:-1], day.size)).copy()
    room = np.minimum(1.0 - level, level * store / long)
    shift = np.maximum(np.minimum(room, (level - np.minimum(least, level)) * rest / long), 0.0)
    return np.where(day, level + shift, level - shift * long / rest)


def monthly_factor(weights: ArrayLike, capacity_factor: float, days: ArrayLike) -> Array:
    """Output over capacity in each month.

    Where the best month would pass the capacity, the seasons are flattened until it just reaches it: a plant that
    runs more hours has less room for seasons.

    Parameters
    ----------
    weights : array_like (month,)
        Relative output.
    capacity_factor : float
        Mean over the year, 0 to 1. [1]
    days : array_like (month,)
        Length of the months.

    Returns
    -------
    ndarray (month,)
        0 to 1, with the mean asked for. [1]
    """
    (shape,) = _not_negative(monthly_weight=weights)
    length = np.asarray(days, float)
    swing = shape / (shape @ length / length.sum()) - 1.0
    room = 1.0 / capacity_factor - 1.0
    flatter = min(1.0, room / swing.max()) if swing.max() > 0 else 1.0
    return np.clip(capacity_factor * (1.0 + flatter * swing), 0.0, 1.0)
