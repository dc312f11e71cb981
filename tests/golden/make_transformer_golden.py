#!/usr/bin/python3
"""Writes torch_transformer.json: attention, transformer layers, norms and patches by PyTorch.

Usage: make_transformer_golden.py > torch_transformer.json

Everything is computed in float64. Arrays are stored as in make_torch_golden.py: {"shape", "values"},
row-major in PyTorch's layout; tokens are [batch][token][feature].
"""

import json

import torch

from make_torch_golden import array, module_case, randomise, uniform


def layer_norm_case(generator, batch, features):
    module = torch.nn.LayerNorm(features).double()
    randomise(module, generator)
    case = module_case(module, uniform(generator, batch, features, low=-2, high=2), lambda y: y,
                       generator)
    return {"features": features, **case}


class SelfAttention(torch.nn.MultiheadAttention):
    def forward(self, x):
        return super().forward(x, x, x, need_weights=False)[0]


def attention_case(generator, batch, tokens, embed, heads):
    module = SelfAttention(embed, heads, batch_first=True).double()
    randomise(module, generator)
    case = module_case(module, uniform(generator, batch, tokens, embed, low=-2, high=2),
                       lambda y: y, generator)
    return {"embed": embed, "heads": heads, "tokens": tokens, **case}


def encoder_layer_case(generator, batch, tokens, embed, heads, feed_forward, activation, pre):
    module = torch.nn.TransformerEncoderLayer(
        embed, heads, dim_feedforward=feed_forward, dropout=0.0, activation=activation,
        batch_first=True, norm_first=pre).double()
    randomise(module, generator)
    module.train()  # the fast path of inference has no gradients
    case = module_case(module, uniform(generator, batch, tokens, embed, low=-2, high=2),
                       lambda y: y, generator)
    return {"embed": embed, "heads": heads, "tokens": tokens, "feed_forward": feed_forward,
            "activation": activation, "pre": pre, **case}


class RevIn(torch.nn.Module):
    """Normalises x, takes what `inner` makes of it back for some channels."""

    def __init__(self, channels, chosen, horizon, affine):
        super().__init__()
        self.chosen, self.horizon, self.affine = chosen, horizon, affine
        if affine:
            self.affine_weight = torch.nn.Parameter(torch.ones(channels))
            self.affine_bias = torch.nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        mean = x.mean(dim=1, keepdim=True)
        deviation = torch.sqrt(x.var(dim=1, keepdim=True, unbiased=False) + 1e-5)
        y = (x - mean) / deviation
        if self.affine:
            y = y * self.affine_weight + self.affine_bias
        # In place of a network: the last rows, squared.
        y = y[:, -self.horizon:, self.chosen] ** 2
        if self.affine:
            y = (y - self.affine_bias[self.chosen]) / self.affine_weight[self.chosen]
        return y * deviation[:, :, self.chosen] + mean[:, :, self.chosen]


def rev_in_case(generator, batch, time, channels, chosen, horizon, affine):
    module = RevIn(channels, chosen, horizon, affine).double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(uniform(generator, *parameter.shape, low=0.5, high=1.5))
    case = module_case(module, uniform(generator, batch, time, channels, low=-2, high=5),
                       lambda y: y, generator)
    return {"channels": channels, "chosen": chosen, "horizon": horizon, "affine": affine, **case}


