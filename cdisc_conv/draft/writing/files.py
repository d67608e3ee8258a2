"""The files of a drafted study: study.yaml, forms.yaml and the mappings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cdisc_conv.draft.datasets.visits import Visit
from cdisc_conv.draft.model import Draft, Line
from cdisc_conv.draft.reading.exports import Exports, Table, make_columns
from cdisc_conv.draft.writing.keeping import FOLDER, keep_files
from cdisc_conv.draft.writing.lines import flow, mark, scalar, write_dataset


def study_name(text: str) -> str:
    """A name for the study, made of that of its folder.

    >>> study_name("my study")
    'MY-STUDY'
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-").upper() or "STUDY"


def write_skeleton(stage: Path, exports: Exports, raw: Path, name: str) -> None:
    """What it takes to read the forms: study.yaml without a mapping, and what describes the forms."""
    if exports.dictionary is not None:
        for file, content in keep_files(raw, exports.dictionary).items():
            path = stage / FOLDER / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    home = next(iter(exports.tables or (exports.dictionary.forms if exports.dictionary else ())), "HOME")
    write_forms(stage, exports)
    write_study(stage, exports, name, "SUBJECT", home)


def write_forms(
    stage: Path,
    exports: Exports,
    roles: Mapping[str, Mapping[str, str]] | None = None,
    more: Mapping[str, Mapping[str, Any] | None] | None = None,
    visits: Sequence[Visit] = (),
) -> None:
    """forms.yaml: all of the forms where no dictionary describes them, else what it has to add (`more` per form)."""
    more = more or {}
    lines: list[str] = []
    for form, table in exports.tables.items():
        described = list(describe_form(form, table, (roles or {}).get(form, {}), more.get(form) or {}))
        lines += described[:1] + (["    new: true"] if exports.dictionary is not None else []) + described[1:]
    for form, said in more.items() if exports.dictionary is not None else ():
        if said is None:
            lines.append(f"  {scalar(form)}: null  {mark(0, 'the exports have no file of it', True)}")
        elif form not in exports.tables:
            lines += [f"  {scalar(form)}:", *_list_additions(said)]
    lines = ["forms:", *lines] if lines else []
    if visits:
        lines += ["events:", *(_describe_visit(visit, exports) for visit in visits)]
    if lines:
        write_lines(stage / "forms.yaml", lines)


def _list_additions(said: Mapping[str, Any]) -> Iterable[str]:
    """What forms.yaml says of a form over the dictionary."""
    for key, value in said.items():
        if key != "columns":
            yield f"    {key}: {flow(value)}  {mark(0.7, 'as the values show')}"
            continue
        yield "    columns:"
        for name, entry in value.items():
            if entry is None:
                yield f"      {scalar(name)}: null  {mark(0, 'the export has no such column', True)}"
                continue
            beside = entry.get("#")
            said = {key: inner for key, inner in entry.items() if key != "#"}
            reason = "the export has codes that the dictionary does not: name what they mean"
            reason = beside or reason
            yield f"      {scalar(name)}: {flow(said)}  {mark(0.8 if beside else 0, reason, not beside)}"


def describe_form(form: str, table: Table, roles: Mapping[str, str], more: Mapping[str, Any]) -> Iterable[str]:
    """A form of forms.yaml, from its table; `roles` are those of its columns, `more` goes over what the table says."""
    yield f"  {scalar(form)}:"
    label = more.get("label") or (form.upper() if len(form) <= 2 else form.replace("_", " ").capitalize())
    yield f"    label: {scalar(label)}"
    yield f"    file: {scalar(table.file)}"
    if table.table:
        yield f"    table: {scalar(table.table)}"
    further = {key: value for key, value in more.items() if key not in ("columns", "label")}
    for key, value in {**table.reading, **further}.items():
        yield f"    {key}: {flow(list(value) if isinstance(value, tuple) else value)}"
    yield "    columns:"
    said = more.get("columns", {})
    decodes = {entry["decode"] for entry in said.values() if entry.get("decode")}
    for name, column in make_columns(table).items():
        if name in decodes:
            continue
        whole = {**column, **({"role": roles[name]} if name in roles else {}), **said.get(name, {})}
        shown = whole.get("label", "") if set(whole) <= {"label"} else whole
        yield f"      {scalar(name)}: {flow(shown) if shown else scalar('')}"


