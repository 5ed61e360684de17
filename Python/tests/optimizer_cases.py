"""Cases of the update that every implementation is tested with: architectures, tensors and gradients."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import lopt
import lopt.numpy

#: Architectures by name: the paper's, each option of the update, each ablation, and other numbers of everything.
ARCHITECTURES = {
    "paper": lopt.Architecture(),
    "time frozen": lopt.Architecture(time_frozen_at=7),
    "scaled by rms": lopt.Architecture(scale_by_rms=True),
    "raw momentum": lopt.Architecture(raw_momentum=True),
    "all options": lopt.Architecture(time_frozen_at=3, scale_by_rms=True, raw_momentum=True),
    "without momentum": lopt.Architecture(features=("rms", "time")),
    "without rms": lopt.Architecture(features=("momentum", "time")),
    "without time": lopt.Architecture(features=("momentum", "rms")),
    "without features": lopt.Architecture(features=(), scale_by_rms=True),
    "deep": lopt.Architecture(hidden_layers=3, hidden_units=7),
    "one beta": lopt.Architecture(betas=(0.0,), time_scales=(5.0,), hidden_units=2),
    "strong": lopt.Architecture(lambda1=0.01, lambda2=0.5),
}

#: Shapes by name: each rank from 0 to 4, and sizes about the block of 64 parameters that the engine works in.
SHAPES = {
    "rank 0": (),
    "size 1": (1,),
    "size 63": (63,),
    "size 64": (64,),
    "size 65": (65,),
    "rank 2": (5, 13),
    "rank 3": (3, 4, 5),
    "rank 4": (2, 3, 3, 4),
    "size 10000": (100, 100),
}


@dataclasses.dataclass(frozen=True)
class Case:
    """Tensors by name with K gradients of each, [K, …shape], in double precision."""

    theta: lopt.Theta
    parameters: dict[str, NDArray[np.float64]]
    gradients: dict[str, NDArray[np.float64]]
    steps: int

    def after(self, dtype: Any, rate: float = 1.0, weight_decay: float = 0.0) -> dict[str, NDArray[Any]]:
        """Returns the parameters after all steps by ``lopt.numpy`` in a precision."""
        after = {}
        for name, start in self.parameters.items():
            u = start.astype(dtype)
            m = v = np.zeros((len(self.theta.architecture.betas), *u.shape), dtype)
            for step in range(self.steps):
                gradient = self.gradients[name][step].astype(dtype)
                u, m, v = lopt.numpy.update(self.theta, u, gradient, m, v, step, rate, weight_decay)
            after[name] = u
        return after


def theta(architecture: lopt.Architecture, seed: int = 0, deviation: float = 1.0) -> lopt.Theta:
    """Makes a θ with random weights, biases among them."""
    random = np.random.default_rng(seed)
    parts = []
    for inputs, outputs in architecture.shapes:
        parts += [random.normal(0, deviation / math.sqrt(inputs), inputs * outputs), random.normal(0, 0.1, outputs)]
    return lopt.Theta(architecture, np.concatenate(parts))


def case(
    architecture: str = "paper", steps: int = 3, shapes: dict[str, tuple[int, ...]] | None = None, size: float = 1e-2
) -> Case:
    """Makes a case with random parameters and gradients; ``size`` is the standard deviation of the gradients."""
    random = np.random.default_rng(1)
    shapes = SHAPES if shapes is None else shapes

    def single(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(values, -3e38, 3e38).astype(np.float32).astype(np.float64)

    parameters = {name: single(random.normal(0, 0.1, shape)) for name, shape in shapes.items()}
    gradients = {name: single(random.normal(0, size, (steps, *shape))) for name, shape in shapes.items()}
    return Case(theta(ARCHITECTURES[architecture]), parameters, gradients, steps)


def distances(
    case: Case, after: dict[str, NDArray[Any]], right: dict[str, NDArray[Any]]
) -> Iterator[tuple[str, float, float]]:
    """Compares parameters after a case with what is right.

    Yields:
        of each tensor its name, ‖u − u*‖ / ‖u* − u₀‖, and the part of that which the rounding of u alone explains,
        6e-8 ‖u*‖ / ‖u* − u₀‖.
    """
    for name, start in case.parameters.items():
        u, expected = np.float64(after[name]), np.float64(right[name])
        change = np.linalg.norm((expected - start).ravel())
        yield name, np.linalg.norm((u - expected).ravel()) / change, 6e-8 * np.linalg.norm(expected.ravel()) / change
