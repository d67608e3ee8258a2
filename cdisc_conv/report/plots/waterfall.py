"""Waterfall of the best percent change in the sum of target lesion diameters: one bar per subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.report.plots.axes import (
    Key,
    Scale,
    draw_legend,
    draw_threshold,
    draw_y_axis,
    measure_legend,
    plan_ticks,
)
from cdisc_conv.report.plots.figure import (
    Figure,
    NothingToDraw,
    Picture,
    choose_places,
    count_words,
    describe_places,
    make_table,
    write_value,
)
from cdisc_conv.report.plots.inputs import (
    EFFICACY,
    Population,
    describe_groups,
    describe_outsiders,
    find_parameter,
    match_responses,
    read_best_responses,
    read_numbers,
    read_parameter,
    read_population,
    take_first,
)
from cdisc_conv.report.plots.style import PLAIN, RESPONSES, list_responses, look_of_response, paint
from cdisc_conv.report.plots.svg import INK, Drawing, estimate_width, shorten

TITLE = "Best percent change in the sum of target lesion diameters (waterfall)"
HIGHEST = 100.0
"""Bars end here, in percent; a longer one is cut and its value written over it."""
MOST_LABELS = 60
WIDTH, LEFT, RIGHT, TOP, PLOT = 1000, 70, 905, 24, 360


@dataclass(frozen=True, slots=True)
class Waterfall:
    """``frame``: one row per bar in order of drawing, with SUBJECT, CHANGE (percent) and RESPONSE; ``left_out``:
    reason -> number of subjects of the population without a bar."""

    frame: pd.DataFrame
    population: Population
    left_out: Mapping[str, int]
    response: str
    notes: tuple[str, ...]


def collect_waterfall(datasets: Mapping[str, Dataset]) -> Waterfall:
    """The bars, from the largest growth to the largest shrinkage; equal ones by response (worst first) and subject."""
    population = read_population(datasets, EFFICACY)
    records, several = take_first(read_parameter(datasets, "ADTR", "BESTPCHG", population))
    change = read_numbers(records, "AVAL")
    if not change.notna().any():
        raise NothingToDraw("no ADTR record with PARAMCD = BESTPCHG has a value (AVAL)")
    responses, words = read_best_responses(datasets)
    values = pd.Series(change.to_numpy(), index=records["USUBJID"].to_numpy())
    frame = population.frame[["USUBJID", "SUBJECT"]].assign(
        CHANGE=population.frame["USUBJID"].map(values),
        RESPONSE=match_responses(population.frame["USUBJID"], responses),
    )
    bars = frame[frame["CHANGE"].notna()]
    rank = bars["RESPONSE"].map({look.key: number for number, look in enumerate(RESPONSES)}).fillna(len(RESPONSES))
    order = bars.assign(RANK=rank).sort_values(["CHANGE", "RANK", "SUBJECT"], ascending=[False, False, True])
    outsiders = describe_outsiders(find_parameter(datasets, "ADTR", "BESTPCHG"), population, "ADTR")
    notes = (several, outsiders, describe_groups(population))
    left_out = count_left_out(datasets, frame.loc[frame["CHANGE"].isna(), "USUBJID"])
    shown = order.drop(columns=["RANK", "USUBJID"]).reset_index(drop=True)
    return Waterfall(shown, population, left_out, words, tuple(filter(None, notes)))


def count_left_out(datasets: Mapping[str, Dataset], subjects: pd.Series) -> dict[str, int]:
    """Why subjects have no bar, by what their sums of diameters (SDIAM) are."""
    sums = find_parameter(datasets, "ADTR", "SDIAM")
    valued = sums[read_numbers(sums, "AVAL").notna()]
    if valued.empty or "ABLFL" not in valued:
        return {"without a value": len(subjects)} if len(subjects) else {}
    is_baseline = valued["ABLFL"] == "Y"
    measured = subjects.isin(valued["USUBJID"])
    with_baseline = subjects.isin(valued.loc[is_baseline, "USUBJID"])
    # A sum before the baseline record is not a sum after it; only what got a change can be one.
    later = valued[~is_baseline & read_numbers(valued, "PCHG").notna()]
    with_later = subjects.isin(later["USUBJID"])
    counts = {
        "without a sum of diameters": int((~measured).sum()),
        "without a baseline sum": int((measured & ~with_baseline).sum()),
        "without a sum after baseline": int((with_baseline & ~with_later).sum()),
        "without a best change though with a sum after baseline": int((with_baseline & with_later).sum()),
    }
    return {reason: count for reason, count in counts.items() if count}


def describe_left_out(left_out: Mapping[str, int]) -> str:
    """The sentence on subjects that are not shown."""
    if not left_out:
        return "Nobody of the population is left out."
    return f"Left out: {', '.join(f'{count_words(count)} {reason}' for reason, count in left_out.items())}."


def draw_waterfall(data: Waterfall) -> str:
    """The picture as SVG."""
    bars = data.frame
    keys = _list_keys(bars["RESPONSE"]) if data.response else []
    labelled = len(bars) <= MOST_LABELS
    longest = max(estimate_width(shorten(str(subject), 16), 11) for subject in bars["SUBJECT"])
    below = (longest if labelled else 0) + 30
    height = TOP + PLOT + below + measure_legend(keys, RIGHT - LEFT) + 10
    drawing = Drawing("waterfall", WIDTH, height, TITLE, _describe(data))
    highest = min(HIGHEST, max(25.0, float(bars["CHANGE"].max())))
    lowest = min(-35.0, float(bars["CHANGE"].min()))
    ticks = plan_ticks(lowest, highest, 8)
    scale = Scale(ticks[0], ticks[-1], TOP + PLOT, TOP)
    draw_y_axis(drawing, scale, ticks, (LEFT, RIGHT), "Best change from baseline (%)")
    _draw_bars(drawing, bars.take(choose_places(len(bars))), scale, labelled, bool(data.response))
    for level, words in ((20.0, "+20 %"), (-30.0, "−30 %")):
        draw_threshold(drawing, scale(level), (LEFT, RIGHT), words)
    drawing.line(LEFT, scale(0), RIGHT, scale(0), stroke=INK, stroke_width=1)
    drawn = len(choose_places(len(bars)))
    which = f"{drawn:,} of " if drawn < len(bars) else ""
    words = f"{which}{count_words(len(bars))}, one bar each"
    drawing.text((LEFT + RIGHT) / 2, TOP + PLOT + below - 8, words, text_anchor="middle")
    if keys:
        draw_legend(drawing, keys, LEFT, TOP + PLOT + below + 14, RIGHT - LEFT)
    return drawing.write()


def _draw_bars(drawing: Drawing, bars: pd.DataFrame, scale: Scale, labelled: bool, coloured: bool) -> None:
    slot = min((RIGHT - LEFT) / len(bars), 42.0)
    start = LEFT + ((RIGHT - LEFT) - slot * len(bars)) / 2
    gap = slot * 0.16 if slot >= 4 else 0
    outline: dict[str, Any] = {"stroke": INK, "stroke_width": 0.8} if slot >= 4 else {}
    group = drawing.group(**outline)
    cut = drawing.group(font_size=11, text_anchor="middle")
    labels = drawing.group(font_size=11, text_anchor="end")
    for number, (subject, change, response) in enumerate(bars.itertuples(index=False)):
        x, middle = start + number * slot + gap / 2, start + (number + 0.5) * slot
        top, bottom = sorted((scale(min(change, scale.high)), scale(0)))
        look = look_of_response(response) if coloured else PLAIN
        tip = f"{subject}: {write_value(change, 1)} %, {response or 'no response recorded'}"
        # A change of nothing is a result too, and gets a bar that can be seen.
        group.rect(
            x, top - 1 if bottom - top < 2 else top, slot - gap, max(bottom - top, 2), tip, fill=paint(drawing, look)
        )
        if change > scale.high:
            words = f"{write_value(change)}" if slot >= 18 else "▲"
            cut.text(middle, TOP - 6, words, tip=tip)
        if labelled:
            y = scale.start + 8
            turned = f"translate({middle + 4:.2f} {y:.2f}) rotate(-90)"
            labels.text(0, 0, shorten(str(subject), 16), transform=turned)


def _list_keys(responses: pd.Series) -> list[Key]:
    counts = responses.map(lambda value: look_of_response(value).key).value_counts()
    return [Key(look, "area", f"n = {counts[look.key]}") for look in list_responses(responses)]


def _describe(data: Waterfall) -> str:
    change = data.frame["CHANGE"]
    return (
        f"Bar chart of {count_words(len(change))}, from {write_value(change.max(), 1)} % to "
        f"{write_value(change.min(), 1)} %; {int((change <= -30).sum())} with a decrease of at least 30 %."
    )


def make_waterfall(datasets: Mapping[str, Dataset]) -> Figure:
    """The figure with its caption and table."""
    data = collect_waterfall(datasets)
    colour = (
        f"Colour and pattern: {data.response}." if data.response else "ADRS has no best overall response to colour by."
    )
    cut = int((data.frame["CHANGE"] > HIGHEST).sum())
    definitions = [
        "Each bar is the lowest percent change from baseline of one subject (ADTR, BESTPCHG).",
        colour,
        "Dashed lines: −30 %, the decrease of a partial response in target lesions (RECIST 1.1), and +20 % of "
        "baseline; progression itself is judged against the smallest sum so far, not against baseline.",
        describe_places(len(data.frame), "bars", "in this order"),
        f"{count_words(cut, 'bar')} cut at +100 %, with the value above or a ▲." if cut else "",
    ]
    shown = f"{data.population.words}; {count_words(len(data.frame))} shown."
    subjects = (shown, describe_left_out(data.left_out), *data.notes)
    names = {"SUBJECT": "Subject", "CHANGE": "Best change (%)", "RESPONSE": "Best overall response"}
    table = make_table("Best percent change by subject", data.frame.rename(columns=names), {"Best change (%)": 1})
    return Figure("waterfall", TITLE, (draw_waterfall(data),), tuple(filter(None, definitions)), subjects, (table,))


WATERFALL = Picture(
    "waterfall",
    TITLE,
    {"ADSL": ("USUBJID",), "ADTR": ("USUBJID", "PARAMCD", "AVAL")},
    make_waterfall,
)
