"""Packages in other encodings than ASCII: text as collected, lengths in bytes, labels and decodes in Chinese."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from lxml import etree
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.checks.package.run import check
from cdisc_conv.compare.packages.run import Options, compare_paths
from cdisc_conv.compare.rules import Rules
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.package.writing.transport import fit_for_transport
from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.xpt import read_xpt

ENCODED = {"UTF-8": "utf-8", "GB18030": "gb18030"}
SAID = """\
agency: NMPA
encoding: GB18030
translations:
  zh:
    datasets: {AE: 不良事件}
    variables: {AETERM: 不良事件的报告术语, DM.SEX: 性别}
    terms: {SEX: {M: 男, F: 女}}
transliterate: {恶心: nausea, é: e}
"""
TERMS = ["恶心 é", "Fatigue", "¼ 中性粒细胞减少"]


@pytest.fixture
def folder(tmp_path):
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    edit(tmp_path / "raw" / "ae.csv", "Nausea", TERMS[0])
    edit(tmp_path / "raw" / "ae.csv", "Neutropenia", TERMS[2])
    edit(tmp_path / "tiny" / "study.yaml", "variables:", "transliterate: {恶心: nausea, é: e}\nvariables:")
    return tmp_path


def run(folder, out="out", **options):
    return run_study(folder / "tiny", folder / "raw", folder / out, **options)


def written(package) -> list[str]:
    """What was found in writing the files; conformance is asked elsewhere."""
    return [str(one) for one in package.problems if one.code.startswith(("FIT", "XPT", "PKG", "DEF"))]


def write_chinese(folder):
    edit(folder / "tiny" / "study.yaml", "transliterate: {恶心: nausea, é: e}\n", SAID)


@pytest.mark.parametrize("encoding", ENCODED)
def test_text_stays_as_it_was_collected(folder, encoding):
    package = run(folder, encoding=encoding.lower())
    assert written(package) == []
    read = read_xpt(folder / "out" / "sdtm" / "ae.xpt", encoding=ENCODED[encoding])
    assert read.frame["AETERM"].tolist() == [TERMS[1], TERMS[0], TERMS[2]]  # in the order of the ASCII package
    length = max(len(term.encode(ENCODED[encoding])) for term in TERMS)
    assert {one.name: one.length for one in read.variables}["AETERM"] == length
    define = etree.parse(folder / "out" / "sdtm" / "define.xml")
    assert define.xpath("string(//*[@OID='IT.AE.AETERM']/@Length)") == str(length)
    assert f"The text of the transport files is encoded in {encoding}." in define.xpath("string(//*)")


def test_characters_that_the_encoding_lacks_are_written_as_the_study_says(folder):
    edit(folder / "raw" / "ae.csv", "Fatigue", "脱発 é")
    package = run(folder, encoding="CP932")
    assert read_xpt(folder / "out" / "sdtm" / "ae.xpt", encoding="cp932").frame["AETERM"].tolist() == [
        "nausea e",
        "脱発 e",
        ".25 中性粒?胞?少",
    ]
    assert [one for one in written(package) if one.startswith("AE.AETERM")] == [
        "AE.AETERM rows 1, 2: FIT001 2 values were transliterated as study.yaml says, such as '恶心 é'",
        "AE.AETERM row 3: FIT002 '¼ 中性粒细胞减少' has characters that a transport file cannot hold: '细' (U+7EC6), "
        "'减' (U+51CF) (written as '?'; name them in 'transliterate' of study.yaml)",
    ]


def test_records_and_numbers_are_the_same_in_every_encoding(folder):
    run(folder, "ascii")
    run(folder, "utf", encoding="UTF-8")
    found = compare_paths(folder / "ascii", folder / "utf", Options(keys=("USUBJID", "AESEQ")))
    differing = {f"{one.name}.{v.variable}": v.differing for one in found.datasets for v in one.variables.itertuples()}
    assert {name: count for name, count in differing.items() if count} == {"AE.AETERM": 2, "AE.AEDECOD": 2}
    assert (
        "CMP007 text is in ASCII on the one side and in UTF-8 on the other (--transliterate compares it in one "
        in str(found.notes[-1])
    )


def test_compare_knows_what_transliteration_makes(folder):
    run(folder, "ascii")
    run(folder, "utf", encoding="UTF-8")
    options = Options(rules=Rules(), transliterate=True)
    found = compare_paths(folder / "ascii", folder / "utf", options)
    assert [one.equal for one in found.datasets] == [True, True, True]
    # Of define.xml only what depends on the encoding is left.
    assert sorted({(one.dataset, one.variable, one.attribute) for one in found.define}) == [
        ("", "", "comment"),
        ("AE", "AEDECOD", "length"),
        ("AE", "AETERM", "length"),
    ]
    found = compare_paths(folder / "utf", folder / "ascii" / "sdtm", options)
    assert [one.equal for one in found.datasets] == [True, True, True]


def test_labels_and_decodes_in_chinese(folder):
    write_chinese(folder)
    run(folder)
    read = read_xpt(folder / "out" / "sdtm" / "ae.xpt", encoding="gb18030")
    labels = {one.name: one.label for one in read.variables}
    assert (read.label, labels["AETERM"], labels["AESEQ"]) == ("不良事件", "不良事件的报告术语", "Sequence Number")
    define = etree.parse(folder / "out" / "sdtm" / "define.xml")

    def texts(path: str) -> list[tuple[str, str]]:
        found = define.xpath(f"//*[@OID='{path}']/*[local-name()='Description']/*")
        return [(one.get("{http://www.w3.org/XML/1998/namespace}lang"), one.text) for one in found]

    assert texts("IG.AE") == [("en", "Adverse Events"), ("zh", "不良事件")]
    assert texts("IT.DM.SEX") == [("en", "Sex"), ("zh", "性别")]
    assert texts("IT.AE.AESEQ") == [("en", "Sequence Number")]
    decodes = define.xpath("//*[@CodedValue='F']/*[local-name()='Decode']/*/text()")
    assert decodes == ["F", "女"]


def test_check_and_trace_read_a_package_in_its_encoding(folder):
    write_chinese(folder)
    run(folder)
    found = [str(one) for one in check(folder / "out").problems if one.place.dataset in ("AE", "DM")]
    run(folder, "plain", encoding="UTF-8")
    plain = [str(one) for one in check(folder / "plain").problems if one.place.dataset in ("AE", "DM")]
    assert found == plain
    assert not [one for one in found if "DEF206" in one or "label" in one or "bytes" in one]
    assert len(trace_records(folder / "out", "AE", 'AETERM == "恶心 é"').records) == 1
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["encoding"], manifest["transliterate"]) == ("GB18030", {"恶心": "nausea", "é": "e"})


def test_the_guide_states_the_encoding(folder):
    docx = pytest.importorskip("docx")
    edit(
        folder / "tiny" / "study.yaml",
        "variables:",
        "encoding: UTF-8\ndefine:\n  documents: [{id: G, title: Guide, href: csdrg.pdf}]\nvariables:",
    )
    run(folder)
    document = docx.Document(str(folder / "out" / "sdtm" / "csdrg.docx"))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Encoding of transport files", "UTF-8"] in cells
    assert any("encoded in UTF-8" in one.text for one in document.paragraphs)


def make(text: str) -> Dataset:
    frame = pd.DataFrame({"AETERM": pd.Series([text], dtype="str")})
    return Dataset("AE", "Adverse Events", frame, (Column("AETERM", "Term", False, Item("text", 200)),))


def test_200_bytes_are_of_the_encoding_and_a_cut_never_splits_a_character():
    text = "不" * 99 + "a不"  # 201 bytes in GB18030, 301 in UTF-8
    for encoding, kept in (("GB18030", 100), ("UTF-8", 66)):
        (fitted,), problems = fit_for_transport([make(text)], {}, encoding)
        assert fitted.frame["AETERM"].tolist() == [text[:kept]]
        assert [problem.code for problem in problems] == ["FIT003"]
    assert fitted.column("AETERM").item.length == 198


def test_split_counts_bytes_of_the_encoding(folder):
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "AETERM:   {copy: AETERM}", "AETERM:   {split: AETERM}")
    edit(folder / "raw" / "ae.csv", "Fatigue", "不" * 100)
    run(folder, encoding="GB18030")
    assert read_xpt(folder / "out" / "sdtm" / "ae.xpt", encoding="gb18030").frame["AETERM"].tolist()[1] == "不" * 100
    run(folder, encoding="UTF-8")
    read = read_xpt(folder / "out" / "sdtm" / "ae.xpt", encoding="utf-8").frame["AETERM"].tolist()
    rest = read_xpt(folder / "out" / "sdtm" / "suppae.xpt", encoding="utf-8").frame
    assert read[1] == "不" * 66
    assert rest.loc[rest["QNAM"] == "AETERM1", "QVAL"].tolist() == ["不" * 34]


def said(folder, *replacements):
    write_chinese(folder)
    for old, new in replacements:
        edit(folder / "tiny" / "study.yaml", old, new)
    return [str(one).removeprefix(f"{folder}/") for one in lint_study(folder / "tiny")[1]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "agency: NMPA",
            "agency: FDA",
            "tiny/study.yaml:8: LINT112 'encoding' is GB18030 and 'agency' FDA: the FDA asks for ASCII in names and "
            "labels and advises it for values (see docs/agencies.md)",
        ),
        (
            "{AE: 不良事件}",
            "{AX: 不良事件}",
            "tiny/study.yaml:10: LINT113 'translations' (zh) names the dataset AX, which the study does not have",
        ),
        (
            "DM.SEX: 性别",
            "DM.SXE: 性别",
            "tiny/study.yaml:10: LINT113 'translations' (zh) names the variable DM.SXE, which the study does not have",
        ),
        (
            "AETERM: 不良事件的报告术语",
            "AETERM: 不良事件的报告术语以及研究者所写的原文和说明",
            "tiny/study.yaml:9: LINT114 the label '不良事件的报告术语以及研究者所写的原文和说明' of AETERM has 44 "
            "bytes in GB18030, at most 40 fit (shorten it)",
        ),
        (
            "encoding: GB18030",
            "encoding: GB2312",
            "tiny/study.yaml:8: SPEC003 'encoding' of study.yaml cannot be 'GB2312' (choose one of: ASCII, UTF-8, "
            "GB18030, CP932)",
        ),
    ],
)
def test_what_lint_says(folder, old, new, message):
    assert said(folder, (old, new)) == [message]


def test_an_unknown_encoding_of_the_command_line(folder):
    with pytest.raises(ProblemsError) as caught:
        run(folder, encoding="UTF8")
    assert [str(one) for one in caught.value.problems] == ["PKG017 there is no encoding 'UTF8' (did you mean UTF-8?)"]


def test_nothing_changes_in_ascii(folder):
    run(folder)
    frame = read_xpt(folder / "out" / "sdtm" / "ae.xpt").frame
    pd.testing.assert_series_equal(
        frame["AETERM"], pd.Series(["Fatigue", "nausea e", ".25 ???????"], dtype="str", name="AETERM")
    )
    assert b"encoded in" not in (folder / "out" / "sdtm" / "define.xml").read_bytes()
