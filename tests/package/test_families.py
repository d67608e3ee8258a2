"""SDTM and ADaM in one package: where everything stands, and what it says of the other family."""

from __future__ import annotations

import json

import pytest
from analysis import write_analysis
from lxml import html
from studies import edit, read_tree, write_tiny_raw, write_tiny_study

from cdisc_conv.compare.packages.run import compare_paths
from cdisc_conv.compare.packages.why import explain_changes
from cdisc_conv.define import check_define
from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import read_xpt


@pytest.fixture
def folder(tmp_path):
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    write_analysis(tmp_path)
    return tmp_path


def run(folder, out="out", **options):
    return run_study(folder / "tiny", folder / "raw", folder / out, **options)


def test_each_family_has_its_files_and_its_definitions(folder):
    package = run(folder)
    assert package.problems == ()
    assert sorted(read_tree(folder / "out")) == [
        "adam/adae.xpt",
        "adam/adnn.xpt",
        "adam/adsl.xpt",
        "adam/define.html",
        "adam/define.xml",
        "adam/define2-1.xsl",
        "manifest.json",
        "report/accounting.csv",
        "report/findings.json",
        "report/index.html",
        "report/lineage.json",
        "report/records/adae.parquet",
        "report/records/adnn.parquet",
        "report/records/adsl.parquet",
        "report/records/ae.parquet",
        "report/records/dm.parquet",
        "report/records/suppae.parquet",
        "sdtm/ae.xpt",
        "sdtm/define.html",
        "sdtm/define.xml",
        "sdtm/define2-1.xsl",
        "sdtm/dm.xpt",
        "sdtm/suppae.xpt",
    ]


def test_running_twice_gives_identical_bytes(folder):
    run(folder)
    run(folder, "other")
    assert read_tree(folder / "out") == read_tree(folder / "other")


def test_sdtm_is_the_same_with_and_without_analysis_datasets(folder):
    run(folder)
    for path in (folder / "tiny" / "adam").iterdir():
        path.unlink()
    (folder / "tiny" / "adam").rmdir()
    run(folder, "alone")
    alone, both = read_tree(folder / "alone"), read_tree(folder / "out")
    same = [name for name in alone if name.startswith(("sdtm/", "define")) or name == "report/accounting.csv"]
    assert len(same) == 7
    assert {name: both[name] == alone[name] for name in same} == dict.fromkeys(same, True)


def test_the_definitions_of_adam_name_its_standards_and_files_beside_them(folder):
    run(folder)
    xml = (folder / "out" / "adam" / "define.xml").read_bytes()
    assert check_define(xml) == []
    assert b'Name="ADaMIG" Type="IG"' in xml
    assert b'PublishingSet="SDTM" Version="2025-03-28"' in xml
    assert b'xlink:href="adae.xpt"' in xml
    assert b"sdtm/" not in xml
    assert b"ADaMIG" not in (folder / "out" / "sdtm" / "define.xml").read_bytes()


def test_values_of_analysis_datasets(folder):
    run(folder)
    adsl = read_xpt(folder / "out" / "adam" / "adsl.xpt").frame
    assert adsl["LASTAE"].tolist() == ["2022-02", "2022-01-09", ""]
    adae = read_xpt(folder / "out" / "adam" / "adae.xpt").frame
    assert adae["AENOTE"].tolist() == ["", "after lunch", ""]
    adnn = read_xpt(folder / "out" / "adam" / "adnn.xpt").frame
    assert adnn.loc[adnn["PARAMCD"] == "TWICE", "AVAL"].tolist() == [4, 2]


def test_the_manifest_names_the_standards_of_both(folder):
    run(folder)
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["standards"] == {
        "implementation_guide": "SDTMIG 3.4",
        "terminology": "SDTM CT 2025-03-28",
        "adam_implementation_guide": "ADaMIG 1.3",
        "adam_terminology": "ADaM CT 2025-03-28",
        "define_xml": "2.1",
    }
    assert manifest["datasets"] == ["DM", "AE", "SUPPAE", "ADSL", "ADAE", "ADNN"]
    assert "tiny/adam/adsl.yaml" in [entry["path"] for entry in manifest["mapping"]]


