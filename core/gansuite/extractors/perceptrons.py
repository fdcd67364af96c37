"""Perceptrons that classify features, several side by side: the judges that extractors and metrics train."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.extractors.training import descend, spread

HIDDEN = 64
STEPS = 300
REACH = 10.0  # standard deviations beyond which all is alike: what hardly varied in training must not drown the rest


class Perceptrons(nn.Module):
    """r networks of one hidden layer: standardise, linear, leaky rectifier, linear; logits [r, n, k].

    Each starts from weights of its own; they share the standardisation. One product of matrices serves all first
    layers, so that ten networks cost little more than one.

    Args:
        d: features.
        k: classes.
        hidden: units of each network.
        members: r.
        seed: of the initial weights.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, d: int, k: int, *, hidden: int = HIDDEN, members: int = 1, seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.first = nn.Parameter(torch.randn(d, members, hidden, generator=generator) * math.sqrt(2 / d))
        self.first_bias = nn.Parameter(torch.zeros(members, hidden))
        self.second = nn.Parameter(torch.randn(members, hidden, k, generator=generator) / math.sqrt(hidden))
        self.second_bias = nn.Parameter(torch.zeros(members, 1, k))
        self.register_buffer("mean", torch.zeros(d))
        self.register_buffer("scale", torch.ones(d))

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> Perceptrons:
        """The networks whose ``state_dict`` this is."""
        d, members, hidden = weights["first"].shape
        net = cls(d, weights["second"].shape[2], hidden=hidden, members=members)
        net.load_state_dict(dict(weights), assign=True)
        return net.requires_grad_(False)

    def hidden(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n r h"]:
        """The hidden units of every network."""
        x = ((x - self.mean) / self.scale).clamp(-REACH, REACH).to(self.first.dtype)
        units = x @ self.first.flatten(1)
        return nn.functional.leaky_relu(units.unflatten(1, self.first_bias.shape) + self.first_bias, 0.1)

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "r n k"]:
        return torch.baddbmm(self.second_bias, self.hidden(x).transpose(0, 1), self.second)


def fit_classifiers(
    x: Float[Tensor, "n d"],
    y: Int64[Tensor, " n"],
    classes: int,
    *,
    seen: Float[Tensor, "r n"] | None = None,
    held_out: tuple[Float[Tensor, "m d"], Int64[Tensor, " m"]] | None = None,
    hidden: int = HIDDEN,
    steps: int = STEPS,
    seed: int = 0,
) -> tuple[Perceptrons, int]:
    """Networks trained to name the class of each row, and the steps that they took; a function of the arguments.

    Args:
        x: features.
        y: the class of each row, below ``classes``.
        classes: k.
        seen: 1 where a network is trained on a row, 0 where not; None: one network, trained on all of them.
        held_out: features and classes that choose the end; None: the rows that some network has not seen choose it for
            all, and where there are none the whole budget is spent.
        hidden: units of each network.
        steps: the budget, in batches of 128 rows.
        seed: of the initial weights and of the order of the rows.
    """
    seen = torch.ones(1, len(x)) if seen is None else seen
    seen = seen.to(x.device, torch.float32)
    unseen = 1 - seen
    net = Perceptrons(x.shape[1], classes, hidden=hidden, members=len(seen), seed=seed).to(x.device)
    net.mean, net.scale = spread(x)

    def cost(rows: Int64[Tensor, " batch"]) -> Float[Tensor, ""]:
        rows = rows.to(x.device)
        share = seen[:, rows]
        return (cross_entropies(net(x[rows]), y[rows]) * share).sum(1).div(share.sum(1).clamp_min(1)).sum()

    def check() -> float:
        if held_out is not None:
            return float(cross_entropies(net(held_out[0]), held_out[1]).mean())
        return float((cross_entropies(net(x), y) * unseen).sum() / unseen.sum())

    look = check if held_out is not None or bool(unseen.any()) else None
    kept = descend(list(net.parameters()), cost, len(x), steps=steps, seed=seed, held_out=look)
    return net.requires_grad_(False), kept


def cross_entropies(logits: Float[Tensor, "r n k"], y: Int64[Tensor, " n"]) -> Float[Tensor, "r n"]:
    """What each row costs each network."""
    own = logits.gather(2, y.view(1, -1, 1).expand(len(logits), -1, 1)).squeeze(2)
    return logits.logsumexp(2) - own
