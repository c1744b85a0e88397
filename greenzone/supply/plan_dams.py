"""Hydropower behind dams: plants of a plan that keep water back.

Comes in: the table `reservoirs`, the plants that stand in a district. Goes out: the same plants, those behind a dam
apart, with the hours of their power that its water holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from greenzone.supply.plan_parts import Source
from greenzone.technologies.hydro.model import power

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Dam:
    """A reservoir with a plant: its name and district, capacity of the plant, energy of its usable water."""

    name: str
    district: str
    capacity_mw: float
    energy_mwh: float


def dams_of(reservoirs: pd.DataFrame) -> list[Dam]:
    """Dams of the table `reservoirs` whose volume, heads and plant are known.

    The water falls through the mean of the head of the full and of the empty reservoir.
    """
    known = reservoirs.dropna(subset=["usable_mm3", "head_full_m", "head_low_m", "plant_mw", "efficiency"])
    return [
        Dam(
            str(row.reservoir),
            str(row.district),
            float(row.plant_mw),
            float(power(row.usable_mm3 * 1e6, (row.head_full_m + row.head_low_m) / 2, row.efficiency))
            / SECONDS_PER_HOUR
            / 1000,
        )
        for row in known.itertuples()
    ]


def dams_in(district: str, capacity_mw: float, dams: Sequence[Dam]) -> list[Dam]:
    """The dams of a district whose plants fit into a capacity that stands there, in their order."""
    left, found = capacity_mw, []
    for dam in dams:
        if dam.district == district and dam.capacity_mw <= left:
            left -= dam.capacity_mw
            found.append(dam)
    return found


def with_dams(stood: Source, behind: Sequence[Dam]) -> list[Source]:
    """What stands in a group of a district: plants on the run of the river, and each plant behind a dam.

    Plants behind dams get the group's water in proportion to their capacity, and give at most what the group reaches
    in its best hour.
    """
    left = stood.max_mw - sum(dam.capacity_mw for dam in behind)
    most = float(np.max(stood.profile))
    kept = [
        replace(
            stood,
            name=f"{stood.name}, {dam.name}",
            max_mw=dam.capacity_mw,
            min_mw=dam.capacity_mw,
            store_hours=dam.energy_mwh / dam.capacity_mw,
            peak=min(1.0, most),
        )
        for dam in behind
    ]
    return [*([replace(stood, max_mw=left, min_mw=left)] if left > 0 else []), *kept]
