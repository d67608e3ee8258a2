"""Visits and elements of subjects: SV from the dates of visits, SE and EPOCH from the reference dates of DM."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from cdisc_conv.draft.datasets.entries import raw
from cdisc_conv.draft.datasets.visits import Visit, find_event_column, find_event_repeat, find_role_column
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.profiles import Profile, describe_date

_ELEMENTS = (
    ("SCRN", "Screening", "SCREENING"),
    ("TRT", "Treatment", "TREATMENT"),
    ("FU", "Follow-up", "FOLLOW-UP"),
)


def add_subject_visits(
    draft: Draft,
    frames: Mapping[str, pd.DataFrame],
    profiles: Mapping[str, Mapping[str, Profile]],
    visits: Sequence[Visit],
    subject: str,
    own: Collection[str] = (),
) -> None:
    """SV, with a block for each form that knows the dates of some visits.

    Of each visit that is the form with most subjects, those before others that are forms of visits (`own`).
    """
    if "SV" in draft.datasets:
        return
    real = {text.casefold() for visit in visits if visit.number or visit.unscheduled for text in visit.values}
    best: dict[str, tuple[int, str]] = {}
    for form, frame in frames.items():
        column, date = find_event_column(profiles[form]), find_visit_date(profiles[form])
        if not column or not date:
            continue
        known = frame[(frame[column].str.strip() != "") & (frame[date].str.strip() != "")]
        for event, rows in known.groupby(known[column].str.strip()):
            count = int(rows[subject].nunique()) + (1_000_000_000 if form in own else 0)
            if str(event).casefold() in real and count > best.get(str(event), (0, ""))[0]:
                best[str(event)] = (count, form)
    forms = dict.fromkeys(form for form in frames for _, found in best.values() if found == form)
    for form in forms:
        events = [event for event, (_, found) in best.items() if found == form]
        _add_visit_block(draft, form, frames[form], profiles[form], events, subject, visits)


def find_visit_date(profiles: Mapping[str, Profile]) -> str:
    """The column with the date of the visit: that of the EDC, else the one date of the form."""
    date = find_role_column(profiles, "event_date")
    own = [name for name, one in profiles.items() if one.role == "item" and one.kind == "date" and not one.unsure]
    return date or (own[0] if len(own) == 1 else "")


def _add_visit_block(
    draft: Draft,
    form: str,
    frame: pd.DataFrame,
    profiles: Mapping[str, Profile],
    events: Sequence[str],
    subject: str,
    visits: Sequence[Visit],
) -> None:
    column, date, repeat = find_event_column(profiles), find_visit_date(profiles), find_event_repeat(profiles)
    block = BlockDraft(form, score=0.6, reason="the dates of visits")
    others = {text for text in frame[column].str.strip() if text not in events}
    listed = ", ".join(f'"{event}"' for event in events)
    dated = "" if profiles[date].filled == profiles[date].rows else f'{raw(date)} != ""'
    named = f"{raw(column)} in ({listed})" if others and len(events) > 1 else f"{raw(column)} == {listed}"
    block.where = " and ".join(text for text in (named if others else "", dated) if text)
    unplanned = {text for visit in visits if visit.unscheduled for text in visit.values}
    block.group = (subject, column, *((repeat,) if repeat and unplanned & set(events) else ()))
    block.columns = {date: "first"}
    said = describe_date(date, profiles[date].formats)
    start = "the date of the visit"
    block.lines = [
        Line("SVSTDTC", {"datetime": said}, 0.7, start),
        Line("SVENDTC", {"copy": "SVSTDTC"}, 0.5, "visits of more than a day end later"),
    ]
    draft.note(profiles[date], Fate.KEY, "SV.SVSTDTC", 0.7, start)
    draft.block("SV", block)


def add_elements(draft: Draft) -> bool:
    """SE with screening, treatment and follow-up, as far as DM has their dates; whether EPOCH can follow from it.

    Trial design is not collected, so that its elements have to be put right; their dates are those of the subjects.
    """
    dm = draft.datasets.get("DM")
    names = {line.name for line in dm.all_lines()} if dm is not None else set()
    if "RFXSTDTC" not in names or "SE" in draft.datasets:
        return False
    dates = (
        ("RFICDTC", "date(RFICDTC)", "date(coalesce(RFXSTDTC, RFPENDTC))"),
        ("RFXSTDTC", "date(RFXSTDTC)", "date(coalesce(RFXENDTC, RFPENDTC))"),
        ("RFXENDTC", "add_days(date(RFXENDTC), 1)", "date(RFPENDTC)"),
    )
    dataset = DatasetDraft("SE")
    for number, ((code, element, epoch), (needed, start, end)) in enumerate(zip(_ELEMENTS, dates, strict=True), 1):
        if needed not in names or (code == "FU" and "RFPENDTC" not in names):
            continue
        later = " and RFPENDTC > RFXENDTC" if code == "FU" else ""
        block = BlockDraft("", source="DM", where=f'{needed} != ""{later}', score=0.5)
        block.reason = "elements follow from dates of DM; name them as the protocol does"
        block.lines = [
            Line("ETCD", {"constant": code}, 0.5, "the code of the element in TE"),
            Line("ELEMENT", {"constant": element}, 0.5, "its name in TE"),
            Line("TAETORD", {"constant": number}, 0.5, "its order in TA"),
            Line("EPOCH", {"constant": epoch}, 0.5, "its epoch in TA"),
            Line("SESTDTC", {"expr": start}, 0.6, "from DM"),
            Line("SEENDTC", {"expr": _without(end, names)}, 0.6, "from DM"),
        ]
        dataset.blocks.append(block)
    dataset.lines = [Line("USUBJID", {"copy": "USUBJID"}, 0.95, "the subject")]
    draft.datasets["SE"] = dataset
    return True


def _without(expression: str, names: set[str]) -> str:
    """An expression without RFPENDTC where DM does not have it."""
    if "RFPENDTC" in names:
        return expression
    return expression.replace("coalesce(RFXSTDTC, RFPENDTC)", "RFXSTDTC").replace(
        "coalesce(RFXENDTC, RFPENDTC)", "RFXENDTC"
    )
