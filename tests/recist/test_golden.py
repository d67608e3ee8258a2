"""The public oncology data: three evaluators, responses in RS for 22 assessments each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from golden_data import golden_folder, read_golden

from cdisc_conv.recist import RecistSettings, check_responses

READERS = ("RADIOLOGIST 1", "RADIOLOGIST 2")


@pytest.fixture(scope="module")
def datasets() -> Mapping[str, pd.DataFrame]:
    folder = golden_folder() / "sdtm"
    return {name: read_golden(folder / f"{name.lower()}_onco_recist.csv") for name in ("TU", "TR", "RS")}


def test_every_response_of_the_investigator_follows_from_the_measurements(
    datasets: Mapping[str, pd.DataFrame],
) -> None:
    (result,), problems = check_responses(datasets, RecistSettings(evaluator="INVESTIGATOR"))
    assert problems == ()
    assert result.compared == 22
    counts = result.assessments["overall"].value_counts().to_dict()
    assert counts == {"": 8, "SD": 7, "PR": 4, "CR": 3, "NON-CR/NON-PD": 3, "PD": 3, "NE": 2}


def test_independent_readers(datasets: Mapping[str, pd.DataFrame]) -> None:
    found = {}
    for reader in READERS:
        settings = RecistSettings(evaluator="INDEPENDENT ASSESSOR", evaluator_id=reader)
        (result,), problems = check_responses(datasets, settings)
        assert result.compared == 22
        found[reader] = [problem.message for problem in problems]
    assert found["RADIOLOGIST 1"] == []
    # 4.95 mm are no 5 mm over nadir, but the lesion had been gone at a complete response.
    assert found["RADIOLOGIST 2"] == [
        "subject 01-701-1133, WEEK 9 (2012-12-30): the overall response is recorded as PR, the measurements give PD: "
        "table 1 row 7 (target PD, new lesions N); sum 4.95 mm; -91.7 % from baseline 59.54 mm; (+4.95 mm) from nadir "
        "0 mm; a lesion is there again after complete response; T01 4.95 mm, T02 0 mm, T03 0 mm"
    ]


def test_everyone_at_once_and_who_was_accepted(datasets: Mapping[str, pd.DataFrame]) -> None:
    checks, problems = check_responses(datasets)
    assert [(str(check.evaluator), check.compared, check.agreeing, check.accepted) for check in checks] == [
        ("INDEPENDENT ASSESSOR RADIOLOGIST 1", 22, 22, 11),
        ("INDEPENDENT ASSESSOR RADIOLOGIST 2", 22, 21, 11),
        ("INVESTIGATOR", 22, 22, 0),
    ]
    assert [problem.code for problem in problems] == ["RECIST004"]
    assert problems[0].message.startswith(
        "INDEPENDENT ASSESSOR RADIOLOGIST 2: subject 01-701-1133, WEEK 9 (2012-12-30): the overall response"
    )


@pytest.mark.parametrize("reader", READERS)
def test_by_sums_alone_every_reader_agrees(datasets: Mapping[str, pd.DataFrame], reader: str) -> None:
    settings = RecistSettings(evaluator="INDEPENDENT ASSESSOR", evaluator_id=reader, reappearance_is_progression=False)
    assert check_responses(datasets, settings)[1] == ()
