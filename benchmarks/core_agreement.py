"""How far our answers agree with those that CDISC published for the test cases of its rules.

    python -m benchmarks.core_agreement [FOLDER] [--rule CORE-000001] [--table FILE]

FOLDER holds ``rules.jsonl.gz`` and ``cases.jsonl.gz`` (one rule or case a line) and, beside it, ``core/cache`` with the
library's metadata as pickles; by default ../shared/reference/core_rules. A case is met when we report the same
datasets, records, variables and values as the author of the rule expects.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.core_cache import find_cache, load_library
from cdisc_conv.checks.core import CoreRule, File, Library, Study, make_study, read_rule, run_core
from cdisc_conv.checks.core.data.vectors import Value, is_missing, to_text
from cdisc_conv.checks.core.evaluate import Hits
from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.problems import ProblemsError
from cdisc_conv.standards import load_terminology

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "reference" / "core_rules"

Answer = frozenset[tuple[str, str, str, str]]
"""What is reported: dataset, record, variable, value."""


@dataclass(frozen=True)
class Case:
    """A test case: its rule, what it is called, its files, and what is expected."""

    rule: str
    name: str
    published: bool
    files: Mapping[str, str]

    @property
    def expected(self) -> Answer:
        """What the author of the rule expects; a line without a variable says that a dataset could not be asked."""
        rows = csv.DictReader(io.StringIO(self.files.get("results/results.csv", "")))
        return frozenset(
            (row["Dataset"] or "", row["Record"] or "", row["Variable"], _write(row["Value"] or ""))
            for row in rows
            if row["Variable"]
        )

    @property
    def settings(self) -> dict[str, str]:
        lines = (line.partition("=") for line in self.files.get("data/.env", "").splitlines())
        return {key.strip(): value.strip() for key, _, value in lines if key.strip()}


@dataclass(frozen=True)
class Outcome:
    """What came of a case: ``met``, ``records`` (the same records, other values), ``different`` or ``not asked``."""

    case: Case
    result: str
    missing: Answer = frozenset()
    extra: Answer = frozenset()
    reason: str = ""

    @property
    def name(self) -> str:
        return f"{self.case.rule} {self.case.name}"


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def load_cases(folder: Path) -> list[Case]:
    """All cases of a folder, in its order."""
    return [
        Case(said["rule"], f"{said['kind']} {said['case']}", said["group"] == "Published", said["files"])
        for said in read_lines(folder / "cases.jsonl.gz")
    ]


def load_rules(folder: Path) -> tuple[dict[str, CoreRule], dict[str, str]]:
    """The rules by id, and why the others cannot be read."""
    rules: dict[str, CoreRule] = {}
    refused: dict[str, str] = {}
    for said in read_lines(folder / "rules.jsonl.gz"):
        try:
            rules[said["id"]] = read_rule(said["yaml"], said["id"])
        except ProblemsError as error:
            refused[said["id"]] = error.problems[0].message
    return rules, refused


def read_dataset(name: str, text: str, label: str, variables: Iterable[Mapping[str, str]]) -> Dataset:
    """A dataset of a case from its CSV; what is declared numeric and is not a number is missing."""
    kinds = {row["variable"]: row for row in variables}
    raw = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, index_col=False)
    frame, columns = {}, []
    for column in raw.columns:
        said = kinds.get(column, {})
        numeric = said.get("type") == "Num"
        frame[column] = pd.to_numeric(raw[column], errors="coerce") if numeric else raw[column].astype(TEXT)
    declared = [row for row in kinds.values() if row["variable"]]
    for row in declared or [{"variable": column} for column in raw.columns]:
        length = row.get("length", "")
        numeric = row.get("type") == "Num"
        item = Item("float" if numeric else "text", int(length) if length.isdigit() else 8)
        columns.append(Column(row["variable"], row.get("label", ""), numeric, item))
    return Dataset(name, label, pd.DataFrame(frame), tuple(columns), standard="")


def make_case_study(case: Case, library: Library) -> Study:
    """The datasets of a case as the rules see them."""
    files = case.files
    listed = list(csv.DictReader(io.StringIO(files.get("data/_datasets.csv", ""))))
    labels = {row["Filename"].removesuffix(".csv").casefold(): row for row in listed if row.get("Filename")}
    variables = list(csv.DictReader(io.StringIO(files.get("data/_variables.csv", ""))))
    datasets, places = [], {}
    for path, text in sorted(files.items()):
        stem = path.removeprefix("data/").removesuffix(".csv")
        if not path.startswith("data/") or not path.endswith(".csv") or stem.startswith("_") or not text.strip():
            continue
        if labels and stem.casefold() not in labels:
            continue
        row = labels.get(stem.casefold(), {})
        name = (row.get("Dataset Name") or stem).upper()
        own = [each for each in variables if (each["dataset"] or "").removesuffix(".csv").casefold() == stem.casefold()]
        datasets.append(read_dataset(name, text, row.get("Label") or "", own))
        places[name] = File(f"{stem}.csv", len(text.encode()))
    settings = case.settings
    study = make_study(datasets, library, [load_terminology("sdtm", "2025-03-28")], files=places)
    standard = settings.get("PRODUCT", "SDTMIG").casefold()
    return replace(
        study,
        standard=standard,
        version=settings.get("VERSION", "3.4").replace("-", "."),
        substandard=settings.get("SUBSTANDARD", ""),
        use_case=settings.get("USE_CASE", ""),
    )


def answer_case(rule: CoreRule, case: Case, library: Library) -> tuple[Answer, str]:
    """What we report, and why we were not asked ("" when we were)."""
    report = run_core(make_case_study(case, library), [rule])
    found = frozenset(row for hits in report.hits for row in list_rows(hits))
    return found, report.not_run.get(rule.id, "")


def list_rows(hits: Hits) -> Iterator[tuple[str, str, str, str]]:
    """What a rule found, as the published results write it."""
    rows = hits.rows[:1] if hits.whole else hits.rows
    names = {hits.view.datasets.at(int(row)) for row in hits.rows} if hits.whole else set()
    whole = ", ".join(sorted(map(str, names)))
    for row in rows.tolist():
        dataset = hits.dataset if hits.dataset == "STUDY" else whole or to_text(hits.view.datasets.at(row))
        record = "" if hits.whole else str(int(hits.view.rows[row]))
        for name, value in hits.values(row).items():
            yield dataset, record, name, _write_value(value)


def _write_value(value: Value) -> str:
    return "" if is_missing(value) else _write(to_text(value))


def _write(text: str) -> str:
    """Values in one way: numbers without trailing zeros, lists without regard to their order."""
    text = text.strip()
    if text.startswith(("[", "{")):
        return str(sorted(part.strip(" '\"") for part in text.strip("[]{}").split(",")))
    if text in ("None", "nan", "null"):
        return ""
    try:
        number = float(text)
    except ValueError:
        return text
    return repr(number) if np.isfinite(number) else text


def compare(case: Case, found: Answer, reason: str) -> Outcome:
    """Our answer held against the expected one."""
    expected = case.expected
    missing, extra = expected - found, found - expected
    if not missing and not extra:
        return Outcome(case, "met", reason=reason)
    same = {row[:2] for row in expected} == {row[:2] for row in found}
    return Outcome(case, "records" if same else "different", missing, extra, reason)


def run_cases(folder: Path, wanted: frozenset[str] = frozenset()) -> list[Outcome]:
    """The outcome of every case."""
    rules, refused = load_rules(folder)
    outcomes = []
    for case in load_cases(folder):
        if wanted and case.rule not in wanted:
            continue
        rule = rules.get(case.rule)
        if rule is None:
            outcomes.append(compare(case, frozenset(), refused.get(case.rule, "the rule is not there")))
            continue
        outcomes.append(compare(case, *answer_case(rule, case, choose_library(folder, case))))
    return outcomes


@cache
def _library(folder: Path, standard: str, version: str) -> Library:
    return load_library(find_cache(folder), standard, version)


def choose_library(folder: Path, case: Case) -> Library:
    """The library metadata of the case's standard; of others, SDTMIG 3.4 knows the classes of their datasets."""
    version = case.settings.get("VERSION", "").replace(".", "-")
    product = case.settings.get("PRODUCT", "SDTMIG").casefold()
    if product == "sdtmig":
        return _library(folder, product, version if version in ("3-2", "3-3") else "3-4")
    return _library(folder, "sdtmig", "3-4").as_stand_in(product.upper(), version.replace("-", "."))


