"""What a critic looks at: how its score moves with each number of a sample."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.adversarial import one_each


def saliency(
    game: Any,
    samples: Any,
    rng: Rng,
    *,
    condition: Tensor | None = None,
    critic: str = "critic",
    draws: int = 1,
    sd: float = 0.0,
) -> tuple[Tensor, ...]:
    """|∂D(x)/∂x|, one tensor for each leaf of the samples and of its shape: one alone for samples that are tensors.

    With several ``draws`` the gradient is the mean at x + N(0, sd²), which takes away what changes from one point to
    the next (SmoothGrad). For a picture [n, c, h, w], sum over the channels. A critic that reads the whole batch is
    asked how all of its scores move together.

    Args:
        game: with a critic, in evaluation mode.
        samples: what the critic judges; of a critic of pairs the pairs, ``translation.paired(space, y, x)``.
        rng: of the points, of the critic's own numbers, and of the labels where there is no ``condition``.
        condition: codes [n, k] that a conditional critic is told.
        critic: the player that is asked.
        draws: points about each sample.
        sd: how far these lie from it.

    Raises:
        UserError: the game has no critic, samples have no real numbers, or do not make up whole packs.

    Source: Simonyan, Vedaldi & Zisserman 2013, section 3; Smilkov et al. 2017, section 3.
    """
    if not hasattr(game, "see") or not hasattr(game, critic):
        raise UserError(f"saliency: the game {type(game).__name__} has no player {critic!r} that judges samples")
    space, group = game.space, getattr(game, "group", 1)
    x, n = space.detach(samples), space.size(samples)
    if not space.leaves(x):
        raise UserError("saliency: these samples are no real numbers, and have no gradient")
    if n % group:
        raise UserError(f"saliency: the critic judges packs of {group} samples: give a multiple of that, not {n}")
    codes = condition
    if getattr(game, "conditioning", None) is not None:
        codes = game.conditioning.chance(n, rng) if codes is None else codes
        for each in game.inputs:
            codes = each.codes(codes)
    found = [torch.zeros_like(leaf) for leaf in space.leaves(x)]
    for _ in range(draws):
        point = space.detach(space.jitter(x, sd, rng) if sd else x)
        leaves = [leaf.requires_grad_() for leaf in space.leaves(point)]
        with torch.enable_grad():
            shown = space.pack(point, group) if group > 1 else point
            score = one_each(game.see(shown, rng, codes, critic).scores).sum()
        slopes = torch.autograd.grad(score, leaves, allow_unused=True)
        found = [total if slope is None else total + slope / draws for total, slope in zip(found, slopes, strict=True)]
    return tuple(each.abs() for each in found)
