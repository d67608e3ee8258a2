"""Texts that are written as dates of ISO 8601 and name no day, such as 2022-02-30: comparing them proves nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import from_arrow
from cdisc_conv.columns.moments import read_written
from cdisc_conv.expr.nodes import Comparison, Name, Node, walk
from cdisc_conv.expr.vectors import TEXT_TYPE, check_texts

ORDERS = frozenset(("<", "<=", ">", ">="))
_DATE = r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*)?|(?:19|20)[0-9]{2}-[0-9]{2})$"
"""Year and month alone are a date only in years that data are of: 0001-13 is a number of something."""


def find_impossible(texts: Any) -> np.ndarray:
    """Which texts of an arrow array are written as a date that the calendar does not have (bool).

    >>> find_impossible(pa.array(["2022-02-30", "2022-13", "2022-02", "30 mg", ""], TEXT_TYPE)).tolist()
    [True, True, False, False, False]
    """
    return check_texts(texts, _find_impossible)


def _find_impossible(texts: pa.Array) -> pa.Array:
    found = np.zeros(len(texts), dtype=bool)
    written = np.flatnonzero(pc.match_substring_regex(texts, _DATE).to_numpy(zero_copy_only=False))
    if len(written):
        codes, values = pd.factorize(from_arrow(texts.take(pa.array(written))))
        found[written] = read_written(pd.Series(values, dtype="str")).parts.faults[codes]
    return pa.array(found)


def is_impossible(text: str) -> bool:
    """`find_impossible` of one text."""
    return bool(find_impossible(pa.array([text], TEXT_TYPE))[0])


def names_ordered(tree: Node) -> tuple[str, ...]:
    """The columns that an expression compares by their order, each once.

    >>> from cdisc_conv.expr import parse
    >>> names_ordered(parse('AESER == "Y" and AESTDTC >= DM.RFSTDTC').tree)
    ('AESTDTC', 'DM.RFSTDTC')
    """
    found = (
        side.name
        for node in walk(tree)
        if isinstance(node, Comparison) and node.operator in ORDERS
        for side in (node.left, node.right)
        if isinstance(side, Name)
    )
    return tuple(dict.fromkeys(found))
