"""Specifications of domains as plain values, as a run notes them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any


class Described:
    """The part of a specification that dataclasses of plain values, tuples of names and a ``source`` share."""

    def as_dict(self) -> dict[str, Any]:
        """The description as JSON-able values."""
        own: Any = self
        return {field.name: plain(getattr(self, field.name)) for field in fields(own)}

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> Any:
        """The description that ``as_dict`` gave."""
        known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
        if known.get("source") is not None:
            known["source"] = cls.from_dict(known["source"])
        return cls(**known)


def plain(value: Any) -> Any:
    """A description within another one, or a tuple, as JSON has it."""
    if isinstance(value, Described):
        return value.as_dict()
    return list(value) if isinstance(value, tuple) else value