def test_the_report_has_a_section_for_each_family(folder):
    run(folder)
    page = html.fromstring((folder / "out" / "report" / "index.html").read_text(encoding="utf-8"))
    (datasets,) = page.xpath("//div[@id='datasets']")
    assert [heading.text for heading in datasets.xpath("h3")] == ["SDTM datasets", "ADaM datasets"]
    assert datasets.xpath("p/a/@href") == ["../sdtm/define.html", "../adam/define.html"]
    tables = [[cell.text_content() for cell in table.xpath(".//tbody//th")] for table in datasets.xpath(".//table")]
    assert tables == [["DM", "AE", "SUPPAE"], ["ADSL", "ADAE", "ADNN"]]
    ids = set(page.xpath("//@id"))
    assert {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")} - ids == set()
    links = {link.text: link.get("href") for link in page.xpath("//nav/a[not(starts-with(@href, '#'))]")}
    assert links == {
        "sdtm/define.html": "../sdtm/define.html",
        "adam/define.html": "../adam/define.html",
        "findings.json": "findings.json",
        "accounting.csv": "accounting.csv",
    }


def test_the_text_of_the_definitions(folder):
    said = """\
define:
  description: What the study is about.
  originator: Somebody
  metadata_name: Tabulations
  documents:
    - {id: CRF, title: Annotated CRF, href: acrf.pdf, kind: annotated CRF}
  adam:
    originator: Somebody else
    documents:
      - {id: ADRG, title: Reviewer's Guide, href: adrg.pdf}
"""
    edit(folder / "tiny" / "study.yaml", "raw: {", said + "raw: {")
    for name in ("acrf.pdf", "adrg.pdf"):
        (folder / "tiny" / name).write_bytes(b"%PDF-1.7")
    assert run(folder).problems == ()
    tree = read_tree(folder / "out")
    assert (tree["sdtm/acrf.pdf"], tree["adam/adrg.pdf"]) == (b"%PDF-1.7", b"%PDF-1.7")
    assert b'Originator="Somebody"' in tree["sdtm/define.xml"]
    assert b'Originator="Somebody else"' in tree["adam/define.xml"]
    assert b"What the study is about." in tree["adam/define.xml"]
    assert b'Name="Tabulations"' not in tree["adam/define.xml"]
    assert b"adrg.pdf" not in tree["sdtm/define.xml"]
    assert b"acrf.pdf" not in tree["adam/define.xml"]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("originater: x", "tiny/study.yaml:7: PKG020 'define: adam' has no 'originater' (did you mean originator?)"),
        ("documents: [{id: A}]", "tiny/study.yaml:7: PKG021 document 1 of 'define: adam' lacks title, href"),
        ("displays: [{id: T1}]", "tiny/study.yaml:7: SPEC002 display 1 (T1) needs 'title'"),
    ],
)
def test_a_section_for_adam_with_mistakes(folder, section, message, monkeypatch):
    edit(folder / "tiny" / "study.yaml", "raw: {", f"define:\n  adam: {{{section}}}\nraw: {{")
    monkeypatch.chdir(folder)
    package = run_study("tiny", folder / "raw", folder / "out")
    assert any(message in str(problem) for problem in package.problems), package.problems


def test_one_analysis_dataset_is_made_with_all_it_reads_and_written_alone(folder):
    package = run(folder, datasets=["ADAE"])
    assert package.problems == ()
    names = [name for name in read_tree(folder / "out") if name.endswith((".xpt", ".parquet", "define.xml"))]
    assert names == ["adam/adae.xpt", "adam/define.xml", "report/records/adae.parquet"]
    adae = read_xpt(folder / "out" / "adam" / "adae.xpt").frame
    assert adae["TRT01P"].tolist() == ["Treatment"] * 3
    page = html.fromstring((folder / "out" / "report" / "index.html").read_text(encoding="utf-8"))
    assert page.xpath("//nav/a/text()")[-3:] == ["adam/define.html", "findings.json", "accounting.csv"]


def test_a_cell_of_adam_leads_to_the_sdtm_record_and_the_raw_row(folder):
    run(folder)
    (record,) = trace_records(folder / "out", "ADAE", 'AETERM == "Fatigue"').records
    assert [(row.kind, row.form, row.row, row.values["AESEQ"]) for row in record.through] == [("dataset", "AE", 1, "2")]
    assert [(row.kind, row.form, row.row, row.values["AETERM"]) for row in record.rows] == [
        ("form", "ae", 2, "Fatigue")
    ]
    found = {variable.name: (variable.fields, variable.others) for variable in record.variables}
    assert found["AETERM"] == (("AE.AETERM", "ae.AETERM"), ())
    assert found["AENOTE"] == (("AE.AENOTE", "ae.AENOTE"), ())
    assert found["TRT01P"] == ((), ("ADSL.TRT01P",))


