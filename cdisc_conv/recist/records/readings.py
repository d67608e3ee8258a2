"""What each record of TR says of a lesion: its state, its diameter in millimetres, or why it was not assessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.recist.records.frames import Tumours
from cdisc_conv.recist.records.lesions import LESION, NEW, NON_TARGET, TARGET, Lesions, name_groups
from cdisc_conv.recist.settings import RecistSettings

MEASURED, TOO_SMALL, ABSENT, PRESENT = "measured", "too small", "absent", "present"
PROGRESSED, UNEQUIVOCAL, EQUIVOCAL = "progression", "new", "equivocal"
MERGED, NOT_ASSESSED, UNKNOWN = "merged", "not assessed", "not understood"

READING = ["subject", "assessment", "lesion"]


@dataclass(frozen=True, slots=True)
class Readings:
    """`frame`: subject, assessment, lesion, state, mm, why, record, flagged; one row per lesion and assessment.

    `excuses`: subject, assessment, group, why: all lesions of a group were not assessed.
    """

    frame: pd.DataFrame
    excuses: pd.DataFrame
    problems: tuple[Problem, ...]


def read_lesions(tumours: Tumours, lesions: Lesions, settings: RecistSettings) -> Readings:
    """The state of every lesion at every assessment where TR has a record of it.

    Target lesions: the longest diameter, of a node the short axis; "too small to measure" without a number counts 5 mm,
    absent 0 mm. Non-target lesions: their state; a diameter tells absent (0 mm, a node under 10 mm) or present. New
    lesions: unequivocal, equivocal or absent; TU alone tells of one that TR does not have.
    Findings: RECIST007 (a value that is neither a length nor a known word), RECIST009 (records in contradiction).
    """
    tr = tumours.tr.merge(lesions.frame[[*LESION, "group", "nodal"]], how="left", on=LESION, suffixes=("_tr", ""))
    rows = tr[tr["group"].notna() & (tr["assessment"] != "")]
    rows = rows[_is_asked(rows, settings)].reset_index(drop=True)
    read = _read_rows(rows, settings)
    read = _interpret(read, settings)
    problems = [*_describe_unknown(read, settings)]
    unknown = read["state"] == UNKNOWN
    read = read.assign(state=read["state"].mask(unknown, NOT_ASSESSED), why=read["why"].mask(unknown, UNKNOWN))
    chosen = _choose(read)
    problems += _describe_conflicts(read, chosen)
    frame = pd.concat([chosen, _new_of_tu(tumours, lesions, chosen, settings)], ignore_index=True)
    excuses = _read_excuses(tumours.tr, settings)
    return Readings(frame[[*READING, "state", "mm", "why", "record", "flagged"]], excuses, tuple(problems))


def _is_asked(rows: pd.DataFrame, settings: RecistSettings) -> pd.Series:
    """Records of the axis that counts, and of the state."""
    terms = settings.terms
    nodal = rows["nodal"].eq(True)
    axis = np.where(nodal, rows["test"].isin(terms.short_axis), rows["test"].isin(terms.long_axis))
    return rows["test"].isin(terms.state) | pd.Series(axis, index=rows.index)


def _read_rows(rows: pd.DataFrame, settings: RecistSettings) -> pd.DataFrame:
    """State and millimetres of each record, before its lesion's group matters."""
    terms = settings.terms
    words = {
        **dict.fromkeys(terms.not_evaluable, NOT_ASSESSED),
        **dict.fromkeys(terms.merged_state, MERGED),
        **dict.fromkeys(terms.equivocal, EQUIVOCAL),
        **dict.fromkeys(terms.progressed, PROGRESSED),
        **dict.fromkeys(terms.present, PRESENT),
        **dict.fromkeys(terms.absent, ABSENT),
        **dict.fromkeys(terms.too_small, TOO_SMALL),
    }
    original, result = (rows[name].map(words).astype("str") for name in ("original", "result"))
    # The result is in the study's terms; only "too small" may have become a number in it.
    word = result.where(original != TOO_SMALL, TOO_SMALL).fillna(original)
    factor = rows["unit"].map({**terms.units, "": 1.0}).astype("float64")
    number = rows["number"].fillna(pd.to_numeric(rows["result"], errors="coerce")) * factor
    is_state = rows["test"].isin(terms.state)
    number = number.where(~is_state & (number >= 0))
    number = number.mask(number.isna() & (word == TOO_SMALL), settings.limits.too_small_mm)
    number = number.mask(number.isna() & (word == ABSENT), 0.0)
    nothing = (rows["original"] == "") & (rows["result"] == "") & rows["number"].isna()
    not_done = rows["status"].isin(terms.not_done) | nothing
    conditions = [not_done, word == TOO_SMALL, number == 0, number > 0, word.notna()]
    state = np.select(conditions, [NOT_ASSESSED, TOO_SMALL, ABSENT, MEASURED, word.fillna("")], default=UNKNOWN)
    frame = rows[[*READING, "group", "nodal", "test", "original", "result", "unit", "record"]]
    # A lesion is flagged when any of its records is, be it that of its diameter or that of its state.
    frame = frame.assign(flagged=rows.groupby(READING)["flagged"].transform("any"))
    why = rows["reason"].mask(~not_done, "").mask(nothing & (rows["status"] == ""), "no result")
    return frame.assign(state=state, mm=number.mask(not_done), why=why, is_state=is_state)


