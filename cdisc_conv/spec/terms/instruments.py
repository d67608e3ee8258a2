"""The codelists that questionnaires and other instruments bring along, by their category and their tests."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from cdisc_conv.derivations.base import Ref
from cdisc_conv.derivations.values.copying import Constant
from cdisc_conv.derivations.values.terminology import Map, Term
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.model import Block, DatasetSpec, Study, Variable
from cdisc_conv.standards.publications.instruments import CATEGORIES

_BOUND_BY = {"TESTCD": "CAT", "TEST": "CAT", "STRESC": "TESTCD"}
"""What says which codelist a variable has, both without their prefix. Results as collected (--ORRES) are free."""


def bind_codelists(dataset: DatasetSpec, variable: Variable, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The codelists of an entry: those of the instruments whose records it makes, beside or instead of `keys`.

    Where the mapping writes the category of all its records, and every one is an instrument, theirs are the only ones.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("hope2021_thal_agc")
    >>> rs = study.datasets["RS"]
    >>> bind_codelists(rs, rs.own_variable("RSSTRESC", rs.blocks[-1]), ("C96785",))
    ('C179944',)
    """
    part = variable.name.removeprefix(dataset.name)
    by = _BOUND_BY.get(part)
    if by is None or dataset.family.is_analysis or not variable.name.startswith(dataset.name):
        return keys
    find = dataset.family.terminology.instrument_codelist
    bound: list[str] = []
    everywhere = True
    for block in dataset.blocks:
        if dataset.own_variable(variable.name, block) is variable:
            found = [find(f"--{part}", text) for text in list_written(dataset, block, f"{dataset.name}{by}")]
            bound += filter(None, found)
            everywhere = everywhere and bool(found) and all(found)
    return tuple(dict.fromkeys((*(() if everywhere and bound else keys), *bound)))


def check_instruments(study: Study) -> Iterator[Problem]:
    """LINT316: a note where records are of an instrument whose codelists the package that comes with us leaves out."""
    terminology = study.sdtm.terminology
    known = [code for code in CATEGORIES if code in terminology]
    categories = frozenset().union(*(terminology.codelist(code).values for code in known))
    seen: set[tuple[str, str]] = set()
    for dataset in study.datasets.values() if terminology.partial else ():
        for block in dataset.blocks if not dataset.family.is_analysis else ():
            for text in list_written(dataset, block, f"{dataset.name}CAT"):
                if text not in categories or terminology.instrument_codelist("--TESTCD", text):
                    continue
                if (dataset.name, text) not in seen:
                    seen.add((dataset.name, text))
                    message = (
                        f"{dataset.name}: the {terminology.package_label} that comes with cdisc-conv leaves out the "
                        f"codelists of the instrument '{text}', so its tests and results are not checked"
                    )
                    hint = "import the whole package with 'cdisc-conv ct import FILE'"
                    yield Problem("LINT316", message, Severity.NOTE, block.place, hint)


def list_written(dataset: DatasetSpec, block: Block, name: str) -> Iterator[str]:
    """The values that the mapping writes: literals of ``for_each``, constants, targets of translations."""
    for entry in block.for_each:
        if not isinstance(entry.get(name, Ref("")), Ref):
            yield str(entry[name])
    variable = dataset.own_variable(name, block)
    if variable is not None:
        yield from _list_in(variable.derivation)


def _list_in(value: object) -> Iterator[str]:
    if isinstance(value, Constant):
        yield str(value.value)
    elif isinstance(value, Map):
        yield from (str(text) for text in value.values.values())
    elif isinstance(value, Term):
        yield from value.map.values()
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _list_in(getattr(value, field))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _list_in(item)
