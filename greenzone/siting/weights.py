"""Weights of criteria: equal, from the spread of the values, or from judgements of pairs.

Comes in: values of the sites, or a matrix of judgements. Goes out: weights that sum to 1.
"""

from __future__ import annotations

import numpy as np

from greenzone.errors import GreenzoneError

# Mean consistency index of random judgements of 1 to 10 criteria; Saaty (1980), The Analytic Hierarchy Process.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
CONSISTENT = 0.1  # the ratio up to which Saaty accepts judgements
RECIPROCAL = 0.02  # by which the product of two opposite judgements may miss 1, as 0.33 does for 1/3


def scaled(weights: np.ndarray) -> np.ndarray:
    """Weights that sum to 1.

    Raises
    ------
    GreenzoneError
        One is negative, or none is above 0.
    """
    weights = np.asarray(weights, float)
    if (weights < 0).any() or not weights.sum() > 0:
        raise GreenzoneError("scoring weights must not be negative, and at least one must be above 0")
    return weights / weights.sum()


def entropy_weights(values: np.ndarray) -> np.ndarray:
    """Weights by how unevenly the values of a criterion are spread over the sites.

    Parameters
    ----------
    values : ndarray (criterion, site)
        0 or more.

    Returns
    -------
    ndarray (criterion,)
        Sums to 1; equal where no criterion tells sites apart. These weights depend on which sites are in view.

    Notes
    -----
    1 - E, where E = -sum(p ln p) / ln n and p is a site's share of the sum; 0 ln 0 is 0. A criterion of zeros only
    tells nothing, so its E is 1.

    References
    ----------
    Zeleny (1982), Multiple Criteria Decision Making, chapter 7.
    """
    values = np.asarray(values, float)
    count = values.shape[1]
    if count < 2:
        return np.full(len(values), 1 / len(values))
    total = values.sum(1, keepdims=True)
    share = np.divide(values, total, out=np.full(values.shape, 1 / count), where=total > 0)
    logarithm = np.log(share, out=np.zeros_like(share), where=share > 0)
    unevenness = np.clip(1 + (share * logarithm).sum(1) / np.log(count), 0, None)
    if unevenness.sum() < 1e-12:
        return np.full(len(values), 1 / len(values))
    return np.asarray(unevenness / unevenness.sum())


def ahp_weights(judgements: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights from judgements of pairs by the analytic hierarchy process.

    Parameters
    ----------
    judgements : ndarray (criterion, criterion)
        How many times as important the criterion of the row is as that of the column; opposite judgements are
        reciprocal.

    Returns
    -------
    tuple of ndarray and float
        Weights, which sum to 1, and the consistency ratio: above 0.1 the judgements contradict each other too much.

    Raises
    ------
    GreenzoneError
        The matrix is not square, has more than 10 rows, a value not above 0, or opposite judgements that do not match.

    References
    ----------
    Saaty (1977), J. Math. Psychol. 15, 234-281, doi:10.1016/0022-2496(77)90033-5.
    """
    matrix = np.asarray(judgements, float)
    count = len(matrix)
    if matrix.ndim != 2 or matrix.shape != (count, count) or not 1 <= count <= len(RANDOM_INDEX):
        raise GreenzoneError(f"judgements must be a square matrix of 1 to {len(RANDOM_INDEX)} rows, not {matrix.shape}")
    if not (matrix > 0).all():
        raise GreenzoneError("judgements must be above 0: write 0.2 where the column is 5 times as important")
    off = np.argwhere(np.abs(matrix * matrix.T - 1) > RECIPROCAL)
    if len(off):
        row, column = off[0]
        raise GreenzoneError(
            f"judgements do not match: row {row + 1}, column {column + 1} is {matrix[row, column]:g}, so row "
            f"{column + 1}, column {row + 1} must be {1 / matrix[row, column]:.3g}, not {matrix[column, row]:g}"
        )
    values, vectors = np.linalg.eig(matrix)
    first = int(values.real.argmax())
    weights = np.abs(vectors[:, first].real)
    index = (values[first].real - count) / max(count - 1, 1)
    random = RANDOM_INDEX[count - 1]
    return weights / weights.sum(), float(max(index / random, 0.0)) if random else 0.0
