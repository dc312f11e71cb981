#!/usr/bin/python3
"""Writes torch.json: what PyTorch computes for small fixed inputs.

Usage: make_torch_golden.py > torch.json

Everything is computed in float64. Arrays are {"shape": [...], "values": [...]}, row-major in
PyTorch's layout: sequences are [batch][time][feature], batches of vectors [batch][feature]. Every
number is written so that reading it gives the same double back.
"""

import json

import torch

# batch, time, in, hidden, layers
RECURRENT_SIZES = ((2, 5, 3, 4, 1), (1, 1, 1, 1, 1), (3, 4, 2, 3, 2), (1, 7, 5, 2, 2))


def uniform(generator, *shape, low=-1.0, high=1.0):
    draws = torch.rand(*shape, dtype=torch.float64, generator=generator)
    # Whole multiples of 2^-16: exact in float32 too, so both builds start from the same numbers.
    return torch.round((low + (high - low) * draws) * 65536) / 65536


def array(tensor):
    flat = tensor.detach().to(torch.float64).contiguous().view(-1)
    return {"shape": list(tensor.shape), "values": flat.tolist()}


def randomise(module, generator):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(uniform(generator, *parameter.shape, low=-0.7, high=0.7))


def module_case(module, x, weigh, generator):
    """Values and gradients of sum(module(x) * upstream)."""
    x.requires_grad_(True)
    y = weigh(module(x))
    upstream = uniform(generator, *y.shape)
    (y * upstream).sum().backward()
    named = dict(module.named_parameters())
    return {
        "x": array(x),
        "parameters": {name: array(p) for name, p in named.items()},
        "upstream": array(upstream),
        "y": array(y),
        "x_grad": array(x.grad),
        "parameter_grads": {name: array(p.grad) for name, p in named.items()},
    }


def linear_case(generator, batch, inputs, outputs):
    module = torch.nn.Linear(inputs, outputs).double()
    randomise(module, generator)
    x = uniform(generator, batch, inputs, low=-2, high=2)
    case = module_case(module, x, lambda y: y, generator)
    return {"in": inputs, "out": outputs, "batch": batch, **case}


def recurrent_case(generator, kind, batch, time, inputs, hidden, layers, **options):
    module = kind(inputs, hidden, num_layers=layers, batch_first=True, **options).double()
    randomise(module, generator)
    x = uniform(generator, batch, time, inputs, low=-2, high=2)
    case = module_case(module, x, lambda result: result[0], generator)
    sizes = {"batch": batch, "time": time, "in": inputs, "hidden": hidden, "layers": layers}
    return {**sizes, **options, **case}


def loss_case(function, prediction, target):
    prediction = prediction.clone().requires_grad_(True)
    target = target.clone().requires_grad_(True)
    loss = function(prediction, target)
    loss.backward()
    return {
        "prediction": array(prediction),
        "target": array(target),
        "loss": loss.item(),
        "prediction_grad": array(prediction.grad),
        "target_grad": array(target.grad),
    }


def pinball_case(generator, levels, rows, batch):
    """Rows of the prediction: `rows` for the first level, then those for the next."""
    def pinball(prediction, target):
        error = target - prediction.view(len(levels), rows, batch)
        q = torch.tensor(levels, dtype=torch.float64).view(-1, 1, 1)
        return (q * torch.relu(error) + (1 - q) * torch.relu(-error)).mean()

    prediction = uniform(generator, len(levels) * rows, batch, low=-2, high=2)
    target = uniform(generator, rows, batch, low=-2, high=2)
    prediction[rows, 1] = target[0, 1]  # the slope where they are equal
    return {"levels": levels, **loss_case(pinball, prediction, target)}


def sort_case(generator, *shape):
    """Values and gradients of sum(sort(x) * upstream) along the outermost axis, ties among them."""
    x = uniform(generator, *shape, low=-2, high=2)
    x[2] = x[0]
    x.requires_grad_(True)
    y = torch.sort(x, dim=0, stable=True).values
    upstream = uniform(generator, *shape)
    (y * upstream).sum().backward()
    return {"x": array(x), "upstream": array(upstream), "y": array(y), "x_grad": array(x.grad)}


def clip_case(gradients, max_norm):
    weights = [torch.nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
    for weight, gradient in zip(weights, gradients):
        weight.grad = gradient.clone()
    norm = torch.nn.utils.clip_grad_norm_(weights, max_norm)
    return {
        "max_norm": max_norm,
        "before": [array(gradient) for gradient in gradients],
        "norm": norm.item(),
        "after": [array(weight.grad) for weight in weights],
    }


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(20250813)
    prediction = uniform(generator, 4, 3, low=-2, high=2)
    target = uniform(generator, 4, 3, low=-2, high=2)
    target[2, 1] = prediction[2, 1]  # the slope of |p - t| where they are equal
    clipped = [uniform(generator, 2, 3), uniform(generator, 4)]
    golden = {
        "made_by": "tests/golden/make_torch_golden.py",
        "torch_version": torch.__version__,
        "linear": [linear_case(generator, *sizes) for sizes in ((4, 3, 2), (1, 1, 1), (5, 7, 3))],
        "lstm": [recurrent_case(generator, torch.nn.LSTM, *sizes) for sizes in RECURRENT_SIZES],
        "mse_loss": loss_case(torch.nn.functional.mse_loss, prediction, target),
        "l1_loss": loss_case(torch.nn.functional.l1_loss, prediction, target),
        "clip_grad_norm": [clip_case(clipped, 0.5), clip_case(clipped, 50.0)],
    }
    golden["gru"] = [recurrent_case(generator, torch.nn.GRU, *sizes) for sizes in RECURRENT_SIZES]
    golden["rnn"] = [
        recurrent_case(generator, torch.nn.RNN, *sizes, nonlinearity=nonlinearity)
        for nonlinearity in ("tanh", "relu") for sizes in RECURRENT_SIZES]
    golden["pinball_loss"] = [pinball_case(generator, [0.1, 0.5, 0.9], 4, 3),
                              pinball_case(generator, [0.02, 0.25, 0.5, 0.6], 2, 5)]
    golden["sort"] = [sort_case(generator, 5, 4, 3), sort_case(generator, 9, 7)]
    print(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
