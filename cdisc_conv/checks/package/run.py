"""`check`: a package of anybody's making, held against its standards, its define.xml and the rules of the study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cdisc_conv.checks.core.package import CoreAnswers, CoreQuestion, ask_core, join_findings, match_rules
from cdisc_conv.checks.define.statements import DatasetStatement, read_created, read_extended, read_statements
from cdisc_conv.checks.explanations import FILE, Explanations, apply_explanations, read_explanations
from cdisc_conv.checks.findings import MOST_RECORDS, Finding, RuleFacts
from cdisc_conv.checks.model import Rule
from cdisc_conv.checks.package.adopt import adopt_table, is_analysis, is_study_data, report_unsaid
from cdisc_conv.checks.package.basis import (
    ADAM_CT,
    ADAMIG,
    SDTM_CT,
    SDTMIG,
    Basis,
    BasisChooser,
    Used,
    Wanted,
    read_declared,
    read_summary,
)
from cdisc_conv.checks.package.definitions import check_definitions
from cdisc_conv.checks.package.earlier import read_earlier
from cdisc_conv.checks.package.find import FoundFiles, find_files, report_doubled, shorten_places
from cdisc_conv.checks.package.result import CheckResult, DatasetFacts, compare_findings
from cdisc_conv.checks.package.titles import list_titles
from cdisc_conv.checks.run import CheckReport, check_datasets
from cdisc_conv.checks.verdict import Subject, judge_package
from cdisc_conv.datafiles.table import Table
from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study
from cdisc_conv.spec.terms.sponsor_terms import extend_terminology

Progress = Callable[[str], None]
_ORDER = {severity: number for number, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Options:
    """What `check` is given beside the package; see there."""

    sdtmig: str = ""
    adamig: str = ""
    ct: str = ""
    adam_ct: str = ""
    study: str = ""
    explanations: Path | None = None
    against: Path | None = None
    encoding: str = ""
    core_rules: str = ""
    """The import of CDISC's rules, "" for the newest."""
    drafts: bool = False
    """Whether rules that CDISC has not published are asked."""


@dataclass(frozen=True)
class _Read:
    """The datasets of a package, by family, with the file of each."""

    tables: Mapping[str, Table]
    files: Mapping[str, Path]
    problems: tuple[Problem, ...]


@dataclass
class _Outcome:
    """What the families came to, one after the other."""

    findings: list[Finding] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    core_rules: list[RuleFacts] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    not_run: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add_core(self, answers: CoreAnswers) -> None:
        """What CDISC's rules found; where ours found the same, it is one finding."""
        same = match_rules({rule.id: rule.source for rule in self.rules}, answers.rules)
        self.findings = join_findings(self.findings, answers.findings, same)
        self.core_rules += answers.rules
        self.run += answers.run
        self.not_run |= answers.not_run
        self.notes += [note for note in answers.notes if note not in self.notes]

    def add(self, report: CheckReport) -> None:
        own = {id(finding.problem) for finding in report.findings}
        self.findings += [_wrap(problem) for problem in report.problems if id(problem) not in own]
        self.findings += report.findings
        self.rules += report.rules
        self.run += report.run
        self.not_run |= report.not_run


def check(
    package: str | Path,
    *,
    sdtmig: str = "",
    adamig: str = "",
    ct: str = "",
    adam_ct: str = "",
    study: str | Path = "",
    explanations: str | Path | None = None,
    against: str | Path | None = None,
    encoding: str = "",
    core_rules: str = "",
    drafts: bool = False,
    progress: Progress = lambda step: None,
) -> CheckResult:
    """Everything that is wrong with a package: a folder, a dataset file or a define.xml, whoever made it.

    Standards and terminology are those that define.xml names, unless `sdtmig`, `adamig`, `ct` and `adam_ct` give
    versions; what nothing names is guessed, and said. `study` (a folder or the name of a shipped study) adds its own
    rules, its terms and its explanations. `explanations` is a file of explained findings, by default the
    ``explanations.yaml`` of the package or of the study. `against` is the JSON of an earlier result: findings say
    whether they are new. `encoding` is that of files which are not UTF-8 and do not declare one. `core_rules` names the
    import of CDISC's rules that is asked, by default the newest; `drafts` adds those that CDISC has not published.

    Files that cannot be read are findings, and the rest is checked. Raises ProblemsError when there is nothing to
    check, a version that was given is not here, or the study, the explanations or the earlier result cannot be read.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "dm.csv").write_text("STUDYID,DOMAIN,USUBJID,SEX\\nS,DM,01,Q\\n")
    >>> result = check(folder)
    >>> result.verdict.answer.value, result.exit_code
    ('no', 1)
    >>> [finding.text for finding in result.findings if finding.problem.code == "CT001"]
    ["SEX is 'Q', which is not in codelist SEX (C66731)"]
    """
    options = Options(
        sdtmig, adamig, ct, adam_ct, str(study), _path(explanations), _path(against), encoding, core_rules, drafts
    )
    return check_package(Path(package), options, progress)


