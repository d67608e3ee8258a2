"""The data of an ODM file, element by element: what is inserted, updated and removed, until a subject is whole.

A snapshot is handed on subject by subject. In a transactional file what a subject has can change until the last line,
so that all of them are held: a later transaction overwrites an earlier one, and Remove takes an element away with
everything in it. An element without a TransactionType has that of the element around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from cdisc_conv.problems import Tally
from cdisc_conv.raw.odm.definitions import Metadata
from cdisc_conv.raw.odm.layout import name_attribute
from cdisc_conv.raw.odm.stream import local, parse, version_of

Key = tuple[str, ...]
MULTIPLE = "|"
"""What stands between several values of one item (ODM 2.0)."""


@dataclass
class Group:
    """One filled-in item group."""

    path: tuple[tuple[str, str], ...]
    """(OID, repeat key) of the groups around it and its own; that of the form itself is left out."""
    line: int
    items: dict[str, str] = field(default_factory=dict)


@dataclass
class FormInstance:
    """One filled-in form, with the attributes by which it is found."""

    form: str
    keys: dict[str, str]
    groups: dict[tuple[tuple[str, str], ...], Group] = field(default_factory=dict)


@dataclass
class Subject:
    """What is known of a subject so far: its forms in the order of the file, and the keys that all of them share."""

    keys: dict[str, str] = field(default_factory=dict)
    forms: dict[Key, FormInstance] = field(default_factory=dict)


@dataclass
class Faults:
    """What is odd about the data, counted, each with the first lines."""

    contradictions: dict[str, Tally] = field(default_factory=dict)
    annotations: Tally = field(default_factory=Tally)

    def count(self, what: str, line: int) -> None:
        """One more of a kind."""
        self.contradictions[what] = self.contradictions.get(what, Tally()) + Tally(1, (line,))


@dataclass
class _Level:
    """An element that is open: its transaction, and whether it is the data's own or of no interest."""

    name: str
    transaction: str


def read_data(file: IO[bytes], shown: str, metadata: Metadata, take: Callable[[Subject], None], faults: Faults) -> None:
    """All data of a file: `take` gets each subject once it is whole.

    Attributes that a vendor adds are noted in the metadata. Raises ProblemsError (ODM001, ODM002, ODM003).
    """
    reading = _Reading(metadata, take, faults)
    for event, element in parse(file, shown, (*_OPEN, "ODM", "SiteRef", "MetaDataVersion")):
        name = local(element.tag)
        if event == "start":
            reading.start(name, element)
        else:
            reading.end(name, element)
    reading.finish()


