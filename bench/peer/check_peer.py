#!/usr/bin/python3
"""Checks that all forms of the PyTorch peer do the same work, before their times are believed.

Usage: check_peer.py TORCH_STEP   (the built torch_step.cpp)

The first forecasts from the same weights on the same data, the losses of the first steps and the
norms of their masked gradients before and after clipping must agree between torch.optim as everyone
uses it and the faster forms; masked weights must be 0; and a changed case must change the losses, so
that agreement means something.
"""

import json
import subprocess
import sys

import torch

from torch_step import BEST, USUAL, Case, Form, Step, patch_rows, use_one_thread

STEPS = 8
TOLERANCE = 2e-5
CASES = (
    Case("rnn", window=1), Case("rnn", window=9, batch=5, sparsity=0.5),
    Case("lstm", window=7, features=3), Case("lstm", window=30, sparsity=0.9),
    Case("patch_transformer", window=1), Case("patch_transformer", window=8),
    # The last patch is filled up with one row (2 of 9) and with two (3 of 16, 4 of 34).
    Case("patch_transformer", window=9, batch=6),
    Case("patch_transformer", window=16, sparsity=0.8),
    Case("patch_transformer", window=34, batch=7, features=2),
)

Trajectory = list[float]


def by_python(case: Case, form: Form) -> Trajectory:
    """The first forecasts' mean square, then for each step its loss and gradient norms."""
    step = Step(case, form)
    found = [step.infer(step.batch).square().mean().item()]
    for _ in range(STEPS):
        found += [step.train_step().item(), *step.grad_norms()]
    for name, parameter in step.network.named_parameters():
        share = (parameter == 0).double().mean().item()
        is_masked = case.sparsity > 0 and parameter.dim() > 1 and name != "positions"
        expected = case.sparsity if is_masked else 0.0
        # Of 64 weights, the smallest matrix, the share of masked ones strays by chance.
        if abs(share - expected) > 0.25:
            raise SystemExit(f"{case}: {share:.0%} of {name} are 0, expected {expected:.0%}")
    return found


def by_cpp(program: str, case: Case) -> Trajectory:
    arguments = [program, "--losses", str(STEPS)]
    for name in ("model", "window", "batch", "features", "sparsity"):
        arguments += [f"--{name}", str(getattr(case, name))]
    found = json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)
    steps = zip(found["losses"], found["grad_norms"], strict=True)
    return [found["forecast"]] + [value for loss, norms in steps for value in (loss, *norms)]


def difference(one: Trajectory, other: Trajectory) -> float:
    """The largest difference, relative for values above 1."""
    return max(abs(a - b) / max(1.0, abs(a)) for a, b in zip(one, other, strict=True))


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: check_peer.py TORCH_STEP")
    use_one_thread()
    assert [patch_rows(w) for w in (1, 7, 8, 14, 15, 30, 31)] == [1, 1, 2, 2, 3, 3, 4]
    seen: list[Trajectory] = []
    for case in CASES:
        usual = by_python(case, USUAL)
        for name, found in (("the fastest form", by_python(case, BEST)),
                            ("Adam with foreach", by_python(case, Form(flat=False, foreach=True))),
                            ("libtorch", by_cpp(sys.argv[1], case))):
            strayed = difference(usual, found)
            if not strayed <= TOLERANCE:
                raise SystemExit(f"{case}: {name} strays from torch.optim's usual form by "
                                 f"{strayed:.1e}, expected at most {TOLERANCE:.0e}")
        if any(difference(usual, other) <= 10 * TOLERANCE for other in seen):
            raise SystemExit(f"{case}: same losses as another case; the check would see nothing")
        if usual[-3] == usual[1]:
            raise SystemExit(f"{case}: the loss doesn't change, so nothing is trained")
        seen.append(usual)
    print(f"The peer's forms agree in {len(CASES)} cases (PyTorch {torch.__version__}).")


if __name__ == "__main__":
    main()
