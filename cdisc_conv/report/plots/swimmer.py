"""Swimmer plot: the course of each subject from the first dose on, in panels that fit a printed page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.report.plots.axes import DAYS_PER_MONTH
from cdisc_conv.report.plots.figure import (
    MOST_ROWS,
    Figure,
    NothingToDraw,
    Picture,
    Table,
    count_words,
    make_table,
)
from cdisc_conv.report.plots.inputs import (
    SAFETY,
    Population,
    find_parameter,
    match_responses,
    read_best_responses,
    read_numbers,
    read_population,
    read_texts,
)
from cdisc_conv.report.plots.swimmer_drawing import MOST_PANELS, PANEL, TITLE, draw_swimmer

EVENTS = ("PR", "CR", "PD", "DEATH")
HEADINGS = {"PR": "First PR", "CR": "First CR", "PD": "Progression", "DEATH": "Death"}


@dataclass(frozen=True, slots=True)
class Swimmer:
    """``rows``: one per subject, the longest course first: USUBJID, SUBJECT, RESPONSE, LAST (day of the last that is
    known), ONGOING (bool), and a day for each of EVENTS. ``bars``: USUBJID, PHASE (position in ``phases``), START, END
    in days. Days count from the first dose, which is day 0 here; NaN is missing."""

    rows: pd.DataFrame
    bars: pd.DataFrame
    phases: tuple[str, ...]
    population: Population
    response: str
    sentences: tuple[str, ...]


def collect_swimmer(datasets: Mapping[str, Dataset]) -> Swimmer:
    """The courses of all subjects of the population who were treated."""
    population = read_population(datasets, SAFETY)
    first_dose = read_numbers(population.frame, "TRTSDT")
    treated = population.frame[first_dose.notna()]
    if treated.empty:
        raise NothingToDraw(f"no subject of the {population.label} has a date of first dose (TRTSDT)")
    start = first_dose[first_dose.notna()]
    events = pd.DataFrame({name: _find_event(datasets, treated, name) - start for name in EVENTS})
    bars, phases, backward = _read_phases(treated, start)
    known = [read_numbers(treated, name) - start for name in ("LSTALVDT", "TRTEDT", "EOSDT")]
    ends = bars.groupby("USUBJID")["END"].max() if len(bars) else pd.Series(dtype="float64")
    last = pd.concat([*known, events, treated["USUBJID"].map(ends)], axis=1).max(axis=1).fillna(0.0).clip(lower=0.0)
    responses, words = read_best_responses(datasets)
    rows = treated[["USUBJID", "SUBJECT"]].assign(
        RESPONSE=match_responses(treated["USUBJID"], responses),
        LAST=last,
        ONGOING=(read_texts(treated, "EOSSTT").str.upper() == "ONGOING") & events["DEATH"].isna(),
        **{name: events[name] for name in EVENTS},
    )
    rows = rows.sort_values(["LAST", "SUBJECT"], ascending=[False, True], kind="stable", ignore_index=True)
    bars = _close_bars(bars, rows)
    untreated = len(population) - len(treated)
    sentences = (
        f"Left out: {count_words(untreated)} without a date of first dose (TRTSDT)." if untreated else "",
        f"{count_words(backward, 'period')} with the end before the start not drawn." if backward else "",
    )
    return Swimmer(rows, bars, phases, population, words, tuple(filter(None, sentences)))


def _find_event(datasets: Mapping[str, Dataset], subjects: pd.DataFrame, event: str) -> pd.Series:
    """The date of the first response, progression or death of each subject (rows of ADSL)."""
    if event in ("CR", "PR"):
        return _first_date(datasets, subjects, "OVR", event)
    if event == "PD":
        found = _first_date(datasets, subjects, "PD", "Y")
        return found.fillna(_first_date(datasets, subjects, "OVR", "PD"))
    return read_numbers(subjects, "DTHDT").fillna(_first_date(datasets, subjects, "DEATH", "Y"))


def _first_date(datasets: Mapping[str, Dataset], subjects: pd.DataFrame, parameter: str, value: str) -> pd.Series:
    records = find_parameter(datasets, "ADRS", parameter)
    found = records[read_texts(records, "AVALC") == value]
    first = read_numbers(found, "ADT").groupby(found["USUBJID"]).min()
    return subjects["USUBJID"].map(first).astype("float64")


def _read_phases(treated: pd.DataFrame, start: pd.Series) -> tuple[pd.DataFrame, tuple[str, ...], int]:
    """The periods on treatment (APxxSDT to APxxEDT, else TRTSDT to TRTEDT), their names, and how many run backward."""
    numbers = sorted(match[1] for name in treated if (match := re.fullmatch(r"AP(\d\d)SDT", str(name))))
    used = [number for number in numbers if read_numbers(treated, f"AP{number}SDT").notna().any()]
    pairs = [(f"AP{number}SDT", f"AP{number}EDT", _name_phase(treated, number)) for number in used]
    pairs = pairs or [("TRTSDT", "TRTEDT", "On treatment")]
    parts = [
        pd.DataFrame(
            {
                "USUBJID": treated["USUBJID"],
                "PHASE": position,
                "START": read_numbers(treated, first) - start,
                "END": read_numbers(treated, last) - start,
            }
        )
        for position, (first, last, _) in enumerate(pairs)
    ]
    bars = pd.concat(parts, ignore_index=True)
    bars = bars[bars["START"].notna()]
    backward = bars["END"] < bars["START"]
    return bars[~backward].reset_index(drop=True), tuple(name for _, _, name in pairs), int(backward.sum())


def _name_phase(treated: pd.DataFrame, number: str) -> str:
    """APHASEw, else the treatment of the period when all have the same, else its number."""
    for name in (f"APHASE{int(number)}", f"TRT{number}A", f"TRT{number}P"):
        values = set(read_texts(treated, name)) - {""}
        if len(values) == 1:
            words = values.pop()
            return words if name.startswith("APHASE") else f"Period {int(number)}: {words}"
    return f"Period {int(number)}"


def _close_bars(bars: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """A period without an end lasts as long as anything is known of the subject."""
    last = bars["USUBJID"].map(rows.set_index("USUBJID")["LAST"])
    return bars.assign(OPEN=bars["END"].isna(), END=bars["END"].fillna(last.clip(lower=bars["START"])))


def make_swimmer(datasets: Mapping[str, Dataset]) -> Figure:
    """The figure with its caption and table."""
    data = collect_swimmer(datasets)
    panels = [data.rows.iloc[first : first + PANEL] for first in range(0, len(data.rows), PANEL)]
    drawings = tuple(
        draw_swimmer(data.rows, panel, data.bars, data.phases, number, len(panels))
        for number, panel in enumerate(panels[:MOST_PANELS], 1)
    )
    beyond = len(data.rows) - MOST_PANELS * PANEL
    has_events = bool(data.rows[["PR", "CR", "PD"]].notna().any(axis=None))
    definitions = [
        "Each row is one subject from the first dose (TRTSDT) on. Bars: periods on treatment; thin line: follow-up to "
        "the last date known alive, death, or end of study.",
        f"Months of {DAYS_PER_MONTH} days.",
        "First PR and first CR are the investigator's overall response at a visit (ADRS, OVR), confirmed or not; "
        "progression is the first one (ADRS, PD)."
        if has_events
        else "ADRS has no response or progression to show.",
        f"On the right: {data.response}." if data.response else "",
        "Arrow: still in the study (EOSSTT = ONGOING)." if data.rows["ONGOING"].any() else "",
    ]
    subjects = (
        f"{data.population.words}; {count_words(min(len(data.rows), MOST_PANELS * PANEL))} shown.",
        f"{count_words(beyond)} with the shortest courses not drawn{_point_to_table(len(data.rows))}."
        if beyond > 0
        else "",
        *data.sentences,
    )
    tables = (_tabulate(data),)
    return Figure("swimmer", TITLE, drawings, tuple(filter(None, definitions)), tuple(filter(None, subjects)), tables)


def _point_to_table(rows: int) -> str:
    return "; the table has them" if rows <= MOST_ROWS else f"; the table has the first {MOST_ROWS:,}"


def _tabulate(data: Swimmer) -> Table:
    """One row per subject, with study days: day 1 is the day of the first dose."""
    columns: dict[str, pd.Series] = {"Subject": data.rows["SUBJECT"]}
    for position, name in enumerate(data.phases):
        bars = data.bars[data.bars["PHASE"] == position].set_index("USUBJID")
        columns[f"{name}: from"] = _count_days(data.rows["USUBJID"].map(bars["START"]))
        columns[f"{name}: to"] = _count_days(data.rows["USUBJID"].map(bars["END"]))
    columns |= {HEADINGS[name]: _count_days(data.rows[name]) for name in EVENTS}
    columns["Last day known"] = _count_days(data.rows["LAST"])
    columns["Ongoing"] = data.rows["ONGOING"].map({True: "yes", False: ""}).astype("str")
    columns["Best overall response"] = data.rows["RESPONSE"]
    return make_table("Study days of the courses", pd.DataFrame(columns))


def _count_days(days: pd.Series) -> pd.Series:
    """Study days, which have no day 0."""
    return days.where(days < 0, days + 1).astype("float64")


SWIMMER = Picture("swimmer", TITLE, {"ADSL": ("USUBJID", "TRTSDT", "TRTEDT")}, make_swimmer)
