"""JSON Schema of the mapping language: it takes what ships, refuses misspelt keys as lint does, and completes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from studies import edit, write_tiny_study

from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.schema import describe_mapping
from cdisc_conv.resources import shipped
from cdisc_conv.spec.schema.words import KEYS
from cdisc_conv.spec.yaml.nodes import read_yaml
from cdisc_conv.spec.yaml.shapes.every import DOCUMENTS

MAPPINGS = shipped("mappings")
FILES = sorted(MAPPINGS.rglob("*.yaml"))
SCHEMA = describe_mapping()


def find_errors(schema: dict[str, Any], path: Path) -> list[str]:
    """What the schema refuses in a file, the deepest reasons."""
    return [error.message for error in Draft7Validator(schema).iter_errors(read_yaml(path).plain())]


def follow(schema: dict[str, Any], *steps: str) -> Any:
    """The part of a schema at some keys, references followed."""
    node: Any = schema
    for step in steps:
        node = node[step]
        while "$ref" in node:
            node = schema["definitions"][node["$ref"].removeprefix("#/definitions/")]
    return node


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(MAPPINGS).as_posix())
def test_every_file_that_ships_is_taken(path: Path) -> None:
    assert find_errors(SCHEMA, path) == []


@pytest.mark.parametrize("study", ["hope2021_thal_agc", "cdiscpilot01"])
def test_the_schema_of_a_study_takes_its_files(study: str) -> None:
    schema = describe_mapping(study)
    Draft7Validator.check_schema(schema)
    found = {path.name: find_errors(schema, path) for path in sorted((MAPPINGS / study).rglob("*.yaml"))}
    assert {name: errors for name, errors in found.items() if errors} == {}


MISSPELT = [
    ("sdtm/ae.yaml", "records:\n", "recrods:\n"),
    ("sdtm/ae.yaml", "keys: [", "key: ["),
    ("sdtm/ae.yaml", "  - form: ae\n", "  - frm: ae\n"),
    ("sdtm/ae.yaml", "    where: AEYN", "    were: AEYN"),
    ("sdtm/ae.yaml", "AETERM:   {copy: AETERM}", "AETERM:   {cpoy: AETERM}"),
    ("sdtm/ae.yaml", "AESTDTC:  {datetime: AESTDAT}", "AESTDTC:  {datetime: {date: AESTDAT, tiem: AESTTIM}}"),
    ("sdtm/ae.yaml", "AESTDTC:  {datetime: AESTDAT}", "AESTDTC:  {cases: [{wen: 'AESER == \"Y\"', copy: AESTDAT}]}"),
    ("sdtm/ae.yaml", "label: Remark}", "lable: Remark}"),
    ("sdtm/dm.yaml", "SEX:      {term: SEX}", "SEX:      {term: {value: SEX, mpa: {X: M}}}"),
    ("forms.yaml", "    file: dm.csv\n", "    fiel: dm.csv\n"),
    ("forms.yaml", "unit: years", "unti: years"),
    ("forms.yaml", "key_columns:", "key_colunms:"),
    ("study.yaml", "title: A tiny", "titel: A tiny"),
    ("study.yaml", "subject: SUBJID", "subjct: SUBJID"),
    ("study.yaml", "sdtm_ct:", "sdmt_ct:"),
    ("study.yaml", "variables:\n", "settings: {date_formatts: [DD-MON-YYYY]}\nvariables:\n"),
    ("study.yaml", "variables:\n", "define: {descriptoin: A study}\nvariables:\n"),
]


@pytest.mark.parametrize(("file", "old", "new"), MISSPELT)
def test_keys_that_lint_refuses_are_refused(tmp_path: Path, file: str, old: str, new: str) -> None:
    study = write_tiny_study(tmp_path)
    assert find_errors(SCHEMA, study / file) == []
    edit(study / file, old, new)
    assert {problem.code for problem in lint_whole(study)[1]} & {"SPEC001", "SPEC202", "SPEC003", "PKG020"} != set()
    assert find_errors(SCHEMA, study / file) != []


def test_a_variable_that_the_standard_does_not_have(tmp_path: Path) -> None:
    study = write_tiny_study(tmp_path)
    schema = describe_mapping(study)
    assert find_errors(schema, study / "sdtm" / "ae.yaml") == []
    edit(study / "sdtm" / "ae.yaml", "AEDECOD:", "AEDECODE:")
    assert find_errors(schema, study / "sdtm" / "ae.yaml") == [
        "Additional properties are not allowed ('AEDECODE' was unexpected)"
    ]


def test_variables_columns_and_terms_are_completed(tmp_path: Path) -> None:
    schema = describe_mapping(write_tiny_study(tmp_path))
    definitions = schema["definitions"]
    severity = follow(schema, "definitions", "AE", "properties", "variables", "properties", "AESEV")
    assert severity["description"] == "Severity/Intensity (Perm, text)"
    assert severity["allOf"] == [{"$ref": "#/definitions/AE.entry"}, {"$ref": "#/definitions/terms.C66769"}]
    terms = definitions["terms.C66769"]["properties"]["constant"]["anyOf"][0]["anyOf"][0]["enum"]
    assert terms == ["MILD", "MODERATE", "SEVERE"]
    columns = definitions["AE.columns"]["anyOf"][0]["enum"]
    assert columns[:7] == ["SUBJID", "VISIT", "AEYN", "AETERM", "AESTDAT", "AESER", "AENOTE"]
    assert "DM.RFSTDTC" in columns
    assert definitions["AE.entry"]["properties"]["copy"]["anyOf"] == [{"$ref": "#/definitions/AE.columns"}]
    assert definitions["BlockDocument"]["properties"]["form"]["allOf"][1]["anyOf"][0]["enum"] == ["dm", "ae"]


def test_a_derivation_has_its_words_and_an_example() -> None:
    entry = SCHEMA["definitions"]["entry"]["properties"]
    assert entry["study_day"]["description"] == (
        "The study day of a date: 1 on the reference date, -1 on the day before. There is no day 0."
    )
    assert entry["study_day"]["examples"] == ["AESTDTC"]
    assert SCHEMA["definitions"]["StudyDay"]["properties"]["reference"]["description"] == (
        "the variable with the date of day 1"
    )


def test_every_key_has_its_words() -> None:
    missing = {
        f"{model.__name__}.{info.alias or name}"
        for model in DOCUMENTS.values()
        for name, info in model.model_fields.items()
        if not any((info.alias or name) in KEYS.get(base.__name__, {}) for base in model.__mro__)
    }
    assert missing == set()


def test_the_command_writes_a_file(cli_in: Any, tmp_path: Path) -> None:
    result = cli_in("schema", "tiny", "--out", "schema.json")
    assert (result.exit_code, result.stdout) == (
        0,
        "schema.json written; first line of a mapping beside it: # yaml-language-server: $schema=schema.json\n",
    )
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))["title"] == (
        "A file of a cdisc-conv mapping"
    )
    assert cli_in("schema", "nowhere").exit_code == 2


@pytest.fixture
def cli_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    from typer.testing import CliRunner

    from cdisc_conv.cli import app

    write_tiny_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))
