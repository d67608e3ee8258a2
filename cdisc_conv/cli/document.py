"""docs/command-line.md, from the commands themselves: the words of `--help`, whatever the width of the terminal.

Run ``python -m cdisc_conv.cli.document`` to bring the page up to date; a test fails when it is not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.main import get_group

from cdisc_conv.cli.app import COMMANDS, GROUPS, app, options

PAGE = Path(__file__).resolve().parents[2] / "docs" / "command-line.md"

_HEAD = """\
# The command line

<!-- Made by `python -m cdisc_conv.cli.document` from the commands' own help; edit that and make it again. -->
"""

_TAIL = """\
## What they have in common

- **Exit codes**: 0 all is well (notes do not count); 1 there are findings, errors or warnings; 2 it could not be done
  (bad arguments, an unusable mapping, a folder that cannot be read or written, a full disk, Ctrl-C).
- **Findings** are printed as `place: CODE message (hint)`, errors first. The place is `file:line` in a mapping, or
  dataset, form, field and rows in the data. `run` and `demo` show one finding of each code, causes before consequences,
  and how many more there are; the report and `findings.json` have all of them.
- **Results go to stdout**, progress and failures to stderr. In a terminal each step is a line of progress; in a file or
  a pipe there is a line every few seconds at most.
- **Colour** only in a terminal, and never when the environment variable `NO_COLOR` is set.
- **Nothing half done**: what a command writes appears whole at its end. After a failure, Ctrl-C, SIGTERM or SIGHUP the
  output is as it was before, or complete, and the last line says which. After a kill the next command that writes or
  reads the output puts it in order ([the-package.md](the-package.md)).
"""


def render_page() -> str:
    """The page as Markdown."""
    parts = [_HEAD, _join(_help_paragraphs(options)), "| command | what it does |\n|---|---|"]
    named = {command.__name__: command for command in COMMANDS}
    for group, (_, commands) in GROUPS.items():
        named |= {f"{group} {command.__name__.removeprefix(f'{group}_')}": command for command in commands}
    table = "\n".join(
        f"| [{name}](#{name.replace(' ', '-')}) | {_help_paragraphs(c)[0]} |" for name, c in named.items()
    )
    parts[-1] += (
        f"\n{table}\n\n`cdisc-conv --version` shows the version, `cdisc-conv COMMAND --help` the text below. "
        "`cdisc-conv --install-completion`\nsets up completion for your shell. `python -m cdisc_conv` does the same as "
        "`cdisc-conv`."
    )
    parts.extend(_render_command(name, command) for name, command in named.items())
    return "\n".join(f"{part.strip()}\n" for part in [*parts, _TAIL])


def _render_command(name: str, command: Callable[..., int]) -> str:
    found: Any = get_group(app)
    for word in name.split():
        found = found.commands[word]
    rows = [_describe(parameter) for parameter in found.params]
    usage = " ".join(["cdisc-conv", name, *(usage for usage, *_ in rows)])
    table = "\n".join(f"| `{shown}` | {words} | {default} |" for _, shown, words, default in rows)
    head = f"## {name}\n\n```\n{usage}\n```\n"
    return f"{head}\n{_join(_help_paragraphs(command))}\n| argument | meaning | default |\n|---|---|---|\n{table}\n"


def _describe(parameter: Any) -> tuple[str, str, str, str]:
    """(usage, name, help, default) of a parameter, as the parser that reads it knows it."""
    name = parameter.metavar
    if parameter.param_type_name == "option":
        names = "/".join([*parameter.opts, *parameter.secondary_opts])
        name = names if parameter.is_flag else f"{names} {parameter.metavar}"
    return name if parameter.required else f"[{name}]", name, parameter.help, _describe_default(parameter)


def _describe_default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    if getattr(parameter, "is_flag", False):
        return "on" if parameter.default else "off"
    return "none" if parameter.default is None else f"`{parameter.default}`"


def _help_paragraphs(command: Callable[..., Any]) -> list[str]:
    """The paragraphs of a docstring; a block that is not to be wrapped keeps its lines."""
    text = inspect.getdoc(command) or ""
    return [paragraph if "\b" in paragraph else " ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _join(paragraphs: list[str]) -> str:
    return "\n\n".join(_render_example(part) if "\b" in part else part for part in paragraphs) + "\n"


def _render_example(paragraph: str) -> str:
    """``Example:`` and the lines below it as a code block."""
    lead, *lines = paragraph.replace("\b", "").strip().splitlines()
    code = "\n".join(line.strip() for line in lines)
    return f"{lead}\n\n```\n{code}\n```"


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8", newline="\n")
