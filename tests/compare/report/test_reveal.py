"""What differs without being seen is shown by its code points."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.compare.report.reveal import reveal, reveal_table
from cdisc_conv.define.reading.document import DefineDocument
from cdisc_conv.visible import show_hidden


@pytest.mark.parametrize(
    ("base", "other", "shown"),
    [
        ("5\u00a0mg", "5 mg", ("5<U+00A0>mg", "5 mg")),
        ("Caf\u00e9", "Cafe\u0301", ("Caf<U+00E9>", "Cafe<U+0301>")),
        ("5 \u00b5g", "5 \u03bcg", ("5 <U+00B5>g", "5 <U+03BC>g")),
        ("Pain", "Pain ", ("Pain", "Pain<U+0020>")),
        ("Adverse  Events", "Adverse Events", ("Adverse<U+0020><U+0020>Events", "Adverse Events")),
        ("a\u200bb", "ab", ("a<U+200B>b", "ab")),
        ("\u0410ST", "AST", ("<U+0410>ST", "AST")),
        ("a\tb", "a b", ("a<U+0009>b", "a b")),
        ("M\u00fcller", "Muller", ("M\u00fcller", "Muller")),
        ("Pain", "PAIN", ("Pain", "PAIN")),
        ("\u75db", "\u75db\u75db", ("\u75db", "\u75db\u75db")),
    ],
)
def test_reveal(base: str, other: str, shown: tuple[str, str]) -> None:
    assert reveal(base, other) == shown
    assert reveal(other, base) == shown[::-1]


def test_hidden_characters_of_one_text() -> None:
    assert show_hidden("01\u00a0001") == "01<U+00A0>001"
    assert show_hidden("Caf\u00e9 \u75db") == "Caf\u00e9 \u75db"


def test_hidden_characters_in_records_of_one_side() -> None:
    shown = reveal_table(["row", "USUBJID"], [[1, 2], ["Cafe\u0301", "x\u00a0y"]])
    assert shown == [[1, 2], ["Cafe<U+0301>", "x<U+00A0>y"]]


DEFINE = b"""<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"><Study OID="S">
<MetaDataVersion OID="M" def:DefineVersion="2.1.0"><ItemDef OID="I" Name="A"><Description>
<TranslatedText>%b</TranslatedText></Description></ItemDef></MetaDataVersion></Study></ODM>"""


@pytest.mark.parametrize(
    ("label", "read"),
    [
        (b"Adverse  Events", "Adverse  Events"),
        ("Dose\u00a0unit".encode(), "Dose\u00a0unit"),
        (b"\n    Adverse\n    Events\n  ", "Adverse Events"),
    ],
)
def test_blanks_inside_a_label_of_define_xml_count(tmp_path: Path, label: bytes, read: str) -> None:
    path = tmp_path / "define.xml"
    path.write_bytes(DEFINE % label)
    document = DefineDocument(path)
    (item,) = document.index("ItemDef").values()
    assert document.text(item, "Description") == read
