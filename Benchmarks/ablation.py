"""Compares settings of outer-training one by one: what each changes where θ was not trained.

    ablation.py LOPT FOLDER --dataset NAME=FOLDER … [--outer-iterations N] [--arms NAME …] [--seeds N …] [--at-once N]

Trains conv3x8@16 with batch 32 on the train classes of the data set glyphs16, each arm with every seed, on one thread,
some at once, for 4500 outer-iterations: half an hour of one core. Then evaluates each run's average of θ by the small
form of Examples/suites/development.json, with the data sets that are named. Prints a Markdown table, by arm: the
geometric means of the ratios to the best tuned baseline, with the step scale 1 and tuned; median and extremes over the
seeds. FOLDER gets the runs; with the same arguments again what is finished stays, and what was interrupted goes on.
"""

import argparse
import json
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SUITE = Path(__file__).parent.parent / "Examples/suites/development.json"
# Each arm's difference from the settings of Examples/theta/runs/conv3x8@16-train.json.
ARMS = {
    "as-shipped": {},
    "even-ages": {"inner.life.ages": "even"},
    "initial-reference": {"outer.reference": "initial"},
    "frozen-time": {"inner.optimizer.time_frozen_at": 500},
    "raw-momentum": {"inner.optimizer.raw_momentum": True},
    # Parameters' root mean square is near 0.1 here: so an initial θ's steps are about as long as without.
    "scale-by-rms": {"inner.optimizer.scale_by_rms": True, "inner.optimizer.lambda1": 0.01},
    # No problem of the suite is among them.
    "mixture": {
        "problem": [
            {"name": "conv3x8@16"},
            {"name": "conv2x16@16"},
            {"name": "conv5x8@16"},
            {"name": "mlp3x32-rgb@16"},
            {"name": "mlp2x64-rgb@16"},
        ]
    },
}


def train(given, arm, seed):
    """Trains a run to its end; returns its average of θ."""
    folder = given.folder / f"{arm}-{seed}"
    average = folder / "state/snapshots" / f"average-{given.outer_iterations:09}.safetensors"
    if average.exists():
        return average
    folder.mkdir(parents=True, exist_ok=True)
    configuration = {
        "datasets": [str(given.dataset["glyphs16"].resolve())],
        "state": "state",
        "problem": "conv3x8@16",
        "seed": seed,
        "threads": 1,
        "outer_iterations": given.outer_iterations,
        "inner": {"batch": 32},
    }
    for key, value in ARMS[arm].items():
        place = configuration
        *groups, name = key.split(".")
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = value
    (folder / "lopt.json").write_text(json.dumps(configuration))
    run([given.lopt, "train", "--config", folder / "lopt.json"], folder / "log")
    return average


def evaluate(given, arm, seed, average):
    """Evaluates a run by the suite; returns the summaries, by optimizer."""
    folder = given.folder / f"{arm}-{seed}" / "suite"
    result = folder / "development-small.json"
    if not result.exists():
        datasets = [word for name, path in given.dataset.items() for word in ("--dataset", f"{name}={path}")]
        words = [given.lopt, "suite", SUITE, "--small", "--snapshot", average, "--output", folder]
        run(words + datasets, folder.with_name("suite.log"))
    return {row["optimizer"]: row["geometric_mean"] for row in json.loads(result.read_text())["summaries"]}


def run(words, log):
    with open(log, "a") as file:
        status = subprocess.run([str(word) for word in words], stdout=file, stderr=file).returncode
    if status != 0:
        sys.exit(f"{log}: lopt ended with exit code {status}")


def text(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f}–{max(values):.3f})"


def dataset(text):
    name, _, path = text.partition("=")
    return name, Path(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lopt")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dataset", type=dataset, action="append", required=True)
    parser.add_argument("--outer-iterations", type=int, default=4500)
    parser.add_argument("--arms", nargs="+", default=list(ARMS), choices=list(ARMS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--at-once", type=int, default=1)
    given = parser.parse_args()
    given.dataset = dict(given.dataset)

    # Seed by seed, so that one table of all arms is there as early as can be.
    runs = [(arm, seed) for seed in given.seeds for arm in given.arms]
    with ThreadPoolExecutor(given.at_once) as pool:
        found = dict(zip(runs, pool.map(lambda each: evaluate(given, *each, train(given, *each)), runs), strict=True))
    print("| arm | scale 1 | scale tuned |")
    print("| --- | --- | --- |")
    for arm in given.arms:
        columns = [text([found[arm, seed][name] for seed in given.seeds]) for name in ("learned", "learned-tuned")]
        print(f"| {arm} | {' | '.join(columns)} |", flush=True)


main()
