"""Values that are computed, and values that depend on conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import as_text, is_number, repeat_text
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, ExpressionField, Reach, Rows, Words
from cdisc_conv.derivations.findings import report_lost_digits
from cdisc_conv.derivations.parameters import Parameters
from cdisc_conv.derivations.registry import build_nested, register
from cdisc_conv.derivations.values.copying import Constant, Copy
from cdisc_conv.expr import Expression, Type, columns_as_numbers
from cdisc_conv.expr.nodes import Literal, Name
from cdisc_conv.expr.partial import Known, decide, simplify
from cdisc_conv.problems import Problem
from cdisc_conv.standards import CodelistTerms


@register
class Expr(Derivation):
    """The value of an expression.

    The language and its functions stand in docs/expressions.md. An expression that is only true or false gives no
    value and is refused; write `if(condition, "Y", "N")`.

    | AESTDTC | `substr(AESTDTC, 1, 4)` |
    |---|---|
    | 2022-03-05 | `2022` |
    | | missing |

    ```yaml
    SUBJID: {expr: 'substr(PATNUM, 5)'}
    ```

    Source: the expression language of this package; rounding is half away from zero, as in SAS.
    """

    name: ClassVar[str] = "expr"
    topic: ClassVar[str] = "Computation"
    shorthand: ClassVar[str] = "expression"

    expression: Annotated[Expression, ExpressionField] = Field(description="what to compute")

    @field_validator("expression")
    @classmethod
    def _refuse_condition(cls, value: Expression) -> Expression:
        if value.check(lambda name: None)[0] is Type.BOOLEAN:
            raise ValueError(f'{value} is true or false, which is not a value; write if({value}, "Y", "N")')
        return value

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        made, _ = self.expression.check(lambda name: Type.NUMBER if is_number(name) else Type.TEXT)
        return made is Type.NUMBER

    def derive(self, rows: Rows) -> pd.Series:
        made = rows.evaluate(self.expression)
        for name in columns_as_numbers(self.expression):
            if not is_number(seen := rows.peek(name)):
                report_lost_digits(rows, find_distinct(seen), name)
        return made.map({True: "Y", False: "N"}).astype("str") if made.dtype == bool else made

    def specialise(self, known: Known) -> Derivation:
        expression = simplify(self.expression, known)
        match expression.tree:
            case Name(name):
                return Copy.model_validate({"source": name}).specialise(known)
            case Literal(value) if not isinstance(value, bool):
                return Constant.model_validate({"value": value})
        return self if expression == self.expression else Expr(expression=expression)

    def method(self, words: Words) -> str:
        text = words.condition(self.expression)
        return f"{text[:1].upper()}{text[1:]}."


class Branch(Parameters):
    """One branch of `cases`: a condition, and the derivation of the records that meet it."""

    when: Annotated[Expression, ExpressionField] | None = Field(
        None, description="the condition; a last branch without it takes all other records"
    )
    derivation: Derivation = Field(description="any derivation, written as beside a variable")

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or "derivation" in value:
            return value
        inner = {key: item for key, item in value.items() if key != "when"}
        return {"when": value.get("when"), "derivation": build_nested(inner)}


@register
class Cases(Derivation):
    """Different derivations under different conditions: the first condition that a record meets decides.

    A last branch without `when` takes all other records; without such a branch they stay blank. Each branch sees only
    its own records, so that findings about values concern only the records that use them.

    | IEYN | RANDARM | ARM |
    |---|---|---|
    | Y | A | `A` |
    | N | | `Screen Failure` |

    ```yaml
    ARM:
      cases:
        - {when: 'IEYN == "N"', constant: Screen Failure}
        - {copy: RANDARM}
    ```

    Source: a rule of the mapping language; first match wins, as in SQL's CASE and SAS's SELECT.
    """

    name: ClassVar[str] = "cases"
    topic: ClassVar[str] = "Computation"
    shorthand: ClassVar[str] = "branches"

    branches: tuple[Branch, ...] = Field(
        min_length=1, description="list of branches: `when` and one derivation; the last may do without `when`"
    )

    @field_validator("branches")
    @classmethod
    def _check_last(cls, value: tuple[Branch, ...]) -> tuple[Branch, ...]:
        early = [number for number, branch in enumerate(value[:-1], start=1) if branch.when is None]
        if early:
            raise ValueError(f"branch {early[0]} has no 'when' and takes all records, so those after it get none")
        return value

    @property
    def imputes(self) -> bool:
        return any(branch.derivation.imputes for branch in self.branches)

    def derive(self, rows: Rows) -> pd.Series:
        left = np.ones(len(rows), dtype=bool)
        pieces: list[pd.Series] = []
        places: list[np.ndarray] = []
        for branch, mask in self._split(rows):
            left = left & ~mask
            if mask.all():
                return branch.derivation.derive(rows)
            pieces.append(branch.derivation.derive(rows.matching(mask)))
            places.append(np.flatnonzero(mask))
        numeric = rows.numeric and all(is_number(piece) for piece in pieces)
        rest = int(left.sum())
        pieces.append(pd.Series(np.full(rest, np.nan)) if numeric else repeat_text("", rest))
        stacked = pd.concat(pieces if numeric else [as_text(piece) for piece in pieces], ignore_index=True)
        back = np.empty(len(rows), dtype=np.int64)
        back[np.concatenate([*places, np.flatnonzero(left)])] = np.arange(len(rows))
        return take_rows(stacked, back)

    def _split(self, rows: Rows) -> Iterator[tuple[Branch, np.ndarray]]:
        """Each branch and the records it decides (bool)."""
        left = np.ones(len(rows), dtype=bool)
        for branch in self.branches:
            mask = left.copy()
            if branch.when is not None:
                mine = rows if left.all() else rows.matching(left)
                mask[left] = mine.evaluate(branch.when).to_numpy(dtype=bool)
            left = left & ~mask
            yield branch, mask

    def find_unread(self, rows: Rows) -> np.ndarray | None:
        unread = np.zeros(len(rows), dtype=bool)
        for branch, mask in self._split(rows):
            found = branch.derivation.find_unread(rows.matching(mask))
            if found is not None:
                unread[mask] = found
        return unread

    def specialise(self, known: Known) -> Derivation:
        """Without the branches whose condition is never met, and those after one that always is."""
        left: list[Branch] = []
        for branch in self.branches:
            met = True if branch.when is None else decide(branch.when, known)
            if met is False:
                continue
            when = None if branch.when is None or met else simplify(branch.when, known)
            left.append(Branch(when=when, derivation=branch.derivation.specialise(known)))
            if when is None:
                break
        if not left:
            return Constant.model_validate({"value": ""})
        return left[0].derivation if left[0].when is None else Cases(branches=tuple(left))

    def method(self, words: Words) -> str:
        sentences = [self._describe(number, branch, words) for number, branch in enumerate(self.branches)]
        if self.branches[-1].when is not None:
            sentences.append("Otherwise: left blank.")
        return " ".join(sentences)

    def _describe(self, number: int, branch: Branch, words: Words) -> str:
        text = branch.derivation.sentence(words)
        if branch.when is None:
            return f"Otherwise: {text}" if number else text
        start = "Otherwise, where" if number else "Where"
        return f"{start} {words.condition(branch.when)}: {text}"

    def tables(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for branch in self.branches:
            for table, columns in branch.derivation.tables().items():
                found[table] = tuple(dict.fromkeys((*found.get(table, ()), *columns)))
        return found

    def picks(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for branch in self.branches:
            for table, columns in branch.derivation.picks().items():
                found[table] = tuple(dict.fromkeys((*found.get(table, ()), *columns)))
        return found

    def supplemental(self, variable: str) -> dict[str, tuple[str, Derivation]]:
        """The qualifiers of the branches; each under the condition of its branch."""
        found: dict[str, tuple[str, list[Branch]]] = {}
        for branch in self.branches:
            brought = branch.derivation.supplemental(variable)
            for name, (label, derivation) in brought.items():
                found.setdefault(name, (label, []))[1].append(Branch(when=branch.when, derivation=derivation))
        return {name: (label, Cases(branches=tuple(branches))) for name, (label, branches) in found.items()}

    def companions(self, variable: str) -> dict[str, Derivation]:
        """The variables that branches bring along; blank where a branch without them decides."""
        brought = [(branch.when, branch.derivation.companions(variable)) for branch in self.branches]
        names = dict.fromkeys(name for _, given in brought for name in given)
        blank = Constant.model_validate({"value": ""})
        return {
            name: Cases(branches=tuple(Branch(when=when, derivation=given.get(name, blank)) for when, given in brought))
            for name in names
        }

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        """Numbers when every branch that is not blank makes them."""
        filled = [branch.derivation for branch in self.branches if not _is_blank(branch.derivation)]
        return bool(filled) and all(derivation.makes_numbers(is_number) for derivation in filled)

    def reads_siblings(self) -> bool:
        return any(branch.derivation.reads_siblings() for branch in self.branches)

    def actual_reach(self) -> Reach:
        order = list(Reach)
        return max((branch.derivation.actual_reach() for branch in self.branches), key=order.index)

    def actual_origin(self) -> OriginType:
        """Collected when every branch is: picking one of several fields of the CRF derives nothing."""
        origins = {branch.derivation.actual_origin() for branch in self.branches}
        return OriginType.COLLECTED if origins == {OriginType.COLLECTED} else OriginType.DERIVED

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        return [problem for branch in self.branches for problem in branch.derivation.check(codelist, numeric)]


def _is_blank(derivation: Derivation) -> bool:
    return isinstance(derivation, Constant) and derivation.value == ""
