"""What tumour datasets have in common: TU made of TR, and the assessments that measurements and responses are of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdisc_conv.draft.datasets.completed import is_of_responses
from cdisc_conv.draft.datasets.entries import make_flag_condition, raw
from cdisc_conv.draft.datasets.lesions import IDENTIFIED
from cdisc_conv.draft.datasets.units import make_term_line
from cdisc_conv.draft.datasets.visits import UNPLANNED, find_event_column, find_event_repeat
from cdisc_conv.draft.matching.columns import Knowledge
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Line
from cdisc_conv.draft.reading.profiles import Profile


def identify_lesions(draft: Draft, known: Knowledge) -> None:
    """TU from TR: each lesion as it was first assessed, unless forms of their own identify the lesions."""
    tr, tu = draft.datasets.get("TR"), draft.datasets.get("TU")
    measured = [block for block in tr.blocks if "TRLNKID" in block.names()] if tr is not None else []
    identified = [block for block in measured if any(line.name == IDENTIFIED for line in block.working)]
    if tr is None or len(identified) == len(measured):
        return
    if tu is not None and not identified and any(_is_target(block) for block in tu.blocks):
        return
    names = set.union(*(block.names() for block in tr.blocks)) | {line.name for line in tr.lines}
    working = {line.name for block in tr.blocks for line in block.working}
    where = 'TRLNKID != "" and TRDTC != ""' + (f' and {IDENTIFIED} == ""' if identified else "")
    block = BlockDraft("", source="TR", where=where, score=0.7)
    block.reason = "each lesion as it was first assessed; name the visit where the protocol identifies lesions"
    block.group, block.order = ("USUBJID", "TRLNKID"), ("TRDTC",)
    copied = {"TULNKID": "TRLNKID", "TUORRES": "TRGRPID", "TUMETHOD": "TRMETHOD", "TUEVAL": "TREVAL"}
    copied |= {"TUEVALID": "TREVALID", "TUDTC": "TRDTC", "VISITNUM": "VISITNUM", "VISIT": "VISIT"}
    block.columns = {name: "row" for name in copied.values() if name in names and name not in ("TRLNKID", "TRDTC")}
    block.columns = {**block.columns, "TRDTC": "row"}
    block.lines = [
        Line("USUBJID", {"copy": "USUBJID"}, 0.95, "the subject"),
        Line("TUTESTCD", {"constant": "TUMIDENT"}, 0.8, "a lesion is identified when it is first assessed"),
        Line("TUTEST", {"decode": "TUTESTCD"}, 0.9, "the name of the test"),
        *(Line(target, {"copy": source}, 0.75, "as TR has it") for target, source in copied.items() if source in names),
        Line("TUSTRESC", {"copy": "TUORRES"}, 0.8, "the kind of the lesion"),
    ]
    if "LOCATION" in working:
        block.lines.append(_term_of_places(tr, known))
        block.columns = {**block.columns, "LOCATION": "row"}
    if "PLACE" in working:
        entry = {"copy": "PLACE", "label": "Location Detail"}
        block.supplemental.append(Line("TULOCDTL", entry, 0.7, "where the lesion is, in words"))
        block.columns = {**block.columns, "PLACE": "row"}
    draft.block("TU", block)


def _is_target(block: BlockDraft) -> bool:
    return any(line.name == "TUORRES" and line.entry.get("constant") != "NEW" for line in block.lines)


def _term_of_places(tr: DatasetDraft, known: Knowledge) -> Line:
    """TULOC from the words of the places that all forms have."""
    return make_term_line("TULOC", "LOCATION", sorted(tr.places), known.codelist("TU", "TULOC"), "where the lesion is")


def link_assessments(draft: Draft, profiles: Mapping[str, Mapping[str, Profile]]) -> None:
    """--LNKGRP of TR and RS: the assessment that measurements and responses are of, by its visit."""
    if not {"TR", "RS"} <= draft.datasets.keys():
        return
    for name in ("TR", "RS"):
        for block in draft.datasets[name].blocks:
            column = find_event_column(profiles[block.form])
            if column and (name == "TR" or is_of_responses(block)):
                reason = f"{column} tells the assessments apart; RELREC can relate TR and RS by it"
                entry = _name_assessment(block, profiles[block.form], column)
                block.lines.append(Line(f"{name}LNKGRP", entry, 0.6, reason))


def _name_assessment(block: BlockDraft, profiles: Mapping[str, Profile], column: str) -> dict[str, Any]:
    """The visit; with its number where it is unscheduled, and the reader before it where there are several."""
    repeat = find_event_repeat(profiles)
    unplanned = [text for text in profiles[column].values if UNPLANNED.search(text)] if repeat else []
    named = raw(column)
    if unplanned:
        named = f"if({make_flag_condition(column, unplanned)}, concat({named}, {raw(repeat)}), {named})"
    reader = next((line.entry for line in block.lines if line.name.endswith("EVALID")), None)
    if reader is None:
        return {"expr": named} if unplanned else {"copy": f"raw.{column}"}
    said = next(iter(reader.values()))
    source = said["value"] if isinstance(said, Mapping) else said
    return {"expr": f'concat({raw(source)}, "-", {named})'}
