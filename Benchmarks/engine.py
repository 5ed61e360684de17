"""Compares the engine with PyTorch and JAX, doing the same work on the same cores.

    engine.py LOPT PYTHON-OF-TORCH PYTHON-OF-JAX [--runs RUNS] [--problem NAME …]

Everything takes turns RUNS (7) times; all problems unless some are named. Prints a Markdown table of the medians with
the extremes, as Documentation/benchmarks.md has it; rates are per second. One thread is core 0 by taskset; where the
others may use all cores, each does as it does best, PyTorch one task, JAX 32 networks at once, and the engine has as
many threads, each on a task of its own.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 1.0
DERIVATIVES = ["gradient", "gradient_hvp"]
UNROLLS = ["unroll_forward", "unroll_reverse"]
ONE_THREAD = {
    "mlp2x32": DERIVATIVES + UNROLLS,
    "mlp3x128": DERIVATIVES,
    "conv3x32": DERIVATIVES + UNROLLS,
    "conv3x128": DERIVATIVES,
    "conv6x32-mnist": DERIVATIVES,
    "conv3x32-mnist": DERIVATIVES,
}
ALL_CORES = [("conv3x8@16", 32), ("conv3x32", 128), ("conv3x32", 32)]
TORCH_ON_ALL_CORES = ("conv3x32", 128)
FOLDER = Path(__file__).parent


class Peer:
    """Another library's program, ready to be timed."""

    def __init__(self, python, script, problem, operation, batch, pinned):
        command = [python, FOLDER / script, problem, operation, batch, SECONDS]
        command = (["taskset", "-c", "0"] if pinned else []) + [str(word) for word in command]
        errors = tempfile.TemporaryFile("w+")  # noqa: SIM115, it is the process's as long as that runs
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        self.form = self.process.stdout.readline().strip()
        if not self.form:
            errors.seek(0)
            sys.exit(f"{' '.join(command)} ended:\n{errors.read()}")

    def rate(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def engine(lopt, problem, batch, threads):
    """Operations a second by operation, and the share of the peak that the gradient has."""
    pinned = ["taskset", "-c", "0"] if threads == 1 else []
    command = [
        lopt,
        "bench",
        "--problem",
        problem,
        "--threads",
        threads,
        "--batch",
        batch,
        "--seconds",
        SECONDS,
        "--json",
    ]
    text = subprocess.run(pinned + [str(word) for word in command], check=True, capture_output=True, text=True).stdout
    rows = {row["operation"]: row for row in json.loads(text)}
    return {name: row["per_second"] for name, row in rows.items()}, rows["gradient"]["peak_share"], rows


def text(values, digits=None):
    """The median with the extremes; unless told with as many digits as three that count need."""
    if digits is None:
        digits = max(0, 2 - math.floor(math.log10(statistics.median(values))))
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def print_row(problem, batch, operation, threads, ours, peer, rates):
    ratios = [first / second for first, second in zip(ours, rates, strict=True)]
    ratio = statistics.median(ours) / statistics.median(rates)
    name = problem if batch == 128 else f"{problem}, batch {batch}"
    print(
        f"| {name} | {operation} | {threads} | {text(ours)} | {peer} | {text(rates)} | "
        f"{ratio:.2f} ({min(ratios):.2f}–{max(ratios):.2f}) |",
        flush=True,
    )


def compare(lopt, problem, batch, threads, peers, runs):
    """`peers`: by operation and by what the table calls it, another library's program."""
    ours, shares, rates = [], [], {key: [] for key in peers}
    for _ in range(runs):
        per_second, share, _ = engine(lopt, problem, batch, threads)
        ours.append(per_second)
        shares.append(100 * share)
        for key, peer in peers.items():
            rates[key].append(peer.rate())
    for (operation, name), peer in peers.items():
        label = f"{name} ({peer.form})"
        print_row(problem, batch, operation, threads, [run[operation] for run in ours], label, rates[operation, name])
        peer.end()
    return shares


def print_scaling(lopt, problem, cores, runs):
    """How much more all cores do than one, against how much more they multiply and add."""
    scalings = {operation: [] for operation in UNROLLS}
    for _ in range(runs):
        one, all_cores = (engine(lopt, problem, 128, threads)[2] for threads in (1, cores))
        for operation, found in scalings.items():
            ours, alone = all_cores[operation], one[operation]
            found.append(ours["per_second"] / alone["per_second"] / (ours["peak_gflops"] / alone["peak_gflops"]))
    for operation, found in scalings.items():
        print(f"{problem} {operation}: {cores} threads gain {text(found, 2)} of what multiply-adds in registers gain")


def print_overhead(lopt, problem, runs):
    """What the learned optimizer's update takes longer than Adam's, of an inner step with Adam."""
    overheads = []
    for _ in range(runs):
        rows = engine(lopt, problem, 128, 1)[2]
        update, adam, gradient = (rows[operation]["median_ms"] for operation in ("update", "adam", "gradient"))
        overheads.append(100 * (update - adam) / (gradient + adam))
    print(f"{problem}: an inner step of the learned optimizer takes {text(overheads, 1)} % longer than one of Adam")


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("lopt", "torch", "jax"):
        parser.add_argument(name)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--problem", nargs="+", default=list(ONE_THREAD) + ["conv3x8@16"])
    return parser.parse_args()


def main():
    given = arguments()
    cores = len(os.sched_getaffinity(0))
    print("| problem | operation | threads | lopt | peer | its | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    shares = {}
    for problem, operations in ONE_THREAD.items():
        if problem not in given.problem:
            continue
        peers = {
            (operation, "PyTorch"): Peer(given.torch, "engine_torch.py", problem, operation, 128, True)
            for operation in operations
        }
        peers |= {
            (operation, "JAX"): Peer(given.jax, "engine_jax.py", problem, operation, 128, True)
            for operation in DERIVATIVES
        }
        shares[problem] = compare(given.lopt, problem, 128, 1, peers, given.runs)
    for problem, batch in ALL_CORES:
        if problem in given.problem:
            peers = {
                ("unroll_forward", "JAX"): Peer(given.jax, "engine_jax.py", problem, "unroll_forward", batch, False)
            }
            if (problem, batch) == TORCH_ON_ALL_CORES:
                peers |= {
                    (operation, "PyTorch"): Peer(given.torch, "engine_torch.py", problem, operation, batch, False)
                    for operation in ("gradient", "unroll_forward")
                }
            compare(given.lopt, problem, batch, cores, peers, given.runs)
    print()
    for problem, values in shares.items():
        print(f"{problem} gradient, one thread: {text(values, 0)} % of the peak")
    for problem in ("mlp2x32", "conv3x32"):
        if problem in given.problem:
            print_scaling(given.lopt, problem, cores, given.runs)
    if "conv3x32" in given.problem:
        print_overhead(given.lopt, "conv3x32", given.runs)


main()
