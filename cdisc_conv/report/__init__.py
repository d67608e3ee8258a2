"""The reports of a run: a page to read, and the same as files for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdisc_conv.checks import CheckReport
from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.engine.lineage import build_lineage
from cdisc_conv.problems import Problem
from cdisc_conv.report.accounting import Accounting, write_accounting
from cdisc_conv.report.files import describe_lineage, sort_findings, write_findings, write_json, write_records
from cdisc_conv.report.page import render_page

__all__ = ["write_reports"]


def write_reports(
    conversion: Conversion,
    datasets: Sequence[Dataset],
    problems: Sequence[Problem],
    accounting: Accounting,
    checks: CheckReport,
    folder: Path,
) -> None:
    """Write index.html, findings.json, accounting.csv, lineage.json and records/*.parquet into a new folder.

    `datasets` are those of the package, as written; `problems` everything that was found, with folder names as the
    package shall show them; `checks` tells which conformance rules were asked.
    """
    folder.mkdir()
    study = conversion.study
    found = sort_findings(problems)
    lineage = describe_lineage(study, build_lineage(study, conversion.plan), datasets)
    write_findings(study.name, found, folder / "findings.json")
    write_accounting(accounting, folder / "accounting.csv")
    write_json(lineage, folder / "lineage.json")
    write_records(datasets, folder / "records")
    page = render_page(study, datasets, found, accounting, checks, lineage)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
