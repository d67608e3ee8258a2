"""The reports of a run: a page to read, and the same as files for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cdisc_conv.checks import CheckReport
from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.engine.lineage import build_lineage
from cdisc_conv.problems import Problem
from cdisc_conv.report.accounting import Accounting, write_accounting
from cdisc_conv.report.files import describe_lineage, sort_findings, write_findings, write_json, write_records
from cdisc_conv.report.page import render_page
from cdisc_conv.spec.model import Study

__all__ = ["render_pages", "write_reports"]

DEFINITIONS = ("define.html", "adam/define.html")
TUMOUR_RESULTS = frozenset({"ADTR", "ADRS", "ADTTE"})


def write_reports(
    conversion: Conversion,
    datasets: Sequence[Dataset],
    problems: Sequence[Problem],
    accounting: Accounting,
    checks: CheckReport,
    pages: Mapping[str, str],
    folder: Path,
) -> None:
    """Write index.html, findings.json, accounting.csv, lineage.json, records/*.parquet and `pages` into a new folder.

    `datasets` are those of the package, as written; `problems` everything that was found, with folder names as the
    package shall show them; `checks` tells which conformance rules were asked; `pages` are those that `render_pages`
    made. The definitions that stand in the folder above by then are linked.
    """
    folder.mkdir()
    study = conversion.study
    found = sort_findings(problems)
    lineage = describe_lineage(study, build_lineage(study, conversion.plan), datasets)
    write_findings(study.name, found, folder / "findings.json")
    write_accounting(accounting, folder / "accounting.csv")
    write_json(lineage, folder / "lineage.json")
    write_records(datasets, folder / "records")
    defined = [f"../{name}" for name in DEFINITIONS if (folder.parent / name).is_file()]
    links = [*defined, *pages, "findings.json", "accounting.csv"]
    index = render_page(study, datasets, found, accounting, checks, lineage, links)
    for name, text in {"index.html": index, **pages}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def render_pages(study: Study, datasets: Sequence[Dataset]) -> tuple[dict[str, str], list[Problem]]:
    """The pages about the trial itself, by file name, and what is found while they are made.

    `datasets` are those that were made and, where SDTM is given, those that were read. oncology.html is there for a
    study with tumour results: one that has any of `TUMOUR_RESULTS`.
    """
    by_name = {dataset.name: dataset for dataset in datasets}
    pages: dict[str, str] = {}
    problems: list[Problem] = []
    if not TUMOUR_RESULTS.isdisjoint(by_name):
        from cdisc_conv.report.oncology import render_oncology

        comment = str((study.settings.get("define") or {}).get("comment", ""))
        made = render_oncology(study.name, study.title, by_name, comment)
        if made is not None:
            pages["oncology.html"], found = made
            problems += found
    return pages, problems
