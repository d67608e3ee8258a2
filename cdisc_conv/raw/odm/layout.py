"""Which tables the forms of an ODM file make.

A form is one table, with a row per filled-in form: the items of all its item groups that do not repeat. An item group
that repeats has a row per repeat; it is a table of its own, FORM.GROUP, unless it is the only group of its form.
Versions of one form (OpenClinica) share a table, and FormOID tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cdisc_conv.raw.odm.definitions import FormDef, Metadata
from cdisc_conv.raw.odm.stream import local

KEYS = ("StudyOID", "SubjectKey", "LocationOID", "StudyEventOID", "StudyEventRepeatKey", "FormOID", "FormRepeatKey")
GROUP_KEYS = ("ItemGroupOID", "ItemGroupRepeatKey")


@dataclass
class TableLayout:
    """A table: the items that are its columns, in order, and the groups that fill it."""

    name: str
    form: str
    repeating: bool
    items: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    outer: tuple[str, ...] = ()
    """Groups that repeat around the one of this table (ODM 2.0); each has a column with its repeat key."""


@dataclass
class Layout:
    """All tables, and which of them an item group of a form goes to."""

    tables: dict[str, TableLayout] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    """(form OID, item group OID) -> table."""
    forms: dict[str, str] = field(default_factory=dict)
    """Form OID -> the name of its table."""

    def find(self, form: str, group: str) -> str:
        """The table of a group; "" for one that the metadata do not have on this form."""
        return self.places.get((form, group), "")


def plan_layout(metadata: Metadata) -> Layout:
    """The tables of all forms that the metadata define."""
    layout = Layout()
    for form in metadata.forms.values():
        name = name_form(form)
        layout.forms[form.oid] = name
        groups = list(_walk(metadata, form))
        alone = len({group for group, _ in groups}) == 1
        for group, outer in groups:
            definition = metadata.groups.get(group)
            repeats = bool(definition and definition.repeating) or bool(outer)
            own = repeats and not alone and group != form.oid
            table = f"{name}.{group}" if own else name
            known = layout.tables.setdefault(
                table, TableLayout(table, form.oid, repeats and (own or alone), outer=outer)
            )
            known.groups[group] = None
            known.items.update(dict.fromkeys(definition.items if definition else ()))
            layout.places[form.oid, group] = table
    return layout


def name_form(form: FormDef) -> str:
    """What the table of a form is called: its OID; that of the form of which it is a version; its own short name.

    >>> from cdisc_conv.problems import Place
    >>> name_form(FormDef("F_AE_V12", "AE", "AE", False, (), Place(), parent="F_AE"))
    'F_AE'
    """
    return form.short or form.parent or form.oid


def _walk(metadata: Metadata, form: FormDef) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The groups of a form with those that repeat around each, inner ones after outer ones."""
    seen: set[str] = set()

    def visit(oid: str, outer: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        if oid in seen or len(outer) > 20:
            return
        seen.add(oid)
        group = metadata.groups.get(oid)
        if group is None or group.items or not group.groups:
            yield oid, outer
        if group is not None:
            inside = (*outer, oid) if group.repeating and oid != form.oid else outer
            for inner in group.groups:
                yield from visit(inner, inside)

    for oid in form.groups:
        yield from visit(oid, ())


def name_attribute(level: str, name: str) -> str:
    """The column of an attribute that a vendor adds to a level of the data: the level before it, unless its name has
    it.

    >>> name_attribute("Subject", "StudySubjectID"), name_attribute("Event", "StartDate")
    ('StudySubjectID', 'EventStartDate')
    """
    return name if level in name else f"{level}{name}"


def name_keys(metadata: Metadata, table: TableLayout) -> list[str]:
    """The columns of a table that are no items: the keys of ODM, each with what a vendor adds to its level."""
    added = {
        "LocationOID": [name_attribute("Subject", local(name)) for name in metadata.subject_attributes],
        "StudyEventRepeatKey": [name_attribute("Event", local(name)) for name in metadata.event_attributes],
        "FormRepeatKey": [name_attribute("Form", local(name)) for name in metadata.form_attributes],
    }
    names = [name for key in KEYS for name in (key, *added.get(key, ()))]
    names += GROUP_KEYS if table.repeating else ()
    names += [f"{group}RepeatKey" for group in table.outer]
    return list(dict.fromkeys(names))
