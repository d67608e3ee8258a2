"""The cross-check: from TU and TR to responses, and from those to what RS says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.recist.comparing.compare import (
    CODES,
    Gaps,
    add_recorded,
    describe_disagreements,
    describe_gaps,
    list_disagreements,
)
from cdisc_conv.recist.comparing.counts import Counts
from cdisc_conv.recist.comparing.recorded import describe_repeats, select_responses
from cdisc_conv.recist.comparing.words import explain_responses, format_mm
from cdisc_conv.recist.deriving.assessments import KEY, list_assessments
from cdisc_conv.recist.deriving.baselines import place_baselines
from cdisc_conv.recist.deriving.derive import TOLERANCE, derive_responses
from cdisc_conv.recist.deriving.grid import build_grid
from cdisc_conv.recist.records.evaluators import (
    Evaluator,
    Survey,
    choose_evaluators,
    describe_acceptance,
    select_evaluator,
    select_reviewed,
)
from cdisc_conv.recist.records.frames import Tumours, open_tumours
from cdisc_conv.recist.records.lesions import LESION, NEW, find_lesions
from cdisc_conv.recist.records.readings import EQUIVOCAL, UNEQUIVOCAL, read_lesions
from cdisc_conv.recist.records.visits import name_assessments
from cdisc_conv.recist.settings import RecistSettings

MOST_RECORDS = 100_000
"""Of TU, TR and RS together, as many as are checked at a time."""
SHOWN = 500
"""Disagreements that are held where there are more records."""
SHOWN_SUBJECTS = 1_000
"""Subjects whose assessments and lesions are held then: those with disagreements first."""


@dataclass(frozen=True, slots=True)
class ResponseCheck:
    """What was derived and compared for one evaluator; the frames are not to be changed.

    ``assessments``: one row per subject and assessment in order: subject, assessment, visit, date, number (0 is the
    baseline), has_records, the sums and changes of `derive_responses`, target, non_target, new, overall, and for each
    of these reason_X (words), recorded_X (as in RS, "" for none), record_X (record in RS) and differs_X (bool);
    accepted (bool, the overall response in RS is marked as accepted).
    ``lesions``: one row per assessment and lesion that was due then: subject, assessment, number, lesion, group, nodal,
    location, unit, state, mm, why, counted (mm in the sum), missing, record (in TR).
    ``disagreements``: subject, assessment, number, date, part, derived, recorded, reason, measurements, hint, row.
    ``counts``: of all assessments. ``problems``: the findings about this evaluator's records.

    Where there are more than `MOST_RECORDS` records, the frames have those of the first subjects only (`SHOWN`,
    `SHOWN_SUBJECTS`), and the counts and the problems are of all.
    """

    evaluator: Evaluator
    settings: RecistSettings
    assessments: pd.DataFrame
    lesions: pd.DataFrame
    disagreements: pd.DataFrame
    counts: Counts
    problems: tuple[Problem, ...]

    @property
    def compared(self) -> int:
        """Number of assessments with an overall response on both sides."""
        return self.counts.compared["overall"]

    @property
    def agreeing(self) -> int:
        """How many of these say the same."""
        return self.compared - self.counts.differing["overall"]

    @property
    def accepted(self) -> int:
        """Number of overall responses in RS that are marked as accepted (RSACPTFL)."""
        return self.counts.accepted


@dataclass(frozen=True)
class _Part:
    """What was found of one evaluator in some subjects, or in several groups of them."""

    assessments: pd.DataFrame
    lesions: pd.DataFrame
    disagreements: pd.DataFrame
    reviewed: pd.DataFrame
    counts: Counts
    gaps: Gaps
    problems: tuple[tuple[Problem, ...], ...]
    """The findings but for the gaps, kind by kind."""
    accepted: frozenset[int]
    """The records of RS with accepted responses that are disagreements."""

    def __add__(self, other: _Part) -> _Part:
        """Both, with those rows of frames that are shown."""
        counts = self.counts + other.counts
        shown = counts.list_first(SHOWN_SUBJECTS)
        return _Part(
            _stack([self.assessments, other.assessments], shown),
            _stack([self.lesions, other.lesions], shown),
            pd.concat([self.disagreements, other.disagreements], ignore_index=True).head(SHOWN),
            pd.concat([self.reviewed, other.reviewed], ignore_index=True),
            counts,
            self.gaps + other.gaps,
            tuple(_join_alike(*kind) for kind in zip(self.problems, other.problems, strict=True)),
            self.accepted | other.accepted,
        )


def _stack(frames: Sequence[pd.DataFrame], subjects: Collection[str]) -> pd.DataFrame:
    """The rows of some subjects."""
    return pd.concat([frame[frame["subject"].isin(subjects)] for frame in frames], ignore_index=True)


def _join_alike(one: tuple[Problem, ...], other: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The findings of both; of those about the same value, which name no subject, there is one."""
    joined = {(each.code, each.message, each.hint): each for each in one}
    for each in other:
        key = (each.code, each.message, each.hint)
        before = joined.get(key)
        if before is not None:
            rows = (*before.place.rows, *each.place.rows)[:SHOWN_ROWS]
            each = replace(before, place=replace(before.place, rows=rows), count=before.count + each.count)
        joined[key] = each
    return tuple(joined.values())


