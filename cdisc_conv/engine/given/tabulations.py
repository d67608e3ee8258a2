"""SDTM that is read instead of made: what the analysis datasets of a study need of it, and the files that have it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf, load
from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.engine.given.files import PARTS, SUFFIXES, read_file
from cdisc_conv.engine.given.qualifiers import NEEDED, add_qualifiers
from cdisc_conv.engine.given.typed import Given, blank_frame, type_columns
from cdisc_conv.engine.plan.graph import Node, Part, Plan, RowSet, plan_study
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.spec.expected import codelist_keys, is_numeric, label_of
from cdisc_conv.spec.model import DatasetSpec, GivenDataset, SourceKind, Study, Variable
from cdisc_conv.standards import DatasetStandard, VariableStandard
from cdisc_conv.standards.model import name_qualifiers
from cdisc_conv.tables import TableId

SHOWN = 3
"""Readers that a finding names; it tells how many more there are."""


@dataclass(frozen=True)
class Needs:
    """What analysis datasets read of other datasets: dataset -> variable -> its readers.

    The variable ``""`` stands for the records themselves. Readers are nodes of the plan.
    """

    by_dataset: Mapping[str, Mapping[str, tuple[Node, ...]]]

    def variables(self, dataset: str) -> tuple[str, ...]:
        """The variables that are read of a dataset."""
        return tuple(name for name in self.by_dataset.get(dataset, {}) if name)

    def readers(self, dataset: str, variable: str = "") -> tuple[Node, ...]:
        """Who reads a variable; all readers of the dataset when none is named, those that are records of it first."""
        of_dataset = self.by_dataset.get(dataset, {})
        if variable:
            return of_dataset.get(variable, ())
        nodes = dict.fromkeys(node for nodes in of_dataset.values() for node in nodes)
        return tuple(sorted(nodes, key=lambda node: not isinstance(node, RowSet)))


def find_needs(study: Study, plan: Plan, datasets: Iterable[str]) -> Needs:
    """What some analysis datasets of a study, and those they are made from, read of its SDTM datasets.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> find_needs(study, plan_study(study), []).by_dataset
    {}
    """
    analysis = set(study.datasets_of("adam"))
    found: dict[str, dict[str, dict[Node, None]]] = {}
    needed = plan.needed_for(set(datasets) & analysis)
    for node in plan.order:
        if node.dataset not in analysis or node not in needed:
            continue
        read = [(other.dataset, other.name if isinstance(other, Part) else "") for other in plan.reads[node]]
        read += [(target.table, target.name) for target in plan.raw_reads[node]]
        for table, name in read:
            if table not in analysis:
                found.setdefault(table, {}).setdefault(name, {})[node] = None
    order = {name: place for place, name in enumerate(study.datasets)}
    return Needs(
        {
            table: {name: tuple(sorted(nodes, key=lambda node: order[node.dataset])) for name, nodes in names.items()}
            for table, names in found.items()
        }
    )


def read_tabulations(
    study: Study, folder: Path, datasets: Sequence[str], shelf: Shelf = IN_MEMORY
) -> tuple[Study, Given]:
    """The study with its SDTM datasets given instead of made, and the records of those that `datasets` need.

    Each goes to the shelf as soon as it is read. Files are found in `folder` by the name of the dataset, ``ae.xpt`` or
    ``ae.csv`` in any case, or by the name that study.yaml says; supplemental qualifiers come from SUPP-- beside it.
    Findings: GIVEN002 a dataset without a file, GIVEN003 a variable that its file does not have, and those of
    `read_file`, `type_columns` and `add_qualifiers`.

    Raises ProblemsError with all of them where the outcome would mean nothing: a file that is damaged or there twice
    (GIVEN004), a dataset whose only source is not there, records without subject or without what decides which of
    them count, a folder with none of the datasets (GIVEN007), a mapping that reads raw forms (GIVEN009).
    """
    plan = plan_study(study)
    reader = _Reader(study, folder, find_needs(study, plan, datasets), datasets, shelf)
    everything = find_needs(study, plan, study.datasets_of("adam"))
    frames = reader.read()
    given: dict[str, GivenDataset] = {}
    typed: dict[str, Frame] = {}
    problems = list(reader.problems)
    for name in _list_tabulations(study, everything):
        described = _describe(study, name, everything.variables(name), frames.get(name), reader.files.get(name, ""))
        given[name] = described
        if name not in frames:
            typed[name] = blank_frame(described)
            continue
        frame, found = type_columns(described, load(frames[name]))
        problems += found
        typed[name] = shelf.put(frame)
    if reader.stops:
        raise ProblemsError(problems)
    names = study.datasets_of("adam")
    without_sdtm = replace(
        study,
        forms=MappingProxyType({}),
        datasets=MappingProxyType({name: study.datasets[name] for name in names}),
        given=MappingProxyType(given),
    )
    return without_sdtm, Given(typed, tuple(reader.read_files), tuple(problems))


class _Reader:
    """Finds and reads the files of the datasets that are needed."""

    def __init__(self, study: Study, folder: Path, needs: Needs, datasets: Sequence[str], shelf: Shelf) -> None:
        self._study = study
        self._folder = folder
        self._needs = needs
        self._datasets = datasets
        self._shelf = shelf
        self._by_name: dict[str, list[str]] = {}
        for path in sorted(folder.iterdir()):
            if path.is_file():
                self._by_name.setdefault(path.name.casefold(), []).append(path.name)
        self.files: dict[str, str] = {}
        self.read_files: list[Path] = []
        self.problems: list[Problem] = []
        self.stops = False

    def read(self) -> dict[str, Frame]:
        """The frame of each needed dataset that has a file, with every column that is read of it.

        With a shelf that has a folder, one of them is in memory.
        """
        wanted = _list_tabulations(self._study, self._needs)
        self._refuse_forms()
        found = {name: files for name in wanted if (files := self._find(name))}
        if wanted and not found:
            self._stop(self._describe_wrong_folder(wanted))
            return {}
        frames = {
            name: self._shelf.put(frame)
            for name, files in found.items()
            if (frame := self._read(name, files)) is not None
        }
        for name in wanted:
            if name not in found:
                self._report_no_file(name, set(found))
        return {name: self._shelf.put(self._complete(name, load(frame))) for name, frame in frames.items()}

    def _refuse_forms(self) -> None:
        for table in self._needs.by_dataset:
            if TableId(table).is_form:
                readers = _name_readers(self._needs.readers(table))
                message = f"{readers} the raw {table}, and there are no raw forms in a run without --raw"
                self._stop(Problem("GIVEN009", message, hint="give the raw folder, too"))

    def _find(self, dataset: str) -> list[str]:
        """The files of a dataset: the one that study.yaml names where it is there, else all that have its name."""
        declared = self._study.given[dataset].file if dataset in self._study.given else ""
        if declared and (self._folder / declared).exists():
            return [declared]
        whole = self._find_named(dataset)
        parts = {name: files for name in self._list_parts(dataset) if (files := self._find_named(name))}
        if not parts or len(whole) > 1:
            return whole
        twice = [name for files in parts.values() if len(files) > 1 for name in files]
        return twice or [PARTS.join([*whole, *(files[0] for files in parts.values())])]

    def _find_named(self, dataset: str) -> list[str]:
        """The files of the name of a dataset."""
        return [name for suffix in SUFFIXES for name in self._by_name.get(f"{dataset}{suffix}".casefold(), ())]

    def _list_parts(self, dataset: str) -> list[str]:
        """The parts that a domain may be split into (SDTMIG 4.1.7): those of the mapping, else files named like one."""
        domain = dataset.removeprefix("SUPP")
        prefix = dataset.removesuffix(domain)
        spec = self._study.datasets.get(domain)
        if spec is not None and spec.outputs:
            return [name_qualifiers(one.name) if prefix else one.name for one in spec.outputs]
        if self._find_named(dataset):
            return []
        stems = {name.rpartition(".")[0].upper() for name in self._by_name}
        known = re.compile(f"{dataset}[A-Z0-9]{{1,2}}")
        standards = self._study.sdtm.standard.datasets
        return sorted(stem for stem in stems if known.fullmatch(stem) and stem.removeprefix("SUPP") not in standards)

    def _read(self, dataset: str, files: Sequence[str]) -> pd.DataFrame | None:
        if len(files) > 1:
            message = f"{dataset} is there twice: {' and '.join(files)}"
            place = Place(dataset=dataset)
            self._stop(Problem("GIVEN004", message, place=place, hint="keep the one that counts in the sdtm folder"))
            return None
        frame, problems = read_file(dataset, files[0], self._folder, strict=dataset not in self._study.given)
        self.files[dataset] = files[0]
        self.read_files += [self._folder / file for file in files[0].split(PARTS)]
        if frame is None:
            self._stop(*problems)
        else:
            self.problems += problems
        return frame

    def _complete(self, dataset: str, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the supplemental qualifiers that are read; one that no dataset has is a finding."""
        missing = [name for name in self._needs.variables(dataset) if name not in frame]
        files = self._find(f"SUPP{dataset}") if missing and SUBJECT in frame else []
        supplement = self._read(f"SUPP{dataset}", files) if files else None
        names = self._name_qualifiers(dataset, missing, supplement)
        if supplement is not None and names:
            joined, problems = add_qualifiers(
                dataset, self._type_keys(dataset, frame, supplement), supplement, names, files[0]
            )
            frame = frame.assign(**{name: joined[name] for name in names})
            self.problems += problems
        for name in missing:
            if name not in frame:
                self._report_missing(dataset, name, [str(column) for column in frame.columns])
        return frame

    def _type_keys(self, dataset: str, frame: pd.DataFrame, supplement: pd.DataFrame) -> pd.DataFrame:
        """The frame with the variables that qualifiers point at as the standard types them: 2.0 in a CSV file is 2."""
        standard = _standard_of(self._study, dataset)
        pointed = set(supplement["IDVAR"].unique()) if "IDVAR" in supplement else set()
        found = {name: standard.variable(name) for name in pointed if name in frame}
        numbers = {
            name: as_numbers(frame[name]) for name, known in found.items() if known is not None and known.numeric
        }
        return frame.assign(**numbers)

    def _name_qualifiers(self, dataset: str, missing: Sequence[str], supplement: pd.DataFrame | None) -> list[str]:
        """The missing variables that SUPP-- has."""
        if supplement is None:
            return []
        lacking = [name for name in NEEDED if name not in supplement]
        if lacking:
            message = (
                f"{self.files[f'SUPP{dataset}']} has no {', '.join(lacking)}, so no qualifier of {dataset} is read"
            )
            self.problems.append(Problem("GIVEN003", message, place=Place(dataset=f"SUPP{dataset}")))
            return []
        held = set(supplement["QNAM"].unique())
        return [name for name in missing if name in held]

    def _report_missing(self, dataset: str, name: str, columns: Sequence[str]) -> None:
        readers = self._needs.readers(dataset, name)
        file = self.files[dataset]
        standard = _standard_of(self._study, dataset)
        # A variable that the standard knows is not another one misspelt.
        columns = [column for column in columns if standard.variable(column) is None]
        spec = self._study.datasets.get(dataset)
        place = Place(dataset=dataset, variable=name)
        if spec is not None and name in spec.supplemental_names():
            message = f"{_name_readers(readers)} {dataset}.{name}, a supplemental qualifier that no SUPP{dataset} has"
            hint = "it counts as blank"
            self.problems.append(Problem("GIVEN003", message, Severity.WARNING, place, hint))
            return
        message = f"{_name_readers(readers)} {dataset}.{name}, which {file} does not have"
        permissible = _is_permissible(self._study, dataset, name)
        decides = name == SUBJECT or any(isinstance(reader, RowSet) for reader in readers)
        if decides and not permissible:
            hint = did_you_mean(name, columns) or "add it to the file: without it no records can be told"
            self._stop(Problem("GIVEN003", message, place=place, hint=hint))
            return
        severity = Severity.WARNING if permissible else Severity.ERROR
        meant = did_you_mean(name, columns) if not permissible else ""
        hint = "; ".join(filter(None, ("it counts as blank", meant)))
        self.problems.append(Problem("GIVEN003", message, severity, place, hint))

    def _report_no_file(self, dataset: str, found: set[str]) -> None:
        readers = _name_readers(self._needs.readers(dataset))
        wanted = " or ".join(f"{dataset.lower()}{suffix}" for suffix in SUFFIXES)
        message = f"{readers} {dataset}, and {self._folder.name} has no {wanted}"
        problem = Problem("GIVEN002", message, place=Place(dataset=dataset))
        left = [name for name in self._datasets if _has_no_source(self._study.datasets[name], dataset, found)]
        if left:
            leave = "leave it" if len(left) == 1 else "leave them"
            hint = f"{', '.join(left)} cannot be made without it; {leave} out with --datasets, or add the file"
            self._stop(replace(problem, hint=hint))
        else:
            self.problems.append(replace(problem, hint="it counts as empty"))

    def _describe_wrong_folder(self, wanted: Sequence[str]) -> Problem:
        message = f"'{self._folder}' has none of the SDTM datasets that are read: {', '.join(wanted)}"
        inside = next((self._folder / name for name in ("sdtm", "SDTM") if (self._folder / name).is_dir()), None)
        held = [names[0] for names in self._by_name.values()]
        shown = f"it holds {', '.join(held[:5])}{' ...' if len(held) > 5 else ''}" if held else "it holds no files"
        return Problem("GIVEN007", message, hint=f"did you mean '{inside}'?" if inside else shown)

    def _stop(self, *problems: Problem) -> None:
        """Findings that leave nothing sensible to make."""
        self.stops = True
        self.problems += problems


