"""Several answers to one question: checkboxes, or codes with a sign between them, in one variable and qualifiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import find_texts, fold, text_column
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.parameters import Names, Text, TextMap, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.derivations.values.copying import MULTIPLE
from cdisc_conv.expr.library import split_parts
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.standards import CodelistTerms

_UNTICKED = ("0", "N", "No", "false", "unchecked")


class _Several(Derivation):
    """What `multiple` and `multiple_part` share: where the answers are, and what they mean."""

    topic: ClassVar[str] = "Controlled terminology"
    kind: ClassVar[Kind] = Kind.TEXT
    origin: ClassVar[OriginType] = OriginType.COLLECTED

    value: Ref | None = Field(None, description="the column that may hold several answers")
    separator: str = Field("|", min_length=1, description="what stands between them")
    boxes: dict[Ref, Text] = Field({}, description="or the columns of checkboxes -> the term that a tick means")
    unticked: Names = Field(_UNTICKED, description="what a checkbox holds that nobody ticked, beside nothing")
    map: TextMap = Field({}, description="answer -> term, without regard to case and blanks; looked up first")
    terms: Text = Field("", description="the codelist of the answers, such as RACE; that of the variable without it")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.value is None) == (not self.boxes):
            raise ValueError("it takes 'value' with its 'separator', or 'boxes'")
        return self

    def reads(self) -> tuple[str, ...]:
        return (self.value,) if self.value is not None else tuple(self.boxes)

    def _list_answers(self, rows: Rows, report: bool) -> tuple[list[tuple[str, ...]], np.ndarray]:
        """Distinct combinations of terms, and which of them each record has."""
        if self.value is not None:
            found = find_texts(rows[self.value])
            said = [split_parts(text, self.separator) for text in found.values]
            look_up = self._find_terms(rows)
            if report:
                self._report(rows, found.codes, said)
            made = [tuple(dict.fromkeys(look_up.get(fold(one), one) for one in answers)) for answers in said]
            return made, found.codes
        blank = {fold(one) for one in self.unticked} | {""}
        ticks = np.zeros(len(rows), dtype=np.int64)
        for place, column in enumerate(self.boxes):
            found = find_texts(rows[column])
            ticked = np.array([fold(text) not in blank for text in found.values], dtype=np.int64)
            ticks |= ticked[found.codes] << place
        distinct, codes = np.unique(ticks, return_inverse=True)
        terms = tuple(self.boxes.values())
        made = [tuple(term for place, term in enumerate(terms) if number >> place & 1) for number in distinct.tolist()]
        return made, codes

    def _codelist(self, rows: Rows) -> CodelistTerms | None:
        return rows.terminology.codelist(self.terms) if self.terms else rows.codelist()

    def _find_terms(self, rows: Rows) -> dict[str, str]:
        """Folded answer -> term, for all answers of the column."""
        codelist = self._codelist(rows)
        known = {fold(key): term for key, term in self.map.items()}
        for answer in self._distinct(rows):
            match = codelist.match(answer).term if codelist is not None and fold(answer) not in known else None
            if match is not None:
                known[fold(answer)] = match.value
        return known

    def _distinct(self, rows: Rows) -> Iterator[str]:
        found = find_texts(rows[self.value]) if self.value is not None else None
        texts = found.values if found is not None else ()
        yield from dict.fromkeys(one for text in texts for one in split_parts(text, self.separator))

    def _report(self, rows: Rows, codes: np.ndarray, said: list[list[str]]) -> None:
        """TERM001: answers that mean no term."""
        codelist = self._codelist(rows)
        if codelist is None:
            return
        known = self._find_terms(rows)
        bad = np.array([any(fold(one) not in known for one in answers) for answers in said], dtype=bool)
        values = text_column(self.separator.join(answers) for answers in said)

        def describe(text: str) -> tuple[str, str]:
            lost = [one for one in split_parts(text, self.separator) if fold(one) not in known]
            message = f"'{lost[0]}' is not in {codelist.short_name} ({codelist.code}); it is kept as it is"
            return message, codelist.suggest(lost[0]) or "map it with 'map', or have it corrected at the source"

        severity = Severity.WARNING if codelist.extensible else Severity.ERROR
        field = self.value or ""
        report_values(rows, "TERM001", codes, values, bad, describe, severity=severity, field=field)

    def _describe(self, words: Words) -> str:
        if self.value is not None:
            pairs = ", ".join(f'"{key}" is {value}' for key, value in self.map.items())
            said = f" Collected answers that differ from the terms: {pairs}." if pairs else ""
            return f'the answers in {words(self.value)}, with "{self.separator}" between them.{said}'
        named = join_words(f"{words(column)} ({term})" for column, term in self.boxes.items())
        return f"the boxes that are ticked: {named}."


@register
class Multiple(_Several):
    """The one answer to a question that takes several, or MULTIPLE with the answers in supplemental qualifiers.

    The answers are in one column with `separator` between them, or each has a checkbox (`boxes`). One answer is the
    value; of several the value is `multiple`, and the answers go, in their order, to qualifiers that are called like
    the variable with the digits 1, 2 ... (RACE1, RACE2). Qualifiers that nobody needs are not written. An answer that
    means no term of the codelist is a finding (TERM001) and is kept; more answers than `most` are joined in the last
    qualifier.

    | RACE on the form | RACE | RACE1 | RACE2 |
    |---|---|---|---|
    | `Asian` | `ASIAN` | | |
    | `Asian\\|White` | `MULTIPLE` | `ASIAN` | `WHITE` |
    | | missing | | |

    ```yaml
    RACE: {multiple: {boxes: {RACE_A: ASIAN, RACE_W: WHITE}, label: Race}}
    ```

    Source: SDTMIG 3.4 section 4.2.8.3 (multiple values for a non-result qualifier), DM assumption on RACE.
    """

    name: ClassVar[str] = "multiple"
    shorthand: ClassVar[str] = "value"

    multiple: Text = Field(MULTIPLE, description="the value where there are several answers")
    most: int = Field(5, ge=2, le=9, description="how many qualifiers there may be")
    label: str = Field("", description="label of the qualifiers, to which their number is added")

    def derive(self, rows: Rows) -> pd.Series:
        made, codes = self._list_answers(rows, report=True)
        values = ["" if not terms else terms[0] if len(terms) == 1 else self.multiple for terms in made]
        return take_rows(text_column(values), codes)

    def supplemental(self, variable: str) -> dict[str, tuple[str, Derivation]]:
        shared = {name: getattr(self, name) for name in _Several.model_fields}
        if self.value == variable:
            shared["value"] = Ref(f"raw.{variable}")  # for a qualifier the bare name is the variable, made already
        shared["terms"] = self.terms or variable
        return {
            f"{variable[:7]}{number}": (
                f"{self.label or variable} {number}",
                MultiplePart(**shared, number=number, most=self.most),
            )
            for number in range(1, self.most + 1)
        }

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        known = codelist.values if codelist is not None and not codelist.extensible else None
        said = [*self.boxes.values(), *self.map.values(), self.multiple]
        if known is None or codelist is None:
            return []
        return [
            Problem("DRV004", f"'{term}' is not in codelist {codelist.short_name}", hint=codelist.suggest(term))
            for term in said
            if term not in known and term != MULTIPLE
        ]

    def method(self, words: Words) -> str:
        names = ", ".join(self.supplemental(words.variable))
        where = f"of several it is {self.multiple}, and they are in SUPP{words.dataset} ({names})"
        return f"One answer is the value; {where}. These are {self._describe(words)}"


@register
class MultiplePart(_Several):
    """One of several answers, as `multiple` brings it along; it need not be written in a mapping.

    | RACE on the form | number | result |
    |---|---|---|
    | `Asian\\|White` | 2 | `WHITE` |
    | `Asian` | 1 | missing |

    ```yaml
    RACE2: {multiple_part: {value: RACE, number: 2, terms: RACE}, label: Race 2}
    ```

    Source: SDTMIG 3.4 section 4.2.8.3 (multiple values for a non-result qualifier).
    """

    name: ClassVar[str] = "multiple_part"

    number: int = Field(ge=1, le=9, description="which answer")
    most: int = Field(9, ge=1, le=9, description="how many there may be; the last holds all that are left")

    def derive(self, rows: Rows) -> pd.Series:
        made, codes = self._list_answers(rows, report=False)
        values = ["" if len(terms) < 2 else self._pick(terms) for terms in made]
        return take_rows(text_column(values), codes)

    def _pick(self, terms: tuple[str, ...]) -> str:
        if self.number == self.most:
            return "; ".join(terms[self.number - 1 :])
        return terms[self.number - 1] if self.number <= len(terms) else ""

    def _codelist(self, rows: Rows) -> CodelistTerms | None:
        return rows.terminology.codelist(self.terms) if self.terms in rows.terminology else None

    def method(self, words: Words) -> str:
        return f"Answer {self.number} where there are several, of {self._describe(words)}"
