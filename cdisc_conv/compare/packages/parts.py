"""Split datasets: a domain that is one file on one side and several on the other is compared as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from cdisc_conv.datafiles.numerals import write_exact
from cdisc_conv.datafiles.read import DatasetFile
from cdisc_conv.datafiles.table import TEXT, ColumnValues, Kind, Table, Variable
from cdisc_conv.problems import Problem, ProblemsError, Severity

_SUPPLEMENTAL = "SUPP"


@dataclass(frozen=True)
class SplitFile:
    """The parts of a split dataset, read as one; the path is that of the first."""

    name: str
    parts: tuple[AnyFile, ...]
    member: str | None = None

    @property
    def path(self) -> Path:
        return self.parts[0].path

    def read(self, encoding: str | None = None) -> Table:
        """The records of all parts, one part behind the other. Raises ProblemsError as the parts do."""
        return stack_tables(self.name, [part.read(encoding) for part in self.parts])


AnyFile = DatasetFile | SplitFile
"""A dataset in one file, or in parts."""


def join_parts(
    whole: Mapping[str, AnyFile], others: Mapping[str, AnyFile], encoding: str | None
) -> dict[str, SplitFile]:
    """The datasets of one side, by name, that the other side has in parts only.

    Parts are called as SDTMIG 3.4, 4.1.7 says: LBCH and LBHE of LB, SUPPLBCH of SUPPLB, and all their records are of
    the domain.
    """
    found: dict[str, SplitFile] = {}
    for name in whole:
        domain = name.removeprefix(_SUPPLEMENTAL)
        if name in others or len(domain) != 2:
            continue
        parts = [
            one
            for part, one in others.items()
            if part not in whole and part.startswith(name) and len(part) - len(name) in (1, 2)
        ]
        parts = [one for one in parts if _is_of(one, domain, encoding)]
        if parts:
            found[name] = SplitFile(name, tuple(parts))
    return found


def _is_of(file: AnyFile, domain: str, encoding: str | None) -> bool:
    try:
        table = file.read(encoding)
    except ProblemsError:
        return False  # what cannot be read is no part of anything
    name = "RDOMAIN" if file.name.startswith(_SUPPLEMENTAL) else "DOMAIN"
    values = table.columns.get(name)
    return isinstance(values, pa.Array | pa.ChunkedArray) and set(values.to_pylist()) <= {domain}


def note_parts(joined: Mapping[str, SplitFile], whole: str, split: str) -> list[Problem]:
    """CMP015: which datasets are compared with the parts of the other side."""
    return [
        Problem(
            "CMP015",
            f"{name} of {whole} is in parts in {split}: {', '.join(part.name for part in file.parts)}; "
            "they are compared as one dataset",
            Severity.NOTE,
        )
        for name, file in joined.items()
    ]


def stack_tables(name: str, tables: Sequence[Table]) -> Table:
    """Tables one behind the other; a variable that one of them lacks is missing in its records.

    Labels and formats are those of the first table that has the variable, lengths the largest.
    """
    variables: dict[str, Variable] = {}
    for table in tables:
        for one in table.variables:
            known = variables.setdefault(one.name, one)
            length = max((size for size in (known.length, one.length) if size is not None), default=None)
            kind = known.kind if known.kind is one.kind else Kind.UNTYPED
            variables[one.name] = replace(known, length=length, kind=kind)
    columns = {variable.name: _stack_column(variable, tables) for variable in variables.values()}
    return replace(
        tables[0],
        name=name,
        source=", ".join(table.source for table in tables),
        variables=tuple(variables.values()),
        columns=columns,
        rows=sum(table.rows for table in tables),
        special=any(table.special for table in tables),
        nulls=any(table.nulls for table in tables),
        problems=tuple(problem for table in tables for problem in table.problems),
    )


def _stack_column(variable: Variable, tables: Sequence[Table]) -> ColumnValues:
    pieces = [table.columns.get(variable.name) for table in tables]
    if variable.kind is Kind.NUMBER and all(one is None or isinstance(one, np.ndarray) for one in pieces):
        blank = [np.full(table.rows, np.nan) for table in tables]
        return np.concatenate([empty if one is None else one for one, empty in zip(pieces, blank, strict=True)])
    texts = [
        pa.nulls(table.rows, TEXT)
        if one is None
        else write_exact(one, table.variable(variable.name)) if isinstance(one, np.ndarray) else one.cast(TEXT)
        for one, table in zip(pieces, tables, strict=True)
    ]  # fmt: skip
    chunks = [chunk for one in texts for chunk in (one.chunks if isinstance(one, pa.ChunkedArray) else [one])]
    return pa.concat_arrays(chunks) if chunks else pa.array([], TEXT)
