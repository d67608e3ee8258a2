"""``raw:`` of study.yaml and what forms.yaml adds to it: where each form comes from and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cdisc_conv.columns.dates.formats import DATE_FORMATS, TIME_FORMATS
from cdisc_conv.problems import Place, Problem, did_you_mean
from cdisc_conv.raw import FormSource, Long, RawForm, load_readers
from cdisc_conv.raw.checks import DELIMITERS, is_delimiter
from cdisc_conv.raw.delimited.encoding import COMMON, describe_bad_encoding
from cdisc_conv.raw.files.transfer import check_transfer
from cdisc_conv.raw.shaping.headers import describe_bad_header
from cdisc_conv.raw.source import OtherInformats
from cdisc_conv.raw.subjects import SubjectKey
from cdisc_conv.spec.model import Field, Form, RawSettings, Study
from cdisc_conv.spec.yaml.paths import describe_fault
from cdisc_conv.spec.yaml.shapes.forms import FormDocument, KindsDocument, LayoutDocument
from cdisc_conv.spec.yaml.shapes.study import RawDocument, SourceDocument

LAYOUT = tuple(LayoutDocument.model_fields)
_TABS = (".tsv", ".tab")
_MOMENT = re.compile(r"\d{8}[_-]?\d{4,6}")
"""Date and time in the name of an exported file."""


def read_raw_settings(document: RawDocument) -> RawSettings:
    """The settings of the EDC's export, and those of the other sources; what these leave out is as usual."""
    sources = {
        name: RawSettings(**{**_said(source), "subject_key": read_subject_key(document, name)})
        for name, source in document.sources.items()
    }
    return RawSettings(**{**_said(document), "sources": MappingProxyType(sources)})


def read_layout(document: FormDocument) -> dict[str, Any]:
    """What a form says of how it is written, beyond its source."""
    said = {
        name: getattr(document, name) for name in (*LAYOUT, "subject", "where", "filled") if getattr(document, name)
    }
    said |= {name: value for name in ("quote", "header") if (value := getattr(document, name)) is not None}
    said |= {name: getattr(document, name) for name in ("table", "query") if getattr(document, name)}
    said |= read_informats(document)
    return said | ({"long": Long(**document.long.model_dump())} if document.long else {})


def read_subject_key(document: RawDocument, source: str) -> SubjectKey | None:
    """Where the ids of a source have their subjects. What it leaves out is called as the study calls it."""
    said = document.sources[source].subject_key if source in document.sources else None
    if said is None:
        return None
    own = document.sources[source].subject or document.subject
    by = {column or own: name or own for column, name in said.by.items()} or {own: own}
    return SubjectKey(said.form, MappingProxyType(by), said.take or document.subject)


def read_informats(document: LayoutDocument) -> dict[str, Any]:
    """Kind of column -> how its values are written, as far as that is said; and rows that are written otherwise."""
    said = document.informats
    if said is None:
        return {}
    kinds = {name: getattr(said, name) for name in KindsDocument.model_fields}
    others = tuple(
        OtherInformats(one.where, {name: texts for name in KindsDocument.model_fields if (texts := getattr(one, name))})
        for one in said.exceptions
    )
    return {"informats": {name: texts for name, texts in kinds.items() if texts}, "exceptions": others}


KINDS = {
    **dict.fromkeys(("date", "datetime"), "date"),
    "time": "time",
    **dict.fromkeys(("integer", "float", "decimal", "number"), "number"),
}
"""Type of a column -> the kind of its informat."""


def list_informats(study: Study, form: Form) -> dict[str, tuple[str, ...]]:
    """Columns of a form -> how they are written: as they say themselves, else as the form or its source says."""
    settings = study.raw.sources.get(form.source, study.raw) if form.source else study.raw
    usual = {**settings.informats, **form.reading.get("informats", {})}
    found = {name: field.informat or usual.get(KINDS.get(field.type, ""), ()) for name, field in form.fields.items()}
    return {name: tuple(texts) for name, texts in found.items() if texts}


