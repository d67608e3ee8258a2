"""Lint: references that lead nowhere, or to a dataset with several records per subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cdisc_conv.derivations.base import SELF, SUBJECT, Ref
from cdisc_conv.derivations.parameters import join_words
from cdisc_conv.expr import Expression, suggest_quotes
from cdisc_conv.problems import Place, Problem, did_you_mean
from cdisc_conv.spec.lint.causes import missing_table
from cdisc_conv.spec.lint.expressions import expressions_in
from cdisc_conv.spec.model import Block, DatasetSpec, Source, SourceKind, Study, Variable
from cdisc_conv.spec.references import (
    TargetKind,
    has_table,
    resolve,
    source_columns,
    table_columns,
)
from cdisc_conv.tables import ColumnRef, TableId

MOST_LOST = 50
"""So many entries of a dataset get findings of their own for names that lead nowhere; the rest share one."""


def check_references(study: Study) -> Iterator[Problem]:
    """Findings LINT301 to LINT305 and LINT307 about the names that entries and blocks use."""
    shared: set[tuple[str, str, str]] = set()
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            if _has_source(study, dataset, block):
                yield from _check_block(study, dataset, block)
        yield from _check_names_of_others(study, dataset)
        described, beyond = 0, []
        for variable, blocks in _entries(dataset):
            if dataset.is_misspelt(variable.name):  # a finding by itself; what it reads is looked at afterwards
                continue
            readable = [block for block in blocks if _has_source(study, dataset, block)]
            if described >= MOST_LOST and _find_lost(study, dataset, variable, readable):
                beyond.append(variable)
                continue
            lost = list(_check_entry(study, dataset, variable, readable))
            described += any(problem.code == "LINT301" for problem in lost)
            for problem in lost:
                # An entry of study.yaml holds for all datasets: what is wrong with it is said once.
                key = (str(problem.place), problem.code, problem.hint)
                if variable.place.file != study.place.file or key not in shared:
                    yield problem
                shared.add(key)
            # The 'by' of a lookup is a name on both sides.
            names = {problem.value.rpartition(" ")[2] for problem in lost if problem.value}
            tables = _check_tables(study, dataset, variable)
            yield from (problem for problem in tables if problem.value.rpartition(" ")[2] not in names)
        if beyond:
            message = f"{dataset.name} has {len(beyond):,} more entries that read names which lead nowhere"
            yield Problem("LINT301", message, place=beyond[0].place)


def _entries(dataset: DatasetSpec) -> Iterator[tuple[Variable, list[Block]]]:
    """Every entry of a dataset with the blocks it is for."""
    for name in dataset.names():
        found: dict[int, tuple[Variable, list[Block]]] = {}
        for block in dataset.blocks:
            variable = dataset.own_variable(name, block)
            if variable is not None:
                found.setdefault(id(variable), (variable, []))[1].append(block)
        yield from found.values()


def _has_source(study: Study, dataset: DatasetSpec, block: Block) -> bool:
    """Whether the block's source can be asked for its columns; where not, that is a finding already."""
    if block.source.kind is SourceKind.NOTHING:
        return bool(block.for_each)
    if block.source == Source(SourceKind.DATASET, dataset.name):  # a circle
        return False
    if block.source.kind is SourceKind.SELF and block is dataset.blocks[0]:  # nothing is before it
        return False
    return has_table(study, block.source.table)


