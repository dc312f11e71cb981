"""The networks of Espalier in PyTorch: a twin of what `espalier export` writes, and the way back.

    import espalier_twin
    forecaster = espalier_twin.load("model.safetensors")   # espalier export RUN --output model.safetensors
    forecasts = forecaster(windows)   # [batch, window, features] -> [batch, horizon, targets]
                                      # of quantiles -> [batch, levels, horizon, targets]
    espalier_twin.save(forecaster, "tuned.safetensors")    # espalier train CONFIG -o train.init_from=...

A Forecaster is an ordinary torch.nn.Module. It takes windows and gives forecasts in the units of the file
that the model was trained on; columns are in the order of forecaster.features and forecaster.targets, levels
in that of forecaster.quantiles.
Parameters have the names and shapes of the file (torch's own, where torch has such a layer), so that
load_state_dict(strict=True) holds. Files without `--dense` may lack dead units and heads; they load as well.

Needs torch 1.13 or newer, and NumPy to save.
"""

import json
import math
import struct

import torch
from torch import nn

_DTYPES = {"F32": torch.float32, "F64": torch.float64}


# ---- the file format: 8 bytes with the header's length, a JSON header, raw little-endian data ------------


def read_safetensors(path):
    """Returns ({name: tensor}, {key: text}) of a safetensors file of F32 and F64 tensors."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = _DTYPES[entry["dtype"]]
        flat = torch.frombuffer(data[begin:end], dtype=dtype).clone()
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


def write_safetensors(path, tensors, metadata):
    """Writes tensors as F32 or, doubles, as F64; `metadata` are texts by name."""
    header, blocks, end = {"__metadata__": metadata}, [], 0
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        dtype = "F64" if tensor.dtype == torch.float64 else "F32"
        blocks.append(tensor.to(_DTYPES[dtype]).numpy().tobytes())
        begin, end = end, end + len(blocks[-1])
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


# ---- recurrent models -------------------------------------------------------------------------------------


class PrunedRecurrent(nn.Module):
    """Recurrent layers of different sizes whose biases may differ from step to step, which torch doesn't
    have: left where whole units were removed. x [batch, window, features] -> (h of every step, None)."""

    def __init__(self, kind, features, hidden, input_bias_steps, recurrent_bias_steps, relu=False):
        super().__init__()
        self.kind, self.layers = kind, len(hidden)
        self.activation = torch.relu if relu else torch.tanh
        gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]

        def add(name, *shape):
            self.register_parameter(name, nn.Parameter(torch.zeros(shape)))

        def add_bias(name, steps, rows):
            add(name, *((rows,) if steps == 1 else (steps, rows)))

        for k, size in enumerate(hidden):
            add(f"weight_ih_l{k}", gates * size, features)
            add(f"weight_hh_l{k}", gates * size, size)
            add_bias(f"bias_ih_l{k}", input_bias_steps[k], gates * size)
            add_bias(f"bias_hh_l{k}", recurrent_bias_steps[k], gates * size)
            features = size

    def step(self, from_x, from_h, h, c):
        if self.kind == "gru":
            (xr, xz, xn), (hr, hz, hn) = from_x.chunk(3, 1), from_h.chunk(3, 1)
            r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
            n = torch.tanh(xn + r * hn)
            return (1 - z) * n + z * h, c
        if self.kind == "lstm":
            i, f, g, o = (from_x + from_h).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            return torch.sigmoid(o) * torch.tanh(c), c
        return self.activation(from_x + from_h), c

    def forward(self, x):
        for k in range(self.layers):
            weight_ih, weight_hh, bias_ih, bias_hh = (
                getattr(self, f"{name}_l{k}")
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
            from_x = x @ weight_ih.T + bias_ih  # a bias of [window, rows] meets [batch, window, rows]
            bias_hh = bias_hh.expand(x.shape[1], -1)
            h = c = x.new_zeros(x.shape[0], weight_hh.shape[1])
            states = []
            for t in range(x.shape[1]):
                h, c = self.step(from_x[:, t], h @ weight_hh.T + bias_hh[t], h, c)
                states.append(h)
            x = torch.stack(states, 1)
        return x, None


class Recurrent(nn.Module):
    """rnn, gru and lstm: a linear layer reads the last hidden state of the topmost layer."""

    def __init__(self, kind, shape, settings, sizes):
        super().__init__()
        relu = settings.get("nonlinearity") == "relu"
        if sizes:
            network = PrunedRecurrent(kind, shape.features, relu=relu, **sizes)
            top = sizes["hidden"][-1]
        else:
            layer = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[kind]
            more = {"nonlinearity": "relu"} if relu else {}
            top = settings["hidden"]
            network = layer(shape.features, top, settings["layers"], batch_first=True, **more)
        self.kind, self.shape = kind, shape
        self.add_module(kind, network)
        self.fc = nn.Linear(top, shape.rows * shape.targets)

    def forward(self, x):
        states, _ = getattr(self, self.kind)(x)
        return self.fc(states[:, -1]).reshape(-1, self.shape.rows, self.shape.targets)


# ---- transformers -----------------------------------------------------------------------------------------


class PrunedAttention(nn.Module):
    """torch.nn.MultiheadAttention where heads are missing: `heads` of `size` features each, fewer than the
    tokens have."""

    batch_first = False  # Keeps torch.nn.TransformerEncoderLayer off its fused path.

    def __init__(self, embed, heads, size):
        super().__init__()
        self.heads, self.size = heads, size
        self.in_proj_weight = nn.Parameter(torch.zeros(3 * heads * size, embed))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * heads * size))
        self.out_proj = nn.Linear(heads * size, embed)

    def forward(self, query, key, value, **_):
        batch, tokens, _ = query.shape
        projected = nn.functional.linear(query, self.in_proj_weight, self.in_proj_bias)
        q, k, v = projected.reshape(batch, tokens, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(self.size), -1)
        joined = (weights @ v).transpose(1, 2).reshape(batch, tokens, self.heads * self.size)
        return self.out_proj(joined), None


def encoder_layer(settings, heads, feed_forward):
    embed = settings["embed"]
    layer = nn.TransformerEncoderLayer(embed, settings["heads"], feed_forward, dropout=0.0,
                                       activation=settings["activation"], batch_first=True,
                                       norm_first=settings["norm"] == "pre")
    if heads != settings["heads"]:
        layer.self_attn = PrunedAttention(embed, heads, embed // settings["heads"])
    return layer


def patch_rows(kind, settings, window):
    """For each patch the rows of the window it holds, the last one repeated beyond the end:
    [patches, length]."""
    length, stride = settings["patch"], settings["stride"]
    if length is None:
        if kind == "patchtst":
            length = min(16, window)
            default_stride = (length + 1) // 2
        else:
            length = 1 if window <= 7 else 2 if window <= 14 else 3 if window <= 30 else 4
            default_stride = length
    else:
        default_stride = length
    stride = stride or default_stride
    if settings["padding"] == "stride":
        count = (window - length) // stride + 2
    else:
        count = math.ceil(max(0, window - length) / stride) + 1
    starts = torch.arange(count).unsqueeze(1) * stride
    return (starts + torch.arange(length)).clamp(max=window - 1)


class PatchTransformer(nn.Module):
    """patch_transformer and patchtst, in all their settings."""

    def __init__(self, kind, shape, settings, sizes):
        super().__init__()
        self.shape, self.settings = shape, settings
        self.rows = patch_rows(kind, settings, shape.window)
        count, length = self.rows.shape
        independent = settings["channel_independent"]
        embed, layers = settings["embed"], settings["layers"]
        self.patch_embedding = nn.Linear(length * (1 if independent else shape.features), embed)
        self.positions = nn.Parameter(torch.randn(count, embed))
        if settings["positions"] == "uniform":
            nn.init.uniform_(self.positions, -0.02, 0.02)
        heads = sizes.get("heads", [settings["heads"]] * layers)
        feed_forward = sizes.get("feed_forward", [settings["feed_forward"]] * layers)
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList(
            encoder_layer(settings, heads[k], feed_forward[k]) for k in range(layers))
        self.norm = nn.LayerNorm(embed) if settings["final_norm"] else nn.Identity()
        self.head = nn.Linear(embed * (count if settings["pooling"] == "flatten" else 1),
                              shape.rows * (1 if independent else shape.targets))
        if settings["revin_affine"]:
            self.revin = nn.Module()
            channels = shape.targets if independent else shape.features
            self.revin.affine_weight = nn.Parameter(torch.ones(channels))
            self.revin.affine_bias = nn.Parameter(torch.zeros(channels))

    def encode(self, x):
        """[samples, window, channels] -> [samples, outputs of the head]."""
        tokens = self.patch_embedding(x[:, self.rows].flatten(2)) + self.positions
        for layer in self.encoder.layers:
            tokens = layer(tokens)
        tokens = self.norm(tokens)
        if self.settings["pooling"] == "mean":
            return self.head(tokens.mean(1))
        return self.head(tokens.transpose(1, 2).flatten(1))

    def forward(self, x):
        shape, settings = self.shape, self.settings
        independent = settings["channel_independent"]
        channels = list(range(shape.targets)) if independent else shape.own_past
        if independent:
            x = x[:, :, shape.own_past]
        if settings["revin"]:
            mean = x.mean(1, keepdim=True)
            deviation = torch.sqrt(x.var(1, unbiased=False, keepdim=True) + 1e-5)
            x = (x - mean) / deviation
            if settings["revin_affine"]:
                x = x * self.revin.affine_weight + self.revin.affine_bias
        if independent:
            y = self.encode(x.transpose(1, 2).reshape(-1, shape.window, 1))
            y = y.reshape(-1, shape.targets, shape.rows).transpose(1, 2)
        else:
            y = self.encode(x).reshape(-1, shape.rows, shape.targets)
        if settings["revin"]:
            if settings["revin_affine"]:
                y = (y - self.revin.affine_bias[channels]) / self.revin.affine_weight[channels]
            y = y * deviation[:, :, channels] + mean[:, :, channels]
        return y


# ---- the others -------------------------------------------------------------------------------------------


class LinearModel(nn.Module):
    """One linear layer from the window to the horizon; channel-independent: from each target's own past."""

    def __init__(self, kind, shape, settings, sizes):
        super().__init__()
        self.shape, self.independent = shape, settings["channel_independent"]
        if self.independent:
            self.linear = nn.Linear(shape.window, shape.rows)
        else:
            self.linear = nn.Linear(shape.window * shape.features, shape.rows * shape.targets)

    def forward(self, x):
        if self.independent:
            return self.linear(x[:, :, self.shape.own_past].transpose(1, 2)).transpose(1, 2)
        return self.linear(x.flatten(1)).reshape(-1, self.shape.rows, self.shape.targets)


