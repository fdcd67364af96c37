"""The players of SPECTRE: three generators in a row, and a critic for each."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from annotated_types import Gt
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError

from ...spec import GraphSpec
from .adjacency import AdjacencyCritic, AdjacencyGenerator
from .eigenvalues import EigenvalueCritic, EigenvalueGenerator
from .eigenvectors import EigenvectorCritic, EigenvectorGenerator
from .points import Noise, mean
from .spectrum import Spectrum, signed

Count = Annotated[int, Gt(0)]
KERNELS = [5, 9]


class SpectreGenerator(nn.Module):
    """z → eigenvalues λ → eigenvectors U → graph, each by a network of its own that is given what came before.

    Each network maps the noise of the nodes by a perceptron of its own.

    Args:
        eigenvectors: k; the second eigenpair of the Laplacian is the first that is made.
        width: channels and units of all networks.
        layers: products of matrices on the way to the graph.
        rounds: of rotations of the eigenvectors.
        bank: frames that eigenvectors begin with.
        kernels: of the convolutions over eigenvalues.
        mapping: layers of the perceptrons of noise.

    Raises:
        UserError: the data are walks, or the prior is not ``node-noise`` with noise of nodes.

    Source: section 4; in the authors' code k = 2, width 64, 8 layers, 3 rounds, bank 10, 4 kernels, 4 layers of noise.
    """

    def __init__(
        self,
        spec: Any,
        prior: Any,
        *,
        eigenvectors: Count = 2,
        width: Count = 32,
        layers: Count = 3,
        rounds: Count = 2,
        bank: Count = 10,
        kernels: list[Count] = KERNELS,
        mapping: Count = 2,
    ) -> None:
        super().__init__()
        if not isinstance(spec, GraphSpec):
            raise UserError("this generator makes whole graphs, and the data are walks of one: take netgan")
        if not hasattr(prior, "split") or not prior.node:
            raise UserError('spectre makes nodes of their noise: take [prior] name = "node-noise", node > 0')
        self.spec, self.prior, self.k = spec, prior, eigenvectors
        self.noises = nn.ModuleList(Noise(prior.node, width, mapping) for _ in range(3))
        self.eigenvalues = EigenvalueGenerator(self.k, width, width, kernels)
        self.eigenvectors = EigenvectorGenerator(spec.nodes, self.k, width, width, rounds, bank)
        self.adjacency = AdjacencyGenerator(spec, self.k, width, width, layers)

    def nodes(self, z: Float[Tensor, "n z"]) -> Float[Tensor, "n N d"]:
        """The noise of the nodes."""
        return self.prior.split(z).nodes

    def mask(self, z: Float[Tensor, "n z"]) -> Float[Tensor, "n N"]:
        """The nodes that there are by a latent: the first m."""
        number = self.prior.split(z).number.unsqueeze(1)
        return (torch.arange(self.spec.nodes, device=z.device) < number).to(z.dtype)

    def values(self, noise: Float[Tensor, "n N d"], mask: Float[Tensor, "n N"]) -> Float[Tensor, "n k"]:
        """λ, of the mean of the nodes' noise."""
        return self.eigenvalues(self.noises[0](mean(noise, mask)), mask)

    def vectors(
        self, values: Tensor, noise: Tensor, mask: Tensor, rng: Rng, temperature: float = 1.0
    ) -> tuple[Float[Tensor, "n N k"], Float[Tensor, "n b"]]:
        """U given λ, its signs chosen, and the logits of the frame it began with."""
        u, logits = self.eigenvectors(values, self.noises[1](noise), mask, rng, temperature)
        return signed(u), logits

    def logits(
        self, given: Spectrum, noise: Float[Tensor, "n N d"], mask: Float[Tensor, "n N"]
    ) -> Float[Tensor, "n c K"]:
        """Logits of a graph given λ and U."""
        return self.adjacency(given, self.noises[2](noise), mask)

    @torch.no_grad()
    def sample(self, z: Float[Tensor, "n z"], rng: Rng) -> Int64[Tensor, "n c"]:
        """Graphs of the likeliest types, which with one type of edge is σ > 1/2."""
        noise, mask = self.nodes(z), self.mask(z)
        values = self.values(noise, mask)
        vectors, _ = self.vectors(values, noise, mask, rng)
        return self.spec.tidied(self.logits(Spectrum(values, vectors), noise, mask).argmax(2))

    def forward(self, z: Float[Tensor, "n z"], codes: Tensor | None = None, rng: Rng | None = None) -> Tensor:
        return self.sample(z, rng or Rng(0))


class SpectreCritic(nn.Module):
    """A critic of eigenvalues, one of eigenvectors given those, and one of graphs given both.

    Args:
        eigenvectors: k, as the generator's.
        width: channels and units of all networks.
        layers: products of matrices over the graph, and layers over the eigenvectors.
        kernels: of the convolutions over eigenvalues, the last first.

    Raises:
        UserError: the data are walks.
    """

    def __init__(
        self,
        spec: Any,
        *,
        eigenvectors: Count = 2,
        width: Count = 32,
        layers: Count = 3,
        kernels: list[Count] = KERNELS,
    ) -> None:
        super().__init__()
        if not isinstance(spec, GraphSpec):
            raise UserError("this critic judges whole graphs, and the data are walks of one: take netgan")
        self.k = eigenvectors
        self.eigenvalues = EigenvalueCritic(width, kernels)
        self.eigenvectors = EigenvectorCritic(self.k, width, layers)
        self.adjacency = AdjacencyCritic(spec, self.k, width, layers)
