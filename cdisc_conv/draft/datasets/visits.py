"""Visits: which events of the EDC they are, in which order, and the lines that take them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.columns.date_formats import parse_dates, read_format
from cdisc_conv.columns.texts import fold
from cdisc_conv.draft.matching.columns import Knowledge
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.profiles import Profile

_FIRST = (("screen", -4), ("enrol", -3), ("consent", -3), ("baseline", -2), ("randomi", -2))
_LAST = ("end of", "early term", "exit", "follow", "final", "discontin", "eot", "eos")


@dataclass(frozen=True, slots=True)
class Visit:
    """An event of the EDC with the number that is proposed for it; None for a log."""

    event: str
    eid: str
    number: int | None
    reason: str


def find_event_column(profiles: Mapping[str, Profile]) -> str:
    """The column that tells the visits apart: the identifier of the event where there is one, else its name."""
    for role in ("event", "event_name"):
        found = [name for name, profile in profiles.items() if profile.role == role and profile.filled]
        if found:
            return found[0]
    return ""


def order_visits(
    frames: Mapping[str, pd.DataFrame],
    profiles: Mapping[str, Mapping[str, Profile]],
    logs: Sequence[str],
    subject: str,
    known: Sequence[Mapping[str, object]] = (),
) -> list[Visit]:
    """The events of all forms in their likely order: by the dates that they have, else by their names.

    `logs` are forms that are filled in at any time; an event that only they have is no visit. `known` are the events
    that the dictionary has, as forms.yaml writes them.
    """
    eids = {fold(str(one.get("eid") or "")): str(one.get("event") or "") for one in known}
    names: dict[str, str] = {}
    dates: dict[str, list[float]] = {}
    at_visits: set[str] = set()
    for form, frame in frames.items():
        column = find_event_column(profiles[form])
        if not column:
            continue
        for value in frame[column].str.strip().drop_duplicates():
            if value:
                names.setdefault(fold(value), value)
                if form not in logs:
                    at_visits.add(fold(value))
        date = next((name for name, one in profiles[form].items() if one.role == "event_date" and one.filled), "")
        if date and form not in logs:
            for value, moment in _read_days(frame, column, date, subject, profiles[form][date]):
                dates.setdefault(fold(value), []).append(moment)
    visits = sorted((key for key in names if key in at_visits), key=lambda key: _place(key, names, dates, eids))
    numbers = {key: number for number, key in enumerate(visits, 1)}
    found = []
    for key, value in names.items():
        by = "by the dates of the event" if dates.get(key) else "by its name"
        reason = f"numbered {by}" if key in numbers else "only on logs, so no visit"
        found.append(Visit(eids.get(key, value), value if key in eids else "", numbers.get(key), reason))
    order = {key: place for place, key in enumerate([*visits, *(key for key in names if key not in numbers)])}
    return sorted(found, key=lambda one: order[fold(one.eid or one.event)])


def _read_days(frame: pd.DataFrame, column: str, date: str, subject: str, profile: Profile) -> list[tuple[str, float]]:
    """The days of each event, counted from the first day of its subject's rows."""
    pairs = frame[[subject, column, date]].drop_duplicates().reset_index(drop=True)
    formats = [read_format(text) for text in profile.formats or ("YYYY-MM-DD", "DD-MON-YYYY", "YYYY-MM-DD HH:MM")]
    read = parse_dates(pairs[date], formats)
    days = pd.to_datetime(read.joined(), errors="coerce")
    ordinal = days.map(lambda day: float(day.toordinal()) if day == day else np.nan)
    since = ordinal - ordinal.groupby(pairs[subject]).transform("min")
    return [(value, day) for value, day in zip(pairs[column], since, strict=True) if day == day]


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
    alike = len(set(columns)) == 1
    for block, column in zip(dataset.blocks, columns, strict=True):
        if column:
            lines = _make_lines(column)
            _place_lines(dataset, block, lines, alike)
            target = f"{dataset.name}.VISITNUM"
            draft.note(profiles[block.form][column], Fate.KEY, target, 0.8, "the column of the visit")


def _make_lines(column: str) -> list[Line]:
    said = {"event": column, "unscheduled": []}
    reason = f"{column} names the visit; its numbers are under 'events' of forms.yaml"
    return [
        Line("VISITNUM", {"visit": {"take": "number", **said}}, 0.7, reason),
        Line("VISIT", {"visit": {"take": "name", **said}}, 0.8, reason),
    ]


def _place_lines(dataset: DatasetDraft, block: BlockDraft, lines: list[Line], alike: bool) -> None:
    if not alike:
        block.lines += lines
    elif not any(line.name == "VISITNUM" for line in dataset.lines):
        dataset.lines += lines