def _check_entry(study: Study, dataset: DatasetSpec, variable: Variable, blocks: Sequence[Block]) -> Iterator[Problem]:
    what = f"{dataset.name}.{variable.name}"
    unknown = _find_lost(study, dataset, variable, blocks)
    for ref in _list_reads(variable):
        targets = [resolve(study, dataset, block, variable.name, ref) for block in blocks]
        if ref in unknown:
            problem = _describe_lost(study, dataset, unknown[ref], what, ref, variable.place)
            conditions = [variable.when, *(inner for inner, _, _ in expressions_in(variable.derivation))]
            yield replace(problem, hint=problem.hint or _suggest_quotes(ref, conditions))
        table = next((target.table for target in targets if target and target.kind is TargetKind.OTHER), "")
        yield from _check_direction(study, dataset, table, f"{what} reads {ref}", variable.place)
        if (
            table
            and SUBJECT not in table_columns(study, table)
            and not _is_unread(study, dataset, f"{table}.{SUBJECT}")
        ):
            message = f"{what} reads {ref}, but {table} has no {SUBJECT} to find the subject by"
            yield Problem("LINT303", message, place=variable.place)
        if table and _is_repeating(study, table):
            message = f"{what} reads {ref}, but {table} has several records per subject"
            hint = f"say which record: {{lookup: {{from: {table}, ...}}}}, {{min: {ref}}} or {{max: {ref}}}"
            yield Problem("LINT304", message, place=variable.place, hint=hint)


def _list_reads(variable: Variable) -> tuple[str, ...]:
    when = variable.when.names if variable.when is not None else ()
    return tuple(dict.fromkeys((*variable.derivation.reads(), *when)))


def _find_lost(
    study: Study, dataset: DatasetSpec, variable: Variable, blocks: Sequence[Block]
) -> dict[str, list[Block]]:
    """The names an entry reads that lead nowhere, with the blocks in which they do not."""
    found = {
        ref: [
            block
            for block in blocks
            if resolve(study, dataset, block, variable.name, ref) is None
            and not _define_elsewhere(dataset, block, ref)  # a finding of the block
        ]
        for ref in _list_reads(variable)
    }
    return {ref: lost for ref, lost in found.items() if lost and not _is_unread(study, dataset, ref)}


def _define_elsewhere(dataset: DatasetSpec, block: Block, ref: str) -> list[int]:
    """The numbers of the blocks whose ``for_each`` defines a name that a block's own does not."""
    if ref in block.given_names:
        return []
    return [number for number, other in enumerate(dataset.blocks, 1) if ref in other.given_names]


def _check_names_of_others(study: Study, dataset: DatasetSpec) -> Iterator[Problem]:
    """LINT301: entries read names of ``for_each`` in a block that does not define them: one finding for the block."""
    for number, block in enumerate(dataset.blocks, 1):
        if not _has_source(study, dataset, block):
            continue
        where = block.where.names if block.where is not None else ()
        merge = (*block.merge.by, block.merge.start, block.merge.end) if block.merge else ()
        columns = source_columns(study, block)
        decide = (*where, *block.group, *merge, *block.order, *block.columns)
        readers = {ref: "" for ref in decide if _define_elsewhere(dataset, block, ref) and ref not in columns}
        for name in dataset.names():
            variable = dataset.own_variable(name, block)
            if variable is None or dataset.is_misspelt(name):
                continue
            when = variable.when.names if variable.when is not None else ()
            for ref in (*variable.derivation.reads(), *when):
                if _define_elsewhere(dataset, block, ref) and resolve(study, dataset, block, name, ref) is None:
                    readers.setdefault(ref, name)
        if readers:
            yield _describe_names_of_others(dataset, number, block, readers)


def _describe_names_of_others(dataset: DatasetSpec, number: int, block: Block, readers: Mapping[str, str]) -> Problem:
    first = min(_define_elsewhere(dataset, block, ref)[0] for ref in readers)
    mapped = join_words(list(dict.fromkeys(name for name in readers.values() if name)))
    reads = f"block {number} of {dataset.name} reads {join_words(list(readers))}"
    message = f"{reads}, which it does not define, as block {first} does in 'for_each'"
    other_way = f", or map {mapped} in its 'set'" if mapped else ""
    hint = f"give it a 'for_each' that does{other_way}"
    return Problem("LINT301", message, place=block.place, hint=hint)


def _is_unread(study: Study, dataset: DatasetSpec, ref: str) -> bool:
    """Whether the name is mapped by an entry that could not be read: reported there, and not once more here."""
    column = ColumnRef(ref)
    if column.has_table and column.table in study.unread:
        return True
    other = study.datasets.get(column.table) if column.has_table else None
    return other.is_unread(column.column) if other is not None else dataset.is_unread(ref)


