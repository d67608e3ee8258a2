"""The definitions of an ODM file: events, forms, item groups, items and code lists, with the line of each.

A site's MetaDataVersion may hold nothing but what it changes and take over the rest (Include). All versions of a file
are read into one set of definitions: what includes nothing first, a later version before an earlier one, and of those
that include others only what is new.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, Any

from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.raw.odm.definitions import CodeListDef, EventDef, FormDef, GroupDef, ItemDef, Metadata
from cdisc_conv.raw.odm.stream import local, parse, text_of, version_of

_DATA = ("ClinicalData", "ReferenceData")
PEEKED = 20_000
"""Elements of data that are looked at for the attributes a vendor adds."""


@dataclass
class _Version:
    """One MetaDataVersion on its way."""

    study: str
    oid: str
    place: Place
    include: tuple[str, str] | None = None
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_metadata(file: IO[bytes], shown: str, *, peek: bool = True) -> Metadata:
    """The definitions in a file, without its data; `peek` looks into the data for the attributes of a vendor.

    Raises ProblemsError (ODM001, ODM002, ODM003).
    """
    reading = _Reading(Metadata(), shown)
    peeked = 0
    for event, element in parse(file, shown):
        name = local(element.tag)
        if name in _DATA and event == "start":
            reading.found.has_data = True
            reading.found.wanted = reading.found.wanted or element.get("StudyOID", "")
            if not peek:
                break
        if reading.found.has_data:
            peeked += 1
            if event == "start":
                reading.peek(name, element)
            else:
                element.clear()
            if peeked > PEEKED:
                break
            continue
        reading.take(event, name, element)
    reading.combine()
    return reading.found


class _Reading:
    """One file, element by element."""

    def __init__(self, found: Metadata, shown: str) -> None:
        self.found = found
        self.shown = shown
        self.study = ""
        self.version: _Version | None = None
        self.versions: list[_Version] = []

    def take(self, event: str, name: str, element: Any) -> None:
        """The start of a container, or the end of a definition."""
        if event == "start":
            self._start(name, element)
            return
        define = _DEFINITIONS.get(name)
        if define is not None and self.version is not None and element.getparent() is not None:
            if local(element.getparent().tag) == "MetaDataVersion":
                define(self, element)
                element.clear()
        elif name == "MeasurementUnit":
            words = [text_of(child) for child in element if local(child.tag) == "Symbol"]
            self.found.units.setdefault(element.get("OID", ""), next(iter(words), "") or element.get("Name", ""))
        elif name == "Include" and self.version is not None:
            self.version.include = (element.get("StudyOID", ""), element.get("MetaDataVersionOID", ""))
        elif name in ("Study", "AdminData", "MetaDataVersion"):
            element.clear()

    def _start(self, name: str, element: Any) -> None:
        if element.getparent() is None:
            self.found.generation, self.found.version = version_of(element)
            if note := describe_draft(element, self.found.generation, self.place(element)):
                self.found.problems.append(note)
            self.found.file_type = element.get("FileType", "")
            self.found.source = find_system(element)
        if name == "Study":
            self.study = element.get("OID", "")
        if name == "MetaDataVersion":
            self.found.studies[self.study] = None
            self.version = _Version(self.study, element.get("OID", ""), self.place(element))
            self.versions.append(self.version)

    def place(self, element: Any) -> Place:
        """Where an element stands."""
        return Place(file=self.shown, line=element.sourceline or 0)

    def peek(self, name: str, element: Any) -> None:
        """Note the attributes that the data have beyond those of ODM."""
        known = {
            "SubjectData": self.found.subject_attributes,
            "StudyEventData": self.found.event_attributes,
            "FormData": self.found.form_attributes,
        }.get(name)
        if known is not None:
            known.update(dict.fromkeys(str(key) for key in element.attrib if str(key).startswith("{")))

    def add(self, part: str, definition: Any) -> None:
        """A definition of the version that is being read; DICT006 for an OID that it has already."""
        assert self.version is not None
        known = self.version.parts.setdefault(part, {})
        if definition.oid in known:
            message = f"{_WORDS[part]} {definition.oid} is defined twice"
            hint = f"the first is {known[definition.oid].place}"
            self.found.problems.append(Problem("DICT006", message, place=definition.place, hint=hint))
            return
        known[definition.oid] = definition

    def combine(self) -> None:
        """All versions into one set of definitions."""
        self.found.versions = {(version.study, version.oid) for version in self.versions}
        self.found.includes = [(one.oid, one.include, one.place) for one in self.versions if one.include is not None]
        whole = [version for version in self.versions if version.include is None]
        parts = [version for version in self.versions if version.include is not None]
        for version in [*reversed(whole), *parts]:
            for part in _WORDS:
                target = getattr(self.found, part)
                for oid, definition in version.parts.get(part, {}).items():
                    target.setdefault(oid, definition)
        if self.found.generation > 1:
            _find_forms(self.found)


_WORDS = {
    "events": "event",
    "forms": "form",
    "groups": "item group",
    "items": "item",
    "codelists": "code list",
}


def _flag(value: str) -> bool:
    return value not in ("", "No")


def _refs(element: Any, name: str, attribute: str) -> list[Any]:
    found = [child for child in element if local(child.tag) == name and child.get(attribute)]
    numbers = [child.get("OrderNumber", "") for child in found]
    if found and all(number.isdigit() for number in numbers):
        found = [child for _, child in sorted(zip(map(int, numbers), found, strict=True), key=lambda pair: pair[0])]
    return found


def _extras(element: Any) -> dict[str, str]:
    """The attributes of a vendor, by their local names."""
    return {local(name): value for name, value in element.attrib.items() if str(name).startswith("{")}


def _text(element: Any, *names: str) -> str:
    for name in names:
        for child in element:
            if local(child.tag) == name and (words := text_of(child)):
                return words
    return ""


def _define_event(reading: _Reading, element: Any) -> None:
    forms = [child.get("FormOID") for child in _refs(element, "FormRef", "FormOID")]
    forms += [child.get("ItemGroupOID") for child in _refs(element, "ItemGroupRef", "ItemGroupOID")]
    name = element.get("Name", "").strip("| ")
    event = EventDef(
        element.get("OID", ""),
        name,
        _flag(element.get("Repeating", "")),
        tuple(forms),
        reading.place(element),
        _extras(element),
    )
    reading.add("events", event)


def _define_form(reading: _Reading, element: Any) -> None:
    groups = tuple(child.get("ItemGroupOID") for child in _refs(element, "ItemGroupRef", "ItemGroupOID"))
    details = next((child for child in element if local(child.tag) == "FormDetails"), None)
    parent = details.get("ParentFormOID", "") if details is not None else ""
    name = element.get("Name", "").strip("| ")
    reading.add(
        "forms",
        FormDef(
            element.get("OID", ""),
            name,
            name or _text(element, "Description"),
            _flag(element.get("Repeating", "")),
            groups,
            reading.place(element),
            parent,
            _extras(element).get("FormName", ""),
        ),
    )


def _define_group(reading: _Reading, element: Any) -> None:
    items = _refs(element, "ItemRef", "ItemOID")
    groups = _refs(element, "ItemGroupRef", "ItemGroupOID")
    reading.add(
        "groups",
        GroupDef(
            element.get("OID", ""),
            element.get("Name", ""),
            _flag(element.get("Repeating", "")),
            tuple(child.get("ItemOID") for child in items),
            tuple(child.get("ItemGroupOID") for child in groups),
            element.get("Type", ""),
            reading.place(element),
            frozenset(child.get("ItemOID") for child in items if child.get("MethodOID")),
        ),
    )


def _define_item(reading: _Reading, element: Any) -> None:
    references = {local(child.tag): child for child in element}
    codelist = references["CodeListRef"].get("CodeListOID", "") if "CodeListRef" in references else ""
    multiple = references.get("MultiSelectListRef")
    units = [child.get("MeasurementUnitOID", "") for child in element if local(child.tag) == "MeasurementUnitRef"]
    extras = _extras(element)
    label = _text(element, "Question", "Prompt", "Description") or element.get("Comment", "") or element.get("Name", "")
    reading.add(
        "items",
        ItemDef(
            element.get("OID", ""),
            element.get("Name", ""),
            label,
            element.get("DataType", "text"),
            codelist,
            tuple(unit for unit in units if unit),
            reading.place(element),
            multiple.get("MultiSelectListID", "") if multiple is not None else "",
            extras.get("FieldType", ""),
            extras.get("Identifier", "").lower() in ("y", "yes", "1"),
        ),
    )


def _define_codelist(reading: _Reading, element: Any) -> None:
    values: dict[str, str] = {}
    dictionary = ""
    for child in element:
        name = local(child.tag)
        code = child.get("CodedValue") or child.get("CodedOptionValue")
        if name == "ExternalCodeList":
            dictionary = child.get("Dictionary", "") or "an external list"
        elif code is not None and name in ("CodeListItem", "EnumeratedItem", "MultiSelectListItem"):
            decode = _text(child, "Decode") or code
            if code in values and values[code] != decode:
                message = (
                    f"code list {element.get('OID', '')} has the code '{code}' as '{values[code]}' and as '{decode}'"
                )
                problem = Problem("DICT008", message, Severity.WARNING, reading.place(child), "the first counts")
                reading.found.problems.append(problem)
            values.setdefault(code, decode)
    oid = element.get("OID") or element.get("ID") or ""
    choices = _extras(element).get("CheckboxChoices", "")
    reading.add(
        "codelists", CodeListDef(oid, element.get("Name", ""), values, dictionary, reading.place(element), choices)
    )


_DEFINITIONS = {
    "StudyEventDef": _define_event,
    "FormDef": _define_form,
    "ItemGroupDef": _define_group,
    "ItemDef": _define_item,
    "CodeList": _define_codelist,
    "MultiSelectList": _define_codelist,
}


def _find_forms(found: Metadata) -> None:
    """Of ODM 2.0, the item groups that are forms: by their type, or because an event names them."""
    named = [oid for event in found.events.values() for oid in event.forms]
    inside = {oid for group in found.groups.values() for oid in group.groups}
    top = [group.oid for group in found.groups.values() if group.kind == "Form"]
    if not top and not named:
        top = [oid for oid in found.groups if oid not in inside]
    for oid in dict.fromkeys([*top, *named]):
        group = found.groups.get(oid)
        if group is not None:
            found.forms.setdefault(oid, FormDef(oid, group.name, group.name, group.repeating, (oid,), group.place))


def describe_draft(root: Any, generation: int, place: Place) -> Problem | None:
    """ODM006: a file of ODM 2.0 from before it was final (October 2023), or only a part of one."""
    if generation < 2:
        return None
    written = root.get("CreationDateTime", "")
    reasons = []
    if local(root.tag) != "ODM":
        reasons.append(f"its root element is {local(root.tag)}")
    elif root.get("ODMVersion", "") not in ("2.0", "2.0.0"):
        reasons.append(f"its ODMVersion is '{root.get('ODMVersion', '')}'")
    if "2000" < written[:7] < "2023-10":
        reasons.append(f"it was written on {written[:10]}, before ODM 2.0 was final")
    if not reasons:
        return None
    message = (
        f"the file follows a draft of ODM 2.0: {' and '.join(reasons)}; it is read as far as it is like the final one"
    )
    return Problem("ODM006", message, Severity.NOTE, place)


def find_system(root: Any) -> str:
    """Which system wrote a file: by SourceSystem, or by the namespaces that it declares."""
    spaces = " ".join(str(uri) for uri in root.nsmap.values()).lower()
    said = f"{root.get('SourceSystem', '')} {root.get('Originator', '')}".lower()
    for words, system in (
        (("projectredcap.org", "redcap"), "redcap"),
        (("libreclinica",), "libreclinica"),
        (("openclinica",), "openclinica"),
        (("mdsol.com", "medidata", "rave"), "rave"),
        (("viedoc", "pharmaconsulting", "pcg solutions"), "viedoc"),
        (("secutrial", "iasdb"), "secutrial"),
        (("openedc",), "openedc"),
        (("veeva",), "veeva"),
    ):
        if any(word in spaces or word in said for word in words):
            return system
    return ""
