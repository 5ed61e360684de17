"""Learned optimizers: small networks, applied to every parameter on its own, that take the place of Adam.

``Theta`` is a trained one: from a file (``Theta.load``), from this package (``Theta.shipped``) or from the daemon that
trains it (``fetch``). ``lopt.numpy`` is the update as a page of NumPy.
"""

from lopt._fetch import fetch
from lopt._version import __version__
from lopt.architecture import Architecture
from lopt.errors import SnapshotError
from lopt.theta import Theta

__all__ = ["Architecture", "SnapshotError", "Theta", "__version__", "fetch"]
