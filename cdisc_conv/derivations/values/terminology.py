"""Coded values: terms of controlled terminology, and the sponsor's own translations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.texts import find_texts, fold, text_column
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.parameters import Names, TextMap, Value, ValueMap, are_numbers
from cdisc_conv.derivations.registry import register
from cdisc_conv.derivations.values.copying import Constant, check_number, check_term
from cdisc_conv.expr.partial import Known
from cdisc_conv.problems import Problem, Severity, did_you_mean
from cdisc_conv.standards import CodelistTerm, CodelistTerms, Terminology

Answer = tuple[str, bool]
"""What a text becomes, and whether it was found."""


def translate(
    rows: Rows,
    source: Ref,
    code: str,
    look_up: Callable[[str], Answer],
    describe: Callable[[str], tuple[str, str]],
    severity: Severity = Severity.ERROR,
) -> pd.Series:
    """Looks every distinct text up; those not found are reported under `code` and kept as they are."""
    found = find_texts(rows[source])
    answers = [look_up(text) if text else ("", True) for text in found.values]
    bad = np.array([not known for _, known in answers], dtype=bool)
    report_values(rows, code, found.codes, found.values, bad, describe, severity=severity, field=source)
    return found.spread(text_column(made for made, _ in answers))


@register
class Term(Derivation):
    """The term of the variable's codelist that a collected text means.

    A text is looked up in this order: in `map`, among the terms of `extend`, then in the codelist by submission value,
    decode, synonym and preferred term, first exactly and then without regard to case and blanks; units also as
    laboratories spell them (`µg`, `x10E9/L`). Where only capitals tell terms apart, such as g/L from G/L, which is
    10^9/L, a text that mixes them (`G/l`) means several. A text that means no term, or several, is a finding (TERM001,
    one per distinct text with all its rows) and stays as it was collected, so that nothing is lost. A missing text
    stays missing.

    | Severity on the form | AESEV |
    |---|---|
    | `Mild` | `MILD` |
    | `moderate ` | `MODERATE` |
    | `awful` | `awful`, TERM001 |

    ```yaml
    AESEV: {term: {value: AESEV, map: {Mild Adverse Event: MILD}}}
    ```

    Source: SDTMIG 3.4 section 4.3 (controlled terminology); NCI EVS publication of CDISC terminology.
    """

    name: ClassVar[str] = "term"
    topic: ClassVar[str] = "Controlled terminology"
    shorthand: ClassVar[str] = "value"
    kind: ClassVar[Kind] = Kind.TEXT
    origin: ClassVar[OriginType] = OriginType.COLLECTED

    value: Ref = Field(description="the column with the collected text or code")
    map: TextMap = Field({}, description="collected text -> term, without regard to case and blanks; looked up first")
    extend: Names = Field((), description="terms of the sponsor's own in an extensible codelist")
    give: Literal["value", "decode", "code"] = Field(
        "value", alias="return", description="what of the term: its submission value, its decode, or its NCI C-code"
    )

    def derive(self, rows: Rows) -> pd.Series:
        codelist = rows.codelist()
        own = {fold(key): term for key, term in self.map.items()}
        sponsor = {fold(term): term for term in self.extend}

        def look_up(text: str) -> Answer:
            folded = fold(text)
            if folded in sponsor and folded not in own:
                return sponsor[folded], True
            wanted = own.get(folded, text)
            term = codelist.match(wanted).term if codelist else None
            if term is not None:
                return self._give(term), True
            return wanted, folded in own

        def describe(text: str) -> tuple[str, str]:
            if codelist is None:
                return f"'{text}' has no term, because {rows.variable} has no codelist", "name one with 'codelist'"
            reason = codelist.match(text).reason or f"'{text}' is not in {codelist.short_name}"
            listed = f"{reason} ({codelist.code}); it is kept as it is"
            return listed, codelist.suggest(text) or "map it with 'map', or have it corrected at the source"

        open_list = codelist is not None and codelist.extensible
        severity = Severity.WARNING if open_list else Severity.ERROR
        return translate(rows, self.value, "TERM001", look_up, describe, severity)

    def _give(self, term: CodelistTerm) -> str:
        return {"value": term.value, "decode": term.meaning, "code": term.code}[self.give]

    def specialise(self, known: Known) -> Derivation:
        return _specialise(self, known(self.value), self.map) if self.give == "value" else self

    def method(self, words: Words) -> str:
        if self.give == "value" and not self.map:
            return ""
        return self.sentence(words)

    def sentence(self, words: Words) -> str:
        what = {"value": "The term", "decode": "The meaning of the term", "code": "The NCI code of the term"}[self.give]
        text = f"{what} of controlled terminology for {words(self.value)}."
        pairs = [f'"{key}" is {value}' for key, value in self.map.items()]
        return f"{text} Collected texts that differ from the terms: {', '.join(pairs)}." if pairs else text

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        if codelist is None:
            hint = "name one with 'codelist', use 'map' for a list of your own, or 'copy' to take the text as it is"
            return [Problem("DRV003", "there is no codelist to look terms up in", hint=hint)]
        problems = []
        for term in self.extend:
            if term not in codelist.values and not codelist.extensible:
                message = (
                    f"'{term}' cannot be added: codelist {codelist.short_name} ({codelist.code}) is not extensible"
                )
                problems.append(Problem("DRV004", message, hint=codelist.suggest(term)))
        for term in dict.fromkeys(self.map.values()):
            if term and term not in self.extend:
                problems.extend(check_term(term, codelist))
        return problems


@register
class Decode(Derivation):
    """The name that belongs to a code: VSTEST for VSTESTCD, by the pair of codelists that share NCI C-codes.

    The codelist of names is that of the variable; the codelist of codes is its partner, whose short
    name has CD behind it (VSTEST and VSTESTCD), or of an instrument TC in place of TN (ECOG1TN and ECOG1TC). A code
    without a name is a finding (TERM001) and is kept as it is.

    | VSTESTCD | VSTEST |
    |---|---|
    | `SYSBP` | `Systolic Blood Pressure` |
    | `MYTEST` | `My Own Test`, with `map: {MYTEST: My Own Test}` |

    ```yaml
    VSTEST: {decode: VSTESTCD}
    ```

    Source: SDTMIG 3.4 section 4.3 (--TEST and --TESTCD are in one-to-one relation); NCI EVS.
    """

    name: ClassVar[str] = "decode"
    topic: ClassVar[str] = "Controlled terminology"
    shorthand: ClassVar[str] = "value"
    kind: ClassVar[Kind] = Kind.TEXT
    origin: ClassVar[OriginType] = OriginType.ASSIGNED

    value: Ref = Field(description="the column with the code, as controlled terminology spells it")
    map: TextMap = Field({}, description="code -> name for codes of the sponsor's own; looked up first")

    def derive(self, rows: Rows) -> pd.Series:
        names = rows.codelist()
        known = pair_names(names, rows.terminology) if names is not None else {}
        known.update(self.map)
        short_name = names.short_name if names is not None else "any codelist"

        def describe(text: str) -> tuple[str, str]:
            hint = did_you_mean(text, known) or "give the name of a code of your own with 'map'"
            return f"code '{text}' has no name in {short_name}; it is kept as it is", hint

        return translate(
            rows, self.value, "TERM001", lambda text: (known.get(text, text), text in known), describe, Severity.WARNING
        )

    def specialise(self, known: Known) -> Derivation:
        return _specialise(self, known(self.value), self.map)

    def method(self, words: Words) -> str:
        return f"The name that controlled terminology gives to {words(self.value)}."

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        if codelist is None and not self.map:
            return [Problem("DRV003", "there is no codelist of names", hint="name one with 'codelist'")]
        return []


def pair_names(names: CodelistTerms, terminology: Terminology) -> dict[str, str]:
    """From submission value of a code to the name with the same C-code, over every partner of a codelist of names.

    A term of the sponsor's own has the name that study.yaml says.
    """
    by_code = {term.code: term.value for term in names.terms if term.code}
    found: dict[str, str] = {}
    for short_name in names.short_name.split("; "):
        # VSTEST and VSTESTCD; of an instrument, ECOG1TN and ECOG1TC
        partner = next((one for one in (f"{short_name}CD", f"{short_name[:-2]}TC") if one in terminology), "")
        if partner:
            terms = terminology.codelist(partner).terms
            found |= {term.value: by_code[term.code] for term in terms if term.code in by_code}
            found |= {term.value: term.decode for term in terms if not term.code and term.decode}
    return found


@register
class Map(Derivation):
    """A translation table of the sponsor's own, for values outside controlled terminology.

    Keys are compared without regard to case and blanks. A text that is not in the table becomes `else`; without `else`
    it is an error finding (MAP001, one per distinct text with all its rows) and stays as it is; a numeric variable is
    left missing there. Missing stays missing. A table whose values are all numbers makes numbers, unless the standard
    or `type` has the variable as text; a number in quotes is text.

    | PLANNED_ARMCD | ARM |
    |---|---|
    | `Pbo` | `Placebo` |
    | `pbo ` | `Placebo` |
    | `Xan_Md` | `Xan_Md`, MAP001 |

    ```yaml
    ARM: {map: {value: PLANNED_ARMCD, values: {Pbo: Placebo, Xan_Hi: Xanomeline High Dose}}}
    ```

    Source: a rule of the mapping language.
    """

    name: ClassVar[str] = "map"
    topic: ClassVar[str] = "Controlled terminology"
    origin: ClassVar[OriginType] = OriginType.ASSIGNED

    value: Ref = Field(description="the column to translate")
    values: ValueMap = Field(min_length=1, description="text -> value")
    otherwise: Value | None = Field(
        None, alias="else", description="the value for every other text that is not missing"
    )

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return are_numbers([*self.values.values(), self.otherwise])

    def derive(self, rows: Rows) -> pd.Series:
        table = {fold(key): value for key, value in self.values.items()}

        def look_up(text: str) -> Answer:
            made = table.get(fold(text), self.otherwise)
            if made is None:
                return "" if rows.numeric else text, False
            return str(made), True

        def describe(text: str) -> tuple[str, str]:
            hint = did_you_mean(text, self.values) or "add it to 'values', or say with 'else' what others become"
            kept = f"{rows.variable} is left missing" if rows.numeric else "it is kept as it is"
            return f"'{text}' is not in the translation table; {kept}", hint

        return translate(rows, self.value, "MAP001", look_up, describe)

    def specialise(self, known: Known) -> Derivation:
        numbers = are_numbers([*self.values.values(), self.otherwise])
        table = {key: value if numbers else str(value) for key, value in self.values.items()}
        return _specialise(self, known(self.value), table)

    def method(self, words: Words) -> str:
        pairs = ", ".join(f"{_say(value)} for {key}" for key, value in self.values.items())
        rest = "" if self.otherwise is None else f", and {_say(self.otherwise)} for any other text"
        return f"From {words(self.value)}: {pairs}{rest}. Missing where {words(self.value)} is missing."

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        made = dict.fromkeys(str(value) for value in (*self.values.values(), self.otherwise) if value is not None)
        if numeric:
            return [problem for value in made for problem in check_number(value)]
        return [problem for value in made if value for problem in check_term(value, codelist)]


def _say(value: str | float) -> str:
    return "blank" if value == "" else str(value)


def _specialise(derivation: Derivation, value: str | float | None, table: Mapping[str, str | float]) -> Derivation:
    """The constant that a known text is translated to, where the table has it."""
    if not isinstance(value, str):
        return derivation
    if not value.strip():
        return Constant.model_validate({"value": ""})
    made = {fold(key): text for key, text in table.items()}.get(fold(value))
    return derivation if made is None else Constant.model_validate({"value": made})
