"""Lint: no file and no key of a study's folder is passed over, and no path leads out of its folder."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest
from studies import write_files, write_tiny_study

from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import find_study, load_study

LB = "dataset: LB\nrecords:\n  - form: ae\n"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("sdtm/lb.yml", "tiny/sdtm/lb.yml: SPEC115 this file is not read: mappings end in .yaml (did you mean lb.yaml?)"),
        ("sdtm/lb.YAML", "tiny/sdtm/lb.YAML: SPEC115 this file is not read: mappings end in .yaml (did you mean lb.yaml?)"),
        ("sdtm/more/lb.yaml", "tiny/sdtm/more/lb.yaml: SPEC115 this file is not read: mappings stand in sdtm/ itself (move it to sdtm/lb.yaml)"),
        ("lb.yaml", "tiny/lb.yaml: SPEC115 this file is not read (a mapping belongs to sdtm/lb.yaml or adam/lb.yaml)"),
        ("vs.yaml", "tiny/vs.yaml: SPEC115 this file is not read (a mapping belongs to sdtm/vs.yaml or adam/vs.yaml)"),
        ("ae.yaml", "tiny/ae.yaml: SPEC115 this file is not read (a mapping belongs to sdtm/ae.yaml or adam/ae.yaml)"),
        ("SDTM/lb.yaml", "tiny/SDTM/lb.yaml: SPEC115 this file is not read: 'SDTM' is not a folder of mappings (did you mean sdtm/lb.yaml?)"),
        ("amda/lb.yaml", "tiny/amda/lb.yaml: SPEC115 this file is not read: 'amda' is not a folder of mappings (did you mean adam/lb.yaml?)"),
        ("cheks.yaml", "tiny/cheks.yaml: SPEC115 this file is not read (did you mean checks.yaml?)"),
        ("checks.yml", "tiny/checks.yml: SPEC115 this file is not read (did you mean checks.yaml?)"),
    ],
)  # fmt: skip
def test_a_file_that_nobody_reads(lint, file, message):
    assert lint(files={file: LB}) == [message]


def test_a_file_with_another_ending_in_the_place_of_one_that_is_missing(tmp_path):
    study = write_tiny_study(tmp_path)
    (study / "forms.yaml").rename(study / "forms.yml")
    with pytest.raises(ProblemsError) as error:
        load_study(study)
    assert str(error.value) == (
        f"{study}/forms.yaml: YAML001 the file cannot be read: No such file or directory "
        "(forms.yml is there: rename it to forms.yaml)"
    )


def test_other_files_are_nobodys_business(lint):
    assert lint(files={"docs/plan.yaml": "a: 1", ".github/ci.yaml": LB, "readme.md": "", "sdtm/readme.txt": ""}) == []


def test_a_layer_that_is_extended_is_read(lint):
    layer = ("sdtm/ae.yaml", "dataset: AE", "extends: common\ndataset: AE")
    assert lint(layer, files={"common.yaml": "label: Adverse Events\n"}) == []


def test_a_study_called_yml(tmp_path):
    write_files(tmp_path / "s", {"study.yml": "study: S\n"})
    with pytest.raises(ProblemsError) as raised:
        find_study(tmp_path / "s")
    assert raised.value.problems[0].hint == "it holds study.yml: call it study.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("study.yaml", "variables:", "settings: {date_format: [YYYY-MM-DD]}\nvariables:",
         "tiny/study.yaml:7: SPEC001 'settings' has no 'date_format' (did you mean date_formats?)"),
        ("study.yaml", "variables:", "settings: {define: {}}\nvariables:",
         "tiny/study.yaml:7: SPEC001 'settings' has no 'define' (known are: date_formats, date_pivot, keep_empty, recist, units, visits)"),
        ("study.yaml", "variables:", "settings:\n  visits:\n    - {event: Log, epok: X}\nvariables:",
         "tiny/study.yaml:9: SPEC001 a visit has no 'epok' (did you mean epoch?)"),
        ("forms.yaml", "forms:\n", "events:\n  - {event: Log, visitnm: 1}\nforms:\n",
         "tiny/forms.yaml:5: SPEC001 forms.yaml has no 'visitnm' (did you mean visitnum?)"),
        ("forms.yaml", "forms:\n", "events:\n  - {event: Log, day: first}\nforms:\n",
         "tiny/forms.yaml:5: SPEC003 'events.1.day' of forms.yaml: a number is expected"),
        ("forms.yaml", "type: date, unknown", "type: daet, unknown",
         "tiny/forms.yaml:19: SPEC003 'type' of column AESTDAT: 'daet' is not a type of column (did you mean date?)"),
        ("forms.yaml", "file: ae.csv", "file: ../ae.csv",
         "tiny/forms.yaml:15: SPEC117 'file' of form ae is '../ae.csv', which cannot be a file inside the raw folder: it goes up with '..' (name a file inside the raw folder, such as ae.csv)"),
        ("forms.yaml", "file: ae.csv", "file: /data/ae.csv",
         "tiny/forms.yaml:15: SPEC117 'file' of form ae is '/data/ae.csv', which cannot be a file inside the raw folder: it is absolute (name a file inside the raw folder, such as ae.csv)"),
        ("forms.yaml", "file: ae.csv", "file: 'C:\\data\\ae.csv'",
         "tiny/forms.yaml:15: SPEC117 'file' of form ae is 'C:\\data\\ae.csv', which cannot be a file inside the raw folder: it names a drive (name a file inside the raw folder, such as ae.csv)"),
        ("forms.yaml", "file: ae.csv", 'file: "ae\\0.csv"',
         "tiny/forms.yaml:15: SPEC117 'file' of form ae is 'ae\\0.csv', which cannot be a file inside the raw folder: it holds a NUL character (name a file inside the raw folder, such as ae.csv)"),
        ("study.yaml", "variables:", "given: {LB: {file: ../lb.xpt, columns: [USUBJID]}}\nvariables:",
         "tiny/study.yaml:7: SPEC117 'file' of LB is '../lb.xpt', which cannot be a file inside the folder of given datasets: it goes up with '..' (name a file inside the folder of given datasets, such as lb.xpt)"),
        ("study.yaml", "variables:", "forms: ../other/forms.yaml\nvariables:",
         "tiny/study.yaml:7: SPEC117 'forms' is '../other/forms.yaml', which cannot be a file inside the study folder: it goes up with '..' (name a file inside the study folder, such as forms.yaml)"),
        ("study.yaml", "variables:", "given: {AE: {file: ae.csv, columns: [USUBJID]}}\nvariables:",
         "tiny/study.yaml:7: SPEC116 AE is given, and mapped at tiny/sdtm/ae.yaml:1, too (take it from 'given', or take the mapping away)"),
        ("study.yaml", "home: dm}", "home: dm, encoding: idna}",
         "tiny/study.yaml:6: RAW009 'encoding' of 'raw' is 'idna', which is not an encoding of text files (common ones are utf-8, utf-16, cp1252, gb18030, shift_jis)"),
        ("study.yaml", "home: dm}", "home: dm, encoding: utf-9}",
         "tiny/study.yaml:6: RAW009 'encoding' of 'raw' is 'utf-9', which does not exist (common ones are utf-8, utf-16, cp1252, gb18030, shift_jis)"),
        ("study.yaml", "home: dm}", "home: dm, delimiter: '||'}",
         "tiny/study.yaml:6: RAW008 'delimiter' of 'raw' is '||', which cannot be one (one character such as , ; | or a tab)"),
    ],
)  # fmt: skip
def test_a_key_or_path_that_cannot_be_meant(lint, file, old, new, message):
    assert lint((file, old, new)) == [message]


@pytest.mark.parametrize("encoding", ["punycode", "unicode_escape", "hex", "rot13", "zip", "undefined"])
def test_codecs_that_are_no_encodings(lint, encoding):
    (message,) = lint(("study.yaml", "home: dm}", f"home: dm, encoding: {encoding}}}"))
    assert message.startswith(f"tiny/study.yaml:6: RAW009 'encoding' of 'raw' is '{encoding}', which ")


def test_forms_yaml_that_is_a_link_out_of_the_study(tmp_path):
    folder = write_tiny_study(tmp_path)
    (folder / "forms.yaml").rename(tmp_path / "elsewhere.yaml")
    (folder / "forms.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    _, (problem,) = lint_study(folder)
    assert problem.message == "'forms' is 'forms.yaml', a link to a place outside the study folder"


def test_a_setting_that_a_plug_in_reads(lint, monkeypatch):
    from cdisc_conv.derivations.values.copying import Copy

    monkeypatch.setattr(Copy, "reads_settings", ("acme",))
    assert lint(("study.yaml", "variables:", "settings: {acme: 1}\nvariables:")) == []


def test_every_setting_that_the_code_reads_is_known():
    import re
    from pathlib import Path

    import cdisc_conv
    from cdisc_conv.spec.yaml.shapes.study import SETTINGS, StudyDocument

    sources = (path.read_text(encoding="utf-8") for path in Path(cdisc_conv.__file__).parent.rglob("*.py"))
    read = {name for text in sources for name in re.findall(r"""(?:settings\.get|\.setting)\(["'](\w+)["']\)""", text)}
    elsewhere = {*StudyDocument.model_fields, "dictionaries", "subject", "split_size"}  # the last is an option of run
    assert read - {*SETTINGS} <= elsewhere and {"date_formats", "units", "visits", "recist"} <= read
