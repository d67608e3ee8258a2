"""What a study says about its tumour data: the limits of RECIST 1.1, the variables, and the words that are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cdisc_conv.problems import Place, Problem, did_you_mean
from cdisc_conv.recist.tables import CR, NE, NON_CR_NON_PD, PD, PR, SD

Words = tuple[str, ...]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Limits(_Part):
    """The numbers of RECIST 1.1, in millimetres and percent."""

    partial_response_percent: float = Field(
        default=30, gt=0, le=100, description="decrease of the sum from baseline for PR (4.3.1)"
    )
    progression_percent: float = Field(default=20, gt=0, description="increase of the sum from nadir for PD (4.3.1)")
    progression_mm: float = Field(
        default=5, ge=0, description="increase of the sum from nadir for PD, absolute (4.3.1)"
    )
    normal_node_mm: float = Field(
        default=10, gt=0, description="a node with a shorter short axis is not pathological (4.3.1)"
    )
    too_small_mm: float = Field(
        default=5, ge=0, description="what a lesion that is too small to measure counts (4.3.2)"
    )


class Variables(_Part):
    """The names of the variables without the two letters of the domain, so that ``LNKGRP`` is TRLNKGRP and RSLNKGRP."""

    subject: str = "USUBJID"
    visit: str = "VISIT"
    visit_number: str = "VISITNUM"
    sequence: str = "SEQ"
    assessment: str = Field(
        default="LNKGRP", description="what TR and RS of one assessment have in common; the visit without it"
    )
    lesion: str = "LNKID"
    group: str = "GRPID"
    test: str = "TESTCD"
    original: str = "ORRES"
    result: str = "STRESC"
    number: str = "STRESN"
    unit: str = "STRESU"
    status: str = "STAT"
    reason: str = "REASND"
    location: str = "LOC"
    category: str = "CAT"
    evaluator: str = "EVAL"
    evaluator_id: str = "EVALID"
    accepted: str = Field(default="ACPTFL", description="records marked Y are those of the accepted assessment")
    date: str = "DTC"
    baseline_flags: Words = Field(
        default=("LOBXFL", "BLFL"), description="records marked Y tell which assessment is the baseline"
    )


class Terms(_Part):
    """The values of the variables; compared without regard to case."""

    target: Words = ("TARGET",)
    non_target: Words = ("NON-TARGET",)
    new: Words = ("NEW",)
    identified: Words = Field(default=("TUMIDENT",), description="TUTESTCD of a lesion that was identified")
    merged: Words = Field(default=("TUMERGE",), description="TUTESTCD of lesions that merged")
    split: Words = Field(default=("TUSPLIT",), description="TUTESTCD of a part of a lesion that split")
    long_axis: Words = Field(default=("LDIAM", "LONGDIAM", "DIAMETER"), description="TRTESTCD of the longest diameter")
    short_axis: Words = Field(
        default=("LPERP", "SAXIS", "SHORTAX", "DIAMETER"), description="TRTESTCD of the short axis of a node"
    )
    state: Words = Field(default=("TUMSTATE",), description="TRTESTCD of the state of a lesion")
    everything: Words = Field(
        default=("TRALL",), description="TRTESTCD of a record that stands for all lesions of its group"
    )
    sum: Words = Field(default=("SUMDIAM",), description="TRTESTCD of the sum of diameters as it was recorded")
    node: Words = Field(default=("LYMPH NODE",), description="words in TULOC that make a lesion a lymph node")
    not_done: Words = ("NOT DONE",)
    too_small: Words = ("TOO SMALL TO MEASURE", "TOO SMALL", "TSTM", "BELOW MEASURABLE LIMIT")
    absent: Words = ("ABSENT", "DISAPPEARED", "RESOLVED", "NOT VISIBLE", "NORMAL", "NORMALIZED")
    present: Words = ("PRESENT", "STABLE", "UNCHANGED", "IMPROVED", "DECREASED", "NON-CR/NON-PD", "NOT UNEQUIVOCAL")
    progressed: Words = (
        "UNEQUIVOCAL",
        "UNEQUIVOCAL PROGRESSION",
        "PROGRESSION",
        "PROGRESSED",
        "PROGRESSIVE DISEASE",
        "PD",
    )
    equivocal: Words = ("EQUIVOCAL", "SUSPECTED", "UNKNOWN")
    merged_state: Words = ("TUMOR MERGED", "MERGED", "COALESCED")
    not_evaluable: Words = ("NOT EVALUABLE", "NOT ASSESSABLE", "NE", "INEVALUABLE", "NOT ASSESSED")
    merge_mark: str = Field(
        default="/", min_length=1, description="between the lesions in the name of a merged one: T01/T02"
    )
    split_mark: str = Field(default=".", min_length=1, description="before the number of a part: T01.1")
    units: Mapping[str, float] = Field(
        default={"mm": 1.0, "cm": 10.0}, description="millimetres in each unit; none is mm"
    )
    target_response: str = "TRGRESP"
    non_target_response: str = "NTRGRESP"
    new_lesions: str = "NEWLIND"
    overall_response: str = "OVRLRESP"
    criteria: Words = Field(
        default=("RECIST 1.1",), description="RSCAT of the responses that are compared; an empty one is too"
    )
    responses: Mapping[str, str] = Field(
        default={
            "COMPLETE RESPONSE": CR,
            "PARTIAL RESPONSE": PR,
            "STABLE DISEASE": SD,
            "PROGRESSIVE DISEASE": PD,
            "NOT EVALUABLE": NE,
            "NOT ALL EVALUATED": NE,
            "INEVALUABLE": NE,
            "NON-CR NON-PD": NON_CR_NON_PD,
            "NON-CR/NON PD": NON_CR_NON_PD,
            "YES": "Y",
            "NO": "N",
            "NOT APPLICABLE": "NA",
        },
        description="other ways to write a response in RS",
    )

    @field_validator("*")
    @classmethod
    def _ignore_case(cls, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(word.upper() for word in value)
        return {word.upper(): meaning for word, meaning in value.items()} if isinstance(value, Mapping) else value


class RecistSettings(_Part):
    """How the responses are derived and compared; everything has the default of RECIST 1.1 and of SDTM.

    >>> RecistSettings().limits.progression_mm
    5.0
    """

    evaluator: str = Field(
        default="", description="TUEVAL, TREVAL and RSEVAL of the records; empty for every evaluator, each alone"
    )
    evaluator_id: str = Field(
        default="", description="TUEVALID, TREVALID and RSEVALID, such as RADIOLOGIST 1; empty for each of them"
    )
    partial_response_stays: bool = Field(
        default=False,
        description="a target response of PR or CR that is not a PD later is at least PR, whatever the sum",
    )
    reappearance_is_progression: bool = Field(
        default=True, description="after an overall CR a target lesion that is there again is PD, whatever the sum"
    )
    new_lesions_stay: bool = Field(
        default=True, description="a new lesion counts at later assessments until it is seen as absent"
    )
    limits: Limits = Limits()
    variables: Variables = Variables()
    terms: Terms = Terms()


def read_settings(data: Mapping[str, Any], file: str = "") -> tuple[RecistSettings, tuple[Problem, ...]]:
    """The settings of a study's ``settings: recist:``, and what is wrong with it (RECIST011, then the defaults hold).

    >>> settings, problems = read_settings({"limits": {"too_small": 4}})
    >>> problems[0].message
    'settings: recist: limits.too_small: there is no such setting'
    """
    try:
        return RecistSettings.model_validate(data), ()
    except ValidationError as error:
        return RecistSettings(), tuple(_describe_errors(error, file))


def _describe_errors(error: ValidationError, file: str) -> Iterator[Problem]:
    for found in error.errors(include_url=False):
        path = ".".join(map(str, found["loc"]))
        if found["type"] == "extra_forbidden":
            known = _settings_beside(tuple(map(str, found["loc"])))
            hint = did_you_mean(str(found["loc"][-1]), known) or f"the settings are {', '.join(known)}"
            message = f"settings: recist: {path}: there is no such setting"
        else:
            hint = ""
            message = f"settings: recist: {path}: {found['msg'][:1].lower()}{found['msg'][1:]}"
        yield Problem("RECIST011", message, place=Place(file=file), hint=hint)


def _settings_beside(path: tuple[str, ...]) -> tuple[str, ...]:
    """The settings that could have been meant by an unknown one."""
    part: Any = RecistSettings
    for name in path[:-1]:
        part = part.model_fields[name].annotation
    return tuple(part.model_fields)
