"""Methods and comments: each text is written once and everything that it holds for refers to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from cdisc_conv.dataset import Dataset
from cdisc_conv.define.building.study import DefineStudy
from cdisc_conv.define.building.uses import Use, describe_dataset
from cdisc_conv.define.building.xml import add_element, add_text

NAMED_USERS = 3
"""How many variables the name of a shared method lists before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method text with its identifier and the name shown for it."""

    oid: str
    name: str
    type: str
    text: str


def name_methods(uses: Iterable[Use]) -> dict[tuple[str, str], Method]:
    """The methods by type and text, in the order of first use; equal texts are one method."""
    users: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        if use.item.method:
            users.setdefault((use.item.method_type, use.item.method), []).append(use)
    return {
        (kind, text): Method(f"MT.{found[0].path}", f"Method for {_list_users(found)}", kind, text)
        for (kind, text), found in users.items()
    }


def write_methods(parent: etree._Element, methods: Iterable[Method], language: str) -> None:
    """One MethodDef per method."""
    for method in methods:
        element = add_element(parent, "MethodDef", {"OID": method.oid, "Name": method.name, "Type": method.type})
        add_text(element, "Description", method.text, language)


def name_comments(
    study: DefineStudy, datasets: Sequence[Dataset], uses: Iterable[Use], joins: dict[str, str]
) -> dict[str, str]:
    """The identifier of each comment text, in the order of first use.

    ``joins`` are the comments of where-clauses that reach into another dataset, by the clause's identifier.
    """
    found: dict[str, str] = {}

    def note(text: str, oid: str) -> None:
        if text:
            found.setdefault(text, f"COM.{oid}")

    note(study.comment, "study")
    for standard in study.standards:
        note(standard.comment, standard.oid)
    for oid, text in joins.items():
        note(text, oid)
    for dataset in datasets:
        note(describe_dataset(dataset), dataset.name)
    for use in uses:
        note(use.comment, use.path)
    for display in study.displays:
        for result in display.results:
            note(result.comment, display.result_oid(result))
    return found


def write_comments(parent: etree._Element, comments: dict[str, str], language: str) -> None:
    """One CommentDef per text."""
    for text, oid in comments.items():
        add_text(add_element(parent, "def:CommentDef", {"OID": oid}), "Description", text, language)


def _list_users(users: Sequence[Use]) -> str:
    """``VS.VSDY, TU.TUDY, TR.TRDY and 2 more``; value-level users carry what they hold for."""
    names = [f"{use.user} ({use.name})" if use.clauses else use.user for use in users]
    more = f" and {len(names) - NAMED_USERS} more" if len(names) > NAMED_USERS else ""
    return ", ".join(names[:NAMED_USERS]) + more
