"""The whole road: exports to a study's folder, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cdisc_conv.columns.stored import load
from cdisc_conv.draft.datasets.place import Material, draft_study
from cdisc_conv.draft.matching.columns import Knowledge
from cdisc_conv.draft.model import Draft, Line
from cdisc_conv.draft.reading.exports import Exports, list_further, survey_exports
from cdisc_conv.draft.reading.families import describe_pairs
from cdisc_conv.draft.reading.keys import find_home, find_other_subject, find_study, find_subject, with_roles
from cdisc_conv.draft.reading.profiles import (
    agree_on_dates,
    find_label,
    find_missing_texts,
    find_undeclared,
    profile_form,
)
from cdisc_conv.draft.writing.editors import name_schema, write_schema
from cdisc_conv.draft.writing.files import study_name, write_datasets, write_forms, write_skeleton, write_study
from cdisc_conv.draft.writing.layers import lay_on_library
from cdisc_conv.draft.writing.page import FILE, render_report
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.writing.staging import stage_folder
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.raw import read_forms
from cdisc_conv.spec.forms.sources import form_source
from cdisc_conv.spec.load import load_study


@dataclass(frozen=True)
class Outcome:
    """What was drafted, and what is wrong with it or the exports."""

    folder: Path
    draft: Draft
    exports: Exports
    problems: tuple[Problem, ...]


def init_study(raw: Path, out: Path, edc: str = "", subject: str = "") -> Outcome:
    """Draft a study in `out` from the exports in `raw`.

    `edc` is the system, where it is not to be recognised, and `subject` the column of the subject. Raises
    ProblemsError: INIT001 to INIT006, those of `stage_folder`, and those of dictionaries; `out` is as it was then.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        hint = "choose another folder, or add a form to the study with --add FORM"
        raise ProblemsError([Problem("INIT004", f"'{out}' is there already; nothing is overwritten", hint=hint)])
    exports = survey_exports(raw, edc)
    with stage_folder(out, {"raw folder": exports.folder}) as stage:
        return _fill(stage, out, exports, raw, subject)


def _fill(stage: Path, out: Path, exports: Exports, raw: Path, subject: str) -> Outcome:
    write_skeleton(stage, exports, raw, study_name(out.name))
    material = read_material(stage, exports)
    more = find_missing(material, exports)
    if more:
        write_forms(stage, exports, more=more)
        material = read_material(stage, exports)
    subject = find_subject(material.profiles, material.frames, subject)
    exports, renamed = _rename_subjects(exports, material, subject)
    if renamed:
        write_forms(stage, exports, more=more)
        material = read_material(stage, exports)
    material.profiles = {
        form: with_roles(profiles, subject, exports.dictionary is not None)
        for form, profiles in material.profiles.items()
    }
    home = find_home(material.profiles, material.frames, subject)
    gone = [form for form, said in more.items() if said is None]
    if gone:
        message = f"the dictionary has forms of which the exports have no file: {', '.join(gone)}"
        hint = "forms.yaml leaves them out; take that away when their files come"
        material.problems.append(Problem("INIT011", message, Severity.WARNING, hint=hint))
    draft, visits = draft_study(material, subject, home)
    name = find_study(material.profiles) or study_name(out.name)
    roles = {
        form: {column: one.role for column, one in columns.items() if one.role != "item"}
        for form, columns in material.profiles.items()
    }
    template = f"{name}-{{{subject}}}"
    reason = "the study and the subject; sponsors may build it otherwise"
    shared = [Line("USUBJID", {"subject_id": template}, 0.6, reason)]
    write_forms(stage, exports, roles, more, visits)
    write_datasets(stage, draft)
    write_study(stage, exports, name, subject, home, shared, draft)
    lay_on_library(stage, draft)
    name_schema(stage, sorted(stage.rglob("*.yaml")))
    write_schema(stage)
    _, found = lint_whole(stage)
    shown = [show_place(problem, stage, out) for problem in found]
    earlier = [show_place(problem, stage, out) for problem in (*exports.problems, *material.problems)]
    problems = (*earlier, *shown)
    page = render_report(name, describe_source(exports), draft, problems)
    (stage / FILE).write_text(page, encoding="utf-8", newline="\n")
    return Outcome(out, draft, exports, problems)


