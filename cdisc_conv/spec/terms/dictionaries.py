"""The coding dictionaries of a study: those that study.yaml names and that were imported."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from cdisc_conv.derivations.values.coding import Coded, CodedLevel
from cdisc_conv.problems import Problem
from cdisc_conv.spec.model import Study
from cdisc_conv.standards.dictionaries import Dictionary, load_dictionary
from cdisc_conv.standards.files import UnknownStandardError


def find_dictionary(study: Study, name: str) -> Dictionary | None:
    """The dictionary of a study by its name, such as ``MedDRA``; None when none is named or imported."""
    versions = study.settings.get("dictionaries") or {}
    if name not in versions:
        return None
    try:
        return load_dictionary(name, versions[name], study.folder)
    except UnknownStandardError:
        return None


def check_dictionaries(study: Study) -> Iterator[Problem]:
    """LINT315: terms are coded by a dictionary that study.yaml does not name, or that was not imported."""
    seen: set[str] = set()
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            for name in dataset.names():
                variable = dataset.own_variable(name, block)
                for used in _list_used(variable.derivation if variable is not None else None):
                    if variable is None or used in seen or find_dictionary(study, used) is not None:
                        continue
                    seen.add(used)
                    version = (study.settings.get("dictionaries") or {}).get(used, "")
                    why = f"{used} {version} was not imported" if version else "study.yaml names no version of it"
                    hint = "import it with 'cdisc-conv dictionaries import PATH'"
                    if not version:
                        hint = f"write 'standards: {{dictionaries: {{{used}: VERSION}}}}', and {hint}"
                    message = f"{dataset.name}.{name} is coded by {used}, but {why}"
                    yield Problem("LINT315", message, place=variable.place, hint=hint)


def _list_used(value: object) -> Iterator[str]:
    if isinstance(value, Coded) and not isinstance(value, CodedLevel):
        yield value.dictionary
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _list_used(getattr(value, field))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _list_used(item)
