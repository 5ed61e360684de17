"""``lopt.numpy`` against the engine itself: one step of ``lopt outer-gradient``, of its own gradient."""

import dataclasses
import subprocess

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from test_numpy import ARCHITECTURES, distance, floor, random_theta

from lopt import Architecture
from lopt.numpy import update

#: Of a problem the shape of its images and the shapes of its tensors.
PROBLEMS = {
    "mlp1x2@1": ((1, 1, 1), [(1, 2), (2,), (2, 10), (10,)]),
    "mlp2x32": ((14, 14, 1), [(196, 32), (32,), (32, 32), (32,), (32, 10), (10,)]),
}


def stepped(programs, folder, architecture, problem, change=lambda inner: None):
    """Returns the parameters before a step, after NumPy's step and after the engine's, flat.

    The engine does not say the gradient; but with a first β of 0 the first momentum after a step is just that.
    """
    architecture = dataclasses.replace(architecture, betas=(0, *architecture.betas))
    theta, betas, step = random_theta(architecture), len(architecture.betas), 7
    images, shapes = PROBLEMS[problem]
    sizes = [int(np.prod(shape)) for shape in shapes]
    random = np.random.default_rng(1)
    inner = np.float32(random.normal(size=sum(sizes)) * 0.3)
    change(inner)
    momenta = np.float32(random.normal(size=(betas, len(inner))) * 0.01)
    second_moments = np.float32(random.normal(size=(betas, len(inner))) ** 2 * 0.0001)
    case = {
        "theta": theta.weights,
        "inner": inner,
        "momenta": momenta,
        "second_moments": second_moments,
        "step": np.array(step),
        "images": random.integers(0, 256, (1, 4, *images), dtype=np.uint8),
        "labels": np.int32(random.integers(0, 10, (1, 4))),
    }
    save_file(case, folder / "case.safetensors", architecture.metadata)
    command = [programs / "lopt", "outer-gradient", "--problem", problem]
    command += ["--case", folder / "case.safetensors", "--output", folder / "result.safetensors"]
    subprocess.run(command, check=True, capture_output=True)
    result = load_file(folder / "result.safetensors")

    cuts = np.cumsum(sizes)[:-1]
    pieces = [np.split(array, cuts, axis=-1) for array in (inner, result["momenta"][0], momenta, second_moments)]
    after = []
    for shape, u, g, m, v in zip(shapes, *pieces, strict=True):
        u, g = u.reshape(shape), g.reshape(shape)
        m, v = (array.reshape(betas, *shape) for array in (m, v))
        after.append(update(theta, u, g, m, v, step)[0].ravel())
    return inner, np.concatenate(after), result["inner"]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES.keys())
def test_a_step_is_the_engines(programs, tmp_path, architecture, problem):
    before, ours, theirs = stepped(programs, tmp_path, architecture, problem)
    assert distance(ours, theirs, before) < 1e-5 + floor(theirs, before)


@pytest.mark.parametrize("size", [1e4, 1e8, 1e9, 1e10, 1e11, 1e12])
@pytest.mark.parametrize("options", [{}, {"raw_momentum": True, "scale_by_rms": True}], ids=str)
def test_sums_of_many_squares_overflow_as_in_the_engine(programs, tmp_path, options, size):
    """All weights of the last layer are large, so that the gradients of a thousand others are."""

    def change(inner):
        inner[-330:-10] *= size

    before, ours, theirs = stepped(programs, tmp_path, Architecture(**options), "mlp2x32", change)
    assert np.isfinite(theirs).all()
    before, ours, theirs = (array[:-330] for array in (before, ours, theirs))
    assert distance(ours, theirs, before) < 1e-5 + floor(theirs, before)


@pytest.mark.parametrize("size", [1e6, 1e10, 1e15, 1e19])
@pytest.mark.parametrize("options", [{}, {"features": ()}, {"features": ("rms",)}, {"scale_by_rms": True}], ids=str)
def test_gradients_whose_squares_overflow_count_as_in_the_engine(programs, tmp_path, options, size):
    """A weight of the last layer is huge, so that gradients of the first one are; v² overflows at 1e10."""

    def change(inner):
        inner[4], inner[10:14] = size, 1e-3

    before, ours, theirs = stepped(programs, tmp_path, Architecture(**options), "mlp1x2@1", change)
    assert np.isfinite(theirs).all()
    ordinary = np.arange(len(before)) != 4
    steps = [array[ordinary] - before[ordinary] for array in (ours, theirs)]
    np.testing.assert_allclose(*steps, atol=1e-5 * np.abs(steps[1]).max() + 6e-8)
