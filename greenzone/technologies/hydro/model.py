"""Physics of a run-of-river plant: pure functions on scalars and arrays.

Comes in: flows [m3/s], heads and lengths [m]. Goes out: power [kW], penstock diameter and friction [m], flow-duration
curves [m3/s], energy [GWh]. Turbines are in `turbine.py`; `kernel.py` compiles the elementwise functions of both.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from greenzone.errors import GreenzoneError
from greenzone.technologies.hydro.turbine import turbine_efficiency

Array = NDArray[np.float64]

WATER_DENSITY = 1000.0  # kg m-3
GRAVITY = 9.81  # m s-2
VISCOSITY = 1.31e-6  # m2 s-1, water at 10 degC
HOURS = 8760.0  # of a year
DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])  # of the months
STEPS = 8  # equally likely flows that stand for the days of a month


def power(flow: Any, head: Any, efficiency: Any = 1.0) -> Any:
    """Power of falling water.

    Parameters
    ----------
    flow : array_like
        Flow. [m3/s]
    head : array_like
        Head. [m]
    efficiency : array_like
        Share of it that is delivered. [1]

    Returns
    -------
    array_like
        Power, NaN where an input is. [kW]

    Examples
    --------
    >>> power(10.0, 50.0, 0.7)
    3433.5
    """
    return WATER_DENSITY * GRAVITY / 1000.0 * flow * head * efficiency


def penstock_diameter(flow: Any, head: Any, length: Any) -> Any:
    """Diameter of a welded steel penstock that loses about 4 % of the head.

    Parameters
    ----------
    flow : array_like
        Design flow. [m3/s]
    head : array_like
        Gross head. [m]
    length : array_like
        Length of the penstock. [m]

    Returns
    -------
    array_like
        Inner diameter, NaN where an input is. [m]

    Notes
    -----
    D = 2.69 (n^2 Q^2 L / H)^0.1875 with Manning's n = 0.012.

    References
    ----------
    European Small Hydropower Association (2004), Guide on How to Develop a Small Hydropower Plant, section 5.7.
    """
    return 2.69 * (0.012**2 * flow**2 * length / head) ** 0.1875


def friction_loss(flow: Any, diameter: Any, length: Any, roughness: Any) -> Any:
    """Head lost to friction in a full pipe.

    Parameters
    ----------
    flow : array_like
        Flow. [m3/s]
    diameter : array_like
        Inner diameter. [m]
    length : array_like
        Length. [m]
    roughness : array_like
        Height of the wall's roughness, 0.05 mm for new welded steel. [m]

    Returns
    -------
    array_like
        Head lost, 0 where nothing flows, NaN where an input is. [m]

    Notes
    -----
    Darcy-Weisbach, h = f L/D v²/2g, with the friction factor of Swamee and Jain,
    f = 0.25 / log10(ε/(3.7 D) + 5.74/Re^0.9)².

    References
    ----------
    Swamee, P. K. and Jain, A. K. (1976), Journal of the Hydraulics Division 102, 657-664.
    https://doi.org/10.1061/JYCEJ4.0004542
    """
    velocity = 4.0 * flow / (np.pi * diameter**2)
    reynolds = np.maximum(velocity * diameter / VISCOSITY, 1.0)
    factor = 0.25 / np.log10(roughness / (3.7 * diameter) + 5.74 / reynolds**0.9) ** 2
    return factor * length / diameter * velocity**2 / (2.0 * GRAVITY)


def net_head(
    gross_head: Any,
    headrace: Any,
    canal_slope: Any,
    penstock: Any,
    flow: Any,
    roughness: Any,
    diameter: Any | None = None,
) -> Any:
    """Head at the turbine: gross head less the canal's fall and the penstock's friction at design flow; at least 0.

    Parameters
    ----------
    gross_head : array_like
        Fall of the river between intake and powerhouse. [m]
    headrace, penstock : array_like
        Lengths of canal or tunnel, and of the pressure pipe. [m]
    canal_slope : array_like
        Fall of the headrace over its length. [1]
    flow : array_like
        Design flow. [m3/s]
    roughness : array_like
        Of the pressure pipe's wall. [m]
    diameter : array_like, optional
        Of the pressure pipe; `penstock_diameter` where not given. [m]

    Returns
    -------
    array_like
        Net head, NaN where an input is. [m]
    """
    remaining = gross_head - canal_slope * headrace
    if diameter is None:
        diameter = penstock_diameter(flow, np.maximum(remaining, 0.01), penstock)
    return np.maximum(remaining - friction_loss(flow, diameter, penstock, roughness), 0.0)


def diversion_power(
    flow: ArrayLike,
    gross_head: ArrayLike,
    penstock: ArrayLike,
    turbine: str,
    electrical_efficiency: float = 0.9603,
    roughness: float = 5e-5,
    units: int = 1,
) -> Array:
    """Electrical power at design flow of a plant fed by a penstock alone.

    Parameters
    ----------
    flow : array_like
        Design flow. [m3/s]
    gross_head : array_like
        Gross head. [m]
    penstock : array_like
        Length of the penstock. [m]
    turbine : str
        One of `turbine.TYPES`.
    electrical_efficiency : float
        Of generator and transformer; 0.97 and 0.99 together. [1]
    roughness : float
        Of the penstock's wall. [m]
    units : int
        Number of equal units.

    Returns
    -------
    ndarray
        Power at the transformer's outlet, NaN where an input is. [kW]

    Raises
    ------
    GreenzoneError
        For an unknown turbine.
    """
    flow, gross_head, penstock = (np.asarray(value, dtype=float) for value in (flow, gross_head, penstock))
    head = net_head(gross_head, 0.0, 0.0, penstock, flow, roughness)
    return power(flow, head, turbine_efficiency(turbine, 1.0, flow, head, units) * electrical_efficiency)


def annual_mean(monthly: Any) -> Any:
    """Mean of the year from the means of its months on the first axis, `(12, …)`."""
    return np.tensordot(DAYS / DAYS.sum(), monthly, axes=1)


def daily_shape(variability: float, steps: int = STEPS) -> Array:
    """Equally likely daily flows over their monthly mean, ascending, mean 1.

    `variability` is the standard deviation of the logarithm of the daily flow around the long-term mean of its month;
    the distribution is lognormal, each of the `steps` values the middle quantile of its class, then scaled to mean 1.
    """
    shape = np.exp(variability * ndtri((np.arange(steps) + 0.5) / steps))
    return shape / shape.mean()


def daily_flows(monthly_flow: ArrayLike, variability: float, steps: int = STEPS) -> Array:
    """Daily flows that stand for the year: `steps` equally likely ones around each monthly mean.

    Parameters
    ----------
    monthly_flow : array_like
        Long-term mean flow of the twelve months on the last axis, `(…, 12)`. [m3/s]
    variability : float
        See `daily_shape`. [1]
    steps : int
        Flows per month.

    Returns
    -------
    ndarray
        `(…, 12, steps)`, each month keeps its mean; NaN where the month is. [m3/s]

    Raises
    ------
    GreenzoneError
        If a flow is negative or there are not twelve months.
    """
    monthly = np.asarray(monthly_flow, dtype=float)
    if monthly.ndim == 0 or monthly.shape[-1] != 12:
        raise GreenzoneError(f"monthly flow must have 12 values on its last axis, not shape {monthly.shape}")
    if np.any(monthly < 0):
        raise GreenzoneError("monthly flow is negative: check the runoff it comes from")
    return monthly[..., None] * daily_shape(variability, steps)


def flow_duration_curve(monthly_flow: ArrayLike, exceedance: ArrayLike, variability: float = 0.45) -> Array:
    """Flow that is reached or passed for a given share of the year.

    Parameters
    ----------
    monthly_flow : array_like
        Long-term mean flow of the twelve months on the last axis, `(…, 12)`. [m3/s]
    exceedance : array_like
        Shares of the year, one axis. [1]
    variability : float
        See `daily_shape`. [1]

    Returns
    -------
    ndarray
        `(…, exceedance)`, never rising with exceedance; NaN where a month is. [m3/s]

    Raises
    ------
    GreenzoneError
        If a flow is negative, there are not twelve months, or an exceedance is outside 0 to 1.

    Notes
    -----
    The year is a mixture of twelve lognormal distributions, one around each monthly mean: the season comes from the
    months, the spread of days and years from `variability`.
    """
    share = np.atleast_1d(np.asarray(exceedance, dtype=float))
    if np.any((share < 0) | (share > 1)):
        raise GreenzoneError("exceedance is a share of the year between 0 and 1")
    flows = daily_flows(monthly_flow, variability)
    flows = np.sort(flows.reshape(*flows.shape[:-2], 12 * STEPS), axis=-1)
    return np.quantile(flows, 1.0 - share, axis=-1, method="hazen").transpose(*range(1, flows.ndim), 0)


def available_flow(flow: Any, reserved: Any, design_flow: Any) -> Any:
    """Flow through the turbines: what the river carries less what stays in it, at most the design flow, at least 0."""
    return np.minimum(np.maximum(flow - reserved, 0.0), design_flow)


def plant_energy(
    flows: ArrayLike,
    reserved: ArrayLike,
    design_flow: float,
    gross_head: float,
    design_head: float,
    turbine: str,
    units: int = 1,
    losses: float = 1.0,
) -> Array:
    """Energy of a year from flows that are equally likely.

    Parameters
    ----------
    flows : array_like
        River flows at the intake, all equally likely; one axis. [m3/s]
    reserved : array_like
        Flow left in the river, one value or one per flow. [m3/s]
    design_flow, gross_head, design_head : float
        Design flow [m3/s], gross head and net head at design flow [m]; losses of head grow with the flow squared.
    turbine : str
        One of `turbine.TYPES`.
    units : int
        Number of equal units.
    losses : float
        Efficiency of generator and transformer times availability. [1]

    Returns
    -------
    ndarray
        Energy per year, a scalar array; NaN where a flow is. [GWh]
    """
    used = available_flow(np.asarray(flows, dtype=float), reserved, design_flow)
    ratio = used / design_flow
    head = gross_head - (gross_head - design_head) * ratio**2
    output = power(used, head, turbine_efficiency(turbine, ratio, design_flow, head, units) * losses)
    return np.mean(output, axis=-1) * HOURS / 1e6
