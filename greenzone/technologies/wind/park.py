"""What a park takes from its turbines: wakes by spacing, icing; and which IEC class a site asks for.

Comes in: layouts, climates, power curves. Goes out: losses, power curves inside a park, classes. Pure functions; the
figures of the classes come in as tables.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from greenzone.technologies.wind.model import Array
from greenzone.technologies.wind.turbines import Turbine

WAKE_DECAY = 0.075  # growth of a wake's radius per distance over land (Katic et al. 1986; Barthelmie et al. 2009)
DESIGN_THRUST = 0.8  # thrust coefficient at the best power coefficient, typical of pitch-controlled machines
DIRECTIONS = 72  # wind directions over which a square layout is averaged, all equally frequent


def spacing_of_density(capacity_density: ArrayLike, turbine: Turbine) -> Array:
    """Distance between turbines on a square lattice, in rotor diameters, at a capacity density in MW/km2."""
    area = turbine.nominal_power / (np.asarray(capacity_density, dtype=float) * 1e6) * 1e6  # m2 each
    return np.sqrt(area) / turbine.rotor_diameter


def wake_deficit(distance: ArrayLike, thrust: ArrayLike, decay: float = WAKE_DECAY) -> Array:
    """Relative deficit of wind speed in the wake of one turbine.

    Parameters
    ----------
    distance : array_like
        Distance downwind, above zero, in rotor diameters. [1]
    thrust : array_like
        Thrust coefficient, 0 to 1. [1]
    decay : float
        Growth of the wake's radius per distance. [1]

    Returns
    -------
    ndarray
        (1 - sqrt(1 - thrust)) / (1 + 2 decay distance)^2. [1]

    References
    ----------
    Jensen, N. O. (1983), A note on wind generator interaction, Risoe-M-2411; Katic, I., Hoejstrup, J. and Jensen,
    N. O. (1986), A simple model for cluster efficiency, European Wind Energy Conference.
    """
    return (1 - np.sqrt(1 - np.asarray(thrust, dtype=float))) / (1 + 2 * decay * np.asarray(distance, dtype=float)) ** 2


def thrust_coefficient(wind_speed: ArrayLike, output: ArrayLike) -> Array:
    """Thrust coefficient along a power curve by momentum theory.

    Parameters
    ----------
    wind_speed, output : array_like, shape (n,)
        Points of the curve, speeds ascending: speed at hub height [m/s], power at 1.225 kg/m3 in any unit.

    Returns
    -------
    ndarray, shape (n,)
        4 a (1 - a). Where the power coefficient is highest it is 0.8, and so at all lower speeds with output, where
        the rotor keeps its tip speed ratio; above, the induction a follows from the power coefficient, which goes as
        4 a (1 - a)^2. Zero at standstill. [1]

    References
    ----------
    Burton, T. et al. (2011), Wind Energy Handbook, 2nd ed., section 3.2. https://doi.org/10.1002/9781119992714
    """
    speed, power = np.asarray(wind_speed, dtype=float), np.asarray(output, dtype=float)
    coefficient = power / np.maximum(speed, 1e-6) ** 3
    best = int(coefficient.argmax())
    design = 0.5 * (1 - np.sqrt(1 - DESIGN_THRUST))
    induction = np.linspace(0.0, design, 513)
    shape = induction * (1 - induction) ** 2
    a = np.interp(coefficient / coefficient[best] * shape[-1], shape, induction)
    a[:best] = design
    return np.where(power > 0, 4 * a * (1 - a), 0.0)


@lru_cache(maxsize=256)
def lattice_shadow(spacing: float, rows: int, decay: float = WAKE_DECAY) -> float:
    """Mean over turbines and wind directions of the summed wakes on a square lattice, for full thrust.

    Deficits of several wakes add as squares (Katic et al. 1986), and the part of a rotor inside a wake counts; times
    1 - sqrt(1 - thrust) it is the deficit of the park. `spacing` in rotor diameters, `rows` turbines on each side.
    """
    place = spacing * np.stack(np.meshgrid(np.arange(rows), np.arange(rows)), -1).reshape(-1, 2)
    apart = place[:, None] - place[None]
    deficits = []
    for angle in np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS:
        along = apart @ [np.cos(angle), np.sin(angle)]
        across = np.abs(apart @ [-np.sin(angle), np.cos(angle)])
        behind = along > 0.5
        distance = np.where(behind, along, 1.0)
        share = overlap(across, 0.5 + decay * distance)
        deficits.append(np.sqrt((np.where(behind, share * wake_deficit(distance, 1.0, decay), 0.0) ** 2).sum(1)))
    return float(np.mean(deficits))


def overlap(distance: ArrayLike, wake_radius: ArrayLike, rotor_radius: float = 0.5) -> Array:
    """Share of a rotor's disc inside a wake of circular section whose centre is `distance` away. [1]"""
    d, big = np.asarray(distance, dtype=float), np.asarray(wake_radius, dtype=float)
    d_safe = np.clip(d, np.abs(big - rotor_radius) + 1e-12, big + rotor_radius - 1e-12)
    rotor_cosine = (d_safe**2 + rotor_radius**2 - big**2) / (2 * d_safe * rotor_radius)
    wake_cosine = (d_safe**2 + big**2 - rotor_radius**2) / (2 * d_safe * big)
    rotor_angle, wake_angle = np.arccos(np.clip(rotor_cosine, -1, 1)), np.arccos(np.clip(wake_cosine, -1, 1))
    lens = rotor_radius**2 * (rotor_angle - 0.5 * np.sin(2 * rotor_angle)) + big**2 * (
        wake_angle - 0.5 * np.sin(2 * wake_angle)
    )
    share = lens / (np.pi * rotor_radius**2)
    return np.where(d <= big - rotor_radius, 1.0, np.where(d >= big + rotor_radius, 0.0, share))


