"""``lopt.optax`` has the manners of Optax."""

from __future__ import annotations

import numpy as np
import pytest

jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")

import jax.numpy as jnp  # noqa: E402
from optimizer_cases import ARCHITECTURES, theta  # noqa: E402

import lopt.optax  # noqa: E402

THETA = theta(ARCHITECTURES["paper"])
PARAMETERS = {"layer": {"weight": jnp.linspace(-1, 1, 12).reshape(3, 4), "bias": jnp.zeros(4)}, "scale": jnp.ones(())}


def loss(parameters, inputs):
    outputs = jnp.tanh(inputs @ parameters["layer"]["weight"] + parameters["layer"]["bias"]) * parameters["scale"]
    return jnp.mean((outputs - 1) ** 2)


def inputs_of(step):
    return jax.random.normal(jax.random.key(step), (8, 3))


def train(optimizer, steps=3, parameters=PARAMETERS, state=None, first=0):
    state = optimizer.init(parameters) if state is None else state
    for step in range(first, first + steps):
        gradients = jax.grad(loss)(parameters, inputs_of(step))
        updates, state = optimizer.update(gradients, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
    return parameters, state


def assert_same(first, second, atol=0.0):
    assert jax.tree.structure(first) == jax.tree.structure(second)
    for one, other in zip(jax.tree.leaves(first), jax.tree.leaves(second), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=atol)


def assert_differ(first, second):
    for one, other in zip(jax.tree.leaves(first), jax.tree.leaves(second), strict=True):
        assert not np.allclose(one, other, rtol=0, atol=1e-7)


def test_updates_are_to_be_subtracted_before_the_rate_is_applied():
    scaled, _ = train(optax.chain(lopt.optax.scale_by_learned_optimizer(THETA), optax.scale(-0.5)))
    assert_same(scaled, train(lopt.optax.learned_optimizer(0.5, THETA))[0])
    assert_differ(scaled, PARAMETERS)


def test_a_schedule_sets_the_rate_of_each_step():
    schedule = optax.piecewise_constant_schedule(1.0, {1: 0.25})
    scheduled, _ = train(lopt.optax.learned_optimizer(schedule, THETA), 2)
    parameters, state = train(lopt.optax.learned_optimizer(1.0, THETA), 1)
    parameters, _ = train(lopt.optax.learned_optimizer(0.25, THETA), 1, parameters, state, 1)
    assert_same(scheduled, parameters)


def test_the_decay_is_of_the_masked_parameters():
    decayed, _ = train(lopt.optax.learned_optimizer(1.0, THETA, 0.1, {"layer": True, "scale": False}), 1)
    plain, _ = train(lopt.optax.learned_optimizer(1.0, THETA), 1)
    expected = plain["layer"]["weight"] - 0.1 * PARAMETERS["layer"]["weight"]
    np.testing.assert_allclose(decayed["layer"]["weight"], expected, rtol=0, atol=1e-6)
    assert decayed["scale"] == plain["scale"]


def test_jit_compiles_once_and_changes_nothing():
    optimizer = lopt.optax.learned_optimizer(optax.cosine_decay_schedule(1.0, 5), THETA)
    traces = []

    @jax.jit
    def update(gradients, state, parameters):
        traces.append(1)
        return optimizer.update(gradients, state, parameters)

    compiled = optax.GradientTransformation(optimizer.init, update)
    assert_same(train(compiled, 5)[0], train(optimizer, 5)[0], atol=1e-6)
    assert len(traces) == 1


def test_vmap_trains_each_for_itself():
    optimizer = lopt.optax.learned_optimizer(1.0, THETA)
    others = jax.tree.map(lambda leaf: 3 * leaf + 1, PARAMETERS)
    both = jax.tree.map(lambda one, other: jnp.stack([one, other]), PARAMETERS, others)
    state = jax.vmap(optimizer.init)(both)
    for step in range(2):
        gradients = jax.vmap(jax.grad(loss), (0, None))(both, inputs_of(step))
        updates, state = jax.vmap(optimizer.update)(gradients, state, both)
        both = optax.apply_updates(both, updates)
    for index, parameters in enumerate((PARAMETERS, others)):
        alone, _ = train(optimizer, 2, parameters)
        assert_same(jax.tree.map(lambda leaf, index=index: leaf[index], both), alone, atol=1e-6)


def test_masked_leaves_the_other_parameters_alone():
    optimizer = optax.masked(lopt.optax.learned_optimizer(1.0, THETA), {"layer": True, "scale": False})
    gradients = jax.grad(loss)(PARAMETERS, inputs_of(0))
    updates, _ = optimizer.update(gradients, optimizer.init(PARAMETERS), PARAMETERS)
    assert updates["scale"] == gradients["scale"]
    assert not np.allclose(updates["layer"]["weight"], gradients["layer"]["weight"])


def test_multi_transform_trains_each_label_by_its_own_optimizer():
    optimizer = optax.multi_transform(
        {"learned": lopt.optax.learned_optimizer(1.0, THETA), "sgd": optax.sgd(0.1)},
        {"layer": "learned", "scale": "sgd"},
    )
    mixed, _ = train(optimizer, 1)
    assert_same(mixed["layer"], train(lopt.optax.learned_optimizer(1.0, THETA), 1)[0]["layer"])
    assert mixed["scale"] == train(optax.sgd(0.1), 1)[0]["scale"]


def test_multi_steps_takes_the_mean_of_gradients():
    optimizer = optax.MultiSteps(lopt.optax.learned_optimizer(1.0, THETA), 2)
    parameters, state = train(optimizer, 2)
    assert state.inner_opt_state[0].count == 1
    plain = lopt.optax.learned_optimizer(1.0, THETA)
    gradients = [jax.grad(loss)(PARAMETERS, inputs_of(step)) for step in range(2)]
    mean = jax.tree.map(lambda one, other: (one + other) / 2, *gradients)
    updates, _ = plain.update(mean, plain.init(PARAMETERS), PARAMETERS)
    assert_same(parameters, optax.apply_updates(PARAMETERS, updates), atol=1e-6)


def test_inject_hyperparams_makes_rate_and_decay_settable():
    optimizer = optax.inject_hyperparams(lopt.optax.learned_optimizer)(1.0, THETA, weight_decay=0.0)
    _, state = train(optimizer, 1)
    state.hyperparams["learning_rate"] = jnp.array(0.0)
    parameters, _ = train(optimizer, 1, PARAMETERS, state)
    assert_same(parameters, PARAMETERS)
    state.hyperparams.update(learning_rate=jnp.array(0.5), weight_decay=jnp.array(0.1))
    parameters, _ = train(optimizer, 1, PARAMETERS, state)
    _, plain = train(lopt.optax.learned_optimizer(1.0, THETA), 1)
    right, _ = train(lopt.optax.learned_optimizer(0.5, THETA, 0.1), 1, PARAMETERS, plain)
    assert_same(parameters, right, atol=1e-6)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_updates_have_the_gradients_type_and_moments_single_precision(dtype):
    optimizer = lopt.optax.scale_by_learned_optimizer(THETA)
    half = jax.tree.map(lambda leaf: leaf.astype(dtype), PARAMETERS)
    gradients = jax.tree.map(lambda leaf: jnp.full_like(leaf, 0.5), half)
    updates, state = optimizer.update(gradients, optimizer.init(half), half)
    assert {leaf.dtype for leaf in jax.tree.leaves(updates)} == {jnp.dtype(dtype)}
    assert {leaf.dtype for leaf in jax.tree.leaves(state.moments)} == {jnp.dtype(jnp.float32)}
    single = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), (gradients, half))
    right, _ = optimizer.update(single[0], optimizer.init(single[1]), single[1])
    assert_same(updates, jax.tree.map(lambda leaf: leaf.astype(dtype), right))


