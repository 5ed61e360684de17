"""``lopt.Theta`` and ``lopt.Architecture``: what is read and how it is kept, and what is refused with which words."""

import copy
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import METADATA, safetensors_file, snapshot

import lopt
from lopt import Architecture, SnapshotError, Theta

SHIPPED = ["conv3x32-train", "conv3x8@16-train", "conv3x8@16-validation", "mlp2x32-train"]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "theta-000000120.safetensors"


def refused(file, data, message):
    """Checks that a file of these bytes is refused with this message behind its name."""
    file.write_bytes(data)
    with pytest.raises(SnapshotError) as error:
        Theta.load(file)
    assert str(error.value) == f"{file}: {message}"


class TestArchitecture:
    def test_the_default_is_the_papers(self):
        architecture = Architecture()
        assert architecture.shapes == [(31, 32), (32, 2)]
        assert (architecture.inputs, architecture.parameter_inputs, architecture.count) == (31, 22, 1_090)
        assert architecture.time_inputs == (3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 300_000)

    def test_numbers_are_those_of_single_precision(self):
        architecture = Architecture(betas=(0.9999,), lambda1=0.1)
        assert architecture.betas == (float(np.float32(0.9999)),)
        assert architecture.lambda1 == float(np.float32(0.1))

    def test_rests_are_of_the_decimal_betas(self):
        assert Architecture().rests == (1 - 0.5, 1 - 0.9, 1 - 0.99, 1 - 0.999, 1 - 0.9999)

    def test_it_is_a_value(self):
        assert Architecture(features=["time", "rms"]) == Architecture(features=("rms", "time"))
        assert Architecture(betas=[0.9]) == Architecture(betas=(np.float32(0.9),))
        assert len({Architecture(), Architecture(), Architecture(time_frozen_at=3)}) == 2
        with pytest.raises(AttributeError):
            Architecture().hidden_units = 3

    def test_its_metadata_is_a_snapshots(self):
        for architecture in (
            Architecture(),
            Architecture(time_frozen_at=500, scale_by_rms=True, raw_momentum=True),
            Architecture(hidden_layers=2, features=(), betas=(0.123456789,), time_scales=(1e16, 0.5), lambda2=1e-9),
        ):
            assert Architecture.from_metadata(architecture.metadata) == architecture
        assert Architecture().metadata["betas"] == "[0.5, 0.9, 0.99, 0.999, 0.9999]".replace(" ", "")

    def test_what_metadata_lacks_is_the_papers(self):
        assert Architecture.from_metadata({"hidden_units": "8", "other": "x"}) == Architecture(hidden_units=8)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"hidden_layers": 0}, "hidden_layers is 0, must be in 1 … 8"),
            ({"hidden_layers": 9}, "hidden_layers is 9, must be in 1 … 8"),
            ({"hidden_layers": True}, "hidden_layers is True, must be in 1 … 8"),
            ({"hidden_units": 1}, "hidden_units is 1, must be in 2 … 1024"),
            ({"hidden_units": 32.0}, "hidden_units is 32.0, must be in 2 … 1024"),
            ({"features": ("speed",)}, "features is ('speed',), must be a list of some of momentum, rms, time"),
            ({"features": ["rms", "rms"]}, "features is ['rms', 'rms'], must be a list of some of momentum, rms, time"),
            ({"features": "rms"}, "features is 'rms', must be a list of some of momentum, rms, time"),
            ({"betas": ()}, "betas is (), must be 1 to 16 numbers from 0 to below 1"),
            ({"betas": (1,)}, "betas is (1,), must be 1 to 16 numbers from 0 to below 1"),
            ({"betas": (0.99999999999,)}, "betas is (0.99999999999,), must be 1 to 16 numbers from 0 to below 1"),
            ({"betas": ("0.9",)}, "betas is ('0.9',), must be 1 to 16 numbers from 0 to below 1"),
            ({"betas": 17 * (0.5,)}, f"betas is {17 * (0.5,)}, must be 1 to 16 numbers from 0 to below 1"),
            ({"time_scales": (0,)}, "time_scales is (0,), must be at most 64 numbers above 0"),
            ({"time_scales": 65 * (1,)}, f"time_scales is {65 * (1,)}, must be at most 64 numbers above 0"),
            ({"lambda1": 0}, "lambda1 is 0, must be above 0"),
            ({"lambda1": 1e-60}, "lambda1 is 1e-60, must be above 0"),
            ({"lambda2": 1e60}, "lambda2 is 1e+60, must be above 0"),
            ({"lambda2": float("nan")}, "lambda2 is nan, must be above 0"),
            ({"time_frozen_at": 0}, "time_frozen_at is 0, must be in 1 … 1000000000"),
            ({"time_frozen_at": 10**9 + 1}, "time_frozen_at is 1000000001, must be in 1 … 1000000000"),
            ({"scale_by_rms": 1}, "scale_by_rms is 1, must be true or false"),
            (
                {"raw_momentum": True, "features": ("momentum", "time")},
                "raw_momentum is True, must be true or false, and true only with the features momentum and rms",
            ),
        ],
    )
    def test_what_makes_no_optimizer_is_refused(self, values, message):
        with pytest.raises(ValueError) as error:
            Architecture(**values)
        assert str(error.value) == message


