"""Work shared among threads that stay: to start one takes as long as many a kernel.

Comes in: a function of a piece of the work, which releases the GIL. Goes out: nothing but what it wrote. The one who
calls works along, so that any number may call at once, also from within the work itself.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise

import numba

PIECES = 64  # of the work of one call that threads take in turn


def in_threads(work: Callable[[int, int], None], count: int) -> None:
    """Run `work(first, last)` over `range(count)` in pieces, in NUMBA_NUM_THREADS threads (all cores by default).

    For kernels that write to arrays of their caller: they release the GIL, compile in half the time that Numba's own
    parallel loops take, and any number of callers may run at once. The pieces do not depend on the threads.

    Parameters
    ----------
    work : callable
        Called with the first number of a piece and the one after its last.
    count : int
        How many numbers there are.

    Raises
    ------
    Exception
        What `work` raises; pieces that nobody has begun are left then.
    """
    pieces = min(count, PIECES)
    bounds = [count * piece // pieces for piece in range(pieces + 1)] if pieces else [0]
    left = deque(pairwise(bounds))

    def take_turns() -> None:
        try:
            while piece := _next(left):
                work(*piece)
        except BaseException:
            left.clear()
            raise

    others = [_helpers().submit(take_turns) for _ in range(min(_threads(), pieces) - 1)]
    try:
        take_turns()
    finally:  # those that never began wait for other work, which may wait for us
        begun = [other for other in others if not other.cancel()]
        wait(begun)
    for other in begun:
        other.result()


def _next(left: deque[tuple[int, int]]) -> tuple[int, int] | None:
    """The next piece, None where all are taken."""
    try:
        return left.popleft()
    except IndexError:
        return None


def _threads() -> int:
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(_threads() - 1, 1), "greenzone")


if hasattr(os, "register_at_fork"):  # a child process has none of its parent's threads
    os.register_at_fork(after_in_child=_helpers.cache_clear)
