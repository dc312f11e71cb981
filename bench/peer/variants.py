#!/usr/bin/python3
"""What each choice in `Form` is worth: its time over that of BEST, variants interleaved.

Usage: variants.py [--rounds R] [--seconds T]

Prints one line a case and, for each variant, the median ratio over the rounds; above 1, BEST is
faster. Times are of the thread's CPU, so that other programs disturb little.
"""

import argparse
import dataclasses
import os
import statistics
import time
from collections.abc import Callable

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

from torch_step import BEST, MODELS, USUAL, Case, Form, Step, median_us, use_one_thread

TRAINING: dict[str, Form] = {
    "usual": USUAL,
    "not flat": dataclasses.replace(BEST, flat=False),
    "not flat, foreach": dataclasses.replace(BEST, flat=False, foreach=True),
    "not flat, zeros": dataclasses.replace(BEST, flat=False, set_to_none=False),
    "flat, foreach": dataclasses.replace(BEST, foreach=True),
    "traced": dataclasses.replace(BEST, traced=True),
    "batch first": dataclasses.replace(BEST, batch_first=True),
}
INFERENCE: dict[str, Form] = {
    "not frozen": dataclasses.replace(BEST, frozen=False),
    "batch first": dataclasses.replace(BEST, batch_first=True),
}


def ratios(calls: dict[str, Callable[[], object]], rounds: int, seconds: float) -> dict[str, float]:
    """Each call's median time over that of the first, median over the rounds."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(median_us(call, seconds, time.thread_time))
    best = next(iter(times.values()))
    return {name: statistics.median(a / b for a, b in zip(found, best))
            for name, found in times.items()}


def show(title: str, found: dict[str, float]) -> None:
    text = ", ".join(f"{name} {ratio:.2f}" for name, ratio in list(found.items())[1:])
    print(f"{title}: {text}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Times the forms of the PyTorch peer.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.15)
    given = parser.parse_args()
    use_one_thread()
    for model in MODELS:
        for window in (1, 8, 30, 60):
            case = Case(model, window)
            steps = {name: Step(case, form) for name, form in {"best": BEST, **TRAINING}.items()}
            calls = {name: step.train_step for name, step in steps.items()}
            show(f"train {model}, {window} rows", ratios(calls, given.rounds, given.seconds))
        for window, batch in ((1, 1), (30, 1), (30, 64)):
            case = Case(model, window, batch)
            steps = {name: Step(case, form) for name, form in {"best": BEST, **INFERENCE}.items()}
            calls = {name: (lambda step=step: step.infer(step.batch))
                     for name, step in steps.items()}
            show(f"infer {model}, {window} rows, batch {batch}",
                 ratios(calls, given.rounds, given.seconds))


if __name__ == "__main__":
    main()