def list_exceptions(study: Study, form: Form) -> tuple[OtherInformats, ...]:
    """Rows of a form that are written otherwise, by its columns; those of the form before those of its source.

    What is said of a source does not hold for forms without the columns that it asks for.
    """
    settings = study.raw.sources.get(form.source, study.raw) if form.source else study.raw
    usual = (one for one in settings.exceptions if all(name in form.fields for name in one.where))
    return tuple(
        OtherInformats(
            one.where,
            {
                name: one.informats[KINDS[field.type]]
                for name, field in form.fields.items()
                if KINDS.get(field.type) in one.informats
            },
        )
        for one in (*form.reading.get("exceptions", ()), *usual)
    )


def add_iso_formats(settings: dict[str, Any], raw: RawDocument, forms: Mapping[str, Form]) -> dict[str, Any]:
    """Settings whose formats of dates include those of ISO 8601, as columns with an informat are written."""
    said = settings.get("date_formats")
    layouts = (raw, *raw.sources.values())
    has_informats = any(one.informats for one in layouts) or any(
        {"informats", "exceptions"} & set(form.reading) or any(field.informat for field in form.fields.values())
        for form in forms.values()
    )
    if not said or not has_informats or not isinstance(said, str | list):
        return settings
    listed = [said] if isinstance(said, str) else said
    iso = [text for text in (*DATE_FORMATS, *TIME_FORMATS) if "MON" not in text and text not in listed]
    return {**settings, "date_formats": [*listed, *iso]}


def _said(document: SourceDocument) -> dict[str, Any]:
    names = {field.name for field in fields(RawSettings)} - {"sources", "informats", "exceptions"}
    said = {name: value for name in names if (value := getattr(document, name, None)) is not None}
    return said | read_informats(document)


def default_file(name: str, raw: SourceDocument | None) -> str:
    """The file of a form that names none: that of its name, of the format of its source."""
    reader = load_readers().get((raw.format if raw is not None else None) or "csv")
    return name + (reader.suffixes[0] if reader else ".csv")


def form_source(study: Study, form: Form) -> FormSource:
    """How a form is read: what its source says, and over that what the form says itself.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> source = form_source(study, study.forms["dm"])
    >>> source.path, source.encoding
    ('dm_raw.csv', 'utf-8')
    """
    settings = study.raw.sources.get(form.source, study.raw) if form.source else study.raw
    said = dict(form.reading)
    filled = said.pop("filled", False)
    subject = said.pop("subject", "") or settings.subject or study.raw.subject
    said.pop("informats", None)
    said.pop("exceptions", None)
    layout = {name: said.pop(name, getattr(settings, name)) for name in LAYOUT if name != "informats"}
    if layout["delimiter"] == "," and form.file.lower().endswith(_TABS):
        layout["delimiter"] = "\t"
    in_file = {name: field.column or name for name, field in form.fields.items()}
    by = list(settings.subject_key.by) if settings.subject_key else []
    if by and study.raw.subject not in by:
        in_file.pop(study.raw.subject, None)  # it comes from the key form
    elif not by and subject != study.raw.subject and in_file.get(study.raw.subject) == study.raw.subject:
        in_file[study.raw.subject] = subject
    return FormSource(
        name=form.name,
        path=form.file,
        columns=tuple(in_file.values()),
        key=tuple(name for one in form.key for name in (by if by and one == study.raw.subject else [one])),
        folder=settings.path,
        url=settings.url,
        decodes={in_file[field.decode_of]: in_file[name] for name, field in form.fields.items() if field.decode_of},
        names={column: name for name, column in in_file.items() if column != name},
        filled={in_file[name]: field.empty for name, field in form.fields.items() if filled and _says(field)},
        described=tuple(path for path in study.files if path.suffix.lower() in (".xml", ".odm")),
        known=_list_known(study, form),
        elsewhere=_list_elsewhere(study, form) - {*in_file.values()},
        declared={in_file[name]: str(field.place) for name, field in form.fields.items() if field.of_dictionary},
        informats=list_informats(study, form),
        exceptions=list_exceptions(study, form),
        pivot=study.settings.get("date_pivot"),
        **layout,
        **said,
    )


