"""The workbook that `--xlsx` writes: a sheet for the summary, then one per table. No value becomes a formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cdisc_conv.compare.report.reveal import reveal_table
from cdisc_conv.problems import Problem, ProblemsError

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
_SUMMARY = ("dataset", "result", "base", "compare", "only base", "only compare", "records", "values", "metadata", "key")


def write_workbook(plain: Mapping[str, Any], path: Path) -> None:
    """Write what `make_plain` gives. ProblemsError (CMP006) when XlsxWriter is not installed."""
    try:
        import xlsxwriter
    except ImportError:
        hint = "pip install cdisc-conv[xlsx]"
        raise ProblemsError([Problem("CMP006", "a workbook needs XlsxWriter, which is not here", hint=hint)]) from None
    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(str(path), settings) as book:
        bold = book.add_format({"bold": True})
        taken: set[str] = set()
        for title, columns, rows in _list_sheets(plain):
            sheet = book.add_worksheet(_name_sheet(title, taken))
            for number, name in enumerate(columns):
                sheet.write_string(0, number, name, bold)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(rows), 1), max(len(columns) - 1, 0))
            for line, row in enumerate(rows[:MOST_ROWS], 1):
                for number, value in enumerate(row):
                    _write_cell(sheet, line, number, value)


def _write_cell(sheet: Any, line: int, number: int, value: Any) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(line, number, value)
    elif value is not None:
        sheet.write_string(line, number, str(value)[:_LONGEST_TEXT])


def _list_sheets(plain: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str], Sequence[Sequence[Any]]]]:
    yield "Summary", _SUMMARY, _summarise(plain)
    for one in plain["datasets"]:
        tables = {"variables": one["variables"], "values": one["values"], "only base": one["only_base"],
                  "only compare": one["only_compare"], "metadata": one["metadata"],
                  "keys not unique": one["keys"]["repeated"]}  # fmt: skip
        for title, frame in tables.items():
            rows = list(zip(*reveal_table(frame["columns"], frame["data"]), strict=True))
            if rows:
                yield f"{one['name'] or 'dataset'} {title}", frame["columns"], rows
    for title in ("define", "why"):
        if plain[title]:
            columns = list(plain[title][0]) if isinstance(plain[title][0], dict) else ["reason"]
            yield title, columns, [list(one.values()) if isinstance(one, dict) else [one] for one in plain[title]]


def _summarise(plain: Mapping[str, Any]) -> list[list[Any]]:
    rows = [
        [one["name"], "equal" if one["equal"] else "different", one["base"]["rows"], one["compare"]["rows"],
         one["records"]["only_base"], one["records"]["only_compare"], one["records"]["differing"],
         one["differing_values"], len(one["metadata"]["data"][0]), ", ".join(one["keys"]["variables"])]
        for one in plain["datasets"]
    ]  # fmt: skip
    rows += [[name, "only in base"] for name in plain["only_base"]]
    return rows + [[name, "only in compare"] for name in plain["only_compare"]]


def _name_sheet(title: str, taken: set[str]) -> str:
    """A sheet's name: without what Excel refuses, at most 31 characters, each once."""
    plain = "".join("_" if character in "[]:*?/\\'" else character for character in title)[:_LONGEST_NAME]
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        ending = f" {number}"
        name = plain[: _LONGEST_NAME - len(ending)] + ending
    taken.add(name.casefold())
    return name
