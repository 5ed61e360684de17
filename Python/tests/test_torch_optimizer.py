"""``lopt.torch.LearnedOptimizer`` behaves as the optimizers of ``torch.optim``."""

from __future__ import annotations

import copy
import io
import pickle
import sys

import pytest

torch = pytest.importorskip("torch")

from optimizer_cases import ARCHITECTURES, case, theta  # noqa: E402

import lopt.torch  # noqa: E402

THETA = theta(ARCHITECTURES["paper"])


def model(dtype=torch.float32, seed=0):
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).to(dtype)


def loss_of(net, seed=0):
    inputs = torch.randn(16, 4, generator=torch.Generator().manual_seed(seed))
    parameter = next(net.parameters())
    return (net(inputs.to(parameter.device, parameter.dtype)) - 1).square().mean()


def descend(net, optimizer, steps, first=0):
    for step in range(first, first + steps):
        optimizer.zero_grad()
        loss_of(net, step).backward()
        optimizer.step()


def same(first, second):
    return all(torch.equal(one, other) for one, other in zip(first.parameters(), second.parameters(), strict=True))


def optimizer_of(net, **options):
    return lopt.torch.LearnedOptimizer(net.parameters(), THETA, **options)


def test_a_rate_of_half_makes_half_the_step():
    net, half = model(), model()
    before = [parameter.detach().clone() for parameter in net.parameters()]
    descend(net, optimizer_of(net), 1)
    descend(half, optimizer_of(half, lr=torch.tensor(0.5)), 1)
    for start, one, other in zip(before, net.parameters(), half.parameters(), strict=True):
        torch.testing.assert_close(2 * (other - start), one - start, rtol=0, atol=1e-7)


@pytest.mark.parametrize("rate", [1.0, torch.tensor(1.0)], ids=["number", "tensor"])
def test_schedules_set_the_rate(rate):
    net, scheduled = model(), model()
    optimizer = optimizer_of(scheduled, lr=rate)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.25)
    plain = optimizer_of(net)
    for step in range(3):
        plain.param_groups[0]["lr"] = 0.25**step
        descend(net, plain, 1, step)
        descend(scheduled, optimizer, 1, step)
        schedule.step()
    assert same(net, scheduled)


def test_each_group_has_its_own_options():
    net = model()
    groups = [
        {"params": net[0].parameters(), "lr": 0.0},
        {"params": net[2].parameters(), "weight_decay": 0.5, "maximize": True, "foreach": False},
    ]
    optimizer = lopt.torch.LearnedOptimizer(groups, THETA)
    before = copy.deepcopy(net)
    descend(net, optimizer, 1)
    assert same(before[0], net[0])
    other = optimizer_of(before[2], weight_decay=0.5, maximize=True, foreach=False)
    descend(before, other, 1)
    assert same(before[2], net[2])


def test_a_group_can_be_added_later():
    net = model()
    optimizer = optimizer_of(net[0])
    descend(net, optimizer, 2)
    optimizer.add_param_group({"params": net[2].parameters(), "lr": 0.1})
    descend(net, optimizer, 1)
    assert [int(optimizer.state[parameter]["step"]) for parameter in net.parameters()] == [3, 3, 1, 1]
    assert optimizer.param_groups[1]["lr"] == 0.1


def test_a_parameter_without_a_gradient_stands_still():
    net = model()
    optimizer = optimizer_of(net, weight_decay=0.1)
    before = copy.deepcopy(net)
    descend(net, optimizer, 1)
    net[0].requires_grad_(False)
    for step in range(2):
        optimizer.zero_grad()
        if step == 1:
            net[0].requires_grad_(True)
        loss_of(net).backward()
        frozen = net[0].weight.detach().clone()
        optimizer.step()
        assert torch.equal(frozen, net[0].weight) == (step == 0)
    assert not same(before, net)
    assert [int(optimizer.state[parameter]["step"]) for parameter in net.parameters()] == [2, 2, 3, 3]


def test_a_closure_is_called_once_with_gradients_on():
    net = model()
    optimizer = optimizer_of(net)
    losses = []

    def closure():
        assert torch.is_grad_enabled()
        optimizer.zero_grad()
        loss = loss_of(net)
        loss.backward()
        losses.append(loss.item())
        return loss

    assert optimizer.step(closure).item() == losses[0]
    assert len(losses) == 1
    assert loss_of(net).item() != losses[0]


