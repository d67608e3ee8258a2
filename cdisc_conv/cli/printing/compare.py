"""A comparison on the console."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cdisc_conv.cli.printing.console import plural, print_line, print_table
from cdisc_conv.compare.packages.run import PackageComparison
from cdisc_conv.compare.report.reveal import reveal_all
from cdisc_conv.compare.result import Comparison
from cdisc_conv.visible import show_hidden


def print_comparison(found: PackageComparison, most: int) -> None:
    """The summary of all datasets where there are several, then each dataset, define.xml and the reasons."""
    if len(found.datasets) > 1 or found.only_base or found.only_other:
        _print_summary(found)
    for one in found.datasets:
        if len(found.datasets) == 1 or not one.equal:
            _print_dataset(one, most)
    if found.define:
        from cdisc_conv.compare.packages.define_xml import describe_difference

        _print_some("define.xml", [describe_difference(one) for one in found.define], most)
    _print_some("why", [str(one) for one in found.why], most)
    _print_some("notes", [str(one) for one in found.notes], most)
    print_line(conclude(found))


def conclude(found: PackageComparison) -> str:
    """The last line: equal, or what differs."""
    if found.equal:
        return "equal"
    counts = (
        (len(found.only_base) + len(found.only_other), "dataset on one side only", "datasets on one side only"),
        (sum(one.only_base_count + one.only_other_count for one in found.datasets),
         "record on one side only", "records on one side only"),
        (sum(one.differing_cells for one in found.datasets), "value", "values"),
        (sum(len(one.metadata) for one in found.datasets), "metadata difference", "metadata differences"),
        (sum(not one.records_in_order for one in found.datasets if one.rules.order), "order of records",
         "orders of records"),
        (len(found.define), "difference of define.xml", "differences of define.xml"),
    )  # fmt: skip
    return "different: " + ", ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in counts if n)


def _print_summary(found: PackageComparison) -> None:
    rows: list[list[Any]] = [
        [one.name, "equal" if one.equal else "different", one.base.rows, one.other.rows, one.only_base_count,
         one.only_other_count, one.differing_records, one.differing_cells, len(one.metadata)]
        for one in found.datasets
    ]  # fmt: skip
    rows += [[name, "only in base", 0, 0, 0, 0, 0, 0, 0] for name in found.only_base]
    rows += [[name, "only in compare", 0, 0, 0, 0, 0, 0, 0] for name in found.only_other]
    headers = ("dataset", "result", "base", "compare", "only base", "only compare", "records", "values", "metadata")
    print_table(headers, rows)
    print_line("")


def _print_dataset(one: Comparison, most: int) -> None:
    print_line(f"{one.name or 'dataset'}: {one.base.source} with {one.other.source}", style="bold")
    unique = "" if one.keys.unique else ", not unique"
    print_line(f"key: {', '.join(one.keys.variables) or '(none)'} ({one.keys.origin}{unique})")
    order = "" if one.records_in_order else "; the order differs"
    print_line(
        f"records: {one.base.rows:,} in base, {one.other.rows:,} in compare; {one.matched:,} matched, "
        f"{one.differing_records:,} of them with differences; {one.only_base_count:,} only in base, "
        f"{one.only_other_count:,} only in compare{order}"
    )
    if not one.keys.unique:
        _print_frame(f"{plural(one.keys.repeated_count, 'key value')} not unique", one.keys.repeated, most)
    if len(one.metadata):
        _print_frame(plural(len(one.metadata), "metadata difference"), _reveal(one.metadata, most), most,
                     len(one.metadata))  # fmt: skip
    changed = one.variables[one.variables["differing"] > 0]
    if len(changed):
        frame = changed.drop(columns="shown").assign(largest=[_write(value) for value in changed["largest"]])
        _print_frame(plural(len(changed), "variable") + " with differences", frame, len(frame))
        cells = _reveal(one.cells, most)
        cells = cells.assign(difference=[_write(value) for value in cells["difference"]])
        _print_frame(plural(one.differing_cells, "differing value"), cells, most, one.differing_cells)
    for label, count, frame in (
        ("only in base", one.only_base_count, one.only_base),
        ("only in compare", one.only_other_count, one.only_other),
    ):
        if count:
            shown = frame.iloc[:, : 1 + max(len(one.keys.variables), 1)]
            _print_frame(f"{plural(count, 'record')} {label}", shown, most, count)
    print_line("")


def _reveal(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """The first rows, with what hides in the texts of both sides shown."""
    shown = frame.head(most)
    base, other = reveal_all(shown["base"], shown["other"])
    return shown.assign(base=base, other=other)


def _print_frame(title: str, frame: pd.DataFrame, most: int, count: int | None = None) -> None:
    print_line(f"{title}:")
    shown = frame.head(most)
    rows = [
        [cell if isinstance(cell, int) else show_hidden(str(cell)) for cell in row]
        for row in shown.astype(object).to_numpy()
    ]
    print_table([f"  {frame.columns[0]}", *frame.columns[1:]], [[f"  {row[0]}", *row[1:]] for row in rows])
    left = (len(frame) if count is None else count) - len(shown)
    if left > 0:
        print_line(f"  ... and {left:,} more")


def _print_some(title: str, lines: list[str], most: int) -> None:
    if not lines:
        return
    print_line(f"{title}:", style="bold")
    for line in lines[:most]:
        print_line(f"  {line}")
    if len(lines) > most:
        print_line(f"  ... and {len(lines) - most:,} more")


def _write(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.12g}"
