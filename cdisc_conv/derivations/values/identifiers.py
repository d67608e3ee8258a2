"""Identifiers of subjects."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator

from cdisc_conv.columns.distinct import from_arrow, to_arrow
from cdisc_conv.columns.rows import find_distinct_rows
from cdisc_conv.columns.texts import as_text, flag_column, is_filled
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Severity

_PART = re.compile(r"\{([^{}]+)\}")


@register
class SubjectId(Derivation):
    """The unique identifier of the subject, put together from columns and fixed text.

    Blanks at the ends of each part are taken off. A record that lacks a part gets no identifier and an error finding
    (SUBJ001), because a subject without identifier is lost to every other dataset.

    | STUDYID | SITENUM | SUBJID | USUBJID |
    |---|---|---|---|
    | `HOPE2021` | `04` | `0012 ` | `HOPE2021-04-0012` |
    | `HOPE2021` | | `0013` | missing, SUBJ001 |

    ```yaml
    USUBJID: {subject_id: "{STUDYID}-{SITENUM}-{SUBJID}"}
    ```

    Source: SDTMIG 3.4 section 4.2.3 (USUBJID identifies a person across all studies of a submission).
    """

    name: ClassVar[str] = "subject_id"
    topic: ClassVar[str] = "Identifiers and order"
    shorthand: ClassVar[str] = "template"
    kind: ClassVar[Kind] = Kind.TEXT
    origin: ClassVar[OriginType] = OriginType.DERIVED

    template: str = Field(
        description='text with column names in braces, such as "01-{PATNUM}"; a list of columns is joined with "-"'
    )

    @field_validator("template", mode="before")
    @classmethod
    def _join_list(cls, value: Any) -> Any:
        return "-".join(f"{{{item}}}" for item in value) if isinstance(value, list | tuple) else value

    @field_validator("template")
    @classmethod
    def _check_template(cls, value: str) -> str:
        if not _PART.search(value):
            raise ValueError(f"'{value}' names no column; write names in braces, such as {{SITENUM}}-{{SUBJID}}")
        if set(_PART.sub("", value)) & set("{}"):
            raise ValueError(f"the braces of '{value}' do not pair")
        return value

    @cached_property
    def parts(self) -> tuple[Ref, ...]:
        """The columns of the template, in order."""
        return tuple(Ref(name) for name in _PART.findall(self.template))

    def reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.parts))

    def derive(self, rows: Rows) -> pd.Series:
        if not len(rows):
            return flag_column(np.zeros(0, dtype=bool))
        columns = {part: as_text(rows[part]) for part in self.reads()}
        lacking = np.zeros(len(rows), dtype=bool)
        for part, column in columns.items():
            empty = ~is_filled(column)
            lacking |= empty
            if empty.any():
                message = f"{part} is blank, so {rows.variable} cannot be made"
                hint = "a record without subject belongs to nobody; fill the column or leave the row out with 'where'"
                rows.report("SUBJ001", message, where=empty, severity=Severity.ERROR, field=part, hint=hint)
        codes, distinct = find_distinct_rows(list(columns.values()))
        made = from_arrow(
            _fill_template(self.template, dict(zip(columns, distinct, strict=True))).take(pa.array(codes))
        )
        return made.mask(lacking, "") if lacking.any() else made

    def method(self, words: Words) -> str:
        fixed = _PART.split(self.template)
        pieces = [words(piece) if place % 2 else f'"{piece}"' for place, piece in enumerate(fixed) if piece]
        if len(pieces) == 1:
            return f"The value of {pieces[0]}."
        return f"The parts {', '.join(pieces)}, joined in this order without anything between them."


def _fill_template(template: str, columns: dict[str, pd.Series]) -> Any:
    length = len(next(iter(columns.values())))
    pieces = _PART.split(template)
    arrays = [
        to_arrow(columns[piece]) if place % 2 else pa.repeat(pa.scalar(piece, pa.large_string()), length)
        for place, piece in enumerate(pieces)
    ]
    return pc.binary_join_element_wise(*arrays, pa.scalar("", pa.large_string()))