class PatchForecaster(torch.nn.Module):
    """Both published forms, from PyTorch's own modules."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        mixed = 1 if c["channel_independent"] else c["features"]
        beyond = max(0, c["window"] - c["patch"])
        if c["padding"] == "stride":
            self.patches = (c["window"] - c["patch"]) // c["stride"] + 2
        else:
            self.patches = -(-beyond // c["stride"]) + 1
        self.patch_embedding = torch.nn.Linear(c["patch"] * mixed, c["embed"])
        self.positions = torch.nn.Parameter(torch.zeros(self.patches, c["embed"]))
        layer = torch.nn.TransformerEncoderLayer(
            c["embed"], c["heads"], dim_feedforward=c["feed_forward"], dropout=0.0,
            activation=c["activation"], batch_first=True, norm_first=c["norm"] == "pre")
        self.encoder = torch.nn.TransformerEncoder(layer, c["layers"])
        if c["final_norm"]:
            self.norm = torch.nn.LayerNorm(c["embed"])
        flat = c["pooling"] == "flatten"
        outputs = c["horizon"] * (1 if c["channel_independent"] else len(c["own_past"]))
        self.head = torch.nn.Linear(c["embed"] * (self.patches if flat else 1), outputs)

    def encode(self, x):
        c = self.c
        rows = (self.patches - 1) * c["stride"] + c["patch"]
        x = torch.cat([x] + [x[:, -1:]] * max(0, rows - x.shape[1]), dim=1)
        cut = [x[:, n * c["stride"]:n * c["stride"] + c["patch"]].flatten(1)
               for n in range(self.patches)]
        tokens = self.patch_embedding(torch.stack(cut, dim=1)) + self.positions
        tokens = self.encoder(tokens)
        if c["final_norm"]:
            tokens = self.norm(tokens)
        if c["pooling"] == "mean":
            return tokens.mean(dim=1)
        return tokens.transpose(1, 2).flatten(1)  # feature by feature, as PatchTST

    def forward(self, x):
        c = self.c
        own = c["own_past"]
        if c["channel_independent"]:
            x = x[:, :, own]
            own = list(range(len(own)))
        if c["revin"]:
            mean = x.mean(dim=1, keepdim=True)
            deviation = torch.sqrt(x.var(dim=1, keepdim=True, unbiased=False) + 1e-5)
            x = (x - mean) / deviation
        if c["channel_independent"]:
            y = torch.stack([self.head(self.encode(x[:, :, k:k + 1])) for k in own], dim=2)
        else:
            y = self.head(self.encode(x)).view(-1, c["horizon"], len(own))
        if c["revin"]:
            y = y * deviation[:, :, own] + mean[:, :, own]
        return y.flatten(1)  # [batch][step * targets + target]


def forecaster_case(generator, batch, settings):
    module = PatchForecaster(settings).double()
    randomise(module, generator)
    module.train()
    x = uniform(generator, batch, settings["window"], settings["features"], low=-2, high=3)
    return {"settings": settings, **module_case(module, x, lambda y: y, generator)}


def forecaster_cases(generator):
    author = {"window": 7, "features": 3, "horizon": 2, "own_past": [2], "embed": 8, "heads": 2,
              "layers": 2, "feed_forward": 6, "patch": 3, "stride": 3, "padding": "fill",
              "channel_independent": False, "revin": False, "norm": "post", "final_norm": True,
              "activation": "relu", "pooling": "mean"}
    patchtst = {**author, "features": 4, "own_past": [3, 1], "horizon": 3, "layers": 1,
                "window": 11, "patch": 4, "stride": 2, "padding": "stride",
                "channel_independent": True, "revin": True, "final_norm": False,
                "activation": "gelu", "pooling": "flatten"}
    return [forecaster_case(generator, 3, settings) for settings in (
        author, {**author, "window": 1, "patch": 1, "stride": 1, "heads": 1},
        {**author, "norm": "pre", "revin": True, "own_past": [2, 0]},
        patchtst, {**patchtst, "norm": "pre", "own_past": [0, 1, 2, 3], "window": 12})]


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(20251122)
    layers = [encoder_layer_case(generator, *sizes, activation, pre)
              for sizes in ((2, 5, 4, 2, 7), (3, 1, 6, 3, 2))
              for activation in ("relu", "gelu") for pre in (False, True)]
    print(json.dumps({
        "made_by": "tests/golden/make_transformer_golden.py",
        "torch_version": torch.__version__,
        "layer_norm": [layer_norm_case(generator, *sizes) for sizes in ((4, 6), (1, 2))],
        "attention": [attention_case(generator, *sizes)
                      for sizes in ((2, 5, 4, 2), (3, 1, 6, 1), (2, 3, 6, 6))],
        "encoder_layer": layers,
        "rev_in": [rev_in_case(generator, 2, 5, 3, chosen, 2, affine)
                   for chosen in ([0, 1, 2], [2, 0]) for affine in (False, True)],
        "forecaster": forecaster_cases(generator),
    }, separators=(",", ":")))


if __name__ == "__main__":
    main()
