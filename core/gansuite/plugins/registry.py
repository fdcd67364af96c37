"""All components of all plugins, by kind and name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gansuite.errors import UserError
from gansuite.plugins.component import KINDS, Command
from gansuite.plugins.discovery import CORE, Plugin, Plugins, discover
from gansuite.plugins.entry import Entry
from gansuite.plugins.wording import did_you_mean, show

if TYPE_CHECKING:
    from gansuite.plugins.options import Bound


class Registry:
    """What the plugins of this process offer."""

    def __init__(self, plugins: Plugins) -> None:
        self.host = plugins

    @property
    def plugins(self) -> list[Plugin]:
        """Every plugin, the broken and disabled ones too; the core comes first."""
        return self.host.records

    @cached_property
    def _all(self) -> tuple[Entry, ...]:
        return tuple(
            Entry(component, plugin.name, plugin.distribution, plugin.version, plugin.package)
            for plugin in self.host.records
            for component in plugin.components
        )

    def entries(self, kind: str | None = None) -> list[Entry]:
        """Components, of one kind if given, sorted by kind, name and plugin.

        Raises:
            UserError: there is no such kind.
        """
        if kind is not None and kind not in KINDS:
            raise UserError(f"there is no kind {show(kind)}{did_you_mean(kind, KINDS)}")
        found = [entry for entry in self._all if kind in (None, entry.component.kind)]
        return sorted(found, key=lambda entry: (entry.component.kind, entry.component.name, entry.plugin))

    def named(self, name: str, kind: str | None = None) -> list[Entry]:
        """Components that answer to ``name`` or ``plugin/name``, of any kind unless one is given."""
        plugin, _, short = name.rpartition("/")
        return [
            entry
            for entry in self.entries(kind)
            if short in (entry.component.name, *entry.component.aliases) and plugin in ("", entry.plugin)
        ]

    def find(self, kind: str, name: str, plugin: str | None = None, place: str = "") -> Entry:
        """The component of a kind called ``name`` or ``plugin/name``.

        A bare name is looked for in ``plugin`` and the core; without ``plugin``, in all plugins.

        Raises:
            UserError: there is none, or there are two.
        """
        found = self.named(name, kind)
        if plugin is not None and "/" not in name:
            found = [entry for entry in found if entry.plugin in (plugin, CORE)]
        if len(found) == 1:
            return found[0]
        where = f"{place}: " if place else ""
        if found:
            offers = " and ".join(f"{entry.plugin} ({entry.distribution} {entry.version})" for entry in found)
            raise UserError(f"{where}{kind} {show(name)} is offered by both {offers}; write '{found[0].address}'")
        raise UserError(f"{where}no such {kind}{'' if place else ' ' + show(name)}{self._hint(kind, name, plugin)}")

    def _hint(self, kind: str, name: str, plugin: str | None) -> str:
        """What may have been meant by a name that was not found."""
        owner, _, short = name.rpartition("/")
        for record in self.plugins:
            if record.status != "ok" and record.name in (owner, "" if owner else plugin):
                return f"; plugin '{record.name}' is {record.status}: {record.reason}"
        elsewhere = self.named(short, kind)
        if elsewhere:
            return f"; did you mean '{elsewhere[0].address}'?"
        here = [entry for entry in self.entries(kind) if not owner and plugin and entry.plugin in (plugin, CORE)]
        if plugin is None and not owner:
            here = self.entries(kind)
        words = [entry.component.name for entry in here] or [entry.address for entry in self.entries(kind)]
        return did_you_mean(name, words)

    def plugin(self, name: str, place: str) -> Plugin:
        """The working plugin of a name.

        Raises:
            UserError: it is not installed, broken, incompatible or disabled, and why.
        """
        for record in self.plugins:
            if record.name == name:
                if record.status != "ok":
                    raise UserError(f"{place}: plugin '{record.name}' is {record.status}: {record.reason}")
                return record
        words = [record.name for record in self.plugins]
        hint = did_you_mean(name, words) if len(words) > 1 else "; is gansuite installed? pip install -e ."
        raise UserError(f"{place}: no such plugin{hint}")

    def bind(self, kind: str, table: Any, place: str, plugin: str | None = None) -> Bound:
        """A component of a kind with validated options, from its name or its table of the recipe.

        Raises:
            UserError: with the place, for whatever is wrong with the table.
        """
        from gansuite.plugins.options import bind

        return bind(self, kind, table, place, plugin)

    def commands(self, reserved: Iterable[str] = ()) -> dict[str, Command]:
        """The plugins' commands by name; one whose name is taken is left out, and noted at its plugin."""
        taken: dict[str, str] = dict.fromkeys(reserved, "the core")
        found: dict[str, Command] = {}
        for plugin, commands in self.host.call("gansuite_commands", Command):
            for command in commands:
                if command.name in taken:
                    note = f"command '{command.name}' is already offered by {taken[command.name]}"
                    if note not in plugin.notes:
                        plugin.notes.append(note)
                    continue
                taken[command.name], found[command.name] = f"{plugin.name} ({plugin.source})", command
        return found

    def observers(self, run: Any) -> list[Any]:
        """What the plugins want to follow every run; a plugin that fails here is refused, the run goes on."""
        return [item for _, items in self.host.call("gansuite_observers", None, run=run) for item in items]

    def records(self) -> list[dict[str, Any]]:
        """One JSON-able object a plugin, for ``gansuite plugins``."""
        return [self._record(plugin) for plugin in self.plugins]

    def _record(self, plugin: Plugin) -> dict[str, Any]:
        own = [entry for entry in self._all if entry.plugin == plugin.name and plugin.status == "ok"]
        missing = {
            f"{entry.component.kind} {entry.component.name}": f"needs {' '.join(entry.missing())}: {entry.remedy()}"
            for entry in own
            if entry.missing()
        }
        return {
            "name": plugin.name,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "status": plugin.status,
            "reason": plugin.reason,
            "components": len(own),
            "hooks": list(plugin.hooks),
            "missing": missing,
            "notes": [*plugin.notes, *self._clashes(own)],
            "seconds": round(plugin.seconds, 4),
        }

    def _clashes(self, own: Iterable[Entry]) -> Iterator[str]:
        for entry in own:
            for other in self.named(entry.component.name, entry.component.kind):
                if other.plugin != entry.plugin:
                    source = f"{other.plugin} ({other.distribution} {other.version})"
                    yield f"{entry.component.kind} '{entry.component.name}' is also offered by {source}"


_current: Registry | None = None


def registry() -> Registry:
    """The registry of this process, made at the first look-up."""
    global _current
    if _current is None:
        _current = Registry(discover())
    return _current


def configure(*, installed: bool = True, files: Sequence[Path] = ()) -> Registry:
    """Make the registry anew: without installed plugins (``--no-plugins``), with one-off files (``--plugin``)."""
    return use(Registry(discover(installed=installed, files=files)))


def use(new: Registry) -> Registry:
    """Put a registry in the place of the current one."""
    global _current
    _current = new
    return new
