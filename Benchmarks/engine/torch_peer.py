"""Times gradients and Hessian-vector products of the inner problems in PyTorch, in every form that an expert would try.

    torch_peer.py THREADS BATCH SECONDS PROBLEM…

For each problem a line of JSON: milliseconds of the fastest form for `gradient` and for `gradient_hvp` (both at once),
and which form that was. Forms: images as NCHW and as channels_last; eager and compiled; the Hessian-vector product as
reverse over reverse (grad of grad · v) and as forward over reverse (jvp of grad). Each form is warmed up, tried for
SECONDS / 10, and the fastest timed for SECONDS: the figure is the median.
"""

import json
import math
import statistics
import sys
import time
import warnings
from pathlib import Path

import torch
from torch.func import functional_call, grad, jvp, vjp

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests/Oracle"))
from learned_optimizer import PROBLEMS, Convolutional, same_padding  # noqa: E402

warnings.filterwarnings("ignore")


class Network(torch.nn.Module):
    """A problem as PyTorch's own layers: SAME padding goes into the convolution wherever it is the same on both sides."""

    def __init__(self, problem):
        super().__init__()
        self.strides = problem.strides if isinstance(problem, Convolutional) else []
        if self.strides:
            widths = [problem.shape[-1]] + [problem.channels] * len(self.strides)
            self.convolutions = torch.nn.ModuleList(
                torch.nn.Conv2d(inputs, outputs, 3, stride)
                for inputs, outputs, stride in zip(widths, widths[1:], self.strides)
            )
            widths = [problem.channels, 10]
        else:
            widths = [math.prod(problem.shape)] + problem.hidden + [10]
        self.dense = torch.nn.ModuleList(torch.nn.Linear(*pair) for pair in zip(widths, widths[1:]))

    def forward(self, x, labels):
        functional = torch.nn.functional
        for index, stride in enumerate(self.strides):
            layer = self.convolutions[index]
            before, after = same_padding(x.shape[2], stride)
            if before != after:
                x = functional.pad(x, (before, after, before, after))
            x = torch.relu(functional.conv2d(x, layer.weight, layer.bias, stride, before if before == after else 0))
        if self.strides:
            x = x.mean((2, 3))
        for index, layer in enumerate(self.dense):
            x = layer(x)
            if index + 1 < len(self.dense):
                x = torch.relu(x)
        return functional.cross_entropy(x, labels)


def forms(problem, batch):
    """For each operation the forms by name, as functions without arguments."""
    network = Network(problem)
    height, width, channels = problem.shape
    images = torch.rand(batch, channels, height, width)
    labels = torch.randint(0, 10, (batch,))
    layouts = {"nchw": torch.contiguous_format}
    if network.strides:
        layouts["channels_last"] = torch.channels_last
    else:
        images = images.flatten(1)
    found = {"gradient": {}, "gradient_hvp": {}}
    for name, layout in layouts.items():
        arrange = lambda x: x.contiguous(memory_format=layout) if x.ndim == 4 else x  # noqa: E731
        x = arrange(images)
        parameters = {key: arrange(value.detach().clone()) for key, value in network.named_parameters()}
        vector = {key: torch.randn_like(value) for key, value in parameters.items()}

        def gradient(u, x=x):
            return grad(lambda u: functional_call(network, u, (x, labels)))(u)

        def forward_over_reverse(u, v, gradient=gradient):
            return jvp(gradient, (u,), (v,))

        def reverse_over_reverse(u, v, gradient=gradient):
            first, pull = vjp(gradient, u)
            return first, pull(v)[0]

        for kind, wrap in (("eager", lambda f: f), ("compiled", lambda f: torch.compile(f, dynamic=False))):
            found["gradient"][f"{name} {kind}"] = bind(wrap(gradient), parameters)
            for order, function in (("f/r", forward_over_reverse), ("r/r", reverse_over_reverse)):
                found["gradient_hvp"][f"{name} {kind} {order}"] = bind(wrap(function), parameters, vector)
        leaves = [value.clone().requires_grad_() for value in parameters.values()]
        keys, directions = list(parameters), list(vector.values())

        def loss(leaves=leaves, keys=keys, x=x):
            return functional_call(network, dict(zip(keys, leaves)), (x, labels))

        def autograd(leaves=leaves, loss=loss):
            return torch.autograd.grad(loss(), leaves)

        def double_autograd(leaves=leaves, directions=directions, loss=loss):
            first = torch.autograd.grad(loss(), leaves, create_graph=True)
            return first, torch.autograd.grad(first, leaves, directions)

        found["gradient"][f"{name} autograd"] = autograd
        found["gradient_hvp"][f"{name} autograd r/r"] = double_autograd
    return found


def bind(function, *arguments):
    return lambda: function(*arguments)


def median(function, seconds):
    """Milliseconds of one call."""
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main():
    threads, batch, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    torch.set_num_threads(threads)
    for name in sys.argv[4:]:
        result = {"problem": name}
        for operation, functions in forms(PROBLEMS[name], batch).items():
            tried = {}
            for form, function in functions.items():
                try:
                    function(), function()
                    tried[form] = median(function, seconds / 10)
                except Exception as error:  # a form that this version of PyTorch cannot compile
                    print(f"{name} {operation} {form}: {str(error).splitlines()[0]}", file=sys.stderr)
            best = min(tried, key=tried.get)
            result[operation] = median(functions[best], seconds)
            result[f"{operation}_form"] = best
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
