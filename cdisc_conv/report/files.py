"""The reports for programs: findings.json, lineage.json, and which raw rows are behind each record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cdisc_conv.columns.stored import stream
from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.describe.lineage import Lineage, LineageNode, list_names
from cdisc_conv.problems import Place, Problem, Severity, count_by_severity
from cdisc_conv.raw.recorded import describe_source
from cdisc_conv.report.places import spec_folders
from cdisc_conv.spec.forms.sources import form_source
from cdisc_conv.spec.model import Form, Study

SCHEMA = 1
"""Version of the shape of findings.json and lineage.json; it grows when a key changes its meaning or goes away."""

_ORDER = list(Severity)


def sort_findings(problems: Iterable[Problem]) -> list[Problem]:
    """Errors first, then warnings, then notes; within them by code, place and words."""
    return sorted(problems, key=_sort_key)


def write_findings(study: str, problems: Sequence[Problem], path: Path) -> None:
    """findings.json; see docs/the-package.md for its shape."""
    data = {
        "schema": SCHEMA,
        "study": study,
        "count": {severity.value: count for severity, count in count_by_severity(problems).items()},
        "findings": [_describe_problem(problem) for problem in problems],
    }
    write_json(data, path)


def describe_lineage(study: Study, lineage: Lineage) -> dict[str, Any]:
    """What lineage.json says of the mapping: forms with their fields, and every mapped variable; see `add_datasets`."""
    used_by = lineage.used_by()
    return {
        "schema": SCHEMA,
        "study": study.name,
        "raw": {"encoding": study.raw.encoding, "delimiter": study.raw.delimiter},
        "forms": {form.name: _describe_form(study, form, used_by) for form in study.forms.values()},
        **({"given": given} if (given := _describe_given(study, used_by)) else {}),
        "datasets": {},
        "records": {name: [_describe_node(study, node) for node in nodes] for name, nodes in lineage.records.items()},
        "variables": {
            name: {
                "label": nodes[0].label if nodes else "",
                "entries": [_describe_node(study, node) for node in nodes],
                "used_by": list(used_by.get(name, ())),
            }
            for name, nodes in lineage.variables.items()
        },
    }


def add_datasets(described: Mapping[str, Any], study: Study, datasets: Sequence[Dataset]) -> dict[str, Any]:
    """What lineage.json says, with the datasets of the package."""
    domains = {dataset.name: dataset.domain for dataset in datasets if dataset.domain}
    listed = {
        dataset.name: {
            "label": dataset.label,
            "keys": list(dataset.keys),
            "supplemental_to": dataset.supplemental_to,
            **({"domain": dataset.domain} if dataset.domain else {}),
            "qualifiers": _list_qualifiers(study, dataset, domains),
        }
        for dataset in datasets
    }
    return {**described, "datasets": listed}


def write_records(datasets: Iterable[Dataset], folder: Path) -> None:
    """One Parquet file per dataset: the rows behind its records, and the records that single values were taken from.

    Columns: ``record`` and ``row`` (both from 1), ``source`` (``form ae``, ``dataset TU``), and, as `Records` has them,
    ``variant``, ``read`` and ``variable``, which is blank for the rows that a record was made from.
    """
    folder.mkdir()
    for dataset in datasets:
        if dataset.records is None:
            continue
        lines = [dataset.records.frame, *([dataset.records.picked] if dataset.records.picked is not None else [])]
        tables = (_make_table(piece) for frame in lines for piece in stream(frame))
        path = folder / f"{dataset.name.lower()}.parquet"
        with pq.ParquetWriter(path, _LINES, compression="zstd") as writer:
            for table in _cut_tables(tables):
                writer.write_table(table, row_group_size=_MOST_LINES)


_MOST_LINES = 1 << 20
"""Lines of a row group, so that a file does not depend on how the lines are stored."""
_LINES = pa.schema(
    {
        "record": pa.int64(),
        "source": pa.dictionary(pa.int32(), pa.string()),
        "row": pa.int64(),
        "variant": pa.int16(),
        "read": pa.bool_(),
        "variable": pa.dictionary(pa.int32(), pa.string()),
    }
)


def _cut_tables(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The lines of all tables in row groups, with texts in the order of their first lines."""
    held: list[pa.Table] = []
    count = 0
    for table in tables:
        held.append(table)
        count += len(table)
        while count >= _MOST_LINES:
            whole = pa.concat_tables(held)
            yield _encode(whole.slice(0, _MOST_LINES))
            held, count = [whole.slice(_MOST_LINES)], count - _MOST_LINES
    if count:
        yield _encode(pa.concat_tables(held))


