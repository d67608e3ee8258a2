"""The analysis data reviewer's guide: the analysis datasets, what they depend on, and how they were made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cdisc_conv.columns.texts import as_text
from cdisc_conv.dataset import Dataset, Item, find_dataset
from cdisc_conv.documents.guides.comparison import compare_content
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
from cdisc_conv.documents.guides.subjects import list_special_subjects

SELECTION = re.compile("AVISIT|AWTARGET|ABLFL|ONTRTFL|ANL[0-9][0-9]FL")
"""Variables that say which analysis visit a record is of, and which records are analysed."""

TREATMENT = re.compile("TRT(SEQ)?[0-9]*[PA]")
"""Planned and actual treatments, of the trial or of its periods."""

NUMBERED = re.compile(r"[ ][0-9.]+$")

PURPOSE = (
    "This guide accompanies define.xml of the analysis datasets. It says what they are made from and in which "
    "order, which variables they share, and what the conformance checks found."
)


def write_adam_guide(known: Known) -> Guide:
    """The guide of the analysis datasets."""
    study = known.study
    sections = (
        introduce(known, PURPOSE, [_name_source(known)]),
        describe_protocol(known, [Section("Protocol Design in Relation to ADaM Concepts", _relate_design(known))]),
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
            ),
        ),
        summarise_conformance(known),
        _describe_programs(known),
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
            Section("Comparison of SDTM and ADaM Content", compare_content(known)),
            Section("Core Variables", _name(core, labels, "No variable of ADSL is in all other datasets.")),
            Section("Treatment Variables", _name(treatment, labels, "There are no treatment variables in ADSL.")),
            Section("Subject Issues that Require Special Analysis Rules", list_special_subjects(known)),
            Section(
                "Use of Visit Windowing, Unscheduled Visits, and Record Selection",
                (
                    *_tabulate(selected, "No variable selects visits or records."),
                    *_count_unscheduled(known),
                ),
            ),
            Section("Imputation and Derivation Methods", _tabulate(imputed, "No values are imputed.")),
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


def _name_source(known: Known) -> Section:
    given = ", ".join(one.name for one in known.others if not one.supplemental_to)
    said = f"The analysis datasets are made from the SDTM datasets {given}, with their supplemental qualifiers."
    return Section(
        "Source Data Used for Analysis Dataset Creation", (said if given else "No SDTM dataset is at hand.",)
    )


def _relate_design(known: Known) -> tuple[str | Table, ...]:
    """Treatments and periods of ADSL, with the number of subjects of each value."""
    adsl = find_dataset(known.datasets, "ADSL")
    labels = {column.name: column.label for column in adsl.columns} if adsl is not None else {}
    names = [name for name in labels if TREATMENT.fullmatch(name)]
    if adsl is None or not names:
        return ("ADSL has no treatment variables of periods.",)
    rows = []
    for name in names:
        values = as_text(adsl.frame[name]).str.strip()
        counts = values.value_counts(sort=False).sort_index()
        rows += [(name, labels[name], str(value) or "(blank)", f"{count:,}") for value, count in counts.items()]
    said = "Treatments of the periods of the trial, and the number of subjects of each:"
    return (said, Table(("Variable", "Label", "Value", "Subjects"), tuple(rows), (1, 2.5, 3, 0.8)))


def _count_unscheduled(known: Known) -> Iterator[str | Table]:
    """Records of unscheduled visits, as VISIT calls them, and the analysis visits that they have."""
    rows = []
    for one in known.datasets:
        if {"VISIT", "AVISIT"} <= set(one.frame.columns):
            there = as_text(one.frame["VISIT"]).str.upper().str.startswith("UNSCHEDULED")
            visits = as_text(one.frame["AVISIT"])[there].str.strip()
            if len(visits):
                visit = visits.str.replace(NUMBERED, "", regex=True).value_counts(sort=False).sort_index()
                said = "; ".join(f"{name or 'none'} {count:,}" for name, count in visit.items())
                rows.append((one.name, f"{len(visits):,}", said))
    if rows:
        yield "Records of unscheduled visits, with their analysis visits:"
        yield Table(("Dataset", "Records", "AVISIT"), tuple(rows), (1, 0.8, 5))


def _describe_creation(known: Known) -> Section:
    rows = []
    for one in known.datasets:
        spec = known.study.datasets.get(one.name)
        blocks = spec.blocks if spec is not None else ()
        sources = [block.source.table for block in blocks if block.source.name and block.source.name != one.name]
        rows.append((one.name, ", ".join(dict.fromkeys(sources)) or "its own records", _name_reads(known, one.name)))
    head = ("Dataset", "Its records come from", "It also reads")
    beside = [name for name in known.study.datasets_of("adam") if name not in {one.name for one in known.datasets}]
    return Section(
        "Analysis Data Creation and Processing Issues",
        (),
        (
            *(describe_parts(known) or (Section("Split Datasets", ("No dataset is split.",)),)),
            Section("Data Dependencies", (Table(head, tuple(rows), (1, 2.5, 2.5)),)),
            Section("Intermediate Datasets", (_name_intermediate(beside),)),
        ),
    )


def _name_reads(known: Known, name: str) -> str:
    spec = known.study.datasets.get(name)
    own = {block.source.table for block in spec.blocks} if spec is not None else set()
    return ", ".join(other for other in known.reads.get(name, ()) if other not in own) or "none"


def _name_intermediate(beside: list[str]) -> str:
    if not beside:
        return "There are none: what the mapping makes is in the package."
    return f"The mapping also has {', '.join(beside)}, which the package does not hold."


def _describe_programs(known: Known) -> Section:
    """The mapping, and the programs of the displays that define.xml has."""
    programs = (
        "The mapping that makes the datasets is submitted as text in the folder programs. It is declarative: each "
        "variable names one derivation, whose words are those of the method in define.xml."
    )
    define = known.study.settings.get("define") or {}
    displays = (define.get("adam") or {}).get("displays") or ()
    rows = tuple(
        (
            str(one.get("title", "")),
            " ".join(str(one.get("description", "")).split()),
            str(result.get("id", "")),
            _name_context(result),
        )
        for one in displays
        for result in one.get("results") or ()
    )
    output: tuple[str | Table, ...] = ("define.xml has no analysis results.",)
    if rows:
        said = "define.xml has the statements that make these results from the analysis datasets (ARM 1.0)."
        output = (said, Table(("Display", "Description", "Result", "Language"), rows, (1, 4, 1, 1.5)))
    return Section(
        "Submission of Programs",
        (),
        (
            Section("ADaM Programs", (programs,)),
            Section("Analysis Output Programs", output),
            Section("Macro Programs", ("There are none; derivations.txt says what each derivation does.",)),
        ),
    )


def _name_context(result: Mapping[str, Any]) -> str:
    programming = result.get("programming")
    return str(programming.get("context", "")) if isinstance(programming, Mapping) else ""


def _describe_dataset(dataset: Dataset) -> Section:
    blocks = [f"{len(dataset.frame):,} records. {dataset.structure}.", *([dataset.comment] if dataset.comment else [])]
    if {"PARAMCD", "PARAM"} <= set(dataset.frame.columns):
        pairs = dataset.frame[["PARAMCD", "PARAM"]].drop_duplicates().sort_values("PARAMCD")
        rows = tuple((str(code), str(name)) for code, name in pairs.itertuples(index=False))
        return Section(f"{dataset.name} - {dataset.label}", (*blocks, Table(("PARAMCD", "PARAM"), rows, (1, 4))))
    return Section(f"{dataset.name} - {dataset.label}", tuple(blocks))
