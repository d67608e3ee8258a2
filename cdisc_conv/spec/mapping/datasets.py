"""One dataset's mapping file (its layers already merged) to a `DatasetSpec`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from types import MappingProxyType
from typing import Any

from cdisc_conv.dataset import Origin, OriginSource, OriginType
from cdisc_conv.derivations.base import SELF, SUBJECT, Ref
from cdisc_conv.derivations.registry import load_derivations
from cdisc_conv.problems import Place, Problem, closest, did_you_mean
from cdisc_conv.spec.mapping.parts import read_split
from cdisc_conv.spec.mapping.patterns import expand_patterns, is_pattern, write_out
from cdisc_conv.spec.mapping.predecessors import add_predecessors
from cdisc_conv.spec.mapping.variables import brought_along, companions, read_expression, read_origin, read_variables
from cdisc_conv.spec.model import (
    ALL,
    Block,
    Carry,
    DatasetSpec,
    Family,
    Form,
    Merge,
    Source,
    SourceKind,
    Split,
    ValueLevelSpec,
    Variable,
)
from cdisc_conv.spec.protocol.tables import FILE, PREFIX, FactTable
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.spec.yaml.repair import MOST_UNKNOWN, repair_keys
from cdisc_conv.spec.yaml.shapes.datasets import BlockDocument, DatasetDocument
from cdisc_conv.spec.yaml.validate import validate
from cdisc_conv.standards import DatasetStandard, Standard


def read_dataset(
    node: Node,
    family: Family,
    shared: Mapping[str, Variable],
    study_name: str,
    facts: Mapping[str, FactTable],
    problems: list[Problem],
    forms: Mapping[str, Form] = MappingProxyType({}),
) -> DatasetSpec | None:
    """The typed mapping of one dataset, or None when its structure cannot be made out.

    `shared` are the variables of study.yaml; they and STUDYID and DOMAIN are added where the standard has them and the
    file does not map them itself. `facts` are the tables of protocol.yaml, `forms` those whose columns the patterns of
    ``for_each`` stand for. An analysis dataset has STUDYID and USUBJID, from its source, instead.
    """
    what = str(node.at(("dataset",)).value) if node.get("dataset") else node.file
    node = repair_keys(DatasetDocument, node, what, problems)
    document, found = validate(DatasetDocument, node, what)
    problems += found
    if document is None:
        return None
    name = document.dataset
    template = _find_standard(document, family.standard, node, problems)
    if template is None or not _has_tables(document, node, facts, problems):
        return None
    node, off = _split_off(node)
    variables = read_variables(node.get("variables"), name, problems)
    working = read_variables(node.get("working"), f"{name} working", problems)
    blocks = _read_blocks(document := _write_patterns_out(document, node), node, (facts, forms), problems)
    blocks, before = add_predecessors(document, blocks, variables, node)
    implied = _implied_for(family, template, shared, study_name, node) | before | companions(variables)
    implied, blocks = _take_away(off, implied, blocks, name, problems)
    variables = implied | variables
    blocks = tuple(_with_given_variables(block, family, template, variables) for block in blocks)
    written = _written_names(node, family, template)
    variables |= _implied_sequence(template, document.keys, {*variables, *written}, blocks, node)
    own = read_variables(node.get("supplemental"), f"{name} supplemental", problems)
    return DatasetSpec(
        name=name,
        family=family,
        standard=template,
        place=node.place,
        blocks=blocks,
        variables=MappingProxyType(variables),
        supplemental=MappingProxyType(own | brought_along(variables)),
        working=MappingProxyType({**companions(working), **working}),
        label=document.label or template.label,
        sub_class=document.sub_class,
        sub_class_place=node.at(("subclass",)).place,
        structure=document.structure or template.structure,
        keys=document.keys,
        keys_place=node.at(("keys",)).place,
        part=document.part,
        split_into=read_split(document, node),
        keep_empty=_read_kept(document),
        keep_empty_place=node.at(("keep_empty",)).place,
        comment=document.comment,
        value_level=_read_value_level(document, node, problems),
        written=written,
    )


def _split_off(node: Node) -> tuple[Node, dict[str, Node]]:
    """The mapping without the variables that have no value (``ASTDTF:``), and these."""
    section = node.get("variables")
    off = {name: child for name, child in section.items() if child.value is None} if section is not None else {}
    if section is None or not off:
        return node, {}
    kept = Node({name: child for name, child in section.items() if name not in off}, section.file, section.line)
    return Node({**node.value, "variables": kept}, node.file, node.line), off


def _take_away(
    off: Mapping[str, Node],
    brought: Mapping[str, Variable],
    blocks: tuple[Block, ...],
    dataset: str,
    problems: list[Problem],
) -> tuple[dict[str, Variable], tuple[Block, ...]]:
    """Without the variables that an entry without a value takes away: companions of others, those of study.yaml.

    SPEC201 where there is nothing to take away.
    """
    known = {*brought, *(name for block in blocks for name, one in block.variables.items() if not one.entry)}
    for name, node in off.items():
        if name not in known:
            problems.append(node.problem("SPEC201", f"{dataset}.{name} needs a derivation", "such as {copy: AETERM}"))
    kept = tuple(
        replace(
            block, variables=MappingProxyType({n: v for n, v in block.variables.items() if n not in off or v.entry})
        )
        for block in blocks
    )
    return {name: variable for name, variable in brought.items() if name not in off}, kept


def _read_kept(document: DatasetDocument) -> frozenset[str]:
    said = document.keep_empty
    return frozenset({ALL} if said else ()) if isinstance(said, bool) else frozenset(said)


def _written_names(node: Node, family: Family, template: DatasetStandard) -> frozenset[str]:
    """Every name that is mapped, and those that misspelt variables must mean."""
    sections = [node.get("variables"), node.get("supplemental"), node.get("working")]
    for block in node.at(("records",)).value:
        sections += [block.get("set"), block.get("supplemental"), block.get("working")]
    names = {name for section in sections if section is not None for name, _ in section.items()}
    variables = (node.get("variables"), *(block.get("set") for block in node.at(("records",)).value))
    unknown = (
        name
        for section in variables
        if section is not None and not family.is_analysis
        for name, _ in section.items()
        if family.standard.variable(template, name) is None
    )
    misspelt = {find_meant(name, family, template, names) for name in islice(unknown, MOST_UNKNOWN)}
    return frozenset(names | misspelt - {""})


def find_meant(name: str, family: Family, template: DatasetStandard, mapped: Collection[str]) -> str:
    """The variable that a misspelt name must mean, or "": one that is not mapped, and rather one that has to be."""
    taken = frozenset(mapped)
    free = [known for known in family.standard.names(template) if known not in taken]
    wanted = {one.name for one in template.variables if one.core in ("Req", "Exp")}
    return closest(name, [known for known in free if known in wanted]) or closest(name, free)


def _find_standard(
    document: DatasetDocument, standard: Standard, node: Node, problems: list[Problem]
) -> DatasetStandard | None:
    name = document.dataset
    if name in standard.datasets:
        return standard.dataset(name)
    if document.class_name and document.label:
        try:
            return standard.custom(name, document.class_name.upper(), document.label)
        except LookupError as error:
            problems.append(node.at(("class",)).problem("SPEC111", str(error)))
            return None
        except ValueError as error:
            problems.append(node.at(("dataset",)).problem("SPEC111", str(error)))
            return None
    need = "a custom domain" if standard.model else "an analysis dataset"
    keys = {"class": document.class_name, "label": document.label}
    lacking = " and ".join(f"'{key}'" for key, value in keys.items() if not value)
    meant = did_you_mean(name, standard.datasets)
    # Whoever writes a class means no dataset of the standard; a label may stand with one that is misspelt.
    if document.class_name or (document.label and not meant):
        problems.append(node.at(("dataset",)).problem("SPEC111", f"{name} has no {lacking}, which {need} needs"))
        return None
    hint = meant or f"{need} needs {lacking}"
    message = f"{standard.name} {standard.version} has no dataset {name}"
    problems.append(node.at(("dataset",)).problem("SPEC111", message, hint))
    return None


def _read_blocks(
    document: DatasetDocument,
    node: Node,
    known: tuple[Mapping[str, FactTable], Mapping[str, Form]],
    problems: list[Problem],
) -> tuple[Block, ...]:
    name = document.dataset
    blocks = (
        _read_block(block, name, node.at(("records", number)), f"{name} records {number + 1}", known, problems)
        for number, block in enumerate(document.records)
    )
    return tuple(replace(block, part=block.part or document.part) for block in blocks)


def _read_block(
    document: BlockDocument,
    dataset: str,
    node: Node,
    what: str,
    known: tuple[Mapping[str, FactTable], Mapping[str, Form]],
    problems: list[Problem],
) -> Block:
    facts, forms = known
    if document.form and document.source:
        problems.append(node.problem("SPEC112", f"{what} names both a form and a dataset", "keep 'form' or 'from'"))
    if not (document.form or document.source or document.for_each):
        problems.append(
            node.problem("SPEC113", f"{what} says no source", "add 'form: ...', 'from: ...' or 'for_each: ...'")
        )
    if document.order and not document.group:
        hint = "add 'group', or leave 'order' out: records are sorted by the keys in the end"
        problems.append(node.problem("SPEC114", f"{what} has an 'order', but no 'group' to take a row of", hint))
    elif document.columns and not (document.group or document.merge):
        message = f"{what} has 'columns', but no 'group' or 'merge' whose rows could differ"
        hint = "add 'group' or 'merge', or leave 'columns' out"
        problems.append(node.at(("columns",)).problem("SPEC114", message, hint))
    if document.carry and not all(isinstance(one.get(document.carry.visit), int | float) for one in _entries(document)):
        message = f"{what} carries to visits, but not every entry of its 'for_each' says which: {document.carry.visit}"
        hint = f"such as for_each: [{{{document.carry.visit}: 4, AVISIT: Week 4}}]"
        problems.append(node.at(("carry",)).problem("SPEC114", message, hint))
    variables = read_variables(node.get("set"), f"{what} set", problems)
    variables = {**companions(variables), **variables}
    supplemental = read_variables(node.get("supplemental"), f"{what} supplemental", problems)
    working = read_variables(node.get("working"), f"{what} working", problems)
    entries, places = _read_entries(document, node.at(("for_each",)), facts, forms, what, problems)
    return Block(
        source=_source_of(document, dataset),
        place=node.place,
        part=document.part,
        places=MappingProxyType({key: child.place for key, child in node.items()}),
        where=read_expression(document.where, node.at(("where",)), problems),
        for_each=entries,
        entry_places=places,
        table=document.for_each if isinstance(document.for_each, str) else "",
        split=Split(document.split.into, document.split.by) if document.split else None,
        group=document.group,
        order=document.order,
        take=document.take,
        columns=MappingProxyType(dict(document.columns)),
        merge=Merge(**document.merge.model_dump()) if document.merge else None,
        carry=Carry(**document.carry.model_dump()) if document.carry else None,
        variables=MappingProxyType(variables),
        supplemental=MappingProxyType({**supplemental, **brought_along(variables)}),
        working=MappingProxyType({**companions(working), **working}),
    )


def _entries(document: BlockDocument) -> Sequence[Mapping[str, Any]]:
    """The entries of ``for_each`` that are written out; one that says nothing where there are none."""
    return document.for_each if isinstance(document.for_each, list) and document.for_each else [{}]


def _source_of(document: BlockDocument, dataset: str) -> Source:
    if document.form:
        return Source(SourceKind.FORM, document.form)
    if document.source == SELF:
        return Source(SourceKind.SELF, dataset)
    if document.source:
        return Source(SourceKind.DATASET, document.source)
    return Source(SourceKind.NOTHING)


def _has_tables(document: DatasetDocument, node: Node, facts: Mapping[str, FactTable], problems: list[Problem]) -> bool:
    """SPEC121: ``for_each`` names a table that is not there; whether there is each."""
    known = [f"{PREFIX}{name}" for name, table in facts.items() if table.rows]
    missing = [
        (number, block.for_each)
        for number, block in enumerate(document.records)
        if isinstance(block.for_each, str) and block.for_each not in known and not is_pattern(block.for_each)
    ]
    for number, said in missing:
        hint = did_you_mean(said, known) or (f"there is: {', '.join(known)}" if known else f"there is no {FILE}")
        message = f"'for_each' is '{said}', which is neither a list of entries nor a table of {FILE} that holds any"
        problems.append(node.at(("records", number, "for_each")).problem("SPEC121", message, hint))
    return not missing


def _write_patterns_out(document: DatasetDocument, node: Node) -> DatasetDocument:
    """``for_each: raw.QS*`` as the entry that it stands for."""
    if not any(is_pattern(block.for_each) for block in document.records):
        return document
    text = str(node.plain())
    records = [
        block.model_copy(update={"for_each": [write_out(str(block.for_each), text)]})
        if is_pattern(block.for_each)
        else block
        for block in document.records
    ]
    return document.model_copy(update={"records": records})


def _read_entries(
    document: BlockDocument,
    node: Node,
    facts: Mapping[str, FactTable],
    forms: Mapping[str, Form],
    what: str,
    problems: list[Problem],
) -> tuple[tuple[Mapping[str, Any], ...], tuple[Place, ...]]:
    """The entries of ``for_each`` and where they stand; those of a table of protocol.yaml stand there."""
    said: Sequence[Mapping[str, Any]] | str = document.for_each
    if not isinstance(said, str):
        said, node = _with_split(document, said, node, what, problems)
        entries, places = expand_patterns(said, node, forms.get(document.form), what, problems)
        return tuple(MappingProxyType(_read_entry(entry)) for entry in entries), tuple(places)
    table = facts[said.removeprefix(PREFIX)]
    return tuple(MappingProxyType(dict(row)) for row in table.rows), tuple(one.place for one in table.nodes)


def _with_split(
    document: BlockDocument, entries: Sequence[Mapping[str, Any]], node: Node, what: str, problems: list[Problem]
) -> tuple[Sequence[Mapping[str, Any]], Node]:
    """The entries with the column that is split: it is read as any column of ``for_each``, and parted afterwards."""
    split = document.split
    if split is None:
        return entries, node
    if not (document.form or document.source):
        hint = "add 'form' or 'from', or write the records out in 'for_each'"
        problems.append(
            node.problem("SPEC114", f"{what} has a 'split', but no source whose column it could part", hint)
        )
    column = split.column if split.column.startswith(("raw.", "`")) else f"raw.{split.column}"
    if entries:
        return [{**entry, split.into: column} for entry in entries], node
    return [{split.into: column}], Node([node.at(("split",))], node.file, node.line)


def _read_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A line of ``for_each``: ``raw.SYSBP`` (or a name in backticks) is a column of the source, all else is literal."""
    result: dict[str, Any] = {}
    for name, value in entry.items():
        if isinstance(value, str) and len(value) > 2 and value[0] == value[-1] == "`":
            result[name] = Ref(f"raw.{value[1:-1]}")
        elif isinstance(value, str) and value.startswith("raw."):
            result[name] = Ref(value)
        else:
            result[name] = "" if value is None else value
    return result


