"""Whether a rule is asked of a dataset: its class, domain, data structure, use case, and whether it is split."""

from __future__ import annotations

from cdisc_conv.checks.core.data.study import Study, Table, find_structure, find_subclass
from cdisc_conv.checks.core.rule.model import ALL, Choice, CoreRule

_FINDINGS, _ABOUT = "FINDINGS", "FINDINGS ABOUT"
_TIG = "tig"

_USE_CASES: dict[str, dict[str, str]] = {
    "SDTM": {
        "INDH": "AE CO CM DM DI DU DO DS EG EX EC FA IE LB MH PC PP DA DV QS RELREC RE SC SE SV SU EM TA TE TI TS TV "
        "VS",
        "PROD": "TO PD PT IT IN IQ ES",
    },
    "SEND": {
        "NONCLIN": "BW CV CL CO DD DM DI DU DS EG EX FW GT LB MA MI OM PM PK PP POOLDEF RELREC RELREF RE SC SE TA TE "
        "TF TX TS VS",
    },
    "ADAM": {},
}
"""Which domains of the Tobacco Implementation Guide belong to which use case."""


def is_asked(rule: CoreRule, table: Table, study: Study) -> bool:
    """Whether the rule is about the dataset."""
    return (
        _fits_use_case(rule, table, study)
        and _fits_structure(rule.scope.structures, table)
        and _fits_subclass(rule.scope.subclasses, table)
        and _fits_domain(rule, table)
        and _fits_class(rule.scope.classes, table, study)
        and _fits_name(rule.scope.datasets, table)
    )


def _fits_domain(rule: CoreRule, table: Table) -> bool:
    domains, split = rule.scope.domains, rule.scope.split
    included = (
        _includes(domains.include, table, rule) if domains.include else not (split is True and not table.is_split)
    )
    excluded = bool(domains.exclude) and (
        bool({table.domain, table.name, table.whole, ALL} & set(domains.exclude))
        or _fits_pattern(domains.exclude, table)
    )
    if split is True and table.is_split and not excluded:
        included = True
    if split is False and table.is_split:
        excluded = True
    return included and not excluded


def _includes(names: tuple[str, ...], table: Table, rule: CoreRule) -> bool:
    return bool({table.domain, table.name, ALL} & set(names)) or _fits_pattern(names, table)


def _fits_pattern(names: tuple[str, ...], table: Table) -> bool:
    """Whether ``SUPP--``, ``SQ--``, ``AP--`` or ``APFA--`` means the dataset."""
    supplemental = table.is_supplemental and bool({"SUPP--", "SQ--"} & set(names))
    return supplemental or (table.about_persons and bool({"AP--", "APFA--"} & set(names)))


def _fits_class(classes: Choice, table: Table, study: Study) -> bool:
    if not classes or ALL in classes.include:
        return True
    name = study.class_of(table)
    if classes.include and not _is_among(name, classes.include):
        return False
    return not (classes.exclude and name and _is_among(name, classes.exclude))


def _is_among(name: str, classes: tuple[str, ...]) -> bool:
    return name in classes or (name == _ABOUT and _FINDINGS in classes)


def _fits_structure(structures: Choice, table: Table) -> bool:
    if not structures or ALL in structures.include:
        return True
    name = find_structure(table)
    return (not structures.include or name in structures.include) and name not in structures.exclude


def _fits_subclass(subclasses: Choice, table: Table) -> bool:
    if not subclasses or ALL in subclasses.include:
        return True
    name = find_subclass(table)
    return (not subclasses.include or name in subclasses.include) and name not in subclasses.exclude


def _fits_name(datasets: Choice, table: Table) -> bool:
    if datasets.include and ALL not in datasets.include and table.name not in datasets.include:
        return False
    return table.name not in datasets.exclude


def _fits_use_case(rule: CoreRule, table: Table, study: Study) -> bool:
    if study.standard.casefold() != _TIG:
        return True
    cases = _USE_CASES.get(study.substandard.upper())
    if cases is None:
        return False
    domain = table.related or table.domain
    if study.substandard.upper() == "ADAM" and table.name.startswith("AD"):
        return "ANALYSIS" in rule.scope.use_cases
    if any(domain in cases.get(case, "").split() for case in rule.scope.use_cases):
        return True
    return study.library.is_custom(domain) and study.use_case in rule.scope.use_cases