def _check_direction(study: Study, dataset: DatasetSpec, table: str, what: str, place: Place) -> Iterator[Problem]:
    """LINT307: data flow from the SDTM to the analysis datasets, and not back."""
    if table in study.datasets and study.datasets[table].family.is_analysis and not dataset.family.is_analysis:
        message = f"{what}, but the SDTM cannot be made of analysis datasets"
        yield Problem("LINT307", message, place=place, hint="derive it in the analysis dataset")


def _check_block(study: Study, dataset: DatasetSpec, block: Block) -> Iterator[Problem]:
    """The names that decide which records there are: columns of the source, and those that ``for_each`` defines."""
    yield from _check_direction(study, dataset, block.source.table, f"{dataset.name} reads {block.source}", block.place)
    own = frozenset(source_columns(study, block))
    merge = (*block.merge.by, block.merge.start, block.merge.end) if block.merge else ()
    places = dict.fromkeys(block.group, block.place_of("group")) | dict.fromkeys(merge, block.place_of("merge"))
    carried = (f"raw.{name}" for name in (block.carry.columns if block.carry else ()))
    places |= dict.fromkeys(carried, block.place_of("carry"))
    for entry, place in zip(block.for_each, block.entry_places, strict=True):
        places |= {str(value): place for value in entry.values() if isinstance(value, Ref)}
    if block.where is not None:
        places |= dict.fromkeys(block.where.names, block.place_of("where"))
    places |= dict.fromkeys(block.order, block.place_of("order"))
    places |= dict.fromkeys(block.columns, block.place_of("columns"))
    read = {value for entry in block.for_each for value in entry.values() if isinstance(value, Ref)}
    for ref, place in places.items():
        name = ref.removeprefix("raw.")
        columns = own if ref in read else own | block.given_names  # entries are read from the source itself
        number = dataset.blocks.index(block)
        of_entries = ref in block.given_names  # a name of `for_each`, which no earlier block has to map
        before = of_entries or _is_mapped_before(dataset, number, name)
        if block.source.kind is SourceKind.SELF and name in columns and not before:
            message = f"block {number + 1} of {dataset.name} reads {name} of earlier blocks, but none of them maps it"
            yield Problem("LINT305", message, place=place, hint=_blocks_that_map(dataset, number, name))
        elif name not in columns and not _define_elsewhere(dataset, block, ref):
            what = f"{block.source}" if block.source.name else "'for_each'"
            message = f"the records of {dataset.name} depend on {ref}, which is not a column of {what}"
            meant = did_you_mean(ref.removeprefix("raw."), columns)
            yield Problem("LINT301", message, place=place, hint=meant or _suggest_quotes(ref, [block.where]))


def _suggest_quotes(ref: str, conditions: Sequence[Expression | None]) -> str:
    hints = (suggest_quotes(ref, condition) for condition in conditions if condition is not None)
    return next(filter(None, hints), "")


