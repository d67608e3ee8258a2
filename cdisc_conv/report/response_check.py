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
from cdisc_conv.recist.check import SHOWN, SHOWN_SUBJECTS
from cdisc_conv.recist.comparing.compare import CODES
from cdisc_conv.recist.comparing.counts import Counts
from cdisc_conv.recist.comparing.recorded import PARTS
from cdisc_conv.recist.tables import read_published_tables
from cdisc_conv.report.environment import load_environment
from cdisc_conv.report.response_grid import RESPONSES, anchor, list_subjects


def render_response_check(
    study_name: str, title: str, checks: Sequence[ResponseCheck], problems: Sequence[Problem], synthetic_note: str = ""
) -> str:
    """The page as text.

    `checks` (one for each evaluator) and `problems` are those of `recist.check_responses`. `synthetic_note` stands at
    the top, for data that are not real subjects'. Subjects with disagreements come first, and their grids are open;
    of each evaluator `SHOWN_SUBJECTS` have one. The page has the first `SHOWN` disagreements and other findings, and
    says how many there are.
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
            total=sum(check.counts.disagreements for check in checks),
            subjects_total=len(frozenset().union(*(check.counts.subjects for check in checks))),
            subjects_differing=len(frozenset().union(*(check.counts.subjects_differing for check in checks))),
            shown_subjects=SHOWN_SUBJECTS,
            all_shown=all(len(check.counts.subjects_differing) <= SHOWN_SUBJECTS for check in checks),
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
    return [sum(check.counts.disagreements for check in checks[:place]) for place in range(len(checks))]


def _describe_evaluator(check: ResponseCheck, number: int, first: int) -> Mapping[str, Any]:
    """What the page shows of one evaluator; `first` disagreements stand before his, and `SHOWN` are listed in all."""
    found = check.disagreements.head(max(SHOWN - first, 0))
    return {
        "name": str(check.evaluator) or "not named",
        "compared": check.compared,
        "agreeing": check.agreeing,
        "accepted": check.accepted,
        "total": check.counts.disagreements,
        "parts": list(_count_parts(check.counts)),
        "matrix": _cross_tabulate(check.counts),
        "disagreements": list(_list_disagreements(check, found, number, first)),
        "subjects": list_subjects(check, len(found), number, first),
        "subjects_total": len(check.counts.subjects),
    }


def _count_parts(counts: Counts) -> Iterator[Mapping[str, Any]]:
    for part in PARTS:
        compared, differing = counts.compared[part], counts.differing[part]
        yield {"name": RESPONSES[part], "compared": compared, "agree": compared - differing, "differ": differing}


def _cross_tabulate(counts: Counts) -> Mapping[str, Any]:
    """Overall responses, derived against recorded: the counts, and which cells are disagreements."""
    order = ["CR", "PR", "NON-CR/NON-PD", "SD", "PD", "NE"]
    derived, recorded = ({pair[place] for pair in counts.pairs} for place in (0, 1))

    def sort(there: set[str]) -> list[str]:
        return [name for name in order if name in there] + sorted(there - set(order))

    columns = sort(recorded)
    rows = [(name, [counts.pairs.get((name, column), (0, False)) for column in columns]) for name in sort(derived)]
    return {"columns": columns, "rows": rows}


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
