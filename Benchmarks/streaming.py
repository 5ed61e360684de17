"""Compares the streaming of a task's batches with a plain loop and with Python's loaders, on the same images.

    streaming.py STREAM-BENCH [RUNS]

Makes a dataset of 10 classes of 1,300 images of 32×32×3 and what streaming_peers.py reads; chooses the best number of
workers of each loader, 0, 1 or 2; then runs all in turn, RUNS (7) times, 2 s each. One consumer takes batches of 128 as
normalised Float and does nothing with them; everything comes from the page cache. Prints the medians and the extremes.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from interleaved import interleaved, output, report, report_ratio

PEERS = Path(__file__).with_name("streaming_peers.py")


def peer(kind, folder, workers):
    return float(output(sys.executable, PEERS, kind, folder, workers, 2)[0])


def best_workers(kind, folder):
    rates = {workers: peer(kind, folder, workers) for workers in (0, 1, 2)}
    print(f"{kind}: images/s by workers: " + ", ".join(f"{workers}: {rate:.0f}" for workers, rate in rates.items()))
    return max(rates, key=rates.get)


def main():
    program = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    openings, loops = [], []
    with tempfile.TemporaryDirectory() as temporary:
        dataset, folder = f"{temporary}/dataset", f"{temporary}/peers"
        output(program, "generate", dataset)
        output(sys.executable, PEERS, "prepare", dataset, folder)

        def stream():
            result = json.loads(output(program, "rate", dataset)[0])
            openings.append(result["openMilliseconds"])
            loops.append(result["plainLoopImagesPerSecond"])
            return result["imagesPerSecond"]

        def loader(kind):
            workers = best_workers(kind, folder)
            return lambda: peer(kind, folder, workers)

        results = interleaved(
            {"BatchStream": stream, "PyTorch": loader("pytorch"), "WebDataset-like": loader("webdataset")}, runs
        )
    results["plain loop"] = loops[1:]  # It ran beside the stream, whose first round does not count.
    report(results, "images/s")
    for other in ("plain loop", "PyTorch", "WebDataset-like"):
        report_ratio(results, "BatchStream", other)
    print(f"opening a task of 13,000 images: {statistics.median(openings):.1f} ms (to {max(openings):.1f})")


main()
