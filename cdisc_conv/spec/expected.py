"""What the standard expects of a mapped variable: its definition, its type, its codelist."""

from __future__ import annotations

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import SELF, TableRef
from cdisc_conv.spec.model import DatasetSpec, Study, Variable
from cdisc_conv.spec.references import TargetKind, resolve
from cdisc_conv.spec.terms.instruments import bind_codelists
from cdisc_conv.standards import CodelistTerms, VariableStandard

RESULTS = ("ORRES", "STRESC", "STRESN", "ORRESU", "STRESU")
"""The columns of a findings dataset, without its prefix, that are described test by test."""


def standard_variable(study: Study, dataset: DatasetSpec, name: str) -> VariableStandard | None:
    """The variable in the implementation guide, or in the SDTM model behind it; None for one of the study's own.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> standard_variable(study, study.datasets["AE"], "AESER").label
    'Serious Event'
    """
    if name not in dataset.standards:
        own = name in dataset.working_names() or name in dataset.supplemental_names()
        dataset.standards[name] = None if own else dataset.family.standard.variable(dataset.standard, name)
    return dataset.standards[name]


def is_numeric(
    study: Study, dataset: DatasetSpec, variable: Variable, asked: frozenset[tuple[str, str]] = frozenset()
) -> bool:
    """Whether a variable is numeric: the standard says so, else the mapping, else what its derivation makes.

    `asked` are the variables that are being asked about already: those that follow each other in a circle are text.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> ae = study.datasets["AE"]
    >>> is_numeric(study, ae, ae.variables["AESTDY"]), is_numeric(study, ae, ae.variables["AETERM"])
    (True, False)
    """
    standard = standard_variable(study, dataset, variable.name)
    if standard is not None:
        return standard.numeric
    if variable.type is not None:
        return variable.type == "number"
    key = (dataset.name, variable.name)
    if variable.name in dataset.supplemental_names() or key in asked:
        return False
    blocks = [block for block in dataset.blocks if dataset.own_variable(variable.name, block) is variable]

    def is_number(ref: str) -> bool:
        if isinstance(ref, TableRef):
            return is_numeric_column(study, dataset.name if ref.table == SELF else ref.table, ref.column, asked | {key})
        targets = (resolve(study, dataset, block, variable.name, ref) for block in blocks)
        target = next((found for found in targets if found is not None), None)
        if target is None or target.kind is TargetKind.GIVEN:
            return False
        return is_numeric_column(study, target.table, target.name, asked | {key})

    return variable.derivation.makes_numbers(is_number)


def is_numeric_column(study: Study, table: str, name: str, asked: frozenset[tuple[str, str]] = frozenset()) -> bool:
    """Whether a column of a dataset (``DS``) or form (``form ic``) of the study holds numbers.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> is_numeric_column(study, "SV", "VISITNUM"), is_numeric_column(study, "form dm", "AGE")
    (True, False)
    """
    if table in study.datasets:
        dataset = study.datasets[table]
        return any(is_numeric(study, dataset, entry, asked) for entry in dataset.entries_named(name))
    standard = study.given[table].standard.variable(name) if table in study.given else None
    return standard is not None and standard.numeric


def predecessor_of(study: Study, dataset: DatasetSpec, variable: Variable) -> tuple[str, str] | None:
    """The dataset and name of the variable that one is taken over from; None when it has no predecessor."""
    if variable.derivation.actual_origin() is not OriginType.PREDECESSOR:
        return None
    for block in dataset.blocks:
        if dataset.own_variable(variable.name, block) is variable:
            target = resolve(study, dataset, block, variable.name, variable.derivation.reads()[0])
            if target is not None and target.kind is not TargetKind.GIVEN:
                return target.table, target.name
    return None


def label_of(study: Study, dataset: DatasetSpec, name: str) -> str:
    """The label of a variable: the mapping's, else that of a predecessor of the same name, else the standard's.

    "" for none. A variable taken over under another name has no label but the standard's, or its predecessor's. Where
    blocks have entries of their own, one that tells the label is enough.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> label_of(study, study.datasets["AE"], "AESER")
    'Serious Event'
    """
    entries = dataset.entries_named(name)
    said = next((entry.label for entry in entries if entry.label), "")
    standard = standard_variable(study, dataset, name)
    texts = (_predecessor_label(study, dataset, entry, standard is not None) for entry in entries)
    return (
        said
        or next((text for text in texts if text), "")
        or _standard_label(dataset, name)
        or _companion_label(study, dataset, name)
    )


