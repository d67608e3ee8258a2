"""Implementation guides: the datasets of SDTMIG and ADaMIG and what may be added to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from cdisc_conv.standards.blocks import BlockFile
from cdisc_conv.standards.files import DATA, UnknownStandardError, find_source, require
from cdisc_conv.standards.model import (
    GENERAL_CLASSES,
    PREFIX,
    DatasetStandard,
    ModelVariable,
    ObservationModel,
    VariableStandard,
    merge_order,
    read_dataset,
    read_model_part,
)

_CUSTOM: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    # class: structure, required beside STUDYID, DOMAIN, USUBJID and --SEQ, and natural key behind STUDYID, USUBJID
    "INTERVENTIONS": ("One record per intervention per subject", ("TRT",), ("TRT", "STDTC")),
    "EVENTS": ("One record per event per subject", ("TERM",), ("TERM", "STDTC")),
    "FINDINGS": (
        "One record per finding per time point per visit per subject",
        ("TESTCD", "TEST"),
        ("TESTCD", "VISITNUM", "DTC", "TPTREF", "TPTNUM"),
    ),
    "FINDINGS ABOUT": (
        "One record per finding per object per time point per visit per subject",
        ("TESTCD", "TEST", "OBJ"),
        ("TESTCD", "OBJ", "VISITNUM", "DTC", "TPTREF", "TPTNUM"),
    ),
}
_UNPREFIXED = ("VISITNUM",)
_OTHER = "ADAM OTHER"
"""The class of analysis datasets that follow none of the structures."""

SUB_CLASSES = {
    "BASIC DATA STRUCTURE": ("NON-COMPARTMENTAL ANALYSIS", "POPULATION PHARMACOKINETIC ANALYSIS", "TIME-TO-EVENT"),
    "OCCURRENCE DATA STRUCTURE": ("ADVERSE EVENT",),
    "MEDICAL DEVICE BASIC DATA STRUCTURE": ("MEDICAL DEVICE TIME-TO-EVENT",),
}
"""Define-XML codelists ADaM Basic Data Structure Subclass (C165635), Occurrence (C176227), Medical Device (C177903)."""


@dataclass(frozen=True)
class Standard:
    """An implementation guide: its datasets in the order of define.xml, and the model behind them (SDTM only)."""

    name: str
    version: str
    datasets: dict[str, DatasetStandard]
    model: ObservationModel | None = None

    @property
    def label(self) -> str:
        """Name and version, such as ``SDTMIG 3.4``."""
        return f"{self.name} {self.version}"

    def dataset(self, name: str) -> DatasetStandard:
        """The dataset of that name.

        Raises:
            UnknownStandardError: no such dataset in the guide.

        >>> load_standard("sdtmig", "3.4").dataset("AE").label
        'Adverse Events'
        """
        if name not in self.datasets:
            raise require("dataset", name, self.datasets, self.label)
        return self.datasets[name]

    def model_variable(self, dataset: str | DatasetStandard, name: str) -> VariableStandard | None:
        """A variable that the model allows in the dataset although the guide's table does not list it, or None.

        Only datasets of the general observation classes have such variables. Variables that the model keeps for
        nonclinical studies or for other domains are not among them. All of them are permissible.

        >>> load_standard("sdtmig", "3.4").model_variable("AE", "AEDTC").label
        'Date/Time of Collection'
        """
        found = self._resolve(dataset)
        return None if name in found.names else self._model_variables(found).get(name)

    def variable(self, dataset: str | DatasetStandard, name: str) -> VariableStandard | None:
        """A variable of the guide's table, or one that the model allows beside it, or None."""
        return self._resolve(dataset).variable(name) or self.model_variable(dataset, name)

    def names(self, dataset: str | DatasetStandard) -> tuple[str, ...]:
        """All variables a dataset may have, in order: those the guide lists, and the model's in their places.

        A variable that only the model has follows the one before it in the model.
        """
        found = self._resolve(dataset)
        if found not in self._orders:
            self._orders[found] = merge_order(found.names, self._model_variables(found))
        return self._orders[found]

    def order(self, dataset: str | DatasetStandard, names: Iterable[str]) -> tuple[str, ...]:
        """Sort variable names as the standard has them; names it does not know come last, as they were given.

        >>> load_standard("sdtmig", "3.4").order("AE", ["AESTDTC", "AEDTC", "AETERM", "STUDYID"])
        ('STUDYID', 'AETERM', 'AEDTC', 'AESTDTC')
        """
        places = {name: place for place, name in enumerate(self.names(dataset))}
        concrete = self._resolve(dataset)
        last = len(places)

        def place(name: str) -> tuple[int, str]:
            if name in places:
                return places[name], ""
            # an ADaM name with its placeholders filled in takes the place of the pattern, by number
            variable = concrete.variable(name)
            return (variable.order - 1, name) if variable else (last, "")

        return tuple(sorted(names, key=place))

    def supplemental(self, parent: str) -> DatasetStandard:
        """The dataset of supplemental qualifiers of a parent dataset.

        >>> load_standard("sdtmig", "3.4").supplemental("AE").name
        'SUPPAE'
        """
        template = self.dataset("SUPPQUAL")
        # the parent's label would not fit into the 40 bytes a dataset label may have
        return replace(template, name=f"SUPP{parent}", label=f"Supplemental Qualifiers for {parent}")

    def custom(self, name: str, class_name: str, label: str) -> DatasetStandard:
        """A dataset that the guide does not have, made from the model's variables of a general observation class.

        Identifiers and topic are required, results of findings expected, all else permissible. In ADaM every dataset
        but ADSL is one of these: it takes the variables of its data structure.

        Raises:
            UnknownStandardError: the class is not a general observation class, or no data structure.
            ValueError: the name is not two to four capital letters or digits (in ADaM AD and up to six more), or the
                guide has it.

        >>> load_standard("adamig", "1.3").custom("ADAE", "OCCURRENCE DATA STRUCTURE", "Adverse Events").keys
        ('STUDYID', 'USUBJID', 'AESEQ')
        """
        if self.model is None:
            return self._structure(name, class_name, label)
        if class_name not in GENERAL_CLASSES:
            known = ", ".join(GENERAL_CLASSES)
            raise UnknownStandardError(f"{self.label} has no general observation class {class_name}; there is: {known}")
        if name in self.datasets:
            raise ValueError(f"{name} is a dataset of {self.label}, not a custom one")
        if not (2 <= len(name) <= 4 and name.isascii() and name.isalnum() and name.isupper() and name[0].isalpha()):
            raise ValueError(f"a custom dataset is named by two to four capital letters or digits, not {name!r}")
        structure, topic, _ = _CUSTOM[class_name]
        empty = DatasetStandard(name, label, class_name, structure, (), ())
        required = {"STUDYID", "DOMAIN", "USUBJID", f"{empty.prefix}SEQ", *(empty.prefix + part for part in topic)}
        expected = {empty.prefix + part for part in ("ORRES", "STRESC")}
        variables = tuple(
            replace(v, core="Req" if v.name in required else "Exp" if v.name in expected else "Perm")
            for v in self.model.variables(empty)
        )
        return replace(empty, keys=_class_keys(empty), variables=variables)

    def _structure(self, name: str, class_name: str, label: str) -> DatasetStandard:
        """A dataset of one of ADaM's data structures."""
        if not (re.fullmatch("AD[A-Z0-9]{1,6}", name) and name not in self.datasets):
            raise ValueError(f"an analysis dataset is named AD and one to six capital letters or digits, not {name!r}")
        if class_name == _OTHER:
            return DatasetStandard(name, label, _OTHER, "", ("STUDYID", "USUBJID"), (), always_repeating=True)
        structures = {found.class_name: found for found in self.datasets.values()}
        if class_name not in structures:
            known = ", ".join([*structures, _OTHER])
            raise UnknownStandardError(f"{self.label} has no class {class_name}; there is: {known}")
        template = structures[class_name]
        keys = tuple(key.replace("--", name[2:4]) for key in template.keys)
        return replace(template, name=name, label=label, keys=keys)

    def _resolve(self, dataset: str | DatasetStandard) -> DatasetStandard:
        return self.dataset(dataset) if isinstance(dataset, str) else dataset

    def _model_variables(self, dataset: DatasetStandard) -> dict[str, VariableStandard]:
        if self.model is None:
            return {}
        if dataset not in self._extras:
            self._extras[dataset] = {variable.name: variable for variable in self.model.variables(dataset)}
        return self._extras[dataset]

    @cached_property
    def _extras(self) -> dict[DatasetStandard, dict[str, VariableStandard]]:
        return {}

    @cached_property
    def _orders(self) -> dict[DatasetStandard, tuple[str, ...]]:
        return {}


