"""What the games share that translate between two domains in both directions, without pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw
from gansuite.games.networks import Networks
from gansuite.games.translation.translation import Translation


class TwoWay(Translation):
    """``critic`` judges translations to the domain of the data, ``inverse_critic`` those to the source domain."""

    turns: ClassVar[tuple[str, ...]] = ("generator", "critic", "inverse_critic")
    sides: ClassVar[Mapping[str, str]] = {"inverse_critic": "critic"}
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        **Translation.provides,
        "inverse_critic": Translation.provides["critic"],
    }

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        if isinstance(options["objective"], nn.Module):
            raise UserError("this objective remembers the scores of one critic, and here are two; choose another")

    def make_critics(self, networks: Networks, shown: Any) -> None:
        """A critic for either domain."""
        self.critic = networks.make("critic", spec=shown)
        self.inverse_critic = networks.make("inverse_critic", spec=self.widened(networks.spec.source))

    def movers(self, turn: str) -> tuple[str, ...]:
        makers = tuple(player for player, kind in self.players.items() if kind != "critic")
        return makers if turn == "generator" else (turn,)

    def real(self, draw: Draw, critic: str = "critic") -> Any:
        return draw["data" if critic == "critic" else "source"]

    def fake(self, draw: Draw, critic: str = "critic") -> Any:
        return draw[critic] if critic in draw else self.translate(draw, critic)

    def translate(self, draw: Draw, critic: str) -> Any:
        """A draw's samples of the one domain, translated to the one that ``critic`` judges."""
        raise NotImplementedError

    def cost_inverse_critic(self, draw: Draw) -> Cost:
        """E objective.critic of the critic of the source domain."""
        return self.critic_cost(draw, "inverse_critic")

    def fooled(self, draw: Draw) -> tuple[dict[str, Tensor], Mapping[str, Any]]:
        """What both directions pay for the verdict of their critics, and what penalties may use of the forward one."""
        forward, backward = self.generator_cost(draw), self.generator_cost(draw, "inverse_critic")
        return {"forward": forward.value, "backward": backward.value}, forward.out


class Coded(TwoWay):
    """Two-way games through a code: each player holds two copies of its network, one of either domain's shape.

    Class attributes:
        alike: whether both copies begin with the same weights, where their domains have one shape.
    """

    alike: bool = False

    players: ClassVar[Mapping[str, str]] = {
        "generator": "generator",
        "encoder": "encoder",
        "critic": "critic",
        "inverse_critic": "critic",
    }
    sampled: ClassVar[tuple[str, ...]] = ("generator", "encoder")

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        def both(player: str) -> nn.ModuleDict:
            source = networks.make(player, spec=networks.spec.source, prior=latent, copy=not self.alike)
            return nn.ModuleDict({"data": networks.make(player, prior=latent), "source": source})

        self.encoder, self.generator = both("encoder"), both("generator")
        self.make_critics(networks, shown)
