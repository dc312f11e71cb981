#!/usr/bin/python3
"""Writes twin.json and twin/*.safetensors: networks trained a little in PyTorch, and their forecasts.

Usage: make_twin_golden.py

The networks are those of python/espalier_twin.py, their weights as its `save` writes them, in float32;
the forecasts are computed in float64. Windows are [batch][window][feature], forecasts
[batch][horizon][target], of quantiles [batch][level][horizon][target], both in the units that the made-up
scales stand for.
"""

import json
import pathlib
import sys

import torch

from make_torch_golden import array

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent.parent / "python"))
import espalier_twin  # noqa: E402

WINDOW, HORIZON, BATCH = 7, 3, 4
FEATURES = [{"column": "a", "mean": 50.0, "deviation": 8.0},
            {"column": "b", "mean": -3.0, "deviation": 0.5},
            {"column": "c", "mean": 0.0, "deviation": 1.0}]
TARGETS = [FEATURES[2], FEATURES[0]]

TRANSFORMER = {"embed": 4, "heads": 2, "layers": 2, "feed_forward": 5, "patch": None, "stride": None,
               "padding": "fill", "channel_independent": False, "revin": False, "revin_affine": False,
               "norm": "post", "final_norm": True, "activation": "relu", "positions": "normal",
               "pooling": "mean"}
PATCHTST = {**TRANSFORMER, "padding": "stride", "channel_independent": True, "revin": True,
            "final_norm": False, "activation": "gelu", "positions": "uniform", "pooling": "flatten"}


def pruned(first, second):
    """Sizes of two recurrent layers whose biases differ from step to step."""
    return {"hidden": [first, second], "input_bias_steps": [1, WINDOW],
            "recurrent_bias_steps": [WINDOW, 1]}


# name: model, settings, sizes
CASES = {
    "rnn": ("rnn", {"hidden": 3, "layers": 2, "nonlinearity": "tanh"}, {}),
    "rnn_relu": ("rnn", {"hidden": 3, "layers": 1, "nonlinearity": "relu"}, {}),
    "rnn_pruned": ("rnn", {"hidden": 3, "layers": 2, "nonlinearity": "tanh"}, pruned(2, 1)),
    "gru": ("gru", {"hidden": 3, "layers": 2}, {}),
    "gru_pruned": ("gru", {"hidden": 3, "layers": 2}, pruned(1, 2)),
    "lstm": ("lstm", {"hidden": 3, "layers": 2}, {}),
    "lstm_pruned": ("lstm", {"hidden": 3, "layers": 2}, pruned(2, 1)),
    "patch_transformer": ("patch_transformer", TRANSFORMER, {}),
    "patch_transformer_pre": ("patch_transformer",
                              {**TRANSFORMER, "patch": 3, "stride": 2, "norm": "pre", "revin": True,
                               "revin_affine": True, "activation": "gelu", "pooling": "flatten"}, {}),
    "patch_transformer_pruned": ("patch_transformer", TRANSFORMER,
                                 {"heads": [1, 2], "feed_forward": [5, 3]}),
    "patchtst": ("patchtst", PATCHTST, {}),
    "patchtst_affine": ("patchtst", {**PATCHTST, "revin_affine": True, "patch": 4}, {}),
    "patchtst_pruned": ("patchtst", PATCHTST, {"heads": [2, 1], "feed_forward": [1, 4]}),
    "linear": ("linear", {"channel_independent": False}, {}),
    "linear_independent": ("linear", {"channel_independent": True}, {}),
    "nlinear": ("nlinear", {}, {}),
    "dlinear": ("dlinear", {"kernel": 5}, {}),
    "persistence": ("persistence", {}, {}),
    "seasonal_naive": ("seasonal_naive", {"season": 2}, {}),
    "lstm_quantiles": ("lstm", {"hidden": 3, "layers": 1}, {}),
    "patchtst_quantiles": ("patchtst", {**PATCHTST, "revin_affine": True}, {}),
    "linear_quantiles": ("linear", {"channel_independent": False}, {}),
    "dlinear_quantiles": ("dlinear", {"kernel": 5}, {}),
}
# Trained on one truth from different beginnings, they cross.
LEVELS = [0.1, 0.5, 0.9]


def train_a_little(forecaster, windows, truths):
    parameters = list(forecaster.parameters())
    if not parameters:
        return
    for parameter in parameters:
        torch.nn.init.uniform_(parameter, -0.7, 0.7)
    optimizer = torch.optim.Adam(parameters, lr=0.05)
    for _ in range(5):
        optimizer.zero_grad()
        forecasts = forecaster(windows)
        truth = truths.unsqueeze(1).expand_as(forecasts) if forecaster.quantiles else truths
        torch.nn.functional.mse_loss(forecasts, truth).backward()
        optimizer.step()


def main():
    torch.manual_seed(7)
    (here / "twin").mkdir(exist_ok=True)
    scale = torch.tensor([column["deviation"] for column in FEATURES], dtype=torch.float64)
    centre = torch.tensor([column["mean"] for column in FEATURES], dtype=torch.float64)
    windows = torch.randn(BATCH, WINDOW, 3, dtype=torch.float64) * scale + centre
    golden = {"windows": array(windows), "forecasts": {}}
    for name, (model, settings, sizes) in CASES.items():
        config = {"format": 1, "model": model, "settings": settings, "protocol": "honest",
                  "window": WINDOW, "horizon": HORIZON, "time": [], "features": FEATURES,
                  "target": TARGETS}
        if name.endswith("_quantiles"):
            config["quantiles"] = LEVELS
        forecaster = espalier_twin.Forecaster(config, sizes)
        train_a_little(forecaster, windows, torch.randn(BATCH, HORIZON, 2).double())
        espalier_twin.save(forecaster, here / "twin" / f"{name}.safetensors")
        with torch.no_grad():
            golden["forecasts"][name] = array(forecaster.double().eval()(windows))
    (here / "twin.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
