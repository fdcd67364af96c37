"""Draws from categorical distributions: by inversion in two levels, and as the largest of Gumbel-perturbed logits.

For z = log p + g with standard Gumbel noise g the largest z is a draw from p (Gumbel 1954). Told in exponential
variables e = exp(-g): e_j / p_j is the time of the j-th of K competing clocks, and the first one wins.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.engine.rng import Rng
from gansuite.spaces import at_least_fp32

BLOCK = 64
FLOOR = -1e9


def categorical(logits: Float[Tensor, "*choices k"], rng: Rng, alpha: float = 1.0) -> Int64[Tensor, "*choices"]:
    """One alternative for each choice, with probabilities softmax(alpha · logits): one uniform number a choice.

    The interval [0, 1) is cut into the K probabilities. Where the number falls is found in two levels, first among
    the sums of blocks, then within one block, which is several times faster for K in the thousands than
    ``torch.multinomial``'s K exponentials a row. An alternative of probability 0 is never drawn.

    Args:
        logits: of any floating type; computed with in float32.
        rng: gives one number for each of the rows of the first axis (and each of the further ones).
        alpha: inverse temperature.
    """
    shape, k = logits.shape[:-1], logits.shape[-1]
    flat = logits.reshape(-1, k).float()
    u = rng.uniform(*shape).reshape(-1) if shape else rng.uniform(1)
    return inverted(torch.softmax(flat if alpha == 1.0 else alpha * flat, -1), u).reshape(shape)


def inverted(p: Float[Tensor, "n k"], u: Float[Tensor, " n"]) -> Int64[Tensor, " n"]:
    """The alternative in whose share of [0, 1) each number ``u`` lies; ``p`` are weights that sum to about 1."""
    k = p.shape[1]
    block = min(BLOCK, k)
    whole = k - k % block
    sums = p[:, :whole].unflatten(1, (-1, block)).sum(-1)
    if whole < k:  # the last block is shorter
        sums = torch.cat([sums, p[:, whole:].sum(-1, keepdim=True)], 1)
    edges = sums.cumsum(-1)
    u = u.unsqueeze(1) * edges[:, -1:]
    which = searched(edges, u)
    below = torch.where(which > 0, edges.gather(1, (which - 1).clamp_min(0)), 0.0)
    places = which * block + torch.arange(block, device=p.device)
    inner = torch.where(places < k, p.gather(1, places.clamp_max(k - 1)), 0.0).cumsum(-1)
    return (which * block + searched(inner, u - below)).squeeze(1)


def searched(edges: Float[Tensor, "n m"], u: Float[Tensor, "n 1"]) -> Int64[Tensor, "n 1"]:
    """The first place whose edge is beyond u; rounding never leads to a place of no width.

    Rounding can put u at or beyond the last edge. It is then put just below the largest edge, whose place has width.
    """
    last = edges[:, -1:]
    u = torch.minimum(u, torch.nextafter(last, torch.zeros_like(last))).clamp_min(0)
    return torch.searchsorted(edges, u, right=True)


def exponential(like: Float[Tensor, "*shape"], rng: Rng) -> Float[Tensor, "*shape"]:
    """Standard exponential variables of a tensor's shape, float32: -log u."""
    return -rng.uniform(*like.shape).clamp_(torch.finfo(torch.float32).tiny, 1 - 2**-24).log()


def gumbel(like: Float[Tensor, "*shape"], rng: Rng) -> Float[Tensor, "*shape"]:
    """Standard Gumbel noise of a tensor's shape, float32: -log e."""
    return -exponential(like, rng).log()


def log_probs(logits: Float[Tensor, "*choices k"]) -> Float[Tensor, "*choices k"]:
    """log softmax, float32 at least; what is impossible is put at ``FLOOR``, since infinities have no differences."""
    return at_least_fp32(logits).log_softmax(-1).clamp_min(FLOOR)


def conditional_gumbel(
    log_p: Float[Tensor, "*choices k"], x: Int64[Tensor, "*choices"], rng: Rng
) -> Float[Tensor, "*choices k"]:
    """z = log p + Gumbel noise, given that x is where it is largest; differentiable by log p.

    z_x = -log e_x,  z_j = -log(e_j / p_j + e_x),  e ~ Exp(1):

    the first clock rings at a time that does not tell which it is, and the others from then on as if they began anew
    (Maddison, Tarlow & Minka 2014; Paulus, Maddison & Krause 2021, eq. 9-10).
    """
    log_e = exponential(log_p, rng).log().to(log_p.dtype)
    first, x = log_e.gather(-1, x.unsqueeze(-1)), x.unsqueeze(-1)
    rest = -torch.logaddexp(log_e - log_p, first)
    # Rounding could make another one as large: it is put one number below.
    below = torch.nextafter(-first, torch.full_like(first, -torch.inf))
    rest = rest - (rest - below).clamp_min(0).detach()
    return rest.scatter(-1, x, -first)


def coupled_gumbel(
    logits: Float[Tensor, "*choices k"], rng: Rng
) -> tuple[Int64[Tensor, "*choices"], Float[Tensor, "*choices k"], Float[Tensor, "*choices k"]]:
    """A choice x, perturbed logits z, and the same numbers z̃ again as a draw given x.

    z(θ) = log p + g with g held fixed; z̃(θ) from x and e held fixed (``conditional_gumbel``). Both have the law that
    is asked of them, e being independent of x, and differ in their derivatives alone: a relaxed cost is evaluated at
    one point for both (the common random numbers of Tucker et al., REBAR 2017, appendix).
    """
    x, log_p = categorical(logits, rng), log_probs(logits)
    again = conditional_gumbel(log_p, x, rng)
    return x, log_p + (again - log_p).detach(), again
