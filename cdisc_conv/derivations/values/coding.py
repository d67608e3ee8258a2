"""Collected terms coded by a dictionary: adverse events by MedDRA, drugs by WHODrug."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from cdisc_conv.columns.distinct import Distinct
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.texts import as_text, find_texts, text_column
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Ref, Rows, Words
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.parameters import TextMap
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Severity
from cdisc_conv.standards.dictionaries import LEVELS, Dictionary, fold

_MAIN = {"MedDRA": "pt", "WHODrug": "name"}
_BROUGHT = {
    "MedDRA": {
        "LLT": "llt", "LLTCD": "llt_code", "PTCD": "pt_code", "HLT": "hlt", "HLTCD": "hlt_code", "HLGT": "hlgt",
        "HLGTCD": "hlgt_code", "BODSYS": "soc", "BDSYCD": "soc_code", "SOC": "soc", "SOCCD": "soc_code",
    },
    "WHODrug": {"CLAS": "atc", "CLASCD": "atc_code"},
}  # fmt: skip
_WORDS = {
    "llt": "lowest level term", "llt_code": "code of the lowest level term", "pt": "preferred term",
    "pt_code": "code of the preferred term", "hlt": "high level term", "hlt_code": "code of the high level term",
    "hlgt": "high level group term", "hlgt_code": "code of the high level group term",
    "soc": "primary system organ class", "soc_code": "code of the primary system organ class",
    "name": "preferred name", "code": "drug code", "atc": "ATC class", "atc_code": "ATC code",
}  # fmt: skip


@register
class Coded(Derivation):
    """A collected term coded by a dictionary: its preferred term, and the levels above it.

    In --DECOD it brings along what the dictionary says of the term: of MedDRA --LLT, --LLTCD, --PTCD, --HLT, --HLTCD,
    --HLGT, --HLGTCD, --BODSYS, --BDSYCD, --SOC and --SOCCD, by the primary path; of WHODrug --CLAS and --CLASCD.
    Entries of the mapping for them go first.

    A term is found without regard to case and blanks, by its name (a lowest level term, a drug name) or its code, after
    `map` was asked. One that is not there is a finding (CODE001, one per distinct text with all its rows), and all of
    these variables are blank. A drug in several ATC classes has none (CODE002), since its indication decides.

    The dictionary is that of `standards: dictionaries:` in study.yaml, imported with `cdisc-conv dictionaries import`.

    | AETERM | AEDECOD | AELLT | AEBODSYS |
    |---|---|---|---|
    | `feeling sick` | `Nausea` | `Feeling sick` | `Gastrointestinal disorders` |
    | `headdache` | missing, CODE001 | missing | missing |

    ```yaml
    AEDECOD: {coded: {value: AETERM, dictionary: MedDRA, map: {headdache: Headache}}}
    ```

    Source: SDTMIG 3.4, AE and CM assumptions (dictionary-derived terms); MedDRA Introductory Guide (primary path).
    """

    name: ClassVar[str] = "coded"
    topic: ClassVar[str] = "Controlled terminology"
    origin: ClassVar[OriginType] = OriginType.ASSIGNED

    value: Ref = Field(description="the column with the collected term, or with the code of its lowest level term")
    dictionary: Literal["MedDRA", "WHODrug"] = Field(description="the dictionary")
    take: str = Field("", description="what of the term, such as soc_code; the preferred term or name without it")
    map: TextMap = Field({}, description="collected term -> term of the dictionary; looked up first")

    @model_validator(mode="after")
    def _check_level(self) -> Self:
        if self.take and self.take not in LEVELS[self.dictionary]:
            raise ValueError(f"'take' is one of {', '.join(LEVELS[self.dictionary])}, not '{self.take}'")
        return self

    def companions(self, variable: str) -> dict[str, Derivation]:
        if self.take or not variable.endswith("DECOD"):
            return {}
        prefix = variable.removesuffix("DECOD")
        return {
            f"{prefix}{name}": CodedLevel(value=self.value, dictionary=self.dictionary, map=self.map, take=level)
            for name, level in _BROUGHT[self.dictionary].items()
        }

    def derive(self, rows: Rows) -> pd.Series:
        return self._code(rows, report=True)

    def _code(self, rows: Rows, *, report: bool) -> pd.Series:
        dictionary = rows.dictionary(self.dictionary)
        found = find_texts(as_text(rows[self.value]))
        own = {fold(text): term for text, term in self.map.items()}
        entries = [
            dictionary.find(own.get(fold(text), text)) if text and dictionary is not None else None
            for text in found.values
        ]
        if report:
            self._report(rows, dictionary, found, entries)
        place = LEVELS[self.dictionary].index(self.take or _MAIN[self.dictionary])
        texts = found.spread(text_column(entry[place] if entry is not None else "" for entry in entries))
        return as_numbers(texts) if rows.numeric else texts

    def _report(
        self, rows: Rows, dictionary: Dictionary | None, found: Distinct, entries: list[tuple[str, ...] | None]
    ) -> None:
        if dictionary is None:
            hint = (
                "name its version under 'standards: dictionaries:', and import it with 'cdisc-conv dictionaries import'"
            )
            message = f"{self.dictionary} is not there, so nothing is coded"
            rows.report("CODE003", message, severity=Severity.ERROR, field=self.value, hint=hint, once=True)
            return
        values, codes = found.values, found.codes
        lost = np.array([bool(text) and entry is None for text, entry in zip(values, entries, strict=True)], dtype=bool)

        def describe(text: str) -> tuple[str, str]:
            return f"'{text}' is not coded: {dictionary.label} has no such term", dictionary.suggest(text)

        report_values(rows, "CODE001", codes, values, lost, describe, severity=Severity.WARNING, field=self.value)
        unclear = np.array([fold(text) in dictionary.unclear for text in values], dtype=bool)

        def describe_class(text: str) -> tuple[str, str]:
            return f"'{text}' is in several ATC classes, so it has none", "choose by its indication, in the mapping"

        report_values(rows, "CODE002", codes, values, unclear, describe_class, severity=Severity.NOTE, field=self.value)

    def method(self, words: Words) -> str:
        level = _WORDS[self.take or _MAIN[self.dictionary]]
        pairs = [f'"{key}" as "{value}"' for key, value in self.map.items()]
        own = f" Coded otherwise than collected: {', '.join(pairs)}." if pairs else ""
        return (
            f"The {level} that {self.dictionary} gives to {words(self.value)}; missing where it has no such term.{own}"
        )


class CodedLevel(Coded):
    """What comes along with a coded term."""

    def companions(self, variable: str) -> dict[str, Derivation]:
        return {}

    def derive(self, rows: Rows) -> pd.Series:
        return self._code(rows, report=False)
