"""define.html: define.xml as a web page, made here because browsers are giving up XSLT."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from cdisc_conv.define.building.study import STYLESHEET
from cdisc_conv.define.checking.check import parse_define
from cdisc_conv.resources import shipped


def stylesheet_path() -> Path:
    """The XSLT 1.0 stylesheet that shows define.xml; a copy of it travels beside define.xml."""
    return shipped("define") / STYLESHEET


def render_html(xml: bytes) -> bytes:
    """The web page of a define.xml: one file, UTF-8, without any other file or address.

    The stylesheet runs with files and network denied. Raises ProblemsError when ``xml`` is not a define.xml 2.1.
    """
    page = _load_stylesheet(stylesheet_path())(parse_define(xml))
    return bytes(page)


@cache
def _load_stylesheet(path: Path) -> etree.XSLT:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    source = etree.parse(path, parser)
    control: Any = etree.XSLTAccessControl  # the type stubs do not know its parameters
    denied = control(read_file=False, write_file=False, create_dir=False, read_network=False, write_network=False)
    return etree.XSLT(source, access_control=denied)
