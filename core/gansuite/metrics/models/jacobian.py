"""How evenly the generator stretches its latent space: the singular values of its Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Float
from torch import Tensor

from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.latents import numbers
from gansuite.metrics.models.points import of_points
from gansuite.metrics.subject import Subject

Decode = Callable[[Tensor], Tensor]
ENTRIES = 1 << 22  # of the Jacobians held at a time: 32 MiB in float64


def condition_number(
    decode: Decode, z: Tensor | np.ndarray, *, untrained: Decode | None = None, seed: int = 0
) -> Estimate:
    """Mean logarithm of the condition number of JᵀJ, J = dG/dz at the latents given.

        log kappa(JᵀJ) = 2 log(s_max / s_min)

    of the min(k, d) singular values. Where the smallest is lost in rounding (a latent direction that changes nothing)
    the value is the greatest that the precision of G can show; ``extras["deficient"]`` is the share of such latents.

    Args:
        decode: G, from latents [n, k] to samples [n, ...], each row by itself, differentiable.
        z: latents, [n, k].
        untrained: the same of a generator before its first step; gives ``Estimate.untrained``.
        seed: recorded; nothing is drawn.

    Returns:
        The mean with Student's interval over latents; ``extras["spectrum"]``: eigenvalues of the mean JᵀJ.

    Raises:
        MetricError: fewer than 2 latents, or a Jacobian that is not finite.

    Source: Odena et al. (2018), section 2.
    """
    z = torch.as_tensor(z)
    values, spectrum, deficient = conditioning(decode, z)
    former = None if untrained is None else conditioning(untrained, z)[0]
    extras = {"spectrum": spectrum, "deficient": deficient, "sd": float(values.std(ddof=1)) if len(z) > 1 else 0.0}
    return of_points(
        ConditionNumber, values, untrained=former, seed=seed, method="mean; Student over latents", extras=extras
    )


class ConditionNumber:
    """Logarithm of the condition number of the generator's Jacobian; see ``condition_number``.

    A diagnosis and no verdict: steep in some directions and flat in others means latents are wasted, but a generator
    of separate modes must jump between them.

    Args:
        points: latents at most.
    """

    name = "condition-number"
    needs = "model"
    direction = "min"
    meaning = "How unevenly the generator stretches the directions of its latent, as a logarithm."

    def __init__(self, *, points: Annotated[int, Ge(2)] = 64) -> None:
        self.points = points

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Estimate:
        z = subject.latents(min(self.points, subject.n), self.name)
        return condition_number(
            decoder(subject, len(z)), z, untrained=None if untrained is None else decoder(untrained, len(z)), seed=seed
        )


def decoder(subject: Subject, n: int) -> Decode:
    """G as a function of latents alone; all rows share a code of a conditional game, as rows may come one by one."""
    game = subject.generative()
    code = None if game.conditioning is None else game.conditioning.chance(1, subject.rng("codes"))

    def decode(z: Tensor) -> Tensor:
        return numbers(subject, subject.generate(z, None if code is None else code.expand(len(z), -1)))

    return decode


def conditioning(decode: Decode, z: Float[Tensor, "n k"]) -> tuple[Float[np.ndarray, " n"], list[float], float]:
    """log kappa at each latent, the spectrum of the mean JᵀJ, and the share of latents without full rank."""
    z = z.detach()
    with torch.no_grad():
        d = decode(z[:1]).flatten(1).shape[1]
    k = z.shape[1]
    values, product = [], torch.zeros(k, k, dtype=torch.float64, device=z.device)
    for rows in z.split(max(1, ENTRIES // (d * k))):
        j = jacobians(decode, rows, d).double()
        if not torch.isfinite(j).all():
            raise MetricError("condition-number: the generator's Jacobian is not finite: look for overflow")
        product += (j.mT @ j).sum(0) / len(z)
        values.append(torch.linalg.svdvals(j))
    s = torch.cat(values)
    # As far as the network's own numbers go; where nothing moves at all every direction is equally lost.
    rounding = torch.finfo(z.dtype).eps
    lost = s[:, -1] <= rounding * s[:, 0]
    logs = 2 * torch.where(lost, -torch.tensor(rounding, dtype=torch.float64).log(), (s[:, 0] / s[:, -1]).log())
    return logs.cpu().numpy(), torch.linalg.eigvalsh(product).flip(0).clamp_min(0).tolist(), float(lost.double().mean())


def jacobians(decode: Decode, z: Float[Tensor, "n k"], d: int) -> Float[Tensor, "n d k"]:
    """dG/dz at each latent, by plain backward passes over the batch: d of them, or k where that is less.

    Jᵀw is linear in w, so that its derivative in w along e_j is J e_j: a forward derivative from two backward ones. Any
    network can be asked so that a gradient penalty can be put on, which functorch's transforms do not reach.
    """
    z = z.detach().requires_grad_()
    with torch.enable_grad():
        made = decode(z).flatten(1)
        if not made.requires_grad:  # the same sample whatever the latent
            return made.new_zeros(len(z), d, z.shape[1])
        if d < z.shape[1]:
            rows = [torch.autograd.grad(column.sum(), z, retain_graph=True)[0] for column in made.unbind(1)]
            return torch.stack(rows, 1)
        w = torch.zeros_like(made, requires_grad=True)
        (back,) = torch.autograd.grad(made, z, w, create_graph=True)
        columns = [torch.autograd.grad(each.sum(), w, retain_graph=True)[0] for each in back.unbind(1)]
    return torch.stack(columns, 2)