class TestLoading:
    def test_a_snapshot_is_read(self, file):
        weights = np.linspace(-1, 1, 1_090, dtype=np.float32)
        file.write_bytes(snapshot(weights=weights))
        theta = Theta.load(file)
        assert theta.architecture == Architecture()
        np.testing.assert_array_equal(theta.weights, weights)
        assert theta.metadata == METADATA and theta.name == str(file)
        assert Theta.load(str(file)) == theta

    def test_its_sha256_is_the_files(self, file):
        file.write_bytes(snapshot())
        digest = subprocess.run(["sha256sum", file], check=True, capture_output=True, text=True).stdout.split()[0]
        assert Theta.load(file).sha256 == digest

    def test_layers_are_views_in_the_order_of_the_method(self, file):
        file.write_bytes(snapshot(weights=np.arange(1_090)))
        (weight0, bias0), (weight1, bias1) = Theta.load(file).layers
        assert (weight0.shape, bias0.shape, weight1.shape, bias1.shape) == ((31, 32), (32,), (32, 2), (2,))
        assert (weight0[2, 3], bias0[0], weight1[1, 1], bias1[1]) == (2 * 32 + 3, 992, 992 + 32 + 3, 1_089)
        assert not weight0.flags.owndata and not weight0.flags.writeable

    def test_every_option_of_version_2_is_read(self, file):
        options = {"time_frozen_at": "500", "scale_by_rms": "true", "raw_momentum": "true"}
        file.write_bytes(snapshot(METADATA | {"format_version": "2"} | options))
        expected = Architecture(time_frozen_at=500, scale_by_rms=True, raw_momentum=True)
        assert Theta.load(file).architecture == expected

    def test_an_unknown_key_of_version_1_is_passed_over(self, file):
        file.write_bytes(snapshot(METADATA | {"note": "of a stranger"}))
        assert Theta.load(file).metadata["note"] == "of a stranger"

    def test_a_file_that_is_missing(self, tmp_path):
        with pytest.raises(SnapshotError) as error:
            Theta.load(tmp_path / "none")
        assert str(error.value) == f"{tmp_path}/none: cannot be read: No such file or directory; is the path right?"
        assert isinstance(error.value.__cause__, FileNotFoundError)

    def test_a_file_that_never_ends(self, monkeypatch):
        monkeypatch.setattr("lopt.theta.MOST_BYTES", 2 << 20)
        with pytest.raises(SnapshotError, match="^/dev/zero: has more than the 2 MiB that a snapshot may have$"):
            Theta.load("/dev/zero")

    @pytest.mark.parametrize("data", [b"", b"hello", b"{}" * 100, snapshot()[:-1], snapshot()[:100], snapshot() + b"x"])
    def test_a_file_that_is_no_snapshot_or_cut(self, file, data):
        file.write_bytes(data)
        with pytest.raises(SnapshotError) as error:
            Theta.load(file)
        assert str(error.value).startswith(f"{file}: not a sound safetensors file: ")
        assert str(error.value).endswith("; is it the file of a snapshot, and all of it?")

    def test_a_header_that_has_a_key_twice(self, file):
        text = b'{"__metadata__":{"a":"1","a":"2"}}'
        file.write_bytes(len(text).to_bytes(8, "little") + text)
        with pytest.raises(SnapshotError, match="not a sound safetensors file: .*twice"):
            Theta.load(file)

    def test_tensors_of_something_else(self, file):
        message = "not a snapshot: it has no float32 tensor theta"
        refused(file, safetensors_file({"weight": ("F32", [1], b"0000")}, METADATA), message)
        refused(file, safetensors_file({"theta": ("F64", [1], b"00000000")}, METADATA), message)
        refused(file, safetensors_file({"theta": ("BF16", [2], b"0000")}, METADATA), message)

    def test_the_state_of_a_run(self, file):
        message = (
            "is the state of a run, not a snapshot: give a theta-….safetensors of the folder snapshots beside it, or "
            "get one with lopt.fetch"
        )
        refused(file, snapshot({"format_version": "3", "adam_steps": "7"}), message)

    @pytest.mark.parametrize("metadata", [None, {}])
    def test_a_tensor_without_metadata(self, file, metadata):
        refused(file, snapshot(metadata), "not a snapshot of θ: its metadata lacks format_version")

    @pytest.mark.parametrize("key", sorted(METADATA))
    def test_each_key_that_is_missing(self, file, key):
        metadata = {name: value for name, value in METADATA.items() if name != key}
        refused(file, snapshot(metadata), f"not a snapshot of θ: its metadata lacks {key}")

    def test_a_newer_format(self, file):
        for version in ("0", "-1", "-0"):
            message = f"not a snapshot of θ: its format version is {int(version)}, and the first one is 1"
            refused(file, snapshot(METADATA | {"format_version": version}), message)
        message = "has format version 3; this package reads up to 2: take a newer one of it"
        refused(file, snapshot(METADATA | {"format_version": "3"}), message)

    def test_an_option_that_is_not_known(self, file):
        message = (
            "its metadata has the key warp, which this package does not know, and θ may not be run without: take a "
            "newer one of it"
        )
        refused(file, snapshot(METADATA | {"format_version": "2", "warp": "true"}), message)

    def test_an_option_in_a_format_that_has_none(self, file):
        message = "damaged: its metadata has scale_by_rms, which format version 1 does not have"
        refused(file, snapshot(METADATA | {"scale_by_rms": "true"}), message)

    @pytest.mark.parametrize(
        ("key", "value", "message"),
        [
            ("format_version", "one", 'format_version is "one", must be a whole number'),
            ("format_version", "02", 'format_version is "02", must be a whole number'),
            ("format_version", "\x1b[2J", r'format_version is "\x1b[2J", must be a whole number'),
            ("outer_iteration", "1.5", 'outer_iteration is "1.5", must be a whole number'),
            ("hidden_layers", "9", "hidden_layers is 9, must be in 1 … 8"),
            ("hidden_units", '"32"', "hidden_units is '32', must be in 2 … 1024"),
            ("features", "momentum", "features is 'momentum', must be a list of some of momentum, rms, time"),
            ("betas", "[0.5,NaN]", "betas is [0.5, 'NaN'], must be 1 to 16 numbers from 0 to below 1"),
            ("time_scales", "{}", "time_scales is {}, must be at most 64 numbers above 0"),
            ("lambda1", "-1", "lambda1 is -1, must be above 0"),
            ("lambda2", "[" * 100_000, f"lambda2 is '{'[' * 299}…, must be above 0"),
        ],
    )
    def test_a_value_that_makes_no_sense(self, file, key, value, message):
        refused(file, snapshot(METADATA | {key: value}), f"damaged: its metadata's {message}")

    def test_a_frozen_time_of_nothing(self, file):
        metadata = METADATA | {"format_version": "2", "time_frozen_at": "null"}
        message = "damaged: its metadata's time_frozen_at is 'null', must be in 1 … 1000000000"
        refused(file, snapshot(metadata), message)

    def test_weights_of_another_architecture(self, file):
        message = "damaged: has 1090 weights; its architecture has 274"
        refused(file, snapshot(METADATA | {"hidden_units": "8"}), message)

    def test_weights_that_are_no_numbers(self, file):
        weights = np.zeros(1_090)
        weights[[3, 5]] = np.nan, np.inf
        message = "damaged: 2 of its 1090 weights are not finite numbers; take another snapshot"
        refused(file, snapshot(weights=weights), message)