class NLinear(nn.Module):
    """A linear layer on each target's own past, less its last value."""

    def __init__(self, kind, shape, settings, sizes):
        super().__init__()
        self.shape = shape
        self.linear = nn.Linear(shape.window, shape.rows)

    def forward(self, x):
        series = x[:, :, self.shape.own_past].transpose(1, 2)
        last = series[:, :, -1:]
        return (self.linear(series - last) + last).transpose(1, 2)


class DLinear(nn.Module):
    """Linear layers on the moving average of each target's own past and on the rest."""

    def __init__(self, kind, shape, settings, sizes):
        super().__init__()
        self.shape, self.kernel = shape, settings["kernel"]
        self.linear_seasonal = nn.Linear(shape.window, shape.rows)
        self.linear_trend = nn.Linear(shape.window, shape.rows)

    def forward(self, x):
        series = x[:, :, self.shape.own_past].transpose(1, 2)
        half = self.kernel // 2
        padded = nn.functional.pad(series, (half, half), mode="replicate") if half else series
        trend = nn.functional.avg_pool1d(padded, self.kernel, stride=1)
        return (self.linear_seasonal(series - trend) + self.linear_trend(trend)).transpose(1, 2)


class Naive(nn.Module):
    """persistence and seasonal_naive: the last season of each target, again and again."""

    def __init__(self, kind, shape, settings, sizes):
        super().__init__()
        self.shape = shape
        season = settings.get("season", 1)
        self.rows = shape.window - season + torch.arange(shape.rows) % season

    def forward(self, x):
        return x[:, self.rows][:, :, self.shape.own_past]