def make_table(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """A line per rule: its cases, how many are met, how many find the same records and other values."""
    rows = pd.DataFrame(
        [(each.case.rule, each.result, "published" if each.case.published else "draft") for each in outcomes],
        columns=["rule", "result", "status"],
    )
    counts = pd.crosstab([rows["rule"], rows["status"]], rows["result"])
    counts = counts.reindex(columns=["met", "records", "different"], fill_value=0)
    counts.insert(0, "cases", counts.sum(axis=1))
    return counts.reset_index()


def print_differences(outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.result == "met":
            continue
        print(outcome.result, outcome.name, outcome.reason)
        for label, rows in (("  expected", outcome.missing), ("  found", outcome.extra)):
            for row in sorted(rows)[:6]:
                print(label, row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--rule", action="append", default=[], help="only the cases of this rule")
    parser.add_argument("--table", type=Path, help="write a line per rule to this CSV file")
    options = parser.parse_args()
    outcomes = run_cases(options.folder, frozenset(options.rule))
    print_differences(outcomes)
    if options.table:
        make_table(outcomes).to_csv(options.table, index=False)
    for published in (True, False):
        own = [outcome for outcome in outcomes if outcome.case.published is published]
        met = sum(outcome.result == "met" for outcome in own)
        records = sum(outcome.result == "records" for outcome in own)
        print(
            f"{'published' if published else 'drafts'}: {len(own)} cases, {met} met, "
            f"{records} with the same records and other values, {len(own) - met - records} different"
        )


if __name__ == "__main__":
    main()
