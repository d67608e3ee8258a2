"""The page that `--html` writes: the summary as plain HTML, the differences as data that its script shows in tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdisc_conv.compare.report.reveal import reveal_table

MOST_ROWS = 200_000
"""Rows of one table on the page; the page tells what it leaves out."""

_TABLES = (
    ("values", "Differing values", "differing_values"),
    ("only_base", "Records only in base", "only_base"),
    ("only_compare", "Records only in compare", "only_compare"),
    ("metadata", "Metadata", ""),
    ("repeated", "Keys that are not unique", ""),
)


def render_page(plain: Mapping[str, Any]) -> str:
    """One HTML file without anything from elsewhere, from what `make_plain` gives.

    Values reach the page only as JSON in a block that no value can close, and the script only writes text.
    """
    from jinja2 import PackageLoader

    from cdisc_conv.report.environment import embed, make_environment

    tables = [table for one in plain["datasets"] for table in _list_tables(one)]
    tables += _list_objects("define.xml", plain["define"]) + _list_objects("why", plain["why"])
    template = make_environment(PackageLoader("cdisc_conv.compare.report")).get_template("compare.html")
    return template.render(found=plain, rows_of=_rows_of, changed=_list_changed, data=embed(tables))


def _list_tables(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for key, title, count in _TABLES:
        frame = one["keys"]["repeated"] if key == "repeated" else one[key]
        rows = len(frame["data"][0]) if frame["data"] else 0
        if key in ("only_base", "only_compare"):
            whole = one["records"][count]
        else:
            whole = one["keys"]["repeated_count"] if key == "repeated" else one[count] if count else rows
        if rows:
            data = reveal_table(frame["columns"], [column[:MOST_ROWS] for column in frame["data"]])
            found.append({"dataset": one["name"] or "dataset", "title": title, "count": whole,
                          "columns": frame["columns"], "data": data})  # fmt: skip
    return found


def _list_objects(name: str, objects: list[Any]) -> list[dict[str, Any]]:
    """Differences of define.xml and reasons: objects of one shape, or plain words."""
    if not objects:
        return []
    columns = list(objects[0]) if isinstance(objects[0], dict) else ["reason"]
    rows = [one.values() if isinstance(one, dict) else [one] for one in objects]
    data = [[_write(value) for value in column] for column in zip(*rows, strict=True)]
    return [{"dataset": name, "title": "Differences", "count": len(objects), "columns": columns, "data": data}]


def _write(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _rows_of(frame: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return list(zip(*frame["data"], strict=True))


def _list_changed(one: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Variable, type, number of differing values, largest difference: those with any, the most first."""
    rows = [(name, kind, count, largest) for name, kind, count, _, largest in _rows_of(one["variables"]) if count]
    return sorted(rows, key=lambda row: -row[2])
