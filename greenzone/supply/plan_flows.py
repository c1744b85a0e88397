"""Flows of a plan one way at a time.

Comes in: power into and out of a store, or over a line there and back, in the same interval. Goes out: the one flow
that does the same, and what is left over. Where power is to be had for nothing, a linear programme may lose it in a
store or on a line instead of curtailing it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def store_one_way(
    charge: Array, discharge: Array, charge_efficiency: float, discharge_efficiency: float
) -> tuple[Array, Array, Array]:
    """Charge and discharge of which one is 0, with the same level of the store, and the power that this leaves.

    Parameters
    ----------
    charge, discharge : ndarray (time,)
        Power into and out of the store, both at its terminals, at least 0. [MW]
    charge_efficiency, discharge_efficiency : float
        In (0, 1]. [1]

    Returns
    -------
    tuple of ndarray (time,)
        Charge, discharge, and the power left over, at least 0. [MW]

    Examples
    --------
    >>> [float(v) for v in store_one_way(np.array(10.0), np.array(4.0), 0.8, 1.0)]
    [5.0, 0.0, 1.0]
    """
    gain = charge * charge_efficiency - discharge / discharge_efficiency
    twice = (charge > 0) & (discharge > 0)
    into = np.where(twice, np.maximum(gain, 0.0) / charge_efficiency, charge)
    out = np.where(twice, np.maximum(-gain, 0.0) * discharge_efficiency, discharge)
    return into, out, (out - into) - (discharge - charge)


def line_one_way(there: Array, back: Array, loss: float) -> tuple[Array, Array, Array, Array]:
    """Flows into a line from its start and from its end, one of them 0, and the power that this leaves at either end.

    Parameters
    ----------
    there, back : ndarray (time,)
        Power into the line at its start and at its end, at least 0. [MW]
    loss : float
        Share lost on the way. [1]

    Returns
    -------
    tuple of ndarray (time,)
        Flow there, flow back, power left over at the start and at the end, at least 0. [MW]

    Examples
    --------
    >>> [round(float(v), 9) for v in line_one_way(np.array(10.0), np.array(5.0), 0.2)]
    [6.0, 0.0, 0.0, 1.8]
    """
    arrives = 1 - loss
    one, other = np.maximum(there - back * arrives, 0.0), np.maximum(back - there * arrives, 0.0)
    forward = there >= back
    one, other = np.where(forward, one, 0.0), np.where(forward, 0.0, other)
    at_start = (other * arrives - one) - (back * arrives - there)
    at_end = (one * arrives - other) - (there * arrives - back)
    return one, other, at_start, at_end
