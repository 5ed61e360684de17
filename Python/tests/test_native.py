"""``lopt._native``: what reaches a library through its C interface. The library is a stand-in, compiled here."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lopt import Architecture, Theta, _native

#: A library whose steps show what they were given: u += rate g + decay step, and the moments become the architecture.
STAND_IN = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lopt.h"

struct lopt_optimizer { struct lopt_architecture architecture; float first_beta, last_scale, last_weight; };

int lopt_interface(void) { return INTERFACE; }

lopt_optimizer *lopt_create(const struct lopt_architecture *architecture, const float *theta, long count,
                            const char *instruction_set, char *message) {
  if (getenv("LOPT_ISA") || instruction_set) {
    snprintf(message, LOPT_MESSAGE, "this processor has no %s", getenv("LOPT_ISA"));
    return NULL;
  }
  lopt_optimizer *optimizer = malloc(sizeof *optimizer);
  optimizer->architecture = *architecture;
  optimizer->first_beta = architecture->betas[0];
  const long scales = architecture->time_scales_count;
  optimizer->last_scale = scales ? architecture->time_scales[scales - 1] : 0;
  optimizer->last_weight = theta[count - 1];
  return optimizer;
}

int lopt_step(const lopt_optimizer *optimizer, const struct lopt_parameters *parameters, long tensors, float rate,
              float decay) {
  const struct lopt_architecture *a = &optimizer->architecture;
  for (long i = 0; i < tensors; i++) {
    const struct lopt_parameters *p = parameters + i;
    if (p->step == 999) return -1;
    for (long j = 0; j < p->count; j++) p->values[j] += rate * p->gradient[j] + decay * p->step;
    const float facts[] = {a->hidden_layers,      a->hidden_units, a->momentum, a->rms,
                           a->betas_count,        optimizer->first_beta, a->time_scales_count,
                           optimizer->last_scale, a->lambda1,      a->lambda2,  a->time_frozen_at,
                           a->scale_by_rms,       a->raw_momentum, optimizer->last_weight};
    memcpy(p->moments, facts, sizeof facts);
  }
  return 0;
}

void lopt_free(lopt_optimizer *optimizer) { free(optimizer); }
"""
HEADER = Path(__file__).parents[2] / "Sources/CLopt/include"


@pytest.fixture(autouse=True)
def forgotten():
    """Lets every test look for the library anew."""
    _native.library.cache_clear()
    _native._optimizer.cache_clear()
    yield
    _native._optimizer.cache_clear()
    _native.library.cache_clear()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Makes a stand-in of a version of the interface, and returns its path."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None or not HEADER.exists():
        pytest.skip("there is no C compiler, or no checkout around the tests")

    def compile(interface):
        folder = tmp_path_factory.mktemp("library")
        (folder / "lopt.c").write_text(STAND_IN)
        command = [compiler, "-shared", "-fPIC", f"-DINTERFACE={interface}", f"-I{HEADER}", "-o", folder / "liblopt.so"]
        subprocess.run([*command, folder / "lopt.c"], check=True)
        return folder / "liblopt.so"

    return compile


@pytest.fixture
def stand_in(compiled, monkeypatch):
    monkeypatch.setenv("LOPT_LIBRARY", str(compiled(1)))


def tensor(u, g, step):
    """Returns arrays of a tensor and its row for ``step``."""
    u, g, moments = np.float32(u), np.float32(g), np.zeros(20, np.float32)
    return u, moments, g, (u.size, step, u.ctypes.data, g.ctypes.data, moments.ctypes.data)


def test_a_step_reaches_every_tensor(stand_in):
    theta = Theta.shipped("mlp2x32-train")
    (u, m, g, first), (w, n, h, second) = tensor([1, 2], [10, 20], 3), tensor([5], [100], 4)
    _native.step(theta, [first, second], rate=0.5, weight_decay=0.25)
    np.testing.assert_array_equal(u, [1 + 5 + 0.75, 2 + 10 + 0.75])
    np.testing.assert_array_equal(w, [5 + 50 + 1])
    _native.step(theta, np.array([first]), rate=1, weight_decay=0)
    np.testing.assert_array_equal(u, [1 + 5 + 0.75 + 10, 2 + 10 + 0.75 + 20])
    assert g.tolist() == [10, 20] and h.tolist() == [100] and m.size == n.size


