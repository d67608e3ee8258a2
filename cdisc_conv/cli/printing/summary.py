"""What a run ends with: its findings, a table of the datasets, and where everything is."""

from __future__ import annotations

from cdisc_conv.cli.printing.console import plural, print_line, print_table
from cdisc_conv.cli.printing.findings import print_codes, summarise
from cdisc_conv.package.result import Result
from cdisc_conv.problems import Problem, Severity, count_by_severity, exit_code

FINDINGS = "report/findings.json"


def print_package(package: Result, planted: bool = False) -> int:
    """Print what a run made and found; the exit code. `planted`: findings are meant to be there."""
    report = package.name_file("report/index.html")
    some = print_codes(package.problems)
    if some:
        print_line(f"one finding of each code is shown; all of them are in {report} and {package.name_file(FINDINGS)}")
    if package.problems:
        print_line("")
    print_table(["dataset", "records", "variables", *(f"{severity.value}s" for severity in Severity)], _rows(package))
    print_line("")
    print_line(f"{plural(package.files, 'file')} in {package.folder}: {summarise(package.problems)}")
    print_line(f"report: {report}")
    if planted and exit_code(package.problems):
        print_line("the findings are there on purpose: the synthetic data are as untidy as real ones")
    return 0 if planted else exit_code(package.problems)


def _rows(package: Result) -> list[list[str | int]]:
    """One row per dataset, and one for the findings that are about no dataset of the package."""
    by_dataset: dict[str, list[Problem]] = {name: [] for name, *_ in package.datasets}
    others: list[Problem] = []
    for problem in package.problems:
        by_dataset.get(problem.place.dataset, others).append(problem)
    rows: list[list[str | int]] = [
        [name, records, variables, *count_by_severity(by_dataset[name]).values()]
        for name, records, variables in package.datasets
    ]
    return [*rows, ["(other)", "", "", *count_by_severity(others).values()]] if others else rows
