"""The values of a variable against what define.xml states of them: type, length, decimals, codelist, mandatory.

Codes: DEF207 type, DEF208 length, DEF209 codelist, DEF214 a mandatory variable that is blank, DEF215 no data, DEF216
decimals. The same is asked of the values under each where-clause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from cdisc_conv.checks.codes import Coded
from cdisc_conv.checks.define.columns import Columns
from cdisc_conv.checks.define.statements import ItemStatement, LevelStatement
from cdisc_conv.checks.findings import Finding
from cdisc_conv.checks.functions.general.common import show_text
from cdisc_conv.problems import Severity, did_you_mean
from cdisc_conv.xpt.encodings import measure

_NUMERIC = ("integer", "float")
_DATE_TYPES: dict[str, str] = {
    "date": r"\d{4}-\d{2}-\d{2}",
    "time": r"\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)?",
    "datetime": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?([+-]\d{2}:\d{2}|Z)?",
}
_PARTIAL = r"(\d{4}|-)(-(\d{2}|-)(-(\d{2}|-))?)?(T[\d:.+\-Z]*)?(/.*)?"
_DATE_TYPES |= {
    "partialDate": r"(\d{4}|-)(-(\d{2}|-)(-(\d{2}|-))?)?",
    "partialTime": r"[\d:.\-]+([+-]\d{2}:\d{2}|Z)?",
    "partialDatetime": _PARTIAL,
    "incompleteDatetime": _PARTIAL,
    "incompleteDate": r"[\d\-]+",
    "durationDatetime": r"[+-]?P.+",
}
_SHOWN_TERMS = 8
_MOST_VALUES = 10
Test = Callable[[str], bool]


def check_values(columns: Columns, item: ItemStatement) -> Iterator[Finding]:
    """What the values of a variable contradict, as a whole and under each where-clause."""
    coded = columns.coded(item.name)
    filled = ~coded.blank
    if item.no_data and filled.any():
        text = f"define.xml says that {item.name} has no data"
        yield columns.report("DEF215", text, variable=item.name, rows=np.flatnonzero(filled))
    if item.mandatory and not filled.all():
        text = f"{item.name} is mandatory in define.xml, but blank"
        yield columns.report("DEF214", text, variable=item.name, rows=np.flatnonzero(~filled))
    numeric = columns.is_numeric(item.name)
    if "types" not in columns.dataset.unsaid and _is_of_other_type(item, numeric):
        kinds = ("text", "numeric")
        text = f"the variable is {kinds[numeric]}, but {item.type} in define.xml"
        yield columns.report("DEF207", text, variable=item.name)
    elif not item.levels:
        yield from _check_items(columns, item, item, filled, "")
    else:
        yield from _check_levels(columns, item, filled)


def _is_of_other_type(item: ItemStatement, numeric: bool) -> bool:
    """Whether a text is a number in define.xml, or a number a text; dates may be either (SDTM text, ADaM numbers)."""
    if item.type in _NUMERIC:
        return not numeric
    return numeric and item.type == "text"


def _check_levels(columns: Columns, item: ItemStatement, filled: np.ndarray) -> Iterator[Finding]:
    """The values under each where-clause, and those under none as the variable itself says."""
    covered = np.zeros(columns.length, dtype=bool)
    for level in item.levels:
        mask = select_level(columns, level)
        if mask is None:
            continue
        covered |= mask
        inner = replace(level.item, name=item.name)
        blank = mask & ~filled
        where = f" where {describe_clauses(level)}"
        if level.item.mandatory and blank.any() and mask.any() and not item.mandatory:
            text = f"{item.name}{where} is mandatory in define.xml, but blank"
            yield columns.report("DEF214", text, variable=item.name, rows=np.flatnonzero(blank))
        yield from _check_items(columns, item, inner, mask & filled, where)
    yield from _check_items(columns, item, item, filled & ~covered, "")
    if item.codelist is not None:
        yield from _check_codelist(columns, item, item, filled & covered, "")


def _check_items(
    columns: Columns, item: ItemStatement, stated: ItemStatement, mask: np.ndarray, where: str
) -> Iterator[Finding]:
    if not mask.any():
        return
    coded, name = columns.coded(item.name), f"{item.name}{where}"
    for code, severity, says, test in _list_tests(stated, columns.is_numeric(item.name), columns.dataset.codec):
        wrong = _find_wrong(coded, mask, test)
        if len(wrong):
            first = show_text(coded.text(int(wrong[0])))
            text = f"{name} is {says} in define.xml, but some values are not, such as '{first}'"
            yield columns.report(code, text, variable=item.name, rows=wrong, severity=severity, value=first)
    yield from _check_codelist(columns, item, stated, mask, where)


def _list_tests(stated: ItemStatement, numeric: bool, codec: str) -> Iterator[tuple[str, Severity, str, Test]]:
    """What is asked of each distinct value: code, severity, what define.xml says, and whether a value breaks it."""
    kind, length, digits = stated.type, stated.length, stated.digits
    if kind == "integer":
        yield "DEF207", Severity.ERROR, "an integer", lambda text: not _is_integer(text)
        if length:
            yield "DEF208", Severity.WARNING, f"{length} digits long", lambda text: _count_digits(text) > length
    elif kind == "float":
        yield "DEF207", Severity.ERROR, "a number", lambda text: _to_float(text) is None
        if digits is not None:
            yield (
                "DEF216",
                Severity.WARNING,
                f"a number with {digits} decimals",
                lambda text: _count_decimals(text) > digits,
            )
    elif kind == "text" and length and not numeric:
        yield "DEF208", Severity.ERROR, f"{length} bytes long", lambda text: measure(text, codec) > length
    elif kind in _DATE_TYPES and not numeric:
        pattern = re.compile(_DATE_TYPES[kind])
        yield "DEF207", Severity.WARNING, f"of type {kind}", lambda text: pattern.fullmatch(text) is None


def _find_wrong(coded: Coded, mask: np.ndarray, test: Test) -> np.ndarray:
    used = np.zeros(len(coded.values), dtype=bool)
    used[coded.codes[mask]] = True
    wrong = np.array([bool(ask) and test(text) for text, ask in zip(coded.texts, used, strict=True)], dtype=bool)
    return np.flatnonzero(coded.spread(wrong) & mask)


def _check_codelist(
    columns: Columns, item: ItemStatement, stated: ItemStatement, mask: np.ndarray, where: str
) -> Iterator[Finding]:
    """Values that the codelist does not list: one finding per value, and one for those beyond a number."""
    codelist = stated.codelist
    if codelist is None or codelist.external or not codelist.terms:
        return
    coded = columns.coded(item.name)
    terms = {*codelist.terms, *(_plain(term) for term in codelist.terms)}
    wrong = _find_wrong(coded, mask, lambda text: text not in terms)
    codes, first = np.unique(coded.codes[wrong], return_index=True)
    for code in codes[np.argsort(first)][:_MOST_VALUES]:
        value = coded.texts[int(code)]
        text = f"{item.name}{where} is '{show_text(value)}', which is not in codelist {codelist.name} of define.xml"
        hint = did_you_mean(value, codelist.terms) or _list_terms(codelist.terms)
        rows = wrong[coded.codes[wrong] == code]
        yield columns.report("DEF209", text, variable=item.name, rows=rows, hint=hint, value=value)
    if len(codes) > _MOST_VALUES:
        rest = np.isin(coded.codes[wrong], codes[np.argsort(first)][_MOST_VALUES:])
        text = f"{item.name}{where} has more values that are not in codelist {codelist.name} of define.xml"
        yield columns.report("DEF209", text, variable=item.name, rows=wrong[rest])


def _list_terms(terms: tuple[str, ...]) -> str:
    more = f" and {len(terms) - _SHOWN_TERMS} more" if len(terms) > _SHOWN_TERMS else ""
    return f"it lists: {', '.join(terms[:_SHOWN_TERMS])}{more}"


def _plain(term: str) -> str:
    """A number without needless zeros, as numeric variables are compared (``1.0`` is 1)."""
    number = _to_float(term)
    return term if number is None else f"{number:g}"


def select_level(columns: Columns, level: LevelStatement) -> np.ndarray | None:
    """The records of a value-level item: those of any of its clauses; None when one cannot be asked."""
    found = [columns.select(clause) for clause in level.clauses]
    masks = [mask for mask in found if mask is not None]
    return np.logical_or.reduce(masks) if masks and len(masks) == len(found) else None


def describe_clauses(level: LevelStatement) -> str:
    """The clauses in words: ``VSTESTCD EQ HEIGHT``."""
    return " or ".join(
        " and ".join(f"{one.variable} {one.comparator} {', '.join(one.values)}" for one in clause)
        for clause in level.clauses
    )


def _to_float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_integer(text: str) -> bool:
    number = _to_float(text)
    return number is not None and number.is_integer() if number is None or np.isfinite(number) else False


def _count_digits(text: str) -> int:
    return len(text.lstrip("+-").partition(".")[0]) if _is_integer(text) else 0


def _count_decimals(text: str) -> int:
    if _to_float(text) is None:
        return 0
    mantissa, _, exponent = text.lower().partition("e")
    return max(0, len(mantissa.partition(".")[2]) - (int(exponent) if exponent else 0))
