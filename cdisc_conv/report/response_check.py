"""report/response_check.html: RECIST 1.1 derived from the measurements beside the responses in RS.

One file that needs neither a network nor JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from cdisc_conv import __version__
from cdisc_conv.problems import Problem
from cdisc_conv.recist import RecistSettings, ResponseCheck
from cdisc_conv.recist.compare import CODES
from cdisc_conv.recist.recorded import PARTS
from cdisc_conv.recist.tables import read_published_tables
from cdisc_conv.report.environment import load_environment
from cdisc_conv.report.response_grid import RESPONSES, anchor, list_subjects

SHOWN = 500
"""Disagreements, and other findings, that stand in the page; findings.json has all of them."""


def render_response_check(
    study_name: str, title: str, result: ResponseCheck, problems: Sequence[Problem], synthetic_note: str = ""
) -> str:
    """The page as text.

    `result` and `problems` are those of `recist.check_responses`. `synthetic_note` stands at the top, for data that are
    no real subjects'. Subjects with disagreements come first, and their grids are open.
    """
    frame, found = result.assessments, result.disagreements
    others = [problem for problem in problems if problem.code not in CODES.values()]
    return (
        load_environment()
        .get_template("response_check.html")
        .render(
            version=__version__,
            study_name=study_name,
            title=title,
            synthetic_note=synthetic_note,
            evaluator=f"{result.settings.evaluator} {result.settings.evaluator_id}".strip() or "all",
            compared=result.compared,
            agreeing=result.compared - int((found["part"] == "overall").sum()),
            total=len(found),
            subjects_total=frame["subject"].nunique(),
            subjects_differing=found["subject"].nunique(),
            parts=list(_count_parts(frame)),
            matrix=_cross_tabulate(frame),
            disagreements=list(_list_disagreements(found.head(SHOWN))),
            others=others[:SHOWN],
            others_total=len(others),
            subjects=list_subjects(result, SHOWN),
            tables=read_published_tables(),
            rules=_describe_rules(result.settings),
            too_small=result.settings.limits.too_small_mm,
        )
    )


def _count_parts(frame: pd.DataFrame) -> Iterator[Mapping[str, Any]]:
    after = frame["has_records"] & (frame["number"] > 0)
    for part in PARTS:
        compared = int((after & (frame[f"recorded_{part}"] != "")).sum())
        differing = int(frame[f"differs_{part}"].sum())
        yield {"name": RESPONSES[part], "compared": compared, "agree": compared - differing, "differ": differing}


def _cross_tabulate(frame: pd.DataFrame) -> Mapping[str, Any]:
    """Overall responses, derived against recorded: the counts, and which cells are disagreements."""
    rows = frame[frame["has_records"] & (frame["number"] > 0) & (frame["recorded_overall"] != "")]
    order = ["CR", "PR", "NON-CR/NON-PD", "SD", "PD", "NE"]
    pairs = rows.groupby(["overall", "recorded_overall"])["differs_overall"].agg(["size", "any"])

    def names(level: str) -> list[str]:
        there = set(rows[level])
        return [name for name in order if name in there] + sorted(there - set(order))

    columns = names("recorded_overall")
    cells = {pair: (int(size), bool(differs)) for pair, size, differs in pairs.itertuples(name=None)}
    return {
        "columns": columns,
        "rows": [(name, [cells.get((name, column), (0, False)) for column in columns]) for name in names("overall")],
    }


def _list_disagreements(found: pd.DataFrame) -> Iterator[Mapping[str, Any]]:
    for number, row in enumerate(found.to_dict("records"), 1):
        yield {
            **{str(name): value for name, value in row.items()},
            "id": f"d{number}",
            "anchor": anchor(row["subject"]),
            "name": RESPONSES[row["part"]],
        }


def _describe_rules(settings: RecistSettings) -> list[tuple[str, str]]:
    """The rules as the settings have them, by response."""
    limits = settings.limits
    node = f"{limits.normal_node_mm:g} mm"
    stays = "; once reached it stays until PD" if settings.partial_response_stays else ""
    again = "; or, after an overall CR, a lesion that is there again" if settings.reappearance_is_progression else ""
    carried = "; it counts until it is seen as absent" if settings.new_lesions_stay else ""
    return [
        (
            "Sum",
            f"longest diameters, of lymph nodes short axes; too small to measure counts {limits.too_small_mm:g} mm",
        ),
        ("Target CR", f"every lesion was assessed and is gone; nodes have less than {node}"),
        ("Target PR", f"sum at least {limits.partial_response_percent:g} % under baseline{stays}"),
        (
            "Target PD",
            f"sum at least {limits.progression_percent:g} % and {limits.progression_mm:g} mm over nadir, the smallest "
            f"complete sum before (baseline included){again}",
        ),
        ("Target NE", "a lesion was not assessed, and the others alone do not make PD"),
        ("Target SD", "none of these"),
        ("Non-target", f"CR: all absent, nodes under {node}; PD: unequivocal progression; NE: not all assessed"),
        ("New lesions", f"only an unequivocal new lesion is progression{carried}"),
        ("Overall", "by the published tables below"),
    ]
