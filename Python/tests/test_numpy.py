"""``lopt.numpy``: the update against a reference in double precision, and what it does with edges and bad arguments."""

import math
from itertools import product

import numpy as np
import pytest
import reference

import lopt
from lopt import Architecture, Theta
from lopt.numpy import LearnedOptimizer, update

ARCHITECTURES = {
    "the paper's": Architecture(),
    "three hidden layers of 5": Architecture(hidden_layers=3, hidden_units=5),
    "eight layers of two": Architecture(hidden_layers=8, hidden_units=2),
    "without momentum": Architecture(features=("rms", "time")),
    "without rms": Architecture(features=("momentum", "time")),
    "without time": Architecture(features=("momentum", "rms")),
    "gradient and value alone": Architecture(features=()),
    "one beta of 0": Architecture(betas=(0,)),
    "no time scales": Architecture(time_scales=()),
    "other lambdas": Architecture(lambda1=0.01, lambda2=0.3),
    "time frozen": Architecture(time_frozen_at=3),
    "scale by rms": Architecture(scale_by_rms=True),
    "raw momentum": Architecture(raw_momentum=True),
    "every option": Architecture(time_frozen_at=2, scale_by_rms=True, raw_momentum=True, betas=(0.9, 0.1)),
}
SHAPES = [(), (1,), (63,), (64,), (65,), (5, 13), (2, 3, 4), (2, 3, 1, 4)]


def random_theta(architecture, seed=0):
    """Returns a θ of an architecture whose outputs are of the order of 1."""
    random = np.random.default_rng(seed)
    pieces = []
    for inputs, outputs in architecture.shapes:
        pieces += [random.normal(0, inputs**-0.5, inputs * outputs), random.normal(0, 0.3, outputs)]
    return Theta(architecture, np.concatenate(pieces))


def compared(theta, u, gradients, dtype, **options):
    """Returns (u, m, v) after as many steps as there are gradients: those of NumPy, and those of the reference from the
    same rounded numbers."""
    betas = len(theta.architecture.betas)
    ours = np.asarray(u, dtype), *2 * [np.zeros((betas, *np.shape(u)), dtype)]
    numbers = np.ravel(ours[0]).tolist()
    theirs = numbers, *2 * [[[0.0] * len(numbers) for _ in range(betas)]]
    for step, gradient in enumerate(gradients):
        gradient = np.asarray(gradient, dtype)
        ours = update(theta, ours[0], gradient, *ours[1:], step, **options)
        theirs = reference.update(
            theta.architecture, theta.weights, theirs[0], np.ravel(gradient), *theirs[1:], step, **options
        )
    return ours, theirs


def distance(ours, theirs, start):
    """Returns how far parameters are from the reference's, as a part of the way that the reference went."""
    ours, theirs, start = (np.ravel(np.asarray(numbers, np.float64)) for numbers in (ours, theirs, start))
    return np.linalg.norm(ours - theirs) / np.linalg.norm(theirs - start)


def floor(theirs, start):
    """Returns what rounding the parameters to float32 alone can make of that distance."""
    theirs, start = np.ravel(theirs), np.ravel(start)
    return 6e-8 * np.linalg.norm(theirs) / np.linalg.norm(theirs - start)


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES.keys())
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_it_is_the_reference_in_double_precision(architecture, shape):
    random = np.random.default_rng(1)
    u, gradients = random.normal(size=shape), random.normal(size=(3, *shape)) * 0.1
    (ours, m, v), (theirs, their_m, their_v) = compared(random_theta(architecture), u, gradients, np.float64)
    assert ours.dtype == np.float64 and ours.shape == shape
    assert distance(ours, theirs, u) < 1e-10
    for moments, their_moments in ((m, their_m), (v, their_v)):
        assert moments.shape == (len(architecture.betas), *shape)
        np.testing.assert_allclose(moments.reshape(len(their_moments), -1), their_moments, rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES.keys())
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_it_is_the_reference_up_to_rounding_in_single_precision(architecture, shape):
    random = np.random.default_rng(2)
    u, gradients = np.float32(random.normal(size=shape)), np.float32(random.normal(size=(1, *shape)) * 0.1)
    (ours, m, v), (theirs, *_) = compared(random_theta(architecture), u, gradients, np.float32)
    assert ours.dtype == m.dtype == v.dtype == np.float32
    assert distance(ours, theirs, u) < 1e-5 + floor(theirs, u)


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES.keys())
def test_rounding_does_not_grow_much_in_20_steps(architecture):
    random = np.random.default_rng(8)
    u, gradients = np.float32(random.normal(size=(5, 4))), np.float32(random.normal(size=(20, 5, 4)) * 0.1)
    (ours, *_), (theirs, *_) = compared(random_theta(architecture), u, gradients, np.float32)
    assert distance(ours, theirs, u) < 1e-4


