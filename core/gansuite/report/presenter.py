"""Single samples as a person meets them: heard, seen, read. Comparisons and judgements show them side by side."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from gansuite.errors import UserError
from gansuite.plugins.registry import registry
from gansuite.report.view import data_uri

MEDIA = {".wav": "audio/wav", ".flac": "audio/flac", ".ogg": "audio/ogg", ".mp3": "audio/mpeg",
         ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".svg": "image/svg+xml"}  # fmt: skip
LETTERS = 2000
"""Letters of a text file that are shown."""


@dataclass(frozen=True)
class Exhibit:
    """What a person is shown of a sample.

    Args:
        html: a fragment for a page that needs nothing else; whoever made it has escaped it.
        words: the same in a few words, for who cannot see or hear it.
    """

    html: str
    words: str = ""


class Presenter(ABC):
    """Shows single samples of a domain. A subclass is a component of the kind "presenter"; a domain has one.

    Attributes:
        together: how many samples make one exhibit: 1, or a cloud of points of which one alone says nothing.
        style: CSS that a page with exhibits holds once.
        script: JavaScript at its end, likewise.
    """

    together: int = 1
    style: ClassVar[str] = ""
    script: ClassVar[str] = ""

    @abstractmethod
    def __call__(self, samples: NDArray[Any]) -> list[Exhibit]:
        """An exhibit of each ``together`` samples [n, ...], in their order; what is left over makes none."""


class Files(Presenter):
    """For a domain without a presenter: what its writer writes of each sample, embedded as what its ending says.

    Args:
        writer: of the domain.
    """

    style: ClassVar[str] = ".exhibit { max-width: 100%; } .exhibit pre { white-space: pre-wrap; }"

    def __init__(self, writer: Any) -> None:
        self.writer = writer

    def __call__(self, samples: NDArray[Any]) -> list[Exhibit]:
        import torch

        found = []
        for index in range(len(samples)):
            with TemporaryDirectory() as folder:
                paths = self.writer.write(torch.from_numpy(samples[index : index + 1]), Path(folder), "")
                found.append(Exhibit("".join(embedded(Path(path)) for path in paths), f"sample {index + 1}"))
        return found


def embedded(path: Path) -> str:
    """A file as HTML: a player, a picture, its text, or its name where it is neither."""
    kind = MEDIA.get(path.suffix.lower(), "")
    if kind.startswith("audio"):
        return Markup('<audio class="exhibit" controls src="{}"></audio>').format(data_uri(path.read_bytes(), kind))
    if kind:
        return Markup('<img class="exhibit" alt="" src="{}">').format(data_uri(path.read_bytes(), kind))
    try:
        return Markup('<div class="exhibit"><pre>{}</pre></div>').format(path.read_text(encoding="utf-8")[:LETTERS])
    except UnicodeDecodeError:
        return Markup("<p>{}</p>").format(path.name)


def presenter_of(plugin: str | None, spec: Any, writer: Any = None) -> Presenter:
    """How the domain of a run shows its samples.

    Args:
        plugin: of the run's data set.
        spec: of the domain, as ``read_spec`` makes it from ``run.json``.
        writer: of the run, for a domain whose plugin offers no presenter.

    Raises:
        UserError: the plugin offers none, and there is no writer.
    """
    for entry in registry().entries("presenter"):
        if entry.plugin == plugin:
            return registry().bind("presenter", entry.component.name, "the page", plugin).make(spec)
    if writer is None:
        raise UserError(f"the plugin {plugin!r} offers no presenter and the run no writer: its samples cannot be shown")
    return Files(writer)


def gallery(exhibits: Sequence[Exhibit]) -> Markup:
    """Exhibits one after another as list items, each with its words for who cannot see it."""
    item = Markup('<li aria-label="{}">{}</li>')
    return Markup("").join(item.format(escape(each.words), Markup(each.html)) for each in exhibits)


def parted(samples: NDArray[Any], together: int) -> list[NDArray[Any]]:
    """The samples in groups of ``together``; what is left over is dropped, unless it is all there is."""
    if len(samples) < together:
        return [samples] if len(samples) else []
    return np.split(samples[: len(samples) // together * together], len(samples) // together)
