"""``lopt.torch.LearnedOptimizer`` and parameters that change their shape, type or device while they are trained.

The kernels read and write memory by its address, so that nothing may reach them that is not as they take it.
"""

from __future__ import annotations

import copy
import pickle

import pytest

torch = pytest.importorskip("torch")

from optimizer_cases import ARCHITECTURES, theta  # noqa: E402

import lopt.torch  # noqa: E402

THETA = theta(ARCHITECTURES["paper"])


@pytest.fixture(params=["kernels", "foreach", "one by one", "without kernels"])
def foreach(request, monkeypatch):
    """``foreach`` of each form of the update."""
    if request.param == "kernels":
        request.getfixturevalue("kernels")
        return None
    monkeypatch.setattr("lopt._native.library", lambda: None)
    return {"foreach": True, "one by one": False, "without kernels": None}[request.param]


def parameter(*shape, dtype=torch.float32, seed=0):
    return torch.nn.Parameter(torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(dtype))


def gradient_like(tensor, seed=1):
    return torch.randn(tensor.shape, generator=torch.Generator().manual_seed(seed)).to(tensor.dtype)


def trained(tensor, foreach, steps=1):
    """Returns an optimizer of a parameter with some steps behind it."""
    optimizer = lopt.torch.LearnedOptimizer([("table", tensor)], THETA, foreach=foreach)
    go_on(tensor, optimizer, steps)
    return optimizer


def go_on(tensor, optimizer, steps, first=1):
    for step in range(steps):
        tensor.grad = gradient_like(tensor, first + step)
        optimizer.step()


@pytest.mark.parametrize("rows", [2, 40])
def test_a_parameter_of_another_shape_than_its_moments_is_refused_by_name(rows, foreach):
    table = parameter(10, 4)
    optimizer = trained(table, foreach)
    table.data = torch.ones(rows, 4)
    table.grad = torch.ones(rows, 4)
    message = rf"table has the shape \({rows}, 4\), its gradient \({rows}, 4\) and its moments \(2, 5, 10, 4\): where "
    with pytest.raises(
        ValueError, match=message + "it was exchanged for one of another shape, make the optimizer anew"
    ):
        optimizer.step()
    assert (table == 1).all()
    del optimizer.state[table]
    optimizer.step()
    assert (table != 1).all() and table.isfinite().all()


def test_a_gradient_of_another_shape_is_refused_by_name(foreach):
    table = parameter(100)
    optimizer = trained(table, foreach)
    table.data = torch.ones(120)
    with pytest.raises(ValueError, match=r"table has the shape \(120,\), its gradient \(100,\) and its moments"):
        optimizer.step()
    fresh = parameter(100)
    fresh.grad = torch.ones(100)
    fresh.data = torch.ones(120)
    with pytest.raises(ValueError, match=r"parameter 0 of its group has the shape \(120,\), its gradient \(100,\)"):
        lopt.torch.LearnedOptimizer([fresh], THETA, foreach=foreach).step()


def test_moments_of_a_type_that_they_cannot_have_are_refused(foreach):
    table = parameter(50)
    optimizer = trained(table, foreach)
    before = table.detach().clone()
    optimizer.state[table]["moments"] = optimizer.state[table]["moments"].half()
    with pytest.raises(ValueError, match="moments of a parameter are torch.float16, must be float32 or float64"):
        optimizer.step()
    assert torch.equal(table, before)


def test_moments_on_another_device_are_refused_by_name(foreach):
    table = parameter(50)
    optimizer = trained(table, foreach)
    optimizer.state[table]["moments"] = optimizer.state[table]["moments"].to("meta")
    with pytest.raises(ValueError, match="table is on cpu, and its moments on meta: after moving a model, load the"):
        optimizer.step()


@pytest.mark.parametrize(("first", "then"), [(torch.float64, torch.float32), (torch.float32, torch.float64)])
def test_a_model_that_gets_another_type_goes_on_with_its_moments(first, then, foreach):
    table = parameter(7, 7, dtype=first)
    optimizer = trained(table, foreach, 3)
    moments = optimizer.state[table]["moments"]
    table.grad = None
    table.data = table.data.to(then)
    before = table.detach().clone()
    go_on(table, optimizer, 3, 4)
    assert optimizer.state[table]["moments"] is moments and moments.dtype == first
    whole = parameter(7, 7, dtype=torch.float64)
    trained(whole, False, 6)
    way = (whole - before).norm()
    assert (table - whole).norm() <= 1e-2 * way


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))], ids=["copy", "pickle"]
)
def test_a_copy_of_a_model_that_got_another_type_goes_on_alike(copied, foreach):
    table = parameter(7, 7)
    optimizer = trained(table, foreach)
    table.grad = None
    table.data = table.data.double()
    other, copied_optimizer = copied((table, optimizer))
    go_on(table, optimizer, 2)
    go_on(other, copied_optimizer, 2)
    assert torch.equal(table, other)


def test_a_gradient_that_is_a_negative_view_has_its_sign(foreach):
    table, plain = parameter(50), parameter(50)
    gradient = gradient_like(table)
    table.grad, plain.grad = torch._neg_view(gradient), -gradient
    assert table.grad.is_neg()
    for tensor in (table, plain):
        lopt.torch.LearnedOptimizer([tensor], THETA, foreach=foreach).step()
    assert torch.equal(table, plain)


def test_a_parameter_that_is_a_negative_view_has_its_sign(foreach):
    numbers = parameter(50).detach()
    table, plain = torch.nn.Parameter(torch._neg_view(numbers.clone())), torch.nn.Parameter(-numbers)
    assert table.is_neg()
    for tensor in (table, plain):
        trained(tensor, foreach, 2)
    torch.testing.assert_close(table, plain, rtol=0, atol=1e-6)


class Wrapped(torch.Tensor):
    """A tensor of a type of its own, as libraries make them."""


def test_tensors_of_other_types_do_not_reach_the_kernels(kernels):
    plain, table = parameter(50), parameter(50)
    plain.grad = gradient_like(plain)
    table.grad = gradient_like(table).as_subclass(Wrapped)
    lopt.torch.LearnedOptimizer([table], THETA).step()
    assert kernels.tensors == 0
    lopt.torch.LearnedOptimizer([plain], THETA).step()
    assert kernels.tensors == 1
    torch.testing.assert_close(table, plain, rtol=0, atol=1e-6)
