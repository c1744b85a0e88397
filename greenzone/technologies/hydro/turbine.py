"""Turbines: efficiency over load by the RETScreen/CANMET curves, and the choice of a type by head and flow.

Comes in: flow over design flow of one unit, the unit's design flow [m3/s], net head [m]. Goes out: hydraulic efficiency
of the turbine [1], without generator and transformer. The same functions run on arrays and, compiled, in `kernel.py`:
they use nothing but NumPy's elementwise functions.

Source of every formula: Natural Resources Canada (2004), Clean Energy Project Analysis: RETScreen Engineering & Cases
Textbook, Small Hydro Project Analysis chapter, appendix A. ISBN 0-662-35671-3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from greenzone.errors import GreenzoneError, nearest

MANUFACTURE = 4.5  # coefficient of manufacture and design, 2.8 to 6.1; the source's default
JETS = 2  # of a Pelton or Turgo wheel; the source's curves are for 1 to 6
BEST = 0.96  # no turbine is better; the Pelton formula would pass it below 0.2 l/s, far outside its data
LOADS = (0.25, 0.5, 0.75, 1.0)  # flow ratios whose mean efficiency decides between types


def francis(ratio: Any, design_flow: Any, head: Any) -> Any:
    """Efficiency of a Francis turbine.

    Parameters
    ----------
    ratio : array_like
        Flow over design flow; above 1 the surplus passes by, at or below 0 the unit stands still. [1]
    design_flow : array_like
        Design flow of the unit. [m3/s]
    head : array_like
        Net head. [m]

    Returns
    -------
    array_like
        Efficiency in [0, 0.96], NaN where an input is. [1]

    Notes
    -----
    Full load is 0.875 at 1.2 m3/s and 60 m.
    """
    flow = np.minimum(ratio, 1.0) * design_flow
    speed = 600.0 / np.sqrt(head)
    size = np.where(design_flow < 1.8, 0.46, 0.41) * design_flow**0.473
    by_speed = ((speed - 56.0) / 256.0) ** 2
    by_size = (0.081 + by_speed) * (1.0 - 0.789 * size**-0.2)
    peak = np.minimum(0.919 - by_speed + by_size - 0.0305 + 0.005 * MANUFACTURE, BEST)
    # The source's peak flow passes the design flow at heads below 0.1 m, its exponent changes sign below 9 m.
    peak_flow = np.minimum(0.65 * speed**0.05, 0.99) * design_flow
    below = np.maximum((peak_flow - flow) / peak_flow, 0.0) ** np.maximum(3.94 - 0.0195 * speed, 0.1)
    above = np.maximum((flow - peak_flow) / (design_flow - peak_flow), 0.0) ** 2
    efficiency = np.where(flow <= peak_flow, (1.0 - 1.25 * below) * peak, peak - above * 0.0072 * speed**0.4 * peak)
    return np.minimum(np.maximum(np.where(ratio <= 0.0, 0.0, efficiency), 0.0), BEST)


def kaplan(ratio: Any, design_flow: Any, head: Any) -> Any:
    """Efficiency of a Kaplan turbine; parameters and result as for `francis`."""
    flow = np.minimum(ratio, 1.0) * design_flow
    speed = 800.0 / np.sqrt(head)
    size = np.where(design_flow < 1.8, 0.46, 0.41) * design_flow**0.473
    by_speed = ((speed - 170.0) / 700.0) ** 2
    by_size = (0.095 + by_speed) * (1.0 - 0.789 * size**-0.2)
    peak = np.minimum(0.905 - by_speed + by_size - 0.0305 + 0.005 * MANUFACTURE, BEST)
    peak_flow = 0.75 * design_flow
    efficiency = (1.0 - 3.5 * np.abs((peak_flow - flow) / peak_flow) ** 6) * peak
    return np.minimum(np.maximum(np.where(ratio <= 0.0, 0.0, efficiency), 0.0), BEST)


def propeller(ratio: Any, design_flow: Any, head: Any) -> Any:
    """Efficiency of a propeller turbine with fixed blades; parameters and result as for `francis`."""
    flow = np.minimum(ratio, 1.0) * design_flow
    speed = 800.0 / np.sqrt(head)
    size = np.where(design_flow < 1.8, 0.46, 0.41) * design_flow**0.473
    by_speed = ((speed - 170.0) / 700.0) ** 2
    by_size = (0.095 + by_speed) * (1.0 - 0.789 * size**-0.2)
    peak = np.minimum(0.905 - by_speed + by_size - 0.0305 + 0.005 * MANUFACTURE, BEST)
    efficiency = (1.0 - 1.25 * np.maximum((design_flow - flow) / design_flow, 0.0) ** 1.13) * peak
    return np.minimum(np.maximum(np.where(ratio <= 0.0, 0.0, efficiency), 0.0), BEST)


def pelton(ratio: Any, design_flow: Any, head: Any) -> Any:
    """Efficiency of a Pelton turbine with two jets; parameters and result as for `francis`."""
    flow = np.minimum(ratio, 1.0) * design_flow
    speed = 31.0 * np.sqrt(head * design_flow / JETS)
    size = 49.4 * np.sqrt(head) * JETS**0.02 / speed
    peak = np.minimum(0.864 * size**0.04, BEST)
    peak_flow = (0.662 + 0.001 * JETS) * design_flow
    fall = (1.31 + 0.025 * JETS) * np.abs((peak_flow - flow) / peak_flow) ** (5.6 + 0.4 * JETS)
    return np.minimum(np.maximum(np.where(ratio <= 0.0, 0.0, (1.0 - fall) * peak), 0.0), BEST)


def turgo(ratio: Any, design_flow: Any, head: Any) -> Any:
    """Efficiency of a Turgo turbine, 0.03 below a Pelton turbine; parameters and result as for `francis`."""
    flow = np.minimum(ratio, 1.0) * design_flow
    speed = 31.0 * np.sqrt(head * design_flow / JETS)
    size = 49.4 * np.sqrt(head) * JETS**0.02 / speed
    peak = np.minimum(0.864 * size**0.04, BEST)
    peak_flow = (0.662 + 0.001 * JETS) * design_flow
    fall = (1.31 + 0.025 * JETS) * np.abs((peak_flow - flow) / peak_flow) ** (5.6 + 0.4 * JETS)
    return np.minimum(np.maximum(np.where(ratio <= 0.0, 0.0, (1.0 - fall) * peak - 0.03), 0.0), BEST)


def crossflow(ratio: Any, design_flow: Any, head: Any) -> Any:
    """Efficiency of a crossflow turbine, 0.715 at half flow; parameters and result as for `francis`."""
    missing = np.maximum(1.0 - ratio, 0.0) + 0.0 * design_flow + 0.0 * head
    efficiency = 0.79 - 0.15 * missing - 1.37 * missing**14
    return np.minimum(np.maximum(np.where(ratio <= 0.0, 0.0, efficiency), 0.0), BEST)


CURVES = {
    "francis": francis, "kaplan": kaplan, "propeller": propeller, "pelton": pelton, "turgo": turgo,
    "crossflow": crossflow,
}  # fmt: skip
TYPES = tuple(CURVES)
CHART = ("head_min_m", "head_max_m", "flow_min_m3s", "flow_max_m3s", "head_at_1m3s_m", "head_exponent")


def turbine_efficiency(turbine: str, ratio: Any, design_flow: Any, head: Any, units: int = 1) -> Any:
    """Efficiency of a plant of equal units, of which only as many run as the flow needs.

    Parameters
    ----------
    turbine : str
        One of `TYPES`.
    ratio : array_like
        Flow over the plant's design flow. [1]
    design_flow : array_like
        Design flow of the whole plant. [m3/s]
    head : array_like
        Net head. [m]
    units : int
        Number of units.

    Returns
    -------
    ndarray
        Hydraulic efficiency of the running units in [0, 0.96], NaN where an input is. [1]

    Raises
    ------
    GreenzoneError
        For an unknown turbine, or fewer than one unit.

    Examples
    --------
    >>> round(float(turbine_efficiency("francis", 1.0, 1.2, 60.0)), 3)
    0.875
    """
    if turbine not in CURVES:
        raise GreenzoneError(f"unknown turbine '{turbine}': {nearest(turbine, TYPES)}")
    if units < 1:
        raise GreenzoneError(f"a plant of {units:g} units gives nothing: it needs at least 1")
    ratio, design_flow, head = (np.asarray(value, dtype=float) for value in (ratio, design_flow, head))
    ratio = np.minimum(ratio, 1.0)
    running = np.maximum(np.ceil(ratio * units - 1e-9), 1.0)
    return CURVES[turbine](ratio * units / running, design_flow / units, head)


def suits(chart: pd.DataFrame, head: Any, unit_flow: Any) -> np.ndarray:
    """Which rows of the application chart take this head [m] and flow per unit [m3/s]; shape `(rows, …)`.

    `chart` has the columns of `CHART`: a type whose last two are given also needs a head of at least
    head_at_1m3s_m · flow^head_exponent (impulse wheels).
    """
    head, flow = np.broadcast_arrays(np.asarray(head, dtype=float), np.asarray(unit_flow, dtype=float))
    column = {name: chart[name].to_numpy(float).reshape(-1, *[1] * head.ndim) for name in CHART}
    least = np.nan_to_num(column["head_at_1m3s_m"]) * flow ** np.nan_to_num(column["head_exponent"])
    within_head = (head >= np.maximum(column["head_min_m"], least)) & (head <= column["head_max_m"])
    return within_head & (flow >= column["flow_min_m3s"]) & (flow <= column["flow_max_m3s"])


def choose_turbine(chart: pd.DataFrame, head: Any, design_flow: Any, units: int = 1) -> np.ndarray:
    """The suitable type with the best mean efficiency over a quarter, half, three quarters and full load.

    Parameters
    ----------
    chart : DataFrame
        The table `hydro_turbines`; see `suits`.
    head : array_like
        Net head. [m]
    design_flow : array_like
        Design flow of the whole plant. [m3/s]
    units : int
        Number of units.

    Returns
    -------
    ndarray of str
        A name of `TYPES`, "" where none suits or an input is NaN.
    """
    head, flow = np.broadcast_arrays(np.asarray(head, dtype=float), np.asarray(design_flow, dtype=float) / units)
    fits = suits(chart, head, flow)
    safe_head, safe_flow = np.where(head > 0, head, 1.0), np.where(flow > 0, flow, 1.0)
    names: Sequence[str] = chart["turbine"].tolist()
    mean = np.stack([np.mean([CURVES[name](load, safe_flow, safe_head) for load in LOADS], axis=0) for name in names])
    mean = np.where(fits, mean, -1.0)
    return np.where(fits.any(axis=0), np.array(names)[mean.argmax(axis=0)], "")