def _implied_for(
    family: Family, template: DatasetStandard, shared: Mapping[str, Variable], study_name: str, node: Node
) -> dict[str, Variable]:
    """STUDYID, DOMAIN and the variables of study.yaml, as far as the standard has them for this dataset.

    The records of an analysis dataset come from datasets that have STUDYID and USUBJID.
    """
    if family.is_analysis:
        taken_over = load_derivations()["predecessor"]
        names = ("STUDYID", SUBJECT)
        return {name: Variable(name, taken_over.model_validate({"of": name}), node.place) for name in names}
    constant = load_derivations()["constant"]
    implied = {
        "STUDYID": Variable("STUDYID", constant.model_validate({"value": study_name}), node.place),
        "DOMAIN": Variable("DOMAIN", constant.model_validate({"value": template.name}), node.place),
    }
    return {name: variable for name, variable in {**implied, **shared}.items() if template.variable(name) is not None}


def _with_given_variables(
    block: Block, family: Family, template: DatasetStandard, variables: Mapping[str, Variable]
) -> Block:
    """A name of ``for_each`` that is a variable of the dataset fills that variable, unless an entry says otherwise."""
    copy = load_derivations()["copy"]
    design = template.class_name == "TRIAL DESIGN"
    assigned = Origin(OriginType.PROTOCOL if design else OriginType.ASSIGNED, OriginSource.SPONSOR)
    implied = {
        name: Variable(name, copy.model_validate({"source": name}), block.place, origin=assigned)
        for name in dict.fromkeys(name for entry in block.for_each for name in entry)
        if family.standard.variable(template, name) is not None
        and name not in variables
        and name not in block.variables
    }
    return replace(block, variables=MappingProxyType({**implied, **block.variables}))


