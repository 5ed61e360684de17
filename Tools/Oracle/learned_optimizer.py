"""The learned optimizer and the inner problems, literally as the method's page says them, for automatic derivatives.

Every function takes and returns PyTorch tensors and keeps their graph: differentiating through any number of inner
steps needs nothing more.
"""

import itertools
import json
import math
import re
from dataclasses import dataclass, field

import torch

CLASSES = 10


@dataclass
class Dense:
    """Hidden layers of these widths."""

    shape: list
    hidden: list

    def shapes(self):
        return dense_shapes([math.prod(self.shape)] + self.hidden + [CLASSES])

    def logits(self, pixels, tensors):
        return dense_network(pixels.flatten(1), tensors)


@dataclass
class Convolutional:
    """3×3 convolutions of these strides, the mean over the pixels, a linear layer."""

    shape: list
    channels: int
    strides: list

    def shapes(self):
        shapes, inputs = [], self.shape[-1]
        for _ in self.strides:
            shapes += [[3, 3, inputs, self.channels], [self.channels]]
            inputs = self.channels
        return shapes + dense_shapes([self.channels, CLASSES])

    def logits(self, pixels, tensors):
        values = pixels.permute(0, 3, 1, 2)
        for layer, stride in enumerate(self.strides):
            weight, bias = tensors[2 * layer].permute(3, 2, 0, 1), tensors[2 * layer + 1]
            padding = same_padding(values.shape[3], stride) + same_padding(values.shape[2], stride)
            padded = torch.nn.functional.pad(values, padding)
            values = torch.relu(torch.nn.functional.conv2d(padded, weight, bias, stride))
        return dense_network(values.mean(dim=(2, 3)), tensors[-2:])


