"""200 steps of an MLP on MNIST, which ``lopt outer-gradient`` does too, replayed by PyTorch's own gradients."""

import gzip
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import lopt

torch = pytest.importorskip("torch")
from lopt.torch import LearnedOptimizer  # noqa: E402

MNIST = Path(__file__).parents[2] / "Examples/mnist"
STEPS, BATCH, WIDTHS = 200, 32, [196, 32, 32, 10]
SHAPES = [
    shape for inputs, outputs in zip(WIDTHS, WIDTHS[1:], strict=False) for shape in ((inputs, outputs), (outputs,))
]


def images():
    """Digits [count, 14, 14], each pixel the mean of four, and what they are [count]."""
    pixels = np.frombuffer(gzip.decompress((MNIST / "t10k-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16)
    labels = np.frombuffer(gzip.decompress((MNIST / "t10k-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    means = pixels.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    return np.uint8(means), np.int32(labels)


@pytest.fixture(scope="module")
def case():
    if not MNIST.is_dir():
        pytest.skip(f"{MNIST}: there is no sample of MNIST")
    random = np.random.default_rng(5)
    pixels, labels = images()
    chosen = random.integers(0, len(pixels), (STEPS, BATCH))
    weights = [
        np.float32(random.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape)) if len(shape) == 2 else np.zeros(shape))
        for shape in SHAPES
    ]
    return {
        "inner": np.concatenate([weight.ravel() for weight in weights]),
        "images": pixels[chosen][..., np.newaxis],
        "labels": labels[chosen],
    }


def engine_losses(programs, folder, case, theta):
    """The losses of the steps as the engine comes to them."""
    save_file({"theta": theta.weights, **case}, folder / "case.safetensors", theta.architecture.metadata)
    command = [programs / "lopt", "outer-gradient", "--problem", "mlp2x32"]
    command += ["--case", folder / "case.safetensors", "--output", folder / "result.safetensors"]
    subprocess.run(command, check=True, capture_output=True)
    return load_file(folder / "result.safetensors")["losses"]


def torch_losses(case, theta, dtype, **options):
    """The same by PyTorch."""
    cuts = np.cumsum([int(np.prod(shape)) for shape in SHAPES])[:-1]
    tensors = [
        torch.tensor(piece.reshape(shape), dtype=dtype, requires_grad=True)
        for piece, shape in zip(np.split(case["inner"], cuts), SHAPES, strict=True)
    ]
    optimizer = LearnedOptimizer(tensors, theta, **options)
    losses = []
    for pixels, labels in zip(case["images"], case["labels"], strict=True):
        x = torch.tensor(pixels.reshape(BATCH, -1), dtype=dtype) / 255
        for layer in range(3):
            x = x @ tensors[2 * layer] + tensors[2 * layer + 1]
            x = torch.relu(x) if layer < 2 else x
        loss = torch.nn.functional.cross_entropy(x, torch.tensor(labels).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


@pytest.mark.parametrize("options", [{}, {"foreach": False}, {"foreach": True}], ids=str)
def test_losses_are_the_engines_at_every_step(programs, tmp_path, case, options):
    theta = lopt.Theta.shipped("mlp2x32-train")
    engine = engine_losses(programs, tmp_path, case, theta)
    ours = torch_losses(case, theta, torch.float32, **options)
    spread = np.abs(ours - torch_losses(case, theta, torch.float64))
    assert engine[-20:].mean() < 0.5 * engine[0]
    assert (np.abs(ours - engine) <= np.maximum(1e-3, 5 * spread)).all()


def test_a_theta_that_a_daemon_is_serving(programs, tmp_path, case):
    """A daemon trains on digits; its newest θ is fetched while it does, and trains here as in the engine."""
    build = [programs / "dataprep", "build", "shards", "--source", "mnist", "--input", MNIST, "--size", "14"]
    subprocess.run([*build, "--output", tmp_path / "digits"], check=True, capture_output=True)
    (tmp_path / "daemon.json").write_text(
        f'{{"datasets": ["{tmp_path}/digits"], "state": "{tmp_path}/state", "problem": "mlp2x32", "threads": 1, '
        f'"outer": {{"pairs": 2, "curriculum": {{"from": 5, "to": 5}}}}, "http": {{"socket": "{tmp_path}/socket"}}}}'
    )
    said = tmp_path / "said"
    with (
        open(said, "w") as log,
        subprocess.Popen([programs / "lopt-daemon", "--config", tmp_path / "daemon.json"], stderr=log) as daemon,
    ):
        try:
            theta = fetched(tmp_path, lambda: daemon.poll() is None or pytest.fail(said.read_text()))
            engine = engine_losses(programs, tmp_path, case, theta)
            ours = torch_losses(case, theta, torch.float32)
            spread = np.abs(ours - torch_losses(case, theta, torch.float64))
            assert (np.abs(ours - engine) <= np.maximum(1e-3, 5 * spread)).all()
            assert daemon.poll() is None
        finally:
            daemon.terminate()
        assert daemon.wait(60) == 0


def fetched(folder, check):
    """The newest θ of a daemon, once it has done an outer-iteration."""
    for _ in range(300):
        check()
        try:
            theta = lopt.fetch(f"unix:{folder}/socket", "latest", retries=0)
            if int(theta.metadata["outer_iteration"]) > 0:
                return theta
        except lopt.SnapshotError:
            pass
        time.sleep(0.2)
    pytest.fail("the daemon serves no θ within a minute")
