#!/usr/bin/python3
"""What conformal intervals cover on five real series: the table in docs/intervals.md.

Usage: bench/coverage.py DATA [build/release/espalier]

DATA is a folder with air_quality_uci.csv, ETTh1.csv and vix-daily.csv; the others are in data/. Trains ten
runs, everything not named here by default, in a temporary folder, and prints the rows in Markdown.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
SERIES = {
    "Air Quality (UCI), hourly": ("air_quality_uci.csv", {
        "time": ["Date", "Time"], "target": "CO(GT)", "window": 48, "horizon": 6, "missing_markers": ["", "-200"],
        "missing": "ffill", "features": ["CO(GT)", "PT08.S1(CO)", "C6H6(GT)", "NOx(GT)", "T", "RH"]}),
    "ETTh1, hourly": ("ETTh1.csv", {"time": "date", "target": "OT", "window": 96, "horizon": 24}),
    "Seattle weather, daily": ("seattle-weather.csv", {"time": "date", "target": "temp_max", "window": 14, "horizon": 1}),
    "S&P 500, daily": ("sp500-2000.csv", {"time": "date", "target": "close", "window": 30, "horizon": 1}),
    "VIX, daily": ("vix-daily.csv", {"time": "DATE", "target": "CLOSE", "window": 30, "horizon": 5}),
}
LEVELS = (0.8, 0.9, 0.95)


def cells(espalier, folder, data, model):
    """The figures of one run, as texts."""
    config = {"data": data, "model": {"type": model}, "seed": 42}
    (folder / "config.json").write_text(json.dumps(config))
    subprocess.run([espalier, "train", "config.json", "--out", "run", "--force", "--quiet"], cwd=folder,
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    metrics = json.loads((folder / "run/metrics.json").read_text())
    found = {(one["method"], one["level"]): one for one in metrics["conformal"]["intervals"]}
    texts = []
    for method in ("split", "rolling"):
        for level in LEVELS:
            share = f"{100 * found[method, level]['coverage']:.1f}"
            within = level == 0.9 and 88 <= float(share) <= 92
            texts.append(f"**{share}**" if within else share)
    widths = [f"{found[method, 0.9]['mean_width']:.3g}" for method in ("split", "rolling")]
    rows = sum(1 for _ in open(folder / "run/forecasts.csv")) - 1
    return [str(rows), *texts, *widths]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    given = pathlib.Path(sys.argv[1]).resolve()
    espalier = str(pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else root / "build/release/espalier").resolve())
    with tempfile.TemporaryDirectory() as name:
        for series, (file, data) in SERIES.items():
            path = root / "data" / file if (root / "data" / file).exists() else given / file
            data = {**data, "path": str(path)}
            head = [series, data["target"], f"{data['window']} → {data['horizon']}"]
            for model in ("lstm", "linear"):
                row = head + [model] + cells(espalier, pathlib.Path(name), data, model)
                print("| " + " | ".join(row) + " |", flush=True)
                head = ["", "", ""]


if __name__ == "__main__":
    main()
