"""The engine's own kernels: the library ``liblopt``, where this machine has one, called by ctypes.

Its results are those of the program ``lopt`` to the bit. It is the file ``liblopt.so`` of this package, where its wheel
has one, or the one that the variable ``LOPT_LIBRARY`` names; an empty variable stands for none. Its interface is
``Sources/CLopt/include/lopt.h``.
"""

from __future__ import annotations

import ctypes
import os
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from lopt.architecture import Architecture
from lopt.theta import Theta

_INTERFACE = 1
_MESSAGE = 512
_FLOATS = ctypes.POINTER(ctypes.c_float)


class _Architecture(ctypes.Structure):
    """``struct lopt_architecture``."""

    _fields_ = [
        ("hidden_layers", ctypes.c_long),
        ("hidden_units", ctypes.c_long),
        ("momentum", ctypes.c_int),
        ("rms", ctypes.c_int),
        ("betas_count", ctypes.c_long),
        ("betas", _FLOATS),
        ("time_scales_count", ctypes.c_long),
        ("time_scales", _FLOATS),
        ("lambda1", ctypes.c_float),
        ("lambda2", ctypes.c_float),
        ("time_frozen_at", ctypes.c_long),
        ("scale_by_rms", ctypes.c_int),
        ("raw_momentum", ctypes.c_int),
    ]

    def __init__(self, architecture: Architecture) -> None:
        def floats(values: Sequence[float]) -> ctypes.Array:
            return (ctypes.c_float * len(values))(*values)

        super().__init__(
            hidden_layers=architecture.hidden_layers,
            hidden_units=architecture.hidden_units,
            momentum="momentum" in architecture.features,
            rms="rms" in architecture.features,
            betas_count=len(architecture.betas),
            betas=floats(architecture.betas),
            time_scales_count=len(architecture.time_inputs),
            time_scales=floats(architecture.time_inputs),
            lambda1=architecture.lambda1,
            lambda2=architecture.lambda2,
            time_frozen_at=architecture.time_frozen_at or 0,
            scale_by_rms=architecture.scale_by_rms,
            raw_momentum=architecture.raw_momentum,
        )


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL | None:
    """Returns the library; None where there is none, or only one that cannot be used, which a warning tells."""
    named = os.environ.get("LOPT_LIBRARY")
    path = Path(__file__).with_name("liblopt.so") if named is None else Path(named)
    if named == "" or (named is None and not path.exists()):
        return None
    try:
        found = ctypes.CDLL(str(path))
        interface = found.lopt_interface()
    except (OSError, AttributeError) as error:
        warnings.warn(f"{path}: cannot be used, so training is slower: {error}", RuntimeWarning, stacklevel=2)
        return None
    if interface != _INTERFACE:
        warnings.warn(
            f"{path}: has version {interface} of its interface, and this package version {_INTERFACE}, so training is "
            "slower: install the two of one release",
            RuntimeWarning,
            stacklevel=2,
        )
        return None
    found.lopt_create.argtypes = [
        ctypes.POINTER(_Architecture),
        _FLOATS,
        ctypes.c_long,
        ctypes.c_char_p,
        ctypes.c_char_p,
    ]
    found.lopt_create.restype = ctypes.c_void_p
    found.lopt_step.argtypes = [
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_long,
        ctypes.c_float,
        ctypes.c_float,
    ]
    found.lopt_free.argtypes = [ctypes.c_void_p]
    found.lopt_free.restype = None
    return found


def step(theta: Theta, tensors: ArrayLike, rate: float, weight_decay: float) -> None:
    """Does one step of each of several tensors of float32 numbers: u ← u − rate (Δ + weight_decay u).

    Only where ``library()`` is not None. Other threads of Python run meanwhile; they must leave the tensors alone.

    Args:
        theta: the learned optimizer.
        tensors: for each tensor five whole numbers, [tensors, 5] or flat: the number of its parameters, the number of
            steps that it has behind it, and the addresses of its parameters [count], of its gradient [count] and of its
            moments [2, betas, count], each contiguous. The parameters and the moments are changed. The caller keeps the
            memory.
        rate: the factor of the step.
        weight_decay: the decay of the parameters.

    Raises:
        ValueError: where a number of parameters or of steps is below 0, or an address is that of no memory. Nothing is
            changed then.
        MemoryError: where there is no memory for the step. Nothing is changed then.
        RuntimeError: where the library cannot compute on this machine as it was told to, by LOPT_ISA.
    """
    optimizer = _optimizer(theta)
    # The rows are arrays of struct lopt_parameters: five fields of 8 bytes.
    rows = np.ascontiguousarray(tensors, dtype=np.int64).reshape(-1, 5)
    if (rows[:, :2] < 0).any():
        raise ValueError("a number of parameters or of steps is below 0")
    if not rows[rows[:, 0] > 0, 2:].all():
        raise ValueError("a tensor, its gradient or its moments have no memory")
    if optimizer.library.lopt_step(optimizer.handle, rows.ctypes.data, len(rows), rate, weight_decay) != 0:
        raise MemoryError("liblopt has no memory for the step")


class _Optimizer:
    """A θ in the memory of the library, until nobody holds this object any more."""

    def __init__(self, theta: Theta) -> None:
        found = library()
        if found is None:
            raise RuntimeError("there is no liblopt here: ask library() first")
        message = ctypes.create_string_buffer(_MESSAGE)
        self.library = found
        self.handle = found.lopt_create(
            _Architecture(theta.architecture),
            theta.weights.ctypes.data_as(_FLOATS),
            len(theta.weights),
            None,
            message,
        )
        if not self.handle:
            raise RuntimeError(f"liblopt: {message.value.decode(errors='replace')}")

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            self.library.lopt_free(self.handle)


@lru_cache(maxsize=16)
def _optimizer(theta: Theta) -> _Optimizer:
    """Returns the θ in the memory of the library, which keeps those that were used last."""
    return _Optimizer(theta)
