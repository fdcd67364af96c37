"""What a conditioning is: codes for both players, and what the critic makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from gansuite.engine.rng import Rng
from gansuite.errors import UserError
from gansuite.games.game import Draw
from gansuite.objectives.objective import Objective
from gansuite.priors.latent import Latent

LISTED = 12  # labels named in a message


class Conditioning(nn.Module):
    """A code c for each sample: the generator reads it beside its latent, the critic as the subclass says.

    The code of a real sample is its label, as one-hot vector; a generated sample is given the code of the real one
    in its row. So every domain and every network can be conditioned. Rows without a label (-1) have the code 0: a
    condition of its own for networks that read the code, and no target for those that tell it.

    Class attributes:
        attached: the critic is shown the code, as further channels of the sample and as its ``condition``.
        reads_features: the critic's features are needed, for a head on top of them.
        reads_labels: codes are made of the labels of the data.
    """

    attached: ClassVar[bool] = False
    reads_features: ClassVar[bool] = False
    reads_labels: ClassVar[bool] = True
    labels: tuple[str, ...]
    counts: Tensor

    def __init__(self) -> None:
        super().__init__()

    @property
    def device(self) -> torch.device:
        """Where codes are made."""
        return self.counts.device

    @property
    def size(self) -> int:
        """Numbers in a code."""
        return len(self.labels)

    def bind(self, spec: Any) -> None:
        """Take the classes from the domain.

        Raises:
            UserError: the data has no labels, or all of its items are of one class.
        """
        self.labels = tuple(getattr(spec, "labels", ()))
        if not self.labels:
            raise UserError("conditioning: the data has no labels; choose a labelled dataset, or leave it out")
        if len(self.labels) == 1:
            only = self.labels[0]
            raise UserError(
                f"conditioning: all data is of the class {only!r}, so there is nothing to tell; leave it out"
            )
        self.register_buffer("counts", torch.zeros(len(self.labels)))

    def check(self, objective: Objective, group: int) -> None:
        """Refuse what this conditioning cannot be combined with; ``group`` samples share one score of the critic.

        Raises:
            UserError: the reason, and what would do instead.
        """

    def latent(self, prior: Any) -> Any:
        """What the generator is given in place of the prior."""
        return Latent(prior.size + self.size, prior)

    def equip(self, critic: Any, group: int) -> None:
        """Make what this conditioning adds to the critic (its player moves it); ``group`` samples share a score."""

    def codes(self, draw: Draw, n: int) -> Float[Tensor, "n k"]:
        """The codes of a draw's ``n`` rows: those of its labels."""
        return self.one_hot(draw["label"])

    def one_hot(self, label: Int64[Tensor, " n"]) -> Float[Tensor, "n k"]:
        """The code of each label; 0 for a label of -1. Nothing waits for the device."""
        return (label.unsqueeze(1) == torch.arange(len(self.labels), device=label.device)).float()

    def chance(self, n: int, rng: Rng) -> Float[Tensor, "n k"]:
        """Codes to sample with where none are asked for: labels as often as training has seen them."""
        shares = (self.counts + (self.counts.sum() == 0)).double().cumsum(0)
        return self.one_hot(torch.searchsorted(shares / shares[-1], rng.uniform(n).double(), right=True))

    def spread(self, n: int, rng: Rng) -> tuple[Float[Tensor, "n k"], list[str]]:
        """Codes that show the labels training has seen as evenly as may be, in order, and the label of each."""
        seen = [i for i, count in enumerate(self.counts.tolist()) if count] or list(range(len(self.labels)))
        numbers = [seen[i * len(seen) // n] for i in range(n)]
        return self.one_hot(torch.tensor(numbers, device=self.device)), [self.labels[i] for i in numbers]

    def traversals(self, code: Float[Tensor, "1 k"], steps: int, span: float) -> list[Float[Tensor, "m k"]]:
        """Rows of codes in each of which one thing changes: here all labels, one after the other."""
        return [self.one_hot(torch.arange(len(self.labels), device=self.device)).to(code)]

    def chosen(self, condition: Any, n: int) -> Float[Tensor, "n k"]:
        """The codes of a condition: a label by its name or number, one such label for each sample, or codes [n, k].

        Raises:
            UserError: there is no such label.
        """
        if isinstance(condition, Tensor):
            if condition.dim() == 2:
                return condition
            condition = condition.tolist()
        labels = list(condition) if isinstance(condition, list | tuple) else [condition]
        if len(labels) not in (1, n):
            raise UserError(f"condition: {len(labels)} labels for {n} samples; give one, or one for each")
        numbers = torch.tensor([self.number(label) for label in labels], device=self.device)
        return self.one_hot(numbers.expand(n))

    def number(self, label: str | int) -> int:
        """The number of a label given by its name or its number.

        Raises:
            UserError: there is no such label.
        """
        if str(label) in self.labels:
            return self.labels.index(str(label))
        try:
            number = int(label)
        except ValueError:
            number = -1
        if not 0 <= number < len(self.labels):
            raise UserError(f"there is no label {str(label)!r}; {self.known(str(label))}")
        return number

    def known(self, word: str) -> str:
        """The label nearest to a word, if one is near, and the first dozen of them."""
        near = "".join(f"did you mean {name!r}? " for name in get_close_matches(word, self.labels, n=1))
        more = f", ... ({len(self.labels)} in all)" if len(self.labels) > LISTED else ""
        return f"{near}labels: {', '.join(self.labels[:LISTED]) or 'none'}{more}"

    def join(self, z: Float[Tensor, "n z"], codes: Float[Tensor, "n k"]) -> Float[Tensor, "n zk"]:
        """What the generator reads: the latent and the code."""
        return torch.cat([z, codes.to(z.dtype)], 1)

    def score(self, score: Float[Tensor, " m"], features: Any, codes: Float[Tensor, "m j"]) -> Float[Tensor, " m"]:
        """The critic's score given the code; features [m, w], or None where they are not read."""
        return score

    def critic_cost(self, real: Any, fake: Any, codes: Float[Tensor, "m j"]) -> Mapping[str, Tensor]:
        """What the critic's turn pays besides the objective, by name, from the features of both sides."""
        return {}

    def generator_cost(self, fake: Any, codes: Float[Tensor, "m j"]) -> Mapping[str, Tensor]:
        """What the generator's turn pays besides the objective, by name."""
        return {}

    def after(self, draw: Draw) -> None:
        """Once after each move of the critic: count the labels, in a buffer."""
        if self.reads_labels:
            self.counts += draw.gather(self.one_hot(draw["label"])).sum(0)
