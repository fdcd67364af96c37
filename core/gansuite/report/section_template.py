"""The Jinja template of a plugin's section, with the settings that every section has."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


@lru_cache
def template(package: str, name: str = "samples.html") -> Template:
    """The template ``panels/templates/NAME`` of a plugin's package; everything is escaped, and a gap is an error."""
    return environment_of(package, "panels/templates").get_template(name)


def environment_of(package: str, folder: str = "templates") -> Environment:
    """Jinja with everything escaped, for the templates in a folder of a package."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
