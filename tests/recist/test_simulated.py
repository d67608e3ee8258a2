"""The shipped study: two programs that know nothing of each other apply the same rules to the same lesions.

The simulator draws lesions and derives responses from them before they become forms; the check reads them back from TU
and TR. Where the simulated investigator always follows the rules, nothing may be found.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cdisc_conv.engine.convert import convert
from cdisc_conv.recist import check_responses
from cdisc_conv.resources import shipped
from cdisc_conv.simulate.study import write_exports
from cdisc_conv.spec.load import load_study

STUDY = "hope2021_thal_agc"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped study without analysis datasets, with an investigator who never slips, and its export."""
    folder = tmp_path_factory.mktemp("study") / STUDY
    shutil.copytree(shipped("mappings") / STUDY, folder, ignore=shutil.ignore_patterns("adam"))
    simulation = folder / "simulation.yaml"
    text, changed = re.subn(r"response_disagrees: [\d.]+", "response_disagrees: 0", simulation.read_text("utf-8"))
    assert changed == 1
    simulation.write_text(text, encoding="utf-8")
    write_exports(folder, 120, 3, folder / "raw")
    return folder


def test_there_is_no_false_alarm(folder: Path) -> None:
    study, _ = load_study(folder)
    conversion = convert(study, folder / "raw", ["TU", "TR", "RS"])
    checks, problems = check_responses(conversion.datasets)
    assert [str(problem) for problem in problems] == []
    # Without lesions and responses of every kind the test would prove little.
    states = {"measured", "too small", "absent", "merged", "not assessed", "progression", "new"}
    compared = {str(check.evaluator): check.compared for check in checks}
    assert {name for name, count in compared.items() if count > 200} == {
        "INDEPENDENT ASSESSOR RADIOLOGIST 1",
        "INDEPENDENT ASSESSOR RADIOLOGIST 2",
        "INVESTIGATOR",
    }
    for check in checks:
        assert states <= set(check.lesions["state"])
        assert {"PR", "SD", "PD", "NE"} <= set(check.assessments["overall"])
        assert any(lesion.endswith("T01.1") for lesion in check.lesions["lesion"])
    assert "CR" in {overall for check in checks for overall in check.assessments["overall"]}
    assert "equivocal" in set(checks[-1].lesions["state"])