_COMPANIONS = (("U", "N", " Units"), ("U", "", " Units"), ("F", "", " Imputation Flag"), ("N", "", " (N)"))
"""How names of variables that come along end, what ends the name of the one they belong to, and the words they add."""

MOST_LABEL = 40


def _companion_label(study: Study, dataset: DatasetSpec, name: str) -> str:
    """The label of a variable that came along with another one (AAGEU with AAGE), from the label of that one."""
    names = dataset.names()
    if name in dataset.working_names():
        return ""
    whole = name.rstrip("0123456789")
    if whole != name and whole in names and name not in dataset.supplemental_names():  # a later part of a long text
        return f"{label_of(study, dataset, whole)} {name.removeprefix(whole)}"
    for ending, other, words in _COMPANIONS:
        partner = f"{name.removesuffix(ending)}{other}"
        if name.endswith(ending) and partner != name and partner in names:
            label = label_of(study, dataset, partner).removesuffix(" (N)")
            made = f"{label}{words}" if label else ""
            return made if len(made) <= MOST_LABEL else f"{words.strip()} of {partner}"
    return ""


def _standard_label(dataset: DatasetSpec, name: str) -> str:
    """The label in the standard; a variable of another data structure of ADaM means the same here."""
    own = dataset.family.standard.variable(dataset.standard, name)
    others = dataset.family.standard.datasets.values() if dataset.family.is_analysis else ()
    found = own or next((there for structure in others if (there := structure.variable(name)) is not None), None)
    return found.label if found is not None and name not in dataset.working_names() else ""


def _predecessor_label(study: Study, dataset: DatasetSpec, variable: Variable, same_name: bool) -> str:
    """The label of the variable that one is taken over from; `same_name` asks for one of the same name."""
    found = predecessor_of(study, dataset, variable)
    if found is None or found[0] == dataset.name or (same_name and found[1] != variable.name):
        return ""
    table, name = found
    if table in study.datasets:
        return label_of(study, study.datasets[table], name)
    standard = study.sdtm.standard.variable(study.given[table].standard, name) if table in study.given else None
    return standard.label if standard is not None else ""


def _predecessor_entry(
    study: Study, dataset: DatasetSpec, variable: Variable
) -> tuple[DatasetSpec, Variable] | VariableStandard | None:
    """The mapping entry of a variable's predecessor, or what the standard says of it where that dataset is given."""
    found = predecessor_of(study, dataset, variable)
    if found is None:
        return None
    table, name = found
    if table in study.given:
        return study.sdtm.standard.variable(study.given[table].standard, name)
    spec = study.datasets.get(table)
    entry = next(iter(spec.entries_named(name)), None) if spec else None
    return (spec, entry) if spec is not None and entry is not None and entry is not variable else None


def is_result(dataset: DatasetSpec, name: str) -> bool:
    """Whether a column is a result of a findings dataset, which its --TESTCD says how to read."""
    prefix = dataset.name
    return f"{prefix}TESTCD" in dataset.names() and name in {f"{prefix}{result}" for result in RESULTS}


def codelist_keys(study: Study, dataset: DatasetSpec, variable: Variable) -> tuple[str, ...]:
    """The names of a variable's codelists: the mapping's, else the standard's, else its predecessor's.

    Those of instruments count as the standard's (`instruments.bind_codelists`).
    """
    if variable.codelist:
        return (variable.codelist,)
    standard = standard_variable(study, dataset, variable.name)
    if standard is not None and (keys := bind_codelists(dataset, variable, standard.codelists)):
        return keys
    before = _predecessor_entry(study, dataset, variable)
    if isinstance(before, VariableStandard):
        return before.codelists
    return codelist_keys(study, *before) if before is not None else ()


def codelist_of(study: Study, dataset: DatasetSpec, variable: Variable) -> CodelistTerms | None:
    """The codelist of a variable, or None; several lists of the standard count as one.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> ae = study.datasets["AE"]
    >>> codelist_of(study, ae, ae.variables["AESER"]).short_name
    'NY'
    """
    terminology = dataset.family.terminology
    keys = [key for key in codelist_keys(study, dataset, variable) if key in terminology]
    return terminology.codelist(*keys) if keys else None
