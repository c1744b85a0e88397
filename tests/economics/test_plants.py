"""Head-dependent costs of hydropower plants."""

import geopandas as gpd
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from greenzone.config.economics import Costs, Economics
from greenzone.economics import lcoe_of, price_factor, stream_reach_capital, stream_reach_om
from greenzone.layers import catalogue
from greenzone.schema import Potential

TABLES = catalogue.read_tables()
ORNL = (9_605_710, 0.977, -0.126)


def test_model_of_oak_ridge_by_hand():
    # ORNL/TM-2015/471: 10 MW at 100 ft: 9605710 * 9.4842 * 0.55976 = 50.996 MUSD of 2014.
    assert stream_reach_capital(10, 30.48, *ORNL) == pytest.approx(50.996e6, rel=1e-4)
    # O&M 225417 * 10^0.547 = 794,300 USD a year, below 2.5 % of the capital; at 0.01 MW the share is the limit.
    assert stream_reach_om(10, 50.996e6, 225_417, 0.547, 0.025) == pytest.approx(794_300, rel=1e-4)
    assert stream_reach_om(0.01, 100_000, 225_417, 0.547, 0.025) == 2500


@given(power=st.floats(0.1, 100), head=st.floats(5, 500), more=st.floats(1.1, 3))
def test_higher_heads_and_larger_plants_are_cheaper_per_kw(power, head, more):
    per_kw = stream_reach_capital(power, head, *ORNL) / power
    assert stream_reach_capital(power, head * more, *ORNL) / power < per_kw
    assert stream_reach_capital(power * more, head, *ORNL) / (power * more) < per_kw


def hydro(status):
    sites = xr.Dataset(
        {"capacity_mw": ("site", [10.0, 0.0]), "capacity_factor": ("site", [0.4, np.nan])}, {"site": ["a", "b"]}
    )
    plants = gpd.GeoDataFrame(
        {"status": status, "capacity_mw": [6.0, 4.0], "gross_head_m": [100.0, 50.0]},
        geometry=gpd.points_from_xy([46.001, 46.0], [39.5, 39.501]),
        crs=4326,
    )
    ground = xr.Dataset(
        {
            "lon": ("site", [46.0, 46.1]),
            "lat": ("site", [39.5, 39.5]),
            "slope": ("site", [20.0, 20.0]),
            "elevation": ("site", [1500.0, 1500.0]),
        },
        {"site": ["a", "b"]},
    )
    return {"hydro": Potential("hydro", sites, xr.Dataset(), {"hydro_plants": plants})}, {"hydro": ground}


def test_candidates_cost_by_their_head_in_the_money_of_the_run():
    potential, ground = hydro(["candidate", "candidate"])
    cost = lcoe_of(Economics(), potential, TABLES, ground)["hydro"][0].item()
    capital = stream_reach_capital([6.0, 4.0], [100.0, 50.0], *ORNL)
    upkeep = np.minimum(225_417 * np.array([6.0, 4.0]) ** 0.547, 0.025 * capital)
    crf = 0.1 / (1 - 1.1**-80)
    to_2024 = 313.689 / 236.736  # US consumer prices, 2014 to 2024
    by_hand = (capital.sum() * crf + upkeep.sum()) * to_2024 / (10 * 8760 * 0.4)
    assert cost == pytest.approx(by_hand, rel=1e-9)
    euros = lcoe_of(Economics(currency="EUR"), potential, TABLES, ground)["hydro"][0].item()
    assert cost / euros == pytest.approx(price_factor(TABLES["price_index"], "EUR", 2024, "USD", 2024))


def test_plants_that_stand_cost_what_the_table_says():
    potential, ground = hydro(["existing", "existing"])
    by_plant = lcoe_of(Economics(), potential, TABLES, ground)["hydro"]
    assert by_plant[0].item() == pytest.approx(lcoe_of(Economics(), potential, TABLES)["hydro"][0].item())
    assert np.isnan(by_plant[1])


def test_capital_of_the_scenario_file_goes_before_the_plants():
    potential, ground = hydro(["candidate", "candidate"])
    own = Economics(costs={"hydro": Costs(capital_per_kw=3000)})
    assert lcoe_of(own, potential, TABLES, ground)["hydro"][0] == lcoe_of(own, potential, TABLES)["hydro"][0]
