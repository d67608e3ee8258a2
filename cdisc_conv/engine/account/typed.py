"""Values that are not of the type that the EDC's dictionary gives their column: numbers and dates that are words.

Only columns that the dictionary describes are looked at; what forms.yaml says of a column is the study's own choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import trim_text
from cdisc_conv.engine.account.coded import Readers
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity, Tally
from cdisc_conv.spec.model import Field, Study
from cdisc_conv.spec.terms.codes import list_codes
from cdisc_conv.visible import show_hidden

_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")
_WHOLE = re.compile(r"[-+]?\d+([.,]0*)?")
_WORD = re.compile(r"[^\W\d_]+")
_TRUTHS = frozenset(("true", "false", "yes", "no", "y", "n", "1", "0"))
SHOWN = 3

WrongTypes = Mapping[tuple[str, str, str], Tally]
"""(form, column, value that is not of its type) -> its rows."""


def find_wrong_types(study: Study, forms: Mapping[str, Frame]) -> WrongTypes:
    """The values of some raw forms that are not of their column's type; blanks around a value mean nothing."""
    found: dict[tuple[str, str, str], Tally] = {}
    for form in study.forms.values():
        frame = forms.get(form.name, pd.DataFrame())
        for field in form.fields.values():
            if field.of_dictionary and field.name in frame and len(frame):
                for value, tally in _check_column(field, frame[field.name]):
                    found[form.name, field.name, value] = tally
    return found


def _check_column(field: Field, column: pd.Series) -> Iterator[tuple[str, Tally]]:
    codes, values = pd.factorize(trim_text(column))
    for number, value in enumerate(map(str, values)):
        if not fits(value, field.type):
            rows = np.flatnonzero(codes == number)
            yield value, Tally(len(rows), tuple(int(row) + 1 for row in rows[:SHOWN_ROWS]))


def fits(value: str, kind: str) -> bool:
    """Whether a value can be of a type. Dates may be in any order and have unknown parts, but are no sentences.

    >>> fits("12.50", "decimal"), fits("1,5", "decimal"), fits("12.0", "integer"), fits("n/a", "integer")
    (True, True, True, False)
    >>> fits("UN-MAR-2022", "date"), fits("2023-10-NK", "date"), fits("not known", "date"), fits("55:02", "time")
    (True, True, False, True)
    """
    if not value:
        return True
    if kind == "integer":
        return bool(_WHOLE.fullmatch(value))
    if kind in ("decimal", "float", "number"):
        return bool(_NUMBER.fullmatch(value))
    if kind in ("date", "time", "datetime"):
        return any(sign.isdigit() for sign in value) and sum(len(word) > 2 for word in _WORD.findall(value)) <= 1
    return kind != "boolean" or value.casefold() in _TRUTHS


def describe_types(study: Study, found: WrongTypes, readers: Readers) -> list[Problem]:
    """CODE004 (warning): one finding per column, with both places."""
    columns: dict[tuple[str, str], dict[str, Tally]] = {}
    for (form, name, value), tally in found.items():
        columns.setdefault((form, name), {})[value] = tally
    return [_describe(study, form, name, values, readers) for (form, name), values in columns.items()]


def _describe(study: Study, form: str, name: str, values: Mapping[str, Tally], readers: Readers) -> Problem:
    field = study.forms[form].fields[name]
    tally = sum(values.values(), Tally())
    shown = ", ".join(f"'{show_hidden(value)}'" for value in list(values)[:SHOWN])
    more = f" and {len(values) - SHOWN:,} more" if len(values) > SHOWN else ""
    who = readers.get((form, name), ())
    message = (
        f"{name} of form {form} is {_WORDS.get(field.type, field.type)} by the dictionary, and holds "
        f"{shown}{more}" + (f"; read by {list_codes(who)}" if who else "")
    )
    hint = f"the dictionary has it at {field.place}; correct the value, or say 'type: text' in forms.yaml"
    place = Place(form=form, field=name, rows=tally.rows)
    return Problem("CODE004", message, Severity.WARNING, place, hint, next(iter(values)), tally.count)


_WORDS = {
    "integer": "a whole number",
    "decimal": "a number",
    "float": "a number",
    "number": "a number",
    "date": "a date",
    "time": "a time",
    "datetime": "a date and time",
    "boolean": "yes or no",
}
