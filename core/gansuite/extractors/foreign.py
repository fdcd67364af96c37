"""Networks that others' tools have written: TorchScript files and transformers folders."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from gansuite.errors import UserError


def from_torchscript(file: Path) -> nn.Module:
    """The network of a TorchScript archive, in evaluation mode; its reader runs no Python and unpickles nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch advises against the format, and goes on reading it
        try:
            net = torch.jit.load(str(file), map_location="cpu")
        except RuntimeError as error:
            raise UserError(f"{file}: is no TorchScript file: write one with torch.jit.save(...)") from error
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    return net.eval()


def from_transformers(folder: Path) -> nn.Module:
    """The model of a transformers folder, from its safetensors and the installed library's code alone.

    Raises:
        UserError: transformers is not installed, or the folder holds no safetensors.
    """
    if not list(folder.glob("*.safetensors")):
        raise UserError(f"{folder}: its weights are not safetensors; write them with save_pretrained(...)")
    try:
        transformers = importlib.import_module("transformers")
    except ModuleNotFoundError as error:
        if error.name != "transformers":
            raise
        raise UserError(f"{folder}: needs transformers, which is not installed: pip install transformers") from error
    model = transformers.AutoModel.from_pretrained(
        str(folder), local_files_only=True, trust_remote_code=False, use_safetensors=True
    )
    return HiddenMean(model).eval().requires_grad_(False)


class HiddenMean(nn.Module):
    """The mean of a model's last hidden states over time or place: [n, d].

    Strings of tokens [n, length] and pictures [n, c, h, w] go in as they are, sound [n, c, t] as the mean of its
    channels; states come as [n, places, d] or [n, d, h, w].
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, samples: Tensor) -> Float[Tensor, "n d"]:
        asked = self.model.main_input_name
        if asked == "input_values" and samples.dim() == 3:
            samples = samples.mean(1)
        states = self.model(**{asked: samples}).last_hidden_state
        return states.mean(1) if states.dim() == 3 else states.flatten(2).mean(2)