def test_an_empty_tensor_is_left_alone():
    empty, full = torch.nn.Parameter(torch.zeros(0, 3)), torch.nn.Parameter(torch.ones(3))
    optimizer = lopt.torch.LearnedOptimizer([empty, full], THETA)
    empty.grad, full.grad = torch.zeros(0, 3), torch.ones(3)
    optimizer.step()
    assert empty.shape == (0, 3)
    assert full.isfinite().all()


@pytest.mark.parametrize("foreach", [False, True])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_parameters_of_half_precision_have_moments_of_single(dtype, foreach):
    net = model(dtype)
    optimizer = optimizer_of(net, foreach=foreach)
    before = copy.deepcopy(net)
    exact = model().requires_grad_(True)
    exact.load_state_dict(net.float().state_dict())
    net.to(dtype)
    descend(net, optimizer, 1)
    assert not same(before, net)
    for parameter, single in zip(net.parameters(), exact.parameters(), strict=True):
        assert parameter.dtype == dtype
        assert optimizer.state[parameter]["moments"].dtype == torch.float32
        single.grad = parameter.grad.float()
    optimizer_of(exact, foreach=foreach).step()
    for parameter, single in zip(net.parameters(), exact.parameters(), strict=True):
        assert torch.equal(parameter, single.to(dtype))


def test_parameters_of_double_precision_have_moments_of_double():
    net = model(torch.float64)
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    assert {state["moments"].dtype for state in optimizer.state.values()} == {torch.float64}


def test_the_state_takes_40_bytes_a_parameter():
    weight = torch.nn.Parameter(torch.zeros(100, 10))
    weight.grad = torch.ones(100, 10)
    optimizer = lopt.torch.LearnedOptimizer([weight], THETA)
    optimizer.step()
    size = sum(value.numel() * value.element_size() for value in optimizer.state[weight].values())
    assert size == 40 * 1000 + 8


class LargestMemory(torch.utils._python_dispatch.TorchDispatchMode):
    """Measures the most bytes of storages that operations have made and that are alive at one time."""

    def __init__(self):
        super().__init__()
        self.alive, self.largest = {}, 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        given = {
            tensor.untyped_storage()._cdata
            for tensor in torch.utils._pytree.tree_leaves((args, kwargs))
            if isinstance(tensor, torch.Tensor)
        }
        for tensor in torch.utils._pytree.tree_leaves(result):
            if isinstance(tensor, torch.Tensor) and tensor.untyped_storage()._cdata not in given:
                storage = tensor.untyped_storage()
                self.alive[storage._cdata] = torch.multiprocessing.reductions.StorageWeakRef(storage), storage.nbytes()
        self.alive = {key: value for key, value in self.alive.items() if not value[0].expired()}
        self.largest = max(self.largest, sum(size for _, size in self.alive.values()))
        return result


@pytest.mark.parametrize("shapes", [[(1_000_000,)], [(1000,)] * 400], ids=["one large", "many small"])
def test_a_step_needs_at_most_8_mib_beside_the_state(shapes):
    parameters = [torch.nn.Parameter(torch.zeros(shape)) for shape in shapes]
    optimizer = lopt.torch.LearnedOptimizer(parameters, THETA, foreach=True)
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    with LargestMemory() as memory:
        optimizer.step()
    assert 1 << 20 < memory.largest <= 8 << 20


def saved_and_loaded(optimizer, **options):
    file = io.BytesIO()
    torch.save(optimizer.state_dict(), file)
    file.seek(0)
    return torch.load(file, weights_only=True, **options)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
def test_a_training_goes_on_from_a_checkpoint_as_if_never_stopped(dtype):
    whole, part = model(dtype), model(dtype)
    descend(whole, optimizer_of(whole, lr=0.5), 6)
    first = optimizer_of(part, lr=0.5)
    descend(part, first, 3)
    resumed = model(dtype, seed=1)
    resumed.load_state_dict(part.state_dict())
    second = optimizer_of(resumed)
    second.load_state_dict(saved_and_loaded(first))
    assert second.param_groups[0]["lr"] == 0.5
    for mine, theirs in zip(second.state.values(), first.state.values(), strict=True):
        assert torch.equal(mine["moments"], theirs["moments"])
        assert mine["moments"].dtype == theirs["moments"].dtype
    descend(resumed, second, 3, 3)
    assert same(whole, resumed)


