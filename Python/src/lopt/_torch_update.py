"""The learned optimizer's update of PyTorch tensors, without the manners of an optimizer: those are in ``lopt.torch``.

The update is that of ``lopt.numpy``, computed in another way: the division of an input by its root mean square over
the tensor is folded into the first layer's weights, and the time inputs, which all parameters share, into its biases.
Inside, every quantity of n parameters is a row: inputs are [inputs, n] and units [units, n].

All work is done in chunks, so that there is a bound to the memory that a step needs beside parameters and moments,
however large a tensor is: ``CPU_WORKSPACE`` and ``WORKSPACE``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor
from torch._utils import _flatten_dense_tensors

from lopt._constants import BLOCK, INVERSE_RMS_EPSILON, NORMALIZATION_EPSILON, SCALE_EPSILON
from lopt.theta import Theta

#: A learning rate: a number, or a tensor of one that schedules change in place.
Rate: TypeAlias = float | Tensor

#: The most bytes of temporary memory of a step on a CPU, where it should stay in the caches.
CPU_WORKSPACE = 8 << 20
#: The same on another device, where a chunk must be work enough for all cores; and of a step that ``torch.compile``
#: compiles, whose code grows with the number of chunks.
WORKSPACE = 256 << 20
#: The part of a chunk that the largest tensor may be that is updated together with others on a CPU. A larger one has
#: enough work of its own, and would pay for the sums by tensor with more than it saves by fewer calls.
SMALL_PART = 8


class Network:
    """A θ on one device and in one precision, ready to update tensors there.

    Args:
        theta: the learned optimizer.
        device: where the parameters are.
        dtype: the precision of the arithmetic and of the moments, float32 or float64.
    """

    def __init__(self, theta: Theta, device: torch.device, dtype: torch.dtype) -> None:
        architecture = theta.architecture
        self.dtype = dtype
        self.betas = len(architecture.betas)
        self.rms = "rms" in architecture.features
        self.momentum = "momentum" in architecture.features
        self.raw_momentum = architecture.raw_momentum
        self.scale_by_rms = architecture.scale_by_rms
        self.value_row = 1 + (self.betas if self.rms and self.momentum else 0)
        self.inputs = architecture.parameter_inputs
        self.lambda1 = architecture.lambda1
        self.lambda2 = architecture.lambda2
        self.frozen_at = architecture.time_frozen_at
        # A chunk's inputs, their squares, and the units of two layers; the inputs of many betas need more than units.
        numbers = 2 * self.inputs + 2 * max(architecture.hidden_units, self.inputs)
        self._chunk, self._cpu_chunk = (
            max(1, workspace // (numbers * dtype.itemsize * BLOCK)) * BLOCK for workspace in (WORKSPACE, CPU_WORKSPACE)
        )
        self._is_on_cpu = device.type == "cpu"

        def column(values: Sequence[float]) -> Tensor:
            return torch.tensor(values, dtype=torch.float64).to(device, dtype).unsqueeze(1)

        self.decays = column(architecture.betas * 2)
        self.rests = column(architecture.rests)
        weight, bias = (torch.from_numpy(array.astype("f8").T) for array in theta.layers[0])
        self.first_weight = weight[:, : self.inputs].to(device).contiguous()
        self.time_weight = weight[:, self.inputs :].to(device).contiguous()
        self.time_scales = torch.tensor(architecture.time_inputs, dtype=torch.float64, device=device).unsqueeze(1)
        self.first_bias = bias.to(device).unsqueeze(1)
        self.rest = [
            (
                torch.from_numpy(weight.T.copy()).to(device, dtype),
                torch.from_numpy(bias.copy()).to(device, dtype)[:, None],
            )
            for weight, bias in theta.layers[1:]
        ]

    @property
    def chunk(self) -> int:
        """The number of parameters that are worked on at once."""
        return self._cpu_chunk if self._is_on_cpu and not torch.compiler.is_compiling() else self._chunk

    @property
    def small(self) -> int:
        """The number of parameters of the largest tensor that is worth being updated together with others."""
        return self._cpu_chunk // SMALL_PART if self._is_on_cpu else self._chunk

    def update(self, values: Tensor, gradient: Tensor, moments: Tensor, step: Tensor, rate: Rate, decay: float) -> None:
        """Updates a tensor of any shape: u ← u − rate (Δ + decay u).

        Args:
            values: the parameters u.
            gradient: the loss's gradient by them, of their shape.
            moments: [2, betas, …shape], contiguous, of ``dtype``: momenta and second moments, which are changed.
            step: the number of updates that the tensor has behind it, [1].
            rate: what multiplies the update.
            decay: the weight decay; 0 is none.
        """
        count = values.numel()
        flat, gradient, rows = values.reshape(-1), gradient.reshape(-1), moments.view(2 * self.betas, count)
        is_copy = not values.is_contiguous()
        chunk = self.chunk
        chunks = range(0, count, chunk)
        squares = torch.zeros(self.inputs, 1, dtype=torch.float64, device=values.device)
        inputs = None
        for start in chunks:
            part = slice(start, start + chunk)
            u, g, mv = flat[part].to(self.dtype), gradient[part].to(self.dtype), rows[:, part]
            self._advance(mv, g)
            inputs = self._inputs(u, g, mv)
            squares += _sums(inputs.square())
        scales, size = self._scales(squares / count)
        weight = (self.first_weight * scales.T).to(self.dtype)
        bias = self._bias(step)
        for start in chunks:
            part = slice(start, start + chunk)
            u = flat[part].to(self.dtype)
            if inputs is None or len(chunks) > 1:
                inputs = self._inputs(u, gradient[part].to(self.dtype), rows[:, part])
            change = self._change(torch.addmm(bias, weight, inputs), size, u, rate, decay)
            flat[part].copy_(u - change)
        if is_copy:
            values.copy_(flat.view(values.shape))

    def update_together(
        self,
        values: list[Tensor],
        gradients: list[Tensor],
        moments: list[Tensor],
        steps: Tensor,
        rate: Rate,
        decay: float,
    ) -> None:
        """Updates several small tensors with as many calls as one takes.

        The arguments are lists of those of ``update``; ``steps`` is [tensors], or [1] where all are the same. All
        tensors together should be at most ``chunk`` parameters.
        """
        device = values[0].device
        counts = [value.numel() for value in values]
        u = _flatten_dense_tensors(values).to(self.dtype)
        g = _flatten_dense_tensors(gradients).to(self.dtype)
        rows = [moment if moment.ndim == 3 else moment.view(2, self.betas, -1) for moment in moments]
        mv = torch.cat(rows, 2).view(2 * self.betas, -1)
        self._advance(mv, g)
        torch._foreach_copy_(rows, mv.view(2, self.betas, -1).split(counts, 2))
        inputs = self._inputs(u, g, mv)
        lengths = torch.tensor(counts, device=device)
        owner = torch.repeat_interleave(lengths, output_size=len(u))
        scales, size = self._scales(_sums_by_tensor(inputs.square(), counts) / lengths)
        inputs *= scales.to(self.dtype).index_select(1, owner)
        bias = self._bias(steps)
        if len(steps) > 1:
            bias = bias.index_select(1, owner)
        if size is not None:
            size = size.index_select(0, owner)
        change = self._change(torch.addmm(bias, self.first_weight.to(self.dtype), inputs), size, u, rate, decay)
        after = (u - change).split(counts)
        torch._foreach_copy_(
            values,
            [part if like.ndim == 1 else part.view(like.shape) for part, like in zip(after, values, strict=True)],
        )

    def _advance(self, mv: Tensor, g: Tensor) -> None:
        """Takes a gradient [n] into the moments mv [2 betas, n]."""
        mv.mul_(self.decays)
        mv[: self.betas].addcmul_(self.rests, g)
        mv[self.betas :].addcmul_(self.rests, g * g)

    def _inputs(self, u: Tensor, g: Tensor, mv: Tensor) -> Tensor:
        """Returns the inputs of n parameters but the time inputs, not normalized: [inputs, n].

        u and g are [n], and mv, the moments with this step's gradient in them, [2 betas, n].
        """
        m, v = mv[: self.betas], mv[self.betas :]
        r = torch.rsqrt(v + INVERSE_RMS_EPSILON) if self.rms else None
        rows = [g[None]]
        if r is not None and self.momentum:
            rows.append(m * r)
        rows.append(u[None])
        if self.momentum:
            rows.append(m)
        if r is not None:
            rows += [v, r]
        return torch.cat(rows)

    def _scales(self, means: Tensor) -> tuple[Tensor, Tensor | None]:
        """Returns the factors that normalize the inputs, and of each tensor the factor ρ of its update.

        ``means`` [inputs, tensors] are the mean squares; the factors are of the same shape, and ρ is [tensors], or None
        where updates are not scaled.
        """
        scales = (means + NORMALIZATION_EPSILON).rsqrt()
        if self.raw_momentum:
            scales[1 : self.value_row] = 1
        size = (means[self.value_row] + SCALE_EPSILON).sqrt().to(self.dtype) if self.scale_by_rms else None
        return scales, size

    def _bias(self, steps: Tensor) -> Tensor:
        """Returns the first layer's biases with the time inputs in them, [units, tensors] of ``steps`` [tensors]."""
        time = steps.to(self.time_scales.device, torch.float64)
        if self.frozen_at is not None:
            time = time.clamp(max=self.frozen_at)
        return (self.first_bias + self.time_weight @ torch.tanh(time / self.time_scales - 1)).to(self.dtype)

    def _change(self, units: Tensor, size: Tensor | None, u: Tensor, rate: Rate, decay: float) -> Tensor:
        """Returns what is subtracted from u [n], of the first layer's sums ``units`` [units, n]."""
        for weight, bias in self.rest:
            units = torch.addmm(bias, weight, units.relu_())
        change = (units[1] * self.lambda2).clamp(-87, 88).exp_().mul_(units[0])
        change = change * (self.lambda1 if size is None else self.lambda1 * size)
        if decay != 0:
            change = change + decay * u
        return change * rate


