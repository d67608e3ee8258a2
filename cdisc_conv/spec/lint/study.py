"""Everything that can be said against a mapping before any data is read.

`lint_study` loads and checks; each `check_*` asks one kind of question. All findings come back at once, in the order
of the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cdisc_conv.derivations.dates.collected import choose_formats
from cdisc_conv.derivations.results.units import read_units
from cdisc_conv.derivations.timing.visits import read_visits
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.spec.agencies import check_agency
from cdisc_conv.spec.forms.sources import check_raw
from cdisc_conv.spec.lint.causes import fold_causes, missing_table
from cdisc_conv.spec.lint.codes import check_codes, check_translations
from cdisc_conv.spec.lint.copies import check_copies
from cdisc_conv.spec.lint.drafts import check_drafts
from cdisc_conv.spec.lint.entries import check_entries
from cdisc_conv.spec.lint.expressions import check_expressions
from cdisc_conv.spec.lint.informats import check_informats
from cdisc_conv.spec.lint.interpolated import check_interpolated
from cdisc_conv.spec.lint.parameters import check_parameters
from cdisc_conv.spec.lint.references import check_references
from cdisc_conv.spec.lint.splits import check_splits
from cdisc_conv.spec.lint.value_level import check_value_level
from cdisc_conv.spec.lint.variables import check_variables
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import SourceKind, Study
from cdisc_conv.spec.not_submitted import is_pattern, matches_any
from cdisc_conv.spec.terms.dictionaries import check_dictionaries
from cdisc_conv.spec.terms.instruments import check_instruments
from cdisc_conv.spec.yaml.repair import MOST_UNKNOWN
from cdisc_conv.steps import NOTHING_KEPT, Steps
from cdisc_conv.visible import show_hidden
from cdisc_conv.xpt.transliteration import COMMON_MARKS, Transliteration


def lint_study(words: str | Path, steps: Steps = NOTHING_KEPT) -> tuple[Study | None, list[Problem]]:
    """Load a study and check all of its mapping; the study is None when study.yaml is unusable.

    What an earlier run found in the same mapping is taken over from `steps`.

    >>> study, problems = lint_study("cdiscpilot01")
    >>> study.name, problems
    ('CDISCPILOT01', [])
    """
    try:
        study, problems = load_study(words)
    except ProblemsError as error:
        return None, sort_problems(list(error.problems))
    return study, sort_problems([*problems, *_check_once(study, steps)])


def _check_once(study: Study, steps: Steps) -> list[Problem]:
    from cdisc_conv.engine.plan.sayings import say_study

    said = say_study(study) if steps.are_kept else None
    return check_study(study) if said is None else steps.recall("lint", said, lambda: check_study(study))[0]


def check_study(study: Study) -> list[Problem]:
    """All findings about a loaded study."""
    from cdisc_conv.engine.plan.graph import plan_study
    from cdisc_conv.engine.plan.reach import describe_reach, find_reach

    problems = [
        *check_sources(study),
        *check_settings(study),
        *check_raw(study),
        *check_transliteration(study),
        *check_agency(study),
        *check_tables(study),
        *check_shared(study),
        *check_variables(study),
        *check_references(study),
        *check_expressions(study),
        *check_codes(study),
        *check_translations(study),
        *check_dictionaries(study),
        *check_instruments(study),
        *check_entries(study),
        *check_copies(study),
        *check_interpolated(study),
        *check_value_level(study),
        *check_parameters(study),
        *check_informats(study),
        *check_splits(study),
        *check_drafts(study),
    ]
    try:
        plan = plan_study(study)
        if not any(problem.severity is Severity.ERROR for problem in problems):
            problems.extend(describe_reach(study, plan, find_reach(study, plan)))
    except ProblemsError as error:
        problems.extend(error.problems)
    return fold_causes(sort_problems(problems))


def check_sources(study: Study) -> Iterator[Problem]:
    """LINT101: a block reads a form or dataset that is not there; LINT102, LINT105: no such home form, subject.

    LINT107: a block reads the records of earlier blocks, and it is the first.
    """
    for dataset in study.datasets.values():
        if dataset.blocks[0].source.kind is SourceKind.SELF:
            message = f"the first block of {dataset.name} is 'from: self', but there are no records before it"
            hint = "begin with a block that reads a dataset, such as 'from: ADSL'"
            yield Problem("LINT107", message, place=dataset.blocks[0].place, hint=hint)
        for block in dataset.blocks:
            name, kind = block.source.name, block.source.kind
            known = study.forms if kind is SourceKind.FORM else {**study.datasets, **study.given}
            if kind is not SourceKind.NOTHING and name not in known and name not in study.unread:
                what = "form" if kind is SourceKind.FORM else "dataset"
                hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
                message = f"{dataset.name} reads {what} '{name}', which is not there"
                cause = missing_table(block.source.table)
                yield Problem("LINT101", message, place=block.place, hint=hint, value=cause)
    if not study.raw.home and not study.forms:  # analysis datasets alone
        return
    if study.raw.home not in study.forms:
        hint = did_you_mean(study.raw.home, study.forms) or f"there are: {', '.join(study.forms)}"
        message = f"'home' of 'raw' names form '{study.raw.home}', which is not in forms.yaml"
        yield Problem("LINT102", message, place=study.place_of("raw", "home"), hint=hint)
    elif study.raw.subject not in study.forms[study.raw.home].fields:
        hint = did_you_mean(study.raw.subject, study.forms[study.raw.home].fields)
        message = f"'subject' of 'raw' names {study.raw.subject}, which is not a column of form {study.raw.home}"
        yield Problem("LINT105", message, place=study.place_of("raw", "subject"), hint=hint)


def check_settings(study: Study) -> Iterator[Problem]:
    """LINT103: a column declared not submitted that no form has; LINT104: a creation time that is none."""
    from datetime import datetime

    forms = study.forms.values()
    known = {name for form in forms for name in form.fields} | {
        f"{form.name}.{name}" for form in forms for name in form.fields
    }
    known |= study.forms.keys()
    unknown = [
        name
        for name in study.not_submitted
        if name not in known and not (is_pattern(name) and matches_any(name, known))
    ]
    for name in unknown[:MOST_UNKNOWN]:
        message, place = f"'not_submitted' names {name}, which no form has", study.place_of("not_submitted", name)
        yield Problem("LINT103", message, place=place, hint=did_you_mean(name, sorted(known)))
    if beyond := unknown[MOST_UNKNOWN:]:
        message = f"'not_submitted' has {len(beyond):,} more names that no form has"
        yield Problem("LINT103", message, place=study.place_of("not_submitted", beyond[0]))
    try:
        datetime.fromisoformat(study.created)
    except ValueError:
        message = f"'created' is '{study.created}', which is not an ISO 8601 date and time"
        yield Problem("LINT104", message, place=study.place_of("created"), hint="such as 2026-01-31T00:00:00")


def check_transliteration(study: Study) -> Iterator[Problem]:
    """LINT108: a transliteration of nothing, or to what a transport file cannot hold: anything but printable ASCII."""
    for text, written in (study.settings.get("transliterate") or {}).items():
        place = study.place_of("transliterate", text)
        if not text:
            hint = "name the character that is to be replaced"
            yield Problem("LINT108", "'transliterate' replaces an empty text", place=place, hint=hint)
        if not (written.isascii() and (written.isprintable() or not written)):
            message = (
                f"'transliterate' writes '{show_hidden(written)}' for '{show_hidden(text)}', which is not plain ASCII"
            )
            common = Transliteration(COMMON_MARKS).apply(written)
            plain = common.isascii() and common.isprintable()
            hint = f"write '{common}'" if plain else "a transport file holds printable ASCII characters only"
            yield Problem("LINT108", message, place=place, hint=hint)


def check_shared(study: Study) -> Iterator[Problem]:
    """LINT106: a variable of study.yaml that no dataset of the study has by its standard, and so goes nowhere.

    Analysis datasets do not take them.
    """
    for path, place in study.places.items():
        if path[0] != "variables" or len(path) == 1 or not study.datasets_of("sdtm"):
            continue
        standards = [dataset.standard for dataset in study.datasets.values() if not dataset.family.is_analysis]
        if all(standard.variable(path[1]) is None for standard in standards):
            message = f"study.yaml maps {path[1]}, which the standard has in no dataset of the study"
            known = [variable.name for standard in standards for variable in standard.variables]
            yield Problem("LINT106", message, place=place, hint=did_you_mean(path[1], known))


def check_tables(study: Study) -> Iterator[Problem]:
    """Settings that derivations read and cannot: date formats (DATE003), visits (VISIT003), units (UNIT003)."""
    readers: dict[str, Callable[[Any], object]] = {
        "date_formats": lambda formats: choose_formats(formats or (), "date", study.settings.get("date_pivot")),
        "visits": read_visits,
        "units": read_units,
    }
    for name, read in readers.items():
        try:
            read(study.settings.get(name))
        except ProblemsError as error:
            place = study.place_of("settings", name)
            yield from (replace(problem, place=place) for problem in error.problems)


def sort_problems(problems: list[Problem]) -> list[Problem]:
    """Problems by file and line, errors first where these are equal; each one once.

    >>> from cdisc_conv.problems import Place
    >>> late, early = (Problem("X", "x", place=Place(file="a.yaml", line=line)) for line in (9, 2))
    >>> [problem.place.line for problem in sort_problems([late, early, late])]
    [2, 9]
    """
    severity = list(Severity)
    ordered = sorted(
        problems, key=lambda p: (p.place.file, p.place.line, severity.index(p.severity), p.code, p.message)
    )
    return list(dict.fromkeys(ordered))
