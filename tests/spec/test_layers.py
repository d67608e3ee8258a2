"""Layers: a file that extends another overrides it key by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.yaml.layers import merge_layers, read_layers
from cdisc_conv.spec.yaml.nodes import read_yaml_text


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


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def read(folder: Path, files: dict[str, str]) -> object:
    write_files(folder, files)
    return read_layers(
        folder / "ae.yaml",
        lambda name: path if (path := folder / f"{name}.yaml").is_file() else None,
        lambda path: path.name,
    ).plain()


def test_of_several_layers_a_later_one_lies_over_the_earlier_ones(tmp_path: Path) -> None:
    files = {
        "ae": "extends: [first, second]\nlabel: Own",
        "first": "label: First\nstructure: First\ncomment: First",
        "second": "extends: third\nstructure: Second",
        "third": "comment: Third",
    }
    assert read(tmp_path, files) == {"label": "Own", "structure": "Second", "comment": "Third"}


def test_parameters_have_defaults_and_stand_in_texts_keys_and_for_whole_values(tmp_path: Path) -> None:
    base = """\
parameters: {form: ae, prefix: AE, units: {}, rows: '${prefix}TERM != ""'}
records: [{form: "${form}", where: "${rows}"}]
working: {"${prefix}UNIT": {map: {value: U, values: "${units}"}}}
"""
    made = read(tmp_path, {"ae": "extends: base\nwith: {form: adverse, units: {KG: kg}}", "base": base})
    assert made == {
        "records": [{"form": "adverse", "where": 'AETERM != ""'}],
        "working": {"AEUNIT": {"map": {"value": "U", "values": {"KG": "kg"}}}},
    }


def test_a_layer_in_between_passes_parameters_on_and_says_its_own(tmp_path: Path) -> None:
    files = {
        "ae": "extends: ours\nwith: {form: adverse}",
        "ours": "extends: base\nwith: {label: Ours}",
        "base": 'parameters: {form: ae, label:}\nlabel: "${label} of ${form}"',
    }
    assert read(tmp_path, files) == {"label": "Ours of adverse"}


def test_a_file_without_parameters_keeps_its_dollars(tmp_path: Path) -> None:
    assert read(tmp_path, {"ae": 'label: "${form}"'}) == {"label": "${form}"}


@pytest.mark.parametrize(
    ("ae", "base", "message"),
    [
        (
            "extends: base\nwith: {from: ae}",
            "parameters: {form: ae}",
            "ae.yaml:2: SPEC104 no layer takes a parameter 'from' (did you mean form?)",
        ),
        (
            "with: {form: ae}",
            "",
            "ae.yaml:1: SPEC104 'form' is for layers, and there is none (add 'extends')",
        ),
        (
            "extends: base",
            "parameters: {form:}",
            "base.yaml:1: SPEC104 the layer needs a value of its parameter 'form' (say 'with: {form: ...}')",
        ),
        (
            "extends: base\nwith: ae",
            "parameters: {form: ae}",
            "ae.yaml:2: SPEC104 'with' gives values to parameters of layers (such as {form: ae})",
        ),
        (
            "extends: base",
            'parameters: {form: ae}\nlabel: "${from}"',
            "base.yaml:2: SPEC105 the layer has no parameter 'from' (did you mean form?)",
        ),
    ],
)
def test_parameters_that_are_refused(tmp_path: Path, ae: str, base: str, message: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path, {"ae": ae, "base": base})
    assert str(caught.value) == message
