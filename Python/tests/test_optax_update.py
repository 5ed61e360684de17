"""The update of ``lopt.optax`` is that of ``lopt.numpy``."""

from __future__ import annotations

import numpy as np
import pytest

jax = pytest.importorskip("jax")
optax = pytest.importorskip("optax")

from optimizer_cases import ARCHITECTURES, SHAPES, case, distances  # noqa: E402

import lopt.optax  # noqa: E402


@pytest.fixture
def double():
    """Turns double precision on, which JAX has off."""
    jax.config.update("jax_enable_x64", True)
    yield np.float64
    jax.config.update("jax_enable_x64", False)


def train(case, dtype, rate=1.0, **options):
    """Returns the parameters after a case, as arrays by name."""
    optimizer = lopt.optax.learned_optimizer(rate, case.theta, **options)
    parameters = {name: jax.numpy.asarray(value, dtype) for name, value in case.parameters.items()}

    @jax.jit
    def step(parameters, state, gradients):
        updates, state = optimizer.update(gradients, state, parameters)
        return optax.apply_updates(parameters, updates), state

    state = optimizer.init(parameters)
    for index in range(case.steps):
        gradients = {name: jax.numpy.asarray(each[index], dtype) for name, each in case.gradients.items()}
        parameters, state = step(parameters, state, gradients)
    return {name: np.asarray(value) for name, value in parameters.items()}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_and_rank_agrees_in_double_precision(architecture, double):
    given = case(architecture)
    after = train(given, double)
    for name, distance, _ in distances(given, after, given.after(double)):
        assert after[name].dtype == double
        assert distance <= 1e-10, name


@pytest.mark.parametrize("steps", [1, 20, 500])
@pytest.mark.parametrize("architecture", ["paper", "all options"])
def test_many_steps_agree_in_double_precision(architecture, steps, double):
    given = case(architecture, steps, {name: SHAPES[name] for name in ("rank 0", "size 65", "rank 2")})
    for name, distance, _ in distances(given, train(given, double), given.after(double)):
        assert distance <= 1e-10, name


@pytest.mark.parametrize("size", [0, 1e-12, 1e-6, 1e3, 1e8])
def test_gradients_of_zero_and_tiny_and_huge_ones_agree_in_double_precision(size, double):
    given = case(size=size)
    for name, distance, _ in distances(given, train(given, double), given.after(double)):
        assert distance <= 1e-10, name


def test_rate_and_weight_decay_agree(double):
    given = case("all options")
    after = train(given, double, rate=0.3, weight_decay=0.02)
    for name, distance, _ in distances(given, after, given.after(double, 0.3, 0.02)):
        assert distance <= 1e-10, name


@pytest.mark.parametrize(("steps", "bound"), [(1, 1e-5), (20, 1e-4), (500, 1e-3)])
@pytest.mark.parametrize("architecture", ["paper", "all options"])
def test_single_precision_stays_near_the_engine(architecture, steps, bound):
    given = case(architecture, steps, {name: SHAPES[name] for name in ("rank 0", "size 65", "rank 2")})
    for name, distance, rounding in distances(given, train(given, np.float32), given.after(np.float32)):
        assert distance <= bound + (rounding if steps == 1 else 0), name


def test_single_precision_of_large_tensors():
    given = case(steps=1, shapes={"large": (300, 301)})
    for _, distance, rounding in distances(given, train(given, np.float32), given.after(np.float32)):
        assert distance <= 1e-5 + rounding


@pytest.mark.parametrize("size", [1e8, 3e8, 1e9, 3e9, 1e10, 1e11])
def test_means_of_huge_gradients_overflow_as_in_the_engine(size):
    shapes = {name: SHAPES[name] for name in ("size 1", "size 65", "size 10000")}
    given = case(steps=1, shapes=shapes, size=size)
    for name, distance, rounding in distances(given, train(given, np.float32), given.after(np.float32)):
        assert distance <= 1e-5 + rounding, name


@pytest.mark.parametrize("size", [1e10, 1e19, 1e25, 1e38])
@pytest.mark.parametrize("architecture", ["paper", "all options", "without rms"])
def test_the_same_numbers_overflow(architecture, size):
    given = case(architecture, shapes={name: SHAPES[name] for name in ("rank 0", "size 65", "rank 2")}, size=size)
    for gradient in given.gradients.values():
        gradient.reshape(-1)[::3] = 0
    after, right = train(given, np.float32), given.after(np.float32)
    for name, expected in right.items():
        assert np.array_equal(np.isfinite(after[name]), np.isfinite(expected)), name
        assert np.array_equal(np.isnan(after[name]), np.isnan(expected)), name
