"""Finding plugins, one guarded step at a time: a broken one is remembered with its reason and harms no other."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import logging
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pluggy

from gansuite import __version__
from gansuite.errors import UserError
from gansuite.plugins import hookspecs
from gansuite.plugins.component import NAME, Component
from gansuite.plugins.versions import unmet
from gansuite.plugins.wording import did_you_mean, one_line, reason_of, show

GROUP = "gansuite"
CORE = "core"
BUILTIN = "gansuite.plugins.builtin"  # by its name, as a stranger's plugin: discovery knows no component
log = logging.getLogger(__name__)


def switch(name: str) -> bool:
    """Whether an environment variable is set to anything but nothing or 0."""
    return os.environ.get(name, "") not in ("", "0")


@dataclass
class Plugin:
    """What is known of a plugin: where it comes from, whether it works, why not, what it offers."""

    name: str
    distribution: str
    version: str
    status: Literal["ok", "broken", "incompatible", "disabled"] = "ok"
    reason: str = ""
    seconds: float = 0.0
    components: tuple[Component, ...] = ()
    hooks: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    module: Any = field(default=None, repr=False)

    @property
    def source(self) -> str:
        """Distribution and version, as messages name them."""
        return f"{self.distribution} {self.version}".strip()

    @property
    def package(self) -> str:
        """The outermost package of its module."""
        return getattr(self.module, "__name__", type(self.module).__module__).partition(".")[0]

    def refuse(self, status: Literal["broken", "incompatible"], reason: str) -> None:
        """Take the plugin out of use, and say why in one line."""
        self.status, self.reason, self.components = status, one_line(reason), ()
        if switch("GANSUITE_STRICT_PLUGINS"):
            raise UserError(f"plugin {self.name} ({self.source}) is {status}: {self.reason}")
        log.warning("plugin %s (%s) is %s: %s", self.name, self.source, status, self.reason)


class Plugins:
    """The plugins of a process, and the guarded calls of their hooks."""

    def __init__(self, installed: bool = True, files: Sequence[Path] = ()) -> None:
        self.installed, self.files = installed, tuple(files)
        self.manager = pluggy.PluginManager("gansuite")
        self.manager.add_hookspecs(hookspecs)
        self.records: list[Plugin] = []
        self.add(Plugin(CORE, "gansuite", __version__), lambda: importlib.import_module(BUILTIN))

    def add(self, plugin: Plugin, load: Callable[[], Any]) -> None:
        """Import a plugin, register its hooks and ask for its components; on any failure it is refused."""
        self.records.append(plugin)
        with self.guard(plugin):
            start = time.perf_counter()
            plugin.module = load()
            plugin.seconds = time.perf_counter() - start
            self.manager.register(plugin.module, name=plugin.name)
            callers = self.manager.get_hookcallers(plugin.module) or []
            for caller in callers:
                if not caller.has_spec():
                    hooks = [name for name in vars(hookspecs) if name.startswith("gansuite_")]
                    raise AttributeError(f"there is no hook {caller.name!r}{did_you_mean(caller.name, hooks)}")
            plugin.hooks = tuple(sorted(caller.name for caller in callers))
        if plugin.status == "ok":
            for _, components in self.call("gansuite_components", Component, only=plugin):
                with self.guard(plugin):
                    plugin.components = unique(components)

    def call(self, hook: str, result: type | None, *, only: Plugin | None = None, **arguments: Any) -> Iterator[Any]:
        """Call a hook of every plugin, each guarded; yield (plugin, list of what it returned)."""
        implementations = {impl.plugin_name: impl for impl in getattr(self.manager.hook, hook).get_hookimpls()}
        for plugin in [only] if only else self.records:
            impl = implementations.get(plugin.name)
            if impl is None or plugin.status != "ok":
                continue
            answer: list[Any] = []
            with self.guard(plugin):
                if impl.wrapper or impl.hookwrapper:
                    raise TypeError(f"{hook}: hook wrappers are not called here")
                start = time.perf_counter()
                answer = list(impl.function(*(arguments[name] for name in impl.argnames)) or ())
                if switch("GANSUITE_TRACE_PLUGINS"):
                    taken = 1000 * (time.perf_counter() - start)
                    print(f"trace: {plugin.name}.{hook} -> {len(answer)} in {taken:.1f} ms", file=sys.stderr)
                for item in answer:
                    if result is not None and not isinstance(item, result):
                        raise TypeError(f"{hook} returned {show(item)}, which is no {result.__name__}")
            if plugin.status == "ok":
                yield plugin, answer

    @contextmanager
    def guard(self, plugin: Plugin) -> Iterator[None]:
        """Turn what a plugin raises, SystemExit included, into its reason for being broken."""
        try:
            yield
        except (Exception, SystemExit) as error:
            if plugin.module is not None and self.manager.is_registered(plugin.module):
                self.manager.unregister(plugin.module)
            if switch("GANSUITE_STRICT_PLUGINS"):
                error.add_note(f"while plugin {plugin.name} ({plugin.source}) was loaded")
                raise
            plugin.refuse("broken", reason_of(error))


def unique(components: Sequence[Component]) -> tuple[Component, ...]:
    """The components of one plugin, no two of a kind under one name."""
    seen: set[tuple[str, str]] = set()
    for component in components:
        for name in (component.name, *component.aliases):
            if (component.kind, name) in seen:
                raise ValueError(f"{component.kind} {name!r} is offered twice")
            seen.add((component.kind, name))
    return tuple(components)


def discover(*, installed: bool = True, files: Sequence[Path] = ()) -> Plugins:
    """The core, the installed plugins (``GANSUITE_PLUGINS=a,b`` keeps a few), and one-off files.

    Raises:
        UserError: a one-off file cannot be used: it was asked for, so it is not passed over.
    """
    plugins = Plugins(installed, files)
    chosen = os.environ.get("GANSUITE_PLUGINS")
    wanted = None if chosen is None else {name.strip() for name in chosen.split(",")} - {""}
    points = installed_points()
    for name, offers in points.items():
        for point, plugin in offers:
            if not installed or (wanted is not None and name not in wanted):
                plugin.status, plugin.reason = "disabled", "by --no-plugins" if not installed else "by GANSUITE_PLUGINS"
                plugins.records.append(plugin)
            elif (reason := misfit(plugin, point, [other for _, other in offers])) is not None:
                plugins.records.append(plugin)
                plugin.refuse(*reason)
            else:
                plugins.add(plugin, point.load)
    for name in sorted((wanted or set()) - set(points) - {CORE}):
        log.warning("GANSUITE_PLUGINS names %r, which is not installed", name)
    for path in files:
        add_file(plugins, path)
    return plugins


def installed_points() -> dict[str, list[tuple[importlib.metadata.EntryPoint, Plugin]]]:
    """Plugin name to the entry points under it, more than one where distributions clash."""
    points: dict[str, list[tuple[importlib.metadata.EntryPoint, Plugin]]] = defaultdict(list)
    seen: set[str] = set()
    for distribution in importlib.metadata.distributions():
        try:
            # Reading the text first spares parsing a hundred distributions that are no plugin of ours.
            if f"[{GROUP}]" not in (distribution.read_text("entry_points.txt") or ""):
                continue
            name, version = distribution.name, distribution.version
            if name in seen:  # installed twice: the first on the path is the one that is imported
                continue
            seen.add(name)
            for point in distribution.entry_points.select(group=GROUP):
                points[point.name].append((point, Plugin(point.name, name, version)))
        except Exception as error:
            log.warning("the metadata of a plugin cannot be read: %s", reason_of(error))
    return dict(sorted(points.items()))


def misfit(
    plugin: Plugin, point: importlib.metadata.EntryPoint, namesakes: Sequence[Plugin]
) -> tuple[Literal["broken", "incompatible"], str] | None:
    """Why a plugin is not even imported, if so."""
    if plugin.name == CORE or not NAME.fullmatch(plugin.name):
        return "broken", f"a plugin cannot be called {plugin.name!r}"
    if len(namesakes) > 1:
        both = " and ".join(other.source for other in namesakes)
        return "broken", f"two plugins are called {plugin.name!r}: {both}; uninstall one of them"
    try:
        requirement = unmet((point.dist.requires if point.dist else None) or (), __version__)
    except Exception as error:
        return "broken", f"its requirements cannot be read: {reason_of(error)}"
    if requirement is not None and plugin.distribution != "gansuite":
        remedy = f"pip install --upgrade {plugin.distribution} '{requirement}'"
        return "incompatible", f"{plugin.source} requires {requirement}, and this is gansuite {__version__}: {remedy}"
    return None


def add_file(plugins: Plugins, path: Path) -> None:
    """Load a one-off plugin from a Python file, under the name of the file."""
    path, name = Path(path), Path(path).stem
    if not path.is_file():
        raise UserError(f"--plugin {one_line(path)}: there is no such file")
    taken = [plugin for plugin in plugins.records if plugin.name == name and plugin.status != "disabled"]
    if taken:
        raise UserError(f"--plugin {one_line(path)}: {name!r} is the name of {taken[0].source}; rename the file")
    if not NAME.fullmatch(name) or "." in name or name in sys.modules or importlib.util.find_spec(name) is not None:
        raise UserError(f"--plugin {one_line(path)}: {name!r} is a module's name or none for a plugin; rename the file")

    def load() -> Any:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path.name} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # its own components have targets such as "my_gan:Critic"
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    plugin = Plugin(name, str(path), "")
    plugins.add(plugin, load)
    if plugin.status != "ok":
        raise UserError(f"--plugin {one_line(path)}: {plugin.reason}")
