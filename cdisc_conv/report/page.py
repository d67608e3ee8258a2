"""report/index.html: one file to read, search and print; it needs neither a network nor JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from cdisc_conv import __version__
from cdisc_conv.checks import CheckReport
from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.account.lines import Account, Accounting, Line
from cdisc_conv.problems import Problem, Severity, count_by_severity
from cdisc_conv.report.environment import embed, load_environment
from cdisc_conv.spec.model import Study
from cdisc_conv.tables import ColumnRef

SHOWN = 200
"""Findings that stand in the page as a table; the others are data that the page's script shows on demand."""

_OTHER = (Account.LOOKED_UP, Account.NOT_MATCHED, Account.NOT_SUBMITTED, Account.NOT_IN_RUN, Account.NOT_READ)
_UNUSED = (Account.VALUES_LEFT_OUT, Account.VALUES_LOST, Account.VALUES_NOT_USED)
_BAD = (*_UNUSED, Account.LOST, Account.NOT_MATCHED, Account.UNACCOUNTED, Account.UNMAPPED)

UNMAPPED_TERM = "TERM001"


def render_page(
    study: Study,
    datasets: Sequence[Dataset],
    problems: Sequence[Problem],
    accounting: Accounting,
    checks: CheckReport,
    lineage: Mapping[str, Any],
    links: Sequence[str] = (),
) -> str:
    """The page as text. `problems` are sorted; `lineage` is what `files.add_datasets` made.

    `links` are the other files to point to, relative to the page.
    """
    counts = count_by_severity(problems)
    return (
        load_environment()
        .get_template("page.html")
        .render(
            version=__version__,
            study=study,
            comment=(study.settings.get("define") or {}).get("comment", ""),
            standards=", ".join(
                f"{family.standard.label}, {family.terminology.package_label}" for family in study.families.values()
            ),
            severities=[(severity.value, counts[severity]) for severity in Severity],
            families=_summarise_families(study, datasets, problems, links),
            records=sum(len(dataset.frame) for dataset in datasets),
            other=count_by_severity(_of_no_dataset(problems, datasets)),
            by_code=_summarise_codes(problems),
            findings=[_list_finding(problem) for problem in problems[:SHOWN]],
            total=len(problems),
            data=embed([_list_finding(problem) for problem in problems]),
            terms=[problem for problem in problems if problem.code == UNMAPPED_TERM],
            checks=checks,
            forms=_summarise_forms(study, accounting),
            lineage=_group_lineage(lineage, datasets),
            known=_anchors(lineage),
            files=[(link, link.removeprefix("../")) for link in links],
        )
    )


def _summarise_families(
    study: Study, datasets: Sequence[Dataset], problems: Sequence[Problem], links: Sequence[str]
) -> list[dict[str, Any]]:
    """One entry per family with datasets in the package, its definitions with it."""
    families = []
    for family in study.families.values():
        mine = [dataset for dataset in datasets if study.family_of(dataset.name) is family]
        define = f"../{family.name}/define.html"
        if mine:
            families.append(
                {
                    "name": "ADaM" if family.is_analysis else "SDTM",
                    "standards": f"{family.standard.label}, {family.terminology.package_label}",
                    "define": define if define in links else "",
                    "datasets": [_summarise_dataset(dataset, problems) for dataset in mine],
                }
            )
    return families


def _summarise_dataset(dataset: Dataset, problems: Iterable[Problem]) -> dict[str, Any]:
    counts = count_by_severity(problem for problem in problems if problem.place.dataset == dataset.name)
    return {
        "name": dataset.name,
        "label": dataset.label,
        "records": len(dataset.frame),
        "variables": len(dataset.columns),
        "counts": [(f"{severity.value}s".capitalize(), count) for severity, count in counts.items()],
    }


def _of_no_dataset(problems: Iterable[Problem], datasets: Sequence[Dataset]) -> list[Problem]:
    names = {dataset.name for dataset in datasets}
    return [problem for problem in problems if problem.place.dataset not in names]


