"""The game of vocoders: a waveform from its own mel spectrogram (HiFi-GAN; Kong, Kim & Bae 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Cost, Draw, Game, weighted
from gansuite.games.networks import Networks
from gansuite.networks.parts import Judgement
from gansuite.plugins import Ref
from gansuite.spaces import Space, at_least_fp32
from gansuite_audio.games.mel import MelSpectrogram
from gansuite_audio.spec import SpectrogramSpec

GALLERY = 64
PUBLISHED_HIGH = 8000.0


class Vocoder(Game):
    """A generator G of waveforms from log-mel spectrograms φ(x), against critics D_k that keep feature maps D_k^i.

    critic:     a Σ_k E objective.critic(D_k(x), D_k(G(φ(x))))                                    eq. 1 and 8
    generator:  a Σ_k E objective.generator(D_k(G(φ(x))))                                         eq. 2 and 7
                + f Σ_k Σ_i E |D_k^i(x) - D_k^i(G(φ(x)))|                                         eq. 4 and 7
                + m E |ψ(x) - ψ(G(φ(x)))|                                                         eq. 3

    E are means over all numbers of a score or map. φ is taken from each batch's own waveforms, on its device; ψ is φ
    with bands up to half the rate. A sample is a held-out recording put together again from its mel spectrogram; the
    run keeps those of 64.

    Args:
        objective: the pair of costs of every score; of two halves each in ``least-squares``.
        penalties: terms added to a turn's cost, and constraints kept after it.
        window: samples of a frame of φ.
        hop: samples between its frames; it divides the length of a sample.
        bands: mel bands of φ and ψ.
        low: lower edge of the first, Hz.
        high: upper edge of φ's last, Hz; absent: 8,000 or, where that is less, half the rate.
        adversarial: a; 2 makes up for the halves.
        feature: f.
        mel: m.

    Raises:
        UserError: samples are no waveforms, ``hop`` does not divide their length, or the critic has no feature maps.
    """

    players: ClassVar[Mapping[str, str]] = {"generator": "translator", "critic": "critic"}
    turns: ClassVar[tuple[str, ...]] = ("critic", "generator")
    provides: ClassVar[Mapping[str, frozenset[str]]] = {
        "critic": frozenset({"real", "fake", "score"}),
        "generator": frozenset({"fake", "score"}),
    }
    generator: Any
    critic: Any
    objective: Any
    gallery: Tensor

    def __init__(
        self,
        networks: Networks,
        prior: Any,
        space: Space,
        *,
        objective: Annotated[Any, Ref("objective")] = "least-squares",
        penalties: list[Annotated[Any, Ref("penalty")]] = [],  # noqa: B006 - a recipe's default, never mutated
        window: Annotated[int, Gt(1)] = 1024,
        hop: Annotated[int, Gt(0)] = 256,
        bands: Annotated[int, Gt(0)] = 80,
        low: Annotated[float, Ge(0)] = 0.0,
        high: Annotated[float, Gt(0)] | None = None,
        adversarial: Annotated[float, Ge(0)] = 2.0,
        feature: Annotated[float, Ge(0)] = 2.0,
        mel: Annotated[float, Ge(0)] = 45.0,
    ) -> None:
        super().__init__(space, penalties)
        spec = networks.spec
        if len(spec.shape) != 2:
            raise UserError("vocoder: it makes waveforms; leave [representation] out")
        channels, length = spec.shape
        if length % hop or length <= window:
            raise UserError(
                f"[data] length = {length} is no multiple of hop = {hop} beyond window = {window}; "
                f"choose {max(round(length / hop), window // hop + 1) * hop}"
            )
        half = spec.rate / 2
        top = min(PUBLISHED_HIGH, half) if high is None else high
        self.prior, self.objective = prior, objective
        self.weights = {"adversarial": adversarial, "feature": feature, "mel": mel}
        self.mel = MelSpectrogram(spec.rate, window, hop, bands, low, top)
        self.heard = self.mel if top == half else MelSpectrogram(spec.rate, window, hop, bands, low, half)
        source = SpectrogramSpec(spec.rate, channels, bands, length // hop)
        self.generator = networks.make("generator", source=source)
        self.critic = networks.make("critic")
        if not hasattr(self.critic, "judge"):
            raise UserError("[players.critic] the game vocoder matches feature maps; choose hifigan or multi-scale")
        self.register_buffer("gallery", torch.zeros(GALLERY, *source.shape))

    @classmethod
    def check(cls, options: Mapping[str, Any], batch_size: int) -> None:
        if not options["objective"].separable or options["objective"].critic_sees != "scores":
            raise UserError("objective: vocoder prices every score by itself; take least-squares or hinge")

    def draws(self, turn: str) -> tuple[str, ...]:
        return ("data",)

    def vocode(self, x: Float[Tensor, "n c l"], rng: Rng | None = None) -> Float[Tensor, "n c l"]:
        """G(φ(x)), x of any length that ``hop`` divides."""
        return self.generator(self.mel(x), None, rng)

    def generated(self, draw: Draw) -> Tensor:
        """G(φ(x)) of a draw."""
        return draw.once("fake", lambda: self.vocode(draw["data"], draw.rng("generator")))

    def score(self, x: Tensor, rng: Any = None) -> Float[Tensor, " n"]:
        """The mean score of each sample, for penalties."""
        return at_least_fp32(self.critic(x, None, rng)).mean(1)

    def cost_critic(self, draw: Draw) -> Cost:
        """a Σ_k E objective.critic(D_k(x), D_k(G(φ(x)))); both sides in one call."""
        x, made = draw["data"], self.generated(draw)
        sides = [at_least_fp32(scores).chunk(2) for scores, _ in self.critic.judge(self.space.cat([x, made]))]
        prices = [self.objective.critic(real.flatten(), fake.flatten()).mean() for real, fake in sides]
        value = self.weights["adversarial"] * torch.stack(prices).sum()
        return Cost(value, {"real": x, "fake": made, "score": self.score})

    def cost_generator(self, draw: Draw) -> Cost:
        """The three terms. No graph is recorded of D(x): neither x nor the critic, which rests, asks for a gradient."""
        x, made = draw["data"], self.generated(draw)
        real, fake = self.critic.judge(x), self.critic.judge(made)
        prices = [self.objective.generator(at_least_fp32(scores).flatten()).mean() for scores, _ in fake]
        parts = {
            "adversarial": torch.stack(prices).sum(),
            "feature": matched(real, fake),
            "mel": self.error(x, made).mean(),
        }
        return Cost(weighted(parts, self.weights), {"fake": made, "score": self.score}, parts)

    def error(self, x: Float[Tensor, "n c l"], made: Float[Tensor, "n c l"]) -> Float[Tensor, " n"]:
        """|ψ(x) - ψ(made)|, the mean over bands and frames of each sample, in natural logarithms."""
        return (self.heard(x) - self.heard(made)).abs().flatten(1).mean(1)

    def furnish(self, dataset: Dataset) -> None:
        """Keep the spectrograms of held-out recordings, so that sampling needs no data."""
        split = next(split for split in ("test", "valid", "train") if dataset.count(split))
        rows = torch.arange(GALLERY, device=self.gallery.device) * dataset.count(split) // GALLERY
        self.gallery.copy_(self.mel(dataset.batch(split, rows, None)["data"]))

    def condition(self, wanted: Any, n: int) -> Any:
        """The spectrograms of waveforms [n, channels, length], of any length that ``hop`` divides.

        Raises:
            UserError: something else is asked for.
        """
        if not isinstance(wanted, Tensor):
            return super().condition(wanted, n)
        channels, hop = self.gallery.shape[1], self.mel.hop
        if wanted.dim() != 3 or wanted.shape[:2] != (n, channels) or wanted.shape[2] % hop or not wanted.shape[2]:
            shape = list(wanted.shape)
            raise UserError(f"condition: waveforms [{n}, {channels}, a multiple of {hop}] wanted, not {shape}")
        return self.mel(wanted.to(self.gallery))

    def sample(self, n: int, rng: Rng, condition: Any = None) -> Any:
        """Waveforms of ``condition`` (n spectrograms), or of held-out ones by chance, none twice before all were."""
        if condition is None:
            condition = self.gallery[rng.uniform(GALLERY).argsort().repeat(-(-n // GALLERY))[:n]]
        return self.generator(condition, None, rng)


def matched(real: list[Judgement], fake: list[Judgement]) -> Float[Tensor, ""]:
    """Σ_k Σ_i E |D_k^i(x) - D_k^i(G(φ(x)))|, the mean over all numbers of each map."""
    pairs = [pair for (_, a), (_, b) in zip(real, fake, strict=True) for pair in zip(a, b, strict=True)]
    return torch.stack([at_least_fp32(a - b).abs().mean() for a, b in pairs]).sum()
