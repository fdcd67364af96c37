"""A component and where it comes from."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any

from gansuite.errors import UserError
from gansuite.plugins.component import Component
from gansuite.plugins.discovery import switch
from gansuite.plugins.references import lookup
from gansuite.plugins.wording import one_line, reason_of


@dataclass(frozen=True)
class Entry:
    """A component and the plugin that offers it."""

    component: Component
    plugin: str
    distribution: str
    version: str
    package: str

    @property
    def address(self) -> str:
        """``plugin/name``, which no other component of its kind has."""
        return f"{self.plugin}/{self.component.name}"

    def __str__(self) -> str:
        return f"{self.component.kind} '{self.address}'"

    def as_dict(self) -> dict[str, Any]:
        """A JSON-able object, for ``gansuite list``."""
        return {
            "kind": self.component.kind,
            "name": self.component.name,
            "plugin": self.plugin,
            "summary": one_line(self.component.summary),
            "reference": self.component.reference,
            "aliases": list(self.component.aliases),
            "distribution": self.distribution,
            "version": self.version,
            "missing": list(self.missing()),
        }

    def missing(self) -> tuple[str, ...]:
        """Required packages that are not installed; nothing is imported to find out."""
        return tuple(name for name in self.component.requires if not installed(name))

    def remedy(self) -> str:
        """The command that installs what the component requires."""
        extra = self.component.extra if self.version else None  # a one-file plugin has no extras
        what = f"'{self.distribution}[{extra}]'" if extra else " ".join(self.component.requires)
        return f"pip install {what}"

    def load(self) -> Any:
        """Import the target.

        Raises:
            UserError: a required package is not installed, or the target cannot be imported.
        """
        for name in self.missing():
            raise UserError(f"{self} needs {name}, which is not installed: {self.remedy()}")
        module, _, path = self.component.target.partition(":")
        try:
            found: Any = importlib.import_module(module)
            for part in path.split("."):
                found = getattr(found, part)
        except (Exception, SystemExit) as error:
            if switch("GANSUITE_STRICT_PLUGINS"):
                raise
            raise UserError(f"{self} of {self.distribution} {self.version} is broken: {reason_of(error)}") from error
        return found

    def reference(self) -> dict[str, str]:
        """BibTeX key to entry of the paper behind the component; empty where none is named."""
        return lookup(self.component.reference, self.package)


def installed(package: str) -> bool:
    """Whether a package can be found; only its first name is asked for, since deeper ones would import it."""
    try:
        return importlib.util.find_spec(package.partition(".")[0]) is not None
    except ValueError:  # a module that was put into sys.modules without a spec
        return True