def test_a_state_goes_to_the_device_of_the_parameters():
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    elsewhere = model().to("meta")
    other = optimizer_of(elsewhere)
    other.load_state_dict(optimizer.state_dict())
    assert {state["moments"].device.type for state in other.state.values()} == {"meta"}


def test_hooks_may_change_a_state_that_is_loaded():
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    other = optimizer_of(model())

    def reset(_, state_dict):
        return {**state_dict, "state": {}}

    other.register_load_state_dict_pre_hook(reset)
    other.load_state_dict(optimizer.state_dict())
    assert not other.state


def test_the_state_of_another_theta_is_refused():
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    other = lopt.torch.LearnedOptimizer(net.parameters(), theta(ARCHITECTURES["paper"], seed=1))
    before = copy.deepcopy(other.state_dict())
    with pytest.raises(ValueError, match=f"of the θ with SHA-256 {THETA.sha256[:16]}….* make it with the θ"):
        other.load_state_dict(optimizer.state_dict())
    assert other.state_dict() == before


def test_the_state_of_another_optimizer_is_refused():
    net = model()
    adam = torch.optim.Adam(net.parameters())
    with pytest.raises(ValueError, match="is not of a lopt.torch.LearnedOptimizer"):
        optimizer_of(net).load_state_dict(adam.state_dict())


def test_the_state_of_a_model_is_refused():
    net = model()
    with pytest.raises(ValueError, match="is not of an optimizer, for it has no param_groups: is it that of a model"):
        optimizer_of(net).load_state_dict(net.state_dict())


@pytest.mark.parametrize("step", [-5, torch.tensor(-1), 1.5, torch.tensor(float("nan")), "7", None, torch.ones(2)])
def test_a_state_with_a_wrong_step_is_refused(step):
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    state = copy.deepcopy(optimizer.state_dict())
    state["state"][1]["step"] = step
    with pytest.raises(ValueError, match=r"step of parameter 1 is .*, must be a whole number from 0 on"):
        optimizer.load_state_dict(state)
    del state["state"][1]["step"]
    with pytest.raises(ValueError, match="step of parameter 1 is None, must be a whole number from 0 on"):
        optimizer.load_state_dict(state)


@pytest.mark.parametrize("step", [7, 7.0, torch.tensor(7.0), torch.tensor([7], dtype=torch.int32)])
def test_the_step_of_a_state_may_be_any_whole_number(step):
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    state = copy.deepcopy(optimizer.state_dict())
    state["state"][0]["step"] = step
    optimizer.load_state_dict(state)
    descend(net, optimizer, 1)
    assert int(optimizer.state[net[0].weight]["step"]) == 8


def test_a_state_whose_moments_are_no_real_numbers_is_refused():
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    state = copy.deepcopy(optimizer.state_dict())
    state["state"][2]["moments"] = state["state"][2]["moments"].to(torch.int64)
    with pytest.raises(ValueError, match=r"moments of parameter 2 are torch.int64, must be real numbers"):
        optimizer.load_state_dict(state)


def test_a_loaded_state_is_a_copy():
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    other = optimizer_of(net)
    other.load_state_dict(optimizer.state_dict())
    kept = copy.deepcopy(other.state_dict()["state"])
    descend(net, optimizer, 1)
    for index, state in other.state_dict()["state"].items():
        assert torch.equal(state["moments"], kept[index]["moments"])
        assert torch.equal(state["step"], kept[index]["step"])


def test_a_state_of_other_shapes_is_refused():
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 1)
    wide = torch.nn.Sequential(torch.nn.Linear(4, 9), torch.nn.Linear(9, 1))
    with pytest.raises(
        ValueError, match=r"does not fit parameter 0, of shape \(9, 4\): its moments must have the shape"
    ):
        optimizer_of(wide).load_state_dict(optimizer.state_dict())
    with pytest.raises(ValueError, match="doesn't match the size"):
        optimizer_of(net[0]).load_state_dict(optimizer.state_dict())


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))], ids=["copy", "pickle"]
)
def test_a_copy_goes_on_by_itself(copied):
    net = model()
    optimizer = optimizer_of(net)
    descend(net, optimizer, 2)
    other_net, other = copied((net, optimizer))
    assert other.theta == THETA
    descend(net, optimizer, 1, 2)
    assert not same(net, other_net)
    descend(other_net, other, 1, 2)
    assert same(net, other_net)


