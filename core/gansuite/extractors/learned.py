"""What extractors share that are trained once on the data set itself, and kept."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int64
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gansuite.data.cache import cached
from gansuite.data.dataset import Dataset
from gansuite.engine.rng import seed_of
from gansuite.errors import UserError
from gansuite.extractors.hashing import hash_of
from gansuite.metrics.features import real_features
from gansuite.plugins.options import Bound
from gansuite.plugins.registry import registry

WEIGHTS = "weights.safetensors"
FEW = 10  # items below which a split is too small to choose the end, or to test with

Parts = Mapping[str, tuple[str, Int64[Tensor, " n"]]]
"""For "train", "valid" and "test": the split from which the items are taken, and which."""


class Learned(nn.Module, ABC):
    """A small network over the features of a ``base`` extractor, trained once on the data set and cached.

    The same data set, base and settings give the same weights, so that numbers of two runs can be compared. It
    judges samples by what it learnt of *this* data set, which its name says: ``classifier[random-cnn]``. ``kind`` is
    the component's name and ``plugin`` the package's that offers it.

    Args:
        spec: the domain; names its own extractor.
        base: whose features the network sees; None: the domain's own.
        settings: options that the weights depend on.
        output: options that they do not depend on.
    """

    kind: ClassVar[str]
    plugin: ClassVar[str] = "core"
    gives: str = "features"

    def __init__(self, spec: Any, base: Any, settings: Mapping[str, Any], **output: Any) -> None:
        super().__init__()
        self.bound = usual(spec) if base is None else base
        self.base = self.bound.make(spec) if isinstance(self.bound, Bound) else self.bound
        self.settings, self.output = dict(settings), output
        self.name = f"{self.kind}[{self.base.name}]"
        self.fingerprint = "untrained"
        self.summary: dict[str, Any] = {}
        self.net: nn.Module | None = None

    @abstractmethod
    def train_on(self, dataset: Dataset, parts: Parts, device: torch.device) -> tuple[nn.Module, dict[str, Any]]:
        """The trained network, and a JSON-able account of how well it does on the items held out."""

    @abstractmethod
    def network(self, weights: Mapping[str, Tensor]) -> nn.Module:
        """The network whose ``state_dict`` this is."""

    @abstractmethod
    def read(self, net: nn.Module, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        """What the trained network makes of the base's features."""

    def fit(self, dataset: Dataset, device: torch.device | str = "cpu") -> None:
        """Train on the data set, or take the weights from the cache; once, before the first sample.

        Raises:
            UserError: the data set has not what it takes.
        """
        device = torch.device(device)
        if hasattr(self.base, "fit"):
            self.base.fit(dataset, device)
        if isinstance(self.base, nn.Module):
            self.base.to(device).eval()
        key = hash_of("1", self.kind, dataset.fingerprint, self.base.fingerprint, sorted(self.settings.items()))

        def make(folder: Path) -> None:
            parts = items(dataset, self.settings["items"], self.settings["seed"])
            net, summary = self.train_on(dataset, parts, device)
            save_file({name: each.cpu().contiguous() for name, each in net.state_dict().items()}, folder / WEIGHTS)
            (folder / "summary.json").write_text(json.dumps(summary))

        folder = cached(self.kind, key, make)
        self.summary = json.loads((folder / "summary.json").read_text())
        self.take(load_file(folder / WEIGHTS))
        self.to(device)

    def features_of(
        self, dataset: Dataset, part: tuple[str, Int64[Tensor, " n"]], device: torch.device
    ) -> Float[Tensor, "n d"]:
        """The base's features of some items."""
        return real_features(dataset, *part, self.base, device)

    def take(self, weights: Mapping[str, Tensor]) -> None:
        """Use these weights of the network."""
        self.net = self.network(weights)
        self.fingerprint = hash_of(
            self.kind, self.base.fingerprint, sorted(self.output.items()), weights=self.net.state_dict()
        )

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        """Use what ``state_dict`` gave, the base's weights among it."""
        self.take(under("net.", weights))
        if isinstance(self.base, Learned):
            self.base.restore(under("base.", weights))
        elif isinstance(self.base, nn.Module):
            self.base.load_state_dict(under("base.", weights))

    def table(self) -> dict[str, Any]:
        """The name and all options, as a recipe has them.

        Raises:
            UserError: the base was given as an object, which no table names.
        """
        if isinstance(self.base, Learned):
            base = self.base.table()
        elif isinstance(self.bound, Bound):
            base = {**self.bound.as_table(), "name": self.bound.entry.address}
        else:
            raise UserError(f"{self.name}: its base is an object of yours, which a file cannot name")
        return {"name": f"{self.plugin}/{self.kind}", "base": base, **self.settings, **self.output}

    @torch.no_grad()
    def forward(self, samples: Any) -> Float[Tensor, "n k"]:
        if self.net is None:
            raise UserError(f"extractor {self.name} is not trained: call fit(dataset, device) first")
        return self.read(self.net, self.base(samples)).float()


def usual(spec: Any) -> Bound:
    """The domain's own extractor.

    Raises:
        UserError: it is itself one that needs a base.
    """
    bound = registry().bind("extractor", spec.extractor, "extractor", home_of(spec))
    target = bound.entry.load()
    if isinstance(target, type) and issubclass(target, Learned):
        raise UserError(f"the domain's own extractor, {spec.extractor}, is itself trained: name the base of this one")
    return bound


def home_of(spec: Any) -> str | None:
    """The plugin that a domain is of; None: of none that is installed."""
    package = type(spec).__module__.partition(".")[0]
    known = [plugin.name for plugin in registry().plugins if plugin.package == package]
    return known[0] if known and package != "gansuite" else None


def items(dataset: Dataset, most: int, seed: int) -> Parts:
    """Which items train, choose the end and are held out: ``most`` of each at most, in an order drawn from the seed.

    In the place of a split with fewer than ten items stands a tenth of the training items, which then train nothing.

    Raises:
        UserError: there are hardly any training items.
    """

    def order(split: str) -> Int64[Tensor, " n"]:
        generator = torch.Generator().manual_seed(seed_of(seed, "items", split))
        return torch.randperm(dataset.count(split), generator=generator)[:most]

    train, parts = order("train"), {}
    if len(train) < 2 * FEW:
        raise UserError(f"{len(train)} training items are too few to train an extractor on: bring at least {2 * FEW}")
    tenth = -(-len(train) // 10)
    for split in ("valid", "test"):
        if dataset.count(split) >= FEW:
            parts[split] = (split, order(split))
        else:
            parts[split], train = ("train", train[:tenth]), train[tenth:]
    return {"train": ("train", train), **parts}


def under(prefix: str, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights whose name begins with a prefix, without it."""
    return {name.removeprefix(prefix): each for name, each in weights.items() if name.startswith(prefix)}