def _list_beside(study: Study, form: Form) -> list[Form]:
    """All forms in the same table of the same file, the form itself among them."""

    def where(other: Form) -> tuple[str, str, Any]:
        return other.source, other.file, other.reading.get("table")

    return [other for other in study.forms.values() if where(other) == where(form)]


def _list_elsewhere(study: Study, form: Form) -> frozenset[str]:
    """The columns of the other forms that are in the same table of the same file."""
    others = (other for other in _list_beside(study, form) if other is not form)
    return frozenset(field.column or name for other in others for name, field in other.fields.items())


def _list_known(study: Study, form: Form) -> dict[str, frozenset[str]]:
    """By column, the values that make a row of a shared file one of its forms'; only the first form is asked."""
    beside = _list_beside(study, form)
    if beside[0] is not form:
        return {}
    asked = [dict(other.reading.get("where") or {}) for other in beside]
    columns = [name for name in asked[0] if all(name in one for one in asked)]
    return {name: frozenset(value for one in asked for value in one[name]) for name in columns}


def _says(field: Field) -> bool:
    """Whether a value of a column says that the form was filled in: an item, or a status other than the untouched."""
    return field.role in ("item", "derived") or bool(field.empty)


def check_raw(study: Study) -> Iterator[Problem]:
    """What ``raw:`` and forms.yaml say of files and cannot be.

    RAW008 delimiter, RAW009 encoding, RAW019 format, LINT109 quote, header or path, LINT110 a source that is not there.
    """
    yield from _check_source(study, study.raw, ("raw",), "'raw'")
    for name, source in study.raw.sources.items():
        yield from _check_source(study, source, ("raw", "sources", name), f"source '{name}'")
        yield from _check_subject_key(study, name, source)
    for form in study.forms.values():
        said = {name: value for name, value in form.reading.items() if name in LAYOUT}
        yield from _check_layout(said, lambda key, form=form: form.places.get(key, form.place), f"form {form.name}")
        if form.source and form.source not in study.raw.sources:
            known = study.raw.sources
            hint = did_you_mean(form.source, known) or f"'sources' of 'raw' has: {', '.join(known) or 'none'}"
            message = f"'source' of form {form.name} is '{form.source}', which 'raw' does not have"
            yield Problem("LINT110", message, place=form.places.get("source", form.place), hint=hint)
        yield from _check_query(study, form)


def _check_subject_key(study: Study, name: str, source: RawSettings) -> Iterator[Problem]:
    """LINT115: a subject key names a form or column that is not there, or a form that needs such a key itself."""
    key = source.subject_key
    if key is None:
        return
    path = ("raw", "sources", name, "subject_key")
    form = study.forms.get(key.form)
    if form is None:
        hint = did_you_mean(key.form, study.forms) or f"there are: {', '.join(study.forms)}"
        message = f"'subject_key' of source '{name}' names form '{key.form}', which is not there"
        yield Problem("LINT115", message, place=study.place_of(*path, "form"), hint=hint)
        return
    if study.subject_key_of(form.name) is not None:
        message = f"'subject_key' of source '{name}' names form '{form.name}', which does not know subjects itself"
        hint = "name a form that has the subject of the study beside the id"
        yield Problem("LINT115", message, place=study.place_of(*path, "form"), hint=hint)
    for said, columns in {"by": key.by.values(), "take": [key.take]}.items():
        for column in columns:
            if column not in form.fields:
                place = study.places.get((*path, said), study.place_of(*path))
                message = f"'{said}' of 'subject_key' of source '{name}': form {form.name} has no column {column}"
                hint = did_you_mean(column, form.fields) or f"it has: {', '.join(form.fields)}"
                yield Problem("LINT115", message, place=place, hint=hint)


def _check_query(study: Study, form: Form) -> Iterator[Problem]:
    settings = study.raw.sources.get(form.source, study.raw)
    if form.reading.get("query") and not settings.url:
        message = f"form {form.name} has a 'query', but its source is no database"
        place = form.places.get("query", form.place)
        yield Problem("LINT109", message, place=place, hint="give the source a 'url', or the form a 'file'")


