"""Values that a formula gives, and several derivations of which the first that applies is taken."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from cdisc_conv.derivations.base import Derivation, ExpressionField, Reach, Rows, Words
from cdisc_conv.derivations.distinct import TEXT
from cdisc_conv.derivations.registry import build_nested, register
from cdisc_conv.expr import Expression

Formula = Annotated[Expression, ExpressionField]


@register
class Expr(Derivation):
    """The value of an expression; see docs/expressions.md for the language.

    ```yaml
    SITEID: {expr: "substr(SUBJID, 1, 3)"}
    ```
    """

    name = "expr"
    topic = "Formulas"
    shorthand = "expression"

    expression: Formula = Field(description="the formula, over columns of the source and variables")

    def derive(self, rows: Rows) -> pd.Series:
        made = self.expression.evaluate(rows.__getitem__, len(rows))
        if made.dtype == bool:
            return pd.Series(np.where(made, "Y", "N"), dtype=TEXT)
        return made

    def method(self, words: Words) -> str:
        return f"Set to {words.condition(self.expression)}."


class Branch(BaseModel):
    """One branch of `cases`: a derivation, and the condition under which it is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    when: Formula | None = Field(None, description="the condition; the last branch may leave it out")
    derivation: Derivation = Field(description="the derivation, written by its name")

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "derivation" in value:
            return value
        entry = {key: item for key, item in value.items() if key != "when"}
        result = {"derivation": build_nested(entry)}
        return result | ({"when": value["when"]} if "when" in value else {})


@register
class Cases(Derivation):
    """Several derivations with conditions; each record takes the first whose condition holds.

    A branch without `when` takes all that are left; without such a branch they stay blank. A branch sees only its own
    records, so that it complains of nothing else.

    ```yaml
    ARMNRS:
      cases:
        - {when: 'ARMCD != ""', constant: ""}
        - {constant: SCREEN FAILURE}
    ```
    """

    name = "cases"
    topic = "Formulas"
    shorthand = "branches"

    branches: tuple[Branch, ...] = Field(description="the branches, first match wins", min_length=1)

    def reads(self) -> tuple[str, ...]:
        names: list[str] = []
        for branch in self.branches:
            names += [*(branch.when.names if branch.when else ()), *branch.derivation.reads()]
        return tuple(dict.fromkeys(names))

    def tables(self) -> dict[str, tuple[str, ...]]:
        merged: dict[str, tuple[str, ...]] = {}
        for branch in self.branches:
            for table, columns in branch.derivation.tables().items():
                merged[table] = tuple(dict.fromkeys((*merged.get(table, ()), *columns)))
        return merged

    def actual_reach(self) -> Reach:
        order = list(Reach)
        return max((branch.derivation.actual_reach() for branch in self.branches), key=order.index)

    def derive(self, rows: Rows) -> pd.Series:
        left = np.ones(len(rows), dtype=bool)
        pieces: list[pd.Series] = []
        position = np.full(len(rows), -1)
        start = 0
        for branch in self.branches:
            holds = (
                left if branch.when is None else left & branch.when.evaluate(rows.__getitem__, len(rows)).to_numpy(bool)
            )
            made = branch.derivation.derive(rows.matching(holds))
            position[holds] = start + np.arange(len(made))
            start += len(made)
            pieces.append(made)
            left = left & ~holds
        numeric = rows.numeric and all(piece.dtype != TEXT for piece in pieces)
        if numeric:
            values = np.append(np.concatenate([piece.to_numpy(dtype=float) for piece in pieces]), np.nan)
            return pd.Series(values[position])
        texts = [piece if piece.dtype == TEXT else _as_text(piece) for piece in pieces]
        return pd.concat([*texts, pd.Series([""], dtype=TEXT)], ignore_index=True).take(position).reset_index(drop=True)

    def method(self, words: Words) -> str:
        said = []
        for branch in self.branches:
            inner = branch.derivation.method(words) or _plain_words(branch.derivation, words)
            said.append(f"Where {words.condition(branch.when)}: {inner}" if branch.when else f"Otherwise: {inner}")
        return " ".join(said)


def _as_text(numbers: pd.Series) -> pd.Series:
    texts = ["" if np.isnan(value) else np.format_float_positional(value, trim="-") for value in numbers]
    return pd.Series(texts, dtype=TEXT)


def _plain_words(derivation: Derivation, words: Words) -> str:
    """A few words for a derivation that has no method text of its own."""
    value = getattr(derivation, "value", None)
    if derivation.name == "constant":
        return f"{value}." if value != "" else "blank."
    return f"as collected in {', '.join(words(ref) for ref in derivation.reads())}."
