"""Caches of kernels that another version of the package left behind."""

from __future__ import annotations

import importlib.util
import pickle

import numba
import numpy as np
import pytest

SOURCE = """
from greenzone.jit import kernel


@kernel()
def double(values):
    for i in range(values.size):
        values[i] *= 2
"""


def doubled(path):
    """What the kernel of a module makes of three ones, the module imported anew."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    values = np.ones(3)
    module.double(values)
    return values


@pytest.mark.parametrize("left", [b"cgreenzone.jit\nNoSuchType\n.", b"cno_such_package\nName\n.", b"", b"\x80rubbish"])
def test_a_cache_that_cannot_be_read_is_made_anew(tmp_path, left):
    path = tmp_path / "kernels.py"
    path.write_text(SOURCE)
    assert (doubled(path) == 2).all()
    (index,) = (tmp_path / "__pycache__").glob("*.nbi")
    whole = index.read_bytes()
    index.write_bytes(pickle.dumps(numba.__version__) + left)
    assert (doubled(path) == 2).all()
    assert len(index.read_bytes()) == len(whole)
