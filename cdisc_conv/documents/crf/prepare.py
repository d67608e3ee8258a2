"""The annotated CRF of a run: planned before anything is derived, since origins name its pages, and drawn at the end.

Where its pages come from:

- the study's folder holds the annotated CRF: it is copied, and ``page`` in forms.yaml says where the forms are in it;
- study.yaml names a blank one (``blank:``): the annotations are put on its pages, which ``page`` in forms.yaml names;
- else it is drawn, and its own pages are the pages of the forms. What ``page`` says is ignored, with a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cdisc_conv.columns.stored import Frame
from cdisc_conv.documents.crf.annotate import describe_crf
from cdisc_conv.documents.crf.blank import Blank, read_blank
from cdisc_conv.documents.crf.draw import draw_crf
from cdisc_conv.documents.crf.layout import Layout, lay_out
from cdisc_conv.documents.crf.model import Crf, CrfPages
from cdisc_conv.documents.crf.overlay import Spot, annotate_blank, find_pages, list_unplaced, place_fields
from cdisc_conv.documents.crf.visits import list_visits
from cdisc_conv.documents.fonts import HOW_TO_GET, Fonts, keep_drawn, open_fonts
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.model import Study
from cdisc_conv.steps import NOTHING_KEPT, Steps

ANNOTATED = "annotated CRF"
"""The kind of document, in the words of study.yaml."""

_SHOWN = 10


@dataclass(frozen=True)
class PlannedCrf:
    """An annotated CRF that a run will write, before its visits are known."""

    href: str
    """Where it goes, from define.xml of SDTM on."""
    crf: Crf
    pages: Layout | Blank
    """The pages to draw, or the blank ones to annotate."""
    fonts: Fonts
    problems: tuple[Problem, ...] = ()


def plan_crf(study: Study, steps: Steps = NOTHING_KEPT) -> tuple[Study, PlannedCrf | None]:
    """The study with the pages of the annotated CRF that the run will make, and that CRF.

    Without one (study.yaml names none, or the study's folder holds it) the study is as it was.
    Findings: DOC002 a font that cannot be used, DOC003 pages of forms.yaml that are not those of the CRF, DOC004 a form
    without fields, DOC005 no forms at all, DOC006 a blank CRF that cannot be used, DOC007 a form that it does not have,
    DOC008 a form of which its pages have no field.
    """
    document = find_annotated(study)
    href = str(document.get("href") or "")
    if not href or (study.folder / href).is_file():
        return study, None
    fonts, problems = open_study_fonts(study)
    crf = describe_crf(study)
    problems += _check_forms(study)
    blank = _open_blank(study, str(document.get("blank") or ""), problems)
    if blank is not None:
        problems += _check_pages(study, blank)
        spots = place_fields(crf, blank, fonts)
        problems += _report_unplaced(study, crf, spots)
        pages = find_pages(crf, spots)
        return set_pages(study, pages), PlannedCrf(href, crf, blank, fonts, tuple(problems))
    layout = keep_drawn(steps, "layout of the CRF", crf, fonts, lambda: lay_out(crf, fonts))
    problems += _compare_pages(study, href)
    return set_pages(study, layout.where()), PlannedCrf(href, crf, layout, fonts, tuple(problems))


def render_crf(
    planned: PlannedCrf, study: Study, frames: Mapping[str, Frame], steps: Steps = NOTHING_KEPT
) -> tuple[bytes, list[Problem]]:
    """The PDF, with bookmarks for the visits of the raw forms; DOC001 names characters that no font has."""
    visits, pages, fonts = list_visits(study, frames), planned.pages, planned.fonts

    def draw() -> bytes:
        if isinstance(pages, Blank):
            return annotate_blank(planned.crf, pages, fonts, visits)
        return draw_crf(pages, fonts, visits)

    made = keep_drawn(steps, planned.href, (planned.crf, pages, visits), fonts, draw)
    return made, report_missing(fonts, planned.href)


def _open_blank(study: Study, name: str, problems: list[Problem]) -> Blank | None:
    """The blank CRF that study.yaml names; DOC006 when it cannot be used, and the CRF is drawn."""
    if not name:
        return None
    path = (study.folder / name).resolve()
    try:
        if not path.is_relative_to(study.folder.resolve()) or not path.is_file():
            raise ValueError(f"the blank CRF '{name}' is not in the study folder")
        return read_blank(path)
    except ValueError as error:
        message = f"{error}; the annotated CRF is drawn instead"
        hint = "'blank' names a PDF of the study folder"
        problems.append(Problem("DOC006", message, place=study.place_of("define"), hint=hint))
        return None


def _check_pages(study: Study, blank: Blank) -> list[Problem]:
    """DOC007: forms whose page is not said, or is not one of the blank CRF."""
    last = len(blank.pages)
    hint = f"say its 'page' in forms.yaml: the blank CRF has pages 1 to {last}"
    return [
        Problem(
            "DOC007",
            f"the blank CRF has no page {form.pages[0]}, so form {form.name} is not annotated"
            if form.pages
            else f"no page of the blank CRF is said to be form {form.name}, so it is not annotated",
            Severity.WARNING,
            form.place,
            hint,
        )
        for form in study.forms.values()
        if not any(1 <= page <= last for page in form.pages)
    ]


def _report_unplaced(study: Study, crf: Crf, spots: Sequence[Spot]) -> list[Problem]:
    """DOC008: forms of which no field is found in the texts of its pages."""
    return [
        Problem(
            "DOC008",
            f"no field of form {form.name} is found in the text of page {', '.join(map(str, form.pages))} of the blank "
            f"CRF: all annotations stand at the foot of page {form.pages[0]}",
            Severity.WARNING,
            study.forms[form.name].place,
            "is 'page' right, and does the page have text with the labels of forms.yaml? A scanned page has none",
        )
        for form in list_unplaced(crf, spots)
    ]


def find_annotated(study: Study) -> Mapping[str, Any]:
    """The entry of the annotated CRF among the documents of ``define:``; empty when there is none."""
    documents = (study.settings.get("define") or {}).get("documents") or []
    entries = [one for one in documents if isinstance(one, dict)] if isinstance(documents, list) else []
    return next((one for one in entries if one.get("kind") == ANNOTATED), {})


def open_study_fonts(study: Study) -> tuple[Fonts, list[Problem]]:
    """The fonts that study.yaml names and the machine has; DOC002 for one that is not there or cannot be used."""
    problems = []
    usable: list[Path] = []
    for name in (study.settings.get("documents") or {}).get("fonts") or ():
        path = (study.folder / name).resolve()
        inside = path.is_relative_to(study.folder.resolve())
        try:
            if not inside or not path.is_file():
                raise ValueError(f"the font '{name}' is not in the study folder")
            open_fonts([path])
            usable.append(path)
        except ValueError as error:
            hint = "name a TrueType file (.ttf or .ttc with TrueType outlines) of the study folder"
            problems.append(Problem("DOC002", str(error), place=study.place_of("documents"), hint=hint))
    return open_fonts(usable), problems


def report_missing(fonts: Fonts, document: str) -> list[Problem]:
    """DOC001: the characters that no font had when a document was drawn."""
    if not fonts.missing:
        return []
    chars = sorted(fonts.missing)
    shown = "".join(chars[:_SHOWN]) + ("..." if len(chars) > _SHOWN else "")
    many = f"{len(chars)} characters" if len(chars) > 1 else "a character"
    message = f"no font has {many} of {document}, where '?' stands for them: {shown}"
    return [Problem("DOC001", message, Severity.WARNING, hint=HOW_TO_GET, count=len(chars))]


def set_pages(study: Study, pages: CrfPages) -> Study:
    """The study with the pages of a CRF in its forms and fields; the words of a code are where the code is."""
    forms = {}
    for name, form in study.forms.items():
        found = pages.forms.get(name, ())
        fields = {
            key: replace(field, pages=_page_of(pages, name, field.decode_of or key))
            for key, field in form.fields.items()
        }
        forms[name] = replace(form, pages=found, fields=MappingProxyType(fields))
    return replace(study, forms=MappingProxyType(forms))


def _page_of(pages: CrfPages, form: str, field: str) -> tuple[int, ...]:
    page = pages.fields.get((form, field))
    return (page,) if page is not None else ()


def _check_forms(study: Study) -> list[Problem]:
    """DOC004 and DOC005: what leaves a page, or the whole CRF, without anything to fill in."""
    if not study.forms:
        message = "the annotated CRF is empty: the data dictionary of the study has no forms"
        hint = "describe the forms in forms.yaml, or put the annotated CRF into the study folder"
        return [Problem("DOC005", message, Severity.WARNING, study.place, hint)]
    return [
        Problem(
            "DOC004",
            f"form {form.name} has no fields, so its page of the annotated CRF is empty",
            Severity.WARNING,
            form.place,
            "list its columns in forms.yaml, or take the form out",
        )
        for form in study.forms.values()
        if not any(field.item for field in form.fields.values())
    ]


def _compare_pages(study: Study, href: str) -> list[Problem]:
    """DOC003: forms.yaml says on which pages forms are, but the CRF is drawn and has pages of its own."""
    stated = [form for form in study.forms.values() if form.pages or any(f.pages for f in form.fields.values())]
    if not stated:
        return []
    message = f"{href} is drawn, so its own pages are used: 'page' of {_name_forms(stated)} is ignored"
    hint = (
        "take 'page' out of forms.yaml, put your annotated CRF into the study folder, or name a blank one to annotate"
    )
    return [Problem("DOC003", message, Severity.NOTE, stated[0].place, hint)]


def _name_forms(forms: Sequence[Any] | Iterable[Any]) -> str:
    names = [form.name for form in forms]
    return f"form {names[0]}" if len(names) == 1 else f"{len(names)} forms, such as {names[0]},"