def _describe_visit(visit: Visit, exports: Exports) -> str:
    said: dict[str, Any] = {"eid": visit.eid} if visit.eid else {"event": visit.event}
    if exports.dictionary is not None and not _knows(exports, visit):
        said = {"event": visit.event, **said, "new": True}
    elif visit.eid:
        said = {"event": visit.event, **said}
    if visit.number is not None:
        said |= {"visitnum": visit.number}
    score = 0.6 if visit.number is not None else 0.8
    return f"  - {flow(said)}  {mark(score, visit.reason)}"


def _knows(exports: Exports, visit: Visit) -> bool:
    events = exports.dictionary.events if exports.dictionary is not None else ()
    if not events:
        return False
    return any((visit.eid and event.eid == visit.eid) or event.name == visit.event for event in events)


def write_study(
    stage: Path,
    exports: Exports,
    name: str,
    subject: str,
    home: str,
    shared: Sequence[Line] = (),
    draft: Draft | None = None,
) -> None:
    """study.yaml."""
    created = datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat()
    lines = [f"study: {scalar(name)}", f"title: {scalar(name)}  {mark(0, 'the title of the protocol', True)}"]
    lines.append(f"created: {created}  {mark(0.5, 'the creation time that every output carries')}")
    lines.append('standards: {sdtmig: "3.4", sdtm_ct: 2025-03-28}')
    if exports.dictionary is not None:
        lines.append(f"forms: {{dictionary: {FOLDER}/, edc: {exports.dictionary.edc}}}")
    lines.append(f"raw: {{subject: {scalar(subject)}, home: {scalar(home)}}}")
    if shared:
        lines += ["variables:"]
        lines += [f"  {line.name}: {flow(line.entry)}  {mark(line.score, line.reason, line.to_do)}" for line in shared]
    if draft is not None and draft.sponsor_terms:
        lines.append("sponsor_terms:")
        reason = mark(0.5, "tests that terminology does not have")
        lines += [f"  {name}: {flow(list_terms(terms))}  {reason}" for name, terms in draft.sponsor_terms.items()]
    if draft is not None and draft.not_submitted:
        lines += ["not_submitted:", *_list_reasons(draft)]
    write_lines(stage / "study.yaml", lines)


def list_terms(terms: Mapping[str, str]) -> list[str] | dict[str, str]:
    """Terms of the study's own as study.yaml has them: a list, or each with its meaning.

    >>> list_terms({"XALL": ""}), list_terms({"BM": "Biomarker"})
    (['XALL'], {'BM': 'Biomarker'})
    """
    if not any(terms.values()):
        return list(terms)
    return {term: meaning or term for term, meaning in terms.items()}


def _list_reasons(draft: Draft) -> Iterable[str]:
    """What is not submitted: a column once where the reason is the same on all forms."""
    columns: dict[str, dict[str, Line]] = {}
    for key, line in draft.not_submitted.items():
        columns.setdefault(line.name, {})[key] = line
    for name, keys in columns.items():
        reasons = {line.reason for line in keys.values()}
        listed = [(name, next(iter(keys.values())))] if len(reasons) == 1 and len(keys) > 1 else list(keys.items())
        for key, line in listed:
            yield f"  {scalar(key)}: {scalar(line.reason)}  # draft {line.score:.2f}"


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """A text file of these lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_datasets(stage: Path, draft: Draft) -> None:
    """The mapping files of all datasets."""
    for name, dataset in draft.datasets.items():
        write_lines(stage / "sdtm" / f"{name.lower()}.yaml", write_dataset(dataset).splitlines())
