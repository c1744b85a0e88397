"""Work in threads: every piece is done once, errors come through, and callers do not wait for one another in vain."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from greenzone.threads import PIECES, in_threads


def done(count):
    times = np.zeros(count, int)

    def work(first, last):
        times[first:last] += 1

    in_threads(work, count)
    return times


@pytest.mark.parametrize("count", [0, 1, 5, PIECES - 1, PIECES, 1000])
def test_everything_is_done_once(count):
    assert (done(count) == 1).all()


@pytest.mark.parametrize("threads", [1, 3])
def test_with_any_number_of_threads(monkeypatch, threads):
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", threads)
    assert (done(100) == 1).all()


def test_work_may_itself_be_shared():
    times = np.zeros((40, 40), int)

    def outer(first, last):
        for row in range(first, last):

            def inner(start, stop, row=row):
                times[row, start:stop] += 1

            in_threads(inner, 40)

    in_threads(outer, 40)
    assert (times == 1).all()


def test_many_callers_at_once():
    with ThreadPoolExecutor(8) as pool:
        assert all((times == 1).all() for times in pool.map(done, [100] * 40))


def test_an_error_comes_through_and_ends_the_work():
    seen = []

    def work(first, last):
        seen.append(first)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        in_threads(work, 1000)
    assert len(seen) < PIECES


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_process_has_threads_of_its_own():
    done(10)  # the parent's threads are there
    child = os.fork()
    if not child:  # a child that hung would be killed by its alarm, and fail
        import signal

        signal.alarm(20)
        os._exit(0 if (done(100) == 1).all() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_both_threads_work_at_the_same_time(monkeypatch):
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 2)
    met = threading.Barrier(2, timeout=20)

    workers = set()

    def work(first, last):
        met.wait()  # breaks where the other does not come
        workers.add(threading.get_ident())

    in_threads(work, 2)
    assert len(workers) == 2
