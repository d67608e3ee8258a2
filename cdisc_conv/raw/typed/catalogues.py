"""SAS format catalogues: the words of codes, by the name of the format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import pyreadstat

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.problems import ProblemsError
from cdisc_conv.raw.source import Reporter
from cdisc_conv.xpt import list_members, read_xpt

Catalogue = Mapping[str, Mapping[str, str]]
_CONTROL = ("FMTNAME", "START", "LABEL")
"""What a data set of formats (CNTLOUT of PROC FORMAT) has at least."""


def read_catalogues(paths: Iterable[Path], reporter: Reporter) -> Catalogue:
    """The formats of catalogues (.sas7bcat), and of data sets of PROC FORMAT. Raises ProblemsError (RAW003)."""
    formats: dict[str, Mapping[str, str]] = {}
    for path in paths:
        try:
            formats |= _read_binary(path) if path.suffix.lower() == ".sas7bcat" else _read_control(path)
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ProblemsError, ValueError) as error:
            what = str(error).splitlines()[0]
            message = f"form '{reporter.form}' has the format catalogue {path.name}, which cannot be read: {what}"
            hint = "give a .sas7bcat file, or what PROC FORMAT writes with CNTLOUT"
            raise ProblemsError([reporter.report("RAW003", message, hint=hint)]) from None
    return formats


def find_words(form: str, catalogue: Catalogue) -> Mapping[str, str]:
    """The words of a variable with a format, by its codes as text.

    >>> find_words("$sexf8.", {"$SEXF": {"M": "Male"}})
    {'M': 'Male'}
    """
    name = form.upper().rstrip("0123456789.")
    return catalogue.get(name) or catalogue.get(form.upper().rstrip(".")) or {}


def _read_binary(path: Path) -> dict[str, Mapping[str, str]]:
    _, metadata = pyreadstat.read_sas7bcat(str(path))
    return {
        name.upper(): {_write_code(code, name): str(words) for code, words in labels.items()}
        for name, labels in metadata.value_labels.items()
    }


def _read_control(path: Path) -> dict[str, Mapping[str, str]]:
    frame = _read_frame(path)
    frame.columns = [str(name).upper() for name in frame.columns]
    if not set(_CONTROL) <= set(frame.columns):
        raise ValueError(f"it has no columns {', '.join(_CONTROL)}")
    formats: dict[str, dict[str, str]] = {}
    kinds = frame["TYPE"] if "TYPE" in frame else pd.Series("", index=frame.index)
    for name, kind, start, words in zip(frame["FMTNAME"], kinds, frame["START"], frame["LABEL"], strict=True):
        full = f"${name}" if kind == "C" and not str(name).startswith("$") else str(name)
        formats.setdefault(full.upper(), {})[str(start).strip()] = str(words)
    return dict(formats)


def _read_frame(path: Path) -> pd.DataFrame:
    if path.suffix.lower() == ".xpt":
        read = read_xpt(path, member=list_members(path)[0].name)
        if read.problems:
            raise ProblemsError(read.problems)
        return read.frame
    return pyreadstat.read_sas7bdat(str(path))[0]


def _write_code(code: object, name: str) -> str:
    """A code as the values of a column have it; a letter alone is a special missing value in a format of numbers."""
    if isinstance(code, float | int):
        return write_number(float(code))
    text = str(code).strip()
    return f".{text}" if not name.startswith("$") and (text == "_" or text.isalpha()) else text