def test_a_shipped_theta_stays_with_the_reference_for_100_steps():
    random = np.random.default_rng(3)
    u, gradients = np.float32(random.normal(size=15) * 0.1), np.float32(random.normal(size=(100, 15)) * 0.01)
    theta = Theta.shipped("mlp2x32-train")
    (ours, *_), (theirs, *_) = compared(theta, u, gradients, np.float32)
    assert distance(ours, theirs, u) < 1e-3
    (ours, *_), (theirs, *_) = compared(theta, u, gradients, np.float64)
    assert distance(ours, theirs, u) < 1e-10


@pytest.mark.parametrize(("rate", "weight_decay"), [(0.1, 0.0), (1.0, 0.01), (0.5, 0.2), (0.0, 0.3)])
def test_rate_and_weight_decay_multiply_as_documented(rate, weight_decay):
    random = np.random.default_rng(4)
    theta, u, gradients = random_theta(Architecture()), random.normal(size=7), random.normal(size=(3, 7))
    options = {"rate": rate, "weight_decay": weight_decay}
    (ours, *_), (theirs, *_) = compared(theta, u, gradients, np.float64, **options)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    if rate == 0:
        np.testing.assert_array_equal(ours, u)


@pytest.mark.parametrize("size", [0.0, 1e-30, 1e-12, 1e3, 1e8])
def test_zero_tiny_and_huge_gradients_are_the_references(size):
    random = np.random.default_rng(5)
    u, gradients = np.float32(random.normal(size=63)), np.float32(random.normal(size=(3, 63)) * size)
    (ours, *_), (theirs, *_) = compared(random_theta(Architecture()), u, gradients, np.float32)
    assert distance(ours, theirs, u) < 1e-4 + floor(theirs, u)


def test_the_exponent_is_held_where_single_precision_ends():
    architecture = Architecture(lambda2=1e4)
    random = np.random.default_rng(6)
    u, gradient = random.normal(size=64), random.normal(size=(1, 64))
    (ours, *_), (theirs, *_) = compared(random_theta(architecture), u, gradient, np.float64)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)
    change = np.abs(ours - u)
    assert change.max() > 1e30 and np.isfinite(np.float32(change)).all()


def test_what_overflows_is_not_finite_and_says_nothing():
    theta = random_theta(Architecture())
    u, g, zeros = np.ones(64, np.float32), np.full(64, 0.1, np.float32), np.zeros((5, 64), np.float32)
    g[3] = 2e19  # its square is beyond float32
    after, m, v = update(theta, u, g, zeros, zeros, 0)
    assert np.isinf(v[:, 3]).all() and np.isfinite(np.delete(v, 3, axis=1)).all()
    assert np.isnan(after[3]) and np.isfinite(np.delete(after, 3)).all()
    g[3] = 1e25  # the square of its momentum too, which reaches all of the tensor by the mean of m² / v
    after, m, v = update(theta, u, g, zeros, zeros, 0)
    assert np.isfinite(m).all() and np.isnan(after).all()


@pytest.mark.parametrize(
    ("count", "size", "overflows"),
    [(64, 1e18, False), (1_024, 1e18, True), (100_000, 1e18, True), (1_024, 1e17, False), (100_000, 1e17, False)],
)
def test_squares_are_added_in_single_precision_within_1024_parameters(count, size, overflows):
    """1,024 times 1e36 is beyond its range, so that the gradient is divided by infinity; 1,024 times 1e34 is not, and
    100,000 times 1e34, which would be, are not added in it."""
    theta, ones = random_theta(Architecture(features=())), np.ones(count, np.float32)
    zeros = np.zeros((5, count), np.float32)
    huge, none = (update(theta, ones, ones * np.float32(g), zeros, zeros, 0)[0] for g in (size, 0))
    assert np.array_equal(huge, none) == overflows


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_gradient_that_is_no_number_shows_in_the_parameters(value):
    theta, zeros = random_theta(Architecture()), np.zeros((5, 3))
    after, *_ = update(theta, np.ones(3), np.array([0.1, value, 0.1]), zeros, zeros, 0)
    assert np.isnan(after[1])


def test_a_mean_over_many_parameters_is_exact_in_single_precision():
    """A million equal numbers have their mean square; a sum in single precision would lose a hundredth of it."""
    architecture = Architecture(features=(), scale_by_rms=True, hidden_units=2)
    u, zeros = np.full(1_000_003, 0.1, np.float32), np.zeros((5, 1_000_003), np.float32)
    after, *_ = update(random_theta(architecture), u, u, zeros, zeros, 0)
    alone, *_ = update(random_theta(architecture), u[:1], u[:1], zeros[:, :1], zeros[:, :1], 0)
    np.testing.assert_allclose(after, alone[0], rtol=1e-7)


