#!/usr/bin/python3
"""Writes torch_optimizers.json: what PyTorch's optimizers and learning-rate schedulers do.

Usage: make_optimizer_golden.py > torch_optimizers.json

"optimizers": weights after chosen steps. Because rounding adds up over training, they are computed
in float64 and in float32 ("float64", "float32"). Step t, from 1, is given gradients[(t - 1) % 10]
and, in some cases, lr times lr_factors[(t - 1) % 30].

"lr_schedules": the learning rate, as a factor on the optimizer's, at every step of a run of so many
epochs and batches per epoch. Schedulers that PyTorch steps once an epoch hold it for all batches of
one. "losses" are the validation losses told after each epoch. Types and settings are named as in
Espalier's configs.
"""

import json
import warnings

import torch
from torch.optim import lr_scheduler

from make_torch_golden import array, uniform

EPOCHS = 30
EARLY_STEPS = tuple(range(1, 11))
LATE_STEPS = (100, 1000)


def trajectory(dtype, make_optimizer, start, gradients, lr_factors, steps, max_grad_norm):
    weights = [torch.nn.Parameter(part.to(dtype, copy=True)) for part in start]
    optimizer = make_optimizer(weights)
    lr = optimizer.param_groups[0]["lr"]
    kept = []
    for step in range(1, max(steps) + 1):
        for weight, gradient in zip(weights, gradients[(step - 1) % len(gradients)]):
            weight.grad = gradient.to(dtype).clone()
        if max_grad_norm is not None:
            torch.nn.utils.clip_grad_norm_(weights, max_grad_norm)
        optimizer.param_groups[0]["lr"] = lr * lr_factors[(step - 1) % len(lr_factors)]
        optimizer.step()
        if step in steps:
            kept.append({"step": step, "weights": [array(weight) for weight in weights]})
    return kept


def named_settings(options):
    """The options under the names that configs give them."""
    settings = {name: value for name, value in options.items() if name != "betas"}
    if "betas" in options:
        settings["beta1"], settings["beta2"] = options["betas"]
    return settings


def optimizer_case(kind, options, shared, late, max_grad_norm=None, lr_factors=None):
    start, gradients = shared
    types = {torch.optim.Adam: "adam", torch.optim.AdamW: "adamw", torch.optim.SGD: "sgd",
             torch.optim.RMSprop: "rmsprop"}
    case = {"type": types[kind],
            "settings": {**named_settings(options), "max_grad_norm": max_grad_norm},
            "lr_factors": lr_factors or [1.0]}
    for name, dtype in (("float64", torch.float64), ("float32", torch.float32)):
        case[name] = trajectory(dtype, lambda weights: kind(weights, foreach=False, **options),
                                start, gradients, case["lr_factors"],
                                EARLY_STEPS + (LATE_STEPS if late else ()), max_grad_norm)
    return case


