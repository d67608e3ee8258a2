"""The assessments of each subject, in order, and which of them is the baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.calendar import DAY
from cdisc_conv.columns.moments import find_instants, read_moments
from cdisc_conv.recist.records.frames import Tumours
from cdisc_conv.recist.records.lesions import LESION, NEW, NON_TARGET, TARGET, Lesions

KEY = ["subject", "assessment"]
_TIME = r"T[^/]*"


def list_assessments(tumours: Tumours, lesions: Lesions, responses: pd.DataFrame) -> pd.DataFrame:
    """One row per subject and assessment: subject, assessment, visit, date, number, baseline, has_records.

    They come from TR, from the new lesions of TU and from the responses (`has_records` tells that TR or TU know them).
    ``date`` is the earliest date of the measurements. The order is that of the dates; an assessment without a complete
    date that the calendar has stands behind the one before it by visit number. ``number`` counts from the baseline,
    which is 0: the last assessment with a flagged record of a target or non-target lesion in TR, or in TU where TR has
    none, else the first.
    """
    known = lesions.frame[[*LESION, "group"]].rename(columns={"group": "lesion_group"})
    tr, tu = (frame.merge(known, how="left", on=LESION) for frame in (tumours.tr, tumours.tu))
    tu = _flag_where_silent(tu, tr)
    measured = pd.concat([tr, tu[(tu["lesion_group"] == NEW) | tu["flagged"]]], ignore_index=True)
    measured = measured.assign(has_records=True)
    everything = pd.concat([measured, responses.assign(has_records=False)], ignore_index=True)
    everything = everything[(everything["subject"] != "") & (everything["assessment"] != "")]
    flagged = everything["flagged"] & everything["lesion_group"].isin([TARGET, NON_TARGET])
    everything = _add_moments(everything.assign(flagged=flagged))
    of_records = everything.sort_values("has_records", ascending=False, kind="stable").groupby(KEY, sort=False)
    frame = of_records.agg(
        visit=("visit", "first"),
        visit_number=("visit_number", "min"),
        has_records=("has_records", "any"),
        flagged=("flagged", "any"),
    )
    everything = everything.sort_values(["exact", "date"], kind="stable")
    dated = everything[everything["has_records"]].groupby(KEY)[["date", "exact"]].first()
    responded = everything.groupby(KEY)[["date", "exact"]].first()
    dates = dated.reindex(frame.index).combine_first(responded)
    return _put_in_order(frame.join(dates).reset_index())


def _add_moments(records: pd.DataFrame) -> pd.DataFrame:
    """The records with `exact`, the seconds by which their complete dates are in order, and `date` without its time.

    The dates are in order by their days, and by their instants where all dates of the subject have UTC offsets. A date
    that is partial, uncertain or impossible has no place in that order (NaN).
    """
    moments = read_moments(records["date"])
    subject, subjects = pd.factorize(records["subject"])
    instants = find_instants(len(subjects), (subject, moments))
    by_utc = moments.on_common_clock(subject, instants)
    exact = np.where(moments.complete, np.where(instants[subject], by_utc.earliest, moments.days * DAY), np.nan)
    date = records["date"].str.replace(_TIME, "", regex=True)
    return records.assign(exact=exact, date=date.where(date != ""))


def _flag_where_silent(tu: pd.DataFrame, tr: pd.DataFrame) -> pd.DataFrame:
    """TU whose baseline flags count only where TR has the assessment, and none of the subject's records flagged."""
    measured = pd.MultiIndex.from_frame(tu[KEY]).isin(pd.MultiIndex.from_frame(tr[KEY]))
    return tu.assign(flagged=tu["flagged"] & measured & ~tu["subject"].isin(tr.loc[tr["flagged"], "subject"]))


def _put_in_order(frame: pd.DataFrame) -> pd.DataFrame:
    by_visit = frame.sort_values(["subject", "visit_number"], kind="stable")
    by_visit = by_visit.assign(exact=by_visit.groupby("subject")["exact"].ffill())
    ordered = by_visit.sort_values(["subject", "exact", "visit_number"], kind="stable", na_position="first")
    ordered = ordered.reset_index(drop=True)
    position = ordered.groupby("subject").cumcount()
    nothing = -1
    last_flagged = position.where(ordered["flagged"], nothing).groupby(ordered["subject"]).transform("max")
    beyond = len(ordered)
    first = position.where(ordered["has_records"], beyond).groupby(ordered["subject"]).transform("min")
    baseline = np.where(last_flagged > nothing, last_flagged, np.where(first < beyond, first, 0))
    number = (position - baseline).astype("int64")
    return pd.DataFrame(
        {
            "subject": ordered["subject"],
            "assessment": ordered["assessment"],
            "visit": ordered["visit"],
            "date": ordered["date"].fillna(""),
            "number": number,
            "has_records": ordered["has_records"].astype(bool),
        }
    )
