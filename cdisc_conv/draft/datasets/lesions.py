"""Drafts of tumour results (TR) and identifications (TU) from forms with a row per lesion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from cdisc_conv.draft.datasets.completed import draft_not_done, evaluate, name_all
from cdisc_conv.draft.datasets.entries import make_entry, make_flag_condition, make_plain_entry, raw
from cdisc_conv.draft.datasets.leftovers import add_qualifiers, note_beside
from cdisc_conv.draft.datasets.records import Page, fill_block, note_used
from cdisc_conv.draft.datasets.standardized import draft_converted
from cdisc_conv.draft.datasets.units import make_term_line
from cdisc_conv.draft.matching.codes import no_codes, yes_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.matching.lesion_parts import is_not_assessed, is_too_small, read_kind, read_state
from cdisc_conv.draft.matching.targets import ANY, PERFORMED, TIME
from cdisc_conv.draft.matching.tests_of import find_unit
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.names import split_name
from cdisc_conv.draft.reading.profiles import is_measured

IDENTIFIED = "IDENTIFIED"
"""The working variable of measurements whose lesions TU has from a form."""
_DIAMETERS = {"LDIAM": "Longest Diameter", "LPERP": "Longest Perpendicular"}


def draft_lesions(
    page: Page, parts: Mapping[str, Item], frame: pd.DataFrame, group: Sequence[str], draft: Draft, known: Knowledge
) -> None:
    """Blocks of TR, or of TU where a form measures nothing; `group` are the columns of subject and assessment."""
    diameters = {code: parts[code] for code in _DIAMETERS if code in parts and is_measured(parts[code].profile)}
    sum_ = parts.get("SUM") if "SUM" in parts and is_measured(parts["SUM"].profile) else None
    states = _sort_states(parts.get("STATE"), list(diameters.values()), frame)
    domain = "TR" if diameters or states else "TU"
    used = {"LINK", "TYPE", "LOC", "DETAIL", "METHOD", "READER"} | ({"STATE"} if states else set())
    used |= {*diameters, *(("UNIT",) if diameters else ()), *(("SUM",) if sum_ is not None else ())}
    used |= {"REASON"} if domain == "TR" and (states.get("undone") or not states) else set()
    mine = {part: item for part, item in parts.items() if part in used}
    columns = {item.column for item in mine.values()}
    left = [item for item in page.items if item.column not in columns]
    guesses = [one for one in guess_columns(left, domain, known) if _is_of_form(one.target, domain)]
    gate = next((one for one in guesses if one.target in (PERFORMED, ANY) and no_codes(one.item.profile)), None)
    plain = [one for one in guesses if one is not gate and (one.target == TIME or not one.target.startswith("@"))]
    reasons = [one for one in plain if one.target.endswith("REASND")]
    plain = [one for one in plain if one not in reasons]
    kind = read_kind(page.label) or read_kind(page.form)
    dataset = draft.datasets.setdefault(domain, DatasetDraft(domain))
    if domain == "TU":
        blocks = [_identify(page, mine, kind, frame, group)]
    else:
        nodal = {part: item for part, item in parts.items() if part == "NODAL"}
        blocks = list(_measure(page, {**mine, **nodal}, diameters, states, known))
    done: set[str] = {one.item.column for one in (*reasons, *((gate,) if gate else ()))}
    for block in blocks:
        block.lines[:0] = _describe(page, mine, kind, domain, known)
        done |= fill_block(block, plain, domain, known, draft)
        if domain == "TR":
            block.working += _locate(mine)
            dataset.places |= _list_words(mine["LOC"]) if "LOC" in mine else set()
    further = [item for item in left if item.column not in done]
    for block in blocks:
        add_qualifiers(block, further, dataset, known, draft)
        dataset.blocks.append(block)
    _note(mine, domain, known, draft)
    results = [item for part, item in mine.items() if part in (*_DIAMETERS, "STATE", "REASON")]
    if domain == "TR" and _has_bare_rows(frame, mine["LINK"], results):
        bare = _identify(page, mine, kind, frame, group)
        bare.lines[:0] = _describe(page, mine, kind, "TU", known)
        fill_block(bare, [replace(one, target=one.target.replace("TR", "TU", 1)) for one in plain], "TU", known, draft)
        draft.block("TU", bare)
        for block in blocks:
            block.working.append(Line(IDENTIFIED, {"constant": "Y"}, 0.8, "TU takes the lesions from the form itself"))
    if sum_ is not None:
        block = _sum_up(page, sum_, mine, kind, group, domain, known)
        fill_block(block, plain, domain, known, draft)
        dataset.blocks.append(block)
    _exclude(page, gate, reasons, plain, kind, dataset, blocks, draft, known)


def _has_bare_rows(frame: pd.DataFrame, link: Item, results: Sequence[Item]) -> bool:
    """Whether a form has lesions of which it says nothing but that they are there."""
    named = frame[link.column].str.strip() != ""
    for item in results:
        named &= frame[item.column].str.strip() == ""
    return bool(named.any())


def _is_of_form(target: str, domain: str) -> bool:
    kept = ("DTC", "REASND", "SPID", "REFID", "NAM", "EVAL", "SEQ")
    return target.startswith("@") or target.removeprefix(domain) in kept


def _exclude(
    page: Page,
    gate: Guess | None,
    reasons: Sequence[Guess],
    plain: Sequence[Guess],
    kind: str,
    dataset: DatasetDraft,
    blocks: Sequence[BlockDraft],
    draft: Draft,
    known: Knowledge,
) -> None:
    """Rows on which nothing was assessed are records that say so; no new lesion is no record."""
    if gate is None:
        return
    condition = make_flag_condition(gate.item.column, no_codes(gate.item.profile))
    if kind == "NEW" or dataset.name == "TU":
        note_used(gate, f"{dataset.name}.{dataset.name}LNKID", draft)
        for block in blocks:
            block.where = " and ".join(filter(None, (f"({block.where})", f"not ({condition})")))
        return
    named = name_all(page, (), dataset.name, known)
    undone = draft_not_done(page, gate, [*plain, *reasons], named, dataset, known, draft)
    if undone is not None:
        if kind:
            undone.lines.append(Line("TRGRPID", {"constant": kind}, 0.8, "the form is of such lesions"))
        undone.lines += evaluate(page, "TR")
        dataset.blocks.append(undone)


def _sort_states(state: Item | None, diameters: Sequence[Item], frame: pd.DataFrame) -> dict[str, list[str]]:
    """The codes of the state by what they make: ``undone``, ``small``, ``state``; of measured lesions nothing."""
    if state is None or not (state.profile.codes or state.profile.coded):
        return {}
    texts = frame[state.column].str.strip()
    measured = pd.Series(False, index=frame.index)
    for item in diameters:
        measured |= frame[item.column].str.strip() != ""
    found: dict[str, list[str]] = {}
    for text in dict.fromkeys([*state.profile.codes, *state.profile.values]):
        rows = texts == text
        word = state.profile.word_of(text)
        if diameters and (bool(measured[rows].mean() > 0.5) if rows.any() else re.match(r"measur", word.lower())):
            continue
        what = "undone" if is_not_assessed(word) else "small" if diameters and is_too_small(word) else "state"
        found.setdefault(what, []).append(text)
    return found


def _measure(
    page: Page,
    parts: Mapping[str, Item],
    diameters: Mapping[str, Item],
    states: Mapping[str, Sequence[str]],
    known: Knowledge,
) -> Iterable[BlockDraft]:
    """A block for the diameters, one for states of lesions, and one each for the small ones and those not assessed."""

    def start(where: str, lines: Sequence[Line]) -> BlockDraft:
        reason = f"{page.placed.reason}; a row is a lesion"
        return BlockDraft(page.form, where=where, score=page.placed.score, reason=reason, lines=list(lines))

    state, why, test = parts.get("STATE"), parts.get("REASON"), _choose_test(parts, diameters)
    empty = [f'{raw(item.column)} == ""' for item in diameters.values()]
    if diameters:
        yield _measure_diameters(start('RESULT != ""', ()), diameters, parts.get("UNIT"), known)
    if state is not None and states.get("state"):
        values = {text: read_state(state.profile.word_of(text)) for text in states["state"]}
        said = _shout(make_plain_entry(state, ()))
        lines = [
            *_name_test({"constant": "TUMSTATE"}, f"{state.name} says the state of the lesion"),
            Line("TRORRES", said, 0.85, "the state as it was collected, in capitals"),
            _state_line(state, values, known),
        ]
        yield start(make_flag_condition(state.column, states["state"]), lines)
    if state is not None and states.get("small"):
        lines = [
            *_name_test(test, f"{state.name} says why there is no diameter"),
            Line("TRORRES", make_plain_entry(state, ()), 0.7, "what was said in place of a diameter"),
            Line("TRSTRESC", {"copy": {"source": "TRORRES", "case": "upper"}}, 0.7, "in capitals"),
        ]
        yield start(" and ".join([make_flag_condition(state.column, states["small"]), *empty]), lines)
    if state is not None and states.get("undone"):
        yield start(make_flag_condition(state.column, states["undone"]), _state_undone(test, state, why or state))
    elif why is not None:
        yield start(" and ".join([f'{raw(why.column)} != ""', *empty]), _state_undone(test, why, why))


def _measure_diameters(
    block: BlockDraft, diameters: Mapping[str, Item], unit: Item | None, known: Knowledge
) -> BlockDraft:
    """A record for each diameter of a lesion, in mm as its standard unit."""
    for code, item in diameters.items():
        entry = {"TRTESTCD": code, "TRTEST": _DIAMETERS[code], "RESULT": f"raw.{item.column}"}
        block.for_each.append({**entry, "#": f"# draft 0.80: {item.name} is called so"})
    comma = any("," in value for item in diameters.values() for value in item.profile.values)
    converted, block.working = draft_converted("TR", comma)
    block.working.insert(0, Line("OWNUNIT", {"constant": "mm"}, 0.8, "RECIST counts in mm"))
    collected = Line("TRORRES", {"copy": "RESULT"}, 0.9, "the results as they were collected")
    block.lines = [collected, _unit(diameters, unit, known), *converted]
    return block


def _state_undone(test: Mapping[str, Any], asked: Item, source: Item) -> list[Line]:
    """A test that was not done, as one column says, and why, as another or the same one does."""
    return [
        *_name_test(test, f"{asked.name} says that it was not assessed"),
        Line("TRSTAT", {"constant": "NOT DONE"}, 0.85, "not assessed"),
        Line("TRREASND", make_plain_entry(source, ()), 0.8, f"{source.name} says why"),
    ]


def _shout(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry whose words are submitted in capitals."""
    if "map" in entry:
        values = {text: word.upper() for text, word in entry["map"]["values"].items()}
        return {"map": {**entry["map"], "values": values}}
    return {"copy": {"source": entry["copy"], "case": "upper"}}


