"""A comparison as plain data: for `--json`, and for the page that `--html` writes."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pandas as pd

from cdisc_conv.compare.packages.run import PackageComparison
from cdisc_conv.compare.result import Comparison

SCHEMA = 1


def make_plain(found: PackageComparison) -> dict[str, Any]:
    """Everything that was found, as lists, texts and numbers; see docs/compare.md for the keys."""
    return {
        "schema": SCHEMA,
        "base": found.base,
        "compare": found.other,
        "equal": found.equal,
        "only_base": list(found.only_base),
        "only_compare": list(found.only_other),
        "datasets": [_plain_dataset(one) for one in found.datasets],
        "define": [_plain_object(one) for one in found.define],
        "why": [_plain_object(one) for one in found.why],
        "notes": [str(note) for note in found.notes],
    }


def _plain_dataset(found: Comparison) -> dict[str, Any]:
    return {
        "name": found.name,
        "equal": found.equal,
        "base": dataclasses.asdict(found.base),
        "compare": dataclasses.asdict(found.other),
        "keys": {
            "variables": list(found.keys.variables),
            "origin": found.keys.origin,
            "unique": found.keys.unique,
            "repeated_count": found.keys.repeated_count,
            "repeated": _plain_frame(found.keys.repeated),
        },
        "records": {
            "matched": found.matched,
            "differing": found.differing_records,
            "only_base": found.only_base_count,
            "only_compare": found.only_other_count,
            "in_order": found.records_in_order,
        },
        "differing_values": found.differing_cells,
        "variables": _plain_frame(found.variables),
        "metadata": _plain_frame(found.metadata),
        "values": _plain_frame(found.cells),
        "only_base": _plain_frame(found.only_base),
        "only_compare": _plain_frame(found.only_other),
    }


def _plain_frame(frame: pd.DataFrame) -> dict[str, Any]:
    """A frame as its columns and a list of values for each; numbers that are missing or infinite become null."""
    values = [[_plain_value(value) for value in frame[column].tolist()] for column in frame.columns]
    return {"columns": list(frame.columns), "data": values}


def _plain_value(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain_object(one: Any) -> Any:
    return dataclasses.asdict(one) if dataclasses.is_dataclass(one) and not isinstance(one, type) else str(one)
