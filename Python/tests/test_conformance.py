"""Every implementation of the update against the conformance cases, which ``lopt apply`` computed.

Documentation/embedding.md says how to use them. They are in Tests/Fixtures/update of the repository, or where the
variable LOPT_TEST_CASES says.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import safetensors
from safetensors.numpy import load_file

from lopt import Theta, _native
from lopt.numpy import LearnedOptimizer

FOLDER = Path(os.environ.get("LOPT_TEST_CASES") or Path(__file__).parents[2] / "Tests/Fixtures/update")
if not FOLDER.is_dir():
    pytest.skip(f"{FOLDER}: there are no conformance cases", allow_module_level=True)
CASES = sorted(folder.name for folder in FOLDER.iterdir())
#: How far an implementation in single precision may be off after so many steps, of the way that the parameters went.
BOUNDS = {1: 1e-5, 20: 1e-4, 500: 1e-3}


class Case:
    """θ, the parameters before the first step, the gradients of each step, and the parameters after the last."""

    def __init__(self, name):
        self.folder = FOLDER / name
        self.theta = Theta.load(self.folder / "theta.safetensors")
        tensors = load_file(self.folder / "case.safetensors")
        with safetensors.safe_open(self.folder / "case.safetensors", "np") as file:
            self.rate = float((file.metadata() or {}).get("step_scale", 1))
        self.parameters = self.under("parameters.", tensors)
        self.gradients = self.under("gradients.", tensors)
        self.steps = len(next(iter(self.gradients.values())))
        self.result = self.under("parameters.", load_file(self.folder / "result.safetensors"))

    @staticmethod
    def under(prefix, tensors):
        return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}

    def check(self, found):
        """Checks parameters that an implementation came to."""
        bound = next(limit for steps, limit in BOUNDS.items() if self.steps <= steps)
        for name, expected in self.result.items():
            value = np.asarray(found[name], np.float64)
            assert value.shape == expected.shape
            finite = np.isfinite(expected)
            np.testing.assert_array_equal(np.isfinite(value), finite, err_msg=f"{name}: what is not finite")
            before, value, after = (
                array[finite].astype(np.float64) for array in (self.parameters[name], value, expected)
            )
            if not finite.any():
                continue
            way = np.linalg.norm(after - before)
            assert np.linalg.norm(value - after) <= bound * way + 6e-8 * np.linalg.norm(after), name


@pytest.fixture(params=CASES)
def case(request):
    return Case(request.param)


def test_numpy(case):
    optimizer = LearnedOptimizer(case.theta, case.parameters, rate=case.rate)
    for step in range(case.steps):
        optimizer.step({name: gradients[step] for name, gradients in case.gradients.items()})
    case.check(optimizer.parameters)


@pytest.fixture
def kernels(monkeypatch):
    """The library ``liblopt``, which the variable LOPT_TEST_LIBRARY names."""
    if not (path := os.environ.get("LOPT_TEST_LIBRARY")):
        pytest.skip("LOPT_TEST_LIBRARY names no liblopt.so")
    monkeypatch.setenv("LOPT_LIBRARY", path)
    forget()
    yield
    forget()


def forget():
    """Forgets which library there is, and the optimizers that it made."""
    _native.library.cache_clear()
    _native._optimizer.cache_clear()


@pytest.mark.parametrize("isa", ["baseline", "x86-64-v3", "x86-64-v4"])
def test_kernels_come_to_the_bits_of_lopt_apply(case, kernels, programs, isa, tmp_path, monkeypatch):
    monkeypatch.setenv("LOPT_ISA", isa)
    forget()
    command = [programs / "lopt", "apply", "--snapshot", case.folder / "theta.safetensors"]
    command += ["--case", case.folder / "case.safetensors", "--output", tmp_path / "result.safetensors"]
    applied = subprocess.run(command, capture_output=True, text=True)
    if "is not one of this processor's" in applied.stderr:
        pytest.skip(f"this processor has no {isa}")
    assert applied.returncode == 0, applied.stderr
    expected = load_file(tmp_path / "result.safetensors")
    betas = len(case.theta.architecture.betas)
    for name, values in case.parameters.items():
        u = np.array(values)
        moments = np.zeros((2, betas, *u.shape), np.float32)
        for step in range(case.steps):
            g = np.ascontiguousarray(case.gradients[name][step])
            row = (u.size, step, u.ctypes.data, g.ctypes.data, moments.ctypes.data)
            _native.step(case.theta, [row], case.rate, 0.0)
        assert bits(u) == bits(expected[f"parameters.{name}"])
        assert bits(moments[0]) == bits(expected[f"momenta.{name}"])
        assert bits(moments[1]) == bits(expected[f"second_moments.{name}"])


def bits(array):
    """Returns the bits of numbers. What is not a number is always the same: its sign means nothing."""
    return np.where(np.isnan(array), np.float32(np.nan), array).tobytes()


@pytest.mark.parametrize("foreach", [False, True])
@pytest.mark.parametrize("compiled", [False, True])
def test_torch(case, foreach, compiled, monkeypatch):
    torch = pytest.importorskip("torch")
    from lopt.torch import LearnedOptimizer as TorchOptimizer

    if compiled and case.folder.name not in ("paper", "all-options", "500-steps"):
        pytest.skip("compiling takes long; options and architectures are tested without")
    monkeypatch.setenv("LOPT_LIBRARY", "")
    forget()
    parameters = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in case.parameters.items()}
    optimizer = TorchOptimizer(parameters.values(), case.theta, lr=torch.tensor(case.rate), foreach=foreach)
    step = torch.compile(optimizer.step) if compiled else optimizer.step
    for number in range(case.steps):
        for name, parameter in parameters.items():
            parameter.grad = torch.tensor(case.gradients[name][number])
        step()
    case.check({name: parameter.detach().numpy() for name, parameter in parameters.items()})


def test_torch_by_the_kernels(case, kernels, monkeypatch):
    torch = pytest.importorskip("torch")
    from lopt.torch import LearnedOptimizer as TorchOptimizer

    monkeypatch.setenv("LOPT_ISA", "baseline")
    parameters = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in case.parameters.items()}
    optimizer = TorchOptimizer(parameters.values(), case.theta, lr=case.rate)
    for number in range(case.steps):
        for name, parameter in parameters.items():
            parameter.grad = torch.tensor(case.gradients[name][number])
        optimizer.step()
    for name, parameter in parameters.items():
        np.testing.assert_allclose(parameter.detach().numpy(), case.result[name], rtol=1e-6)


def test_optax(case):
    jax = pytest.importorskip("jax")
    from lopt.optax import learned_optimizer

    optimizer = learned_optimizer(case.rate, case.theta)
    parameters, state = case.parameters, optimizer.init(case.parameters)

    @jax.jit
    def step(parameters, state, gradients):
        updates, state = optimizer.update(gradients, state, parameters)
        return jax.tree.map(jax.numpy.add, parameters, updates), state

    for number in range(case.steps):
        gradients = {name: value[number] for name, value in case.gradients.items()}
        parameters, state = step(parameters, state, gradients)
    case.check(parameters)
