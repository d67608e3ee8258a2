"""The analysis data reviewer's guide: the analysis datasets, what they depend on, and how they were made."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdisc_conv.dataset import Dataset, Item, find_dataset
from cdisc_conv.documents.guides.model import Guide, Known, Section, Table
from cdisc_conv.documents.guides.parts import (
    count_subjects,
    describe_parts,
    describe_protocol,
    introduce,
    list_datasets,
    list_decisions,
    summarise_conformance,
)

SELECTION = re.compile("AVISIT|AWTARGET|ABLFL|ONTRTFL|ANL[0-9][0-9]FL")
"""Variables that say which analysis visit a record is of, and which records are analysed."""

PURPOSE = (
    "This guide accompanies define.xml of the analysis datasets. It says what they are made from and in which "
    "order, which variables they share, and what the conformance checks found."
)


def write_adam_guide(known: Known) -> Guide:
    """The guide of the analysis datasets."""
    study = known.study
    sections = (
        introduce(known, PURPOSE),
        describe_protocol(known),
        _consider(known),
        _describe_creation(known),
        Section(
            "Analysis Dataset Descriptions",
            (),
            (
                Section(
                    "Overview",
                    (f"{count_subjects(known.datasets):,} subjects are in ADaM.", list_datasets(known.datasets)),
                ),
                Section("Analysis Datasets", (), tuple(_describe_dataset(one) for one in known.datasets)),
                *describe_parts(known),
            ),
        ),
        summarise_conformance(known),
        Section(
            "Submission of Programs",
            (
                "The mapping that makes the datasets is submitted as text in the folder programs. It is "
                "declarative: each variable names one derivation, whose words are those of the method in define.xml.",
            ),
        ),
    )
    return Guide("Analysis Data Reviewer's Guide", study.name, study.title, study.created, sections)


def _consider(known: Known) -> Section:
    adsl = find_dataset(known.datasets, "ADSL")
    names = [column.name for column in adsl.columns] if adsl is not None else []
    labels = {column.name: column.label for column in adsl.columns} if adsl is not None else {}
    others = [one for one in known.datasets if one.name != "ADSL"]
    core = [name for name in names if others and all(name in one.frame.columns for one in others)]
    treatment = [name for name in names if name.startswith(("TRT", "TR0", "ARM", "ACTARM", "DOSE"))]
    imputed = [row for row, item in _list_methods(known) if item.method_type == "Imputation"]
    selected = [row for row, _ in _list_methods(known) if SELECTION.fullmatch(row[1])]
    return Section(
        "Analysis Considerations Related to Multiple Analysis Datasets",
        (),
        (
            Section("Core Variables", _name(core, labels, "No variable of ADSL is in all other datasets.")),
            Section("Treatment Variables", _name(treatment, labels, "There are no treatment variables in ADSL.")),
            Section(
                "Visit Windows and Record Selection", _tabulate(selected, "No variable selects visits or records.")
            ),
            Section("Imputation Methods", _tabulate(imputed, "No values are imputed.")),
            Section("Decisions", tuple(list_decisions(known)) or ("No decisions are recorded.",)),
        ),
    )


def _list_methods(known: Known) -> Iterator[tuple[tuple[str, str, str], Item]]:
    """Every method of a variable, those of its single parameters too, once: dataset, variable, text; and its item."""
    seen = set()
    for one in known.datasets:
        for column in one.columns:
            for item in (column.item, *(level.item for level in column.value_level)):
                row = (one.name, column.name, item.method)
                if item.method and row not in seen:
                    seen.add(row)
                    yield row, item


def _tabulate(rows: list[tuple[str, str, str]], none: str) -> tuple[str | Table, ...]:
    return (Table(("Dataset", "Variable", "Method"), tuple(rows), (1, 1, 5)),) if rows else (none,)


def _name(names: list[str], labels: dict[str, str], none: str) -> tuple[str | Table, ...]:
    if not names:
        return (none,)
    return (Table(("Variable", "Label"), tuple((name, labels[name]) for name in names), (1, 3)),)


def _describe_creation(known: Known) -> Section:
    rows = []
    for one in known.datasets:
        spec = known.study.datasets.get(one.name)
        blocks = spec.blocks if spec is not None else ()
        sources = [block.source.table for block in blocks if block.source.name and block.source.name != one.name]
        rows.append((one.name, ", ".join(dict.fromkeys(sources)) or "its own records"))
    given = ", ".join(one.name for one in known.others)
    return Section(
        "Analysis Data Creation and Processing Issues",
        (),
        (
            Section("Source Data", (f"The analysis datasets are made from the SDTM datasets {given}.",)),
            Section("Data Dependencies", (Table(("Dataset", "Its records come from"), tuple(rows), (1, 4)),)),
            Section("Intermediate Datasets", ("There are none.",)),
        ),
    )


def _describe_dataset(dataset: Dataset) -> Section:
    blocks = [f"{len(dataset.frame):,} records. {dataset.structure}.", *([dataset.comment] if dataset.comment else [])]
    if {"PARAMCD", "PARAM"} <= set(dataset.frame.columns):
        pairs = dataset.frame[["PARAMCD", "PARAM"]].drop_duplicates().sort_values("PARAMCD")
        rows = tuple((str(code), str(name)) for code, name in pairs.itertuples(index=False))
        return Section(f"{dataset.name} - {dataset.label}", (*blocks, Table(("PARAMCD", "PARAM"), rows, (1, 4))))
    return Section(f"{dataset.name} - {dataset.label}", tuple(blocks))
