"""Compiled kernels: one decorator for those called from Python, one for the functions they are built of.

In come plain functions on arrays; out go Numba dispatchers, cached on disk where a folder is writable and compiled
anew in each process where none is. Each runs in the thread that calls it; `greenzone.threads` shares work among many.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache
from numba.extending import overload

# What may be rearranged in the arithmetic. Not in it: "nnan" and "ninf", because a NaN that comes in must come out.
RELAXED = {"contract", "arcp", "reassoc", "nsz", "afn"}

# How functions are compiled that melt into the kernels that call them.
INLINED: Any = {"fastmath": RELAXED, "error_model": "numpy", "nogil": True, "forceinline": True}


@cache
def _sources_stamp(folder: Path) -> str:
    """Hash of a package's sources: Numba alone would not see a change in an inlined function of a sister module."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), Path(__file__), Path(__file__).with_name("simd.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Cache(FunctionCache):
    """Numba's cache on disk, void when any source of the kernel's folder changes, silent when the disk refuses."""

    def __init__(self, py_func: Callable[..., Any]) -> None:
        super().__init__(py_func)
        stamp = _sources_stamp(Path(py_func.__code__.co_filename).parent)
        self._cache_file._source_stamp = (self._cache_file._source_stamp, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except OSError:
            return None
        except Exception:  # whatever unpickling what another version of the package left may raise
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError:  # full disk, folder made read-only meanwhile: the compiled function still works
            self.disable()


def kernel(*, relaxed: bool = True) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function that Python calls.

    Parameters
    ----------
    relaxed : bool
        Let the compiler reorder sums and contract products; NaN keeps its meaning in either case.

    Returns
    -------
    decorator
        Gives a Numba dispatcher, which releases the GIL.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher: Any = numba.njit(fastmath=RELAXED if relaxed else False, error_model="numpy", nogil=True)(function)
        with contextlib.suppress(RuntimeError, OSError, AttributeError):  # no folder to write to: no cache
            dispatcher._cache = _Cache(function)
        return dispatcher

    return decorate


def generic(stub: Callable[..., Any]) -> Callable[[Callable[..., Any]], Any]:
    """Register for a stub the function that picks its implementation from the types of its arguments.

    Only kernels call the stub; what is picked melts into them.
    """
    return overload(stub, jit_options=INLINED)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function that only kernels call; it melts into them."""
    return numba.njit(**INLINED)(function)
