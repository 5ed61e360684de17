"""Times a step of the learned optimizer in PyTorch, in each of its forms, beside Adam.

    PYTHONPATH=Python/src taskset -c 0 embedding.py [THETA]

THETA is a snapshot, or else the shipped mlp2x32-train. One table is of 1,000,000 parameters in 20 tensors: milliseconds
a step, their ratio to those of Adam's foreach form, and the most temporary memory that PyTorch allocates in a step. The
other is of 200 small tensors beside one tensor of as many parameters. Times are medians of 7 rounds, in each of which
every form has its turn; all of one thread. The kernels are there where LOPT_LIBRARY names liblopt.so or the package has
it. Compiling takes a minute.
"""

import statistics
import sys
import time

import torch
from torch.profiler import ProfilerActivity, profile

import lopt
import lopt.torch
from lopt import _native

ROUNDS = 7
SECONDS = 0.1  # the least that a time is taken over


class Form:
    """One optimizer in training of tensors of its own, with gradients that stay as they are."""

    def __init__(self, name, shapes, make, compiled=False):
        generator = torch.Generator().manual_seed(1)
        parameters = [torch.nn.Parameter(0.1 * torch.randn(shape, generator=generator)) for shape in shapes]
        for parameter in parameters:
            parameter.grad = 0.01 * torch.randn(parameter.shape, generator=generator)
        self.name = name
        optimizer = make(parameters)
        self.step = torch.compile(optimizer.step) if compiled else optimizer.step
        self.times = []
        for _ in range(3):
            start = time.perf_counter()
            self.step()
        self.repeats = max(1, round(SECONDS / (time.perf_counter() - start)))

    def measure(self):
        start = time.perf_counter()
        for _ in range(self.repeats):
            self.step()
        self.times.append((time.perf_counter() - start) / self.repeats * 1e3)

    @property
    def milliseconds(self):
        return statistics.median(self.times)

    def temporary_bytes(self):
        """Returns the most bytes that PyTorch's allocator had given out in a step beyond those before it."""
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as result:
            self.step()
        allocated = largest = 0
        for event in sorted(result.profiler.kineto_results.events(), key=lambda event: event.start_ns()):
            if event.name() == "[memory]":
                allocated += event.nbytes()
                largest = max(largest, allocated)
        return largest


def measured(forms):
    for _ in range(ROUNDS):
        for form in forms:
            form.measure()
    return forms


def main():
    torch.set_num_threads(1)
    theta = lopt.Theta.load(sys.argv[1]) if len(sys.argv) > 1 else lopt.Theta.shipped("mlp2x32-train")

    def learned(**options):
        return lambda parameters: lopt.torch.LearnedOptimizer(parameters, theta, **options)

    def adam(**options):
        return lambda parameters: torch.optim.Adam(parameters, lr=0.001, **options)

    shapes = [(50, 1000)] * 20
    forms = [
        Form("one by one (foreach=False)", shapes, learned(foreach=False)),
        Form("together (foreach=True)", shapes, learned(foreach=True)),
        Form("compiled", shapes, learned(lr=torch.tensor(1.0), foreach=True), compiled=True),
        Form("Adam, foreach", shapes, adam(foreach=True)),
        Form("Adam, fused", shapes, adam(fused=True)),
    ]
    has_kernels = _native.library() is not None
    if has_kernels:
        forms.insert(0, Form("kernels", shapes, learned()))
    else:
        print("LOPT_LIBRARY names no liblopt.so: without the kernels\n")
    unit = next(form for form in measured(forms) if form.name == "Adam, foreach").milliseconds
    print(f"1,000,000 parameters in 20 tensors, one thread, θ {theta.name}, PyTorch {torch.__version__}")
    print(f"{'form':28}{'ms a step':>10}{'× Adam':>8}{'temporary MiB':>15}")
    for form in forms:
        memory = form.temporary_bytes() / 2**20
        print(f"{form.name:28}{form.milliseconds:10.2f}{form.milliseconds / unit:8.1f}{memory:15.1f}")

    print(f"\n{'200 tensors of':>14}{'form':>28}{'ms a step':>10}{'one tensor, ms':>16}{'ratio':>7}")
    for size in (64, 256, 1024, 4096):
        for name, options in [("together (foreach=True)", {"foreach": True}), *has_kernels * [("kernels", {})]]:
            many, one = measured(
                [Form(name, [(size,)] * 200, learned(**options)), Form(name, [(200 * size,)], learned(**options))]
            )
            ratio = many.milliseconds / one.milliseconds
            print(f"{size:14}{name:>28}{many.milliseconds:10.2f}{one.milliseconds:16.2f}{ratio:7.1f}")


if __name__ == "__main__":
    main()
