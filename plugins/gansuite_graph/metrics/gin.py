"""Features of a random graph isomorphism network: what graphs are compared by where no descriptor is chosen."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.engine.rng import seed_of
from gansuite.errors import UserError
from gansuite.extractors.hashing import hash_of

from ..dense import Dense
from ..spec import GraphSpec

DEGREES = 16
"""Degrees from this on share an input."""
LEAST = 0.1
"""Share of a layer's root mean square deviation that is the least unit of a feature."""
FITTED = 2048
"""Training graphs that the scale of the features is taken from."""


class Gin(nn.Module):
    """Sums over the nodes after every layer of a random, never trained network: layers · width numbers.

        h_i <- MLP(h_i + Σ_r Σ_j a_ij^r W_r h_j),   f = (Σ_i h_i after layer 1, ..., after layer L)

    W_r rotates what comes along edges of type r, W_1 = 1, so that with one type of edge this is GIN with ε = 0. The
    input of a node is its type, its degree one-hot, and the logarithm of the degree. All matrices are orthogonal and
    a function of the seed. Sums grow with the graph, so that sizes show; ``fit`` takes mean and deviation of each
    feature over training graphs as its origin and unit. A feature that hardly varies there (a degree that is never
    met) takes a tenth of its layer's root mean square deviation: divided by its own it would be all that a distance
    sees.

    It tells no more graphs apart than colour refinement does; it does not see what is left invariant by its sums, and
    a random network weighs what it sees by chance.

    Args:
        spec: the domain.
        width: features of a layer.
        layers: how far a node sees.
        seed: of the weights.
        standardise: whether ``fit`` sets origin and unit.

    Raises:
        UserError: the data are no graphs.

    Source: Thompson et al. 2022, section 4 (random weights); Xu et al. 2019, equation 4.1.
    """

    name = "gin"

    origin: Tensor
    unit: Tensor

    def __init__(
        self,
        spec: Any,
        *,
        width: Annotated[int, Gt(0)] = 32,
        layers: Annotated[int, Gt(0)] = 3,
        seed: Annotated[int, Ge(0)] = 0,
        standardise: bool = True,
    ) -> None:
        super().__init__()
        if not isinstance(spec, GraphSpec):
            raise UserError("extractor gin reads whole graphs, and the samples are none: take another extractor")
        self.spec, self.layers, self.standardise = spec, layers, standardise
        generator = torch.Generator().manual_seed(seed_of(seed, "gin"))
        inputs = len(spec.node_types) + DEGREES + 1
        for layer in range(layers):
            size = width if layer else inputs
            self.register_buffer(f"first{layer}", orthogonal(size, width, generator))
            self.register_buffer(f"second{layer}", orthogonal(width, width, generator))
            turns = [torch.eye(size), *(orthogonal(size, size, generator) for _ in spec.edge_types[1:])]
            self.register_buffer(f"turns{layer}", torch.cat(turns))
        self.register_buffer("origin", torch.zeros(layers * width))
        self.register_buffer("unit", torch.ones(layers * width))
        self.stamp()

    def stamp(self) -> None:
        """The fingerprint of the weights as they are."""
        self.fingerprint = hash_of("gin-1", self.layers, DEGREES, weights=self.state_dict())

    @torch.no_grad()
    def fit(self, dataset: Any, device: torch.device | str = "cpu") -> None:
        """Take origin and unit of the features from (at most 2,048) training graphs; once, before the first sample."""
        if not self.standardise:
            return
        self.to(device)
        self.origin.zero_()
        self.unit.fill_(1)
        index = torch.arange(min(FITTED, dataset.count("train")), device=device)
        batches = [dataset.batch("train", rows, None)["data"] for rows in index.split(64)]
        x = torch.cat([self(batch) for batch in batches]).double()
        spread = x.std(0, correction=0).view(self.layers, -1)
        least = LEAST * spread.square().mean(1, keepdim=True).sqrt()
        unit = torch.maximum(spread, least).flatten()
        self.origin.copy_(x.mean(0))
        self.unit.copy_(torch.where(unit > 1e-6 * x.abs().amax(0), unit, 1.0))
        self.stamp()

    @torch.no_grad()
    def forward(self, samples: Tensor) -> Float[Tensor, "n d"]:
        graphs = self.spec.dense(samples)
        h, sums = inputs_of(graphs), []  # zeros where there is no node, and zeros they stay: there are no biases
        edges = graphs.edges.flatten(1, 2)
        for layer in range(self.layers):
            first, second, turns = (getattr(self, f"{name}{layer}") for name in ("first", "second", "turns"))
            heard = (edges @ h).unflatten(1, (-1, self.spec.nodes)).transpose(1, 2).flatten(2)
            h = h + heard @ turns
            h = (torch.relu(h @ first) @ second).relu()
            sums.append(h.sum(1))
        return ((torch.cat(sums, 1) - self.origin) / self.unit).float()


def inputs_of(graphs: Dense) -> Float[Tensor, "n N k"]:
    """The type of each node, its degree one-hot and its logarithm; zeros where there is none."""
    degree = graphs.adjacency.sum(2)
    steps = torch.arange(DEGREES, device=degree.device)
    there = graphs.mask.unsqueeze(2)
    one_hot = (degree.round().clamp_max(DEGREES - 1).unsqueeze(2) == steps).float()
    return torch.cat([graphs.nodes, one_hot * there, degree.log1p().unsqueeze(2) * there], 2)


def orthogonal(rows: int, columns: int, generator: torch.Generator) -> Float[Tensor, "rows columns"]:
    """A random matrix with orthonormal rows or columns, whichever are fewer, from ``generator`` alone."""
    return nn.init.orthogonal_(torch.empty(rows, columns), generator=generator)
