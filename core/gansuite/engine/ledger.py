"""What the turns cost, noted on the device and read once per report, so that logging never synchronises a step."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from gansuite.engine.ranks import Ranks


class Ledger:
    """Detached terms since the last report, by ``turn/term``."""

    def __init__(self, ranks: Ranks) -> None:
        self.ranks = ranks
        self.notes: dict[str, list[Tensor]] = {}

    def note(self, turn: str, parts: Mapping[str, Tensor]) -> None:
        """Keep the terms of one move."""
        for name, value in parts.items():
            self.notes.setdefault(f"{turn}/{name}", []).append(value.detach())

    def read(self) -> dict[str, float]:
        """Mean of each term since the last reading, over moves and ranks, in one transfer."""
        if not self.notes:
            return {}
        means = torch.stack([torch.stack(values).float().mean() for values in self.notes.values()])
        names = list(self.notes)
        self.notes = {}
        return dict(zip(names, self.ranks.average(means).tolist(), strict=True))

    def state_dict(self) -> dict[str, Tensor]:
        """The unread notes, averaged over the ranks: every rank must call."""
        return {name: self.ranks.average(torch.stack(values).float()) for name, values in self.notes.items()}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        self.notes = {name: list(values.unbind()) for name, values in state.items()}
