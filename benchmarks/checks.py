"""CDISC's rules on a folder of transport files: our answers and time beside those of CDISC's engine.

    python -m benchmarks.checks FOLDER [--standard 3.4] [--rules FOLDER] [--define define.xml] [--report REPORT]

Our rules are those that are imported (`cdisc-conv rules import`), or those of --rules. CDISC's engine is asked in the
same go where it is installed: CORE_PYTHON names a Python with cdisc-rules-engine, and CORE_SCRIPT the script that
runs it offline (by default ../shared/reference/core/run_core.sh). --report takes an engine's JSON report of an
earlier run instead. Records are compared rule by rule; the exit code is 1 where they differ.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.core_agreement import list_rows
from benchmarks.core_agreement import load_rules as read_rules
from benchmarks.figures import ROOT, Figure, Found, Skipped, reference
from benchmarks.run import STUDY, SUBJECTS, make_raw, run_command
from cdisc_conv.checks.core import CoreRule, list_findings, make_study, run_core
from cdisc_conv.checks.core.data.define import DefineFacts
from cdisc_conv.checks.core.data.study import File
from cdisc_conv.checks.core.rule.keep import import_rules, load_kept_rules
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.define.reading.document import DefineDocument
from cdisc_conv.standards import load_standard, load_terminology
from cdisc_conv.xpt import list_members, read_xpt

SCRIPT = Path(__file__).resolve().parents[2] / "shared" / "reference" / "core" / "run_core.sh"

LARGE = 300
"""Subjects of the frozen study whose package has over 100,000 records."""

Records = Mapping[str, frozenset[tuple[str, str]]]
"""Rule -> the datasets and records that it reports."""


@dataclass(frozen=True)
class Run:
    """What one of the two found, and the seconds that asking the rules took and that everything took."""

    found: Records
    rules: int
    asking: float
    whole: float


def load_rules(folder: Path | None, version: str) -> tuple[CoreRule, ...]:
    """The published rules for SDTMIG, those of a folder or those that are imported."""
    if folder is not None:
        with tempfile.TemporaryDirectory() as place:
            os.environ["CDISC_CONV_DATA"] = place
            import_rules(folder)
            kept = load_kept_rules()
    else:
        kept = load_kept_rules()
    if kept is None:
        sys.exit("no rules are imported; give --rules FOLDER")
    return kept.chosen("SDTMIG", version)


def read_folder(folder: Path) -> tuple[list[Dataset], dict[str, File]]:
    """The transport files of a folder as datasets."""
    datasets, files = [], {}
    for path in sorted(folder.glob("*.xpt")):
        read = read_xpt(path)
        columns = tuple(
            Column(
                each.name, each.label, each.numeric, Item("float" if each.numeric else "text", each.length), each.format
            )
            for each in read.variables
        )
        datasets.append(Dataset(read.name, read.label, read.frame, columns))
        files[read.name] = File(path.name, path.stat().st_size)
    return datasets, files


def run_ours(folder: Path, rules: tuple[CoreRule, ...], version: str, define: Path | None) -> Run:
    """Our answers, from reading the files to findings."""
    begin = time.perf_counter()
    datasets, files = read_folder(folder)
    facts = DefineFacts([DefineDocument(define)]) if define is not None else None
    terms = load_terminology("sdtm", "2025-03-28")
    study = make_study(datasets, load_standard("sdtmig", version), [terms], files=files, define=facts)
    asked = time.perf_counter()
    report = run_core(study, rules)
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for hits in report.hits:
        found[hits.rule.id] |= {row[:2] for row in list_rows(hits)}
    count = len(list_findings(report))
    end = time.perf_counter()
    print(f"{sum(len(each.frame) for each in datasets):,} records in {len(datasets)} datasets; {count} findings")
    return Run({rule: frozenset(rows) for rule, rows in found.items()}, len(report.run), end - asked, end - begin)


def run_engine(folder: Path, version: str, define: Path | None) -> Run | None:
    """CDISC's engine; None where it is not installed."""
    script, python = Path(os.environ.get("CORE_SCRIPT", SCRIPT)), os.environ.get("CORE_PYTHON", "")
    if not python or not script.is_file():
        return None
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.json"
        settings = {**os.environ, "CORE_OUT": str(report), "CORE_RULESET": "open"}
        settings.pop("PYTHONPATH", None)
        command = [str(script), str(folder), "sdtmig", version.replace(".", "-"), *([str(define)] if define else [])]
        done = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
        summary = json.loads(done.stdout)
        return Run(read_report(report), summary["rules_run"], summary["rules_wall_s"], summary["wall_s"])


