"""Random weather in space and time that does not change when the zone is cropped.

Comes in: a seed, correlation lengths, places. Goes out: standard normal arrays `(step, cell)`. The same plane waves,
fixed over the Earth, carry every field: a cell's series depends on its own place and the seed alone.
"""

from __future__ import annotations

import numpy as np

KM_PER_DEGREE = 111.195  # mean Earth radius 6371 km
WAVES = 48  # plane waves in a field; enough that its correlation follows the exponential within a few hundredths
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def wave_numbers(length: float) -> np.ndarray:
    """Wave vectors `(wave, 2)` [rad km-1] of an isotropic field with correlation exp(-distance / `length` km).

    Radii are the mid quantiles of the spectrum of the exponential correlation in the plane, 1 - 1/sqrt(1 + (kL)^2);
    directions turn by the golden angle, so that no direction is favoured.

    References
    ----------
    Random Fourier features: Rahimi and Recht (2007), NeurIPS 20.
    """
    share = (np.arange(WAVES) + 0.5) / WAVES
    radius = np.sqrt(1 / (1 - share) ** 2 - 1) / length
    angle = GOLDEN_ANGLE * np.arange(WAVES)
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def autoregressive(rng: np.random.Generator, steps: int, series: int, persistence: float) -> np.ndarray:
    """Standard normal first-order autoregressive series `(step, series)` with lag-one correlation `persistence`."""
    values = rng.standard_normal((steps, series))
    values[1:] *= np.sqrt(1 - persistence**2)
    for step in range(1, steps):
        values[step] += persistence * values[step - 1]
    return values


def field(
    rng: np.random.Generator, steps: int, lat: np.ndarray, lon: np.ndarray, length: float, persistence: float
) -> np.ndarray:
    """Standard normal field `(step, cell)`.

    Parameters
    ----------
    rng : Generator
        Consumed by the same amount whatever the places.
    steps : int
        Number of time steps.
    lat, lon : array (cell,)
        Degrees.
    length : float
        Distance [km] over which the correlation falls to 1/e.
    persistence : float
        Correlation of one step with the next.
    """
    waves = wave_numbers(length)
    # Kilometres along fixed axes: the metric at 40 N serves the whole box, so that no place depends on another.
    east = np.asarray(lon, float) * KM_PER_DEGREE * np.cos(np.radians(40.0))
    north = np.asarray(lat, float) * KM_PER_DEGREE
    amplitude = autoregressive(rng, steps, 2 * WAVES, persistence) / np.sqrt(WAVES)
    total = np.zeros((steps, east.size))
    # A sum wave by wave, not a matrix product: its rounding would differ with the number of cells.
    for wave, (kx, ky) in enumerate(waves):
        phase = kx * east + ky * north
        total += amplitude[:, 2 * wave, None] * np.cos(phase)
        total += amplitude[:, 2 * wave + 1, None] * np.sin(phase)
    return total