def test_parameters_without_a_gradient_stay_with_their_moments():
    optimizer = lopt.optax.scale_by_learned_optimizer(THETA)
    _, state = train(optax.chain(optimizer, optax.scale(-1.0)), 1)
    state = state[0]
    gradients = {"layer": {"weight": jnp.ones((3, 4)), "bias": None}, "scale": None}
    updates, after = optimizer.update(gradients, state, PARAMETERS)
    assert updates["layer"]["bias"] is None
    assert updates["scale"] is None
    assert_same(after.moments["scale"], state.moments["scale"])
    assert_differ(after.moments["layer"]["weight"], state.moments["layer"]["weight"])


def test_trees_with_none_for_a_parameter():
    optimizer = lopt.optax.scale_by_learned_optimizer(THETA)
    parameters = {"weight": jnp.ones(3), "bias": None}
    state = optimizer.init(parameters)
    updates, state = optimizer.update({"weight": jnp.ones(3), "bias": None}, state, parameters)
    assert updates["bias"] is None
    assert state.moments["bias"] is None
    assert state.moments["weight"].shape == (2, 5, 3)


def test_an_empty_tensor_is_left_alone():
    optimizer = lopt.optax.learned_optimizer(1.0, THETA)
    empty = {"weight": jnp.zeros((0, 3))}
    updates, _ = optimizer.update(empty, optimizer.init(empty), empty)
    assert updates["weight"].shape == (0, 3)


def test_orbax_saves_and_restores_the_state(tmp_path):
    checkpoint = pytest.importorskip("orbax.checkpoint")
    optimizer = lopt.optax.learned_optimizer(optax.cosine_decay_schedule(1.0, 6), THETA)
    whole, _ = train(optimizer, 6)
    parameters, state = train(optimizer, 3)
    with checkpoint.StandardCheckpointer() as keeper:
        keeper.save(tmp_path / "state", state)
        keeper.wait_until_finished()
        restored = keeper.restore(tmp_path / "state", jax.eval_shape(optimizer.init, PARAMETERS))
    assert jax.tree.structure(restored) == jax.tree.structure(state)
    resumed, _ = train(optimizer, 3, parameters, restored, 3)
    assert_same(resumed, whole)


def test_the_parameters_must_be_given():
    optimizer = lopt.optax.learned_optimizer(1.0, THETA)
    with pytest.raises(ValueError, match=r"needs the parameters: call update\(gradients, state, params\)"):
        optimizer.update(PARAMETERS, optimizer.init(PARAMETERS))


@pytest.mark.parametrize("dtype", [jnp.complex64, jnp.int32])
def test_parameters_that_cannot_be_trained_are_refused_by_name(dtype):
    optimizer = lopt.optax.learned_optimizer(1.0, THETA)
    message = rf"cannot train params\['layer'\]\['bias'\], of type {jnp.dtype(dtype)}"
    with pytest.raises(TypeError, match=message):
        optimizer.init({"layer": {"weight": jnp.ones(3), "bias": jnp.ones(3, dtype)}})


def test_what_is_no_theta_is_refused():
    with pytest.raises(TypeError, match="theta is a str, must be a lopt.Theta, as lopt.Theta.load"):
        lopt.optax.learned_optimizer(1.0, "theta.safetensors")
