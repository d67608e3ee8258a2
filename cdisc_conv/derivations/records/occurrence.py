"""Whether a subject has a record, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.texts import flag_column, is_filled
from cdisc_conv.derivations.base import SELF, SUBJECT, ExpressionField, Rows, TableRef, Words
from cdisc_conv.derivations.evidence import Each, Parameters
from cdisc_conv.derivations.parameters import Names, Text, Value, are_numbers, join_words
from cdisc_conv.derivations.records.joining import names_in, select_records
from cdisc_conv.derivations.records.subject_records import (
    Chosen,
    Keep,
    RecordChooser,
    describe_where,
    find_records,
    name_field,
    name_source,
    rank_for,
)
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression


@register
class Occurrence(RecordChooser):
    """Whether the subject has a record of a kind: Y or N, with values of the record that comes along.

    Of the subject's records that meet `where`, `order` and `keep` choose one: the first or the last. The value is
    `yes` where there is one and `no` where there is none; with `take` it is a column of that record instead, missing
    where there is none. `bring` names the variables that are filled from the same record: a list where they are called
    alike, else own name -> their column. A record with a missing value in `order` is chosen only when there is no
    other, and reported (OCC001), because its place in time is not known. Equal records keep the order of the source.

    `only_if` is a condition that the chosen record must meet, unlike `where`, which says among which records to choose:
    with it the last assessment of a phase can be asked whether it is a response. Where the record does not meet it, the
    subject counts as having none.

    | ADRS.USUBJID | PARAMCD | AVALC | ADT | | USUBJID | PARAMCD | AVALC | ADT |
    |---|---|---|---|---|---|---|---|---|
    | 01 | OVR | SD | 2022-04-01 | | 01 | PD | Y | 2022-05-15 |
    | 01 | OVR | PD | 2022-05-15 | | 02 | PD | N | missing |
    | 01 | OVR | PD | 2022-06-30 | | | | | |
    | 02 | OVR | PR | 2022-04-03 | | | | | |

    ```yaml
    AVALC:
      occurrence:
        from: self
        where: PARAMCD == "OVR" and AVALC == "PD" and ANL01FL == "Y"
        order: [ADT, RSSEQ]
        bring: [ADT, VISIT, VISITNUM, RSSEQ]
    ```

    Source: ADaMIG 1.3, section 4.2 (parameters derived from other parameters, one record per subject).
    """

    name: ClassVar[str] = "occurrence"

    where: Annotated[Expression, ExpressionField] | None = Field(None, description="which of their records count")
    order: Names = Field((), description="their columns that sort the records, ascending")
    keep: Keep = Field("first", description="which record of a subject is chosen")
    yes: Value = Field("Y", description="the value where there is a record")
    no: Value = Field("N", description="the value where there is none")
    only_if: Annotated[Expression, ExpressionField] | None = Field(
        None, description="a condition that the chosen record must meet; else there is none"
    )
    take: Text = Field("", description="their column whose value is taken instead of `yes` and `no`")

    def reads(self) -> tuple[str, ...]:
        return (SUBJECT,)

    def tables(self) -> dict[str, tuple[str, ...]]:
        taken = (self.take,) if self.take else ()
        asked = (*names_in(self.where), *self.order, *names_in(self.only_if))
        columns = (SUBJECT, *asked, *taken, *self.brought().values())
        return {self.source: tuple(dict.fromkeys(columns))}

    def picks(self) -> dict[str, tuple[str, ...]]:
        taken = (self.take,) if self.take else ()
        asked = (*names_in(self.where), *self.order, *names_in(self.only_if), *taken)
        return {self.source: tuple(dict.fromkeys(asked))}

    def choose(self, rows: Rows) -> Chosen:
        records = find_records(rows, self.source, self.where)
        ranks = [rank_for(records.column(name), self.keep) for name in self.order]
        position = records.choose(ranks, self.keep)
        if self.only_if is not None:
            meets = np.isin(records.positions, select_records(records.table, self.only_if))
            position = np.where(np.append(meets, False)[position], position, -1)
        return Chosen(records, position)

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        if not self.take:
            return are_numbers([self.yes, self.no])
        return is_number(TableRef(f"{self.source}.{self.take}"))

    def derive(self, rows: Rows) -> pd.Series:
        chosen = self.find_chosen(rows)
        chosen.note(rows, self.source)
        self._report_unordered(rows, chosen)
        return chosen.column(self.take) if self.take else flag_column(chosen.position >= 0, str(self.yes), str(self.no))

    def _report_unordered(self, rows: Rows, chosen: Chosen) -> None:
        there = chosen.position >= 0
        for name in self.order:
            filled = is_filled(chosen.records.column(name))
            lacking = np.zeros(len(there), dtype=bool)
            lacking[there] = ~filled[chosen.position[there]]
            if lacking.any():
                message = (
                    "the record of {source} that is taken for {names.subjects} has no {name}, "
                    "so it is not known whether it is the right one"
                )
                hint = "add {name}, or leave such records out with 'where'"
                parameters: Parameters = {"source": self.source, "name": name, "names": Each(rows[SUBJECT])}
                rows.report("OCC001", message, where=lacking, hint=hint, parameters=parameters)

    def describe_choice(self, words: Words, main: str = "") -> str:
        where = describe_where(words, self.source, self.where)
        text = f"the {self.keep} record of the subject in {name_source(words, self.source)}{where}, "
        none = "Blank where there is no such record."
        if self.only_if is not None:
            none = f"Blank where there is no such record, and unless in it {self._condition(words)}."
        if not self.order:
            return f"{text}in the order of the source data. {none}"
        end = "last" if self.keep == "first" else "first"
        names = join_words([name_field(words, self.source, name) for name in self.order])
        return (
            f"{text}sorted ascending by {names}. Missing values are sorted {end}, and equal records keep the order of "
            f"the source data. {none}"
        )

    def _condition(self, words: Words) -> str:
        """What the chosen record must meet, in words."""
        assert self.only_if is not None
        return words.condition(self.only_if, words.dataset if self.source == SELF else self.source)

    def method(self, words: Words) -> str:
        if self.take:
            return f"{name_field(words, self.source, self.take)} of {self.describe_choice(words)}"
        none = f"otherwise {self.no}" if self.no != "" else "otherwise blank"
        if self.only_if is not None:
            choice = self.describe_choice(words).partition(" Blank where")[0].removesuffix(".")
            return f"{self.yes} if in the record that follows {self._condition(words)}; {none}. It is {choice}."
        where = describe_where(words, self.source, self.where)
        return f"{self.yes} if the subject has a record in {name_source(words, self.source)}{where}; {none}."
