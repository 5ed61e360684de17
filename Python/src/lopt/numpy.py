"""The learned optimizer's update as a page of NumPy: the reference to read, and to test other implementations against.

``update`` is the whole of it; the mathematics is explained under "One update" of Documentation/method.md. It is as slow
as NumPy is, and holds all inputs of a tensor, some 30 numbers a parameter, in memory at once. ``LearnedOptimizer``
trains by it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lopt._constants import BLOCK, INVERSE_RMS_EPSILON, NORMALIZATION_EPSILON, SCALE_EPSILON
from lopt.theta import Theta

__all__ = ["LearnedOptimizer", "update"]


@np.errstate(over="ignore", under="ignore", invalid="ignore")  # a divergence shows in the result
def update(
    theta: Theta,
    u: NDArray,
    g: NDArray,
    m: NDArray,
    v: NDArray,
    step: int,
    rate: float = 1.0,
    weight_decay: float = 0.0,
) -> tuple[NDArray, NDArray, NDArray]:
    """Does one step of training of one tensor of parameters: u ← u − rate (Δ + weight_decay u).

    All is computed in the precision of ``u``, float32 or float64; in float32 the means over the tensor and the time
    inputs are in double precision, as the engine has them. Nothing that is given is changed.

    Args:
        theta: the learned optimizer.
        u: the parameters, of any shape; a tensor without elements is left alone.
        g: the gradient of the loss by the parameters, of the same shape.
        m: the momenta [betas, *shape], averages of the gradient with the decays β; 0 before the first step.
        v: the second moments [betas, *shape], averages of its square likewise.
        step: the number of steps that the tensor has behind it, 0 for its first one.
        rate: the factor of the step; with 1 it is the step that θ was trained with.
        weight_decay: the decay of the parameters, decoupled from the gradient and multiplied by the rate.

    Returns:
        the parameters, the momenta and the second moments after the step.

    Raises:
        TypeError: where the parameters are neither float32 nor float64.
        ValueError: where shapes do not fit, or the step is below 0.
    """
    architecture = theta.architecture
    u = np.asarray(u)
    if u.dtype not in (np.float32, np.float64):
        raise TypeError(f"parameters are {u.dtype}, must be float32 or float64")
    real, betas, shape = u.dtype.type, len(architecture.betas), u.shape
    g, m, v = np.asarray(g, real), np.asarray(m, real), np.asarray(v, real)
    _require_shape("the gradient", g, shape)
    _require_shape("m", m, (betas, *shape))
    _require_shape("v", v, (betas, *shape))
    if step < 0:
        raise ValueError(f"step is {step}, must be 0 or more: the number of steps before this one")
    if u.size == 0:
        return u, m, v
    u, g, m, v = u.reshape(-1), g.reshape(-1), m.reshape(betas, -1), v.reshape(betas, -1)

    # The moments take this step's gradient before they are used.
    beta = np.array(architecture.betas, real)[:, np.newaxis]
    rest = np.array(architecture.rests, real)[:, np.newaxis]
    m = beta * m + rest * g
    v = beta * v + rest * (g * g)

    # The inputs of the network that differ from parameter to parameter, each beside its square.
    r_squared = 1 / (v + real(INVERSE_RMS_EPSILON))
    r = np.sqrt(r_squared)
    momentum, rms = "momentum" in architecture.features, "rms" in architecture.features
    inputs = [(g, g * g)]
    if momentum and rms:
        inputs += zip(m * r, m * m * r_squared, strict=True)
    inputs += [(u, u * u)]
    if momentum:
        inputs += zip(m, m * m, strict=True)
    if rms:
        inputs += [*zip(v, v * v, strict=True), *zip(r, r_squared, strict=True)]

    # Each is divided by its root mean square over the tensor.
    raw = range(1, 1 + betas) if architecture.raw_momentum else ()
    x = np.empty((len(inputs), u.size), real)
    for row, (value, square) in enumerate(inputs):
        scale = 1.0 if row in raw else 1 / np.sqrt(NORMALIZATION_EPSILON + _mean(square))
        x[row] = real(scale) * value

    # The time inputs are the same for all parameters: a part of the biases of the first layer.
    time = step if architecture.time_frozen_at is None else min(step, architecture.time_frozen_at)
    times = np.tanh(time / np.array(architecture.time_inputs) - 1)
    (weight, bias), *others = theta.layers
    layers = [(weight[: len(x)], bias + times @ weight[len(x) :].astype(np.float64)), *others]

    # The network, from [inputs, parameters] to the two outputs.
    for index, (weight, bias) in enumerate(layers):
        x = weight.astype(real).T @ x + bias.astype(real)[:, np.newaxis]
        if index < len(layers) - 1:
            x = np.maximum(x, 0)
    d, s = x

    scale = np.sqrt(_mean(u * u) + SCALE_EPSILON) if architecture.scale_by_rms else 1.0
    exponential = np.exp(np.clip(real(architecture.lambda2) * s, -87, 88))
    change = real(architecture.lambda1 * scale) * d * exponential
    u = u - real(rate) * (change + real(weight_decay) * u)
    return u.reshape(shape), m.reshape(betas, *shape), v.reshape(betas, *shape)


def _mean(squares: NDArray) -> np.float64:
    """Returns a mean. Within a block they are added in their own precision and then in double precision, as the engine
    does, so that in float32 what overflows is the same."""
    return np.add.reduceat(squares, range(0, squares.size, BLOCK)).sum(dtype=np.float64) / squares.size


def _require_shape(name: str, array: NDArray, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name} has the shape {list(array.shape)}, must have {list(shape)}")


class LearnedOptimizer:
    """A learned optimizer that trains arrays of parameters by gradients that the caller computes.

        optimizer = LearnedOptimizer(theta, {"weight": weight, "bias": bias})
        for _ in range(1000):
            optimizer.step(gradients(optimizer.parameters))

    Args:
        theta: the learned optimizer.
        parameters: the tensors to train by name, float32 or float64 of any shape. They are not changed: each step makes
            new ones.
        rate: the factor of every step, which may be set between steps; with 1 it is the step that θ was trained with.
        weight_decay: the decay of the parameters, as in ``update``.
    """

    #: The parameters by name, as they are after the steps so far.
    parameters: dict[str, NDArray]
    #: The momenta and second moments by name, each [betas, *shape] in the precision of the parameters.
    moments: dict[str, tuple[NDArray, NDArray]]
    #: The number of steps that each tensor has behind it, by name.
    steps: dict[str, int]

    def __init__(
        self, theta: Theta, parameters: Mapping[str, ArrayLike], rate: float = 1.0, weight_decay: float = 0.0
    ) -> None:
        self.theta, self.rate, self.weight_decay = theta, rate, weight_decay
        self.parameters = {name: np.array(value) for name, value in parameters.items()}
        betas = len(theta.architecture.betas)
        zeros = {name: np.zeros((betas, *value.shape), value.dtype) for name, value in self.parameters.items()}
        self.moments = {name: (zero, zero) for name, zero in zeros.items()}
        self.steps = dict.fromkeys(self.parameters, 0)

    def step(self, gradients: Mapping[str, ArrayLike]) -> None:
        """Does one step of each tensor that has a gradient; the others, and their numbers of steps, stay as they are.

        Raises:
            ValueError: where a gradient is of no parameter, or has another shape than it. Nothing is changed then.
        """
        after = {}
        for name, gradient in gradients.items():
            if name not in self.parameters:
                raise ValueError(f"{name}: there is a gradient but no parameter of this name")
            try:
                after[name] = update(
                    self.theta,
                    self.parameters[name],
                    np.asarray(gradient),
                    *self.moments[name],
                    self.steps[name],
                    self.rate,
                    self.weight_decay,
                )
            except (TypeError, ValueError) as error:
                raise type(error)(f"{name}: {error}") from None
        for name, (parameters, m, v) in after.items():
            self.parameters[name], self.moments[name] = parameters, (m, v)
            self.steps[name] += 1