def test_clipping_and_a_grad_scaler_work_before_the_step():
    net, scaled = model(), model()
    optimizer, other = optimizer_of(net), optimizer_of(scaled)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    for step in range(3):
        optimizer.zero_grad()
        loss_of(net, step).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 0.1)
        optimizer.step()
        other.zero_grad()
        scaler.scale(loss_of(scaled, step)).backward()
        scaler.unscale_(other)
        torch.nn.utils.clip_grad_norm_(scaled.parameters(), 0.1)
        scaler.step(other)
        scaler.update()
    for one, two in zip(net.parameters(), scaled.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=1e-6)


def test_a_grad_scaler_leaves_a_step_out_whose_gradients_overflow():
    net = model()
    optimizer = optimizer_of(net)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    (scaler.scale(loss_of(net)) * float("inf")).backward()
    before = copy.deepcopy(net)
    scaler.step(optimizer)
    scaler.update()
    assert same(before, net)
    assert scaler.get_scale() == 512
    assert not optimizer.state


@pytest.mark.parametrize("foreach", [False, True])
def test_compile_compiles_once_in_a_hundred_scheduled_steps(foreach):
    from torch._inductor.compile_fx import compile_fx

    graphs = []

    def backend(graph, inputs):
        graphs.append(graph)
        return compile_fx(graph, inputs)

    torch._dynamo.reset()
    net, plain = model(), model()
    optimizer = optimizer_of(net, lr=torch.tensor(1.0), foreach=foreach)
    other = optimizer_of(plain, foreach=foreach)
    schedules = [torch.optim.lr_scheduler.CosineAnnealingLR(each, 100) for each in (optimizer, other)]
    step = torch.compile(optimizer.step, backend=backend)
    for index in range(100):
        for each in (net, plain):
            each.zero_grad()
            loss_of(each, index).backward()
        step()
        other.step()
        for schedule in schedules:
            schedule.step()
    assert len(graphs) == 1
    assert int(optimizer.state[net[0].weight]["step"]) == 100
    for one, two in zip(net.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=1e-5)


def test_a_sparse_gradient_is_refused_by_name():
    table = torch.nn.Embedding(10, 3, sparse=True)
    table(torch.tensor([1, 2])).sum().backward()
    optimizer = lopt.torch.LearnedOptimizer(table.named_parameters(), THETA)
    with pytest.raises(
        RuntimeError, match="takes no sparse gradients, and weight has one: make its layer with sparse=False"
    ):
        optimizer.step()


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (torch.zeros(3, dtype=torch.complex64), "parameter 1 of its group, which is of type torch.complex64"),
        (torch.zeros(3, 3).to_sparse(), "parameter 1 of its group, which is sparse"),
    ],
    ids=["complex", "sparse"],
)
def test_parameters_that_cannot_be_trained_are_refused_by_name(tensor, message):
    parameters = [torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(tensor)]
    with pytest.raises(TypeError, match=f"LearnedOptimizer cannot train {message}"):
        lopt.torch.LearnedOptimizer(parameters, THETA)


