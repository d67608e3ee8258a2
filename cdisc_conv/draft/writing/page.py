"""init_report.html: where every column goes, how sure that is and why, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cdisc_conv import __version__
from cdisc_conv.draft.model import Draft, Fate, Line
from cdisc_conv.problems import Problem
from cdisc_conv.report.environment import load_environment

FILE = "init_report.html"


def render_report(name: str, source: str, draft: Draft, problems: Sequence[Problem]) -> str:
    """The page as text. `source` says where the forms come from, for people."""
    by_form = {form: [one for one in draft.used if one.form == form] for form, *_ in draft.forms}
    forms = [
        {
            "name": form,
            "label": label,
            "rows": rows,
            "datasets": ", ".join(list_datasets(draft, form)),
            "score": f"{score:.2f}",
            "reason": reason,
            "columns": by_form[form],
        }
        for form, label, rows, _, score, reason in draft.forms
    ]
    shown = [str(problem) for problem in problems if problem.code != "DRAFT001"]
    return (
        load_environment()
        .get_template("init.html")
        .render(
            version=__version__,
            name=name,
            source=source,
            shares=count_shares(draft),
            to_do=list(list_to_do(draft)),
            forms=forms,
            problems=shown,
        )
    )


def list_datasets(draft: Draft, form: str) -> list[str]:
    """The datasets that a form feeds."""
    return [name for name, one in draft.datasets.items() if any(block.form == form for block in one.blocks)]


@dataclass(frozen=True, slots=True)
class Share:
    """How many columns and values go one way, and their share of all values."""

    fate: str
    columns: int
    filled: int
    share: str


def count_shares(draft: Draft) -> list[Share]:
    """Per fate how many columns and values there are, and their share of all values."""
    total = sum(one.filled for one in draft.used) or 1
    rows: list[Share] = []
    for fate in Fate:
        mine = [one for one in draft.used if one.fate is fate]
        values = sum(one.filled for one in mine)
        rows.append(Share(fate.value, len(mine), values, f"{100 * values / total:.1f} %"))
    return rows


def list_to_do(draft: Draft) -> Iterable[tuple[str, str]]:
    """What somebody has to do: where, and what."""
    yield "study.yaml: title", "give the title of the protocol"
    for name, dataset in draft.datasets.items():
        for line in dict.fromkeys((line.name, line.reason) for line in _to_do(dataset.all_lines())):
            yield f"{name}.{line[0]}", line[1]


def _to_do(lines: Iterable[Line]) -> Iterable[Line]:
    return (line for line in lines if line.to_do)
