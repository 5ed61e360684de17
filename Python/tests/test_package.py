"""What a wheel and an sdist of this package hold. They are built from the folder that these tests lie in."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from test_theta import SHIPPED

pytest.importorskip("hatchling")
SOURCE = Path(__file__).parents[1]
THETAS = {f"lopt/thetas/{name}.safetensors" for name in SHIPPED}


def build(target, output, source=SOURCE, library=""):
    """Builds a wheel or an sdist; returns its path, or the text of the failure."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", output]
    environment = os.environ | {"LOPT_LIBRARY": str(library)}
    result = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        return result.stderr
    (path,) = Path(output).iterdir()
    return path


def names_in(wheel):
    with zipfile.ZipFile(wheel) as file:
        return {name for name in file.namelist() if not name.startswith("lopt-")}


def test_a_wheel_is_for_every_python_and_has_the_thetas(tmp_path):
    wheel = build("wheel", tmp_path / "dist")
    assert wheel.name.endswith("-py3-none-any.whl")
    names = names_in(wheel)
    assert {name for name in names if "thetas" in name} == THETAS
    assert {"lopt/py.typed", "lopt/__main__.py", "lopt/numpy.py"} < names
    assert all(name.endswith((".py", ".safetensors", "py.typed")) for name in names)


def test_with_the_library_it_is_for_a_platform(tmp_path):
    library = tmp_path / "some-name.so"
    library.write_bytes(b"a library")
    wheel = build("wheel", tmp_path / "dist", library=library)
    assert "-py3-none-linux_" in wheel.name
    with zipfile.ZipFile(wheel) as file:
        assert file.read("lopt/liblopt.so") == b"a library"
        (metadata,) = (name for name in file.namelist() if name.endswith("/WHEEL"))
        assert "Root-Is-Purelib: false" in file.read(metadata).decode()


def test_a_library_that_is_missing_is_told(tmp_path):
    said = build("wheel", tmp_path / "dist", library=tmp_path / "none.so")
    assert f"{tmp_path}/none.so: there is no such library; LOPT_LIBRARY must name a liblopt.so" in said


def test_an_sdist_builds_the_same_wheel_without_the_checkout(tmp_path):
    sdist = build("sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as file:
        assert not any(member.issym() for member in file.getmembers())
        file.extractall(tmp_path, filter="data")
    source = tmp_path / sdist.name.removesuffix(".tar.gz")
    assert names_in(build("wheel", tmp_path / "again", source)) == names_in(build("wheel", tmp_path / "first"))
    assert {path.name for path in (source / "tests").glob("test_*.py")} >= {"test_numpy.py", "test_fetch.py"}


def test_without_thetas_nothing_is_built(tmp_path):
    sdist = build("sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as file:
        file.extractall(tmp_path, filter="data")
    source = tmp_path / sdist.name.removesuffix(".tar.gz")
    for theta in (source / "src/lopt/thetas").iterdir():
        theta.unlink()
    said = build("wheel", tmp_path / "dist", source)
    assert "src/lopt/thetas: has no θ to ship; build in a checkout of the repository, or of an sdist" in said


def test_the_licence_is_the_projects():
    project = SOURCE.parent / "LICENSE"
    if not project.exists():
        pytest.skip("there is no checkout around the tests")
    assert (SOURCE / "LICENSE").read_bytes() == project.read_bytes()
