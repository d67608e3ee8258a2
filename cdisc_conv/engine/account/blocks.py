"""Blocks that read rows and make no record of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cdisc_conv.engine.derive.state import State
from cdisc_conv.expr import literals_of, texts_compared
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.spec.expected import codelist_of
from cdisc_conv.spec.lint.parameters import PARAMETER, codes_of_block
from cdisc_conv.spec.model import Block, SourceKind, Study
from cdisc_conv.spec.references import source_columns

BlockCounts = Mapping[tuple[str, int], tuple[int, int]]
"""(dataset, block from 0) -> rows read and records made; both add up over parts of the data."""


def count_blocks(state: State) -> dict[tuple[str, int], tuple[int, int]]:
    """The rows that each block reads of its source, and the records it makes."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for (dataset, number), rows in state.blocks.items():
        source = state.study.datasets[dataset].blocks[number].source
        if source.kind is SourceKind.SELF:
            found[dataset, number] = (state.length(dataset, range(number)), rows.length)
        elif source.kind is not SourceKind.NOTHING:
            found[dataset, number] = (state.table_length(source.table), rows.length)
    return found


def describe_blocks(study: Study, counts: BlockCounts) -> dict[tuple[str, int], Problem]:
    """ACC007: a block that reads rows and makes none, by its dataset and number.

    A note where such a row may still come: the condition asks only for codes that its form declares, or whether its
    columns are filled; of a dataset, for no text outside a codelist. Else a warning. A block that asks for a parameter
    whose own block makes none follows from that one.
    """
    empty = [key for key, (read, made) in counts.items() if read and not made]
    return {key: _describe(study, *key, counts[key][0]) for key in empty if not _follows(study, *key, empty)}


def _describe(study: Study, dataset: str, number: int, read: int) -> Problem:
    block = study.datasets[dataset].blocks[number]
    kind = block.source.kind
    row = "row" if kind is SourceKind.FORM else "record"
    source = "the blocks before it" if kind is SourceKind.SELF else block.source.table
    rows = f"{read:,} {row}{'' if read == 1 else 's'}"
    message = f"block {number + 1} of {dataset} reads {rows} of {source} and makes no record"
    hint = f"no {row} meets {block.where}" if block.where is not None else "'for_each' is empty"
    hidden = sorted(block.given_names.intersection(source_columns(study, block)))
    if hidden:
        hint += f"; 'for_each' defines {', '.join(hidden)}, which {source} has as well: raw.{hidden[0]} is the column"
    severity = Severity.NOTE if not hidden and _may_come(study, block) else Severity.WARNING
    place = Place(dataset=dataset, form=block.source.name if kind is SourceKind.FORM else "")
    return Problem("ACC007", message, severity, place, hint, count=read)


def _may_come(study: Study, block: Block) -> bool:
    """Whether nothing that the condition asks for is known to be none of the codes there are."""
    if block.where is None:
        return False
    asked = texts_compared(block.where)
    if block.source.kind is not SourceKind.FORM:
        return not any(
            _is_outside(study, block.source.name, ref, text) for ref, texts in asked.items() for text in texts
        )
    codes = {name: set(field.values) for name, field in study.forms[block.source.name].fields.items()}
    names = {name.removeprefix("raw.") for name in block.where.names}
    return codes.keys() >= names and all(
        codes[ref.removeprefix("raw.")].issuperset(texts) for ref, texts in asked.items()
    )


def _is_outside(study: Study, dataset: str, ref: str, text: str) -> bool:
    """Whether a text is not in the codelist of a column of a dataset; no where the column has none."""
    name = ref.removeprefix("raw.")
    if dataset not in study.datasets:
        found = study.sdtm.standard.variable(study.given[dataset].standard, name)
        keys = [key for key in found.codelists if key in study.sdtm.terminology] if found is not None else []
        return bool(keys) and text not in study.sdtm.terminology.codelist(*keys).values
    spec = study.datasets[dataset]
    entries = (entry for block in spec.blocks if (entry := spec.own_variable(name, block)) is not None)
    lists = [codelist for entry in entries if (codelist := codelist_of(study, spec, entry)) is not None]
    return bool(lists) and not any(text in codelist.values for codelist in lists)


def _follows(study: Study, dataset: str, number: int, empty: Collection[tuple[str, int]]) -> bool:
    """Whether a block asks for parameters that only blocks without records make."""
    block = study.datasets[dataset].blocks[number]
    if block.where is None or block.source.name not in study.datasets:
        return False
    spec, asked = study.datasets[block.source.name], set(literals_of(block.where, PARAMETER))
    makers = [
        place for place, other in enumerate(spec.blocks) if asked.intersection(codes_of_block(spec, other) or asked)
    ]
    makers = [place for place in makers if spec.name != dataset or place < number]
    return bool(asked and makers) and all((spec.name, place) in empty for place in makers)
