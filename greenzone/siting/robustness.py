"""How robust ranks are: the probability that a site is among the best, whatever the weights.

Comes in: values of the criteria, 0 to 1. Goes out: probabilities, from draws of weights that cover all choices evenly.
"""

from __future__ import annotations

import numpy as np

from greenzone.siting.kernel import count_top
from greenzone.threads import in_threads

BLOCKS = 16  # of draws, which threads take in turn


def top_probability(values: np.ndarray, top: int, draws: int = 10_000, seed: int = 1) -> np.ndarray:
    """Share of the draws of weights in which a site is among the `top` best by weighted sum.

    Parameters
    ----------
    values : ndarray (criterion, site)
        0, worst, to 1, best.
    top : int
        How many sites count as the best; at least 1, at most all.
    draws : int
        Draws of weights, uniform over all weights that sum to 1.
    seed : int
        The same seed draws the same weights.

    Returns
    -------
    ndarray (site,)
        0 to 1, together `top`; sites that tie for the last places share them.

    References
    ----------
    Lahdelma, Hokkanen and Salminen (1998), Eur. J. Oper. Res. 106, 137-143, doi:10.1016/S0377-2217(97)00163-X.
    """
    values = np.ascontiguousarray(np.clip(values, 0, 1), np.float32)
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(values)), draws).astype(np.float32)
    counts = np.zeros((BLOCKS, values.shape[1]), np.float64)
    if values.shape[1]:
        given = values, weights, min(max(top, 1), values.shape[1]), counts
        in_threads(lambda first, last: count_top(*given, first, last), BLOCKS)
    return np.asarray(counts.sum(0) / draws)
