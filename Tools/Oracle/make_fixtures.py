"""Makes Tests/Fixtures/outer-gradient: what PyTorch finds, in double precision, for cases made by inputs.py.

    python make_fixtures.py [NAME …]

A fixture holds the recipe of its case (seeds and sizes), `losses`, `outer_loss` and `gradient`, of `inner`, `momenta`
and `second_moments` 64 projections on random signs each (absent where the truncation diverged), and
`single_precision_errors`: by how much, relative in L2, PyTorch's own result in single precision differs from these.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

import inputs
from learned_optimizer import PROBLEMS, Architecture, inner_loss
from outer_gradient import truncation

FOLDER = Path(__file__).resolve().parents[2] / "Tests/Fixtures/outer-gradient"
PROJECTIONS = 64
BATCH = 128

# The seeds of a case's parts; those of θ and of the inner parameters go up by one from tensor to tensor.
THETA, INNER, MOMENTA, SECOND_MOMENTS, IMAGES, OUTER_IMAGES, VECTOR, SIGNS = (100 * n for n in range(1, 9))


def recipe(
    length,
    *,
    problem="mlp2x32",
    batch=BATCH,
    midway=False,
    outer_batches=0,
    diverging=False,
    inner_loss_clip=None,
    **architecture,
):
    return {
        "problem": problem,
        "length": length,
        "batch": batch,
        "step": 100 if midway else 0,
        "outer_batches": outer_batches,
        "diverging": diverging,
        "inner_loss_clip": inner_loss_clip,
        "architecture": asdict(Architecture(**architecture)),
    }


def recipes():
    for length in (20, 200):
        for midway in (False, True):
            for outer_batches in (0, 2):
                name = f"{'midway' if midway else 'start'}-{length}{'-outer' if outer_batches else ''}"
                yield name, recipe(length, midway=midway, outer_batches=outer_batches)
    for features in (["momentum", "time"], ["momentum", "rms"], ["rms", "time"]):
        missing = ({"momentum", "rms", "time"} - set(features)).pop()
        yield f"without-{missing}", recipe(5, midway=True, features=features, hidden_layers=2, hidden_units=16)
    options = {"time_frozen_at": 102, "scale_by_rms": True, "raw_momentum": True}
    for name, value in options.items():
        yield name.replace("_", "-"), recipe(5, midway=True, hidden_layers=2, hidden_units=16, **{name: value})
    yield "all-options", recipe(20, midway=True, outer_batches=2, **options)
    clipped = {"midway": True, "inner_loss_clip": 2.26, "hidden_layers": 2, "hidden_units": 16}
    yield "inner-loss-clip", recipe(10, **clipped)
    yield "inner-loss-clip-outer", recipe(10, outer_batches=2, **clipped)
    yield "diverging", recipe(10, diverging=True)
    yield "diverging-outer", recipe(10, diverging=True, outer_batches=2)
    yield "conv3x32-10", recipe(10, problem="conv3x32")
    yield "conv3x32-50", recipe(50, problem="conv3x32", batch=32)
    yield "conv3x32-outer", recipe(5, problem="conv3x32", batch=32, midway=True, outer_batches=2)
    for problem in ("mlp3x128", "conv3x128", "conv3x32-mnist", "conv6x32-mnist"):
        yield problem, recipe(5, problem=problem, batch=32)


def make_case(recipe, sample):
    """The tensors of the case that a recipe describes."""
    architecture = Architecture(**recipe["architecture"])
    theta = inputs.theta(THETA, architecture)
    if recipe["diverging"]:
        theta = inputs.diverging(theta, architecture)
    inner = inputs.inner_parameters(INNER, recipe["problem"])
    case = {"theta": torch.from_numpy(theta), "inner": torch.from_numpy(inner)}
    image_shape = PROBLEMS[recipe["problem"]].shape
    case["images"], case["labels"] = sample.batches(IMAGES, image_shape, recipe["length"], recipe["batch"])
    if recipe["step"]:
        shape = (len(architecture.betas), len(inner))
        momenta = 0.01 * inputs.signed(MOMENTA, shape[0] * shape[1])
        second_moments = 1e-4 * inputs.signed(SECOND_MOMENTS, shape[0] * shape[1]) ** 2
        case["step"] = torch.tensor(recipe["step"])
        case["momenta"] = torch.from_numpy(momenta.astype(np.float32).reshape(shape))
        case["second_moments"] = torch.from_numpy(second_moments.astype(np.float32).reshape(shape))
    if recipe["outer_batches"]:
        case["outer_images"], case["outer_labels"] = sample.batches(
            OUTER_IMAGES, image_shape, recipe["length"], recipe["outer_batches"], recipe["batch"]
        )
    return case, architecture


def projections(vector):
    flat = vector.double().numpy().ravel()
    return [float(inputs.signs(SIGNS + number, len(flat)) @ flat) for number in range(PROJECTIONS)]


def summary(result):
    """What a fixture keeps of a result."""
    kept = {name: result[name].double().tolist() for name in ("losses", "outer_loss", "gradient")}
    for name in ("inner", "momenta", "second_moments"):
        if result[name].isfinite().all():
            kept[name] = projections(result[name])
    return kept


def relative_error(found, expected):
    found, expected = np.asarray(found), np.asarray(expected)
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def errors(single, double):
    return {name: relative_error(single[name], double[name]) for name in double}


def hessian_fixture(problem, sample):
    """Loss, gradient and Hessian-vector product of one batch."""
    # Among 8 million units of 128 images some stand so near their kink that single precision sees the other side.
    batch = 32 if problem == "conv3x128" else BATCH
    kept = {}
    for precision in (torch.float32, torch.float64):
        inner = torch.from_numpy(inputs.inner_parameters(INNER, problem)).to(precision).requires_grad_()
        vector = torch.from_numpy(inputs.signed(VECTOR, len(inner)).astype(np.float32)).to(precision)
        images, labels = sample.batches(IMAGES, PROBLEMS[problem].shape, batch)
        loss = inner_loss(problem, inner, images, labels)
        (gradient,) = torch.autograd.grad(loss, inner, create_graph=True)
        (product,) = torch.autograd.grad(gradient @ vector, inner)
        kept[precision] = {
            "loss": float(loss.detach()),
            "gradient": projections(gradient.detach()),
            "product": projections(product),
        }
    double = kept[torch.float64]
    return {
        "problem": problem,
        "batch": batch,
        **double,
        "single_precision_errors": errors(kept[torch.float32], double),
    }


def write(name, fixture):
    text = json.dumps(fixture, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n")
    figures = "  ".join(f"{key} {error:.1e}" for key, error in fixture["single_precision_errors"].items())
    print(f"{name}: {len(text) // 1000} KB; in single precision {figures}", flush=True)


def main():
    wanted = set(sys.argv[1:])
    FOLDER.mkdir(parents=True, exist_ok=True)
    sample = inputs.Sample()
    for problem in PROBLEMS:
        if not wanted or f"hessian-{problem}" in wanted:
            write(f"hessian-{problem}", hessian_fixture(problem, sample))
    for name, recipe in recipes():
        if wanted and name not in wanted:
            continue
        case, architecture = make_case(recipe, sample)
        clip = recipe["inner_loss_clip"]
        double = summary(truncation(case, recipe["problem"], architecture, torch.float64, clip))
        single = summary(truncation(case, recipe["problem"], architecture, torch.float32, clip))
        fixture = {"recipe": recipe, **double, "single_precision_errors": errors(single, double)}
        write(name, fixture)


if __name__ == "__main__":
    main()
