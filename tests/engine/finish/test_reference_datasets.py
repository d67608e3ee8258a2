"""Datasets without subjects (trial design, study reference): their records and numbers."""

from __future__ import annotations

from cdisc_conv.spec.lint.study import check_study

FORMS = {"dm": {"SUBJID": ["1", "2"]}}
DM = "records: [{form: dm}]\nvariables: {RFSTDTC: {constant: ''}}"
TS = """\
records:
  - for_each:
      - {TSPARMCD: INDIC, TSPARM: Trial Disease/Condition Indication, TSVAL: Neoplasm}
      - {TSPARMCD: OBJPRIM, TSPARM: Trial Primary Objective, TSVAL: Survival}
      - {TSPARMCD: INDIC, TSPARM: Trial Disease/Condition Indication, TSVAL: Anaemia}
variables: {TSVCDREF: {constant: ""}}
"""
OI = """\
records:
  - for_each:
      - {NHOID: A/B, OIPARMCD: SPCIES, OIPARM: Species, OIVAL: X}
      - {NHOID: A/C, OIPARMCD: SPCIES, OIPARM: Species, OIVAL: Y}
      - {NHOID: A/B, OIPARMCD: STRAIN, OIPARM: Strain, OIVAL: Z}
"""
TE = """\
records:
  - for_each:
      - {ETCD: SCRN, ELEMENT: Screening, TESTRL: Consent, TEENRL: First dose, TEDUR: P28D}
variables: {}
"""


def test_the_number_of_a_record_needs_no_entry(lab, records):
    made = lab.convert(FORMS, {"DM": DM, "TS": TS, "OI": OI, "TE": TE})
    assert records(made, "TS", "TSPARMCD", "TSSEQ", "TSVAL") == [
        ("INDIC", 1.0, "Neoplasm"),
        ("INDIC", 2.0, "Anaemia"),
        ("OBJPRIM", 1.0, "Survival"),
    ]
    assert records(made, "OI", "NHOID", "OISEQ", "OIPARMCD") == [
        ("A/B", 1.0, "SPCIES"),
        ("A/B", 2.0, "STRAIN"),
        ("A/C", 1.0, "SPCIES"),
    ]
    assert records(made, "TE", "ETCD", "ELEMENT") == [("SCRN", "Screening")]
    assert [problem for problem in made.problems if problem.place.dataset in ("TS", "OI", "TE")] == []


def test_lint_does_not_miss_it(lab):
    study = lab.load(FORMS, {"DM": DM, "TS": TS, "OI": OI, "TE": TE})
    found = [str(problem) for problem in check_study(study) if "SEQ" in problem.message]
    assert found == []


def test_keys_of_the_mapping_give_the_order(lab, records):
    keyed = "keys: [STUDYID, TSPARMCD, TSVAL]\n" + TS
    made = records(lab.convert(FORMS, {"DM": DM, "TS": keyed}), "TS", "TSPARMCD", "TSSEQ", "TSVAL")
    assert made == [("INDIC", 1.0, "Anaemia"), ("INDIC", 2.0, "Neoplasm"), ("OBJPRIM", 1.0, "Survival")]
