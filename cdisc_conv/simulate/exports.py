"""Tables to CSV files, block by block, complete or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

LABEL_FILE = "SYNTHETIC.txt"


def write_tables(
    blocks: Iterable[Mapping[str, pd.DataFrame]], files: Mapping[str, str], out: Path, label: str
) -> dict[str, int]:
    """Write the blocks of each form one after the other into its file; return the rows per form.

    Files of an earlier run are replaced only when every new one is complete.
    """
    out.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".simulate-", dir=out))
    try:
        counts: dict[str, int] = {}
        for block in blocks:
            for form, frame in block.items():
                append_table(frame, beside / files[form])
                counts[form] = counts.get(form, 0) + len(frame)
        (beside / LABEL_FILE).write_text(label, encoding="utf-8", newline="\n")
        for path in sorted(beside.iterdir()):
            os.replace(path, out / path.name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return counts


def append_table(frame: pd.DataFrame, path: Path) -> None:
    """Append rows to a CSV file; a new file gets the header first."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        frame.to_csv(file, index=False, header=new, lineterminator="\n")
