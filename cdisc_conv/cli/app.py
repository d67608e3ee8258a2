"""The application: every command is registered here, in the order of the help."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Callable
from typing import Annotated

import typer

from cdisc_conv import __version__
from cdisc_conv.cli.commands.catalogue import catalogue
from cdisc_conv.cli.commands.check import check
from cdisc_conv.cli.commands.compare import compare
from cdisc_conv.cli.commands.ct import ct_diff, ct_import, ct_list, ct_show
from cdisc_conv.cli.commands.demo import demo
from cdisc_conv.cli.commands.dictionaries import dictionaries_import, dictionaries_list
from cdisc_conv.cli.commands.explain import explain
from cdisc_conv.cli.commands.init import init
from cdisc_conv.cli.commands.lint import lint
from cdisc_conv.cli.commands.package import package
from cdisc_conv.cli.commands.preview import preview
from cdisc_conv.cli.commands.registry import registry_import
from cdisc_conv.cli.commands.rules import rules_import, rules_list, rules_show
from cdisc_conv.cli.commands.run import run
from cdisc_conv.cli.commands.schema import schema
from cdisc_conv.cli.commands.simulate import simulate
from cdisc_conv.cli.commands.standards import standards_import, standards_list
from cdisc_conv.cli.commands.trace import trace
from cdisc_conv.cli.commands.values import values
from cdisc_conv.cli.guard import end_in_order, guarded
from cdisc_conv.cli.options.once import OnceCommand
from cdisc_conv.cli.printing.console import prepare_streams

Command = Callable[..., int]

COMMANDS: tuple[Command, ...] = (
    init,
    run,
    demo,
    simulate,
    lint,
    preview,
    values,
    explain,
    trace,
    check,
    compare,
    package,
    catalogue,
    schema,
)
GROUPS: dict[str, tuple[str, tuple[Command, ...]]] = {
    "ct": ("Controlled terminology: import, list, show and compare packages.", (ct_import, ct_list, ct_show, ct_diff)),
    "rules": ("CDISC's conformance rules: import, list and show them.", (rules_import, rules_list, rules_show)),
    "dictionaries": (
        "Coding dictionaries (MedDRA, WHODrug): import and list them.",
        (dictionaries_import, dictionaries_list),
    ),
    "registry": ("Records of trial registries: drafts of protocol.yaml.", (registry_import,)),
    "standards": ("Implementation guides and models: import and list them.", (standards_import, standards_list)),
}
"""Commands of two words, such as `ct import`: the function is called `ct_import`."""

# Plain help (no markup mode) starts faster, and reads the same in a terminal, a log and the documentation.
app = typer.Typer(
    name="cdisc-conv",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cdisc-conv {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Raw eCRF exports to SDTM datasets, SAS transport files and define.xml, driven by YAML mapping specs.

    Exit codes: 0 all is well; 1 there are findings (errors or warnings); 2 it could not be done.

    \b
    Example: make synthetic data of the shipped study and turn them into a whole package
      cdisc-conv demo out
    """


for command in COMMANDS:
    app.command(cls=OnceCommand)(guarded(command))
for _group, (_words, _commands) in GROUPS.items():
    _sub = typer.Typer(
        name=_group,
        help=_words,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    for command in _commands:
        _sub.command(command.__name__.removeprefix(f"{_group}_"), cls=OnceCommand)(guarded(command))
    app.add_typer(_sub)


def main() -> None:
    """Entry point of the console script."""
    prepare_streams()
    end_in_order()
    # Mappings and plans are many small objects that stay: looking through them for circles again and again is in vain.
    gc.set_threshold(400_000, 50, 100)
    # Of the allocators that Arrow brings, each thread keeps what it used; it is read when Arrow is imported.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    atexit.register(gc.freeze)  # nor is it of use when all of them end with the process
    app()
