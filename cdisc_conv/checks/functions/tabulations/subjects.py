"""Subjects and identifiers: who is in DM, who is there twice, who is written in two ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from cdisc_conv.checks.functions.general.common import by_value, whole
from cdisc_conv.checks.functions.general.terminology import fold
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Other(Parameters):
    """``dataset`` and ``of``: the variable of another dataset that holds the right values."""

    dataset: str
    of: str


@register_check(reach="across")
def check_subject_in_dm(scope: Scope) -> Iterator[Hits]:
    """Subjects that DM does not have, not even in other letter case (which is a finding of its own)."""
    table = scope.table
    if table.name == "DM":
        raise NotRunnableError("DM is what the others are held against")
    coded = table.coded(SUBJECT)
    folded = {fold(text) for text in table.tables.require("DM").coded(SUBJECT).texts}
    alike = np.array([fold(text) in folded for text in coded.texts], dtype=bool)
    yield by_value(SUBJECT, coded, (table.subject_rows == -1) & ~coded.spread(alike) & ~coded.blank & scope.mask)


@register_check(reach="across")
def check_no_subjects(scope: Scope) -> Iterator[Hits]:
    """A dataset of subjects without any, while others have records of subjects."""
    others = [table for table in scope.table.tables.tables if SUBJECT in table.frame]
    having = [table.name for table in others if not table.coded(SUBJECT).blank.all()]
    if not scope.table.length and having:
        yield whole(SUBJECT, datasets=", ".join(having))


@register_check(reach="subject")
def check_repeated_subject(scope: Scope) -> Iterator[Hits]:
    """Subjects with more than one record."""
    coded = scope.table.coded(SUBJECT)
    counts = np.bincount(coded.codes, minlength=len(coded.values))
    yield by_value(SUBJECT, coded, (counts[coded.codes] > 1) & ~coded.blank)


@register_check(reach="across")
def check_alike_subjects(scope: Scope) -> Iterator[Hits]:
    """Subjects whose identifiers differ only in letter case or blanks, within the dataset or from DM."""
    table = scope.table
    coded = table.coded(SUBJECT)
    dm = table.tables.find("DM")
    others = dm.coded(SUBJECT).texts if dm is not None and SUBJECT in dm.frame and dm is not table else []
    spellings: dict[str, list[str]] = {}
    for text in dict.fromkeys([*others, *coded.texts]):
        spellings.setdefault(fold(text), []).append(text)
    known = set(others)
    odd = np.array([text not in known and len(spellings[fold(text)]) > 1 for text in coded.texts], dtype=bool)
    rows = np.flatnonzero(coded.spread(odd) & ~coded.blank)
    groups = pd.factorize(np.array([fold(text) for text in coded.texts], dtype=object))[0]
    yield Hits(
        SUBJECT,
        rows,
        coded.spread(groups)[rows],
        lambda row: {
            "value": coded.text(row),
            "spellings": ", ".join(f"'{text}'" for text in spellings[fold(coded.text(row))]),
        },
    )


@register_check(Other, reach="across")
def check_same_as_other(scope: Scope) -> Iterator[Hits]:
    """Values of a variable that another dataset does not have."""
    table, parameters = scope.table, scope.parameters
    if table.name == parameters.dataset:
        raise NotRunnableError(f"{table.name} is what the others are held against")
    other = table.tables.require(parameters.dataset)
    other.require(parameters.of)
    coded, allowed = table.coded(scope.variable), set(other.coded(parameters.of).texts)
    wrong = np.array([bool(text) and text not in allowed for text in coded.texts], dtype=bool)
    shown = ", ".join(sorted(allowed - {""})[:4]) or "blank"
    yield by_value(scope.variable, coded, coded.spread(wrong) & scope.mask, lambda row: {"expected": shown})


@register_check()
def check_domain_value(scope: Scope) -> Iterator[Hits]:
    """Values of DOMAIN that are not the dataset's domain."""
    table = scope.table
    coded = table.coded("DOMAIN")
    wrong = np.array([bool(text) and text != table.domain for text in coded.texts], dtype=bool)
    yield by_value("DOMAIN", coded, coded.spread(wrong), lambda row: {"expected": table.domain})


@register_check(reach="subject")
def check_repeated_records(scope: Scope) -> Iterator[Hits]:
    """Records that are equal in everything but --SEQ."""
    table = scope.table
    names = [name for name in table.names if name != f"{table.prefix}SEQ"]
    if not table.prefix or not names:
        raise NotRunnableError(f"{table.name} has no --SEQ that could tell equal records apart")
    # What shares a number is then compared in full.
    rows = np.flatnonzero(pd.Series(hash_records(table, names)).duplicated(keep=False).to_numpy())
    frame = table.frame[names].iloc[rows].reset_index(drop=True)
    yield Hits(f"{table.prefix}SEQ" if f"{table.prefix}SEQ" in table.frame else "", rows[frame.duplicated(keep=False)])


def hash_records(table: Table, names: Sequence[str]) -> np.ndarray:
    """One 64-bit number (uint64) per record for its values; equal records share it."""
    key = f"hashes of {' '.join(names)}"
    if key not in table.memo:
        hashes = np.zeros(table.length, dtype=np.uint64)
        for name in names:
            hashes = (hashes ^ table.coded(name).codes.astype(np.uint64)) * _GOLDEN
            hashes ^= hashes >> np.uint64(29)
        table.memo[key] = hashes
    return np.asarray(table.memo[key])
