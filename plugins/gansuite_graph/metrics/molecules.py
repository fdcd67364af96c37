"""Validity, uniqueness and novelty of generated molecules, however they are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from gansuite.games.choices import has_temperature
from gansuite.metrics.estimate import Estimate
from gansuite.metrics.metric import MetricError
from gansuite.metrics.models.likelihood import drawn
from gansuite.metrics.models.points import as_estimate, share
from gansuite.metrics.subject import Subject

from ..molecules import rdkit_bridge
from ..molecules.identity import identities, training_identities
from ..molecules.molecule import molecules_of
from ..molecules.valence import valid
from ..spec import GraphSpec

ROWS = 1024
"""Molecules drawn at a time."""


@dataclass(frozen=True)
class Counts:
    """Of n molecules those that are valid; of these the different ones; of these the new ones; RDKit's own verdict."""

    n: int
    valid: int
    unique: int
    novel: int
    sanitised: int | None

    def shares(self) -> Iterator[tuple[str, int, int]]:
        """The name of each share, and the two numbers that it is of."""
        yield "", self.novel, self.n
        yield "valid", self.valid, self.n
        yield "unique", self.unique, self.valid
        yield "novel", self.novel, self.unique
        if self.sanitised is not None:
            yield "rdkit-valid", self.sanitised, self.n


class MoleculeMetric:
    """What metrics of generated molecules share: they draw by themselves, and only from graphs that are molecules."""

    name: str
    needs = "model"

    def __init__(self) -> None:
        self.spec: GraphSpec | None = None

    def bind(self, spec: Any) -> None:
        """Tell the metric the domain.

        Raises:
            MetricError: the samples are no molecules.
        """
        if not isinstance(spec, GraphSpec) or not spec.molecular:
            raise MetricError(f"{self.name} judges molecules, and the samples are none: leave it out of [[metrics]]")
        self.spec = spec

    def hard(self, x: Tensor) -> Int64[Tensor, "n c"]:
        """The likeliest graphs of relaxed ones, on the CPU."""
        assert self.spec is not None, "bind(spec) comes first"
        return self.spec.tidied((x.argmax(2) if x.is_floating_point() else x).cpu())

    def drawn(self, subject: Subject, n: int, **how: Any) -> Int64[Tensor, "n c"]:
        """``n`` molecules of the model, drawn as ``how`` says."""
        return self.hard(drawn(subject, n, ROWS, **how)[0])


class Molecules(MoleculeMetric):
    """Shares of n generated molecules, each of the one before, with Wilson's score interval:

        molecules/valid    #valid / n                          by ``molecules.valence.valid``
        molecules/unique   #different molecules / #valid       by ``molecules.identity``
        molecules/novel    #different and in no training set / #different
        molecules          their product: the share of n that is all three

    first as the model draws them, then under ``molecules/argmax...`` with the likeliest type at every place of each
    latent, which is what many tables show and which changes uniqueness tenfold. ``molecules/rdkit-valid``, if RDKit is
    there, is the share that it sanitises with the aromatic bonds as they are written: MolGAN's criterion, under which a
    part of QM9 itself is invalid (see the floor). Several parts ('.') and unknown atoms ('*') are never valid.

    Source: De Cao & Kipf, MolGAN (2018), section 5; novelty among the different ones as Vignac et al., DiGress (2023).
    """

    name = "molecules"
    direction = "max"
    meaning = "How many of the generated molecules could exist, differ from each other, and are in no training set."

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Int64[Tensor, " m"]] = {}

    def __call__(self, subject: Subject, *, untrained: Subject | None = None, seed: int = 0) -> Sequence[Estimate]:
        """The estimates, the product of those drawn first."""
        n, train = subject.n, self.training(subject)
        held_out = self.hard(subject.real(n))
        real = self.counts(held_out, train) if len(held_out) == n and subject.split != "train" else None
        found = []
        ways = {"": {}, "argmax": {"alpha": float("inf")}} if has_temperature(subject.game) else {"": {}}
        for prefix, how in ways.items():
            made = self.counts(self.drawn(subject, n, **how), train)
            fresh = None if untrained is None else self.counts(self.drawn(untrained, n, **how), train)
            found += self.estimates(prefix, made, real, fresh, seed, len(train))
        return found

    def estimates(
        self, prefix: str, made: Counts, real: Counts | None, fresh: Counts | None, seed: int, training: int
    ) -> Iterator[Estimate]:
        """Those of one way to draw."""
        floors, starts = (values_of(each) for each in (real, fresh))
        drawing = "the likeliest type at each place" if prefix else "drawn from the model"
        extras: dict[str, Any] = {"drawing": drawing, "training molecules": training}
        for part, hits, of in made.shares():
            told = extras | {"of": of} | ({"judge": rdkit_bridge.version()} if part == "rdkit-valid" else {})
            if not of:
                told["warning"] = "of none: there is no valid molecule"
            yield as_estimate(
                self,
                share(hits, max(of, 1)),
                "-".join(filter(None, (prefix, part))),
                made.n,
                seed=seed,
                method="Wilson score",
                floor=floors.get(part),
                untrained=starts.get(part),
                extras=told,
            )

    def training(self, subject: Subject) -> Int64[Tensor, " m"]:
        """The identities of the training molecules, kept between calls."""
        data: Any = subject.dataset
        if data.fingerprint not in self.known:
            assert self.spec is not None, "bind(spec) comes first"
            self.known = {data.fingerprint: training_identities(self.spec, data, subject.device).cpu().unique()}
        return self.known[data.fingerprint]

    def counts(self, x: Int64[Tensor, "n c"], train: Int64[Tensor, " m"]) -> Counts:
        """What is true of some molecules."""
        assert self.spec is not None, "bind(spec) comes first"
        good = valid(self.spec, x)
        different = identities(self.spec, x[good]).unique()
        novel = int((~torch.isin(different, train)).sum())
        return Counts(len(x), int(good.sum()), len(different), novel, sanitised(self.spec, x))


def sanitised(spec: GraphSpec, x: Int64[Tensor, "n c"]) -> int | None:
    """How many molecules of one part RDKit sanitises as they are written; None without RDKit."""
    if not rdkit_bridge.available():
        return None
    return sum(rdkit_bridge.canonical(each, as_written=True) is not None for each in molecules_of(spec, x))


def values_of(counts: Counts | None) -> Mapping[str, float]:
    """The shares by name, those that are of something."""
    return {} if counts is None else {part: hits / of for part, hits, of in counts.shares() if of}
