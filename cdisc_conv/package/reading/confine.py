"""Names in manifest.json and lineage.json must not lead out of the folders of a package: it may come from others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from cdisc_conv.engine.given.files import PARTS
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.report.places import NEARBY
from cdisc_conv.spec.yaml.paths import describe_fault

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


def is_name(dataset: str) -> bool:
    """Whether a dataset of that name can be a file of the package.

    >>> is_name("SUPPAE"), is_name("../raw/AE")
    (True, False)
    """
    return _NAME.fullmatch(dataset) is not None


def check_names(manifest: Mapping[str, Any], lineage: Mapping[str, Any]) -> None:
    """Raise ProblemsError (TRC007) for everything that would lead out of the package and its raw and given folders.

    A folder that was read may be a few steps up from the package, as cdisc-conv writes it; a file is inside it.
    """
    hint = "the package is damaged, or somebody altered it: make it again from its mapping and raw data"
    problems = [Problem("TRC007", f"the package names {what}", hint=hint) for what in _list_faults(manifest, lineage)]
    if problems:
        raise ProblemsError(problems)


def _list_faults(manifest: Mapping[str, Any], lineage: Mapping[str, Any]) -> Iterator[str]:
    for part in ("raw", "given"):
        folder = manifest.get(part, {}).get("folder", "")
        ups = [step for step in PurePosixPath(folder).parts if step == ".."]
        inside = "/".join(PurePosixPath(folder).parts[len(ups) :])
        if len(ups) > NEARBY or (inside and (fault := describe_fault(inside))):
            fault = fault if len(ups) <= NEARBY else "it is too far up"
            yield f"the folder '{folder}', which cannot be that of the {part} files: {fault}"
    for kind, group in (("form", "forms"), ("dataset", "given")):
        for name, described in lineage.get(group, {}).items():
            database = described.get("reading", {}).get("database")
            faults = () if database else map(describe_fault, described["file"].split(PARTS))
            if fault := next(filter(None, faults), ""):
                yield f"the file '{described['file']}' of {kind} {name}, which cannot be one: {fault}"
    for name, described in lineage.get("forms", {}).items():
        reading = described.get("reading", {})
        for path in (*reading.get("metadata", ()), *filter(None, [reading.get("folder", "")])):
            if fault := describe_fault(str(path)):
                yield f"the file '{path}' of form {name}, which cannot be one: {fault}"
    for name in lineage["datasets"]:
        if not is_name(name):
            yield f"a dataset '{name}', which cannot be one"
