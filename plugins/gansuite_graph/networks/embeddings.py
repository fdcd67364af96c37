"""GraphGAN's two players: vectors of nodes, and what their inner products say of pairs (Wang et al. 2018)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Gt
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.estimators.policy import Choose
from gansuite.estimators.sampling import categorical

from ..spec import WalkSpec
from ..walks.trees import Trees
from .corner_rows import rows
from .one_shot import NEVER
from .walk_lstm import walks_only


class Embeddings(nn.Module):
    """A vector e_v and a number b_v for each node; a pair has the affinity e_u · e_v + ½ (b_u + b_v)."""

    def __init__(self, nodes: int, dim: int, initial: float) -> None:
        super().__init__()
        self.vectors = nn.Parameter((initial / dim**0.5) ** 0.5 * torch.randn(nodes, dim))
        self.bias = nn.Parameter(torch.zeros(nodes))

    def affinity(self, pairs: Int64[Tensor, "2 m"]) -> Float[Tensor, " m"]:
        """How near two nodes are, the same in both orders."""
        u, v = pairs
        return (self.vectors[u] * self.vectors[v]).sum(1) + 0.5 * (self.bias[u] + self.bias[v])


class GraphSoftmax(nn.Module):
    """p(r, v) = G(v | r) / N,  the graph softmax of the breadth-first tree of r.

        G(v | r) = [Π_(j=1..m) p_r(v_j | v_(j-1))] p_r(v_(m-1) | v_m),     r = v_0, v_1 ... v_m = v the path in the tree
        p_r(w | u) = softmax over the children and the parent of u in the tree of r of  g_w · g_u + b_w

    A walk goes down the tree until it takes a step back, and ends where it did so; hence Σ_(v≠r) G(v | r) = 1. A tree
    costs as much to make as the walk's whole law costs to write down, so no walk is made: all log G(. | r) of a batch
    of roots come from three gathers and ⌈log₂ N⌉ doublings along the paths, and v is one draw. A
    :class:`~gansuite.estimators.policy.Policy` of two choices with a likelihood; the first has no gradient.

    Trees are of the graph that ``keep`` was given; before that every node is a neighbour of the root.

    Args:
        dim: numbers of each vector.
        initial: standard deviation of the products g_u · g_v when training begins.

    Raises:
        UserError: the data are not pairs of neighbours, or the prior has a latent.

    Source: section 3.2 of the paper, equations 5 and 6; the biases are in the authors' code alone.
    """

    factorised: ClassVar[bool] = False

    def __init__(
        self, spec: Any, prior: Any, *, dim: Annotated[int, Gt(0)] = 50, initial: Annotated[float, Gt(0)] = 0.1
    ) -> None:
        super().__init__()
        self.spec = pairs_only(spec, "generator")
        if prior.size:
            raise UserError("graphgan draws nodes, and reads no latent; take the prior none")
        self.alternatives = spec.alternatives
        self.doublings = max(1, (spec.nodes - 1).bit_length())
        self.embeddings = Embeddings(spec.nodes, dim, initial)
        self.trees = Trees(spec.nodes, spec.edges)

    def log_law(self, roots: Int64[Tensor, " b"]) -> Float[Tensor, "b N"]:
        """log G(v | r) for every v; that of the root itself is ``NEVER``."""
        vectors, bias = self.embeddings.vectors, self.embeddings.bias
        parent = self.trees.parents(roots)
        nodes = torch.arange(self.spec.nodes, device=roots.device)
        is_root = nodes == roots.unsqueeze(1)
        product = torch.einsum("nd,bnd->bn", vectors, vectors[parent])
        down = (product + bias).masked_fill(is_root, NEVER)  # from the parent to the node
        up = (product + bias[parent]).masked_fill(is_root, NEVER)
        # log of the sum over the children and the parent, told from the largest of them.
        most = up.detach().scatter_reduce(1, parent, down.detach(), "amax")
        total = (up - most).exp().scatter_add(1, parent, (down - most.gather(1, parent)).exp())
        norm = most + total.log()
        path = (down - norm.gather(1, parent)).masked_fill(is_root, 0.0)
        for _ in range(self.doublings):  # path: log p of the steps from the ancestor to the node
            path, parent = path + path.gather(1, parent), parent.gather(1, parent)
        return (path + up - norm).masked_fill(is_root, NEVER)

    def forward(
        self, z: Float[Tensor, "n z"], codes: Tensor | None = None, rng: Rng | None = None, choose: Choose | None = None
    ) -> Tensor:
        """Pairs whose second node is made with ``choose``, float [n, 2, N]; roots are numbers drawn from ``rng``."""
        if choose is None:
            return self.sample(z, codes, rng or Rng(0))
        roots = self.roots(len(z), rng or Rng(0))
        ends = choose(self.log_law(roots), rng)
        first = torch.nn.functional.one_hot(roots, self.alternatives).to(ends.dtype)
        return torch.stack([first, ends], 1)

    def roots(self, n: int, rng: Rng) -> Int64[Tensor, " n"]:
        """First nodes, all as likely."""
        return (rng.uniform(n) * self.spec.nodes).long().clamp_max(self.spec.nodes - 1)

    @torch.no_grad()
    def sample(
        self,
        z: Float[Tensor, "n z"],
        codes: Tensor | None,
        rng: Rng,
        *,
        alpha: float = 1.0,
        prefix: Int64[Tensor, "n p"] | None = None,
    ) -> Int64[Tensor, "n 2"]:
        """Pairs whose second node is drawn from G(v | r)^alpha, beginning with ``prefix``."""
        roots = self.roots(len(z), rng)
        if prefix is not None and prefix.shape[1]:
            roots = prefix[:, 0]
        ends = categorical(self.log_law(roots), rng, alpha)
        if prefix is not None and prefix.shape[1] > 1:
            ends = prefix[:, 1]
        return torch.stack([roots, ends], 1)

    def logits(
        self, x: Int64[Tensor, "n 2"], z: Float[Tensor, "n z"], codes: Tensor | None = None
    ) -> Float[Tensor, "n 2 N"]:
        """log p of every node at both places, given the first."""
        law = self.log_law(x[:, 0])
        return torch.stack([torch.zeros_like(law), law], 1)

    def mask(self, x: Tensor) -> Bool[Tensor, "n 2"]:
        """Both places hold a node."""
        return torch.ones(x.shape[:2], dtype=torch.bool, device=x.device)


class PairCritic(nn.Module):
    """D(u, v) = d_u · d_v + ½ (b_u + b_v), the logit of being neighbours.

    Args:
        dim: numbers of each vector.
        initial: standard deviation of the products when training begins.

    Raises:
        UserError: the data are not pairs of neighbours.

    Source: section 3.1 of the paper, equation 2; the biases are in the authors' code, which takes b_v alone.
    """

    scores = "sample"

    def __init__(self, spec: Any, *, dim: Annotated[int, Gt(0)] = 50, initial: Annotated[float, Gt(0)] = 0.1) -> None:
        super().__init__()
        self.spec = pairs_only(spec, "critic")
        if spec.codes:
            raise UserError("graphgan's critic reads pairs of nodes and no condition; leave conditioning out")
        self.embeddings = Embeddings(spec.nodes, dim, initial)

    def forward(self, x: Tensor, condition: Any = None, rng: Rng | None = None) -> Float[Tensor, " n"]:
        """Of pairs int64 [n, 2], or relaxed ones float [n, 2, N]."""
        u, v = rows(x, self.embeddings.vectors).unbind(1)
        biases = rows(x, self.embeddings.bias.unsqueeze(1)).squeeze(2)
        return (u * v).sum(1) + 0.5 * biases.sum(1)


def pairs_only(spec: Any, player: str) -> WalkSpec:
    """The specification, if it is of walks of two nodes.

    Raises:
        UserError: it is not.
    """
    found = walks_only(spec, player)
    if found.length != 2:
        raise UserError(f"this {player} is for pairs of neighbours, not walks of {found.length} nodes: set length = 2")
    return found
