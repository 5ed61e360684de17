"""Times an operation of the engine in JAX: one jit, a convolution being nine shifted slices and one matrix product.

    engine_jax.py PROBLEM OPERATION BATCH SECONDS

PROBLEM is an inner problem by its name, OPERATION gradient, gradient_hvp or unroll_forward of `lopt bench`; the
last one unrolls MEMBERS networks at once, each with weights of its own, by vmap. Prints for every line that it reads
the operations a second over SECONDS, for unrolls inner steps a second; run it under taskset for one thread.
"""

import sys
import time

import jax
import jax.numpy as jnp
import numpy
from jax import lax

from engine_problems import PROBLEMS

# Networks and inner steps of an unroll.
MEMBERS, LENGTH = 32, 20
BETAS = jnp.array([0.5, 0.9, 0.99, 0.999, 0.9999])
TIME_SCALES = jnp.array([3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e5])


def convolution(x, weight, bias, stride):
    batch, height = x.shape[:2]
    side = -(-height // stride)
    padding = max((side - 1) * stride + 3 - height, 0)
    around = (padding // 2, padding - padding // 2)
    x = jnp.pad(x, ((0, 0), around, around, (0, 0)))
    end = (side - 1) * stride + 1
    columns = jnp.concatenate(
        [x[:, i : i + end : stride, j : j + end : stride] for i in range(3) for j in range(3)], -1
    )
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
        for layer, (weight, bias) in enumerate(zip(parameters[:-2:2], parameters[1:-2:2], strict=True)):
            hidden = convolution(hidden, weight, bias, strides[layer]) if strides else hidden @ weight + bias
            hidden = jax.nn.relu(hidden)
        if strides:
            hidden = hidden.mean((1, 2))
        likelihoods = jax.nn.log_softmax(hidden @ parameters[-2] + parameters[-1])
        return -jnp.mean(jnp.take_along_axis(likelihoods, labels[:, None], 1))

    return parameters, images, labels, loss


def update(theta, parameters, gradient, momenta, second_moments, step):
    """The learned optimizer's, of one tensor."""
    gradient = gradient[..., None]
    momenta = momenta * BETAS + (1 - BETAS) * gradient
    second_moments = second_moments * BETAS + (1 - BETAS) * gradient * gradient
    inverse = lax.rsqrt(second_moments + 1e-6)
    features = [gradient, momenta * inverse, parameters[..., None], momenta, second_moments, inverse]
    x = jnp.concatenate(features, -1)
    x = x * lax.rsqrt(1e-5 + jnp.mean(x * x, tuple(range(x.ndim - 1)), keepdims=True))
    times = jnp.tanh(step / TIME_SCALES - 1) @ theta[0][22:]
    hidden = jax.nn.relu(x.reshape(-1, 22) @ theta[0][:22] + (times + theta[1]))
    out = (hidden @ theta[2] + theta[3]).reshape(parameters.shape + (2,))
    return parameters - 1e-3 * out[..., 0] * jnp.exp(1e-3 * out[..., 1]), momenta, second_moments


def make_unroll(problem, batch):
    """A function that unrolls all members, its arguments, and the inner steps of one call."""
    parameters, images, labels, loss = make(problem, batch)
    keys = jax.random.split(jax.random.PRNGKey(1), 2)
    first = jax.random.normal(keys[0], (MEMBERS, 31, 32)) / 31**0.5
    last = jax.random.normal(keys[1], (MEMBERS, 32, 2)) / 32**0.5
    theta = (first, jnp.zeros((MEMBERS, 32)), last, jnp.zeros((MEMBERS, 2)))

    def unroll(theta, parameters):
        zeros = [jnp.zeros(p.shape + (5,)) for p in parameters]

        def step(state, k):
            value, gradients = jax.value_and_grad(loss)(state[0], images, labels)
            parts = [update(theta, *tensor, k) for tensor in zip(state[0], gradients, *state[1:], strict=True)]
            return tuple(map(list, zip(*parts, strict=True))), value

        return lax.scan(step, (parameters, zeros, zeros), jnp.arange(LENGTH, dtype=jnp.float32))

    return jax.jit(jax.vmap(unroll, (0, None))), (theta, parameters), MEMBERS * LENGTH


def make_derivative(problem, operation, batch):
    """The operation, its arguments, and 1."""
    parameters, images, labels, loss = make(problem, batch)

    def along(p, x, y):
        return jax.jvp(lambda q: jax.value_and_grad(loss)(q, x, y)[1], (p,), (p,))

    function = {"gradient": jax.value_and_grad(loss), "gradient_hvp": along}[operation]
    return jax.jit(function), (parameters, images, labels), 1


def main():
    problem, operation, batch, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    made = make_unroll(problem, batch) if operation == "unroll_forward" else make_derivative(problem, operation, batch)
    function, arguments, count = made
    for _ in range(3):
        jax.block_until_ready(function(*arguments))
    print("jit", flush=True)
    for _ in sys.stdin:
        calls, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            jax.block_until_ready(function(*arguments))
            calls += 1
        print(f"{calls * count / elapsed:.2f}", flush=True)


main()