def _state_line(state: Item, values: Mapping[str, str], known: Knowledge) -> Line:
    """The state in the words of the SDTM; those that are no terms are the study's own."""
    codelist = known.codelist("TR", "TRSTRESC")
    own = [value for value in dict.fromkeys(values.values()) if codelist is not None and codelist.term(value) is None]
    said: dict[str, Any] = {"value": f"raw.{state.column}", "map": dict(values), **({"extend": own} if own else {})}
    entry = {"term": said} if codelist is not None else {"map": {"value": said["value"], "values": dict(values)}}
    reason = "in the words of SDTMIG" + (f"; terms of the study's own: {', '.join(own)}" if own else "")
    return Line("TRSTRESC", entry, 0.6, reason)


def _name_test(entry: Mapping[str, Any], reason: str) -> list[Line]:
    return [Line("TRTESTCD", entry, 0.75, reason), Line("TRTEST", {"decode": "TRTESTCD"}, 0.9, "the name of the test")]


def _choose_test(parts: Mapping[str, Item], diameters: Mapping[str, Item]) -> dict[str, Any]:
    """The test that was not done: the diameter, for lymph nodes the shorter one, without diameters the state."""
    if not diameters:
        return {"constant": "TUMSTATE"}
    nodal = parts.get("NODAL")
    if nodal is not None and len(diameters) == 2:
        values = dict.fromkeys(yes_codes(nodal.profile), "LPERP") | dict.fromkeys(no_codes(nodal.profile), "LDIAM")
        return {"map": {"value": f"raw.{nodal.column}", "values": {**values, "": "LDIAM"}}}
    return {"constant": next(iter(diameters))}


