"""Processes that share the work, and end with the one that started them."""

import ctypes
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

PR_SET_PDEATHSIG = 1


def begin():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started them.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def processes(count):
    """A pool of processes with everything that this one has in memory. Where its block fails, what waits is dropped."""
    pool = ProcessPoolExecutor(count, mp_context=get_context("fork"), initializer=begin)
    try:
        yield pool
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()
