"""Who assessed the tumours: the records of each evaluator, and whose assessment was accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.recist.records.frames import Sources, Tumours
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


@dataclass(frozen=True, slots=True)
class Named:
    """Who made the records of one dataset; role and person are blank where it does not say.

    Where a dataset names some evaluators, its records without one are the investigator's.
    """

    found: frozenset[tuple[str, str, bool]]
    """Role, person, and whether a record of theirs has --LNKGRP."""

    @property
    def roles(self) -> bool:
        """Whether it names any role."""
        return any(role for role, _, _ in self.found)

    @property
    def evaluators(self) -> frozenset[Evaluator]:
        """Everybody."""
        blank = INVESTIGATOR if self.roles else ""
        return frozenset(Evaluator(role or blank, person) for role, person, _ in self.found)

    def has_persons(self, role: str) -> bool:
        """Whether it names persons of a role."""
        return any(one.role == role and one.person for one in self.evaluators)

    def list_of(self, one: Evaluator) -> list[bool]:
        """Of the records of one evaluator, whether they have --LNKGRP; without any, there are none."""
        blank = INVESTIGATOR if self.roles else ""
        return [
            grouped
            for role, person, grouped in self.found
            if not any(map(any, self.evaluators))
            or ((role or blank) == one.role and (not self.has_persons(one.role) or person == one.person))
        ]


@dataclass(frozen=True, slots=True)
class Survey:
    """What has to be known of all records to check those of some subjects."""

    tu: Named
    tr: Named
    rs: Named

    @classmethod
    def of(cls, sources: Sources) -> Survey:
        """What some datasets say, whose records are looked through once."""
        return cls(*(Named(sources.list_evaluators(name)) for name in ("TU", "TR", "RS")))

    def goes_by_groups(self, one: Evaluator) -> bool:
        """Whether --LNKGRP tells the assessments of an evaluator: TR has it, and RS where it has records."""
        of_rs = self.rs.list_of(one)
        return any(self.tr.list_of(one)) and (any(of_rs) or not of_rs)


def choose_evaluators(survey: Survey, settings: RecistSettings) -> tuple[list[Evaluator], tuple[Problem, ...]]:
    """The evaluators, each of whom is checked alone, in the order of their names.

    `settings.evaluator` and `settings.evaluator_id` restrict them. A dataset that names no evaluator belongs to all of
    them, and so do the records of a role whose persons a dataset does not name. Findings (RECIST010, warnings): a
    dataset that names evaluators, but not the one that the settings ask for.
    """
    wanted = Evaluator(settings.evaluator.upper(), settings.evaluator_id.upper())
    everyone = _list_evaluators(survey)
    chosen = [one for one in everyone if _is_wanted(one, wanted)]
    asked = f"{settings.evaluator} {settings.evaluator_id}".strip()
    problems = tuple(_describe_absent(survey, wanted, asked)) if asked else ()
    return chosen or [wanted if everyone else Evaluator()], problems


def select_evaluator(tumours: Tumours, survey: Survey, one: Evaluator) -> Tumours:
    """The records of one evaluator among those of some subjects."""
    return Tumours(
        _select(tumours.tu, survey.tu, one), _select(tumours.tr, survey.tr, one), _select(tumours.rs, survey.rs, one)
    )


def select_reviewed(responses: pd.DataFrame) -> pd.DataFrame:
    """The overall responses of the reviewers, with what `describe_acceptance` asks."""
    names = ["subject", "visit", "visit_number", "assessment", "date", "part", "recorded", "evaluator", "accepted"]
    mine = (responses["part"] == "overall") & (responses["evaluator"] != INVESTIGATOR)
    return responses.loc[mine, [*names, "record"]]


def describe_acceptance(responses: pd.DataFrame) -> Iterator[Problem]:
    """RECIST016: visits of the reviewers (all but the investigator) without exactly one accepted overall response.

    `responses`: those of all evaluators, with subject, visit, visit_number, assessment, date, part, recorded,
    evaluator, accepted (RSACPTFL) and record. Readers may call the assessments of a visit differently, so it is the
    visit that counts; the assessment where there is none. Behind an accepted progression nothing needs to be accepted:
    that reader stopped there. Nothing where no reviewer's response is marked as accepted.
    """
    reviewed = select_reviewed(responses)
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


def _list_evaluators(survey: Survey) -> list[Evaluator]:
    """Everybody whom a dataset names; a role without a person only where no dataset names its persons."""
    pairs = {one for named in (survey.tu, survey.tr, survey.rs) for one in named.evaluators if any(one)}
    with_persons = {one.role for one in pairs if one.person}
    own = {
        role
        for named in (survey.tr, survey.rs)
        for role in with_persons
        if named.has_persons(role) and Evaluator(role) in named.evaluators
    }
    return sorted(one for one in pairs if one.person or one.role not in with_persons or one.role in own)


def _is_wanted(one: Evaluator, wanted: Evaluator) -> bool:
    return wanted.role in ("", one.role) and wanted.person in ("", one.person)


def _select(frame: pd.DataFrame, named: Named, one: Evaluator) -> pd.DataFrame:
    if named.roles:
        frame = frame.assign(evaluator=frame["evaluator"].mask(frame["evaluator"] == "", INVESTIGATOR))
    if not any(map(any, named.evaluators)):
        return frame
    mine = frame["evaluator"] == one.role
    if named.has_persons(one.role):
        mine &= frame["evaluator_id"] == one.person
    return frame[mine].reset_index(drop=True)


def _describe_absent(survey: Survey, wanted: Evaluator, asked: str) -> Iterator[Problem]:
    for name, named in (("TU", survey.tu), ("TR", survey.tr), ("RS", survey.rs)):
        there = sorted(one for one in named.evaluators if any(one))
        if there and not any(_is_wanted(one, wanted) or one == Evaluator(wanted.role) for one in there):
            yield Problem(
                "RECIST010",
                f"{name} has no records of evaluator {asked}",
                Severity.WARNING,
                Place(dataset=name, variable=f"{name}EVAL"),
                f"it has those of {', '.join(repr(str(each)) for each in there[:6])}",
            )
