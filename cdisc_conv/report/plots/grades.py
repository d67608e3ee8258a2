"""Adverse events: the worst grade of each subject by preferred term, as stacked bars."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.report.plots.axes import Key, Scale, draw_legend, draw_x_axis, measure_legend, plan_ticks
from cdisc_conv.report.plots.figure import Figure, NothingToDraw, Picture, Table, count_words, make_table
from cdisc_conv.report.plots.inputs import (
    SAFETY,
    Population,
    collect_records,
    describe_groups,
    describe_outsiders,
    read_population,
)
from cdisc_conv.report.plots.style import GRID, WHITE, Look, paint
from cdisc_conv.report.plots.svg import INK, Drawing, Group, estimate_width, shorten

TITLE = "Adverse events by preferred term and worst grade"
TOP_TERMS = 20
"""Terms that are drawn; the table has all."""
MOST_TIES = 5
"""Terms more than TOP_TERMS that are drawn because they are as frequent as the last one."""
WIDTH, LEFT, RIGHT, TOP, ROW = 1000, 300, 940, 16, 23

GRADES_LOOKS = (
    Look("0", "No grade recorded", WHITE, "dots"),
    Look("1", "Grade 1", "#FEF0D9"),
    Look("2", "Grade 2", "#FDCC8A"),
    Look("3", "Grade 3", "#FC8D59"),
    Look("4", "Grade 4", "#C7301F"),
    Look("5", "Grade 5", "#5E0000"),
)
"""Darker is worse, also in greyscale."""


@dataclass(frozen=True, slots=True)
class Grades:
    """``counts``: index preferred term, columns 0 (no grade) to 5, subjects by worst grade; the most frequent first."""

    counts: pd.DataFrame
    population: Population
    subjects: int
    """Subjects with any treatment-emergent event."""
    sentences: tuple[str, ...]


def collect_grades(datasets: Mapping[str, Dataset]) -> Grades:
    """Subjects by preferred term and worst toxicity grade, treatment-emergent events of the safety population only."""
    population = read_population(datasets, SAFETY)
    emergent = collect_records(datasets["ADAE"].frame, "TRTEMFL", "Y")
    inside = emergent[emergent["USUBJID"].isin(population.frame["USUBJID"])]
    if inside.empty:
        raise NothingToDraw(f"ADAE has no treatment-emergent event (TRTEMFL = Y) of the {population.label}")
    coded = inside[inside["AEDECOD"] != ""]
    if coded.empty:
        raise NothingToDraw("no treatment-emergent event of ADAE has a preferred term (AEDECOD)")
    grade = read_grades(coded["ATOXGR"])
    worst = grade.groupby([coded["USUBJID"], coded["AEDECOD"]]).max().reset_index(name="GRADE")
    counts = pd.crosstab(worst["AEDECOD"], worst["GRADE"]).reindex(columns=range(6), fill_value=0)
    order = pd.DataFrame({"ANY": counts.sum(axis=1), "SEVERE": counts[[3, 4, 5]].sum(axis=1), "TERM": counts.index})
    order = order.sort_values(["ANY", "SEVERE", "TERM"], ascending=[False, False, True])
    uncoded = len(inside) - len(coded)
    not_emergent = len(datasets["ADAE"].frame) - len(emergent)
    sentences = (
        f"{count_words(not_emergent, 'event')} not treatment-emergent left out." if not_emergent else "",
        f"{count_words(uncoded, 'event')} without a preferred term left out." if uncoded else "",
        describe_outsiders(emergent, population, "ADAE"),
        describe_groups(population),
    )
    return Grades(counts.loc[order.index], population, inside["USUBJID"].nunique(), tuple(filter(None, sentences)))


def read_grades(texts: pd.Series) -> pd.Series:
    """Grades as whole numbers, 0 where there is none. ``3``, ``Grade 3`` and ``GRADE 3`` are all 3.

    >>> read_grades(pd.Series(["1", "GRADE 3", "", "severe", "7"])).tolist()
    [1, 3, 0, 0, 0]
    """
    found = texts.astype("str").str.extract(r"^\s*(?:grade\s*)?([1-5])\s*$", flags=re.IGNORECASE, expand=False)
    return found.fillna("0").astype("int64")


def choose_terms(counts: pd.DataFrame) -> pd.DataFrame:
    """The most frequent terms: TOP_TERMS, and a few more when they are as frequent as the last of those."""
    total = counts.sum(axis=1)
    if len(counts) <= TOP_TERMS:
        return counts
    tied = int((total >= total.iloc[TOP_TERMS - 1]).sum())
    return counts.iloc[: tied if tied <= TOP_TERMS + MOST_TIES else TOP_TERMS]


def draw_grades(data: Grades) -> str:
    """The picture as SVG."""
    terms = choose_terms(data.counts)
    used = [look for look in GRADES_LOOKS[1:] + GRADES_LOOKS[:1] if data.counts[int(look.key)].any()]
    keys = [Key(look, "area") for look in used]
    bottom = TOP + ROW * len(terms) + 4
    height = bottom + 56 + measure_legend(keys, RIGHT - LEFT)
    drawing = Drawing("grades", WIDTH, height, TITLE, _describe(data, terms))
    ticks = [tick for tick in plan_ticks(0, float(terms.sum(axis=1).max()), 8) if tick == int(tick)]
    x = Scale(0, ticks[-1], LEFT, RIGHT)
    for tick in ticks:
        drawing.line(x(tick), TOP, x(tick), bottom, stroke=GRID)
    draw_x_axis(drawing, x, ticks, bottom, f"Subjects (of N = {len(data.population):,})")
    for number, (term, row) in enumerate(terms.iterrows()):
        _draw_term(drawing, str(term), row, x, TOP + ROW * number + ROW / 2 + 2, len(data.population))
    drawing.line(LEFT, TOP, LEFT, bottom, stroke=INK)
    draw_legend(drawing, keys, LEFT, bottom + 62, RIGHT - LEFT)
    return drawing.write()


def _draw_term(drawing: Drawing, term: str, row: pd.Series, x: Scale, middle: float, population: int) -> None:
    group = drawing.group()
    group.text(LEFT - 9, middle + 4, shorten(term, 46), term, text_anchor="end")
    total, left = int(row.sum()), 0
    for look in GRADES_LOOKS[1:] + GRADES_LOOKS[:1]:
        count = int(row[int(look.key)])
        if not count:
            continue
        start, width = x(left), x(left + count) - x(left)
        tip = f"{term}, {look.label.lower()}: {count_words(count)}"
        group.rect(start, middle - 8.5, width, 17, tip, fill=paint(drawing, look), stroke=INK, stroke_width=0.7)
        if width >= estimate_width(str(count), 11) + 6:
            _draw_count(group, count, look, start + width / 2, middle + 4)
        left += count
    group.text(x(total) + 6, middle + 4, f"{total / population:.0%}".replace("%", " %"), font_size=11)


def _draw_count(group: Group, count: int, look: Look, x: float, y: float) -> None:
    dark = look.key in ("4", "5")
    outline: dict[str, Any] = (
        {} if not look.hatch else {"stroke": look.colour, "stroke_width": 4, "paint_order": "stroke"}
    )
    group.text(x, y, str(count), text_anchor="middle", font_size=11, fill=WHITE if dark else INK, **outline)


def _describe(data: Grades, terms: pd.DataFrame) -> str:
    first, total = str(terms.index[0]), int(terms.iloc[0].sum())
    return (
        f"Stacked bars of the {count_words(len(terms), 'most frequent preferred term')}; the most frequent is "
        f"{first} in {count_words(total)} of {len(data.population):,}."
    )


def make_grades(datasets: Mapping[str, Dataset]) -> Figure:
    """The figure with its caption and table."""
    data = collect_grades(datasets)
    shown, terms = len(choose_terms(data.counts)), len(data.counts)
    which = f"The {shown} most frequent of {terms:,} preferred terms; the table has all." if shown < terms else ""
    definitions = (
        "Treatment-emergent adverse events (ADAE, TRTEMFL = Y). Each subject counts once per preferred term (AEDECOD), "
        "with the worst toxicity grade (ATOXGR). Numbers in the bars: subjects; at the end: percent of N.",
        which,
    )
    subjects = (
        f"{data.population.words}; {count_words(data.subjects)} with any treatment-emergent event.",
        *data.sentences,
    )
    drawings = (draw_grades(data),)
    return Figure("grades", TITLE, drawings, tuple(filter(None, definitions)), subjects, (_tabulate(data),))


def _tabulate(data: Grades) -> Table:
    counts = data.counts
    total, severe = counts.sum(axis=1), counts[[3, 4, 5]].sum(axis=1)
    size = len(data.population)
    columns = {
        "Preferred term": pd.Series(counts.index, index=counts.index).astype("str"),
        "Any grade": total,
        "Any grade (%)": total * 100 / size,
        **{f"Grade {grade}": counts[grade] for grade in range(1, 6)},
        "No grade": counts[0],
        "Grade 3 to 5": severe,
        "Grade 3 to 5 (%)": severe * 100 / size,
    }
    return make_table("Subjects by preferred term and worst grade", pd.DataFrame(columns),
                      {"Any grade (%)": 1, "Grade 3 to 5 (%)": 1})  # fmt: skip


GRADES = Picture(
    "grades", TITLE, {"ADSL": ("USUBJID",), "ADAE": ("USUBJID", "AEDECOD", "ATOXGR", "TRTEMFL")}, make_grades
)
