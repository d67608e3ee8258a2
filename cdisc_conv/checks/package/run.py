"""`check`: a package of anybody's making, held against its standards, its define.xml and the rules of the study."""

from __future__ import annotations

import codecs
import errno
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cdisc_conv.checks.core.package import CoreAnswers, CoreQuestion, ask_core
from cdisc_conv.checks.define.statements import DatasetStatement, read_created, read_extended, read_statements
from cdisc_conv.checks.explanations import FILE, Explanations, apply_explanations, read_explanations
from cdisc_conv.checks.findings import MOST_RECORDS
from cdisc_conv.checks.package.adopt import adopt_source, is_analysis, report_unsaid
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
from cdisc_conv.checks.package.find import FoundFiles, find_files
from cdisc_conv.checks.package.outcome import Outcome, sort_key, tell_rule, wrap
from cdisc_conv.checks.package.result import CheckResult, DatasetFacts, compare_findings
from cdisc_conv.checks.package.sources import Source, Sources, choose_ranges, read_sources
from cdisc_conv.checks.package.titles import list_titles
from cdisc_conv.checks.ranges import Ranges, cut_datasets
from cdisc_conv.checks.run import CheckReport, check_datasets
from cdisc_conv.checks.verdict import Subject, judge_package
from cdisc_conv.columns.stored import IN_MEMORY, Shelf, stream
from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study
from cdisc_conv.spec.terms.sponsor_terms import extend_terminology

