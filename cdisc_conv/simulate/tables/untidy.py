"""What life does to the tables: unknown parts of dates, stray blanks and case. Works on the finished text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import Bools, Draws, Floats

TYPED = {
    "ae": ("AETERM", "AECTCTRM"),
    "dm": ("CNGROUP",),
    "eos": ("EOSSP",),
    "eot": ("EOTSP",),
    "exox": ("EXREASSP",),
    "exca": ("EXREASSP",),
    "exth": ("EXREASSP",),
    "nl": ("NLLOCSP",),
    "ntl": ("NTLLOCSP",),
    "sfu": ("SFUTRT",),
    "tl": ("TLLOCSP",),
}
"""Items that are typed, not chosen."""

_FIRST_OF_SUBJECT = ("M", "C2", "C3", "C4", "C5", "C6")


@dataclass(frozen=True, slots=True)
class Blur:
    """How often the day of a date, or its month too, is unknown."""

    day: float
    month: float = 0.0
    usable: Callable[[pd.DataFrame], Bools] | None = None
    """Rows whose date may be partial; all of them when it is not given."""


def untidy_frame(
    frame: pd.DataFrame, typed: tuple[str, ...], dates: Mapping[str, Blur], settings: Settings, draws: Draws
) -> pd.DataFrame:
    """The table of one form with partial dates, stray blanks and stray case."""
    for item, blur in dates.items():
        usable = (frame[item] != "").to_numpy()
        if blur.usable is not None:
            usable = usable & blur.usable(frame)
        frame = _blur_where(frame, item, usable, blur.day, blur.month, draws.even(len(frame)))
    for item in typed:
        frame = _type_badly(frame, item, settings.untidiness.stray_blanks, settings.untidiness.stray_case, draws)
    return frame


def untidy_frames(frames: Mapping[str, pd.DataFrame], settings: Settings, draws: Draws) -> dict[str, pd.DataFrame]:
    """The same tables, untidied; the order of the forms decides which draw each one gets."""
    about = settings.untidiness
    parts: dict[tuple[str, str], tuple[float, float]] = {
        ("ae", "AEENDAT"): (about.event_end_day_unknown, about.event_end_month_unknown),
        ("ae", "AESTDAT"): (about.event_start_day_unknown, about.event_start_month_unknown),
        ("dd", "DTHDAT"): (about.death_day_unknown, 0),
        ("dm", "BRTHDAT"): (about.birth_day_unknown, about.birth_month_unknown),
        ("exth", "EXSTDAT"): (about.dose_day_unknown, 0),
        ("sfu", "SFUALIVE"): (about.last_alive_day_unknown, 0),
        ("sfu", "SFUTRDAT"): (about.new_therapy_day_unknown, about.new_therapy_month_unknown),
    }
    result = dict(frames)
    for (form, item), (day, month) in parts.items():
        result[form] = _blur_date(result[form], form, item, day, month, draws)
    for form, items in TYPED.items():
        for item in items:
            result[form] = _type_badly(result[form], item, about.stray_blanks, about.stray_case, draws)
    for item in ("TLID", "TLMERGE"):
        chosen = (
            draws.chance(about.lesion_number_small_letters, len(result["tl"])) & (result["tl"][item] != "").to_numpy()
        )
        result["tl"] = _replace(result["tl"], item, chosen, result["tl"][item][chosen].str.lower())
    return result


def _replace(frame: pd.DataFrame, item: str, chosen: Bools, values: pd.Series) -> pd.DataFrame:
    column = frame[item].copy()
    if chosen.any():
        column[chosen] = values
    return frame.assign(**{item: column})


def _blur_date(frame: pd.DataFrame, form: str, item: str, day: float, month: float, draws: Draws) -> pd.DataFrame:
    """Unknown day: UN-MAR-2022. Unknown day and month: UN-UNK-2022."""
    luck = draws.even(len(frame))
    usable = (frame[item] != "").to_numpy()
    if form == "exth":  # the first dose of a subject is always known
        usable = usable & frame["EVENTEID"].str.startswith(_FIRST_OF_SUBJECT).to_numpy(dtype=bool)
    if form == "dd":  # of a death that an event caused the date is known
        usable = usable & (frame["DTHCAUS"] == "PD").to_numpy()
    if form == "sfu" and item == "SFUALIVE":  # who answers is alive on the day of the contact
        usable = usable & (frame["SFUYN"] == "N").to_numpy()
    if form == "ae":  # an event that ends in death or starts at a known time has a known date
        usable = usable & (frame["AESTTIM"] == "").to_numpy() & (frame["AEOUT"] != "FATAL").to_numpy()
    return _blur_where(frame, item, usable, day, month, luck)


def _blur_where(frame: pd.DataFrame, item: str, usable: Bools, day: float, month: float, luck: Floats) -> pd.DataFrame:
    no_month, no_day = usable & (luck < month), usable & (luck >= month) & (luck < month + day)
    frame = _replace(frame, item, no_month, "UN-UNK-" + frame[item][no_month].str[7:])
    return _replace(frame, item, no_day, "UN-" + frame[item][no_day].str[3:])


def _type_badly(frame: pd.DataFrame, item: str, blanks: float, case: float, draws: Draws) -> pd.DataFrame:
    """Blanks before, after or doubled inside; all capitals or all small letters."""
    column, luck = frame[item], draws.even(len(frame))
    written = (column != "").to_numpy()
    third = blanks / 3
    edits: list[tuple[Bools, Callable[[pd.Series], pd.Series]]] = [
        (luck < third, lambda text: " " + text),
        ((luck >= third) & (luck < 2 * third), lambda text: text + "  "),
        ((luck >= 2 * third) & (luck < blanks), lambda text: text.str.replace(" ", "  ", n=1, regex=False)),
        ((luck >= blanks) & (luck < blanks + case / 2), lambda text: text.str.upper()),
        ((luck >= blanks + case / 2) & (luck < blanks + case), lambda text: text.str.lower()),
    ]
    for mask, edit in edits:
        chosen = written & np.asarray(mask)
        frame = _replace(frame, item, chosen, edit(frame[item][chosen]))
    return frame
