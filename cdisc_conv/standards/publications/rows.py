"""The variables of a published guide or model: how their words become ours, what they lack, how they are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.standards.blocks import format_blocks
from cdisc_conv.standards.files import find_source, list_sources
from cdisc_conv.standards.guides import Standard, load_standard

CLASS_ORDER = (
    "TRIAL DESIGN",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "RELATIONSHIP",
    "STUDY REFERENCE",
)
"""The order of datasets in define.xml; classes of ADaM keep the order of the publication."""
CLASS_NAMES = {
    "special-purpose": "SPECIAL PURPOSE",
    "special purpose": "SPECIAL PURPOSE",
    "trial design": "TRIAL DESIGN",
    "study reference": "STUDY REFERENCE",
    "findings about": "FINDINGS ABOUT",
    "relationship": "RELATIONSHIP",
    "general observations": "GENERAL OBSERVATIONS",
    "adsl": "SUBJECT LEVEL ANALYSIS DATASET",
    "bds": "BASIC DATA STRUCTURE",
    "occds": "OCCURRENCE DATA STRUCTURE",
    "adae": "OCCURRENCE DATA STRUCTURE",
}
STRUCTURES = {
    "Subject-Level Analysis Dataset": "ADSL",
    "Subject-Level Analysis Dataset Structure": "ADSL",
    "Basic Data Structure": "BDS",
    "Occurrence Data Structure": "OCCDS",
}
"""The data structures of ADaM by the names that tables have for them."""

_ROLES = {"Identifier": "IDENTIFIERS", "Timing": "TIMING"}
_CLASSES = ("INTERVENTIONS", "EVENTS", "FINDINGS", "FINDINGS ABOUT")
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Loss:
    """What a publication lacks, or has twice."""

    text: str
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class GuideRow:
    """A variable of a dataset of a guide, or of a class of the model (no `dataset`).

    `only` and `never` are the datasets and classes that a variable of the model is restricted to, or kept from.
    """

    dataset: str
    class_name: str
    variable: str
    label: str
    type: str
    role: str
    core: str = ""
    codelists: tuple[str, ...] = ()
    described: str = ""
    values: tuple[str, ...] = ()
    only: str = ""
    never: str = ""
    dataset_label: str = ""
    structure: str = ""
    line: int = 0


def clean_set(name: str, label: str = "") -> str:
    """The name of a set of ADaM variables, as the role of its variables.

    >>> clean_set("TreatmentTiming", "ADSL Treatment Timing Variables"), clean_set("Flag Variables for BDS Datasets ")
    ('Treatment Timing', 'Flag')
    """
    text = label if label and re.search(r"[a-z][A-Z]", name) else name
    text = re.sub(r"^(?:ADSL|BDS|OCCDS|AE) ", "", text.strip())
    return re.sub(r" Variables?(?: for BDS Datasets)?$", "", re.sub(r" for BDS Datasets$", "", text)).strip()


def check_rows(rows: Sequence[GuideRow], file: str) -> list[Problem]:
    """STD002: rows without a name or label, of a type that is none, and variables that a dataset has twice."""
    problems = [Problem("STD002", text, place=Place(file=file, line=line)) for line, text in _list_faults(rows)]
    if not rows:
        problems.append(Problem("STD002", "there are no variables", place=Place(file=file)))
    return problems[:_MOST_SHOWN]


def _list_faults(rows: Iterable[GuideRow]) -> Iterator[tuple[int, str]]:
    seen: dict[tuple[str, ...], GuideRow] = {}
    for row in rows:
        where = row.dataset or row.class_name
        if not row.variable or not row.label or not where:
            yield row.line, f"a variable lacks its name, its label or its dataset: '{where}', '{row.variable}'"
        if row.type not in ("Char", "Num", ""):
            yield row.line, f"{where}.{row.variable} is of type '{row.type}', not Char or Num"
        key = (row.dataset, row.class_name, row.variable, row.role)
        before = seen.setdefault(key, row)
        if row.variable and (before.label, before.type, before.core) != (row.label, row.type, row.core):
            yield row.line, f"{where} has {row.variable} twice, and they differ"


def complete_rows(rows: Iterable[GuideRow], label: str, version: str) -> tuple[list[GuideRow], list[Loss]]:
    """The rows of a guide with what older and smaller publications leave out, and what is to be said about it.

    The nearest version of the guide that comes with the package knows the labels and structures of datasets, and the
    roles and types of variables, that a table does not state.
    """
    rows = list(rows)
    known = _find_nearest(label, version, rows)
    done, repeated = _drop_repeated(_complete(row, known) for row in rows)
    losses = [Loss(text) for text in repeated]
    lacking = dict.fromkeys(row.dataset for row in rows if not row.dataset_label and row.dataset in known.datasets)
    if lacking:
        which = f"{len(lacking)} dataset{'' if len(lacking) == 1 else 's'}"
        text = f"the file has no table of datasets; labels and structures of {which} are those of {known.label}"
        losses.append(Loss(text, Severity.NOTE))
    if unknown := dict.fromkeys(row.dataset for row in done if not row.structure):
        text = f"the file has no table of datasets, and nothing is known of the structure of {', '.join(unknown)}"
        losses.append(Loss(text))
    return [replace(row, structure=row.structure or "One record per subject per observation") for row in done], losses


def complete_model(rows: Iterable[GuideRow]) -> list[GuideRow]:
    """The rows of a model with the restrictions that models before 2.0 have in notes, as 2.0 states them."""
    return [_restrict(row) for row in rows]


def _find_nearest(label: str, version: str, rows: Iterable[GuideRow]) -> Standard:
    """Of the guides that come with the package, the version asked for, else the next one, else the last."""
    is_analysis = label == "ADaMIG" or any(row.dataset in STRUCTURES.values() for row in rows)
    name = "adamig" if is_analysis else "sdtmig"
    there = sorted(
        source.key.version for source in list_sources("ig") if source.item is None and source.key.name == name
    )
    wanted = version if label.casefold() == name else there[-1]
    return load_standard(name, next((one for one in there if one >= wanted), there[-1]))


def _drop_repeated(rows: Iterable[GuideRow]) -> tuple[list[GuideRow], list[str]]:
    """Of variables that a data structure of ADaM has in two sets, the first."""
    first: dict[tuple[str, str], GuideRow] = {}
    repeated: list[str] = []
    for row in rows:
        if first.setdefault((row.dataset, row.variable), row) is not row:
            name = f"{row.dataset}.{row.variable}"
            repeated.append(f"{name} is there twice; that of '{first[row.dataset, row.variable].role}' is kept")
    return list(first.values()), repeated


def _complete(row: GuideRow, known: Standard) -> GuideRow:
    dataset = known.datasets.get(row.dataset)
    variable = dataset.variable(row.variable) if dataset is not None else None
    kind = ("Num" if variable.numeric else "Char") if variable is not None else "Char"
    return replace(
        row,
        dataset_label=row.dataset_label or (dataset.label if dataset else row.dataset),
        structure=row.structure.rstrip(".") or (dataset.structure if dataset else ""),
        class_name=row.class_name or (dataset.class_name if dataset else ""),
        type=row.type or kind,
        role=row.role or (variable.role if variable else ""),
        core=row.core or "Perm",
        described=_describe(row),
        values=() if row.variable in ("DOMAIN", "RDOMAIN") else row.values,
    )


def _describe(row: GuideRow) -> str:
    """Older guides of the SDTM say ISO 8601 of dates and of durations alike."""
    if row.described != "ISO 8601" or row.class_name not in CLASS_ORDER:
        return row.described
    return "ISO 8601 datetime or interval" if row.variable.endswith("DTC") else "ISO 8601 duration"


def _restrict(row: GuideRow) -> GuideRow:
    """Models before 2.0 say in notes, which tables do not have, what a variable is not for: 2.0 says it."""
    if row.only or row.never:
        return row
    only, never = _newest_restrictions().get((_part(row), row.variable), ("", ""))
    return replace(row, only=only, never=never)


def read_restrictions(text: str) -> tuple[str, str]:
    """The datasets and classes that a variable of the model is only for, and those it is never for.

    >>> read_restrictions("CP, IS, and LB domains only"), read_restrictions("Not in Findings class domains")
    (('CP,IS,LB', ''), ('', 'FINDINGS,FINDINGS ABOUT'))
    >>> read_restrictions("Not in human clinical trials; EX domain only")
    ('', '*')
    """
    if "Not in human clinical trials" in text:
        return "", "*"
    if "Not in Findings class" in text:
        return "", "FINDINGS,FINDINGS ABOUT"
    # evaluators are not for clinical classifications, which are only a part of RS
    named = ",".join(re.findall(r"\b[A-Z]{2}\b", text.partition(", and clinical")[0]))
    return ("", named) if text.startswith("Not in") else (named, "")


def format_guide(name: str, version: str, rows: Sequence[GuideRow], *behind: str) -> bytes:
    """The guide as a file of blocks (`blocks`): a dataset with its label, class and structure, and its variables."""
    by_dataset = [list(group) for _, group in groupby(rows, lambda row: row.dataset)]
    by_dataset.sort(key=lambda group: _place(group[0]))
    blocks = [
        (
            (group[0].dataset, group[0].dataset_label, group[0].class_name, group[0].structure),
            [_format_row(row) for row in group],
        )
        for group in by_dataset
    ]
    return format_blocks(name, version, blocks, *behind)


def format_model(name: str, version: str, rows: Sequence[GuideRow], *behind: str) -> bytes:
    """The model as a file of blocks: its identifiers, its timing variables, and what each class adds."""
    parts: dict[str, list[tuple[str, ...]]] = {part: [] for part in (*_ROLES.values(), *_CLASSES)}
    for row in rows:
        if (part := _part(row)) in parts:
            parts[part].append((*_format_row(replace(row, core="Perm")), row.only, row.never))
    return format_blocks(name, version, [((part,), lines) for part, lines in parts.items()], *behind)


def _part(row: GuideRow) -> str:
    return _ROLES.get(row.role, "") if row.class_name == "GENERAL OBSERVATIONS" else row.class_name


def _format_row(row: GuideRow) -> tuple[str, ...]:
    return (
        row.variable,
        row.label,
        row.type or "Char",
        row.role,
        row.core,
        " ".join(row.codelists),
        row.described,
        " ".join(row.values),
    )


def _place(row: GuideRow) -> tuple[int, str]:
    return (CLASS_ORDER.index(row.class_name), row.dataset) if row.class_name in CLASS_ORDER else (0, "")


@lru_cache(maxsize=1)
def _newest_restrictions() -> dict[tuple[str, str], tuple[str, str]]:
    blocks = find_source("model", "SDTM", "2.0").read().blocks
    return {(block.head[0], fields[0]): (fields[-2], fields[-1]) for block in blocks for fields in block.lines()}