def test_a_group_that_is_refused_is_not_kept():
    optimizer = optimizer_of(model())
    with pytest.raises(TypeError, match="complex"):
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(3, dtype=torch.complex64))]})
    with pytest.raises(ValueError, match="a group has another θ than the optimizer"):
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(3))], "theta_sha256": "0" * 64})
    assert len(optimizer.param_groups) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -1.0}, "lr is -1.0, must be a finite number from 0 on"),
        ({"lr": float("nan")}, "lr is nan, must be a finite number from 0 on"),
        ({"lr": torch.ones(2)}, "lr is a tensor of 2 numbers, must be one number"),
        ({"lr": float("inf")}, "lr is inf, must be a finite number from 0 on"),
        ({"lr": torch.tensor(float("inf"))}, r"lr is tensor\(inf\), must be a finite number from 0 on"),
        ({"lr": "1"}, "lr is '1', must be a finite number from 0 on"),
        ({"lr": None}, "lr is None, must be a finite number from 0 on"),
        ({"foreach": "x"}, "foreach is 'x', must be True, False or None"),
        ({"maximize": 2}, "maximize is 2, must be True or False"),
        ({"weight_decay": -0.1}, "weight_decay is -0.1, must be a finite number from 0 on"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        optimizer_of(model(), **options)


def test_what_is_no_theta_is_refused():
    with pytest.raises(TypeError, match="theta is a str, must be a lopt.Theta, as lopt.Theta.load"):
        lopt.torch.LearnedOptimizer(model().parameters(), "theta.safetensors")


def test_the_kernels_update_what_they_can(kernels):
    net, plain = model(), model()
    descend(net, optimizer_of(net, lr=torch.tensor(0.5), weight_decay=0.1), 3)
    assert kernels.tensors == 3 * 4
    descend(plain, optimizer_of(plain, lr=0.5, weight_decay=0.1, foreach=False), 3)
    assert kernels.tensors == 3 * 4
    for one, two in zip(net.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=1e-6)


def test_the_kernels_leave_other_tensors_to_pytorch(kernels):
    tensors = [torch.zeros(3, 3), torch.zeros(3, 4).T, torch.zeros(3, dtype=torch.float64), torch.zeros(3).bfloat16()]
    parameters = [torch.nn.Parameter(tensor) for tensor in tensors]
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    parameters[0].grad = torch.ones(3, 3).T.expand(3, 3)
    lopt.torch.LearnedOptimizer(parameters, THETA).step()
    assert kernels.tensors == 1
    assert all((parameter != 0).all() for parameter in parameters)


def test_the_kernels_tell_autograd_that_parameters_changed(kernels):
    weight = torch.nn.Parameter(torch.ones(3))
    result = (weight * weight).sum()
    weight.grad = torch.ones(3)
    lopt.torch.LearnedOptimizer([weight], THETA).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        result.backward()


@pytest.mark.skipif(lopt._native.library() is None, reason="there is no liblopt")
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_library_agrees_with_pytorch(architecture):
    given = case(architecture)
    results = []
    for foreach in (None, False):
        parameters = [torch.nn.Parameter(torch.tensor(value).float()) for value in given.parameters.values()]
        optimizer = lopt.torch.LearnedOptimizer(parameters, given.theta, foreach=foreach)
        for step in range(given.steps):
            for parameter, gradient in zip(parameters, given.gradients.values(), strict=True):
                parameter.grad = torch.tensor(gradient[step]).float()
            optimizer.step()
        results.append(parameters)
    for one, two in zip(*results, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-6, atol=1e-7)


def process_group(rank, world, file):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=world)


def train_distributed(rank, file, folder):
    process_group(rank, 2, file)
    net = model(seed=rank)
    parallel = torch.nn.parallel.DistributedDataParallel(net)
    optimizer = optimizer_of(parallel)
    for step in range(3):
        optimizer.zero_grad()
        loss_of(parallel, 10 * rank + step).backward()
        optimizer.step()
    torch.save(net.state_dict(), f"{folder}/{rank}.pt")
    torch.distributed.destroy_process_group()


def test_two_processes_keep_the_same_parameters(tmp_path):
    torch.multiprocessing.spawn(train_distributed, (tmp_path / "group", tmp_path), nprocs=2)
    first, second = (torch.load(tmp_path / f"{rank}.pt") for rank in range(2))
    start = model(seed=0).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in start)
    assert not any(torch.equal(first[name], start[name]) for name in start)


def test_sharded_parameters_are_refused_by_name(tmp_path):
    tensor = pytest.importorskip("torch.distributed.tensor")
    process_group(0, 1, tmp_path / "group")
    try:
        mesh = torch.distributed.init_device_mesh("cpu", (1,))
        weight = torch.nn.Parameter(tensor.distribute_tensor(torch.zeros(4, 4), mesh, [tensor.Shard(0)]))
        with pytest.raises(TypeError, match="cannot train 0.weight, which is sharded: its mean squares"):
            lopt.torch.LearnedOptimizer([("0.weight", weight)], THETA)
    finally:
        torch.distributed.destroy_process_group()


def test_importing_lopt_imports_no_framework():
    import subprocess

    code = "import lopt, sys; assert not {'torch', 'jax', 'optax', 'cryptography'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
