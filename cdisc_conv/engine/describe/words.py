"""How method texts and lineage name things: variables by name, raw fields by the words on the CRF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import SELF, STATEMENT, Ref
from cdisc_conv.derivations.parameters import join_words
from cdisc_conv.derivations.records.joining import OWN
from cdisc_conv.derivations.values.copying import Constant, Copy
from cdisc_conv.derivations.values.expressions import Expr
from cdisc_conv.engine.plan.graph import Part, parts_of, variable_of
from cdisc_conv.engine.plan.narrow import list_differing, name_entry, narrow_study
from cdisc_conv.expr import Expression
from cdisc_conv.expr.words import is_date_name, is_date_node
from cdisc_conv.spec.model import Block, Study, Variable
from cdisc_conv.spec.references import TargetKind, resolve
from cdisc_conv.tables import TableId

MOST_CONSTANTS = 12
"""So many constants of the entries of ``for_each`` are listed in a text."""

_ANALYSIS_VALUES = ("AVAL", "AVALC")
_SET = "Set to "


class PartWords:
    """The `Words` protocol for one part of a study's plan.

    `working` collects the working variables that were named: they are not in any dataset, so whoever reads the text
    has to be told what they are (`method_of` does).
    """

    def __init__(self, study: Study, part: Part) -> None:
        self._study = study
        self._part = part
        self.dataset = part.dataset
        self.variable = part.name
        self.working: dict[tuple[str, str], None] = {}

    def __call__(self, ref: str) -> str:
        columns = [column for number in self._part.blocks for column in self._columns(number, ref)]
        return describe_columns(self._study, list(dict.fromkeys(columns))) or ref

    def condition(self, expression: Expression, table: str = "") -> str:
        if table:
            return expression.describe(
                lambda name: self(name.removeprefix(OWN)) if name.startswith(OWN) else self.column(table, name)
            )
        return expression.describe(self)

    def column(self, table: str, name: str) -> str:
        """A column of another table in words."""
        own = self._name_of(table)
        self.note(own, name)
        return describe_columns(self._study, [(own, name)])

    def is_date(self, ref: str) -> bool:
        """Whether a reference is a date as a number: by its name, or by what a working value is made of."""
        columns = [column for number in self._part.blocks for column in self._columns(number, ref)]
        return bool(columns) and all(_is_date(self._study, table, name) for table, name in columns)

    def table(self, source: str) -> str:
        return describe_table(self._study, self._name_of(source))

    def _name_of(self, table: str) -> str:
        """Records of earlier blocks are records of this dataset."""
        return self.dataset if table == SELF else table

    def setting(self, name: str) -> Any:
        return self._study.settings.get(name)

    def _columns(self, number: int, ref: str) -> list[tuple[str, str]]:
        """(table, column) pairs that a reference stands for in a block."""
        dataset = self._study.datasets[self.dataset]
        block = dataset.blocks[number]
        target = resolve(self._study, dataset, block, self.variable, ref)
        if target is None:
            return []
        if target.kind is TargetKind.GIVEN:
            return self._given(block, target.name)
        table = target.table
        self.note(table, target.name)
        return [(table, target.name)]

    def note(self, table: str, name: str) -> None:
        """Keep a name that no dataset of the package holds, so that it is explained."""
        study = self._study
        mine = is_left_out(study, table, name) and study.family_of(table) == study.family_of(self.dataset)
        if is_working(study, table, name) or mine or (table, name) in study.dropped:
            self.working[table, name] = None

    def _given(self, block: Block, name: str) -> list[tuple[str, str]]:
        """A name that ``for_each`` defines: the variable it fills, else the fields or the one value it stands for."""
        if name in self._study.datasets[self.dataset].names() and name != self.variable:
            return [(self.dataset, name)]
        if block.table:
            return [("", STATEMENT)]
        values = [entry.get(name) for entry in block.for_each]
        table = block.source.table
        filled = [value for value in values if value is not None and value != ""]
        named = [(table, value[4:]) if isinstance(value, Ref) else ("", str(value)) for value in filled]
        return list(dict.fromkeys(named)) or [("", "a blank")]


def method_of(study: Study, part: Part) -> str:
    """The method text of a part: the mapping's own, else what its derivation says; with its condition.

    Working variables that the text names are explained at its end, because no dataset holds them.
    """
    variable = variable_of(study, part)
    if variable.method:
        return variable.method
    if any(_differs(study, part, number) for number in part.blocks):
        return _combine_entries(_list_entries(study, part))
    words = PartWords(study, part)
    text = variable.derivation.method(words)
    if not text and takes_working(study, part):  # there is no predecessor to name
        text = variable.derivation.sentence(words)
    text = " ".join(filter(None, (text, *_explain_columns(study, part, variable))))
    if part.name in _ANALYSIS_VALUES:
        carried = (describe_carry(study.datasets[part.dataset].blocks[number]) for number in part.blocks)
        text = " ".join(filter(None, (text, *dict.fromkeys(carried))))
    if variable.when is not None:
        text = f"Only where {words.condition(variable.when)}; blank otherwise. {text}".strip()
    return " ".join([text, *explain_working(study, words.working)]) if text else ""


_CARRIED = {
    "last": "the last record before it",
    "first": "the first record",
    "min": "the earlier record with the least {value}",
    "max": "the earlier record with the greatest {value}",
}


def describe_carry(block: Block) -> str:
    """Which records are carried to which visits, in words; "" where none are."""
    if block.carry is None:
        return ""
    carry = block.carry
    visits = join_words(str(entry[carry.visit]) for entry in block.for_each if carry.visit in entry)
    which = _CARRIED[carry.take].format(value=carry.value)
    group = join_words(carry.by)
    return f"Where records of one {group} have none with {carry.visit} {visits}, {which} is carried to it."


def _differs(study: Study, part: Part, number: int) -> bool:
    """Whether the entries of a block make a variable in different ways."""
    block = study.datasets[part.dataset].blocks[number]
    return len(block.for_each) > 1 and part.name in list_differing(study, part.dataset, block)


def _list_entries(study: Study, part: Part) -> list[tuple[str, str]]:
    """What tells an entry of ``for_each`` from others, and the method text of its records; a block without any too."""
    found = []
    for number in part.blocks:
        block = study.datasets[part.dataset].blocks[number]
        for entry in block.for_each or ({},):
            narrowed = narrow_study(study, part.dataset, {number: (entry,)}) if entry else study
            one = Part(part.dataset, part.name, (number,))
            variable = variable_of(narrowed, one)
            blank = isinstance(variable.derivation, Constant) and variable.derivation.value == ""
            text = method_of(narrowed, one) or variable.derivation.sentence(PartWords(narrowed, one))
            where = name_entry(part.dataset, block, entry) or _name_by_field(study, block, entry)
            found.append((where, "" if blank else text))
    return found


def _name_by_field(study: Study, block: Block, entry: Mapping[str, Any]) -> str:
    """What tells an entry from others by the first field that no other entry has; the source where there is none."""
    table = block.source.table
    for name, value in entry.items():
        if isinstance(value, Ref) and sum(other.get(name) == value for other in block.for_each) == 1:
            return f"records with {describe_columns(study, [(table, value[4:])])}"
    return describe_table(study, str(block.source))


def _combine_entries(said: Sequence[tuple[str, str]]) -> str:
    """The texts of several entries as one: equal ones once, constants as a list; blank where none is said."""
    texts: dict[str, list[str]] = {}
    for label, text in said:
        texts.setdefault(text, []).append(label)
    blank = " Otherwise blank." if texts.pop("", None) and texts else ""
    if len(texts) <= 1 and not blank:
        return next(iter(texts), "")
    constants = [text[len(_SET) : -1] for text in texts if text.startswith(_SET)]
    if len(constants) == len(texts) and not blank:
        shown = f": {', '.join(constants[:-1])} or {constants[-1]}" if len(constants) <= MOST_CONSTANTS else ""
        return f"Set for each kind of record{shown}."
    return " ".join(f"For {', '.join(dict.fromkeys(labels))}: {text}" for text, labels in texts.items()) + blank


_WAYS = {
    "first": "the first value in their order",
    "last": "the last value in their order",
    "min": "the least value",
    "max": "the greatest value",
    "most_complete": "the most complete date",
    "list": "the different values",
}


def _explain_columns(study: Study, part: Part, variable: Variable) -> Iterator[str]:
    """How a column is taken of several rows that make one record, where the mapping says so."""
    dataset = study.datasets[part.dataset]
    said: dict[str, None] = {}
    for number in part.blocks:
        block = dataset.blocks[number]
        for ref in variable.derivation.reads():
            target = resolve(study, dataset, block, part.name, ref)
            way = block.columns.get(target.name, "") if target and target.kind in _OF_ROWS else ""
            if way in _WAYS:
                said[f"Of several rows that make one record, {_WAYS[way]} in {ref.removeprefix('raw.')}."] = None
    yield from said


_OF_ROWS = (TargetKind.SOURCE, TargetKind.GIVEN)


def explain_working(study: Study, named: dict[tuple[str, str], None]) -> list[str]:
    """One explanation for each working variable, and for those that these name in turn."""
    left, said = list(named), {}
    while left:
        dataset, name = left.pop(0)
        if (dataset, name) in said:
            continue
        if (dataset, name) in study.dropped:
            said[dataset, name] = f"[{dataset}.{name}, not in the package: no record has a value]"
            continue
        texts = []
        for part in parts_of(study.datasets[dataset], name):
            words = PartWords(study, part)
            variable = variable_of(study, part)
            texts.append(variable.method or variable.derivation.sentence(words))
            left.extend(words.working)
        shown, what = (
            (name, "a working value")
            if is_working(study, dataset, name)
            else (f"{dataset}.{name}", "of a dataset that is not in the package")
        )
        said[dataset, name] = f"[{shown}, {what}: {' '.join(dict.fromkeys(texts))}]"
    return list(said.values())


def explain_left_out(study: Study, dataset: str, names: Iterable[tuple[str, str]]) -> str:
    """What variables that others are taken over from are, where the package does not hold their dataset."""
    family = study.family_of(dataset)
    gone = {key: None for key in names if is_left_out(study, *key) and study.family_of(key[0]) == family}
    return " ".join(explain_working(study, gone))


def is_working(study: Study, table: str, name: str) -> bool:
    """Whether a column is a working variable, which no dataset holds in the end."""
    return table in study.datasets and name in study.datasets[table].working_names()


def _is_date(study: Study, table: str, name: str) -> bool:
    if not is_working(study, table, name):
        return is_date_name(name)
    return is_date_name(name) or all(_makes_date(study, part) for part in parts_of(study.datasets[table], name))


def _makes_date(study: Study, part: Part) -> bool:
    """Whether a working value is a date as a number, by what makes it."""
    derivation = variable_of(study, part).derivation
    is_date = PartWords(study, part).is_date
    if isinstance(derivation, Expr):
        return is_date_node(derivation.expression.tree, is_date)
    if isinstance(derivation, Copy):
        return is_date(derivation.source)
    taken = [columns[-1] for columns in derivation.picks().values() if columns]
    return all(is_date_name(column) for column in taken) if taken else derivation.name == "numeric_date"


def takes_working(study: Study, part: Part) -> bool:
    """Whether a part takes over, as if from a predecessor, what is only a working value of another dataset."""
    dataset, variable = study.datasets[part.dataset], variable_of(study, part)
    if variable.derivation.actual_origin() is not OriginType.PREDECESSOR:
        return False
    refs = variable.derivation.reads()
    targets = [resolve(study, dataset, dataset.blocks[n], part.name, ref) for n in part.blocks for ref in refs]
    return any(one is not None and is_working(study, one.table, one.name) for one in targets)


def is_left_out(study: Study, table: str, name: str) -> bool:
    """Whether a variable is one of a dataset that the study maps and this package does not hold."""
    return table in study.left_out and name in study.datasets[table].names()


def describe_columns(study: Study, columns: list[tuple[str, str]]) -> str:
    """(table, column) pairs in words; the same field on several forms is named once, with all its forms."""
    forms_of: dict[str, list[str]] = {}
    for table, name in columns:
        known = TableId(table)
        form = study.forms.get(known.name) if known.is_form else None
        field = form.fields.get(name) if form else None
        if form is None or field is None:
            bare = is_working(study, table, name) or not table or known.is_form
            forms_of.setdefault(name if bare else name_variable(study, table, name), [])
        else:
            said = f'the field "{field.label}" ({name})' if field.label else name
            forms_of.setdefault(said, []).append(form.label + _describe_subject_key(study, form.name, name))
    return " or ".join(f"{said} of {_form_words(labels)}" if labels else said for said, labels in forms_of.items())


def _describe_subject_key(study: Study, form: str, column: str) -> str:
    """How a form finds its subject, where another form knows it."""
    key = study.subject_key_of(form) if column == study.raw.subject else None
    if key is None or key.form not in study.forms:
        return ""
    same = join_words(name if name == other else f"{name} as {other}" for name, other in key.by.items())
    return f" (found by {same} in form {study.forms[key.form].label})"


def name_variable(study: Study, table: str, name: str) -> str:
    """``AE.AETERM``; a supplemental qualifier by the dataset that holds it: ``AETRTEM in SUPPAE``."""
    given = study.given[table].supplemental if table in study.given else frozenset()
    made = study.datasets[table].supplemental_names() if table in study.datasets else ()
    return f"{name} in SUPP{table}" if name in given or name in made else f"{table}.{name}"


def _form_words(labels: list[str]) -> str:
    if len(labels) == 1:
        return f"form {labels[0]}"
    return f"forms {', '.join(labels[:-1])} and {labels[-1]}"


def describe_table(study: Study, table: str) -> str:
    """A dataset or form in words.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> describe_table(study, "dataset DM"), describe_table(study, "form ae") == f"form {study.forms['ae'].label}"
    ('DM', True)
    """
    known = TableId.of_source(table)
    form = study.forms.get(known.name) if known.is_form else None
    return f"form {form.label}" if form else str(known)
