#!/usr/bin/env python3
"""Writes honest_pruning.json: the honest pruning rule worked out by plain sorting.

Three tensors, six updates. Before each update every live weight gets a new value, rounded to one
decimal so that there are many ties. The rule: the weakest live weights go until floor(target * n)
are pruned in all; equal magnitudes go in order of position; each tensor keeps its `floor`
strongest, of equal ones the later.
"""
import json
import pathlib
import random

random.seed(7)
SIZES = {"a": 40, "b": 25, "c": 3}
TARGETS = [0.1, 0.25, 0.25, 0.6, 0.9, 1.0]
FLOOR = 2


def update(weights, pruned, target):
    total = sum(SIZES.values())
    ranked = []
    for number, name in enumerate(SIZES):
        live = [i for i in range(SIZES[name]) if not pruned[name][i]]
        by_strength = sorted(live, key=lambda i: (abs(weights[name][i]), i))
        candidates = by_strength[: max(0, len(by_strength) - FLOOR)]
        ranked += [(abs(weights[name][i]), number, i, name) for i in candidates]
    already = sum(sum(marks) for marks in pruned.values())
    for _, _, i, name in sorted(ranked)[: max(0, int(target * total + 1e-9) - already)]:
        pruned[name][i] = True


def main():
    pruned = {name: [False] * size for name, size in SIZES.items()}
    updates = []
    for target in TARGETS:
        weights = {
            name: [0.0 if pruned[name][i] else round(random.gauss(0, 0.4), 1) for i in range(size)]
            for name, size in SIZES.items()
        }
        update(weights, pruned, target)
        marks = {name: "".join("01"[mark] for mark in pruned[name]) for name in SIZES}
        updates.append({"target": target, "weights": weights, "pruned": marks})
    result = {"sizes": SIZES, "floor": FLOOR, "updates": updates}
    path = pathlib.Path(__file__).with_name("honest_pruning.json")
    path.write_text(json.dumps(result) + "\n")


main()
