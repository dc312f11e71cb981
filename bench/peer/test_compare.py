#!/usr/bin/python3
"""Tests of compare.py and report.py with stand-ins in place of the programs.

Usage: test_compare.py
"""

import pathlib
import stat
import sys
import tempfile
import unittest

import compare
import report
from torch_step import Case, median_us

STAND_IN = """#!{python}
import json, sys
given = dict(zip(sys.argv[2::2], sys.argv[3::2]))
assert sys.argv[1] == "bench" and sys.argv[-1] == "--json" and given["--features"] == "8"
assert float(given["--seconds"]) == 0.25
print(json.dumps([{{"model": given["--model"], "window": {window}, "batch": int(given["--batch"]),
                    "sparsity": float(given["--sparsity"]), "step_us": {step}, "infer_us": 3}}]))
"""


def stand_in(window: str = 'int(given["--window"])', step: str = "70.5") -> str:
    """A program that answers like `espalier bench`, but for what the arguments spoil."""
    return STAND_IN.format(python=sys.executable, window=window, step=step)


class Compare(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def program(self, text: str) -> str:
        path = self.path / "stand_in"
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def test_reads_the_bench_command(self) -> None:
        times = compare.espalier(self.program(stand_in()), 0.25)(Case("lstm", 8, sparsity=0.5))
        self.assertEqual(times, compare.Times(70.5, 3))

    def test_refuses_what_it_did_not_ask_for(self) -> None:
        for text, words in ((stand_in(window="9"), '"window" is 9, asked for 8'),
                            (stand_in(step="0"), '"step_us" is 0, expected'),
                            ("#!/bin/sh\necho '[]'\n", "a list of one object"),
                            ("#!/bin/sh\necho no\n", "expected JSON"),
                            ("#!/bin/sh\necho sad >&2; exit 3\n", "code 3: sad")):
            with self.subTest(words), self.assertRaises(SystemExit) as caught:
                compare.espalier(self.program(text), 0.25)(Case("lstm", 8))
            self.assertIn(words, str(caught.exception))

    def test_the_order_rotates(self) -> None:
        order: list[str] = []

        def contender(name: str) -> compare.Contender:
            return lambda case: order.append(name) or compare.Times(1, 1)

        compare.measure(Case("rnn"), {name: contender(name) for name in "abc"}, 4)
        self.assertEqual("".join(order), "abc" "bca" "cab" "abc")

    def test_ratios_are_taken_within_a_round(self) -> None:
        # Rounds of a machine that slows down to a third: medians' ratio would be 70 / 30.
        times = {"ours": [10.0, 30.0, 40.0], "pytorch": [90.0, 90.0, 90.0],
                 "libtorch": [50.0, 75.0, 70.0]}
        row = compare.row_of(Case("rnn"), times)
        self.assertEqual((row.ours, row.pytorch, row.libtorch), (30, 90, 70))
        self.assertEqual((row.ratio, row.least, row.most), (2.5, 1.75, 5))

    def test_the_better_peer_counts(self) -> None:
        times = {"ours": [1.0], "pytorch": [4.0], "libtorch": [5.0]}
        self.assertEqual(compare.row_of(Case("rnn"), times).ratio, 4)

    def test_cases(self) -> None:
        sections = compare.sections_of(quick=False)
        self.assertEqual({name: len(cases) for name, cases in sections.items()},
                         {"dense": 12, "single": 12, "sparse": 15})
        self.assertTrue(all(case.batch == 1 for case in sections["single"]))
        self.assertTrue(all(case.window == 30 for case in sections["sparse"]))

    def test_median_of_times(self) -> None:
        # A clock that each call moves on by 1, 2, 3, … ms; the warm-up takes the first five.
        now, calls = [0.0], [0]

        def call() -> None:
            calls[0] += 1
            now[0] += calls[0] / 1000

        # Timed: 6, 7, 8 and 9 ms, after which 0.03 s are over.
        self.assertAlmostEqual(median_us(call, 0.03, lambda: now[0]), 7500)


class Report(unittest.TestCase):
    ROW = report.Row("lstm", 30, 64, 0.0, 1234.5, 56.78, 9.876, 4.444, 3.333, 5.555)

    def test_table(self) -> None:
        self.assertEqual(report.table([self.ROW]).splitlines()[2],
                         "| lstm | 30 | 64 | 1,230 | 56.8 | 9.88 | **4.44** [3.33, 5.55] |")
        self.assertEqual([report.microseconds(t) for t in (99999, 150.4, 100, 10, 2)],
                         ["100,000", "150", "100", "10.0", "2.00"])
        self.assertNotIn("sparsity", report.table([self.ROW]))

    def test_rows_are_as_wide_as_titles(self) -> None:
        row = report.Row("lstm", 30, 64, 0.9, 1, 2, 3, 4, 5, 6)
        lines = report.table([row]).splitlines()
        self.assertEqual({line.count("|") for line in lines}, {9})
        self.assertIn("| 0.9 |", lines[2])

    def test_markers(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "docs" / "performance.md"
            report.write_between_markers(path, "one", "peer")
            self.assertEqual(path.read_text(),
                             f"# Performance\n\n<!-- peer:begin -->\none\n<!-- peer:end -->\n")
            path.write_text(f"before\n<!-- peer:begin -->\none\n<!-- peer:end -->\nafter\n")
            report.write_between_markers(path, "two", "peer")
            self.assertEqual(path.read_text(),
                             f"before\n<!-- peer:begin -->\ntwo\n<!-- peer:end -->\nafter\n")
            path.write_text(f"before\n<!-- peer:end -->\n<!-- peer:begin -->\n")
            with self.assertRaises(SystemExit):
                report.write_between_markers(path, "three", "peer")


if __name__ == "__main__":
    unittest.main()