def read_report(path: Path) -> Records:
    """The records that a JSON report of the engine lists."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for issue in json.loads(path.read_text(encoding="utf-8"))["Issue_Details"]:
        row = issue.get("row")
        found[issue["core_id"]].add((issue["dataset"], "" if row is None else str(row)))
    return {rule: frozenset(rows) for rule, rows in found.items()}


def print_differences(ours: Records, theirs: Records) -> int:
    """A line per rule whose records differ; returns how many there are."""
    different = [rule for rule in sorted({*ours, *theirs}) if ours.get(rule) != theirs.get(rule)]
    for rule in different:
        mine, other = ours.get(rule, frozenset()), theirs.get(rule, frozenset())
        print(f"  {rule}: only ours {_shorten(mine - other)}, only the engine's {_shorten(other - mine)}")
    return len(different)


def _shorten(rows: Iterable[tuple[str, str]]) -> str:
    listed = sorted(rows)
    return f"{len(listed)} {listed[:3] if listed else ''}".strip()


def measure_check(subjects: int) -> Iterator[Found]:
    """`cdisc-conv check` of a whole package of the frozen study, SUPP-- included: its time and its peak of memory."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        make_raw(subjects, place / "raw")
        run_command(["run", str(STUDY), "--raw", str(place / "raw"), "--out", str(place / "out")])
        records = sum(list_members(path)[0].rows for path in place.glob("out/*/*.xpt"))
        start = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "cdisc_conv", "check", str(place / "out")],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, _, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
    what = f"check of a package, {records:,} records"
    yield Figure(what, seconds)
    yield Figure(f"{what}, peak of memory", usage.ru_maxrss / 1024, unit="MB")


def measure_all(quick: bool) -> Iterator[Found]:
    """CDISC's rules on the SDTM datasets of the frozen study, beside CDISC's engine where it is installed."""
    yield from measure_check(20 if quick else LARGE)
    folder = reference("core_rules")
    if folder is not None:
        rules = tuple(
            rule for rule in read_rules(folder)[0].values() if rule.is_for("SDTMIG", "3.4") and not rule.draft
        )
    elif load_kept_rules():
        rules = load_rules(None, "3.4")
    else:
        yield Skipped("CDISC's rules", "not imported (cdisc-conv rules import)")
        return
    subjects = 20 if quick else SUBJECTS
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        make_raw(subjects, place / "raw")
        run_command(["run", str(STUDY), "--raw", str(place / "raw"), "--out", str(place / "out")])
        sdtm, define = place / "out" / "sdtm", place / "out" / "sdtm" / "define.xml"
        ours = run_ours(sdtm, rules, "3.4", define)
        engine = None if quick else run_engine(sdtm, "3.4", define)
    what = f"CDISC's rules ({ours.rules}), {subjects} subjects"
    if engine is None:
        why = "takes too long for --quick" if quick else "not installed (CORE_PYTHON names a Python that has it)"
        yield Skipped("CDISC's engine", why)
        yield Figure(what, ours.asking)
        return
    yield Figure(what, ours.asking, "CDISC's engine", engine.asking)
    yield Figure("the same with reading", ours.whole, "CDISC's engine", engine.whole)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--standard", default="3.4")
    parser.add_argument("--rules", type=Path)
    parser.add_argument("--define", type=Path)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    ours = run_ours(options.folder, load_rules(options.rules, options.standard), options.standard, options.define)
    print(f"cdisc-conv: {ours.rules} rules asked in {ours.asking:.2f} s, {ours.whole:.2f} s with reading")
    if options.report:
        return int(print_differences(ours.found, read_report(options.report)) > 0)
    engine = run_engine(options.folder, options.standard, options.define)
    if engine is None:
        print("CDISC's engine is not installed here (CORE_PYTHON names a Python that has it)")
        return 0
    print(f"CDISC's engine: {engine.rules} rules asked in {engine.asking:.1f} s, {engine.whole:.1f} s with reading")
    print(f"{engine.asking / ours.asking:.0f} times as fast; {engine.whole / ours.whole:.0f} times with reading")
    total = sum(map(len, engine.found.values()))
    different = print_differences(ours.found, engine.found)
    print(f"{total:,} records reported by the engine; rules with other records: {different}")
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
