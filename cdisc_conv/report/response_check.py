"""report/response_check.html: RECIST 1.1 derived from the measurements beside the responses in RS.

One file that needs neither a network nor JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    study_name: str, title: str, checks: Sequence[ResponseCheck], problems: Sequence[Problem], synthetic_note: str = ""
) -> str:
    """The page as text.

    `checks` (one for each evaluator) and `problems` are those of `recist.check_responses`. `synthetic_note` stands at
    the top, for data that are not real subjects'. Subjects with disagreements come first, and their grids are open.
    """
    others = [problem for problem in problems if problem.code not in CODES.values()]
    numbers = _number_disagreements(checks)
    evaluators = [
        _describe_evaluator(check, number, first)
        for number, (check, first) in enumerate(zip(checks, numbers, strict=True))
    ]
    settings = checks[0].settings if checks else RecistSettings()
    return (
        load_environment()
        .get_template("response_check.html")
        .render(
            version=__version__,
            study_name=study_name,
            title=title,
            synthetic_note=synthetic_note,
            evaluators=evaluators,
            compared=sum(check.compared for check in checks),
            agreeing=sum(check.agreeing for check in checks),
            total=sum(len(check.disagreements) for check in checks),
            subjects_total=_count_subjects(check.assessments for check in checks),
            subjects_differing=_count_subjects(check.disagreements for check in checks),
            disagreements=[row for each in evaluators for row in each["disagreements"]],
            others=others[:SHOWN],
            others_total=len(others),
            tables=read_published_tables(),
            rules=_describe_rules(settings),
            too_small=settings.limits.too_small_mm,
        )
    )


def _number_disagreements(checks: Sequence[ResponseCheck]) -> list[int]:
    """How many disagreements come before those of each evaluator."""
    return [sum(len(check.disagreements) for check in checks[:place]) for place in range(len(checks))]


def _count_subjects(frames: Iterable[pd.DataFrame]) -> int:
    return len({subject for frame in frames for subject in frame["subject"]})


def _describe_evaluator(check: ResponseCheck, number: int, first: int) -> Mapping[str, Any]:
    """What the page shows of one evaluator; `first` disagreements stand before his, and `SHOWN` are listed in all."""
    found = check.disagreements.head(max(SHOWN - first, 0))
    return {
        "name": str(check.evaluator) or "not named",
        "compared": check.compared,
        "agreeing": check.agreeing,
        "accepted": check.accepted,
        "total": len(check.disagreements),
        "parts": list(_count_parts(check.assessments)),
        "matrix": _cross_tabulate(check.assessments),
        "disagreements": list(_list_disagreements(check, found, number, first)),
        "subjects": list_subjects(check, len(found), number, first),
    }


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


def _list_disagreements(
    check: ResponseCheck, found: pd.DataFrame, number: int, first: int
) -> Iterator[Mapping[str, Any]]:
    for place, row in enumerate(found.to_dict("records"), first + 1):
        yield {
            **{str(name): value for name, value in row.items()},
            "id": f"d{place}",
            "anchor": anchor(row["subject"], number),
            "name": RESPONSES[row["part"]],
            "evaluator": str(check.evaluator),
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
