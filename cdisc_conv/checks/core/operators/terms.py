"""Terms of codelists, and display formats."""

from __future__ import annotations

import re

from cdisc_conv.checks.core.data.vectors import Mask, constant, to_text
from cdisc_conv.checks.core.operators.membership import is_among
from cdisc_conv.checks.core.operators.registry import NotAnswerableError, Question, operator

_DATED = re.compile(
    r"(?:DATE|DATETIME|TIME|TOD|DTDATE|(?:YY|MM|DD)[A-Z]*|[EBN$]*[A-Z]*8601[A-Z]*|JULIAN|WEEKDATE)\d*\.?\d*"
)
"""Display formats of SAS for dates and times."""


@operator("uses_valid_codelist_terms", "does_not_use_valid_codelist_terms")
def uses_valid_codelist_terms(question: Question) -> Mask:
    """The value is a term of the codelist; also where there is none."""
    name = str(question.check.value)
    packages = question.study.terminologies.values() if question.study is not None else ()
    found = next((package.codelist(name) for package in packages if name in package), None)
    if found is None:
        raise NotAnswerableError(f"no codelist {name} is at hand")
    terms = tuple(term.value for term in found.terms)
    return is_among(question.target, constant(terms, question.length)) | question.target.missing


@operator("uses_valid_format_terms", "does_not_use_valid_format_terms")
def uses_valid_format_terms(question: Question) -> Mask:
    """The display format of the variable is one of dates or times."""
    formats = question.view.find("variable_format") or question.target
    return formats.test(lambda value: _DATED.fullmatch(to_text(value).upper()) is not None)
