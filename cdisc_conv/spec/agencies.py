"""What is asked of a package by where it is submitted to: the encoding of transport files, and translated labels.

The sources are named in docs/agencies.md. No agency is asked for by default, and what its guidance leaves open is not
a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from cdisc_conv.problems import Problem, Severity, did_you_mean
from cdisc_conv.spec.model import Study
from cdisc_conv.xpt.encodings import ASCII, ENCODINGS, list_unwritable, measure
from cdisc_conv.xpt.problems import name_character
from cdisc_conv.xpt.variables import LONGEST_LABEL

LABEL_LANGUAGES = MappingProxyType({"NMPA": "zh"})
"""The language of the labels in transport files, for the agencies that ask for labels in theirs."""

_UNUSUAL = {
    "FDA": ("UTF-8", "GB18030", "CP932"),
    "NMPA": ("CP932",),
    "PMDA": ("GB18030",),
}
_WHY = {
    "FDA": "the FDA asks for ASCII in names and labels and advises it for values",
    "NMPA": "CP932 has no simplified Chinese",
    "PMDA": "GB18030 is an encoding of Chinese",
}


def find_codec(study: Study) -> str:
    """The encoding of the study's transport files, as Python calls it."""
    return ENCODINGS[study.settings.get("encoding") or "ASCII"]


def find_labels(study: Study) -> Mapping[str, Any]:
    """The translations whose labels go into transport files: of the agency's language, in an encoding that has it."""
    language = LABEL_LANGUAGES.get(study.settings.get("agency") or "", "")
    if not language or find_codec(study) == ASCII:
        return {}
    found = study.settings.get("translations") or {}
    return next((one for name, one in found.items() if name.partition("-")[0].lower() == language), {})


def check_agency(study: Study) -> Iterator[Problem]:
    """LINT112: an encoding that does not suit the agency. LINT113: translations of what the study does not have.

    LINT114: a translated label that does not go into a transport file: over 40 bytes of the encoding, or with
    characters that it lacks.
    """
    agency, encoding = study.settings.get("agency") or "", study.settings.get("encoding") or "ASCII"
    if encoding in _UNUSUAL.get(agency, ()):
        message = f"'encoding' is {encoding} and 'agency' {agency}: {_WHY[agency]}"
        yield Problem("LINT112", message, Severity.WARNING, study.place_of("encoding"), "see docs/agencies.md")
    for language, said in (study.settings.get("translations") or {}).items():
        yield from _check_names(study, language, said)
    yield from _check_labels(study)


def _check_names(study: Study, language: str, said: Mapping[str, Any]) -> Iterator[Problem]:
    place = study.place_of("translations", language)
    datasets = {*study.datasets, *(f"SUPP{name}" for name in study.datasets)}
    variables = {
        name
        for dataset in study.datasets.values()
        for name in (*dataset.variables, *dataset.supplemental, *(one.name for one in dataset.standard.variables))
    }
    codelists = {
        *variables,  # lists of the sponsor's own are called like their variable
        *(name for family in study.families.values() for name in family.terminology.short_names),
        *(name for family in study.families.values() for name in family.terminology.codes),
    }
    for key, known, what in (
        ("datasets", datasets, "dataset"), ("variables", variables, "variable"), ("terms", codelists, "codelist"),
    ):  # fmt: skip
        for name in said[key]:
            owner, _, bare = name.rpartition(".")
            if (bare if key == "variables" else name) not in known or (owner and owner not in datasets):
                message = f"'translations' ({language}) names the {what} {name}, which the study does not have"
                yield Problem("LINT113", message, Severity.WARNING, place, did_you_mean(name, sorted(known)))


def _check_labels(study: Study) -> Iterator[Problem]:
    codec, said = find_codec(study), find_labels(study)
    place = study.place_of("translations")
    for name, label in {**said.get("datasets", {}), **said.get("variables", {})}.items():
        if strange := list_unwritable(label, codec):
            named = ", ".join(map(name_character, strange[:5]))
            message = f"the label '{label}' of {name} has characters that {codec.upper()} cannot hold: {named}"
            yield Problem("LINT114", message, place=place, hint="write them otherwise, or choose another encoding")
        elif (size := measure(label, codec)) > LONGEST_LABEL:
            message = f"the label '{label}' of {name} has {size} bytes in {codec.upper()}, at most {LONGEST_LABEL} fit"
            yield Problem("LINT114", message, place=place, hint="shorten it")
