"""The inputs of the fixtures: numbers that any language makes again bit for bit, and images: of the sample of MNIST, or
made of such numbers.

Number i of seed s is splitmix64's output for the state s · 2³² + i (multiplied by its increment). From its 64 bits z:
`signed` is (z >> 11) · 2⁻⁵² − 1, in [−1, 1), exact in double precision; `indices` are z mod bound; `signs` are +1
where the top bit of z is 0, else −1. Whatever is computed from `signed` is computed in double precision and rounded
once, to float32.
"""

import gzip
from pathlib import Path

import numpy as np
import torch

from learned_optimizer import Architecture, inner_shapes

# The seed of the classes' patterns in images that are not MNIST's.
PATTERNS = 900
SAMPLE = Path(__file__).resolve().parents[2] / "Examples/mnist"


def bits(seed, count):
    with np.errstate(over="ignore"):
        state = (np.uint64(seed << 32) + np.arange(count, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def signed(seed, count):
    return (bits(seed, count) >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1


def indices(seed, count, bound):
    return (bits(seed, count) % np.uint64(bound)).astype(np.int64)


def signs(seed, count):
    return np.where(bits(seed, count) >> np.uint64(63), -1.0, 1.0)


def layers(seed, shapes, limit):
    """Weights [in, out] or [3, 3, in, out] uniform within limit(fan in, fan out), biases 0. One seed a tensor: seed,
    seed + 1, …"""
    values = []
    for index, shape in enumerate(shapes):
        count = int(np.prod(shape))
        area = int(np.prod(shape[:-2]))
        scale = limit(area * shape[-2], area * shape[-1]) if len(shape) > 1 else 0.0
        values.append((signed(seed + index, count) * scale).astype(np.float32))
    return np.concatenate(values)


def inner_parameters(seed, problem):
    """Glorot uniform."""
    return layers(seed, inner_shapes(problem), lambda inputs, outputs: np.sqrt(6.0 / (inputs + outputs)))


def theta(seed, architecture: Architecture):
    """Weights uniform with standard deviation 1/(2√in), and on top of them a path that descends along the gradient:
    units 0 and 1 of every hidden layer take its positive and its negative part to the output d."""
    shapes = architecture.shapes()
    flat = layers(seed, shapes, lambda inputs, outputs: np.sqrt(0.75 / inputs))
    offset = 0
    for layer, shape in enumerate(shapes[::2]):
        weight = flat[offset : offset + shape[0] * shape[1]].reshape(shape)
        if layer == 0:
            weight[0, 0] += np.float32(1)
            weight[0, 1] -= np.float32(1)
        elif layer == architecture.hidden_layers:
            weight[0, 0] += np.float32(1)
            weight[1, 0] -= np.float32(1)
        else:
            weight[0, 0] += np.float32(1)
            weight[1, 1] += np.float32(1)
        offset += shape[0] * shape[1] + shape[1]
    return flat


def diverging(flat, architecture: Architecture):
    """Changes θ of one hidden layer so that its steps are 400 times as long, and so that at inner step 4, where the
    time input of scale 3 becomes positive, unit 2 takes the exponent of the update beyond every float."""
    units = architecture.hidden_units
    inputs = architecture.inputs()
    first = flat[: inputs * units].reshape(inputs, units)
    second = flat[(inputs + 1) * units : (inputs + 1) * units + 2 * units].reshape(units, 2)
    second[:, 0] *= np.float32(400)
    first[:, 2] = 0
    first[inputs - len(architecture.time_scales), 2] = 1e7
    second[2] = [0, 1]
    return flat


def read_idx(name):
    data = gzip.decompress((SAMPLE / name).read_bytes())
    dimensions = data[3]
    shape = np.frombuffer(data, ">i4", dimensions, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


class Sample:
    """The training images of the sample of MNIST."""

    def __init__(self):
        self.images = read_idx("train-images-idx3-ubyte.gz").astype(np.int32)
        self.labels = read_idx("train-labels-idx1-ubyte.gz").astype(np.int32)

    def batches(self, seed, image_shape, *shape):
        """Images [*shape, *image_shape] and labels [*shape]."""
        count = int(np.prod(shape))
        if image_shape[-1] == 1:
            chosen = indices(seed, count, len(self.labels))
            images, labels = self.images[chosen], self.labels[chosen]
            if image_shape[0] == 14:
                images = halved(images)
        else:
            labels = indices(seed + 1, count, 10).astype(np.int32)
            images = blocks(seed, labels, image_shape)
        images = images.astype(np.uint8).reshape(*shape, *image_shape)
        return torch.from_numpy(images), torch.from_numpy(labels.reshape(shape))


def halved(images):
    """Each pixel the mean (a + b + c + d + 2) // 4 of 2×2 pixels."""
    quads = images[:, ::2, ::2] + images[:, ::2, 1::2] + images[:, 1::2, ::2] + images[:, 1::2, 1::2]
    return (quads + 2) // 4


def blocks(seed, labels, image_shape):
    """Images of blocks of 4×4 pixels, each the mean of a random byte and of one that is the class's."""
    height, width, channels = image_shape
    shape = (height // 4, width // 4, channels)
    size = int(np.prod(shape))
    patterns = indices(PATTERNS, 10 * size, 256).reshape(10, *shape)
    values = (indices(seed, len(labels) * size, 256).reshape(-1, *shape) + patterns[labels]) // 2
    return values.repeat(4, axis=1).repeat(4, axis=2)