class TestThetasOfArrays:
    def test_they_are_checked_too(self):
        with pytest.raises(SnapshotError, match="^mine: damaged: has 3 weights; its architecture has 1090$"):
            Theta(Architecture(), [1, 2, 3], name="mine")
        with pytest.raises(SnapshotError, match="^theta: damaged: 1090 of its 1090 weights are not finite numbers"):
            Theta(Architecture(), np.full(1_090, np.nan))

    def test_they_equal_the_file_of_the_same(self, file):
        file.write_bytes(snapshot())
        loaded = Theta.load(file)
        made = Theta(loaded.architecture, loaded.weights)
        assert made == loaded and hash(made) == hash(loaded) and made.metadata == {}
        assert made != Theta(loaded.architecture, -loaded.weights)
        zero, other_zero = (Theta(Architecture(), np.full(1_090, value)) for value in (0.0, -0.0))
        assert zero == other_zero and hash(zero) == hash(other_zero)

    def test_their_sha256_is_of_weights_and_architecture(self):
        digests = {
            Theta(architecture, weights).sha256
            for architecture in (Architecture(), Architecture(scale_by_rms=True))
            for weights in (np.zeros(1_090), np.ones(1_090))
        }
        assert len(digests) == 4 and all(len(digest) == 64 for digest in digests)
        assert Theta(Architecture(), np.zeros(1_090)).sha256 in digests