def check_responses(
    datasets: Iterable[Dataset] | Mapping[str, pd.DataFrame],
    settings: RecistSettings | None = None,
    most: int = MOST_RECORDS,
) -> tuple[tuple[ResponseCheck, ...], tuple[Problem, ...]]:
    """Derive the responses of each evaluator from TU and TR, compare them with RS, and report every difference.

    `datasets`: finished datasets, or frames by name; only TU, TR and RS are read, and any of them may be missing.
    Every evaluator is checked alone (`choose_evaluators`); without tumours and responses there is no check at all.
    Records are read subject by subject, about `most` of them at a time, so that memory does not grow with the study.
    The findings are those of all evaluators; with several of them a message begins with the evaluator.
    Warnings RECIST001 (target response), RECIST002 (non-target), RECIST003 (new lesions), RECIST004 (overall),
    RECIST007 (value not understood), RECIST008 (target lesion without baseline), RECIST009 and RECIST014 (records in
    contradiction), RECIST010 (dataset not usable), RECIST012 (sum of diameters recorded otherwise), RECIST015 (record
    of one of several assessments), RECIST016 (not exactly one accepted response), RECIST017 (several baselines); notes
    RECIST005 and RECIST006 (assessment that only one side has), RECIST013 (equivocal lesion that proved to be new).

    >>> tu = pd.DataFrame({"USUBJID": ["1"], "TULNKID": ["T01"], "TUTESTCD": ["TUMIDENT"], "TUSTRESC": ["TARGET"]})
    >>> tr = pd.DataFrame({"USUBJID": ["1", "1"], "TRGRPID": ["TARGET"] * 2, "TRLNKID": ["T01"] * 2,
    ...                    "TRTESTCD": ["LDIAM"] * 2, "TRSTRESC": ["40", "26"], "VISITNUM": [1, 2]})
    >>> rs = pd.DataFrame({"USUBJID": ["1"], "RSTESTCD": ["OVRLRESP"], "RSSTRESC": ["SD"], "VISITNUM": [2]})
    >>> (result,), problems = check_responses({"TU": tu, "TR": tr, "RS": rs})
    >>> result.assessments[["sum", "target", "overall", "recorded_overall"]].to_dict("records")[1]
    {'sum': 26.0, 'target': 'PR', 'overall': 'PR', 'recorded_overall': 'SD'}
    >>> print(problems[0])
    RS.RSSTRESC row 1: RECIST004 subject 1, 2: the overall response is recorded as SD, the measurements give PR: \
table 1 row 4 (target PR, new lesions N); sum 26 mm; -35.0 % from baseline 40 mm; -35.0 % (-14 mm) from nadir 40 mm; \
T01 26 mm (check the measurements against the images, then correct either side)
    """
    settings = settings or RecistSettings()
    sources, problems = open_tumours(datasets, settings)
    survey = Survey.of(sources)
    evaluators, absent = choose_evaluators(survey, settings)
    parts: dict[Evaluator, _Part] = {}
    for tumours in sources.stream(most):
        for who in evaluators:
            part = _check_part(select_evaluator(tumours, survey, who), survey.goes_by_groups(who), settings)
            if len(part.assessments):
                parts[who] = parts[who] + part if who in parts else part
    checks = [_describe_part(parts[who], who, settings, len(parts) > 1) for who in evaluators if who in parts]
    found = [problem for check in checks for problem in check.problems]
    if checks and not settings.evaluator_id:
        found += describe_acceptance(pd.concat([parts[check.evaluator].reviewed for check in checks]))
    return tuple(checks), (*problems, *absent, *found)


