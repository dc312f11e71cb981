"""The table of compare.py: Markdown, with the facts of the machine above it."""

import ctypes
import dataclasses
import datetime
import os
import pathlib
import platform
import re

import torch



@dataclasses.dataclass(frozen=True)
class Row:
    """One case: median microseconds, and how many times ours the better peer takes."""

    model: str
    window: int
    batch: int
    sparsity: float
    ours: float
    pytorch: float
    libtorch: float
    ratio: float
    least: float
    most: float


def cpu() -> str:
    """The CPU's name, and how many cores the system has."""
    name = platform.processor() or "unknown CPU"
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(),
                          re.MULTILINE)
        name = found[1] if found else name
    except OSError:
        pass
    return f"{name}, {os.cpu_count()} cores"


def blas() -> str:
    """The matrix library in this process, PyTorch being loaded: its version, if it is OpenBLAS."""
    try:
        maps = pathlib.Path("/proc/self/maps").read_text()
    except OSError:
        return "BLAS unknown"
    paths = sorted(set(re.findall(r"\S*/lib(?:openblas|mkl_rt|blis|blas)\S*", maps)))
    for path in paths:
        if "openblas" not in path:
            continue
        try:
            config = ctypes.CDLL(path).openblas_get_config
        except (OSError, AttributeError):
            continue
        config.restype = ctypes.c_char_p
        return " ".join(config().decode().split()[:2])
    return pathlib.Path(paths[0]).name if paths else "BLAS built in"


def facts(how: str) -> str:
    mkldnn = "with" if torch.backends.mkldnn.is_available() else "without"
    return (f"Measured on {datetime.date.today().isoformat()}: {cpu()}; PyTorch "
            f"{torch.__version__} on {blas()}, {mkldnn} oneDNN; {how}.")


def microseconds(value: float) -> str:
    """Three significant digits, with thousands set apart."""
    if value >= 100:
        return f"{round(value, 3 - len(str(int(value)))):,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(rows: list[Row]) -> str:
    """With a column for the sparsity if a row has any."""
    masked = any(row.sparsity > 0 for row in rows)
    titles = ["model", "L", "batch"] + ["sparsity"] * masked
    titles += ["ours µs", "PyTorch µs", "libtorch µs", "ratio to the better peer"]
    lines = [titles, ["---"] + ["--:"] * (len(titles) - 1)]
    for row in rows:
        cells = [row.model, str(row.window), str(row.batch)]
        cells += [f"{row.sparsity:g}"] * masked
        cells += [microseconds(t) for t in (row.ours, row.pytorch, row.libtorch)]
        cells += [f"**{row.ratio:.2f}** [{row.least:.2f}, {row.most:.2f}]"]
        lines.append(cells)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def text(sections: list[tuple[str, list[Row]]], how: str) -> str:
    parts = [facts(how),
             "L is the window in rows, of 8 features. Times are medians. A ratio is the time of "
             "the faster of PyTorch and libtorch over ours in the same round: its median over the "
             "rounds, and in brackets the smallest and the largest. PyTorch runs in the fastest of "
             "the forms that `bench/peer/variants.py` tries, and under masks multiplies densely."]
    for title, rows in sections:
        parts += [f"### {title}", table(rows)]
    return "\n\n".join(parts)


def write_between_markers(path: pathlib.Path, content: str, name: str) -> None:
    """Replaces what stands between the markers called `name`; appends them if absent, and makes
    the file."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    block = f"{begin}\n{content}\n{end}"
    old = path.read_text(encoding="utf-8") if path.exists() else "# Performance\n"
    if (old.count(begin), old.count(end)) == (1, 1) and old.index(begin) < old.index(end):
        before, rest = old.split(begin)
        new = before + block + rest.split(end)[1]
    elif begin in old or end in old:
        raise SystemExit(f"{path}: expected one {begin} and then one {end}, or neither; mend it")
    else:
        new = old.rstrip("\n") + f"\n\n{block}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(new, encoding="utf-8")
