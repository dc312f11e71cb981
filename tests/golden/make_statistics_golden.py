"""Writes statistics.json: what SciPy's statistics say of made-up scores.

Run with Debian 12's python3-scipy: /usr/bin/python3 make_statistics_golden.py > statistics.json
"""

import itertools
import json
import math
import random

import numpy
import scipy
from scipy import stats


def scores(rng, count, decimals=None):
    """Decimals make ties; without, there are none. A tie of differences needs exact arithmetic, so
    tied scores are multiples of a power of two."""
    values = [rng.uniform(1, 3) for _ in range(count)]
    return values if decimals is None else [round(v * 2 ** decimals) / 2 ** decimals for v in values]


def summary_cases(rng):
    cases = []
    for count, level in ((2, 0.95), (3, 0.95), (10, 0.95), (10, 0.9), (40, 0.99)):
        values = scores(rng, count)
        reach = stats.t.ppf((1 + level) / 2, count - 1) * stats.sem(values)
        cases.append({"values": values, "level": level, "mean": numpy.mean(values),
                      "standard_deviation": numpy.std(values, ddof=1), "reach": reach,
                      "median": numpy.median(values)})
    return cases


def rank_cases(rng):
    cases = []
    for count, decimals in ((1, None), (7, None), (9, 1), (30, 2), (5, 0)):
        values = scores(rng, count, decimals)
        _, sizes = numpy.unique(values, return_counts=True)
        cases.append({"values": values, "ranks": stats.rankdata(values).tolist(),
                      "tie_term": int(sum(t ** 3 - t for t in sizes))})
    return cases


def friedman_cases(rng):
    cases = []
    for blocks, arms, decimals in ((2, 3, None), (6, 4, None), (14, 4, 3), (72, 4, 2), (5, 9, None),
                                   (10, 3, 1)):
        table = [scores(rng, arms, decimals) for _ in range(blocks)]
        chi_square, p = stats.friedmanchisquare(*zip(*table))
        f = (blocks - 1) * chi_square / (blocks * (arms - 1) - chi_square)
        cases.append({"table": table, "chi_square": chi_square, "chi_square_p": p, "f": f,
                      "f_p": stats.f.sf(f, arms - 1, (arms - 1) * (blocks - 1)),
                      "average_ranks": stats.rankdata(table, axis=1).mean(axis=0).tolist()})
    return cases


def enumerated_p(differences):
    """Two-sided p over all signs, one by one: SciPy has no exact p where ranks tie."""
    ranks = stats.rankdata(numpy.abs(differences))
    total = ranks.sum()
    seen = min(ranks[differences > 0].sum(), ranks[differences < 0].sum())
    extreme = sum(1 for chosen in itertools.product((0, 1), repeat=len(ranks))
                  if min(s := float(numpy.dot(chosen, ranks)), total - s) <= seen)
    return extreme / 2 ** len(ranks)


def wilcoxon_case(values, reference, mode, correction=False):
    differences = numpy.subtract(values, reference)
    differences = differences[differences != 0]
    ranks = stats.rankdata(numpy.abs(differences))
    if mode == "enumerated":
        p = enumerated_p(differences)
    else:
        p = stats.wilcoxon(differences, mode=mode, correction=correction).pvalue
    return {"values": values, "reference": reference, "exact": mode != "approx",
            "continuity_correction": correction, "p": p, "pairs": len(differences),
            "positive_sum": ranks[differences > 0].sum(),
            "negative_sum": ranks[differences < 0].sum(),
            "rank_biserial": float(numpy.dot(numpy.sign(differences), ranks) / ranks.sum()),
            "median_percent_change": float(numpy.median(
                100 * (numpy.array(values) / numpy.array(reference) - 1)))}


def wilcoxon_cases(rng):
    cases = []
    for count, shift in ((1, 0), (2, 0), (5, 0.2), (9, 0.4), (16, 0), (25, 0.8), (25, -0.1)):
        cases.append(wilcoxon_case(scores(rng, count), [v + shift for v in scores(rng, count)],
                                   "exact"))
    for count, decimals in ((6, 1), (10, 2), (14, 2), (14, 3)):
        cases.append(wilcoxon_case(scores(rng, count, decimals), scores(rng, count, decimals),
                                   "enumerated"))
    for count, decimals, shift in ((26, None, 0.2), (72, None, 0), (72, 3, 0.125), (40, 5, 0.25)):
        for correction in (False, True):
            cases.append(wilcoxon_case(scores(rng, count, decimals),
                                       [v + shift for v in scores(rng, count, decimals)],
                                       "approx", correction))
    return cases


def studentized_range_cases():
    cases = []
    for groups in (2, 3, 4, 7, 10, 20):
        for q in (0.5, 2.0, 3.5, 5.0):
            cases.append({"groups": groups, "q": q,
                          "cdf": stats.studentized_range.cdf(q, groups, math.inf)})
    return cases


def studentized_range_quantiles():
    return [{"groups": groups, "alpha": alpha,
             "q": stats.studentized_range.isf(alpha, groups, math.inf)}
            for groups in range(2, 11) for alpha in (0.01, 0.05, 0.1)]


def main():
    rng = random.Random(20250814)
    golden = {
        "made_by": "tests/golden/make_statistics_golden.py",
        "scipy_version": scipy.__version__,
        "summary": summary_cases(rng),
        "ranks": rank_cases(rng),
        "friedman": friedman_cases(rng),
        "wilcoxon": wilcoxon_cases(rng),
        "studentized_range": studentized_range_cases(),
        "studentized_range_quantiles": studentized_range_quantiles(),
    }
    print(json.dumps(golden, separators=(",", ":"), default=lambda number: number.item()))


if __name__ == "__main__":
    main()
