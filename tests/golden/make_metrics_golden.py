"""Writes metrics.json: scores of made-up forecasts by other formulas than Espalier's.

Errors by NumPy on whole arrays; the pinball loss of two bounds from the interval score (Winkler
1972); the CRPS of 20 quantiles, taken as equally likely values, as the integral of the squared
difference of distribution functions and by E|X - y| - E|X - X'| / 2.

Run with Debian 12's python3-scipy: /usr/bin/python3 make_metrics_golden.py > metrics.json
"""

import json

import numpy
import scipy
from scipy import integrate, stats

QUANTILES = 20


def error_case(rng, count, zeros, season):
    actual = rng.normal(3, 5, count).round(3)
    actual[rng.choice(count, zeros, replace=False)] = 0
    forecast = actual + rng.normal(0.2, 2, count).round(3)
    if zeros > 1:  # both 0: no error
        forecast[numpy.flatnonzero(actual == 0)[0]] = 0
    training = rng.normal(3, 5, 40).round(3)
    errors = actual - forecast
    naive = numpy.mean(numpy.abs(numpy.subtract(training[season:], training[:-season])))
    known = actual != 0
    both = numpy.abs(actual) + numpy.abs(forecast)
    return {"actual": actual.tolist(), "forecast": forecast.tolist(),
            "training": training.tolist(), "season": season, "naive": naive,
            "mae": numpy.linalg.norm(errors, 1) / count,
            "rmse": numpy.linalg.norm(errors) / numpy.sqrt(count),
            "zeros": int(count - known.sum()),
            "mape": 100 * numpy.average(numpy.abs(1 - forecast[known] / actual[known])),
            "smape": 100 * numpy.mean(2 * numpy.abs(numpy.divide(
                errors, both, out=numpy.zeros(count), where=both > 0))),
            "mase": numpy.mean(numpy.abs(errors)) / naive}


def interval_case(rng, count, level):
    actual = rng.normal(0, 1, count).round(3)
    lower = (actual + rng.normal(-1.2, 1, count)).round(3)
    upper = lower + rng.uniform(0, 3, count).round(3)
    lower[0] = actual[0]  # on its bound: inside
    upper[0] = actual[0] + 1
    alpha = 1 - level
    below, above = numpy.clip(lower - actual, 0, None), numpy.clip(actual - upper, 0, None)
    score = (upper - lower) + 2 / alpha * (below + above)
    return {"actual": actual.tolist(), "lower": lower.tolist(), "upper": upper.tolist(),
            "level": level, "coverage": numpy.mean((below == 0) & (above == 0)),
            "mean_width": numpy.mean(upper - lower), "pinball": alpha / 4 * numpy.mean(score)}


def integrated_crps(values, y):
    """The integrand is a constant between neighbours of the values and y."""
    knots = numpy.sort(numpy.append(values, y))
    total = 0.0
    for a, b in zip(knots[:-1], knots[1:]):
        middle = (a + b) / 2
        height = (numpy.mean(values <= middle) - float(y <= middle)) ** 2
        total += integrate.quad(lambda _, h=height: h, a, b)[0] if b > a else 0
    return total


def crps_case(rng, count):
    actual = rng.normal(0, 2, count).round(3)
    centres, scales = rng.normal(0, 1, count), rng.uniform(0.5, 3, count)
    levels = (numpy.arange(QUANTILES) + 0.5) / QUANTILES
    table = stats.norm.ppf(levels[None, :], centres[:, None], scales[:, None]).round(6)
    spread = [numpy.mean(numpy.abs(row - y)) - numpy.mean(numpy.abs(row[:, None] - row)) / 2
              for row, y in zip(table, actual)]
    integral = [integrated_crps(row, y) for row, y in zip(table, actual)]
    assert numpy.allclose(spread, integral, rtol=0, atol=1e-12)
    return {"actual": actual.tolist(), "quantiles": table.T.tolist(), "crps": numpy.mean(integral)}


def main():
    rng = numpy.random.default_rng(20260707)
    golden = {
        "made_by": "tests/golden/make_metrics_golden.py",
        "numpy_version": numpy.__version__,
        "scipy_version": scipy.__version__,
        "errors": [error_case(rng, *sizes) for sizes in ((1, 0, 1), (9, 0, 1), (50, 3, 1),
                                                         (50, 1, 7), (300, 20, 12))],
        "intervals": [interval_case(rng, *sizes) for sizes in ((1, 0.9), (25, 0.8), (60, 0.95),
                                                               (200, 0.5))],
        "crps": [crps_case(rng, count) for count in (1, 7, 40)],
    }
    print(json.dumps(golden, separators=(",", ":"), default=lambda number: number.item()))


if __name__ == "__main__":
    main()
