"""forms.yaml: the forms of the study and the columns of their export files, as the EDC's data dictionary tells them.

A column is ``NAME: label`` or ``NAME: {label: ..., type: ..., values: ..., decode: ...}``; ``decode`` names the column
that stands beside a coded one and holds its words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cdisc_conv.problems import Problem, ProblemsError, did_you_mean
from cdisc_conv.spec.documents import FIELD_TYPES, FieldDocument, FormDocument, FormsDocument
from cdisc_conv.spec.model import Field, Form
from cdisc_conv.spec.paths import check_path
from cdisc_conv.spec.repair import repair_keys
from cdisc_conv.spec.validate import validate
from cdisc_conv.spec.yaml_nodes import Node, read_yaml


def read_forms(
    path: Path, show: Callable[[Path], str], problems: list[Problem]
) -> tuple[dict[str, Form], list[dict[str, Any]]]:
    """Forms by name in the order of the file, and the events (visits) it lists. Raises ProblemsError when unusable."""
    node = read_yaml(path, show(path))
    node = repair_keys(FormsDocument, node, "forms.yaml", problems)
    document, found = validate(FormsDocument, node, "forms.yaml")
    if document is None:
        raise ProblemsError(found)
    key_columns = _read_fields(document.key_columns, node.at(("key_columns",)), (), False, problems)
    forms = {
        name: _read_form(name, form, key_columns, document.key, node.at(("forms", name)), problems)
        for name, form in document.forms.items()
    }
    return forms, [event.model_dump(exclude_defaults=True) for event in document.events]


def _read_form(
    name: str,
    document: FormDocument,
    key_columns: Mapping[str, Field],
    key: tuple[str, ...],
    node: Node,
    problems: list[Problem],
) -> Form:
    fields = _read_fields(document.columns, node.at(("columns",)), document.page, True, problems)
    for repeated in sorted(set(fields) & set(key_columns)):
        problems.append(
            node.at(("columns", repeated)).problem("FORM001", f"form {name} repeats the key column {repeated}")
        )
    file = document.file or f"{name}.csv"
    if found := check_path(file, node.at(("file",)), f"'file' of form {name}", "the raw folder"):
        problems.append(found)
        file = ""
    return Form(
        name=name,
        label=document.label,
        file=file,
        fields=MappingProxyType({**key_columns, **fields}),
        pages=document.page,
        key=document.key or key,
        place=node.place,
    )


def _read_fields(
    columns: Mapping[str, Any], node: Node, pages: tuple[int, ...], item: bool, problems: list[Problem]
) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for name, entry in columns.items():
        here = repair_keys(FieldDocument, node.at((name,)), f"column {name}", problems)
        data = here.plain() if here.is_mapping else {"label": entry or ""}
        document, found = validate(FieldDocument, here, f"column {name}", data)
        problems.extend(found)
        document = document or FieldDocument()  # the column is there, whatever is wrong with its description
        if document.type not in FIELD_TYPES:
            hint = did_you_mean(document.type, FIELD_TYPES) or f"types are: {', '.join(FIELD_TYPES)}"
            message = f"'type' of column {name}: '{document.type}' is not a type of column"
            problems.append(here.at(("type",)).problem("SPEC003", message, hint))
        values = MappingProxyType(document.values)
        separator = document.separator
        field = Field(name, document.label, document.type, document.page or pages, values, item, separator=separator)
        fields[name] = field
        if document.decode:
            fields[document.decode] = Field(
                document.decode, document.label, "text", field.pages, {}, item, name, separator
            )
    return fields
