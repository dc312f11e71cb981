#!/usr/bin/python3
"""Compares authors_arrangement.py with the numbers in tests/golden.

Usage: test_authors_arrangement.py

author_lstm_etth1 is by the published scripts themselves (needs data/ETTh1.csv: data/fetch.sh),
author_replay by another program of this project.
"""

import json
import pathlib
import struct
import unittest

import torch

import authors_arrangement as authors
from authors_arrangement import Plan, Pruning

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
ETTH1 = ROOT / "data" / "ETTh1.csv"

Tensors = dict[str, torch.Tensor]


def read_safetensors(path: pathlib.Path) -> Tensors:
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header, data = json.loads(raw[8:8 + length]), raw[8 + length:]
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


class Golden(unittest.TestCase):
    def compare(self, plan: Plan, data: authors.Data, expected: dict[str, object], stem: str,
                final: str) -> None:
        network = authors.NETWORKS[plan.model](data.x.shape[2], plan)
        network.load_state_dict(read_safetensors(GOLDEN / f"{stem}.init.safetensors"))
        found = authors.run(data, plan, network)
        self.assertEqual(found["epochs"], expected["epochs"])
        for key in ("mae", "rmse", "train_loss", "val_loss"):
            torch.testing.assert_close(torch.tensor(found[key]), torch.tensor(expected[key]),
                                       rtol=2e-5, atol=1e-6, msg=lambda m: f"{stem} {key}: {m}")
        weights = read_safetensors(GOLDEN / final)
        for name, weight in network.state_dict().items():
            torch.testing.assert_close(weight, weights[name], rtol=1e-4, atol=1e-5,
                                       msg=lambda m: f"{stem} {plan.arm} {name}: {m}")

    def replay(self, name: str) -> None:
        """Early stopping and dropout have no part in these."""
        golden = json.loads((GOLDEN / "author_replay" / f"{name}.json").read_text())
        given, model, rule = golden["config"]["data"], golden["config"]["model"], golden["pruning"]
        sizes = {key: value for key, value in model.items()
                 if key in ("hidden", "embed", "heads", "layers", "feed_forward")}
        features, target = authors.read_columns(str(ROOT / "data" / given["path"]),
                                                given["target"], given["rows"])
        data = authors.prepare(features, target, given["window"])
        for arm in ("none", "pruning"):
            plan = Plan(model["type"], given["window"], arm, batch=32, epochs=4, shuffle=False,
                        rate=0.0, **sizes,
                        pruning=Pruning(rule["min_sparsity"], rule["max_sparsity"],
                                        rule["warmup_epochs"], rule["every"]))
            with self.subTest(arm):
                self.compare(plan, data, golden["results"][arm], f"author_replay/{name}",
                             f"author_replay/{name}.{arm}.final.safetensors")

    def test_rnn(self) -> None:
        self.replay("rnn_seattle")

    def test_patch_transformer(self) -> None:
        self.replay("patch_seattle")
        self.replay("patch_seattle_long")

    @unittest.skipUnless(ETTH1.exists(), f"{ETTH1} is missing: data/fetch.sh gets it")
    def test_lstm_of_the_scripts(self) -> None:
        golden = json.loads((GOLDEN / "author_lstm_etth1.json").read_text())
        rule = golden["pruning"]
        features, target = authors.read_columns(str(ETTH1), golden["target"], golden["rows"])
        data = authors.prepare(features, target, golden["length"])
        for arm in ("none", "pruning"):
            plan = Plan("lstm", golden["length"], arm, hidden=16, epochs=golden["epochs"],
                        batch=golden["batch"], shuffle=False,
                        pruning=Pruning(rule["min_rate"], rule["max_rate"], rule["warmup_epochs"],
                                        rule["every_batches"]))
            with self.subTest(arm):
                self.compare(plan, data, golden["results"][arm], "author_lstm_etth1",
                             f"author_lstm_etth1.{arm}.final.safetensors")


class Rules(unittest.TestCase):
    def test_stops_when_each_epoch_is_worse_than_the_one_before(self) -> None:
        self.assertFalse(authors.stops([1, 2, 3], 3))
        self.assertTrue(authors.stops([1, 2, 3, 3], 3))
        # Worse than the best for three epochs, but not than the one before.
        self.assertFalse(authors.stops([1, 4, 3, 2], 3))
        self.assertFalse(authors.stops([1, 2, 3, 2, 3, 4], 3))

    def test_dropout_by_arm(self) -> None:
        rates = {(model, arm): Plan(model, 7, arm).dropout_rate()
                 for model in ("lstm", "patch_transformer") for arm in authors.ARMS}
        self.assertEqual([rates["lstm", arm] for arm in authors.ARMS], [0, 0.3, 0.3, 0])
        self.assertEqual([rates["patch_transformer", arm] for arm in authors.ARMS],
                         [0, 0.3, 0.3, 0.3])

    def test_one_mc_pass_differs_from_the_next(self) -> None:
        torch.manual_seed(1)
        data = authors.prepare(torch.randn(40, 2), torch.randn(40, 1), 3)
        scores = {}
        for arm in ("dropout", "mc_dropout"):
            plan = Plan("rnn", 3, arm, epochs=0, patience=1)
            network = authors.NETWORKS["rnn"](2, plan)
            scores[arm] = {authors.run(data, plan, network)["mae"] for _ in range(3)}
        self.assertEqual([len(s) for s in scores.values()], [1, 3])

    def test_max_sparsity_above_one_freezes(self) -> None:
        plan = Plan("lstm", 3, "pruning")
        pruning = authors.SynapticPruning(authors.Lstm(2, plan), plan, authors.PRUNING["lstm"])
        pruning.prune(0.98)
        before = pruning.sparsity()
        pruning.prune(1.1)
        self.assertAlmostEqual(before, 0.98, delta=1e-3)
        self.assertEqual(pruning.sparsity(), before)


if __name__ == "__main__":
    unittest.main()
