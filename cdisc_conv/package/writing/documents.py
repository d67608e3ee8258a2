"""The documents that a run makes beside define.xml: the annotated CRF and the reviewer's guides.

A guide is made where study.yaml names ``csdrg.pdf`` among the documents of SDTM, or ``adrg.pdf`` among those of
ADaM, and the study's folder does not hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from cdisc_conv.beside import make_beside
from cdisc_conv.checks import CheckReport
from cdisc_conv.checks.explanations import Explanation, Explanations
from cdisc_conv.dataset import Dataset
from cdisc_conv.documents.crf.prepare import PlannedCrf, open_study_fonts, render_crf, report_missing
from cdisc_conv.documents.fonts import keep_drawn
from cdisc_conv.documents.guides.adam import write_adam_guide
from cdisc_conv.documents.guides.comparison import list_reads
from cdisc_conv.documents.guides.model import Guide, Known
from cdisc_conv.documents.guides.pdf import render_pdf
from cdisc_conv.documents.guides.sdtm import write_sdtm_guide
from cdisc_conv.engine.account.lines import Accounting
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.package.writing.families import list_families
from cdisc_conv.problems import Problem
from cdisc_conv.spec.model import Family, Study
from cdisc_conv.steps import Steps

GUIDES = {"sdtm": "csdrg.pdf", "adam": "adrg.pdf"}
"""The names that reviewers look for."""


@dataclass(frozen=True)
class Outcome:
    """What a run found, for the guides."""

    checks: CheckReport
    findings: Sequence[Problem]
    accounting: Accounting
    explanations: Explanations


def list_made(study: Study, family: Family, crf: PlannedCrf | None) -> tuple[str, ...]:
    """The documents that a run makes beside define.xml of a family."""
    drawn = (crf.href,) if crf is not None and not family.is_analysis else ()
    return (*drawn, *_list_guides(study, family))


def _list_guides(study: Study, family: Family) -> Iterator[str]:
    define = study.settings.get("define") or {}
    section: Any = (define.get("adam") or {}) if family.is_analysis else define
    documents = section.get("documents") if isinstance(section, dict) else None
    for entry in documents if isinstance(documents, list) else ():
        href = str(entry.get("href") or "") if isinstance(entry, dict) else ""
        path = PurePosixPath(href)
        inside = not path.is_absolute() and ".." not in path.parts
        if path.name == GUIDES.get(family.name) and inside and not (study.folder / href).is_file():
            yield href


def draw_crf(conversion: Conversion, crf: PlannedCrf | None) -> tuple[bytes, list[Problem]]:
    """The annotated CRF that goes beside define.xml of SDTM; what was found when it was planned and drawn."""
    if crf is None:
        return b"", []
    frames = {name: form.frame for name, form in conversion.forms.items()}
    content, problems = render_crf(crf, conversion.study, frames, conversion.steps)
    return content, [*crf.problems, *problems]


def write_guides(conversion: Conversion, datasets: Sequence[Dataset], folder: Path, outcome: Outcome) -> list[Problem]:
    """Write the reviewer's guides of the package in `folder`, each as PDF and as DOCX; characters without a font."""
    guides, steps = dict(_write_guides(conversion, datasets, outcome)), conversion.steps
    problems: list[Problem] = []
    with make_beside(lambda: _render_words(guides, steps)) as words:
        for path, guide in guides.items():
            fonts, _ = open_study_fonts(conversion.study)
            content = keep_drawn(steps, str(path), guide, fonts, partial(render_pdf, guide, fonts))
            write_document(folder / path, content)
            problems += report_missing(fonts, path.relative_to(path.parts[0]).as_posix())
        for path, content in words().items():
            write_document(folder / path, content)
    return problems


def _render_words(guides: Mapping[PurePosixPath, Guide], steps: Steps) -> dict[PurePosixPath, bytes]:
    """The guides as DOCX, by their place in the package."""

    def render(guide: Guide) -> bytes:
        from cdisc_conv.documents.guides.docx import render_docx  # here, for only the copy of the process needs it

        return render_docx(guide)

    places = {path.with_suffix(".docx"): guide for path, guide in guides.items()}
    return {
        path: steps.make("drawing", str(path), (str(path), guide), partial(render, guide))
        for path, guide in places.items()
    }


def _write_guides(
    conversion: Conversion, datasets: Sequence[Dataset], outcome: Outcome
) -> Iterator[tuple[PurePosixPath, Guide]]:
    """The guides of a package, by their place in its folder."""
    reasons = _explain(outcome)
    for family, mine in list_families(conversion.study, datasets):
        for href in _list_guides(conversion.study, family):
            others = tuple(one for one in [*datasets, *conversion.given] if one not in mine)
            known = Known(
                conversion.study,
                family,
                tuple(mine),
                others,
                outcome.checks,
                tuple(outcome.findings),
                outcome.accounting,
                reasons,
                list_reads(conversion.study, conversion.plan) if family.is_analysis else {},
            )
            guide = write_adam_guide(known) if family.is_analysis else write_sdtm_guide(known)
            yield PurePosixPath(family.name, href), guide


def _explain(outcome: Outcome) -> dict[Problem, str]:
    """The findings that the explanations of the study are about, with the reason of the first that is."""
    entries, findings = outcome.explanations.entries, outcome.findings
    found = ((problem, next((one.reason for one in entries if _covers(one, problem)), "")) for problem in findings)
    return {problem: reason for problem, reason in found if reason}


def _covers(explanation: Explanation, problem: Problem) -> bool:
    return (
        explanation.rule == problem.code
        and explanation.dataset == problem.place.dataset
        and explanation.variable in ("", problem.place.variable)
        and explanation.value in ("", problem.value)
    )


def write_document(path: Path, content: bytes) -> None:
    """A document of the package, which may name a folder of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
