#!/usr/bin/python3
"""Writes author_replay/: training runs under the rules of the `author` protocol, by PyTorch.

Usage: make_author_replay.py   (from anywhere; needs python3-torch)

One case is a network, a window length and a file that the project ships. Each is trained twice from
the same weights, unshuffled: without a regularizer and with the published pruning rule, written here
from its description (scripts of arXiv 2508.09330: scalers over all rows; 80/20; a threshold
at the k-th smallest live magnitude, strictly below it pruned; n counts tensors with a live weight;
Adam's moments untouched). NAME.json holds the config for `espalier train` and what PyTorch found;
NAME.{init,none,pruning}.safetensors the weights before and after, float32, PyTorch's names.
"""

import csv
import json
import pathlib
import struct

import torch

HERE = pathlib.Path(__file__).resolve().parent
ROWS, BATCH, EPOCHS, LR = 300, 32, 4, 0.001
PRUNING = {"min_sparsity": 0.1, "max_sparsity": 0.6, "warmup_epochs": 1, "every": 2}


def read_table(name, columns):
    with open(HERE.parent.parent / "data" / name, newline="") as file:
        rows = [row for _, row in zip(range(ROWS), csv.DictReader(file))]
    return torch.tensor([[float(row[c]) for c in columns] for row in rows], dtype=torch.float64)


def standardised(table):
    mean, deviation = table.mean(0), table.std(0, unbiased=False)
    return (table - mean) / deviation, mean, deviation


class Recurrent(torch.nn.Module):
    def __init__(self, features, settings):
        super().__init__()
        self.rnn = torch.nn.RNN(features, settings["hidden"], settings["layers"],
                                nonlinearity=settings["nonlinearity"], batch_first=True)
        self.fc = torch.nn.Linear(settings["hidden"], 1)

    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])

    def prunable(self):
        return {n: p for n, p in self.named_parameters() if "weight" in n}