@pytest.mark.parametrize(
    ("architecture", "facts"),
    [
        (Architecture(), [1, 32, 1, 1, 5, 0.5, 9, 300_000, 0.001, 0.001, 0, 0, 0]),
        (
            Architecture(3, 4, ("momentum", "rms"), (0.25, 0.5), (7,), 0.5, 2, 10**9, True, True),
            [3, 4, 1, 1, 2, 0.25, 0, 0, 0.5, 2, 1e9, 1, 1],
        ),
        (Architecture(features=("time",), time_scales=(7,)), [1, 32, 0, 0, 5, 0.5, 1, 7, 0.001, 0.001, 0, 0, 0]),
    ],
)
def test_the_architecture_reaches_the_library(stand_in, architecture, facts):
    theta = Theta(architecture, np.arange(architecture.count))
    _, moments, gradient, row = tensor([1], [1], 0)
    _native.step(theta, [row], 1, 0)
    np.testing.assert_array_equal(moments[:14], np.float32([*facts, architecture.count - 1]))
    assert gradient.tolist() == [1]


def test_no_tensors_are_no_step(stand_in):
    _native.step(Theta.shipped("mlp2x32-train"), [], 1, 0)


@pytest.mark.parametrize("row", [(-1, 0, 0, 0, 0), (0, -1, 0, 0, 0)])
def test_negative_numbers_are_refused(stand_in, row):
    with pytest.raises(ValueError, match="a number of parameters or of steps is below 0"):
        _native.step(Theta.shipped("mlp2x32-train"), [row], 1, 0)


@pytest.mark.parametrize("missing", [2, 3, 4])
def test_an_address_of_no_memory_is_refused(stand_in, missing):
    u, _, gradient, row = tensor([1], [1], 0)
    row = [0 if index == missing else value for index, value in enumerate(row)]
    with pytest.raises(ValueError, match="a tensor, its gradient or its moments have no memory"):
        _native.step(Theta.shipped("mlp2x32-train"), [(0, 0, 0, 0, 0), row], 1, 0)
    assert u.tolist() == gradient.tolist() == [1]


def test_a_step_without_memory_is_an_error(stand_in):
    u, _, gradient, row = tensor([1], [1], 999)
    with pytest.raises(MemoryError, match="liblopt has no memory for the step"):
        _native.step(Theta.shipped("mlp2x32-train"), [row], 1, 0)
    assert u.tolist() == gradient.tolist() == [1]


def test_what_the_library_cannot_do_is_told_in_its_words(stand_in, monkeypatch):
    monkeypatch.setenv("LOPT_ISA", "x86-64-v9")
    with pytest.raises(RuntimeError, match="^liblopt: this processor has no x86-64-v9$"):
        _native.step(Theta.shipped("mlp2x32-train"), [], 1, 0)


def test_without_a_library_there_is_none(monkeypatch):
    monkeypatch.setenv("LOPT_LIBRARY", "")
    assert _native.library() is None
    with pytest.raises(RuntimeError, match="there is no liblopt here"):
        _native.step(Theta.shipped("mlp2x32-train"), [], 1, 0)


def test_one_of_another_interface_is_not_used(compiled, monkeypatch):
    path = compiled(2)
    monkeypatch.setenv("LOPT_LIBRARY", str(path))
    message = f"^{path}: has version 2 of its interface, and this package version 1, so training is slower: "
    with pytest.warns(RuntimeWarning, match=message):
        assert _native.library() is None


def test_one_that_is_no_library_is_not_used(tmp_path, monkeypatch):
    for path in (tmp_path / "none.so", Path("/lib/x86_64-linux-gnu/libc.so.6")):
        _native.library.cache_clear()
        monkeypatch.setenv("LOPT_LIBRARY", str(path))
        with pytest.warns(RuntimeWarning, match=f"^{path}: cannot be used, so training is slower: "):
            assert _native.library() is None
