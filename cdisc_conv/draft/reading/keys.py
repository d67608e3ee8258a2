"""The columns that tell subjects, sites, visits and records apart, where no dictionary says which they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cdisc_conv.draft.matching.columns import Item
from cdisc_conv.draft.reading.names import spellings, words
from cdisc_conv.draft.reading.profiles import Profile
from cdisc_conv.problems import Problem, ProblemsError

SUBJECTS: Mapping[str, float] = {
    "USUBJID": 0.8,
    "SUBJID": 0.95,
    "SUBJECTID": 0.95,
    "SUBJECT": 0.9,
    "SUBJ": 0.9,
    "SUBJNUM": 0.9,
    "SUBJNO": 0.9,
    "SUBJECTNUMBER": 0.9,
    "SUBJECTNAME": 0.85,
    "SUBJECTKEY": 0.8,
    "PATNUM": 0.9,
    "PATID": 0.9,
    "PATIENTID": 0.9,
    "PATIENT": 0.85,
    "PATNO": 0.9,
    "PAT": 0.7,
    "PTNO": 0.8,
    "PTID": 0.85,
    "PT": 0.6,
    "PARTICIPANTID": 0.9,
    "PARTICIPANT": 0.85,
    "RECORDID": 0.7,
    "SCRNUM": 0.7,
    "SCREENINGNUMBER": 0.7,
    "SCRNO": 0.7,
    "RANDNO": 0.5,
    **dict.fromkeys(("PATIENTENNUMMER", "PATIENTENNR", "PATIENTENID", "PROBANDENNUMMER", "NUMEROPATIENT"), 0.85),
    **dict.fromkeys(("NUMPATIENT", "IDPATIENT", "NUMEROSUJET", "NUMPACIENTE", "IDPACIENTE", "NUMEROPACIENTE"), 0.85),
    **dict.fromkeys(("PROBAND", "SUJET", "SUJETO", "PACIENTE"), 0.8),
}
"""What columns of the subject are called, and how sure that is."""
SITES = frozenset(
    [
        "SITE",
        "SITEID",
        "SITENO",
        "SITENUM",
        "SITENUMBER",
        "SITECODE",
        "CENTER",
        "CENTRE",
        "CENTERID",
        "CENTREID",
        "CTR",
        "INVSITE",
        "ZENTRUM",
        "CENTRO",
    ]
)
EVENTS = frozenset(
    [
        "VISIT",
        "VISITNAME",
        "VISITNM",
        "EVENT",
        "EVENTNAME",
        "FOLDERNAME",
        "EVENTLABEL",
        "CPEVENT",
        "VISITLABEL",
        "TIMEPOINT",
        "VISITE",
        "VISITA",
    ]
)
EVENT_IDS = frozenset(["VISITID", "EVENTID", "EVENTEID", "EVENTOID", "VISITCODE", "VISITCD", "VISITNUM", "VISITNO"])
EVENT_DATES = frozenset(["VISITDATE", "VISITDT", "VISDT", "EVENTDATE", "EVENTDT", "VISDAT", "VISITDAT"])
STUDIES = frozenset(["STUDY", "STUDYID", "PROTOCOL", "PROTOCOLID", "STUDYNAME", "PROJECT", "PROJECTID", "STUDYOID"])
SYSTEM = frozenset(
    [
        "FOLDER",
        "FOLDERL",
        "FORM",
        "FORMNAME",
        "FORMOID",
        "FORMID",
        "DATAPAGENAME",
        "PAGE",
        "PAGENAME",
        "INSTANCENAME",
        "INSTANCEID",
        "RECORDPOSITION",
        "RECORDACTIVE",
        "DATAPAGEID",
        "PROJECTID",
        "ENVIRONMENTNAME",
        "CREATED",
        "UPDATED",
        "MODIFIED",
        "LASTMODIFIED",
        "CREATEDAT",
        "UPDATEDAT",
        "CREATEDBY",
        "UPDATEDBY",
        "MODIFIEDBY",
        "TIMESTAMP",
        "SAVETS",
        "MINCREATED",
        "MAXUPDATED",
        "DOMAIN",
        "ROWID",
        "ROWNUM",
        "FORMEID",
        "ENTRYDATE",
        "ENTRYDT",
        "LOCKED",
        "FROZEN",
        "VERIFIED",
        "SDVSTATUS",
        "QUERYSTATUS",
        "FORMSTATUS",
        "STATUS",
        "CRFVERSION",
        "FORMVERSION",
    ]
)


def find_subject(
    profiles: Mapping[str, Mapping[str, Profile]], frames: Mapping[str, pd.DataFrame], wanted: str = ""
) -> str:
    """The column that names the subject on (nearly) all forms.

    Raises ProblemsError: INIT005 no column can be it, INIT006 two can be it equally well.
    """
    counts = _count_candidates(profiles)
    if wanted:
        if not any(wanted in columns for columns in profiles.values()):
            hint = f"columns that may be it: {', '.join(counts) or 'none'}"
            raise ProblemsError([Problem("INIT005", f"no form has the column {wanted} of --subject", hint=hint)])
        return wanted
    if not counts:
        names = list(dict.fromkeys(name for columns in profiles.values() for name in columns))[:12]
        hint = f"name it with --subject; the columns are {', '.join(names)} ..."
        raise ProblemsError([Problem("INIT005", "no column is recognised that names the subject", hint=hint)])
    ranked = sorted(counts, key=lambda name: -counts[name])
    if len(ranked) > 1 and counts[ranked[0]] - counts[ranked[1]] < 0.02:
        first, second = ranked[:2]
        together = [frame for frame in frames.values() if first in frame and second in frame]
        if not together or any(not _same_subjects(frame, first, second) for frame in together):
            message = f"{first} and {second} can both be the column of the subject"
            raise ProblemsError([Problem("INIT006", message, hint=f"say which: --subject {first}")])
    return ranked[0]


def _count_candidates(profiles: Mapping[str, Mapping[str, Profile]]) -> dict[str, float]:
    """By column, the part of the forms that have it, times how sure its name is."""
    found: dict[str, float] = {}
    forms = [columns for columns in profiles.values() if any(one.rows for one in columns.values())] or list(
        profiles.values()
    )
    for columns in forms:
        for name, profile in columns.items():
            sure = 1.0 if profile.role == "subject" else 0.0
            if profile.role in ("item", "system"):
                sure = max((SUBJECTS.get(spelling, 0.0) for spelling in spellings(name)[:2]), default=0.0)
                said = words(profile.label)
                if not sure and {"identifier", "number", "id"} & set(said) and _names_subject(profile.label):
                    sure = 0.7
            if sure and (profile.filled >= 0.9 * profile.rows):
                found[name] = found.get(name, 0.0) + sure / len(forms)
    return found


def find_other_subject(profiles: Mapping[str, Profile], subject: str) -> str:
    """The column of the subject on a form that calls it otherwise; "" where it has the usual name, or none."""
    if subject in profiles:
        return ""
    scores = {
        name: max((SUBJECTS.get(spelling, 0.0) for spelling in spellings(name)[:2]), default=0.0)
        for name, profile in profiles.items()
        if profile.filled >= 0.9 * profile.rows
    }
    best = max(scores, key=lambda name: scores[name], default="")
    return best if best and scores[best] else ""


def _names_subject(label: str) -> bool:
    return bool(re.search(r"\b(subject|patient|participant)\b", label.lower()))


def _same_subjects(frame: pd.DataFrame, first: str, second: str) -> bool:
    pairs = frame[[first, second]].drop_duplicates()
    return bool(pairs[first].is_unique and pairs[second].is_unique)


def find_home(profiles: Mapping[str, Mapping[str, Profile]], frames: Mapping[str, pd.DataFrame], subject: str) -> str:
    """The form that lists the subjects: the most of them, and of such forms the one that is most like demographics."""
    most = max((frame[subject].nunique() for frame in frames.values() if subject in frame), default=0)

    def weigh(form: str) -> tuple[bool, int, float, float]:
        frame, columns = frames[form], profiles[form]
        names = {spelling for name in columns for spelling in spellings(name)}
        asked = {"SEX", "GENDER", "RACE", "ETHNIC", "BRTHDAT", "DOB", "AGE", "ETHNICITY"} & names
        count = int(frame[subject].nunique())
        demographic = len(asked) >= 2 or form.lower() in ("dm", "demographics", "demog")
        return demographic and count >= 0.5 * most, count, len(asked), -len(frame)

    known = [form for form, frame in frames.items() if subject in frame]
    return max(known, key=weigh)


_EVENT_ROLES = (("event", EVENT_IDS), ("event_name", EVENTS), ("event_date", EVENT_DATES))


def find_role(item: Item, subject: str) -> str:
    """What a column is for that no dictionary describes: subject, study, site, event, event_date, system, or ""."""
    if item.column == subject:
        return "subject"
    spelled = set(spellings(item.name)[:1])
    one = item.profile.distinct <= 1
    for role, names in (("study", STUDIES), ("site", SITES), *_EVENT_ROLES):
        if spelled & names and (role != "study" or one):
            return role
    return "system" if spelled & SYSTEM and (one or spelled - {"STATUS", "FORM"}) else ""


def with_roles(profiles: Mapping[str, Profile], subject: str, described: bool) -> dict[str, Profile]:
    """The profiles of a form with the roles of their columns; where a dictionary has them, only the subject counts."""
    found = {}
    for name, profile in profiles.items():
        role = find_role(Item(profile.form, name, name, profile.label, profile), subject)
        said = {"study": "system", "": profile.role}.get(role, role)
        asked = profile.role == "item" and (not described or role == "subject")
        found[name] = replace(profile, role=said) if asked else profile
    return found


def find_study(profiles: Mapping[str, Mapping[str, Profile]]) -> str:
    """The name of the study, where a column has it and nothing else."""
    values: dict[str, set[str]] = {}
    for columns in profiles.values():
        for name, profile in columns.items():
            if set(spellings(name)[:1]) & STUDIES:
                values.setdefault(name, set()).update(profile.values)
    names = [next(iter(one)) for one in values.values() if len(one) == 1]
    return next((name for name in names if re.fullmatch(r"[\w-]+", name) and not name.isdigit()), "")
