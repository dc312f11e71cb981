#!/usr/bin/python3
"""Trials in the way the scripts of arXiv 2508.09330 train: what a user of theirs waits for.

Usage: authors_arrangement.py --data CSV --target COLUMN --model M --window L… --arm A… --seed S…

Runs every window with every arm and seed, one after the other. Prints one JSON object for each: the
test scores in the target's units, epochs, seconds of training and of the whole trial, and the
sparsity reached. Written from a description of the scripts, so that
Espalier's time for the same trial can be compared with PyTorch's as it is used, not as it could be:
a DataLoader that collates window by window, torch.optim.Adam, no tracing, no flat parameters,
masks and their threshold in Python loops over tensors. test_authors_arrangement.py compares it with
numbers of the scripts themselves.
"""

import argparse
import csv
import dataclasses
import itertools
import json
import math
import random
import time

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from torch_step import patch_rows

ARMS = ("none", "dropout", "mc_dropout", "pruning")


@dataclasses.dataclass(frozen=True)
class Pruning:
    min_sparsity: float
    max_sparsity: float
    warmup_epochs: int
    every: int


PRUNING = {"rnn": Pruning(0.1, 0.5, 2, 5), "lstm": Pruning(0.7, 1.2, 2, 2),
           "patch_transformer": Pruning(0.01, 0.5, 5, 5)}


@dataclasses.dataclass(frozen=True)
class Plan:
    """A trial's settings; the defaults are the paper's."""

    model: str
    window: int
    arm: str
    pruning: Pruning | None = None
    rate: float = 0.3
    hidden: int = 64
    embed: int = 64
    heads: int = 4
    layers: int = 2
    feed_forward: int = 256
    epochs: int = 20
    batch: int = 64
    patience: int = 3
    lr: float = 1e-3
    shuffle: bool = True

    def dropout_rate(self) -> float:
        """The transformer's pruning arm has dropout as well."""
        stacked = self.model == "patch_transformer" and self.arm == "pruning"
        return self.rate if self.arm in ("dropout", "mc_dropout") or stacked else 0.0


class Rnn(nn.Module):
    """Last hidden state -> dropout -> Linear."""

    def __init__(self, features: int, plan: Plan) -> None:
        super().__init__()
        self.rnn = nn.RNN(features, plan.hidden, batch_first=True)
        self.dropout = nn.Dropout(plan.dropout_rate())
        self.fc = nn.Linear(plan.hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.dropout(self.rnn(x)[0][:, -1]))


class Lstm(nn.Module):
    """Last hidden state -> dropout -> Linear."""

    def __init__(self, features: int, plan: Plan) -> None:
        super().__init__()
        self.lstm = nn.LSTM(features, plan.hidden, batch_first=True)
        self.dropout = nn.Dropout(plan.dropout_rate())
        self.fc = nn.Linear(plan.hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.dropout(self.lstm(x)[0][:, -1]))


class PatchTransformer(nn.Module):
    """Patches of all channels -> post-norm encoder -> dropout -> LayerNorm -> mean -> Linear."""

    def __init__(self, features: int, plan: Plan) -> None:
        super().__init__()
        self.patch = patch_rows(plan.window)
        count = math.ceil(plan.window / self.patch)
        self.patch_embedding = nn.Linear(self.patch * features, plan.embed)
        self.positions = nn.Parameter(torch.randn(count, plan.embed))
        layer = nn.TransformerEncoderLayer(plan.embed, plan.heads, plan.feed_forward,
                                           plan.dropout_rate(), batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, plan.layers)
        self.dropout = nn.Dropout(plan.dropout_rate())
        self.norm = nn.LayerNorm(plan.embed)
        self.head = nn.Linear(plan.embed, 1)

    def forward(self, x: Tensor) -> Tensor:
        count = self.positions.shape[0]
        last = x[:, -1:].expand(-1, count * self.patch - x.shape[1], -1)
        patches = torch.cat([x, last], dim=1).reshape(x.shape[0], count, -1)
        tokens = self.encoder(self.patch_embedding(patches) + self.positions)
        return self.head(self.norm(self.dropout(tokens)).mean(1))