def _sums(squares: Tensor) -> Tensor:
    """Returns the sums of the rows of ``squares`` [rows, n], in double precision over blocks: [rows, 1]."""
    count = squares.shape[1]
    whole = count - count % BLOCK
    blocks = squares[:, :whole].unflatten(1, (-1, BLOCK)).sum(2).sum(1, keepdim=True, dtype=torch.float64)
    return blocks + squares[:, whole:].sum(1, keepdim=True)


def _sums_by_tensor(squares: Tensor, counts: list[int]) -> Tensor:
    """Returns the sums of the rows of ``squares`` [rows, n] over each of several tensors: [rows, tensors].

    They are of blocks first, and then, in double precision, of tensors, which have ``counts`` parameters.
    """
    rows, device = len(squares), squares.device
    blocks = [min(BLOCK, count - start) for count in counts for start in range(0, count, BLOCK)]

    def reduced(numbers: Tensor, lengths: list[int]) -> Tensor:
        repeated = torch.tensor(lengths, device=device).repeat(rows)
        return torch.segment_reduce(numbers.view(-1), "sum", lengths=repeated, unsafe=True).view(rows, -1)

    sums = reduced(squares, blocks).to(torch.float64)
    return sums if len(blocks) == len(counts) else reduced(sums, [-(-count // BLOCK) for count in counts])
