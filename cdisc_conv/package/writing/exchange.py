"""Dataset-JSON beside the transport files: `formats:` of study.yaml, or ``run --formats``.

    sdtm/json/ae.json    sdtm/ndjson/ae.ndjson    sdtm/dsjc/ae.dsjc

Each format has a folder of its own, so that a folder holds each dataset once. The files have the text as it is, in
UTF-8, where transport files have what their encoding can hold; identifiers are those of define.xml in the folder above.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from cdisc_conv import __version__
from cdisc_conv.datafiles.write_json import FORMATS, JsonHeader, write_dataset_json
from cdisc_conv.dataset import Dataset
from cdisc_conv.define.building.xml import make_oid_part
from cdisc_conv.package.listing import TOOL
from cdisc_conv.package.writing.files import Files
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.spec.agencies import check_agency
from cdisc_conv.spec.model import Family, Study
from cdisc_conv.xpt.encodings import ENCODINGS
from cdisc_conv.xpt.parts import read_size

TRANSPORT = "xpt"
"""Always written: define.xml describes the transport files."""


def choose_formats(study: Study, names: Sequence[str] | None) -> Study:
    """The study with the formats asked for instead of its own; None leaves them. Raises ProblemsError (PKG016)."""
    if names is None:
        return study
    wanted = [name.lower() for name in names]
    known = (TRANSPORT, *FORMATS)
    there_are = f"there are: {', '.join(known)}"
    problems = [
        Problem("PKG016", f"there is no format '{name}'", hint=did_you_mean(name, known) or there_are)
        for name in wanted
        if name not in known
    ]
    if problems:
        raise ProblemsError(problems)
    return replace(study, settings=MappingProxyType({**study.settings, "formats": tuple(wanted)}))


def choose_encoding(study: Study, name: str) -> Study:
    """The study with another encoding of its transport files; "" leaves its own. Raises ProblemsError (PKG017)."""
    if not name:
        return study
    known = next((one for one in ENCODINGS if one.casefold() == name.casefold()), None)
    if known is None:
        hint = did_you_mean(name, ENCODINGS) or f"there are: {', '.join(ENCODINGS)}"
        raise ProblemsError([Problem("PKG017", f"there is no encoding '{name}'", hint=hint)])
    chosen = replace(study, settings=MappingProxyType({**study.settings, "encoding": known}))
    problems = [problem for problem in check_agency(chosen) if problem.severity is Severity.ERROR]
    if problems:
        raise ProblemsError(problems)
    return chosen


def choose_split_size(study: Study, words: str) -> Study:
    """The study with another size from which datasets are split; "" leaves 5 GB. Raises ProblemsError (PKG018)."""
    if not words:
        return study
    size = read_size(words)
    if size is None:
        hint = "a number and a unit, such as 5GB, 500MB or 100KB"
        raise ProblemsError([Problem("PKG018", f"--split-size is '{words}', which is no size", hint=hint)])
    return replace(study, settings=MappingProxyType({**study.settings, "split_size": size}))


def write_exchange(study: Study, family: Family, datasets: Iterable[Dataset], folder: Path, files: Files) -> None:
    """Write the datasets of a family that have records in each format of the study, below the `folder` of `files`."""
    said = study.settings.get("define") or {}
    own = (said.get("adam") or {}) if family.is_analysis else said
    name = make_oid_part(study.name)
    header = JsonHeader(
        study.created.replace(" ", "T"),
        study_oid=f"ST.{name}",
        version_oid=f"MDV.{name}",
        metadata_ref="../define.xml",
        originator=" ".join(str(own.get("originator") or said.get("originator") or "").split()),
        system=TOOL,
        system_version=__version__,
    )
    filled = [dataset for dataset in datasets if len(dataset.frame)]
    for ending in FORMATS:
        if ending in (study.settings.get("formats") or ()) and filled:
            (folder / ending).mkdir()
            for dataset in filled:
                path = folder / ending / f"{dataset.name.lower()}.{ending}"
                files.write(path, (dataset, header), partial(write_dataset_json, dataset, path, header))
