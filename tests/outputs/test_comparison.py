"""Runs side by side: order, differences by hand, the same grid or a clear word."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from greenzone.errors import GreenzoneError
from greenzone.outputs.comparison import differences, potential_table, site_differences, supply_table

EMPTY = pd.DataFrame(columns=["scenario", "period", "technology", "quantity", "unit", "value"])


def findings(technologies, currency="USD", scores=(0.5, np.nan), size=1.0, best=("solar", None)):
    rungs = ("technical_mw", "technical_gwh", "economic_gwh", "capacity_factor", "lcoe")
    table = pd.DataFrame(
        [{"technology": name, **dict(zip(rungs, row, strict=True))} for name, row in technologies.items()]
    )
    boxes = [shapely.box(46 + n * size, 39, 46 + (n + 1) * size, 40) for n in range(2)]
    sites = gpd.GeoDataFrame(
        {"site": ["a", "b"], "district": ["Şuşa"] * 2, "score": list(scores), "best": list(best)},
        geometry=boxes,
        crs=4326,
    )
    return SimpleNamespace(
        config={"economics": {"currency": currency}},
        ladder=table,
        scenarios=EMPTY,
        sites=sites,
        column=lambda name: sites[name].to_numpy() if name in sites else None,
        column_names=lambda: ["score", "best"],
    )


ONE = {"solar": (10.0, 20.0, 5.0, 0.2, 40.0), "wind": (4.0, 8.0, 0.0, 0.25, 90.0)}
OTHER = {"solar": (15.0, 29.0, 0.0, 0.22, 44.0), "hydro": (2.0, 9.0, 1.0, 0.5, 60.0)}


def test_technologies_stand_together_in_the_order_of_the_runs():
    table = potential_table({"b": findings(ONE), "a": findings(OTHER)})
    assert (table.technology + "/" + table.run).tolist() == ["solar/b", "solar/a", "wind/b", "hydro/a"]
    assert table.lcoe.tolist() == [40, 44, 90, 60]


def test_differences_are_last_less_first():
    change = differences({"a": findings(ONE), "b": findings(OTHER)}).set_index("technology")
    assert change.loc["solar", ["technical_mw", "technical_gwh", "economic_gwh", "lcoe"]].tolist() == [5, 9, -5, 4]
    assert change.loc[["wind", "hydro"]].isna().to_numpy().all()  # only one of both has them
    same = differences({"a": findings(ONE), "b": findings({"solar": (10 + 1e-9, 20.0, 5.0, 0.2, 40.0)})})
    assert same.set_index("technology").loc["solar", "technical_mw"] == 0  # rounding is no difference


def test_costs_in_two_currencies_are_not_subtracted():
    change = differences({"a": findings(ONE), "b": findings(OTHER, currency="EUR")}).set_index("technology")
    assert np.isnan(change.loc["solar", "lcoe"]) and change.loc["solar", "technical_mw"] == 5


def test_sites_differ_by_their_numbers_and_their_names():
    one, other = findings(ONE), findings(OTHER, scores=(0.75, 0.5), best=("wind", None))
    change = site_differences({"a": one, "b": other}, "score")
    assert change["change"].iloc[0] == 0.25 and np.isnan(change["change"].iloc[1])
    assert site_differences({"a": one, "b": other}, "best")["change"].tolist() == ["solar to wind", None]


def test_other_sites_are_told_with_the_way_out():
    with pytest.raises(GreenzoneError, match=r"a \(2 sites\) and b \(2 sites\) have different sites.*leave out --map"):
        site_differences({"a": findings(ONE), "b": findings(OTHER, size=0.5)}, "score")
    with pytest.raises(GreenzoneError, match="needs two runs, not 3"):
        site_differences(dict.fromkeys("abc", findings(ONE)), "score")
    with pytest.raises(GreenzoneError, match=r"a: there is no column 'x'.*score, best"):
        site_differences({"a": findings(ONE), "b": findings(OTHER)}, "x")


def test_supply_of_runs_without_scenarios_is_empty():
    assert supply_table({"a": findings(ONE), "b": findings(OTHER)}).empty
