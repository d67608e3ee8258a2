"""The SARIF log keeps to the grammar of SARIF 2.1.0 (OASIS, errata 01): the objects and values that the log uses.

The schema here is written by hand from the standard, and is stricter: it allows nothing that the log does not need.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

import cdisc_conv as cc
from cdisc_conv.checks.output import write_reports
from cdisc_conv.cli import app

TEXT = {"type": "string", "minLength": 1}
LEVEL = {"enum": ["error", "warning", "note"]}


def closed(required: str, **properties: Any) -> dict[str, Any]:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


MESSAGE = closed("text", text=TEXT)
RULE = closed(
    "id",
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    defaultConfiguration=closed("level", level=LEVEL),
)
PLACE = closed(
    "artifactLocation",
    artifactLocation=closed("uri", uri={"type": "string", "pattern": r"^[A-Za-z0-9_.~/%-]+$"}),
    region=closed("startLine", startLine={"type": "integer", "minimum": 1}),
)
NAMES = {
    "type": "array",
    "minItems": 1,
    "items": closed("fullyQualifiedName", fullyQualifiedName={"type": "string", "pattern": r"^[A-Z0-9_]+(\.\w+)?$"}),
}
RESULT = closed(
    "ruleId ruleIndex level message occurrenceCount partialFingerprints locations",
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    occurrenceCount={"type": "integer", "minimum": 1},
    partialFingerprints=closed("findingKey/v1", **{"findingKey/v1": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}),
    locations={
        "type": "array",
        "minItems": 1,
        "maxItems": 1,
        "items": closed("physicalLocation", physicalLocation=PLACE, logicalLocations=NAMES),
    },
    suppressions={
        "type": "array",
        "minItems": 1,
        "maxItems": 1,
        "items": closed("kind justification", kind={"enum": ["external"]}, justification=TEXT),
    },
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
)
DRIVER = closed(
    "name semanticVersion rules",
    name={"enum": ["cdisc-conv"]},
    semanticVersion={"type": "string", "pattern": r"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$"},
    rules={"type": "array", "uniqueItems": True, "items": RULE},
)
RUN = closed(
    "tool results columnKind",
    tool=closed("driver", driver=DRIVER),
    results={"type": "array", "items": RESULT},
    columnKind={"enum": ["unicodeCodePoints"]},
)
SCHEMA = closed(
    "$schema version runs",
    **{"$schema": TEXT, "version": {"enum": ["2.1.0"]}, "runs": {"type": "array", "minItems": 1, "items": RUN}},
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with findings of datasets, files, define.xml, the whole, one that is explained and a hostile name."""
    folder = tmp_path_factory.mktemp("sarif") / "package"
    folder.mkdir()
    (folder / "dm.csv").write_text("STUDYID,DOMAIN,USUBJID,SEX\nS,DM,01,Q\nS,DM,02,\n")
    (folder / "a e:#1.xpt").write_bytes(b"nothing of the kind")
    (folder / "define.xml").write_text("<ODM>\n<x>")
    (folder / "explanations.yaml").write_text(
        "explanations:\n  - {rule: CT001, dataset: DM, reason: the site has it on paper}\n"
    )
    return folder


def test_the_log_is_valid(package: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    for against in (None, earlier):
        result = cc.check(package, against=against)
        write_reports(result, {"sarif": tmp_path / "log.sarif", "json": earlier}, lambda step: None)
        log = json.loads((tmp_path / "log.sarif").read_text(encoding="utf-8"))
        jsonschema.validate(log, SCHEMA)
        (run,) = log["runs"]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert [rules[found["ruleIndex"]] for found in run["results"]] == [found["ruleId"] for found in run["results"]]
        assert len(run["results"]) == len(result.findings)
        states = {found.get("baselineState") for found in run["results"]}
        assert states == ({"unchanged"} if against else {None})


def test_what_is_gone_is_absent(package: Path, tmp_path: Path) -> None:
    write_reports(cc.check(package), {"json": tmp_path / "old.json"}, lambda step: None)
    (package / "a e:#1.xpt").unlink()
    log = tmp_path / "log.sarif"
    done = CliRunner().invoke(
        app, ["check", str(package), "--against", str(tmp_path / "old.json"), "--sarif", str(log)]
    )
    assert done.exit_code == 0, done.output
    said = json.loads(log.read_text(encoding="utf-8"))
    jsonschema.validate(said, SCHEMA)
    absent = [found["ruleId"] for found in said["runs"][0]["results"] if found["baselineState"] == "absent"]
    assert absent == ["XPT020"]
