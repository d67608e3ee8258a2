"""Define-XML 2.1: the metadata of a data package, built from finished datasets, checked, and shown as a web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdisc_conv.late import load_from

if TYPE_CHECKING:
    from cdisc_conv.define.building.document import build_define
    from cdisc_conv.define.building.study import DefineStudy, Document, DocumentKind, Standard, Translation
    from cdisc_conv.define.checking.check import check_define
    from cdisc_conv.define.html import render_html, stylesheet_path
    from cdisc_conv.define.inputs.datasets import check_inputs

__all__ = [
    "DefineStudy",
    "Document",
    "DocumentKind",
    "Standard",
    "Translation",
    "build_define",
    "check_define",
    "check_inputs",
    "render_html",
    "stylesheet_path",
]

__getattr__ = load_from(
    __name__,
    {
        "DefineStudy": "building.study",
        "Document": "building.study",
        "DocumentKind": "building.study",
        "Standard": "building.study",
        "Translation": "building.study",
        "build_define": "building.document",
        "check_define": "checking.check",
        "check_inputs": "inputs.datasets",
        "render_html": "html",
        "stylesheet_path": "html",
    },
)
