"""The published tables of the time point response, as data: target x non-target x new lesions -> overall.

Source: RECIST 1.1, tables 1 and 2 (Eisenhauer et al., European Journal of Cancer 2009;45:228-247).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

CR, PR, SD, PD, NE = "CR", "PR", "SD", "PD", "NE"
NON_CR_NON_PD = "NON-CR/NON-PD"
NO_LESIONS = ""
"""Target or non-target response of a subject who has no such lesions at baseline."""
YES, NO = "Y", "N"

PARTS = ("target", "non_target", "new")


@cache
def load_tables() -> pd.DataFrame:
    """Every cell of the tables, one row each: target, non_target, new, overall, and the table and row it comes from.

    A row of the paper that speaks of several responses ("Any", "Non-PD") gives several cells; where rows overlap they
    say the same (else ValueError), and the first one is named. A subject with neither target nor non-target lesions at
    baseline is in no row of the paper but the last of table 2: only a new lesion tells anything.

    >>> cells = load_tables()
    >>> cells[(cells.target == "PR") & (cells.non_target == "CR")].to_dict("records")
    [{'target': 'PR', 'non_target': 'CR', 'new': 'N', 'overall': 'PR', 'table': 1, 'row': 4}, \
{'target': 'PR', 'non_target': 'CR', 'new': 'Y', 'overall': 'PD', 'table': 1, 'row': 9}]
    """
    return _expand_tables(read_published_tables())


@cache
def read_published_tables() -> Mapping[int, Mapping[str, Any]]:
    """The tables by number as published: title, rows (target, non-target, new lesions, overall) and words.

    >>> read_published_tables()[1]["rows"][0]
    ['CR', 'CR', 'No', 'CR']
    """
    tables: Mapping[int, Mapping[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "tables.yaml").read_text(encoding="utf-8")
    )
    return tables


def _expand_tables(tables: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    cells = [
        (*codes, overall, number, row)
        for number, table in tables.items()
        for row, (*words, overall) in enumerate(table["rows"], 1)
        for codes in product(*(table["words"][part][word] for part, word in zip(PARTS, words, strict=True)))
    ]
    frame = pd.DataFrame(cells, columns=[*PARTS, "overall", "table", "row"])
    answers = frame.groupby(list(PARTS))["overall"].nunique()
    if (answers > 1).any():
        raise ValueError(f"the tables give several answers for {list(answers.index[answers > 1])}")
    return frame.drop_duplicates(list(PARTS), ignore_index=True)


def look_up_overall(target: pd.Series, non_target: pd.Series, new: pd.Series) -> pd.DataFrame:
    """Overall response of each row and the table and row that give it (columns overall, table, row; index as given).

    ``new`` is Y or N. A combination that the tables do not have (an unknown code, or no disease at baseline and no new
    lesion) gives an empty response and 0 for table and row.

    >>> found = look_up_overall(pd.Series(["CR", "", "CR"]), pd.Series(["NE", "CR", "XX"]), pd.Series(["N", "N", "N"]))
    >>> found.to_dict("list")
    {'overall': ['PR', 'CR', ''], 'table': [1, 2, 0], 'row': [3, 1, 0]}
    """
    asked = pd.DataFrame({"target": target, "non_target": non_target, "new": new})
    found = asked.merge(load_tables(), how="left", on=list(PARTS)).set_axis(asked.index)
    return pd.DataFrame(
        {
            "overall": found["overall"].fillna(""),
            "table": found["table"].fillna(0).astype("int64"),
            "row": found["row"].fillna(0).astype("int64"),
        }
    )