@pytest.mark.parametrize("shape", [(0,), (3, 0, 2)])
def test_an_empty_tensor_is_left_alone(shape):
    empty = np.zeros(shape, np.float32)
    moments = np.zeros((5, *shape), np.float32)
    u, m, v = update(random_theta(Architecture()), empty, empty, moments, moments, 0)
    assert u.shape == shape and m.shape == v.shape == (5, *shape)


def test_nothing_that_is_given_is_changed():
    theta, given = random_theta(Architecture()), [np.ones(4), np.ones(4), np.ones((5, 4)), np.ones((5, 4))]
    for array in given:
        array.flags.writeable = False
    after, m, v = update(theta, *given, 1)
    for array in (after, m, v):
        assert not any(np.shares_memory(array, other) for other in given)
        array[...] = 0


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"u": np.ones(3, int)}, TypeError, "parameters are int64, must be float32 or float64"),
        ({"u": np.ones(3, np.float16)}, TypeError, "parameters are float16, must be float32 or float64"),
        ({"g": np.ones(4)}, ValueError, r"the gradient has the shape \[4\], must have \[3\]"),
        ({"g": np.ones((3, 1))}, ValueError, r"the gradient has the shape \[3, 1\], must have \[3\]"),
        ({"m": np.ones((4, 3))}, ValueError, r"m has the shape \[4, 3\], must have \[5, 3\]"),
        ({"v": np.ones(3)}, ValueError, r"v has the shape \[3\], must have \[5, 3\]"),
        ({"step": -1}, ValueError, "step is -1, must be 0 or more"),
    ],
)
def test_wrong_arguments_are_named(change, error, message):
    arguments = {"u": np.ones(3), "g": np.ones(3), "m": np.ones((5, 3)), "v": np.ones((5, 3)), "step": 0} | change
    with pytest.raises(error, match=message):
        update(random_theta(Architecture()), **arguments)


def test_an_optimizer_does_the_updates_of_each_tensor():
    random = np.random.default_rng(7)
    theta = random_theta(Architecture())
    start = {"weight": random.normal(size=(3, 4)), "bias": np.float32(random.normal(size=4))}
    optimizer = LearnedOptimizer(theta, start, rate=0.5, weight_decay=0.1)
    by_hand = {name: (u, *2 * [np.zeros((5, *u.shape), u.dtype)]) for name, u in start.items()}
    for step in range(3):
        gradients = {name: u.astype(u.dtype) * (step + 1) for name, u in start.items()}
        optimizer.step(gradients)
        for name, (u, m, v) in by_hand.items():
            by_hand[name] = update(theta, u, gradients[name], m, v, step, 0.5, 0.1)
    for name, (u, m, v) in by_hand.items():
        np.testing.assert_array_equal(optimizer.parameters[name], u)
        np.testing.assert_array_equal(optimizer.moments[name], (m, v))
        assert optimizer.parameters[name].dtype == start[name].dtype
    assert optimizer.steps == {"weight": 3, "bias": 3}


def test_a_tensor_without_a_gradient_stays_with_its_step():
    optimizer = LearnedOptimizer(random_theta(Architecture()), {"a": np.ones(2), "b": np.ones(2)})
    optimizer.step({"a": np.ones(2)})
    assert optimizer.steps == {"a": 1, "b": 0}
    np.testing.assert_array_equal(optimizer.parameters["b"], np.ones(2))
    assert (optimizer.parameters["a"] != 1).all()


@pytest.mark.parametrize(
    ("gradients", "message"),
    [
        ({"a": np.ones(2), "c": np.ones(2)}, "c: there is a gradient but no parameter of this name"),
        ({"a": np.ones(2), "b": np.ones(3)}, r"b: the gradient has the shape \[3\], must have \[2\]"),
    ],
)
def test_an_optimizer_changes_nothing_where_a_gradient_is_wrong(gradients, message):
    optimizer = LearnedOptimizer(random_theta(Architecture()), {"a": np.ones(2), "b": np.ones(2)})
    with pytest.raises(ValueError, match=message):
        optimizer.step(gradients)
    assert optimizer.steps == {"a": 0, "b": 0}
    np.testing.assert_array_equal(optimizer.parameters["a"], np.ones(2))


def test_every_ablation_has_the_inputs_of_the_method():
    """The counts are those of the table under "Ablations" of Documentation/method.md."""
    counts = {
        ("momentum", "rms", "time"): (31, 1_090),
        ("momentum", "time"): (16, 610),
        ("rms", "time"): (21, 770),
        ("momentum", "rms"): (22, 802),
        (): (2, 162),
    }
    for features, expected in counts.items():
        architecture = Architecture(features=features)
        assert (architecture.inputs, architecture.count) == expected
    for on in product([False, True], repeat=3):
        features = tuple(group for group, is_on in zip(lopt.architecture.FEATURES, on, strict=True) if is_on)
        theta, zeros = random_theta(Architecture(features=features)), np.zeros((5, 2))
        assert np.isfinite(update(theta, np.ones(2), np.ones(2), zeros, zeros, 0)[0]).all()
