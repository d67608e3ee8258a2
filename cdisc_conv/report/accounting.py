"""The account of a run as a file."""

from __future__ import annotations

import csv
from pathlib import Path

from cdisc_conv.engine.account.lines import Accounting
from cdisc_conv.visible import make_cell


def write_accounting(accounting: Accounting, path: Path) -> None:
    """accounting.csv: form, dataset, field, account, rows, by. No text of a form becomes a formula or a command."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["form", "dataset", "field", "account", "rows", "by"])
        for line in accounting.lines:
            texts = (line.form, line.dataset, line.field, line.account.value)
            writer.writerow([*map(make_cell, texts), line.rows, make_cell(line.by)])
