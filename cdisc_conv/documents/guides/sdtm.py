"""The clinical study data reviewer's guide: the tabulation datasets, where they come from, and what is not in them."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc_conv.columns.texts import as_text
from cdisc_conv.dataset import Dataset, find_dataset
from cdisc_conv.documents.guides.model import Guide, Known, Section, Table
from cdisc_conv.documents.guides.parts import (
    count_subjects,
    describe_domains,
    describe_parts,
    describe_protocol,
    introduce,
    list_datasets,
    list_decisions,
    summarise_conformance,
)
from cdisc_conv.documents.guides.subjects import describe_subjects
from cdisc_conv.engine.account.lines import Account, Line
from cdisc_conv.standards.model import name_qualifiers

TRIAL_DESIGN = "TRIAL DESIGN"
MOST_DESIGN = 40
"""Records of a trial design dataset that stands in the guide."""
PURPOSE = (
    "This guide accompanies define.xml of the tabulation datasets. It says where the data come from, what is "
    "special about single datasets, what was collected and is not submitted, and what the conformance checks found."
)
DROPPED = {
    Account.EXCLUDED: "left out by a condition",
    Account.NOT_SUBMITTED: "not submitted",
    Account.LOST: "lost",
    Account.UNACCOUNTED: "not accounted for",
    Account.NOT_READ: "not read",
}


def write_sdtm_guide(known: Known) -> Guide:
    """The guide of the tabulation datasets."""
    study = known.study
    sections = (
        introduce(known, PURPOSE),
        describe_protocol(known, [_describe_trial_design(known)]),
        _describe_data(known),
        summarise_conformance(known),
        _describe_dropped(known),
        _list_criteria(known),
    )
    return Guide("Clinical Study Data Reviewer's Guide", study.name, study.title, study.created, sections)


DESIGN = {
    "TA": ("ARMCD", "ARM", "TAETORD", "ELEMENT", "EPOCH", "TABRANCH", "TATRANS"),
    "TE": ("ETCD", "ELEMENT", "TESTRL", "TEENRL", "TEDUR"),
    "TD": ("TDANCVAR", "TDSTOFF", "TDTGTPAI", "TDMINPAI", "TDMAXPAI", "TDNUMRPT"),
}
"""Trial design datasets that are short enough to stand in the guide, with the variables that say what they mean."""


def _describe_trial_design(known: Known) -> Section:
    design = [one for one in known.datasets if one.class_name == TRIAL_DESIGN]
    if not design:
        return Section("Trial Design Datasets", ("The package has no trial design datasets.",))
    rows = tuple((one.name, one.label, f"{len(one.frame):,}") for one in design)
    return Section(
        "Trial Design Datasets",
        (Table(("Dataset", "Label", "Records"), rows, (1, 3, 1)),),
        tuple(Section(f"{one.name} - {one.label}", tuple(_show_design(one))) for one in design),
    )


def _show_design(one: Dataset) -> Iterator[str | Table]:
    """A short dataset as it is; of a long one what a reviewer has to know."""
    names = [name for name in DESIGN.get(one.name, ()) if name in one.frame and (as_text(one.frame[name]) != "").any()]
    if names and len(one.frame) <= MOST_DESIGN:
        columns = [as_text(one.frame[name]).tolist() for name in names]
        yield Table(tuple(names), tuple(zip(*columns, strict=True)), tuple(1 for _ in names))
    else:
        yield f"{len(one.frame):,} records. {one.structure}."
    if one.name == "TI":
        yield 'The criteria stand under "Inclusion and Exclusion Criteria".'
    if one.name == "TS" and {"TSPARMCD", "TSVALNF"} <= set(one.frame):
        unknown = as_text(one.frame["TSPARMCD"])[as_text(one.frame["TSVALNF"]) != ""].unique()
        if len(unknown):
            yield f"Parameters with a null flavor instead of a value: {', '.join(sorted(unknown))}."
    if one.comment:
        yield one.comment


def _describe_data(known: Known) -> Section:
    subjects = [one for one in known.datasets if one.class_name != TRIAL_DESIGN]
    overview: tuple[str | Table, ...] = (
        f"{len(subjects):,} datasets hold the data of {count_subjects(subjects):,} subjects.",
        *describe_subjects(known),
        *_compare_with_plan(known),
        list_datasets(subjects),
    )
    trace = (
        "Every dataset is made from the export of the EDC by a mapping that names, for each variable, one "
        "derivation. The same mapping gives the origins and methods in define.xml. The report of the run traces "
        "each value to its form, row and field."
    )
    crf = (
        "The annotated CRF shows for every field of every form where its values go, or that it is not submitted "
        "and why. Origins in define.xml link to its pages."
    )
    decisions = tuple(list_decisions(known)) or ("No decisions are recorded.",)
    return Section(
        "Subject Data Description",
        (),
        (
            Section("Overview", overview),
            Section("Traceability", (trace,)),
            Section("Annotated CRFs", (crf,)),
            Section("Sponsor Decisions", decisions),
            Section(
                "SDTM Subject Domains",
                (_list_relations(known, subjects),),
                tuple(_describe_dataset(known, one) for one in subjects),
            ),
            *describe_domains(known),
            *describe_parts(known),
        ),
    )


def _compare_with_plan(known: Known) -> Iterator[str]:
    """What uses the datasets, what was planned and has no data, and what of the raw data is not here."""
    if "adam" in known.study.families:
        yield "The analysis datasets are made from these datasets."
    made = {name for one in known.datasets for name in (one.name, one.domain)}
    empty = [name for name in known.study.datasets_of("sdtm") if name not in made]
    if empty:
        yield f"Mapped, and not in the package since there is no record of them: {', '.join(empty)}."
    else:
        yield "Every dataset that the mapping has is in the package."
    rows = sum(one.rows for one in known.accounting.lines if _is_dropped(one))
    if rows:
        yield f'{rows:,} rows of the raw data are in no dataset; "Data Not Submitted" says which and why.'


def _list_relations(known: Known, subjects: list[Dataset]) -> Table:
    """Each domain with a mark where it is the sponsor's own, has qualifiers, or is named by RELREC."""
    relrec = find_dataset(known.datasets, "RELREC")
    related = set(as_text(relrec.frame["RDOMAIN"])) if relrec is not None and "RDOMAIN" in relrec.frame else set()
    standard = known.family.standard.datasets
    rows = tuple(
        (
            f"{one.name} - {one.label}",
            "" if (one.domain or one.name) in standard else "X",
            "X" if find_dataset(known.datasets, name_qualifiers(one.name)) is not None else "",
            "X" if (one.domain or one.name) in related else "",
        )
        for one in subjects
        if not one.supplemental_to and one.name != "RELREC"
    )
    return Table(("Dataset", "Custom", "SUPP--", "Related by RELREC"), rows, (4, 1, 1, 1.4))


