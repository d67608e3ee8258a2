"""cdisc-conv trace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cdisc_conv.tables import ColumnRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdisc_conv.package.reading.sources import TracedRow
    from cdisc_conv.package.reading.trace import TracedCell, TracedRecord


def trace(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A package that 'run' or 'demo' wrote.")],
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="The dataset, such as AE, SUPPAE or ADSL.")],
    where: Annotated[
        str,
        typer.Option(
            "--where",
            metavar="CONDITION",
            help="Which records, in the language of 'where:' in mappings.",
            show_default="all",
        ),
    ] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="The most records to show.")] = 5,
    raw: Annotated[
        Path | None,
        typer.Option(
            "--raw",
            metavar="DIR",
            help="The raw folder, or that of the given datasets, when it was moved.",
            show_default="as in the manifest",
        ),
    ] = None,
) -> int:
    """Show the raw form, row and fields behind records.

    An ADaM record leads to the SDTM records it was made from, and on to their raw rows. Analysis dates are shown, and
    asked for in --where, as ISO 8601 text: "ADT >= '2022-03-01'".

    Exit code 1 when no record meets the condition, or when a raw file is missing or has changed since.

    \b
    Example:
      cdisc-conv trace out AE --where "AESEQ == 3 and USUBJID == 'HOPE2021-01-001'"
      cdisc-conv trace out SUPPAE --where "QNAM == 'AETRTEM'" --limit 2
      cdisc-conv trace out ADTTE --where "PARAMCD == 'PFS'" --limit 1
    """
    from cdisc_conv.cli.printing.console import print_line
    from cdisc_conv.cli.printing.findings import print_problems
    from cdisc_conv.package.reading.trace import trace_records
    from cdisc_conv.problems import exit_code

    traced = trace_records(out, dataset, where, limit, raw)
    for record in traced.records:
        _print_record(traced.dataset, record)
    print_line(_count(len(traced.records), traced.found, traced.dataset, where))
    print_problems(traced.problems)
    return exit_code(traced.problems) if traced.found else 1


def _count(shown: int, found: int, dataset: str, where: str) -> str:
    if not found:
        return f"no record of {dataset} meets {where}" if where else f"{dataset} has no records"
    return f"{shown:,} of {found:,} records of {dataset}{f' meeting {where}' if where else ''} shown"


def _print_record(dataset: str, record: TracedRecord) -> None:
    from cdisc_conv.cli.printing.console import print_line, print_table

    print_line(f"{dataset} record {record.number:,}", style="bold")
    for row in record.through:
        print_line(f"  {row.form} record {row.row:,} ({row.label})")
    if record.through_count > len(record.through):
        print_line(f"  ... and {record.through_count - len(record.through):,} more records")
    for row in record.rows:
        print_line(f"  {_describe_row(row)}")
    for row in record.beside:
        print_line(
            f"  taken from {row.form} record {row.row:,} ({row.label})"
            if row.kind == "dataset"
            else f"  taken from {_describe_row(row)}"
        )
    if record.count > len(record.rows):
        print_line(f"  ... and {record.count - len(record.rows):,} more rows")
    if not record.count:
        print_line("  no raw row: the mapping writes this record out itself")
    print_table(["variable", "value", "raw field", "raw value", "reads also"], _rows(record))
    print_line("")


def _describe_row(row: TracedRow) -> str:
    """A raw row, or a record of a dataset that was given; one of a dataset that cannot be read."""
    if not row.file:
        return f"{row.form} ({row.label})"
    what = "row" if row.kind == "form" else "record"
    note = "" if row.values else "  (values not available)"
    return f"{row.kind} {row.form} ({row.label}), {what} {row.row:,} of {row.file}{note}"


def _rows(record: TracedRecord) -> list[list[str]]:
    """One line per variable, and one more per further cell it comes from; what is blank from nothing is left out."""
    main = {(row.form, row.row) for row in (*record.through, *record.rows)}
    lines: list[list[str]] = []
    for variable in record.variables:
        if not variable.value and not variable.cells:
            continue
        others = ", ".join(variable.others)
        cells = _group_cells(variable.cells, main)
        if variable.value:
            near = [cell for cell in variable.elsewhere if cell.is_raw or cell.name in variable.others]
            cells |= _group_cells(near, set())
        for number, (field, values) in enumerate(cells.items() or [("", {})]):
            first = number == 0
            shown = " | ".join(values)
            lines.append(
                [variable.name if first else "", variable.value if first else "", field, shown, others if first else ""]
            )
    return lines


def _group_cells(cells: Iterable[TracedCell], main: set[tuple[str, int]]) -> dict[str, dict[str, None]]:
    """The values by field; a field of a row that is not behind the record itself is named with the row."""
    found: dict[str, dict[str, None]] = {}
    for cell in cells:
        there = (ColumnRef(cell.name).table, cell.row) in main
        found.setdefault(cell.name if there else f"{cell.name} (row {cell.row:,})", {})[cell.value] = None
    return found
