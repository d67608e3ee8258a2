"""Which records of its source a block turns into records of the dataset, in words."""

from __future__ import annotations

from collections.abc import Sequence

from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.describe.words import (
    PartWords,
    describe_carry,
    describe_columns,
    describe_table,
    explain_working,
)
from cdisc_conv.engine.plan.graph import Part
from cdisc_conv.spec.model import Block, DatasetSpec, SourceKind, Study


def describe_selection(study: Study, part: Part) -> str:
    """The condition and the groups of the blocks of a part, a sentence each; nothing of a block that takes all.

    For ``{from: RS, where: RSSTRESC == "PD", group: [USUBJID], order: [RSDTC]}`` it is "One record for each USUBJID of
    RS where RS.RSSTRESC equals PD, from the first of its records sorted by RSDTC."
    """
    return " ".join(dict.fromkeys(text for number in part.blocks if (text := _describe_block(study, part, number))))


def _describe_block(study: Study, part: Part, number: int) -> str:
    block = study.datasets[part.dataset].blocks[number]
    source = describe_table(study, block.source.table)
    where = f" where {describe_where(study, part, number)}" if block.where is not None else ""
    explained = _explain_where(study, part, number)
    group = [name.removeprefix("raw.") for name in block.group if name not in block.given_names]
    if not group:
        return f"Records of {source}{where}.{explained}" if where else ""
    text = f"One record for each {_list(group)} of {source}{where}"
    if not block.order and block.take == "first":
        return f"{text}.{explained}"
    order = f" sorted by {_list(block.order)}" if block.order else ""
    return f"{text}, from the {block.take} of its records{order}.{explained}"


def describe_groups(study: Study, spec: DatasetSpec) -> str:
    """Which of several rows a record is read from, a sentence for each way in which blocks of a dataset gather rows.

    For ``{form: sfu, group: [SUBJID, DRUG], order: [ESEQ]}`` it is "One record for each SUBJID and DRUG of form Visit,
    read from the first of its rows sorted by ESEQ."
    """
    return " ".join(dict.fromkeys(text for block in spec.blocks if (text := _describe_gathering(study, block))))


def _describe_gathering(study: Study, block: Block) -> str:
    said = (_describe_split(study, block), describe_carry(block), _describe_joining(study, block))
    return " ".join(filter(None, said))


def _describe_split(study: Study, block: Block) -> str:
    if block.split is None:
        return ""
    read = (entry.get(block.split.name) for entry in block.for_each)
    columns = _list(list(dict.fromkeys(str(value).removeprefix("raw.") for value in read if isinstance(value, Ref))))
    source = describe_table(study, block.source.table)
    return f'One record for each value of {columns} of {source}, between which stands "{block.split.by}".'


def _describe_joining(study: Study, block: Block) -> str:
    source = describe_table(study, block.source.table)
    if block.merge is not None:
        by = _list([name.removeprefix("raw.") for name in block.merge.by])
        return f"Adjoining intervals of {source} with equal {by} are one record."
    if not block.group:
        return ""
    rows = "rows" if block.source.kind is SourceKind.FORM else "records"
    order = f"sorted by {_list(block.order)}" if block.order else f"as they stand in {source}"
    group = _list([name.removeprefix("raw.") for name in block.group])
    return f"One record for each {group} of {source}, read from the {block.take} of its {rows} {order}."


def describe_where(study: Study, part: Part, number: int) -> str:
    """The condition of a block in words. Its names are columns of the source, also where the dataset has them too."""
    block = study.datasets[part.dataset].blocks[number]
    words = PartWords(study, Part(part.dataset, part.name, (number,)))

    def name_column(name: str) -> str:
        bare = name.removeprefix("raw.")
        return words(name) if bare in block.given_names else describe_columns(study, [(block.source.table, bare)])

    return block.where.describe(name_column) if block.where is not None else ""


def _explain_where(study: Study, part: Part, number: int) -> str:
    """What the condition of a block names and no dataset of the package holds, explained."""
    block = study.datasets[part.dataset].blocks[number]
    names = block.where.names if block.where is not None else ()
    words = PartWords(study, Part(part.dataset, part.name, (number,)))
    for name in names:
        if name.removeprefix("raw.") not in block.given_names:
            words.note(block.source.table, name.removeprefix("raw."))
    return "".join(f" {text}" for text in explain_working(study, words.working))


def _list(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
