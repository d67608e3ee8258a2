"""Where the fields of a form go, as the annotated CRF says it."""

from __future__ import annotations

import pytest
from studies import edit, write_tiny_study

from cdisc_conv.documents.crf.annotate import describe_crf
from cdisc_conv.spec.load import load_study

VS = """\
dataset: VS
records:
  - form: vs
    for_each:
      - {VSTESTCD: SYSBP, RESULT: raw.SYS, UNIT: mmHg}
      - {VSTESTCD: HEIGHT, RESULT: raw.HGT, UNIT: cm}
    where: RESULT != "" and DONE == "Y"
variables:
  VSTEST:   {constant: x}
  VSORRES:  {copy: RESULT}
  VSORRESU: {constant: mmHg}
  VSDTC:    {datetime: VSDAT}
  VSDY:     {study_day: VSDTC}
"""
VS_FORM = """\
  vs:
    label: Vital Signs
    columns:
      DONE: {label: Measured, type: coded, decode: DONE_DEC, values: {Y: "Yes", N: "No"}}
      VSDAT: {label: Date, type: date}
      SYS: {label: Systolic, type: integer, unit: mmHg}
      HGT: Height
"""
RELREC = """\
dataset: RELREC
records:
  - for_each:
      - {RDOMAIN: AE, IDVAR: AETERM, RELTYPE: ONE, RELID: A}
variables:
  USUBJID:  {constant: ""}
  IDVARVAL: {constant: ""}
"""


@pytest.fixture
def folder(tmp_path):
    return write_tiny_study(tmp_path)


def annotations(folder, form):
    crf = describe_crf(load_study(folder)[0])
    found = next(one for one in crf.forms if one.name == form)
    return {one.name: [note.text for note in one.annotations] for one in (*found.questions, *found.added)}


def test_a_field_goes_where_its_values_go(folder):
    assert annotations(folder, "ae") == {
        "AEYN": ["[NOT SUBMITTED] says only whether there is a row"],
        "AETERM": ["AE.AETERM", "AE.AEDECOD"],
        "AESTDAT": ["AE.AESTDTC"],
        "AESER": ["AE.AESER"],
        "AENOTE": ['SUPPAE.QVAL where QNAM = "AENOTE"'],
        "SUBJID": ["AE.USUBJID (derived)"],
        "VISIT": ["[NOT SUBMITTED] the same text on every form"],
    }


def test_the_words_of_a_code_are_not_a_field_of_their_own(folder):
    assert annotations(folder, "dm")["SEX"] == ["DM.SEX"]
    assert "SEX_DEC" not in annotations(folder, "dm")


def test_findings_name_the_test(folder):
    edit(folder / "forms.yaml", "  ae:\n", f"{VS_FORM}  ae:\n")
    (folder / "sdtm" / "vs.yaml").write_text(VS, encoding="utf-8")
    found = annotations(folder, "vs")
    assert found["SYS"] == ['VS.VSORRES where VSTESTCD = "SYSBP"']
    assert found["HGT"] == ['VS.VSORRES where VSTESTCD = "HEIGHT"']
    assert found["VSDAT"] == ["VS.VSDTC"]  # of all tests: no condition
    assert found["DONE"] == ["[NOT SUBMITTED] decides which records VS has"]


NOT_DONE = """\
  - form: vs
    where: DONE == "N"
    for_each: [{VSTESTCD: SYSBP, UNIT: mmHg}, {VSTESTCD: HEIGHT, UNIT: cm}]
    set:
      VSORRES: {constant: ""}
      VSSTAT:  {constant: NOT DONE}
variables:
"""


def test_tests_that_were_not_done_do_not_hide_the_test(folder):
    edit(folder / "forms.yaml", "  ae:\n", f"{VS_FORM}  ae:\n")
    (folder / "sdtm" / "vs.yaml").write_text(VS.replace("variables:\n", NOT_DONE), encoding="utf-8")
    assert annotations(folder, "vs")["SYS"] == ['VS.VSORRES where VSTESTCD = "SYSBP"']
    text = (folder / "sdtm" / "vs.yaml").read_text(encoding="utf-8")
    reason = "      VSSTAT:  {constant: NOT DONE}\n      VSREASND: {copy: HGT}\n"
    (folder / "sdtm" / "vs.yaml").write_text(text.replace("      VSSTAT:  {constant: NOT DONE}\n", reason), "utf-8")
    # The reason is recorded of every test.
    assert annotations(folder, "vs")["HGT"] == ['VS.VSORRES where VSTESTCD = "HEIGHT"', "VS.VSREASND"]