class PatchTransformer(torch.nn.Module):
    def __init__(self, features, window, settings):
        super().__init__()
        self.patch = 1 if window <= 7 else 2 if window <= 14 else 3 if window <= 30 else 4
        count = -(-window // self.patch)
        embed = settings["embed"]
        self.patch_embedding = torch.nn.Linear(self.patch * features, embed)
        self.positions = torch.nn.Parameter(torch.randn(count, embed))
        layer = torch.nn.TransformerEncoderLayer(embed, settings["heads"],
                                                 settings["feed_forward"], 0.0, batch_first=True)
        self.encoder = torch.nn.TransformerEncoder(layer, settings["layers"])
        self.norm = torch.nn.LayerNorm(embed)
        self.head = torch.nn.Linear(embed, 1)

    def forward(self, x):
        missing = self.positions.shape[0] * self.patch - x.shape[1]
        x = torch.cat([x] + [x[:, -1:]] * missing, dim=1)
        tokens = x.reshape(x.shape[0], self.positions.shape[0], -1)
        tokens = self.encoder(self.patch_embedding(tokens) + self.positions)
        return self.head(self.norm(tokens).mean(1))

    def prunable(self):
        """Norm gains inside blocks are; the last norm's isn't."""
        return {n: p for n, p in self.named_parameters() if "weight" in n and n != "norm.weight"}


class PublishedPruning:
    def __init__(self, tensors):
        self.masks = {name: torch.ones_like(p) for name, p in tensors.items()}
        self.tensors = tensors
        self.batches = 0

    def target(self, epoch):
        progress = (epoch - PRUNING["warmup_epochs"]) / (EPOCHS - PRUNING["warmup_epochs"])
        low, high = PRUNING["min_sparsity"], PRUNING["max_sparsity"]
        return low + (high - low) * min(1.0, max(0.0, progress)) ** 3

    def before_step(self, epoch):
        self.batches += 1
        if epoch < PRUNING["warmup_epochs"] or self.batches % PRUNING["every"]:
            return
        live = {n: p.data[self.masks[n] > 0].abs() for n, p in self.tensors.items()
                if self.masks[n].any()}
        magnitudes = torch.cat(list(live.values()))
        total = sum(self.tensors[n].numel() for n in live)
        k = int(self.target(epoch) * total) - (total - magnitudes.numel())
        if k <= 0 or k >= magnitudes.numel():
            return
        threshold = torch.kthvalue(magnitudes, k).values
        for name in live:
            self.masks[name][self.tensors[name].data.abs() < threshold] = 0
        self.apply()

    def apply(self):
        for name, parameter in self.tensors.items():
            parameter.data *= self.masks[name]


def train(network, x, y, train_windows, pruning):
    adam = torch.optim.Adam(network.parameters(), lr=LR)
    losses = {"train_loss": [], "val_loss": []}
    mse = torch.nn.functional.mse_loss
    for epoch in range(EPOCHS):
        network.train()
        total = 0.0
        for begin in range(0, train_windows, BATCH):
            batch = slice(begin, min(begin + BATCH, train_windows))
            adam.zero_grad()
            loss = mse(network(x[batch]), y[batch])
            loss.backward()
            if pruning:
                pruning.before_step(epoch)
            adam.step()
            if pruning:
                pruning.apply()
            total += loss.item() * (batch.stop - batch.start)
        losses["train_loss"].append(total / train_windows)
        with torch.no_grad():
            losses["val_loss"].append(mse(network(x[train_windows:]), y[train_windows:]).item())
    return losses


def save(path, named):
    header, data = {}, b""
    for name, tensor in named.items():
        values = tensor.detach().contiguous().flatten().tolist()
        raw = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def make_case(name, build, model, file, time, target, features, window):
    x_all, _, _ = standardised(read_table(file, features))
    y_all, mean, deviation = standardised(read_table(file, [target]))
    windows = ROWS - window
    x = torch.stack([x_all[i:i + window] for i in range(windows)]).float()
    y = y_all[window:].float()
    split = int(0.8 * windows)
    torch.manual_seed(len(name) + window)
    start = build(len(features), window, model)
    folder = HERE / "author_replay"
    save(folder / f"{name}.init.safetensors", start.state_dict())
    results = {}
    for arm in ("none", "pruning"):
        network = build(len(features), window, model)
        network.load_state_dict(start.state_dict())
        pruning = PublishedPruning(network.prunable()) if arm == "pruning" else None
        losses = train(network, x, y, split, pruning)
        with torch.no_grad():
            forecast = network(x[split:]).double() * deviation + mean
        error = forecast - (y_all[window:][split:] * deviation + mean)
        results[arm] = {
            **losses, "epochs": EPOCHS, "mae": error.abs().mean().item(),
            "rmse": error.pow(2).mean().sqrt().item(),
            "sparsity": pruning and {n: (m == 0).double().mean().item()
                                     for n, m in pruning.masks.items()}}
        save(folder / f"{name}.{arm}.final.safetensors", network.state_dict())
    config = {
        "protocol": "author",
        "data": {"path": file, "time": time, "target": target, "features": features,
                 "window": window, "rows": ROWS},
        "model": model,
        "optimizer": {"type": "adam", "lr": LR},
        "train": {"epochs": EPOCHS, "batch": BATCH, "shuffle": False},
    }
    (folder / f"{name}.json").write_text(json.dumps(
        {"made_by": "tests/golden/make_author_replay.py", "torch_version": torch.__version__,
         "config": config, "pruning": {"type": "synaptic_pruning", **PRUNING},
         "results": results}, indent=1) + "\n")


def main():
    torch.set_num_threads(1)
    seattle = ("seattle-weather.csv", "date", "temp_max", ["precipitation", "temp_min", "wind"])
    sp500 = ("sp500-2000.csv", "date", "close", ["open", "high", "low", "volume"])
    rnn = {"type": "rnn", "hidden": 8, "layers": 1, "nonlinearity": "tanh"}
    patch = {"type": "patch_transformer", "embed": 8, "heads": 2, "layers": 2, "feed_forward": 12}

    def recurrent(features, _, model):
        return Recurrent(features, model)

    make_case("rnn_seattle", recurrent, rnn, *seattle, 7)
    make_case("rnn_sp500", recurrent, {**rnn, "hidden": 5, "layers": 2, "nonlinearity": "relu"},
              *sp500, 12)
    # Neither window is a multiple of its patch: 2 rows of 9, 3 of 20, 4 of 31.
    make_case("patch_seattle", PatchTransformer, patch, *seattle, 9)
    make_case("patch_sp500", PatchTransformer, {**patch, "heads": 4, "layers": 1}, *sp500, 20)
    make_case("patch_seattle_long", PatchTransformer, patch, *seattle, 31)


if __name__ == "__main__":
    main()