def load_standard(name: str, version: str, study: Path | None = None, *, occds: str = "") -> Standard:
    """An implementation guide by name (``sdtmig``, ``adamig``) and version.

    Args:
        name, version: the guide; one of the user's imports, or one that comes with cdisc-conv.
        study: the folder of a study, whose imports come first.
        occds: the version of the ADaM structure for occurrence data; that which came out with the guide when empty.

    Raises:
        UnknownStandardError: no such guide, or no such model or structure behind it; the message lists what there is.

    >>> standard = load_standard("SDTMIG", "3.4")
    >>> standard.dataset("VS").keys
    ('STUDYID', 'USUBJID', 'VSTESTCD', 'VISITNUM', 'VSTPTREF', 'VSTPTNUM', 'VSDTC')
    """
    file = find_source("ig", name, version, study).read()
    behind = dict(part.rsplit(" ", 1) for part in file.more)
    structures = occds or behind.get("OCCDS", "")
    return _make_standard(
        file,
        find_source("model", "SDTM", behind["SDTM"], study).read() if "SDTM" in behind else None,
        find_source("ig", "OCCDS", structures, study).read() if structures else None,
    )


@lru_cache(maxsize=32)
def _make_standard(file: BlockFile, model_file: BlockFile | None, more: BlockFile | None) -> Standard:
    blocks = (*file.blocks, *(more.blocks if more is not None else ()))
    datasets = {block.head[0]: read_dataset(block, ()) for block in blocks}
    model = _read_model(model_file, datasets.values()) if model_file is not None else None
    keyless = Standard(file.name, file.version, datasets, model)
    keys = _read_keys("adamig" if model is None else "sdtmig")
    return replace(keyless, datasets={name: _add_keys(keyless, found, keys) for name, found in datasets.items()})


