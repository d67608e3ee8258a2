"""The sections that both guides have: introduction, protocol, conformance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cdisc_conv.dataset import Dataset
from cdisc_conv.documents.guides.model import Known, Section, Table
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.xpt.parts import FOLDER, MOST_BYTES, plan_parts

ACRONYMS = {
    "ADaM": "Analysis Data Model",
    "CRF": "Case Report Form",
    "CT": "Controlled Terminology",
    "EDC": "Electronic Data Capture",
    "SDTM": "Study Data Tabulation Model",
}

MOST_FINDINGS = 400
"""Rows of the table of findings; it says what it leaves out."""


def introduce(known: Known, purpose: str, more: Sequence[Section] = ()) -> Section:
    """Purpose, acronyms, the standards and dictionaries with their versions, and what a guide has beyond these."""
    study = known.study
    rows = [("SDTM", study.sdtm.standard.label), ("Controlled terminology", study.sdtm.terminology.package_label)]
    if "adam" in study.families:
        adam = study.families["adam"]
        rows += [("ADaM", adam.standard.label), ("Controlled terminology (ADaM)", adam.terminology.package_label)]
    rows.append(("Data definitions", "Define-XML 2.1"))
    rows += [(str(name), str(version)) for name, version in (study.settings.get("dictionaries") or {}).items()]
    rows += [("Encoding of transport files", study.settings.get("encoding") or "ASCII")]
    acronyms = Table(("Acronym", "Meaning"), tuple(ACRONYMS.items()), (1, 4))
    return Section(
        "Introduction",
        (),
        (
            Section("Purpose", (purpose,)),
            Section("Acronyms", (acronyms,)),
            Section(
                "Study Data Standards and Dictionary Inventory",
                (Table(("Standard or dictionary", "Version"), tuple(rows), (1, 1)),),
            ),
            *more,
        ),
    )


def describe_protocol(known: Known, more: Sequence[Section] = ()) -> Section:
    """Number, title and design of the protocol."""
    study = known.study
    number = str(study.settings.get("protocol") or study.name)
    rows = (("Study", study.name), ("Protocol", number), ("Title", study.title))
    define: Mapping[str, Any] = study.settings.get("define") or {}
    design = " ".join(str(define.get("description") or study.title).split())
    blocks = [Table(("", ""), rows, (1, 4))]
    return Section(
        "Protocol Description",
        (),
        (Section("Protocol Number and Title", tuple(blocks)), Section("Protocol Design", (design,)), *more),
    )


def list_datasets(datasets: Sequence[Dataset]) -> Table:
    """The datasets with their class, structure, keys and size."""
    rows = tuple(
        (one.name, one.label, one.class_name, one.structure, ", ".join(one.keys), f"{len(one.frame):,}")
        for one in datasets
    )
    return Table(("Dataset", "Label", "Class", "Structure", "Keys", "Records"), rows, (1.1, 2, 1.6, 2, 2.6, 1))


def describe_parts(known: Known) -> tuple[Section, ...]:
    """What is in the folder of split datasets, where a dataset is too large; nothing where none is."""
    most = known.study.settings.get("split_size") or MOST_BYTES
    rows = tuple(
        (
            one.name,
            f"{FOLDER}/{part.name.lower()}.xpt",
            f"{part.stop - part.start:,}",
            part.first_subject,
            part.last_subject,
        )
        for one in known.datasets
        for part in plan_parts(one, most)
    )
    if not rows:
        return ()
    said = (
        f"The transport files of some datasets have more than {most:,} bytes. Each of them is there as a whole, and "
        f"define.xml describes it so. In the folder {FOLDER} it is there once more in parts of at most that size: its "
        "records in their order, with its variables, lengths and labels; a part ends with a subject. The parts one "
        "after another are the dataset, and --SEQ is unique in a subject across them."
    )
    head = ("Dataset", "Part", "Records", "First subject", "Last subject")
    return (Section("Split Datasets", (said, Table(head, rows, (1, 1.5, 1, 2, 2)))),)


def describe_domains(known: Known) -> tuple[Section, ...]:
    """Which domains are in several datasets, and by what; nothing where none is."""
    rows = tuple(
        (spec.name, spec.split_into.by, one.name, one.label, f"{len(one.frame):,}")
        for one in known.datasets
        if (spec := known.study.datasets.get(one.domain)) is not None and spec.split_into is not None
    )
    if not rows:
        return ()
    said = (
        "Some domains are in several datasets. DOMAIN, RDOMAIN and the names of variables are those of the domain, "
        "--SEQ is unique in a subject across its datasets, and supplemental qualifiers are in datasets of the same "
        "parts."
    )
    head = ("Domain", "By", "Dataset", "Label", "Records")
    return (Section("Domains in Several Datasets", (said, Table(head, rows, (1, 1, 1, 2.5, 1)))),)


def count_subjects(datasets: Sequence[Dataset]) -> int:
    """Subjects of the dataset with the most of them."""
    return max((one.frame["USUBJID"].nunique() for one in datasets if "USUBJID" in one.frame.columns), default=0)


def summarise_conformance(known: Known) -> Section:
    """Which rules were asked, what they found in these datasets, and how each finding is explained."""
    names = {one.name for one in known.datasets}
    found = [one for one in known.findings if one.place.dataset in names and one.severity is not Severity.NOTE]
    asked = (
        f"The datasets were checked against {len(known.checks.run):,} rules that applied to them, and define.xml "
        "against the datasets. Findings of the checks and of the conversion are listed below; notes are in the report."
    )
    inputs = (asked, f"Standard: {known.family.standard.label}; {known.family.terminology.package_label}.")
    rows = tuple(
        (
            one.code,
            one.severity.value,
            one.place.dataset,
            one.message,
            f"{one.count:,}",
            known.reasons.get(one, "not explained"),
        )
        for one in found[:MOST_FINDINGS]
    )
    blocks: list[str | Table] = ["No errors or warnings were found."] if not rows else []
    if rows:
        head = ("Rule", "Severity", "Dataset", "Finding", "Records", "Explanation")
        blocks.append(Table(head, rows, (1.1, 1, 1, 4, 0.9, 2)))
    if len(found) > MOST_FINDINGS:
        blocks.append(f"{len(found) - MOST_FINDINGS:,} further findings are in the report of the run.")
    return Section(
        "Data Conformance Summary",
        (),
        (
            Section("Conformance Inputs", inputs),
            Section("Issues Summary", tuple(blocks)),
            Section("Additional Conformance Details", tuple(_describe_further(known, found))),
        ),
    )


def _describe_further(known: Known, found: Sequence[Problem]) -> Iterator[str]:
    """How many findings are explained, and how many rules could not be asked."""
    errors = sum(one.severity is Severity.ERROR for one in found)
    explained = sum(one in known.reasons for one in found)
    yield f"{errors:,} errors and {len(found) - errors:,} warnings were found, of which {explained:,} are explained."
    if known.checks.not_run:
        yield f"{len(known.checks.not_run):,} further rules did not apply; the report of the run names them."


def list_decisions(known: Known) -> Iterator[str]:
    """What the study decided that a reviewer meets in the data."""
    study = known.study
    comment = str((study.settings.get("define") or {}).get("comment") or "")
    if comment:
        yield " ".join(comment.split())
    encoding = study.settings.get("encoding") or "ASCII"
    if (spelt := study.settings.get("transliterate")) and encoding == "ASCII":
        yield (
            f"Transport files hold ASCII. {len(spelt):,} characters and words of other scripts are written as the "
            "study says; everything else of the data is as collected."
        )
    elif encoding != "ASCII":
        yield (
            f"The text of the transport files is encoded in {encoding}; a transport file does not name its encoding. "
            "Lengths count its bytes. Text is as collected; characters that the encoding does not have are written as "
            "the study says."
        )
    yield from (" ".join(str(text).split()) for text in (study.settings.get("documents") or {}).get("decisions") or ())
