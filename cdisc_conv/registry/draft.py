"""The draft of protocol.yaml from a record of a registry, and the list of what could not be placed in it.

Nothing is invented: what the record does not say is left to be written, as a comment that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from cdisc_conv.registry.criteria import split_criteria
from cdisc_conv.registry.record import Record

REGISTRY = "ClinicalTrials.gov"
_PHASES = {
    ("EARLY_PHASE1",): "EARLY PHASE I",
    ("NA",): "NOT APPLICABLE",
    ("PHASE1",): "PHASE I TRIAL",
    ("PHASE1", "PHASE2"): "PHASE I/II TRIAL",
    ("PHASE2",): "PHASE II TRIAL",
    ("PHASE2", "PHASE3"): "PHASE II/III TRIAL",
    ("PHASE3",): "PHASE III TRIAL",
    ("PHASE4",): "PHASE IV TRIAL",
}
_WORDS = {
    "designModule.studyType": (
        "STYPE",
        {"INTERVENTIONAL": "INTERVENTIONAL", "OBSERVATIONAL": "OBSERVATIONAL", "EXPANDED_ACCESS": "EXPANDED ACCESS"},
    ),
    "designModule.designInfo.allocation": ("RANDOM", {"RANDOMIZED": "Y", "NON_RANDOMIZED": "N", "NA": "N"}),
    "designModule.designInfo.interventionModel": (
        "INTMODEL",
        {
            "CROSSOVER": "CROSS-OVER",
            "FACTORIAL": "FACTORIAL",
            "PARALLEL": "PARALLEL",
            "SEQUENTIAL": "SEQUENTIAL",
            "SINGLE_GROUP": "SINGLE GROUP",
        },
    ),
    "designModule.designInfo.primaryPurpose": (
        "TINDTP",
        {
            "BASIC_SCIENCE": "BASIC SCIENCE",
            "DEVICE_FEASIBILITY": "DEVICE FEASIBILITY",
            "DIAGNOSTIC": "DIAGNOSIS",
            "HEALTH_SERVICES_RESEARCH": "HEALTH SERVICES RESEARCH",
            "PREVENTION": "PREVENTION",
            "SCREENING": "SCREENING",
            "SUPPORTIVE_CARE": "SUPPORTIVE CARE",
            "TREATMENT": "TREATMENT",
        },
    ),
    "designModule.designInfo.maskingInfo.masking": (
        "TBLIND",
        {"DOUBLE": "DOUBLE BLIND", "NONE": "OPEN LABEL", "SINGLE": "SINGLE BLIND"},
    ),
    "designModule.designInfo.observationalModel": (
        "OBSMODEL",
        {
            "CASE_CONTROL": "CASE CONTROL",
            "CASE_CROSSOVER": "CASE CROSSOVER",
            "CASE_ONLY": "CASE ONLY",
            "COHORT": "COHORT",
            "ECOLOGIC_OR_COMMUNITY": "ECOLOGIC OR COMMUNITY",
            "FAMILY_BASED": "FAMILY BASED",
        },
    ),
    "designModule.designInfo.timePerspective": (
        "OBSTIMP",
        {"CROSS_SECTIONAL": "CROSS SECTIONAL", "PROSPECTIVE": "PROSPECTIVE", "RETROSPECTIVE": "RETROSPECTIVE"},
    ),
    "eligibilityModule.samplingMethod": (
        "OBSTSMM",
        {"NON_PROBABILITY_SAMPLE": "NON-PROBABILITY SAMPLE", "PROBABILITY_SAMPLE": "PROBABILITY SAMPLE"},
    ),
    "eligibilityModule.sex": ("SEXPOP", {"ALL": "BOTH", "FEMALE": "F", "MALE": "M"}),
}
"""Where an enumeration of the registry stands, the parameter that it fills, and the terms of its words."""
_INTERVENTIONS = {
    "BEHAVIORAL": "BEHAVIORAL THERAPY",
    "BIOLOGICAL": "BIOLOGIC",
    "COMBINATION_PRODUCT": "COMBINATION PRODUCT",
    "DEVICE": "DEVICE",
    "DIAGNOSTIC_TEST": "DIAGNOSTIC TEST",
    "DIETARY_SUPPLEMENT": "DIETARY SUPPLEMENT",
    "DRUG": "DRUG",
    "GENETIC": "GENETIC",
    "PROCEDURE": "PROCEDURE",
    "RADIATION": "RADIATION",
}
_INDICATORS = {
    "oversightModule.isFdaRegulatedDevice": "FDADEIND",
    "oversightModule.isFdaRegulatedDrug": "FDADRIND",
    "oversightModule.oversightHasDmc": "DMCIND",
    "eligibilityModule.healthyVolunteers": "HLTSUBJI",
}
_UNITS = {"year": "Y", "month": "M", "week": "W", "day": "D", "hour": "H", "minute": "M"}
_TO_WRITE = """\
# To be written, as no registry has it: the elements that subjects go through, the path of each arm, and when visits
# start and end (docs/trial-design.md):
# elements:
#   SCRN: {name: Screening, starts: Informed consent, ends: First dose}
# visits:
#   - {event: SCR, starts: Informed consent}
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of protocol.yaml, the title of the trial, and what could not be placed: path and beginning of it."""

    text: str
    title: str
    left: tuple[tuple[str, str], ...]


def draft_protocol(record: Record) -> Draft:
    """Draft protocol.yaml from a record: criteria, arms as comments, and the parameters of the trial summary."""
    reader = _Reader(record)
    summary = reader.read_summary()
    criteria = split_criteria(record.take("eligibilityModule.eligibilityCriteria", str) or "")
    title = record.text("identificationModule.officialTitle") or record.text("identificationModule.briefTitle")
    arms = record.items("armsInterventionsModule.armGroups", "label", "description")
    parts = [
        "# Drafted from a record of a registry. Check every line against the protocol, then take this line away.\n",
        _TO_WRITE + _write_arms(arms),
        *(_write_criteria(name, criteria.pop(name)) for name in ("inclusion", "exclusion") if name in criteria),
        _dump({"summary": dict(sorted(summary.items()))}),
    ]
    stray = [("eligibilityModule.eligibilityCriteria", one) for some in criteria.values() for one in some]
    return Draft("\n".join(parts), title, (*reader.left, *stray, *record.list_left()))


class _Reader:
    def __init__(self, record: Record) -> None:
        self._record = record
        self.left: list[tuple[str, str]] = []
        """Words of the registry that stand for no term."""

    def read_summary(self) -> dict[str, Any]:
        """The parameters of TS that the record fills."""
        record = self._record
        summary: dict[str, Any] = {}
        for path, (parameter, words) in _WORDS.items():
            self._translate(summary, parameter, path, record.text(path), words)
        for path, parameter in _INDICATORS.items():
            value = record.take(path, bool)
            if value is not None:
                summary[parameter] = "Y" if value else "N"
        phases = record.texts("designModule.phases")
        if phases:
            self._put(summary, "TPHASE", "designModule.phases", _PHASES.get(tuple(sorted(phases))), phases)
        self._read_people(summary)
        self._read_names(summary)
        return summary

    def _read_people(self, summary: dict[str, Any]) -> None:
        record = self._record
        for parameter, path in (("AGEMIN", "minimumAge"), ("AGEMAX", "maximumAge")):
            said = record.text(f"eligibilityModule.{path}")
            if said:
                self._put(summary, parameter, f"eligibilityModule.{path}", _read_age(said), said)
        if "AGEMIN" in summary and not record.text("eligibilityModule.maximumAge"):
            summary["AGEMAX"] = {"null_flavor": "PINF"}
        count = record.take("designModule.enrollmentInfo.count", int)
        if count is not None and record.text("designModule.enrollmentInfo.type") != "ACTUAL":
            summary["PLANSUB"] = count
        elif count is not None:  # that of subjects who took part comes from the data (ACTSUB)
            self.left.append(("designModule.enrollmentInfo", f"{count} subjects took part"))

    def _read_names(self, summary: dict[str, Any]) -> None:
        record = self._record
        registered = record.text("identificationModule.nctId")
        own = [record.text("identificationModule.orgStudyIdInfo.id")]
        own += [str(one.get("id", "")) for one in record.items("identificationModule.secondaryIdInfos", "id")]
        known = [{"value": registered, "reference": REGISTRY}] if registered else []
        _add(summary, "REGID", [*known, *own])
        _add(summary, "SPONSOR", [record.text("sponsorCollaboratorsModule.leadSponsor.name")])
        _add(summary, "INDIC", record.texts("conditionsModule.conditions"))
        _add(summary, "KEYWORD", record.texts("conditionsModule.keywords"))
        _add(summary, "OBSTPOPD", [record.text("eligibilityModule.studyPopulation")])
        for parameter, path in (("OUTMSPRI", "primaryOutcomes"), ("OUTMSSEC", "secondaryOutcomes")):
            outcomes = record.items(f"outcomesModule.{path}", "measure")
            _add(summary, parameter, [str(one.get("measure", "")) for one in outcomes])
        interventions = record.items("armsInterventionsModule.interventions", "name", "type")
        _add(summary, "TRT", [str(one.get("name", "")).upper() for one in interventions])
        kinds = list(dict.fromkeys(str(one.get("type", "")) for one in interventions))
        for kind in kinds:
            if kind not in _INTERVENTIONS:
                self.left.append(("armsInterventionsModule.interventions.type", kind))
        _add(summary, "INTTYPE", [_INTERVENTIONS[kind] for kind in kinds if kind in _INTERVENTIONS])

    def _translate(
        self, summary: dict[str, Any], parameter: str, path: str, said: str, words: Mapping[str, str]
    ) -> None:
        if said:
            self._put(summary, parameter, path, words.get(said), said)

    def _put(self, summary: dict[str, Any], parameter: str, path: str, value: str | None, said: Any) -> None:
        if value:
            summary[parameter] = value
        else:
            self.left.append((path, said if isinstance(said, str) else ", ".join(map(str, said))))


def _add(summary: dict[str, Any], parameter: str, values: Iterable[Any]) -> None:
    """One value as such, several as a list, none not at all."""
    kept = [" ".join(value.split()) if isinstance(value, str) else value for value in values]
    kept = [value for value in kept if value]
    if kept:
        summary[parameter] = kept if len(kept) > 1 else kept[0]


def _read_age(said: str) -> str | None:
    """``18 Years`` as a duration of ISO 8601."""
    found = re.fullmatch(r"(\d+) ([A-Za-z]+?)s?", said.strip())
    unit = _UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        return None
    return f"P{'T' if found[2].lower() in ('hour', 'minute') else ''}{found[1]}{unit}"


def _write_arms(arms: list[dict[str, Any]]) -> str:
    if not arms:
        return ""
    lines = ["# arms:\n"]
    for number, arm in enumerate(arms, 1):
        label = " ".join(str(arm.get("label", "")).split())
        lines.append(f"#   ARM{number}: {{name: {_scalar(label)}, path: [{{element: SCRN, epoch: SCREENING}}]}}\n")
        described = " ".join(str(arm.get("description", "")).split())
        lines += [f"#     {described}\n"] if described else []
    return "".join(lines)


def _write_criteria(name: str, criteria: list[str]) -> str:
    prefix = {"inclusion": "INC", "exclusion": "EXC"}[name]
    return _dump({name: {f"{prefix}{number:02}": text for number, text in enumerate(criteria, 1)}})


def _dump(data: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=110)


def _scalar(text: str) -> str:
    return yaml.safe_dump(text, default_flow_style=True, allow_unicode=True, width=10**6).removesuffix("...\n").strip()