NETWORKS = {"rnn": Rnn, "lstm": Lstm, "patch_transformer": PatchTransformer}


class SynapticPruning:
    """A global threshold every few batches, weights below it masked for good."""

    def __init__(self, network: nn.Module, plan: Plan, settings: Pruning) -> None:
        # LayerNorm gains inside the encoder too, but not the last norm's.
        self.weights = {name: p for name, p in network.named_parameters()
                        if "weight" in name and name != "norm.weight"}
        self.masks = {name: torch.ones_like(p) for name, p in self.weights.items()}
        self.settings = settings
        self.epochs = plan.epochs
        self.batches = 0

    def target(self, epoch: int) -> float:
        low, high = self.settings.min_sparsity, self.settings.max_sparsity
        progress = (epoch - self.settings.warmup_epochs) / (self.epochs -
                                                            self.settings.warmup_epochs)
        return low + (high - low) * min(1.0, max(0.0, progress)) ** 3

    def before_step(self, epoch: int) -> None:
        self.batches += 1
        if epoch >= self.settings.warmup_epochs and self.batches % self.settings.every == 0:
            self.prune(self.target(epoch))

    def prune(self, target: float) -> None:
        magnitudes, total, live = [], 0, []
        for name, weight in self.weights.items():
            active = weight.data[self.masks[name] > 0].abs()
            if active.numel() > 0:
                magnitudes.append(active)
                total += weight.numel()
                live.append(name)
        if not magnitudes:
            return
        ranked = torch.cat(magnitudes)
        k = int(target * total) - (total - ranked.numel())
        if not 0 < k < ranked.numel():
            return
        threshold = torch.kthvalue(ranked, k).values
        for name in live:
            self.masks[name] *= (self.weights[name].data.abs() >= threshold).float()
        self.apply()

    def apply(self) -> None:
        for name, weight in self.weights.items():
            weight.data *= self.masks[name]

    def sparsity(self) -> float:
        pruned = sum((mask == 0).sum().item() for mask in self.masks.values())
        return pruned / sum(mask.numel() for mask in self.masks.values())


@dataclasses.dataclass(frozen=True)
class Data:
    """Windows of standardised features and the value after each, in time order."""

    x: Tensor
    y: Tensor
    train: int
    mean: float
    deviation: float


def is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def read_columns(path: str, target: str, rows: int | None = None) -> tuple[Tensor, Tensor]:
    """Features (every numeric column but the target) [rows, features] and the target [rows, 1]."""
    with open(path, newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))[:rows]
    numeric = [c for c in table[0] if all(is_number(row[c] or "") for row in table)]
    if target not in numeric:
        raise SystemExit(f"{path}: \"{target}\" isn't a column of numbers; those are: "
                         f"{', '.join(numeric)}")
    features = [c for c in numeric if c != target]
    values = [[float(row[c]) for c in features + [target]] for row in table]
    both = torch.tensor(values, dtype=torch.float64)
    return both[:, :-1], both[:, -1:]


def prepare(features: Tensor, target: Tensor, window: int) -> Data:
    """Scaled by all rows, the test's included; the first 80 % of the windows are for training."""
    x = (features - features.mean(0)) / features.std(0, unbiased=False)
    mean, deviation = target.mean().item(), target.std(unbiased=False).item()
    count = len(x) - window
    windows = torch.stack([x[i:i + window] for i in range(count)]).float()
    y = ((target[window:] - mean) / deviation).float()
    return Data(windows, y, int(0.8 * count), mean, deviation)


