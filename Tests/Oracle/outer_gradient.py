"""The oracle of the engine's outer-gradients: one truncation by automatic differentiation.

usage: outer_gradient.py --problem mlp2x32 --case CASE.safetensors --output RESULT.safetensors [--precision single]

Everything is written as Documentation/outer-gradient.md states it, without thought for speed: PyTorch keeps the graph of
all steps, inner gradients included, and differentiates the outer-loss by theta. Needs torch, numpy, safetensors.
"""
import argparse
import json

import numpy
import torch
from safetensors import safe_open
from safetensors.numpy import save_file

PROBLEMS = {"mlp2x32": [196, 32, 32, 10], "mlp3x128": [196, 128, 128, 128, 10]}
PAPER = {
    "hidden_layers": 1, "hidden_units": 32, "features": ["momentum", "rms", "time"],
    "betas": [0.5, 0.9, 0.99, 0.999, 0.9999],
    "time_scales": [3, 10, 30, 100, 300, 1000, 3000, 10000, 300000], "lambda1": 0.001, "lambda2": 0.001,
}
LOSS_CLIP = 10.0


def dense_shapes(widths):
    return [shape for a, b in zip(widths, widths[1:]) for shape in ((a, b), (b,))]


def split(flat, shapes):
    sizes = [int(numpy.prod(shape)) for shape in shapes]
    return [piece.reshape(shape) for piece, shape in zip(torch.split(flat, sizes), shapes)]


def inner_loss(widths, u, pixels, labels):
    """Softmax cross-entropy of a fully connected network; pixels [B, ...] are bytes."""
    x = pixels.reshape(len(pixels), -1).to(u.dtype) / 255
    parts = split(u, dense_shapes(widths))
    for layer in range(0, len(parts), 2):
        x = x @ parts[layer] + parts[layer + 1]
        if layer + 2 < len(parts):
            x = torch.relu(x)
    return torch.nn.functional.cross_entropy(x, labels)


def optimizer_shapes(architecture):
    betas, features = len(architecture["betas"]), architecture["features"]
    rms, momentum = "rms" in features, "momentum" in features
    inputs = 2 + betas * ((rms and momentum) + momentum + 2 * rms)
    inputs += len(architecture["time_scales"]) if "time" in features else 0
    return dense_shapes([inputs] + [architecture["hidden_units"]] * architecture["hidden_layers"] + [2])


def update(architecture, theta, shapes, u, g, m, v, step):
    """One step of the learned optimizer; m and v [betas, P] have g in them already."""
    features = architecture["features"]
    rms, momentum = "rms" in features, "momentum" in features
    network = split(theta, optimizer_shapes(architecture))
    r = 1 / torch.sqrt(v + 1e-6)
    rows = [g[None]]
    rows += [m * r] if rms and momentum else []
    rows += [u[None]]
    rows += [m] if momentum else []
    rows += [v, r] if rms else []
    x = torch.cat(rows)
    scales = torch.tensor(architecture["time_scales"], dtype=u.dtype)
    time = torch.tanh(step / scales - 1)
    new, start = [], 0
    for shape in shapes:
        end = start + int(numpy.prod(shape))
        piece = x[:, start:end]
        h = (piece / torch.sqrt(1e-5 + (piece * piece).mean(dim=1, keepdim=True))).T
        if "time" in features:
            h = torch.cat([h, time.expand(end - start, -1)], dim=1)
        for layer in range(0, len(network), 2):
            h = h @ network[layer] + network[layer + 1]
            if layer + 2 < len(network):
                h = torch.relu(h)
        new.append(u[start:end] - architecture["lambda1"] * h[:, 0] * torch.exp(architecture["lambda2"] * h[:, 1]))
        start = end
    return torch.cat(new)


def counted(loss):
    """What a batch's loss counts: at most the clip, with gradient 0 there."""
    return loss if bool(loss < LOSS_CLIP) else torch.full_like(loss.detach(), LOSS_CLIP)


def truncation(problem, case, architecture, dtype):
    """Losses, outer-loss, its gradient, and the state after the last step."""
    widths = PROBLEMS[problem]
    shapes = dense_shapes(widths)
    theta = torch.tensor(case["theta"], dtype=dtype, requires_grad=True)
    u = torch.tensor(case["inner"], dtype=dtype, requires_grad=True)
    zeros = numpy.zeros((len(architecture["betas"]), len(case["inner"])), numpy.float32)
    m = torch.tensor(case.get("momenta", zeros), dtype=dtype)
    v = torch.tensor(case.get("second_moments", zeros), dtype=dtype)
    first = int(numpy.asarray(case.get("step", 0)).reshape(()))
    beta = torch.tensor(architecture["betas"], dtype=dtype)[:, None]
    images, labels = torch.tensor(case["images"]), torch.tensor(case["labels"]).long()
    outer = "outer_images" in case
    losses = []
    for k in range(len(images)):
        loss = inner_loss(widths, u, images[k], labels[k])
        (g,) = torch.autograd.grad(loss, u, create_graph=True)
        next_m = beta * m + (1 - beta) * g
        next_v = beta * v + (1 - beta) * g * g
        next_u = update(architecture, theta, shapes, u, g, next_m, next_v, first + k)
        if not all(bool(torch.isfinite(x).all()) for x in (loss, g, next_u)):
            break
        if outer:
            fresh_images, fresh_labels = torch.tensor(case["outer_images"][k]), torch.tensor(case["outer_labels"][k])
            each = [counted(inner_loss(widths, next_u, i, l.long())) for i, l in zip(fresh_images, fresh_labels)]
            losses.append(torch.stack(each).mean())
        else:
            losses.append(counted(loss))
        u, m, v = next_u, next_m, next_v
    losses += [torch.tensor(LOSS_CLIP, dtype=dtype)] * (len(images) - len(losses))
    outer_loss = torch.stack(losses).mean()
    gradient = torch.zeros_like(theta)
    if outer_loss.requires_grad:
        (gradient,) = torch.autograd.grad(outer_loss, theta, allow_unused=True)
    result = {
        "losses": torch.stack(losses), "outer_loss": outer_loss.reshape(1), "gradient": gradient, "inner": u,
        "momenta": m, "second_moments": v,
    }
    return {name: value.detach().numpy() for name, value in result.items()}


def architecture_of(metadata):
    """The architecture that a case's metadata names; what is absent is the paper's."""
    numbers = {key: json.loads(metadata[key]) for key in PAPER if key in (metadata or {})}
    return {**PAPER, **numbers}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--problem", required=True, choices=PROBLEMS)
    parser.add_argument("--case", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--precision", choices=["single", "double"], default="double")
    options = parser.parse_args()
    with safe_open(options.case, framework="numpy") as file:
        case = {name: file.get_tensor(name) for name in file.keys()}
        architecture = architecture_of(file.metadata())
    dtype = torch.float64 if options.precision == "double" else torch.float32
    result = truncation(options.problem, case, architecture, dtype)
    save_file({name: value.copy() for name, value in result.items()}, options.output)


if __name__ == "__main__":
    main()
