"""Pictures of 4 x 4 whose class is their brightness and whose domain is a lit corner, and their translators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from gansuite.games.game import Game
from gansuite.games.networks import Networks
from gansuite.games.translation.pix2pix import Pix2Pix
from gansuite.games.translation.stargan import StarGan
from gansuite.metrics import Subject
from gansuite.objectives.non_saturating import NonSaturating
from gansuite.priors.none import NoLatent
from gansuite.spaces import TensorSpace

CLASSES = ("dark", "grey", "bright")
N = 60


@dataclass(frozen=True)
class TinySpec:
    shape: tuple[int, ...] = (1, 4, 4)
    labels: tuple[str, ...] = ()
    source: Any = None
    contents: tuple[str, ...] = ()

    space: ClassVar[TensorSpace] = TensorSpace()
    extractor: ClassVar[str] = "identity"

    def widened(self, channels):
        return TinySpec((channels, *self.shape[1:]), self.labels, self.source, self.contents)


def picture(content, domain):
    """Level of the class everywhere, and 1 at the first pixel of row ``domain``."""
    x = (0.25 * (content - 1)).float().view(-1, 1, 1, 1).repeat(1, 1, 4, 4)
    x[torch.arange(len(x)), 0, domain, 0] = 1.0
    return x


class Two:
    """Sources of domain 0, data of domain 1; item i is of class i modulo 3."""

    def __init__(self, paired=True, labels=CLASSES, content=True):
        self.spec = TinySpec(labels=labels, source=TinySpec(labels=labels))
        self.paired, self.content = paired, content
        self.fingerprint, self.summary = f"two {paired} {labels} {content}", {}

    def to(self, device):
        return self

    def count(self, split):
        return N

    def names(self, split):
        return [str(i) for i in range(N)]

    def batch(self, split, index, rng):
        own = index % 3
        other = own if self.paired else (index + 1) % 3
        batch = {"data": picture(own, torch.ones_like(own)), "source": picture(other, torch.zeros_like(own))}
        if self.spec.labels:
            batch["label"] = own
        return {**batch, "content": other} if self.content else batch


class Four:
    """Each item in one of four domains, its label."""

    def __init__(self):
        self.spec = TinySpec(labels=("a", "b", "c", "d"), contents=CLASSES)
        self.fingerprint, self.summary = "four", {}

    def to(self, device):
        return self

    def count(self, split):
        return N

    def names(self, split):
        return [str(i) for i in range(N)]

    def batch(self, split, index, rng):
        return {"data": picture(index // 4 % 3, index % 4), "label": index % 4, "content": index // 4 % 3}


class Reader:
    """The truth about a picture's class or domain as probabilities."""

    name, fingerprint, gives = "reader", "reader", "probabilities"

    def __init__(self, what):
        self.what = what

    def __call__(self, x):
        if self.what == "content":
            number, k = (x[:, 0, 3, 3] / 0.25 + 1).round().long().clamp(0, 2), 3
        else:
            number, k = x[:, 0, :, 0].argmax(1), 4 if self.what == "domains" else 2
        return nn.functional.one_hot(number, k).float()


class Told(nn.Module):
    """A translator that is a function."""

    conditions = None

    def __init__(self, move):
        super().__init__()
        self.move, self.unused = move, nn.Parameter(torch.zeros(1))

    def forward(self, x, condition=None, rng=None):
        return self.move(x) if condition is None else self.move(x, condition)


class Critic(nn.Module):
    width = 1

    def features(self, x, rng=None):
        return x.flatten(1)[:, :1]

    def head(self, features):
        return features[:, 0]

    def forward(self, x, condition=None, rng=None):
        return self.head(self.features(x))


def lit(x, domain):
    """The picture with another corner lit, all else as it is."""
    found = x.clone()
    found[:, :, :, 0] = x[:, :, 3:, 3]
    found[torch.arange(len(x)), 0, domain, 0] = 1.0
    return found


def shifted(x, by):
    """The picture with its class moved, the lit corner as it is."""
    found = 0.25 * (((x[:, :, 3:, 3:] / 0.25 + 1).round() + by) % 3 - 1).expand_as(x).clone()
    return torch.where(x == 1, 1.0, found)


def subject_of(move, dataset=None, n=48, split="test"):
    dataset = dataset or Two()
    game: Any = StarGan if isinstance(dataset, Four) else Pix2Pix
    more = {"penalties": []} if isinstance(dataset, Four) else {}
    networks = Networks.fixed({"generator": Told(move), "critic": Critic()}, dataset.spec, NoLatent(None))
    game = game(networks, None, dataset.spec.space, objective=NonSaturating(), **more).eval()
    game.furnish(dataset)
    return Subject(game, dataset, split, n, torch.device("cpu"))


def no_translator():
    return Subject(Game(TinySpec.space), Two(), "test", 20, torch.device("cpu"))
