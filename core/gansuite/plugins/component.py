"""What a plugin offers: frozen descriptors whose targets are strings, so that listing imports nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
TARGET = re.compile(r"[A-Za-z_][\w.-]*:[\w./-]+")


@dataclass(frozen=True)
class Component:
    """One thing a recipe can name.

    ``target`` is ``"package.module:Attribute"`` (for a recipe: ``"package:file.toml"``), imported only
    when it is used. ``requires`` are importable names of optional packages, ``extra`` the extra of the
    distribution that installs them. ``reference`` is a key of the ``references.bib`` beside the plugin's module
    or of the core's, or a whole BibTeX entry.

    Raises:
        ValueError: the kind is unknown, or a name or the target is malformed.
    """

    kind: str
    name: str
    target: str
    summary: str
    requires: tuple[str, ...] = ()
    extra: str | None = None
    reference: str | None = None
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"component {self.name!r} is of the unknown kind {self.kind!r}; kinds: {' '.join(KINDS)}")
        for name in (self.name, *self.aliases):
            if not NAME.fullmatch(name):
                raise ValueError(f"{self.kind} {name!r}: a name consists of a-z 0-9 . _ -")
        if not TARGET.fullmatch(self.target):
            raise ValueError(f"{self.kind} {self.name!r}: the target {self.target!r} is not 'package.module:Attribute'")


@dataclass(frozen=True)
class Command:
    """An additional sub-command of ``gansuite``: ``target`` names a click command."""

    name: str
    target: str
    summary: str


@dataclass(frozen=True)
class Ref:
    """Marks an option whose value is a component: ``objective: Annotated[Any, Ref("objective")] = "hinge"``.

    The recipe gives a name or a table ``{ name = ..., option = ... }``. The constructor receives the built
    object, or the ``Bound`` where the kind's constructor needs something of the run first.
    """

    kind: str


@dataclass(frozen=True)
class Kind:
    """A kind of component: what the run gives its constructor before the ``*``, and its duty."""

    name: str
    given: tuple[str, ...]
    duty: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("dataset", (), "real samples, decoded once and batched on the device"),
        Kind("augmentation", (), "random change of training samples: (x, rng) -> x"),
        Kind("prior", ("spec",), "latent distribution: sample(n, rng)"),
        Kind("representation", ("spec",), "what the networks see of a sample, and the way back"),
        Kind("growth", (), "how networks gain levels of detail while they are trained"),
        Kind("generator", ("spec", "prior"), "network from a latent to a sample"),
        Kind("critic", ("spec",), "network from a sample to one score per example"),
        Kind("encoder", ("spec", "prior"), "network from a sample to a latent"),
        Kind("translator", ("spec", "source"), "network from a sample of another domain to a sample"),
        Kind("objective", (), "pair of maps on critic scores: critic side, generator side"),
        Kind("penalty", (), "additive term hung on a turn, or a constraint kept after it"),
        Kind("input", (), "what the critic is shown: noise, packing, mixing, smoothed labels"),
        Kind("conditioning", (), "how a label or code steers the generator and what the critic makes of it"),
        Kind("estimator", (), "gradient through a discrete sample"),
        Kind("reward", (), "what a sample earns for the critic's score"),
        Kind("credit", (), "what each choice of a sample answers for of its reward"),
        Kind("game", ("networks", "prior", "space"), "networks and one cost per turn"),
        Kind("dynamics", (), "turns of a round to the players' updates"),
        Kind("layer", ("channels",), "building block of networks, for plugin authors: gansuite.layers"),
        Kind("optimizer", ("parameters",), "how a player's parameters follow a gradient"),
        Kind("schedule", ("steps",), "factor on the learning rate as a function of the step"),
        Kind("extractor", ("spec",), "network from samples to the features that metrics compare"),
        Kind("metric", (), "real and fake features to an estimate with its interval"),
        Kind("writer", ("spec",), "samples to files in the domain's own format"),
        Kind("presenter", ("spec",), "single samples as a person meets them: heard, seen, read"),
        Kind("panel", (), "a section of the report"),
        Kind("observer", (), "follows a run: logs, trackers"),
        Kind("study", ("scale",), "a question asked of many runs: gansuite study NAME"),
        Kind("recipe", (), "an experiment, as TOML"),
    )
}
