"""Read `simulation.yaml` and check it: its shape, its codes against the data dictionary, and its sense."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cdisc_conv.problems import Problem, ProblemsError, did_you_mean
from cdisc_conv.simulate.forms.further import find_unset
from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import Settings, count_assessments
from cdisc_conv.spec.yaml.nodes import Node, read_yaml
from cdisc_conv.spec.yaml.validate import validate

Used = tuple[str, str, tuple[str, ...], tuple[str | int, ...]]
"""A form, its item, codes that the settings name, and where they do."""


def read_settings(path: Path, dictionary: Dictionary, shown: str = "") -> Settings:
    """Read and check `simulation.yaml` against the data dictionary.

    Raises ProblemsError with every finding: YAML001-004 (not readable), SPEC001 unknown key, SPEC002 missing key,
    SPEC003 wrong value, SIM002 a code that the dictionary does not have, SIM003 parameters that contradict each other.
    """
    node = read_yaml(path, shown or path.name)
    settings, problems = validate(Settings, node, "simulation.yaml")
    if settings is None:
        raise ProblemsError(problems)
    problems = _check_codes(settings, dictionary, node) + _check_sense(settings, dictionary, node)
    if problems:
        raise ProblemsError(problems)
    return settings


def _check_codes(settings: Settings, dictionary: Dictionary, node: Node) -> list[Problem]:
    """Codes written in the settings must be codes of the item they end up in."""
    tumours, untidy, exposure = settings.tumours, settings.untidiness, settings.exposure
    used: list[Used] = [
        ("tl", "TLLOC", pattern.organs, ("tumours", "target_patterns", number, "organs"))
        for number, pattern in enumerate(tumours.target_patterns)
    ]
    used += [
        ("ntl", "NTLLOC", tuple(tumours.non_target_organs), ("tumours", "non_target_organs")),
        ("nl", "NLLOC", tuple(tumours.new_lesion_organs), ("tumours", "new_lesion_organs")),
        ("tl", "TLLOC", tuple(tumours.places), ("tumours", "places")),
        ("tl", "TLREASNA", tuple(untidy.not_assessed_reasons), ("untidiness", "not_assessed_reasons")),
        ("vs", "VSND", tuple(untidy.not_done_reasons), ("untidiness", "not_done_reasons")),
        ("tl", "TLND", tuple(untidy.no_scan_reasons), ("untidiness", "no_scan_reasons")),
        ("ie", "IETESTCD", tuple(settings.enrolment.failed_criteria), ("enrolment", "failed_criteria")),
        ("dm", "RACE", tuple(settings.demographics.race), ("demographics", "race")),
        ("dm", "ETHNIC", tuple(settings.demographics.ethnic), ("demographics", "ethnic")),
        ("exox", "EXADJRS", tuple(exposure.delay_reasons), ("exposure", "delay_reasons")),
        ("exox", "EXADJRS", tuple(exposure.reduction_reasons), ("exposure", "reduction_reasons")),
        ("exox", "EXREASND", tuple(exposure.omission_reasons), ("exposure", "omission_reasons")),
        ("exca", "EXREASND", tuple(exposure.interruption_reasons), ("exposure", "interruption_reasons")),
        ("exth", "EXREASND", tuple(exposure.thalidomide.missed_reasons), ("exposure", "thalidomide", "missed_reasons")),
        ("ae", "AERELOX", tuple(settings.adverse_events.related_words), ("adverse_events", "related_words")),
    ]
    for key in ("cause_of_death_without_progression", "cause_of_death_after_progression"):
        used.append(("dd", "DTHCAUS", tuple(getattr(settings.course, key)), ("course", key)))
    used += _list_examination_codes(settings)
    problems = []
    for form, item, codes, path in used:
        known = dictionary.values(form, item)
        for code in sorted(set(codes) - set(known)):
            hint = did_you_mean(code, known) or f"the codes are {', '.join(known)}"
            place = node.at(path).get(code) or node.at(path)
            problems.append(place.problem("SIM002", f"{item} of form '{form}' has no code '{code}'", hint))
    return problems


def _list_examination_codes(settings: Settings) -> Iterator[Used]:
    """Codes of the examinations that the study has."""
    if settings.vital_signs:
        yield "vs", "VSPOS", tuple(settings.vital_signs.positions), ("vital_signs", "positions")
    if tracings := settings.electrocardiograms:
        yield "eg", "EGOTH", tuple(tracings.others), ("electrocardiograms", "others")
        yield "eg", "EGOTH", tuple(tracings.of_events.values()), ("electrocardiograms", "of_events")
    if physical := settings.physical:
        yield "pe", "PESYS", tuple(system.code for system in physical.systems), ("physical", "systems")


def _find_unknown_terms(settings: Settings) -> Iterator[tuple[str, str, str, Iterable[str]]]:
    """Adverse events and conditions that a section names and the file lacks: section, term, kind, those it has."""
    signs = settings.vital_signs.signs if settings.vital_signs else ()
    systems = settings.physical.systems if settings.physical else ()
    named: dict[str, set[str]] = {
        "vital_signs": {term for sign in signs for term in (*sign.events, *sign.grades)},
        "physical": {term for system in systems for term in system.events},
        "electrocardiograms": set(settings.electrocardiograms.of_events) if settings.electrocardiograms else set(),
        "medication": set(settings.medication.for_events) if settings.medication else set(),
        "laboratory": {test.event for test in settings.laboratory.tests if test.event}
        if settings.laboratory
        else set(),
    }
    events = {term.term for term in settings.adverse_events.terms}
    for section, terms in named.items():
        yield from ((section, term, "adverse event", events) for term in sorted(terms - events))
    medical = settings.history.medical if settings.history else None
    conditions = {condition.term for condition in medical.conditions} if medical else set()
    long = settings.medication.long if settings.medication else ()
    named = {
        "vital_signs": {term for sign in signs for term in sign.conditions},
        "medication": {each.condition for each in long if each.condition},
    }
    for section, terms in named.items():
        yield from ((section, term, "condition", conditions) for term in sorted(terms - conditions))


def _check_sense(settings: Settings, dictionary: Dictionary, node: Node) -> list[Problem]:
    """Parameters that do not fit together or do not fit the events of the dictionary."""
    problems = []

    def report(path: tuple[str | int, ...], message: str, hint: str) -> None:
        problems.append(node.at(path).problem("SIM003", message, hint))

    enrolment, tumours, course = settings.enrolment, settings.tumours, settings.course
    if settings.study.end <= enrolment.window[1]:
        report(("study", "end"), f"the study ends on {settings.study.end}, before the last consent", "make it later")
    if enrolment.consent_versions[0].since > enrolment.window[0]:
        report(("enrolment", "consent_versions"), "no version is in force on the first day of the enrolment window", "")
    if enrolment.scan_days[1] >= enrolment.decision_days[0]:
        report(("enrolment", "scan_days"), "the baseline scan can fall on or after the eligibility decision", "")
    needed = count_assessments(settings)
    there = dictionary.count_events("TA")
    if there < needed:
        hint = f"the study's length needs {needed} and the data dictionary has {there}"
        report(("study", "end"), "there are not enough tumour assessment events", hint)
    there = dictionary.count_events("M")
    if there < course.most_maintenance_cycles:
        hint = f"the data dictionary has {there}"
        report(("course", "most_maintenance_cycles"), "there are not enough maintenance events", hint)
    strange = sorted(set(course.planned_cycles) - {"1", "2", "3", "4", "5", "6"})
    if strange:
        report(("course", "planned_cycles"), f"'{strange[0]}' is not a number of cycles", "1 to 6")
    strange = sorted(set(tumours.non_target_count) - {"0", "1", "2", "3", "4", "5"})
    if strange:
        report(("tumours", "non_target_count"), f"'{strange[0]}' is not a number of lesions", "0 to 5")
    organs = {organ for pattern in tumours.target_patterns for organ in pattern.organs}
    organs |= set(tumours.non_target_organs) | set(tumours.new_lesion_organs)
    for organ in sorted(organs - set(tumours.places)):
        report(("tumours", "places"), f"no place is named for {organ}", "add at least one")
    if "other" not in tumours.baseline_mm:
        report(("tumours", "baseline_mm"), "'other' is missing", "it serves the organs that are not named")
    for number, pattern in enumerate(tumours.target_patterns):
        if all(pattern.sex for pattern in tumours.target_patterns):
            report(("tumours", "target_patterns", number), "no pattern is open to both sexes", "leave `sex` out of one")
            break
    for section, term, kind, there_are in _find_unknown_terms(settings):
        hint = did_you_mean(term, there_are) or f"it takes the {kind}s of this file"
        report((section,), f"no {kind} is called '{term}'", hint)
    for form, topic in find_unset(dictionary, settings):
        message = f"'{topic}' is missing"
        problems.append(
            node.problem("SIM003", message, f"the data dictionary has form '{form}', which is made with it")
        )
    events = settings.adverse_events
    if not any(term.fatal for term in events.terms):
        report(("adverse_events", "terms"), "no term can be fatal", "give one `fatal: 1`")
    if events.death_of_unknown_cause not in {term.term for term in events.terms}:
        message = f"'{events.death_of_unknown_cause}' is none of the terms"
        report(("adverse_events", "death_of_unknown_cause"), message, "name a term of `terms`")
    return problems
