"""How noisy a player's gradient is: the batch size at which noise and gradient are equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import torch
from annotated_types import Ge
from jaxtyping import Float
from scipy.special import stdtrit
from torch import Tensor

from gansuite.engine.engine import Engine
from gansuite.engine.turn import Turn
from gansuite.metrics.estimate import Estimate, Interval
from gansuite.metrics.jackknife import BLOCKS, Jackknife, block_labels, jackknife_of
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.points import LEVEL, as_estimate
from gansuite.metrics.subject import Subject

METHOD = "ratio of unbiased estimates; Fieller from the block jackknife"


class Sums:
    """What the scale is computed from: sums of gradients and of their squares, by block of gradients."""

    def __init__(self, p: int, like: Tensor, blocks: int) -> None:
        self.counts = [0] * blocks
        self.sums = torch.zeros(blocks, p, dtype=like.dtype, device=like.device)
        self.squares = torch.zeros(blocks, dtype=torch.float64, device=like.device)

    def add(self, gradients: Float[Tensor, "m p"], block: int) -> None:
        self.counts[block] += len(gradients)
        self.sums[block] += gradients.sum(0)
        self.squares[block] += gradients.double().square().sum()

    def jackknife(self) -> Jackknife:
        """tr(cov of one gradient) and |mean gradient|², both without bias, whole and without each block."""
        whole = [i for i, count in enumerate(self.counts) for _ in range(count)]
        product = torch.zeros(len(self.sums), len(self.sums), dtype=torch.float64, device=self.sums.device)
        for columns in self.sums.split(1 << 20, 1):
            product += columns.double() @ columns.double().T
        gram, squares, counts = product.cpu().numpy(), self.squares.cpu().numpy(), np.array(self.counts)

        def statistic(b: int | None) -> tuple[float, float]:
            keep = np.arange(len(counts)) != b
            n, total = counts[keep].sum(), gram[np.ix_(keep, keep)].sum()
            trace = (squares[keep].sum() - total / n) / (n - 1)
            return trace, total / n**2 - trace / n

        return jackknife_of(statistic, torch.tensor(whole), correct=False)


def noise_scale(
    per_sample_gradients: Tensor | np.ndarray,
    *,
    batch: int = 1,
    untrained: Tensor | np.ndarray | None = None,
    seed: int = 0,
) -> Estimate:
    """The simple noise scale B = tr(S) / |g|², S the covariance of one sample's gradient about its mean g.

        tr S = b sum_i |g_i - mean|² / (m - 1),   |g|² = |mean|² - tr S / (m b)

    both without bias. Batches much smaller than B are mostly noise, much larger ones waste samples. Where g is not told
    from 0 the interval has no upper end, and where its square's estimate is not above 0 the value is infinite.

    Args:
        per_sample_gradients: the gradients, [m, p], each of one sample or the mean of ``batch``.
        batch: b.
        untrained: the same before the first step; gives ``Estimate.untrained``.
        seed: of the jackknife's blocks.

    Raises:
        MetricError: too few gradients, not finite ones, or all of them 0.

    Source: McCandlish et al. (2018), section 2.2 and appendix A.1.
    """
    found = [summed(each, seed) for each in (per_sample_gradients, untrained) if each is not None]
    former = None if untrained is None else ratio(found[1], batch).value
    n = batch * len(per_sample_gradients)
    return as_estimate(
        GradientNoiseScale,
        ratio(found[0], batch),
        "",
        n,
        method=METHOD,
        seed=seed,
        untrained=former,
        extras=told(found[0]),
    )


def summed(gradients: Tensor | np.ndarray, seed: int) -> Jackknife:
    """The sums of gradients that all are there."""
    g = torch.as_tensor(gradients).detach()
    if g.dim() != 2 or len(g) < 4:
        raise MetricError(f"gradient-noise-scale: gradients of shape {list(g.shape)}: give at least 4 rows, [m, p]")
    labels = block_labels(len(g), seed=seed)
    sums = Sums(g.shape[1], g.double(), int(labels.max()) + 1)
    for b in range(len(sums.counts)):
        sums.add(g[labels.to(g.device) == b].double(), b)
    return sums.jackknife()


def ratio(found: Jackknife, batch: int, level: float = LEVEL) -> Interval:
    """tr S / |g|² with Fieller's interval: all B for which tr S - B |g|² is within its error of 0.

    Raises:
        MetricError: the gradients are not finite, or all 0.
    """
    trace, square = found.value
    if not np.isfinite(found.value).all():
        raise MetricError("gradient-noise-scale: a gradient is not finite: look for overflow in the costs")
    if trace <= 0 and square <= 0:
        raise MetricError("gradient-noise-scale: every gradient is 0: this player does not move")
    q = float(stdtrit(len(found.pseudo) - 1, (1 + level) / 2))
    vt, vg = (q * found.error(e) for e in ([1.0, 0.0], [0.0, 1.0]))
    both = (q * found.error([1.0, 1.0])) ** 2
    a, b, c = square**2 - vg**2, trace * square - (both - vt**2 - vg**2) / 2, trace**2 - vt**2
    root = max(b * b - a * c, 0.0) ** 0.5
    # a B² - 2 b B + c <= 0: between the roots where |g|² is told from 0, above the positive one where it is not.
    low = c / (b + root) if a > 0 and b + root > 0 else (b - root) / a if a < 0 else 0.0
    high = (b + root) / a if a > 0 and square > 0 else np.inf
    value = trace / square if square > 0 else np.inf
    return Interval(batch * float(value), batch * max(float(low), 0.0), batch * float(high))


def told(found: Jackknife) -> dict[str, float]:
    return {"variance": float(found.value[0]), "square": float(found.value[1])}


class GradientNoiseScale:
    """The batch size at which a player's gradient is as large as its noise, for every turn; see ``noise_scale``.

        gradient-noise-scale/<turn>  b tr(cov of a batch's gradient) / |g|²

    The gradients are those of the very moves that train, on independent batches of the recipe: with penalties,
    conditioning and whatever couples a batch. A batch counts as its samples, so b cancels where nothing couples them,
    and the estimate is as sharp as from single samples: its error is that of |g|², for which only their number counts.
    Near an equilibrium g vanishes and B grows without bound. It is a diagnosis: neither large nor small is better.

    Args:
        batches: for each turn, whatever ``n``.

    Source: McCandlish et al. (2018), section 2.2; per player, as there for a GAN, in appendix B.
    """

    name = "gradient-noise-scale"
    needs = "model"
    direction = "target"
    meaning = "Batch size at which a player's gradient is as large as its noise."

    def __init__(self, *, batches: Annotated[int, Ge(20)] = 64) -> None:
        self.batches = batches

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """One estimate for each turn of the last stage.

        Raises:
            MetricError: no recipe to train by, or a player whose gradient is 0 or not finite.
        """
        scales = self.scales(subject, seed)
        former = {} if untrained is None or untrained.twin is None else self.scales(untrained, seed)
        found = []
        for turn, (jackknife, batch) in scales.items():
            before = ratio(*former[turn]).value if turn in former else None
            extras = {"batch": batch, **told(jackknife)}
            scale, n = ratio(jackknife, batch), batch * self.batches
            found.append(as_estimate(self, scale, turn, n, method=METHOD, seed=seed, untrained=before, extras=extras))
        return found

    def scales(self, subject: Subject, seed: int) -> dict[str, tuple[Jackknife, int]]:
        """The jackknife of every turn's gradients, and the samples in a batch."""
        if subject.twin is None:
            raise MetricError(
                f"{self.name}: it takes the gradients of training, and there is no recipe here to train by"
            )
        experiment = subject.twin()
        engine = experiment.engine
        engine.round = subject.steps[-1] if subject.steps else 0
        batch: int = engine.sources["data"].batch_size  # pyright: ignore[reportAttributeAccessIssue]
        return {turn.name: (self.summed(engine, turn, seed), batch) for turn in experiment.stages[-1].turns}

    def summed(self, engine: Engine, turn: Turn, seed: int) -> Jackknife:
        """The gradients of a turn on independent batches: each from a stream of its own, at a place of its own.

        Within one stream batches would share an epoch and so exclude each other's samples; and a term that is due
        each k-th time must be there in one of k batches, which its place decides.
        """
        engine.attend(*turn.players)
        parameters, sums = engine.parameters(turn), None
        for i in range(self.batches):
            stream = f"gradient-noise-scale/{seed}/{turn.name}/{i}"
            engine.counts[stream] = i
            cost = engine.cost(turn, engine.draw(turn, stream=stream))
            gradients = engine.differentiate(cost.value, parameters)
            flat = torch.cat(
                [
                    torch.zeros_like(p).flatten() if g is None else g.flatten()
                    for p, g in zip(parameters, gradients, strict=True)
                ]
            )
            sums = sums or Sums(len(flat), flat, BLOCKS)
            sums.add(flat[None], i % BLOCKS)
        assert sums is not None
        return sums.jackknife()
