"""What the standard expects of a mapped variable: its definition, its type, its codelist."""

from __future__ import annotations

from cdisc_conv.derivations.base import Kind
from cdisc_conv.spec.model import DatasetSpec, Study, Variable
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
    if name in dataset.working or name in dataset.supplemental_names():
        return None
    return study.standard.variable(dataset.standard, name)


def is_numeric(study: Study, dataset: DatasetSpec, variable: Variable) -> bool:
    """Whether a variable is numeric: the standard says so, else its derivation makes numbers."""
    standard = standard_variable(study, dataset, variable.name)
    if standard is not None:
        return standard.numeric
    return variable.derivation.kind is Kind.NUMBER and variable.name not in dataset.supplemental_names()


def is_result(dataset: DatasetSpec, name: str) -> bool:
    """Whether a column is a result of a findings dataset, which its --TESTCD says how to read."""
    prefix = dataset.name
    return f"{prefix}TESTCD" in dataset.names() and name in {f"{prefix}{result}" for result in RESULTS}


def codelist_keys(study: Study, dataset: DatasetSpec, variable: Variable) -> tuple[str, ...]:
    """The names of a variable's codelists: the mapping's, else the standard's."""
    if variable.codelist:
        return (variable.codelist,)
    standard = standard_variable(study, dataset, variable.name)
    return standard.codelists if standard is not None else ()


def codelist_of(study: Study, dataset: DatasetSpec, variable: Variable) -> CodelistTerms | None:
    """The codelist of a variable, or None; several lists of the standard count as one.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> ae = study.datasets["AE"]
    >>> codelist_of(study, ae, ae.variables["AESER"]).short_name
    'NY'
    """
    keys = [key for key in codelist_keys(study, dataset, variable) if key in study.terminology]
    return study.terminology.codelist(*keys) if keys else None
