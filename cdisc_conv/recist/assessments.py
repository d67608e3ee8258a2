"""The assessments of each subject, in order, and which of them is the baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.recist.frames import Tumours
from cdisc_conv.recist.lesions import NEW, NON_TARGET, TARGET, name_groups
from cdisc_conv.recist.settings import RecistSettings

KEY = ["subject", "assessment"]


def place_in_assessments(tumours: Tumours, responses: pd.DataFrame) -> Tumours:
    """TU with the assessments of TR: TU has no variable for them, so its visit tells.

    The visit of a TU record that TR does not have is an assessment of its own.
    """
    known = pd.concat([tumours.tr, responses])[["subject", "visit", "assessment"]]
    known = known[known["visit"] != ""].drop_duplicates(["subject", "visit"])
    found = tumours.tu[["subject", "visit"]].merge(known, how="left", on=["subject", "visit"])["assessment"]
    own = tumours.tu["assessment"]
    assessment = found.set_axis(own.index).fillna(own)
    return Tumours(tumours.tu.assign(assessment=assessment), tumours.tr, tumours.rs, tumours.problems)


def list_assessments(tumours: Tumours, responses: pd.DataFrame, settings: RecistSettings) -> pd.DataFrame:
    """One row per subject and assessment: subject, assessment, visit, date, number, baseline, has_records.

    They come from TR, from the new lesions of TU and from the responses (`has_records` tells that TR or TU know them).
    ``date`` is the earliest date of the measurements. The order is that of the dates; an assessment without a complete
    date stands behind the one before it by visit number. ``number`` counts from the baseline, which is 0: the last
    assessment with a record that is flagged as baseline, else the first.
    """
    tu_new = tumours.tu[name_groups(tumours.tu["result"], settings.terms) == NEW]
    measured = pd.concat([tumours.tr, tu_new], ignore_index=True).assign(has_records=True)
    everything = pd.concat([measured, responses.assign(has_records=False)], ignore_index=True)
    everything = everything[(everything["subject"] != "") & (everything["assessment"] != "")]
    group = name_groups(everything["group"], settings.terms)
    flagged = everything["flagged"] & group.isin([TARGET, NON_TARGET]) & (everything["lesion"] != "")
    everything = everything.assign(
        flagged=flagged,
        exact=everything["date"].str[:10].where(everything["date"].str.len() >= 10),
        date=everything["date"].str[:10].where(everything["date"] != ""),
    )
    of_records = everything.sort_values("has_records", ascending=False, kind="stable").groupby(KEY, sort=False)
    frame = of_records.agg(
        visit=("visit", "first"),
        visit_number=("visit_number", "min"),
        has_records=("has_records", "any"),
        flagged=("flagged", "any"),
    )
    dated = everything[everything["has_records"]].groupby(KEY)[["date", "exact"]].min()
    responded = everything.groupby(KEY)[["date", "exact"]].min()
    dates = dated.reindex(frame.index).combine_first(responded)
    return _put_in_order(frame.join(dates).reset_index())


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