def _interpret(read: pd.DataFrame, settings: RecistSettings) -> pd.DataFrame:
    """What a state means for a lesion of its group; `rank` tells which record of a lesion to take."""
    group, state, mm = read["group"], read["state"], read["mm"]
    target, new = group == TARGET, group == NEW
    normal = read["nodal"].eq(True) & (mm < settings.limits.normal_node_mm) & (group == NON_TARGET)
    measured = state.isin([MEASURED, TOO_SMALL])
    vague = target & state.isin([PRESENT, PROGRESSED, EQUIVOCAL])
    meaning = np.select(
        [vague, normal, (group == NON_TARGET) & measured, (group == NON_TARGET) & (state == EQUIVOCAL)],
        [NOT_ASSESSED, ABSENT, PRESENT, PRESENT],
        default=state,
    )
    is_there = new & (measured | state.isin([PRESENT, PROGRESSED]))
    meaning = np.where(is_there, UNEQUIVOCAL, meaning)
    why = read["why"].mask(vague, "not measured")
    told = ~pd.Series(meaning, index=read.index).isin([NOT_ASSESSED, UNKNOWN])
    # Of a target lesion the diameter counts, of the others the state.
    rank = np.select([~told, target == read["is_state"]], [2, 1], default=0)
    return read.assign(state=meaning, why=why, rank=rank)


def _choose(read: pd.DataFrame) -> pd.DataFrame:
    """The record that tells most of a lesion; of equals the last one."""
    ordered = read.sort_values([*READING, "rank", "record"], ascending=[True, True, True, True, False], kind="stable")
    return ordered.drop_duplicates(READING, ignore_index=True)


def _new_of_tu(tumours: Tumours, lesions: Lesions, chosen: pd.DataFrame, settings: RecistSettings) -> pd.DataFrame:
    """New lesions that TU identifies and TR does not have."""
    new = lesions.frame.loc[lesions.frame["in_tu"] & (lesions.frame["group"] == NEW), LESION]
    tu = tumours.tu[tumours.tu["test"].isin(settings.terms.identified)].merge(new, on=LESION)
    known = set(chosen["subject"] + "\0" + chosen["lesion"])
    tu = tu[~(tu["subject"] + "\0" + tu["lesion"]).isin(known) & (tu["lesion"] != "") & (tu["assessment"] != "")]
    doubtful = tu["original"].isin(settings.terms.equivocal)
    state = np.where(doubtful, EQUIVOCAL, UNEQUIVOCAL)
    rows = tu[READING].assign(state=state, mm=np.nan, why="", record=0, flagged=False)
    return rows.drop_duplicates(READING)


def _read_excuses(tr: pd.DataFrame, settings: RecistSettings) -> pd.DataFrame:
    terms = settings.terms
    rows = tr[tr["test"].isin(terms.everything) & tr["status"].isin(terms.not_done)]
    frame = rows[["subject", "assessment"]].assign(group=name_groups(rows["group"], terms), excuse=rows["reason"])
    # A record that names no group speaks of all lesions.
    frame = frame.assign(group=frame["group"].map(lambda group: [group] if group else [TARGET, NON_TARGET, NEW]))
    frame = frame.explode("group").astype({"group": "str"})
    return frame.drop_duplicates(["subject", "assessment", "group"], ignore_index=True)


def _describe_unknown(read: pd.DataFrame, settings: RecistSettings) -> Iterable[Problem]:
    """One finding per value that is not understood."""
    unknown = read[read["state"] == UNKNOWN]
    strange = (unknown["unit"] != "") & ~unknown["unit"].isin(settings.terms.units)
    value = unknown["result"].where(unknown["result"] != "", unknown["original"])
    value = value.mask(strange, value + " " + unknown["unit"])
    for (test, text), rows in unknown.assign(value=value).groupby(["test", "value"]):
        records = tuple(int(record) for record in rows["record"].head(SHOWN_ROWS))
        yield Problem(
            "RECIST007",
            f"{test} {str(text)!r} is neither a length nor a known word: those lesions count as not assessed",
            Severity.WARNING,
            Place(dataset="TR", variable="TRSTRESC", rows=records),
            "if it is right, add the word to 'settings: recist: terms' of study.yaml",
            value=str(text),
            count=len(rows),
        )


def _describe_conflicts(read: pd.DataFrame, chosen: pd.DataFrame) -> Iterable[Problem]:
    best = read.merge(chosen[[*READING, "rank"]], on=[*READING, "rank"])
    best = best[best["rank"] < 2].assign(said=best["result"].where(best["result"] != "", best["original"]))
    kinds = best.groupby(READING)[["state", "mm"]].transform("nunique", dropna=False).max(axis=1)
    for (subject, assessment, lesion), rows in best[kinds > 1].sort_values("record").groupby(READING):
        yield Problem(
            "RECIST009",
            f"subject {subject}, {assessment}: lesion {lesion} has results that contradict each other "
            f"({', '.join(rows['said'])}); the last record counts",
            Severity.WARNING,
            Place(dataset="TR", variable="TRSTRESC", rows=tuple(map(int, rows["record"].head(SHOWN_ROWS)))),
            "keep one record per lesion, assessment and evaluator",
            count=len(rows),
        )
