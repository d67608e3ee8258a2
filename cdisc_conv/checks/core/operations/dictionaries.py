"""MedDRA, WHODrug and other dictionaries, which nobody may hand on: rules are answered where a person has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cdisc_conv.checks.core.data.vectors import Value, Vector, from_values, group_rows, to_text
from cdisc_conv.checks.core.operations.registry import Task, operation
from cdisc_conv.checks.core.operators.registry import MissingVariableError, NotAnswerableError
from cdisc_conv.checks.core.rule.model import Reach

_MEDDRA_CODES = ("SOCCD", "HLGTCD", "HLTCD", "PTCD", "LLTCD")
_MEDDRA_TERMS = ("SOC", "HLGT", "HLT", "DECOD", "LLT")
_WHODRUG = ("DECOD", "CLAS", "CLASCD")


@dataclass(frozen=True)
class Dictionary:
    """A dictionary: ``terms`` and ``codes`` of each level (LLT, PT ...), code to term, and its paths as tuples."""

    version: str = ""
    terms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pairs: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    code_paths: frozenset[tuple[str, ...]] = frozenset()
    term_paths: frozenset[tuple[str, ...]] = frozenset()


def _find(task: Task, name: str = "") -> Dictionary:
    wanted = (name or task.text("external_dictionary_type")).casefold()
    found = task.study.dictionaries.get(wanted)
    if not isinstance(found, Dictionary):
        raise NotAnswerableError(f"no dictionary {wanted} is at hand")
    return found


def _column(task: Task, name: str = "") -> Vector:
    found = task.view.find(name or task.target)
    if found is None:
        raise MissingVariableError(name or task.target)
    return found


@operation("valid_external_dictionary_value", reach=Reach.RECORD)
def valid_external_dictionary_value(task: Task) -> Vector:
    """Whether the value is a term of the dictionary at that level."""
    terms = _find(task).terms.get(task.text("dictionary_term_type"), frozenset())
    if task.option("case_sensitive", True):
        return _column(task).map(lambda value: to_text(value) in terms)
    folded = {term.casefold() for term in terms}
    return _column(task).map(lambda value: to_text(value).casefold() in folded)


@operation("valid_external_dictionary_code", reach=Reach.RECORD)
def valid_external_dictionary_code(task: Task) -> Vector:
    """Whether the value is a code of the dictionary at that level."""
    known = _find(task).codes
    codes = known.get(task.text("dictionary_term_type")) or frozenset().union(*known.values())
    return _column(task).map(lambda value: to_text(value) in codes)


@operation("valid_external_dictionary_code_term_pair", reach=Reach.RECORD)
def valid_external_dictionary_code_term_pair(task: Task) -> Vector:
    """Whether code and term are of one entry of the dictionary."""
    pairs = frozenset().union(*_find(task).pairs.values())
    other = _column(task, task.text("external_dictionary_term_variable"))
    return _ask_rows(task, [_column(task), other], pairs)


@operation("valid_define_external_dictionary_version", reach=Reach.STUDY)
def valid_define_external_dictionary_version(task: Task) -> Value:
    """Whether define.xml names the version of the dictionary at hand."""
    if task.study.define is None:
        raise NotAnswerableError("there is no define.xml")
    return _find(task).version in task.study.define.dictionary_versions(task.text("external_dictionary_type"))


@operation("valid_meddra_code_references", reach=Reach.RECORD)
def valid_meddra_code_references(task: Task) -> Vector:
    """Whether the codes of all levels are those of one path in MedDRA."""
    known = _find(task, "meddra").code_paths
    names = [f"{task.table.prefix}{name}" for name in _MEDDRA_CODES]
    return _ask_rows(task, [_column(task, name) for name in names], known)


@operation("valid_meddra_term_references", reach=Reach.RECORD)
def valid_meddra_term_references(task: Task) -> Vector:
    """Whether the terms of all levels are those of one path in MedDRA."""
    known = _find(task, "meddra").term_paths
    names = [f"{task.table.prefix}{name}" for name in _MEDDRA_TERMS]
    return _ask_rows(task, [_column(task, name) for name in names], known)


@operation("valid_meddra_code_term_pairs", reach=Reach.RECORD)
def valid_meddra_code_term_pairs(task: Task) -> Vector:
    """Whether code and term of the level are those of one entry in MedDRA."""
    level = task.target.removeprefix(task.table.prefix).removesuffix("CD")
    pairs = _find(task, "meddra").pairs.get(level, frozenset())
    name = "DECOD" if level == "PT" else level
    return _ask_rows(task, [_column(task), _column(task, f"{task.table.prefix}{name}")], pairs)


@operation("valid_whodrug_references", reach=Reach.RECORD)
def valid_whodrug_references(task: Task) -> Vector:
    """Whether the value is a code of WHODrug."""
    codes = frozenset().union(*_find(task, "whodrug").codes.values())
    return _column(task).map(lambda value: to_text(value) in codes)


@operation("whodrug_code_hierarchy", reach=Reach.RECORD)
def whodrug_code_hierarchy(task: Task) -> Vector:
    """Whether drug, class and code of the class are those of one entry in WHODrug."""
    known = _find(task, "whodrug").code_paths
    names = [f"{task.table.prefix}{name}" for name in _WHODRUG]
    return _ask_rows(task, [_column(task, name) for name in names], known)


def _ask_rows(task: Task, columns: list[Vector], known: frozenset[tuple[str, ...]]) -> Vector:
    """Whether the values of each record, as texts, are among what is known."""
    groups = group_rows(columns, task.view.length)
    first = np.unique(groups, return_index=True)[1]
    answers = [tuple(to_text(column.at(int(row))) for column in columns) in known for row in first]
    return from_values(answers).take(groups)
