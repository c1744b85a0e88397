"""How far published irradiation differs from the embedded field: the honest width of every solar figure.

Comes in: the climate. Goes out: a table, and a sentence for the outputs.
"""

from __future__ import annotations

import pandas as pd
import xarray as xr

from greenzone.layers.catalogue import read_table
from greenzone.layers.weather.interpolation import at


def ghi_spread(climate: xr.Dataset) -> pd.DataFrame:
    """Published irradiation at places of the zone beside the embedded field.

    Parameters
    ----------
    climate : Dataset
        `ghi` [kWh m-2 d-1] over `(lat, lon)`.

    Returns
    -------
    DataFrame
        `place`, `source`, `ghi` (published), `embedded` [kWh m-2 d-1] and `ratio`, published over embedded.
    """
    table = read_table("ghi_sources")
    lat, lon = (xr.DataArray(table[name].to_numpy(float), dims="place") for name in ("lat", "lon"))
    embedded = at(climate["ghi"], lat, lon).to_numpy()
    return table[["place", "source", "ghi"]].assign(embedded=embedded, ratio=table["ghi"] / embedded)


def spread_sentence(climate: xr.Dataset) -> str:
    """The range of `ghi_spread` in words."""
    ratio = ghi_spread(climate)["ratio"]
    return (
        f"published irradiation is {ratio.min():.2f} to {ratio.max():.2f} times the embedded field at"
        f" {len(ratio)} places of the zone (Global Solar Atlas below it, most in the mountains; PVGIS above)"
    )
