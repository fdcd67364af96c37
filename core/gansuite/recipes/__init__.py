"""Experiments as TOML: read, validated, resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gansuite.recipes.reader import read
    from gansuite.recipes.recipe import Recipe

__all__ = ["Recipe", "read"]


def __getattr__(name: str) -> Any:
    """Import on first use: reading needs pydantic, listing does not."""
    if name == "read":
        from gansuite.recipes.reader import read

        return read
    if name == "Recipe":
        from gansuite.recipes.recipe import Recipe

        return Recipe
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