def same_padding(size, stride):
    """TensorFlow's: of the zeros that ceil(size / stride) results need, half before, rounded down."""
    total = max((-(-size // stride) - 1) * stride + 3 - size, 0)
    return total // 2, total - total // 2


STRIDES = {"3": [2, 2, 1], "6": [2, 1, 2, 1, 1, 1]}


def problem_named(name):
    """The problem of a name like conv3x8@16, conv6x16-mnist@14, mlp2x32 or mlp2x32-rgb@8, as the engine reads it."""
    match = re.fullmatch(r"mlp([0-9]+)x([0-9]+)(-rgb)?(?:@([0-9]+))?", name)
    if match is not None:
        size = int(match[4] or (32 if match[3] else 14))
        return Dense([size, size, 3 if match[3] else 1], int(match[1]) * [int(match[2])])
    match = re.fullmatch(r"conv([36])x([0-9]+)(-mnist)?(?:@([0-9]+))?", name)
    if match is None:
        raise ValueError(f"unknown problem {name}")
    size = int(match[4] or (28 if match[3] else 32))
    return Convolutional([size, size, 1 if match[3] else 3], int(match[2]), STRIDES[match[1]])


PAPER = ["mlp2x32", "mlp3x128", "conv3x32", "conv3x128", "conv3x32-mnist", "conv6x32-mnist"]
PROBLEMS = {name: problem_named(name) for name in PAPER}


@dataclass
class Architecture:
    """What the learned optimizer's network looks like; the defaults are the paper's."""

    hidden_layers: int = 1
    hidden_units: int = 32
    features: list = field(default_factory=lambda: ["momentum", "rms", "time"])
    betas: list = field(default_factory=lambda: [0.5, 0.9, 0.99, 0.999, 0.9999])
    time_scales: list = field(default_factory=lambda: [3, 10, 30, 100, 300, 1000, 3000, 10000, 300000])
    lambda1: float = 0.001
    lambda2: float = 0.001
    time_frozen_at: int | None = None
    scale_by_rms: bool = False
    raw_momentum: bool = False

    @staticmethod
    def from_metadata(metadata):
        """Of a case or a snapshot: numbers and lists are JSON; what is absent is the paper's."""
        names = Architecture.__dataclass_fields__
        return Architecture(**{key: json.loads(value) for key, value in (metadata or {}).items() if key in names})

    def inputs(self):
        momentum, rms = "momentum" in self.features, "rms" in self.features
        groups = 2 * rms + momentum + (momentum and rms)
        return 2 + groups * len(self.betas) + ("time" in self.features) * len(self.time_scales)

    def shapes(self):
        """The pieces of θ: each layer's weight [in, out], then its bias [out]."""
        return dense_shapes([self.inputs()] + self.hidden_layers * [self.hidden_units] + [2])


def dense_shapes(widths):
    shapes = []
    for inputs, outputs in itertools.pairwise(widths):
        shapes += [[inputs, outputs], [outputs]]
    return shapes


def inner_shapes(problem):
    """The pieces of the flat inner parameters, in their order."""
    return problem_named(problem).shapes()


def pieces(flat, shapes):
    """The tensors of a flat vector (or of the last axis of a matrix of such vectors)."""
    offset, tensors = 0, []
    for shape in shapes:
        count = math.prod(shape)
        tensors.append(flat[..., offset : offset + count].reshape(flat.shape[:-1] + tuple(shape)))
        offset += count
    assert offset == flat.shape[-1], f"{flat.shape[-1]} numbers where the layout has {offset}"
    return tensors


def dense_network(inputs, layers):
    """Dense layers with ReLU between them; `layers` are weights and biases in turn."""
    for index in range(0, len(layers), 2):
        inputs = inputs @ layers[index] + layers[index + 1]
        if index + 2 < len(layers):
            inputs = torch.relu(inputs)
    return inputs


def inner_loss(problem, inner, images, labels):
    """The mean softmax cross-entropy of a batch: images [B, H, W, C] as bytes, labels [B]."""
    pixels = images.to(inner.dtype) / 255
    logits = problem_named(problem).logits(pixels, pieces(inner, inner_shapes(problem)))
    return torch.nn.functional.cross_entropy(logits, labels.long())


def update_tensor(architecture, layers, step, value, gradient, momenta, second_moments):
    """The next values of one tensor of inner parameters; all arguments are flat, the moments [betas, count]."""
    momentum, rms = "momentum" in architecture.features, "rms" in architecture.features
    inverse_rms = 1 / torch.sqrt(second_moments + 1e-6)
    features = [gradient[None]]
    if momentum and rms:
        features.append(momenta * inverse_rms)
    features.append(value[None])
    if momentum:
        features.append(momenta)
    if rms:
        features += [second_moments, inverse_rms]
    features = torch.cat(features)
    scales = torch.sqrt(1e-5 + (features**2).mean(dim=1, keepdim=True))
    if architecture.raw_momentum:
        is_raw = torch.zeros_like(scales, dtype=torch.bool)
        is_raw[1 : 1 + len(architecture.betas)] = True
        scales = torch.where(is_raw, 1.0, scales)
    features = features / scales
    if "time" in architecture.features:
        time = step if architecture.time_frozen_at is None else min(step, architecture.time_frozen_at)
        times = [math.tanh(time / scale - 1) for scale in architecture.time_scales]
        times = torch.tensor(times, dtype=value.dtype)[:, None].expand(-1, len(value))
        features = torch.cat([features, times])
    outputs = dense_network(features.T, layers)
    change = architecture.lambda1 * outputs[:, 0] * torch.exp(architecture.lambda2 * outputs[:, 1])
    if architecture.scale_by_rms:
        change = torch.sqrt((value**2).mean() + 1e-9) * change
    return value - change


def update(architecture, theta, problem, step, inner, gradient, momenta, second_moments):
    """One inner step: the state after it. The moments [betas, P] take this step's gradient before they are used."""
    betas = torch.tensor(architecture.betas, dtype=torch.float64)[:, None]
    decay, rest = betas.to(inner.dtype), (1 - betas).to(inner.dtype)
    momenta = decay * momenta + rest * gradient
    second_moments = decay * second_moments + rest * gradient**2
    layers = pieces(theta, architecture.shapes())
    shapes = inner_shapes(problem)
    flat = [[math.prod(shape)] for shape in shapes]
    of_tensors = zip(*(pieces(vector, flat) for vector in (inner, gradient, momenta, second_moments)), strict=True)
    values = [update_tensor(architecture, layers, step, *tensors) for tensors in of_tensors]
    return torch.cat(values), momenta, second_moments
