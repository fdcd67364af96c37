"""What generators share that decide all nodes and pairs of a graph at once, given their latent."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Factorised
from gansuite.estimators.sampling import categorical
from gansuite.spaces import at_least_fp32

from ..priors.node_noise import Latents
from ..spec import ABSENT, GraphSpec

NEVER = -1e4
"""The logit of what cannot be chosen: its exponential is 0, and no product with 0 becomes NaN."""


class OneShot(Factorised, nn.Module, ABC):
    """p(x | z) = Π_i p(x_i | z) Π_{i<j} p(x_ij | z): a :class:`~gansuite.estimators.policy.Policy` of graphs.

    A subclass gives the ``scores`` of node types and of edge types; what a place cannot be is masked here. Where the
    prior is ``node-noise`` the first m nodes are there and no others; else the network chooses, node by node, whether
    there is one.

    Args:
        spec: the domain.
        prior: of the latents.

    Raises:
        UserError: the data are walks, or the prior has no latent.
    """

    def __init__(self, spec: Any, prior: Any) -> None:
        super().__init__()
        if not isinstance(spec, GraphSpec):
            raise UserError("this generator makes whole graphs, and the data are walks of one: take netgan")
        if not prior.size:
            raise UserError("all graphs would be of one law without a latent; take the prior normal or node-noise")
        self.spec: GraphSpec = spec
        self.alternatives, self.size = spec.alternatives, prior.size
        self.noise = getattr(prior, "of", None) or prior  # conditional models read a latent and a code
        self.counted = hasattr(self.noise, "split")
        self.kinds, self.bonds = len(spec.node_types), len(spec.edge_types)

    @abstractmethod
    def scores(self, z: Float[Tensor, "n z"], codes: Tensor | None) -> tuple[Tensor, Tensor]:
        """Logits of the types of nodes [n, N, 1 + F] and of pairs [n, P, 1 + R], that of ``ABSENT`` first."""

    def latents(self, z: Float[Tensor, "n z"], codes: Tensor | None) -> Latents:
        """The parts of a latent of ``node-noise``; a code that stands for a number of nodes decides it."""
        found: Latents = self.noise.split(z)
        if codes is None or not self.spec.label_sizes:
            return found
        sizes = torch.tensor(self.spec.label_sizes, device=z.device)
        return found._replace(number=sizes[codes[:, : len(sizes)].argmax(1)])

    def there(self, z: Float[Tensor, "n z"], codes: Tensor | None) -> Bool[Tensor, "n N"]:
        """Which nodes there are, where the latent says so."""
        return torch.arange(self.spec.nodes, device=z.device) < self.latents(z, codes).number.unsqueeze(1)

    def logits(self, x: Tensor | None, z: Float[Tensor, "n z"], codes: Tensor | None = None) -> Float[Tensor, "n c k"]:
        """The logits of every place; ``x`` has no part in them."""
        nodes, pairs = (at_least_fp32(each) for each in self.scores(z, codes))
        if self.counted:
            there = self.there(z, codes).unsqueeze(2)
            absent = torch.arange(nodes.shape[2], device=z.device) == ABSENT
            nodes = torch.where(there == absent, NEVER, nodes)
        # What a place has no type for gets a column of its own that is never chosen.
        wide = [nn.functional.pad(each, (0, self.alternatives - each.shape[2]), value=NEVER) for each in (nodes, pairs)]
        return torch.cat(wide, 1)

    @torch.no_grad()
    def sample(
        self,
        z: Float[Tensor, "n z"],
        codes: Tensor | None,
        rng: Rng,
        *,
        alpha: float = 1.0,
        prefix: Tensor | None = None,
    ) -> Int64[Tensor, "n c"]:
        """Graphs drawn from softmax(alpha · logits); an infinite ``alpha`` takes the likeliest of each place.

        Raises:
            UserError: a ``prefix`` is given, and places of a graph have no order.
        """
        if prefix is not None:
            raise UserError("a graph has no beginning that could be given: leave the prompt out")
        logits = self.logits(None, z, codes)
        x = logits.argmax(2) if alpha == float("inf") else categorical(alpha * logits, rng)
        return self.spec.tidied(x)
