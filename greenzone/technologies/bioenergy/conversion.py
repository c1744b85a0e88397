"""From fuel to electricity and heat: the way each feedstock takes, and what plants make of it by their size.

Comes in: the tables of conversion and plants, options. Goes out: efficiencies, sizes, costs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from greenzone.errors import GreenzoneError
from greenzone.technologies.bioenergy.feedstocks import FEEDSTOCKS
from greenzone.technologies.bioenergy.options import Options

Array = NDArray[np.float64]


class Ways(NamedTuple):
    """For each feedstock the kind of plant, electricity and heat per energy of the fuel, energy of a load [GJ/t], hours
    of output whose fuel can be kept [h], and the load below which the plant cannot run [1]."""

    kind: NDArray[np.str_]
    electric: Array
    heat: Array
    load: Array
    store: Array
    least: Array


def read_ways(table: pd.DataFrame, options: Options) -> Ways:
    """The way of each feedstock by the options, in the order of `FEEDSTOCKS`.

    Raises
    ------
    GreenzoneError
        A feedstock without a way, or one that gives more than its energy.
    """
    chosen = {options.solid_pathway, options.waste_pathway, "anaerobic_digestion"}
    rows = table[table.pathway.isin(chosen)].drop_duplicates("feedstock").set_index("feedstock")
    missing = [name for name in FEEDSTOCKS if name not in rows.index]
    if missing:
        raise GreenzoneError(
            f"the table bioenergy_conversion has no row for {missing[0]} by {', '.join(sorted(chosen))}"
        )
    rows = rows.loc[list(FEEDSTOCKS)]
    electric = rows.electric_efficiency.to_numpy(float).copy()
    if options.waste_pathway == "incineration":
        electric[FEEDSTOCKS.index("waste")] = options.waste_electricity * 3.6 / options.waste_heating_value
    heat = rows.heat_efficiency.to_numpy(float)
    if (electric + heat > 1).any():
        wrong = FEEDSTOCKS[int(np.argmax(electric + heat))]
        raise GreenzoneError(f"electricity and heat from {wrong} are more than its energy: lower an efficiency")
    rest = (rows[name].to_numpy(float) for name in ("load_gj_per_t", "store_hours", "least_load"))
    return Ways(rows.resource_class.to_numpy().astype(str), electric, heat, *rest)
