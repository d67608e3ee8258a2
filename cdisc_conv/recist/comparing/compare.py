"""The derived responses beside those of RS, and every difference as a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.recist.comparing.recorded import NAMES, NOT_DONE, PARTS, spread_responses
from cdisc_conv.recist.comparing.words import describe_measurements
from cdisc_conv.recist.deriving.assessments import KEY
from cdisc_conv.recist.deriving.derive import UNCERTAIN, UNKNOWN
from cdisc_conv.recist.settings import RecistSettings
from cdisc_conv.recist.tables import NE, NO, YES, look_up_overall

CODES: Mapping[str, str] = {
    "target": "RECIST001",
    "non_target": "RECIST002",
    "new": "RECIST003",
    "overall": "RECIST004",
}

NOT_APPLICABLE = "NA"
DOUBTS = ("U", "UNKNOWN", "NE", "EQUIVOCAL", "UNDETERMINED")
"""What RS may say of new lesions beside N when nothing certain was seen, or nothing assessed."""


def add_recorded(frame: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """The assessments with recorded_X and record_X of RS, and differs_X, for target, non_target, new and overall.

    ``accepted`` tells whether the overall response is marked as accepted.

    A part that RS does not have is not compared. What agrees though it is not the same word: NE with "not done"; no
    lesions at baseline with "NA"; no certain new lesion with N or any doubt; a new lesion that is known from an earlier
    assessment with N.
    """
    frame = frame.join(spread_responses(responses), on=KEY)
    accepted = frame["accepted"].eq(True)
    said = {f"recorded_{part}": frame[f"recorded_{part}"].astype("str").fillna("") for part in PARTS}
    where = {f"record_{part}": frame[f"record_{part}"].fillna(0).astype("int64") for part in PARTS}
    frame = frame.assign(**said, accepted=accepted).assign(**where)
    compared = frame["has_records"] & (frame["number"] > 0)
    return frame.assign(**{f"differs_{part}": compared & ~_agrees(frame, part) for part in PARTS})


def list_disagreements(frame: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """One row per difference.

    Columns: subject, assessment, number, date, part, derived, recorded, reason, measurements, hint, row (in RS).
    """
    rows = []
    by_table = _look_up_recorded(frame)
    has_parts = (frame[["recorded_target", "recorded_non_target", "recorded_new"]] != "").any(axis=1)
    for part in PARTS:
        there = frame[frame[f"differs_{part}"]]
        found = there[[*KEY, "number", "date"]].assign(
            part=part,
            derived=there[part].where(there[part] != "", "no such lesions"),
            recorded=there[f"recorded_{part}"],
            reason=there[f"reason_{part}"],
            row=there[f"record_{part}"],
            by_table=by_table[there.index].where(has_parts & (part == "overall"), ""),
        )
        rows.append(found)
    found = pd.concat(rows)
    found = found.assign(measurements=describe_measurements(grid, found), order=found["part"].map(PARTS.index))
    found = found.sort_values(["subject", "number", "order"], kind="stable", ignore_index=True)
    return found.assign(hint=_hints(found)).drop(columns=["by_table", "order"])


def describe_disagreements(found: pd.DataFrame) -> Iterator[Problem]:
    """The differences as findings (warnings RECIST001 to RECIST004)."""
    for row in found.to_dict("records"):
        message = (
            f"subject {row['subject']}, {_name_moment(row)}: the {NAMES[row['part']]} is recorded as "
            f"{row['recorded']}, the measurements give {row['derived']}"
        )
        behind = "; ".join(filter(None, (row["reason"], row["measurements"])))
        message += f": {behind}" if behind else ""
        place = Place(dataset="RS", variable="RSSTRESC", rows=(row["row"],))
        yield Problem(CODES[row["part"]], message, Severity.WARNING, place, row["hint"], value=row["recorded"])


def _name_moment(row: Mapping[Any, Any]) -> str:
    """The assessment with its date, where it has one that its name does not hold."""
    name, date = str(row["assessment"]), str(row["date"])
    return name if date in name else f"{name} ({date})"


@dataclass(frozen=True)
class Gaps:
    """The assessments that only one side knows, of some subjects or of several groups of them together."""

    silent: pd.DataFrame
    """Those without an overall response in RS: subject, assessment, date, overall."""
    alone: pd.DataFrame
    """Those of RS alone: subject, assessment, recorded_overall, record_overall."""
    has_responses: bool
    has_records: bool
    """Whether TU or TR have any record."""

    @classmethod
    def find(cls, frame: pd.DataFrame, responses: pd.DataFrame) -> Gaps:
        """The gaps in some assessments and their responses."""
        assessed = frame["has_records"] & (frame["number"] > 0) & (frame["assessed"] > 0)
        alone = ~frame["has_records"] & ~frame["recorded_overall"].isin(["", NOT_DONE])
        return cls(
            frame.loc[assessed & (frame["recorded_overall"] == ""), [*KEY, "date", "overall"]],
            frame.loc[alone, [*KEY, "recorded_overall", "record_overall"]],
            not responses.empty,
            bool(frame["has_records"].any()),
        )

    def __add__(self, other: Gaps) -> Gaps:
        return Gaps(
            pd.concat([self.silent, other.silent], ignore_index=True),
            pd.concat([self.alone, other.alone], ignore_index=True),
            self.has_responses or other.has_responses,
            self.has_records or other.has_records,
        )


def describe_gaps(gaps: Gaps, settings: RecistSettings, who: str = "") -> Iterator[Problem]:
    """Assessments that only one side knows, as notes: RECIST005 without a response, RECIST006 without measurements."""
    silent, alone = gaps.silent, gaps.alone
    if len(silent) and not gaps.has_responses:
        message = f"RS has no responses by {settings.terms.criteria[0]}" + (f" of evaluator {who}" if who else "")
        number = f"{len(silent):,} assessment{' has' if len(silent) == 1 else 's have'}"
        hint = f"{number} measurements; see 'settings: recist: terms' for what RS is asked for"
        yield Problem("RECIST005", message, Severity.NOTE, Place(dataset="RS"), hint, count=len(silent))
        return
    for row in silent.to_dict("records"):
        yield Problem(
            "RECIST005",
            f"subject {row['subject']}, {_name_moment(row)}: RS has no overall response; "
            f"the measurements give {row['overall'] or 'none'}",
            Severity.NOTE,
            Place(dataset="RS"),
        )
    if len(alone) and not gaps.has_records:
        message = "TU and TR have no lesions of this evaluator, so that nothing can be derived"
        hint = f"RS has overall responses of {len(alone):,} assessment{'' if len(alone) == 1 else 's'}"
        yield Problem("RECIST006", message, Severity.NOTE, Place(dataset="TR"), hint, count=len(alone))
        return
    for row in alone.to_dict("records"):
        yield Problem(
            "RECIST006",
            f"subject {row['subject']}, {row['assessment']}: the overall response is recorded as "
            f"{row['recorded_overall']}, but TU and TR have no record of the assessment",
            Severity.NOTE,
            Place(dataset="RS", variable="RSSTRESC", rows=(row["record_overall"],)),
        )


def _agrees(frame: pd.DataFrame, part: str) -> pd.Series:
    derived, recorded = frame[part], frame[f"recorded_{part}"]
    same = (recorded == "") | (recorded == derived) | ((derived == NE) & (recorded == NOT_DONE))
    if part == "new":
        doubt = derived.isin([NO, UNCERTAIN, UNKNOWN]) & recorded.isin([NO, NOT_DONE, NOT_APPLICABLE, *DOUBTS])
        return same | doubt | ((derived == YES) & frame["carried"] & (recorded == NO))
    no_lesions = (derived == "") & recorded.isin([NOT_APPLICABLE, NOT_DONE])
    # With neither target nor non-target lesions at baseline no table tells the overall response.
    return same | no_lesions | (derived == "" if part == "overall" else False)


def _look_up_recorded(frame: pd.DataFrame) -> pd.Series:
    """The overall response that the tables give for the recorded parts; a part that is not recorded is as derived."""
    parts = {}
    for part in ("target", "non_target", "new"):
        recorded = frame[f"recorded_{part}"].replace({NOT_APPLICABLE: "", NOT_DONE: NE})
        parts[part] = frame[part].where(frame[f"recorded_{part}"] == "", recorded)
    certain = parts["new"].eq(YES).map({True: YES, False: NO})
    return look_up_overall(parts["target"], parts["non_target"], certain)["overall"]


def _hints(found: pd.DataFrame) -> pd.Series:
    """What to do about each difference."""
    hint = pd.Series("check the measurements against the images, then correct either side", index=found.index)
    same = found["by_table"] == found["derived"]
    hint = hint.mask(same, "the parts as recorded give " + found["derived"] + " too: correct the overall response")
    follows = found["by_table"] == found["recorded"]
    return hint.mask(follows, "it follows from the parts as recorded: settle those first").astype("str")
