"""The origin, method and comment of a variable, from the parts it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cdisc_conv.dataset import Origin, OriginSource, OriginType
from cdisc_conv.derivations.base import Ref
from cdisc_conv.derivations.values.copying import Constant, Copy
from cdisc_conv.engine.describe.fields import list_taken
from cdisc_conv.engine.describe.selection import describe_where
from cdisc_conv.engine.describe.words import describe_table, explain_left_out, method_of, name_variable, takes_working
from cdisc_conv.engine.plan.graph import Part, Plan, variable_of
from cdisc_conv.spec.model import Block, Field, SourceKind, Study
from cdisc_conv.spec.references import TargetKind, resolve
from cdisc_conv.tables import ColumnRef, TableId

FEW = 3
"""So many values of ``for_each`` may tell a block from another."""

# A variable whose parts differ is as far from the CRF as the furthest of them.
_FURTHEST_FIRST = (
    OriginType.DERIVED,
    OriginType.PREDECESSOR,
    OriginType.ASSIGNED,
    OriginType.PROTOCOL,
    OriginType.COLLECTED,
    OriginType.NOT_AVAILABLE,
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What define.xml says of how values came about."""

    origin: Origin | None
    method: str
    comment: str
    imputes: bool = False
    """Whether the method fills in what was not collected."""


def provenance_of(study: Study, plan: Plan, parts: Sequence[Part]) -> Provenance:
    """Origin, method and comment of a variable made of `parts` (all of its parts, or those of some records).

    A derived variable gets its text as a method, any other one as a comment: Define-XML ties methods to derivations.
    A predecessor has neither but for what the mapping adds. Constants that tell the blocks of an analysis dataset apart
    (its parameters) say nothing beside their codelist.
    """
    origins = [_origin_of(study, plan, part) for part in parts]
    origin = _combine(parts, origins)
    text = "" if _only_names(study, parts) else _combine_texts(study, parts, origins)
    comment = " ".join(dict.fromkeys(c for part in parts if (c := variable_of(study, part).comment)))
    if origin is not None and origin.type is OriginType.DERIVED:
        return Provenance(origin, text, comment, any(variable_of(study, part).derivation.imputes for part in parts))
    if origin is not None and origin.predecessor and parts:
        keys = [(ref.table, ref.column) for ref in map(ColumnRef, origin.predecessor.split(", "))]
        comment = f"{comment} {explain_left_out(study, parts[0].dataset, keys)}".strip()
    return Provenance(origin, "", " ".join(filter(None, (text, comment))))


def _origin_of(study: Study, plan: Plan, part: Part) -> Origin:
    variable = variable_of(study, part)
    if variable.origin is not None:
        pages = variable.origin.pages
        if variable.origin.type is OriginType.COLLECTED and not pages:
            taken = _fields(study, part) or _taken(study, part)
            return Origin(variable.origin.type, variable.origin.source or _collector(taken), _pages(taken))
        return variable.origin
    kind, fields = variable.derivation.actual_origin(), _fields(study, part)
    if kind is OriginType.PREDECESSOR and takes_working(study, part):
        return Origin(OriginType.DERIVED, OriginSource.SPONSOR)
    if kind is OriginType.PREDECESSOR:  # Define-XML 2.1 has no source for it: the predecessor tells
        return Origin(kind, predecessor=", ".join(_predecessors(study, part)))
    if kind is OriginType.ASSIGNED and _is_decided(study, part):
        return Origin(OriginType.DERIVED, OriginSource.SPONSOR)
    if (kind is OriginType.ASSIGNED or _repeats_design(study, part, fields)) and _is_planned(study, part):
        return Origin(OriginType.PROTOCOL, OriginSource.SPONSOR)
    if kind is not OriginType.COLLECTED:
        return Origin(kind, OriginSource.SPONSOR)
    if fields and all(field.role == "derived" for field in fields):  # the EDC computed it
        return Origin(OriginType.DERIVED, OriginSource.SPONSOR)
    if fields and all(not field.item for field in fields):
        return Origin(OriginType.ASSIGNED, OriginSource.SPONSOR)
    if fields:
        return Origin(OriginType.COLLECTED, _collector(fields), _pages(fields))
    return Origin(OriginType.DERIVED, OriginSource.SPONSOR)


PLANNED = ("ARMCD", "ARM", "ETCD", "ELEMENT", "TAETORD", "VISITDY")
"""Variables whose values are those of the trial design, when nobody collected them."""

