"""Heat flow between the places where it was measured: ordinary kriging with its standard error.

Comes in: measurements at points, places without one. Goes out: the estimate, its standard error, and how well each
measurement is foretold by the others.

The nugget (differences that are already there between neighbouring boreholes) belongs to the covariance at every
distance above zero and not to the measurements: the estimate passes exactly through them and is smooth elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from greenzone.errors import GreenzoneError

Array = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0
SAME_PLACE_KM = 0.02  # measurements closer than this are one place; coordinates are given to about 10 m
HIGHEST_HEAT_FLOW = 1000.0  # mW m-2; above it the unit is surely another


class Variogram(NamedTuple):
    """Exponential covariance `sill * exp(-h / range_km)`, plus `nugget` at distance zero. [(mW/m2)2, (mW/m2)2, km]"""

    nugget: float
    sill: float
    range_km: float


class Points(NamedTuple):
    """Measurements, one for each place: position [degree], mean heat flow [mW/m2], number of measurements there."""

    lon: Array
    lat: Array
    heat_flow: Array
    number: NDArray[np.int64]


def distance_km(lon: ArrayLike, lat: ArrayLike, lon_other: ArrayLike, lat_other: ArrayLike) -> Array:
    """Great-circle distance between points [degree], with broadcasting. [km]"""
    a, b, c, d = (np.radians(np.asarray(angle, float)) for angle in (lon, lat, lon_other, lat_other))
    half = np.sin((d - b) / 2) ** 2 + np.cos(b) * np.cos(d) * np.sin((c - a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))


def merge_places(lon: ArrayLike, lat: ArrayLike, heat_flow: ArrayLike) -> Points:
    """Measurements with those of one place joined to their mean; missing values are left out.

    Parameters
    ----------
    lon, lat : array_like (point,)
        Where it was measured. [degree]
    heat_flow : array_like (point,)
        What was measured; NaN where it was not. [mW/m2]

    Returns
    -------
    Points
        In the order of first appearance.

    Raises
    ------
    GreenzoneError
        A heat flow of zero or less or above 1000 mW/m2, a position that is missing, fewer than two places.
    """
    x, y, q = (np.atleast_1d(np.asarray(values, float)) for values in (lon, lat, heat_flow))
    known = np.isfinite(q)
    x, y, q = x[known], y[known], q[known]
    if not (np.isfinite(x) & np.isfinite(y)).all():
        raise GreenzoneError("a heat-flow point has no position: give its lon and lat in degrees")
    if (q <= 0).any():
        raise GreenzoneError(f"a heat flow of {q[q <= 0][0]:g} mW/m2 is impossible: it must be above 0")
    if (q > HIGHEST_HEAT_FLOW).any():
        raise GreenzoneError(f"a heat flow of {q.max():g} mW/m2 is impossible: check its unit, it must be mW/m2")
    place = np.full(q.size, -1)
    first: list[int] = []
    near = distance_km(x[:, None], y[:, None], x, y) < SAME_PLACE_KM
    for index in range(q.size):
        if place[index] < 0:
            place[near[index] & (place < 0)] = len(first)
            first.append(index)
    if len(first) < 2:
        raise GreenzoneError(f"heat flow is known at {len(first)} place(s): between places at least two are needed")
    count = np.bincount(place)
    return Points(x[first], y[first], np.bincount(place, q) / count, count)


def covariance(distance: ArrayLike, variogram: Variogram) -> Array:
    """Covariance at a distance [km]: the exponential part, and the nugget only at distance zero. [(mW/m2)2]"""
    h = np.asarray(distance, float)
    return variogram.sill * np.exp(-h / variogram.range_km) + np.where(h < SAME_PLACE_KM, variogram.nugget, 0.0)


def fit_variogram(points: Points) -> Variogram:
    """Variogram of highest restricted likelihood, its range within the spacing and the extent of the points.

    With fewer than five places nothing can be fitted: the whole variance is then spread over half the extent.

    References
    ----------
    Kitanidis (1983), Water Resources Research 19(4), 909-921, doi:10.1029/WR019i004p00909
    """
    apart = distance_km(points.lon[:, None], points.lat[:, None], points.lon, points.lat)
    extent = float(apart.max())
    variance = max(float(points.heat_flow.var(ddof=1)), 1.0)
    if points.heat_flow.size < 5:
        return Variogram(0.1 * variance, variance, extent / 2)
    nearest = float(np.median(np.where(apart > 0, apart, np.inf).min(1)))
    limits = np.log([(1e-3 * variance, 4 * variance), (1e-2 * variance, 20 * variance), (nearest, extent)])
    starts = [np.log([0.3 * variance, variance, length]) for length in (nearest * 2, extent / 4, extent)]

    def cost(parameters: Array) -> float:
        return _restricted_likelihood(apart, points.heat_flow, Variogram(*np.exp(parameters)))

    fits = [minimize(cost, np.clip(start, *limits.T), bounds=limits, method="L-BFGS-B") for start in starts]
    return Variogram(*(float(value) for value in np.exp(min(fits, key=lambda fit: fit.fun).x)))


def _restricted_likelihood(apart: Array, values: Array, variogram: Variogram) -> float:
    """Negative logarithm of the restricted likelihood, up to a constant."""
    factor = cho_factor(covariance(apart, variogram), lower=True)
    ones = cho_solve(factor, np.ones(values.size))
    residual = values - (ones @ values) / ones.sum()
    return float(
        np.log(np.diag(factor[0])).sum() + 0.5 * np.log(ones.sum()) + 0.5 * residual @ cho_solve(factor, residual)
    )


def krige(points: Points, lon: ArrayLike, lat: ArrayLike, variogram: Variogram) -> tuple[Array, Array]:
    """Heat flow at other places by ordinary kriging.

    Parameters
    ----------
    points : Points
        What is known, from `merge_places`.
    lon, lat : array_like (site,)
        Where it is wanted. [degree]
    variogram : Variogram
        From `fit_variogram`, or the user's own.

    Returns
    -------
    estimate, standard_error : ndarray (site,)
        The measurement itself and 0 at a point; NaN where the position is NaN. [mW/m2]

    References
    ----------
    Cressie (1993), Statistics for Spatial Data, section 3.2, doi:10.1002/9781119115151
    """
    apart = distance_km(points.lon[:, None], points.lat[:, None], points.lon, points.lat)
    away = distance_km(points.lon[:, None], points.lat[:, None], np.ravel(lon), np.ravel(lat))
    factor = cho_factor(covariance(apart, variogram), lower=True)
    ones = cho_solve(factor, np.ones(points.heat_flow.size))
    mean = (ones @ points.heat_flow) / ones.sum()
    seen = covariance(away, variogram)
    estimate = mean + seen.T @ cho_solve(factor, points.heat_flow - mean)
    lack = 1.0 - ones @ seen
    explained = np.einsum("ps,ps->s", seen, cho_solve(factor, seen, check_finite=False))
    variance = variogram.nugget + variogram.sill - explained + lack**2 / ones.sum()
    return estimate, np.sqrt(np.clip(variance, 0.0, None))


def leave_one_out(points: Points, variogram: Variogram) -> tuple[Array, Array]:
    """Error of the estimate at each point when that point is hidden, and the standard error foretold for it.

    Returns
    -------
    error, standard_error : ndarray (point,)
        Estimate less measurement. [mW/m2]

    References
    ----------
    Dubrule (1983), Mathematical Geology 15, 687-699, doi:10.1007/BF01033232
    """
    number = points.heat_flow.size
    apart = distance_km(points.lon[:, None], points.lat[:, None], points.lon, points.lat)
    system = np.ones((number + 1, number + 1))
    system[:number, :number] = covariance(apart, variogram)
    system[number, number] = 0.0
    inverse = np.linalg.inv(system)[:number, :number]
    return -(inverse @ points.heat_flow) / np.diag(inverse), 1.0 / np.sqrt(np.diag(inverse))
