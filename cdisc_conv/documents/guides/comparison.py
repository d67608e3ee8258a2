"""What of SDTM is in ADaM: which analysis datasets read each tabulation dataset, and whose subjects they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdisc_conv.columns.texts import as_text
from cdisc_conv.dataset import Dataset, find_dataset
from cdisc_conv.documents.guides.model import Known, Table
from cdisc_conv.engine.plan.graph import Plan
from cdisc_conv.spec.model import Study
from cdisc_conv.tables import SUBJECT


def list_reads(study: Study, plan: Plan) -> dict[str, tuple[str, ...]]:
    """By analysis dataset, the tabulation datasets that it reads itself."""
    analysis = set(study.datasets_of("adam"))
    found: dict[str, dict[str, None]] = {name: {} for name in study.datasets_of("adam")}
    for node in plan.order:
        if node.dataset in analysis:
            names = [other.dataset for other in plan.reads[node]]
            names += [target.table.name for target in plan.raw_reads[node] if not target.table.is_form]
            found[node.dataset] |= dict.fromkeys(name for name in names if name not in analysis)
    return {name: tuple(read) for name, read in found.items()}


def compare_content(known: Known) -> tuple[str | Table, ...]:
    """Which tabulation datasets the analysis datasets hold, whose subjects they have, and what ADaM adds."""
    readers = _list_readers(known.reads)
    rows, unused = [], []
    for one in known.others:
        if one.supplemental_to:
            continue
        name = one.domain or one.name
        by = readers.get(name, ()) or readers.get(one.name, ())
        if not by:
            unused.append(one.name)
        rows.append((one.name, one.label, f"{len(one.frame):,}", _count(one), ", ".join(by) or "none"))
    blocks: list[str | Table] = [*_compare_subjects(known)]
    if rows:
        said = "Supplemental qualifiers are read with their parents. "
        said += (
            f"Not read by any analysis dataset: {', '.join(unused)}."
            if unused
            else "Every tabulation dataset is read by an analysis dataset."
        )
        head = ("SDTM dataset", "Label", "Records", "Subjects", "Read by")
        blocks += [said, Table(head, tuple(rows), (1, 2.2, 0.9, 0.9, 3))]
    blocks += _describe_derived(known)
    return tuple(blocks)


def _list_readers(reads: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for reader, names in reads.items():
        for name in names:
            found.setdefault(name, []).append(reader)
    return {name: tuple(readers) for name, readers in found.items()}


def _count(one: Dataset) -> str:
    return f"{one.frame[SUBJECT].nunique():,}" if SUBJECT in one.frame else ""


def _compare_subjects(known: Known) -> Iterator[str]:
    dm, adsl = find_dataset(known.others, "DM"), find_dataset(known.datasets, "ADSL")
    if dm is None or adsl is None:
        return
    collected, analysed = set(dm.frame[SUBJECT]), set(adsl.frame[SUBJECT])
    left_out = len(collected - analysed)
    if not left_out:
        without = int((as_text(dm.frame["ACTARMCD"]) == "").sum()) if "ACTARMCD" in dm.frame else 0
        among = f", among them {without:,} without an actual arm, such as screen failures" if without else ""
        yield f"ADSL has all {len(collected):,} subjects of DM{among}."
    else:
        both = len(analysed & collected)
        yield f"ADSL has {both:,} of the {len(collected):,} subjects of DM; {left_out:,} are not in ADaM."
    if added := len(analysed - collected):
        yield f"{added:,} subjects of ADSL are not in DM."


def _describe_derived(known: Known) -> Iterator[str | Table]:
    """Records that no record of SDTM is behind, by what DTYPE says of them."""
    rows = []
    for one in known.datasets:
        if "DTYPE" in one.frame:
            kinds = as_text(one.frame["DTYPE"]).str.strip()
            counts = kinds[kinds != ""].value_counts(sort=False).sort_index()
            rows += [(one.name, str(kind), f"{count:,}") for kind, count in counts.items()]
    if rows:
        yield "Records that were derived, and that SDTM does not have:"
        yield Table(("Dataset", "DTYPE", "Records"), tuple(rows), (1, 2, 1))
    else:
        yield "No record of a dataset with DTYPE is marked as derived."
