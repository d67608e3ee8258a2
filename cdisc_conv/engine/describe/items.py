"""What define.xml says of a column's values: data type, length, significant digits, and the codelist terms used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cdisc_conv.dataset import Codelist, Item, Term
from cdisc_conv.engine.describe.origins import Provenance
from cdisc_conv.engine.facts.values import Looks, ValueFacts
from cdisc_conv.standards import CodelistTerms, Terminology

NO_YES = "C66742"
"""The codelist No Yes Response."""


def byte_length(facts: ValueFacts) -> int:
    """The longest text in bytes of UTF-8, at least 1.

    >>> import pandas as pd
    >>> from cdisc_conv.engine.facts.values import describe_values
    >>> byte_length(describe_values(pd.Series(["ab", "皮"], dtype="str")))
    3
    """
    return max(1, facts.bytes)


def describe_numbers(facts: ValueFacts) -> tuple[str, int, int | None]:
    """(data type, length, significant digits) of numbers: ``integer`` when all are whole, else ``float``.

    Length counts digits and the point; significant digits are those after the point (Define-XML 2.1, 4.3.1).

    >>> import pandas as pd
    >>> from cdisc_conv.engine.facts.values import describe_values
    >>> describe_numbers(describe_values(pd.Series([1.0, -20.0]))), describe_numbers(describe_values(pd.Series([1.25])))
    (('integer', 2, None), ('float', 4, 2))
    """
    digits = facts.numbers
    if not digits.decimals:
        return "integer", max(1, digits.whole), None
    return "float", digits.whole + 1 + digits.decimals, digits.decimals


def describe_written(facts: ValueFacts) -> tuple[str, int, int | None] | None:
    """The same of numbers as they are written, where trailing zeros count; None when a text is not a plain number.

    >>> import pandas as pd
    >>> from cdisc_conv.engine.facts.values import describe_values
    >>> describe_written(describe_values(pd.Series(["36.60", "7"], dtype="str"), results=True))
    ('float', 5, 2)
    """
    if not facts.records or Looks.NO_PLAIN_NUMBER in facts.looks:
        return None
    digits = facts.written.decimals
    return ("float", facts.width, digits) if digits else ("integer", facts.width, None)


def describe_text(facts: ValueFacts, described: str) -> str:
    """The Define-XML data type of text: a date type where the standard wants ISO 8601 and the values allow it.

    >>> import pandas as pd
    >>> from cdisc_conv.engine.facts.values import describe_values
    >>> dates = describe_values(pd.Series(["2022-01-05", "2022-01"], dtype="str"))
    >>> describe_text(dates, "ISO 8601 datetime or interval")
    'partialDate'
    """
    if not described.startswith("ISO 8601"):
        return "text"
    if "duration" in described and "datetime" not in described:
        return "durationDatetime"
    if Looks.INTERVAL in facts.looks:
        return "text"
    if facts.filled and Looks.NO_DATE not in facts.looks:
        return "date"
    if facts.filled and Looks.NO_DATETIME not in facts.looks:
        return "datetime"
    return "partialDatetime" if Looks.TIME in facts.looks or not facts.filled else "partialDate"


def used_codelist(
    values: Collection[str], codelist: CodelistTerms, terminology: Terminology, allowed: tuple[str, ...] = ()
) -> Codelist | None:
    """The codelist of a column with the terms it uses (and `allowed`); None when it uses none.

    A value that the published list does not have is a term of the sponsor's (``extended``).

    >>> from cdisc_conv.standards import load_terminology
    >>> terminology = load_terminology("sdtm", "2025-03-28")
    >>> found = used_codelist({"Y", "MAYBE"}, terminology.codelist("NY"), terminology)
    >>> [(term.value, term.code, term.extended) for term in found.terms]
    [('MAYBE', '', True), ('Y', 'C49488', False)]
    """
    ordered = sorted({*values, *allowed} - {""})
    if not ordered:
        return None
    published = {term.value: term for term in codelist.terms}
    if terminology.is_own(codelist.code):
        own = tuple(Term(value, decode=published[value].decode if value in published else "") for value in ordered)
        return Codelist(codelist.name, codelist.short_name, terms=own)
    terms = tuple(
        Term(value, published[value].code, published[value].decode)
        if value in published and published[value].code
        else Term(value, decode=published[value].decode if value in published else "", extended=True)
        for value in ordered
    )
    package = terminology.package_of(codelist.code)
    standard = f"{package.publishing_set}/NCI {package.version}"
    return Codelist(codelist.name, codelist.short_name, codelist.code, standard, terms=terms)


def flag_codelist(
    name: str, values: Collection[str], permitted: tuple[str, ...], terminology: Terminology
) -> Codelist | None:
    """The codelist of a flag of an analysis dataset, a text variable whose name ends in FL: Y and N of No Yes Response.

    `values` are those it has, `permitted` those that the standard allows, which are listed although the data may not
    have them; None when the variable is not a flag, or holds anything else. Source: ADaMIG 1.3, section 3.1.3 (flag
    variables).

    >>> from cdisc_conv.standards import load_terminology
    >>> found = flag_codelist("SAFFL", {"Y"}, ("Y", "N"), load_terminology("sdtm", "2025-03-28"))
    >>> [(term.value, term.code) for term in found.terms]
    [('N', 'C49487'), ('Y', 'C49488')]
    """
    if not name.endswith("FL") or NO_YES not in terminology:
        return None
    if not {*values, *permitted} <= {"", "Y", "N"}:
        return None
    return used_codelist(values, terminology.codelist(NO_YES), terminology, permitted)


def make_item(
    facts: ValueFacts, numeric: bool, described: str, codelist: Codelist | None, provenance: Provenance
) -> Item:
    """The item of some values: type and length from the values, the rest as given."""
    origin, method, comment = provenance.origin, provenance.method, provenance.comment
    kind, length, digits = describe_numbers(facts)
    if not numeric:
        kind, length, digits = describe_text(facts, described), byte_length(facts), None
    item = Item(kind, length, digits, origin=origin, method=method, comment=comment, codelist=codelist)
    return replace(item, method_type="Imputation") if provenance.imputes else item
