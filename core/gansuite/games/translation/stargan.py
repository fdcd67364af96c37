"""StarGAN (Choi, Choi, Kim, Ha, Kim & Choo 2018): one translator between many domains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from annotated_types import Ge
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.conditioning.auxiliary_classifier import cross_entropy
from gansuite.conditioning.conditional import Conditional
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.adversarial import group_of
from gansuite.games.game import Cost, Draw, weighted
from gansuite.games.networks import Networks
from gansuite.games.translation.translation import Translation, apart
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32


class StarGan(Translation):
    """G(x, c'): from a sample x of domain c, the label, to domain c', with a critic that also tells the domain.

    critic: E c(D(x), D(G(x, c'))) + classification E -log D_cls(c | x);
    generator: E g(D(G(x, c'))) + classification E -log D_cls(c' | G(x, c')) + cycle E ‖x - G(G(x, c'), c)‖₁.

    c and g are the sides of the objective: wasserstein with a gradient penalty of weight 10, as in the paper. G reads
    the one-hot label as its condition; D_cls is a linear head on the critic's features. c' is the label of another row
    by chance. Rows without a label (-1) are not classified. The norm is the mean over numbers.

    Args:
        objective: the pair of costs; the paper's by default.
        penalties: terms added to a turn's cost; the paper's by default.
        classification: λ_cls.
        cycle: λ_rec.

    Raises:
        UserError: the data has no labels or only one, the translator reads none (its ``conditions`` are 0), or samples
            are packed, which have no one domain.

    Source: eq. 1-6 and section 5.
    """

    reads_features = True
    translated: ClassVar[str] = "data"
    many: ClassVar[bool] = True

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "wasserstein",
        penalties: list[Annotated[Any, Ref("penalty")]] = ["gradient-penalty"],  # noqa: B006 - never mutated
        classification: Annotated[float, Ge(0)] = 1.0,
        cycle: Annotated[float, Ge(0)] = 10.0,
        **options: Any,
    ) -> None:
        if not getattr(networks.spec, "labels", ()):
            raise UserError("[data] has no labels, which stargan takes for domains; choose a labelled data set")
        if len(networks.spec.labels) == 1:
            raise UserError("[data] all samples are of one domain, which leaves none to translate to; add another")
        super().__init__(networks, prior, space, objective=objective, penalties=penalties, **options)
        self.domains = Conditional()
        self.domains.bind(networks.spec)
        self.head = nn.Linear(self.critic.width, self.domains.size)
        self.weights = {"domain": classification, "cycle": cycle}

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        super().check(options, batch_size)
        if group_of(options["inputs"]) > 1:
            raise UserError("inputs: a pack of samples has no one domain; leave out packing")

    def make_networks(self, networks: Networks, shown: Any, latent: Any) -> None:
        self.generator = networks.make("generator", source=networks.spec)
        if getattr(self.generator, "conditions", None) == 0:
            raise UserError("[players.generator] reads no label, so it knows of one domain only: set labelled = true")
        self.critic = networks.make("critic", spec=shown)

    def owned(self, player: str) -> list[nn.Module]:
        return [*super().owned(player), self.head] if player == "critic" else super().owned(player)

    def moved(self, x: Any, codes: Float[Tensor, "n k"], rng: Rng | None = None) -> Any:
        """G(x, c)."""
        return self.generator(x, codes, rng)

    def translations(self, x: Any, rng: Rng, wanted: Int64[Tensor, " n"] | None = None) -> Any:
        """G(x, c) of the domains ``wanted``, or of any as often as the data has them."""
        codes = self.domains.chance(len(x), rng) if wanted is None else self.domains.one_hot(wanted)
        return self.moved(x, codes, rng)

    def wanted(self, draw: Draw) -> Float[Tensor, "n k"]:
        """The codes of c'."""
        label = draw["label"]
        return self.domains.one_hot(label[draw.rng("domains").uniform(len(label)).argsort()])

    def generated(self, draw: Draw) -> Any:
        return draw.once("fake", lambda: self.moved(draw["data"], self.wanted(draw), draw.rng("generator")))

    def classified(self, x: Any, codes: Tensor, real: bool, draw: Draw) -> Float[Tensor, ""]:
        """E -log D_cls(c | x)."""
        features = self.critic.features(self.shown(x, real, draw), draw.rng("domain"))
        return cross_entropy(self.head(at_least_fp32(features)), codes)

    def cost_critic(self, draw: Draw) -> Cost:
        """E c(D(x), D(G(x, c'))) + classification E -log D_cls(c | x)."""
        cost, codes = super().cost_critic(draw), self.domains.one_hot(draw["label"])
        parts = {"verdict": cost.value, "domain": self.classified(draw["data"], codes, True, draw)}
        return cost._replace(value=weighted(parts, self.weights), parts={**cost.parts, **parts})

    def cost_generator(self, draw: Draw) -> Cost:
        """E g(D(G(x, c'))) + classification E -log D_cls(c' | G(x, c')) + cycle E ‖x - G(G(x, c'), c)‖₁."""
        cost = super().cost_generator(draw)
        x, made, codes = draw["data"], cost.out["fake"], self.domains.one_hot(draw["label"])
        parts = {"verdict": cost.value, "domain": self.classified(made, self.wanted(draw), False, draw)}
        parts["cycle"] = apart(self.moved(made, codes, draw.rng("back")), x).mean()
        return cost._replace(value=weighted(parts, self.weights), parts={**cost.parts, **parts})

    def after(self, turn: str, draw: Draw, out: Mapping[str, Any]) -> None:
        super().after(turn, draw, out)
        if turn == "critic":
            self.domains.after(draw)

    def condition(self, wanted: Any, n: int) -> Any:
        """The codes of the domains that held-out samples are to be taken to."""
        return self.domains.chosen(wanted, n)

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """Held-out samples taken to the domains ``condition`` [n, k], or to any as often as the data has them."""
        x = self.sources(n, rng)
        return self.moved(x, self.domains.chance(n, rng) if condition is None else condition, rng)
