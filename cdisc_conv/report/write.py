"""Write all reports of a run, and draw the pages about the trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdisc_conv.checks import CheckReport
from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.account.lines import Accounting
from cdisc_conv.problems import Problem
from cdisc_conv.report.accounting import write_accounting
from cdisc_conv.report.files import sort_findings, write_findings, write_json, write_records
from cdisc_conv.report.page import render_page
from cdisc_conv.spec.model import Study
from cdisc_conv.steps import NOTHING_KEPT, Steps

if TYPE_CHECKING:
    from cdisc_conv.recist import RecistSettings

DEFINITIONS = ("sdtm/define.html", "adam/define.html")
TUMOURS = frozenset({"RS", "TR", "TU"})
TUMOUR_RESULTS = frozenset({"ADTR", "ADRS", "ADTTE"})
DRAWN = TUMOUR_RESULTS | {"ADSL", "ADAE"}
"""The datasets that the pictures show."""
RESPONSES, PICTURES = "response_check.html", "oncology.html"


def write_reports(
    study: Study,
    datasets: Sequence[Dataset],
    problems: Sequence[Problem],
    accounting: Accounting,
    checks: CheckReport,
    lineage: Mapping[str, Any],
    pages: Mapping[str, str],
    folder: Path,
) -> None:
    """Write index.html, findings.json, accounting.csv, lineage.json, records/*.parquet and `pages` into a new folder.

    `datasets` are those of the package, as written; `problems` everything that was found, with folder names as the
    package shall show them; `checks` tells which conformance rules were asked; `lineage` is what `add_datasets`
    made, `pages` are those of `render_pages`. The definitions that stand in the folder above by then are linked.
    """
    folder.mkdir()
    found = sort_findings(problems)
    write_findings(study.name, found, folder / "findings.json")
    write_accounting(accounting, folder / "accounting.csv")
    write_json(lineage, folder / "lineage.json")
    write_records(datasets, folder / "records")
    defined = [f"../{name}" for name in DEFINITIONS if (folder.parent / name).is_file()]
    links = [*defined, *pages, "findings.json", "accounting.csv"]
    index = render_page(study, datasets, found, accounting, checks, lineage, links)
    for name, text in {"index.html": index, **pages}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def render_pages(
    study: Study, datasets: Sequence[Dataset], given: Sequence[Dataset] = (), steps: Steps = NOTHING_KEPT
) -> tuple[dict[str, str], list[Problem]]:
    """The pages about the trial itself, by file name, and what is found while they are made.

    `datasets` are those of the package, `given` those that were read for it. response_check.html is there for a study
    that has `TUMOURS`, oncology.html for one that has any of `TUMOUR_RESULTS`. The findings are those of
    `recist.check_responses` (with the study's settings, ``settings: recist:``) and of `render_oncology`.
    """
    made = {dataset.name: dataset for dataset in datasets}
    known = {**{dataset.name: dataset for dataset in given}, **made}
    has_results = not TUMOUR_RESULTS.isdisjoint(made)
    title = (study.name, study.title, str((study.settings.get("define") or {}).get("comment", "")))
    pages: dict[str, str] = {}
    problems: list[Problem] = []
    if known.keys() >= TUMOURS and (has_results or made.keys() >= TUMOURS):
        from cdisc_conv.recist import read_settings  # few studies need it

        settings, wrong = read_settings(study.settings.get("recist") or {}, study.place.file)
        read = [known[name] for name in sorted(TUMOURS)]
        page, found = steps.make(
            "drawing", RESPONSES, (title, settings, read), lambda: _check_responses(title, settings, read)
        )
        pages |= {RESPONSES: page} if page else {}
        problems += [*wrong, *found]
    if has_results:
        shown = {name: dataset for name, dataset in known.items() if name in DRAWN or name in TUMOURS}
        drawn = steps.make("drawing", PICTURES, (title, shown), lambda: _draw_pictures(title, shown))
        if drawn is not None:
            pages[PICTURES] = drawn[0]
            problems += drawn[1]
    return pages, problems


def _check_responses(
    title: tuple[str, str, str], settings: RecistSettings, tumours: Sequence[Dataset]
) -> tuple[str, list[Problem]]:
    """The page, "" where there is nothing to check, and what was found."""
    from cdisc_conv.recist import check_responses
    from cdisc_conv.report.response_check import render_response_check

    checks, found = check_responses(tumours, settings)
    name, words, note = title
    return render_response_check(name, words, checks, found, note) if checks else "", list(found)


def _draw_pictures(title: tuple[str, str, str], known: Mapping[str, Dataset]) -> tuple[str, list[Problem]] | None:
    from cdisc_conv.report.oncology import render_oncology

    name, words, note = title
    return render_oncology(name, words, known, note)
