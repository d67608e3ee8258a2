"""Lint: keys that do not exist, keys that are missing, and values of the wrong kind. One fault gives one finding."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest

AE = "sdtm/ae.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "study.yaml",
            "title:",
            "tittle:",
            "tiny/study.yaml:2: SPEC001 study.yaml has no 'tittle' (did you mean title?)",
        ),
        (
            "study.yaml",
            "home: dm",
            "hom: dm",
            "tiny/study.yaml:6: SPEC001 study.yaml has no 'hom' (did you mean home?)",
        ),
        (
            "study.yaml",
            "protocol:",
            "zzz:",
            "tiny/study.yaml:3: SPEC001 study.yaml has no 'zzz' (known are: agency, codelists, created, define, documents, encoding, formats, forms, given, "
            "not_submitted, protocol, raw, settings, sponsor_terms, standards, study, title, translations, "
            "transliterate, variables)",
        ),
        (
            "forms.yaml",
            "    label: Demographics",
            "    lable: Demographics",
            "tiny/forms.yaml:6: SPEC001 forms.yaml has no 'lable' (did you mean label?)",
        ),
        (
            "forms.yaml",
            "unknown_parts: true",
            "unknwon_parts: true",
            "tiny/forms.yaml:19: SPEC001 column AESTDAT has no 'unknwon_parts' (did you mean unknown_parts?)",
        ),
        (
            AE,
            "supplemental:",
            "suplemental:",
            "tiny/sdtm/ae.yaml:27: SPEC001 AE has no 'suplemental' (did you mean supplemental?)",
        ),
        (AE, "    where:", "    were:", "tiny/sdtm/ae.yaml:5: SPEC001 AE has no 'were' (did you mean where?)"),
        (
            AE,
            '    where: AEYN == "Y"',
            '    where: AEYN == "Y"\n    merge: {by: SUBJID, start: AESTDAT, edn: AESTDAT}',
            "tiny/sdtm/ae.yaml:6: SPEC001 AE has no 'edn' (did you mean end?)",
        ),
        (
            AE,
            "{copy: AETERM}",
            "{copy: {source: AETERM, cas: upper}}",
            "tiny/sdtm/ae.yaml:8: SPEC001 'copy' of AE.AETERM has no 'cas' (did you mean case?)",
        ),
        (
            AE,
            "{copy: AETERM}",
            "{copy: AETERM, lable: Term}",
            "tiny/sdtm/ae.yaml:8: SPEC001 AE.AETERM has no 'lable' (did you mean label?)",
        ),
        (
            AE,
            "{copy: AETERM}",
            "{copy: AETERM, origin: {type: Assigned, sorce: Sponsor}}",
            "tiny/sdtm/ae.yaml:8: SPEC001 AE.AETERM has no 'sorce' (did you mean source?)",
        ),
        (
            AE,
            "{copy: AENOTE, label",
            "{copy: AENOTE, lable",
            "tiny/sdtm/ae.yaml:28: SPEC001 AE supplemental.AENOTE has no 'lable' (did you mean label?)",
        ),
    ],
)
def test_a_misspelt_key_is_one_finding_and_read_as_what_it_must_mean(lint, file, old, new, message):
    assert lint((file, old, new)) == [message]


def test_an_unknown_key_does_not_hide_the_findings_of_other_files(lint):
    assert lint(("study.yaml", "title:", "tittle:"), ("forms.yaml", "key: [SUBJID]", "kex: [SUBJID]"), (AE, "{term: AESER}", "{term: AESERR}")) == [
        "tiny/forms.yaml:8: SPEC001 forms.yaml has no 'kex' (did you mean key?)",
        "tiny/sdtm/ae.yaml:21: LINT301 AE.AESER reads AESERR, which is neither a column of form ae nor a variable of AE "
        "(did you mean AESER?)",
        "tiny/study.yaml:2: SPEC001 study.yaml has no 'tittle' (did you mean title?)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "messages"),
    [
        (
            "study.yaml",
            "study: TINY-01\ntitle: A tiny study for tests\n",
            "",
            ["tiny/study.yaml:1: SPEC002 study.yaml needs 'study'", "tiny/study.yaml:1: SPEC002 study.yaml needs 'title'"],
        ),
        (
            AE,
            '  - form: ae\n    where: AEYN == "Y"',
            "  form: ae",
            ["tiny/sdtm/ae.yaml:3: SPEC003 'records' of AE: a list is expected"],
        ),
        (AE, 'records:\n  - form: ae\n    where: AEYN == "Y"', "records: []", [
            "tiny/sdtm/ae.yaml:3: SPEC003 'records' of AE: the list is empty"]),
        (AE, "supplemental:\n  AENOTE: {copy: AENOTE, label: Remark}", "supplemental: [AENOTE]", [
            "tiny/sdtm/ae.yaml:27: SPEC003 'supplemental' of AE: 'key: value' lines are expected"]),
        (
            AE,
            "{copy: AETERM}",
            "{copy: AETERM, length: long}",
            ["tiny/sdtm/ae.yaml:8: SPEC003 'length' of AE.AETERM: a whole number is expected"],
        ),
        (
            AE,
            "{copy: AETERM}",
            "{copy: AETERM, length: 500}",
            ["tiny/sdtm/ae.yaml:8: SPEC003 'length' of AE.AETERM: input should be less than or equal to 200"],
        ),
        (
            "forms.yaml",
            "    label: Adverse Events",
            "    label: Adverse Events\n    page: eight",
            ["tiny/forms.yaml:15: SPEC003 'forms.ae.page' of forms.yaml: a list is expected"],
        ),
        (
            AE,
            "{copy: AETERM}",
            "{copy: AETERM, origin: {type: Collectd}}",
            [
                "tiny/sdtm/ae.yaml:8: SPEC003 'origin.type' of AE.AETERM cannot be 'Collectd' (did you mean Collected?)"
            ],
        ),
    ],
)  # fmt: skip
def test_missing_keys_and_wrong_kinds(lint, file, old, new, messages):
    assert lint((file, old, new)) == messages


def test_a_dataset_that_cannot_be_read_is_not_missed_by_others(lint):
    messages = lint((AE, "records:", "recs:"), ("sdtm/dm.yaml", "RFXSTDTC: *blank", "RFXSTDTC: {min: AE.AESTDTC}"))
    assert messages == ["tiny/sdtm/ae.yaml:3: SPEC001 AE has no 'recs' (did you mean records?)"]
    assert lint(files={AE: "dataset: AE\n"}) == ["tiny/sdtm/ae.yaml:1: SPEC002 AE needs 'records'"]


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        ({"sdtm/vs.yaml": "- a\n"}, ["tiny/sdtm/vs.yaml:1: SPEC101 a mapping file holds 'key: value' lines"]),
        (
            {"sdtm/vs.yaml": ""},
            [
                "tiny/sdtm/vs.yaml:1: SPEC002 tiny/sdtm/vs.yaml needs 'dataset'",
                "tiny/sdtm/vs.yaml:1: SPEC002 tiny/sdtm/vs.yaml needs 'records'",
            ],
        ),
        (
            {"sdtm/ae2.yaml": "dataset: AE\nrecords: [{form: ae}]\n"},
            ["tiny/sdtm/ae2.yaml:1: SPEC110 AE is mapped twice (the first is tiny/sdtm/ae.yaml:1)"],
        ),
        ({"forms.yaml": "forms: [a]\n"}, ["tiny/forms.yaml:1: SPEC003 'forms' of forms.yaml: 'key: value' lines are expected"]),
        ({"study.yaml": "study: A: B\n"}, [
            "tiny/study.yaml:1: YAML002 not valid YAML: mapping values are not allowed here (a text with ': ', '#', '`', "
            "'{' or a leading '*', '&', '!' or '%' needs quotes; indent with blanks, not tabs)"]),
    ],
)  # fmt: skip
def test_files_that_are_no_mappings(lint, files, messages):
    assert lint(files=files) == messages