def _unit(diameters: Mapping[str, Item], unit: Item | None, known: Knowledge) -> Line:
    """The unit of the diameters: its column, that of the label, or millimetres, as RECIST measures."""
    codelist = known.codelist("TR", "TRORRESU")
    if unit is not None:
        said = sorted({unit.profile.word_of(value) for value in (*unit.profile.values, *unit.profile.codes)})
        column = unit.beside[0] if unit.beside else unit.column
        return make_term_line("TRORRESU", f"raw.{column}", said, codelist, f"{unit.name} says it")
    origin = {"type": "Assigned", "source": "Sponsor"}  # nobody entered it
    ends = {item.column: split_name(item.name)[-1].lower() for item in diameters.values()}
    units = {one.profile.unit or find_unit(one.label) or ends[one.column] for one in diameters.values()}
    labels = units & {"mm", "cm"}
    if len(labels) == 1:
        named = next(iter(labels))
        return Line("TRORRESU", {"constant": named, "origin": origin}, 0.85, f"the label says {named}")
    numbers = [
        float(value.replace(",", ".")) for one in diameters.values() for value in one.profile.values if _is_plain(value)
    ]
    if max(numbers, default=0.0) > 25:
        reason = "no unit was collected; lesions of such sizes are measured in mm"
        return Line("TRORRESU", {"constant": "mm", "origin": origin}, 0.5, reason, True)
    return Line("TRORRESU", {"constant": ""}, 0.0, "no unit was collected beside the diameters", True)


