"""Codelists of an analysis dataset's own making: variables that say the same as a code and in words.

PARAMCD and PARAM, AVISITN and AVISIT, AGEGR1N and AGEGR1: where the data hold both, the one decodes the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.texts import format_numbers
from cdisc_conv.dataset import Codelist, Term
from cdisc_conv.engine.facts.collect import list_partners
from cdisc_conv.engine.facts.datasets import DatasetFacts


def pair_codelists(facts: DatasetFacts, columns: Mapping[str, str], there: Collection[str]) -> dict[str, Codelist]:
    """The codelists of the columns that have a partner in a dataset, by name of the column.

    `columns` are the columns to look at (those without a published codelist) with their labels, which name the lists;
    `there` are all columns of the dataset. The terms are the values of the data. PARAMCD is decoded by PARAM, and a
    number (``AGEGR1N``, ``CRIT1FN``) by its
    text (``AGEGR1``, ``CRIT1FL``); the text itself is a list without decodes, in the order of its codes. A code with
    several texts has no codelist, because none of them is its decode.

    Source: ADaMIG 1.3, section 3.1.4 (variable naming: the suffix N, one-to-one within a study or parameter).
    """
    found: dict[str, Codelist] = {}
    for name, label in columns.items():
        other = next((other for other in list_partners(name, facts.numeric) if other in there), "")
        code, text = (name, other) if (name, other) in facts.pairs else (other, name)
        if (code, text) not in facts.pairs:
            continue
        codes, texts = facts.pairs[code, text].columns()
        terms = decode_terms(codes, texts) if name == code else list_terms(texts, codes)
        if terms:
            found[name] = Codelist(label, name, type=code_type(codes if name == code else texts), terms=terms)
    return found


def decode_terms(codes: pd.Series, texts: pd.Series) -> tuple[Term, ...]:
    """The codes that occur, in their order, each with its text; empty when a code has several texts.

    Where every text is only the code again, the terms have no decode.

    >>> for term in decode_terms(pd.Series([2.0, 1.0]), pd.Series(["Medium", "Low"], dtype="str")):
    ...     print(term.value, term.decode)
    1 Low
    2 Medium
    """
    pairs = _distinct(codes, texts)
    decoded = pairs[pairs["text"] != ""]
    if decoded["code"].duplicated().any():
        return ()
    words = dict(zip(decoded["value"], decoded["text"], strict=True))
    values = pairs.drop_duplicates("code").sort_values("code")["value"].tolist()
    plain = all(words.get(value, value) == value for value in values)
    return tuple(Term(value, decode="" if plain else words.get(value, "")) for value in values)


def list_terms(texts: pd.Series, codes: pd.Series) -> tuple[Term, ...]:
    """The texts that occur, in the order of their codes; texts without a code come last.

    >>> [term.value for term in list_terms(pd.Series(["b", "a", "c"], dtype="str"), pd.Series([1.0, 2.0, None]))]
    ['b', 'a', 'c']
    """
    pairs = pd.DataFrame({"text": texts, "code": codes}).drop_duplicates()
    pairs = pairs[pairs["text"] != ""]
    if pairs["code"].dtype == TEXT:
        pairs = pairs.assign(none=pairs["code"] == "")
    else:
        pairs = pairs.assign(none=pairs["code"].isna())
    ordered = pairs.sort_values(["none", "code", "text"]).drop_duplicates("text")
    return tuple(Term(value) for value in ordered["text"])


def code_type(values: pd.Series) -> str:
    """The data type of a codelist of these values: text, integer, or float where there are decimals."""
    if values.dtype == TEXT:
        return "text"
    return "integer" if bool((values.dropna() % 1 == 0).all()) else "float"


def _distinct(codes: pd.Series, texts: pd.Series) -> pd.DataFrame:
    """Each pair once, without missing codes; ``value`` is the code as the codelist writes it."""
    pairs = pd.DataFrame({"code": codes, "text": texts}).drop_duplicates()
    if codes.dtype == TEXT:
        pairs = pairs[pairs["code"] != ""]
        return pairs.assign(value=pairs["code"])
    pairs = pairs[pairs["code"].notna()]
    return pairs.assign(value=format_numbers(pairs["code"].reset_index(drop=True)).to_numpy())
