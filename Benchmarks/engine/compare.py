"""Compares `lopt bench` with PyTorch on one core: the gradient, and gradient and Hessian-vector product at once.

    compare.py LOPT [--runs 7] [--batch 128] [--seconds 2] [--core 0] [PROBLEM…]

Both sides run under `taskset` on the same core, in turn, RUNS times; PyTorch in the fastest of its forms, chosen anew in
each run (see torch_peer.py). Prints a table: milliseconds of each, the median of the runs with the extremes, and the
ratio of the medians.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

PROBLEMS = ["mlp2x32", "mlp3x128", "conv3x32", "conv3x128", "conv3x32-mnist", "conv6x32-mnist"]
OPERATIONS = ["gradient", "gradient_hvp"]


def run(arguments, *command):
    result = subprocess.run(["taskset", "-c", arguments.core, *command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr)
    return result.stdout


def ours(arguments, problem):
    options = ["--threads", "1", "--batch", arguments.batch, "--seconds", arguments.seconds, "--json"]
    rows = json.loads(run(arguments, arguments.lopt, "bench", "--problem", problem, *options))
    return {row["operation"]: row["median_ms"] for row in rows}


def torch(arguments, problem):
    script = str(Path(__file__).with_name("torch_peer.py"))
    return json.loads(run(arguments, sys.executable, script, "1", arguments.batch, arguments.seconds, problem))


def summary(times):
    return f"{statistics.median(times):.3g} ({min(times):.3g}–{max(times):.3g})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lopt")
    parser.add_argument("problems", nargs="*", default=PROBLEMS)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--batch", default="128")
    parser.add_argument("--seconds", default="2")
    parser.add_argument("--core", default="0")
    arguments = parser.parse_args()
    print("| problem | operation | lopt, ms | PyTorch, ms | ratio | PyTorch's fastest form |")
    print("| --- | --- | --- | --- | --- | --- |")
    for problem in arguments.problems:
        sides = [(ours(arguments, problem), torch(arguments, problem)) for _ in range(arguments.runs)]
        for operation in OPERATIONS:
            mine, theirs = ([side[which][operation] for side in sides] for which in (0, 1))
            ratio = statistics.median(theirs) / statistics.median(mine)
            forms = statistics.mode(side[1][f"{operation}_form"] for side in sides)
            print(
                f"| `{problem}` | {operation} | {summary(mine)} | {summary(theirs)} | {ratio:.2f} | {forms} |", flush=True
            )


main()
