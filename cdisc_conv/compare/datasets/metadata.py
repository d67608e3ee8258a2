"""What two tables say differently of themselves and of their variables."""

from __future__ import annotations

import pandas as pd

from cdisc_conv.datafiles.table import Kind, Table, Variable, is_missing

COLUMNS = ("variable", "attribute", "base", "other")
PRESENT, ABSENT = "present", "absent"


def match_names(base: Table, other: Table) -> tuple[Table, dict[str, str]]:
    """``other`` with its variables named as in base where only upper and lower case differ, and the old names."""
    folded = {name.casefold(): name for name in other.names if name not in base.columns}
    pairs = {
        folded[name.casefold()]: name for name in base.names if name not in other.columns and name.casefold() in folded
    }
    return (other.rename(pairs) if pairs else other), {new: old for old, new in pairs.items()}


def compare_metadata(base: Table, other: Table, renamed: dict[str, str], order: bool) -> pd.DataFrame:
    """One row per difference; `variable` is empty for the dataset. What a side does not tell is not a difference."""
    found: list[tuple[str, str, str, str]] = []
    if base.label is not None and other.label is not None and base.label != other.label:
        found.append(("", "label", base.label, other.label))
    names = [name for name in base.names if name in other.columns]
    found += [(name, "presence", PRESENT, ABSENT) for name in base.names if name not in other.columns]
    found += [(name, "presence", ABSENT, PRESENT) for name in other.names if name not in base.columns]
    for name in names:
        found += [(name, "name", name, renamed[name])] if name in renamed else []
        found += _compare_variable(base.variable(name), other.variable(name), _both_missing(base, other, name))
    moved = [name for name in other.names if name in base.columns]
    if order and moved != names:
        found.append(("", "variable order", " ".join(names), " ".join(moved)))
    return pd.DataFrame(found, columns=list(COLUMNS), dtype="str")


def _compare_variable(base: Variable, other: Variable, missing: bool) -> list[tuple[str, str, str, str]]:
    found = []
    kinds = base.kind, other.kind
    same_type = kinds[0] is kinds[1] or Kind.UNTYPED in kinds or missing
    if not same_type:
        found.append((base.name, "type", str(kinds[0]), str(kinds[1])))
    for attribute in ("label", "length", "format", "informat"):
        first, second = getattr(base, attribute), getattr(other, attribute)
        if first is None or second is None or first == second:
            continue
        if attribute == "length" and (not same_type or missing):
            continue
        found.append((base.name, attribute, str(first), str(second)))
    return found


def _both_missing(base: Table, other: Table, name: str) -> bool:
    if base.variable(name).kind is other.variable(name).kind:
        return False
    return is_missing(base.columns[name]) and is_missing(other.columns[name])
