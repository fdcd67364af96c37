"""An autoencoder of the data set, as an extractor: the code in its bottleneck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import torch
from annotated_types import Ge, Gt
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.data.dataset import Dataset
from gansuite.engine.rng import seed_of
from gansuite.errors import UserError
from gansuite.extractors.learned import Learned, Parts
from gansuite.extractors.training import descend, spread
from gansuite.metrics.jackknife import block_labels, jackknife_of
from gansuite.plugins.component import Ref


class Encoder(Learned):
    """The code of an autoencoder over standardised base features: d - hidden - ``size`` - hidden - d, squared error.

    For data without labels. It keeps what most of the variance of the training items is made of, and is blind to what
    does not vary among them; ``summary`` says which share of the held-out items' variance the code explains, with its
    95 % jackknife interval.

    Args:
        spec: the domain.
        base: whose features it sees; none: those of the domain's own extractor.
        size: numbers in the code.
        hidden: units of the layer on either side of it.
        steps: the budget, in batches of 128 items.
        items: most that it is trained on.
        seed: of weights, order and choice of items.
    """

    kind: ClassVar[str] = "encoder"

    def __init__(
        self,
        spec: Any,
        *,
        base: Annotated[Any, Ref("extractor")] | None = None,
        size: Annotated[int, Gt(0)] = 32,
        hidden: Annotated[int, Gt(0)] = 128,
        steps: Annotated[int, Gt(0)] = 1000,
        items: Annotated[int, Gt(0)] = 20_000,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        super().__init__(spec, base, {"size": size, "hidden": hidden, "steps": steps, "items": items, "seed": seed})

    def train_on(self, dataset: Dataset, parts: Parts, device: torch.device) -> tuple[nn.Module, dict[str, Any]]:
        x, valid, test = (self.features_of(dataset, parts[name], device) for name in ("train", "valid", "test"))
        if bool((x == x[:1]).all()):
            raise UserError(f"extractor {self.name}: the base gives all items the same features; name another base")
        own = {name: self.settings[name] for name in ("size", "hidden", "seed")}
        net = Autoencoder(x.shape[1], **own).to(device)
        net.mean, net.scale = spread(x)
        steps = descend(
            list(net.parameters()),
            lambda rows: net.errors(x[rows.to(device)]).mean(),
            len(x),
            steps=self.settings["steps"],
            seed=seed_of(self.settings["seed"], "order"),
            held_out=lambda: float(net.errors(valid).mean()),
        )
        net.requires_grad_(False)
        share, low, high = explained(net, test)
        held_out = {"n": len(test), "held_out": parts["test"][0], "trained_on": len(x), "steps": steps}
        return net, {"explained": share, "low": low, "high": high, **held_out}

    def network(self, weights: Mapping[str, Tensor]) -> nn.Module:
        hidden, d = weights["layers.0.weight"].shape
        net = Autoencoder(d, size=len(weights["layers.2.weight"]), hidden=hidden)
        net.load_state_dict(dict(weights))
        return net.requires_grad_(False)

    def read(self, net: Any, x: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        return net.code(x)


class Autoencoder(nn.Module):
    """Standardise, then d - hidden - size - hidden - d with leaky rectifiers; the code itself is linear."""

    mean: Tensor
    scale: Tensor

    def __init__(self, d: int, *, size: int, hidden: int, seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        act = nn.LeakyReLU(0.1)
        layers = [linear(d, hidden, generator), act, linear(hidden, size, generator)]
        self.layers = nn.Sequential(*layers, linear(size, hidden, generator), act, linear(hidden, d, generator))
        self.register_buffer("mean", torch.zeros(d))
        self.register_buffer("scale", torch.ones(d))

    def standard(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        return (x - self.mean) / self.scale

    def code(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n size"]:
        return self.layers[:3](self.standard(x))

    def errors(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """Mean squared error of each row, in standardised features."""
        x = self.standard(x)
        return (self.layers(x) - x).square().mean(1)


def linear(inputs: int, outputs: int, generator: torch.Generator) -> nn.Linear:
    """A linear layer with weights of variance 1 / inputs from ``generator`` alone."""
    layer = nn.Linear(inputs, outputs, device="meta").to_empty(device="cpu")  # draws from no global generator
    nn.init.normal_(layer.weight, 0, 1 / math.sqrt(inputs), generator=generator)
    nn.init.zeros_(layer.bias)
    return layer


def explained(net: Autoencoder, x: Float[Tensor, "n d"]) -> tuple[float, float, float]:
    """Share of the rows' variance that the code explains, and its 95 % block jackknife interval."""
    rows = net.standard(x).double()
    off, labels = net.errors(x).double(), block_labels(len(x))

    def statistic(b: int | None) -> list[float]:
        keep = slice(None) if b is None else (labels != b).to(x.device)
        return [float(1 - off[keep].mean() / rows[keep].var(0, correction=0).mean())]

    found = jackknife_of(statistic, labels, correct=False).of(0)
    return found.value, found.low, found.high