def _path(words: str | Path | None) -> Path | None:
    return None if words is None else Path(words)


def check_package(path: Path, options: Options, progress: Progress = lambda step: None) -> CheckResult:
    """The same with its options as one value."""
    earlier = read_earlier(options.against) if options.against else None
    study = _load(options.study)
    told = _find_explanations(path, options, study)
    files = find_files(path)
    read = _read_tables(files, options.encoding, progress)
    statements = read_statements(files.definitions)
    folder = study.folder if study else None
    chooser = BasisChooser(_list_given(options, study), _list_declared(files, read), folder)
    aside = told.aside
    outcome = _Outcome([_wrap(problem) for problem in (*files.problems, *read.problems)])
    families, bases = _adopt(read, statements, chooser, outcome)
    for name, basis in bases.items():
        progress(f"checking {name.upper()} datasets")
        outcome.add(_check_family(name, families, basis, files, study, aside, progress))
        progress("asking CDISC's rules")
        outcome.add_core(_ask_core(name, families, basis, files, read, study, options, aside, progress))
    outcome.findings += [_wrap(problem) for problem in chooser.problems]
    everything = [dataset for datasets in families.values() for dataset in datasets]
    outcome.findings += [_wrap(problem) for problem in report_unsaid(everything)]
    progress("checking define.xml")
    found = check_definitions(files, statements, everything, read.files)
    outcome.findings += [finding for finding in found if finding.problem.code not in aside]
    rules = {rule.id: _tell_rule(rule) for rule in outcome.rules} | list_titles()
    rules |= {rule.id: rule for rule in outcome.core_rules}
    findings, odd = apply_explanations(told, outcome.findings, rules)
    findings = sorted([*findings, *map(_wrap, odd)], key=_sort_key)
    gone: list[str] = []
    if earlier is not None:
        findings, gone = compare_findings(findings, earlier)
    subject = Subject(
        families.get("sdtm", ()), families.get("adam", ()), read.files, _list_defined(files, statements, families),
        files.whole,
    )  # fmt: skip
    return CheckResult(
        package=str(path),
        verdict=judge_package(subject, findings),
        used=_list_used(bases),
        datasets=_list_datasets(families, read.files, files.root),
        findings=tuple(findings),
        rules=rules,
        run=tuple(outcome.run),
        not_run=outcome.not_run,
        set_aside=aside,
        explained_by=told.file,
        notes=(*_list_notes(files), *outcome.notes),
        against=str(options.against) if options.against else "",
        gone=tuple(gone),
    )


def _load(words: str) -> Study | None:
    if not words:
        return None
    study, problems = load_study(words)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise ProblemsError(errors)
    return study


def _find_explanations(path: Path, options: Options, study: Study | None) -> Explanations:
    """The explanations that were given, else those of the package, else those of the study."""
    if options.explanations is not None:
        return read_explanations(options.explanations)
    folders = [path if path.is_dir() else path.parent, *([study.folder] if study else [])]
    file = next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)
    return read_explanations(file) if file is not None else Explanations()


def _read_tables(files: FoundFiles, encoding: str, progress: Progress) -> _Read:
    tables: dict[str, Table] = {}
    paths: dict[str, Path] = {}
    problems: list[Problem] = []
    for file in files.datasets:
        progress(f"reading {file.path.name}")
        try:
            table = file.read(encoding or None)
        except ProblemsError as error:
            problems += shorten_places(files.root, error.problems)
            continue
        problems += shorten_places(files.root, table.problems)
        name = table.name.upper()  # Dataset-JSON says its own, whatever the file is called
        if name in tables:
            problems += report_doubled({name: f"{paths[name].name}, {file.path.name}"})
        elif is_study_data(table):
            tables[name], paths[name] = table, file.path
        else:
            problems += shorten_places(files.root, [_report_other(file.path)])
    return _Read(tables, paths, tuple(problems))


def _report_other(path: Path) -> Problem:
    message = "the file has none of STUDYID, USUBJID, DOMAIN and RDOMAIN; it is not checked"
    return Problem("CHK007", message, Severity.WARNING, Place(file=str(path)), "is it a dataset of the study?")


def _list_given(options: Options, study: Study | None) -> dict[str, str]:
    """The versions of the command line, and behind them those of the study."""
    given = {SDTMIG: options.sdtmig, SDTM_CT: options.ct, ADAMIG: options.adamig, ADAM_CT: options.adam_ct}
    for name, guide, terms in (("sdtm", SDTMIG, SDTM_CT), ("adam", ADAMIG, ADAM_CT)):
        family = study.families.get(name) if study else None
        if family is not None:
            given[guide] = given[guide] or family.standard.version
            given[terms] = given[terms] or family.terminology.version
    return given


def _list_declared(files: FoundFiles, read: _Read) -> dict[str, Wanted]:
    """The versions that define.xml names, and for those it does not, the trial summary."""
    summary = next((table for name, table in read.tables.items() if name.upper() == "TS"), None)
    found = read_summary(_read_parameters(summary)) if summary is not None else {}
    return found | read_declared(files.definitions)


