"""The ladder of potential by river basin and by district: theoretical, technical, economic.

Comes in: the water of the terrain, the plants, the zone. Goes out: polygons with the rungs, and totals.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio.features
import shapely
from affine import Affine
from numpy.typing import NDArray

from greenzone.technologies.hydro.model import HOURS
from greenzone.technologies.hydro.options import Options
from greenzone.technologies.hydro.streams import Streams, blocks
from greenzone.technologies.hydro.water import Water

RECEIVERS = ("Araz", "Kura")  # the rivers whose tributaries are the zone's basins
RUNGS = [
    "theoretical_gwh", "existing_mw", "existing_gwh", "candidate_mw", "candidate_gwh", "technical_mw", "technical_gwh",
    "economic_mw", "economic_gwh",
]  # fmt: skip


def basin_names(streams: Streams, names: NDArray[np.str_]) -> NDArray[np.str_]:
    """Basin of each stream node: the first named river its water reaches, tributaries with a name apart.

    `names` are the rivers' names by node, "" where unknown. Water that reaches the Araz or the Kura first belongs to
    "beside the Araz" or "beside the Kura", what reaches no named river to "other".
    """
    basin = np.full(streams.cell.size, "other", dtype=object)
    for node in streams.order[::-1]:
        if names[node]:
            basin[node] = f"beside the {names[node]}" if names[node] in RECEIVERS else names[node]
        else:
            basin[node] = basin[streams.downstream[node]]
    return basin.astype(str)


def basin_of_blocks(flow: Water, basins: NDArray[np.str_]) -> NDArray[np.str_]:
    """Basin of each block of the terrain, that of the stream its middle cell drains to; "" where there is none."""
    middle = [
        np.minimum(np.searchsorted(part, np.unique(part)) + np.bincount(part)[0] // 2, part.size - 1)
        for part in blocks(flow.drainage.raster)
    ]
    node = flow.node[middle[0][:, None] * flow.drainage.raster.values.shape[1] + middle[1]]
    return np.where(node >= 0, basins[node], "")


def by_basin(
    flow: Water,
    basins: NDArray[np.str_],
    plants: pd.DataFrame,
    plant_basin: NDArray[np.str_],
    zone: gpd.GeoDataFrame,
    options: Options,
) -> gpd.GeoDataFrame:
    """Basins inside the zone as polygons, with `RUNGS`; `plant_basin` is the basin of each row of `plants`."""
    ground, shape = flow.blocks, flow.blocks.values.shape
    label = basin_of_blocks(flow, basins)
    whole = zone.union_all()
    transform = Affine(ground.step_lon, 0, ground.west, 0, -ground.step_lat, ground.north)
    inside = ~rasterio.features.geometry_mask([whole], shape, transform)
    unique, code = np.unique(np.where(inside, label, ""), return_inverse=True)
    code = code.reshape(shape).astype(np.int32)
    pieces: dict[int, list[shapely.Geometry]] = {}
    for geometry, value in rasterio.features.shapes(code, inside, transform=transform):
        pieces.setdefault(int(value), []).append(shapely.geometry.shape(geometry))
    gross = np.bincount(code.ravel(), flow.gross.ravel() * inside.ravel(), len(unique)) * HOURS / 1e6
    rows = [
        {"basin": str(unique[value]) or "without a river", "theoretical_gwh": gross[value]} for value in sorted(pieces)
    ]
    outline = [shapely.union_all(pieces[value]) for value in sorted(pieces)]
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=outline, crs=4326)
    return with_rungs(frame, "basin", plants, plant_basin, options)


def by_district(
    zone: gpd.GeoDataFrame,
    district: NDArray[np.str_],
    theoretical_gwh: NDArray[np.float64],
    plants: pd.DataFrame,
    options: Options,
) -> gpd.GeoDataFrame:
    """Districts with `RUNGS`; `district` and `theoretical_gwh` are those of the sites."""
    gross = pd.Series(theoretical_gwh).groupby(district).sum()
    frame = zone[["district", "geometry"]].reset_index(drop=True)
    frame = frame.assign(theoretical_gwh=frame["district"].map(gross).fillna(0.0).to_numpy())
    return with_rungs(frame, "district", plants, plants["district"].to_numpy(str), options)


def with_rungs(
    frame: gpd.GeoDataFrame, key: str, plants: pd.DataFrame, where: NDArray[np.str_], options: Options
) -> gpd.GeoDataFrame:
    """Add what stands, what could, and what of it costs no more than the ceiling, summed over `where`.

    Plants that stand are economic: they are built.
    """
    old, new = (plants["status"] == "existing").to_numpy(), (plants["status"] == "candidate").to_numpy()
    cheap = new & (plants["lcoe_usd_mwh"] <= options.lcoe_ceiling).to_numpy()
    for rung, part in {"existing": old, "candidate": new, "technical": old | new, "economic": old | cheap}.items():
        for unit, column in {"mw": "capacity_mw", "gwh": "energy_gwh"}.items():
            total = plants[column].where(part, 0.0).groupby(where).sum()
            frame[f"{rung}_{unit}"] = frame[key].map(total).fillna(0.0).to_numpy()
    return frame[[key, *RUNGS, "geometry"]].round(dict.fromkeys(RUNGS, 3))