def test_analysis_dates_are_shown_and_asked_for_in_iso_8601(folder):
    run(folder)
    (record,) = trace_records(folder / "out", "ADSL", 'TRTSDT >= "2022-01-06"').records
    assert {variable.name: variable.value for variable in record.variables}["TRTSDT"] == "2022-01-10"


def test_records_of_records_of_one_dataset_lead_to_raw_rows(folder):
    run(folder)
    (record,) = trace_records(folder / "out", "ADNN", 'PARAMCD == "TWICE" and USUBJID == "TINY-01-001"').records
    assert [(row.form, row.row) for row in record.through] == [
        ("ADNN", 1),
        ("ADNN", 2),
        ("ADNN", 3),
        ("AE", 1),
        ("AE", 2),
    ]
    assert [(row.form, row.row) for row in record.rows] == [("ae", 2), ("ae", 1)]
    fields = {variable.name: variable.fields for variable in record.variables}
    assert fields["TERM"] == ("AE.AETERM", "ae.AETERM")


def test_a_trace_ends_where_the_package_does(folder):
    run(folder, datasets=["ADAE"])
    (record, *_) = trace_records(folder / "out", "ADAE").records
    assert [(row.kind, row.form, row.label, row.values) for row in record.rows] == [
        ("dataset", "AE", "not in this package", {})
    ]


def test_packages_with_both_families_are_compared(folder):
    run(folder)
    edit(folder / "raw" / "ae.csv", "Fatigue", "Weakness")
    run(folder, "other")
    compared = compare_paths(folder / "out", folder / "other")
    assert [one.name for one in compared.datasets if not one.equal] == ["AE", "ADAE", "ADNN"]
    assert (compared.define, compared.notes) == ((), ())
    edit(folder / "tiny" / "adam" / "adae.yaml", "label: Pooled Age Group 1", "label: Age Group")
    run(folder, "other")
    (difference,) = compare_paths(folder / "out", folder / "other").define
    assert (difference.dataset, difference.variable, difference.attribute) == ("ADAE", "AGEGR1", "label")
    reasons = explain_changes(folder / "out", folder / "other", {"ADNN": ["TERM", ""], "ADAE": ["AETERM"]})
    assert {(reason.dataset, reason.variable) for reason in reasons} == {
        ("ADNN", "TERM"),
        ("ADNN", ""),
        ("ADAE", "AETERM"),
    }


def test_definitions_beside_the_files_are_compared_with_those_above_them(folder):
    run(folder)
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "dataset: AE\n", "dataset: AE\nlabel: Events\n")
    run(folder, "other")
    (folder / "other" / "sdtm" / "define.xml").rename(folder / "other" / "define.xml")
    compared = compare_paths(folder / "out", folder / "other")
    assert [(one.dataset, one.attribute) for one in compared.define] == [
        ("AE", "label"),
        ("SUPPAE", "domain description"),
    ]
    assert compared.notes == ()
    alone = compare_paths(folder / "out" / "sdtm" / "define.xml", folder / "other")
    assert alone.define == compared.define
    assert compare_paths(folder / "out" / "sdtm", folder / "other").define == compared.define


def test_rules_of_the_study_are_asked_of_the_family_that_they_are_for(folder):
    (folder / "tiny" / "checks.yaml").write_text(
        """\
rules:
  - {id: OWN001, title: One, severity: warning, datasets: [AE], fails: AESER == "N", message: not serious}
  - {id: OWN002, title: Two, severity: warning, datasets: [ADAE], fails: AGEGR1 == "<65", message: young}
""",
        encoding="utf-8",
    )
    found = {(problem.code, problem.place.dataset, problem.count) for problem in run(folder).problems}
    assert found == {("OWN001", "AE", 3), ("OWN002", "ADAE", 2)}


def test_an_analysis_dataset_without_records(folder):
    edit(folder / "tiny" / "adam" / "adae.yaml", "  - from: AE\n", '  - from: AE\n    where: AETERM == "Plague"\n')
    found = {problem.code: problem for problem in run(folder).problems}
    assert found.keys() == {"ACC007", "PKG010", "ADOCC017"}
    assert str(found["PKG010"]) == "ADAE: PKG010 ADAE has no records, so there is no adae.xpt; define.xml says so"
    assert found["ADOCC017"].place.dataset == "ADAE"
    assert not (folder / "out" / "adam" / "adae.xpt").exists()


def test_an_unknown_dataset(folder):
    with pytest.raises(ProblemsError) as caught:
        run(folder, datasets=["ADSLL"])
    assert str(caught.value) == "PKG006 TINY-01 maps no dataset ADSLL (did you mean ADSL?)"
