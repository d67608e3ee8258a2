"""A study's mapping, loaded: frozen, typed, and aware of the file and line of every part."""

from __future__ import annotations

from collections.abc import KeysView, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from cdisc_conv.dataset import Origin
from cdisc_conv.derivations.base import SELF, Derivation
from cdisc_conv.expr import Expression
from cdisc_conv.problems import Place
from cdisc_conv.raw.source import OtherInformats
from cdisc_conv.raw.subjects import SubjectKey
from cdisc_conv.spec.outputs import PART, OutputPart, SplitInto
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.standards import DatasetStandard, Standard, Terminology, VariableStandard
from cdisc_conv.tables import TableId


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a raw form, as the EDC's data dictionary tells it."""

    name: str
    label: str = ""
    type: str = "text"
    pages: tuple[int, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    item: bool = True
    """Whether it was collected on the form, rather than added by the EDC (key columns)."""
    decode_of: str = ""
    """The coded column whose words this one holds: it goes wherever that one goes."""
    separator: str = ""
    """What stands between the codes of a column that may hold several at once."""
    column: str = ""
    """What the file calls it, where that is something else."""
    unit: str = ""
    informat: tuple[str, ...] = ()
    """How its values are written, where they are not as derivations read them."""
    unknown_parts: bool = False
    """Whether the day or the month of a date may be unknown."""
    role: str = "item"
    """What it is for, in the words of forms.yaml: item, subject, site, event, repeat, system, derived ..."""
    empty: str = ""
    """A value that says as little as a blank one: 0 of a checkbox that nobody ticked."""
    collected_by: str = "Investigator"
    """Who filled in its form, in the words of Define-XML's origin sources."""
    place: Place = Place()
    """Where it is described."""

    @property
    def of_dictionary(self) -> bool:
        """Whether it is the EDC's dictionary that describes it, and not forms.yaml."""
        return bool(self.place.file) and not self.place.file.endswith((".yaml", ".yml"))


@dataclass(frozen=True, slots=True)
class Form:
    """One raw form (one export file) of the study."""

    name: str
    label: str
    file: str
    fields: Mapping[str, Field]
    pages: tuple[int, ...] = ()
    key: tuple[str, ...] = ()
    source: str = ""
    """The source of ``raw:`` it comes from; "" is the export of the EDC."""
    reading: Mapping[str, Any] = field(default_factory=dict)
    """What forms.yaml says of how it is written, beyond its source: encoding, header, table, long ..."""
    place: Place = Place()
    places: Mapping[str, Place] = field(default_factory=dict)


ALL = "*"
"""Stands for all variables."""


class SourceKind(StrEnum):
    """What a block of records reads."""

    FORM = "form"
    DATASET = "dataset"
    SELF = "self"
    """The records of the earlier blocks of its own dataset."""
    NOTHING = "nothing"
    """The records are written out in the mapping (``for_each`` without a source)."""


@dataclass(frozen=True, slots=True)
class Source:
    """The form or dataset that a block reads."""

    kind: SourceKind
    name: str = ""

    def __str__(self) -> str:
        """``form ae``, ``dataset TU``; records of its own dataset count as records of that dataset."""
        kind = SourceKind.DATASET if self.kind is SourceKind.SELF else self.kind
        return f"{kind.value} {self.name}".strip()

    @property
    def table(self) -> TableId:
        """How derivations and references call it: ``form ae``, ``TU``."""
        if self.kind is SourceKind.FORM:
            return TableId.of_form(self.name)
        return TableId(str(self) if self.kind is SourceKind.NOTHING else self.name)


@dataclass(frozen=True, slots=True)
class Family:
    """What all datasets of a kind follow: ``sdtm`` and ``adam`` are the two there are.

    The name is also that of the folders: of the mapping files, and of the transport files in the package.
    """

    name: str
    standard: Standard
    terminology: Terminology

    @property
    def is_analysis(self) -> bool:
        """Whether it is ADaM: dates are numbers, datasets may have variables of their own."""
        return self.name == "adam"


@dataclass(frozen=True, slots=True)
class Merge:
    """Adjoining intervals with equal `by` become one record: from the first start to the last end.

    Two intervals adjoin when the later one starts at most one day after the earlier one ends.
    """

    by: tuple[str, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Split:
    """A record for each of the values of a name of ``for_each``, which `by` parts; one where there is no value."""

    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Carry:
    """Records for visits that a group lacks: LOCF (`take` last), BOCF (first), WOCF (min or max of `value`)."""

    by: tuple[str, ...]
    visit: str
    take: str
    value: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the source that it reads."""
        return tuple(dict.fromkeys((*self.by, self.visit, *([self.value] if self.take in ("min", "max") else []))))


@dataclass(frozen=True, slots=True)
class Variable:
    """What one column holds: one derivation, and whatever the mapping says beside it."""

    name: str
    derivation: Derivation
    place: Place
    when: Expression | None = None
    label: str = ""
    type: str | None = None
    """``number`` or ``text`` where the mapping says so; it matters for variables that no standard knows."""
    length: int | None = None
    format: str = ""
    origin: Origin | None = None
    comment: str = ""
    method: str = ""
    codelist: str = ""
    evaluator: str = ""
    """QEVAL of a supplemental qualifier."""
    entry: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """The entry as the mapping has it; empty for one that the mapping implies."""


@dataclass(frozen=True)
class Block:
    """Which records exist: those of one source that meet `where`, once per entry of `for_each`.

    With `group` each combination of values is one record, whose other columns are those of the row that `take` picks in
    the `order`.
    """

    source: Source
    place: Place
    part: str = ""
    """The part of the dataset that its records are of."""
    where: Expression | None = None
    for_each: tuple[Mapping[str, Any], ...] = ()
    entry_places: tuple[Place, ...] = ()
    table: str = ""
    """The table of protocol.yaml that `for_each` holds, as data: texts and lineage do not go through its rows."""
    split: Split | None = None
    group: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    take: str = "first"
    columns: Mapping[str, str] = field(default_factory=dict)
    """How single columns of a group are taken where its rows differ: ``most_complete``, ``list`` ..."""
    merge: Merge | None = None
    carry: Carry | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)
    """What the block says itself (``set``), before the dataset's shared variables."""
    supplemental: Mapping[str, Variable] = field(default_factory=dict)
    working: Mapping[str, Variable] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where the keys of the block stand: ``group``, ``order`` ..."""
    entry: str = ""
    """What tells its one entry of ``for_each`` from those that the mapping has beside it: ``VSTESTCD HEIGHT``."""
    before: int | None = None
    """How many blocks come before it where that is not its place: entries of one ``for_each`` do not see each other."""

    def place_of(self, key: str) -> Place:
        """Where a key of the block stands; the block where it is not there."""
        return self.places.get(key, self.place)

    @cached_property
    def given_names(self) -> frozenset[str]:
        """Names that ``for_each`` defines for the block."""
        return frozenset(name for entry in self.for_each for name in entry)


@dataclass(frozen=True, slots=True)
class ValueLevelSpec:
    """What the mapping says of a column's values under a condition, beyond what the data show."""

    where: Expression
    codelist: str = ""
    origin: Origin | None = None
    method: str = ""
    comment: str = ""
    place: Place = Place()


@dataclass(frozen=True)
class DatasetSpec:
    """The mapping of one dataset."""

    name: str
    family: Family
    standard: DatasetStandard
    place: Place
    blocks: tuple[Block, ...]
    variables: Mapping[str, Variable]
    supplemental: Mapping[str, Variable] = field(default_factory=dict)
    working: Mapping[str, Variable] = field(default_factory=dict)
    label: str = ""
    structure: str = ""
    keys: tuple[str, ...] = ()
    keys_place: Place = Place()
    part: str = ""
    """The name of the part of the dataset that the file is, where there are several (`parts`)."""
    split_into: SplitInto | None = None
    keep_empty: frozenset[str] = frozenset()
    """Permissible variables that stay when no record has a value; `ALL` for all of them."""
    keep_empty_place: Place = Place()
    comment: str = ""
    sub_class: str = ""
    sub_class_place: Place = Place()
    value_level: Mapping[str, tuple[ValueLevelSpec, ...]] = field(default_factory=dict)
    written: frozenset[str] = frozenset()
    """Every name the file maps, also those whose entry could not be read or whose name is misspelt: lint does not ask
    for them again."""

    def keeps(self, name: str) -> bool:
        """Whether a permissible variable stays in the dataset although it is empty."""
        return ALL in self.keep_empty or name in self.keep_empty

    def is_misspelt(self, name: str) -> bool:
        """Whether a name that is mapped is no variable of the standard, and of the study's own none that may be."""
        return (
            not self.family.is_analysis
            and name not in self.supplemental_names()
            and name not in self.working_names()
            and self.family.standard.variable(self.standard, name) is None
        )

    def is_unread(self, name: str) -> bool:
        """Whether the file maps a name by an entry that could not be read: a finding by then."""
        return name in self.written and name not in self.names()

    @cached_property
    def outputs(self) -> tuple[OutputPart, ...]:
        """The datasets that the domain is split into; none where it is one dataset.

        By `PART`, each part is a dataset of its name, unless the mapping says which parts go together.
        """
        split = self.split_into
        if split is None or split.by != PART or any(one.values for one in split.datasets):
            return split.datasets if split else ()
        said = {one.name: one for one in split.datasets}
        names = dict.fromkeys((*said, *(block.part for block in self.blocks if block.part)))
        return tuple(
            OutputPart(name, (name,), *((said[name].label, said[name].place) if name in said else ("", split.place)))
            for name in names
        )

    @cached_property
    def reads_itself(self) -> bool:
        """Whether a block reads records of earlier blocks, as its source or in a derivation."""
        return any(block.source.kind is SourceKind.SELF for block in self.blocks) or any(
            SELF in variable.derivation.tables()
            for section in (self.variables, *self._working(), *(block.variables for block in self.blocks))
            for variable in section.values()
        )

    def own_variable(self, name: str, block: Block) -> Variable | None:
        """What the mapping says of a name in a block: the block's own entry first, then the dataset's."""
        return self.entries_of(block).get(name)

    def entries_of(self, block: Block) -> Mapping[str, Variable]:
        """Every entry that counts in a block, by name: its own and those of the dataset."""
        found = self._entries.get(id(block))
        if found is None:
            own = {**block.working, **block.supplemental, **block.variables}
            found = self._entries[id(block)] = (block, {**self.working, **self.supplemental, **self.variables, **own})
        return found[1]

    def entries_named(self, name: str) -> tuple[Variable, ...]:
        """The different entries of a name, in the order of the blocks in which they count; none for an unmapped one."""
        return self._entries_by_name.get(name, ())

    def names(self) -> KeysView[str]:
        """Every name that is mapped anywhere in the dataset, in the order of the mapping."""
        return self._names

    def supplemental_names(self) -> KeysView[str]:
        """Every QNAM, in the order of the mapping."""
        return self._supplemental_names

    def working_names(self) -> frozenset[str]:
        """Every name that is only worked with and not in the finished dataset."""
        return self._working_names

    def __getstate__(self) -> dict[str, Any]:
        """Without what is kept by the ids of blocks, which are others in another process."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @cached_property
    def standards(self) -> dict[str, VariableStandard | None]:
        """What `expected.standard_variable` has found of its names already."""
        return {}

    @cached_property
    def _entries(self) -> dict[int, tuple[Block, dict[str, Variable]]]:
        """By block, every entry that counts in it; the block is kept so that its id stays its own."""
        return {}

    @cached_property
    def _entries_by_name(self) -> dict[str, tuple[Variable, ...]]:
        found: dict[str, dict[int, Variable]] = {}
        for block in self.blocks:
            for name, variable in self.entries_of(block).items():
                found.setdefault(name, {})[id(variable)] = variable
        return {name: tuple(entries.values()) for name, entries in found.items()}

    @cached_property
    def _names(self) -> KeysView[str]:
        variables = (self.variables, *(block.variables for block in self.blocks))
        sections = [*variables, *self._supplemental(), *self._working()]
        return dict.fromkeys(name for section in sections for name in section).keys()

    @cached_property
    def _supplemental_names(self) -> KeysView[str]:
        return dict.fromkeys(name for section in self._supplemental() for name in section).keys()

    @cached_property
    def _working_names(self) -> frozenset[str]:
        return frozenset(name for section in self._working() for name in section)

    def _working(self) -> list[Mapping[str, Variable]]:
        return [self.working, *(block.working for block in self.blocks)]

    def _supplemental(self) -> list[Mapping[str, Variable]]:
        return [self.supplemental, *(block.supplemental for block in self.blocks)]


@dataclass(frozen=True, slots=True)
class GivenDataset:
    """A dataset that comes as it is (a CSV or XPT file) and is read, not made."""

    name: str
    file: str
    standard: DatasetStandard
    columns: tuple[str, ...]
    place: Place
    supplemental: frozenset[str] = frozenset()
    """The columns that are supplemental qualifiers, read from SUPP-- beside it."""
    optional: frozenset[str] = frozenset()
    """The columns that the file may lack."""


@dataclass(frozen=True, slots=True)
class RawSettings:
    """Where raw files are, how they are written, and how a raw row finds its subject."""

    encoding: str = "utf-8"
    delimiter: str = ","
    subject: str = "SUBJID"
    home: str = ""
    """The form that lists every subject (demographics)."""
    quote: str = '"'
    header: tuple[str, ...] = ("names",)
    end: str = ""
    format: str = ""
    metadata: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Values that stand for none, such as NA."""
    informats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """How columns of a kind (date, time, number) are written that name no informat themselves."""
    exceptions: tuple[OtherInformats, ...] = ()
    """Rows that are written otherwise, by kinds of columns."""
    path: str = ""
    """The folder inside that of the export, or the one file that holds every form."""
    url: str = ""
    """The database, as SQLAlchemy names it; ``${NAME}`` stands for a variable of the environment."""
    manifest: str = ""
    """The file that says how many rows the others have, and their hashes."""
    subject_key: SubjectKey | None = None
    """Where the ids of the source have their subjects."""
    sources: Mapping[str, RawSettings] = field(default_factory=dict)
    """Other sources by name: a central laboratory, coding."""


@dataclass(frozen=True, slots=True)
class Study:
    """A loaded study: everything the engine, the checks and the package need to know."""

    name: str
    title: str
    folder: Path
    families: Mapping[str, Family]
    """``sdtm``, and ``adam`` where the study maps any analysis dataset."""
    raw: RawSettings
    forms: Mapping[str, Form]
    datasets: Mapping[str, DatasetSpec]
    given: Mapping[str, GivenDataset] = field(default_factory=dict)
    not_submitted: Mapping[str, str] = field(default_factory=dict)
    """Raw columns (``ae.AEYN``, or ``FORMEID`` on every form) that are knowingly not submitted, with the reason."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Tables and options that derivations and the package read: visits, epochs, date_formats, units, documents ..."""
    created: str = ""
    """ISO 8601 date and time that every output carries as its creation time."""
    place: Place = Place()
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict)
    """Where the keys of study.yaml stand: ("created",), ("raw", "home")."""
    define: Node = field(default_factory=lambda: Node({}, "", 0))
    """``define:`` as study.yaml has it, with the place of each key; its plain values are among the `settings`."""
    files: tuple[Path, ...] = ()
    """Every file the mapping was read from."""
    left_out: frozenset[str] = frozenset()
    """Datasets that the study maps, but that this package does not hold: texts explain what they name of them."""
    dropped: frozenset[tuple[str, str]] = frozenset()
    """Variables (dataset, name) that are left out because no record has a value, which texts explain likewise."""
    unread: frozenset[str] = frozenset()
    """Datasets whose mapping could not be read: a finding by then, and lint does not miss them once more."""

    @property
    def sdtm(self) -> Family:
        """What the tabulation datasets follow."""
        return self.families["sdtm"]

    def subject_key_of(self, form: str) -> SubjectKey | None:
        """Where the ids of a form have their subjects; None for a form that names the subject itself."""
        source = self.raw.sources.get(self.forms[form].source) if form in self.forms else None
        return source.subject_key if source else None

    def domain_of(self, dataset: str) -> str:
        """The domain of a dataset that it is split into, such as LB for LBCH; the name itself for others."""
        return next(
            (name for name, spec in self.datasets.items() for one in spec.outputs if one.name == dataset), dataset
        )

    def family_of(self, dataset: str) -> Family:
        """What a dataset of the study follows; what is given is SDTM."""
        return self.datasets[dataset].family if dataset in self.datasets else self.sdtm

    def datasets_of(self, family: str) -> tuple[str, ...]:
        """The names of the mapped datasets of a family, in the study's order."""
        return tuple(name for name, spec in self.datasets.items() if spec.family.name == family)

    def place_of(self, *path: str) -> Place:
        """Where a key of study.yaml stands; the file when it is not there."""
        return self.places.get(path, self.place)
