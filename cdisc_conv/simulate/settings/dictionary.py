"""What the simulator needs of `forms.yaml`: the columns of every form in order, the codes, and the events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cdisc_conv.problems import Place, Problem, ProblemsError, did_you_mean
from cdisc_conv.spec.yaml.nodes import Node, read_yaml


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a form: its code column and, when coded, its decode column and the words of each code."""

    name: str
    label: str
    decode: str = ""
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A form: its external ID, its label, its CSV file and its items."""

    name: str
    label: str
    file: str
    items: tuple[Item, ...]
    of_vendor: bool = False
    """The file comes from a source with subjects of its own: it has the items and none of the EDC's columns."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the items, each decode column right after its code column."""
        return tuple(column for item in self.items for column in (item.name, item.decode) if column)


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """An event (visit) of the study."""

    eid: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The data dictionary: key columns, forms by name, events in the order of the file."""

    key_columns: tuple[str, ...]
    forms: Mapping[str, FormDefinition]
    events: tuple[EventDefinition, ...]

    def values(self, form: str, item: str) -> Mapping[str, str]:
        """The codes and words of a coded item; empty when there is no such item."""
        for candidate in self.forms[form].items:
            if candidate.name == item:
                return candidate.values or {}
        return {}

    def item_names(self, form: str) -> set[str]:
        """The items of a form; none when there is no such form."""
        return {item.name for item in self.forms[form].items} if form in self.forms else set()

    def event(self, eid: str) -> int:
        """The position of an event; raises KeyError for an unknown one."""
        for position, event in enumerate(self.events):
            if event.eid == eid:
                return position
        raise KeyError(eid)

    def count_events(self, prefix: str) -> int:
        """How many events have an ID of this prefix and a number."""
        return sum(event.eid.startswith(prefix) and event.eid[len(prefix) :].isdigit() for event in self.events)


NEEDED_FORMS = (
    *("dm", "ic", "ie", "ecog", "vs", "exox", "exca", "exth", "ae"),
    *("tl", "ntl", "nl", "rs", "eot", "sfu", "eos", "dd"),
)
NEEDED_EVENTS = ("SCR", "C1D1", "C2D1", "C3D1", "C4D1", "C5D1", "C6D1", "EOTC", "EOTM", "SAFU", "EOS", "UNS", "LOG")


def read_dictionary(path: Path, shown: str = "") -> Dictionary:
    """Read `forms.yaml`.

    Raises ProblemsError: YAML001-004 (not readable), SIM001 (a part the simulator needs is missing or misshapen).
    """
    root = read_yaml(path, shown or path.name)
    sources = _read_sources(path.with_name("study.yaml"))
    problems: list[Problem] = []
    for key, kind in (("key_columns", dict), ("forms", dict), ("events", list)):
        part = root.get(key)
        if part is None or not isinstance(part.value, kind):
            word = "mapping" if kind is dict else "list"
            place = part.place if part else Place(file=root.file)
            problems.append(Problem("SIM001", f"'{key}' must be a {word}", place=place))
    if problems:
        raise ProblemsError(problems)
    forms = {name: _read_form(name, node, sources, problems) for name, node in root.at(("forms",)).items()}
    events = tuple(_read_event(node, problems) for node in root.at(("events",)).value)
    for name in NEEDED_FORMS:
        if name not in forms:
            problem = root.at(("forms",)).problem("SIM001", f"form '{name}' is missing", did_you_mean(name, forms))
            problems.append(problem)
    for eid in NEEDED_EVENTS:
        if eid not in {event.eid for event in events}:
            problems.append(root.at(("events",)).problem("SIM001", f"event '{eid}' is missing"))
    if problems:
        raise ProblemsError(problems)
    return Dictionary(tuple(root.at(("key_columns",)).value), forms, events)


def _read_sources(path: Path) -> dict[str, dict[str, Any]] | None:
    """Where the other sources of the study lie and whose subjects they have; None without study.yaml."""
    if not path.is_file():
        return None
    raw = read_yaml(path, path.name).get("raw")
    said = raw.plain() if raw is not None and raw.is_mapping else {}
    sources = said.get("sources")
    return {name: about for name, about in sources.items() if isinstance(about, dict)} if sources else {}


def _read_form(
    name: str, node: Node, sources: Mapping[str, Mapping[str, Any]] | None, problems: list[Problem]
) -> FormDefinition:
    plain = node.plain() if node.is_mapping else {}
    columns = plain.get("columns")
    if not isinstance(columns, dict):
        problems.append(node.problem("SIM001", f"form '{name}' has no columns"))
        columns = {}
    items = []
    for column, about in columns.items():
        item = _read_item(column, about)
        if item is None:
            message = f"column {column} of form '{name}' is coded, but has no 'decode' or no 'values'"
            problems.append(node.at(("columns", column)).problem("SIM001", message))
        else:
            items.append(item)
    source = str(plain.get("source") or "")
    if source and sources is not None and source not in sources:
        message = f"form '{name}' comes from source '{source}', which study.yaml does not have"
        problems.append(node.at(("source",)).problem("SIM001", message, did_you_mean(source, sources)))
    about = (sources or {}).get(source, {})
    file = PurePosixPath(str(about.get("path") or ""), str(plain.get("file") or f"{name}.csv"))
    of_vendor = bool(about.get("subject") or about.get("subject_key"))
    return FormDefinition(name, str(plain.get("label", "")), str(file), tuple(items), of_vendor)


def _read_item(column: str, about: Any) -> Item | None:
    if not isinstance(about, dict):
        return Item(column, str(about or ""))
    if about.get("type") != "coded":
        return Item(column, str(about.get("label", "")))
    if not about.get("decode") or not isinstance(about.get("values"), dict):
        return None
    words = {str(code): str(word) for code, word in about["values"].items()}
    return Item(column, str(about.get("label", "")), str(about["decode"]), words)


def _read_event(node: Node, problems: list[Problem]) -> EventDefinition:
    plain = node.plain() if node.is_mapping else {}
    missing = [key for key in ("event", "eid", "group") if not plain.get(key)]
    if missing:
        problems.append(node.problem("SIM001", f"an event needs '{missing[0]}'"))
    return EventDefinition(str(plain.get("eid", "")), str(plain.get("event", "")), str(plain.get("group", "")))
