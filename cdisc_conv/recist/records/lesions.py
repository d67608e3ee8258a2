"""The lesions: what they are, where they are, and which of them came of others by splitting or merging."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.recist.records.frames import Tumours
from cdisc_conv.recist.settings import RecistSettings, Terms

TARGET, NON_TARGET, NEW = "TARGET", "NON-TARGET", "NEW"
IDENTIFIED, PART, MERGED = "identified", "part", "merged"

LESION = ["subject", "lesion"]


@dataclass(frozen=True, slots=True)
class Lesions:
    """`frame`: subject, lesion, group, location, nodal, kind, parent (of a part), in_tu; one row per lesion.

    `members`: subject, lesion, merged; one row for each lesion that became part of a merged one.
    """

    frame: pd.DataFrame
    members: pd.DataFrame


def find_lesions(tumours: Tumours, settings: RecistSettings) -> Lesions:
    """The lesions in TU and those that only TR knows.

    The group is that of TU (target, non-target, new), else that of TR. A lesion is a lymph node when its location says
    so; without a location, when TR has its short axis and never its longest diameter. A lesion is a part when TU says
    so, or when its name is that of another lesion, the mark and something (T01.1); merged likewise (T01/T02).
    """
    terms = settings.terms
    tu = _of_tu(tumours.tu, terms)
    known = pd.concat([tu, _of_tr(tumours.tr, terms)], ignore_index=True)
    known = known[(known["lesion"] != "") & (known["group"] != "")]
    # A split lesion that TU identifies and marks as split is one lesion: its mark matters, its place comes from either.
    known = known.sort_values("in_tu", ascending=False, kind="stable").drop_duplicates(LESION, ignore_index=True)
    frame = _name_kinds(known, terms)
    frame = _inherit_from_parents(frame)
    has_place = frame["location"] != ""
    node_word = frame["location"].map(lambda place: any(word in place for word in terms.node)).astype(bool)
    nodal = np.where(has_place, node_word, _measured_as_nodes(frame, tumours.tr, terms))
    frame = frame.assign(nodal=nodal)
    return Lesions(frame, _list_members(frame, terms))


def name_groups(values: pd.Series, terms: Terms) -> pd.Series:
    """The group behind a value of TUSTRESC or TRGRPID, empty for any other value."""
    names = {
        **dict.fromkeys(terms.new, NEW),
        **dict.fromkeys(terms.non_target, NON_TARGET),
        **dict.fromkeys(terms.target, TARGET),
    }
    return values.map(names).fillna("").astype("str")


def _of_tu(tu: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    kinds = {
        **dict.fromkeys(terms.identified, IDENTIFIED),
        **dict.fromkeys(terms.split, PART),
        **dict.fromkeys(terms.merged, MERGED),
    }
    kind = tu["test"].map(kinds).fillna("").astype("str")
    group = name_groups(tu["result"], terms).where(lambda g: g != "", name_groups(tu["original"], terms))
    frame = tu[[*LESION, "location"]].assign(kind=kind, group=group, in_tu=True)
    places = frame[frame["location"] != ""].drop_duplicates(LESION)
    return frame[kind != ""].drop(columns="location").merge(places[[*LESION, "location"]], how="left", on=LESION)


def _of_tr(tr: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    frame = tr[LESION].assign(location="", kind=IDENTIFIED, group=name_groups(tr["group"], terms), in_tu=False)
    return frame.drop_duplicates(LESION)


def _name_kinds(known: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Parts and merged lesions by their names too; the parent of a part."""
    names = known["subject"] + "\0" + known["lesion"]
    distinct = known["lesion"].unique()
    head = known["lesion"].map({name: name.rpartition(terms.split_mark)[0] for name in distinct}).astype("str")
    first = known["lesion"].map({name: name.partition(terms.merge_mark)[0] for name in distinct}).astype("str")
    has_parent = (head != "") & (known["subject"] + "\0" + head).isin(names)
    has_member = known["lesion"].str.contains(terms.merge_mark, regex=False)
    has_member &= (known["subject"] + "\0" + first).isin(names)
    kind = known["kind"].mask(has_parent, PART).mask(has_member, MERGED)
    parent = head.where(has_parent & (kind == PART), "")
    return known.assign(kind=kind, parent=parent, location=known["location"].fillna(""))


def _inherit_from_parents(frame: pd.DataFrame) -> pd.DataFrame:
    """A part without a place of its own is where its lesion was."""
    places = frame[["subject", "lesion", "location"]].set_axis(["subject", "parent", "place"], axis=1)
    place = frame[["subject", "parent"]].merge(places, how="left", on=["subject", "parent"])["place"].fillna("")
    return frame.assign(location=frame["location"].where(frame["location"] != "", place))


def _measured_as_nodes(frame: pd.DataFrame, tr: pd.DataFrame, terms: Terms) -> pd.Series:
    """Which lesions have a short axis in TR and no longest diameter; a test that may be either tells nothing."""
    long_only, short_only = set(terms.long_axis) - set(terms.short_axis), set(terms.short_axis) - set(terms.long_axis)
    measured = tr[LESION].assign(short=tr["test"].isin(short_only), long=tr["test"].isin(long_only))
    found = measured.groupby(LESION, as_index=False)[["short", "long"]].any()
    found = frame[LESION].merge(found, how="left", on=LESION)
    return found["short"].eq(True) & ~found["long"].eq(True)


def _list_members(frame: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    merged = frame.loc[frame["kind"] == MERGED, LESION].set_axis(["subject", "merged"], axis=1)
    members = merged.assign(lesion=merged["merged"].str.split(terms.merge_mark, regex=False)).explode("lesion")
    members = members[members["lesion"] != members["merged"]]
    return members.astype({"lesion": "str"}).drop_duplicates(["subject", "lesion"], ignore_index=True)