def _is_dropped(one: Line) -> bool:
    """Whether a line of the account counts rows that are in no dataset."""
    return not one.dataset and not one.field and one.account in DROPPED and bool(one.rows)


def _describe_dataset(known: Known, dataset: Dataset) -> Section:
    blocks = [f"{len(dataset.frame):,} records. {dataset.structure}.", *_list_features(known, dataset)]
    return Section(f"{dataset.name} - {dataset.label}", tuple(blocks))


def _list_features(known: Known, dataset: Dataset) -> Iterator[str]:
    spec = known.study.datasets.get(dataset.domain or dataset.name)
    if spec is not None:
        tables = [block.source.table for block in spec.blocks if str(block.source)]
        sources = [
            f"form {known.study.forms[name[5:]].label}" if name[5:] in known.study.forms else name.removeprefix("form ")
            for name in dict.fromkeys(tables)
            if name != "nothing"
        ]
        if sources:
            yield f"Made from: {'; '.join(sources)}."
    if dataset.comment:
        yield dataset.comment
    if dataset.supplemental_to and "QNAM" in dataset.frame.columns:
        yield f"Qualifiers: {', '.join(sorted(map(str, dataset.frame['QNAM'].unique())))}."
    elif find_dataset(known.datasets, name_qualifiers(dataset.name)) is not None:
        yield f"Further qualifiers are in {name_qualifiers(dataset.name)}."
    own = [column.name for column in dataset.columns if column.non_standard]
    if own:
        yield f"Variables that the standard does not have: {', '.join(own)}."


def _describe_dropped(known: Known) -> Section:
    """From the account of the raw data: rows that became no record, and columns that no dataset has."""
    lines = known.accounting.lines
    rows = tuple((one.form, DROPPED[one.account], one.by, f"{one.rows:,}") for one in lines if _is_dropped(one))
    columns: dict[tuple[str, str], list[str]] = {}
    for one in lines:
        if one.account is Account.COLUMN_NOT_SUBMITTED and one.field:
            columns.setdefault((one.field, one.by), []).append(one.form)
    not_submitted = tuple((name, ", ".join(forms), reason) for (name, reason), forms in columns.items())
    dropped: tuple[str | Table, ...] = ("Every row of the raw data is in a dataset.",)
    if rows:
        dropped = (Table(("Form", "Rows are", "Why", "Rows"), rows, (1, 1.5, 4, 0.8)),)
    left: tuple[str | Table, ...] = ("Every column of the raw data is submitted.",)
    if not_submitted:
        left = (Table(("Column", "Forms", "Reason"), not_submitted, (1, 2.5, 3)),)
    return Section("Data Not Submitted", (), (Section("Rows", dropped), Section("Columns", left)))


def _list_criteria(known: Known) -> Section:
    criteria = find_dataset(known.datasets, "TI")
    title = "Inclusion and Exclusion Criteria"
    wanted = ["IETESTCD", "IECAT", "IETEST"]
    if criteria is None or not set(wanted) <= set(criteria.frame.columns):
        return Section(title, ("The package has no TI dataset.",))
    rows = tuple(tuple(map(str, row)) for row in criteria.frame[wanted].itertuples(index=False))
    return Section(title, (Table(("Code", "Category", "Criterion"), rows, (1, 1, 5)),))
