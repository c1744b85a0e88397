"""Typical weeks: a few weeks of the year that stand for all of them.

Comes in: a system of every hour. Goes out: the system of some of its weeks, each with the weight of those like it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from greenzone.errors import GreenzoneError
from greenzone.supply.dispatch import HOURS_PER_YEAR
from greenzone.supply.plan_parts import System

HOURS_OF_WEEK = 168.0


def typical_weeks(system: System, number: int) -> System:
    """The system in which `number` weeks stand for the year.

    Weeks are grouped by the sum of squared distances between their hourly profiles and demand (Ward's linkage); of
    each group the week nearest to its mean is taken, with the weight of the group. Profiles are then scaled by one
    factor each, so that the year's energy of every source and of demand stays what it was.

    Parameters
    ----------
    system : System
        At an even step that divides a week.
    number : int
        Weeks wanted.

    Returns
    -------
    System
        With `periods` = `number`; hours past the last whole week are left out.

    Raises
    ------
    GreenzoneError
        The system has fewer whole weeks.
    """
    length = round(HOURS_OF_WEEK / system.interval)
    weeks = system.steps // length
    if number > weeks:
        raise GreenzoneError(f"{number} typical weeks are asked for, but there are only {weeks} whole weeks")
    whole = weeks * length
    series = np.array([*(np.asarray(s.profile, float) for s in system.sources), *system.demand])
    group = _groups(series[:, :whole].reshape(len(series), weeks, length), number)
    chosen, size = _middles(series[:, :whole].reshape(len(series), weeks, length), group)
    picked = (chosen[:, None] * length + np.arange(length)).ravel()
    weight = np.repeat(size, length) * HOURS_PER_YEAR / whole
    scaled = series[:, picked] * _factors(series @ system.hours, series[:, picked] @ weight)[:, None]
    many = len(system.sources)
    return replace(
        system,
        sources=[replace(s, profile=row) for s, row in zip(system.sources, scaled[:many], strict=True)],
        demand_mw=scaled[many:],
        time=system.stamps[picked],
        weight=weight,
        periods=len(chosen),
    )


def _groups(weeks: NDArray[np.float64], number: int) -> NDArray[np.int64]:
    """Group of each week, counted from 0, over series `(series, week, hour)`."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if number == weeks.shape[1]:
        return np.arange(number)
    return fcluster(linkage(_features(weeks), "ward"), number, "maxclust") - 1


def _features(weeks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weeks as points: every series over its largest value, so that each counts alike."""
    largest = np.maximum(weeks.max((1, 2), keepdims=True), np.finfo(float).tiny)
    return (weeks / largest).transpose(1, 0, 2).reshape(weeks.shape[1], -1)


def _middles(weeks: NDArray[np.float64], group: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The week nearest to the mean of each group, in the order of the year, and how many weeks it stands for."""
    points = _features(weeks)
    found = []
    for label in np.unique(group):
        members = np.flatnonzero(group == label)
        distance = ((points[members] - points[members].mean(0)) ** 2).sum(1)
        found.append((int(members[distance.argmin()]), len(members)))
    found.sort()
    chosen, size = zip(*found, strict=True)
    return np.array(chosen), np.array(size)


def _factors(wanted: NDArray[np.float64], found: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(wanted, found, out=np.ones_like(found), where=found > 0)
