"""Reads the events of a run that was killed again and again with TensorBoard's own readers.

    tensorboard_events.py TOOLS

TOOLS is the folder of `lopt` and `dataprep`. Stops with an error where a curve is not that of the run's log.jsonl, step
by step: none missing, none twice.
"""

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util

KILLS = 8
tools = Path(sys.argv[1]).resolve()


def make_dataset(folder):
    """20 classes of noise around a picture of each: 10 of the split train, 10 of outer-validation."""
    generator = numpy.random.default_rng(1)
    for number in range(20):
        pictures = folder / "pictures" / f"class{number:02}"
        pictures.mkdir(parents=True)
        pattern = generator.integers(0, 256, (16, 16, 3))
        for index in range(20):
            pixels = (pattern + generator.integers(0, 256, pattern.shape)) // 2
            Image.fromarray(pixels.astype(numpy.uint8)).save(pictures / f"{index}.png")
    command = [
        tools / "dataprep",
        "build",
        "shards",
        "--source",
        "folder",
        "--input",
        folder / "pictures",
        "--size",
        "16",
    ]
    command += ["--held-out", "0", "--outer-validation", "10", "--output", folder / "data"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def train(folder, *more):
    return subprocess.Popen(
        [tools / "lopt", "train", "--config", folder / "lopt.json", *more], stderr=open(folder / "errors", "w")
    )


def log(state):
    """The curves that log.jsonl holds, {tag: {step: value}}; a part of a last row is passed over."""
    curves = {}
    for line in (state / "log.jsonl").read_text().split("\n")[:-1]:
        row = json.loads(line)
        if "evaluation" in row:
            step = row["evaluation"]["outer_iteration"]
            values = {"evaluation/loss": row["evaluation"]["loss"]}
        else:
            step = row.pop("outer_iteration")
            values = {key: value for key, value in row.items() if key != "time" and value is not None}
        for tag, value in values.items():
            assert step not in curves.setdefault(tag, {}), (tag, step)
            curves[tag][step] = value
    return curves


def compare(reader, tags, points, expected):
    assert sorted(tags) == sorted(expected), (reader, sorted(tags))
    for tag, curve in expected.items():
        found = points(tag)
        assert [step for step, _ in found] == sorted(curve), (reader, tag, found)
        for step, value in found:
            assert numpy.float32(curve[step]) == numpy.float32(value), (reader, tag, step)


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    make_dataset(folder)
    configuration = {
        "datasets": ["data"],
        "state": "state",
        "problem": "conv3x2@16",
        "snapshot": {"every_seconds": 0.05},
        "outer": {"pairs": 2, "curriculum": {"from": 2, "to": 2}},
        "inner": {"batch": 4, "life": {"from": 10, "to": 10}},
        "evaluation": {"every": 5, "tasks": 2, "steps": 10},
    }
    (folder / "lopt.json").write_text(json.dumps(configuration))
    random.seed(1)
    for _ in range(KILLS):
        process = train(folder)
        while "training conv" not in (folder / "errors").read_text():
            assert process.poll() is None, (folder / "errors").read_text()
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    highest = max(log(folder / "state")["outer_loss"])
    assert train(folder, "--outer-iterations", str(highest + 10)).wait() == 0, (folder / "errors").read_text()

    expected = log(folder / "state")
    assert sorted(expected["outer_loss"]) == list(range(1, highest + 11))
    assert sorted(expected["evaluation/loss"]) == list(range(5, highest + 11, 5))
    events = str(folder / "state" / "tensorboard")
    files = len(list((folder / "state" / "tensorboard").iterdir()))
    assert files == KILLS + 1, files

    scalars = event_accumulator.EventAccumulator(events, size_guidance={event_accumulator.SCALARS: 0}).Reload()
    compare(
        "EventAccumulator",
        scalars.Tags()["scalars"],
        lambda tag: [(event.step, event.value) for event in scalars.Scalars(tag)],
        expected,
    )
    # What TensorBoard's own pages are served from.
    tensors = plugin_event_accumulator.EventAccumulator(
        events, size_guidance={plugin_event_accumulator.TENSORS: 0}
    ).Reload()
    compare(
        "the plugins' EventAccumulator",
        tensors.Tags()["tensors"],
        lambda tag: [(event.step, tensor_util.make_ndarray(event.tensor_proto)) for event in tensors.Tensors(tag)],
        expected,
    )
    print(f"{len(expected)} curves of {highest + 10} outer-iterations in {files} files: none missing, none twice")
