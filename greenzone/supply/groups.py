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
from greenzone.schema import Potential, Variable, label

GROUPS = {
    "capacity_factor": Variable("1", "output over capacity of the group in each interval"),
    "capacity_mw": Variable("MW", "capacity of the group"),
    "existing_mw": Variable("MW", "capacity of the group that stands already"),
    "lcoe": Variable("currency MWh-1", "levelised cost of energy, mean of the group's sites weighted by energy"),
    "mean_capacity_factor": Variable("1", "mean output over capacity of the group"),
}


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
        `GROUPS` with the coordinates `technology district resource_class` over `group`. `capacity_factor` is float32
        over `(group, time)`; `existing_mw` comes from the variable of that name in `potential.sites`, else 0; `lcoe`
        is NaN where unknown.

    Raises
    ------
    GreenzoneError
        Profiles of different times.
    """
    parts: list[xr.Dataset] = []
    for name, potential in potentials.items():
        part = _of_technology(potential, costs.get(name))
        if parts and not part.time.equals(parts[0].time):
            raise GreenzoneError(f"the profiles of {name} are for other times than those of {next(iter(potentials))}")
        parts.append(part)
    groups = xr.concat(parts, "group")
    groups["capacity_factor"] = groups.capacity_factor.astype("float32")
    groups["mean_capacity_factor"] = groups.capacity_factor.mean("time", dtype=float)
    return label(groups, GROUPS)


def _of_technology(potential: Potential, costs: xr.DataArray | None) -> xr.Dataset:
    profiles = potential.profiles
    number = profiles.sizes["group"]
    unknown = np.full(number, np.nan)
    return xr.Dataset(
        {
            "capacity_factor": (("group", "time"), profiles.capacity_factor.transpose("group", "time").to_numpy()),
            "capacity_mw": ("group", profiles.capacity_mw.to_numpy().astype(float)),
            "existing_mw": ("group", existing_mw(potential)),
            "lcoe": ("group", unknown if costs is None else group_lcoe(potential, costs.to_numpy())),
        },
        {
            "technology": ("group", np.full(number, potential.technology)),
            "district": ("group", profiles.district.to_numpy().astype(str)),
            "resource_class": ("group", profiles.resource_class.to_numpy().astype(str)),
            "time": profiles.time.to_numpy(),
        },
    )


def group_lcoe(potential: Potential, site_lcoe: NDArray[np.float64]) -> NDArray[np.float64]:
    """LCOE of each group of a technology, the mean over its sites weighted by energy; NaN where none is known."""
    number = potential.profiles.sizes["group"]
    group = potential.sites.group.to_numpy()
    energy = potential.sites.energy_gwh.to_numpy()
    known = (group >= 0) & np.isfinite(site_lcoe) & (energy > 0)
    weight = np.bincount(group[known], energy[known], minlength=number)
    total = np.bincount(group[known], (energy * np.where(known, site_lcoe, 0.0))[known], minlength=number)
    return np.divide(total, weight, out=np.full(number, np.nan), where=weight > 0)


def existing_mw(potential: Potential) -> NDArray[np.float64]:
    """Capacity of each group of a technology that stands already; 0 where the technology does not tell. [MW]"""
    number = potential.profiles.sizes["group"]
    if "existing_mw" not in potential.sites:
        return np.zeros(number)
    group = potential.sites.group.to_numpy()
    existing = potential.sites.existing_mw.to_numpy().astype(float)
    return np.bincount(group[group >= 0], existing[group >= 0], minlength=number).astype(float)


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
