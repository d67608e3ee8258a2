"""cdisc-conv preview."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_conv.cli.options.shared import Study

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cdisc_conv.package.looking.preview import Preview

MOST_WIDTH = 40
"""Characters of a column; longer values go on in the next line."""
_MARK = "< "
"""Before a raw field, which stands to the right of the variable that was made of it."""


def preview(
    study: Study,
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="The dataset, such as AE or ADSL.")],
    raw: Annotated[Path, typer.Option("--raw", metavar="DIR", help="The folder of the raw export.")],
    rows: Annotated[int, typer.Option("--rows", metavar="N", min=1, help="The most records to show.")] = 20,
    subject: Annotated[
        str,
        typer.Option(
            "--subject", metavar="ID", help="Only this subject, as the export calls it.", show_default="the first ones"
        ),
    ] = "",
    sdtm: Annotated[
        Path | None,
        typer.Option(
            "--sdtm", metavar="DIR", help="The folder of datasets that are given.", show_default="the raw folder"
        ),
    ] = None,
) -> int:
    """Show a dataset beside its raw rows, as the mapping is now.

    Each variable is followed by the raw fields that it was made of ("< form.FIELD"), unless they hold the same in all
    records shown. Only the forms that the dataset needs are read, and only some subjects are converted; forms are
    kept in a private folder of the user, so that the next time is quick (CDISC_CONV_CACHE names another folder).

    Exit code 1 when there are findings about these records.

    \b
    Example:
      cdisc-conv preview mappings/hope2021_thal_agc AE --raw raw
      cdisc-conv preview mappings/hope2021_thal_agc VS --raw raw --subject 01-001 --rows 50
    """
    from cdisc_conv.cli.printing.console import plural, print_line
    from cdisc_conv.cli.printing.findings import print_problems
    from cdisc_conv.package.looking.preview import preview_dataset
    from cdisc_conv.problems import exit_code

    found = preview_dataset(study, dataset, raw, rows=rows, subject=subject, sdtm=sdtm)
    print_line(f"{found.dataset}  {found.label}", style="bold")
    _print_records(found)
    who = f"subject {subject}" if subject else f"the first {plural(found.subjects, 'subject')}"
    who = f"all {plural(found.subjects, 'subject')}" if found.whole and not subject else who
    print_line(f"{len(found.records):,} of {plural(found.found, 'record')} of {who} shown")
    print_problems(found.problems)
    return exit_code(found.problems)


def _print_records(found: Preview) -> None:
    """The records in tables that fit the terminal, one below the other; what all records share is said once."""
    from cdisc_conv.cli.printing.console import make_console, print_line, print_table

    columns = list(_list_columns(found))
    alike = [(head, one) for head, one in columns if len(one) > 1 and len(set(one)) == 1]
    shown = [column for column in columns if any(column[1]) and column not in alike]
    same = [f"{head} {one[0]}" for head, one in alike if one[0] and not head.startswith(_MARK)]
    if same:
        print_line(f"in all of them: {', '.join(same)}")
    numbers = [str(number) for number in range(1, len(found.records) + 1)]
    rows = [", ".join(record.rows[:3]) + (" ..." if len(record.rows) > 3 else "") for record in found.records]
    first = [("", numbers), ("made of", rows)] if any(rows) else [("", numbers)]
    for part in _split(shown, make_console().width - sum(map(_measure, first))):
        table = [*first, *part]
        print_table([head for head, _ in table], [list(line) for line in zip(*(v for _, v in table), strict=True)])
        print_line("")


def _list_columns(found: Preview) -> Iterator[tuple[str, list[str]]]:
    """Heading and values: each variable, then the fields that it was made of where they hold something else."""
    for name in found.variables:
        values = [record.values[name] for record in found.records]
        if not any(values) and name in found.qualifiers:
            continue
        yield name, values
        fields = dict.fromkeys(field for record in found.records for field in record.fields[name])
        for field in fields:
            behind = [record.fields[name].get(field, "") for record in found.records]
            if any(one and one != value for one, value in zip(behind, values, strict=True)):
                yield f"{_MARK}{field}", behind


def _split(columns: Sequence[tuple[str, list[str]]], width: int) -> Iterator[list[tuple[str, list[str]]]]:
    """The columns in parts that fit a width; a field stays beside its variable."""
    part: list[tuple[str, list[str]]] = []
    used = 0
    for group in _group(columns):
        needed = sum(map(_measure, group))
        if part and used + needed > width:
            yield part
            part, used = [], 0
        part += group
        used += needed
    if part:
        yield part


def _group(columns: Sequence[tuple[str, list[str]]]) -> Iterator[list[tuple[str, list[str]]]]:
    group: list[tuple[str, list[str]]] = []
    for column in columns:
        if group and not column[0].startswith(_MARK):
            yield group
            group = []
        group.append(column)
    if group:
        yield group


def _measure(column: tuple[str, list[str]]) -> int:
    """The width of a column, with the blanks behind it."""
    return min(MOST_WIDTH, max(len(one) for one in (column[0], *column[1]))) + 2
