"""Mappings of analysis datasets that cannot be right: each is said before any data are read, with file and line."""

from __future__ import annotations

import pytest
from analysis import write_analysis
from studies import edit

ADSL, ADAE, ADNN = "adsl.yaml", "adae.yaml", "adnn.yaml"
OF_ADSL = "  ADSL: [TRT01P, SAFFL, TRTSDT]"
BROKEN = {
    "a parameter that only a later block makes": (
        ADNN,
        'where: PARAMCD == "ONE"',
        'where: PARAMCD == "TWICE"',
        "14: LINT306 ADNN reads its parameter TWICE, which only a later block of 'records' makes "
        "(put the block that makes it first)",
    ),
    "a parameter that no block makes": (
        ADNN,
        'where: PARAMCD == "ONE"',
        'where: PARAMCD == "OEN"',
        "14: LINT306 ADNN reads its parameter OEN, which no block makes (did you mean ONE?)",
    ),
    "a parameter of another dataset that no block makes": (
        ADAE,
        "variables:\n",
        'variables:\n  LASTDT: {lookup: {from: ADNN, where: PARAMCD == "ALLL", take: AVAL}, label: Last}\n',
        "13: LINT306 ADAE.LASTDT reads parameter ALLL of ADNN, which no block makes (did you mean ALL?)",
    ),
    "self in the first block": (
        ADNN,
        "  - from: AE\n",
        "  - from: self\n",
        "7: LINT107 the first block of ADNN is 'from: self', but there are no records before it "
        "(begin with a block that reads a dataset, such as 'from: ADSL')",
    ),
    "self in a derivation of the first block": (
        ADNN,
        "AVAL:    {constant: 1}",
        'AVAL:    {lookup: {from: self, where: PARAMCD == "ONE", take: AVAL}}',
        "11: LINT305 ADNN.AVAL reads the records of earlier blocks, but no block is before block 1 "
        "(map it in the 'set' of later blocks alone)",
    ),
    "a variable that no earlier block maps": (
        ADNN,
        "AVAL:    {sum: raw.AVAL}",
        "AVAL:    {sum: raw.AVAL}\n      LAST: {lookup: {from: self, take: LAST}, label: Last}",
        "22: LINT305 ADNN.LAST reads LAST of earlier blocks, but none of them maps it",
    ),
    "a column that the earlier blocks do not have": (
        ADNN,
        "AVAL:    {sum: raw.AVAL}",
        "AVAL:    {sum: raw.AVLA}",
        "21: LINT301 ADNN.AVAL reads raw.AVLA, which is not a column of dataset ADNN (did you mean AVAL?)",
    ),
    "records that depend on their own order": (
        ADNN,
        'where: PARAMCD == "ALL"',
        'where: PARAMCD == "ALL" and ASEQ == 1',
        "23: PLAN001 variables read each other in a circle: records of ADNN -> ADNN.ASEQ -> ADNN.USUBJID -> "
        "records of ADNN (each reads the next; see tiny/adam/adnn.yaml:23, tiny/adam/adnn.yaml:33, "
        "tiny/adam/adnn.yaml:1; a later block can read what looks at all records of a subject only from the 'set' of "
        "a block)",
    ),
    "a circle of two datasets": (
        ADSL,
        "TRTSDT: {numeric_date: RFSTDTC}",
        "TRTSDT: {max: [ADAE.TRTSDT]}",
        "13: PLAN001 variables read each other in a circle: ADSL.TRTSDT -> ADAE.TRTSDT -> ADSL.TRTSDT "
        "(each reads the next; see tiny/adam/adsl.yaml:13, tiny/adam/adae.yaml:10)",
    ),
    "a group by what is not there": (
        ADNN,
        "group: [USUBJID]",
        "group: [USUBJID, VISITNUM]",
        "15: LINT301 the records of ADNN depend on VISITNUM, which is not a column of dataset ADNN",
    ),
    "an order by what is not there": (
        ADNN,
        "order: [TERM]",
        "order: [TREM]",
        "16: LINT301 the records of ADNN depend on TREM, which is not a column of dataset ADNN (did you mean TERM?)",
    ),
    "an order without a group": (
        ADNN,
        "    group: [USUBJID]\n",
        "",
        "13: SPEC114 ADNN records 2 has an 'order', but no 'group' to take a row of "
        "(add 'group', or leave 'order' out: records are sorted by the keys in the end)",
    ),
    "an order that is not a list": (
        ADNN,
        "order: [TERM]",
        "order: {TERM: 1}",
        "16: SPEC003 'records.2.order' of ADNN: a list is expected",
    ),
    "a row that cannot be taken": (
        ADNN,
        "order: [TERM]",
        "order: [TERM]\n    take: middle",
        "17: SPEC003 'records.2.take' of ADNN cannot be 'middle' (choose one of: first, last)",
    ),
    "working of a block that is not a mapping": (
        ADNN,
        "order: [TERM]",
        "order: [TERM]\n    working: [X]",
        "17: SPEC003 'records.2.working' of ADNN: 'key: value' lines are expected",
    ),
    "working of a block with a derivation that is not there": (
        ADNN,
        "order: [TERM]",
        "order: [TERM]\n    working: {X: {cpoy: AVAL}}",
        "17: SPEC202 ADNN records 2 working.X: there is no derivation 'cpoy' (did you mean copy?)",
    ),
    "predecessors without their dataset": (
        ADAE,
        f"{OF_ADSL}\n  AE: [AESEQ, AETERM, AEDECOD, AESTDTC, AENOTE]",
        "  [AESEQ]",
        "9: SPEC003 'predecessors' of ADAE: 'key: value' lines are expected",
    ),
    "predecessors that are not list": (
        ADAE,
        OF_ADSL,
        "  ADSL: {TRT01P: SAFFL}",
        "10: SPEC003 'predecessors.ADSL' of ADAE: a list is expected",
    ),
    "a predecessor that is not a name": (
        ADAE,
        OF_ADSL,
        "  ADSL: [TRT01P, 5]",
        "10: SPEC003 'predecessors.ADSL.2' of ADAE: a text is expected",
    ),
    "a predecessor that is not mapped": (
        ADAE,
        OF_ADSL,
        "  ADSL: [TRT01P, SAFLF]",
        "10: LINT301 ADAE.SAFLF reads ADSL.SAFLF, but ADSL does not map SAFLF (did you mean SAFFL?)",
    ),
    "a predecessor from a misspelt dataset": (
        ADAE,
        OF_ADSL,
        "  ADLS: [TRT01P]",
        "10: LINT301 ADAE.TRT01P reads ADLS.TRT01P, but the study has no dataset ADLS (did you mean ADSL?)",
    ),
    "a predecessor from no dataset": (
        ADAE,
        OF_ADSL,
        "  FOREIGN: [TRT01P]",
        "10: LINT301 ADAE.TRT01P reads FOREIGN.TRT01P, but the study has no dataset FOREIGN "
        "(there are: DM, AE, ADSL, ADAE, ADNN)",
    ),
    "a predecessor that is one of several": (
        ADNN,
        "  ADSL: [TRT01P]",
        "  ADAE: [AESEQ]",
        "31: LINT304 ADNN.AESEQ reads ADAE.AESEQ, but ADAE has several records per subject "
        "(say which record: {lookup: {from: ADAE, ...}}, {min: ADAE.AESEQ} or {max: ADAE.AESEQ})",
    ),
    "no class": (
        ADAE,
        "class: OCCURRENCE DATA STRUCTURE\nsub",
        "sub",
        "1: SPEC111 ADAE has no 'class', which an analysis dataset needs",
    ),
    "no label": (
        ADAE,
        "label: Adverse Event Analysis Dataset\n",
        "",
        "1: SPEC111 ADAE has no 'label', which an analysis dataset needs",
    ),
    "a class that is not there": (
        ADAE,
        "class: OCCURRENCE",
        "class: OCCURENCE",
        "3: SPEC111 ADaMIG 1.3 has no class OCCURENCE DATA STRUCTURE; there is: SUBJECT LEVEL ANALYSIS DATASET, BASIC "
        "DATA STRUCTURE, OCCURRENCE DATA STRUCTURE, ADAM OTHER",
    ),
    "a subclass that is not there": (
        ADAE,
        "subclass: ADVERSE EVENT",
        "subclass: ADVERSE EVENTS",
        "4: LINT215 ADAE: the class OCCURRENCE DATA STRUCTURE has no subclass 'ADVERSE EVENTS' "
        "(did you mean ADVERSE EVENT?)",
    ),
    "a subclass of another class": (
        ADNN,
        "structure:",
        "subclass: ADVERSE EVENT\nstructure:",
        "4: LINT215 ADNN: the class BASIC DATA STRUCTURE has no subclass 'ADVERSE EVENT' "
        "(there is: NON-COMPARTMENTAL ANALYSIS, POPULATION PHARMACOKINETIC ANALYSIS, TIME-TO-EVENT)",
    ),
    "a subclass where there are none": (
        ADSL,
        "structure:",
        "subclass: ADVERSE EVENT\nstructure:",
        "4: LINT215 ADSL: the class SUBJECT LEVEL ANALYSIS DATASET has no subclass 'ADVERSE EVENT' (leave it out)",
    ),
    "a name that is none of an analysis dataset": (
        ADAE,
        "dataset: ADAE",
        "dataset: AE",
        "1: SPEC111 an analysis dataset is named AD and one to six capital letters or digits, not 'AE'",
    ),
    "a label that is too long": (
        ADAE,
        "label: Pooled Age Group 1",
        "label: Pooled age group and the bytes of UTF-8 é",
        "13: LINT201 the label of ADAE.AGEGR1 has 42 bytes, at most 40 go into a transport file "
        "(shorten 'Pooled age group and the bytes of UTF-8 é')",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_mapping_that_cannot_be_right_is_refused(cli, tmp_path, case):
    name, old, new, message = BROKEN[case]
    write_analysis(tmp_path)
    edit(tmp_path / "tiny" / "adam" / name, old, new)
    result = cli("lint", "tiny")
    assert result.exit_code == 1
    found = [line.strip() for line in result.stdout.splitlines() if line.startswith("  ")]
    assert found == [f"tiny/adam/{name}:{message}"]


def test_a_run_with_such_a_mapping_writes_nothing(cli, tmp_path):
    write_analysis(tmp_path)
    edit(tmp_path / "tiny" / "adam" / ADNN, 'where: PARAMCD == "ONE"', 'where: PARAMCD == "OEN"')
    edit(tmp_path / "tiny" / "adam" / ADAE, OF_ADSL, "  ADLS: [TRT01P]")
    result = cli("run", "tiny", "--raw", "raw", "--out", "out")
    assert result.exit_code == 2
    assert [line[:33] for line in result.stderr.splitlines()] == [
        "2 errors:",
        "  tiny/adam/adae.yaml:10: LINT301",
        "  tiny/adam/adnn.yaml:14: LINT306",
    ]
    assert not (tmp_path / "out").exists()
