"""torchvision's architectures with weights from a file of the user's; nothing is downloaded."""

from __future__ import annotations

import importlib
import pickle
import warnings
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from gansuite.errors import UserError
from gansuite.plugins.wording import one_line


def from_zoo(architecture: str, place: Path, output: str) -> nn.Module:
    """The network in evaluation mode: the input of its last linear layer, or the probabilities of its classes.

    Raises:
        UserError: torchvision is not installed or does not know the name, or the file is not of this network.
    """
    try:
        models = importlib.import_module("torchvision.models")
    except ModuleNotFoundError as error:
        if error.name != "torchvision":
            raise
        raise UserError(f"architecture = {architecture!r} needs torchvision: pip install torchvision") from error
    if architecture not in models.list_models(models):
        raise UserError(f"architecture: torchvision knows no {architecture!r}; resnet50 and inception_v3 it knows")
    with torch.device("meta"), warnings.catch_warnings():  # which draws no initial weights
        warnings.simplefilter("ignore", FutureWarning)  # of other initial weights to come
        net: nn.Module = models.get_model(architecture, weights=None)
    try:
        net.load_state_dict(weights_of(place), assign=True)
    except RuntimeError as error:
        raise UserError(f"{place}: is not of torchvision's {architecture}: {one_line(error)[:200]}") from error
    net.eval().requires_grad_(False)
    if output == "probabilities":
        return nn.Sequential(net, nn.Softmax(1))
    name = [name for name, each in net.named_modules() if isinstance(each, nn.Linear)][-1]
    net.set_submodule(name, nn.Identity())
    return net


def weights_of(place: Path) -> dict[str, Tensor]:
    """The tensors of a file; PyTorch's own files are read as data alone.

    Raises:
        UserError: it holds no tensors by name.
    """
    try:
        if place.suffix == ".safetensors":
            return load_file(place)
        found = torch.load(place, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, SafetensorError, OSError) as error:
        raise UserError(f"{place}: holds no weights that can be read safely: {one_line(error)[:200]}") from error
    if not isinstance(found, dict) or not all(isinstance(each, Tensor) for each in found.values()):
        raise UserError(f"{place}: holds no tensors by name: write torch.save(model.state_dict(), ...)")
    return found
