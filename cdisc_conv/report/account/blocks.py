"""Blocks that read rows and make no record of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdisc_conv.engine.state import State
from cdisc_conv.expr import texts_compared
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.spec.model import Block, SourceKind, Study

BlockCounts = Mapping[tuple[str, int], tuple[int, int]]
"""(dataset, block from 0) -> rows read and records made; both add up over parts of the data."""


def count_blocks(state: State) -> dict[tuple[str, int], tuple[int, int]]:
    """The rows that each block reads of a raw form, and the records it makes."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for (dataset, number), rows in state.blocks.items():
        source = state.study.datasets[dataset].blocks[number].source
        if source.kind is SourceKind.FORM:
            found[dataset, number] = (state.table_length(source.table), rows.length)
    return found


def describe_blocks(study: Study, counts: BlockCounts) -> Iterator[Problem]:
    """ACC007: a block that reads rows and makes none.

    A note where its condition asks for codes that its form declares, or whether its columns are filled, since such a
    row may still come; else a warning.
    """
    for (dataset, number), (read, made) in counts.items():
        block = study.datasets[dataset].blocks[number]
        if read and not made:
            rows = f"{read:,} row{'' if read == 1 else 's'}"
            message = f"block {number + 1} of {dataset} reads {rows} of {block.source} and makes no record"
            hint = f"no row meets {block.where}" if block.where is not None else "'for_each' is empty"
            hidden = [name for name in block.given_names if name in study.forms[block.source.name].fields]
            if hidden:
                hint += f"; 'for_each' defines {', '.join(sorted(hidden))}, which the form has as well"
            severity = Severity.NOTE if _may_come(study, block) and not hidden else Severity.WARNING
            yield Problem("ACC007", message, severity, Place(dataset=dataset, form=block.source.name), hint, count=read)


def _may_come(study: Study, block: Block) -> bool:
    """Whether the condition asks only for columns of the form, and of these for codes that the form declares."""
    if block.where is None:
        return False
    fields = study.forms[block.source.name].fields
    codes = {name: set(field.values) for name, field in fields.items()}
    asked = texts_compared(block.where)
    names = [name.removeprefix("raw.") for name in block.where.names]
    return codes.keys() >= set(names) and all(
        codes[name.removeprefix("raw.")].issuperset(texts) for name, texts in asked.items()
    )
