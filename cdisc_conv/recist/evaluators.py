"""Who assessed the tumours: the records of each evaluator, and whose assessment was accepted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.recist.frames import Tumours
from cdisc_conv.recist.settings import RecistSettings

INVESTIGATOR = "INVESTIGATOR"
ACCEPTED = "Y"


class Evaluator(NamedTuple):
    """One who assessed: the role (--EVAL) and, where a role has several persons, the person (--EVALID).

    >>> str(Evaluator("INDEPENDENT ASSESSOR", "RADIOLOGIST 1"))
    'INDEPENDENT ASSESSOR RADIOLOGIST 1'
    """

    role: str = ""
    person: str = ""

    def __str__(self) -> str:
        return f"{self.role} {self.person}".strip()


def split_evaluators(
    tumours: Tumours, settings: RecistSettings
) -> tuple[dict[Evaluator, Tumours], tuple[Problem, ...]]:
    """The records of each evaluator, each of whom is checked alone; in the order of their names.

    `settings.evaluator` and `settings.evaluator_id` restrict them. A dataset that names no evaluator belongs to all of
    them, and so do the records of a role whose persons a dataset does not name. Where a dataset names some evaluators,
    its records without one are the investigator's. Findings (RECIST010, warnings): a dataset that names evaluators, but
    not the one that the settings ask for.
    """
    named = Tumours(*(_name_investigator(frame) for frame in (tumours.tu, tumours.tr, tumours.rs)))
    wanted = Evaluator(settings.evaluator.upper(), settings.evaluator_id.upper())
    everyone = _list_evaluators(named)
    chosen = [one for one in everyone if _is_wanted(one, wanted)]
    asked = f"{settings.evaluator} {settings.evaluator_id}".strip()
    problems = tuple(_describe_absent(named, wanted, asked)) if asked else ()
    if not chosen:
        chosen = [wanted if everyone else Evaluator()]
    return {one: select_evaluator(named, one) for one in chosen}, problems


def select_evaluator(tumours: Tumours, evaluator: Evaluator) -> Tumours:
    """The records of one evaluator."""
    return Tumours(*(_select(frame, evaluator) for frame in (tumours.tu, tumours.tr, tumours.rs)))


def describe_acceptance(responses: pd.DataFrame) -> Iterator[Problem]:
    """RECIST016: visits of the reviewers (all but the investigator) without exactly one accepted overall response.

    `responses`: those of all evaluators, with subject, visit, visit_number, assessment, date, part, recorded,
    evaluator, accepted (RSACPTFL) and record. Readers may call the assessments of a visit differently, so it is the
    visit that counts; the assessment where there is none. Behind an accepted progression nothing needs to be accepted:
    that reader stopped there. Nothing where no reviewer's response is marked as accepted.
    """
    reviewed = responses[(responses["part"] == "overall") & (responses["evaluator"] != INVESTIGATOR)]
    accepted = reviewed["accepted"] == ACCEPTED
    if not accepted.any():
        return
    number = reviewed["visit_number"].map(write_number, na_action="ignore").astype("str").fillna("")
    visit = number.where(number != "", reviewed["visit"])
    reviewed = reviewed.assign(at=visit.where(visit != "", reviewed["assessment"]))
    key = ["subject", "at"]
    count = accepted.groupby([reviewed[name] for name in key]).transform("sum")
    ended = reviewed[accepted & (reviewed["recorded"] == "PD") & (reviewed["date"] != "")]
    end = reviewed["subject"].map(ended.groupby("subject")["date"].min()).astype("str").fillna("")
    behind = (end != "") & (reviewed["date"] > end)
    wrong = reviewed.assign(several=count > 1)[(count > 1) | ((count == 0) & ~behind)].sort_values("record")
    for (subject, _), rows in wrong.groupby(key, sort=False):
        names = rows["assessment"].unique()
        name = str(names[0] if len(names) == 1 else rows["visit"].iat[0] or rows["at"].iat[0])
        what = "several accepted overall responses" if rows["several"].iat[0] else "no accepted overall response"
        yield Problem(
            "RECIST016",
            f"subject {subject}, {name}: the review has {what}",
            Severity.WARNING,
            Place(dataset="RS", variable="RSACPTFL", rows=tuple(map(int, rows["record"].head(SHOWN_ROWS)))),
            "mark the one with Y that the analysis uses",
            count=len(rows),
        )


def _name_investigator(frame: pd.DataFrame) -> pd.DataFrame:
    role = frame["evaluator"]
    return frame.assign(evaluator=role.mask(role == "", INVESTIGATOR)) if (role != "").any() else frame


def _list_evaluators(tumours: Tumours) -> list[Evaluator]:
    """Everybody whom a dataset names; a role without a person only where no dataset names its persons."""
    pairs = {
        Evaluator(*pair)
        for frame in (tumours.tu, tumours.tr, tumours.rs)
        for pair in frame[["evaluator", "evaluator_id"]].drop_duplicates().itertuples(index=False, name=None)
        if any(pair)
    }
    with_persons = {one.role for one in pairs if one.person}
    own = {
        role
        for frame in (tumours.tr, tumours.rs)
        for role in with_persons
        if _has_persons(frame, role) and ((frame["evaluator"] == role) & (frame["evaluator_id"] == "")).any()
    }
    return sorted(one for one in pairs if one.person or one.role not in with_persons or one.role in own)


def _is_wanted(one: Evaluator, wanted: Evaluator) -> bool:
    return wanted.role in ("", one.role) and wanted.person in ("", one.person)


def _has_persons(frame: pd.DataFrame, role: str) -> bool:
    return bool(((frame["evaluator"] == role) & (frame["evaluator_id"] != "")).any())


def _select(frame: pd.DataFrame, one: Evaluator) -> pd.DataFrame:
    if not ((frame["evaluator"] != "") | (frame["evaluator_id"] != "")).any():
        return frame
    mine = frame["evaluator"] == one.role
    if _has_persons(frame, one.role):
        mine &= frame["evaluator_id"] == one.person
    return frame[mine].reset_index(drop=True)


def _describe_absent(tumours: Tumours, wanted: Evaluator, asked: str) -> Iterator[Problem]:
    for name, frame in (("TU", tumours.tu), ("TR", tumours.tr), ("RS", tumours.rs)):
        there = {Evaluator(*pair) for pair in zip(frame["evaluator"], frame["evaluator_id"], strict=True)}
        named = sorted(one for one in there if any(one))
        if named and not any(_is_wanted(one, wanted) or one == Evaluator(wanted.role) for one in named):
            yield Problem(
                "RECIST010",
                f"{name} has no records of evaluator {asked}",
                Severity.WARNING,
                Place(dataset=name, variable=f"{name}EVAL"),
                f"it has those of {', '.join(repr(str(each)) for each in named[:6])}",
            )
