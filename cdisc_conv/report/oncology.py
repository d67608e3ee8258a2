"""report/oncology.html: the pictures of an oncology study in one file that needs neither network nor JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from cdisc_conv import __version__
from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.report.environment import load_environment
from cdisc_conv.report.plots.figure import Figure, NothingToDraw, Picture
from cdisc_conv.report.plots.grades import GRADES
from cdisc_conv.report.plots.inputs import find_missing
from cdisc_conv.report.plots.kaplan_meier import OS, PFS
from cdisc_conv.report.plots.spider import SPIDER
from cdisc_conv.report.plots.swimmer import SWIMMER
from cdisc_conv.report.plots.waterfall import WATERFALL

PICTURES = (WATERFALL, SPIDER, SWIMMER, PFS, OS, GRADES)
"""In the order of the page."""

TUMOURS = ("TU", "TR", "RS", "ADTR", "ADRS")
"""Datasets that make a study one of oncology."""

SURVIVAL = (PFS, OS)
"""Pictures that do so, too, where they can be drawn."""


def render_oncology(
    study_name: str,
    title: str,
    datasets: Mapping[str, Dataset],
    synthetic_note: str = "",
    pictures: Sequence[Picture] = PICTURES,
) -> tuple[str, list[Problem]] | None:
    """The page as text, and a note for each picture that is not on it; None for a study that is not oncology.

    Oncology is a study with a dataset of `TUMOURS`, or with progression-free or overall survival.

    ``datasets`` maps names (ADSL, ADTR, ADRS, ADTTE, ADAE) to finished datasets: text with "" for missing, numbers and
    SAS dates as float64; others are not looked at. ``synthetic_note`` stands at the top of the page, for data that are
    no real subjects'.

    Findings: PIC001 (note), one for each picture that is left out, with everything that it would have needed: datasets,
    variables, or records. The same input gives the same text.
    """
    has_tumours = any(name in datasets for name in TUMOURS)
    figures: list[Figure] = []
    problems: list[Problem] = []
    left_out: list[tuple[str, str]] = []
    for picture in pictures:
        made = make_figure(picture, datasets)
        if isinstance(made, Figure):
            figures.append(made)
        else:
            left_out.append((picture.title, made))
            problems.append(_describe_left_out(picture, made))
    if not has_tumours and not any(figure.name == picture.name for figure in figures for picture in SURVIVAL):
        return None
    page = load_environment().get_template("oncology.html").render(
        version=__version__,
        study_name=study_name,
        title=title,
        synthetic_note=synthetic_note,
        figures=figures,
        left_out=left_out,
        trust=Markup,
    )  # fmt: skip
    return page, problems


def make_figure(picture: Picture, datasets: Mapping[str, Dataset]) -> Figure | str:
    """The figure, or the words that say what was missing for it."""
    missing = find_missing(datasets, picture.needs)
    if missing:
        return "; ".join(missing)
    try:
        return picture.draw(datasets)
    except NothingToDraw as reason:
        return str(reason)


def _describe_left_out(picture: Picture, missing: str) -> Problem:
    main = list(picture.needs)[-1]
    message = f"report/oncology.html has no picture '{picture.title}': {missing}"
    hint = "nothing to do if the study has no such data; else add them to the ADaM mapping"
    return Problem("PIC001", message, Severity.NOTE, Place(dataset=main), hint)
