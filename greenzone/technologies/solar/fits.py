"""Smooth fits that stand in the kernels for models with powers, logarithms or tables.

In come pvlib's own functions; out go coefficients, and how far the fit is off at its worst.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pvlib

from greenzone.technologies.solar import parts

SAMPLES = 201  # as exact as with ten times as many, and too few for linear algebra to wake threads that then spin


def rational(x: np.ndarray, y: np.ndarray, above: int, below: int) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of P(x) / Q(x), lowest power first, of degrees `above` and `below`, near the least largest error.

    The linearised problem is solved again and again with weights that turn its residual into the true one and then
    lean on the worst points (Lawson's method).
    """
    powers_above, powers_below = x[:, None] ** np.arange(above + 1), x[:, None] ** np.arange(1, below + 1)
    system = np.hstack([powers_above, -y[:, None] * powers_below])
    weight, divisor, best = np.full(x.size, 1.0 / x.size), np.ones(x.size), (np.inf, np.zeros(above + below + 1))
    for _ in range(60):
        scale = np.sqrt(weight) / np.abs(divisor)
        found = np.linalg.lstsq(system * scale[:, None], y * scale, rcond=None)[0]
        divisor = 1.0 + powers_below @ found[above + 1 :]
        error = np.abs(powers_above @ found[: above + 1] / divisor - y)
        if error.max() < best[0]:
            best = (float(error.max()), found)
        weight = weight * (error + 0.1 * error.max() + 1e-300)
        weight /= weight.sum()
    return best[1][: above + 1], np.append(1.0, best[1][above + 1 :])


def fitted_iam(modifier: Callable[[np.ndarray], np.ndarray]) -> tuple[parts.RationalIam, float]:
    """The kernel's form of an incidence-angle modifier, a function of the angle [degrees], and its largest error."""
    cosine = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, SAMPLES))
    wanted = modifier(np.degrees(np.arccos(cosine)))
    above, below = rational(cosine, wanted, 4, 3)
    fit = parts.RationalIam(*(np.float32(value) for value in (*above, *below)))
    powers = cosine[:, None] ** np.arange(5)
    error = np.abs(powers @ np.array(fit[:5], float) / (powers[:, :4] @ np.array(fit[5:], float)) - wanted).max()
    return fit, float(error)


@cache
def physical_iam(n: float = 1.526, glazing_extinction: float = 4.0, thickness: float = 0.002) -> parts.RationalIam:
    """Air-glass reflection and absorption: De Soto et al. (2006), doi:10.1016/j.solener.2005.06.010."""
    return fitted_iam(lambda aoi: pvlib.iam.physical(aoi, n=n, K=glazing_extinction, L=thickness))[0]


def ashrae_iam(b: float = 0.05) -> parts.RationalIam:
    """1 - b (1 / cos(aoi) - 1), not below zero: ASHRAE 93-77; exact in the kernel's form."""
    least = 1e-6  # keeps 0 / 0 away where the sun is in the plane of the panel; the clip at zero follows anyway
    return parts.RationalIam(*(np.float32(value) for value in (-b, 1.0 + b, 0, 0, 0, least, 1, 0, 0)))


@cache
def martin_ruiz_iam() -> parts.RationalIam:
    """Reflection with pvlib's default angular coefficient: Martin and Ruiz (2001)."""
    return fitted_iam(pvlib.iam.martin_ruiz)[0]


def no_iam() -> parts.RationalIam:
    """Nothing lost at any angle."""
    return parts.RationalIam(*(np.float32(value) for value in (1, 0, 0, 0, 0, 1, 0, 0, 0)))


def steepest(height: float) -> float:
    """Tilt [degree] up to which a row with its middle at `height` over its width stays clear of the ground."""
    return 90.0 if height >= 0.5 else float(np.degrees(np.arcsin(2.0 * height)))


@cache
def ground_sky_view(gcr: float, height: float) -> tuple[float, ...]:
    """Share of the sky that the ground between endless rows sees, as a ratio of polynomials in cos(tilt).

    `gcr` is width over distance of the rows, `height` their middle's above ground over their width. The fit is to
    `pvlib.bifacial.utils.vf_ground_sky_2d_integ`; coefficients in the order of `parts.Sheds`.
    """
    tilt = np.linspace(0.0, 0.999 * steepest(height), 181)
    pitch = 1.0 / gcr
    reach = int(np.ceil(height / (pitch * np.tan(np.radians(5.0)))))
    view = pvlib.bifacial.utils.vf_ground_sky_2d_integ(tilt, gcr, height, pitch, max_rows=reach)
    above, below = rational(np.cos(np.radians(tilt)), view, 3, 2)
    return (*above, *below[1:])


def single_diode(module: pd.Series) -> tuple[parts.FittedModule, float]:
    """The kernel's form of a single-diode module, power over its rating, and the largest error of the fit [1].

    Power is g (a + b t + c t2 + d t3) / ((g + p) (g + q)) with polynomials a to d in the irradiance g [kW m-2],
    t = (temperature - 25 degC) / 50 K and p, q as `parts.DIM_LIGHT`. Least squares to pvlib's CEC model from 1 to 1600
    W/m2 and -25 to 90 degC, weighted towards dim light; over the library about 3e-4 of the rating at worst.
    """
    light = np.concatenate([[0.001, 0.003, 0.006], np.linspace(0.01, 0.1, 10), np.linspace(0.12, 1.6, 50)])
    g, t = (values.ravel() for values in np.meshgrid(light, np.linspace(-1.0, 1.3, 20)))
    power = cec_power(module, 1000.0 * g, 25.0 + 50.0 * t)
    share = g / ((g + parts.DIM_LIGHT[0]) * (g + parts.DIM_LIGHT[1]))
    columns = [share * g**k * t**m for m, terms in enumerate((6, 6, 5, 4)) for k in range(terms)]
    system, weight = np.stack(columns, axis=1), 1.0 / np.sqrt(g)
    found = np.linalg.lstsq(system * weight[:, None], power * weight, rcond=None)[0]
    coefficients: Any = [np.float32(value) for value in found]
    return parts.FittedModule(np.float32(1), *coefficients), float(np.abs(system @ found - power).max())


def cec_power(module: pd.Series, effective_irradiance: np.ndarray, temp_cell: np.ndarray) -> np.ndarray:
    """Power at the maximum power point over its rating: pvlib's single-diode model with CEC parameters."""
    values = pvlib.pvsystem.calcparams_cec(
        effective_irradiance, temp_cell, module["alpha_sc"], module["a_ref"], module["I_L_ref"], module["I_o_ref"],
        module["R_sh_ref"], module["R_s"], module["Adjust"],
    )  # fmt: skip
    values = [np.broadcast_to(value, effective_irradiance.shape) for value in values]
    with np.errstate(invalid="ignore", divide="ignore"):  # of pvlib's root search in the dark
        power = np.asarray(pvlib.pvsystem.singlediode(*values)["p_mp"])
    return power / (module["V_mp_ref"] * module["I_mp_ref"])
