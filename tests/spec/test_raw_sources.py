"""Lint: `raw:` with several sources, and what forms.yaml says of files."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest
from studies import edit, write_tiny_study

from cdisc_conv.spec.forms.sources import form_source
from cdisc_conv.spec.load import load_study

RAW = "raw: {subject: SUBJID, home: dm}"
LAB = "raw: {subject: SUBJID, home: dm, sources: {lab: {path: lab, subject: PATIENT, encoding: cp1252, delimiter: ;}}}"
LB = """\
  lb:
    label: Central laboratory
    source: lab
    file: lb_*.tsv
    header: [labels, names]
    end: EOF
    columns:
      RESULT: {label: Result, column: Value of test}
"""


def test_how_a_form_of_another_source_is_read(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / "study.yaml", RAW, LAB.replace(", delimiter: ;", ""))
    edit(folder / "forms.yaml", "  ae:\n", LB + "  ae:\n")
    study, problems = load_study(folder)
    assert problems == []
    source = form_source(study, study.forms["lb"])
    assert (source.folder, source.path, source.encoding, source.delimiter) == ("lab", "lb_*.tsv", "cp1252", "\t")
    assert (source.header, source.end, source.key) == (("labels", "names"), "EOF", ())
    assert source.columns == ("PATIENT", "Value of test")
    assert source.names == {"PATIENT": "SUBJID", "Value of test": "RESULT"}
    assert list(study.forms["lb"].fields) == ["SUBJID", "RESULT"]
    assert form_source(study, study.forms["ae"]).names == {}


def test_the_usual_file_is_of_the_format_of_its_source(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / "study.yaml", RAW, "raw: {subject: SUBJID, home: dm, path: export, format: csv}")
    edit(folder / "forms.yaml", "    file: ae.csv\n", "")
    study, problems = load_study(folder)
    assert problems == []
    source = form_source(study, study.forms["ae"])
    assert (source.folder, source.path, source.format) == ("export", "ae.csv", "csv")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (RAW, RAW.replace("}", ", encoding: utf-9}"),
         "tiny/study.yaml:6: RAW009 'encoding' of 'raw' is 'utf-9', which does not exist (common ones are utf-8, utf-16, cp1252, gb18030, shift_jis)"),
        (RAW, RAW.replace("}", ", formta: csv}"), "tiny/study.yaml:6: SPEC001 study.yaml has no 'formta' (did you mean format?)"),
        (RAW, RAW.replace("}", ", format: cvs}"), "tiny/study.yaml:6: RAW019 'format' of 'raw' is 'cvs', which is unknown (did you mean csv?)"),
        (RAW, RAW.replace("}", ", header: [labels]}"),
         "tiny/study.yaml:6: LINT109 'header' of 'raw' has no row of names (say from top to bottom what each header row holds, such as [labels, names])"),
        (RAW, RAW.replace("}", ", quote: ab}"), "tiny/study.yaml:6: LINT109 'quote' of 'raw' is 'ab', which cannot be one (one character such as \" or ', or nothing)"),
        (RAW, RAW.replace("}", ", path: ../x}"),
         "tiny/study.yaml:6: SPEC117 'path' of 'raw' is '../x', which cannot be inside the raw folder: it goes up with '..' (name a file or folder inside the raw folder)"),
        (RAW, RAW.replace("}", ", url: 'postgresql://me:secret@host/edc'}"),
         "tiny/study.yaml:6: LINT111 'url' of 'raw' holds a password (take it from the environment, such as ${EDC_PASSWORD})"),
        (RAW, LAB.replace("delimiter: ;", "delimiter: ;;"),
         "tiny/study.yaml:6: RAW008 'delimiter' of source 'lab' is ';;', which cannot be one (one character such as , ; | or a tab)"),
    ],
)  # fmt: skip
def test_each_fault_of_raw_is_one_finding(lint, old, new, message):
    assert lint(("study.yaml", old, new)) == [message]


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("    source: lba\n", "tiny/forms.yaml:16: LINT110 'source' of form ae is 'lba', which 'raw' does not have (did you mean lab?)"),
        ("    encoding: latin\n    delimiter: ab\n",
         "tiny/forms.yaml:17: RAW008 'delimiter' of form ae is 'ab', which cannot be one (one character such as , ; | or a tab)"),
        ("    long: {item: A, value: B, by: []}\n", "tiny/forms.yaml:16: SPEC003 'forms.ae.long.by' of forms.yaml: the list is empty"),
        ("    long: {item: A, vale: B, by: C}\n", "tiny/forms.yaml:16: SPEC001 forms.yaml has no 'vale' (did you mean value?)"),
        ("    query: select 1\n", "tiny/forms.yaml:16: LINT109 form ae has a 'query', but its source is no database (give the source a 'url', or the form a 'file')"),
        ("    metadata: /etc/x\n", "tiny/forms.yaml:16: SPEC117 'metadata' of form ae is '/etc/x', which cannot be inside the raw folder: it is absolute (name a file inside the raw folder)"),
    ],
)  # fmt: skip
def test_each_fault_of_a_form_is_one_finding(lint, new, message):
    found = lint(("study.yaml", RAW, LAB), ("forms.yaml", "    file: ae.csv\n", f"    file: ae.csv\n{new}"))
    assert [one for one in found if "VISIT" not in one] == [message]
