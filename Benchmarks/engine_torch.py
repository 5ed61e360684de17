"""Times an operation of the engine in PyTorch, on as many threads as it may use cores.

    engine_torch.py PROBLEM OPERATION BATCH SECONDS

PROBLEM is an inner problem by its name, OPERATION gradient, gradient_hvp, unroll_forward or unroll_reverse of
`lopt bench`. Tries eager with autograd and torch.compile with torch.func, for convolutions each in both layouts of
memory, prints which is the fastest, and then for every line that it reads the operations a second over SECONDS; for
unrolls, inner steps a second. Run it under taskset for one thread.
"""

import itertools
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch.func import grad, grad_and_value, jvp, vjp

from engine_problems import PROBLEMS

LENGTH = 20
BETAS = torch.tensor([0.5, 0.9, 0.99, 0.999, 0.9999])
TIME_SCALES = torch.tensor([3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e5])


class Work:
    def __init__(self, problem, batch, channels_last):
        torch.manual_seed(1)
        self.size, self.channels, self.widths, self.strides = PROBLEMS[problem]
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.theta = [torch.randn(31, 32) / 31**0.5, torch.zeros(32), torch.randn(32, 2) / 32**0.5, torch.zeros(2)]
        self.parameters = self.make_parameters()
        self.labels = torch.randint(0, 10, (batch,))
        images = torch.rand(batch, self.channels, self.size, self.size)
        self.images = images.to(memory_format=self.format) if self.strides else images.flatten(1)

    def make_parameters(self):
        before = self.channels if self.strides else self.channels * self.size**2
        parameters = []
        for width in self.widths:
            if self.strides:
                weight = torch.randn(width, before, 3, 3) * (9 * before) ** -0.5
                parameters.append(weight.to(memory_format=self.format))
            else:
                parameters.append(torch.randn(before, width) * before**-0.5)
            parameters.append(torch.zeros(width))
            before = width
        return (*parameters, torch.randn(before, 10) * before**-0.5, torch.zeros(10))

    def loss(self, parameters, images, labels):
        hidden = images
        for layer, (weight, bias) in enumerate(zip(parameters[:-2:2], parameters[1:-2:2], strict=True)):
            if self.strides:
                # SAME: with stride 2 on even sizes only after, on odd ones on both sides.
                stride = self.strides[layer]
                if stride == 2 and hidden.shape[2] % 2 == 0:
                    hidden = F.conv2d(F.pad(hidden, (0, 1, 0, 1)), weight, bias, stride)
                else:
                    hidden = F.conv2d(hidden, weight, bias, stride, 1)
                hidden = hidden.relu()
            else:
                hidden = torch.addmm(bias, hidden, weight).relu()
        if self.strides:
            hidden = hidden.mean((2, 3))
        return F.cross_entropy(torch.addmm(parameters[-1], hidden, parameters[-2]), labels)

    def update(self, theta, parameters, gradients, momenta, second_moments, step):
        times = torch.tanh(step / TIME_SCALES - 1)
        bias = times @ theta[0][22:] + theta[1]
        results = []
        for u, g, m, v in zip(parameters, gradients, momenta, second_moments, strict=True):
            g = g[..., None]
            m = m * BETAS + g * (1 - BETAS)
            v = v * BETAS + g * g * (1 - BETAS)
            r = torch.rsqrt(v + 1e-6)
            x = torch.cat([g, m * r, u[..., None], m, v, r], -1).reshape(-1, 22)
            x = x * torch.rsqrt(1e-5 + (x * x).mean(0))
            d, s = torch.addmm(theta[3], torch.addmm(bias, x, theta[0][:22]).relu(), theta[2]).unbind(-1)
            results.append((u - 1e-3 * (d * torch.exp(1e-3 * s)).reshape(u.shape), m, v))
        return tuple(tuple(part) for part in zip(*results, strict=True))

    def fresh(self):
        zeros = tuple(torch.zeros(*p.shape, 5) for p in self.parameters)
        return self.parameters, zeros, zeros

    def step(self, theta, state, images, labels, step):
        gradients, loss = grad_and_value(self.loss)(state[0], images, labels)
        return self.update(theta, state[0], gradients, *state[1:], step), loss

    def forward_over_reverse(self, parameters, images, labels):
        return jvp(lambda p: grad(self.loss)(p, images, labels), (parameters,), (parameters,))

    def reverse_over_reverse(self, parameters, images, labels):
        gradient, pull = vjp(lambda p: grad(self.loss)(p, images, labels), parameters)
        return gradient, pull(parameters)

    def compiled(self, operation, reverse):
        """The operation by torch.func and torch.compile, and how many operations one call is.

        `reverse`: whether the Hessian-vector product is the gradient's derivative by reverse mode too.
        """
        arguments = (self.parameters, self.images, self.labels)
        if operation == "gradient":
            function = torch.compile(grad_and_value(self.loss))
            return lambda: function(*arguments), 1
        if operation == "gradient_hvp":
            along = torch.compile(self.reverse_over_reverse if reverse else self.forward_over_reverse)
            return lambda: along(*arguments), 1
        state = self.fresh()
        step = torch.compile(self.step)
        steps = [torch.tensor(float(k)) for k in range(LENGTH)]

        def forward():
            states = [state]
            for k in steps:
                states.append(step(self.theta, states[-1], self.images, self.labels, k)[0])
            return states

        if operation == "unroll_forward":
            return forward, LENGTH

        @torch.compile
        def back(theta, state, images, labels, k, adjoint):
            _, pull = vjp(lambda theta, state: self.step(theta, state, images, labels, k), theta, state)
            return pull((adjoint, torch.tensor(1 / LENGTH)))

        def reverse():
            states = forward()
            adjoint = tuple(tuple(torch.zeros_like(t) for t in part) for part in state)
            total = [torch.zeros_like(t) for t in self.theta]
            for k, before in zip(reversed(steps), reversed(states[:-1]), strict=True):
                of_theta, adjoint = back(self.theta, before, self.images, self.labels, k, adjoint)
                total = [a + b for a, b in zip(total, of_theta, strict=True)]
            return total

        return reverse, LENGTH

    def eager(self, operation):
        """The operation by autograd, and how many operations one call is."""
        leaves = tuple(p.detach().requires_grad_() for p in self.parameters)
        theta = [t.detach().requires_grad_() for t in self.theta]

        def gradient():
            return torch.autograd.grad(self.loss(leaves, self.images, self.labels), leaves)

        def gradient_hvp():
            gradients = torch.autograd.grad(self.loss(leaves, self.images, self.labels), leaves, create_graph=True)
            return torch.autograd.grad(gradients, leaves, grad_outputs=self.parameters)

        def unroll_forward():
            state = self.fresh()
            for k in range(LENGTH):
                current = tuple(p.requires_grad_() for p in state[0])
                gradients = torch.autograd.grad(self.loss(current, self.images, self.labels), current)
                with torch.no_grad():
                    state = self.update(self.theta, *(current, gradients), *state[1:], torch.tensor(float(k)))

        def unroll_reverse():
            state, losses = self.fresh(), []
            state = (tuple(p.detach().requires_grad_() for p in state[0]), *state[1:])
            for k in range(LENGTH):
                losses.append(self.loss(state[0], self.images, self.labels))
                gradients = torch.autograd.grad(losses[-1], state[0], create_graph=True)
                state = self.update(theta, state[0], gradients, *state[1:], torch.tensor(float(k)))
            return torch.autograd.grad(torch.stack(losses).mean(), theta)

        return locals()[operation], LENGTH if operation.startswith("unroll") else 1


def prepare(problem, operation, batch, form):
    """The operation, warmed up, and how many operations one call is."""
    work = Work(problem, batch, form.endswith("-last"))
    compiled = form.startswith("compiled")
    function, count = work.compiled(operation, "-reverse" in form) if compiled else work.eager(operation)
    for _ in range(3):
        function()
    return function, count


def rate(function, count, seconds):
    calls, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        function()
        calls += 1
    return calls * count / elapsed


def main():
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    problem, operation, batch, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    layouts = ["", "-last"] if PROBLEMS[problem][3] else [""]
    rates = {}
    ways = ["eager", "compiled"] + (["compiled-reverse"] if operation == "gradient_hvp" else [])
    for form in ["".join(pair) for pair in itertools.product(ways, layouts)]:
        try:
            rates[form] = rate(*prepare(problem, operation, batch, form), seconds)
        except Exception as error:  # What torch.compile cannot do is not its best form.
            print(f"{form}: {type(error).__name__}", file=sys.stderr)
    best = max(rates, key=rates.get)
    prepared = prepare(problem, operation, batch, best)
    print(best, flush=True)
    for _ in sys.stdin:
        print(f"{rate(*prepared, seconds):.2f}", flush=True)


main()
