"""cdisc-conv values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_conv.cli.options.shared import Study

if TYPE_CHECKING:
    from cdisc_conv.package.looking.values import ColumnValues, RawValue

MOST_SHOWN = 100
_RESULTS_SHOWN = 3


def values(
    study: Study,
    column: Annotated[str, typer.Argument(metavar="FORM.COLUMN", help="A raw column, such as ae.AESEV.")],
    raw: Annotated[Path, typer.Option("--raw", metavar="DIR", help="The folder of the raw export.")],
    sdtm: Annotated[
        Path | None,
        typer.Option(
            "--sdtm", metavar="DIR", help="The folder of datasets that are given.", show_default="the raw folder"
        ),
    ] = None,
) -> int:
    """Show the distinct values of a raw column, how many rows have each, and what the mapping makes of them.

    Codes of the data dictionary that no row has are listed, too. A value that is there and becomes nothing is marked,
    and so is one that a run reports (with the code of the finding); then the exit code is 1.

    \b
    Example:
      cdisc-conv values mappings/hope2021_thal_agc ae.AEOUT --raw raw
    """
    from cdisc_conv.cli.printing.console import plural, print_line, print_table
    from cdisc_conv.cli.printing.findings import print_problems
    from cdisc_conv.package.looking.values import list_values
    from cdisc_conv.problems import exit_code

    found = list_values(study, column, raw, sdtm)
    print_line(f"{found.form}.{found.column}  {found.label}", style="bold")
    decoded = any(value.words for value in found.values)
    heads = ["value", *(["words"] if decoded else []), "rows", *(found.values[0].becomes if found.values else ()), ""]
    shown = found.values[:MOST_SHOWN]
    print_table(heads, [_describe(value, decoded) for value in shown])
    if len(found.values) > len(shown):
        print_line(f"... and {plural(len(found.values) - len(shown), 'more value')}")
    for line in _comment(found):
        print_line(line)
    wrong = sum(value.is_lost or bool(value.found) for value in found.values)
    marked = f", {plural(wrong, 'value')} marked" if wrong else ""
    print_line(f"{plural(len(found.values), 'value')} in {plural(found.rows, 'row')}{marked}")
    print_problems(found.problems)
    return exit_code(found.problems) or int(wrong > 0)


def _describe(value: RawValue, decoded: bool) -> list[str | int]:
    results = [_show_results(made) for made in value.becomes.values()]
    mark = ", ".join([*(["becomes nothing"] if value.is_lost else []), *value.found])
    return [value.value or "(blank)", *([value.words] if decoded else []), value.count, *results, mark]


def _show_results(made: tuple[tuple[str, int], ...]) -> str:
    """``MILD``; where one value becomes several: ``MILD (12), (blank) (3)``."""
    if len(made) == 1:
        return made[0][0] or "(blank)"
    parts = [f"{result or '(blank)'} ({count:,})" for result, count in made[:_RESULTS_SHOWN]]
    return ", ".join(parts) + (" ..." if len(made) > _RESULTS_SHOWN else "")


def _comment(found: ColumnValues) -> list[str]:
    lines = []
    if found.records:
        lines.append(f"it decides which records there are in {', '.join(found.records)}")
    if not found.variables:
        lines.append(f"not submitted: {found.reason}" if found.reason else "no variable reads it")
    return lines