def train_epoch(network: nn.Module, loader: DataLoader, adam: torch.optim.Adam,
                pruning: SynapticPruning | None, epoch: int) -> float:
    network.train()
    total, samples = 0.0, 0
    for x, y in loader:
        adam.zero_grad()
        loss = nn.functional.mse_loss(network(x), y)
        loss.backward()
        if pruning:
            pruning.before_step(epoch)
        adam.step()
        if pruning:
            pruning.apply()
        total += loss.item() * len(x)
        samples += len(x)
    return total / samples


def forecast(network: nn.Module, loader: DataLoader) -> Tensor:
    with torch.no_grad():
        return torch.cat([network(x) for x, _ in loader])


def stops(losses: list[float], patience: int) -> bool:
    """Each of the last epochs was no better than the one just before it."""
    recent = losses[-patience - 1:]
    return len(recent) > patience and all(b >= a for a, b in zip(recent, recent[1:]))


def run(data: Data, plan: Plan, network: nn.Module) -> dict[str, object]:
    """Trains and scores with the last epoch's weights; the windows that stop it are scored."""
    train = TensorDataset(data.x[:data.train], data.y[:data.train])
    test = TensorDataset(data.x[data.train:], data.y[data.train:])
    train_loader = DataLoader(train, batch_size=plan.batch, shuffle=plan.shuffle)
    test_loader = DataLoader(test, batch_size=plan.batch)
    truth = data.y[data.train:]
    adam = torch.optim.Adam(network.parameters(), lr=plan.lr)
    settings = plan.pruning or PRUNING[plan.model]
    pruning = SynapticPruning(network, plan, settings) if plan.arm == "pruning" else None
    train_losses: list[float] = []
    val_losses: list[float] = []
    begin = time.perf_counter()
    for epoch in range(plan.epochs):
        train_losses.append(train_epoch(network, train_loader, adam, pruning, epoch))
        network.eval()
        val_losses.append(nn.functional.mse_loss(forecast(network, test_loader), truth).item())
        if stops(val_losses, plan.patience):
            break
    seconds = time.perf_counter() - begin
    # Monte Carlo dropout is one pass that drops.
    network.train(plan.arm == "mc_dropout")
    error = (forecast(network, test_loader) - truth).double() * data.deviation
    return {"mae": error.abs().mean().item(), "rmse": error.pow(2).mean().sqrt().item(),
            "epochs": len(val_losses), "train_seconds": seconds, "train_loss": train_losses,
            "val_loss": val_losses, "sparsity": pruning.sparsity() if pruning else None}


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Trials as the published scripts train them.")
    parser.add_argument("--data", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--model", choices=NETWORKS, required=True)
    parser.add_argument("--window", type=int, nargs="+", required=True)
    parser.add_argument("--arm", choices=ARMS, nargs="+", required=True)
    parser.add_argument("--seed", type=int, nargs="+", required=True)
    parser.add_argument("--rows", type=int, help="only the first rows of the file")
    parser.add_argument("--threads", type=int, default=1, help="PyTorch's (default 1)")
    parser.add_argument("--share", type=int, nargs=2, metavar=("K", "N"), default=(0, 1),
                        help="of N processes that share the trials this is the K-th, from 0")
    return parser.parse_args()


def main() -> None:
    given = read_arguments()
    torch.set_num_threads(given.threads)
    trials = list(itertools.product(given.window, given.arm, given.seed))
    for window, arm, seed in trials[given.share[0]::given.share[1]]:
        random.seed(seed)
        torch.manual_seed(seed)
        begin = time.perf_counter()
        features, target = read_columns(given.data, given.target, given.rows)
        data = prepare(features, target, window)
        plan = Plan(given.model, window, arm)
        found = run(data, plan, NETWORKS[given.model](features.shape[1], plan))
        print(json.dumps({**dataclasses.asdict(plan), "pruning": None, "seed": seed, **found,
                          "seconds": time.perf_counter() - begin}), flush=True)


if __name__ == "__main__":
    main()
