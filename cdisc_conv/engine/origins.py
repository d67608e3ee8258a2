"""The origin, method and comment of a variable, from the parts it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cdisc_conv.dataset import Origin, OriginSource, OriginType
from cdisc_conv.derivations.copying import Constant
from cdisc_conv.engine.plan import Part, Plan, variable_of
from cdisc_conv.engine.words import PartWords, describe_table, method_of
from cdisc_conv.spec.model import Block, Field, Study
from cdisc_conv.spec.references import TargetKind, resolve

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


def provenance_of(study: Study, plan: Plan, parts: Sequence[Part]) -> Provenance:
    """Origin, method and comment of a variable made of `parts` (all of its parts, or those of some records).

    A derived variable gets its text as a method, any other one as a comment: Define-XML ties methods to derivations.
    """
    origins = [_origin_of(study, plan, part) for part in parts]
    origin = _combine(origins)
    text = _combine_texts(study, parts)
    comment = " ".join(dict.fromkeys(c for part in parts if (c := variable_of(study, part).comment)))
    if origin is not None and origin.type is OriginType.DERIVED:
        return Provenance(origin, text, comment)
    return Provenance(origin, "", " ".join(filter(None, (text, comment))))


def _origin_of(study: Study, plan: Plan, part: Part) -> Origin:
    variable = variable_of(study, part)
    if variable.origin is not None:
        pages = variable.origin.pages
        if variable.origin.type is OriginType.COLLECTED and not pages:
            pages = _pages(_fields(study, part))
            return Origin(variable.origin.type, variable.origin.source or OriginSource.INVESTIGATOR, pages)
        return variable.origin
    kind = variable.derivation.actual_origin()
    if kind is not OriginType.COLLECTED:
        return Origin(kind, OriginSource.SPONSOR)
    fields = _fields(study, part)
    if fields and all(not field.item for field in fields):
        return Origin(OriginType.ASSIGNED, OriginSource.SPONSOR)
    if fields:
        return Origin(OriginType.COLLECTED, OriginSource.INVESTIGATOR, _pages(fields))
    return Origin(OriginType.DERIVED, OriginSource.SPONSOR)


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


def _pages(fields: Iterable[Field]) -> tuple[int, ...]:
    return tuple(sorted({page for field in fields if field.item for page in field.pages}))


def _combine(origins: Sequence[Origin]) -> Origin | None:
    if not origins:
        return None
    furthest = min(origins, key=lambda origin: _FURTHEST_FIRST.index(origin.type))
    same = [origin for origin in origins if origin.type is furthest.type]
    pages = tuple(sorted({page for origin in same for page in origin.pages}))
    return Origin(furthest.type, furthest.source, pages, furthest.predecessor, furthest.description)


def _combine_texts(study: Study, parts: Sequence[Part]) -> str:
    texts = [(part, method_of(study, part)) for part in parts]
    said = [(part, text) for part, text in texts if text]
    if len({text for _, text in said}) <= 1:
        return said[0][1] if said else ""
    return " ".join(f"For records from {_sources(study, part)}: {text}" for part, text in said)


def _sources(study: Study, part: Part) -> str:
    """The sources of a part's blocks; where another block has the same source, with what tells them apart."""
    blocks = study.datasets[part.dataset].blocks
    told = []
    for number in part.blocks:
        words = describe_table(study, str(blocks[number].source))
        alike = [other for other in blocks if other.source == blocks[number].source and other is not blocks[number]]
        told.append(f"{words} {_mark(study, part, number, alike)}" if alike else words)
    return ", ".join(dict.fromkeys(told))


def _mark(study: Study, part: Part, number: int, alike: list[Block]) -> str:
    """What tells a block from others of the same source: a constant of its own, else its condition, else its place."""
    block = study.datasets[part.dataset].blocks[number]
    for name, value in _constants(block).items():
        if value and all(_constants(other).get(name) != value for other in alike):
            return f"({name} {value})"
    if block.where is not None:
        return f"where {PartWords(study, part).condition(block.where)}"
    return f"(block {number + 1})"


def _constants(block: Block) -> dict[str, str]:
    """The constants that a block sets."""
    entries = block.variables.items()
    return {name: str(entry.derivation.value) for name, entry in entries if isinstance(entry.derivation, Constant)}
