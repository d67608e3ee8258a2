"""The grid of each subject: lesions, sums and responses by assessment, as the template writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import quote

import pandas as pd

from cdisc_conv.recist import ResponseCheck
from cdisc_conv.recist.check import SHOWN_SUBJECTS
from cdisc_conv.recist.comparing.recorded import PARTS
from cdisc_conv.recist.comparing.words import format_mm, format_percent

GROUPS = {"TARGET": "Target lesions, mm", "NON-TARGET": "Non-target lesions", "NEW": "New lesions"}
RESPONSES = {"target": "Target", "non_target": "Non-target", "new": "New lesions", "overall": "Overall"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; `note` is small print; `kind` is its class in the style sheet."""

    text: str = ""
    note: str = ""
    kind: str = ""
    recorded: str = ""
    """What RS says instead; empty where it says the same or nothing."""
    finding: str = ""
    """Anchor of the disagreement; empty when it is not in the list."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the grid: its name, what stands beside the name, and one cell per assessment."""

    name: str
    about: str
    cells: Sequence[Cell]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The grid of one subject: `groups` are the lesions under their headings, `sums` and `responses` follow."""

    name: str
    anchor: str
    differing: int
    assessments: Sequence[Mapping[str, Any]]
    groups: Sequence[tuple[str, Sequence[Row]]]
    sums: Sequence[Row]
    responses: Sequence[Row]


EMPTY = Cell()


def anchor(subject: str, evaluator: int = 0) -> str:
    """The anchor of a subject's grid; `evaluator` is the evaluator's place in the page, from 0."""
    return f"s{evaluator or ''}-{quote(subject, safe='')}"


def list_subjects(result: ResponseCheck, listed: int, evaluator: int = 0, before: int = 0) -> list[Subject]:
    """The grids of an evaluator, subjects with disagreements first; those of `SHOWN_SUBJECTS` of them.

    The first `listed` disagreements have an anchor to lead to; `before` others have theirs before them.
    """
    findings = {
        (row["subject"], row["assessment"], row["part"]): f"d{number}"
        for number, row in enumerate(result.disagreements.head(listed).to_dict("records"), before + 1)
    }
    there, lesions_of = result.assessments[result.assessments["number"] >= 0], result.lesions
    if len(result.counts.subjects) > SHOWN_SUBJECTS:
        names = result.counts.list_first(SHOWN_SUBJECTS)
        there, lesions_of = (frame[frame["subject"].isin(names)] for frame in (there, lesions_of))
    assessments = _split(_with_texts(there))
    lesions = _split(_with_cells(lesions_of))
    subjects = [
        _make_subject(name, anchor(name, evaluator), rows, lesions.get(name, []), findings)
        for name, rows in assessments.items()
    ]
    return sorted(subjects, key=lambda subject: (subject.differing == 0, subject.name))


def _split(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    return {name: list(group) for name, group in groupby(rows, key=itemgetter("subject"))}


def _with_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Only what the grid shows, the numbers as text."""
    columns = ["subject", "assessment", "visit", "date", "number", "has_records", "accepted"]
    columns += [f"{what}{part}" for part in PARTS for what in ("", "recorded_", "differs_")]
    nadir = format_percent(frame["nadir_change_percent"])
    absolute = (format_mm(frame["nadir_change"], sign=True) + " mm").where(frame["nadir_change"].notna(), "")
    return frame[columns].assign(
        sum_text=format_mm(frame["sum"]),
        sum_note=frame["targets_missing"].gt(0).map({True: "incomplete", False: ""}),
        change_text=format_percent(frame["change_percent"]),
        nadir_text=nadir.where(nadir != "", absolute),
        nadir_note=absolute.where(nadir != "", ""),
    )


def _with_cells(lesions: pd.DataFrame) -> pd.DataFrame:
    """Only what the grid shows: text, note and kind of the cell."""
    state = lesions["state"]
    text = format_mm(lesions["mm"]).where(lesions["mm"].notna() & (lesions["group"] == "TARGET"), state)
    note = lesions["why"].mask((state == "too small") & (lesions["group"] == "TARGET"), "too small")
    kind = state.map({"not assessed": "gap", "progression": "bad", "new": "bad", "merged": "quiet"}).fillna("")
    silent = (lesions["group"] == "NEW") & (state == "not assessed")
    frame = lesions[["subject", "number", "lesion", "group", "nodal", "location"]]
    return frame.assign(text=text.mask(silent, ""), note=note.mask(silent, ""), kind=kind.mask(silent, ""))


def _make_subject(
    name: str,
    place: str,
    rows: list[dict[str, Any]],
    lesions: list[dict[str, Any]],
    findings: Mapping[tuple[str, str, str], str],
) -> Subject:
    places = {row["number"]: column for column, row in enumerate(rows)}
    differing = sum(row[f"differs_{part}"] for row in rows for part in PARTS)
    sums: list[Row] = []
    if any(row["sum_text"] for row in rows):
        sums = [
            Row("Sum", "mm", [Cell(row["sum_text"], row["sum_note"]) for row in rows]),
            Row("From baseline", "%", [Cell(row["change_text"]) for row in rows]),
            Row("From nadir", "%", [Cell(row["nadir_text"], row["nadir_note"]) for row in rows]),
        ]
    responses = [
        Row(title, "", [_make_response(row, part, findings) for row in rows], part)
        for part, title in RESPONSES.items()
        if any(row[part] or row[f"recorded_{part}"] for row in rows)
    ]
    groups = _group_lesions(lesions, places)
    return Subject(name, place, differing, rows, groups, sums, responses)


def _group_lesions(lesions: list[dict[str, Any]], places: Mapping[int, int]) -> list[tuple[str, list[Row]]]:
    """One row per lesion, under the heading of its group."""
    rows: dict[str, dict[str, tuple[str, list[Cell]]]] = {group: {} for group in GROUPS}
    for lesion in lesions:
        place = lesion["location"].lower()
        about = place + (" (node)" if lesion["nodal"] and "node" not in place else "")
        _, cells = rows[lesion["group"]].setdefault(lesion["lesion"], (about, [EMPTY] * len(places)))
        cells[places[lesion["number"]]] = Cell(lesion["text"], lesion["note"], lesion["kind"])
    return [
        (GROUPS[group], [Row(name, about, cells) for name, (about, cells) in sorted(named.items())])
        for group, named in rows.items()
        if named
    ]


def _make_response(row: Mapping[str, Any], part: str, findings: Mapping[tuple[str, str, str], str]) -> Cell:
    derived, recorded = row[part], row[f"recorded_{part}"]
    if row[f"differs_{part}"]:
        finding = findings.get((row["subject"], row["assessment"], part), "")
        return Cell(derived or "none", "", "differs", recorded, finding)
    if recorded in ("", derived):
        alone = part == "overall" and derived and not recorded
        return Cell(derived, "not in RS" if alone else "", "" if recorded else "quiet")
    # Not the same word, and no disagreement: what RS says stands beside it.
    return Cell(derived, f"RS: {recorded}", "" if derived else "quiet")
