"""What known values leave of an expression."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.expr import parse
from cdisc_conv.expr.partial import decide, simplify

KNOWN = {"TEST": "TEMP", "LIMIT": 5.0, "NONE": ""}


@pytest.mark.parametrize(
    ("condition", "decided"),
    [
        ('TEST == "TEMP"', True),
        ('TEST == "PULSE"', False),
        ('TEST in ("TEMP", "PULSE")', True),
        ("LIMIT > 4", True),
        ('NONE == ""', True),
        ('NONE == "X"', False),
        ('VALUE > 1 or TEST == "TEMP"', True),
        ('VALUE > 1 and TEST == "PULSE"', False),
        ('not (TEST == "PULSE" and VALUE > 1)', True),
        ("VALUE > 1", None),
        ('VALUE > 1 and TEST == "TEMP"', None),
        ('LIMIT == "5"', None),
    ],
)
def test_conditions(condition, decided):
    assert decide(parse(condition), KNOWN.get) is decided


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('if(TEST == "TEMP", A, B)', "A"),
        ('if(TEST == "PULSE", A, if(LIMIT > 9, B, C + 1))', "C + 1"),
        ('if(TEST == "TEMP" and A > 1, A, B)', "if(A > 1, A, B)"),
        ("if(A > 1, A, B)", "if(A > 1, A, B)"),
        ('concat(if(TEST == "TEMP", A, B), "x")', 'concat(A, "x")'),
    ],
)
def test_what_is_left(text, left):
    assert str(simplify(parse(text), KNOWN.get)) == left


OPERAND = st.sampled_from(['TEST == "TEMP"', 'TEST != "PULSE"', "A > 1", "B <= 0", "LIMIT < 3", "missing(NONE)"])


CONDITION = st.recursive(
    OPERAND,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
        lambda it: f"({it[0]} {it[1]} not {it[2]})"
    ),
    max_leaves=6,
)


@given(CONDITION, st.floats(-3, 3), st.floats(-3, 3))
def test_values_stay_the_same(condition, first, second):
    values = {**KNOWN, "A": first, "B": second}

    def column(name):
        return pd.Series([values[name]], dtype="str" if isinstance(values[name], str) else "float64")

    whole = parse(f"if({condition}, A, B)")
    left = simplify(whole, KNOWN.get)
    assert np.array_equal(whole.evaluate(column, 1), left.evaluate(column, 1), equal_nan=True)
    decided = decide(parse(condition), KNOWN.get)
    assert decided is None or decided == bool(parse(condition).evaluate(column, 1).iloc[0])
