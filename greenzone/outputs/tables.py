"""One row per site and per district: the same values for GeoJSON, GeoParquet and every other table.

Comes in: a run. Goes out: GeoDataFrames, rounded once.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from greenzone.outputs.geojson import prepare
from greenzone.outputs.rungs import district_ranges, site_ranges
from greenzone.outputs.view import RunView

SUMS = ("theoretical_gwh", "geographic_gwh", "capacity_mw", "energy_gwh")
HOURS_PER_YEAR = 8760.0


def site_table(run: RunView) -> gpd.GeoDataFrame:
    """Every site with what each technology can give there, as `sites.geojson` and `sites.parquet` hold it.

    Parameters
    ----------
    run : RunView
        A finished run.

    Returns
    -------
    GeoDataFrame
        WGS 84, in the order of the sites. Columns `site district area_km2`, then for each technology
        `<tech>_eligible_fraction` [1], `<tech>_capacity_mw` [MW], `<tech>_capacity_factor` [1], `<tech>_energy_gwh`
        [GWh/year], `<tech>_lcoe` (of the plant) and `<tech>_lcoe_connected` [currency/MWh], `<tech>_score` [1],
        `<tech>_top_probability` [1] (of being among the best whatever the weights) and `<tech>_score_<criterion>` [1];
        where the technology draws ranges `<tech>_theoretical_p10_gwh`, `<tech>_energy_p10_gwh`, `_p50_`, `_p90_`;
        `best_technology`; `distance_grid` [km], `connection_cost` [currency/kW], `grid_node`. Floats have six
        significant digits, NaN where there is nothing to tell.
    """
    sites = run.grid.sites
    columns: dict[str, np.ndarray] = {
        "site": sites.site.to_numpy().astype(object),
        "district": sites.district.to_numpy().astype(object),
        "area_km2": sites.area_km2.to_numpy(),
    }
    for name, potential in run.potentials.items():
        for variable in ("eligible_fraction", "capacity_mw", "capacity_factor", "energy_gwh"):
            columns[f"{name}_{variable}"] = potential.sites[variable].to_numpy().astype(float)
        columns |= {f"{name}_{key}": values for key, values in site_ranges(potential).items()}
        columns[f"{name}_lcoe"] = run.lcoe[name].to_numpy().astype(float)
        columns[f"{name}_lcoe_connected"] = run.connected.lcoe[name].to_numpy().astype(float)
        columns[f"{name}_score"] = run.scores[name].to_numpy().astype(float)
        columns[f"{name}_top_probability"] = run.top_probability[name].to_numpy().astype(float)
        for criterion, values in zip(*_contributions(run.contributions[name]), strict=True):
            columns[f"{name}_score_{criterion}"] = values
    columns["best_technology"] = best_technology(run)
    for key, on_grid in run.connected.sites.data_vars.items():
        values = on_grid.to_numpy()
        numbers = values.dtype.kind == "f"
        columns[str(key)] = values if numbers else np.array([value or None for value in values], object)
    return prepare(gpd.GeoDataFrame(columns, geometry=run.grid.geometry, crs="EPSG:4326"))


def best_technology(run: RunView) -> np.ndarray:
    """Name of the technology of highest score among those with capacity at each site; None where there is none."""
    names = np.array([*run.potentials, None], object)
    if len(names) == 1:
        return np.full(run.grid.sites.sizes["site"], None)
    able = [
        np.where(potential.sites.capacity_mw.to_numpy() > 0, run.scores[name].to_numpy(), np.nan)
        for name, potential in run.potentials.items()
    ]
    scores = np.nan_to_num(np.array(able), nan=-1.0)
    return names[np.where(scores.max(0) >= 0, scores.argmax(0), -1)]


def district_table(run: RunView) -> gpd.GeoDataFrame:
    """Every district with its sums and means, as `districts.geojson` holds it.

    Parameters
    ----------
    run : RunView
        A finished run.

    Returns
    -------
    GeoDataFrame
        WGS 84, in the order of the zone. Columns `district sites area_km2`, then for each technology
        `<tech>_eligible_km2`, `<tech>_theoretical_gwh`, `<tech>_geographic_gwh`, `<tech>_capacity_mw`,
        `<tech>_energy_gwh` (sums), `<tech>_capacity_factor` (energy over capacity), `<tech>_lcoe` (weighted by energy)
        and `<tech>_score` (weighted by capacity); NaN where the weights are 0. Last `<tech>_theoretical_p10_gwh`,
        `_p50_`, `_p90_` and `<tech>_energy_p10_gwh`, `_p50_`, `_p90_` of the technologies that draw ranges.
    """
    zone = run.layers.zone[["district", "geometry"]].dissolve("district", sort=False)
    columns = district_values(run).reindex(zone.index)
    columns["sites"] = columns.sites.fillna(0).astype(int)
    for name, potential in run.potentials.items():
        columns = columns.join(district_ranges(potential).add_prefix(f"{name}_"))
    return prepare(gpd.GeoDataFrame(columns.reset_index(), geometry=zone.geometry.to_numpy(), crs=zone.crs))


def district_values(run: RunView) -> pd.DataFrame:
    """The columns of `district_table` indexed by district, unrounded, without geometry."""
    sites = run.grid.sites
    district = sites.district.to_numpy().astype(object)
    area = sites.area_km2.to_numpy()
    columns = {"sites": np.ones(len(area)), "area_km2": area}
    for name, potential in run.potentials.items():
        table = potential.sites
        columns[f"{name}_eligible_km2"] = table.eligible_fraction.to_numpy() * area
        columns |= {f"{name}_{variable}": table[variable].to_numpy() for variable in SUMS}
        for mean, values, weight in (
            ("lcoe", run.lcoe[name], "energy_gwh"),
            ("score", run.scores[name], "capacity_mw"),
        ):
            known = np.isfinite(values.to_numpy())
            columns[f"{name}_{mean}"] = np.where(known, values.to_numpy() * table[weight].to_numpy(), 0.0)
            columns[f"{name}_{mean}_weight"] = np.where(known, table[weight].to_numpy(), 0.0)
    sums = pd.DataFrame(columns).groupby(district, sort=False).sum().rename_axis("district")
    for name in run.potentials:
        capacity, energy = sums[f"{name}_capacity_mw"], sums[f"{name}_energy_gwh"]
        place = sums.columns.get_loc(f"{name}_energy_gwh") + 1
        sums.insert(place, f"{name}_capacity_factor", energy * 1000 / HOURS_PER_YEAR / capacity.where(capacity > 0))
        for mean in ("lcoe", "score"):
            weight_sum = sums.pop(f"{name}_{mean}_weight")
            sums[f"{name}_{mean}"] /= weight_sum.where(weight_sum > 0)
    return sums


def _contributions(parts: xr.DataArray) -> tuple[list[str], np.ndarray]:
    parts = parts.transpose("criterion", "site")
    return [str(name) for name in parts.criterion.to_numpy()], parts.to_numpy().astype(float)
