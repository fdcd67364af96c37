"""``**options`` in a subclass stands for the options of the class above."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from annotated_types import Gt

from gansuite.plugins.describe import arguments
from gansuite.plugins.signature import option_types, options_model


class Above:
    """What is above.

    Args:
        rate: told above.
        size: told above.
    """

    def __init__(self, given: Any, *, rate: Annotated[float, Gt(0)] = 0.1, size: int = 3) -> None: ...


class Below(Above):
    """What is below.

    Args:
        depth: told below.
        size: told below.
    """

    def __init__(self, given: Any, *, depth: int, size: int = 7, **options: Any) -> None: ...


class Silent(Below):
    """Has no constructor of its own."""


class Hiding:
    def __init__(self, **options: Any) -> None: ...


@pytest.mark.parametrize("cls", [Below, Silent])
def test_own_options_come_first_and_hide_those_above(cls) -> None:
    assert list(option_types(cls)) == ["depth", "size", "rate"]
    model = options_model(cls)(depth=1)
    assert model.model_dump() == {"depth": 1, "size": 7, "rate": 0.1}
    with pytest.raises(ValueError, match="greater than 0"):
        options_model(cls)(depth=1, rate=-1.0)
    assert arguments(cls) == {"rate": "told above.", "size": "told below.", "depth": "told below."}


def test_nothing_above_to_stand_for_is_refused() -> None:
    with pytest.raises(TypeError, match="hides the options"):
        option_types(Hiding)