PLANNED_POINTS = ("TPT", "TPTNUM", "ELTM", "TPTREF")
"""The same, without the prefix of the domain."""


def _is_planned(study: Study, part: Part) -> bool:
    """Whether what a tabulation dataset is assigned comes from the design of the trial."""
    dataset = study.datasets[part.dataset]
    if dataset.family.is_analysis:
        return False
    if dataset.standard.class_name == "TRIAL DESIGN":
        return part.name not in ("STUDYID", "DOMAIN", f"{part.dataset}SEQ")
    constant = isinstance(variable_of(study, part).derivation, Constant)
    of_element = part.name == "EPOCH" and constant and "ETCD" in dataset.names()
    point = part.name.startswith(part.dataset) and part.name.removeprefix(part.dataset) in PLANNED_POINTS
    return part.name in PLANNED or of_element or point


def _repeats_design(study: Study, part: Part, fields: Sequence[Field]) -> bool:
    """Whether a variable is the one of the same name of another dataset: the planned day of a visit, as SV has it."""
    derivation = variable_of(study, part).derivation
    if isinstance(derivation, Copy):
        return not fields and derivation.source.rpartition(".")[2] == part.name
    picked = derivation.picks()
    return bool(picked) and all(
        not TableId(table).is_form and columns[-1:] == (part.name,) for table, columns in picked.items()
    )


def _is_decided(study: Study, part: Part) -> bool:
    """Whether other variables decide what an analysis dataset is assigned (a flag, a code): that is a derivation."""
    variable = variable_of(study, part)
    decided = variable.when is not None or bool(variable.derivation.reads())
    return decided and study.family_of(part.dataset).is_analysis


def _predecessors(study: Study, part: Part) -> list[str]:
    """The variables that a part is taken over from; several where its blocks read several datasets."""
    dataset = study.datasets[part.dataset]
    found = []
    for number in part.blocks:
        for ref in variable_of(study, part).derivation.reads():
            target = resolve(study, dataset, dataset.blocks[number], part.name, ref)
            if target is not None and target.kind is not TargetKind.GIVEN:
                found.append(_name_predecessor(study, target.table, target.name))
    return list(dict.fromkeys(found))


def _name_predecessor(study: Study, table: str, name: str) -> str:
    """``AE.AETERM``; a supplemental qualifier is a value of its own dataset."""
    shown = name_variable(study, table, name)
    return f"SUPP{table}.QVAL where QNAM is {name}" if " in SUPP" in shown else shown


def _fields(study: Study, part: Part) -> list[Field]:
    """The form fields a part reads directly, in its own row."""
    dataset = study.datasets[part.dataset]
    found: list[Field] = []
    for number in part.blocks:
        block = dataset.blocks[number]
        for ref in variable_of(study, part).derivation.reads():
            target = resolve(study, dataset, block, part.name, ref)
            if target is None or target.kind is TargetKind.OWN or target.kind is TargetKind.OTHER:
                continue
            names = [target.name]
            if target.kind is TargetKind.GIVEN:
                values = [str(entry.get(target.name, "")) for entry in block.for_each]
                names = [value[4:] for value in values if value.startswith("raw.")]
            form = study.forms.get(block.source.name)
            found.extend(form.fields[name] for name in names if form and name in form.fields)
    return found


def _taken(study: Study, part: Part) -> list[Field]:
    """The form fields a part takes its values from by way of others, on whatever form."""
    dataset = study.datasets[part.dataset]
    taken = (one for number in part.blocks for one in list_taken(study, dataset, number, part.name))
    fields = (study.forms[form].fields.get(name) for form, name in taken if form in study.forms)
    return [field for field in fields if field is not None]


def _collector(fields: Iterable[Field]) -> OriginSource:
    """Who filled in the forms of some fields; the investigator where several did."""
    sources = {OriginSource(field.collected_by) for field in fields}
    return sources.pop() if len(sources) == 1 else OriginSource.INVESTIGATOR


def _pages(fields: Iterable[Field]) -> tuple[int, ...]:
    return tuple(sorted({page for field in fields if field.item for page in field.pages}))


def _combine(parts: Sequence[Part], origins: Sequence[Origin]) -> Origin | None:
    if not origins:
        return None
    furthest = min(origins, key=lambda origin: _FURTHEST_FIRST.index(origin.type))
    same = [origin for origin in origins if origin.type is furthest.type]
    pages = tuple(sorted({page for origin in same for page in origin.pages}))
    predecessor = _combine_predecessors(parts[0].dataset, same)
    sources = {origin.source for origin in same}
    source = OriginSource.INVESTIGATOR if OriginSource.INVESTIGATOR in sources else furthest.source
    return Origin(furthest.type, source, pages, predecessor, furthest.description)


