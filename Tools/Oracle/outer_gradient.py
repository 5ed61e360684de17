"""The outer-gradient of one truncation by PyTorch's automatic derivatives: the oracle of `lopt outer-gradient`.

    python outer_gradient.py --problem mlp2x32 --case CASE.safetensors --output RESULT.safetensors [--precision single]

Case and result are described in Documentation/outer-gradient.md; in double precision the result's tensors are float64.
"""

import argparse
import json

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from learned_optimizer import Architecture, inner_loss, problem_named, update

CLIP = 10.0


def counted_loss(loss):
    """A batch's loss as it counts: clipped at 10, with gradient 0 there; one that is not finite counts 10."""
    return loss if loss < CLIP else torch.full_like(loss, CLIP).detach()


def truncation(case, problem, architecture, precision=torch.float64, inner_loss_clip=None):
    """The outer-loss of the truncation that `case` (a dictionary of tensors) gives, and its gradient by θ."""
    theta = case["theta"].to(precision).requires_grad_()
    inner = case["inner"].to(precision).requires_grad_()
    zeros = torch.zeros(len(architecture.betas), len(inner), dtype=precision)
    momenta = case.get("momenta", zeros).to(precision)
    second_moments = case.get("second_moments", zeros).to(precision)
    first = int(case.get("step", torch.tensor(0)))
    length = len(case["images"])

    losses = []
    for index in range(length):
        loss = inner_loss(problem, inner, case["images"][index], case["labels"][index])
        descended = loss if inner_loss_clip is None else torch.clamp(loss, max=inner_loss_clip)
        (gradient,) = torch.autograd.grad(descended, inner, create_graph=True)
        finite = bool(loss.isfinite() and gradient.isfinite().all())
        if finite:
            inner, momenta, second_moments = update(
                architecture, theta, problem, first + index, inner, gradient, momenta, second_moments
            )
            finite = bool(inner.isfinite().all())
        if not finite:
            losses += [torch.tensor(CLIP, dtype=precision)] * (length - index)
            break
        if "outer_images" in case:
            batches = zip(case["outer_images"][index], case["outer_labels"][index], strict=True)
            counted = [counted_loss(inner_loss(problem, inner, *batch)) for batch in batches]
            losses.append(torch.stack(counted).mean())
        else:
            losses.append(counted_loss(loss))

    losses = torch.stack(losses)
    outer_loss = losses.mean()
    (gradient,) = torch.autograd.grad(outer_loss, theta)
    results = {
        "losses": losses,
        "outer_loss": outer_loss,
        "gradient": gradient,
        "inner": inner,
        "momenta": momenta,
        "second_moments": second_moments,
    }
    return {name: tensor.detach().contiguous() for name, tensor in results.items()}


def problem(name):
    problem_named(name)
    return name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problem", type=problem, required=True, help="such as mlp2x32 or conv3x8@16")
    parser.add_argument("--case", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--precision", choices=["double", "single"], default="double")
    arguments = parser.parse_args()
    with safe_open(arguments.case, "pt") as file:
        case = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, the file is no dict
        metadata = file.metadata() or {}
    clip = json.loads(metadata.get("inner_loss_clip", "null"))
    precision = torch.float64 if arguments.precision == "double" else torch.float32
    result = truncation(case, arguments.problem, Architecture.from_metadata(metadata), precision, clip)
    save_file(result, arguments.output)


if __name__ == "__main__":
    main()
