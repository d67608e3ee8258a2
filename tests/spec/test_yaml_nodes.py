"""YAML with places: what scalars become, and what is refused."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.yaml.nodes import read_yaml, read_yaml_text


def messages(text: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_yaml_text(text, "a.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("2025-03-28", "2025-03-28"),
        ("001", "001"),
        ("1:30", "1:30"),
        ("3.4", 3.4),
        ("-7", -7),
        ("0", 0),
        ("'7'", "7"),
        ("~", None),
        ("true", True),
        ("0x1F", "0x1F"),
    ],
)
def test_scalars_are_what_a_person_reads(text: str, expected: object) -> None:
    assert read_yaml_text(f"a: {text}").plain() == {"a": expected}


def test_every_value_knows_its_line() -> None:
    node = read_yaml_text("a:\n  b: 1\n  c:\n    - x\n    - y\n", "a.yaml")
    assert node.at(("a", "b")).line == 2
    assert node.at(("a", "c", 1)).line == 5
    assert str(node.at(("a", "c", 1)).problem("X001", "odd", "hint")) == "a.yaml:5: X001 odd (hint)"


def test_a_path_that_leads_nowhere_gives_the_deepest_node() -> None:
    assert read_yaml_text("a: {b: 1}").at(("a", "x", "y")).plain() == {"b": 1}


def test_all_repeated_keys_are_named() -> None:
    assert messages("a: 1\nb: 2\na: 3\nb: 4\n") == [
        "a.yaml:3: YAML003 'a' is there twice; the first is on line 1",
        "a.yaml:4: YAML003 'b' is there twice; the first is on line 2",
    ]


def test_a_syntax_error_names_the_line() -> None:
    assert messages("a: 1\nb: `x`\n") == [
        "a.yaml:2: YAML002 not valid YAML: found character '`' that cannot start any token (a text with ': ', '#', '`', "
        "'{' or a leading '*', '&', '!' or '%' needs quotes; indent with blanks, not tabs)"
    ]


def test_python_objects_are_not_made() -> None:
    assert read_yaml_text("a: !!python/object/apply:os.system ['echo']").plain() == {"a": ["echo"]}


def test_a_bomb_of_anchors_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert messages("\n".join(lines))[0].endswith(
        "YAML004 the file holds more than 200000 values or is nested deeper than 60 levels (are anchors repeated?)"
    )


def test_deep_nesting_is_refused() -> None:
    assert "nested" in messages("[" * 5000)[0] or "YAML002" in messages("[" * 5000)[0]


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: caf\xe9\n")
    with pytest.raises(ProblemsError) as caught:
        read_yaml(path, "a.yaml")
    assert str(caught.value) == ("a.yaml: YAML001 the file is not UTF-8 text (byte 6 is 0xE9; save the file as UTF-8)")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"a\.yaml: YAML001 the file cannot be read: No such file or directory"):
        read_yaml(tmp_path / "a.yaml", "a.yaml")


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert read_yaml_text("# nothing\n").plain() == {}


def test_a_merge_key_takes_over_what_the_mapping_does_not_say() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\nc: {<<: [{x: 8}, *a], z: 4}\n"
    assert read_yaml_text(text).plain() == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 1, "y": 3},
        "c": {"x": 8, "y": 2, "z": 4},
    }


def test_a_merge_key_wants_a_mapping() -> None:
    assert messages("a: {<<: word}") == [
        "a.yaml:1: YAML002 '<<' takes over the entries of a mapping, such as <<: *anchor"
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    with pytest.raises(ProblemsError) as error:
        read_yaml(tmp_path / "a.yaml", "a.yaml")
    assert str(error.value) == "a.yaml: YAML001 this is not a plain file"
