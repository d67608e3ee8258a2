"""protocol.yaml: the trial design datasets that are made of it, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.load import load_study

LONG = "Neuropathy " + "of the hands or the feet " * 9
PROTOCOL = f"""\
version: "2.0"
elements:
  SCR: {{name: Screening, starts: Consent, ends: First dose, lasts: P14D}}
  TRT: {{name: Treatment, starts: First dose}}
arms:
  A:
    name: Drug
    path:
      - {{element: SCR, epoch: SCREENING, branch: Everybody is treated}}
      - {{element: TRT, epoch: TREATMENT}}
visits:
  - {{event: SCREEN*, starts: "Day {{day}}"}}
  - {{event: "*", starts: "{{visit}} begins", ends: It ends}}
inclusion:
  IN01: Adult
exclusion:
  EX01: {{text: "{LONG}", category: SAFETY, version: "1.0"}}
assessments:
  - {{anchor: TRTSDT, offset: P0D, every: P6W, at_least: P5W, at_most: P7W, times: 4}}
summary:
  TPHASE: PHASE II TRIAL
  AGEMAX: {{null_flavor: PINF}}
  AGEMIN: P18Y
  FCNTRY: [CHN, DEU]
  TRT: {{value: THALIDOMIDE, code: 4Z8R6ORS6L, reference: UNII, version: "2025-01"}}
"""
EVENTS = """
events:
  - {event: Screening, eid: SCREENING, visitnum: 1, day: -7}
  - {event: Day 1, eid: D1, visitnum: 2, day: 1}
  - {event: Log}
