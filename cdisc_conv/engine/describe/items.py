"""What define.xml says of a column's values: data type, length, significant digits, and the codelist terms used."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import TEXT, to_arrow
from cdisc_conv.columns.texts import format_numbers
from cdisc_conv.dataset import Codelist, Item, Term
from cdisc_conv.engine.describe.origins import Provenance
from cdisc_conv.standards import CodelistTerms, Terminology

NO_YES = "C66742"
"""The codelist No Yes Response."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")


def byte_length(series: pd.Series) -> int:
    """The longest value in bytes of UTF-8, at least 1.

    >>> byte_length(pd.Series(["ab", "皮"], dtype="str"))
    3
    """
    return max(1, pc.max(pc.binary_length(to_arrow(series))).as_py() or 0)


def describe_numbers(series: pd.Series) -> tuple[str, int, int | None]:
    """(data type, length, significant digits) of numbers: ``integer`` when all are whole, else ``float``.

    Length counts digits and the point; significant digits are those after the point (Define-XML 2.1, 4.3.1).

    >>> describe_numbers(pd.Series([1.0, -20.0])), describe_numbers(pd.Series([1.25, 20.0]))
    (('integer', 2, None), ('float', 5, 2))
    """
    numbers = series.to_numpy(dtype="float64")
    texts = pc.ascii_ltrim(to_arrow(format_numbers(pd.Series(np.unique(numbers[~np.isnan(numbers)])))), "-")
    if not len(texts):
        return "integer", 1, None
    longest, whole, digits = _measure_digits(texts)
    return ("float", whole + 1 + digits, digits) if digits else ("integer", longest, None)


def _measure_digits(bare: pa.Array) -> tuple[int, int, int]:
    """The longest text of plain numbers without signs, and the most digits before and after the point."""
    lengths, points = pc.binary_length(bare), pc.find_substring(bare, ".")
    whole = pc.if_else(pc.less(points, 0), lengths, points)
    decimals = pc.max(pc.subtract(pc.subtract(lengths, whole), 1)).as_py()
    return pc.max(lengths).as_py(), pc.max(whole).as_py(), max(0, decimals)


def describe_written(texts: pd.Series) -> tuple[str, int, int | None] | None:
    """The same of numbers as they are written, where trailing zeros count; None when a text is not a plain number.

    >>> describe_written(pd.Series(["36.60", "7"], dtype="str")), describe_written(pd.Series(["12", "<5"], dtype="str"))
    (('float', 5, 2), None)
    """
    bare = pc.ascii_ltrim(to_arrow(pd.Series(texts.unique(), dtype="str").str.strip()), "+-")
    if not len(bare) or not pc.all(pc.match_substring_regex(bare, r"^[0-9]+(\.[0-9]+)?$")).as_py():
        return None
    longest, _, digits = _measure_digits(bare)
    return ("float", longest, digits) if digits else ("integer", longest, None)


def describe_text(series: pd.Series, described: str) -> str:
    """The Define-XML data type of text: a date type where the standard wants ISO 8601 and the values allow it.

    >>> describe_text(pd.Series(["2022-01-05", "2022-01"], dtype="str"), "ISO 8601 datetime or interval")
    'partialDate'
    >>> describe_text(pd.Series(["2022-01-05T14:30+02:00"], dtype="str"), "ISO 8601 datetime or interval")
    'datetime'
    """
    if not described.startswith("ISO 8601"):
        return "text"
    values = [value for value in series.unique() if value]
    if "duration" in described and "datetime" not in described:
        return "durationDatetime"
    if any("/" in value or value.startswith(("P", "-")) for value in values):
        return "text"
    if all(_DATE.fullmatch(value) for value in values) and values:
        return "date"
    if all(_DATETIME.fullmatch(value) for value in values) and values:
        return "datetime"
    return "partialDatetime" if any("T" in value for value in values) or not values else "partialDate"


def used_codelist(
    series: pd.Series, codelist: CodelistTerms, terminology: Terminology, allowed: tuple[str, ...] = ()
) -> Codelist | None:
    """The codelist of a column with the terms it uses (and `allowed`); None when it uses none.

    A value that the published list does not have is a term of the sponsor's (``extended``).

    >>> from cdisc_conv.standards import load_terminology
    >>> terminology = load_terminology("sdtm", "2025-03-28")
    >>> found = used_codelist(pd.Series(["Y", "MAYBE"], dtype="str"), terminology.codelist("NY"), terminology)
    >>> [(term.value, term.code, term.extended) for term in found.terms]
    [('MAYBE', '', True), ('Y', 'C49488', False)]
    """
    if pd.api.types.is_numeric_dtype(series):
        values = set(format_numbers(pd.Series(series.dropna().unique())))
    else:
        values = set(series.unique())
    ordered = sorted((values | set(allowed)) - {""})
    if not ordered:
        return None
    published = {term.value: term for term in codelist.terms}
    terms = tuple(
        Term(value, published[value].code, published[value].decode)
        if value in published and published[value].code
        else Term(value, extended=True)
        for value in ordered
    )
    package = terminology.package_of(codelist.code)
    standard = f"{package.publishing_set}/NCI {package.version}"
    return Codelist(codelist.name, codelist.short_name, codelist.code, standard, terms=terms)


def flag_codelist(
    name: str, series: pd.Series, permitted: tuple[str, ...], terminology: Terminology
) -> Codelist | None:
    """The codelist of a flag of an analysis dataset, a text variable whose name ends in FL: Y and N of No Yes Response.

    `permitted` are the values that the standard allows, which are listed although the data may not have them; None
    when the variable is not a flag, or holds anything else. Source: ADaMIG 1.3, section 3.1.3 (flag variables).

    >>> from cdisc_conv.standards import load_terminology
    >>> flags = pd.Series(["Y", "Y"], dtype="str")
    >>> found = flag_codelist("SAFFL", flags, ("Y", "N"), load_terminology("sdtm", "2025-03-28"))
    >>> [(term.value, term.code) for term in found.terms]
    [('N', 'C49487'), ('Y', 'C49488')]
    """
    if not name.endswith("FL") or series.dtype != TEXT or NO_YES not in terminology:
        return None
    if not {*series.unique(), *permitted} <= {"", "Y", "N"}:
        return None
    return used_codelist(series, terminology.codelist(NO_YES), terminology, permitted)


def make_item(series: pd.Series, described: str, codelist: Codelist | None, provenance: Provenance) -> Item:
    """The item of some values: type and length from the values, the rest as given."""
    origin, method, comment = provenance.origin, provenance.method, provenance.comment
    if series.dtype == TEXT:
        return Item(
            describe_text(series, described),
            byte_length(series),
            origin=origin,
            method=method,
            comment=comment,
            codelist=codelist,
        )
    kind, length, digits = describe_numbers(series)
    return Item(kind, length, digits, origin=origin, method=method, comment=comment, codelist=codelist)