def _read_parameters(summary: Table) -> dict[str, list[str]]:
    if not {"TSPARMCD", "TSVAL"} <= set(summary.names):
        return {}
    found: dict[str, list[str]] = {}
    codes, values = (summary.columns[name].to_pylist() for name in ("TSPARMCD", "TSVAL"))
    for code, value in zip(codes, values, strict=True):
        found.setdefault(code or "", []).append(value or "")
    return found


def _adopt(
    read: _Read, statements: Mapping[str, DatasetStatement], chooser: BasisChooser, outcome: _Outcome
) -> tuple[dict[str, list[Dataset]], dict[str, Basis]]:
    """The datasets of each family as the rules want them, and what each family is held against."""
    split: dict[str, list[str]] = {"sdtm": [], "adam": []}
    for name, table in read.tables.items():
        split["adam" if is_analysis(table, statements.get(name)) else "sdtm"].append(name)
    families: dict[str, list[Dataset]] = {}
    bases: dict[str, Basis] = {}
    for family, names in split.items():
        if not names:
            continue
        bases[family] = chooser.for_analysis() if family == "adam" else chooser.for_tabulations()
        adopted = [adopt_table(read.tables[name], bases[family].standard, statements.get(name)) for name in names]
        outcome.findings += [_wrap(problem) for one in adopted for problem in one.problems]
        families[family] = [one.dataset for one in adopted]
    return families, bases


def _check_family(
    name: str,
    families: Mapping[str, Sequence[Dataset]],
    basis: Basis,
    files: FoundFiles,
    study: Study | None,
    aside: Mapping[str, str],
    progress: Progress,
) -> CheckReport:
    family = study.families.get(name) if study else None
    terminology = extend_terminology(study, family) if study and family else basis.terminology
    return check_datasets(
        families[name],
        basis.standard,
        terminology.with_sponsor_terms(read_extended(files.definitions)),
        created=read_created(files.definitions) or (study.created if study else ""),
        folder=study.folder if study else None,
        complete=files.whole,
        beside=families.get("sdtm", ()) if name == "adam" else (),
        keep=MOST_RECORDS,
        set_aside=aside,
        occasion="package",
        declared=study is not None or bool(files.definitions),
        progress=lambda rule: progress(f"rule {rule}"),
    )


def _ask_core(
    name: str,
    families: Mapping[str, Sequence[Dataset]],
    basis: Basis,
    files: FoundFiles,
    read: _Read,
    study: Study | None,
    options: Options,
    aside: Mapping[str, str],
    progress: Progress,
) -> CoreAnswers:
    """What the rules of CDISC that are imported find; of an analysis dataset only those for ADaM are asked."""
    question = CoreQuestion(
        datasets=families[name],
        guide="ADaMIG" if name == "adam" else "SDTMIG",
        standard=basis.standard,
        terminologies=(basis.terminology,),
        files=read.files,
        definitions=files.definitions,
        beside=families.get("sdtm", ()) if name == "adam" else (),
        study=study.folder if study else None,
        version=options.core_rules,
        drafts=options.drafts,
        set_aside=aside,
    )
    return ask_core(question, lambda rule: progress(f"rule {rule}"))


def _wrap(problem: Problem) -> Finding:
    return Finding(problem, problem.message)


def _tell_rule(rule: Rule) -> RuleFacts:
    return RuleFacts(rule.id, rule.title, rule.severity, rule.source, rule.reach)


def _sort_key(finding: Finding) -> tuple[int, str, str, str]:
    problem = finding.problem
    return (_ORDER[problem.severity], problem.place.dataset or problem.place.file, problem.code, problem.place.variable)


def _list_defined(
    files: FoundFiles, statements: Mapping[str, DatasetStatement], families: Mapping[str, Sequence[Dataset]]
) -> frozenset[str]:
    """The families whose datasets a file called define.xml describes."""
    if not any(path.name.lower() == "define.xml" for path in files.define_paths):
        return frozenset()
    return frozenset(
        family for family, datasets in families.items() if any(dataset.name in statements for dataset in datasets)
    )


def _list_used(bases: Mapping[str, Basis]) -> tuple[Used, ...]:
    return tuple(dict.fromkeys(used for basis in bases.values() for used in basis.used))


def _list_datasets(
    families: Mapping[str, Iterable[Dataset]], files: Mapping[str, Path], root: Path
) -> tuple[DatasetFacts, ...]:
    folder = root if root.is_dir() else root.parent
    return tuple(
        DatasetFacts(
            one.name,
            one.label,
            "ADaM" if family == "adam" else "SDTM",
            files[one.name].relative_to(folder).as_posix() if files[one.name].is_relative_to(folder) else "",
            len(one.frame),
            len(one.columns),
        )
        for family, datasets in families.items()
        for one in datasets
    )


def _list_notes(files: FoundFiles) -> tuple[str, ...]:
    notes = []
    if not files.definitions:
        notes.append("there is no define.xml, so nothing was held against one")
    return tuple(notes)
