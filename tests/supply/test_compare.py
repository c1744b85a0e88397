"""Runs side by side: rows in order, values as written, missing runs named."""

import numpy as np
import pandas as pd
import pytest

from greenzone.errors import GreenzoneError
from greenzone.supply import compare


def write_run(folder, values):
    folder.mkdir()
    rows = [
        {"scenario": scenario, "period": period, "technology": "all", "quantity": "energy", "unit": "GWh", "value": v}
        for scenario, value in values.items()
        for period, v in (("year", value), ("01", value / 12))
    ]
    pd.DataFrame(rows).to_csv(folder / "scenarios.csv", index=False)
    return folder


def test_runs_stand_side_by_side_in_their_order(tmp_path):
    one = write_run(tmp_path / "one", {"small": 10.0, "large": 90.0})
    two = write_run(tmp_path / "two", {"large": 7.0})
    table = compare([two, one], tmp_path / "compare.png")
    assert (table.run + "/" + table.scenario).tolist() == ["two/large", "one/small", "one/large"]
    assert table.energy.tolist() == [7, 10, 90]
    assert np.isnan(table.demand).all()
    assert (tmp_path / "compare.png").read_bytes()[:4] == b"\x89PNG"


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(GreenzoneError, match="no finished run here"):
        compare([tmp_path])
    with pytest.raises(GreenzoneError, match="nothing to compare"):
        compare([])
