"""The update of ``lopt.torch`` is that of ``lopt.numpy``."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from optimizer_cases import ARCHITECTURES, SHAPES, case, distances  # noqa: E402

import lopt.torch  # noqa: E402

FORMS = {"one by one": False, "together": True}


@pytest.fixture(params=FORMS)
def foreach(request):
    return FORMS[request.param]


def train(case, dtype, foreach, **options):
    """Returns the parameters after a case, as arrays by name."""
    parameters = {name: torch.nn.Parameter(torch.tensor(value, dtype=dtype)) for name, value in case.parameters.items()}
    optimizer = lopt.torch.LearnedOptimizer(parameters.values(), case.theta, foreach=foreach, **options)
    for step in range(case.steps):
        for name, parameter in parameters.items():
            parameter.grad = torch.tensor(case.gradients[name][step], dtype=dtype)
        optimizer.step()
    return {name: parameter.detach().numpy() for name, parameter in parameters.items()}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_and_rank_agrees_in_double_precision(architecture, foreach):
    given = case(architecture)
    after = train(given, torch.float64, foreach)
    for name, distance, _ in distances(given, after, given.after(np.float64)):
        assert distance <= 1e-10, name


@pytest.mark.parametrize("steps", [1, 20, 500])
@pytest.mark.parametrize("architecture", ["paper", "all options"])
def test_many_steps_agree_in_double_precision(architecture, steps, foreach):
    given = case(architecture, steps, {name: SHAPES[name] for name in ("rank 0", "size 65", "rank 2")})
    for name, distance, _ in distances(given, train(given, torch.float64, foreach), given.after(np.float64)):
        assert distance <= 1e-10, name


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1e3, 1e8])
def test_tiny_and_huge_gradients_agree_in_double_precision(size, foreach):
    given = case(size=size)
    for name, distance, _ in distances(given, train(given, torch.float64, foreach), given.after(np.float64)):
        assert distance <= 1e-10, name


def test_gradients_of_zero_agree(foreach):
    given = case(size=0)
    for name, distance, _ in distances(given, train(given, torch.float64, foreach), given.after(np.float64)):
        assert distance <= 1e-10, name


def test_rate_and_weight_decay_agree(foreach):
    given = case("all options")
    after = train(given, torch.float64, foreach, lr=0.3, weight_decay=0.02)
    for name, distance, _ in distances(given, after, given.after(np.float64, 0.3, 0.02)):
        assert distance <= 1e-10, name


def test_maximize_turns_the_gradients_round(foreach):
    given = case()
    turned = case()
    for gradient in turned.gradients.values():
        np.negative(gradient, out=gradient)
    after = train(given, torch.float64, foreach, maximize=True)
    for name, distance, _ in distances(given, after, turned.after(np.float64)):
        assert distance <= 1e-10, name


@pytest.mark.parametrize(("steps", "bound"), [(1, 1e-5), (20, 1e-4), (500, 1e-3)])
@pytest.mark.parametrize("architecture", ["paper", "all options"])
def test_single_precision_stays_near_the_engine(architecture, steps, bound, foreach):
    shapes = {name: SHAPES[name] for name in ("rank 0", "size 65", "rank 2")}
    given = case(architecture, steps, shapes)
    right = given.after(np.float32)
    for name, distance, rounding in distances(given, train(given, torch.float32, foreach), right):
        assert distance <= bound + (rounding if steps == 1 else 0), name


def test_single_precision_of_a_tensor_of_many_chunks():
    given = case(steps=2, shapes={"large": (300, 301)})
    for _, distance, rounding in distances(given, train(given, torch.float32, False), given.after(np.float32)):
        assert distance <= 1e-5 + rounding


@pytest.mark.parametrize("size", [1e8, 3e8, 1e9, 3e9, 1e10, 1e11])
def test_means_of_huge_gradients_overflow_as_in_the_engine(size, foreach):
    shapes = {name: SHAPES[name] for name in ("size 1", "size 65", "size 10000")}
    given = case(steps=1, shapes=shapes, size=size)
    for name, distance, rounding in distances(given, train(given, torch.float32, foreach), given.after(np.float32)):
        assert distance <= 1e-5 + rounding, name


@pytest.mark.parametrize("count", [1_023, 1_024, 1_025, 2_000, 2_048, 2_304])
@pytest.mark.parametrize("size", [1e-2, 4.5e17])
def test_sums_over_more_than_a_block_overflow_by_block_only(count, size, foreach):
    given = case(steps=1, shapes={"size 3": (3,), "long": (count,), "rank 2": (70, 29)}, size=size)
    for name, distance, rounding in distances(given, train(given, torch.float32, foreach), given.after(np.float32)):
        assert distance <= 4e-6 + rounding, name


@pytest.mark.parametrize("size", [1e10, 1e19, 1e25, 1e38])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_same_numbers_overflow(architecture, size, foreach):
    given = case(architecture, size=size)
    for gradient in given.gradients.values():
        gradient.reshape(-1)[::3] = 0
    right = given.after(np.float32)
    after = train(given, torch.float32, foreach)
    for name, expected in right.items():
        assert np.array_equal(np.isfinite(after[name]), np.isfinite(expected)), name
        assert np.array_equal(np.isnan(after[name]), np.isnan(expected)), name


def test_a_gradient_that_is_not_finite_spoils_its_own_tensor_only(foreach):
    given = case()
    given.gradients["size 64"][0][3] = np.nan
    given.gradients["rank 2"][0][0, 0] = np.inf
    after = train(given, torch.float32, foreach)
    spoilt = {name for name, value in after.items() if not np.isfinite(value).all()}
    assert spoilt == {"size 64", "rank 2"}


def test_tensors_in_any_order_of_memory_are_trained_alike(foreach):
    plain = torch.nn.Conv2d(3, 8, 3)
    last = torch.nn.Conv2d(3, 8, 3).to(memory_format=torch.channels_last)
    last.load_state_dict(plain.state_dict())
    assert not last.weight.is_contiguous()
    theta = case().theta
    for model in (plain, last):
        optimizer = lopt.torch.LearnedOptimizer(model.parameters(), theta, foreach=foreach)
        for parameter in model.parameters():
            parameter.grad = torch.linspace(-1, 1, parameter.numel()).view(parameter.shape)
        optimizer.step()
    torch.testing.assert_close(last.weight, plain.weight, rtol=0, atol=1e-8)


def test_small_tensors_may_have_different_numbers_of_steps_behind_them(foreach):
    given = case(steps=4, shapes={"early": (30,), "late": (40,)})
    early, late = (torch.nn.Parameter(torch.tensor(value)) for value in given.parameters.values())
    optimizer = lopt.torch.LearnedOptimizer([early, late], given.theta, foreach=foreach)
    for step in range(4):
        early.grad = torch.tensor(given.gradients["early"][step])
        late.grad = torch.tensor(given.gradients["late"][step - 2]) if step >= 2 else None
        optimizer.step()
    after_four, after_two = (dataclasses.replace(given, steps=steps).after(np.float64) for steps in (4, 2))
    np.testing.assert_allclose(early.detach(), after_four["early"], rtol=0, atol=1e-13)
    np.testing.assert_allclose(late.detach(), after_two["late"], rtol=0, atol=1e-13)
