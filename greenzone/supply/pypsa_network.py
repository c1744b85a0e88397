"""The plan as a PyPSA network, for those who go on from here with other tools.

Comes in: a plan model or a finished run. Goes out: a `pypsa.Network` that solves as it is, to the same cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from greenzone.errors import GreenzoneError
from greenzone.supply.plan import PlanModel
from greenzone.supply.zone_plan import RunView, plan_model

if TYPE_CHECKING:
    import pypsa

CENTRE_LON, CENTRE_LAT = 46.75, 39.76  # Shusha: where a zone without coordinates of its own is drawn


def to_pypsa(run: RunView | PlanModel, green_share: float = 1.0) -> pypsa.Network:
    """A PyPSA network of one bus with the run's sources, stores, demand and share of green energy over the year.

    Parameters
    ----------
    run : Run or PlanModel
        A finished run, whose potential becomes sources as in `plan_model`, or a model of one's own.
    green_share : float
        Least share of demand over the year that is not from the grid. [1]

    Returns
    -------
    pypsa.Network
        `network.optimize(solver_name="highs")` finds the cost of `PlanModel.solve(green_share)`.

    Raises
    ------
    GreenzoneError
        PyPSA is not installed.
    """
    try:
        import pypsa
    except ImportError:
        raise GreenzoneError("PyPSA is not installed: pip install 'greenzone[pypsa]'") from None
    model = run if isinstance(run, PlanModel) else plan_model(run)
    network: Any = pypsa.Network()
    network.set_snapshots(model.time)
    # One year of cost is spread over the hours there are, as in the plan.
    yearly = model.hours / model.years
    weights = {"objective": yearly, "generators": yearly, "stores": model.hours}
    network.snapshot_weightings = pd.DataFrame(weights, network.snapshots, dtype=float)
    network.add("Bus", "zone", carrier="AC", x=CENTRE_LON, y=CENTRE_LAT)
    network.add("Carrier", ["AC", *(part.name for part in model.parts)])
    network.add("Carrier", "grid", co2_emissions=1.0)
    network.add("Load", "demand", bus="zone", p_set=model.demand)
    for source in model.sources:
        network.add(
            "Generator", source.name, bus="zone", carrier=source.name, p_nom_extendable=True,
            p_nom_min=source.min_mw, p_nom_max=source.max_mw, capital_cost=source.per_mw,
            marginal_cost=source.per_mwh, p_max_pu=np.asarray(source.profile, float),
        )  # fmt: skip
    for store in model.stores:
        network.add(
            "StorageUnit", store.name, bus="zone", carrier=store.name, p_nom_extendable=True, p_nom_max=store.max_mw,
            max_hours=store.hours, capital_cost=store.per_mw, efficiency_store=store.charge_efficiency,
            efficiency_dispatch=store.discharge_efficiency, cyclic_state_of_charge=True,
        )  # fmt: skip
    network.add(
        "Generator", "grid", bus="zone", carrier="grid", p_nom=float(model.demand.max()) * 1.01,
        marginal_cost=model.grid_price,
    )  # fmt: skip
    # What the grid gives is counted as one "emission" a MWh, so that PyPSA's own constraint keeps the green share.
    network.add(
        "GlobalConstraint", "green_share", type="primary_energy", carrier_attribute="co2_emissions", sense="<=",
        constant=(1 - green_share) * float(model.demand.sum()) * model.hours / model.years,
    )  # fmt: skip
    return network
