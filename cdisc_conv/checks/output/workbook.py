"""The workbook of a result: summary, findings, records, rules. No value becomes a formula, a link or a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cdisc_conv.checks.output.plain import describe_finding, summarise
from cdisc_conv.checks.package.result import CheckResult
from cdisc_conv.visible import make_visible

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""
_CUT = "and more than a sheet holds; the JSON (--json) has everything"
_LONGEST_TEXT = 32_767
_FINDINGS = ("severity", "rule", "also", "dataset", "variable", "file", "line", "text", "count", "rows", "hint",
             "source", "explained", "state")  # fmt: skip
_WIDTHS = {"text": 70, "hint": 40, "source": 30, "explained": 30, "title": 60, "reason": 60, "value": 30, "rows": 20}
_SETTINGS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Sheet = tuple[str, Sequence[str], Iterator[Sequence[Any]]]


def write_workbook(result: CheckResult, path: Path) -> None:
    """Write the sheets, each with a header that stays and filters."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), _SETTINGS) as book:
        bold = book.add_format({"bold": True})
        for title, columns, rows in _list_sheets(result):
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for number, name in enumerate(columns):
                sheet.set_column(number, number, _WIDTHS.get(name, 14))
                sheet.write_string(0, number, name, bold)
            last = 0
            for last, row in enumerate(rows, 1):
                if last == MOST_ROWS:
                    sheet.write_string(last, 0, _CUT)
                    break
                for number, value in enumerate(row):
                    _write_cell(sheet, last, number, value)
            sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)


def _write_cell(sheet: Any, line: int, number: int, value: Any) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(line, number, value)
    elif value:
        sheet.write_string(line, number, make_visible(str(value))[:_LONGEST_TEXT])


def _list_sheets(result: CheckResult) -> Iterator[Sheet]:
    yield "Summary", ("what", "value"), iter(_summarise(result))
    yield (
        "Criteria",
        ("id", "title", "met", "why", "source"),
        (
            (one.id, one.title, {True: "yes", False: "no", None: "not asked"}[one.met], one.why, one.source)
            for one in result.verdict.criteria
        ),
    )
    yield (
        "Findings",
        _FINDINGS,
        (
            [_join(described[name]) or "" for name in _FINDINGS]
            for described in (describe_finding(finding, result.rules) for finding in result.findings)
        ),
    )
    yield "Records", ("rule", "dataset", "variable", "record", "name", "value", "text"), (
        (finding.problem.code, finding.problem.place.dataset, finding.problem.place.variable, number, name, value,
         finding.text)
        for finding in result.findings
        for number, values in zip(finding.records.numbers, finding.records.values, strict=True)
        for name, value in zip(finding.records.names, values, strict=True)
    )  # fmt: skip
    yield (
        "Datasets",
        ("name", "label", "family", "file", "records", "variables"),
        ((one.name, one.label, one.family, one.file, one.records, one.variables) for one in result.datasets),
    )
    yield "Not asked", ("rule", "title", "reason"), (
        (rule, result.rules[rule].title if rule in result.rules else "", reason)
        for rule, reason in [*result.not_run.items(), *((id, f"set aside: {why}") for id, why in
                                                         result.set_aside.items())]
    )  # fmt: skip


def _join(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _summarise(result: CheckResult) -> list[tuple[str, Any]]:
    counts = summarise(result)
    return [
        ("package", result.package),
        ("can this be submitted", f"{result.verdict.answer}: {result.verdict.sentence}"),
        *(("held against", str(used)) for used in result.used),
        *(("note", note) for note in result.notes),
        *((f"{name}s" if name != "explained" else name, count) for name, count in counts.items()),
        ("rules asked", len(result.run)),
        ("rules not asked", len(result.not_run)),
        ("rules set aside", len(result.set_aside)),
    ]
