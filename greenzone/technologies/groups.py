"""Supply groups of technologies that stand on land: sites of one district and one class of capacity factor.

Comes in: the potential of the sites, the bounds of the classes. Goes out: the group of each site, and the hourly
profiles of the groups as `schema.PROFILES` wants them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from greenzone import schema

GWH_PER_MW_YEAR = 8.760


class Groups(NamedTuple):
    """Supply groups: the group of each site (-1 for none), and what each group is."""

    of_site: NDArray[np.int64]
    district: NDArray[np.str_]
    resource_class: NDArray[np.int64]

    def total(self, capacity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over the sites of each group of what they have, such as capacity [MW]."""
        built = self.of_site >= 0
        return np.bincount(self.of_site[built], capacity[built], minlength=self.district.size).astype(float)


def groups_of(potential: xr.Dataset, district: np.ndarray, bounds: Sequence[float]) -> Groups:
    """District by class of capacity factor; the bounds are fixed, so a site's class is its own affair.

    Parameters
    ----------
    potential : Dataset
        `capacity_mw` and `capacity_factor` over `site`; sites without capacity are in no group.
    district : ndarray of str (site,)
        District of each site.
    bounds : sequence of float
        Between the classes, rising. [1]
    """
    names = np.asarray(district).astype(str)
    level = np.searchsorted(np.asarray(bounds), potential["capacity_factor"].values, side="right")
    built = potential["capacity_mw"].values > 0
    keys = pd.MultiIndex.from_arrays([names[built], level[built]])
    unique = keys.unique().sort_values()
    of_site = np.full(names.size, -1, dtype=np.int64)
    of_site[built] = unique.get_indexer(keys)
    district_of, class_of = (unique.get_level_values(part) for part in (0, 1))
    return Groups(of_site, np.array(district_of, dtype=str), np.array(class_of, dtype=np.int64))


def profiles_of(groups: Groups, factor: np.ndarray, capacity_mw: np.ndarray, weather: xr.Dataset) -> xr.Dataset:
    """Profiles of the groups, labelled.

    Parameters
    ----------
    groups : Groups
        Of the sites.
    factor : ndarray (group, time)
        Output over capacity. [1]
    capacity_mw : ndarray (group,)
        Capacity of each. [MW]
    weather : Dataset
        Its `time`, and what an hour stands for.
    """
    profiles = xr.Dataset(
        {
            "capacity_factor": (("group", "time"), factor.astype(np.float32)),
            "capacity_mw": ("group", capacity_mw),
        },
        {
            "time": weather.indexes["time"],
            "district": ("group", groups.district),
            "resource_class": ("group", groups.resource_class),
        },
        {"interval": weather.attrs.get("interval", "instant")},
    )
    return schema.label(profiles, schema.PROFILES)


def totals_of(potential: xr.Dataset) -> dict[str, float]:
    """Capacity [MW], energy [GWh] and the capacity factor of both together, NaN without capacity."""
    capacity, energy = float(potential["capacity_mw"].sum()), float(potential["energy_gwh"].sum())
    mean = energy / (capacity * GWH_PER_MW_YEAR) if capacity > 0 else float("nan")
    return {"capacity_mw": capacity, "energy_gwh": energy, "capacity_factor": mean}