def _check_part(tumours: Tumours, by_group: bool, settings: RecistSettings) -> _Part:
    """The records of one evaluator of some subjects."""
    lesions = find_lesions(tumours, settings)
    tumours, unplaced = name_assessments(tumours, by_group)
    responses = select_responses(tumours, settings)
    assessments = list_assessments(tumours, lesions, responses)
    readings, several = place_baselines(read_lesions(tumours, lesions, settings), lesions, assessments)
    grid, problems = build_grid(tumours, lesions, readings, assessments)
    derived = derive_responses(assessments, grid, settings)
    frame = add_recorded(explain_responses(derived, grid, settings), responses)
    disagreements = list_disagreements(frame, grid)
    found = (
        unplaced,
        readings.problems,
        several,
        problems,
        tuple(describe_disagreements(disagreements)),
        tuple(_describe_sums(tumours, frame, settings)),
        tuple(describe_repeats(responses)),
        tuple(_describe_proven(grid, frame)),
    )
    accepted = frame.loc[frame["accepted"] & frame["differs_overall"], "record_overall"]
    return _Part(
        frame,
        grid,
        disagreements,
        select_reviewed(responses),
        Counts.of(frame),
        Gaps.find(frame, responses),
        found,
        frozenset(accepted.tolist()),
    )


def _describe_part(part: _Part, evaluator: Evaluator, settings: RecistSettings, several: bool) -> ResponseCheck:
    """All of one evaluator together; `several` when there are others."""
    *kinds, proven = part.problems
    gaps = describe_gaps(part.gaps, settings, str(evaluator))
    problems = (*(problem for kind in kinds for problem in kind), *gaps, *proven)
    named = tuple(_name_evaluator(problems, evaluator, part.accepted)) if several else problems
    return ResponseCheck(evaluator, settings, part.assessments, part.lesions, part.disagreements, part.counts, named)


def _name_evaluator(problems: Iterable[Problem], evaluator: Evaluator, accepted: Collection[int]) -> Iterator[Problem]:
    """The findings with the evaluator in front, and whether it is the accepted assessment that they are about."""
    for problem in problems:
        is_accepted = problem.code == CODES["overall"] and problem.place.rows[0] in accepted
        mark = " (accepted)" if is_accepted else ""
        yield replace(problem, message=f"{evaluator}{mark}: {problem.message}")


def _describe_sums(tumours: Tumours, frame: pd.DataFrame, settings: RecistSettings) -> Iterator[Problem]:
    """RECIST012: TR has another sum of diameters than its lesions make."""
    recorded = tumours.tr[tumours.tr["test"].isin(settings.terms.sum) & tumours.tr["number"].notna()]
    recorded = recorded[[*KEY, "number", "record"]].set_axis([*KEY, "said", "place"], axis=1)
    both = recorded.merge(frame[[*KEY, "sum", "targets_missing"]], on=KEY)
    both = both[both["sum"].notna() & ((both["said"] - both["sum"]).abs() > TOLERANCE * both["sum"])]
    said, made = format_mm(both["said"]), format_mm(both["sum"])
    for row, text, own in zip(both.to_dict("records"), said, made, strict=True):
        yield Problem(
            "RECIST012",
            f"subject {row['subject']}, {row['assessment']}: the sum of diameters is recorded as {text} mm, "
            f"the lesions make {own} mm",
            Severity.WARNING,
            Place(dataset="TR", variable="TRSTRESN", rows=(row["place"],)),
            "correct the sum or the diameters",
            value=text,
        )


def _describe_proven(grid: pd.DataFrame, frame: pd.DataFrame) -> Iterator[Problem]:
    """RECIST013: a lesion that was equivocal proved to be new, which dates the progression back (section 4.3.5)."""
    new = grid[grid["group"] == NEW]
    doubt = new[new["state"] == EQUIVOCAL].groupby(LESION)["number"].min().rename("doubt")
    proof = new[new["state"] == UNEQUIVOCAL].groupby(LESION)["number"].min().rename("proof")
    both = pd.concat([doubt, proof], axis=1).dropna()
    both = both[both["doubt"] < both["proof"]].astype("int64").reset_index()
    names = frame.drop_duplicates(["subject", "number"]).set_index(["subject", "number"])["assessment"]
    for row in both.to_dict("records"):
        first, last = (str(names.at[row["subject"], row[number]]) for number in ("doubt", "proof"))
        yield Problem(
            "RECIST013",
            f"subject {row['subject']}: lesion {row['lesion']} was equivocal at {first} and is new at {last}; "
            f"RECIST 1.1 (4.3.5) dates the progression at {first}",
            Severity.NOTE,
            Place(dataset="TU", variable="TULNKID"),
            value=str(row["lesion"]),
        )
