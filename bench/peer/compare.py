#!/usr/bin/python3
"""Times Espalier's steps beside PyTorch's on one core and writes the table.

Usage: compare.py [--espalier PATH] [--torch-step PATH] [--output FILE] [--quick] [--rounds R]

A case is timed in rounds: Espalier (a process), PyTorch (here) and libtorch (a process) one after
the other, in an order that rotates from round to round. Ratios are taken within a round, so that
what slows the machine down for a while slows all three; the median and range are over the rounds.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import NoReturn

# Before PyTorch is loaded, and for the processes started here.
THREAD_SETTINGS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
os.environ.update(THREAD_SETTINGS)

import report
from torch_step import MODELS, Case, Step, median_us, use_one_thread

ROOT = pathlib.Path(__file__).resolve().parents[2]
WINDOWS = (1, 8, 30, 60)
SPARSITIES = (0.5, 0.7, 0.8, 0.9, 0.95)


@dataclasses.dataclass(frozen=True)
class Times:
    """Microseconds of one training step and of one batch of inference."""

    train: float
    infer: float


Contender = Callable[[Case], Times]


def fail(message: str) -> NoReturn:
    raise SystemExit(f"compare.py: {message}")


def options_of(case: Case, seconds: float) -> list[str]:
    named = {**dataclasses.asdict(case), "seconds": seconds}
    return [text for name, value in named.items() for text in (f"--{name}", str(value))]


def run_json(command: list[str]) -> object:
    """What the command prints, read as JSON."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    shown = " ".join(command)
    if done.returncode != 0:
        fail(f"{shown}: exit code {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError as error:
        fail(f"{shown}: printed {done.stdout[:200]!r}, expected JSON ({error})")


def times_from(found: object, train_key: str, infer_key: str, source: str) -> Times:
    """Times out of a JSON object, checked: positive numbers under both keys."""
    if not isinstance(found, dict):
        fail(f"{source}: found {found!r}, expected an object")
    for key in (train_key, infer_key):
        if not isinstance(found.get(key), (int, float)) or not found[key] > 0:
            fail(f"{source}: \"{key}\" is {found.get(key)!r}, expected microseconds above 0")
    return Times(found[train_key], found[infer_key])


def espalier(program: str, seconds: float) -> Contender:
    def times(case: Case) -> Times:
        found = run_json([program, "bench", *options_of(case, seconds), "--json"])
        if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
            fail(f"{program} bench: found {found!r}, expected a list of one object")
        for key in ("model", "window", "batch", "sparsity"):
            if found[0].get(key) != getattr(case, key):
                fail(f"{program} bench: \"{key}\" is {found[0].get(key)!r}, asked for "
                     f"{getattr(case, key)!r}")
        return times_from(found[0], "step_us", "infer_us", f"{program} bench")

    return times


def pytorch(seconds: float) -> Contender:
    def times(case: Case) -> Times:
        step = Step(case)
        # Inference first: it has the weights that the step begins with in any case.
        infer = median_us(lambda: step.infer(step.batch), seconds)
        return Times(median_us(step.train_step, seconds), infer)

    return times


def libtorch(program: str, seconds: float) -> Contender:
    def times(case: Case) -> Times:
        found = run_json([program, *options_of(case, seconds)])
        return times_from(found, "train_us", "infer_us", program)

    return times


def measure(case: Case, contenders: dict[str, Contender], rounds: int) -> dict[str, list[Times]]:
    """Every contender's times, one a round."""
    times: dict[str, list[Times]] = {name: [] for name in contenders}
    names = list(contenders)
    for k in range(rounds):
        first = k % len(names)
        for name in names[first:] + names[:first]:
            times[name].append(contenders[name](case))
    return times


def row_of(case: Case, times: dict[str, list[float]]) -> report.Row:
    """The ratio is to the peer with the smaller median time in this case."""
    medians = {name: statistics.median(found) for name, found in times.items()}
    better = min(("pytorch", "libtorch"), key=medians.__getitem__)
    ratios = [peer / ours for peer, ours in zip(times[better], times["ours"], strict=True)]
    return report.Row(case.model, case.window, case.batch, case.sparsity, medians["ours"],
                      medians["pytorch"], medians["libtorch"], statistics.median(ratios),
                      min(ratios), max(ratios))


def sections_of(quick: bool) -> dict[str, list[Case]]:
    """What is timed: dense, with one window at a time (of which only inference counts), masked."""
    windows = (1, 30) if quick else WINDOWS
    sparsities = (0.9,) if quick else SPARSITIES
    return {
        "dense": [Case(model, window) for model in MODELS for window in windows],
        "single": [Case(model, window, batch=1) for model in MODELS for window in windows],
        "sparse": [Case(model, sparsity=s) for model in MODELS for s in sparsities],
    }


def rows_of(cases: list[Case], contenders: dict[str, Contender],
            rounds: int) -> tuple[list[report.Row], list[report.Row]]:
    """Rows for training and for inference."""
    training, inference = [], []
    for case in cases:
        found = measure(case, contenders, rounds)
        training.append(row_of(case, {n: [t.train for t in f] for n, f in found.items()}))
        inference.append(row_of(case, {n: [t.infer for t in f] for n, f in found.items()}))
        print(f"{case}: training {training[-1].ratio:.2f} times, inference "
              f"{inference[-1].ratio:.2f} times the better peer's speed",
              file=sys.stderr, flush=True)
    return training, inference


def keep_to_one_core() -> str:
    """Binds this process, and so those it starts, to one core; says what came of it."""
    if not hasattr(os, "sched_setaffinity"):
        return "any core"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"core {core} only"


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Times Espalier beside PyTorch on one core.")
    parser.add_argument("--espalier", default=str(ROOT / "build/release/espalier"))
    parser.add_argument("--torch-step", default=str(ROOT / "build/torch_step/torch_step"))
    parser.add_argument("--output", type=pathlib.Path,
                        help="Markdown file whose part between the peer markers is replaced")
    parser.add_argument("--rounds", type=int, help="rounds a case (default 7; 3 with --quick)")
    parser.add_argument("--seconds", type=float, default=0.3, help="time for each measurement")
    parser.add_argument("--quick", action="store_true", help="few cases, few rounds")
    given = parser.parse_args()
    given.rounds = given.rounds or (3 if given.quick else 7)
    for name in ("espalier", "torch_step"):
        if not os.access(getattr(given, name), os.X_OK):
            fail(f"{getattr(given, name)}: not a program; build it or give --"
                 f"{name.replace('_', '-')}")
    return given


def main() -> None:
    given = read_arguments()
    where = keep_to_one_core()
    use_one_thread()
    contenders = {"ours": espalier(given.espalier, given.seconds),
                  "pytorch": pytorch(given.seconds),
                  "libtorch": libtorch(given.torch_step, given.seconds)}
    sections = sections_of(given.quick)
    training, inference = rows_of(sections["dense"], contenders, given.rounds)
    _, single = rows_of(sections["single"], contenders, given.rounds)
    sparse, sparse_inference = rows_of(sections["sparse"], contenders, given.rounds)
    text = report.text([("Training step, dense", training),
                        ("Training step under masks", sparse),
                        ("Inference, dense", inference + single),
                        ("Inference under masks", sparse_inference)],
                       f"one thread each, {where}, {given.rounds} rounds of {given.seconds} s")
    print(text)
    if given.output:
        report.write_between_markers(given.output, text, "peer")


if __name__ == "__main__":
    main()