def _summarise_codes(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """One row per code and severity; `problems` are sorted by both."""
    rows = []
    for (severity, code), group in groupby(problems, key=lambda problem: (problem.severity, problem.code)):
        found = list(group)
        places = dict.fromkeys(filter(None, (_subject(problem) for problem in found)))
        rows.append(
            {
                "severity": severity.value,
                "code": code,
                "findings": len(found),
                "values": sum(problem.count for problem in found),
                "where": list(places)[:6],
                "more": max(0, len(places) - 6),
                "example": found[0].message,
            }
        )
    return rows


def _subject(problem: Problem) -> str:
    place = problem.place
    if place.dataset:
        return f"{place.dataset}.{place.variable}" if place.variable else place.dataset
    return f"{place.form}.{place.field}" if place.field else place.form or place.file


def _list_finding(problem: Problem) -> list[Any]:
    """A finding as the page's script knows it; the order is that of the columns in page.js."""
    return [
        problem.severity.value,
        problem.code,
        problem.place.dataset or problem.place.form,
        str(problem.place),
        problem.message,
        problem.hint,
        problem.count,
    ]


def _summarise_forms(study: Study, accounting: Accounting) -> list[dict[str, Any]]:
    """What the page says of each form, or of each given dataset of a run without forms."""
    forms = []
    for name, group in groupby(accounting.lines, key=lambda line: line.form):
        lines = list(group)
        whole = [line for line in lines if not line.field and not line.dataset]
        form, given = study.forms.get(name), study.given.get(name)
        fields = form.fields if form else {}
        forms.append(
            {
                "name": name,
                "label": form.label if form else given.standard.label if given else "",
                "file": form.file if form else given.file if given else "",
                "read": _total(whole, Account.READ),
                "used": _total(whole, Account.USED),
                "excluded": _total(whole, Account.EXCLUDED),
                "unaccounted": _total(whole, Account.UNACCOUNTED),
                "other": sum(_total(whole, account) for account in _OTHER),
                "lost": _total((line for line in lines if line.dataset), Account.LOST),
                "rows": whole[1:],
                "datasets": [(line, line.account in _BAD) for line in lines if line.dataset],
                "columns": [(line, fields.get(line.field), line.account in _BAD) for line in lines if line.field],
                "unmapped": sum(line.account is Account.UNMAPPED for line in lines),
                "unused": sum(line.rows for line in lines if line.account in _UNUSED),
            }
        )
    return forms


def _total(lines: Iterable[Line], account: Account) -> int:
    return sum(line.rows for line in lines if line.account is account)


def _group_lineage(lineage: Mapping[str, Any], datasets: Sequence[Dataset]) -> list[dict[str, Any]]:
    """The variables by dataset, in the order of the package; working variables, which no dataset holds, at the end."""
    columns = {dataset.name: list(dataset.frame.columns) for dataset in datasets}
    groups = []
    for name, records in lineage["records"].items():
        made = {ColumnRef(key): value for key, value in lineage["variables"].items()}
        mapped = {ref.column: value for ref, value in made.items() if ref.table == name}
        order = [column for column in columns.get(name, ()) if column in mapped]
        order += [column for column in mapped if column not in order]
        groups.append(
            {"name": name, "records": records, "variables": [(f"{name}.{key}", mapped[key]) for key in order]}
        )
    return groups


def _anchors(lineage: Mapping[str, Any]) -> dict[str, str]:
    """Name of a variable or field -> the anchor that tells about it."""
    variables = {name: f"v-{name}" for name in lineage["variables"]}
    fields = {
        f"{form}.{field}": f"c-{form}.{field}" for form, data in lineage["forms"].items() for field in data["fields"]
    }
    records = {f"records of {name}": f"d-{name}" for name in lineage["records"]}
    return {**fields, **variables, **records}