_MODELS = {"rnn": Recurrent, "gru": Recurrent, "lstm": Recurrent,
           "patch_transformer": PatchTransformer, "patchtst": PatchTransformer,
           "linear": LinearModel, "nlinear": NLinear, "dlinear": DLinear,
           "persistence": Naive, "seasonal_naive": Naive}


# ---- from windows to forecasts in the units of the file ---------------------------------------------------


class Shape:
    """Rows of input and output, and columns of both; own_past: where each target is among the features. Of
    quantiles a network has the rows of the horizon for each level, from the lowest to the highest."""

    def __init__(self, config, features, targets):
        self.window = config["window"]
        self.rows = config["horizon"] * len(config.get("quantiles", [0.5]))
        self.features, self.targets = len(features), len(targets)
        self.own_past = [features.index(target) if target in features else None
                         for target in targets]


class Forecaster(nn.Module):
    """A network with the scales of its columns. `config` and `sizes` are those of the file's metadata: what
    `espalier train` writes to model/config.json, and the sizes of layers where they aren't the config's.
    The network is new; load fills it."""

    def __init__(self, config, sizes=None):
        super().__init__()
        self.config, self.sizes = config, sizes or {}
        features, targets = config["features"], config["target"]
        targets = targets if isinstance(targets, list) else [targets]
        self.quantiles = config.get("quantiles", [])
        self.features = [column["column"] for column in features]
        self.targets = [column["column"] for column in targets]
        for name, columns in (("feature", features), ("target", targets)):
            # Where several series were trained on, each has scales of its own for the targets: config["series"].
            for key, own in (("mean", 0.0), ("deviation", 1.0)):
                values = torch.tensor([column.get(key, own) for column in columns], dtype=torch.float64)
                self.register_buffer(f"{name}_{key}", values, persistent=False)
        kind = config["model"]
        self.network = _MODELS[kind](kind, Shape(config, self.features, self.targets),
                                     config["settings"], self.sizes)

    def forward(self, windows):
        """[batch, window, features] -> [batch, horizon, targets], both in the units of the file and of the
        same dtype; doubles keep digits of values far from 0 that floats would lose. Of quantiles
        [batch, levels, horizon, targets], which cross in training mode alone."""
        dtype = next((p.dtype for p in self.network.parameters()), torch.float32)
        scaled = (windows.double() - self.feature_mean) / self.feature_deviation
        forecasts = self.network(scaled.to(dtype))
        if self.quantiles:
            forecasts = forecasts.unflatten(1, (len(self.quantiles), self.config["horizon"]))
            if not self.training:
                forecasts = forecasts.sort(1).values
        restored = forecasts.double() * self.target_deviation + self.target_mean
        return restored.to(windows.dtype)


def load(path):
    """The Forecaster in a file that `espalier export` or save wrote, ready to forecast (eval mode)."""
    tensors, metadata = read_safetensors(path)
    forecaster = Forecaster(json.loads(metadata["config"]), json.loads(metadata["sizes"]))
    forecaster.network.load_state_dict(tensors, strict=True)
    return forecaster.eval()


def save(forecaster, path):
    """Writes what load reads, and what `espalier train` takes as train.init_from where no unit is missing."""
    write_safetensors(path, forecaster.network.state_dict(),
                      {"config": json.dumps(forecaster.config), "sizes": json.dumps(forecaster.sizes)})
