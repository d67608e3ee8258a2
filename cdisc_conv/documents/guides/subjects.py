"""What a guide says of subjects: who was screened, assigned and treated, and who needs an explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from cdisc_conv.columns.texts import as_text
from cdisc_conv.dataset import Dataset, find_dataset
from cdisc_conv.documents.guides.model import Known, Table
from cdisc_conv.tables import SUBJECT

_REASON = re.compile("ARMNRS|ACTARMUD")
_FLAG = re.compile("[A-Z]{1,5}FL")
_POPULATION = ("SAF", "FAS", "ITT", "PPROT", "COMPL", "RAND", "ENRL", "RES", "EVAL", "PK", "MITT", "DLT", "SCRN")
_IMPUTED = re.compile("[A-Z0-9]+DTF")


def describe_subjects(known: Known) -> Iterator[str]:
    """Screen failures, subjects without an arm or treatment, and the cut-off, as DM, DS and TS have them."""
    datasets = (*known.datasets, *known.others)
    dm = find_dataset(datasets, "DM")
    if dm is not None and SUBJECT in dm.frame:
        yield _count_reasons(dm)
    if (again := _count_screened_again(datasets)) is not None:
        yield (
            f"{_subjects(again)} with a screen failure in DS entered the trial all the same, after another screening."
            if again
            else "No subject with a screen failure in DS entered the trial later."
        )
    yield from _describe_cut_off(datasets)


def _count_reasons(dm: Dataset) -> str:
    total = len(dm.frame)
    reasons = as_text(dm.frame["ARMNRS"]).str.strip() if "ARMNRS" in dm.frame else pd.Series([""] * total)
    counts = reasons[reasons != ""].value_counts(sort=False).sort_index()
    without = ", ".join(f"{reason} {count:,}" for reason, count in counts.items())
    if not without:
        return f"{_subjects(total)} in DM; ARMNRS gives no reason for any of them to have no arm."
    return (
        f"{_subjects(total)} in DM, among them subjects without a planned or an actual arm: {without} (ARMNRS). Their "
        "data are in the datasets as far as they were collected."
    )


def _count_screened_again(datasets: Sequence[Dataset]) -> int | None:
    """Subjects with a screen failure and an arm; None where DM or DS does not say."""
    dm, ds = find_dataset(datasets, "DM"), find_dataset(datasets, "DS")
    if dm is None or ds is None or not {SUBJECT, "ARMCD"} <= set(dm.frame) or "DSDECOD" not in ds.frame:
        return None
    failed = as_text(ds.frame["DSDECOD"]).isin(["SCREEN FAILURE", "FAILURE TO MEET RANDOMIZATION CRITERIA"])
    arms = as_text(dm.frame["ARMCD"]).str.strip().str.upper()
    entered = dm.frame[SUBJECT][~arms.isin(["", "SCRNFAIL", "NOTASSGN"])]
    return int(ds.frame[SUBJECT][failed].drop_duplicates().isin(entered).sum())


def _describe_cut_off(datasets: Sequence[Dataset]) -> Iterator[str]:
    ts = find_dataset(datasets, "TS")
    if ts is None or not {"TSPARMCD", "TSVAL"} <= set(ts.frame):
        return
    codes, values = (as_text(ts.frame[name]) for name in ("TSPARMCD", "TSVAL"))
    said = dict(zip(codes, values, strict=True))
    if said.get("DCUTDTC"):
        why = f" ({said['DCUTDESC']})" if said.get("DCUTDESC") else ""
        yield f"The data are those up to {said['DCUTDTC']}{why}."
    if said.get("SSTDTC") and said.get("SENDTC"):
        yield f"By TS the study began on {said['SSTDTC']} and ended on {said['SENDTC']}."
    elif said.get("SSTDTC"):
        yield f"By TS the study began on {said['SSTDTC']} and has no end yet: the data are of an ongoing study."


def list_special_subjects(known: Known) -> tuple[str | Table, ...]:
    """The groups of ADSL that an analysis treats otherwise, with their numbers and populations."""
    adsl = find_dataset(known.datasets, "ADSL")
    if adsl is None or SUBJECT not in adsl.frame:
        return ("There is no ADSL.",)
    groups = dict(_group_subjects(adsl))
    flags = list_populations(adsl)
    marks = {name: as_text(adsl.frame[name]) == "Y" for name in flags}
    said = (
        "The groups below need a rule of their own in analyses. The columns of flags count their subjects in each "
        "population."
        if flags
        else "The groups below need a rule of their own in analyses. ADSL has no flags of populations."
    )
    everybody = pd.Series([True] * len(adsl.frame))
    rows = tuple(
        (group, f"{int(mine.sum()):,}", *(f"{int((mine & marks[name]).sum()):,}" for name in flags))
        for group, mine in {"All subjects of ADSL": everybody, **groups}.items()
    )
    table = Table(("Subjects", "Number", *flags), rows, (4, 1, *(1 for _ in flags)))
    blocks: list[str | Table] = [said, table] if groups else ["No group of ADSL needs a rule of its own.", table]
    return (*blocks, *_describe_screening(known))


def _describe_screening(known: Known) -> Iterator[str]:
    again = _count_screened_again(known.others)
    if again == 0:
        yield "No subject was screened again after a screen failure."
    elif again:
        yield f"{_subjects(again)} entered the trial after an earlier screen failure; ADSL has one record for each."


def _group_subjects(adsl: Dataset) -> Iterator[tuple[str, pd.Series]]:
    frame, labels = adsl.frame, {column.name: column.label for column in adsl.columns}
    for name in (name for name in labels if _REASON.fullmatch(name)):
        reasons = as_text(frame[name]).str.strip()
        for reason in sorted(set(reasons) - {""}):
            yield f"{reason} ({name})", reasons == reason
    if {"ARM", "ACTARM"} <= set(frame):
        planned, actual = as_text(frame["ARM"]), as_text(frame["ACTARM"])
        differs = (planned != "") & (actual != "") & (planned != actual)
        if differs.any():
            yield "Treated otherwise than planned (ARM, ACTARM)", differs
    for name in (name for name in labels if _IMPUTED.fullmatch(name)):
        imputed = as_text(frame[name]) != ""
        if imputed.any():
            yield f"{labels.get(name, name)} ({name})", imputed


def list_populations(adsl: Dataset) -> tuple[str, ...]:
    """Flags of ADSL that put subjects into populations (ADaMIG 1.3, 3.2.4)."""
    names = [column.name for column in adsl.columns]
    return tuple(name for name in names if _FLAG.fullmatch(name) and name.removesuffix("FL") in _POPULATION)


def _subjects(number: int) -> str:
    return f"{number:,} subject{'' if number == 1 else 's'}"
