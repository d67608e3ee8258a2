"""forms.yaml: the forms of the study and the columns of their export files, as the EDC's data dictionary tells them.

A column is ``NAME: label`` or ``NAME: {label: ..., type: ..., values: ..., decode: ...}``; ``decode`` names the column
that stands beside a coded one and holds its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cdisc_conv.columns.texts import fold
from cdisc_conv.problems import Place, Problem, ProblemsError, did_you_mean
from cdisc_conv.spec.forms.sources import default_file, read_layout, read_subject_key
from cdisc_conv.spec.model import Field, Form
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.spec.yaml.paths import check_path
from cdisc_conv.spec.yaml.repair import repair_keys
from cdisc_conv.spec.yaml.shapes.forms import FIELD_ROLES, FIELD_TYPES, FieldDocument, FormDocument, FormsDocument
from cdisc_conv.spec.yaml.shapes.study import RawDocument
from cdisc_conv.spec.yaml.validate import validate


def read_forms(node: Node, problems: list[Problem], raw: RawDocument) -> tuple[dict[str, Form], list[dict[str, Any]]]:
    """Forms by name in the order of the file, and the events (visits) it lists. Raises ProblemsError when unusable."""
    node = repair_keys(FormsDocument, node, "forms.yaml", problems)
    document, found = validate(FormsDocument, node, "forms.yaml")
    if document is None:
        raise ProblemsError(found)
    key_columns = _read_fields(document.key_columns, node.at(("key_columns",)), (), False, problems)
    forms = {
        name: _read_form(name, form, _share(form, key_columns, document.key, raw), node, problems, raw)
        for name, form in document.forms.items()
    }
    forms = _mark_subjects(forms, raw)
    _check_keys(forms, document, node, problems, raw)
    check_events(node.get("events"), problems)
    return forms, [event.model_dump(exclude_defaults=True) for event in document.events]


def _mark_subjects(forms: Mapping[str, Form], raw: RawDocument) -> dict[str, Form]:
    """The forms with the columns by which a `SubjectKey` finds subjects: they are there, and identify the subject."""
    roles: dict[str, list[str]] = {name: [] for name in forms}
    for name, form in forms.items():
        if (key := read_subject_key(raw, form.source)) is not None:
            roles[name] += key.by
            roles.setdefault(key.form, []).extend((*key.by.values(), key.take))

    def mark(form: Form) -> Form:
        known = {name: form.fields.get(name) for name in roles[form.name]}
        own = form.source in raw.sources and read_subject_key(raw, form.source) is not None
        marked = {
            name: replace(field or Field(name), item=False, role="subject")
            for name, field in known.items()
            if field is not None or own
        }
        return replace(form, fields=MappingProxyType({**form.fields, **marked})) if marked else form

    return {name: mark(form) for name, form in forms.items()}


def check_events(events: Node | None, problems: list[Problem]) -> None:
    """FORM003: two events with one name or one ``eid``, of which only one would be found."""
    for key in ("event", "eid"):
        first: dict[str, Node] = {}
        for entry in events.value if events is not None and events.is_list else ():
            said = entry.get(key)
            text = fold(str(said.value)) if said is not None and said.value is not None else ""
            if text and text in first:
                message = f"two events have the {'eid' if key == 'eid' else 'name'} '{said.value}'"
                problems.append(said.problem("FORM003", message, f"the first is {first[text].place}"))
            elif text:
                first[text] = said


def _check_keys(
    forms: Mapping[str, Form], document: FormsDocument, node: Node, problems: list[Problem], raw: RawDocument
) -> None:
    """FORM002: a key names a column that the form does not have; that of all forms is one finding for a name."""
    for name, form in document.forms.items():
        fields = forms[name].fields
        for column in form.key:
            if column not in fields:
                message = f"'key' of form {name} names {column}, which is not a column of the form"
                place = node.at(("forms", name, "key"))
                problems.append(place.problem("FORM002", message, did_you_mean(column, fields)))
    sharing = [forms[name] for name, form in document.forms.items() if not form.key and _shares(form, raw)]
    for column in document.key:
        without = [form.name for form in sharing if column not in form.fields]
        if without:
            message = f"'key' names {column}, which is not a column of form {', '.join(without)}"
            known = [name for form in sharing for name in form.fields]
            hint = did_you_mean(column, known) if len(without) == len(sharing) else "give these forms a 'key' each"
            problems.append(node.at(("key",)).problem("FORM002", message, hint))


def _shares(form: FormDocument, raw: RawDocument) -> bool:
    source = raw.sources.get(form.source)
    return not form.source or (source is not None and not source.subject and source.subject_key is None)


def _share(
    form: FormDocument, columns: Mapping[str, Field], key: tuple[str, ...], raw: RawDocument
) -> tuple[Mapping[str, Field], tuple[str, ...]]:
    """The columns and the key that forms share; a source with a subject column of its own has only that."""
    if _shares(form, raw):
        return columns, key
    return {raw.subject: columns.get(raw.subject, Field(raw.subject, item=False))}, ()


def _choose_file(name: str, document: FormDocument, raw: RawDocument) -> str:
    """The file of a form; of a form in a database its table."""
    source = raw.sources.get(document.source) if document.source else raw
    if source is not None and source.url:
        return document.table or name
    return document.file or default_file(name, source)


def _read_form(
    name: str,
    document: FormDocument,
    shared: tuple[Mapping[str, Field], tuple[str, ...]],
    node: Node,
    problems: list[Problem],
    raw: RawDocument,
) -> Form:
    key_columns, key = shared
    node = node.at(("forms", name))
    fields = _read_fields(document.columns, node.at(("columns",)), document.page, True, problems)
    fields = {column: replace(field, collected_by=document.collected_by) for column, field in fields.items()}
    for repeated in sorted(set(fields) & set(key_columns)):
        problems.append(
            node.at(("columns", repeated)).problem("FORM001", f"form {name} repeats the key column {repeated}")
        )
    file = _choose_file(name, document, raw)
    if file and (found := check_path(file, node.at(("file",)), f"'file' of form {name}", "the raw folder")):
        problems.append(found)
        file = ""
    return Form(
        name=name,
        label=document.label,
        file=file,
        fields=MappingProxyType({**key_columns, **fields}),
        pages=document.page,
        key=document.key or key,
        source=document.source,
        reading=MappingProxyType(read_layout(document)),
        place=node.place,
        places=MappingProxyType({key: child.place for key, child in node.items()}),
    )


def _read_fields(
    columns: Mapping[str, Any], node: Node, pages: tuple[int, ...], item: bool, problems: list[Problem]
) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    decodes: dict[str, str] = {}
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
        if document.role and document.role not in FIELD_ROLES:
            hint = did_you_mean(document.role, FIELD_ROLES) or f"roles are: {', '.join(FIELD_ROLES)}"
            message = f"'role' of column {name}: '{document.role}' is not what a column can be for"
            problems.append(here.at(("role",)).problem("SPEC003", message, hint))
        fields[name] = _make_field(name, document, document.page or pages, item, here.place)
        if document.decode:
            fields.setdefault(document.decode, replace(fields[name], name=document.decode, column=""))
            decodes[document.decode] = name
    for words, coded in decodes.items():
        separator = fields[coded].separator
        fields[words] = replace(fields[words], type="text", values={}, decode_of=coded, separator=separator, empty="")
    return fields


def _make_field(name: str, document: FieldDocument, pages: tuple[int, ...], item: bool, place: Place) -> Field:
    role = document.role or ("item" if item else "system")
    return Field(
        name,
        document.label,
        document.type,
        pages,
        MappingProxyType(document.values),
        item=role == "item",
        separator=document.separator,
        column=document.column,
        unit=document.unit,
        informat=document.informat,
        unknown_parts=document.unknown_parts,
        role=role,
        empty=document.empty,
        place=place,
    )