def park_curve(turbine: Turbine, spacing: float, rows: int = 5) -> Turbine:
    """The mean power curve of a turbine inside a park.

    Parameters
    ----------
    turbine : Turbine
        With a known rotor diameter.
    spacing : float
        Distance to the neighbours on a square lattice, in rotor diameters. [1]
    rows : int
        Turbines on each side of the lattice. [1]

    Returns
    -------
    Turbine
        At each speed the output at that speed less the mean deficit of the wakes at the thrust there: full loss below
        nominal power, none far above it. Speeds as in the original, so cut-out stays.
    """
    shadow = lattice_shadow(round(float(spacing), 6), int(rows))
    thrust = thrust_coefficient(turbine.wind_speed, turbine.output)
    reduced = turbine.wind_speed * (1 - (1 - np.sqrt(1 - thrust)) * shadow)
    output = np.interp(reduced, turbine.wind_speed, turbine.output)
    return replace(turbine, name=f"{turbine.name} in a park", output=np.minimum(output, turbine.output))


def icing_frequency(temp_air: ArrayLike, relative_humidity: ArrayLike, threshold: float = 95.0) -> Array:
    """Share of time (first axis) in which ice can grow: below 0 degC in air near saturation; NaN where an input is.

    Temperature at the hub in degC, humidity and its threshold in per cent. In-cloud icing needs cloud at hub height,
    of which humidity from 95 % on is the usual stand-in where no cloud base is known.
    """
    temp, humidity = np.asarray(temp_air, dtype=float), np.asarray(relative_humidity, dtype=float)
    icing = np.where(np.isnan(temp) | np.isnan(humidity), np.nan, (temp < 0) & (humidity >= threshold))
    return icing.mean(axis=0)


def icing_loss(frequency: ArrayLike, classes: pd.DataFrame) -> Array:
    """Yearly loss of output by icing from the share of time with icing, on the lines between the IEA ice classes. [1]

    `classes` is the table `wind_icing_classes` with `frequency` and `loss` at the middle of each class. [1]
    """
    return np.interp(np.asarray(frequency, dtype=float), classes["frequency"], classes["loss"])


def iec_class(mean_speed: ArrayLike, extreme_speed: ArrayLike, classes: pd.DataFrame) -> np.ndarray:
    """The weakest IEC class that bears a site.

    Parameters
    ----------
    mean_speed, extreme_speed : array_like
        Mean and 50-year ten-minute mean wind speed at hub height. [m/s]
    classes : DataFrame
        The table `wind_iec_classes`: `number` (1 to 3), `mean_speed` and `reference_speed` [m/s].

    Returns
    -------
    ndarray of int
        3, 2 or 1; 0 where no standard class does (class S), -1 where an input is NaN.

    References
    ----------
    IEC 61400-1:2019, table 1: reference speeds 50, 42.5, 37.5 m/s, means a fifth of them; the 50-year gust is 1.4
    times the reference speed.
    """
    mean, extreme = np.broadcast_arrays(np.asarray(mean_speed, dtype=float), np.asarray(extreme_speed, dtype=float))
    needed = np.zeros(mean.shape, dtype=int)
    for row in classes.sort_values("reference_speed", ascending=False).itertuples():
        needed[(mean <= row.mean_speed) & (extreme <= row.reference_speed)] = row.number
    needed[np.isnan(mean) | np.isnan(extreme)] = -1
    return needed
