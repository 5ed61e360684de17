"""The learned optimizer for JAX, as gradient transformations of Optax.

import lopt, lopt.optax, optax

theta = lopt.Theta.shipped("mlp2x32-train")
optimizer = lopt.optax.learned_optimizer(1.0, theta)
state = optimizer.init(parameters)
...
updates, state = optimizer.update(gradients, state, parameters)
parameters = optax.apply_updates(parameters, updates)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from lopt._constants import BLOCK, INVERSE_RMS_EPSILON, NORMALIZATION_EPSILON, SCALE_EPSILON
from lopt.theta import Theta

__all__ = ["ScaleByLearnedOptimizerState", "learned_optimizer", "scale_by_learned_optimizer"]


class ScaleByLearnedOptimizerState(NamedTuple):
    """What the learned optimizer remembers: 40 bytes a parameter with five betas."""

    #: The number of updates so far, of int32.
    count: jax.Array
    #: The momenta and the second moments of every tensor of parameters, [2, betas, …shape]; float64 for parameters of
    #: float64, float32 for all others.
    moments: Any


def scale_by_learned_optimizer(theta: Theta) -> optax.GradientTransformation:
    """Replaces gradients by the updates Δ of a learned optimizer, which are to be subtracted from the parameters.

    It is what ``optax.scale_by_adam`` is to Adam: in a chain ``optax.scale_by_learning_rate`` comes after it. Every
    tensor of parameters, of whatever rank, is a whole to the learned optimizer, whose inputs are normalized by mean
    squares over it. Under ``jit`` these are of all shards of a tensor; under ``shard_map`` and ``pmap`` only of the
    shard, so that parameters must not be sharded there. ``vmap`` over parameters trains each by itself.

    Gradients that are None stay None, and their parameters' moments as they are. Updates have the gradients' type; the
    arithmetic is that of the moments.

    Args:
        theta: the learned optimizer.

    Raises:
        TypeError: where ``theta`` is not a ``lopt.Theta``; of ``init``, where parameters are not real floating-point
            numbers.
        ValueError: of ``update``, where it is called without the parameters.
    """
    if not isinstance(theta, Theta):
        raise TypeError(f"theta is a {type(theta).__name__}, must be a lopt.Theta, as lopt.Theta.load(path) returns")
    betas = len(theta.architecture.betas)

    def init(params: optax.Params) -> ScaleByLearnedOptimizerState:
        def zeros(path: Any, u: Any) -> jax.Array:
            dtype = jnp.result_type(u)
            if not jnp.issubdtype(dtype, jnp.floating):
                raise TypeError(
                    f"the learned optimizer cannot train params{jax.tree_util.keystr(path)}, of type {dtype}"
                )
            return jnp.zeros((2, betas, *jnp.shape(u)), jnp.promote_types(dtype, jnp.float32))

        return ScaleByLearnedOptimizerState(
            count=jnp.zeros((), jnp.int32), moments=jax.tree_util.tree_map_with_path(zeros, params)
        )

    def update(
        updates: optax.Updates, state: ScaleByLearnedOptimizerState, params: optax.Params | None = None
    ) -> tuple[optax.Updates, ScaleByLearnedOptimizerState]:
        if params is None:
            raise ValueError("the learned optimizer needs the parameters: call update(gradients, state, params)")
        gradients, structure = jax.tree.flatten(updates, is_leaf=lambda leaf: leaf is None)
        values, moments = structure.flatten_up_to(params), structure.flatten_up_to(state.moments)
        times = _times(theta, state.count)
        changes = []
        for index, gradient in enumerate(gradients):
            change = None
            if gradient is not None:
                change, moments[index] = _update(theta, values[index], gradient, moments[index], times)
            changes.append(change)
        count = jnp.where(state.count < jnp.iinfo(jnp.int32).max, state.count + 1, state.count)
        return structure.unflatten(changes), ScaleByLearnedOptimizerState(count, structure.unflatten(moments))

    return optax.GradientTransformation(init, update)


def learned_optimizer(
    learning_rate: optax.ScalarOrSchedule,
    theta: Theta,
    weight_decay: float = 0.0,
    mask: Any | Callable[[optax.Params], Any] | None = None,
) -> optax.GradientTransformation:
    """Trains parameters with a learned optimizer: u ← u − learning_rate (Δ + weight_decay u), where Δ is its update.

    Args:
        learning_rate: what multiplies every update, a number or a schedule. 1 is the step that the learned optimizer
            was trained with.
        theta: the learned optimizer.
        weight_decay: the factor of the decoupled weight decay, as of ``optax.adamw``; 0 is none.
        mask: says of which parameters the weight decay is, as of ``optax.adamw``; None is of all.

    Raises:
        TypeError, ValueError: as ``scale_by_learned_optimizer``.
    """
    return optax.chain(
        scale_by_learned_optimizer(theta),
        optax.add_decayed_weights(weight_decay, mask),
        optax.scale_by_learning_rate(learning_rate),
    )


def _times(theta: Theta, count: jax.Array) -> jax.Array:
    """Returns the time inputs [time scales] at a step."""
    frozen_at = theta.architecture.time_frozen_at
    step = count if frozen_at is None else jnp.minimum(count, frozen_at)
    scales = np.array(theta.architecture.time_inputs)
    return jnp.tanh(step.astype(jnp.result_type(float)) / scales - 1)


def _update(
    theta: Theta, value: Any, gradient: Any, moments: jax.Array, times: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Returns the update Δ of one tensor, and its moments after the step.

    ``value`` and ``gradient`` are of one shape, ``moments`` [2, betas, …shape], ``times`` [time scales].
    """
    architecture = theta.architecture
    dtype = moments.dtype
    u, g = jnp.asarray(value, dtype), jnp.asarray(gradient, dtype)
    if u.size == 0:
        return jnp.zeros_like(gradient), moments

    by_beta = (len(architecture.betas), *u.ndim * [1])
    beta, rest = (np.reshape(numbers, by_beta).astype(dtype) for numbers in (architecture.betas, architecture.rests))
    m = beta * moments[0] + rest * g
    v = beta * moments[1] + rest * (g * g)

    momentum, rms = "momentum" in architecture.features, "rms" in architecture.features
    r = jax.lax.rsqrt(v + dtype.type(INVERSE_RMS_EPSILON))
    inputs = [g[None], *([m * r] if momentum and rms else []), u[None], *([m] if momentum else [])]
    x = jnp.concatenate([*inputs, *([v, r] if rms else [])])
    value_row = 1 + (len(m) if momentum and rms else 0)

    means = _means(x * x)
    scales = jax.lax.rsqrt(means + dtype.type(NORMALIZATION_EPSILON))
    if architecture.raw_momentum:
        scales = scales.at[1:value_row].set(1)
    weight, bias = (jnp.asarray(array, dtype) for array in theta.layers[0])
    bias = bias + _product(weight[len(x) :].T, times.astype(dtype))
    layers = [(scales[:, None] * weight[: len(x)], bias), *theta.layers[1:]]
    for index, (weight, bias) in enumerate(layers):
        bias = jnp.reshape(jnp.asarray(bias, dtype), (-1, *u.ndim * [1]))
        x = _product(jnp.asarray(weight, dtype).T, x if index == 0 else jax.nn.relu(x)) + bias
    d, s = x

    factor = dtype.type(architecture.lambda1)
    if architecture.scale_by_rms:
        factor = factor * jnp.sqrt(means[value_row] + dtype.type(SCALE_EPSILON))
    change = factor * d * jnp.exp(jnp.clip(dtype.type(architecture.lambda2) * s, -87, 88))
    return change.astype(jnp.result_type(gradient)), jnp.stack([m, v])


def _means(squares: jax.Array) -> jax.Array:
    """Returns the mean of each row of ``squares`` [rows, …shape].

    It is infinite where the sum of so many squares overflows that the engine adds in single precision. So of huge
    gradients the same means overflow.
    """
    count = squares[0].size
    block = min(count, BLOCK)
    return (squares * (block / count)).sum(axis=tuple(range(1, squares.ndim))) / block


def _product(weight: jax.Array, x: jax.Array) -> jax.Array:
    """Returns weight [out, in] times x [in, …shape] in full precision, also where products are less by default."""
    return jnp.tensordot(weight, x, 1, precision=jax.lax.Precision.HIGHEST)
