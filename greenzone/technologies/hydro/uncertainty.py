"""How sure a plant's energy is: errors of runoff, head and efficiency carried through to P10, P50 and P90.

Comes in: plants on their rivers and the standard errors. Goes out: percentiles of energy, as everywhere in greenzone:
P10 is the low end, passed with a probability of 90 %, which bankers call P90.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from greenzone.technologies.hydro import model, siting
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.siting import Plants, Rivers

Array = NDArray[np.float64]

RUNOFF_STRATA, OTHER_STRATA = 25, 11  # equally likely values that stand for each error
SHARES = (0.1, 0.5, 0.9)  # of what may be that lies below P10, P50, P90


def normal_scores(strata: int) -> Array:
    """Middle quantiles of equally likely classes of the standard normal distribution."""
    return ndtri((np.arange(strata) + 0.5) / strata)


def percentiles(energy: Any, head_error: Any, efficiency_error: Any, most: Any) -> Array:
    """P10, P50 and P90 of energy.

    Parameters
    ----------
    energy : array_like
        Energy `(plant, stratum)` at equally likely runoffs. [GWh]
    head_error : array_like
        Standard error of the head over the head, `(plant,)`. [1]
    efficiency_error : float
        Standard error of the efficiency. [1]
    most : array_like
        Energy that a plant cannot pass, `(plant,)`. [GWh]

    Returns
    -------
    ndarray
        `(plant, 3)`, rising. [GWh]

    Notes
    -----
    The three errors are independent; energy is proportional to head and to efficiency, and follows runoff by the
    plant's own curve. All combinations of their strata are ranked: the same figures come out every time.
    """
    scores = normal_scores(OTHER_STRATA)
    head = np.maximum(1.0 + np.asarray(head_error, dtype=float)[:, None] * scores, 0.0)
    efficiency = np.maximum(1.0 + efficiency_error * scores, 0.0)
    every = np.asarray(energy)[:, :, None, None] * head[:, None, :, None] * efficiency
    every = np.minimum(every.reshape(len(every), -1), np.asarray(most, dtype=float)[:, None])
    return np.quantile(every, SHARES, axis=1).T


def of_plants(plants: Plants, rivers: Rivers, log_error: float, options: Options) -> Array:
    """P10, P50 and P90 of plants on their rivers, `(plant, 3)` [GWh].

    `log_error` is the standard error of the logarithm of runoff. The plants stay as built when water is more or less
    than thought; their head, and with it their capacity, is what the terrain turns out to give.
    """
    number = plants.intake.size
    if number == 0:
        return np.zeros((0, len(SHARES)))
    factors = np.exp(log_error * normal_scores(RUNOFF_STRATA))
    # All plants in all strata at once: plant by plant within a stratum.
    everywhere = plants.take(np.tile(np.arange(number), RUNOFF_STRATA))
    wetter = replace(rivers, used=np.concatenate([rivers.used[plants.intake] * factor for factor in factors]))
    moved = replace(everywhere, intake=np.arange(everywhere.intake.size))
    energy = siting.with_energy(moved, wetter, options).energy_gwh.reshape(RUNOFF_STRATA, number).T
    head = options.head_error_m / np.maximum(plants.gross_head, 1.0)
    most = plants.capacity_mw * model.HOURS / 1000.0 * options.availability
    return percentiles(energy, np.minimum(head, 1.0), options.efficiency_error, most * (1 + 3 * head))
