"""Which records belong to one assessment: those of a visit; of a visit that took place twice, those of its dates."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cdisc_conv.columns.moments import read_moments
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.recist.records.frames import Tumours

REPEAT_DAYS = 7
"""A lesion that is measured again at the same visit more than so many days later was assessed again."""

VISIT = ["subject", "visit_key"]
SLOT = ["subject", "slot"]


def name_assessments(tumours: Tumours, by_group: bool) -> tuple[Tumours, tuple[Problem, ...]]:
    """The records of one evaluator with `assessment`, the name of the assessment that they belong to ("" for none).

    Where TR and RS have --LNKGRP (`by_group`), that is the assessment. Else a visit is its number (VISITNUM), or its
    text where there is no number, and both where TR gives one number several texts. A visit at which a lesion is
    measured again more than `REPEAT_DAYS` later is several assessments, distinguished by their dates. Records of TU and
    RS join an assessment of TR at their visit: where there are several, the one whose measurements are nearest to their
    date. An assessment has the name of its visit, with the visit number or the date where a subject has several visits
    of that name. Findings (RECIST015, warnings): records that may belong to any of several assessments; they belong to
    none.
    """
    tu, tr, rs = (_add_visits(frame, tumours.tr) for frame in (tumours.tu, tumours.tr, tumours.rs))
    tr = _split_visits(tr)
    if by_group:
        tr, rs = _take_groups(tr), _take_groups(rs)
    slots = {"TU": _place(tu, tr), "TR": tr, "RS": _place(rs, tr)}
    names = _name_slots(pd.concat([slots["TR"], slots["RS"], slots["TU"]], ignore_index=True), by_group)
    problems = tuple(problem for name, frame in slots.items() for problem in _describe_unplaced(frame, name))
    columns = list(tumours.tr.columns)
    placed = {name: _name(frame, names)[columns] for name, frame in slots.items()}
    return Tumours(placed["TU"], placed["TR"], placed["RS"]), problems


def _add_visits(frame: pd.DataFrame, tr: pd.DataFrame) -> pd.DataFrame:
    """The records with `visit_key`, `visit_text` (in capitals) and `day` (NaT without a whole date).

    A record without a number has the one that TR gives its text, when there is exactly one.
    """
    text = frame["visit"].str.upper()
    known = tr.loc[(tr["visit"] != "") & tr["visit_number"].notna(), ["subject", "visit", "visit_number"]]
    known = known.assign(visit=known["visit"].str.upper()).drop_duplicates()
    single = known[~known.duplicated(["subject", "visit"], keep=False)]
    found = frame[["subject"]].assign(visit=text).merge(single, how="left", on=["subject", "visit"])["visit_number"]
    number = frame["visit_number"].fillna(found.set_axis(frame.index))
    shared = known[known.duplicated(["subject", "visit_number"], keep=False)]
    of_several = pd.MultiIndex.from_arrays([frame["subject"], number]).isin(
        pd.MultiIndex.from_frame(shared[["subject", "visit_number"]])
    )
    numeral = _format_number(number)
    key = numeral.mask(of_several | number.isna().to_numpy(), numeral + "\0" + text)
    day = pd.Series(pd.to_datetime(read_moments(frame["date"]).days, unit="D"), index=frame.index)
    return frame.assign(visit_key=key, visit_text=text, visit_number=number, day=day, slot="")


def _format_number(number: pd.Series) -> pd.Series:
    return number.map({value: write_number(value) for value in number.dropna().unique()}).astype("str").fillna("")


def _split_visits(tr: pd.DataFrame) -> pd.DataFrame:
    """TR with `slot`: the visit, and a number where it is several assessments; missing where it cannot be known."""
    item = [*VISIT, "lesion", "test"]
    dated = tr[tr["day"].notna() & (tr["lesion"] != "")].drop_duplicates([*item, "day"]).sort_values("day")
    again = dated.groupby(item)["day"].diff().dt.days > REPEAT_DAYS
    starts = dated.loc[again, [*VISIT, "day"]].drop_duplicates().sort_values("day", kind="stable")
    # Lesions that are measured again within some days of each other start one assessment together.
    starts = starts[~(starts.groupby(VISIT)["day"].diff().dt.days <= REPEAT_DAYS)]
    starts = starts.assign(part=starts.groupby(VISIT).cumcount() + 1)
    asked = tr.loc[tr["day"].notna(), [*VISIT, "day"]].reset_index(names="place").sort_values("day", kind="stable")
    part = pd.merge_asof(asked, starts, on="day", by=VISIT).set_index("place")["part"]
    part = part.reindex(tr.index).fillna(0).astype("int64")
    split = pd.MultiIndex.from_frame(tr[VISIT]).isin(pd.MultiIndex.from_frame(starts[VISIT]))
    slot = tr["visit_key"] + "\0" + part.astype("str")
    return tr.assign(slot=slot.mask(split & tr["day"].isna().to_numpy()))


def _take_groups(frame: pd.DataFrame) -> pd.DataFrame:
    group = frame["assessment"]
    return frame.assign(slot=frame["slot"].mask(group != "", "\0\0" + group))


def _place(frame: pd.DataFrame, tr: pd.DataFrame) -> pd.DataFrame:
    """The records with the slot of TR at their visit; a visit that TR does not have is a slot of its own."""
    asked = frame[frame["slot"] == ""]
    known = tr[tr["slot"].notna()]
    by_key = _list_candidates(asked, known, "visit_key")
    rest = asked[~asked.index.isin(by_key["place"]) & (asked["visit_text"] != "")]
    # Visits with two numbers are two visits, whatever their texts.
    numbered = rest["visit_number"].notna()
    by_text = [
        _list_candidates(rest[~numbered], known, "visit_text"),
        _list_candidates(rest[numbered], known[known["visit_number"].isna()], "visit_text"),
    ]
    found = pd.concat([by_key, *by_text], ignore_index=True)
    nearest = found[found["apart"] == found.groupby("place")["apart"].transform("min")]
    sure = nearest[~nearest.duplicated("place", keep=False)].set_index("place")["slot"]
    own = frame["slot"].where(frame["slot"] != "", frame["visit_key"] + "\0" + "0")
    has_candidates = frame.index.isin(found["place"])
    return frame.assign(slot=own.where(~has_candidates, sure.reindex(frame.index)))


def _list_candidates(asked: pd.DataFrame, known: pd.DataFrame, key: str) -> pd.DataFrame:
    """place, slot and `apart` for each slot of TR at the visit of a record; `apart`: days between, 0 where unknown."""
    by = ["subject", key]
    spans = known.groupby([*by, "slot"], as_index=False).agg(first=("day", "min"), last=("day", "max"))
    pairs = asked[[*by, "day"]].reset_index(names="place").merge(spans, on=by)
    before = (pairs["first"] - pairs["day"]).dt.days.clip(lower=0)
    after = (pairs["day"] - pairs["last"]).dt.days.clip(lower=0)
    apart = before.where(before > after, after)
    return pairs[["place", "slot"]].assign(apart=apart.fillna(0).astype("float64"))


def _name_slots(records: pd.DataFrame, by_group: bool) -> pd.DataFrame:
    """subject, slot and name: the text of the visit, with number or date where the subject has it several times."""
    records = records[records["slot"].notna()]
    records = records.assign(number=_format_number(records["visit_number"]))
    records = records.assign(text=records["visit"].where(records["visit"] != "", records["number"]))
    slots = records.groupby(SLOT, as_index=False, sort=False).agg(
        text=("text", "first"), number=("number", "first"), day=("day", "min"), group=("assessment", "first")
    )
    folded = slots.assign(text=slots["text"].str.upper())
    repeated = folded.duplicated(["subject", "text"], keep=False)
    same_number = folded.duplicated(["subject", "text", "number"], keep=False) | (slots["number"] == "")
    day = slots["day"].dt.strftime("%Y-%m-%d").astype("str").fillna("no date")
    mark = slots["number"].where(~same_number, day)
    name = slots["text"].mask(repeated & (mark != slots["text"]), slots["text"] + " (" + mark + ")")
    is_group = slots["slot"].str.startswith("\0\0") & by_group
    return slots[SLOT].assign(assessment=name.mask(is_group, slots["group"]))


def _name(frame: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    name = frame[SLOT].merge(names, how="left", on=SLOT)["assessment"].set_axis(frame.index)
    return frame.assign(assessment=name.where(frame["slot"].notna()).fillna("").astype("str"))


def _describe_unplaced(frame: pd.DataFrame, dataset: str) -> Iterator[Problem]:
    """RECIST015, one per subject and visit."""
    unplaced = frame[frame["slot"].isna()].sort_values("record")
    for (subject, _), rows in unplaced.groupby(VISIT, sort=False):
        visit = str(rows["visit"].iat[0] or _format_number(rows["visit_number"]).iat[0])
        yield Problem(
            "RECIST015",
            f"subject {subject}, {visit}: TR has several assessments at this visit, and "
            f"{len(rows)} record{'' if len(rows) == 1 else 's'} of {dataset} may belong to any of them; not used",
            Severity.WARNING,
            Place(dataset=dataset, variable=f"{dataset}DTC", rows=tuple(map(int, rows["record"].head(SHOWN_ROWS)))),
            f"give the whole date, a VISITNUM for each assessment, or {dataset}LNKGRP",
            count=len(rows),
        )
