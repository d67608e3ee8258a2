"""The cells of workbooks (XLSX, XLSM, XLSB, XLS, ODS) that may be damaged."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def read_workbook(data: bytes, most: int | None = None) -> list[tuple[str, list[list[Any]]]]:
    """The sheets of a workbook: names and rows of cells, from A1 on, at most `most` rows of each.

    Cells are text, numbers, booleans, dates and times; an empty one is "". Raises ValueError, with what is wrong, for
    a workbook that cannot be read.

    >>> read_workbook(b"PK no workbook")
    Traceback (most recent call last):
    ...
    ValueError: Cannot detect file format
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with _without_panic_messages():
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
            return [
                (name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=most))
                for name in workbook.sheet_names
            ]
    except (CalamineError, OSError) as error:
        raise ValueError(str(error)) from None
    except BaseException as error:
        # on some damaged files the reader gives up with an exception of its own that is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("its parts do not fit together") from None


@contextmanager
def _without_panic_messages() -> Iterator[None]:
    """Keep what the reader writes to the standard error of the process, other than by Python, out of the way."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