"""
LAYERS = {f"sdtm/{name}.yaml": f"extends: library/{name}\n" for name in ("ta", "te", "tv", "td", "ti")}
TS = "dataset: TS\nrecords:\n  - for_each: protocol.summary\n"
FORMS = ("forms.yaml", "forms:", f"{EVENTS.strip()}\nforms:")
STUDY = ("study.yaml", "raw:", "sponsor_terms: {DICTNAM: [ISO 8601]}\nraw:")
FILES = {"protocol.yaml": PROTOCOL, "sdtm/ts.yaml": TS, **LAYERS}


def make(folder: Path) -> dict[str, Dataset]:
    study = write_tiny_study(folder)
    write_files(study, FILES)
    edit(study / STUDY[0], *STUDY[1:])
    edit(study / FORMS[0], *FORMS[1:])
    loaded, problems = load_study(study)
    assert problems == []
    return {dataset.name: dataset for dataset in convert(loaded, write_tiny_raw(folder)).datasets}


def rows(dataset: Dataset, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in dataset.frame[list(names)].itertuples(index=False)]


def test_trial_design_datasets(tmp_path):
    made = make(tmp_path)
    assert rows(made["TE"], "ETCD", "ELEMENT", "TESTRL", "TEENRL", "TEDUR") == [
        ("SCR", "Screening", "Consent", "First dose", "P14D"),
        ("TRT", "Treatment", "First dose", "", ""),
    ]
    assert rows(made["TA"], "ARMCD", "ARM", "TAETORD", "ETCD", "ELEMENT", "TABRANCH", "EPOCH") == [
        ("A", "Drug", 1, "SCR", "Screening", "Everybody is treated", "SCREENING"),
        ("A", "Drug", 2, "TRT", "Treatment", "", "TREATMENT"),
    ]
    assert rows(made["TV"], "VISITNUM", "VISIT", "VISITDY", "TVSTRL", "TVENRL") == [
        (1, "SCREENING", -7, "Day -7", ""),
        (2, "DAY 1", 1, "DAY 1 begins", "It ends"),
    ]
    assert rows(made["TD"], "TDORDER", "TDANCVAR", "TDSTOFF", "TDTGTPAI", "TDMINPAI", "TDMAXPAI", "TDNUMRPT") == [
        (1, "TRTSDT", "P0D", "P6W", "P5W", "P7W", 4)
    ]


def test_criteria_are_shortened_and_told_in_full_by_define_xml(tmp_path):
    criteria = make(tmp_path)["TI"]
    short = "Neuropathy " + "of the hands or the feet " * 7 + "of the ..."
    assert rows(criteria, "IETESTCD", "IETEST", "IECAT", "IESCAT", "TIVERS") == [
        ("EX01", short, "EXCLUSION", "SAFETY", "1.0"),
        ("IN01", "Adult", "INCLUSION", "", "2.0"),
    ]
    code = next(column for column in criteria.columns if column.name == "IETESTCD")
    assert [(term.value, term.decode) for term in code.item.codelist.terms] == [
        ("EX01", LONG.strip()),
        ("IN01", "Adult"),
    ]
    assert code.item.origin.type == "Protocol"


def test_summary_is_coded(tmp_path):
    names = ("TSPARMCD", "TSSEQ", "TSVAL", "TSVALNF", "TSVALCD", "TSVCDREF", "TSVCDVER")
    made = rows(make(tmp_path)["TS"], *names)
    assert [row for row in made if row[0] not in ("TITLE", "SDTMVER", "SDTIGVER")] == [
        ("AGEMAX", 1, "", "PINF", "", "", ""),
        ("AGEMIN", 1, "P18Y", "", "", "ISO 8601", ""),
        ("FCNTRY", 1, "CHN", "", "", "ISO 3166", ""),
        ("FCNTRY", 2, "DEU", "", "", "ISO 3166", ""),
        ("NARMS", 1, "1", "", "", "", ""),
        ("TPHASE", 1, "PHASE II TRIAL", "", "C15601", "CDISC CT", "2025-03-28"),
        ("TRT", 1, "THALIDOMIDE", "", "4Z8R6ORS6L", "UNII", "2025-01"),
    ]
    assert [row for row in made if row[0] in ("SDTMVER", "SDTIGVER")] == [
        ("SDTIGVER", 1, "3.4", "", "C189638", "CDISC CT", "2025-03-28"),
        ("SDTMVER", 1, "2.0", "", "C189639", "CDISC CT", "2025-03-28"),
    ]


def lint_protocol(lint, old: str, new: str, *more: tuple[str, str, str]) -> list[str]:
    assert old in PROTOCOL
    return lint(STUDY, FORMS, *more, files={**FILES, "protocol.yaml": PROTOCOL.replace(old, new)})


def test_what_is_wrong_with_it(lint):
    assert lint_protocol(lint, "{element: TRT,", "{element: TRX,") == [
        "tiny/protocol.yaml:10: PROT001 arm A goes through TRX, which is not an element (did you mean TRT?)"
    ]
    assert lint_protocol(lint, "  IN01: Adult", "  INCLUSION1: Adult") == [
        "tiny/protocol.yaml:15: PROT002 the code of the criterion INCLUSION1 has 10 bytes; 8 are the most"
    ]
    assert lint_protocol(lint, "PHASE II TRIAL", "PHASE 2 TRIAL") == [
        "tiny/protocol.yaml:21: PROT005 parameter TPHASE: 'PHASE 2 TRIAL' is not a term of codelist TPHASE "
        "(did you mean PHASE V TRIAL?)"
    ]
    assert lint_protocol(lint, "  TPHASE:", "  TPHAES:") == [
        "tiny/protocol.yaml:21: PROT004 the trial summary has no parameter TPHAES (did you mean TPHASE?)"
    ]
    assert lint_protocol(lint, "AGEMIN: P18Y", "AGEMIN: 18 Years") == [
        "tiny/protocol.yaml:23: PROT005 parameter AGEMIN: '18 Years' is not a duration such as P18Y (ISO 8601)"
    ]
    assert lint_protocol(lint, "FCNTRY: [CHN, DEU]", "FCNTRY: [CHN, GER]") == [
        "tiny/protocol.yaml:24: PROT005 parameter FCNTRY: 'GER' is not a country of three letters "
        "such as CHN (ISO 3166-1)"
    ]
    assert lint_protocol(lint, "{null_flavor: PINF}", "{null_flavor: PIMF}") == [
        "tiny/protocol.yaml:22: PROT007 parameter AGEMAX: PIMF is not a null flavor (did you mean PINF?)"
    ]
    assert lint_protocol(lint, "{null_flavor: PINF}", "{}") == [
        "tiny/protocol.yaml:22: PROT006 parameter AGEMAX has neither a value nor a null flavor "
        "(write the value, or {null_flavor: NA} where it does not apply)"
    ]
    assert lint_protocol(lint, "lasts: P14D", "last: P14D") == [
        "tiny/protocol.yaml:3: SPEC001 protocol.yaml has no 'last' (did you mean lasts?)"
    ]


def test_a_table_that_is_not_there(lint):
    assert lint(files={"sdtm/te.yaml": "dataset: TE\nrecords: [{for_each: protocol.elements}]\n"}) == [
        "tiny/sdtm/te.yaml:2: SPEC121 'for_each' is 'protocol.elements', which is neither a list of entries nor a "
        "table of protocol.yaml that holds any (there is no protocol.yaml)"
    ]


def test_events_and_rules_of_visits(lint):
    assert lint_protocol(lint, '  - {event: "*",', "  - {event: D2,") == [
        "tiny/protocol.yaml:11: PROT003 no entry of 'visits' says when these planned events start: D1 "
        "(add an entry for them)",
        "tiny/protocol.yaml:13: PROT003 no planned event is left for the entry 'D2' (there are: SCREENING, D1)",
    ]
