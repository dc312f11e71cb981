#!/usr/bin/python3
"""The models of the comparison in PyTorch: a step of training and one of inference.

Usage: torch_step.py --model M [--window L] [--batch B] [--features F] [--sparsity S] [--seconds T]
prints one JSON line with the median times, like torch_step.cpp, which does the same in C++.

All work is done by PyTorch's own modules and optimizer. `Form` lists the choices that change their
speed but not what they compute; BEST is the fastest, and variants.py measures the others.
"""

import argparse
import copy
import dataclasses
import json
import math
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

HIDDEN = 64
EMBED, HEADS, LAYERS, FEED_FORWARD = 64, 4, 2, 256
LEARNING_RATE = 1e-3
MAX_GRAD_NORM = 1.0
INIT_BOUND = 0.25
# Large enough for gradients that clipping shortens.
TARGET_DEVIATION = 10.0
SEED = 42


@dataclasses.dataclass(frozen=True)
class Case:
    """What is computed: x [batch, window, features] -> [batch, 1]."""

    model: str
    window: int = 30
    batch: int = 64
    features: int = 8
    # Share of the elements of weight matrices that masks hold at 0.
    sparsity: float = 0.0


@dataclasses.dataclass(frozen=True)
class Form:
    """How PyTorch is asked for it. variants.py prints what each choice is worth."""

    # Parameters are views of one tensor, their gradients of another: Adam, clipping and masks take
    # a single call each. Otherwise each is a loop over tensors.
    flat: bool = True
    # The forward pass of training as a TorchScript trace, rather than Python.
    traced: bool = False
    # Inference by a frozen trace, rather than Python.
    frozen: bool = True
    # Sequences in training are [batch, time, feature], otherwise [time, batch, feature].
    batch_first: bool = False
    # Adam's loops inside torch._foreach_* calls. There is no fused Adam for CPUs.
    foreach: bool = False
    # zero_grad drops gradients, otherwise fills them with zeros. Flat ones are always filled.
    set_to_none: bool = True


# By variants.py on a busy 2-core AMD EPYC, where differences below a tenth are noise; in training
# with windows of 1, 8, 30 and 60 rows:
# - flat = False costs 60, 33, 13, 10 % (rnn), 38, 12, 24, 17 % (lstm), 49, 30, 29, 15 %
#   (transformer); foreach = True gives a tenth of the whole back, where it gives anything;
# - traced = True changes nothing for rnn and lstm; the transformer's step takes 0.84, 0.91, 1.06,
#   1.11 times as long. What it saves on short windows is Python, which libtorch saves too;
# - batch_first and set_to_none make no difference;
# - frozen = False makes inference at batch 1 take 2.3 times as long (transformer), 1.4 times (rnn,
#   1 row), and at batch 64 a few percent longer.
BEST = Form()
# What a first PyTorch script has.
USUAL = Form(flat=False, frozen=False, batch_first=True)


class Recurrent(nn.Module):
    """The last hidden state of one layer into Linear(hidden, 1)."""

    def __init__(self, kind: type[nn.RNNBase], features: int, batch_first: bool) -> None:
        super().__init__()
        self.rnn = kind(features, HIDDEN, batch_first=batch_first)
        self.has_cell = kind is nn.LSTM
        self.head = nn.Linear(HIDDEN, 1)

    def forward(self, x: Tensor) -> Tensor:
        # h_n, not output[-1], whose gradient would be a tensor of zeros for all other rows.
        _, state = self.rnn(x)
        return self.head((state[0] if self.has_cell else state)[0])


def patch_rows(window: int) -> int:
    """Rows of a patch by window, as in the scripts of arXiv 2508.09330."""
    return 1 if window <= 7 else 2 if window <= 14 else 3 if window <= 30 else 4


