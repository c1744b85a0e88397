"""Zone totals: the ladder of each technology, and our figures beside the published ones.

Comes in: a run. Goes out: small tables for the terminal, the manifest and the report.
"""

from __future__ import annotations

import pandas as pd

from greenzone.economics import potential_under_ceiling
from greenzone.outputs.view import RunView

HOURS_PER_YEAR = 8760.0


def ladder(run: RunView, ceiling: float) -> pd.DataFrame:
    """Each technology from the resource to what is economic, summed over the zone.

    Parameters
    ----------
    run : RunView
        A finished run.
    ceiling : float
        Highest LCOE that counts as economic. [currency/MWh]

    Returns
    -------
    DataFrame
        Columns `technology theoretical_gwh geographic_gwh technical_gwh economic_gwh technical_mw economic_mw
        capacity_factor lcoe` (mean LCOE weighted by energy); one row per technology.
    """
    economic = potential_under_ceiling(run.potentials, run.lcoe, ceiling)
    rows = []
    for name, potential in run.potentials.items():
        sums = {key: float(potential.sites[key].sum()) for key in ("theoretical_gwh", "geographic_gwh")}
        energy, capacity = potential.sites.energy_gwh, float(potential.sites.capacity_mw.sum())
        weight = energy.where(run.lcoe[name].notnull(), 0.0)
        rows.append(
            {
                "technology": name,
                **sums,
                "technical_gwh": float(energy.sum()),
                "economic_gwh": economic.energy_gwh[name],
                "technical_mw": capacity,
                "economic_mw": economic.capacity_mw[name],
                "capacity_factor": _ratio(float(energy.sum()) * 1000 / HOURS_PER_YEAR, capacity),
                "lcoe": _ratio(float((run.lcoe[name] * weight).sum()), float(weight.sum())),
            }
        )
    return pd.DataFrame(rows)


def published_comparison(run: RunView) -> pd.DataFrame:
    """Published figures beside ours. Empty where the table `published` is not there."""
    return pd.DataFrame(columns=["technology", "quantity", "scope", "unit", "published", "ours", "ratio", "source"])


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")
