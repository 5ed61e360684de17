"""Makes Tests/Fixtures/optimizers.json: where 500 steps of PyTorch's own optimizers lead, in double precision.

    python make_optimizer_fixtures.py

A case has the name of a baseline, its schedule, and the parameters after some of the steps; `single_precision_error` is
by how much, relative in L2, PyTorch's own result in single precision differs from the last of these. Parameters and
gradients are numbers of inputs.py: parameter i begins at `signed` of seed 200, and its gradient in step t, from 0, is
`signed` of seed 1000 + t, plus 0.3, times 10^(−(i mod 4)). Hyperparameters are the single-precision numbers nearest to
those below, as an engine in single precision has them.

RMSProp with bias correction is Adam without its first moment; PyTorch's RMSprop has no bias correction.
"""

import json

import numpy as np
import torch
from torch.optim import SGD, Adam, AdamW, NAdam
from torch.optim.lr_scheduler import CosineAnnealingLR

import inputs
from make_fixtures import FOLDER, INNER, relative_error

GRADIENTS = 1000
COUNT = 32
STEPS = 500
KEPT = (1, 10, 100, STEPS)


def single(value):
    return float(np.float32(value))


RATE, BETA1, BETA2, EPSILON, DECAY = (single(value) for value in (0.01, 0.9, 0.999, 1e-8, 0.01))
BETAS = (BETA1, BETA2)

OPTIMIZERS = {
    "adam": lambda u: Adam(u, RATE, betas=BETAS, eps=EPSILON),
    "adamw": lambda u: AdamW(u, RATE, betas=BETAS, eps=EPSILON, weight_decay=DECAY),
    "nadamw": lambda u: NAdam(
        u, RATE, betas=BETAS, eps=EPSILON, weight_decay=DECAY, momentum_decay=0.004, decoupled_weight_decay=True
    ),
    "rmsprop": lambda u: Adam(u, RATE, betas=(0.0, BETA1), eps=EPSILON),
    "momentum": lambda u: SGD(u, RATE, momentum=BETA1),
    "nesterov": lambda u: SGD(u, RATE, momentum=BETA1, nesterov=True),
}


def gradient(step):
    scales = np.array([1, 0.1, 0.01, 0.001])[np.arange(COUNT) % 4]
    return ((inputs.signed(GRADIENTS + step, COUNT) + 0.3) * scales).astype(np.float32)


def trajectory(name, schedule, precision):
    """The parameters after each step of KEPT."""
    # The precision of numbers that an optimizer keeps apart from its parameters.
    torch.set_default_dtype(precision)
    parameters = torch.from_numpy(inputs.signed(INNER, COUNT).astype(np.float32)).to(precision).requires_grad_()
    optimizer = OPTIMIZERS[name]([parameters])
    scheduler = CosineAnnealingLR(optimizer, STEPS) if schedule == "cosine" else None
    kept = []
    for step in range(STEPS):
        parameters.grad = torch.from_numpy(gradient(step)).to(precision)
        optimizer.step()
        if scheduler:
            scheduler.step()
        if step + 1 in KEPT:
            kept.append(parameters.detach().double().tolist())
    return kept


def main():
    cases = []
    for name in OPTIMIZERS:
        for schedule in ("constant", "cosine"):
            double = trajectory(name, schedule, torch.float64)
            error = relative_error(trajectory(name, schedule, torch.float32)[-1], double[-1])
            parameters = dict(zip(map(str, KEPT), double, strict=True))
            cases.append(
                {
                    "optimizer": name,
                    "schedule": schedule,
                    "steps": STEPS,
                    "parameters": parameters,
                    "single_precision_error": error,
                }
            )
            print(f"{name}, {schedule}: in single precision {error:.1e}")
    (FOLDER.parent / "optimizers.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
