"""Define-XML 2.1: the metadata of a data package, built from finished datasets, checked, and shown as a web page."""

from __future__ import annotations

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