class _Reading:
    """The state of one file on its way."""

    def __init__(self, metadata: Metadata, take: Callable[[Subject], None], faults: Faults) -> None:
        self.metadata = metadata
        self.take = take
        self.faults = faults
        self.transactional = False
        self.subjects: dict[Key, Subject] = {}
        self.subject: Subject | None = None
        self.levels: list[_Level] = []
        self.keys: dict[str, str] = {}
        self.form: FormInstance | None = None
        self.path: list[tuple[str, str]] = []
        self.group: Group | None = None

    def start(self, name: str, element: Any) -> None:
        """An element opens."""
        if not self.levels and element.getparent() is None:
            version_of(element)
            self.transactional = element.get("FileType") == "Transactional"
        opened = _OPEN.get(name)
        if opened is None or (name == "ItemGroupData" and not self._inside()):
            return
        around = self.levels[-1].transaction if self.levels else "Upsert"
        said = element.get("TransactionType", "")
        self.levels.append(_Level(name, said or around))
        opened(self, element, said == "Remove")

    def _inside(self) -> bool:
        return bool(self.levels)

    def end(self, name: str, element: Any) -> None:
        """An element is whole."""
        if name == "ItemGroupData" and self.group is not None and self._inside():
            self._take_items(element)
        elif name == "SiteRef" and self.subject is not None:
            self.subject.keys["LocationOID"] = element.get("LocationOID", "")
        if self.levels and self.levels[-1].name == name and name in _CLOSE:
            _CLOSE[name](self)
            self.levels.pop()
        if name in _LET_GO:
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None and name != "ItemGroupData":
                del parent[0]

    def finish(self) -> None:
        """The end of the file: the subjects that were held."""
        for subject in self.subjects.values():
            self.take(subject)

    # what opens

    def open_study(self, element: Any, removed: bool) -> None:
        """ClinicalData and ReferenceData."""
        self.keys = {"StudyOID": element.get("StudyOID", "")}
        self.subject = self._find_subject("")

    def open_subject(self, element: Any, removed: bool) -> None:
        """SubjectData."""
        own = element.get("SubjectKey", "")
        self.keys = {"StudyOID": self.keys.get("StudyOID", ""), "SubjectKey": own}
        if removed:
            self.subjects.pop((self.keys["StudyOID"], own), None)
        self.subject = self._find_subject(own)
        self._note("Subject", element, self.metadata.subject_attributes, self.subject.keys)

    def open_event(self, element: Any, removed: bool) -> None:
        """StudyEventData."""
        self._forget("StudyEventOID", "StudyEventRepeatKey", "Event")
        self.keys["StudyEventOID"] = element.get("StudyEventOID", "")
        self.keys["StudyEventRepeatKey"] = element.get("StudyEventRepeatKey", "")
        self._note("Event", element, self.metadata.event_attributes, self.keys)
        if removed:
            self._remove(4)

    def open_form(self, element: Any, removed: bool) -> None:
        """FormData."""
        self._enter_form(element.get("FormOID", ""), element.get("FormRepeatKey", ""), element, removed)

    def open_group(self, element: Any, removed: bool) -> None:
        """ItemGroupData: inside a form, or in ODM 2.0 the form itself."""
        oid = element.get("ItemGroupOID", "")
        repeat = element.get("ItemGroupRepeatKey") or _find_sequence(element)
        if self.form is None:
            self._enter_form(oid, repeat, element, removed)
            self.path = []
        else:
            self.path.append((oid, repeat))
        assert self.form is not None
        path = tuple(self.path)
        if removed:
            self.form.groups = {key: group for key, group in self.form.groups.items() if key[: len(path)] != path}
        self.group = self.form.groups.get(path) or Group(path, element.sourceline or 0)
        if not removed:
            self.form.groups[path] = self.group

    def _enter_form(self, form: str, repeat: str, element: Any, removed: bool) -> None:
        self._forget("FormOID", "FormRepeatKey", "Form")
        self.keys["FormOID"], self.keys["FormRepeatKey"] = form, repeat
        self._note("Form", element, self.metadata.form_attributes, self.keys)
        assert self.subject is not None
        key = self._key(6)
        if removed:
            self.subject.forms.pop(key, None)
            self.form = FormInstance(form, dict(self.keys))
            return
        known = self.subject.forms.setdefault(key, FormInstance(form, {}))
        known.keys |= self.keys
        self.form = known

    # what closes

    def close_subject(self) -> None:
        """A subject is whole, unless later transactions may change it."""
        if not self.transactional and self.subject is not None:
            self.take(self.subject)
            self.subjects.pop((self.keys.get("StudyOID", ""), self.keys.get("SubjectKey", "")), None)
        self.keys = {"StudyOID": self.keys.get("StudyOID", "")}
        self.subject = self._find_subject("")

    def close_event(self) -> None:
        """Forms that follow belong to no event."""
        self._forget("StudyEventOID", "StudyEventRepeatKey", "Event")

    def close_form(self) -> None:
        """Item groups that follow belong to no form."""
        self._forget("FormOID", "FormRepeatKey", "Form")
        self.form, self.group, self.path = None, None, []

    def close_group(self) -> None:
        """Items that follow belong to the group around."""
        if not self.path:
            self.close_form()
            return
        self.path.pop()
        self.group = self.form.groups.get(tuple(self.path)) if self.form is not None else None

    def close_study(self) -> None:
        """What stands outside of subjects is whole."""
        if not self.transactional and self.subject is not None and self.subject.forms:
            self.take(self.subject)
            self.subjects.clear()
        self.subject = None

    # values

    def _take_items(self, element: Any) -> None:
        """The items of a group; almost all are a value and nothing else, which is quick."""
        assert self.group is not None
        items, plain = self.group.items, self.levels[-1].transaction == "Upsert"
        for child in element:
            oid, value = child.get("ItemOID"), child.get("Value")
            if plain and oid and value is not None and not (len(child) or len(child.attrib) > 2):
                items[oid] = value
            elif oid and (name := local(child.tag)).startswith("ItemData"):
                self._take_item(name, child)

    def _take_item(self, name: str, element: Any) -> None:
        assert self.group is not None
        oid, items = element.get("ItemOID"), self.group.items
        transaction = element.get("TransactionType", "") or self.levels[-1].transaction
        value, unit = self._read_value(name, element)
        line = element.sourceline or 0
        if transaction == "Remove":
            items.pop(oid, None)
            items.pop(f"{oid}_UNIT", None)
            return
        if transaction == "Insert" and items.get(oid, value) != value:
            self.faults.count(f"item {oid} is inserted twice, with other values; the later counts", line)
        if transaction == "Update" and oid not in items:
            self.faults.count(f"item {oid} is updated before it is inserted", line)
        items[oid] = value
        if unit:
            items[f"{oid}_UNIT"] = unit

    def _read_value(self, name: str, element: Any) -> tuple[str, str]:
        """The value of an item, and its unit where the metadata leave a choice."""
        values, unit = [], ""
        for child in element:
            inside = local(child.tag)
            if inside == "Value":
                values.append(child.text or "")
            elif inside == "MeasurementUnitRef":
                unit = self._find_unit(element.get("ItemOID"), child.get("MeasurementUnitOID", ""))
            elif inside == "Annotation":
                self.faults.annotations += Tally(1, (child.sourceline or 0,))
        if element.get("IsNull") == "Yes":
            return "", unit
        said = element.get("Value")
        if said is not None:
            return said, unit
        if values:
            return MULTIPLE.join(values), unit
        text = element.text or ""
        return (text if name in ("ItemDataString", "ItemDataAny") else text.strip()), unit

    def _find_unit(self, item: str, oid: str) -> str:
        definition = self.metadata.items.get(item)
        if definition is not None and definition.units == (oid,):
            return ""  # the only one there is
        return self.metadata.units.get(oid, oid)

    # keys

    def _find_subject(self, key: str) -> Subject:
        return self.subjects.setdefault((self.keys.get("StudyOID", ""), key), Subject())

    def _key(self, length: int) -> Key:
        names = ("StudyOID", "SubjectKey", "StudyEventOID", "StudyEventRepeatKey", "FormOID", "FormRepeatKey")
        return tuple(self.keys.get(name, "") for name in names[:length])

    def _remove(self, length: int) -> None:
        start = self._key(length)
        if self.subject is not None:
            self.subject.forms = {key: form for key, form in self.subject.forms.items() if key[:length] != start}

    @staticmethod
    def _note(level: str, element: Any, known: dict[str, None], keys: dict[str, str]) -> None:
        for name, value in element.attrib.items():
            if str(name).startswith("{"):
                known.setdefault(str(name))
                keys[name_attribute(level, local(name))] = value

    def _forget(self, *names: str) -> None:
        level = names[-1]
        attributes = self.metadata.event_attributes if level == "Event" else self.metadata.form_attributes
        for name in (*names[:-1], *(name_attribute(level, local(one)) for one in attributes)):
            self.keys.pop(name, None)


def _find_sequence(element: Any) -> str:
    """ItemGroupDataSeq, of ODM 2.0 or of Dataset-XML."""
    found = [value for name, value in element.attrib.items() if local(name) == "ItemGroupDataSeq"]
    return str(found[0]) if found else ""


_Open = Callable[[_Reading, Any, bool], None]
_OPEN: Mapping[str, _Open] = {
    "ClinicalData": _Reading.open_study,
    "ReferenceData": _Reading.open_study,
    "SubjectData": _Reading.open_subject,
    "StudyEventData": _Reading.open_event,
    "FormData": _Reading.open_form,
    "ItemGroupData": _Reading.open_group,
}
_CLOSE: Mapping[str, Callable[[_Reading], None]] = {
    "ClinicalData": _Reading.close_study,
    "ReferenceData": _Reading.close_study,
    "SubjectData": _Reading.close_subject,
    "StudyEventData": _Reading.close_event,
    "FormData": _Reading.close_form,
    "ItemGroupData": _Reading.close_group,
}
_LET_GO = frozenset(
    ("ItemGroupData", "FormData", "StudyEventData", "SubjectData", "ClinicalData", "ReferenceData", "MetaDataVersion")
)
