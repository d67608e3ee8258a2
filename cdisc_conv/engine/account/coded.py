"""Coded values of raw forms: each is among the values that forms.yaml declares, and says what its words say.

What is found is kept as tallies of single wrong values, which add up over parts of the data; `describe_codes` makes
findings of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from cdisc_conv.columns.rows import find_distinct_rows
from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import fold, trim_text
from cdisc_conv.derivations.findings import MOST_FINDINGS
from cdisc_conv.engine.plan.graph import Plan
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity, Tally
from cdisc_conv.spec.model import Field, Form, Study
from cdisc_conv.spec.terms.codes import guess_code, list_codes
from cdisc_conv.visible import show_hidden

Readers = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class WrongCode:
    """A code that is not in the list of its column (`words` blank), or one that stands beside other words."""

    form: str
    field: str
    code: str
    words: str = ""
    outside: bool = True


WrongCodes = Mapping[WrongCode, Tally]


def find_wrong_codes(study: Study, forms: Mapping[str, Frame]) -> WrongCodes:
    """The coded values of some raw forms that are wrong, with their rows; blanks around a value mean nothing.

    A missing code is not outside the list. Words count as those of the code whatever their case and blanks; a code
    whose words are missing says what it says.
    """
    found: dict[WrongCode, Tally] = {}
    for form in study.forms.values():
        frame = forms.get(form.name, pd.DataFrame())
        for field in form.fields.values():
            if field.values and field.name in frame:
                for wrong, tally in _check_column(form.name, field, frame, _words_of(form, field.name, frame)):
                    found[wrong] = found.get(wrong, Tally()) + tally
    return found


def _words_of(form: Form, coded: str, frame: Frame) -> str:
    """The column of a frame that holds the words of a coded one; "" where there is none."""
    return next((name for name, field in form.fields.items() if field.decode_of == coded and name in frame), "")


def _check_column(form: str, field: Field, frame: Frame, words: str) -> Iterator[tuple[WrongCode, Tally]]:
    columns = [trim_text(frame[name]) for name in (field.name, words) if name]
    if not len(frame):
        return
    numbers, distinct = find_distinct_rows(columns)
    codes = distinct[0].tolist()
    beside = distinct[1].tolist() if words else [""] * len(codes)
    for number, (code, said) in enumerate(zip(codes, beside, strict=True)):
        wrong = _judge(form, field, code, said)
        if wrong is not None:
            rows = np.flatnonzero(numbers == number)
            yield wrong, Tally(len(rows), tuple(int(row) + 1 for row in rows[:SHOWN_ROWS]))


def _judge(form: str, field: Field, code: str, words: str) -> WrongCode | None:
    """What is wrong with a code and the words beside it, if anything is."""
    parts = _split(code, field.separator)
    if any(part not in field.values for part in parts):
        return WrongCode(form, field.name, code)
    meant = {fold(field.values[part]) for part in parts}
    if fold(words) not in ("", fold(code), *meant) and {fold(part) for part in _split(words, field.separator)} != meant:
        return WrongCode(form, field.name, code, words, outside=False)
    return None


def _split(text: str, separator: str) -> list[str]:
    """The codes of a value; none of a missing one."""
    parts = text.split(separator) if separator else [text]
    return [part.strip() for part in parts if part.strip()]


def describe_codes(
    study: Study,
    found: WrongCodes,
    readers: Readers,
    errors: Mapping[tuple[str, str, str], int] = MappingProxyType({}),
) -> list[Problem]:
    """The findings: CODE001 a value outside the list of its column, CODE002 a code and its words that disagree.

    Errors where the mapping reads the column or its words, else warnings. `readers` names who reads a column.
    A value outside the list that a derivation reports as an error for all of its rows is left to that: `errors` are the
    rows of such values, by form, column and value. A text that means no term of a codelist (TERM001) is one finding,
    and not one more because forms.yaml does not list it either.
    """
    problems: list[Problem] = []
    by_column: dict[tuple[str, str, bool], list[tuple[WrongCode, Tally]]] = {}
    for wrong, tally in found.items():
        if wrong.outside and errors.get((wrong.form, wrong.field, wrong.code), 0) >= tally.count:
            continue
        by_column.setdefault((wrong.form, wrong.field, wrong.outside), []).append((wrong, tally))
    for (form, name, outside), items in by_column.items():
        fields = study.forms[form].fields
        words = next((other for other, field in fields.items() if field.decode_of == name), "")
        who = tuple(dict.fromkeys((*readers.get((form, name), ()), *readers.get((form, words), ()))))
        items.sort(key=lambda item: (item[1].rows, item[0].code, item[0].words))
        describe = _describe_outside if outside else _describe_disagreement
        problems += [describe(fields[name], words, wrong, tally, who) for wrong, tally in items[:MOST_FINDINGS]]
        if rest := items[MOST_FINDINGS:]:
            problems.append(_describe_rest(rest, who))
    return problems


def _describe_outside(field: Field, words: str, wrong: WrongCode, tally: Tally, readers: Sequence[str]) -> Problem:
    message = (
        f"'{show_hidden(wrong.code)}' is not among the values of {wrong.field} in form {wrong.form} "
        f"({list_codes(field.values)}){_name_readers(readers)}"
    )
    return Problem("CODE001", message, _severity(readers), *_place(wrong, tally, _suggest(wrong.code, field)))


def _describe_disagreement(field: Field, words: str, wrong: WrongCode, tally: Tally, readers: Sequence[str]) -> Problem:
    code = f"'{wrong.code}' ({field.values.get(wrong.code, wrong.code)})" if wrong.code else "blank"
    message = (
        f"{wrong.field} of form {wrong.form} is {code} where {words} says '{show_hidden(wrong.words)}'"
        f"{_name_readers(readers)}"
    )
    return Problem("CODE002", message, _severity(readers), *_place(wrong, tally, "ask the site which of them is right"))


def _describe_rest(rest: Sequence[tuple[WrongCode, Tally]], readers: Sequence[str]) -> Problem:
    wrong, tally = rest[0][0], sum((tally for _, tally in rest), Tally())
    such = wrong.code if wrong.outside else f"{wrong.code} beside {wrong.words}"
    message = (
        f"{len(rest):,} more values of {wrong.field} in form {wrong.form} are wrong in the same way, such as "
        f"'{show_hidden(such)}'"
    )
    hint = "are the right columns and code lists in forms.yaml?"
    return Problem("CODE001" if wrong.outside else "CODE002", message, _severity(readers), *_place(wrong, tally, hint))


def _place(wrong: WrongCode, tally: Tally, hint: str) -> tuple[Place, str, str, int]:
    return Place(form=wrong.form, field=wrong.field, rows=tally.rows), hint, wrong.code, tally.count


def _severity(readers: Sequence[str]) -> Severity:
    return Severity.ERROR if readers else Severity.WARNING


def _name_readers(readers: Sequence[str]) -> str:
    return f"; read by {list_codes(readers)}" if readers else ""


def list_readers(plan: Plan) -> Readers:
    """(form, field) -> the variables and row sets that read it, in the order of their names."""
    readers: dict[tuple[str, str], dict[str, None]] = {}
    for node in plan.order:
        for target in plan.raw_reads[node]:
            if target.table.is_form:
                readers.setdefault((target.table.name, target.name), {})[str(node)] = None
    return {column: tuple(sorted(names)) for column, names in readers.items()}


def _suggest(code: str, field: Field) -> str:
    """What to do about a code outside the list: the code it must mean, as far as that can be told."""
    add = "correct the export, or add it to 'values' in forms.yaml"
    if field.of_dictionary:
        add = f"its codes are those of {field.place}; {add}"
    for sign in ";,|/+":
        parts = _split(code, sign)
        if not field.separator and len(parts) > 1 and all(part in field.values for part in parts):
            return f"these are several codes: say \"separator: '{sign}'\" beside 'values' in forms.yaml"
    meant = guess_code(code, field.values)
    return f"did you mean {meant}? {add[0].upper()}{add[1:]}" if meant else add