def _encode(table: pa.Table) -> pa.Table:
    whole = table.combine_chunks()
    texts = ("source", "variable")
    return pa.table(
        {name: whole[name].dictionary_encode() if name in texts else whole[name] for name in _LINES.names}, _LINES
    )


def _make_table(frame: pd.DataFrame) -> pa.Table:
    count = len(frame)
    variable = frame["variable"].astype("str") if "variable" in frame else pd.Series([""] * count, dtype="str")
    variant = frame["variant"].to_numpy() if "variant" in frame else np.zeros(count, dtype=np.int16)
    read = frame["read"].to_numpy() if "read" in frame else np.ones(count, dtype=bool)
    return pa.table(
        {
            "record": pa.array(frame["record"].to_numpy() + 1, type=pa.int64()),
            "source": pa.array(frame["source"].astype("str"), type=pa.string()),
            "row": pa.array(frame["row"].to_numpy(), type=pa.int64()),
            "variant": pa.array(variant, type=pa.int16()),
            "read": pa.array(read, type=pa.bool_()),
            "variable": pa.array(variable, type=pa.string()),
        }
    )


def write_json(data: Any, path: Path) -> None:
    """JSON as UTF-8 with one key per line, so that two versions can be compared with any diff."""
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    # A name that is not UTF-8 has halves of characters, which JSON spells as escapes.
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _describe_problem(problem: Problem) -> dict[str, Any]:
    data = problem.as_dict()
    place = {key: value for key, value in data.pop("place").items() if value}
    return {key: value for key, value in {**data, "place": place}.items() if value or key in ("severity", "count")}


def _list_qualifiers(study: Study, dataset: Dataset, domains: Mapping[str, str]) -> list[str]:
    """The variables of the parent dataset that a supplemental dataset holds; `domains` are those of split datasets."""
    parent = study.datasets.get(domains.get(dataset.supplemental_to, dataset.supplemental_to))
    return list(parent.supplemental_names()) if parent else []


def _describe_given(study: Study, used_by: Any) -> dict[str, Any]:
    """The datasets that are read and not made, with the variables of theirs that are used."""
    return {
        given.name: {
            "label": given.standard.label,
            "file": given.file,
            "used_by": {
                name: list(users) for name in given.columns if (users := used_by.get(f"{given.name}.{name}", ()))
            },
        }
        for given in study.given.values()
    }


def _describe_form(study: Study, form: Form, used_by: Any) -> dict[str, Any]:
    fields = {
        name: {
            "label": field.label,
            "pages": list(field.pages),
            "used_by": list(used_by.get(f"{form.name}.{name}", ())),
        }
        for name, field in form.fields.items()
    }
    usual = study.raw
    reading = describe_source(form_source(study, form), usual.encoding, usual.delimiter)
    return {
        "label": form.label,
        "file": form.file,
        **({"reading": reading} if reading else {}),
        "fields": fields,
    }


def _describe_node(study: Study, node: LineageNode) -> dict[str, Any]:
    return {
        "records": node.source,
        "sources": list(node.tables),
        "derivation": node.derivation,
        "method": node.method,
        "mapped_at": _show_place(study, node.place),
        "entry": node.entry,
        "reads": list(list_names(node.reads())),
        "matched_by": list(node.matched_by),
        "fields": list(list_names(node.fields())),
        "row_fields": list(list_names(node.row_fields())),
        "links": [[link.kind.value, link.name] for link in node.links],
        "variants": list(node.variants),
    }


def _show_place(study: Study, place: Place) -> str:
    return str(replace(place, file=spec_folders(study).get(place.file, place.file)))


def _sort_key(problem: Problem) -> tuple[Any, ...]:
    place = problem.place
    where = (place.file, place.line, place.dataset, place.variable, place.form, place.field, place.rows)
    return (_ORDER.index(problem.severity), problem.code, *where, problem.message, problem.value)