def _rename_subjects(exports: Exports, material: Material, subject: str) -> tuple[Exports, bool]:
    """The exports, with the subject under one name on all forms that no dictionary describes."""
    tables = dict(exports.tables)
    for form in exports.tables:
        profiles = material.profiles.get(form, {})
        other = find_other_subject(profiles, subject) if profiles else ""
        if other:
            tables[form] = replace(tables[form], names={other: subject})
    return replace(exports, tables=tables), tables != dict(exports.tables)


def describe_source(exports: Exports) -> str:
    """Where the forms come from, and how that was recognised."""
    if exports.dictionary is None:
        return f"{len(exports.tables)} tables without a dictionary"
    label = exports.guess.label if exports.guess is not None else exports.dictionary.edc
    reasons = "; ".join(exports.guess.reasons[:2]) if exports.guess is not None else "as --edc says"
    return f"{len(exports.dictionary.forms)} forms of {label} ({reasons})"


def show_place(problem: Problem, stage: Path, out: Path) -> Problem:
    """A finding with the file where it will be."""
    staged = f"{stage.parent.name}/{stage.name}"

    def show(text: str) -> str:
        return text.replace(stage.as_posix(), out.as_posix()).replace(staged, out.name)

    place = replace(problem.place, file=show(problem.place.file))
    return replace(problem, message=show(problem.message), hint=show(problem.hint), place=place)


def find_missing(material: Material, exports: Exports) -> dict[str, dict[str, Any] | None]:
    """What forms.yaml has to say beyond the dictionary and the headers; None of a form without a file.

    That are values that stand for none, such as NA among numbers and dates, and codes that nobody declared.
    """
    gone = {problem.place.form for problem in material.problems if problem.code == "RAW001"}
    found: dict[str, dict[str, Any] | None] = {}
    added: dict[str, dict[str, Any]] = {}
    if exports.dictionary is not None and len(gone) < len(material.study.forms):
        found |= dict.fromkeys(form for form in exports.dictionary.forms if form in gone)
    for problem in material.problems:
        if problem.code == "RAW004" and exports.dictionary is not None and problem.place.form in material.frames:
            columns = added.setdefault(problem.place.form, {}).setdefault("columns", {})
            columns |= dict.fromkeys(_list_absent(material, problem.place.form))
        if problem.code == "RAW005" and exports.dictionary is not None and problem.place.form in material.frames:
            source = form_source(material.study, material.study.forms[problem.place.form])
            for name, said in list_further(exports.folder, source).items():
                entry = {**said, "#": "the export has it and the dictionary does not"}
                added.setdefault(problem.place.form, {}).setdefault("columns", {})[name] = entry
    for form, profiles in material.profiles.items():
        codes = {name: codes for name, one in profiles.items() if (codes := find_undeclared(one))}
        if codes and exports.dictionary is not None:
            listed = {name: {"values": values} for name, values in codes.items()}
            added.setdefault(form, {}).setdefault("columns", {}).update(listed)
        of_table = form in exports.tables
        pairs = describe_pairs(material.frames[form], {} if of_table else profiles)
        if pairs:
            columns = {
                name: {**said, **({} if of_table else {"#": "codes and words as they stand beside each other"})}
                for name, said in pairs.items()
            }
            added.setdefault(form, {}).setdefault("columns", {}).update(columns)
        if label := find_label(material.study.forms[form], profiles):
            added.setdefault(form, {})["label"] = label
        missing = find_missing_texts(profiles.values())
        if not missing:
            continue
        described = exports.dictionary.forms.get(form) if exports.dictionary is not None else None
        long = described.reading.get("long") if described is not None else None
        added.setdefault(form, {}).update({"long": {**long, "missing": missing}} if long else {"missing": missing})
    return found | added


def _list_absent(material: Material, form: str) -> list[str]:
    """Columns of the dictionary that the file of a form does not have."""
    fields, frame = material.study.forms[form].fields, material.frames[form]
    return [name for name, field in fields.items() if name not in frame and not field.decode_of]


def read_material(stage: Path, exports: Exports) -> Material:
    """The forms as a run would read them. Raises ProblemsError where they are described wrongly."""
    study, problems = load_study(stage)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise ProblemsError(errors)
    forms, found = read_forms((form_source(study, form) for form in study.forms.values()), exports.folder)
    frames = {name: load(form.frame) for name, form in forms.items()}
    profiles = agree_on_dates({name: profile_form(study.forms[name], frame) for name, frame in frames.items()})
    return Material(study, frames, profiles, Knowledge(study.sdtm.standard, study.sdtm.terminology), found)
