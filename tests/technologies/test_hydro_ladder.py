"""The ladder by basin and district: sums, order of the rungs, names."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr

from greenzone import schema
from greenzone.layers import catalogue
from greenzone.technologies import hydro
from greenzone.technologies.hydro import ladder
from greenzone.technologies.hydro.streams import Streams


def chain(names):
    """Two sources that join and run out, one more beside: 0 → 2, 1 → 2, 2 → 3, 3 out, 4 out."""
    down = np.array([2, 2, 3, 3, 4])
    zeros = np.zeros(5)
    return Streams(np.arange(5), down, zeros, zeros, zeros, zeros, zeros), np.array(names)


@pytest.mark.parametrize(
    ("names", "basins"),
    [
        (["", "Lev", "Tartar", "Kura", ""], ["Tartar", "Lev", "Tartar", "beside the Kura", "other"]),
        (["", "", "", "Araz", ""], ["beside the Araz"] * 4 + ["other"]),
    ],
)
def test_basins_are_named_after_the_first_named_river_below(names, basins):
    assert ladder.basin_names(*chain(names)).tolist() == basins


def test_rungs_of_made_up_plants():
    """Existing 10 MW; candidates of 5 MW at 80 and 7 MW at 120 USD/MWh under a ceiling of 100."""
    zone = gpd.GeoDataFrame(
        {"district": ["A", "B"]}, geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], crs=4326
    )
    plants = pd.DataFrame(
        {
            "status": ["existing", "candidate", "candidate"], "district": ["A", "A", "B"],
            "capacity_mw": [10.0, 5.0, 7.0], "energy_gwh": [30.0, 15.0, 21.0], "lcoe_usd_mwh": [np.nan, 80.0, 120.0],
        }
    )  # fmt: skip
    table = ladder.by_district(zone, np.array(["A", "A", "B"]), np.array([50.0, 20.0, 60.0]), plants, hydro.Options())
    table = table.set_index("district")
    assert table.theoretical_gwh.tolist() == [70.0, 60.0]
    assert table.technical_mw.tolist() == [15.0, 7.0] and table.economic_mw.tolist() == [15.0, 0.0]
    assert table.technical_gwh.tolist() == [45.0, 21.0] and table.existing_gwh.tolist() == [30.0, 0.0]


@pytest.fixture(scope="module")
def potential():
    zone = catalogue.load_districts()
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.arange(45.4, 48.0, 0.04), np.arange(38.7, 40.6, 0.04)))
    district = np.full(lon.size, "", dtype=object)
    for row in zone.itertuples():
        district[shapely.contains_xy(row.geometry, lon, lat)] = row.district
    keep = district != ""
    columns = {"x": lon, "y": lat, "lon": lon, "lat": lat, "district": district.astype(str)}
    columns |= {"area_km2": np.full(lon.size, 15.0), "eligible_fraction": np.ones(lon.size)}
    names = [f"{x:.2f} {y:.2f}" for x, y in zip(lon[keep], lat[keep], strict=True)]
    sites = xr.Dataset({name: ("site", values[keep]) for name, values in columns.items()}, {"site": names})
    weather = xr.Dataset(coords={"time": pd.date_range("2018-01-01", "2018-01-31", freq="h")})
    layers = schema.Layers(xr.Dataset(), weather, catalogue.load_elevation(), catalogue.read_tables(), zone)
    return hydro.estimate(sites, layers, hydro.Options(capital_factor=0.4))


@pytest.mark.parametrize("name", ["hydro_basins", "hydro_districts"])
def test_the_rungs_of_the_zone_descend_and_add_up(potential, name):
    table, totals = potential.features[name], potential.totals
    assert (table.theoretical_gwh >= 0).all() and table.geometry.is_valid.all()
    assert (table.technical_gwh >= table.economic_gwh).all() and (table.economic_mw >= table.existing_mw).all()
    assert table.technical_mw.sum() == pytest.approx(totals["existing_mw"] + totals["candidate_mw"], rel=0.01)
    assert table.candidate_gwh.sum() == pytest.approx(totals["candidate_gwh"], rel=0.01)
    assert table.theoretical_gwh.sum() == pytest.approx(totals["theoretical_gwh"], rel=0.02)
    economic = totals["existing_mw"] + totals["economic_candidate_mw"]
    assert table.economic_mw.sum() == pytest.approx(economic, rel=0.01)
    assert totals["economic_candidate_mw"] > 0


def test_the_zones_basins_have_their_names(potential):
    """The rivers of the zone (table hydro_rivers); the Tartar's and the Hakari's basins hold most of the energy."""
    table = potential.features["hydro_basins"].set_index("basin")
    assert {"Tartar", "Hakari", "Bargushad", "Okhchuchay", "Karkar", "Lev", "Tutgu", "beside the Araz"} <= set(
        table.index
    )
    mine = table.loc[["Tartar", "Lev", "Tutgu", "Hakari", "Zabukh", "Hochaz", "Bargushad"]].technical_gwh.sum()
    assert mine > 0.8 * table.technical_gwh.sum()
