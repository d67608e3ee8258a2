"""``define:`` in study.yaml: what is misspelt there is found at its own line, before any data is read."""

from __future__ import annotations

import pytest
from analysis import write_analysis
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study

DEFINE = """\
define:
  originator: Somebody
  documents:
    - {id: CRF, title: Annotated CRF, href: acrf.pdf, kind: annotated CRF}
    - id: GUIDE
      title: Reviewer's Guide
      href: guide.pdf
"""
DISPLAYS = """\
define:
  adam:
    documents:
      - {id: SAP, title: Plan, href: sap.pdf}
    displays:
      - id: T1
        title: Table 1
        description: Ages
        results:
          - id: MEAN
            description: Mean age
            reason: SPECIFIED IN SAP
            purpose: PRIMARY OUTCOME MEASURE
            datasets:
              - {dataset: ADSL, variables: [AGE]}
"""
KINDS = "each document has id, title, href, and kind (annotated CRF or supplemental or referenced)"


def lint(folder, section):
    edit(folder / "study.yaml", "raw: {", f"{section}raw: {{")
    return [str(problem).partition("study.yaml:")[2] for problem in lint_whole(folder)[1]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("originator", "orginator", "7: PKG020 'define' has no 'orginator' (did you mean originator?)"),
        ("href: guide.pdf", "href: ../guide.pdf", "12: PKG021 document 2 of 'define' points outside the package: "
         "../guide.pdf (name it relative to define.xml, without '..')"),
        ("href: guide.pdf", "herf: guide.pdf", f"10: PKG021 document 2 of 'define' lacks href ({KINDS})"),
        ("kind: annotated CRF", "kind: CRF", f"9: PKG021 document 1 of 'define' has the kind 'CRF' ({KINDS})"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_line(tmp_path, old, new, message):
    assert lint(write_tiny_study(tmp_path), DEFINE.replace(old, new)) == [message]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("documents:", "documnts:", "8: PKG020 'define: adam' has no 'documnts' (did you mean documents?)"),
        ("displays:", "display:", "10: PKG020 'define: adam' has no 'display' (did you mean displays?)"),
        ("results:", "reslts:", "14: SPEC001 display 1 (T1) has no 'reslts' (did you mean results?)"),
        ("purpose:", "purpos:", "18: SPEC001 display 1 (T1), result 1 (MEAN) has no 'purpos' (did you mean purpose?)"),
        ("variables:", "variabels:", "20: SPEC001 display 1 (T1), result 1 (MEAN), dataset 1 has no 'variabels' "
         "(did you mean variables?)"),
        ("PRIMARY", "PRIMARI", "18: DEF110 'purpose' of display 1 (T1), result 1 (MEAN) is 'PRIMARI OUTCOME MEASURE', "
         "which is not a term of the standard (did you mean PRIMARY OUTCOME MEASURE?)"),
    ],
)  # fmt: skip
def test_each_mistake_in_displays_is_named_with_its_line(tmp_path, old, new, message):
    assert lint(write_analysis(write_tiny_study(tmp_path).parent), DISPLAYS.replace(old, new)) == [message]


def test_a_section_for_analysis_datasets_that_the_study_does_not_map(tmp_path):
    assert lint(write_tiny_study(tmp_path), DISPLAYS) == [
        "7: PKG020 'define' describes analysis datasets, but the study maps none "
        "(map them in the folder adam/, or take it out)"
    ]


def test_pages_without_an_annotated_crf_are_one_warning_and_define_xml_is_written(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / "forms.yaml", "    file: ae.csv\n", "    file: ae.csv\n    page: 7\n")
    package = run_study(folder, write_tiny_raw(tmp_path), tmp_path / "out")
    assert [(one.severity.value, str(one)) for one in package.problems] == [
        (
            "warning",
            f"{folder.as_posix()}/study.yaml:1: DEF107 define.xml leaves out the CRF pages of 5 variables, such as "
            "AE.AETERM, since the study has no annotated CRF (name it among the documents of 'define' in study.yaml, "
            "with kind: annotated CRF)",
        )
    ]
    assert b"PDFPageRef" not in (tmp_path / "out/sdtm/define.xml").read_bytes()
