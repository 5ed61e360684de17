"""Times the engine's operations in JAX, one jit each, a convolution being nine shifted slices and one matrix product.

    engine_jax.py PROBLEM OPERATION BATCH SECONDS

PROBLEM is an inner problem by its name, OPERATION value, gradient or gradient_hvp of `lopt bench`. Prints operations a
second; run it under taskset for one thread.
"""

import sys
import time

import jax
import jax.numpy as jnp
import numpy

# Height, channels of the images; widths, and strides of the convolutions.
PROBLEMS = {
    "mlp2x32": (14, 1, [32, 32], None),
    "mlp3x128": (14, 1, [128, 128, 128], None),
    "conv3x32": (32, 3, [32, 32, 32], [2, 2, 1]),
    "conv3x128": (32, 3, [128, 128, 128], [2, 2, 1]),
    "conv3x32-mnist": (28, 1, [32, 32, 32], [2, 2, 1]),
    "conv6x32-mnist": (28, 1, [32] * 6, [2, 1, 2, 1, 1, 1]),
    "conv3x8@16": (16, 3, [8, 8, 8], [2, 2, 1]),
}


def convolution(x, weight, bias, stride):
    batch, height = x.shape[:2]
    side = -(-height // stride)
    padding = max((side - 1) * stride + 3 - height, 0)
    around = (padding // 2, padding - padding // 2)
    x = jnp.pad(x, ((0, 0), around, around, (0, 0)))
    end = (side - 1) * stride + 1
    columns = jnp.concatenate([x[:, i:i + end:stride, j:j + end:stride] for i in range(3) for j in range(3)], -1)
    return (columns.reshape(batch * side * side, -1) @ weight + bias).reshape(batch, side, side, -1)


def make(problem, batch):
    """The parameters, the images, the labels and the loss."""
    size, channels, widths, strides = PROBLEMS[problem]
    random = numpy.random.RandomState(1)
    before = channels if strides else channels * size * size
    parameters = []
    for width in [*widths, 10]:
        taps = 9 if strides and len(parameters) < 2 * len(widths) else 1
        weight = random.standard_normal((taps * before, width)) * (taps * before) ** -0.5
        parameters += [jnp.asarray(weight, jnp.float32), jnp.zeros(width)]
        before = width
    images = jnp.asarray(random.uniform(size=(batch, size, size, channels)), jnp.float32)
    labels = jnp.asarray(random.randint(0, 10, batch))

    def loss(parameters, images, labels):
        hidden = images if strides else images.reshape(batch, -1)
        for layer, (weight, bias) in enumerate(zip(parameters[:-2:2], parameters[1:-2:2])):
            hidden = convolution(hidden, weight, bias, strides[layer]) if strides else hidden @ weight + bias
            hidden = jax.nn.relu(hidden)
        if strides:
            hidden = hidden.mean((1, 2))
        likelihoods = jax.nn.log_softmax(hidden @ parameters[-2] + parameters[-1])
        return -jnp.mean(jnp.take_along_axis(likelihoods, labels[:, None], 1))

    return parameters, images, labels, loss


def main():
    problem, operation, batch, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    parameters, images, labels, loss = make(problem, batch)
    along = lambda p, x, y: jax.jvp(lambda q: jax.grad(loss)(q, x, y), (p,), (p,))
    function = jax.jit({"value": loss, "gradient": jax.value_and_grad(loss), "gradient_hvp": along}[operation])
    for _ in range(3):
        jax.block_until_ready(function(parameters, images, labels))
    calls, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        jax.block_until_ready(function(parameters, images, labels))
        calls += 1
    print(f"{calls / elapsed:.1f}")


main()