def optimizer_cases(generator):
    shapes = ((3, 5), (7,))
    start = [uniform(generator, *shape) for shape in shapes]
    # From small to large, so that a limit on the norm bites in some steps and not in others.
    gradients = [[uniform(generator, *shape) * 2.0 ** (step - 7) for shape in shapes]
                 for step in range(10)]
    adam = {"lr": 0.05, "betas": (0.9, 0.999), "eps": 1e-8}
    other = {"lr": 0.01, "betas": (0.8, 0.95), "eps": 1e-3}
    decayed = {**other, "weight_decay": 0.3}
    sgd = {"lr": 0.03125, "momentum": 0.9}
    rmsprop = {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "momentum": 0.0, "centered": False}
    quick = {**rmsprop, "alpha": 0.9, "eps": 1e-3}
    falling = [0.9 ** step for step in range(30)]
    shared = (start, gradients)
    cases = {
        "adam": optimizer_case(torch.optim.Adam, adam, shared, True),
        "adam_other_settings": optimizer_case(torch.optim.Adam, other, shared, True),
        "adam_clipped": optimizer_case(torch.optim.Adam, adam, shared, True, 1.0),
        "adam_scheduled": optimizer_case(torch.optim.Adam, adam, shared, False, None, falling),
        "adamw": optimizer_case(torch.optim.AdamW, {**adam, "weight_decay": 0.01}, shared, True),
        "adamw_other_settings": optimizer_case(torch.optim.AdamW, decayed, shared, True),
        "adamw_clipped": optimizer_case(torch.optim.AdamW, decayed, shared, True, 1.0),
        "adamw_scheduled": optimizer_case(torch.optim.AdamW, decayed, shared, False, None, falling),
        "sgd": optimizer_case(torch.optim.SGD, {**sgd, "momentum": 0.0}, shared, False),
        "sgd_momentum": optimizer_case(torch.optim.SGD, sgd, shared, False),
        "sgd_clipped": optimizer_case(torch.optim.SGD, sgd, shared, False, 1.0),
        "sgd_scheduled": optimizer_case(torch.optim.SGD, sgd, shared, False, None, falling),
        "rmsprop": optimizer_case(torch.optim.RMSprop, rmsprop, shared, True),
        "rmsprop_other_settings": optimizer_case(torch.optim.RMSprop, quick, shared, True),
        "rmsprop_momentum": optimizer_case(torch.optim.RMSprop, {**quick, "momentum": 0.9}, shared,
                                           True),
        "rmsprop_centered": optimizer_case(torch.optim.RMSprop, {**quick, "centered": True}, shared,
                                           True),
        "rmsprop_centered_momentum": optimizer_case(
            torch.optim.RMSprop, {**quick, "centered": True, "momentum": 0.5}, shared, True, 1.0),
        "rmsprop_scheduled": optimizer_case(torch.optim.RMSprop, {**quick, "momentum": 0.9}, shared,
                                            False, None, falling),
    }
    return {
        "start": [array(part) for part in start],
        "gradients": [[array(part) for part in step] for step in gradients],
        "cases": cases,
    }


