"""Supply groups: technology × district × resource class, the units in which supply is counted.

Comes in: the potentials of all technologies. Goes out: one table of groups with their profiles, and capacity
targets spread over the groups, best first.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from greenzone.errors import GreenzoneError
from greenzone.schema import Potential


def stack_groups(potentials: Mapping[str, Potential], costs: Mapping[str, xr.DataArray]) -> xr.Dataset:
    """All technologies' groups in one dataset.

    Parameters
    ----------
    potentials : mapping
        Potential by technology; all profiles over the same `time`.
    costs : mapping
        LCOE over `site` by technology. [currency/MWh]

    Returns
    -------
    Dataset
        `capacity_factor (group, time)` float32 [1], `capacity_mw (group)` [MW], `mean_capacity_factor (group)` [1],
        `lcoe (group)` (mean over the group's sites, weighted by energy; NaN where unknown), and the coordinates
        `technology district resource_class` over `group`.

    Raises
    ------
    GreenzoneError
        Profiles of different times.
    """
    parts: list[xr.Dataset] = []
    for name, potential in potentials.items():
        profiles = potential.profiles
        number = profiles.sizes["group"]
        part = xr.Dataset(
            {
                "capacity_factor": (("group", "time"), profiles.capacity_factor.transpose("group", "time").values),
                "capacity_mw": ("group", profiles.capacity_mw.to_numpy().astype(float)),
                "lcoe": (
                    "group",
                    group_lcoe(potential, costs[name].to_numpy()) if name in costs else np.full(number, np.nan),
                ),
            },
            {
                "technology": ("group", np.full(number, name)),
                "district": ("group", profiles.district.to_numpy().astype(str)),
                "resource_class": ("group", profiles.resource_class.to_numpy().astype(str)),
                "time": profiles.time.to_numpy(),
            },
        )
        if parts and not part.time.equals(parts[0].time):
            raise GreenzoneError(f"the profiles of {name} are for other times than those of {next(iter(potentials))}")
        parts.append(part)
    groups = xr.concat(parts, "group")
    groups["capacity_factor"] = groups.capacity_factor.astype("float32")
    groups["mean_capacity_factor"] = groups.capacity_factor.mean("time", dtype=float)
    attrs = {
        "capacity_factor": ("1", "output over capacity of the group in each interval"),
        "capacity_mw": ("MW", "capacity of the group"),
        "lcoe": ("currency MWh-1", "levelised cost of energy, mean of the group's sites weighted by energy"),
        "mean_capacity_factor": ("1", "mean output over capacity of the group"),
    }
    for variable, (units, long_name) in attrs.items():
        groups[variable].attrs = {"units": units, "long_name": long_name}
    return groups


def group_lcoe(potential: Potential, site_lcoe: NDArray[np.float64]) -> NDArray[np.float64]:
    """LCOE of each group of a technology, the mean over its sites weighted by energy; NaN where none is known."""
    number = potential.profiles.sizes["group"]
    group = potential.sites.group.to_numpy()
    energy = potential.sites.energy_gwh.to_numpy()
    known = (group >= 0) & np.isfinite(site_lcoe) & (energy > 0)
    weight = np.bincount(group[known], energy[known], minlength=number)
    total = np.bincount(group[known], (energy * np.where(known, site_lcoe, 0.0))[known], minlength=number)
    return np.divide(total, weight, out=np.full(number, np.nan), where=weight > 0)


def allocate(
    targets_mw: ArrayLike, technology: ArrayLike, capacity_mw: ArrayLike, merit: ArrayLike, technologies: list[str]
) -> NDArray[np.float64]:
    """Spread capacity targets over groups, those of highest merit first, each up to its own capacity.

    Parameters
    ----------
    targets_mw : array_like (scenario, technology)
        Capacity wanted. [MW]
    technology : array_like of str (group,)
        Technology of each group.
    capacity_mw : array_like (group,)
        Most that each group can hold. [MW]
    merit : array_like (group,)
        What is built first has the highest; NaN comes last. Ties keep the order of the groups.
    technologies : list of str
        Names of the columns of `targets_mw`.

    Returns
    -------
    ndarray (scenario, group)
        Capacity built, at most the group's; its sum falls short of the target where the potential is too small. [MW]
    """
    targets = np.atleast_2d(np.asarray(targets_mw, float))
    names, limit, value = np.asarray(technology), np.asarray(capacity_mw, float), np.asarray(merit, float)
    built = np.zeros((len(targets), len(limit)))
    for column, name in enumerate(technologies):
        members = np.flatnonzero(names == name)
        members = members[np.argsort(-np.nan_to_num(value[members], nan=-np.inf), kind="stable")]
        before = np.concatenate([[0.0], np.cumsum(limit[members])[:-1]]) if len(members) else limit[members]
        built[:, members] = np.clip(targets[:, [column]] - before, 0.0, limit[members])
    return built
