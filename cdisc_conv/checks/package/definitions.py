"""The define.xml of a package: its grammar and references, and what it states held against the datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cdisc_conv.checks.package.find import FoundFiles
from cdisc_conv.dataset import Dataset
from cdisc_conv.define.check import check_define
from cdisc_conv.problems import Problem


def check_definitions(files: FoundFiles, datasets: Sequence[Dataset]) -> list[Problem]:
    """Everything that is wrong with each define.xml, and between it and the datasets."""
    problems: list[Problem] = []
    for document, path in zip(files.definitions, files.define_paths, strict=True):
        if document.version == "2.1":
            found = check_define(path.read_bytes())
            problems += [replace(one, place=replace(one.place, file=document.name)) for one in found]
    return problems
