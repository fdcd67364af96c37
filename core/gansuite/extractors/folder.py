"""A network of your own as an extractor, from files that are read and never unpickled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from annotated_types import Len
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.extractors.foreign import from_torchscript, from_transformers
from gansuite.extractors.learned import WEIGHTS, Learned
from gansuite.plugins.registry import registry
from gansuite.plugins.wording import one_line

RECIPE = "extractor.json"


class Folder(nn.Module):
    """One of three, told apart by what is there:

        a file                          a TorchScript network, samples [n, ...] to [n, d]
        a folder with extractor.json    an extractor of gansuite and its weights, as ``save_extractor`` writes it
        a folder with config.json       a transformers model: the mean of its last hidden states

    Its fingerprint is the hash of the files. Nothing is downloaded, and none of the folder's code is run but a
    TorchScript network's own operations: a program, which is not to be taken from strangers. Give its ``sha256``.

    Args:
        spec: the domain.
        path: of the file or folder.
        sha256: what the file must hash to; of a folder, what ``LC_ALL=C sha256sum * | sha256sum`` says inside it.
        output: what a TorchScript network gives: ``features``, or ``probabilities`` of classes.

    Raises:
        UserError: nothing is there, it is none of the three, its hash is another, or its weights do not fit.
    """

    def __init__(
        self,
        spec: Any,
        *,
        path: str,
        sha256: Annotated[str, Len(64, 64)] | None = None,
        output: Literal["features", "probabilities"] = "features",
    ) -> None:
        super().__init__()
        place = Path(path).expanduser()
        files = files_of(place)
        self.name, self.fingerprint = f"folder[{place.name}]", digest_of(place, files)
        if sha256 is not None and sha256.lower() != self.fingerprint:
            raise UserError(f"{place}: its sha256 is {self.fingerprint}, not {sha256}: the files were altered")
        known = {file.name for file in files}
        self.gives: str = output
        if place.is_file():
            self.net: Callable[[Any], Any] = told(place, lambda: from_torchscript(place))
        elif RECIPE in known:
            self.net = told(place, lambda: from_recipe(place, spec))
            self.gives = getattr(self.net, "gives", "features")
        elif "config.json" in known:
            self.net = told(place, lambda: from_transformers(place))
            self.gives = "features"
        else:
            raise UserError(f"{place}: neither {RECIPE} nor config.json is there; give a folder with one, or a file")

    @torch.no_grad()
    def forward(self, samples: Any) -> Float[Tensor, "n d"]:
        try:
            found = self.net(samples)
        except RuntimeError as error:
            raise UserError(f"{self.name}: it cannot take these samples: {one_line(error)[-200:]}") from error
        if not isinstance(found, Tensor) or found.dim() != 2 or not found.is_floating_point():
            shape = list(found.shape) if isinstance(found, Tensor) else type(found).__name__
            raise UserError(f"{self.name}: it gives {shape}, not one row of numbers for each sample, [n, d]")
        if isinstance(samples, Tensor) and len(found) != len(samples):
            raise UserError(f"{self.name}: it gives {len(found)} rows for {len(samples)} samples")
        return found.float()


def files_of(place: Path) -> list[Path]:
    """The file itself, or those of a folder that are not hidden, by name."""
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise UserError(f"{place}: there is no such file or folder")
    return sorted(file for file in place.iterdir() if file.is_file() and not file.name.startswith("."))


def digest_of(place: Path, files: list[Path]) -> str:
    """SHA-256 of the file; of a folder, of the lines that ``sha256sum`` prints of its files in the order of bytes."""
    sums = {}
    for file in files:
        with file.open("rb") as stream:
            sums[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    if place.is_file():
        return sums[place.name]
    lines = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums, key=str.encode))
    return hashlib.sha256(lines.encode()).hexdigest()


def told(place: Path, make: Callable[[], Any]) -> Any:
    """What ``make`` gives; what goes wrong with the files is told in one line."""
    try:
        return make()
    except (RuntimeError, ValueError, KeyError, OSError, SafetensorError) as error:
        what = f"it lacks {error}" if isinstance(error, KeyError) else one_line(error)[:200]
        raise UserError(f"{place}: cannot be read: {what}") from error


def from_recipe(place: Path, spec: Any) -> Any:
    """A component of gansuite with the weights beside its recipe."""
    recipe = json.loads((place / RECIPE).read_text())
    if not isinstance(recipe, dict) or "extractor" not in recipe:
        raise UserError(f'{place / RECIPE}: write {{"extractor": {{"name": ..., options}}}}')
    found = registry().bind("extractor", recipe["extractor"], str(place / RECIPE)).make(spec)
    if not isinstance(found, nn.Module):
        raise UserError(f"{place / RECIPE}: the extractor {found.name} has no weights; name it in the recipe itself")
    if not (place / WEIGHTS).is_file():
        raise UserError(f"{place}: {WEIGHTS} is missing")
    weights = load_file(place / WEIGHTS)
    if isinstance(found, Learned):
        found.restore(weights)
    else:
        found.load_state_dict(weights)
    return found.eval()


def save_extractor(extractor: Learned, folder: str | Path) -> Path:
    """Write a trained classifier or encoder as a folder that ``Folder`` reads: it then needs no training data.

    Raises:
        UserError: it is not trained, or its base is an object that no table names.
    """
    if extractor.net is None:
        raise UserError(f"extractor {extractor.name} is not trained: call fit(dataset, device) first")
    folder = Path(folder)
    recipe = {"extractor": extractor.table(), "summary": extractor.summary, "fingerprint": extractor.fingerprint}
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: each.detach().cpu().clone().contiguous() for name, each in extractor.state_dict().items()}
    save_file(weights, folder / WEIGHTS)
    (folder / RECIPE).write_text(json.dumps(recipe, indent=1) + "\n")
    return folder
