"""A study folder to a `Study`: study.yaml, forms.yaml and one mapping file per dataset, layers laid over each other.

mappings/<study>/study.yaml      the study, its standards, how the raw export is written
mappings/<study>/forms.yaml      the EDC's data dictionary
mappings/<study>/sdtm/*.yaml     one mapping file per dataset
mappings/library/*.yaml          layers that mapping files extend
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.resources import shipped
from cdisc_conv.spec.datasets import read_dataset
from cdisc_conv.spec.documents import StudyDocument
from cdisc_conv.spec.forms import read_forms
from cdisc_conv.spec.layers import read_layers
from cdisc_conv.spec.model import DatasetSpec, GivenDataset, RawSettings, Study
from cdisc_conv.spec.validate import validate
from cdisc_conv.spec.variables import read_variables
from cdisc_conv.spec.yaml_nodes import Node, read_yaml
from cdisc_conv.standards import Standard, load_standard, load_terminology


def find_study(words: str | Path) -> Path:
    """The folder of a study: a path, or the name of a study that ships with cdisc-conv.

    Raises ProblemsError (SPEC010) when there is no such folder or it holds no study.yaml.
    """
    for folder in (Path(words), shipped("mappings") / Path(words).name):
        if (folder / "study.yaml").is_file():
            return folder
    known = sorted(path.parent.name for path in shipped("mappings").glob("*/study.yaml"))
    hint = f"give a folder that holds study.yaml, or a shipped study: {', '.join(known)}"
    raise ProblemsError([Problem("SPEC010", f"there is no study at '{words}'", hint=hint)])


def load_study(words: str | Path) -> tuple[Study, list[Problem]]:
    """Load a study's mapping, without reading any data.

    Returns the study and every problem of structure found on the way; parts that could not be read are left out of the
    study. `lint.check_study` asks the further questions. Raises ProblemsError when study.yaml itself is unusable.

    >>> study, problems = load_study("hope2021_thal_agc")
    >>> study.name, problems
    ('HOPE2021-Thal-AGC', [])
    """
    return _Loader(find_study(words)).load()


@dataclass
class _Loader:
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def load(self) -> tuple[Study, list[Problem]]:
        node = read_yaml(self._note(self.folder / "study.yaml"), self.show(self.folder / "study.yaml"))
        document, found = validate(StudyDocument, node, "study.yaml")
        if document is None:
            raise ProblemsError(found)
        standard = _load_standard(document.standards.sdtmig, node)
        terminology = load_terminology("sdtm", document.standards.sdtm_ct)
        forms, events = read_forms(self._note(self.folder / document.forms), self.show, self.problems)
        shared = read_variables(node.get("variables"), "study", self.problems)
        given = {
            name: GivenDataset(name, entry.file, standard.dataset(name), entry.columns, node.at(("given", name)).place)
            for name, entry in document.given.items()
        }
        datasets = self._read_datasets(standard, shared, document.study)
        study = Study(
            name=document.study,
            title=document.title,
            folder=self.folder,
            standard=standard,
            terminology=terminology,
            raw=RawSettings(**document.raw.model_dump()),
            forms=MappingProxyType(forms),
            datasets=MappingProxyType(datasets),
            given=MappingProxyType(given),
            not_submitted=MappingProxyType(document.not_submitted),
            settings=MappingProxyType(
                {
                    "visits": events,
                    "transliterate": document.transliterate,
                    "define": document.define,
                    "protocol": document.protocol,
                    "dictionaries": document.standards.dictionaries,
                    **document.settings,
                }
            ),
            created=document.created,
            files=tuple(dict.fromkeys(self.files)),
            place=Place(file=node.file, line=1),
        )
        return study, self.problems

    def show(self, path: Path) -> str:
        """The name of a file in messages: from the study folder's own name on."""
        for base in (self.folder, self.folder.parent):
            if path.is_relative_to(base):
                return (self.folder if base == self.folder else base).joinpath(path.relative_to(base)).as_posix()
        return path.as_posix()

    def _note(self, path: Path) -> Path:
        self.files.append(path)
        return path

    def _find_layer(self, words: str) -> Path | None:
        """A layer by name, in the study's folder, in the library beside it, or in the shipped library."""
        name = words if words.endswith(".yaml") else f"{words}.yaml"
        for base in (self.folder, self.folder.parent, shipped("mappings")):
            path = base / name
            if path.is_file() and path.resolve().is_relative_to(base.resolve()):
                return self._note(path)
        return None

    def _read_datasets(self, standard: Standard, shared: dict, study_name: str) -> dict[str, DatasetSpec]:
        datasets: dict[str, DatasetSpec] = {}
        for path in sorted((self.folder / "sdtm").glob("*.yaml")):
            try:
                node = read_layers(self._note(path), self._find_layer, self.show)
            except ProblemsError as error:
                self.problems.extend(error.problems)
                continue
            spec = read_dataset(node, standard, shared, study_name, self.problems)
            if spec is None:
                continue
            if spec.name in datasets:
                first = datasets[spec.name].place
                self.problems.append(node.problem("SPEC110", f"{spec.name} is mapped twice", f"the first is {first}"))
                continue
            datasets[spec.name] = spec
        order = list(standard.datasets)
        return dict(sorted(datasets.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


def _load_standard(version: str, node: Node) -> Standard:
    try:
        return load_standard("sdtmig", version)
    except (KeyError, ValueError) as error:
        message = str(error.args[0])
        raise ProblemsError([node.at(("standards", "sdtmig")).problem("SPEC011", message)]) from None