class TestImmutability:
    def test_nothing_can_be_set(self):
        theta = Theta.shipped("mlp2x32-train")
        for name in ("weights", "architecture", "sha256", "other"):
            with pytest.raises(AttributeError, match=f"a Theta never changes: {name} cannot be set"):
                setattr(theta, name, 1)
        with pytest.raises(AttributeError, match="a Theta never changes: weights cannot be deleted"):
            del theta.weights
        for weights in (theta.weights, Theta(Architecture(), np.zeros(1_090)).weights):
            with pytest.raises(ValueError, match="read-only"):
                weights[0] = 1

    def test_what_it_was_made_of_may_change(self):
        weights = np.zeros(1_090, np.float32)
        theta = Theta(Architecture(), weights)
        weights[0] = 1
        theta.metadata["key"] = "value"
        assert theta.weights[0] == 0 and theta.metadata == {}

    def test_copies_and_pickles_are_the_same(self):
        theta = Theta.shipped("mlp2x32-train")
        assert copy.copy(theta) is theta and copy.deepcopy({"theta": theta})["theta"] is theta
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(theta, protocol))
            assert again == theta
            assert (again.sha256, again.metadata, again.name) == (theta.sha256, theta.metadata, theta.name)
            assert not again.weights.flags.writeable


class TestShippedThetas:
    @pytest.mark.parametrize("name", SHIPPED)
    def test_they_are_there(self, name):
        theta = Theta.shipped(name)
        assert theta.name == name and theta.metadata["problem"] == name.rpartition("-")[0]

    def test_an_unknown_name_lists_them(self):
        with pytest.raises(SnapshotError) as error:
            Theta.shipped("velo")
        assert str(error.value) == f"velo: no θ of this name is shipped; there are {', '.join(SHIPPED)}"


