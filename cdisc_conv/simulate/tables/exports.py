"""Tables to CSV files, block by block, complete or not at all."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from cdisc_conv.resources import LABEL_FILE
from cdisc_conv.workplace import keep_others, open_workplace, put_in_place


def write_tables(
    blocks: Iterable[Mapping[str, pd.DataFrame]], files: Mapping[str, str], out: Path, label: str
) -> dict[str, int]:
    """Write the blocks of each form one after the other into its file; return the rows per form.

    The folder appears as a whole, and so it takes the place of an earlier one, whose other files it keeps. Raises
    OSError, and ProblemsError as `workplace.open_workplace` does.
    """
    out = out.resolve()
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    with open_workplace(out) as workplace:
        new = workplace / "new"
        new.mkdir()
        counts: dict[str, int] = {}
        for block in blocks:
            for form, frame in block.items():
                append_table(frame, new / files[form])
                counts[form] = counts.get(form, 0) + len(frame)
        (new / LABEL_FILE).write_text(label, encoding="utf-8", newline="\n")
        if out.exists():
            keep_others(out, new)
        put_in_place(workplace, out)
    return counts


def append_table(frame: pd.DataFrame, path: Path) -> None:
    """Append rows to a CSV file; a new file gets the header first."""
    new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="") as file:
        frame.to_csv(file, index=False, header=new, lineterminator="\n")
