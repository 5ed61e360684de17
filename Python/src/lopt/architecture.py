"""The architecture of a learned optimizer: with its weights θ, all that is needed to run it."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from lopt.errors import printable

#: The groups of inputs that can be switched off. The gradient and the parameter's value are inputs in any case.
FEATURES = ("momentum", "rms", "time")


@dataclass(frozen=True)
class Architecture:
    """The network of a learned optimizer, and the constants and options of its update; the defaults are the paper's.

    The network is applied to every parameter on its own: dense layers from the ``inputs`` over the hidden layers to the
    two outputs d and s, of which the update is −λ₁ · d · exp(λ₂ · s). Numbers are rounded to float32, which is what
    snapshots hold and the optimizer was trained with. An architecture never changes and can be hashed.

    Raises:
        ValueError: where a value is one with which there is no learned optimizer. The message names it and its rule.
    """

    #: The number of hidden layers of ReLU units, 1 to 8.
    hidden_layers: int = 1
    #: The number of units of each hidden layer, 2 to 1,024.
    hidden_units: int = 32
    #: The groups of inputs that are on, in the order of ``FEATURES``: ``momentum`` for m, ``rms`` for v and 1/√v, both
    #: for m/√v, ``time`` for tanh(t/τ − 1).
    features: tuple[str, ...] = FEATURES
    #: The decays β of the momenta m and of the second moments v, 1 to 16 numbers from 0 to below 1.
    betas: tuple[float, ...] = (0.5, 0.9, 0.99, 0.999, 0.9999)
    #: The scales τ of the time inputs in steps, at most 64 numbers above 0.
    time_scales: tuple[float, ...] = (3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 300_000)
    #: The factor λ₁ of every update, above 0.
    lambda1: float = 0.001
    #: The factor λ₂ in the exponent of every update, above 0.
    lambda2: float = 0.001
    #: The step from which on the time inputs stay as they are, 1 to 1,000,000,000; None for never.
    time_frozen_at: int | None = None
    #: Whether a tensor's update is multiplied by the root mean square of its parameters.
    scale_by_rms: bool = False
    #: Whether the inputs m/√v are not divided by their root mean square over the tensor, as all the others are.
    raw_momentum: bool = False

    def __post_init__(self) -> None:
        def keep(name: str, rule: str, value: object, holds: bool) -> None:
            if not holds:
                raise ValueError(f"{name} is {printable(repr(getattr(self, name)))}, must be {rule}")
            object.__setattr__(self, name, value)

        layers, units = _integer(self.hidden_layers), _integer(self.hidden_units)
        keep("hidden_layers", "in 1 … 8", layers, layers is not None and 1 <= layers <= 8)
        keep("hidden_units", "in 2 … 1024", units, units is not None and 2 <= units <= 1_024)
        given = list(self.features) if isinstance(self.features, list | tuple) else [None]
        ordered = tuple(group for group in FEATURES if group in given)
        keep("features", f"a list of some of {', '.join(FEATURES)}", ordered, len(ordered) == len(given))
        betas, scales = _singles(self.betas), _singles(self.time_scales)
        in_range = betas is not None and 1 <= len(betas) <= 16 and all(0 <= beta < 1 for beta in betas)
        keep("betas", "1 to 16 numbers from 0 to below 1", betas, in_range)
        in_range = scales is not None and len(scales) <= 64 and all(scale > 0 for scale in scales)
        keep("time_scales", "at most 64 numbers above 0", scales, in_range)
        for name in ("lambda1", "lambda2"):
            factor = _single(getattr(self, name))
            keep(name, "above 0", factor, factor is not None and 0 < factor < math.inf)
        frozen_at = _integer(self.time_frozen_at)
        in_range = self.time_frozen_at is None or (frozen_at is not None and 1 <= frozen_at <= 1_000_000_000)
        keep("time_frozen_at", "in 1 … 1000000000", frozen_at, in_range)
        keep("scale_by_rms", "true or false", self.scale_by_rms, isinstance(self.scale_by_rms, bool))
        rule = "true or false, and true only with the features momentum and rms"
        is_possible = not self.raw_momentum or {"momentum", "rms"} <= set(ordered)
        keep("raw_momentum", rule, self.raw_momentum, isinstance(self.raw_momentum, bool) and is_possible)

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Architecture:
        """Reads an architecture from the metadata of a snapshot or of a case.

        The values of the keys, which are named as the fields here, are JSON. A key that is absent has the paper's
        value; other keys are passed over.

        Raises:
            ValueError: where a value is not JSON, or one with which there is no learned optimizer.
        """
        values = {}
        for name in (field.name for field in fields(cls)):
            if name not in metadata:
                continue
            try:
                values[name] = json.loads(metadata[name], parse_constant=str)
            except (ValueError, RecursionError):
                values[name] = metadata[name]  # no value of a field is text, so that this is refused by its rule
            if name == "time_frozen_at" and values[name] is None:
                values[name] = metadata[name]
        return cls(**values)

    @property
    def metadata(self) -> dict[str, str]:
        """The architecture as the metadata of a snapshot has it: numbers in decimal, lists as JSON; options only where
        they are on."""
        values = {
            "hidden_layers": str(self.hidden_layers),
            "hidden_units": str(self.hidden_units),
            "features": json.dumps(self.features, separators=(",", ":")),
            "betas": json.dumps([_decimal(beta) for beta in self.betas], separators=(",", ":")),
            "time_scales": json.dumps([_decimal(scale) for scale in self.time_scales], separators=(",", ":")),
            "lambda1": json.dumps(_decimal(self.lambda1)),
            "lambda2": json.dumps(_decimal(self.lambda2)),
        }
        if self.time_frozen_at is not None:
            values["time_frozen_at"] = str(self.time_frozen_at)
        for option in ("scale_by_rms", "raw_momentum"):
            if getattr(self, option):
                values[option] = "true"
        return values

    @property
    def rests(self) -> tuple[float, ...]:
        """The numbers 1 − β [betas], in double precision, of the decimal numbers that the betas stand for.

        The float32 next to 0.9999 is 1.7e-8 below it, which is 2e-4 of 1 − β.
        """
        return tuple(1 - _decimal(beta) for beta in self.betas)

    @property
    def parameter_inputs(self) -> int:
        """The number of inputs that differ from parameter to parameter: all but the time inputs."""
        momentum, rms = "momentum" in self.features, "rms" in self.features
        groups = momentum + 2 * rms + (momentum and rms)
        return 2 + groups * len(self.betas)

    @property
    def time_inputs(self) -> tuple[float, ...]:
        """The scales τ of the time inputs that are on."""
        return self.time_scales if "time" in self.features else ()

    @property
    def inputs(self) -> int:
        """The number of inputs of the network: those of the parameter, then the time inputs."""
        return self.parameter_inputs + len(self.time_inputs)

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """The shapes (in, out) of the weights of the layers, the first layer first; a layer's bias is [out]."""
        widths = [self.inputs] + self.hidden_layers * [self.hidden_units] + [2]
        return list(zip(widths, widths[1:], strict=False))

    @property
    def count(self) -> int:
        """The number of weights of the network, biases among them: the length of θ."""
        return sum((inputs + 1) * outputs for inputs, outputs in self.shapes)


def _integer(value: object) -> int | None:
    """Returns a whole number, of Python's or of NumPy's; None for any other value, truth values among them."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def _single(value: object) -> float | None:
    """Returns a number rounded to float32; None for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return None
    with np.errstate(over="ignore"):
        return float(np.float32(value))


def _singles(values: object) -> tuple[float, ...] | None:
    """Returns numbers rounded to float32; None for what is no list of numbers."""
    if not isinstance(values, list | tuple):
        return None
    singles = tuple(single for value in values if (single := _single(value)) is not None)
    return singles if len(singles) == len(values) else None


def _decimal(single: float) -> float:
    """Returns the number that the shortest decimal stands for which is nearest to this float32."""
    return float(str(np.float32(single)))