def _read_model(file: BlockFile, datasets: Iterable[DatasetStandard]) -> ObservationModel:
    """The model behind a guide.

    A variable has the codelists that all variables of the guide have that it stands for, when these all have the same:
    those of the class; for identifiers and timing those of all classes.
    """
    used: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for dataset in datasets:
        for variable in dataset.variables:
            own = variable.name.startswith(dataset.name)
            generic = PREFIX + variable.name[len(dataset.name) :] if own else variable.name
            for part in (dataset.class_name, "IDENTIFIERS", "TIMING"):
                used.setdefault((part, generic), set()).add(variable.codelists)
    parts = {block.head[0]: read_model_part(block) for block in file.blocks}
    return ObservationModel(
        file.name,
        file.version,
        {part: tuple(_agree(item, used.get((part, item.variable.name), ())) for item in parts[part]) for part in parts},
    )


def _agree(item: ModelVariable, codelists: Collection[tuple[str, ...]]) -> ModelVariable:
    agreed = next(iter(codelists)) if len(codelists) == 1 else ()
    return replace(item, variable=replace(item.variable, codelists=agreed)) if agreed else item


def _read_keys(guide: str) -> dict[str, tuple[str, ...]]:
    lines = (DATA / f"keys-{guide}.txt").read_text(encoding="utf-8").splitlines()
    fields = (line.split() for line in lines if line and not line.startswith("#"))
    return {dataset: tuple(keys) for dataset, *keys in fields}


def _add_keys(standard: Standard, dataset: DatasetStandard, keys: dict[str, tuple[str, ...]]) -> DatasetStandard:
    """The dataset with its natural key: of those written down, what this version has; else that of its class."""
    found = keys.get(dataset.name)
    if found is None and dataset.class_name in _CUSTOM:
        found = _class_keys(dataset)
    elif found is None:
        found = ("STUDYID", *(v.name for v in dataset.variables if v.name == "USUBJID" or v.role == "Topic"))
    if not set(found) <= {*dataset.names}:
        known = {*standard.names(dataset), *(key for key in found if key.startswith(PREFIX))}
        found = tuple(key for key in found if key in known)
    return replace(dataset, keys=found)


def _class_keys(dataset: DatasetStandard) -> tuple[str, ...]:
    keys = _CUSTOM[dataset.class_name][2]
    return ("STUDYID", "USUBJID", *(key if key in _UNPREFIXED else dataset.prefix + key for key in keys))
