"""One data set in several domains, each made by a change: for one translator between all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from annotated_types import Ge, Len
from jaxtyping import Int64
from torch import Tensor

from gansuite.data.augmentation import Augmentations, bound, settings
from gansuite.data.domains.made import Made, changed, sourced
from gansuite.data.split import SPLITS
from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.plugins import Ref


class Variants(Made):
    """Each item once in every domain; its label is the domain, and ``content`` the class that it had.

    Args:
        of: the data set.
        into: one change for each domain.
        plain: whether the items as they are make a domain too, the first one.
        domains: names of the domains, in their order; by default "plain" and the names of the changes.
        seed: of the changes of held-out items.

    Raises:
        UserError: a change leads to samples of another shape, fewer than two domains, or names that do not fit them.
    """

    def __init__(
        self,
        *,
        of: Annotated[Any, Ref("dataset")],
        into: Annotated[Augmentations, Len(1)],
        plain: bool = True,
        domains: list[str] | None = None,
        seed: Annotated[int, Ge(0)] = 0,
    ) -> None:
        for each in into:
            if bound([each], of.spec).shape != of.spec.shape:
                raise UserError(f"variants: {type(each).__name__.lower()} changes the shape of samples; leave it out")
        self.changes = [*([[]] if plain else []), *([each] for each in into)]
        names = tuple(domains or named(into, plain))
        if len(names) != len(self.changes) or len(set(names)) < len(names):
            raise UserError(f"variants: domains = {list(names)}: give {len(self.changes)} names, each another")
        if len(names) < 2:
            raise UserError("variants: one domain is none to translate to; add a change, or set plain = true")
        spec = replace(of.spec, labels=names)
        contents = tuple(getattr(of.spec, "labels", ()))
        own = settings([change for each in self.changes for change in each])
        super().__init__(sourced(spec, spec, contents=contents), [of], into=own, plain=plain, names=names, seed=seed)
        self.seed = seed

    @property
    def domains(self) -> int:
        """Number of domains."""
        return len(self.changes)

    def count(self, split: str) -> int:
        """Number of items times domains."""
        return self.parts[0].count(split) * self.domains

    def histogram(self) -> Mapping[str, int]:
        """Number of items of each domain."""
        return dict.fromkeys(self.spec.labels, sum(map(self.parts[0].count, SPLITS)))

    def names(self, split: str) -> Sequence[str]:
        """Where each item comes from, and its domain."""
        return [f"{name} ({domain})" for name in self.parts[0].names(split) for domain in self.spec.labels]

    def batch(self, split: str, index: Int64[Tensor, " n"], rng: Rng | None) -> dict[str, Any]:
        """Row i is item i // domains in the domain i % domains."""
        item, domain = index // self.domains, index % self.domains
        batch = self.parts[0].batch(split, item, rng)
        x = batch["data"]
        for number, change in enumerate(self.changes):
            stream = Rng(self.seed, "variants", split, str(number), device=self.device)
            if change:
                x = self.spec.space.mix(changed(change, batch["data"], rng, stream, item), x, domain == number)
        made = {"data": x, "label": domain}
        return {**made, "content": batch["label"]} if "label" in batch else made


def named(changes: Augmentations, plain: bool) -> list[str]:
    """The names of the changes, numbered where one occurs twice."""
    names = [type(each).__name__.lower() for each in changes]
    names = [name if names.count(name) == 1 else f"{name} {names[:i].count(name) + 1}" for i, name in enumerate(names)]
    return ["plain", *names] if plain else names