def _list_tabulations(study: Study, needs: Needs) -> list[str]:
    """The datasets that are needed, in the study's order."""
    order = (*study.datasets, *study.given)
    return [name for name in order if name in needs.by_dataset]


def _has_no_source(spec: DatasetSpec, missing: str, found: set[str]) -> bool:
    """Whether all records of an analysis dataset come from SDTM datasets that are not there, `missing` among them."""
    sources = [block.source for block in spec.blocks if block.source.kind is not SourceKind.SELF]
    names = {source.name for source in sources if source.kind is SourceKind.DATASET}
    return missing in names and all(source.name in names for source in sources) and not names & found


def _is_permissible(study: Study, dataset: str, name: str) -> bool:
    """Whether the standard lets a dataset do without the variable."""
    standard = study.sdtm.standard.variable(_standard_of(study, dataset), name)
    return standard is not None and standard.core == "Perm"


def _standard_of(study: Study, dataset: str) -> DatasetStandard:
    return study.datasets[dataset].standard if dataset in study.datasets else study.given[dataset].standard


def _describe(study: Study, dataset: str, read: Sequence[str], frame: Frame | None, file: str) -> GivenDataset:
    """An SDTM dataset as one that is given, its variables as the study knows them when it makes the dataset."""
    standard = _standard_of(study, dataset)
    columns = tuple(dict.fromkeys([*read, *(map(str, frame.columns) if frame is not None else ())]))
    spec = study.datasets.get(dataset)
    known = {name: _describe_variable(study, standard, spec, name) for name in (*standard.names, *columns)}
    widened = replace(standard, variables=tuple(found for found in known.values() if found is not None))
    place = spec.place if spec is not None else study.given[dataset].place
    qualifiers = frozenset(spec.supplemental_names()) if spec is not None else frozenset()
    return GivenDataset(dataset, file or f"{dataset.lower()}{SUFFIXES[0]}", widened, columns, place, qualifiers)


