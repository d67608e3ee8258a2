"""A form added to a study that is there: what it needs is drafted, and no line that somebody wrote is changed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from cdisc_conv.columns.stored import load
from cdisc_conv.draft.datasets.place import Material, draft_form
from cdisc_conv.draft.datasets.records import finish_dataset
from cdisc_conv.draft.matching.columns import Knowledge
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Line
from cdisc_conv.draft.reading.exports import Exports, survey_exports
from cdisc_conv.draft.reading.keys import with_roles
from cdisc_conv.draft.reading.profiles import profile_form
from cdisc_conv.draft.run import Outcome, show_place
from cdisc_conv.draft.writing.editors import SCHEMA, name_schema, write_schema
from cdisc_conv.draft.writing.files import describe_form, list_terms, write_lines
from cdisc_conv.draft.writing.insert import insert_lines
from cdisc_conv.draft.writing.lines import flow, mark, scalar, write_block, write_dataset
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.raw import read_forms
from cdisc_conv.spec.forms.dictionary import make_node
from cdisc_conv.spec.forms.sources import form_source
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study
from cdisc_conv.spec.not_submitted import matches_any
from cdisc_conv.workplace import open_workplace, put_in_place


def add_form(raw: Path, folder: Path, form: str, edc: str = "") -> Outcome:
    """Draft what a form of the exports needs in a study that is there.

    A domain that the study has gets a block at the end of its records, another one a file of its own. Raises
    ProblemsError: INIT007 the form is mapped already, INIT008 the exports have no such form, INIT009 a section cannot
    be added to, INIT010 the draft would break the study; the study is as it was then.
    """
    study, problems = load_study(folder)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise ProblemsError(errors)
    exports = survey_exports(raw, edc)
    name = _find_form(exports, study, form)
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch) / "study"
        shutil.copytree(folder, stage)
        if name not in study.forms:
            _describe(stage, exports, name, study)
        material = _read_form(stage, exports, name)
        draft = draft_form(material, name, study)
        there = set(stage.rglob("*.yaml"))
        _write(stage, study, draft, material)
        if (stage / SCHEMA).is_file():
            name_schema(stage, sorted(set(stage.rglob("*.yaml")) - there))
            write_schema(stage)
        _, before = lint_whole(folder)
        _, after = lint_whole(stage)
        after = [show_place(problem, stage, folder) for problem in after]
        _check(before, after, name)
        with open_workplace(folder) as workplace:
            shutil.copytree(stage, workplace / "new")
            put_in_place(workplace, folder)
    return Outcome(folder, draft, exports, (*exports.problems, *material.problems, *after))


def _find_form(exports: Exports, study: Study, form: str) -> str:
    """The name of the form, as the study or the exports spell it."""
    offered = exports.dictionary.forms if exports.dictionary is not None else exports.tables
    names: dict[str, str] = {name.casefold(): name for name in (*offered, *study.forms)}
    name = names.get(form.casefold(), "")
    if not name or (name not in offered and name not in study.forms):
        hint = did_you_mean(form, names.values()) or f"there are: {', '.join(offered)}"
        raise ProblemsError([Problem("INIT008", f"the exports have no form '{form}'", hint=hint)])
    readers = [
        dataset.name for dataset in study.datasets.values() for block in dataset.blocks if block.source.name == name
    ]
    if readers:
        message = f"form {name} is mapped already, by {', '.join(dict.fromkeys(readers))}"
        raise ProblemsError([Problem("INIT007", message, hint="change the mapping itself")])
    return name


def _describe(stage: Path, exports: Exports, name: str, study: Study) -> None:
    """The form in forms.yaml."""
    path = stage / "forms.yaml"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if exports.dictionary is None:
        lines = list(describe_form(name, exports.tables[name], {}, {}))
    else:
        said: dict[str, Any] = make_node(exports.dictionary).at(("forms", name)).plain()
        columns = said.pop("columns", {})
        known = any(field.of_dictionary for form in study.forms.values() for field in form.fields.values())
        lines = [f"  {scalar(name)}:", *(f"    {key}: {flow(value)}" for key, value in said.items())]
        lines += ["    new: true"] if known else []
        lines += ["    columns:", *(f"      {scalar(key)}: {flow(value)}" for key, value in columns.items())]
    marked = [f"{lines[0]}  {mark(0.8, 'the form as the exports have it')}", *lines[1:]]
    path.write_text(insert_lines(text, "forms", marked, "forms.yaml"), encoding="utf-8", newline="\n")


def _read_form(stage: Path, exports: Exports, name: str) -> Material:
    study, problems = load_study(stage)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise ProblemsError([Problem("INIT010", str(errors[0]), hint="describe the form in forms.yaml by hand")])
    forms, found = read_forms([form_source(study, study.forms[name])], exports.folder)
    if name not in forms:
        raise ProblemsError(found)
    frame = load(forms[name].frame)
    if study.raw.subject not in frame:
        message = f"form {name} has no column {study.raw.subject}, which names the subject in this study"
        raise ProblemsError([Problem("INIT005", message, hint="say 'subject' of the form in forms.yaml")])
    described = exports.dictionary is not None
    profiles = {name: with_roles(profile_form(study.forms[name], frame), study.raw.subject, described)}
    return Material(study, {name: frame}, profiles, Knowledge(study.sdtm.standard, study.sdtm.terminology), found)


def _write(stage: Path, study: Study, draft: Draft, material: Material) -> None:
    day_one = "DM" in study.datasets and "RFSTDTC" in study.datasets["DM"].names()
    for name, dataset in draft.datasets.items():
        path = stage / "sdtm" / f"{name.lower()}.yaml"
        if name not in study.datasets:
            finish_dataset(dataset, material.known, day_one)
            write_lines(path, write_dataset(dataset).splitlines())
            continue
        spec = study.datasets[name]
        path = stage / Path(spec.place.file).resolve().relative_to(study.folder.resolve())
        lines: list[str] = []
        for block in dataset.blocks:
            columns = material.profiles[block.form]
            block.lines += _blank_others(block, dataset, study, name, columns)
            lines += write_block(block, alone=False)
        text = path.read_text(encoding="utf-8")
        path.write_text(insert_lines(text, "records", lines, path.name), encoding="utf-8", newline="\n")
    _add_to_study(stage, study, draft)


def _blank_others(
    block: BlockDraft, dataset: DatasetDraft, study: Study, name: str, columns: Collection[str]
) -> list[Line]:
    """What the dataset maps for all blocks from columns that this form does not have is blank in its block."""
    spec = study.datasets[name]
    own = block.names() | {line.name for line in dataset.lines}
    found = []
    for variable in (*spec.variables.values(), *spec.supplemental.values(), *spec.working.values()):
        reads = [*variable.derivation.reads(), *(variable.when.names if variable.when is not None else ())]
        missing = [ref for ref in reads if _is_missing(ref, variable.name, spec.names(), columns)]
        if variable.name not in own and missing:
            names = ", ".join(ref.removeprefix("raw.") for ref in dict.fromkeys(missing))
            entry = {"constant": "", **({"label": variable.label} if variable.label else {})}
            found.append(Line(variable.name, entry, 0.0, f"form {block.form} has no {names}"))
    return found


def _is_missing(ref: str, variable: str, names: Collection[str], columns: Collection[str]) -> bool:
    """Whether a name that a variable reads is a column, and none of the form."""
    bare = ref.removeprefix("raw.")
    if bare in columns or (ref == bare and "." in ref):
        return False
    return ref != bare or ref == variable or ref not in names


def _add_to_study(stage: Path, study: Study, draft: Draft) -> None:
    path = stage / "study.yaml"
    text = path.read_text(encoding="utf-8")
    reasons = {
        key: line
        for key, line in draft.not_submitted.items()
        if line.name not in study.not_submitted and not any(matches_any(one, [key]) for one in study.not_submitted)
    }
    if reasons:
        lines = [f"  {scalar(key)}: {scalar(line.reason)}  # draft {line.score:.2f}" for key, line in reasons.items()]
        text = insert_lines(text, "not_submitted", lines, "study.yaml")
    if draft.sponsor_terms:
        reason = mark(0.5, "tests that terminology does not have")
        own = [f"  {name}: {flow(list_terms(terms))}  {reason}" for name, terms in draft.sponsor_terms.items()]
        text = insert_lines(text, "sponsor_terms", own, "study.yaml")
    path.write_text(text, encoding="utf-8", newline="\n")


def _check(before: list[Problem], after: list[Problem], form: str) -> None:
    """INIT010: errors that the study did not have before."""

    def key(problem: Problem) -> tuple[str, str]:
        return problem.code, problem.message

    known = {key(problem) for problem in before}
    new = [problem for problem in after if problem.severity is Severity.ERROR and key(problem) not in known]
    if new:
        message = f"what form {form} needs does not go together with the study, which is left as it is"
        raise ProblemsError([Problem("INIT010", message, hint="map the form by hand"), *new])
