"""A dataset as its file has it, made into the one that the rules ask: types and class decided.

What the file does not say is taken from define.xml and then from the standard, and reported: CHK013 a dataset of no
known class, CHK006 no types, labels, lengths or formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from cdisc_conv.checks.analysis import STRUCTURES, find_topic_prefix, name_date_kind
from cdisc_conv.checks.define.statements import DatasetStatement, ItemStatement
from cdisc_conv.checks.package.sources import Source, convert_text
from cdisc_conv.columns.stored import Shelf, is_numeric
from cdisc_conv.datafiles.formats import Unit
from cdisc_conv.datafiles.table import Kind, Variable
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.standards import DatasetStandard, Standard, VariableStandard, load_standard
from cdisc_conv.standards.files import list_versions
from cdisc_conv.standards.model import GENERAL_CLASSES

_COUNTS = {"date": Unit.DAY, "datetime": Unit.SECOND, "time": Unit.TIME, "": Unit.NONE}
_NUMERIC_TYPES = ("integer", "float")
_ANALYSIS_NAME = re.compile(r"AD[A-Z0-9_]+")
_PREFIX = 2
_ANALYSIS_MARKS = ("PARAMCD", "TRT01P", "TRTP", "AVAL", "SAFFL")
_CLASS_OF = {value: key for key, value in STRUCTURES.items()}
_BY_ENDING = (("TRT", "INTERVENTIONS"), ("TERM", "EVENTS"), ("TESTCD", "FINDINGS"))


@dataclass(frozen=True)
class Adopted:
    """A dataset and what had to be decided for it."""

    dataset: Dataset
    problems: tuple[Problem, ...] = ()


def is_analysis(source: Source, statement: DatasetStatement | None) -> bool:
    """Whether a dataset is ADaM: by define.xml, else by its name or the variables that only ADaM has."""
    if statement is not None and statement.purpose:
        return statement.purpose == "Analysis"
    if _ANALYSIS_NAME.fullmatch(source.name):
        return source.first("DOMAIN") != "AD"
    return "DOMAIN" not in source.names and any(mark in source.names for mark in _ANALYSIS_MARKS)


def adopt_source(source: Source, standard: Standard, statement: DatasetStatement | None, shelf: Shelf) -> Adopted:
    """The dataset of a file, held against one standard; what changes in a dataset on disk goes to the shelf."""
    name = source.name
    domain = _find_domain(source, standard, statement)
    parent = name.removeprefix("SUPP") if name.startswith("SUPP") and "QNAM" in source.names else ""
    class_name = _find_class(name, domain, source.names, standard, statement)
    known = _find_standard(domain or name, class_name, parent, standard)
    problems = [_report_unknown(name, standard)] if known is None and standard.model is not None else []
    keys = _number_keys(source.names, statement, known)
    facts = {one.name: _Facts(one, *_find_said(one.name, statement, known, standard)) for one in source.variables}
    wanted = [fact.as_numbers(standard) for fact in facts.values() if fact.wants_numbers(standard)]
    frame = convert_text(source.frame, wanted, shelf)
    columns = tuple(
        replace(
            fact.describe(is_numeric(frame, one), source.longest.get(one, 0)),
            key=keys.get(one, 0),
            core=fact.expected.core if fact.expected else "",
        )
        for one, fact in facts.items()
    )
    dataset = Dataset(
        name=name,
        label=_read_label(source.label, statement) if source.label is not None else known.label if known else "",
        codec=source.codec,
        frame=frame,
        columns=columns,
        class_name=class_name,
        standard=standard.label,
        repeating=known.repeating if known else True,
        reference_data=known.reference_data if known else False,
        purpose="Analysis" if standard.model is None else "Tabulation",
        supplemental_to=parent,
        domain=domain,
        domain_label=standard.dataset(domain).label if domain in standard.datasets else "",
        sub_class=statement.sub_class if statement else "",
        unsaid=_list_unsaid(source),
    )
    return Adopted(dataset, tuple(problems))


def _find_said(
    name: str, statement: DatasetStatement | None, known: DatasetStandard | None, standard: Standard
) -> tuple[ItemStatement | None, VariableStandard | None]:
    """What define.xml and the standard say of a variable."""
    return statement.variables.get(name) if statement else None, standard.variable(known, name) if known else None


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


def _list_unsaid(source: Source) -> tuple[str, ...]:
    """What the file does not say of its variables."""
    if not source.variables:
        return ()
    untyped = all(one.kind is Kind.UNTYPED for one in source.variables)
    unlabelled = all(one.label is None for one in source.variables)
    unsized = all(one.length is None for one in source.variables)
    unformatted = unlabelled and all(one.format is None for one in source.variables)
    words = (("types", untyped), ("labels", unlabelled), ("lengths", unsized), ("formats", unformatted))
    return tuple(word for word, missing in words if missing)


def _find_domain(source: Source, standard: Standard, statement: DatasetStatement | None) -> str:
    """The domain of a split dataset (``LB`` of LBCH): that of all its records, or of define.xml; "" for others."""
    name = source.name
    if standard.model is None or name in standard.datasets:
        return ""
    found = [one for one in source.distinct("DOMAIN") if one]
    domain = found[0] if len(found) == 1 else statement.domain if statement else ""
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


@dataclass(frozen=True)
class _Facts:
    """A variable of a file, and what define.xml and the standard say of it."""

    variable: Variable
    stated: ItemStatement | None
    expected: VariableStandard | None

    def describe(self, numeric: bool, longest: int) -> Column:
        """What is known of it as a column."""
        label = self.expected.label if self.expected else ""
        if self.variable.label is not None:
            label = _read_label(self.variable.label, self.stated)
        kind = (self.stated.type if self.stated else "") or ("float" if numeric else "text")
        item = Item(kind, self.variable.length or (8 if numeric else longest or 1))
        return Column(self.variable.name, label, numeric, item, self.variable.format or "")

    def as_numbers(self, standard: Standard) -> Variable:
        """The variable of numbers that the cells of a file without types may be."""
        return Variable(self.variable.name, Kind.NUMBER, counts=self._find_counts(standard))

    def wants_numbers(self, standard: Standard) -> bool:
        """Whether define.xml or the standard say that the cells of a file without types are numbers."""
        if self.variable.kind is not Kind.UNTYPED:
            return False
        if self.stated is not None:
            return self.stated.type in _NUMERIC_TYPES
        if self.expected is not None:
            return self.expected.numeric
        # what nothing says of this dataset: in ADaM, what is copied from others, and names that tell numbers
        copied = self.variable.name in _list_numbers(standard.version, standard.name)
        named = self.variable.name.endswith(("N", "SEQ", "DY")) or self._find_counts(standard) is not Unit.NONE
        return standard.model is None and (copied or named)

    def _find_counts(self, standard: Standard) -> Unit:
        return _COUNTS[name_date_kind(self.variable.name)] if standard.model is None else Unit.NONE