def test_importing_brings_nothing_that_takes_long():
    modules = {"torch", "jax", "optax", "cryptography", "http.client", "ssl", "logging"}
    program = f"import sys, lopt; print(*(set(sys.modules) & {modules}), sep=',')"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "\n"


def test_the_version_is_the_programs():
    source = Path(__file__).parents[2] / "Sources/Files/Version.swift"
    if not source.exists():
        pytest.skip("there is no checkout around the tests")
    assert f'"{lopt.__version__}"' in source.read_text()


class TestInfo:
    @staticmethod
    def run(*arguments):
        command = [sys.executable, "-m", "lopt", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONUTF8": "1"})

    def test_it_says_what_a_snapshot_is(self, file):
        file.write_bytes(snapshot(METADATA | {"format_version": "2", "time_frozen_at": "500", "scale_by_rms": "true"}))
        result = self.run("info", file)
        assert result.returncode == 0 and result.stderr == ""
        assert result.stdout == (
            f"file        {file}\n"
            "what        θ after 120 outer-iterations\n"
            "network     1 × 32 hidden units, 1090 weights\n"
            "features    momentum, rms, time\n"
            "betas       0.5, 0.9, 0.99, 0.999, 0.9999\n"
            "time scales 3, 10, 30, 100, 300, 1000, 3000, 10000, 300000\n"
            "lambdas     0.001, 0.001\n"
            "options     time_frozen_at 500, scale_by_rms\n"
            "trained on  mlp2x32, mnist14, up to 500 steps, minibatches of 32\n"
            "objective   train, by noise-reuse-es, seed 1\n"
            "written by  lopt 0.1.0\n"
            f"size        {file.stat().st_size} bytes\n"
            f"SHA-256     {Theta.load(file).sha256}\n"
        )

    def test_it_says_the_same_to_programs(self, file):
        file.write_bytes(snapshot(METADATA | {"average_decay": "0.99"}))
        result = self.run("info", file, "--json")
        facts = json.loads(result.stdout)
        assert result.returncode == 0
        assert (facts["kind"], facts["step"], facts["weights"]) == ("average", 120, 1_090)
        assert facts["architecture"]["betas"] == [0.5, 0.9, 0.99, 0.999, 0.9999]
        assert facts["trained_on"]["steps"] == 500 and facts["trained_on"]["problem"] == "mlp2x32"
        assert (facts["size"], facts["sha256"]) == (file.stat().st_size, Theta.load(file).sha256)

    def test_a_damaged_file_is_65(self, file):
        file.write_bytes(b"hello")
        result = self.run("info", file)
        assert result.returncode == 65 and result.stdout == ""
        assert result.stderr.startswith(f"Error: {file}: not a sound safetensors file: ")

    def test_a_missing_file_is_66(self, file):
        result = self.run("info", file)
        assert (result.returncode, result.stdout) == (66, "")
        assert result.stderr == f"Error: {file}: cannot be read: No such file or directory; is the path right?\n"

    def test_a_folder_is_74(self, tmp_path):
        assert self.run("info", tmp_path).returncode == 74

    @pytest.mark.parametrize("arguments", [[], ["info"], ["what", "x"], ["info", "a", "b"], ["info", "a", "--xml"]])
    def test_a_wrong_command_line_is_64(self, arguments):
        result = self.run(*arguments)
        assert result.returncode == 64 and result.stderr.startswith("usage: python -m lopt")
