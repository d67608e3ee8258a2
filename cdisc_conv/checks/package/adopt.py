"""A dataset as its file has it, made into the one that the rules ask: names in capitals, types and class decided.

What the file does not say is taken from define.xml and then from the standard, and reported:
CHK004 names in small letters, CHK005 two variables that differ only in letter case, CHK013 a dataset of no known
class, CHK006 no types, labels, lengths or formats.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.checks.analysis import STRUCTURES, find_topic_prefix, name_date_kind
from cdisc_conv.checks.define.statements import DatasetStatement, ItemStatement
from cdisc_conv.columns.distinct import from_arrow
from cdisc_conv.datafiles.formats import Unit
from cdisc_conv.datafiles.numerals import parse_numbers
from cdisc_conv.datafiles.table import TEXT, ColumnValues, Kind, Table, Variable
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.standards import DatasetStandard, Standard, VariableStandard, load_standard
from cdisc_conv.standards.files import list_versions
from cdisc_conv.standards.model import GENERAL_CLASSES

_COUNTS = {"date": Unit.DAY, "datetime": Unit.SECOND, "time": Unit.TIME, "": Unit.NONE}
_NUMERIC_TYPES = ("integer", "float")
_ANALYSIS_NAME = re.compile(r"AD[A-Z0-9_]+")
_PREFIX = 2
_IDENTIFIERS = ("STUDYID", "USUBJID", "DOMAIN", "RDOMAIN")
_ANALYSIS_MARKS = ("PARAMCD", "TRT01P", "TRTP", "AVAL", "SAFFL")
_CLASS_OF = {value: key for key, value in STRUCTURES.items()}
_BY_ENDING = (("TRT", "INTERVENTIONS"), ("TERM", "EVENTS"), ("TESTCD", "FINDINGS"))


@dataclass(frozen=True)
class Adopted:
    """A dataset and what had to be decided for it."""

    dataset: Dataset
    problems: tuple[Problem, ...] = ()


def is_analysis(table: Table, statement: DatasetStatement | None) -> bool:
    """Whether a dataset is ADaM: by define.xml, else by its name or the variables that only ADaM has."""
    if statement is not None and statement.purpose:
        return statement.purpose == "Analysis"
    by_name = {name.upper(): name for name in table.names}
    if _ANALYSIS_NAME.fullmatch(table.name.upper()):
        return not (domain := by_name.get("DOMAIN")) or "AD" not in table.columns[domain][:1].tolist()
    return "DOMAIN" not in by_name and any(mark in by_name for mark in _ANALYSIS_MARKS)


def is_study_data(table: Table) -> bool:
    """Whether a file holds records of a study: a CSV file may be anything."""
    names = {name.upper() for name in table.names}
    return not all(one.label is None for one in table.variables) or not names.isdisjoint(_IDENTIFIERS)


def adopt_table(table: Table, standard: Standard, statement: DatasetStatement | None) -> Adopted:
    """The dataset of a file, held against one standard."""
    name = table.name.upper()
    table, problems = _rename(table, name)
    domain = _find_domain(name, table, standard, statement)
    parent = name.removeprefix("SUPP") if name.startswith("SUPP") and "QNAM" in table.names else ""
    class_name = _find_class(name, domain, table.names, standard, statement)
    known = _find_standard(domain or name, class_name, parent, standard)
    if known is None and standard.model is not None:
        problems.append(_report_unknown(name, standard))
    keys = _number_keys(table.names, statement, known)
    columns, frame = [], {}
    for variable in table.variables:
        stated = statement.variables.get(variable.name) if statement else None
        expected = standard.variable(known, variable.name) if known else None
        column, values = _adopt_column(variable, table.columns[variable.name], stated, expected, standard)
        columns.append(replace(column, key=keys.get(column.name, 0), core=expected.core if expected else ""))
        frame[variable.name] = values
    silent = _list_unsaid(table)
    dataset = Dataset(
        name=name,
        label=_read_label(table.label, statement) if table.label is not None else known.label if known else "",
        codec=table.codec,
        frame=pd.DataFrame(frame, columns=list(table.names), index=range(table.rows)),
        columns=tuple(columns),
        class_name=class_name,
        standard=standard.label,
        repeating=known.repeating if known else True,
        reference_data=known.reference_data if known else False,
        purpose="Analysis" if standard.model is None else "Tabulation",
        supplemental_to=parent,
        domain=domain,
        domain_label=standard.dataset(domain).label if domain in standard.datasets else "",
        sub_class=statement.sub_class if statement else "",
        unsaid=silent,
    )
    return Adopted(dataset, tuple(problems))


def _report_unknown(name: str, standard: Standard) -> Problem:
    message = f"{standard.label} has no {name}, and neither define.xml nor a topic variable says its class"
    hint = "rules about its variables are not asked; a custom domain has --TRT, --TERM or --TESTCD, as its class wants"
    return Problem("CHK013", message, Severity.WARNING, Place(dataset=name), hint)


def report_unsaid(datasets: Iterable[Dataset]) -> list[Problem]:
    """One note for all datasets whose files do not say the same things (CHK006)."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for dataset in datasets:
        if dataset.unsaid:
            groups.setdefault(dataset.unsaid, []).append(dataset.name)
    return [
        Problem(
            "CHK006",
            f"the files of {_join(names)} do not say {_join(unsaid)}; rules about them are not asked",
            Severity.NOTE,
            Place(dataset=names[0] if len(names) == 1 else ""),
            count=len(names),
        )
        for unsaid, names in groups.items()
    ]


