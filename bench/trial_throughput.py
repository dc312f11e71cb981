#!/usr/bin/python3
"""How many more trials a minute several threads train than one.

Usage: trial_throughput.py [--espalier PATH] [--config FILE] [--rounds R] [--threads N]

Times the same comparison with one thread and with more, as whole processes in alternating order.
Each process also reads data, checks the config and writes the tables, which only partly runs in
parallel; its share is the smaller, the longer the trials.
"""

import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]


def seconds(program: str, config: str, threads: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        subprocess.run([program, "compare", config, "--threads", str(threads), "--out", folder,
                        "--quiet", "--json"], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description="Trial throughput of several threads over one.")
    parser.add_argument("--espalier", default=str(ROOT / "build/release/espalier"))
    parser.add_argument("--config", default="configs/compare_quick.json")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    ratios = []
    for k in range(given.rounds):
        order = (1, given.threads) if k % 2 == 0 else (given.threads, 1)
        taken = {n: seconds(given.espalier, given.config, n) for n in order}
        ratios.append(taken[1] / taken[given.threads])
        print(f"1 thread {taken[1]:.1f} s, {given.threads} threads {taken[given.threads]:.1f} s, "
              f"ratio {ratios[-1]:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f} "
          f"(from {min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
