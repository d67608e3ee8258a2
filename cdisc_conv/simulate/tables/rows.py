"""Rows of a form before they are a table: subject, event, sequences and items, joined and written out as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.simulate.settings.dictionary import Dictionary, FormDefinition
from cdisc_conv.simulate.tables.draws import Ints
from cdisc_conv.simulate.tables.words import NO_DAY, Words, blank, constant, dates, join, numbers, words_of


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one form. `event` is a position in the dictionary's events; `day` is the event's date."""

    form: str
    subject: Ints
    event: Ints
    day: Ints
    items: Mapping[str, Words]
    eseq: Ints | None = None
    fseq: Ints | None = None

    def __len__(self) -> int:
        return len(self.subject)

    @property
    def event_sequence(self) -> Ints:
        """ESEQ; 1 where nothing was said."""
        return np.ones(len(self), dtype=np.int64) if self.eseq is None else self.eseq

    @property
    def form_sequence(self) -> Ints:
        """FSEQ; 1 where nothing was said."""
        return np.ones(len(self), dtype=np.int64) if self.fseq is None else self.fseq


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the subjects of a block are, one word per subject."""

    study: str
    country: str
    sites: Words
    subjids: Words
    screening: int
    """Position of the screening event, whose date is the day of consent whatever was done when."""
    consent: Ints


def join_rows(parts: Sequence[Rows]) -> Rows:
    """Rows of one form, one part after the other; items that a part lacks are blank there."""
    names = list(dict.fromkeys(name for part in parts for name in part.items))
    items = {name: join([part.items.get(name, blank(len(part))) for part in parts]) for name in names}
    return Rows(
        parts[0].form,
        np.concatenate([part.subject for part in parts]),
        np.concatenate([part.event for part in parts]),
        np.concatenate([part.day for part in parts]),
        items,
        np.concatenate([part.event_sequence for part in parts]),
        np.concatenate([part.form_sequence for part in parts]),
    )


def rank_within(group: Ints, *order: Ints) -> Ints:
    """1, 2, 3 ... within each group in the order of the keys (ties keep their order).

    >>> rank_within(np.array([0, 0, 1]), np.array([9, 3, 5])).tolist()
    [2, 1, 1]
    """
    positions = np.lexsort((*reversed(order), group))
    sorted_group = group[positions]
    starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[positions] = np.arange(len(group)) - np.repeat(starts, lengths) + 1
    return ranks


def build_frame(rows: Rows, dictionary: Dictionary, identity: Identity) -> pd.DataFrame:
    """The form's table: key columns, then code and decode columns as the dictionary has them, every cell text.

    The file of a vendor has no key columns, and its rows stay in their order.
    """
    form = dictionary.forms[rows.form]
    rows = rows if form.of_vendor else _sort(rows)
    length = len(rows)
    unknown = set(rows.items) - {item.name for item in form.items}
    if unknown:
        raise KeyError(
            f"the simulator writes {sorted(unknown)}, which form '{rows.form}' of the dictionary does not have"
        )
    columns = {} if form.of_vendor else _write_keys(rows, form, dictionary, identity)
    for item in form.items:
        words = rows.items.get(item.name, blank(length))
        columns[item.name] = words.to_text()
        if item.decode:
            columns[item.decode] = words.decoded(item.values or {}).to_text()
    return pd.DataFrame(columns)


def _write_keys(
    rows: Rows, form: FormDefinition, dictionary: Dictionary, identity: Identity
) -> dict[str, pd.arrays.ArrowStringArray]:
    """The EDC's columns, which each of its forms has: whose row it is, of which event, and its place in the form."""
    length = len(rows)
    visit = rows.subject * 10_000_000_000 + rows.event * 1_000_000 + rows.event_sequence * 1_000 + rows.form_sequence
    keys = {
        "STUDYID": constant(identity.study, length),
        "COUNTRY": constant(identity.country, length),
        "SITENUM": identity.sites.take(rows.subject),
        "SUBJID": identity.subjids.take(rows.subject),
        "EGROUP": words_of(rows.event, [event.group for event in dictionary.events]),
        "EVENT": words_of(rows.event, [event.name for event in dictionary.events]),
        "EVENTEID": words_of(rows.event, [event.eid for event in dictionary.events]),
        "EVENTDT": dates(np.where(rows.event == identity.screening, identity.consent[rows.subject], rows.day)),
        "ESEQ": numbers(rows.event_sequence),
        "FORM": constant(form.label, length),
        "FORMEID": constant(form.name.upper(), length),
        "FSEQ": numbers(rows.form_sequence),
        "IGSEQ": numbers(rank_within(visit)),
    }
    return {name: keys[name].to_text() for name in dictionary.key_columns}


def _sort(rows: Rows) -> Rows:
    """By subject, event, sequences; rows of one form instance keep their order."""
    eseq, fseq = rows.event_sequence, rows.form_sequence
    order = np.lexsort((fseq, eseq, rows.event, rows.subject))
    items = {name: words.take(order) for name, words in rows.items.items()}
    return Rows(rows.form, rows.subject[order], rows.event[order], rows.day[order], items, eseq[order], fseq[order])


def no_days(length: int) -> Ints:
    """Event dates of logs: none."""
    return np.full(length, NO_DAY, dtype=np.int64)