def _describe_lost(
    study: Study, dataset: DatasetSpec, blocks: Sequence[Block], what: str, ref: str, place: Place
) -> Problem:
    column = ColumnRef(ref)
    table, name, named = column.table, column.column, column.has_table
    if named and has_table(study, table):
        message = f"{what} reads {ref}, but {table} {'does not map' if table in study.datasets else 'has no'} {name}"
        hint = did_you_mean(name, table_columns(study, table))
        return Problem("LINT301", message, place=place, hint=hint, value=f"{table} {name}")
    if named and any(table in family.standard.datasets for family in study.families.values()):
        message = f"{what} reads {ref}, but the study has no dataset {table}"
        hint = f"map {table}, or name it under 'given'"
        return Problem("LINT301", message, place=place, hint=hint, value=missing_table(table))
    known = [*study.datasets, *study.given]
    meant = did_you_mean(table, known)
    if named and table != "raw" and (meant or all(block.source.kind is not SourceKind.FORM for block in blocks)):
        message = f"{what} reads {ref}, but the study has no dataset {table}"
        hint = meant or f"there are: {', '.join(known)}"
        return Problem("LINT301", message, place=place, hint=hint, value=missing_table(table))
    sources = " or ".join(dict.fromkeys(str(block.source) if block.source.name else "'for_each'" for block in blocks))
    columns = [column for block in blocks for column in (*source_columns(study, block), *block.given_names)]
    if table == "raw" and named:
        message = f"{what} reads {ref}, which is not a column of {sources}"
        return Problem("LINT301", message, place=place, hint=did_you_mean(name, columns), value=f"{sources} {name}")
    message = f"{what} reads {ref}, which is neither a column of {sources} nor a variable of {dataset.name}"
    hint = did_you_mean(ref, [known_name for known_name in (*dataset.names(), *columns) if known_name != ref])
    return Problem("LINT301", message, place=place, hint=hint, value=f"{dataset.name} {ref}")


def _check_tables(study: Study, dataset: DatasetSpec, variable: Variable) -> Iterator[Problem]:
    what = f"{dataset.name}.{variable.name}"
    for table, columns in variable.derivation.tables().items():
        if table in study.unread:
            continue
        yield from _check_direction(study, dataset, table, f"{what} reads {table}", variable.place)
        if table == SELF:
            yield from _check_earlier(dataset, variable, columns)
            continue
        if not has_table(study, table):
            known = [*study.datasets, *study.given, *map(TableId.of_form, study.forms)]
            hint = did_you_mean(table, known) or "write a dataset (DS) or a form (form ic)"
            if table in study.forms:
                hint = f"write 'form {table}' for the form"
            if table in study.sdtm.standard.datasets:
                hint = f"map {table}, or name it under 'given'"
            message = f"{what} reads {table}, which the study does not have"
            yield Problem("LINT302", message, place=variable.place, hint=hint, value=missing_table(table))
            continue
        known_columns = table_columns(study, table)
        for column in columns:
            unread = table in study.datasets and study.datasets[table].is_unread(column)
            if column not in known_columns and not unread:
                message = f"{what} reads {column} of {table}, which is not there"
                hint = did_you_mean(column, known_columns)
                yield Problem("LINT303", message, place=variable.place, hint=hint, value=f"{table} {column}")


def _check_earlier(dataset: DatasetSpec, variable: Variable, columns: Sequence[str]) -> Iterator[Problem]:
    """LINT305: a derivation looks among the records of earlier blocks for what none of them has."""
    for number, block in enumerate(dataset.blocks):
        if dataset.own_variable(variable.name, block) is not variable:
            continue
        if number == 0:
            what = f"{dataset.name}.{variable.name}"
            message = f"{what} reads the records of earlier blocks, but no block is before block 1"
            yield Problem("LINT305", message, place=variable.place, hint="map it in the 'set' of later blocks alone")
            continue
        for column in columns:
            if not _is_mapped_before(dataset, number, column):
                message = f"{dataset.name}.{variable.name} reads {column} of earlier blocks, but none of them maps it"
                yield Problem("LINT305", message, place=variable.place, hint=_blocks_that_map(dataset, number, column))


def _is_mapped_before(dataset: DatasetSpec, number: int, name: str) -> bool:
    return any(dataset.own_variable(name, block) is not None for block in dataset.blocks[:number])


def _blocks_that_map(dataset: DatasetSpec, number: int, name: str) -> str:
    later = [
        str(n)
        for n, block in enumerate(dataset.blocks, 1)
        if n > number + 1 and dataset.own_variable(name, block) is not None
    ]
    if later:
        return f"block {', '.join(later)} of 'records' maps it: put that one first"
    return did_you_mean(name, [known for known in dataset.names() if known != name])


def _is_repeating(study: Study, table: str) -> bool:
    standard = study.datasets[table].standard if table in study.datasets else study.given[table].standard
    return standard.repeating
