"""Training scripts as people write them, in which ``LearnedOptimizer`` takes the place of Adam: a ResNet and a
transformer for 100 steps, with a schedule, clipping, bfloat16 where autocast has it, and a checkpoint in the middle."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import lopt.torch  # noqa: E402

STEPS = 100


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first, self.second = (nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(2))
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(2))

    def forward(self, images):
        hidden = functional.relu(self.norms[0](self.first(images)))
        return functional.relu(images + self.norms[1](self.second(hidden)))


class ResNet(nn.Module):
    """Classifies images [batch, 3, 8, 8] by which quarter of them is brightest."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), Block(8), Block(8), nn.AdaptiveAvgPool2d(2))
        self.head = nn.Linear(32, 4)

    def loss(self, generator):
        images = torch.randn(32, 3, 8, 8, generator=generator)
        labels = torch.randint(4, (32,), generator=generator)
        for image, label in zip(images, labels.tolist(), strict=True):
            row, column = 4 * (label // 2), 4 * (label % 2)
            image[:, row : row + 4, column : column + 4] += 0.5
        return functional.cross_entropy(self.head(self.body(images).flatten(1)), labels)


class Transformer(nn.Module):
    """Predicts the next of 8 symbols in sequences that go up by a step of their own."""

    def __init__(self):
        super().__init__()
        self.symbols, self.places = nn.Embedding(8, 16), nn.Parameter(torch.zeros(12, 16))
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)
        self.body, self.head = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), nn.Linear(16, 8)

    def loss(self, generator):
        start, step = torch.randint(8, (2, 16, 1), generator=generator)
        sequences = (start + step * torch.arange(13)) % 8
        mask = nn.Transformer.generate_square_subsequent_mask(12)
        hidden = self.body(self.symbols(sequences[:, :-1]) + self.places, mask=mask, is_causal=True)
        return functional.cross_entropy(self.head(hidden).flatten(0, 1), sequences[:, 1:].flatten())


class Training:
    """A model in training with all that a checkpoint must hold."""

    def __init__(self, kind, theta, seed=0):
        torch.manual_seed(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.model = kind()
        self.optimizer = lopt.torch.LearnedOptimizer(self.model.parameters(), theta)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, STEPS)

    def run(self, steps):
        losses = []
        for _ in range(steps):
            with torch.autocast("cpu", torch.bfloat16):
                loss = self.model.loss(self.generator)
            self.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.schedule.step()
            losses.append(loss.item())
        return losses

    def save(self, path):
        parts = {name: getattr(self, name).state_dict() for name in ("model", "optimizer", "schedule")}
        torch.save({**parts, "generator": self.generator.get_state(), "random": torch.get_rng_state()}, path)

    def load(self, path):
        checkpoint = torch.load(path, weights_only=True)
        for name in ("model", "optimizer", "schedule"):
            getattr(self, name).load_state_dict(checkpoint[name])
        self.generator.set_state(checkpoint["generator"])
        torch.set_rng_state(checkpoint["random"])


@pytest.mark.parametrize("kind", [ResNet, Transformer])
def test_a_script_learns_and_goes_on_from_a_checkpoint_as_if_never_stopped(kind, tmp_path):
    theta = lopt.Theta.shipped("mlp2x32-train")
    whole = Training(kind, theta).run(STEPS)
    assert sum(whole[-10:]) < 0.8 * sum(whole[:10])

    first = Training(kind, theta)
    losses = first.run(STEPS // 2)
    first.save(tmp_path / "checkpoint.pt")
    second = Training(kind, theta, seed=1)
    second.load(tmp_path / "checkpoint.pt")
    assert losses + second.run(STEPS // 2) == whole