FA = """\
dataset: FA
keys: [STUDYID, USUBJID, FAOBJ]
records:
  - form: vs
    for_each:
      - {FAOBJ: PRESSURE, RESULT: raw.SYS}
      - {FAOBJ: STATURE, RESULT: raw.HGT}
    where: RESULT != ""
variables:
  FATESTCD: {constant: OCCUR}
  FATEST:   {decode: FATESTCD}
  FAORRES:  {copy: RESULT}
"""


def test_findings_about_name_the_object(folder):
    edit(folder / "forms.yaml", "  ae:\n", f"{VS_FORM}  ae:\n")
    (folder / "sdtm" / "fa.yaml").write_text(FA, encoding="utf-8")
    assert annotations(folder, "vs")["HGT"] == ['FA.FAORRES where FAOBJ = "STATURE"']


def test_a_result_names_its_test_where_other_forms_have_others(folder):
    edit(
        folder / "forms.yaml",
        "  ae:\n",
        f"{VS_FORM}  hr: {{label: Pulse, columns: {{RATE: Rate, HRDAT: Date}}}}\n  ae:\n",
    )
    made = "VSTESTCD: {constant: HR}, VSORRES: {copy: RATE}, VSDTC: {datetime: HRDAT}"
    block = f"  - form: hr\n    set: {{{made}}}\n"
    (folder / "sdtm" / "vs.yaml").write_text(VS.replace("variables:\n", f"{block}variables:\n"), encoding="utf-8")
    found = annotations(folder, "hr")
    assert found["RATE"] == ['VS.VSORRES where VSTESTCD = "HR"']
    assert found["HRDAT"] == ["VS.VSDTC"]


def test_findings_of_one_test_are_told_apart_by_their_key(folder):
    edit(folder / "forms.yaml", "  ae:\n", f"{VS_FORM}  ae:\n")
    text = (
        FA.replace("FAOBJ]", "FALOC]")
        .replace("FAOBJ: PRESSURE", "FALOC: HAND")
        .replace("FAOBJ: STATURE", "FALOC: FOOT")
    )
    (folder / "sdtm" / "fa.yaml").write_text(text, encoding="utf-8")
    assert annotations(folder, "vs")["HGT"] == ['FA.FAORRES where FALOC = "FOOT"']


def test_a_link_to_related_records(folder):
    (folder / "sdtm" / "relrec.yaml").write_text(RELREC, encoding="utf-8")
    found = annotations(folder, "ae")
    assert found["AETERM"] == ["AE.AETERM", 'RELREC where RDOMAIN = "AE" and IDVAR = "AETERM"', "AE.AEDECOD"]


def test_a_field_that_only_decides_and_one_without_a_reason(folder):
    edit(folder / "study.yaml", "  ae.AEYN: says only whether there is a row\n", "")
    edit(folder / "forms.yaml", "      AENOTE: Remark\n", "      AENOTE: Remark\n      LOST: Forgotten\n")
    found = annotations(folder, "ae")
    assert found["AEYN"] == ["[NOT SUBMITTED] decides which records AE has"]
    assert found["LOST"] == ["[NOT SUBMITTED] the mapping gives no reason"]


def test_the_datasets_of_a_form_in_the_order_of_its_fields(folder):
    crf = describe_crf(load_study(folder)[0])
    assert [form.datasets for form in crf.forms] == [
        (("DM", "Demographics"),),
        (("AE", "Adverse Events"), ("SUPPAE", "Supplemental Qualifiers for AE")),
    ]


def test_a_form_without_fields_and_one_that_is_not_submitted(folder):
    edit(
        folder / "forms.yaml", "  ae:\n", "  no: {label: Nothing}\n  memo: {label: Memo, columns: {TXT: Text}}\n  ae:\n"
    )
    edit(folder / "study.yaml", "not_submitted:\n", "not_submitted:\n  memo: kept at the site\n")
    crf = describe_crf(load_study(folder)[0])
    assert {form.name: form.note for form in crf.forms if form.note} == {
        "no": "The data dictionary has no fields of this form.",
        "memo": "[NOT SUBMITTED] kept at the site",
    }
