"""The CDISC Library's metadata as CDISC's engine caches it, read without running anything."""

from __future__ import annotations

import pickle
from functools import cache
from pathlib import Path
from typing import Any

from cdisc_conv.checks.core.data.library import Library, LibraryDataset, LibraryVariable


class _Plain(pickle.Unpickler):
    """Reads texts, numbers, lists, sets and mappings; a pickle that wants anything else is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is not read")


@cache
def load_plain(path: Path) -> Any:
    with path.open("rb") as file:
        return _Plain(file).load()


def find_cache(folder: Path) -> Path:
    """The cache beside a folder of rules."""
    return folder.parent / "core" / "cache"


def load_library(folder: Path, standard: str, version: str) -> Library:
    """A guide and its model from the cache."""
    guide = load_plain(folder / "standards_details.pkl")[f"standards/{standard}/{version}"]
    link = guide["_links"]["model"]["href"].split("/")
    model = load_plain(folder / "standards_models.pkl")[f"models/{link[2]}/{link[3]}"]
    classes = {_class_name(each["name"]): _variables(each.get("classVariables", [])) for each in model["classes"]}
    general = classes.get("GENERAL OBSERVATIONS", ())
    model_datasets = _datasets(model["classes"])
    for each in model.get("datasets", []):
        known = model_datasets.get(each["name"])
        model_datasets[each["name"]] = LibraryDataset(
            each["name"], each["label"], known.class_name if known else "", _variables(each.get("datasetVariables", []))
        )
    return Library(
        standard.upper(),
        version.replace("-", "."),
        _datasets(guide["classes"]),
        model_datasets,
        classes,
        tuple(variable for variable in general if variable.role == "Identifier"),
        tuple(variable for variable in general if variable.role == "Timing"),
    )


def _class_name(name: str) -> str:
    return name.upper().replace("SPECIAL-PURPOSE", "SPECIAL PURPOSE")


def _datasets(classes: list[dict[str, Any]]) -> dict[str, LibraryDataset]:
    return {
        said["name"]: LibraryDataset(
            said["name"], said["label"], _class_name(each["name"]), _variables(said.get("datasetVariables", []))
        )
        for each in classes
        for said in each.get("datasets", [])
    }


def _variables(said: list[dict[str, Any]]) -> tuple[LibraryVariable, ...]:
    made = (
        LibraryVariable(
            each["name"],
            each.get("label", ""),
            each.get("simpleDatatype", "Char"),
            each.get("role", ""),
            each.get("core", ""),
            next((link["href"].rsplit("/", 1)[-1] for link in each.get("_links", {}).get("codelist", [])), ""),
            int(each.get("ordinal", 0)),
        )
        for each in said
    )
    return tuple(sorted(made, key=lambda variable: variable.order))