def _read_label(label: str, stated: DatasetStatement | ItemStatement | None) -> str:
    """The label of a file; where define.xml has it as a translation, what it is a translation of."""
    return stated.label if stated is not None and label in stated.translated else label


def _number_keys(
    names: Sequence[str], statement: DatasetStatement | None, known: DatasetStandard | None
) -> dict[str, int]:
    """The place of each variable in the key of define.xml, or else in the standard's."""
    keys = (statement.keys if statement else ()) or (known.keys if known else ())
    return {name: number for number, name in enumerate((key for key in keys if key in names), 1)}


def _join(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _rename(table: Table, name: str) -> tuple[Table, list[Problem]]:
    """The variables in capitals; of two that differ only in letter case, the first is kept."""
    capitals = Counter(one.upper() for one in table.names)
    problems: list[Problem] = []
    doubled = [one for one, count in capitals.items() if count > 1]
    if doubled:
        message = f"variables differ only in letter case: {', '.join(doubled)}; the first of each is checked"
        problems.append(Problem("CHK005", message, Severity.ERROR, Place(dataset=name), "rename or drop one"))
        first: dict[str, str] = {}
        for one in table.names:
            first.setdefault(one.upper(), one)
        table = table.keep(first.values())
    small = [one for one in table.names if one != one.upper()]
    if small:
        shown = ", ".join(small[:5]) + (f" and {len(small) - 5} more" if len(small) > 5 else "")
        message = f"{len(small)} names of variables have small letters: {shown}; they are checked as if in capitals"
        problems.append(
            Problem(
                "CHK004", message, Severity.WARNING, Place(dataset=name), "write them in capitals", count=len(small)
            )
        )
    return table.rename({one: one.upper() for one in table.names}), problems


def _list_unsaid(table: Table) -> tuple[str, ...]:
    """What the file does not say of its variables."""
    if not table.variables:
        return ()
    untyped = all(one.kind is Kind.UNTYPED for one in table.variables)
    unlabelled = all(one.label is None for one in table.variables)
    unsized = all(one.length is None for one in table.variables)
    unformatted = unlabelled and all(one.format is None for one in table.variables)
    words = (("types", untyped), ("labels", unlabelled), ("lengths", unsized), ("formats", unformatted))
    return tuple(word for word, missing in words if missing)


def _find_domain(name: str, table: Table, standard: Standard, statement: DatasetStatement | None) -> str:
    """The domain of a split dataset (``LB`` of LBCH): that of all its records, or of define.xml; "" for others."""
    if standard.model is None or name in standard.datasets:
        return ""
    stated = statement.domain if statement else ""
    values = table.columns.get("DOMAIN")
    found = [one for one in pc.unique(values).to_pylist() if one] if isinstance(values, pa.Array) else []
    domain = str(found[0]) if len(found) == 1 else stated
    return domain if len(domain) == _PREFIX and name.startswith(domain) and name != domain else ""


def _find_class(
    name: str, domain: str, names: Sequence[str], standard: Standard, statement: DatasetStatement | None
) -> str:
    """The class: that of the standard, of define.xml, or the one whose topic variable is there."""
    if standard.model is None:
        stated = statement.class_name if statement else ""
        if stated in STRUCTURES or name == "ADSL":
            return stated if stated in STRUCTURES else _CLASS_OF["ADSL"]
        topic = find_topic_prefix(tuple(names))
        guessed = "BDS" if "PARAMCD" in names else "OCCDS" if topic else ""
        return stated or _CLASS_OF.get(guessed, "ADAM OTHER")
    if (domain or name) in standard.datasets:
        return standard.dataset(domain or name).class_name
    if statement and statement.class_name in GENERAL_CLASSES:
        return statement.class_name
    prefix = (domain or name)[:2]
    if f"{prefix}OBJ" in names:
        return "FINDINGS ABOUT"
    return next((general for ending, general in _BY_ENDING if f"{prefix}{ending}" in names), "")


def _find_standard(name: str, class_name: str, parent: str, standard: Standard) -> DatasetStandard | None:
    if name in standard.datasets:
        return standard.dataset(name)
    if standard.model is None and class_name:
        structures = (one for one in standard.datasets.values() if one.class_name == class_name)
        return next(structures, None)
    if parent and "SUPPQUAL" in standard.datasets:
        return standard.supplemental(parent)
    try:
        return standard.custom(name, class_name, name)
    except (ValueError, LookupError):
        return None


def _adopt_column(
    variable: Variable,
    values: ColumnValues,
    stated: ItemStatement | None,
    expected: VariableStandard | None,
    standard: Standard,
) -> tuple[Column, pd.Series]:
    numeric = variable.kind is Kind.NUMBER
    if variable.kind is Kind.UNTYPED:
        values, numeric = _decide_type(variable, values, stated, expected, standard)
    elif numeric and not isinstance(values, np.ndarray):
        values = parse_numbers(values.fill_null(""), variable).values
    if numeric:
        series = pd.Series(np.asarray(values, dtype="float64"))
        longest = 8
    else:
        texts = pc.fill_null(values.cast(TEXT), "")
        series = from_arrow(texts)
        longest = pc.max(pc.binary_length(texts)).as_py() or 1
    label = expected.label if expected else ""
    if variable.label is not None:
        label = _read_label(variable.label, stated)
    kind = (stated.type if stated else "") or ("float" if numeric else "text")
    item = Item(kind, variable.length or longest)
    return Column(variable.name, label, numeric, item, variable.format or ""), series


@cache
def _list_numbers(version: str, name: str) -> frozenset[str]:
    """The variables that are numeric in some dataset of a guide for ADaM, or of those for SDTM that are here."""
    guides = [load_standard(name, version), *(load_standard(*one) for one in list_versions("ig") if one[0] == "sdtmig")]
    return frozenset(
        variable.name
        for guide in guides
        for dataset in guide.datasets.values()
        for variable in dataset.variables
        if variable.numeric
    )


def _decide_type(
    variable: Variable,
    values: ColumnValues,
    stated: ItemStatement | None,
    expected: VariableStandard | None,
    standard: Standard,
) -> tuple[ColumnValues, bool]:
    """The cells of a file without types, as numbers where define.xml or the standard says so and all of them are."""
    texts = pc.fill_null(values, "")
    analysis = standard.model is None
    counts = _COUNTS[name_date_kind(variable.name)] if analysis else Unit.NONE
    if stated is not None:
        wanted = stated.type in _NUMERIC_TYPES
    elif expected is not None:
        wanted = expected.numeric
    else:  # what nothing says of this dataset: in ADaM, what is copied from others, and names that tell numbers
        copied = variable.name in _list_numbers(standard.version, standard.name)
        named = variable.name.endswith(("N", "SEQ", "DY")) or counts is not Unit.NONE
        wanted = analysis and (copied or named)
    if not wanted:
        return texts, False
    found = parse_numbers(texts, Variable(variable.name, Kind.NUMBER, counts=counts))
    return (texts, False) if found.bad.any() else (found.values, True)
