"""``python -m lopt info FILE``: what a snapshot of θ is, and what it was trained on."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import NoReturn

from lopt._version import __version__
from lopt.errors import SnapshotError, printable
from lopt.theta import Theta

# The exit codes of sysexits.h.
_USAGE, _DATA, _NO_INPUT, _IO, _PERMISSION = 64, 65, 66, 74, 77


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(_USAGE, f"{self.prog}: error: {message}\n")


def _facts(path: str) -> dict[str, object]:
    """Returns what there is to say of a snapshot, as values of JSON."""
    theta = Theta.load(path)
    metadata = theta.metadata
    is_average = "average_decay" in metadata
    architecture = {key: json.loads(value) for key, value in theta.architecture.metadata.items()}
    trained_on: dict[str, object] = {
        key: metadata[key] for key in ("problem", "dataset", "dataset_sha256", "objective", "estimator")
    }
    trained_on |= {key: int(metadata[key]) for key in ("steps", "batch", "seed")}
    return {
        "path": path,
        "kind": "average" if is_average else "theta",
        "step": int(metadata["outer_iteration"]),
        "weights": theta.architecture.count,
        "architecture": architecture,
        "trained_on": trained_on,
        "tool_version": metadata["tool_version"],
        "size": os.path.getsize(path),
        "sha256": theta.sha256,
    }


def _text(facts: dict) -> str:
    """Returns the facts as lines for people."""
    architecture, trained_on = facts["architecture"], facts["trained_on"]
    hidden = f"{architecture['hidden_layers']} × {architecture['hidden_units']} hidden units"
    options = [
        f"{key} {value}" if key == "time_frozen_at" else key
        for key, value in architecture.items()
        if key in ("time_frozen_at", "scale_by_rms", "raw_momentum")
    ]

    def listed(values: list) -> str:
        return ", ".join(f"{value:g}" if isinstance(value, float) else value for value in values) or "none"

    rows = {
        "file": facts["path"],
        "what": f"{'the average of θ' if facts['kind'] == 'average' else 'θ'} after {facts['step']} outer-iterations",
        "network": f"{hidden}, {facts['weights']} weights",
        "features": listed(architecture["features"]),
        "betas": listed(architecture["betas"]),
        "time scales": listed(architecture["time_scales"]),
        "lambdas": f"{architecture['lambda1']:g}, {architecture['lambda2']:g}",
        "options": ", ".join(options) or "none",
        "trained on": f"{trained_on['problem']}, {trained_on['dataset']}, up to {trained_on['steps']} steps, "
        f"minibatches of {trained_on['batch']}",
        "objective": f"{trained_on['objective']}, by {trained_on['estimator']}, seed {trained_on['seed']}",
        "written by": f"lopt {facts['tool_version']}",
        "size": f"{facts['size']} bytes",
        "SHA-256": facts["sha256"],
    }
    return "\n".join(f"{name:<12}{printable(str(value))}" for name, value in rows.items())


def main(arguments: list[str] | None = None) -> int:
    """Runs the command.

    Returns:
        the exit code: 0, or that of ``sysexits.h`` for a file that is damaged (65), missing (66) or not to be read.
    """
    parser = _Parser(prog="python -m lopt", description="Learned optimizers.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    info = commands.add_parser(
        "info", help="print what a snapshot of θ is", description="Print what a snapshot of θ is."
    )
    info.add_argument("file", metavar="FILE", help="the snapshot, such as theta-000000120.safetensors")
    info.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(arguments)
    try:
        facts = _facts(given.file)
    except SnapshotError as error:
        print(f"Error: {error}", file=sys.stderr)
        if not isinstance(error.__cause__, OSError):
            return _DATA
        if isinstance(error.__cause__, PermissionError):
            return _PERMISSION
        is_missing = isinstance(error.__cause__, FileNotFoundError | NotADirectoryError)
        return _NO_INPUT if is_missing else _IO
    print(json.dumps(facts, indent=2, ensure_ascii=False) if given.json else _text(facts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
