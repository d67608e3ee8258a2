"""Working values of methods in define.xml: what a method takes from the subject's records in another dataset.

A method names them behind its text, ``[ENROLLED, a working value: Y where DS has a record whose USUBJID is the same and
where DS.DSDECOD equals RANDOMIZED; otherwise blank.]``, or is such a text itself; or it asks whether the subject has at
least one record of a dataset.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.checks.codes import code_series
from cdisc_conv.checks.define.columns import SUBJECT, Columns
from cdisc_conv.checks.define.evaluating import evaluate, own_name
from cdisc_conv.checks.define.wording import read_condition
from cdisc_conv.columns.distinct import TEXT

_WORKING = re.compile(r"\s*\[(?P<name>[A-Z][A-Z0-9]*), a working value: (?P<text>[^\[\]]*)\]")
_SAME = r"whose USUBJID is the same(?: and where (?P<condition>.+?))?"
_EXISTS = re.compile(
    rf"Y where (?P<other>[A-Z][A-Z0-9]+) has a record {_SAME}(?P<end>; otherwise (?:blank|N)\.)", re.DOTALL
)
_TAKEN = re.compile(
    rf"(?P<other>[A-Z][A-Z0-9]+)\.(?P<take>[A-Z][A-Z0-9]+) from the first of the records of [A-Z][A-Z0-9]+ {_SAME}"
    r", sorted ascending by (?P<order>[A-Z][A-Z0-9]*)\..*",
    re.DOTALL,
)
_HAS_RECORD = re.compile(
    r"(?:the )?subject (?:has|had) (?:at least one|a|any|one or more) records? in (?:the )?(?P<other>[A-Z][A-Z0-9]+)"
    r"(?: dataset| domain)?(?: (?:where|with) (?P<condition>[^.;]+?))?(?=[.;,]| and | or |$| otherwise)",
)


def add_working_values(columns: Columns, method: str) -> tuple[Columns, str]:
    """The columns with the working values of a method, and the method without their texts.

    A working value that cannot be worked out is left in the method, which is not read then.
    """
    for found in _WORKING.finditer(method):
        columns, done = _add(columns, found["name"], found["text"].strip())
        method = method.replace(found[0], "") if done else method
    whole = _EXISTS.fullmatch(method)
    if whole:
        columns, done = _add(columns, "EXISTS", method)
        method = f"Y where EXISTS equals Y{whole['end']}" if done else method
    asked = _HAS_RECORD.search(method)
    if asked:
        condition = f" and where {asked['condition']}" if asked["condition"] else ""
        text = f"Y where {asked['other']} has a record whose USUBJID is the same{condition}; otherwise blank."
        columns, done = _add(columns, "HASRECORD", text)
        method = method.replace(asked[0], "HASRECORD equals Y") if done else method
    return columns, method


def _add(columns: Columns, name: str, text: str) -> tuple[Columns, bool]:
    """The columns with one more, where its text can be read and its name is free."""
    exists, taken = _EXISTS.fullmatch(text), _TAKEN.fullmatch(text)
    found = exists or taken
    other = columns.others.get(found["other"]) if found else None
    if found is None or other is None or columns.has(name) or not columns.has(SUBJECT) or SUBJECT not in other.frame:
        return columns, False
    theirs = Columns(other, columns.others)
    met = np.ones(theirs.length, dtype=bool)
    if found["condition"]:
        condition = read_condition(found["condition"], lambda one: theirs.has(own_name(one, theirs)))
        answer = evaluate(theirs, *condition) if condition else None
        if answer is None:
            return columns, False
        met = answer[0]
    if exists:
        values = pd.Series("Y", index=other.frame[SUBJECT][met].unique(), dtype=TEXT)
    elif taken and theirs.has(taken["take"]) and theirs.has(taken["order"]):
        values = _take_first(theirs, taken["take"], taken["order"], met)
    else:
        return columns, False
    own = values.reindex(columns.dataset.frame[SUBJECT]).fillna("").to_numpy()
    return replace(columns, made={**columns.made, name: code_series(pd.Series(own, dtype=TEXT))}), True


def _take_first(theirs: Columns, take: str, order: str, met: np.ndarray) -> pd.Series:
    """The value of each subject's first record by `order`, where blanks come last, as text."""
    taken, key = theirs.coded(take), theirs.coded(order)
    chosen = np.flatnonzero(met)
    frame = pd.DataFrame(
        {
            "subject": theirs.dataset.frame[SUBJECT].to_numpy()[chosen],
            "blank": key.blank[chosen],
            "key": np.array(key.texts, dtype=object)[key.codes[chosen]],
            "value": np.array(taken.texts, dtype=object)[taken.codes[chosen]],
        }
    )
    first = frame.sort_values(["blank", "key"], kind="stable").drop_duplicates("subject")
    return pd.Series(first["value"].to_numpy(), index=first["subject"].to_numpy(), dtype=TEXT)
