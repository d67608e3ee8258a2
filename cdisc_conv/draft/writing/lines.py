"""Drafts as YAML: one line per entry, with its mark, score and reason behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from cdisc_conv.draft.datasets.entries import ascii_text
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Layer, Line
from cdisc_conv.spec.lint.drafts import DRAFT

_PLAIN = re.compile(r"[A-Za-z_][\w.]*")
_WORDS = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"])


def write_dataset(dataset: DatasetDraft, layer: Layer | None = None) -> str:
    """The text of a dataset's mapping file, laid over a layer of the library where one fits."""
    lines = [f"dataset: {dataset.name}"]
    if layer is not None:
        reason = "its columns are called as CDASH does, and the layer maps them so; what differs is below"
        lines.insert(0, f"extends: {layer.name}  {mark(0.9, reason)}")
    if dataset.class_name:
        lines += [f"class: {dataset.class_name}", f"label: {scalar(dataset.label)}"]
    if dataset.keys:
        lines += [f"keys: {flow(list(dataset.keys))}  {mark(0.6, 'the keys of the standard that are mapped')}"]
    lines.append("records:")
    alone = len(dataset.blocks) == 1
    for block in dataset.blocks:
        lines += write_block(block, alone)
    shared = [*(dataset.blocks[0].lines if alone else ()), *dataset.lines]
    block = dataset.blocks[0] if alone else BlockDraft("")
    for key, part in (("variables", shared), ("supplemental", block.supplemental), ("working", block.working)):
        own = [line for line in part if layer is None or line.name not in layer.same]
        without = [name for name in layer.without if key == "variables"] if layer is not None else []
        if own or without:
            lines += [f"{key}:", *_write_lines(own, "  ")]
        lines += [f"  {scalar(name)}:  {mark(0.7, 'the layer has it, and the form does not')}" for name in without]
    return "\n".join(lines) + "\n"


def write_block(block: BlockDraft, alone: bool) -> list[str]:
    """A block of ``records``; one that is `alone` has its entries under ``variables``."""
    source = f"from: {scalar(block.source)}" if block.source else f"form: {scalar(block.form)}"
    lines = [f"  - {source}  {mark(block.score, block.reason)}"]
    if block.where:
        lines.append(f"    where: {scalar(block.where)}")
    if block.group:
        lines.append(f"    group: {flow(list(block.group))}")
    if block.order:
        lines.append(f"    order: {flow(list(block.order))}")
    if block.columns:
        lines.append(f"    columns: {flow(block.columns)}")
    if block.for_each:
        lines.append("    for_each:")
        for entry in block.for_each:
            shown = {key: value for key, value in entry.items() if key != "#"}
            lines.append(f"      - {flow(shown)}" + (f"  {entry['#']}" if entry.get("#") else ""))
    if not alone:
        for name, part in (("set", block.lines), ("working", block.working), ("supplemental", block.supplemental)):
            if part:
                lines += [f"    {name}:", *_write_lines(part, "      ")]
    return lines


def _write_lines(lines: Sequence[Line], indent: str) -> list[str]:
    width = max((len(scalar(line.name)) for line in lines), default=0) + 1
    return [f"{indent}{scalar(line.name) + ':':{width}} {flow(line.entry)}  {mark_line(line)}" for line in lines]


def mark_line(line: Line) -> str:
    """The mark of a line."""
    return mark(line.score, line.reason, line.to_do)


def mark(score: float, reason: str, to_do: bool = False) -> str:
    """The comment that marks a draft: ``# draft 0.95: reason``, or ``# draft to do: reason``.

    >>> mark(0.95, "the name is AETERM"), mark(0, "not collected", True), mark(0, "not collected")
    ('# draft 0.95: the name is AETERM', '# draft to do: not collected', '# draft: not collected')
    """
    what = " ".join(reason.split())
    what = "".join(sign for sign in what if sign.isprintable())
    if to_do:
        return f"{DRAFT} to do: {what}"
    return f"{DRAFT} {score:.2f}: {what}" if score else f"{DRAFT}: {what}"


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """One value as YAML writes it; texts that could be read as something else are quoted.

    >>> scalar("AETERM"), scalar("01"), scalar('AEYN == "Y"'), scalar(2.5), scalar("it's: 1")
    ('AETERM', '"01"', '\\'AEYN == "Y"\\'', '2.5', '"it\\'s: 1"')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9 /_.+()-]*[A-Za-z0-9)]", text) and text.lower() not in _WORDS:
        return text
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**6).strip()


def block_mapping(data: Mapping[str, Any], indent: str = "") -> Iterable[str]:
    """A mapping with nested mappings one key a line, and what is in those on one line."""
    for key, value in data.items():
        yield f"{indent}{scalar(str(key))}: {flow(value)}"


def shown_label(text: str) -> str:
    """A label for a comment."""
    return ascii_text(text)[:60]
