"""Layers: a file that extends another overrides it key by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.layers import merge_layers, read_layers
from cdisc_conv.spec.yaml_nodes import read_yaml_text


def merged(lower: str, upper: str) -> object:
    return merge_layers(read_yaml_text(lower), read_yaml_text(upper)).plain()


def test_an_upper_derivation_replaces_the_lower_one_whole() -> None:
    lower = "variables: {AETERM: {copy: AETERM, label: Term}, AESEV: {term: AESEV}}"
    upper = "variables: {AETERM: {constant: X}}"
    assert merged(lower, upper) == {"variables": {"AETERM": {"constant": "X"}, "AESEV": {"term": "AESEV"}}}


def test_attributes_alone_are_added_to_the_lower_entry() -> None:
    lower = "variables: {AETERM: {copy: AETERM}}"
    upper = "variables: {AETERM: {comment: As reported.}}"
    assert merged(lower, upper) == {"variables": {"AETERM": {"copy": "AETERM", "comment": "As reported."}}}


def test_a_key_set_to_nothing_takes_the_lower_entry_away() -> None:
    assert merged("variables: {A: {copy: A}, B: {copy: B}}", "variables: {A:}") == {"variables": {"B": {"copy": "B"}}}


def test_lists_are_replaced() -> None:
    assert merged("records: [{form: a}]", "records: [{form: b}]") == {"records": [{"form": "b"}]}


def test_values_keep_the_file_they_came_from(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("dataset: AE\nvariables:\n  A: {copy: A}\n", encoding="utf-8")
    (tmp_path / "ae.yaml").write_text("extends: base\nvariables:\n\n  B: {copy: B}\n", encoding="utf-8")
    node = read_layers(tmp_path / "ae.yaml", lambda name: tmp_path / f"{name}.yaml", lambda path: path.name)
    assert node.plain() == {"dataset": "AE", "variables": {"A": {"copy": "A"}, "B": {"copy": "B"}}}
    assert str(node.at(("variables", "A")).place) == "base.yaml:3"
    assert str(node.at(("variables", "B")).place) == "ae.yaml:4"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": "extends: b"}, "a.yaml:1: SPEC102 there is no mapping 'b' to extend"),
        (
            {"a": "extends: b", "b": "extends: a"},
            "b.yaml:1: SPEC103 mapping files extend each other in a circle: a.yaml -> b.yaml -> a.yaml",
        ),
        ({"a": "- x"}, "a.yaml:1: SPEC101 a mapping file holds 'key: value' lines"),
    ],
)
def test_what_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    def find(name: str) -> Path | None:
        path = tmp_path / f"{name}.yaml"
        return path if path.is_file() else None

    with pytest.raises(ProblemsError) as caught:
        read_layers(tmp_path / "a.yaml", find, lambda path: path.name)
    assert str(caught.value) == message
