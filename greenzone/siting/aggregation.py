"""From the values of criteria to one score: weighted sum, TOPSIS, VIKOR, PROMETHEE II.

Comes in: values from 0, worst, to 1, best (criterion, site), and weights that sum to 1. Goes out: the part that each
criterion brings to the score of each site; the parts sum to the score, 0 to 1.
The ideals of TOPSIS and VIKOR are the bounds of the values, 0 and 1, not the extremes among the sites in view, so a
score stays the same when the zone is cropped. PROMETHEE compares the sites with each other and has no such score.
"""

from __future__ import annotations

import numpy as np


def weighted_sum(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Parts of the weighted sum."""
    return weights[:, None] * values


def topsis(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Parts of the closeness to the ideal, shared out by squared distance from the worst.

    Notes
    -----
    C = d- / (d+ + d-), with d- and d+ the weighted Euclidean distances from all 0 and from all 1.

    References
    ----------
    Hwang and Yoon (1981), Multiple Attribute Decision Making, doi:10.1007/978-3-642-48318-9.
    """
    gained = (weights[:, None] * values) ** 2
    best = np.sqrt(((weights[:, None] * (1 - values)) ** 2).sum(0))
    worst = np.sqrt(gained.sum(0))
    closeness = worst / (best + worst)
    total = gained.sum(0)
    return closeness * np.divide(gained, total, out=np.zeros_like(gained), where=total > 0)


def vikor(values: np.ndarray, weights: np.ndarray, strategy: float = 0.5) -> np.ndarray:
    """Parts of 1 - Q, the compromise between the mean regret and the largest one.

    Parameters
    ----------
    values, weights : ndarray
        As above.
    strategy : float
        Weight of the mean regret S against the largest regret R [1].

    Notes
    -----
    S = sum of w (1 - v), R = largest w (1 - v), Q = strategy S + (1 - strategy) R / max(w): both ranges are those
    between the fixed ideals. What the largest regret leaves is shared out by the weights.

    References
    ----------
    Opricovic and Tzeng (2004), Eur. J. Oper. Res. 156, 445-455, doi:10.1016/S0377-2217(03)00020-1.
    """
    regret = (weights[:, None] * (1 - values)).max(0) / weights.max()
    return weights[:, None] * (strategy * values + (1 - strategy) * (1 - regret))


def promethee(values: np.ndarray, weights: np.ndarray, threshold: float = 0.25) -> np.ndarray:
    """Parts of (1 + net flow) / 2: how far each site is preferred over the others.

    Parameters
    ----------
    values, weights : ndarray
        As above; at least two sites, else all flows are 0.
    threshold : float
        Difference of values from which a preference is full; it grows linearly up to there. 0 makes any difference
        count in full.

    Notes
    -----
    The flow of a criterion is the mean of H(v_i - v_k) - H(v_k - v_i) over the other sites k, with
    H(d) = clip(d / threshold, 0, 1); sorted values and their running sums give it in O(n log n).

    References
    ----------
    Brans and Vincke (1985), Manage. Sci. 31, 647-656, doi:10.1287/mnsc.31.6.647.
    """
    flows = np.array([_net_flow(row, threshold) for row in values])
    return weights[:, None] * (1 + flows) / 2


def _net_flow(values: np.ndarray, threshold: float) -> np.ndarray:
    count = len(values)
    if count < 2:
        return np.zeros(count)
    ordered = np.sort(values)
    if threshold == 0:
        below, above = np.searchsorted(ordered, values, "left"), count - np.searchsorted(ordered, values, "right")
        return np.asarray((below - above) / (count - 1))
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    low = np.searchsorted(ordered, values - threshold, "right")
    high = np.searchsorted(ordered, values + threshold, "left")
    near = (high - low) * values - (sums[high] - sums[low])
    return np.asarray((low - (count - high) + near / threshold) / (count - 1))