def _is_plain(value: str) -> bool:
    return re.fullmatch(r"\d+([.,]\d+)?", value) is not None


def _describe(page: Page, parts: Mapping[str, Item], kind: str, domain: str, known: Knowledge) -> list[Line]:
    """The lesion, its kind, the method and who assessed it."""
    link, reader, type_ = parts["LINK"], parts.get("READER"), parts.get("TYPE")
    entry: dict[str, Any] = {"copy": {"source": f"raw.{link.column}", "case": "upper"}}
    reason = f"{link.name} identifies the lesion"
    if reader is not None:
        entry = {"expr": f'concat({raw(reader.column)}, "-", upper(trim({raw(link.column)})))'}
        reason += f"; each {reader.name} has lesions of their own"
    lines = [Line(f"{domain}LNKID", entry, 0.85, reason)]
    target = "TRGRPID" if domain == "TR" else "TUORRES"
    if type_ is not None:
        texts = dict.fromkeys([*type_.profile.codes, *type_.profile.values])
        values = {text: read_kind(type_.profile.word_of(text)) or type_.profile.word_of(text).upper() for text in texts}
        lines.append(
            Line(target, {"map": {"value": f"raw.{type_.column}", "values": values}}, 0.75, f"{type_.name} says it")
        )
    elif kind:
        lines.append(Line(target, {"constant": kind}, 0.8, "the form is of such lesions"))
    else:
        lines.append(Line(target, {"constant": ""}, 0.0, "nothing says whether the lesions are target lesions", True))
    if "METHOD" in parts:
        lines.append(
            make_entry(Guess(parts["METHOD"], f"{domain}METHOD", 0.85, "how it was assessed"), domain, known)[0]
        )
    if domain == "TU" and "LOC" in parts:
        lines.append(make_entry(Guess(parts["LOC"], "TULOC", 0.85, "where it is"), "TU", known)[0])
    if reader is not None:
        guess = Guess(reader, f"{domain}EVALID", 0.75, "who assessed it")
        lines.append(make_entry(guess, domain, known)[0])
    return [*lines, *evaluate(page, domain)]


def _locate(parts: Mapping[str, Item]) -> list[Line]:
    """Where the lesion is, which TU takes from here."""
    named = (("LOC", "LOCATION"), ("DETAIL", "PLACE"))
    return [
        Line(name, make_plain_entry(parts[part], ()), 0.8, f"{parts[part].name} says where it is; TU takes it")
        for part, name in named
        if part in parts
    ]


