"""A study folder to a `Study`: study.yaml, forms.yaml and one mapping file per dataset, layers laid over each other.

mappings/<study>/study.yaml      the study, its standards, how the raw export is written
mappings/<study>/forms.yaml      the EDC's data dictionary
mappings/<study>/sdtm/*.yaml     one mapping file per dataset
mappings/library/*.yaml          layers that mapping files extend
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cdisc_conv.derivations.registry import load_derivations
from cdisc_conv.problems import Place, Problem, ProblemsError, did_you_mean
from cdisc_conv.raw.dictionaries.model import Dictionary
from cdisc_conv.resources import shipped
from cdisc_conv.spec.alone import check_raw_section, give_tabulations, is_alone
from cdisc_conv.spec.forms.dictionary import check_files, explain_system, lay_over, list_files, make_node, name_subject
from cdisc_conv.spec.forms.fields import check_events, read_forms
from cdisc_conv.spec.forms.sources import add_iso_formats, read_raw_settings
from cdisc_conv.spec.mapping.datasets import read_dataset
from cdisc_conv.spec.mapping.optional import leave_out_uncollected
from cdisc_conv.spec.mapping.parts import join_parts
from cdisc_conv.spec.mapping.variables import read_variables
from cdisc_conv.spec.model import ALL, DatasetSpec, Family, Form, GivenDataset, Study, Variable
from cdisc_conv.spec.protocol.tables import FILE as PROTOCOL
from cdisc_conv.spec.protocol.tables import FactTable, read_protocol
from cdisc_conv.spec.terms.sponsor_terms import add_codelists, extend_families
from cdisc_conv.spec.yaml.layers import read_layers
from cdisc_conv.spec.yaml.nodes import Node, read_yaml
from cdisc_conv.spec.yaml.paths import check_path, find_strays, leads_out, suggest_study
from cdisc_conv.spec.yaml.repair import repair_keys, repair_mapping
from cdisc_conv.spec.yaml.shapes.forms import EventDocument
from cdisc_conv.spec.yaml.shapes.study import SETTINGS, DictionaryDocument, StandardsDocument, StudyDocument
from cdisc_conv.spec.yaml.validate import validate
from cdisc_conv.standards import DatasetStandard, Standard, Terminology, load_standard, load_terminology
from cdisc_conv.standards.files import UnknownStandardError, find_source


def find_study(words: str | Path) -> Path:
    """The folder of a study: a path, or the name of a study that ships with cdisc-conv.

    A word without a folder before it may be either, the folder first; a path never stands for a shipped study. Raises
    ProblemsError (SPEC010) when there is no such folder or it holds no study.yaml.

    >>> find_study("cdiscpilot01").name
    'cdiscpilot01'
    """
    path = Path(words)
    folders = (path, shipped("mappings") / path) if path.name == str(words) else (path,)
    for folder in folders:
        if (folder / "study.yaml").is_file():
            return folder
    known = sorted(folder.parent.name for folder in shipped("mappings").glob("*/study.yaml"))
    hint = suggest_study(path, known) or f"give a folder that holds study.yaml, or a shipped study: {', '.join(known)}"
    if (path / "study.yml").is_file():
        hint = "it holds study.yml: call it study.yaml"
    raise ProblemsError([Problem("SPEC010", f"there is no study at '{words}'", hint=hint)])


def load_study(
    words: str | Path, packages: Mapping[str, Terminology] = MappingProxyType({})
) -> tuple[Study, list[Problem]]:
    """Load a study's mapping, without reading any data.

    Returns the study and every problem of structure found on the way; parts that could not be read are left out of the
    study. `lint.check_study` asks the further questions. Raises ProblemsError when study.yaml itself is unusable.
    `packages` are terminology packages (``sdtm``, ``adam``) to take instead of those that study.yaml names.

    >>> study, problems = load_study("hope2021_thal_agc")
    >>> study.name, problems
    ('HOPE2021-Thal-AGC', [])
    """
    return _Loader(find_study(words), packages).load()


@dataclass
class _Loader:
    folder: Path
    packages: Mapping[str, Terminology]
    problems: list[Problem] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    """Layers whose entries hold as far as the study has what they read."""

    def load(self) -> tuple[Study, list[Problem]]:
        node = read_yaml(self._note(self.folder / "study.yaml"), self.show(self.folder / "study.yaml"))
        node = repair_keys(StudyDocument, node, "study.yaml", self.problems)
        dictionary = self._read_dictionary(node.get("forms"))
        node = name_subject(node, dictionary)
        document, found = validate(StudyDocument, node, "study.yaml")
        found += check_raw_section(node, self.folder)
        if document is None or found:
            raise ProblemsError([*self.problems, *found])
        families = self._load_families(document, node)
        families = add_codelists(families, document.codelists, node, self.problems)
        families = extend_families(families, document.sponsor_terms, node, self.problems)
        standard = families["sdtm"].standard
        forms, events = self._read_forms(document, node.at(("forms",)), dictionary)
        settings = add_iso_formats(self._read_settings(node.get("settings")), document.raw, forms)
        shared = read_variables(node.get("variables"), "study", self.problems)
        given = self._read_given(document, standard, node)
        facts = self._read_protocol(families["sdtm"], document, settings.get("visits") or events)
        datasets: dict[str, DatasetSpec] = {}
        for family in families.values():
            datasets |= self._read_datasets(family, shared, document.study, facts, forms)
        given = self._complete_given(given, datasets, standard)
        strays = list(find_strays(self.folder, self.files, self.show(self.folder)))
        self.problems += strays
        self.unread |= {Path(problem.place.file).stem.upper() for problem in strays}
        datasets = _add_shared(datasets, node, shared, settings)
        study = Study(
            name=document.study,
            title=document.title,
            folder=self.folder,
            families=MappingProxyType(families),
            raw=read_raw_settings(document.raw),
            forms=MappingProxyType(forms),
            datasets=MappingProxyType(datasets),
            given=MappingProxyType(given),
            not_submitted=MappingProxyType(explain_system(forms) | document.not_submitted),
            settings=MappingProxyType(
                {
                    "visits": events,
                    "transliterate": document.transliterate,
                    "formats": document.formats,
                    "agency": document.agency or "",
                    "encoding": document.encoding,
                    "translations": {name: one.model_dump() for name, one in document.translations.items()},
                    "define": document.define,
                    "documents": document.documents.model_dump(),
                    "protocol": document.protocol,
                    "subject": document.raw.subject,
                    "dictionaries": document.standards.dictionaries,
                    **settings,
                }
            ),
            created=document.created,
            define=node.get("define") or Node({}, node.file, 1),
            files=tuple(dict.fromkeys(self.files)),
            place=Place(file=node.file, line=1),
            places=MappingProxyType(_places_in(node)),
            unread=frozenset(self.unread - datasets.keys()),
        )
        return leave_out_uncollected(study, frozenset(self.optional)), self.problems

    def show(self, path: Path) -> str:
        """The name of a file in messages: as it was reached, so that an editor finds it."""
        return path.as_posix()

    def _load_families(self, document: StudyDocument, node: Node) -> dict[str, Family]:
        """SDTM, and ADaM where the study has a folder of analysis datasets. Raises ProblemsError (SPEC011)."""
        said = document.standards
        loaders: dict[str, Callable[[], Any]] = {
            "sdtmig": lambda: load_standard("sdtmig", said.sdtmig, self.folder),
            "sdtm_ct": lambda: load_terminology("sdtm", said.sdtm_ct, self.folder),
            "adamig": lambda: load_standard("adamig", said.adamig, self.folder, occds=said.occds),
            "adam_ct": lambda: load_terminology("adam", said.adam_ct, self.folder),
        }
        loaded: dict[str, Any] = {f"{name}_ct": package for name, package in self.packages.items()}
        for name, load in loaders.items():
            try:
                loaded[name] = loaded.get(name) or load()
            except LookupError as error:
                command = "ct" if name.endswith("_ct") else "standards"
                hint = f"import others with 'cdisc-conv {command} import FILE'"
                self.problems.append(node.at(("standards", name)).problem("SPEC011", str(error), hint))
        if len(loaded) < len(loaders):
            raise ProblemsError(self.problems)
        self._note_imports(said)
        families = {"sdtm": Family("sdtm", loaded["sdtmig"], loaded["sdtm_ct"])}
        if (self.folder / "adam").is_dir():
            families["adam"] = Family("adam", loaded["adamig"], loaded["adam_ct"].with_beside(loaded["sdtm_ct"]))
        return families

    def _note_imports(self, said: StandardsDocument) -> None:
        """Imported terminology and guides count among the files that the mapping is read from."""
        asked = [("ig", "sdtmig", said.sdtmig), ("ct", "sdtm", said.sdtm_ct)]
        if (self.folder / "adam").is_dir():
            asked += [("ig", "adamig", said.adamig), ("ct", "adam", said.adam_ct)]
        sources = [find_source(*one, self.folder) for one in asked if one[1] not in self.packages]
        for name, version in said.dictionaries.items():
            with suppress(UnknownStandardError):  # one that is only named, for define.xml, need not be there
                sources.append(find_source("dict", name, version, self.folder))
        self.files.extend(source.path for source in sources if source.item is not None)

    def _read_dictionary(self, node: Node | None) -> Dictionary | None:
        """The EDC's dictionary, where ``forms`` names one."""
        said = None if node is None or not node.is_mapping else validate(DictionaryDocument, node, "'forms'")[0]
        if said is None or node is None or not said.dictionary:
            unused = [key for key in ("edc", "data", "encoding") if said is not None and getattr(said, key)]
            if unused and node is not None:
                message = f"'forms' has '{unused[0]}', but no 'dictionary' that it could be of"
                self.problems.append(node.at((unused[0],)).problem("SPEC002", message))
            return None
        paths = []
        for number, name in enumerate(said.dictionary):
            place = node.at(("dictionary", number))
            paths.append((self._find_file(name, place, "'dictionary'"), place))
        from cdisc_conv.raw.dictionaries import read_dictionary

        try:
            found = read_dictionary([(path, self.show(path)) for path, _ in paths], said.edc, said.encoding)
        except ProblemsError as error:
            here = node.at(("edc",) if said.edc else ("dictionary",)).place
            placed = [one if one.place.file else replace(one, place=here) for one in error.problems]
            raise ProblemsError([*self.problems, *placed]) from None
        self.files.extend(file for path, _ in paths for file in list_files(path))
        self.problems.extend(found.problems)
        return found

    def _find_file(self, name: str, node: Node, what: str) -> Path:
        """A file or folder of the study. Raises ProblemsError (SPEC117) when it is not inside of it."""
        if found := check_path(name, node, what, "the study folder"):
            raise ProblemsError([*self.problems, found])
        path = self.folder / name
        if leads_out(path, self.folder):
            found = node.problem("SPEC117", f"{what} is '{name}', a link to a place outside the study folder")
            raise ProblemsError([*self.problems, found])
        return path

    def _read_forms(
        self, document: StudyDocument, node: Node, dictionary: Dictionary | None
    ) -> tuple[dict[str, Form], list[dict[str, Any]]]:
        """The forms of forms.yaml, laid over those of the dictionary; beside one, forms.yaml may be missing."""
        said = document.forms
        path = self._find_file(said.file, node.at(("file",)), "'forms'")
        if dictionary is None and is_alone(self.folder):
            return {}, []
        needed = dictionary is None or node.get("file") is not None or path.exists()
        try:
            over = read_yaml(self._note(path), self.show(path)) if needed else None
            if dictionary is not None:
                over = lay_over(dictionary, make_node(dictionary, said.data), over, self.problems)
                self.problems += filter(None, [check_files(over, node.place)])
            return read_forms(over or Node({}, self.show(path), 1), self.problems, document.raw)
        except ProblemsError as error:
            raise ProblemsError([*self.problems, *error.problems]) from None

    def _read_settings(self, node: Node | None) -> dict[str, Any]:
        """``settings:`` with misspelt keys under their right names; the others are findings (SPEC001)."""
        if node is None or not node.is_mapping:
            return {}
        more = {name for kind in load_derivations().values() for name in kind.reads_settings}
        node = repair_mapping(
            {**dict.fromkeys(SETTINGS), **dict.fromkeys(sorted(more))}, node, "'settings'", self.problems
        )
        visits = node.get("visits")
        if visits is not None and visits.is_list:
            entries = [repair_keys(EventDocument, entry, "a visit", self.problems) for entry in visits.value]
            node = Node({**node.value, "visits": Node(entries, visits.file, visits.line)}, node.file, node.line)
        check_events(visits, self.problems)
        settings: dict[str, Any] = node.plain()
        return settings

    def _complete_given(
        self, given: dict[str, GivenDataset], datasets: dict[str, DatasetSpec], standard: Standard
    ) -> dict[str, GivenDataset]:
        """All that is given: of a study of analysis datasets alone, the SDTM that they read.

        SPEC116: a dataset that is given and mapped: others would read the one, and the package hold the other.
        """
        for name in given.keys() & datasets.keys():
            message = f"{name} is given, and mapped at {datasets[name].place}, too"
            hint = "take it from 'given', or take the mapping away"
            self.problems.append(Problem("SPEC116", message, place=given[name].place, hint=hint))
        return give_tabulations(given, datasets, standard) if is_alone(self.folder) else given

    def _read_given(self, document: StudyDocument, standard: Standard, node: Node) -> dict[str, GivenDataset]:
        given: dict[str, GivenDataset] = {}
        for name, entry in document.given.items():
            here = node.at(("given", name))
            if found := check_path(entry.file, here.at(("file",)), f"'file' of {name}", "the folder of given datasets"):
                self.problems.append(found)
                self.unread.add(name)
                continue
            if name in standard.datasets:
                columns = tuple(dict.fromkeys((*entry.columns, *entry.optional)))
                optional = frozenset(entry.optional) - set(entry.columns)
                template = _with_model_variables(standard, name, columns)
                given[name] = GivenDataset(name, entry.file, template, columns, here.place, optional=optional)
                continue
            self.unread.add(name)
            message = f"{standard.label} has no dataset {name}, which is to be given"
            self.problems.append(here.problem("SPEC111", message, did_you_mean(name, standard.datasets)))
        return given

    def _note(self, path: Path) -> Path:
        self.files.append(path)
        return path

    def _find_layer(self, words: str) -> Path | None:
        """A layer by name, in the study's folder, in the library beside it, or in the shipped library."""
        name = words if words.endswith(".yaml") else f"{words}.yaml"
        beside = self.folder.parent if self.folder.name not in ("", "..") else self.folder / ".."
        for base in (self.folder, beside, shipped("mappings")):
            path = base / name
            if path.is_file() and path.resolve().is_relative_to(base.resolve()):
                return self._note(path)
        return None

    def _read_protocol(
        self, family: Family, document: StudyDocument, events: list[dict[str, Any]]
    ) -> Mapping[str, FactTable]:
        if not (self.folder / PROTOCOL).is_file():
            return {}
        path = self._note(self.folder / PROTOCOL)
        return read_protocol(path, self.show(path), family, document.title, events, self.problems)

    def _read_datasets(
        self, family: Family, shared: dict, study_name: str, facts: Mapping[str, FactTable], forms: Mapping[str, Form]
    ) -> dict[str, DatasetSpec]:
        datasets: dict[str, DatasetSpec] = {}
        for path in sorted((self.folder / family.name).glob("*.yaml")):
            try:
                node = read_layers(self._note(path), self._find_layer, self.show, self.optional.add)
            except ProblemsError as error:
                self.problems.extend(error.problems)
                self.unread.add(path.stem.upper())
                continue
            spec = read_dataset(node, family, shared, study_name, facts, self.problems, forms)
            if spec is None:
                self.unread |= {path.stem.upper(), str(node.at(("dataset",)).value)}
                continue
            if spec.name in datasets and spec.part and datasets[spec.name].part:
                if spec.split_into and (other := datasets[spec.name].split_into):
                    message = f"{spec.name} is split into datasets twice"
                    place = node.at(("split_into",))
                    self.problems.append(place.problem("SPEC110", message, f"the first is {other.place}"))
                datasets[spec.name] = join_parts(datasets[spec.name], spec)
                continue
            if spec.name in datasets:
                first = datasets[spec.name].place
                part = spec.part or datasets[spec.name].part
                hint = f"the first is {first}{'; say part in each, where both hold records of it' if part else ''}"
                self.problems.append(node.problem("SPEC110", f"{spec.name} is mapped twice", hint))
                continue
            datasets[spec.name] = spec
        order = list(family.standard.datasets)
        return dict(sorted(datasets.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


def _add_shared(
    datasets: Mapping[str, DatasetSpec], node: Node, shared: Mapping[str, Variable], settings: Mapping[str, Any]
) -> dict[str, DatasetSpec]:
    """The datasets with what study.yaml says for all: names that it maps unreadably, and empty variables to keep."""
    written = {name for name, _ in node.at(("variables",)).items()} if node.get("variables") else set()
    kept = frozenset({ALL} if settings.get("keep_empty") is True else ())
    return {
        name: replace(spec, written=spec.written | written - shared.keys(), keep_empty=spec.keep_empty or kept)
        for name, spec in datasets.items()
    }


def _with_model_variables(standard: Standard, name: str, columns: Iterable[str]) -> DatasetStandard:
    """A dataset of the standard, with those columns that only the model behind it knows."""
    template = standard.dataset(name)
    extra = (standard.model_variable(name, column) for column in columns)
    return replace(template, variables=(*template.variables, *(variable for variable in extra if variable is not None)))


def _places_in(node: Node) -> dict[tuple[str, ...], Place]:
    """Where the keys of study.yaml stand, and the keys inside them."""
    places: dict[tuple[str, ...], Place] = {(key,): child.place for key, child in node.items()}
    places |= {(key, inner): n.place for key, child in node.items() for inner, n in child.items()}
    raw = node.get("raw")
    sources = list(raw.at(("sources",)).items()) if raw is not None and raw.get("sources") is not None else []
    places |= {("raw", "sources", name): source.place for name, source in sources}
    return places | {("raw", "sources", name, key): n.place for name, source in sources for key, n in source.items()}
