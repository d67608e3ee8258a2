"""Spider plot: percent change in the sum of target lesion diameters over time, one line per subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.report.plots.axes import (
    WEEKS,
    Key,
    Scale,
    draw_legend,
    draw_threshold,
    draw_x_axis,
    draw_y_axis,
    line_colour,
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
    read_texts,
)
from cdisc_conv.report.plots.style import PLAIN, WHITE, Look, draw_marker, list_responses, look_of_response
from cdisc_conv.report.plots.svg import INK, Drawing, Group

TITLE = "Percent change in the sum of target lesion diameters over time (spider plot)"
HIGHEST = 150.0
"""The plot ends here, in percent; points above it are drawn on the edge."""
MOST_MARKED = 120
"""With more subjects than this the lines have no markers."""
WIDTH, LEFT, RIGHT, TOP, PLOT = 1000, 70, 905, 24, 400
PROGRESSION = Look("PD visit", "Overall response PD at this assessment", WHITE, marker="cross")


@dataclass(frozen=True, slots=True)
class Spider:
    """``points``: USUBJID, SUBJECT, DAY (study day), WEEK (weeks since day 1), SUM, CHANGE (percent), BASELINE and
    PROGRESSION (bool), RESPONSE; by subject and day. ``sentences`` on who is left out."""

    points: pd.DataFrame
    population: Population
    response: str
    sentences: tuple[str, ...]


def collect_spider(datasets: Mapping[str, Dataset]) -> Spider:
    """The points of all subjects with a baseline sum and at least one change from it."""
    population = read_population(datasets, EFFICACY)
    records = read_parameter(datasets, "ADTR", "SDIAM", population)
    points = _read_points(records)
    partial = int((~points["COMPLETE"] & points["CHANGE"].notna()).sum())
    undated = int((points["CHANGE"].notna() & points["DAY"].isna()).sum())
    usable = points[points["CHANGE"].notna() & points["DAY"].notna() & (points["COMPLETE"] | points["BASELINE"])]
    changed = usable.loc[~usable["BASELINE"], "USUBJID"].unique()
    if not len(changed):
        raise NothingToDraw("no ADTR record with PARAMCD = SDIAM after baseline has both PCHG and ADY")
    responses, words = read_best_responses(datasets)
    shown = usable[usable["USUBJID"].isin(changed)].merge(
        population.frame[["USUBJID", "SUBJECT"]], on="USUBJID", how="left", validate="many_to_one"
    )
    shown = shown.assign(
        WEEK=count_weeks(shown["DAY"]),
        RESPONSE=match_responses(shown["USUBJID"], responses),
        PROGRESSION=_find_progression(datasets, shown) & ~shown["BASELINE"],
    ).sort_values(["SUBJECT", "USUBJID", "DAY"], kind="stable", ignore_index=True)
    without = len(population) - len(changed)
    sentences = (
        f"Left out: {count_words(without)} without a dated change from baseline." if without else "",
        f"{count_words(partial, 'assessment')} without all lesions of baseline (ANL01FL not Y) not drawn."
        if partial
        else "",
        f"{count_words(undated, 'assessment')} without a study day (ADY) not drawn." if undated else "",
        describe_outsiders(find_parameter(datasets, "ADTR", "SDIAM"), population, "ADTR"),
        describe_groups(population),
    )
    return Spider(shown.drop(columns="COMPLETE"), population, words, tuple(filter(None, sentences)))


def _read_points(records: pd.DataFrame) -> pd.DataFrame:
    """The records as points; the change at baseline is 0 by definition, whether or not it was recorded."""
    baseline = read_texts(records, "ABLFL") == "Y"
    change = read_numbers(records, "PCHG")
    complete = records["ANL01FL"] == "Y" if "ANL01FL" in records else pd.Series(True, index=records.index)
    total = read_numbers(records, "AVAL")
    return pd.DataFrame(
        {
            "USUBJID": records["USUBJID"],
            "DAY": read_numbers(records, "ADY"),
            "DATE": read_numbers(records, "ADT"),
            "SUM": total,
            "CHANGE": change.mask(baseline & total.notna(), 0.0),
            "BASELINE": baseline,
            "COMPLETE": complete,
        }
    )


def count_weeks(days: pd.Series) -> pd.Series:
    """Weeks since day 1 of a study day; there is no day 0, so day -1 is one day before day 1.

    >>> count_weeks(pd.Series([-7.0, 1.0, 8.0])).tolist()
    [-1.0, 0.0, 1.0]
    """
    return days.where(days < 0, days - 1) / 7


def _find_progression(datasets: Mapping[str, Dataset], points: pd.DataFrame) -> pd.Series:
    """Which points are of a date at which the overall response (ADRS, OVR) is PD."""
    overall = find_parameter(datasets, "ADRS", "OVR")
    if not {"AVALC", "ADT"} <= set(overall):
        return pd.Series(False, index=points.index)
    found = overall[overall["AVALC"] == "PD"]
    dates = pd.MultiIndex.from_arrays([found["USUBJID"], read_numbers(found, "ADT")])
    here = pd.MultiIndex.from_arrays([points["USUBJID"], points["DATE"]])
    return pd.Series(here.isin(dates) & points["DATE"].notna().to_numpy(), index=points.index)


def draw_spider(data: Spider) -> str:
    """The picture as SVG."""
    points = data.points
    subjects = points["USUBJID"].unique()
    drawn = points[points["USUBJID"].isin(subjects[choose_places(len(subjects))])]
    lines = [line for _, line in drawn.groupby("USUBJID", sort=False)]
    marked = len(lines) <= MOST_MARKED
    keys = _list_keys(points, marked) if data.response else []
    if marked and points["PROGRESSION"].any():
        keys.append(Key(PROGRESSION, "marker"))
    bottom = TOP + PLOT
    height = bottom + 60 + measure_legend(keys, RIGHT - LEFT)
    drawing = Drawing("spider", WIDTH, height, TITLE, _describe(points))
    changes = points["CHANGE"]
    levels = plan_ticks(min(-35.0, float(changes.min())), min(HIGHEST, max(25.0, float(changes.max()))), 9)
    weeks = plan_ticks(min(0.0, float(points["WEEK"].min())), float(points["WEEK"].max()), 14, WEEKS)
    x, y = Scale(weeks[0], weeks[-1], LEFT, RIGHT), Scale(levels[0], levels[-1], bottom, TOP)
    draw_y_axis(drawing, y, levels, (LEFT, RIGHT), "Change from baseline (%)")
    draw_x_axis(drawing, x, weeks, bottom, "Weeks since day 1 of the study")
    drawing.line(LEFT, y(0), RIGHT, y(0), stroke=INK, stroke_width=1)
    for level, words in ((20.0, "+20 %"), (-30.0, "−30 %")):
        draw_threshold(drawing, y(level), (LEFT, RIGHT), words)
    for line in lines:
        _draw_line(drawing, line, x, y, marked, bool(data.response))
    if keys:
        draw_legend(drawing, keys, LEFT, bottom + 62, RIGHT - LEFT)
    return drawing.write()


def _draw_line(drawing: Drawing, line: pd.DataFrame, x: Scale, y: Scale, marked: bool, coloured: bool) -> None:
    look = look_of_response(str(line["RESPONSE"].iloc[0])) if coloured else PLAIN
    subject = str(line["SUBJECT"].iloc[0])
    group = drawing.group(stroke=line_colour(look))
    group.add("title", f"{subject}: {look.label}")
    places = [
        (x(week), y(min(change, y.high))) for week, change in zip(line["WEEK"], line["CHANGE"], strict=True)
    ]  # fmt: skip
    style: dict[str, Any] = {"stroke_width": 1.6} if marked else {"stroke_width": 1, "stroke_opacity": 0.5}
    group.polyline(places, stroke_dasharray=look.dash or "none", stroke_linejoin="round", **style)
    if marked:
        _draw_markers(group, line, places, look)


def _draw_markers(group: Group, line: pd.DataFrame, places: list[tuple[float, float]], look: Look) -> None:
    marks = group.group(fill=look.colour, stroke_width=1.2)
    rows = zip(places, line["DAY"], line["CHANGE"], line["BASELINE"], line["PROGRESSION"], strict=True)
    for (left, top), day, change, baseline, progression in rows:
        tip = f"{line['SUBJECT'].iloc[0]}, day {day:g}: {write_value(change, 1)} %"
        if baseline:
            continue
        if progression:
            draw_marker(group, "cross", left, top, 5, tip=f"{tip}, overall response PD", stroke=INK)
        else:
            draw_marker(marks, look.marker, left, top, 3.2, tip=tip)


def _list_keys(points: pd.DataFrame, marked: bool) -> list[Key]:
    each = points.drop_duplicates("USUBJID")["RESPONSE"]
    counts = each.map(lambda value: look_of_response(value).key).value_counts()
    looks = list_responses(each)
    return [Key(look if marked else replace(look, marker="none"), "line", f"n = {counts[look.key]}") for look in looks]


def _describe(points: pd.DataFrame) -> str:
    subjects = points["USUBJID"].nunique()
    weeks = write_value(float(points["WEEK"].max()), 1)
    return f"Line chart of {count_words(subjects)} with up to {weeks} weeks of measurements."


def make_spider(datasets: Mapping[str, Dataset]) -> Figure:
    """The figure with its caption and table."""
    data = collect_spider(datasets)
    points = data.points
    shown = points["USUBJID"].nunique()
    above = int((points["CHANGE"] > HIGHEST).sum())
    definitions = [
        "Each line is one subject: percent change of the sum from its baseline value (ADTR, SDIAM, PCHG), which is 0 "
        "at the baseline assessment.",
        f"Colour, dash and marker: {data.response}."
        if data.response
        else "ADRS has no best overall response to colour by.",
        "A cross is an assessment with overall response PD (ADRS, OVR), which may come from non-target or new lesions."
        if points["PROGRESSION"].any() and shown <= MOST_MARKED
        else "",
        "Dashed level lines: −30 % and +20 % of baseline.",
        describe_places(shown, "lines", "by identifier"),
        f"{count_words(above, 'point')} above +150 % drawn on the upper edge." if above else "",
    ]
    subjects = (f"{data.population.words}; {count_words(shown)} shown.", *data.sentences)
    numbers = pd.DataFrame(
        {
            "Subject": points["SUBJECT"],
            "Study day": points["DAY"],
            "Sum of diameters (mm)": points["SUM"],
            "Change (%)": points["CHANGE"],
            "Assessment": np.select(
                [points["BASELINE"], points["PROGRESSION"]], ["baseline", "overall response PD"], default=""
            ),
            "Best overall response": points["RESPONSE"],
        }
    )
    table = make_table("Sum of diameters by subject and day", numbers, {"Sum of diameters (mm)": 1, "Change (%)": 1})
    return Figure("spider", TITLE, (draw_spider(data),), tuple(filter(None, definitions)), subjects, (table,))


SPIDER = Picture(
    "spider",
    TITLE,
    {"ADSL": ("USUBJID",), "ADTR": ("USUBJID", "PARAMCD", "AVAL", "PCHG", "ADY", "ABLFL")},
    make_spider,
)
