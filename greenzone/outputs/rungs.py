"""The ladder with its ranges: theoretical, geographic, technical, economic, of the zone and of each district.

Comes in: a run. Goes out: one row per place, technology and rung, with percentiles where the technology draws them.

A technology tells its percentiles of the resource (`theoretical_p10_gwh`, ...) and of its energy (`energy_p10_gwh`)
itself: in its totals for the zone, in its feature `<technology>_districts` for the districts, over its sites. What is
geographic is a share of these, the same at every percentile; what is economic comes from the technology's draws on the
sites that are cheap enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from greenzone.economics import economic_rung
from greenzone.outputs.view import RunView
from greenzone.schema import Draws, Potential

PERCENTILES = (10, 50, 90)
DRAWN = tuple(f"{rung}_p{percentile}_gwh" for rung in ("theoretical", "energy") for percentile in PERCENTILES)
COLUMNS = ("scope", "place", "technology", "rung", "gwh", *(f"p{percentile}_gwh" for percentile in PERCENTILES))


def site_ranges(potential: Potential) -> dict[str, np.ndarray]:
    """Percentiles over the sites by the name of the column, of a technology that draws them. [GWh/year]"""
    return {name: potential.sites[name].to_numpy().astype(float) for name in DRAWN if name in potential.sites}


def district_ranges(potential: Potential) -> pd.DataFrame:
    """Percentiles indexed by district, of a technology that tells them in `<technology>_districts`. [GWh/year]"""
    frame = potential.features.get(f"{potential.technology}_districts")
    if frame is None or "district" not in frame:
        return pd.DataFrame()
    known = [name for name in DRAWN if name in frame]
    return pd.DataFrame(frame[["district", *known]]).set_index("district").astype(float)


def ladder_table(run: RunView, ceiling: float | None = None) -> pd.DataFrame:
    """The ladder of the zone and of every district, as `ladder.csv` holds it.

    Parameters
    ----------
    run : RunView
        A finished run.
    ceiling : float, optional
        Highest LCOE with connection that counts as economic; that of the run's config where not given. In the zone
        sites compete for the grid's nodes, in the districts each counts with its own cheapest line. [currency/MWh]

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; `scope` is `zone` or `district`, `rung` theoretical, geographic, technical or economic.
        Percentiles are NaN where a technology draws none.
    """
    if ceiling is None:
        ceiling = float(run.config["economics"]["lcoe_ceiling"])
    economic = economic_rung(run.connected, run.potentials, run.lcoe, ceiling)
    labels = run.grid.sites.district.to_numpy().astype(str)
    rows = []
    for name, potential in run.potentials.items():
        cheap = (run.connected.lcoe[name].to_numpy() <= ceiling) | (
            np.isnan(run.connected.lcoe[name].to_numpy()) & (run.lcoe[name].to_numpy() <= ceiling)
        )
        everywhere = np.ones(labels.shape, bool)
        drawn = dict(potential.totals)
        if potential.draws is not None:
            drawn |= economic_draws(potential.draws, connected_share(run, name, ceiling))
        rows += _rows("zone", "zone", potential, everywhere, drawn, economic.energy_gwh[name])
        by_district = district_ranges(potential)
        for district in dict.fromkeys(run.layers.zone["district"].astype(str)):
            here = labels == district
            affordable = float(potential.sites.energy_gwh.to_numpy()[here & cheap].sum())
            drawn = by_district.loc[district].to_dict() if district in by_district.index else {}
            if potential.draws is not None:
                drawn |= economic_draws(potential.draws, (here & cheap).astype(float))
            rows += _rows("district", district, potential, here, drawn, affordable)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def connected_share(run: RunView, name: str, ceiling: float) -> np.ndarray:
    """Share of each site's energy that is connected at no more than a ceiling when all compete for the grid; where no
    node is known, all of the sites whose plants cost no more."""
    table, sites = run.connected.allocation, run.potentials[name].sites
    if table.empty:
        return (run.lcoe[name].to_numpy() <= ceiling).astype(float)
    cheap = table[(table["technology"] == name) & (table["lcoe_connected"] <= ceiling)]
    taken = cheap.groupby("site")["energy_gwh"].sum().reindex(sites.site.to_numpy(), fill_value=0.0).to_numpy(float)
    whole = sites.energy_gwh.to_numpy().astype(float)
    return np.clip(np.divide(taken, whole, out=np.zeros(whole.shape), where=whole > 0), 0.0, 1.0)


def economic_draws(draws: Draws, taken: np.ndarray) -> dict[str, float]:
    """Percentiles of the energy of the share `taken` of each site, by column."""
    found = draws.percentiles(taken, PERCENTILES)
    return {f"economic_p{p}_gwh": float(value) for p, value in zip(PERCENTILES, found, strict=True)}


def _rows(
    scope: str, place: str, potential: Potential, here: np.ndarray, drawn: Mapping[str, float], economic: float
) -> list[dict[str, Any]]:
    """The four rungs of one technology at one place."""
    of = {name: float(potential.sites[name].to_numpy()[here].sum()) for name in ("theoretical_gwh", "geographic_gwh")}
    technical = float(potential.sites.energy_gwh.to_numpy()[here].sum())
    rungs = (
        ("theoretical", of["theoretical_gwh"], "theoretical", 1.0),
        ("geographic", of["geographic_gwh"], "theoretical", _share(of["geographic_gwh"], of["theoretical_gwh"])),
        ("technical", technical, "energy", 1.0),
        ("economic", float(economic), "economic", 1.0),
    )
    if "economic_p50_gwh" not in drawn:  # told without the draws behind it: the same share of every percentile
        share = _share(float(economic), technical)
        told = {f"economic_p{p}_gwh": share * drawn.get(f"energy_p{p}_gwh", np.nan) for p in PERCENTILES}
        drawn = {**drawn, **told}
    start = {"scope": scope, "place": place, "technology": potential.technology}
    return [
        {
            **start,
            "rung": rung,
            "gwh": value,
            **{f"p{p}_gwh": share * drawn.get(f"{source}_p{p}_gwh", np.nan) for p in PERCENTILES},
        }
        for rung, value, source, share in rungs
    ]


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