def _implied_sequence(
    template: DatasetStandard,
    keys: tuple[str, ...],
    names: Collection[str],
    blocks: Sequence[Block],
    node: Node,
) -> dict[str, Variable]:
    """--SEQ numbers the records of a subject in the order of the natural key, unless an entry says otherwise.

    In a dataset without subjects (TS, OI) it numbers the records that share the keys before it. `names` are
    mapped for the whole dataset, or meant to be by an entry that cannot be read.
    """
    name = f"{template.name}SEQ"
    mapped = {*names, *(name for block in blocks for name in block.variables)}
    by = [key for key in (keys or template.keys) if key in mapped and key not in ("STUDYID", SUBJECT)]
    if template.variable(name) is None or name in mapped or not by:
        return {}
    said: dict[str, Any] = {"by": by}
    if template.variable(SUBJECT) is None:
        before = template.keys[: template.keys.index(name)] if name in template.keys else ()
        within = [key for key in before if key in mapped and key != "STUDYID"]
        said = {"by": [key for key in by if key not in within], "within": within, "subjects": False}
    return {name: Variable(name, load_derivations()["sequence"].model_validate(said), node.place)}


def _read_value_level(
    document: DatasetDocument, node: Node, problems: list[Problem]
) -> Mapping[str, tuple[ValueLevelSpec, ...]]:
    result: dict[str, tuple[ValueLevelSpec, ...]] = {}
    for name, entries in document.value_level.items():
        specs: list[ValueLevelSpec] = []
        for number, entry in enumerate(entries):
            entry_node = node.at(("value_level", name, number))
            where = read_expression(entry.where, entry_node.at(("where",)), problems)
            if where is not None:
                origin = read_origin(entry.origin)
                specs.append(
                    ValueLevelSpec(where, entry.codelist, origin, entry.method, entry.comment, entry_node.place)
                )
        result[name] = tuple(specs)
    return MappingProxyType(result)
