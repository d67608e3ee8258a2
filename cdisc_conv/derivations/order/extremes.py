"""Flags on the first, last, lowest, highest or worst record of a group, and on the records up to an event."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.texts import as_text, find_texts, flag_column, is_filled
from cdisc_conv.derivations.base import Derivation, ExpressionField, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.evidence import First, Parameters
from cdisc_conv.derivations.order.placing import find_placed, group_records, meet_condition, rank_records
from cdisc_conv.derivations.parameters import Names, Refs, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression


@register
class Extreme(Derivation):
    """Y on one record of each group: the first, the last, or the one with the lowest, highest or worst value.

    The groups are the records of a subject that are equal in `by`; without `by` the subject is the group. Only records
    that meet `where` count, and only those that have a `value` when one is named. `first` and `last` go by `order`. For
    `lowest` and `highest` the value is a number; for `worst` it is one of the texts of `scale`, which is written from
    best to worst, compared without regard to case. A value that is not a number or not in the scale is a finding
    (EXTR001), and its record does not count.

    Of several records with the same extreme value, `ties` flags the `first` or the `last` of them by `order`, or
    `all`. Of records that are equal in `order` too, it is the first or the last in the order of the source. A record
    without a value to order by is taken only when there is no other.

    | USUBJID | ADT | AVALC | ANL01FL (worst of the day) | ANL02FL (first PD) |
    |---|---|---|---|---|
    | 01 | 2022-03-05 | SD | | |
    | 01 | 2022-03-05 | PD | Y | Y |
    | 01 | 2022-04-16 | PD | Y | |

    ```yaml
    ANL01FL:
      extreme:
        {pick: worst, value: AVALC, scale: [NE, CR, PR, SD, NON-CR/NON-PD, PD], by: [PARAMCD, ADT], order: [RSSEQ]}
    ```

    A baseline flag is the last record with a value on or before the first day of treatment:
    `ABLFL: {extreme: {pick: last, value: AVAL, by: [PARAMCD], order: [ADT], where: ADY <= 1}}`. A first occurrence is
    `AOCCPFL: {extreme: {pick: first, by: [AEBODSYS, AEDECOD], order: [ASTDT, AESEQ], where: 'TRTEMFL == "Y"'}}`.

    Source: ADaMIG 1.3 section 3.3.8 (ABLFL and ANLzzFL flag the records chosen for a purpose); OCCDS 1.1,
    occurrence flag variables (AOCCFL, AOCCPFL, AOCCSFL and AOCCIFL flag first and most severe occurrences).
    """

    name: ClassVar[str] = "extreme"
    topic: ClassVar[str] = "Flags"
    shorthand: ClassVar[str] = "pick"
    reach: ClassVar[Reach] = Reach.SUBJECT
    kind: ClassVar[Kind] = Kind.TEXT

    pick: Literal["first", "last", "lowest", "highest", "worst"] = Field(description="which record of a group")
    value: Ref | None = Field(None, description="the column that must have a value; its extreme is sought")
    scale: Names = Field((), description="for `worst`: the values from best to worst")
    by: Refs = Field((), description="columns that split the subject's records into groups, such as PARAMCD")
    order: Refs = Field((), description="columns that order the records, ascending")
    where: Annotated[Expression, ExpressionField] | None = Field(None, description="which records count at all")
    ties: Literal["first", "last", "all"] | None = Field(
        None, description="which of several extreme records: `last` for pick: last, else `first` when left out"
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.pick not in ("first", "last") and self.value is None:
            raise ValueError(f"'pick: {self.pick}' needs 'value', the column whose {self.pick} value is sought")
        if (self.pick == "worst") != bool(self.scale):
            raise ValueError("'pick: worst' goes with 'scale', the values from best to worst; no other pick does")
        folded = {text.casefold() for text in self.scale}
        if len(folded) < len(self.scale):
            raise ValueError("'scale' names a value twice")
        if self.ties and self.pick in ("first", "last") and not self.order:
            raise ValueError(f"'ties' of 'pick: {self.pick}' needs 'order', in which records may be equal")
        return self

    @property
    def which(self) -> str:
        """Which of several extreme records: ``first``, ``last`` or ``all``."""
        return self.ties or ("last" if self.pick == "last" else "first")

    def reads(self) -> tuple[str, ...]:
        value = () if self.value is None else (self.value,)
        where = self.where.names if self.where is not None else ()
        return tuple(dict.fromkeys((*value, *self.by, *self.order, *where)))

    def derive(self, rows: Rows) -> pd.Series:
        weight = self._weigh(rows)
        candidates = np.flatnonzero(meet_condition(rows, self.where) & ~np.isnan(weight))
        groups, _ = pd.factorize(group_records(rows, self.by).codes[candidates])
        place = self._place(rows)[candidates]
        weight = weight[candidates]
        source = -candidates if self.which == "last" else candidates
        order = np.lexsort([source, place, weight, groups])
        first = np.concatenate([[True], groups[order][1:] != groups[order][:-1]]) if len(order) else order
        best = order[np.flatnonzero(first)]
        if self.which == "all":
            leader = best[groups]
            same = (place == place[leader]) if self.pick in ("first", "last") else (weight == weight[leader])
            best = np.flatnonzero(same)
        flagged = np.zeros(len(rows), dtype=bool)
        flagged[candidates[best]] = True
        return flag_column(flagged)

    def _place(self, rows: Rows) -> np.ndarray:
        """Places in the order, the one to take lowest; a record without a place comes after all others."""
        backwards = "last" in (self.pick, self.which if self.pick != "first" else "")
        columns = [rows[name] for name in self.order]
        place = rank_records(columns, len(rows), missing="first" if backwards else "last")
        return -place if backwards else place

    def _weigh(self, rows: Rows) -> np.ndarray:
        """The value to be least, NaN for records that do not count."""
        if self.value is None:
            return np.zeros(len(rows))
        values = rows[self.value]
        if self.pick in ("first", "last"):
            return np.where(is_filled(values), 0.0, np.nan)
        weight = self._read_scale(values) if self.scale else as_numbers(values).to_numpy()
        unread = is_filled(values) & np.isnan(weight) & meet_condition(rows, self.where)
        if unread.any():
            self._report_unread(rows, values, unread)
        return np.asarray(weight if self.pick == "lowest" else -weight)

    def _report_unread(self, rows: Rows, values: pd.Series, unread: np.ndarray) -> None:
        outside = "{count:not a number|not numbers}"
        hint = "give a numeric column, or 'pick: worst' with 'scale'"
        if self.scale:
            outside, hint = "not in the scale", "the scale is {scale}"
        message = (
            "{count:# value|# values} of {value} {count:is|are} "
            f"{outside}, and {{count:its record does|their records do}} not count"
        )
        parameters: Parameters = {
            "value": str(self.value),
            "scale": ", ".join(self.scale),
            "text": First(lambda record: str(as_text(values.iloc[[record]]).iloc[0])),
        }
        rows.report(
            "EXTR001",
            message,
            where=unread,
            field=self.value or "",
            value="{text}",
            hint=hint,
            parameters=parameters,
        )

    def _read_scale(self, values: pd.Series) -> np.ndarray:
        """The place of each text in the scale, NaN where it is not there."""
        known = {text.casefold(): float(place) for place, text in enumerate(self.scale)}
        found = find_texts(values)
        places = np.array([known.get(text.casefold(), np.nan) for text in found.values], dtype=float)
        return np.asarray(places[found.codes])

    def method(self, words: Words) -> str:
        group = join_words(["subject", *map(words, self.by)])
        by_order = f"by {join_words(map(words, self.order))}" if self.order else "in the order of the source data"
        plain = self.pick in ("first", "last")
        what = f"the {self.pick} record {by_order}" if plain else f"the record with the {self.pick} {self._name(words)}"
        scale = f" From best to worst the values are {join_words(self.scale)}." if self.scale else ""
        return (
            f"Y on {what} for each {group}; blank on all other records.{scale}{self._describe_candidates(words)}"
            f"{self._describe_ties(words)}"
        )

    def _name(self, words: Words) -> str:
        return words(self.value) if self.value is not None else ""

    def _describe_candidates(self, words: Words) -> str:
        parts = [] if self.where is None else [f"where {words.condition(self.where)}"]
        if self.value is not None:
            parts.append(f"that have {self._name(words)}")
        return f" Only records {join_words(parts)} count." if parts else ""

    def _describe_ties(self, words: Words) -> str:
        source = f"the {self.which} in the order of the source data"
        plain = self.pick in ("first", "last")
        if not self.order:
            several = "all are" if self.which == "all" else f"{source} is"
            return "" if plain else f" Of several such records {several} flagged."
        missing = f" A record without {join_words(map(words, self.order), 'or')} is taken only when there is no other."
        if self.which == "all":
            return f" Of several such records all are flagged.{missing if plain else ''}"
        if plain:
            return f" Of records that are equal in this {source} is flagged.{missing}"
        ties = f"the {self.which} by {join_words(map(words, self.order))} is flagged"
        return f" Of several such records {ties}, and of those that are equal in this too {source}.{missing}"


@register
class Until(Derivation):
    """Y on the records up to an event: the first record, by `order`, that meets a condition.

    With `event_record: include` the record of the event is flagged too, with `exclude` only the records before it. The
    records of a group at the same place in the order as the event go with it. Where a group has no event, all its
    records are flagged. `where` says which records may be flagged; the event is sought among all records. A record
    without a value to order by is not flagged; an event without one is not known to lie anywhere, so it is not taken,
    and it is a finding (UNTL001).

    | USUBJID | ADT | AVALC | ANL02FL | with exclude |
    |---|---|---|---|---|
    | 01 | 2022-03-05 | SD | Y | Y |
    | 01 | 2022-04-16 | PD | Y | |
    | 01 | 2022-05-28 | SD | | |

    ```yaml
    ANL02FL: {until: {event: 'AVALC == "PD"', by: [PARAMCD], order: [ADT, RSSEQ]}}
    ```

    Source: ADaMIG 1.3 section 3.3.8 (ANLzzFL); RECIST 1.1 section 4.4 (the best response is
    sought up to progression).
    """

    name: ClassVar[str] = "until"
    topic: ClassVar[str] = "Flags"
    reach: ClassVar[Reach] = Reach.SUBJECT
    kind: ClassVar[Kind] = Kind.TEXT

    event: Annotated[Expression, ExpressionField] = Field(description="the condition of the event")
    order: Refs = Field(min_length=1, description="columns that order the records, ascending")
    by: Refs = Field((), description="columns that split the subject's records into groups, such as PARAMCD")
    event_record: Literal["include", "exclude"] = Field("include", description="whether the event itself is flagged")
    where: Annotated[Expression, ExpressionField] | None = Field(None, description="which records may be flagged")

    def derive(self, rows: Rows) -> pd.Series:
        groups = group_records(rows, self.by)
        columns = [rows[name] for name in self.order]
        place, placed = rank_records(columns, len(rows)), find_placed(columns, len(rows))
        event = meet_condition(rows, self.event)
        if (event & ~placed).any():
            self._report(rows, event & ~placed)
        event = event & placed
        ends = np.full(groups.count, len(rows) + 1)
        np.minimum.at(ends, groups.codes[event], place[event])
        end = ends[groups.codes]
        inside = place <= end if self.event_record == "include" else place < end
        return flag_column(inside & placed & meet_condition(rows, self.where))

    def _report(self, rows: Rows, unplaced: np.ndarray) -> None:
        message = (
            "{count:# record that meets|# records that meet} {event} {count:has|have} no {names}, cannot be placed and "
            "{count:does|do} not end the flag"
        )
        parameters = {"event": str(self.event), "names": join_words(self.order, "or")}
        hint = "complete {names}, or order by another column"
        rows.report("UNTL001", message, where=unplaced, hint=hint, parameters=parameters)

    def method(self, words: Words) -> str:
        group = join_words(["subject", *map(words, self.by)])
        names = join_words(map(words, self.order))
        upto = "up to and including" if self.event_record == "include" else "strictly before"
        these = "these" if len(self.order) > 1 else "this"
        where = f" Only records where {words.condition(self.where)} are flagged." if self.where is not None else ""
        return (
            f"Y on the records {upto} the first record, by {names}, where {words.condition(self.event)}, for each "
            f"{group}; records equal to it in {these} count as that record. Where there is no such record, Y on all "
            f"records. Blank on all others, and where {join_words(map(words, self.order), 'or')} is missing.{where}"
        )
