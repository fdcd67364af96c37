"""GraphGAN: who is a neighbour of whom, a game of two embeddings of one graph (Wang et al. 2018)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from jaxtyping import Float, Int64
from torch import Tensor

from gansuite.errors import UserError
from gansuite.games.discrete import Discrete
from gansuite.games.networks import Networks
from gansuite.plugins import Ref
from gansuite.spaces import Space


class GraphGan(Discrete):
    """The game ``discrete`` of pairs (root, node) against the graph's own, with the paper's objective and rewards.

        critic:     -E log σ(D(r, v)) - E log (1 - σ(D(r, v~))),    v a neighbour of r, v~ ~ G(. | r)
        generator:  -E_(v~) log (1 + exp D(r, v~)),  by a score function

    The generator's side of ``minimax`` is log (1 - σ(D)) = -log (1 + exp D), so that a sample earns what the paper pays
    without a reward being named. Roots are all as likely. Estimators, objectives, rewards and pre-training are those
    of ``discrete``; what the game adds is the graph, which the generator is given, and scores of pairs.

    Args:
        links: whose affinity is the score of a pair: ``critic`` or ``generator``.

    Raises:
        UserError: the networks have no embeddings.

    Source: section 3 of the paper, equations 1 to 4.
    """

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "minimax",
        estimator: Annotated[Any, Ref("estimator")] = "reinforce",
        links: Literal["critic", "generator"] = "generator",
        **options: Any,
    ) -> None:
        super().__init__(networks, prior, space, objective=objective, estimator=estimator, **options)
        self.links = links
        if not all(hasattr(network, "embeddings") for network in (self.generator, self.critic)):
            raise UserError('[players] the game graphgan is of embeddings: name = "graphgan" for both players')

    def furnish(self, dataset: Any) -> None:
        super().furnish(dataset)
        for network in (self.generator, self.before, self.anchored):
            if network is not None:
                network.trees.keep(dataset.graph)

    def link_scores(self, pairs: Int64[Tensor, "2 m"]) -> Float[Tensor, " m"]:
        """The affinity of each pair, the same in both directions."""
        return self.get_submodule(self.links).embeddings.affinity(pairs)  # pyright: ignore[reportAttributeAccessIssue, reportCallIssue]
