"""The potential as one CF netCDF file: technology × site, with units, names, sources and uncertainty.

Comes in: a run. Goes out: a dataset that follows CF-1.11, and its bytes, the same for the same run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import xarray as xr

from greenzone.outputs.manifest import versions
from greenzone.outputs.notes import uncertainty, weather_label
from greenzone.outputs.view import RunView
from greenzone.schema import POTENTIAL, SITES
from greenzone.supply import stack_groups

FILL = np.nan
GROUP_NAMES = {
    "technology": "technology of the supply group",
    "district": "district of the supply group",
    "resource_class": "resource class of the supply group",
}
CURRENCY = re.compile(r"(currency|[A-Z]{3})( |$)")
CONTRIBUTIONS = {"units": "1", "long_name": "contribution of a criterion to the score"}


def potential_dataset(run: RunView) -> xr.Dataset:
    """All technologies in one dataset.

    Parameters
    ----------
    run : RunView
        A finished run.

    Returns
    -------
    Dataset
        The variables of `greenzone.schema.POTENTIAL`, `lcoe`, `lcoe_connected` and `score` over
        `(technology, site)`; the site's `distance_grid`, `connection_cost`, `area_km2`, `district`, `lon`, `lat`;
        `<tech>_<name>` for whatever else a technology tells of its sites, and `<tech>_score_<criterion>`.
        Attributes state the weather's source and the uncertainty.
    """
    names = list(run.potentials)
    if not names:
        return xr.Dataset(coords=_coordinates(run, names)).assign_attrs(_attributes(run))
    tables = {name: run.potentials[name].sites for name in names}
    variables: dict[str, Any] = {}
    for variable, meaning in POTENTIAL.items():
        variables[variable] = _stacked([tables[name][variable] for name in names], meaning._asdict())
    shown = (("lcoe", run.lcoe), ("lcoe_connected", run.connected.lcoe), ("score", run.scores))
    for variable, by_name in shown:
        attrs = by_name[names[0]].attrs
        variables[variable] = _stacked([by_name[name] for name in names], attrs)
    for name in names:
        variables |= _own(name, tables[name])
        parts = run.contributions[name].transpose("criterion", "site")
        for criterion, values in zip(parts.criterion.to_numpy(), parts.to_numpy(), strict=True):
            variables[f"{name}_score_{criterion}"] = ("site", values, CONTRIBUTIONS)
    for key, values in run.connected.sites.data_vars.items():
        if values.dtype.kind == "f":
            variables[str(key)] = ("site", values.to_numpy(), dict(values.attrs))
    for key in ("sky_view", "beam_shaded", "wind_exposure"):
        if key in run.layers.site:
            variables[key] = ("site", run.layers.site[key].to_numpy(), dict(run.layers.site[key].attrs))
    variables["area_km2"] = ("site", run.grid.sites.area_km2.to_numpy(), run.grid.sites.area_km2.attrs)
    dataset = xr.Dataset(variables, _coordinates(run, names))
    for values in dataset.data_vars.values():
        values.attrs |= {**udunits(values.attrs["units"]), "grid_mapping": "crs"}
    dataset["crs"] = ((), np.int32(0), _grid_mapping())
    return dataset.assign_attrs(_attributes(run))


def profiles_dataset(run: RunView) -> xr.Dataset:
    """The hourly profiles of all supply groups, `capacity_factor (group, time)`, with their capacity and LCOE."""
    groups = stack_groups(run.potentials, run.lcoe)
    for name, long_name in GROUP_NAMES.items():
        groups[name].attrs["long_name"] = long_name
    for values in groups.data_vars.values():
        values.attrs |= udunits(values.attrs["units"])
    groups["time"].attrs = {"standard_name": "time", "long_name": "time (UTC)", "units_metadata": "leap_seconds: none"}
    title = f"Hourly output of supply groups: {run.config.get('name', 'greenzone')}"
    return groups.assign_attrs({**_attributes(run), "title": title})


def write_netcdf(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset with compression, text as UTF-8 characters, and nothing that depends on the time of writing."""
    encoding: dict[str, dict[str, Any]] = {}
    for name, values in dataset.variables.items():
        if values.dtype.kind in "UO":
            encoding[str(name)] = {"dtype": "S1", "_FillValue": None, "zlib": True}
        elif values.dtype.kind == "f":
            encoding[str(name)] = {"zlib": True, "complevel": 4, "shuffle": True}
            encoding[str(name)]["_FillValue"] = None if name in dataset.coords else FILL
    # Made in memory and written as plain bytes: a full disk is then an ordinary error, not one inside the library.
    path.write_bytes(dataset.to_netcdf(engine="h5netcdf", encoding=encoding))


def _stacked(arrays: list[xr.DataArray], attrs: Mapping[str, Any]) -> tuple[tuple[str, str], np.ndarray, dict]:
    return ("technology", "site"), np.array([array.to_numpy().astype(float) for array in arrays]), dict(attrs)


def udunits(units: str) -> dict[str, str]:
    """Attributes that say in UDUNITS what `units` says in the words of energy people: GWh is GW h, money is apart."""
    currency, _, rest = units.partition(" ") if CURRENCY.match(units) else ("", "", units)
    rest = re.sub(r"\b([kMGT]?W)h(-?\d+)?", lambda found: f"{found[1]}{found[2] or ''} h{found[2] or ''}", rest)
    return {"units": rest or "1"} | ({"currency": currency} if currency else {})


def _own(name: str, table: xr.Dataset) -> dict[str, Any]:
    """What a technology tells of its sites beyond the schema."""
    return {
        f"{name}_{variable}": ("site", values.to_numpy(), dict(values.attrs))
        for variable, values in table.data_vars.items()
        if variable not in POTENTIAL and values.dims == ("site",) and values.dtype.kind in "fiu"
        and variable not in SITES
    }  # fmt: skip


def _coordinates(run: RunView, names: list[str]) -> dict[str, Any]:
    sites = run.grid.sites
    return {
        "technology": ("technology", np.array(names, str), {"long_name": "technology"}),
        "site": ("site", sites.site.to_numpy().astype(str), {"long_name": "name of the grid cell"}),
        "district": ("site", sites.district.to_numpy().astype(str), {"long_name": sites.district.attrs["long_name"]}),
        "lon": ("site", sites.lon.to_numpy(), sites.lon.attrs | {"standard_name": "longitude"}),
        "lat": ("site", sites.lat.to_numpy(), sites.lat.attrs | {"standard_name": "latitude"}),
    }


def _grid_mapping() -> dict[str, Any]:
    return {key: value for key, value in pyproj.CRS.from_epsg(4326).to_cf().items() if value is not None}


def _attributes(run: RunView) -> dict[str, str]:
    name = str(run.config.get("name", "greenzone"))
    return {
        "Conventions": "CF-1.11",
        "title": f"Renewable energy potential by site: {name}",
        "source": f"greenzone; weather: {weather_label(run)}",
        "history": f"made by a run of greenzone {versions().get('greenzone', '')}",
        "comment": " ".join(uncertainty(run)),
        "grid": f"cells in {run.grid.crs}, cut at the zone's edge",
    }