def _describe_variable(
    study: Study, standard: DatasetStandard, spec: DatasetSpec | None, name: str
) -> VariableStandard | None:
    found = study.sdtm.standard.variable(standard, name)
    entry = _entry_of(spec, name) if spec is not None else None
    if spec is None or entry is None:
        return found
    return replace(
        found or VariableStandard(name, "", False),
        label=label_of(study, spec, name) or name,
        numeric=is_numeric(study, spec, entry),
        codelists=codelist_keys(study, spec, entry),
    )


def _entry_of(spec: DatasetSpec, name: str) -> Variable | None:
    entries: Iterable[Variable | None] = (spec.own_variable(name, block) for block in spec.blocks)
    return next((entry for entry in entries if entry is not None), None)


def _name_readers(nodes: Sequence[Node]) -> str:
    """``ADSL.TRTSDT reads``; ``the records of ADAE, ADAE.AETERM, ADAE.ASTDT and 7 more read``."""
    names = list(dict.fromkeys(f"the {node}" if isinstance(node, RowSet) else str(node) for node in nodes))
    shown, more = names[:SHOWN], len(names) - SHOWN
    verb = "reads" if len(names) == 1 and not names[0].startswith("the ") else "read"
    if more > 0:
        return f"{', '.join(shown)} and {more} more {verb}"
    return f"{' and '.join([', '.join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)} {verb}"
