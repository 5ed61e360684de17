"""The learned optimizer for PyTorch.

import lopt, lopt.torch

theta = lopt.Theta.shipped("mlp2x32-train")
optimizer = lopt.torch.LearnedOptimizer(model.parameters(), theta)
...
optimizer.zero_grad(); loss.backward(); optimizer.step()
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any

import torch
from torch import Tensor, float32

from lopt import _native
from lopt._torch_update import Network
from lopt.theta import Theta

__all__ = ["LearnedOptimizer"]

#: The types of tensors whose memory the kernels may use: those of others may hold something else, or nothing.
_PLAIN = (torch.nn.Parameter, Tensor)
#: The types that moments can have.
_PRECISIONS = (torch.float32, torch.float64)


class LearnedOptimizer(torch.optim.Optimizer):
    """Trains parameters with a learned optimizer: u ← u − lr (Δ + weight_decay u), where Δ is its update.

    It behaves as the optimizers of ``torch.optim`` do: parameter groups, schedules of ``lr``, closures, ``GradScaler``,
    ``torch.compile``, ``state_dict`` and so on.

    Every tensor of parameters, of whatever rank, is a whole to the learned optimizer, whose inputs are normalized by
    mean squares over it. So tensors that are flattened together, or cut into parts, are trained otherwise. Sharded
    parameters, as of ``fully_shard``, are refused for that. Of ``FullyShardedDataParallel`` those of
    ``use_orig_params=True`` cannot be told from others: do not use it.

    The state of a parameter is ``step``, the number of its updates, which stands still while its gradient is None, and
    ``moments`` [2, betas, …shape], the momenta and the second moments: 40 bytes a parameter with five betas. Moments
    and arithmetic are float32 for parameters of float32, bfloat16 and float16, and float64 for those of float64.
    Beside that a step needs temporary memory of at most 8 MiB on a CPU, and 256 MiB on another device or compiled,
    however large the tensors are; and copies of the gradients with ``maximize``, or of a tensor that is not contiguous.

    Where this package has the library of the program ``lopt``, its kernels update the float32 parameters that are on a
    CPU, to the same bits as that program.

    Args:
        params: the parameters, or groups of them as dictionaries, as of every optimizer of PyTorch. A group can have
            ``lr``, ``weight_decay``, ``foreach`` and ``maximize`` of its own.
        theta: the learned optimizer. All groups have the same.
        lr: what multiplies every update. 1 is the step that the learned optimizer was trained with. As a tensor of one
            number it can change without ``torch.compile`` compiling anew.
        weight_decay: the factor of the decoupled weight decay, as of ``AdamW``; 0 is none.
        foreach: whether small tensors are updated together, which takes fewer calls, or each by itself; both by
            operations of PyTorch. None is the fastest way, which is the kernels where they can be used, and else
            together.
        maximize: whether the objective grows by a step instead of falling.

    Raises:
        TypeError: where ``theta`` is not a ``lopt.Theta``, or a parameter is sharded, complex, sparse or of another
            type than float32, float64, bfloat16 and float16.
        ValueError: where ``lr`` or ``weight_decay`` is below 0 or not a finite number, ``foreach`` or ``maximize`` is
            none of its values, or a group has another θ.
    """

    def __init__(
        self,
        params: Iterable[Any],
        theta: Theta,
        lr: float | Tensor = 1.0,
        *,
        weight_decay: float = 0.0,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if not isinstance(theta, Theta):
            raise TypeError(
                f"theta is a {type(theta).__name__}, must be a lopt.Theta, as lopt.Theta.load(path) returns"
            )
        self.theta = theta
        self._networks: dict[tuple[torch.device, torch.dtype], Network] = {}
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "theta_sha256": theta.sha256,
        }
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group of parameters, as those that the optimizer was made with.

        Raises:
            TypeError, ValueError: as the class.
        """
        super().add_param_group(param_group)
        try:
            _check_group(self.param_groups[-1], self.theta)
        except (TypeError, ValueError):
            self.param_groups.pop()
            raise

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "theta": self.theta}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._networks = {}
        for state in self.state.values():
            # Of PyTorch's load_state_dict they have another type here, for a moment.
            if "moments" in state and state["moments"].dtype in _PRECISIONS:
                self._network(state["moments"])

    def _network(self, moments: Tensor) -> Network:
        """Returns θ on the device of a parameter's moments, in their precision.

        It goes by the moments, for a model that is moved or gets another type leaves those as they are.
        """
        kind = (moments.device, moments.dtype)
        if kind not in self._networks:
            if moments.dtype not in _PRECISIONS:
                raise ValueError(f"the moments of a parameter are {moments.dtype}, must be float32 or float64")
            self._networks[kind] = Network(self.theta, *kind)
        return self._networks[kind]

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Takes the state of an optimizer of the same θ over, as ``state_dict`` returned it, from any device.

        The moments keep their precision, while the optimizers of PyTorch round a state to that of the parameters.

        Raises:
            ValueError: where the state is that of a model, of another optimizer or of another θ, or does not fit the
                parameters. Nothing is changed then.
        """
        taken: dict[str, Any] = {}

        def look(_: torch.optim.Optimizer, final: dict[str, Any]) -> None:
            self._check_state_dict(final)
            taken.update(final)

        # It comes after the hooks that a user may have registered, which can change the dictionary.
        handle = self.register_load_state_dict_pre_hook(look)
        try:
            super().load_state_dict(dict(state_dict))
        finally:
            handle.remove()
        saved = [index for group in taken["param_groups"] for index in group["params"]]
        for index, parameter in zip(saved, self._parameters(), strict=True):
            if index in taken["state"]:
                state = taken["state"][index]
                # They are copies, for the optimizer that the state is of may go on.
                moments = state["moments"].to(parameter.device, _precision(parameter), copy=True).contiguous()
                self.state[parameter].update(moments=moments, step=torch.tensor(int(state["step"])))
                self._network(moments)

    def _parameters(self) -> list[Tensor]:
        return [parameter for group in self.param_groups for parameter in group["params"]]

    def _check_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Raises a ValueError where a state is not one of this optimizer's."""
        if "param_groups" not in state_dict or "state" not in state_dict:
            raise ValueError(
                "the state_dict is not of an optimizer, for it has no param_groups: is it that of a model?"
            )
        groups = state_dict["param_groups"]
        for group in groups:
            if "theta_sha256" not in group:
                raise ValueError("the state_dict is not of a lopt.torch.LearnedOptimizer: it names no θ")
            if group["theta_sha256"] != self.theta.sha256:
                raise ValueError(
                    f"the state_dict is of the θ with SHA-256 {group['theta_sha256'][:16]}…, and this optimizer has "
                    f"{self.theta.name} with {self.theta.sha256[:16]}…: make it with the θ of the state"
                )
        saved = [index for group in groups for index in group["params"]]
        for index, parameter in zip(saved, self._parameters(), strict=False):
            state = state_dict["state"].get(index)
            if state is None:
                continue
            expected = (2, len(self.theta.architecture.betas), *parameter.shape)
            shape = tuple(state["moments"].shape) if isinstance(state.get("moments"), Tensor) else None
            if shape != expected:
                raise ValueError(
                    f"the state_dict does not fit parameter {index}, of shape {tuple(parameter.shape)}: its moments "
                    f"must have the shape {expected}, and have {shape}: was it saved for another model?"
                )
            if not state["moments"].is_floating_point():
                raise ValueError(
                    f"the state_dict's moments of parameter {index} are {state['moments'].dtype}, must be real numbers"
                )
            if not _is_step(state.get("step")):
                raise ValueError(
                    f"the state_dict's step of parameter {index} is {state.get('step')}, must be a whole number from 0 "
                    "on"
                )

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """Does one step of every parameter that has a gradient.

        Args:
            closure: computes the loss anew, with its gradients, and returns it; it is called once, before the step.

        Returns:
            what ``closure`` returned, or None.

        Raises:
            RuntimeError: where a gradient is sparse.
            ValueError: where a parameter's gradient or moments are of another shape, or its moments on another device,
                since the parameter itself was exchanged.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            values: list[Tensor] = []
            gradients: list[Tensor] = []
            moments: list[Tensor] = []
            steps: list[Tensor] = []
            self._init_group(group, values, gradients, moments, steps)
            if group["maximize"]:
                gradients = [-gradient for gradient in gradients]
            self._update(group, values, gradients, moments, steps)
            if steps:
                # Given as a number, it is made a tensor for each of them.
                one = 1 if torch.compiler.is_compiling() else torch.tensor(1, device=steps[0].device)
                torch._foreach_add_(steps, one)
        return loss

    def _init_group(
        self,
        group: dict[str, Any],
        values: list[Tensor],
        gradients: list[Tensor],
        moments: list[Tensor],
        steps: list[Tensor],
    ) -> None:
        """Lists what a step of a group is about, and makes the state where there is none yet.

        ``torch.compile`` knows a method of an optimizer by this name and does not trace it.
        """
        rows = 2 * len(self.theta.architecture.betas)
        for index, parameter in enumerate(group["params"]):
            gradient = parameter.grad
            if gradient is None or (count := parameter.numel()) == 0:
                continue
            if gradient.layout is not torch.strided:
                raise RuntimeError(
                    f"LearnedOptimizer takes no sparse gradients, and {_name(group, index)} has one: make its layer "
                    "with sparse=False"
                )
            state = self.state[parameter]
            if not state:
                shape = (2, len(self.theta.architecture.betas), *parameter.shape)
                state["step"] = torch.tensor(0)
                state["moments"] = torch.zeros(shape, dtype=_precision(parameter), device=parameter.device)
                self._network(state["moments"])
            moment = state["moments"]
            # Numbers are faster to compare than shapes, which all of them have where their numbers agree.
            if gradient.numel() != count or moment.numel() != rows * count:
                raise ValueError(
                    f"{_name(group, index)} has the shape {tuple(parameter.shape)}, its gradient "
                    f"{tuple(gradient.shape)} and its moments {tuple(moment.shape)}: where it was exchanged for one of "
                    "another shape, make the optimizer anew, or forget its state by del optimizer.state[parameter]"
                )
            values.append(parameter)
            gradients.append(gradient)
            moments.append(moment)
            steps.append(state["step"])

    def _update(
        self,
        group: dict[str, Any],
        values: list[Tensor],
        gradients: list[Tensor],
        moments: list[Tensor],
        steps: list[Tensor],
    ) -> None:
        """Updates the tensors of a group: large ones each by itself, small ones of one kind together."""
        rate, decay = group["lr"], group["weight_decay"]
        rows: list[int] = []
        changed: list[Tensor] = []
        kept: list[Tensor] = []
        together: dict[tuple[torch.device, torch.dtype], list[int]] = {}
        kernels_are_wanted = (
            group["foreach"] is None and not torch.compiler.is_compiling() and _native.library() is not None
        )
        for index, (value, gradient, moment, step) in enumerate(zip(values, gradients, moments, steps, strict=True)):
            if kernels_are_wanted and _kernels_can_train(value, gradient, moment):
                if gradient.dtype is not float32 or not gradient.is_contiguous() or gradient.is_neg():
                    gradient = gradient.to(torch.float32).resolve_neg().contiguous()
                    kept.append(gradient)
                rows += (value.numel(), int(step), value.data_ptr(), gradient.data_ptr(), moment.data_ptr())
                changed += (value, moment)
                continue
            if value.device != moment.device:
                number = next(number for number, parameter in enumerate(group["params"]) if parameter is value)
                raise ValueError(
                    f"{_name(group, number)} is on {value.device}, and its moments on {moment.device}: after moving a "
                    "model, load the state of its optimizer anew: optimizer.load_state_dict(optimizer.state_dict())"
                )
            network = self._network(moment)
            is_small = value.numel() <= network.small
            # torch.compile, which writes otherwise, does not know is_neg.
            if group["foreach"] is not False and is_small and (torch.compiler.is_compiling() or not value.is_neg()):
                together.setdefault((moment.device, moment.dtype), []).append(index)
            else:
                network.update(value, gradient, moment, step.view(1), rate, decay)
        if rows:
            _native.step(self.theta, rows, float(rate), float(decay))
            torch.autograd.graph.increment_version(changed)
        for kind, indices in together.items():
            network = self._networks[kind]
            for batch in _batches(indices, values, network.chunk):
                network.update_together(
                    [values[index] for index in batch],
                    [gradients[index] for index in batch],
                    [moments[index] for index in batch],
                    _steps([steps[index] for index in batch]),
                    rate,
                    decay,
                )


def _kernels_can_train(value: Tensor, gradient: Tensor, moments: Tensor) -> bool:
    """Returns whether the library can update a tensor: whether what lies in memory are the numbers that it takes.

    A gradient on a CPU that is of another type, or not one piece, can be copied for it.
    """
    return (
        value.dtype is float32
        and moments.dtype is float32
        and type(value) in _PLAIN
        and type(gradient) in _PLAIN
        and type(moments) is Tensor
        and value.is_cpu
        and gradient.is_cpu
        and moments.is_cpu
        and value.is_contiguous()
        and moments.is_contiguous()
        and not value.is_neg()
    )


def _steps(steps: list[Tensor]) -> Tensor:
    """Returns the numbers of updates that tensors have behind them, [tensors]; or [1] where all are the same."""
    if not torch.compiler.is_compiling():
        different = {int(step) for step in steps}
        if len(different) == 1:
            return torch.tensor([*different])
    return torch.stack(steps)


def _batches(indices: list[int], values: list[Tensor], most: int) -> list[list[int]]:
    """Divides tensors into batches of at most ``most`` parameters together."""
    batches: list[list[int]] = []
    room = 0
    for index in indices:
        count = values[index].numel()
        if not batches or count > room:
            batches.append([])
            room = most
        batches[-1].append(index)
        room -= count
    return batches


def _is_step(value: object) -> bool:
    """Returns whether a value of a state is a number of steps, as a tensor or not: a whole number from 0 on."""
    if isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex():
        value = value.item()
    return isinstance(value, Real) and 0 <= value < 2**63 and value == int(value)


def _precision(parameter: Tensor) -> torch.dtype:
    """Returns the type of the moments and of the arithmetic."""
    return torch.float64 if parameter.dtype == torch.float64 else torch.float32


def _name(group: Mapping[str, Any], index: int) -> str:
    """Returns what an error calls a parameter: its name, where the optimizer was given names, or its number."""
    return group["param_names"][index] if "param_names" in group else f"parameter {index} of its group"


def _check_group(group: Mapping[str, Any], theta: Theta) -> None:
    """Raises an error where a group of parameters cannot be trained."""
    for key in ("lr", "weight_decay"):
        value = group[key]
        if isinstance(value, Tensor) and value.numel() != 1:
            raise ValueError(f"{key} is a tensor of {value.numel()} numbers, must be one number")
        if not isinstance(value, Real | Tensor) or not (value >= 0 and math.isfinite(value)):
            raise ValueError(f"{key} is {value!r}, must be a finite number from 0 on")
    if not isinstance(group["foreach"], bool | None):
        raise ValueError(f"foreach is {group['foreach']!r}, must be True, False or None")
    if not isinstance(group["maximize"], bool):
        raise ValueError(f"maximize is {group['maximize']!r}, must be True or False")
    if group["theta_sha256"] != theta.sha256:
        raise ValueError("a group has another θ than the optimizer: make an optimizer of its own for it")
    for index, parameter in enumerate(group["params"]):
        kind = None
        if type(parameter.data).__name__ in ("DTensor", "ShardedTensor") or getattr(parameter, "_is_flat_param", False):
            kind = "sharded: its mean squares are those of the whole tensor, which no process has"
        elif parameter.layout != torch.strided:
            kind = "sparse"
        elif parameter.dtype not in (torch.float32, torch.float64, torch.bfloat16, torch.float16):
            kind = f"of type {parameter.dtype}; it can train float32, float64, bfloat16 and float16"
        if kind:
            raise TypeError(f"LearnedOptimizer cannot train {_name(group, index)}, which is {kind}")