def schedule_case(named, make_schedulers, epochs=EPOCHS, batches=1, per_step=False, losses=None):
    """`named`: [(type, settings)]; `make_schedulers`: one scheduler each, for an lr of 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedulers = make_schedulers(optimizer)
    factors = []
    for epoch in range(epochs):
        for batch in range(batches):
            factors.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            last = (epoch, batch) == (epochs - 1, batches - 1)
            if per_step and not last:
                for scheduler in schedulers:
                    scheduler.step()
        if not per_step:
            for scheduler in schedulers:
                scheduler.step(*([] if losses is None else [losses[epoch]]))
    case = {"schedules": [{"type": kind, "settings": settings} for kind, settings in named],
            "epochs": epochs, "batches_per_epoch": batches, "factors": factors}
    return {**case, "losses": losses} if losses else case


def simple_cases():
    cases = {}
    for step_size, gamma in ((1, 0.5), (7, 0.1), (10, 0.9)):
        cases[f"step_{step_size}"] = schedule_case(
            [("step", {"step_size": step_size, "gamma": gamma})],
            lambda optimizer: [lr_scheduler.StepLR(optimizer, step_size, gamma)], batches=3)
    for gamma in (0.5, 0.97):
        cases[f"exponential_{gamma}"] = schedule_case(
            [("exponential", {"gamma": gamma})],
            lambda optimizer: [lr_scheduler.ExponentialLR(optimizer, gamma)], batches=2)
    for epochs, min_factor in ((None, 0.0), (30, 0.25), (10, 0.125), (100, 0.0)):
        cases[f"cosine_{epochs}"] = schedule_case(
            [("cosine", {"epochs": epochs, "min_factor": min_factor})],
            lambda optimizer: [lr_scheduler.CosineAnnealingLR(optimizer, epochs or EPOCHS,
                                                              min_factor)], batches=2)
    return cases


def one_cycle_cases():
    cases = {}
    for name, epochs, batches, pct, div, final in (("usual", 10, 3, 0.3, 25.0, 1e4),
                                                   ("late_peak", 6, 5, 0.77, 4.0, 10.0),
                                                   ("only_down", 10, 3, 0.0, 25.0, 1e4),
                                                   ("only_up", 3, 10, 1.0, 25.0, 1e4),
                                                   ("two_steps", 1, 2, 0.9, 8.0, 2.0)):
        cases[f"one_cycle_{name}"] = schedule_case(
            [("one_cycle", {"pct_start": pct, "div_factor": div, "final_div_factor": final})],
            lambda optimizer: [lr_scheduler.OneCycleLR(
                optimizer, 1.0, epochs * batches, pct_start=pct, div_factor=div,
                final_div_factor=final, cycle_momentum=False)], epochs, batches, True)
    return cases


def warm_up_cases():
    cases = {}
    for name, batches, epochs, start in (("one_epoch", 3, 1, 0.1), ("five_epochs", 3, 5, 0.01),
                                         ("from_1", 1, 4, 1.0)):
        cases[f"warm_up_{name}"] = schedule_case(
            [("warm_up", {"epochs": epochs, "start_factor": start})],
            lambda optimizer: [lr_scheduler.LinearLR(optimizer, start, 1.0, epochs * batches)],
            30 // batches, batches, True)
    # Chained schedulers multiply; with one batch per epoch all of them step alike.
    cases["chained"] = schedule_case(
        [("warm_up", {"epochs": 5, "start_factor": 0.125}), ("exponential", {"gamma": 0.9}),
         ("step", {"step_size": 8, "gamma": 0.5})],
        lambda optimizer: [lr_scheduler.ChainedScheduler([
            lr_scheduler.LinearLR(optimizer, 0.125, 1.0, 5),
            lr_scheduler.ExponentialLR(optimizer, 0.9),
            lr_scheduler.StepLR(optimizer, 8, 0.5)])])
    return cases


def plateau_cases():
    # Falls, stands, falls by less than most thresholds, equals its best, rises, falls again.
    losses = [5.0, 4.0, 4.0, 3.9999, 3.9998, 3.9, 3.9, 3.9, 3.9, 3.95, 4.2, 3.8, 3.8, 3.7999, 3.7998,
              3.7997, 3.7996, 3.7, 3.75, 3.71, 3.72, 3.7, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    cases = {}
    for name, factor, patience, threshold, cooldown, min_factor in (
            ("impatient", 0.5, 0, 1e-4, 0, 0.0), ("usual", 0.1, 1, 1e-4, 0, 0.0),
            ("patient", 0.5, 3, 1e-4, 0, 0.0), ("cooldown", 0.5, 1, 1e-4, 3, 0.0),
            ("coarse", 0.7, 1, 0.05, 1, 0.0), ("any_fall", 0.7, 1, 0.0, 0, 0.0),
            ("floor", 0.5, 0, 1e-4, 0, 0.2)):
        cases[f"reduce_on_plateau_{name}"] = schedule_case(
            [("reduce_on_plateau", {"factor": factor, "patience": patience, "threshold": threshold,
                                    "cooldown": cooldown, "min_factor": min_factor})],
            lambda optimizer: [lr_scheduler.ReduceLROnPlateau(
                optimizer, "min", factor, patience, threshold, "rel", cooldown, min_factor,
                eps=0.0)], batches=2, losses=losses)
    return cases


def main():
    torch.set_num_threads(1)
    # ChainedScheduler of PyTorch 1.13 makes its parts step before the optimizer does.
    warnings.filterwarnings("ignore", message="Detected call of `lr_scheduler.step\\(\\)`")
    golden = {
        "made_by": "tests/golden/make_optimizer_golden.py",
        "torch_version": torch.__version__,
        "optimizers": optimizer_cases(torch.Generator().manual_seed(20250814)),
        "lr_schedules": {**simple_cases(), **one_cycle_cases(), **warm_up_cases(),
                         **plateau_cases()},
    }
    print(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
