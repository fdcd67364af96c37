"""What a representation is: a domain that the networks play in, and the way there and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from gansuite.data.dataset import Dataset


class Representation(nn.Module, ABC):
    """A change of coordinates between the data and the networks, made on the device, batch by batch.

    The networks, the inputs, the penalties and the metrics that examine the model see represented samples; writers,
    extractors, reports and users see the domain's own. What ``fit`` finds goes into buffers, and so into the
    checkpoint: sampling needs no data.

    Attributes:
        spec: the domain of represented samples, which networks are made for; it keeps the labels of the data's. Where
            it has a ``source``, sources of translations are encoded as the data are.
    """

    spec: Any

    @torch.no_grad()
    def fit(self, dataset: Dataset) -> None:
        """Take from the training items what ``encode`` and ``decode`` need of them: means, deviations."""

    @abstractmethod
    def encode(self, x: Tensor) -> Tensor:
        """Samples as the networks see them, [n, *spec.shape]."""

    @abstractmethod
    def decode(self, y: Tensor) -> Tensor:
        """Back to the domain's own samples; the inverse of ``encode`` as far as there is one."""
