"""The programs of Documentation/embedding.md, as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "Documentation/embedding.md"
if not PAGE.exists():
    pytest.skip(f"{PAGE}: there is no checkout around the tests", allow_module_level=True)
PROGRAMS = re.findall("```python shown a test of the package runs it\n(.*?)```", PAGE.read_text(), re.DOTALL)


def run(program):
    assert len(program.splitlines()) <= 20
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)


def test_the_page_has_a_program_for_each_framework():
    assert [re.findall("from (lopt.*) import", program) for program in PROGRAMS] == [["lopt.torch"], ["lopt.optax"]]


@pytest.mark.parametrize("framework, index", [("torch", 0), ("jax", 1)])
def test_a_program_trains(framework, index):
    pytest.importorskip(framework)
    result = run(PROGRAMS[index])
    assert result.returncode == 0, result.stderr
    assert float(result.stdout) < 0.02
