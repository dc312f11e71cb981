#!/usr/bin/python3
"""Runs every model through python/espalier_twin.py and back, on the shipped weather of Seattle.

Usage: check_twin.py build/release/espalier

For each network: espalier trains it and exports it; its twin in PyTorch must forecast what espalier predict
does. The twin is then trained on for a few steps and saved; espalier train takes these weights by
train.init_from, and espalier predict must forecast what the trained twin does (networks with removed units
aside: a config can't ask for them). Prints the largest differences, in standard deviations of the targets.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import torch

root = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(root / "python"))
import espalier_twin  # noqa: E402

BINARY = str(pathlib.Path(sys.argv[1]).resolve())
DATA = root / "data" / "seattle-weather.csv"
WINDOW, TOLERANCE = 12, 1e-5
CONFIG = {"data": {"path": str(DATA), "time": "date", "target": ["temp_max", "wind"],
                   "features": ["precipitation", "temp_max", "temp_min", "wind"],
                   "window": WINDOW, "horizon": 3, "rows": 500},
          "optimizer": {"lr": 0.01}, "train": {"epochs": 3}}
NEURONS = [{"type": "pruning", "grain": "neuron", "max_sparsity": 0.75, "warmup_epochs": 1}]
HEADS = [{"type": "pruning", "grain": "head", "max_sparsity": 0.5, "warmup_epochs": 1}]
SMALL = {"embed": 16, "heads": 4, "feed_forward": 24}

NETWORKS = [
    ({"type": "rnn", "hidden": 16, "layers": 2}, []),
    ({"type": "rnn", "hidden": 16, "nonlinearity": "relu"}, []),
    ({"type": "rnn", "hidden": 16, "layers": 2}, NEURONS),
    ({"type": "gru", "hidden": 16, "layers": 2}, []),
    ({"type": "gru", "hidden": 16, "layers": 2}, NEURONS),
    ({"type": "lstm", "hidden": 16, "layers": 2}, []),
    ({"type": "lstm", "hidden": 16, "layers": 2}, NEURONS),
    ({"type": "patch_transformer", **SMALL}, []),
    ({"type": "patch_transformer", **SMALL, "patch": 5, "stride": 3, "norm": "pre", "activation": "gelu",
      "pooling": "flatten", "revin": True, "revin_affine": True}, []),
    ({"type": "patch_transformer", **SMALL}, HEADS),
    ({"type": "patch_transformer", **SMALL}, NEURONS),
    ({"type": "patchtst", **SMALL}, []),
    ({"type": "patchtst", **SMALL}, HEADS),
    ({"type": "linear"}, []),
    ({"type": "linear", "channel_independent": True}, []),
    ({"type": "nlinear"}, []),
    ({"type": "dlinear", "kernel": 5}, []),
    ({"type": "persistence"}, []),
    ({"type": "seasonal_naive", "season": 7}, []),
]
OF_QUANTILES = [({"type": "gru", "hidden": 16}, []), ({"type": "patchtst", **SMALL, "revin_affine": True}, []),
                ({"type": "nlinear"}, [])]


def espalier(folder, *arguments):
    done = subprocess.run([BINARY, *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"espalier {' '.join(arguments)}\n{done.stderr}")
    return done.stdout


def train(folder, config, run):
    (folder / "config.json").write_text(json.dumps(config))
    espalier(folder, "train", "config.json", "--out", run, "--quiet", "--force")


def predictions(folder, run, targets):
    """Of every window of the rows, [windows, horizon, targets], of quantiles [windows, levels, horizon, targets]."""
    told = json.loads(espalier(folder, "predict", run, "--input", "rows.csv", "--rolling", "--json"))
    levels = ["lo-80", "y_hat", "hi-80"] if "lo-80" in told["forecasts"][0] else ["y_hat"]
    values = torch.tensor([[value[level] for level in levels] for value in told["forecasts"]], dtype=torch.float64)
    return values.reshape(-1, 3, targets, len(levels)).permute(0, 3, 1, 2).squeeze(1)


def difference(forecaster, windows, expected):
    with torch.no_grad():
        apart = (forecaster.eval()(windows) - expected).abs() / forecaster.target_deviation
    return apart.max().item()


def tune(forecaster, windows):
    """A few steps of PyTorch's Adam."""
    parameters = list(forecaster.parameters())
    if not parameters:
        return
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    forecaster.train()
    for _ in range(3):
        optimizer.zero_grad()
        truth = windows[1:, :3, forecaster.network.shape.own_past]
        forecasts = forecaster(windows[:-1])
        if forecaster.quantiles:
            truth = truth.unsqueeze(1).expand_as(forecasts)
        torch.nn.functional.mse_loss(forecasts, truth).backward()
        optimizer.step()


def check(folder, rows, model, regularizers, loss="mse"):
    """Differences out and back; None where the network can't come back. And whether units are gone."""
    config = {**CONFIG, "model": model, "regularizers": regularizers, "train": {**CONFIG["train"], "loss": loss}}
    train(folder, config, "run")
    espalier(folder, "export", "run", "--output", "model.safetensors", "--seconds", "0.001")
    forecaster = espalier_twin.load(folder / "model.safetensors")
    windows = rows.unfold(0, WINDOW, 1).transpose(1, 2)
    out = difference(forecaster, windows, predictions(folder, "run", 2))
    if forecaster.sizes:
        return out, None, True
    tune(forecaster, windows)
    espalier_twin.save(forecaster, folder / "tuned.safetensors")
    unchanged = {**config, "optimizer": {"lr": 1e-30},
                 "train": {"epochs": 1, "init_from": "tuned.safetensors", "loss": loss}}
    train(folder, unchanged, "back")
    return out, difference(forecaster, windows, predictions(folder, "back", 2)), False


def main():
    torch.manual_seed(1)
    with open(DATA, newline="") as file:
        lines = list(csv.reader(file))[:201]
    columns = [lines[0].index(name) for name in CONFIG["data"]["features"]]
    rows = torch.tensor([[float(line[c]) for c in columns] for line in lines[1:]], dtype=torch.float64)
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "rows.csv").write_text("\n".join(",".join(line) for line in lines) + "\n")
        print(f"{'network':<60} {'there':>9} {'and back':>9}")
        plain = [(model, regularizers, "mse") for model, regularizers in NETWORKS]
        for model, regularizers, loss in plain + [(*network, "quantile") for network in OF_QUANTILES]:
            out, back, gone = check(folder, rows, model, regularizers, loss)
            kept = " less removed units" if gone else " (quantiles)" if loss == "quantile" else ""
            text = " ".join(str(value) for value in model.values())[:50] + kept
            print(f"{text:<60} {out:9.1e} " + ("" if back is None else f"{back:9.1e}"), flush=True)
            worst = max(worst, out, back or 0)
    if worst > TOLERANCE:
        sys.exit(f"differences of up to {worst:.1e}, expected at most {TOLERANCE:.0e}")


if __name__ == "__main__":
    main()
