"""The draft of demographics: one record per subject, identifiers, reference dates and arms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from cdisc_conv.draft.datasets.entries import raw
from cdisc_conv.draft.datasets.leftovers import add_qualifiers
from cdisc_conv.draft.datasets.records import Page, fill_block
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.model import BlockDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.profiles import Profile

_PARTS = re.compile(r"([A-Za-z]*\d+|[A-Za-z]+)[-_/ ]([A-Za-z]*\d+)")


def draft_subjects(
    page: Page,
    profiles: Mapping[str, Profile],
    frame: pd.DataFrame,
    subject: str,
    draft: Draft,
    known: Knowledge,
) -> None:
    """DM from the form that lists the subjects."""
    guesses = guess_columns([*page.items, *_list_countries(page, profiles)], "DM", known)
    if page.placed.domain != "DM":  # a form of something else that lists every subject
        guesses = [guess for guess in guesses if guess.score >= 0.75 and not guess.target.startswith("DM")]
    if find_site(profiles, frame):
        guesses = [guess for guess in guesses if guess.target != "SITEID"]
    block = BlockDraft(page.form, score=page.placed.score, reason=page.placed.reason)
    if frame[subject].duplicated().any():
        block.group = (subject,)
        block.reason = f"{block.reason}; the form has several rows of a subject, of which the first counts"
    fill_block(block, guesses, "DM", known, draft)
    draft.block("DM", block)
    names = block.names()
    block.lines[:0] = [line for line in _identify(profiles, frame, subject, draft) if line.name not in names]
    block.lines += _complete_age(page, guesses, names)
    block.lines += _complete_arms(guesses, names)


def add_home_qualifiers(page: Page, left: Sequence[Item], draft: Draft, known: Knowledge) -> None:
    """What is left of the form of demographics, as qualifiers of DM."""
    dataset = draft.datasets["DM"]
    add_qualifiers(dataset.blocks[0], left, dataset, known, draft)


def _list_countries(page: Page, profiles: Mapping[str, Profile]) -> list[Item]:
    """The country of the site, which the EDC adds to its forms."""
    found = [profile for profile in profiles.values() if profile.role == "site" and is_country(profile.name)]
    return [Item(page.form, one.name, one.name, one.label, one) for one in found if one.filled]


def is_country(name: str) -> bool:
    """Whether a column of the site says its country.

    >>> is_country("COUNTRY"), is_country("SITENUM")
    (True, False)
    """
    return name.upper() in ("COUNTRY", "CNTRY", "COUNTRYCODE", "SITECOUNTRY")


def _identify(profiles: Mapping[str, Profile], frame: pd.DataFrame, subject: str, draft: Draft) -> list[Line]:
    """SUBJID and SITEID: from columns of the EDC, or from the parts of the number of the subject."""
    draft.note(profiles[subject], Fate.KEY, "DM.SUBJID", 0.98, "it identifies the subject on every form")
    site = find_site(profiles, frame)
    ids = frame[subject].drop_duplicates()
    split = ids.str.extract(f"^{_PARTS.pattern}$")
    cut = split_subject(ids) if not site else 0
    if cut:
        reason = f"the part of {subject} behind the site, which no other subject has"
        first = f"the part of {subject} before the sign, {split[0].nunique()} different ones"
        return [
            Line("SUBJID", {"expr": f"substr({raw(subject)}, {cut + 2})"}, 0.65, reason),
            Line("SITEID", {"expr": f"substr({raw(subject)}, 1, {cut})"}, 0.7, first),
        ]
    lines = [Line("SUBJID", {"copy": subject}, 0.95, "the number of the subject in the EDC")]
    if site:
        draft.note(profiles[site], Fate.KEY, "DM.SITEID", 0.9, "the column of the site")
        lines.append(Line("SITEID", {"copy": site}, 0.9, f"{site} is the column of the site"))
    return lines


def find_site(profiles: Mapping[str, Profile], frame: pd.DataFrame) -> str:
    """The column of the site with the shortest values: a number or code rather than a name."""
    sites = [name for name, profile in profiles.items() if _names_site(profile) and name in frame]
    shared = [
        name
        for name, profile in profiles.items()
        if not sites and "site" in profile.label.lower() and profile.role == "system" and profile.distinct > 1
    ]
    return min(sites or shared, key=lambda name: (profiles[name].longest, name), default="")


def _names_site(profile: Profile) -> bool:
    return profile.role == "site" and profile.filled > 0 and not is_country(profile.name)


def split_subject(ids: pd.Series) -> int:
    """How many characters of the numbers of subjects are the site; 0 where they have no such part.

    The part before the sign has to come again, and that behind it to be of one subject alone.

    >>> split_subject(pd.Series(["701-1015", "701-1023", "703-1042"]))
    3
    >>> split_subject(pd.Series(["KIEM-01", "KIEM-02"])), split_subject(pd.Series(["A1-01", "A2-01"]))
    (0, 0)
    """
    parts = ids.str.extract(f"^{_PARTS.pattern}$")
    if parts.isna().any(axis=None) or not len(parts):
        return 0
    lengths = parts[0].str.len().unique()
    tight = parts[1].str.len().min() >= 3
    again = parts[0].nunique() <= 0.8 * len(parts)
    return int(lengths[0]) if len(lengths) == 1 and tight and again and parts[1].is_unique else 0


def _complete_age(page: Page, guesses: Sequence[Guess], names: set[str]) -> list[Line]:
    if "AGE" not in names or "AGEU" in names:
        return []
    age = next(guess for guess in guesses if guess.target == "AGE")
    numbers = [float(value) for value in age.item.profile.values if value.replace(".", "", 1).isdigit()]
    said = re.search(r"month|week|day", f"{age.item.label} {age.item.name}".lower())
    if said:
        unit = f"{said[0].upper()}S"
        return [Line("AGEU", {"constant": unit}, 0.8, f"the label of {age.item.column} says so")]
    years = bool(numbers) and max(numbers) <= 120
    reason = "no unit was collected; the ages are those of years" if years else "no unit was collected"
    return [Line("AGEU", {"when": "AGE > 0", "constant": "YEARS"}, 0.8 if years else 0.4, reason, not years)]


def _complete_arms(guesses: Sequence[Guess], names: set[str]) -> list[Line]:
    """What has to be decided where an arm says that subjects were screen failures; an arm is not invented."""
    arm = next((guess for guess in guesses if guess.target in ("ARMCD", "ARM")), None)
    if arm is None or "ARMNRS" in names:
        return []
    failures = [value for value in arm.item.profile.values if re.search(r"scr\w*\s*fail", value, re.IGNORECASE)]
    if not failures:
        return []
    reason = f"{arm.item.column} says '{failures[0]}': SDTMIG 3.4 leaves the arms blank there and gives ARMNRS instead"
    return [Line("ARMNRS", {"constant": ""}, 0.0, reason, True)]


def add_reference_dates(draft: Draft) -> bool:
    """RFSTDTC and its kin from exposure; whether there is a day 1."""
    dm = draft.datasets.get("DM")
    source = next((name for name in ("EX", "EC") if name in draft.datasets), "")
    if dm is None or not source:
        return False
    names = set.union(set(), *(block.names() for block in draft.datasets[source].blocks))
    if f"{source}STDTC" not in names:
        return False
    start, end = f"{source}.{source}STDTC", f"{source}.{source}ENDTC"
    last = [end, start] if f"{source}ENDTC" in names else [start]
    dm.lines += [
        Line("RFSTDTC", {"min": start}, 0.7, "the first dose; the protocol may define another day 1"),
        Line("RFENDTC", {"max": last}, 0.5, "the last dose; the protocol may define another end"),
        Line("RFXSTDTC", {"min": start}, 0.95, "the first dose"),
        Line("RFXENDTC", {"max": last}, 0.9, "the last dose, or its start where the end is missing"),
    ]
    return True


def add_end_of_participation(draft: Draft) -> None:
    """RFPENDTC from disposition and visits."""
    dm = draft.datasets["DM"]
    dates = [
        f"{name}.{date}"
        for name, date in (("DS", "DSSTDTC"), ("SV", "SVENDTC"))
        if name in draft.datasets and all(date in block.names() for block in draft.datasets[name].blocks)
    ]
    if "DS.DSSTDTC" in dates and not any(line.name == "RFPENDTC" for line in dm.all_lines()):
        dm.lines.append(Line("RFPENDTC", {"max": dates if len(dates) > 1 else dates[0]}, 0.6, "the last known date"))


def complete_age(draft: Draft) -> None:
    """AGE at informed consent, else at the first dose, where only the date of birth was collected."""
    dm = draft.datasets["DM"]
    names = {line.name for line in dm.all_lines()}
    date = next((one for one in ("RFICDTC", "RFSTDTC") if one in names), "")
    if "BRTHDTC" not in names or "AGE" in names or not date:
        return
    dm.lines += [
        Line("AGE", {"age": {"birth": "BRTHDTC", "date": date}}, 0.7, f"the age at {date}, as none was collected"),
        Line("AGEU", {"when": "AGE > 0", "constant": "YEARS"}, 0.9, "years are counted"),
    ]


def add_death(draft: Draft) -> None:
    """DTHFL and DTHDTC of subjects of whom disposition or a fatal event says that they died."""
    dm, ae, ds = (draft.datasets.get(name) for name in ("DM", "AE", "DS"))
    names_ = {line.name for line in dm.all_lines()} if dm is not None else {"DTHFL"}
    if dm is None or "DTHFL" in names_:
        return
    if (
        "DTHDTC" not in names_
        and ds is not None
        and all({"DSDECOD", "DSSTDTC"} <= block.names() for block in ds.blocks)
    ):
        died = {"from": "DS", "where": 'DSDECOD == "DEATH"'}
        dm.lines.append(Line("DTHDTC", {"lookup": {**died, "take": "DSSTDTC"}}, 0.7, "the disposition event of death"))
        if ae is None:
            dm.lines.append(Line("DTHFL", {"exists": died}, 0.7, "the disposition event of death"))
    dated = any(line.name == "DTHDTC" for line in dm.all_lines())
    if ae is None:
        flagged = any(line.name == "DTHFL" for line in dm.lines)
        if dated and not flagged:
            dm.lines.append(Line("DTHFL", {"when": 'DTHDTC != ""', "constant": "Y"}, 0.9, "a date of death"))
        return
    names = set.intersection(*(block.names() for block in ae.blocks)) | {line.name for line in ae.lines}
    asked = [text for name, text in (("AESDTH", 'AESDTH == "Y"'), ("AEOUT", 'AEOUT == "FATAL"')) if name in names]
    if not asked and any(line.name == "DTHDTC" for line in dm.all_lines()):
        flag_: dict[str, object] = {"when": 'DTHDTC != ""', "constant": "Y"}
        dm.lines.append(Line("DTHFL", flag_, 0.7, "a date of death"))
    if asked:
        where = " or ".join(asked)
        flag: dict[str, object] = {"exists": {"from": "AE", "where": where}}
        if any(line.name == "DTHDTC" for line in dm.all_lines()):
            flag = {"cases": [{"when": 'DTHDTC != ""', "constant": "Y"}, flag]}
        dm.lines.append(Line("DTHFL", flag, 0.7, "a fatal event of the subject, or a date of death"))