def _list_words(item: Item) -> set[str]:
    return {item.profile.word_of(text) for text in (*item.profile.values, *item.profile.codes)}


def _note(parts: Mapping[str, Item], domain: str, known: Knowledge, draft: Draft) -> None:
    said = {
        "LINK": "LNKID",
        "TYPE": "GRPID",
        "METHOD": "METHOD",
        "LDIAM": "ORRES",
        "LPERP": "ORRES",
        "STATE": "ORRES",
        "SUM": "ORRES",
        "REASON": "REASND",
        "READER": "EVALID",
        "UNIT": "ORRESU",
        "NODAL": "TESTCD",
    }
    for part, item in parts.items():
        target = {"LOC": "TU.TULOC", "DETAIL": "SUPPTU.TULOCDTL"}.get(part, f"{domain}.{domain}{said.get(part, '')}")
        fate = Fate.SUPPLEMENTAL if part == "DETAIL" else Fate.STANDARD
        draft.note(item.profile, fate, target, 0.8, "a form with a row per lesion")
        note_beside(item, draft, target, fate)


def _sum_up(
    page: Page, sum_: Item, parts: Mapping[str, Item], kind: str, group: Sequence[str], domain: str, known: Knowledge
) -> BlockDraft:
    """The sum of the diameters once for each assessment, on whose rows it stands."""
    block = BlockDraft(page.form, where=f'{raw(sum_.column)} != ""', score=0.75)
    block.reason = "the sum of diameters stands on the rows of its assessment"
    reader = parts.get("READER")
    block.group = (*group, *((reader.column,) if reader is not None else ()))
    unit = Line("TRORRESU", {"constant": "mm"}, 0.5, "no unit was collected; diameters are in mm", True)
    block.lines = [
        Line("TRGRPID", {"constant": kind or "TARGET"}, 0.7, "sums are of target lesions"),
        *_name_test({"constant": "SUMDIAM"}, f"{sum_.name} is the sum of diameters"),
        Line("TRORRES", {"copy": f"raw.{sum_.column}"}, 0.85, "the sum as it was collected"),
        unit,
        Line("TRSTRESC", {"copy": "TRORRES"}, 0.7, "in mm"),
        Line("TRSTRESN", {"expr": "number(TRORRES)"}, 0.7, "in mm"),
        Line("TRSTRESU", {"constant": "mm"}, 0.5, "diameters are in mm"),
        *evaluate(page, domain),
    ]
    if reader is not None:
        block.lines.append(make_entry(Guess(reader, "TREVALID", 0.75, "who assessed it"), domain, known)[0])
    return block


def _identify(
    page: Page, parts: Mapping[str, Item], kind: str, frame: pd.DataFrame, group: Sequence[str]
) -> BlockDraft:
    """A record for each lesion of a form that identifies lesions and measures none."""
    link, reader = parts["LINK"], parts.get("READER")
    block = BlockDraft(page.form, where=f'{raw(link.column)} != ""', score=page.placed.score)
    block.reason = f"{page.placed.reason}; a row is a lesion"
    keys = [group[0], *((reader.column,) if reader is not None else ()), link.column]
    if frame[frame[link.column].str.strip() != ""].duplicated(keys).any():
        block.group = tuple(keys)
        block.columns = dict.fromkeys(group[1:], "row")
        block.reason += ", of whose rows the first counts"
    block.lines = [
        Line("TUTESTCD", {"constant": "TUMIDENT"}, 0.85, "the form identifies lesions"),
        Line("TUTEST", {"decode": "TUTESTCD"}, 0.9, "the name of the test"),
        Line("TUSTRESC", {"copy": "TUORRES"}, 0.8, "the kind of the lesion"),
    ]
    if "DETAIL" in parts:
        entry = {**make_plain_entry(parts["DETAIL"], ()), "label": "Location Detail"}
        block.supplemental.append(Line("TULOCDTL", entry, 0.7, f"{parts['DETAIL'].name} says where it is"))
    return block
