"""The EDC's own dictionary as the data dictionary of the study, with forms.yaml laid over it.

The dictionary becomes the same nodes that forms.yaml is made of, each with the file and line where the EDC says it, so
that all that is read, checked and reported about forms is one. What forms.yaml names must be in the dictionary, or be
marked as new:

    forms:
      AE:
        label: Adverse events                 # other words
        columns:
          AETERM: Reported term               # a label alone
          AESEV: {values: {1: Mild, 2: Severe}}   # other codes; the rest stays
          AEINTERNAL: null                    # not a column of the form
          AELLT: {label: Lowest level term, new: true}
      LAB: {label: Central laboratory, file: lab.csv, new: true, columns: {...}}
      TRAINING: null                          # not a form of the study
    events:
      - {eid: SCR, visit: SCREENING, visitnum: 1}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdisc_conv.problems import Place, Problem, did_you_mean
from cdisc_conv.raw.dictionaries.model import Column, Dictionary, Form, Role
from cdisc_conv.spec.model import Form as StudyForm
from cdisc_conv.spec.yaml.nodes import Node

NEW = "new"
"""The key that marks what the dictionary does not have."""


def make_node(dictionary: Dictionary, data: str = "") -> Node:
    """A dictionary as the node of a forms.yaml that says the same.

    `data` is the file of every form whose file the dictionary does not know, with ``{form}`` for the form's name.
    """
    forms = {name: _make_form(form, data) for name, form in dictionary.forms.items()}
    place = Place(file=dictionary.files[0] if dictionary.files else "")
    events = [
        _mapping({"event": event.name, "eid": event.eid, "group": event.group, "day": event.day}, event.place)
        for event in dictionary.events
        if event.name
    ]
    whole = {"forms": Node(forms, place.file, 0), "events": Node(events, place.file, 0)}
    return Node(whole, place.file, place.line)


def _make_form(form: Form, data: str) -> Node:
    columns = {name: _make_column(column) for name, column in form.columns.items()}
    said: dict[str, Any] = {
        "label": form.label or form.name,
        "file": data.replace("{form}", form.name) if data else form.file,
        "table": form.table,
        "metadata": list(form.metadata),
        "key": list(form.key),
        "where": {name: list(values) for name, values in form.rows.items()},
        "filled": form.filled or None,
        **form.reading,
    }
    node = _mapping(said, form.place)
    return Node({**node.value, "columns": Node(columns, form.place.file, form.place.line)}, node.file, node.line)


def _make_column(column: Column) -> Node:
    role = "" if column.role is Role.ITEM else str(column.role)
    said = {
        "label": column.label,
        "type": column.type,
        "values": dict(column.values),
        "decode": column.decode,
        "separator": column.separator,
        "unit": column.unit,
        "role": role,
        "empty": column.empty,
    }
    return _mapping(said, column.place)


def _mapping(said: Mapping[str, Any], place: Place) -> Node:
    """A node of what is not empty; everything in it stands at one place."""
    kept = {key: value for key, value in said.items() if value not in ("", None, {}, [])}
    return Node({key: _plain(value, place) for key, value in kept.items()}, *_at(place))


def _plain(value: Any, place: Place) -> Node:
    if isinstance(value, Mapping):
        return Node({str(key): _plain(inner, place) for key, inner in value.items()}, *_at(place))
    if isinstance(value, list):
        return Node([_plain(inner, place) for inner in value], *_at(place))
    return Node(value, *_at(place))


def _at(place: Place) -> tuple[str, int]:
    return place.file, place.line


def lay_over(dictionary: Dictionary, base: Node, over: Node | None, problems: list[Problem]) -> Node:
    """The node of a dictionary with a forms.yaml laid over it.

    A key of forms.yaml takes the place of the dictionary's, ``null`` takes it away; forms, columns, values and events
    are laid over one by one. FORM004: a form, FORM005: a column, FORM006: an event that is not in the dictionary;
    FORM007: one that is marked as new and is.
    """
    if over is None:
        return base
    layer = _Layer(dictionary, problems)
    result = {**base.value, **{key: node for key, node in over.items() if key not in ("forms", "events")}}
    result["forms"] = layer.lay_forms(base.at(("forms",)), over.get("forms"))
    result["events"] = layer.lay_events(base.at(("events",)), over.get("events"))
    return Node(result, over.file, over.line)


@dataclass
class _Layer:
    dictionary: Dictionary
    problems: list[Problem]

    def lay_forms(self, base: Node, over: Node | None) -> Node:
        """Each form under its own name; forms that are new come last."""
        result = dict(base.value)
        if over is None:
            return base
        for name, node in over.items():
            is_new, bare = _take_new(node)
            if name in result:
                if is_new:
                    message = f"form {name} is new, but it is in the dictionary"
                    self._report("FORM007", node, message, result[name].place)
                if node.value is None:
                    del result[name]
                else:
                    result[name] = self._lay_form(name, result[name], bare)
            elif is_new or not self.dictionary.forms:
                result[name] = self._lay_items(bare)
            else:
                hint = did_you_mean(name, result) or "a form that the dictionary does not have says 'new: true'"
                message = f"form {name} is not in the dictionary ({_files(self.dictionary)})"
                self.problems.append(node.problem("FORM004", message, hint))
        return Node(result, over.file, over.line)

    def _lay_form(self, name: str, base: Node, over: Node) -> Node:
        result = dict(base.value)
        for key, node in over.items():
            if key == "columns" and node.is_mapping:
                result[key] = self._lay_columns(name, base.at(("columns",)), node)
            elif node.value is None:
                result.pop(key, None)
            else:
                result[key] = node
        return Node(result, base.file, base.line)

    def _lay_columns(self, form: str, base: Node, over: Node) -> Node:
        result = dict(base.value)
        for name, node in over.items():
            is_new, bare = _take_new(node)
            if name in result:
                if is_new:
                    message = f"column {name} of form {form} is new, but it is in the dictionary"
                    self._report("FORM007", node, message, result[name].place)
                if node.value is None:
                    del result[name]
                else:
                    result[name] = _lay_column(result[name], bare)
            elif is_new:
                result[name] = bare
            else:
                hint = did_you_mean(name, result) or "a column that the dictionary does not have says 'new: true'"
                message = f"form {form} has no column {name} in the dictionary ({base.place})"
                self.problems.append(node.problem("FORM005", message, hint))
        return Node(result, base.file, base.line)

    def _lay_items(self, form: Node) -> Node:
        """A new form: columns that the dictionary describes without a form are as it says."""
        columns = form.get("columns")
        if columns is None or not columns.is_mapping or not self.dictionary.items:
            return form
        known = {name: _make_column(item) for name, item in self.dictionary.items.items()}
        laid = {
            name: _lay_column(known[name], node) if name in known else _take_new(node)[1]
            for name, node in columns.items()
        }
        return Node({**form.value, "columns": Node(laid, columns.file, columns.line)}, form.file, form.line)

    def lay_events(self, base: Node, over: Node | None) -> Node:
        """Each event over the one of its eid, or else of its name."""
        if over is None or not over.is_list:
            return over or base
        result = list(base.value)
        for node in over.value:
            place = next((number for number, known in enumerate(result) if _is_same(known, node)), None)
            is_new, bare = _take_new(node)
            if place is not None:
                if is_new:
                    message = f"event {_name(node)} is new, but it is in the dictionary"
                    self._report("FORM007", node, message, result[place].place)
                kept = {key: own for key, own in result[place].items() if bare.get(key) is None}
                result[place] = Node({**kept, **bare.value}, bare.file, bare.line)
            elif is_new or not base.value:
                result.append(bare)
            else:
                names = [_text(event.get(key)) for event in base.value for key in ("eid", "event")]
                hint = did_you_mean(_name(node), names) or "an event that the dictionary does not have says 'new: true'"
                message = f"event {_name(node)} is not in the dictionary ({_files(self.dictionary)})"
                self.problems.append(node.problem("FORM006", message, hint))
        return Node(result, over.file, over.line)

    def _report(self, code: str, node: Node, message: str, place: Place) -> None:
        self.problems.append(node.problem(code, message, f"it is at {place}; leave 'new' out to change it"))


def _take_new(node: Node) -> tuple[bool, Node]:
    """Whether an entry is marked as new, and the entry without the mark."""
    if not node.is_mapping or node.get(NEW) is None:
        return False, node
    return node.value[NEW].value is True, Node({k: v for k, v in node.items() if k != NEW}, node.file, node.line)


def _lay_column(base: Node, over: Node) -> Node:
    """The attributes of a column with others over them; a bare text is the label, and nothing changes nothing."""
    if over.value is None:
        return base
    if not over.is_mapping:
        return Node({**base.value, "label": over}, base.file, base.line)
    result = dict(base.value)
    for key, node in over.items():
        if node.value is None:
            result.pop(key, None)
        else:
            result[key] = node
    return Node(result, base.file, base.line)


def _is_same(known: Node, node: Node) -> bool:
    keys = [key for key in ("eid", "event") if node.get(key) is not None]
    return bool(keys) and _text(known.get(keys[0])) == _text(node.get(keys[0]))


def _name(node: Node) -> str:
    return _text(node.get("eid")) or _text(node.get("event")) or "?"


def _text(node: Node | None) -> str:
    return "" if node is None or node.value is None else str(node.value)


def _files(dictionary: Dictionary) -> str:
    names: Iterable[str] = dictionary.files[:3]
    return ", ".join(names) + (" ..." if len(dictionary.files) > 3 else "")


def check_files(node: Node, place: Place) -> Problem | None:
    """FORM008: forms that share a file of which neither the dictionary nor forms.yaml says the name."""
    nameless = [name for name, form in node.at(("forms",)).items() if form.get("filled") and not form.get("file")]
    if not nameless:
        return None
    shown = ", ".join(nameless[:3]) + (" ..." if len(nameless) > 3 else "")
    message = f"nothing says in which file of the raw folder the forms are that share one: {shown}"
    return Problem("FORM008", message, place=place, hint="name it: forms: {dictionary: ..., data: FILE}")


def name_subject(node: Node, dictionary: Dictionary | None) -> Node:
    """The node of study.yaml, with the dictionary's column of the subject where ``raw`` names none."""
    raw = node.get("raw")
    if dictionary is None or not dictionary.subject or raw is None or not raw.is_mapping or raw.get("subject"):
        return node
    subject = Node(dictionary.subject, raw.file, raw.line)
    return Node(
        {**node.value, "raw": Node({**raw.value, "subject": subject}, raw.file, raw.line)}, node.file, node.line
    )


def explain_system(forms: Mapping[str, StudyForm]) -> dict[str, str]:
    """Why columns that the EDC adds are not submitted, as ``not_submitted`` says it: internal ids and states, names of
    forms, and dates that it interpolated. Those that tell subjects, sites and visits apart are for the mapping to
    decide.
    """
    reasons: dict[str, str] = {}
    for form in forms.values():
        for field in form.fields.values():
            if field.of_dictionary and field.role in ("system", "form"):
                reasons[f"{form.name}.{field.name}"] = "added by the EDC, as its dictionary says, and not collected"
            elif field.of_dictionary and field.role == "derived" and field.type in ("date", "datetime"):
                reasons[f"{form.name}.{field.name}"] = "interpolated by the EDC from what was entered"
    return reasons


def list_files(path: Path) -> list[Path]:
    """The files of a dictionary: one, or all of a folder."""
    return sorted(inside for inside in path.rglob("*") if inside.is_file()) if path.is_dir() else [path]
