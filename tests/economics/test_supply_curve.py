"""Competition for the grid's spare capacity, and the curves of it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from greenzone.economics import capital_recovery_factor, compete, economic_potential, supply_curve
from greenzone.economics.supply_curve import plants_of
from greenzone.schema import Potential

ANNUITY = float(capital_recovery_factor(0.1, 25))


def market(capacity, factor, lcoe, capital, spare, reinforcement=100.0):
    """Potentials and a connection from arrays: (technology, site), (node, site), (node,)."""
    capacity, factor, lcoe = (np.atleast_2d(np.asarray(values, float)) for values in (capacity, factor, lcoe))
    site = [f"s{number}" for number in range(capacity.shape[1])]
    potentials, costs = {}, {}
    for name, mw, cf, cost in zip(("solar", "wind"), capacity, factor, lcoe, strict=False):
        values = {"capacity_mw": mw, "capacity_factor": cf, "energy_gwh": mw * np.nan_to_num(cf) * 8.76}
        table = xr.Dataset({key: ("site", value) for key, value in values.items()}, {"site": site})
        potentials[name] = Potential(name, table, xr.Dataset())
        costs[name] = xr.DataArray(np.where((mw > 0) & (cf > 0), cost, np.nan), {"site": site}, ("site",))
    capital = np.asarray(capital, float)
    choices = xr.Dataset(
        {
            "capital": (("node", "site"), capital),
            "upkeep": (("node", "site"), 0 * np.nan_to_num(capital, posinf=0)),
            "spare_capacity": ("node", np.asarray(spare, float)),
        },
        {"node": [f"n{number}" for number in range(len(spare))], "site": site},
    )
    connection = SimpleNamespace(choices=choices, reinforcement=reinforcement)
    annuities = dict.fromkeys(potentials, ANNUITY)
    district = np.array(["A", "B"], object)[np.arange(len(site)) % 2]
    return costs, potentials, connection, annuities, district


def brute_force(costs, potentials, connection, annuities, _):
    """The same auction on plain lists."""
    choices, offers, wanted = connection.choices, [], {}
    for name, potential in potentials.items():
        for place in range(potential.sites.sizes["site"]):
            cost = float(costs[name][place])
            if not np.isfinite(cost):
                continue
            wanted[name, place] = float(potential.sites.capacity_mw[place])
            per_mwh = 1000 * annuities[name] / (8760 * float(potential.sites.capacity_factor[place]))
            ways = [(float(choices.capital[node, place]), node) for node in range(choices.sizes["node"])]
            ways.append((min(ways)[0] + connection.reinforcement, None))
            offers += [(cost + per_mwh * way, name, place, node) for way, node in ways if np.isfinite(way)]
    spare, bill, sold = list(choices.spare_capacity.values), 0.0, 0.0
    for total, name, place, node in sorted(offers, key=lambda offer: offer[0]):
        given = min(wanted[name, place], np.inf if node is None else spare[node])
        wanted[name, place] -= given
        if node is not None:
            spare[node] -= given
        bill, sold = bill + given * total, sold + given
    return sold, bill


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), sites=st.integers(1, 8), nodes=st.integers(1, 4), technologies=st.integers(1, 2))
def test_auction_equals_brute_force(seed, sites, nodes, technologies):
    rng = np.random.default_rng(seed)
    shape = (technologies, sites)
    capacity = rng.uniform(0, 100, shape) * (rng.uniform(size=shape) > 0.2)
    capital = np.where(rng.uniform(size=(nodes, sites)) < 0.2, np.inf, rng.uniform(50, 400, (nodes, sites)))
    case = market(
        capacity, rng.uniform(0.1, 0.5, shape), rng.uniform(30, 90, shape), capital, rng.uniform(0, 150, nodes)
    )
    if not np.nansum([np.isfinite(cost).sum() for cost in case[0].values()]):
        return
    found = compete(*case)
    sold, bill = brute_force(*case)
    assert found.capacity_mw.sum() == pytest.approx(sold)
    assert (found.capacity_mw * found.lcoe_connected).sum() == pytest.approx(bill)


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000))
def test_no_node_takes_more_than_it_can_and_no_site_gives_more_than_it_has(seed):
    rng = np.random.default_rng(seed)
    case = market(
        rng.uniform(1, 100, (2, 6)), rng.uniform(0.1, 0.5, (2, 6)), rng.uniform(30, 90, (2, 6)),
        rng.uniform(50, 400, (3, 6)), rng.uniform(0, 200, 3),
    )  # fmt: skip
    found = compete(*case)
    spare = case[2].choices.spare_capacity.to_series()
    taken = found[~found.reinforced].groupby("grid_node").capacity_mw.sum()
    assert (taken <= spare[taken.index] + 1e-9).all()
    for name, potential in case[1].items():
        given = found[found.technology == name].groupby("site").capacity_mw.sum()
        whole = potential.sites.capacity_mw.to_series()
        np.testing.assert_allclose(given.reindex(whole.index), whole)  # reinforcement connects the rest
        energy = found[found.technology == name].energy_gwh.sum()
        assert energy == pytest.approx(float(potential.sites.energy_gwh.sum()))
    assert (found.lcoe_connected >= found.lcoe).all()
    assert found.lcoe_connected.is_monotonic_increasing


def test_the_cheaper_site_gets_the_node_and_the_other_pays():
    case = market([[60, 60]], [[0.2, 0.2]], [[50, 40]], [[80, 80]], [60])
    found = compete(*case)
    assert found.site.tolist() == ["s1", "s0"]
    assert found.reinforced.tolist() == [False, True]
    per_mwh = 1000 * ANNUITY / (8760 * 0.2)
    assert found.lcoe_connected.tolist() == pytest.approx([40 + 80 * per_mwh, 50 + 180 * per_mwh])


def test_curve_ends_at_everything_and_never_falls():
    case = market([[60, 0, 30], [20, 40, 0]], [[0.2] * 3] * 2, [[50, 40, 45.5], [70, 80, 60]], [[80] * 3], [70])
    costs, potentials, connection, annuities, district = case
    together = compete(*case)
    alone = compete({"solar": costs["solar"]}, {"solar": potentials["solar"]}, connection, annuities, district)
    curve = supply_curve(alone, together, plants_of(costs, potentials, annuities, district))
    whole = curve[(curve.mix == "together") & (curve.technology == "all") & (curve.district == "zone")]
    assert whole.iloc[-1][["capacity_mw", "connected_capacity_mw"]].tolist() == pytest.approx([150, 150])
    assert whole.lcoe.iloc[0] == 46  # 45.5 counts at the upper end of its step
    for _, part in curve.groupby(["mix", "technology", "district"]):
        assert part.lcoe.is_monotonic_increasing
        assert (part[["capacity_mw", "energy_gwh", "connected_capacity_mw"]].diff().iloc[1:] >= -1e-9).all(axis=None)
        assert (part.connected_capacity_mw <= part.capacity_mw + 1e-9).all()  # connection never makes it cheaper
    ends = curve[curve.mix == "together"].groupby(["technology", "district"]).capacity_mw.last()
    assert ends["all", "A"] + ends["all", "B"] == pytest.approx(ends["all", "zone"])
    assert not ((curve.mix == "alone") & (curve.technology == "all")).any()


def test_economic_rung_is_what_is_connected_under_the_ceiling():
    case = market([[60, 60]], [[0.2, 0.2]], [[50, 40]], [[80, 80]], [60])
    found = compete(*case)
    between = float(found.lcoe_connected.mean())
    assert economic_potential(found, ["solar", "wind"], between).capacity_mw.tolist() == [60, 0]
    assert economic_potential(found, ["solar"], 1000).energy_gwh.item() == pytest.approx(120 * 0.2 * 8.76)
    assert economic_potential(found, ["solar"], 0).to_numpy().sum() == 0


def test_curve_of_a_technology_that_finds_no_place_beside_one_that_does():
    case = market([[60, 30], [0, 0]], [[0.2, 0.2]] * 2, [[50, 40]] * 2, [[80, 80]], [70])
    costs, potentials, connection, annuities, district = case
    alone = pd.concat(
        [compete({name: costs[name]}, {name: potentials[name]}, connection, annuities, district) for name in costs]
    )
    curve = supply_curve(alone, compete(*case), plants_of(costs, potentials, annuities, district))
    assert set(curve.technology) == {"solar", "all"}
    assert curve.connected_capacity_mw.max() == 90


def test_without_nodes_or_plants_nothing_is_connected():
    empty = market([[60, 60]], [[0.2, 0.2]], [[50, 40]], np.zeros((0, 2)), [])
    assert compete(*empty).empty
    nothing = market([[0, 0]], [[0.2, 0.2]], [[50, 40]], [[80, 80]], [60])
    assert compete(*nothing).empty
