"""Comparing two datasets: the order of the steps stands in `compare_tables`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.compare.datasets.keys import choose_keys
from cdisc_conv.compare.datasets.match import Matched, match_records
from cdisc_conv.compare.datasets.metadata import compare_metadata, match_names
from cdisc_conv.compare.datasets.values import Differences, compare_variable
from cdisc_conv.compare.result import Comparison, KeyReport, Side
from cdisc_conv.compare.rules import Rules, Tolerance, read_tolerance
from cdisc_conv.datafiles.columns import make_table
from cdisc_conv.datafiles.numerals import parse_numbers, write_numbers
from cdisc_conv.datafiles.table import Kind, Table, take_rows
from cdisc_conv.problems import Problem, ProblemsError, did_you_mean

KEEP = 100_000
"""How many differences of a variable, and records of one side only, a comparison holds; counts are always whole."""

Progress = Callable[[str], None]


def compare(
    base: pd.DataFrame | Table,
    other: pd.DataFrame | Table,
    keys: Sequence[str] = (),
    *,
    tolerance: Tolerance = None,
    relative_tolerance: Tolerance = None,
    only: Sequence[str] = (),
    ignore: Sequence[str] = (),
    where: str = "",
    trim: bool = True,
    ignore_case: bool = False,
    blank_is_missing: bool = False,
    order: bool = False,
    metadata: bool = True,
    defined_keys: Mapping[str, Sequence[str]] | None = None,
    keep: int = KEEP,
    progress: Progress = lambda step: None,
) -> Comparison:
    """Compare two datasets record by record and value by value.

    Records are matched by ``keys``; without them by those in ``defined_keys`` (by origin, such as ``define.xml``), by
    the natural keys of the standard for the dataset's name where they are unique on both sides, or else by a minimal
    set of variables that is. Keys that are not unique are reported, and their records compared as multisets. ``only``
    and ``ignore`` choose variables, ``where`` records (in the language of mappings); for the others see `Rules`.

    Raises ProblemsError: CMP010 tolerance (that of a text, too), CMP011 key missing on a side, CMP012 no common
    variables, CMP013 unknown variable, CMP014 column twice, EXPR... for a wrong ``where``.

    >>> base = pd.DataFrame({"USUBJID": ["01", "02", "03"], "AGE": [64, 58, 71]})
    >>> other = pd.DataFrame({"USUBJID": ["03", "01", "04"], "AGE": [71, 65, 50]})
    >>> found = compare(base, other, keys=["USUBJID"])
    >>> found.cells[["USUBJID", "variable", "base", "other"]].values.tolist()
    [['01', 'AGE', '64', '65']]
    >>> found.only_base["USUBJID"].tolist(), found.only_other["USUBJID"].tolist(), found.equal
    (['02'], ['04'], False)
    """
    rules = Rules(
        read_tolerance(tolerance), read_tolerance(relative_tolerance, "relative_tolerance"),
        trim, ignore_case, blank_is_missing, order, metadata,
    )  # fmt: skip
    first, second = _read_side(base, "base"), _read_side(other, "compare")
    return compare_tables(first, second, rules, keys, only, ignore, where, defined_keys or {}, keep, progress)


def compare_tables(
    base: Table,
    other: Table,
    rules: Rules,
    keys: Sequence[str] = (),
    only: Sequence[str] = (),
    ignore: Sequence[str] = (),
    where: str = "",
    defined: Mapping[str, Sequence[str]] | None = None,
    keep: int = KEEP,
    progress: Progress = lambda step: None,
) -> Comparison:
    """`compare` for tables and rules."""
    other, renamed = match_names(base, other)
    if not set(base.names) & set(other.names):
        told = f"{base.source} has {', '.join(base.names)}; {other.source} has {', '.join(other.names)}"
        raise ProblemsError([Problem("CMP012", f"there are no common variables: {told}")])
    if where:
        base, other = _choose_rows(base, where), _choose_rows(other, where)
    progress("matching records")
    check_tolerated(_check_names(rules.tolerated(), base, other, ", which has a tolerance"), (base, other))
    ignored = set(_check_names([*ignore], base, other))
    free = [table.keep(name for name in table.names if name not in ignored) for table in (base, other)]
    chosen = choose_keys(free[0] if not keys else base, free[1] if not keys else other, keys, defined or {}, rules)
    wanted = set(_check_names([*only], base, other)) | set(chosen.variables) if only else {*base.names, *other.names}
    wanted -= ignored - set(chosen.variables)
    base, other = base.keep(wanted), other.keep(wanted)
    compared = [name for name in base.names if name in other.columns and name not in chosen.variables]
    matched = match_records(base, other, chosen.variables, compared, rules)
    found = _compare_values(base, other, compared, matched, rules, progress)
    reported = KeyReport(
        chosen.variables, chosen.origin, _show_repeated(base, other, chosen.variables, matched, keep),
        len(matched.repeated),
    )  # fmt: skip
    return Comparison(
        name=base.name or other.name,
        base=Side(base.source, base.rows, len(base.variables), base.label or ""),
        other=Side(other.source, other.rows, len(other.variables), other.label or ""),
        keys=reported,
        matched=matched.pairs.count,
        only_base_count=len(matched.only_base),
        only_other_count=len(matched.only_other),
        differing_records=_count_records(found, matched.pairs.count),
        only_base=_show_rows(base, matched.only_base[:keep], chosen.variables),
        only_other=_show_rows(other, matched.only_other[:keep], chosen.variables),
        cells=_show_cells(base, found, matched, chosen.variables, keep),
        variables=_summarise(base, other, found, keep),
        metadata=compare_metadata(base, other, renamed, order=True),
        records_in_order=matched.in_order,
        rules=rules,
    )


def _read_side(side: pd.DataFrame | Table, name: str) -> Table:
    if isinstance(side, Table):
        return side
    try:
        return make_table(side, source=name)
    except ValueError as error:
        raise ProblemsError([Problem("CMP014", str(error), hint="rename or drop one of them")]) from None


def _check_names(names: Sequence[str], base: Table, other: Table, role: str = "") -> Sequence[str]:
    known = [*base.names, *other.names]
    wrong = [name for name in names if name not in known]
    if wrong:
        raise ProblemsError(
            [
                Problem("CMP013", f"neither side has a variable {one}{role}", hint=did_you_mean(one, known))
                for one in wrong
            ]
        )
    return names


def check_tolerated(names: Iterable[str], tables: Sequence[Table]) -> None:
    """ProblemsError (CMP010) for variables with a tolerance that are text wherever they are."""
    texts = [name for name in names if not may_be_number(name, tables)]
    if texts:
        hint = "give a tolerance to numeric variables only"
        problems = [
            Problem("CMP010", f"{name} has a tolerance, but is text on both sides", hint=hint) for name in texts
        ]
        raise ProblemsError(problems)


def may_be_number(name: str, tables: Sequence[Table]) -> bool:
    """Whether any of the tables has the variable as something else than text."""
    return any(name in table.columns and table.variable(name).kind is not Kind.TEXT for table in tables)


def _choose_rows(table: Table, where: str) -> Table:
    from cdisc_conv.columns.distinct import from_arrow
    from cdisc_conv.expr import Type, parse, suggest_quotes

    condition = parse(where)
    unknown = [name for name in condition.names if name not in table.columns]
    if unknown:
        hint = did_you_mean(unknown[0], table.names) or suggest_quotes(unknown[0], condition)
        raise ProblemsError([Problem("CMP013", f"{table.source} has no variable {unknown[0]}, which 'where' reads",
                                     hint=hint)])  # fmt: skip

    def read(name: str) -> pd.Series:
        values = table.columns[name]
        if table.variable(name).kind is Kind.NUMBER:
            floats = isinstance(values, np.ndarray)
            return pd.Series(values if floats else parse_numbers(values, table.variable(name)).values)
        return from_arrow(values)

    types = {one.name: Type.NUMBER if one.kind is Kind.NUMBER else Type.TEXT for one in table.variables}
    problems = condition.check(types.get, Type.BOOLEAN)[1]
    if problems:
        raise ProblemsError(problems)
    return table.take(np.flatnonzero(condition.evaluate(read, table.rows).to_numpy(dtype=bool)))


def _compare_values(
    base: Table, other: Table, names: Sequence[str], matched: Matched, rules: Rules, progress: Progress
) -> dict[str, Differences]:
    found = {}
    for number, name in enumerate(names, 1):
        if base.rows > 500_000:
            progress(f"comparing {name} ({number} of {len(names)})")
        found[name] = compare_variable(name, base, other, matched.pairs, rules)
    return found


def _count_records(found: Mapping[str, Differences], count: int) -> int:
    differs = np.zeros(count, dtype=bool)
    for one in found.values():
        differs[one.pairs] = True
    return int(differs.sum())


def write_values(table: Table, name: str, rows: np.ndarray) -> Any:
    """Values at these positions as text."""
    values, variable = take_rows(table.columns[name], rows), table.variable(name)
    return write_numbers(values, variable) if variable.kind is Kind.NUMBER else values.fill_null("")


def _show_rows(table: Table, rows: np.ndarray, keys: Sequence[str]) -> pd.DataFrame:
    names = [*keys, *(name for name in table.names if name not in keys)]
    data = {"row": rows + 1, **{_free(name): _series(write_values(table, name, rows)) for name in names}}
    return pd.DataFrame(data)


def _show_repeated(base: Table, other: Table, keys: Sequence[str], matched: Matched, keep: int) -> pd.DataFrame:
    shown = matched.repeated.iloc[:keep]
    in_base = shown["base"].to_numpy() >= 0
    values = {}
    for name in keys:
        one = write_values(base, name, shown["base"].to_numpy()[in_base])
        two = write_values(other, name, shown["other"].to_numpy()[~in_base])
        values[_free(name)] = _series(pa.concat_arrays([one, two]))
    counts = pd.concat([shown[in_base], shown[~in_base]])[["base_count", "other_count"]].reset_index(drop=True)
    return pd.concat([pd.DataFrame(values), counts], axis=1)


def _show_cells(
    base: Table, found: Mapping[str, Differences], matched: Matched, keys: Sequence[str], keep: int
) -> pd.DataFrame:
    """The first differences of each variable as one long table, by variable and record."""
    parts = [(name, one) for name, one in found.items() if len(one.pairs)]
    pairs = np.concatenate([np.empty(0, np.int64), *(one.pairs[:keep] for _, one in parts)])
    base_rows = matched.pairs.base_rows(pairs)
    names = np.repeat(np.arange(len(parts)), [len(one.pairs[:keep]) for _, one in parts])
    words = pa.array([name for name, _ in parts], pa.large_string())
    text = pa.array([], pa.large_string())
    return pd.DataFrame(
        {
            "base_row": base_rows + 1,
            "other_row": matched.pairs.other_rows(pairs) + 1,
            **{_free(name): _series(write_values(base, name, base_rows)) for name in keys},
            "variable": _series(words.take(pa.array(names))),
            "base": _series(pa.concat_arrays([text, *(one.base[:keep] for _, one in parts)])),
            "other": _series(pa.concat_arrays([text, *(one.other[:keep] for _, one in parts)])),
            "difference": np.concatenate([np.empty(0), *(one.difference[:keep] for _, one in parts)]),
        }
    )


RESERVED = frozenset(("row", "base_row", "other_row", "variable", "base", "other", "difference"))


def _free(name: str) -> str:
    """A variable's column name in the frames; one that is taken gets an underscore behind it."""
    return f"{name}_" if name in RESERVED else name


def _series(array: Any) -> pd.Series:
    from cdisc_conv.columns.distinct import from_arrow

    return from_arrow(array)


def _summarise(base: Table, other: Table, found: Mapping[str, Differences], keep: int) -> pd.DataFrame:
    rows = []
    for name, one in found.items():
        sizes = np.abs(one.difference[np.isfinite(one.difference)])
        largest = float(sizes.max()) if len(sizes) else np.nan
        rows.append((name, str(base.variable(name).kind), len(one.pairs), min(len(one.pairs), keep), largest))
    frame = pd.DataFrame(rows, columns=["variable", "type", "differing", "shown", "largest"])
    return frame.astype(
        {"variable": "str", "type": "str", "differing": "int64", "shown": "int64", "largest": "float64"}
    )