def _combine_predecessors(dataset: str, origins: Iterable[Origin]) -> str:
    """All predecessors; records of the dataset's own earlier blocks have those of these blocks."""
    names = dict.fromkeys(name for origin in origins if origin.predecessor for name in origin.predecessor.split(", "))
    others = [name for name in names if not name.startswith(f"{dataset}.")]
    return ", ".join(others or names)


def _only_names(study: Study, parts: Sequence[Part]) -> bool:
    """Whether a variable of an analysis dataset is only written out, for each of several blocks or in ``for_each``."""
    written = all(_is_written(study, part) for part in parts)
    return written and (len(parts) > 1 or any(_is_given(study, part) for part in parts))


def _is_parameter_name(study: Study, part: Part) -> bool:
    """Whether a part is the name of a parameter as the mapping has it, which its codelist tells."""
    return re.fullmatch(r"PARAM(CD|N)?|PARCAT\dN?", part.name) is not None and _is_written(study, part)


def _is_written(study: Study, part: Part) -> bool:
    """Whether an analysis dataset has the values from the mapping: a constant, or what ``for_each`` defines."""
    variable = variable_of(study, part)
    plain = not (variable.method or variable.when) and study.family_of(part.dataset).is_analysis
    return plain and (isinstance(variable.derivation, Constant) or _is_given(study, part))


def _is_given(study: Study, part: Part) -> bool:
    blocks = study.datasets[part.dataset].blocks
    return all(part.name in blocks[number].given_names for number in part.blocks)


def _combine_texts(study: Study, parts: Sequence[Part], origins: Sequence[Origin]) -> str:
    texts = [(part, "" if _is_parameter_name(study, part) else method_of(study, part)) for part in parts]
    said = [(part, text) for part, text in texts if text]
    if len(parts) > len(said) > 0:  # what is taken over says nothing of itself, but has to beside others
        taken = [origin.predecessor if origin.type is OriginType.PREDECESSOR else "" for origin in origins]
        said = [
            (part, text or f"The value of {name}.")
            for (part, text), name in zip(texts, taken, strict=True)
            if text or name
        ]
    named = any(_is_parameter_name(study, part) for part in parts)
    if len({text for _, text in said}) <= 1 and not (said and named):
        return said[0][1] if said else ""
    return " ".join(f"For records from {_sources(study, part)}: {text}" for part, text in said)


def _sources(study: Study, part: Part) -> str:
    """The sources of a part's blocks; where another block has the same source, with what tells them apart."""
    blocks = study.datasets[part.dataset].blocks
    told = []
    for number in part.blocks:
        source = blocks[number].source
        words = describe_table(study, str(source))
        if source.kind is SourceKind.NOTHING:
            words = "the protocol" if blocks[number].table else "the mapping"
        alike = [other for other in blocks if other.source == blocks[number].source and other is not blocks[number]]
        told.append(f"{words} {_mark(study, part, number, alike)}" if alike else words)
    return ", ".join(dict.fromkeys(told))


def _mark(study: Study, part: Part, number: int, alike: list[Block]) -> str:
    """What tells a block from others of the same source: a constant of its own, else its condition, else its place."""
    block = study.datasets[part.dataset].blocks[number]
    constants = _constants(block)
    for name in sorted(constants, key=lambda name: not name.endswith(("TESTCD", "PARAMCD"))):
        value = constants[name]
        if value and all(_constants(other).get(name) != value for other in alike):
            return f"({name} {value})"
    if block.where is not None:
        return f"where {describe_where(study, part, number)}"
    return f"(block {number + 1})"


def _constants(block: Block) -> dict[str, str]:
    """The constants that a block sets, and the few values that it gives a name in ``for_each``."""
    entries = block.variables.items()
    set_here = {name: str(entry.derivation.value) for name, entry in entries if isinstance(entry.derivation, Constant)}
    given = {name: [entry.get(name) for entry in block.for_each] for name in sorted(block.given_names)}
    few = {
        name: ", ".join(map(str, values))
        for name, values in given.items()
        if len(values) <= FEW and not any(isinstance(value, Ref | None) for value in values)
    }
    return {**few, **set_here}
