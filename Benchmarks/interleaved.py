"""Measurements in turn, so that whatever else the machine does meanwhile slows all of them."""

import statistics
import subprocess
import sys


def output(*command):
    """What a command says: its standard output and its standard error."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stderr}")
    return result.stdout, result.stderr


def interleaved(measurements, runs):
    """Calls each of `measurements`, a function by its name, `runs` times; the lists of what they return, by name.

    A round before fills the page cache and does not count.
    """
    results = {name: [] for name in measurements}
    for run in range(runs + 1):
        for name, measure in measurements.items():
            value = measure()
            if run > 0:
                results[name].append(value)
    return results


def report(results, unit):
    """Prints the median and the extremes of each list."""
    for name, values in results.items():
        print(f"{name}: {statistics.median(values):.0f} {unit} ({min(values):.0f} to {max(values):.0f})")


def report_ratio(results, name, other):
    """Prints the ratio of two medians, and the extremes of the ratios of single rounds; returns the former."""
    rounds = [first / second for first, second in zip(results[name], results[other], strict=True)]
    ratio = statistics.median(results[name]) / statistics.median(results[other])
    print(f"{name} / {other}: {ratio:.2f} ({min(rounds):.2f} to {max(rounds):.2f})")
    return ratio
