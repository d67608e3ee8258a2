"""Visits: which events of the EDC they are, in which order, and the lines that take them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.columns.dates.parse import parse_dates
from cdisc_conv.columns.texts import fold
from cdisc_conv.draft.matching.columns import Knowledge
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.profiles import Profile, is_number, read_written

_FIRST = (("screen", -4), ("enrol", -3), ("consent", -3), ("baseline", -2), ("randomi", -2))
_LAST = ("end of", "early term", "exit", "follow", "final", "discontin", "eot", "eos")
UNPLANNED = re.compile(r"unsched|unplanned|^uns$|^unsch", re.IGNORECASE)
_LOG = re.compile(r"\b(logs?|running|continuous|common forms?|subject level|anytime|any time)\b", re.IGNORECASE)
_EVENT_REPEAT = re.compile(r"^(eseq|visitseq|.*(event|instance|visit).*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Visit:
    """An event of the EDC with the number that is proposed for it; None for a log or an unscheduled visit."""

    event: str
    eid: str
    number: float | None
    reason: str
    unscheduled: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """What the column of the visit may hold for it."""
        return tuple(text for text in (self.eid, self.event) if text)


def find_event_column(profiles: Mapping[str, Profile]) -> str:
    """The column that tells the visits apart: the identifier of the event where there is one, else its name."""
    for role in ("event", "event_name"):
        found = [name for name, profile in profiles.items() if profile.role == role and profile.filled]
        if found:
            return found[0]
    return ""


def find_role_column(profiles: Mapping[str, Profile], role: str) -> str:
    """The first column of a role that is filled in anywhere; "" for none."""
    return next((name for name, one in profiles.items() if one.role == role and one.filled), "")


def order_visits(
    frames: Mapping[str, pd.DataFrame],
    profiles: Mapping[str, Mapping[str, Profile]],
    logs: Sequence[str],
    subject: str,
    known: Sequence[Mapping[str, object]] = (),
) -> list[Visit]:
    """The events of all forms in their likely order: by the dates that they have, else by their names.

    `logs` are forms that are filled in at any time; an event that only they have is no visit, and neither is one
    without any date where others have dates. `known` are the events that the dictionary has, as forms.yaml writes them.
    """
    eids = {fold(str(one.get("eid") or "")): str(one.get("event") or "") for one in known}
    seen: dict[str, str] = {}
    at_visits: set[str] = set()
    for form, frame in frames.items():
        column = find_event_column(profiles[form])
        for value in frame[column].str.strip().drop_duplicates() if column else ():
            if value:
                seen.setdefault(fold(value), value)
                at_visits |= set() if form in logs else {fold(value)}
    eids = {**_name_events(frames, profiles, known), **{key: name for key, name in eids.items() if key}}
    dates = _find_days(frames, profiles, subject)
    unplanned = {key for key, value in seen.items() if UNPLANNED.search(f"{value} {eids.get(key, '')}".strip())}
    dated = any(dates.values())
    planned = {key for key in at_visits - unplanned if not _is_log(key, seen, eids, dates if dated else None)}
    visits = sorted(planned, key=lambda key: _place(key, seen, dates, eids))
    numbers: dict[str, float] = {key: number for number, key in enumerate(visits, 1)}
    if all(is_number(key) for key in visits) and not any(eids.get(key) for key in visits):
        numbers = {key: float(key) for key in visits}
    found = []
    for key in [*visits, *(key for key in seen if key not in numbers)]:
        by = "by the dates of the event" if dates.get(key) else "by its name"
        by = "as collected" if is_number(key) and numbers.get(key) == float(key) else by
        reason = f"numbered {by}" if key in numbers else "a log, and no visit"
        if key in unplanned:
            reason = "unscheduled: numbered after the visit that it follows"
        value, name = seen[key], eids.get(key, "")
        found.append(Visit(name or value, value if name else "", numbers.get(key), reason, key in unplanned))
    return found


def _is_log(
    key: str, seen: Mapping[str, str], eids: Mapping[str, str], dates: Mapping[str, list[float]] | None
) -> bool:
    return bool(_LOG.search(f"{seen[key]} {eids.get(key, '')}".replace("_", " "))) or (
        dates is not None and not dates.get(key)
    )


def _name_events(
    frames: Mapping[str, pd.DataFrame],
    profiles: Mapping[str, Mapping[str, Profile]],
    known: Sequence[Mapping[str, object]],
) -> dict[str, str]:
    """The name of each event that has an identifier, where one column of names has exactly one for each."""
    if any(one.get("eid") for one in known):
        return {}
    pairs: dict[str, dict[str, set[str]]] = {}
    for form, frame in frames.items():
        column = find_event_column(profiles[form])
        names = [name for name, one in profiles[form].items() if one.role == "event_name" and name in frame]
        if not column or profiles[form][column].role != "event":
            continue
        for name in names:
            both = frame[[column, name]].drop_duplicates()
            for eid, text in zip(both[column].str.strip(), both[name].str.strip(), strict=True):
                if eid and text:
                    pairs.setdefault(name, {}).setdefault(fold(eid), set()).add(text)
    for found in sorted(pairs.values(), key=lambda one: -len({text for texts in one.values() for text in texts})):
        texts = [next(iter(one)) for one in found.values()]
        if all(len(one) == 1 for one in found.values()) and len({fold(text) for text in texts}) == len(texts):
            return dict(zip(found, texts, strict=True))
    return {}


def _find_days(
    frames: Mapping[str, pd.DataFrame], profiles: Mapping[str, Mapping[str, Profile]], subject: str
) -> dict[str, list[float]]:
    """The days of each event, counted from the first day of its subject on any form."""
    parts = []
    for form, frame in frames.items():
        column, date = find_event_column(profiles[form]), find_role_column(profiles[form], "event_date")
        if column and date and date in frame:
            parts.append(_read_days(frame, column, date, subject, profiles[form][date]))
    if not parts:
        return {}
    every = pd.concat(parts, ignore_index=True)
    every["DAY"] -= every.groupby("SUBJECT")["DAY"].transform("min")
    return {str(key): days.tolist() for key, days in every.groupby("EVENT")["DAY"]}


def _read_days(frame: pd.DataFrame, column: str, date: str, subject: str, profile: Profile) -> pd.DataFrame:
    pairs = frame[[subject, column, date]].drop_duplicates().reset_index(drop=True)
    formats = [read_written(text) for text in profile.formats or ("YYYY-MM-DD", "DD-MON-YYYY", "YYYY-MM-DD HH:MM")]
    read = parse_dates(pairs[date], formats)
    days = pd.to_datetime(read.joined(), errors="coerce", format="ISO8601")
    ordinal = days.map(lambda day: float(day.toordinal()) if day == day else np.nan)
    events = pairs[column].str.strip().map(fold)
    found = pd.DataFrame({"SUBJECT": pairs[subject], "EVENT": events, "DAY": ordinal})
    return found[found["DAY"].notna() & (found["EVENT"] != "")]


def _place(
    key: str, names: Mapping[str, str], dates: Mapping[str, list[float]], eids: Mapping[str, str]
) -> tuple[float, float, float, str]:
    text = f"{eids.get(key, '')} {names[key]}".lower()
    first = next((place for word, place in _FIRST if word in text), 0)
    last = any(word in text for word in _LAST)
    numbers = re.findall(r"\d+", eids.get(key, "") or names[key])
    number = float(numbers[-1]) if numbers else (1e6 if last else 0.0)
    if dates.get(key):
        return 0.0, float(np.median(dates[key])), number, key
    return float(first or (2 if last else 1)), number, 0.0, key


def add_visits(
    dataset: DatasetDraft,
    profiles: Mapping[str, Mapping[str, Profile]],
    visits: Sequence[Visit],
    known: Knowledge,
    draft: Draft,
) -> None:
    """VISITNUM and VISIT of a dataset that may have them, where its forms name the event."""
    if not any(visit.number for visit in visits) or known.variable(dataset.name, "VISIT") is None:
        return
    columns = [find_event_column(profiles[block.form]) for block in dataset.blocks]
    if not any(columns):
        return
    alike = len(set(columns)) == 1 and not any(visit.unscheduled for visit in visits)
    for block, column in zip(dataset.blocks, columns, strict=True):
        if column:
            lines = _make_lines(column, profiles, block.form, visits)
            _place_lines(dataset, block, lines, alike)
            target = f"{dataset.name}.VISITNUM"
            draft.note(profiles[block.form][column], Fate.KEY, target, 0.8, "the column of the visit")


def _make_lines(
    column: str, profiles: Mapping[str, Mapping[str, Profile]], form: str, visits: Sequence[Visit]
) -> list[Line]:
    said: dict[str, Any] = {"event": column, "unscheduled": []}
    reason = f"{column} names the visit; its numbers are under 'events' of forms.yaml"
    values = {fold(value) for value in profiles[form][column].values}
    unplanned = [text for visit in visits if visit.unscheduled for text in visit.values if fold(text) in values]
    date, repeat, forms = find_role_column(profiles[form], "event_date"), find_event_repeat(profiles[form]), []
    if unplanned and date and repeat:
        forms = [name for name, one in profiles.items() if {column, date} <= one.keys() and one[date].filled]
        subjects = [name for name, one in profiles[form].items() if one.role == "subject"]
        said |= {"unscheduled": unplanned, "date": date, "sequence": repeat, "forms": forms, "subject": subjects[0]}
    return [
        Line("VISITNUM", {"visit": {"take": "number", **said}}, 0.7, reason),
        Line("VISIT", {"visit": {"take": "name", **said}}, 0.8, reason),
    ]


def find_event_repeat(profiles: Mapping[str, Profile]) -> str:
    """The column that numbers the repeats of an event; "" for none."""
    found = [name for name, one in profiles.items() if one.role == "repeat" and _EVENT_REPEAT.match(name)]
    return next(iter(found), "")


def _place_lines(dataset: DatasetDraft, block: BlockDraft, lines: list[Line], alike: bool) -> None:
    if not alike:
        block.lines += lines
    elif not any(line.name == "VISITNUM" for line in dataset.lines):
        dataset.lines += lines