def _check_source(study: Study, settings: RawSettings, path: tuple[str, ...], what: str) -> Iterator[Problem]:
    def place(key: str) -> Place:
        return study.places.get((*path, key), study.place_of(*path))

    yield from _check_layout({name: getattr(settings, name) for name in LAYOUT}, place, what)
    if settings.url and settings.path:
        message = f"{what} has a 'url' and a 'path', and can be read from one of them only"
        yield Problem("LINT109", message, place=place("path"), hint="leave one of them out")
    for key in ("path", "manifest"):
        if (said := getattr(settings, key)) and (fault := describe_fault(said)):
            message = f"'{key}' of {what} is '{said}', which cannot be inside the raw folder: {fault}"
            yield Problem("SPEC117", message, place=place(key), hint="name a file or folder inside the raw folder")
    if settings.url and "@" in settings.url and ":" in settings.url.split("@")[0].partition("//")[2]:
        password = settings.url.split("@")[0].partition("//")[2].partition(":")[2]
        if not password.startswith("${"):
            message = f"'url' of {what} holds a password"
            hint = "take it from the environment, such as ${EDC_PASSWORD}"
            yield Problem("LINT111", message, place=place("url"), hint=hint)


def _check_layout(said: Mapping[str, Any], place: Any, what: str) -> Iterator[Problem]:
    if (encoding := said.get("encoding")) is not None and (why := describe_bad_encoding(encoding)):
        message = f"'encoding' of {what} is '{encoding}', which {why}"
        yield Problem("RAW009", message, place=place("encoding"), hint=COMMON)
    if (delimiter := said.get("delimiter")) is not None and not is_delimiter(delimiter):
        message = f"'delimiter' of {what} is {delimiter!r}, which cannot be one"
        yield Problem("RAW008", message, place=place("delimiter"), hint=DELIMITERS)
    if (quote := said.get("quote")) and not (len(quote) == 1 and quote.isascii() and quote not in "\r\n\0"):
        message = f"'quote' of {what} is {quote!r}, which cannot be one"
        yield Problem("LINT109", message, place=place("quote"), hint="one character such as \" or ', or nothing")
    if why := describe_bad_header(said.get("header") or ()):
        hint = "say from top to bottom what each header row holds, such as [labels, names]"
        yield Problem("LINT109", f"'header' of {what} {why}", place=place("header"), hint=hint)
    if (kind := said.get("format")) and kind not in load_readers():
        hint = did_you_mean(kind, load_readers()) or f"there are: {', '.join(load_readers())}"
        yield Problem("RAW019", f"'format' of {what} is '{kind}', which is unknown", place=place("format"), hint=hint)
    for file in said.get("metadata") or ():
        if fault := describe_fault(file):
            message = f"'metadata' of {what} is '{file}', which cannot be inside the raw folder: {fault}"
            yield Problem("SPEC117", message, place=place("metadata"), hint="name a file inside the raw folder")


def list_expected(study: Study) -> set[str]:
    """The names of files in the raw folder that something reads; those of a folder in it are not listed."""
    expected: set[str] = set()
    for settings in (study.raw, *study.raw.sources.values()):
        expected |= {settings.path, settings.manifest, *settings.metadata}
    for form in study.forms.values():
        source = form_source(study, form)
        expected |= {form.file, form.file.split("/")[0], *source.metadata}
    expected |= {_MOMENT.sub("*", path.name) for path in study.files if path.suffix.lower() not in (".yaml", ".yml")}
    return expected - {""}


def check_transfers(study: Study, forms: Mapping[str, RawForm], raw: Path) -> list[Problem]:
    """What the manifests of the sources say against the forms that were read from them (`check_transfer`)."""
    problems: list[Problem] = []
    for name, settings in {"": study.raw, **study.raw.sources}.items():
        if settings.manifest:
            own = [form for key, form in forms.items() if study.forms[key].source == name]
            folder = "" if (raw / settings.path).is_file() else settings.path
            problems += check_transfer(settings.manifest, folder, own, raw)
    return problems
