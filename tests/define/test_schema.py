"""Laws: whatever the texts are, the document is valid, sound, and says them again."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from cdisc_conv.dataset import Codelist, Condition, Item, Term, ValueLevel
from cdisc_conv.define import build_define, check_define, check_inputs, render_html
from cdisc_conv.define.building.items import DATA_TYPES
from cdisc_conv.define.building.xml import find_forbidden, make_oid_part

FIXED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: find_forbidden(text) is None
)


def assert_sound(xml: bytes, schema: etree.XMLSchema) -> None:
    schema.assertValid(etree.fromstring(xml))
    assert check_define(xml) == []


def test_small_study(study, vs, dm, schema):
    assert_sound(build_define(study, [vs, dm]), schema)


@pytest.mark.parametrize("records", [0, 1])
def test_empty_data(study, vs, dm, schema, records):
    """No records, and one record without any value."""
    blank = {
        name: pd.Series([float("nan") if column.numeric else ""] * records, dtype=vs.frame[name].dtype)
        for name, column in ((column.name, column) for column in vs.columns)
    }

    assert_sound(build_define(study, [replace(vs, frame=pd.DataFrame(blank)), dm]), schema)


@pytest.mark.parametrize("kind", DATA_TYPES)
def test_every_data_type(study, vs, change, schema, kind):
    digits = 2 if kind == "float" else None
    changed = change(vs, "VSDY", type=kind, length=5, significant_digits=digits)

    assert_sound(build_define(study, [changed]), schema)


def test_plain_context_and_nothing_optional(study, dm, schema):
    bare = replace(study, context="Other", documents=(), standards=study.standards[:1], stylesheet="")

    xml = build_define(bare, [dm])

    assert_sound(xml, schema)
    assert b"<?xml-stylesheet" not in xml


@FIXED
@given(text=TEXTS)
@example("\r\n")
@example("a\tb")
@example(" ]]> -- &lt; \u2028")
@example("\ufffd")
def test_texts_come_back(study, vs, change, schema, text):
    """Any text that XML can hold is valid in every place and is read back as it was."""
    terms = Codelist("Odd list", "ODD", terms=(Term(text, decode=text), Term(text + "2", decode="b")))
    changed = change(replace(vs, comment=text), "USUBJID", label=text, method=text, comment=text, codelist=terms)
    level = (ValueLevel((Condition("VSTESTCD", "EQ", (text,)),), Item("text", 4, codelist=terms), label=text),)
    changed = change(changed, "VSORRES", value_level=level)

    xml = build_define(replace(study, description=text), [changed])

    assert_sound(xml, schema)
    root = etree.fromstring(xml)
    assert root.findtext(".//{*}StudyDescription") == text
    assert root.findtext(".//{*}MethodDef/{*}Description/{*}TranslatedText") == text
    assert root.find(".//{*}CodeList[@OID='CL.ODD']/{*}CodeListItem").get("CodedValue") == text
    assert root.findtext(".//{*}CheckValue") == text
    assert render_html(xml).startswith(b"<!DOCTYPE html")


@FIXED
@given(text=st.text(st.characters(codec=None), max_size=8))
@example("\x00")
@example("\ud800")
@example("\uffff")
def test_texts_are_written_or_refused(study, dm, change, text):
    """There is no third way: what check_inputs lets pass is written."""
    changed = change(dm, "COUNTRY", comment=text)

    problems = check_inputs(study, [changed])

    assert [problem.code for problem in problems] == (["DEF101"] if find_forbidden(text) is not None else [])
    if not problems:
        assert build_define(study, [changed])


@FIXED
@given(texts=st.lists(st.text(max_size=60), unique=True, max_size=20))
@example(["A_B", "A B", "A-B", "a" * 40, "a" * 41, "", "Grade_3_4", "Grade_3_4-52397efa", "Grade 3/4"])
def test_identifier_parts_are_distinct(texts):
    assert len({make_oid_part(text) for text in texts}) == len(texts)
