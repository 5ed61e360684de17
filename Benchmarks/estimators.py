"""Compares the estimators of the outer-gradient at equal wall-clock time.

    estimators.py LOPT DATASET FOLDER [--seconds S] [--seeds N …] [--threads T] [--at-once RUNS] [--settings NAME …]

Trains conv3x8@16 with batch 32 on DATASET's train classes, each estimator with the settings below and every seed, for S
(540) seconds on T (1) threads, RUNS at once, each on cores of its own. What a run is at is its average of θ, on 8 tasks
of outer-validation classes with 500 inner steps. Prints a Markdown table: by estimator the mean loss of the evaluations
in the last tenth of the time, median and quartiles over the seeds, the same of the lowest loss, and the steps of tasks
done, those of a pair once. FOLDER gets the runs' states, logs and snapshots; DATASET is of 16×16×3 images.
"""

import argparse
import json
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from queue import Queue

# Of those that were tried for each (Documentation/estimators.md). All that the estimators differ in is here.
SETTINGS = {
    "exact": {"outer.pairs": 16, "outer.learning_rate": 0.0003, "outer.curriculum.from": 20, "outer.curriculum.to": 50},
    "es": {
        "outer.pairs": 16,
        "outer.learning_rate": 0.003,
        "outer.sigma": 0.03,
        "outer.curriculum.from": 200,
        "outer.curriculum.to": 200,
    },
    "combined": {
        "outer.pairs": 16,
        "outer.learning_rate": 0.001,
        "outer.sigma": 0.03,
        "outer.curriculum.from": 100,
        "outer.curriculum.to": 100,
    },
    "pes": {
        "outer.pairs": 32,
        "outer.learning_rate": 0.003,
        "outer.sigma": 0.03,
        "outer.curriculum.from": 50,
        "outer.curriculum.to": 50,
    },
    "noise-reuse-es": {
        "outer.pairs": 32,
        "outer.learning_rate": 0.003,
        "outer.sigma": 0.02,
        "outer.curriculum.from": 20,
        "outer.curriculum.to": 20,
    },
}
# Outer-iterations between two evaluations, so that these take about a twentieth of the time.
EVALUATE_EVERY = {"exact": 25, "es": 10, "combined": 5, "pes": 20, "noise-reuse-es": 50}


def train(given, estimator, seed, cores):
    folder = given.folder / f"{estimator}-{seed}"
    folder.mkdir(parents=True)
    configuration = {
        "datasets": [str(given.dataset.resolve())],
        "state": "state",
        "problem": "conv3x8@16",
        "seed": seed,
        "threads": given.threads,
        "evaluation": {"every": EVALUATE_EVERY[estimator], "tasks": 8, "steps": 500},
    }
    (folder / "lopt.json").write_text(json.dumps(configuration))
    settings = {"outer.estimator": estimator, "outer.average.decay": 0.99} | SETTINGS[estimator]
    flags = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    command = [
        "taskset",
        "-c",
        ",".join(map(str, cores)),
        "timeout",
        "--signal=TERM",
        str(given.seconds),
        given.lopt,
        "train",
        "--config",
        folder / "lopt.json",
    ] + flags
    with open(folder / "log", "w") as log:
        status = subprocess.run([str(word) for word in command], stdout=log, stderr=log).returncode
    if status != 124:
        sys.exit(f"{folder / 'log'}: lopt ended with exit code {status}")
    return read(folder / "state" / "log.jsonl", members=1 if estimator == "exact" else 2)


def read(log, members):
    """The mean loss of the evaluations in the last tenth of the time, the lowest, and each of `members`' steps."""

    def at(row):
        return datetime.fromisoformat(row["time"].replace("Z", "+00:00"))

    rows = [json.loads(line) for line in log.read_text().splitlines()]
    iterations = [row for row in rows if "outer_loss" in row]
    evaluations = [row["evaluation"] for row in rows if "evaluation" in row]
    if not evaluations:
        sys.exit(f"{log}: no evaluation yet; give more --seconds")
    begin, end = at(iterations[0]), at(iterations[-1])
    late = [row["loss"] for row in evaluations if at(row) >= end - (end - begin) / 10] or [evaluations[-1]["loss"]]
    steps = sum(row["inner_steps"] for row in iterations) / members
    return statistics.mean(late), min(row["loss"] for row in evaluations), steps


def text(values):
    quartiles = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return f"{quartiles[1]:.3f} ({quartiles[0]:.3f}–{quartiles[2]:.3f})"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lopt")
    parser.add_argument("dataset", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=540)
    parser.add_argument("--seeds", type=int, nargs="+", default=[3, 4, 5])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--settings", nargs="+", default=list(SETTINGS), choices=list(SETTINGS))
    return parser.parse_args()


def main():
    given = arguments()
    if given.folder.exists():
        sys.exit(f"{given.folder} exists: a run would go on from what is in it")
    free = Queue()
    for number in range(given.at_once):
        free.put(range(number * given.threads, (number + 1) * given.threads))

    def on_free_cores(run):
        cores = free.get()
        try:
            return train(given, *run, cores)
        finally:
            free.put(cores)

    runs = [(estimator, seed) for estimator in given.settings for seed in given.seeds]
    with ThreadPoolExecutor(given.at_once) as pool:
        found = dict(zip(runs, pool.map(on_free_cores, runs), strict=True))
    print("| estimator | late loss | lowest loss | million steps of tasks |")
    print("| --- | --- | --- | --- |")
    for estimator in given.settings:
        late, lowest, steps = zip(*(found[estimator, seed] for seed in given.seeds), strict=True)
        print(f"| {estimator} | {text(late)} | {text(lowest)} | {statistics.median(steps) / 1e6:.2f} |", flush=True)


main()
