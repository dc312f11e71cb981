#!/usr/bin/python3
"""Times whole experiments: espalier compare beside the scripts' arrangement of the same trials.

Usage: compare_trials.py [--espalier PATH] [--rounds R] [--trials N] [--model M…] [--output FILE]

The trials are cells of configs/paper_author.json: L = 14 and 30, all four arms, on the shipped
S&P 500 data, protocol "author". Each side may use all cores: Espalier trains as many trials at a
time as there are cores; PyTorch runs as the scripts are, one process with a thread for each core,
and, as they could be run, as processes of one thread, one for each core, that share the trials.
Everything is timed as a user waits for it, from the start of a program to its end, in rounds whose
order alternates. Seeds draw other weights on each side, so early stopping ends at other epochs: the
ratio is also given per epoch trained.
"""

import argparse
import csv
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import report

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ROOT / "configs/paper_author.json"
DATA, TARGET = ROOT / "data/sp500-2000.csv", "close"
WINDOWS = (14, 30)
ARMS = ("none", "dropout", "mc_dropout", "pruning")
FIRST_SEED = 42


@dataclasses.dataclass(frozen=True)
class Taken:
    """Wall-clock seconds of a whole experiment, and the epochs trained in it."""

    seconds: float
    epochs: int


def fail(command: list[str], done: subprocess.CompletedProcess) -> None:
    raise SystemExit(f"compare_trials.py: {' '.join(command)}: exit code {done.returncode}: "
                     f"{done.stderr.strip()}")


def ours(program: str, model: str, trials: int) -> Taken:
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "compare", str(CONFIG), "--only", "data=sp500", "--only",
                   f"model={model}", "--only", f"data.window={','.join(map(str, WINDOWS))}", "-o",
                   f"trials={trials}", "--threads", str(os.cpu_count()), "--out", folder, "--quiet"]
        begin = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        seconds = time.perf_counter() - begin
        if done.returncode != 0:
            fail(command, done)
        with open(pathlib.Path(folder) / "results.csv", newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["kind"] == "arm"]
    return Taken(seconds, sum(int(row["epochs"]) for row in rows))


def theirs(model: str, trials: int, processes: int) -> Taken:
    """As many processes as said, which have the cores between them."""
    command = [sys.executable, str(ROOT / "bench/peer/authors_arrangement.py"), "--data", str(DATA),
               "--target", TARGET, "--model", model, "--window", *map(str, WINDOWS), "--arm", *ARMS,
               "--seed", *(str(FIRST_SEED + t) for t in range(trials)), "--threads",
               str(max(1, (os.cpu_count() or 1) // processes))]
    begin = time.perf_counter()
    running = [subprocess.Popen([*command, "--share", str(k), str(processes)],
                                stdout=subprocess.PIPE, text=True) for k in range(processes)]
    printed = [process.communicate()[0] for process in running]
    seconds = time.perf_counter() - begin
    if any(process.returncode != 0 for process in running):
        raise SystemExit(f"compare_trials.py: {' '.join(command)} failed")
    epochs = sum(json.loads(line)["epochs"] for text in printed for line in text.splitlines())
    return Taken(seconds, epochs)


def measure(program: str, model: str, trials: int, rounds: int) -> dict[str, list[Taken]]:
    """Each side's times, one a round."""
    contenders = {"ours": lambda: ours(program, model, trials),
                  "processes": lambda: theirs(model, trials, os.cpu_count() or 1),
                  "threads": lambda: theirs(model, trials, 1)}
    taken: dict[str, list[Taken]] = {name: [] for name in contenders}
    for k in range(rounds):
        names = list(contenders)[k % 3:] + list(contenders)[:k % 3]
        for name in names:
            taken[name].append(contenders[name]())
            print(f"{model}: {name} {taken[name][-1].seconds:.1f} s, "
                  f"{taken[name][-1].epochs} epochs", file=sys.stderr, flush=True)
    return taken


def ratio_cell(peer: list[Taken], own: list[Taken]) -> str:
    """Median and range of the ratios of a round, and the median per epoch."""
    pairs = list(zip(peer, own, strict=True))
    ratios = [p.seconds / o.seconds for p, o in pairs]
    per_epoch = [r * o.epochs / p.epochs for r, (p, o) in zip(ratios, pairs, strict=True)]
    return (f"**{statistics.median(ratios):.1f}** [{min(ratios):.1f}, {max(ratios):.1f}], "
            f"per epoch {statistics.median(per_epoch):.1f}")


def row(model: str, trials: int, taken: dict[str, list[Taken]]) -> str:
    medians = {name: statistics.median(t.seconds for t in found) for name, found in taken.items()}
    return (f"| {model} | {len(WINDOWS) * len(ARMS) * trials} | {medians['ours']:.1f} | "
            f"{medians['threads']:.0f} | {ratio_cell(taken['threads'], taken['ours'])} | "
            f"{medians['processes']:.0f} | {ratio_cell(taken['processes'], taken['ours'])} |")


def main() -> None:
    parser = argparse.ArgumentParser(description="Times whole experiments on all cores.")
    parser.add_argument("--espalier", default=str(ROOT / "build/release/espalier"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=1, help="of each cell (default 1)")
    parser.add_argument("--model", nargs="+", default=["rnn", "lstm"])
    parser.add_argument("--output", type=pathlib.Path,
                        help="Markdown file whose part between the trials markers is replaced")
    given = parser.parse_args()
    rows = [row(model, given.trials, measure(given.espalier, model, given.trials, given.rounds))
            for model in given.model]
    text = "\n".join([
        report.facts(f"all cores for each side, {given.rounds} rounds"), "",
        "| model | trials | ours s | scripts, one process s | ratio | scripts, a process a core s | "
        "ratio |",
        "| --- | --: | --: | --: | --: | --: | --: |", *rows])
    print(text)
    if given.output:
        report.write_between_markers(given.output, text, "trials")


if __name__ == "__main__":
    main()
