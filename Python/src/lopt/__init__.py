"""Learned optimizers: small networks, applied to every parameter on its own, that take the place of Adam.

``Theta`` is a trained one: from a file (``Theta.load``) or from this package (``Theta.shipped``).
"""

from lopt.architecture import Architecture
from lopt.errors import SnapshotError
from lopt.theta import Theta

__all__ = ["Architecture", "SnapshotError", "Theta"]