Progress = Callable[[str], None]


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
    ranges: int = 0
    """In how many ranges of subjects the package is checked; 0 for what its size wants."""


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
    ranges: int = 0,
    progress: Progress = lambda step: None,
) -> CheckResult:
    """Everything that is wrong with a package: a folder, a dataset file or a define.xml, whoever made it.

    Standards and terminology are those that define.xml names, unless `sdtmig`, `adamig`, `ct` and `adam_ct` give
    versions; what nothing names is guessed, and said. `study` (a folder or the name of a shipped study) adds its own
    rules, its terms and its explanations. `explanations` is a file of explained findings, by default the
    ``explanations.yaml`` of the package or of the study. `against` is the JSON of an earlier result: findings say
    whether they are new. `encoding` is that of files which are not UTF-8 and do not declare one. `core_rules` names the
    import of CDISC's rules that is asked, by default the newest; `drafts` adds those that CDISC has not published.
    A package that is large goes to scratch files and is checked in `ranges` of subjects, as many as its size wants; the
    findings do not depend on how many.

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
        sdtmig,
        adamig,
        ct,
        adam_ct,
        str(study),
        _path(explanations),
        _path(against),
        encoding,
        core_rules,
        drafts,
        ranges,
    )
    return check_package(Path(package), options, progress)


def _path(words: str | Path | None) -> Path | None:
    return None if words is None else Path(words)


def check_package(path: Path, options: Options, progress: Progress = lambda step: None) -> CheckResult:
    """The same with its options as one value."""
    _check_encoding(options.encoding)
    earlier = read_earlier(options.against) if options.against else None
    study = _load(options.study)
    told = _find_explanations(path, options, study)
    files = find_files(path)
    count = choose_ranges(files, options.ranges)
    with _open_shelf(count) as shelf:
        return _Check(path, options, study, told, earlier, files, count, shelf, progress).run()


def _check_encoding(name: str) -> None:
    """ProblemsError (CMP003) for an encoding that nobody knows, whether or not a file needs it."""
    try:
        codecs.lookup(name or "utf-8")
    except LookupError:
        hint = "common ones are cp1252, latin-1, gb18030, shift_jis"
        raise ProblemsError([Problem("CMP003", f"there is no encoding {name}", hint=hint)]) from None


@contextmanager
def _open_shelf(count: int) -> Iterator[Shelf]:
    """Where the datasets are while they are checked: of several ranges in scratch files, else in memory."""
    if count < 2:
        yield IN_MEMORY
        return
    with TemporaryDirectory(prefix="cdisc-conv-check-") as folder:
        try:
            yield Shelf(Path(folder))
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            message = f"there is no space left for scratch files in '{Path(folder).parent}'"
            hint = "make room, about twice as much as the package takes, or name another folder in TMPDIR"
            raise ProblemsError([Problem("RUN003", message, hint=hint)]) from None


@dataclass(frozen=True)
class _Check:
    """One check of a package, whose datasets are on the shelf as long as it lasts."""

    path: Path
    options: Options
    study: Study | None
    told: Explanations
    earlier: Mapping[str, int] | None
    files: FoundFiles
    count: int
    shelf: Shelf
    progress: Progress

    def run(self) -> CheckResult:
        """Read, ask, judge."""
        files, aside = self.files, self.told.aside
        read = read_sources(files, self.options.encoding, self.shelf, self.progress)
        statements = read_statements(files.definitions)
        folder = self.study.folder if self.study else None
        chooser = BasisChooser(_list_given(self.options, self.study), _list_declared(files, read), folder)
        outcome = Outcome([wrap(problem) for problem in (*files.problems, *read.problems)])
        families, bases = self._adopt(read, statements, chooser, outcome)
        everything = [dataset for datasets in families.values() for dataset in datasets]
        ranges = cut_datasets(everything, self.count, self.shelf)
        for name, basis in bases.items():
            self.progress(f"checking {name.upper()} datasets")
            outcome.add(self._check_family(name, families, basis, ranges))
            self.progress("asking CDISC's rules")
            outcome.add_core(self._ask_core(name, families, basis, ranges, read))
        outcome.findings += [wrap(problem) for problem in (*chooser.problems, *report_unsaid(everything))]
        self.progress("checking define.xml")
        terminologies = [basis.terminology for basis in bases.values()]
        found = check_definitions(files, statements, everything, read.files, terminologies)
        outcome.findings += [finding for finding in found if finding.problem.code not in aside]
        subject = Subject(
            families.get("sdtm", ()), families.get("adam", ()), read.files, _list_defined(files, statements, families),
            files.whole,
        )  # fmt: skip
        return self._conclude(outcome, subject, bases, _list_datasets(families, read.files, files.root))

    def _conclude(
        self, outcome: Outcome, subject: Subject, bases: Mapping[str, Basis], datasets: tuple[DatasetFacts, ...]
    ) -> CheckResult:
        """The findings in their order, explained and held against the earlier ones, and the verdict on them."""
        rules = {rule.id: tell_rule(rule) for rule in outcome.rules} | list_titles()
        rules |= {rule.id: rule for rule in outcome.core_rules}
        findings, odd = apply_explanations(self.told, outcome.findings, rules)
        findings = sorted([*findings, *map(wrap, odd)], key=sort_key)
        gone: list[str] = []
        if self.earlier is not None:
            findings, gone = compare_findings(findings, self.earlier)
        return CheckResult(
            package=str(self.path),
            verdict=judge_package(subject, findings),
            used=_list_used(bases),
            datasets=datasets,
            findings=tuple(findings),
            rules=rules,
            run=tuple(outcome.run),
            not_run=outcome.not_run,
            set_aside=self.told.aside,
            explained_by=self.told.file,
            notes=(*_list_notes(self.files), *outcome.notes),
            against=str(self.options.against) if self.options.against else "",
            gone=tuple(gone),
        )

    def _adopt(
        self, read: Sources, statements: Mapping[str, DatasetStatement], chooser: BasisChooser, outcome: Outcome
    ) -> tuple[dict[str, list[Dataset]], dict[str, Basis]]:
        """The datasets of each family as the rules want them, and what each family is held against."""
        split: dict[str, list[str]] = {"sdtm": [], "adam": []}
        for name, source in read.tables.items():
            split["adam" if is_analysis(source, statements.get(name)) else "sdtm"].append(name)
        families: dict[str, list[Dataset]] = {}
        bases: dict[str, Basis] = {}
        for family, names in split.items():
            if not names:
                continue
            bases[family] = chooser.for_analysis() if family == "adam" else chooser.for_tabulations()
            standard = bases[family].standard
            adopted = [adopt_source(read.tables[name], standard, statements.get(name), self.shelf) for name in names]
            outcome.findings += [wrap(problem) for one in adopted for problem in one.problems]
            families[family] = [one.dataset for one in adopted]
        return families, bases

    def _check_family(
        self, name: str, families: Mapping[str, Sequence[Dataset]], basis: Basis, ranges: Ranges
    ) -> CheckReport:
        study, files = self.study, self.files
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
            set_aside=self.told.aside,
            occasion="package",
            declared=study is not None or bool(files.definitions),
            progress=lambda rule: self.progress(f"rule {rule}"),
            ranges=ranges,
        )

    def _ask_core(
        self, name: str, families: Mapping[str, Sequence[Dataset]], basis: Basis, ranges: Ranges, read: Sources
    ) -> CoreAnswers:
        """What the rules of CDISC that are imported find; of an analysis dataset only those for ADaM are asked."""
        question = CoreQuestion(
            datasets=families[name],
            guide="ADaMIG" if name == "adam" else "SDTMIG",
            standard=basis.standard,
            terminologies=(basis.terminology,),
            files=read.files,
            definitions=self.files.definitions,
            beside=families.get("sdtm", ()) if name == "adam" else (),
            study=self.study.folder if self.study else None,
            version=self.options.core_rules,
            drafts=self.options.drafts,
            set_aside=self.told.aside,
            ranges=ranges,
        )
        return ask_core(question, lambda rule: self.progress(f"rule {rule}"))


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


def _list_given(options: Options, study: Study | None) -> dict[str, str]:
    """The versions of the command line, and behind them those of the study."""
    given = {SDTMIG: options.sdtmig, SDTM_CT: options.ct, ADAMIG: options.adamig, ADAM_CT: options.adam_ct}
    for name, guide, terms in (("sdtm", SDTMIG, SDTM_CT), ("adam", ADAMIG, ADAM_CT)):
        family = study.families.get(name) if study else None
        if family is not None:
            given[guide] = given[guide] or family.standard.version
            given[terms] = given[terms] or family.terminology.version
    return given


def _list_declared(files: FoundFiles, read: Sources) -> dict[str, Wanted]:
    """The versions that define.xml names, and for those it does not, the trial summary."""
    summary = read.tables.get("TS")
    found = read_summary(_read_parameters(summary)) if summary is not None else {}
    return found | read_declared(files.definitions)


def _read_parameters(summary: Source) -> dict[str, list[str]]:
    if not {"TSPARMCD", "TSVAL"} <= set(summary.names):
        return {}
    found: dict[str, list[str]] = {}
    for piece in stream(summary.frame, ["TSPARMCD", "TSVAL"]):
        for code, value in zip(piece["TSPARMCD"], piece["TSVAL"], strict=True):
            found.setdefault(str(code), []).append(str(value))
    return found


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
