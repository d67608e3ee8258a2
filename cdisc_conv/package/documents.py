"""The documents that a run makes beside define.xml."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.documents.crf.prepare import PlannedCrf, render_crf
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.problems import Problem
from cdisc_conv.spec.model import Family


def list_made(family: Family, crf: PlannedCrf | None) -> tuple[str, ...]:
    """The documents that a run makes beside define.xml of a family."""
    return (crf.href,) if crf is not None and not family.is_analysis else ()


def write_made(conversion: Conversion, family: Family, folder: Path, crf: PlannedCrf | None) -> list[Problem]:
    """Write the annotated CRF beside define.xml of SDTM; what was found when it was planned and drawn."""
    if crf is None or not list_made(family, crf):
        return []
    frames = {name: form.frame for name, form in conversion.forms.items()}
    content, problems = render_crf(crf, conversion.study, frames)
    target = folder / crf.href
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return [*crf.problems, *problems]
