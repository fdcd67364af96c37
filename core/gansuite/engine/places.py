"""Other tensors in the places of a module's parameters, for the length of a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from torch import Tensor, nn
from torch.nn import Parameter


class Places:
    """Where a module's parameters stand: ``torch.func.functional_call`` with everything looked up once.

    A parameter that stands in several places is replaced in all of them.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module

    @cached_property
    def name(self) -> dict[Parameter, str]:
        """The name of each parameter."""
        return {parameter: name for name, parameter in self.module.named_parameters()}

    @cached_property
    def known(self) -> dict[str, list[tuple[dict[str, Any], str]]]:
        """The dictionaries and keys that hold the parameter of a name."""
        holders: dict[Parameter, list[tuple[dict[str, Any], str]]] = {}
        for child in self.module.modules():
            for key, parameter in child._parameters.items():
                if parameter is not None:
                    holders.setdefault(parameter, []).append((child._parameters, key))
        return {name: holders[p] for name, p in self.module.named_parameters(remove_duplicate=False)}

    @contextmanager
    def holding(self, tensors: Mapping[str, Tensor]) -> Iterator[None]:
        """These tensors in the places of the parameters of their names, for as long as the context lasts."""
        swapped = [(holder, key, tensor) for name, tensor in tensors.items() for holder, key in self.known[name]]
        own = [holder[key] for holder, key, _ in swapped]
        for holder, key, tensor in swapped:
            holder[key] = tensor
        try:
            yield
        finally:
            for (holder, key, _), parameter in zip(swapped, own, strict=True):
                holder[key] = parameter
