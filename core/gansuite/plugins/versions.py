"""Whether a plugin's distribution was made for this gansuite."""

from __future__ import annotations

from collections.abc import Iterable


def unmet(requirements: Iterable[str], version: str) -> str | None:
    """The requirement on gansuite that ``version`` does not satisfy, such as ``gansuite<0.1``; None if all are met.

    Args:
        requirements: the ``Requires-Dist`` lines of a distribution.
        version: the version of gansuite.
    """
    ours = [line for line in requirements if line.lower().startswith("gansuite")]
    if not ours:
        return None
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    for requirement in map(Requirement, ours):
        if canonicalize_name(requirement.name) != "gansuite":
            continue
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and not requirement.specifier.contains(version, prereleases=True):
            return f"gansuite{requirement.specifier}"
    return None
