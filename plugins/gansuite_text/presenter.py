"""A text as a paragraph."""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import torch
from numpy.typing import NDArray

from gansuite.report import Exhibit, Presenter
from gansuite_text.spec import TextSpec


class TextPresenter(Presenter):
    """Texts of tokens [n, length]."""

    style: ClassVar[str] = ".text { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }"

    def __init__(self, spec: TextSpec) -> None:
        self.spec = spec

    def __call__(self, samples: NDArray[Any]) -> list[Exhibit]:
        texts = self.spec.decode(torch.from_numpy(samples))
        return [Exhibit(f'<p class="text">{escape(each) or "(an empty text)"}</p>', "text") for each in texts]
