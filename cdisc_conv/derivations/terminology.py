"""Coded values: translated by controlled terminology, or by a map of the sponsor's own."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.distinct import TEXT, encode, spread
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.standards import CodelistTerms

Texts = Annotated[
    dict[str, str], BeforeValidator(lambda value: {str(k): "" if v is None else str(v) for k, v in value.items()})
]


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


@register
class Term(Derivation):
    """A collected value translated to the submission value of the variable's codelist.

    Looked up in this order: the mapping's own `map`, then the submission values, decodes and synonyms of the codelist,
    exactly first and then without regard to case and blanks. A value that none of them has is a finding with its rows,
    and stays as it was collected: it is never blanked. Terms of the sponsor's own that an extensible codelist may take
    are listed under `extend`.

    | AEOUT (raw) | AEOUT |
    |---|---|
    | Recovered or resolved | RECOVERED/RESOLVED (by `map`) |
    | fatal | FATAL |
    | Gone | Gone (finding TERM001) |

    ```yaml
    AEOUT: {term: {value: AEOUT, map: {NOTRECOV: NOT RECOVERED/NOT RESOLVED}}}
    ```

    Source of the rule: SDTMIG 3.4, section 4.3 (controlled terminology).
    """

    name = "term"
    topic = "Controlled terminology"
    shorthand = "value"
    kind = Kind.TEXT
    origin = OriginType.COLLECTED

    value: Ref = Field(description="the column with the collected value")
    map: Texts = Field(default_factory=dict, description="collected value -> submission value, where names differ")
    extend: tuple[str, ...] = Field((), description="terms of the sponsor's own, for an extensible codelist")

    def derive(self, rows: Rows) -> pd.Series:
        codelist = rows.codelist()
        given = {_fold(key): value for key, value in self.map.items()} | {_fold(value): value for value in self.extend}
        codes, distinct = encode(rows[self.value])
        result: list[str] = []
        for number, text in enumerate(distinct):
            found = given.get(_fold(text), None)
            if found is None and codelist is not None and text.strip():
                term = codelist.find(text.strip())
                found = term.value if term else None
            if found is None and text.strip():
                self._report(rows, codelist, text, codes == number)
            result.append(text.strip() if found is None else found)
        return spread(pd.Series(result, dtype=TEXT), codes)

    def _report(self, rows: Rows, codelist: CodelistTerms | None, text: str, where: np.ndarray) -> None:
        listed = (
            f"codelist {codelist.short_name} ({codelist.code})" if codelist else "the map, and there is no codelist"
        )
        hint = codelist.suggest(text.strip()) if codelist else ""
        hint = "; ".join(filter(None, (hint, "map it under 'map', or correct the raw data")))
        severity = Severity.WARNING if codelist is None or codelist.extensible else Severity.ERROR
        message = f"'{text.strip()}' is not in {listed}; it is kept as it is"
        rows.report("TERM001", message, where=where, severity=severity, field=self.value, value=text.strip(), hint=hint)

    def method(self, words: Words) -> str:
        pairs = "; ".join(f"{key} is {value}" for key, value in self.map.items())
        return f"As collected in {words(self.value)}, in the words of the codelist" + (f": {pairs}." if pairs else ".")

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        if codelist is None:
            message = "the variable has no codelist to look the term up in"
            return [Problem("DRV003", message, hint="name one with 'codelist:', or use 'map'")]
        problems = []
        for value in dict.fromkeys(self.map.values()):
            if value and value not in codelist.values and value not in self.extend:
                message = f"'map' gives '{value}', which is not in codelist {codelist.short_name} ({codelist.code})"
                problems.append(Problem("DRV002", message, hint=codelist.suggest(value) or "list it under 'extend'"))
        if self.extend and not codelist.extensible:
            message = f"codelist {codelist.short_name} ({codelist.code}) takes no terms of the sponsor's own"
            problems.append(Problem("DRV004", message, hint="take 'extend' away"))
        return problems


@register
class Decode(Derivation):
    """The long name that belongs to a short one: --TEST from --TESTCD, by the NCI code that both terms share.

    ```yaml
    VSTEST: {decode: VSTESTCD}
    ```

    Source of the rule: SDTMIG 3.4, section 4.3 (paired codelists of test codes and test names).
    """

    name = "decode"
    topic = "Controlled terminology"
    shorthand = "value"
    kind = Kind.TEXT
    origin = OriginType.ASSIGNED

    value: Ref = Field(description="the variable with the short name, whose codelist is paired with this one's")
    map: Texts = Field(default_factory=dict, description="short name -> long name, for terms of the sponsor's own")

    def derive(self, rows: Rows) -> pd.Series:
        codelist = rows.codelist()
        codes, distinct = encode(rows[self.value])
        by_code = {term.code: term.value for term in codelist.terms} if codelist else {}
        short = _short_names(rows, self.value)
        result = []
        for number, text in enumerate(distinct):
            found = self.map.get(text) or by_code.get(short.get(text, "-"))
            if found is None and text:
                message = f"'{text}' has no long name in the codelist of {rows.variable}"
                rows.report("TERM002", message, where=codes == number, value=text, hint="give it under 'map'")
            result.append(found or "")
        return spread(pd.Series(result, dtype=TEXT), codes)

    def method(self, words: Words) -> str:
        return f"The name of the test that {words(self.value)} codes, from the paired codelist."


def _short_names(rows: Rows, value: str) -> dict[str, str]:
    """Short name -> NCI code, from the codelists that hold short names."""
    found: dict[str, str] = {}
    long_codes = {term.code for term in codelist.terms} if (codelist := rows.codelist()) else set()
    for key in rows.terminology.codes:
        listed = rows.terminology.codelist(key)
        if listed.short_name.endswith(("CD", "TC")) or "Code" in listed.name:
            for term in listed.terms:
                if term.code in long_codes:
                    found.setdefault(term.value, term.code)
    return found


@register
class Map(Derivation):
    """A value translated by a map of the study's own, where no codelist is behind it.

    | PLANNED_ARMCD | ARM |
    |---|---|
    | Pbo | Placebo |
    | Xan_Hi | Xanomeline High Dose |

    A value that the map does not have becomes `else` when that is given; otherwise it is a finding, and stays as it is.

    ```yaml
    ARM: {map: {value: ARMCD, values: {Pbo: Placebo, Xan_Hi: Xanomeline High Dose}}}
    ```
    """

    name = "map"
    topic = "Controlled terminology"
    kind = Kind.TEXT
    origin = OriginType.ASSIGNED

    value: Ref = Field(description="the column to translate")
    values: Texts = Field(description="value -> translation")
    otherwise: str | None = Field(None, alias="else", description="what any other value becomes")

    def derive(self, rows: Rows) -> pd.Series:
        folded = {_fold(key): value for key, value in self.values.items()}
        codes, distinct = encode(rows[self.value])
        result = []
        for number, text in enumerate(distinct):
            found = folded.get(_fold(text), self.otherwise if text.strip() else "")
            if found is None:
                message = f"'{text.strip()}' is not in the map of {rows.variable}; it is kept as it is"
                hint = f"the map has: {', '.join(self.values)}"
                rows.report("MAP001", message, where=codes == number, field=self.value, value=text.strip(), hint=hint)
            result.append(text.strip() if found is None else found)
        return spread(pd.Series(result, dtype=TEXT), codes)

    def method(self, words: Words) -> str:
        pairs = "; ".join(f"{value or 'blank'} where it is {key or 'blank'}" for key, value in self.values.items())
        rest = f"; {self.otherwise or 'blank'} otherwise" if self.otherwise is not None else ""
        return f"From {words(self.value)}: {pairs}{rest}."
