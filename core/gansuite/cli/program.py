"""The program: a table of commands, imported one at a time, and one place where errors are told."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

import click

from gansuite import __version__
from gansuite.cli.telling import plain_messages, tell_error
from gansuite.errors import UserError
from gansuite.plugins.component import Command
from gansuite.plugins.wording import did_you_mean, reason_of, show

COMMANDS = {
    "run": "Train a recipe to a finished report, or go on with a run.",
    "sample": "Draw samples from a run and write them as files.",
    "compare": "Run recipes with several seeds and put them into one table.",
    "sweep": "Search over options with equal budgets, by many workers.",
    "study": "Carry out a study: a grid of runs and what they answer.",
    "evaluate": "Measure a run's newest checkpoint.",
    "judge": "Judge samples of runs by eye and ear, side by side.",
    "report": "Write a run's report.html anew.",
    "list": "List the components that a recipe can name.",
    "describe": "Tell what a component is and which options it takes.",
    "plugins": "List the plugins, and why one is broken.",
    "check": "Read a recipe and tell its first mistake, if any.",
    "schema": "Write the JSON Schema of a recipe, for editors.",
    "cite": "Print the BibTeX of what a run or a recipe uses.",
}
SETTINGS: Mapping[str, object] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
EPILOG = "Exit codes: 0 done, 1 the run failed, 2 the input is wrong, 130 interrupted and saved."


class Program(click.Group):
    """Help comes from the tables, so it imports no command; plugins are asked for what the core does not know."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *plugin_commands()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            return importlib.import_module(f"gansuite.cli.{cmd_name}").command
        offered = plugin_commands().get(cmd_name)
        return load(offered) if offered else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        command = self.get_command(ctx, args[0])
        if command is None and not ctx.resilient_parsing:
            hint = did_you_mean(args[0], self.list_commands(ctx))
            raise UserError(f"there is no command {show(args[0])}{hint} (see gansuite --help)")
        return args[0], command, args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        offered = {name: command.summary for name, command in plugin_commands().items()}
        for title, table in (("Commands", COMMANDS), ("Commands of plugins", offered)):
            if table:
                with formatter.section(title):
                    formatter.write_dl(list(table.items()))


def plugin_commands() -> dict[str, Command]:
    """The commands that plugins add; discovers them."""
    from gansuite.plugins.registry import registry

    return registry().commands(reserved=COMMANDS)


def load(offered: Command) -> click.Command:
    """Import a plugin's command.

    Raises:
        UserError: it cannot be imported, or is no click command.
    """
    module, _, attribute = offered.target.partition(":")
    try:
        command = getattr(importlib.import_module(module), attribute)
    except Exception as error:
        raise UserError(f"command '{offered.name}' ({offered.target}) is broken: {reason_of(error)}") from error
    if not isinstance(command, click.Command):
        raise UserError(f"command '{offered.name}' ({offered.target}) is broken: it is no click command")
    return command


@click.group(cls=Program, context_settings=SETTINGS, epilog=EPILOG, no_args_is_help=True)
@click.version_option(__version__, prog_name="gansuite", message="%(prog)s %(version)s")
def program() -> None:
    """Train, compare and judge generative adversarial networks on audio, text, graphs and images."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and leave the process; whatever goes wrong is told in one line on standard error."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    with plain_messages():
        try:
            with program.make_context("gansuite", [*words], obj=tuple(words)) as context:
                program.invoke(context)
            sys.stdout.flush()
            code = 0
        except BaseException as error:
            code = tell_error(error)
    sys.exit(code)
