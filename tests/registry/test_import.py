"""registry import: the draft of protocol.yaml from a record, and what could not be placed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from reference_data import reference_file

from cdisc_conv.problems import ProblemsError
from cdisc_conv.registry.criteria import split_criteria
from cdisc_conv.registry.draft import draft_protocol
from cdisc_conv.registry.record import read_record

CRITERIA = """\
Inclusion Criteria:

1. Aged 18 to 75 years.
2. Measurable lesions:

   * by RECIST 1.1
   * heart rate \\> 50

Key Exclusion Criteria

* Pregnant or lactating.
"""
RECORD: dict[str, Any] = {
    "identificationModule": {"nctId": "NCT1", "orgStudyIdInfo": {"id": "S-1"}, "officialTitle": "A  Trial"},
    "statusModule": {"overallStatus": "COMPLETED"},
    "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A University", "class": "OTHER"}},
    "conditionsModule": {"conditions": ["Gastric Cancer"]},
    "designModule": {
        "studyType": "INTERVENTIONAL",
        "phases": ["PHASE2", "PHASE1"],
        "designInfo": {
            "allocation": "NA",
            "interventionModel": "SINGLE_GROUP",
            "primaryPurpose": "TREATMENT",
            "maskingInfo": {"masking": "QUADRUPLE"},
        },
        "enrollmentInfo": {"count": 106, "type": "ESTIMATED"},
    },
    "armsInterventionsModule": {
        "armGroups": [{"label": "XELOX: all", "description": "Every 21 days"}],
        "interventions": [{"type": "DRUG", "name": "Thalidomide"}, {"type": "MAGIC", "name": "Water"}],
    },
    "outcomesModule": {"primaryOutcomes": [{"measure": "Progression-free survival"}]},
    "eligibilityModule": {
        "eligibilityCriteria": CRITERIA,
        "healthyVolunteers": False,
        "sex": "ALL",
        "minimumAge": "18 Years",
    },
}


def write(folder: Path, section: Any) -> Path:
    path = folder / "record.json"
    path.write_text(json.dumps({"protocolSection": section}), encoding="utf-8")
    return path


def test_a_draft_holds_what_the_record_says(tmp_path):
    draft = draft_protocol(read_record(write(tmp_path, RECORD)))
    assert draft.title == "A Trial"
    assert yaml.safe_load(draft.text.replace(": N\n", ": 'N'\n")) == {
        "inclusion": {
            "INC01": "Aged 18 to 75 years.",
            "INC02": "Measurable lesions: by RECIST 1.1 heart rate > 50",
        },
        "exclusion": {"EXC01": "Pregnant or lactating."},
        "summary": {
            "AGEMAX": {"null_flavor": "PINF"},
            "AGEMIN": "P18Y",
            "HLTSUBJI": "N",
            "INDIC": "Gastric Cancer",
            "INTMODEL": "SINGLE GROUP",
            "INTTYPE": "DRUG",
            "OUTMSPRI": "Progression-free survival",
            "PLANSUB": 106,
            "RANDOM": "N",
            "REGID": [{"value": "NCT1", "reference": "ClinicalTrials.gov"}, "S-1"],
            "SEXPOP": "BOTH",
            "SPONSOR": "A University",
            "STYPE": "INTERVENTIONAL",
            "TINDTP": "TREATMENT",
            "TPHASE": "PHASE I/II TRIAL",
            "TRT": ["THALIDOMIDE", "WATER"],
        },
    }
    assert (
        "#   ARM1: {name: 'XELOX: all', path: [{element: SCRN, epoch: SCREENING}]}\n#     Every 21 days\n" in draft.text
    )


def test_what_is_not_placed_is_listed(tmp_path):
    assert draft_protocol(read_record(write(tmp_path, RECORD))).left == (
        ("designModule.designInfo.maskingInfo.masking", "QUADRUPLE"),
        ("armsInterventionsModule.interventions.type", "MAGIC"),
        ("statusModule.overallStatus", "COMPLETED"),
        ("sponsorCollaboratorsModule.leadSponsor.class", "OTHER"),
    )


def test_criteria_without_a_heading_are_not_placed():
    assert split_criteria("Adults only.\n\nInclusion Criteria:\n- Well") == {
        "": ["Adults only."],
        "inclusion": ["Well"],
    }


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("**Inclusion Criteria**", {"inclusion": ["Well"]}),
        ("Main exclusion criteria:", {"exclusion": ["Well"]}),
        ("Exclusion:", {"exclusion": ["Well"]}),
        (
            "Inclusion Criteria (Cohort 1):",
            {"inclusion": ["Well"], "": ["Inclusion Criteria (Cohort 1):"]},
        ),
        ("Exclusion Criteria for Part B", {"exclusion": ["Well"], "": ["Exclusion Criteria for Part B"]}),
        ("Exclusion criteria apply to nobody.", {"": ["Exclusion criteria apply to nobody.", "Well"]}),
    ],
)
def test_headings_of_criteria(line, found):
    assert split_criteria(f"{line}\n\n* Well") == found


OBSERVATIONAL: dict[str, Any] = {
    "identificationModule": {
        "nctId": "NCT2",
        "briefTitle": "A Registry",
        "secondaryIdInfos": [{"id": "E-1", "type": "EUDRACT_NUMBER"}, "stray"],
    },
    "conditionsModule": {"conditions": "Gastric Cancer"},
    "designModule": {
        "studyType": "OBSERVATIONAL",
        "phases": "PHASE1",
        "designInfo": {"observationalModel": "COHORT", "timePerspective": "OTHER"},
        "enrollmentInfo": {"count": "many"},
    },
    "armsInterventionsModule": {
        "armGroups": [{"label": "Cohort A"}, {"label": "Cohort B", "interventionNames": ["Drug: Old"]}],
        "interventions": [
            {"type": "DRUG", "name": "Old", "description": "as usual", "armGroupLabels": ["Cohort B"]},
            {"type": "OTHER", "name": "Scan", "description": "as usual"},
        ],
    },
    "outcomesModule": {"primaryOutcomes": [{"measure": "Survival", "timeFrame": "2 years"}]},
    "eligibilityModule": {
        "sex": True,
        "healthyVolunteers": "no",
        "maximumAge": "N/A",
        "studyPopulation": "Adults\nof one region",
        "samplingMethod": "NON_PROBABILITY_SAMPLE",
    },
}


def test_of_an_observational_study_with_gaps_and_odd_values_everything_is_placed_or_listed(tmp_path):
    path = tmp_path / "record.json"
    path.write_text(
        json.dumps({"hasResults": False, "protocolSection": OBSERVATIONAL, "derivedSection": {}}), encoding="utf-8"
    )
    draft = draft_protocol(read_record(path))
    assert yaml.safe_load(draft.text) == {
        "summary": {
            "INTTYPE": "DRUG",
            "OBSMODEL": "COHORT",
            "OBSTPOPD": "Adults of one region",
            "OBSTSMM": "NON-PROBABILITY SAMPLE",
            "OUTMSPRI": "Survival",
            "REGID": [{"value": "NCT2", "reference": "ClinicalTrials.gov"}, "E-1"],
            "STYPE": "OBSERVATIONAL",
            "TRT": ["OLD", "SCAN"],
        }
    }
    assert "#   ARM2: {name: Cohort B, path: [{element: SCRN, epoch: SCREENING}]}\n" in draft.text
    assert draft.left == (
        ("designModule.designInfo.timePerspective", "OTHER"),
        ("eligibilityModule.maximumAge", "N/A"),
        ("armsInterventionsModule.interventions.type", "OTHER"),
        ("identificationModule.secondaryIdInfos.type", "EUDRACT_NUMBER"),
        ("identificationModule.secondaryIdInfos", "stray"),
        ("conditionsModule.conditions", "Gastric Cancer"),
        ("designModule.phases", "PHASE1"),
        ("designModule.enrollmentInfo.count", "many"),
        ("armsInterventionsModule.armGroups.interventionNames", "Drug: Old"),
        ("armsInterventionsModule.interventions.description", "as usual"),
        ("armsInterventionsModule.interventions.armGroupLabels", "Cohort B"),
        ("outcomesModule.primaryOutcomes.timeFrame", "2 years"),
        ("eligibilityModule.sex", "True"),
        ("eligibilityModule.healthyVolunteers", "no"),
        ("hasResults", "not part of the protocol section"),
        ("derivedSection", "not part of the protocol section"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{",
            "REG002 the file is not JSON: line 1: Expecting property name enclosed in double quotes "
            "(save the record as JSON)",
        ),
        ("[" * 100_000, "REG002 the file is not JSON: nested too deeply (save the record as JSON)"),
        (
            '{"FullStudiesResponse": {}}',
            "REG003 there is no 'protocolSection': this is a record of an earlier version (take the JSON of one study "
            "from version 2 of the API of ClinicalTrials.gov)",
        ),
        (
            "[]",
            "REG003 there is no 'protocolSection': no record (take the JSON of one study from version 2 of the API of "
            "ClinicalTrials.gov)",
        ),
        (
            '{"studies": [{"protocolSection": {}}, {"protocolSection": {}}], "nextPageToken": "x"}',
            "REG003 there is no 'protocolSection': this is a list of 2 studies (take the JSON of one study from "
            "version 2 of the API of ClinicalTrials.gov)",
        ),
    ],
    ids=["json", "deep", "older", "other", "list"],
)
def test_what_is_no_record(tmp_path, text, message):
    path = tmp_path / "record.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as error:
        read_record(path, "record.json")
    assert [str(problem) for problem in error.value.problems] == [f"record.json: {message}"]


def test_public_records_are_drafted():
    for path in sorted(reference_file("samples", "ctgov").glob("*.json")):
        draft = draft_protocol(read_record(path))
        assert yaml.safe_load(draft.text)["summary"]["REGID"]
        assert draft.left
