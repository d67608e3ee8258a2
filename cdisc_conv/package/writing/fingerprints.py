"""Fingerprints of the columns that were read, so that two packages can tell which raw columns differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cdisc_conv.columns.hashes import hash_column
from cdisc_conv.columns.stored import Frame

NO_VALUES = ("define", "protocol", "formats", "agency", "translations", "split_size")
"""Settings that shape no value: words of define.xml, labels, and which files are written beside transport files."""


def describe_columns(frames: Mapping[str, Frame]) -> dict[str, dict[str, Any]]:
    """For each form or given dataset the number of its rows, and the SHA-256 of each column.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"SEX": pd.Series(["M", "F"], dtype="str")})
    >>> described = describe_columns({"dm": frame})["dm"]
    >>> described["rows"], described["sha256"]["SEX"][:12]
    (2, 'f43f77b0baef')
    """
    return {name: _describe_frame(frame) for name, frame in frames.items()}


def describe_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each setting of the study that can shape values: visits, units, date formats ..."""
    texts = {
        name: json.dumps(value, sort_keys=True, default=str)
        for name, value in settings.items()
        if name not in NO_VALUES and value
    }
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(texts.items())}


def _describe_frame(frame: Frame) -> dict[str, Any]:
    return {"rows": len(frame), "sha256": {str(name): hash_column(column) for name, column in frame.items()}}