class PatchTransformer(nn.Module):
    """The form of arXiv 2508.09330's scripts: all channels of a patch in one token, learned
    positions, post-norm encoder, LayerNorm, mean over patches into Linear(embed, 1)."""

    def __init__(self, features: int, window: int, batch_first: bool) -> None:
        super().__init__()
        self.batch_first = batch_first
        self.patch = patch_rows(window)
        self.count = -(-window // self.patch)
        self.missing = self.count * self.patch - window
        self.patch_embedding = nn.Linear(self.patch * features, EMBED)
        self.positions = nn.Parameter(torch.randn(self.count, EMBED))
        layer = nn.TransformerEncoderLayer(EMBED, HEADS, FEED_FORWARD, dropout=0.0,
                                           batch_first=batch_first)
        self.encoder = nn.TransformerEncoder(layer, LAYERS)
        self.norm = nn.LayerNorm(EMBED)
        self.head = nn.Linear(EMBED, 1)

    def patches(self, x: Tensor) -> Tensor:
        """Rows of each patch side by side; the last row is repeated to fill the last patch."""
        time_axis = 1 if self.batch_first else 0
        if self.missing:
            last = x.narrow(time_axis, x.shape[time_axis] - 1, 1)
            x = torch.cat([x] + [last] * self.missing, dim=time_axis)
        x = x.unflatten(time_axis, (self.count, self.patch))
        return x.flatten(2) if self.batch_first else x.transpose(1, 2).flatten(2)

    def forward(self, x: Tensor) -> Tensor:
        positions = self.positions if self.batch_first else self.positions.unsqueeze(1)
        tokens = self.encoder(self.patch_embedding(self.patches(x)) + positions)
        return self.head(self.norm(tokens).mean(1 if self.batch_first else 0))


MODELS: dict[str, Callable[[Case, bool], nn.Module]] = {
    "rnn": lambda case, batch_first: Recurrent(nn.RNN, case.features, batch_first),
    "lstm": lambda case, batch_first: Recurrent(nn.LSTM, case.features, batch_first),
    "patch_transformer": lambda case, batch_first: PatchTransformer(
        case.features, case.window, batch_first),
}


def use_one_thread() -> None:
    """The settings of the whole process."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


def by_name(network: nn.Module) -> list[tuple[str, nn.Parameter]]:
    return sorted(network.named_parameters())


def initialise(network: nn.Module) -> None:
    """Uniform in the order of names, so that torch_step.cpp draws the same numbers."""
    with torch.no_grad():
        for _, parameter in by_name(network):
            parameter.uniform_(-INIT_BOUND, INIT_BOUND)


def draw_masks(network: nn.Module, sparsity: float) -> list[Tensor]:
    """A mask for each parameter by name, 1 where it stays. All ones but for weight matrices."""
    masks = []
    for name, parameter in by_name(network):
        if parameter.dim() > 1 and name != "positions":
            masks.append((torch.rand(parameter.shape) >= sparsity).float())
        else:
            masks.append(torch.ones(parameter.shape))
    return masks


def flatten(parameters: list[nn.Parameter]) -> nn.Parameter:
    """Makes the parameters and their gradients views of the result and its gradient."""
    whole = nn.Parameter(torch.cat([p.data.flatten() for p in parameters]))
    whole.grad = torch.zeros_like(whole)
    begin = 0
    for p in parameters:
        end = begin + p.numel()
        p.data = whole.data[begin:end].view_as(p)
        p.grad = whole.grad[begin:end].view_as(p)
        begin = end
    return whole


class Step:
    """Training on one fixed batch, and inference with the weights it begins with. Weights are
    masked from the end of the first step; zeros cost PyTorch as much as other numbers."""

    def __init__(self, case: Case, form: Form = BEST) -> None:
        self.form = form
        self.network = MODELS[case.model](case, form.batch_first)
        torch.manual_seed(SEED)
        initialise(self.network)
        self.masks = draw_masks(self.network, case.sparsity)
        x = torch.randn(case.batch, case.window, case.features)
        self.target = TARGET_DEVIATION * torch.randn(case.batch, 1)
        self.x = x if form.batch_first else x.transpose(0, 1).contiguous()
        self.tensors = [p for _, p in by_name(self.network)]
        if form.flat:
            self.tensors = [flatten(self.tensors)]
            self.masks = [torch.cat([mask.flatten() for mask in self.masks])]
        self.masked = case.sparsity > 0
        self.adam = torch.optim.Adam(self.tensors, lr=LEARNING_RATE, foreach=form.foreach)
        self.forward: Callable[[Tensor], Tensor] = self.network
        if form.traced:
            # Its check runs without gradients first. Otherwise TorchScript's own derivatives take
            # over, and the transformer's step takes half as long again.
            self.forward = torch.jit.trace(self.network, self.x)
        self.prepare_inference(case, x)

    def prepare_inference(self, case: Case, x: Tensor) -> None:
        # TransformerEncoderLayer has a fast path for inference, but only with the batch first.
        batch_first = self.form.batch_first or case.model == "patch_transformer"
        network = MODELS[case.model](case, batch_first).eval()
        network.load_state_dict(copy.deepcopy(self.network.state_dict()))
        self.batch = x if batch_first else x.transpose(0, 1).contiguous()
        self.infer_forward: Callable[[Tensor], Tensor] = network
        if self.form.frozen:
            with torch.no_grad():
                trace = torch.jit.trace(network, self.batch, check_trace=False)
            self.infer_forward = torch.jit.freeze(trace)

    def apply_masks(self, tensors: list[Tensor]) -> None:
        with torch.no_grad():
            torch._foreach_mul_(tensors, self.masks)

    def train_step(self) -> Tensor:
        """Forward, backward, clip, Adam, masks. Returns the loss before it."""
        if self.form.flat:
            self.tensors[0].grad.zero_()
        else:
            self.adam.zero_grad(set_to_none=self.form.set_to_none)
        loss = nn.functional.mse_loss(self.forward(self.x), self.target)
        loss.backward()
        if self.masked:
            self.apply_masks([p.grad for p in self.tensors])
        self.found_norm = nn.utils.clip_grad_norm_(self.tensors, MAX_GRAD_NORM)
        self.adam.step()
        if self.masked:
            self.apply_masks(self.tensors)
        return loss

    def grad_norms(self) -> tuple[float, float]:
        """Of the last step's gradient: as clipping found it, and as Adam did."""
        squares = sum(p.grad.double().square().sum().item() for p in self.tensors)
        return self.found_norm.item(), math.sqrt(squares)

    def infer(self, batch: Tensor) -> Tensor:
        """Forecasts for `batch`, laid out as self.batch."""
        with torch.inference_mode():
            return self.infer_forward(batch)


def median_us(call: Callable[[], object], seconds: float,
              clock: Callable[[], float] = time.perf_counter) -> float:
    """Median time of a call, in microseconds, over `seconds` after a warm-up of a third as long."""
    times: list[float] = []
    # TorchScript specialises its code in the first calls.
    for duration, least in ((seconds / 3, 5), (seconds, 3)):
        times.clear()
        end = clock() + duration
        while (begin := clock()) < end or len(times) < least:
            call()
            times.append(clock() - begin)
    return 1e6 * statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description="Times PyTorch's training step and inference.")
    parser.add_argument("--model", choices=MODELS, required=True)
    parser.add_argument("--window", type=int, default=30)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--features", type=int, default=8)
    parser.add_argument("--sparsity", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=0.3)
    given = parser.parse_args()
    use_one_thread()
    step = Step(Case(given.model, given.window, given.batch, given.features, given.sparsity))
    print(json.dumps({"train_us": median_us(step.train_step, given.seconds),
                      "infer_us": median_us(lambda: step.infer(step.batch), given.seconds)}))


if __name__ == "__main__":
    main()
