"""split and split_part."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.derivations.values.long_text import split_text
from tests.derivations.rows import FakeRows, Report, derive, make, method


def test_a_text_is_cut_between_words() -> None:
    rows = FakeRows({"T": ["nausea after supper", "cough", ""]})
    split = {"text": "T", "size": 12}
    assert derive(rows, split=split) == ["nausea after", "cough", ""]
    assert derive(rows, split_part={**split, "number": 1}) == ["supper", "", ""]
    assert derive(rows, split_part={**split, "number": 2}) == ["", "", ""]


def test_bytes_count_and_characters_stay_whole() -> None:
    rows = FakeRows({"T": ["食欲减退 患者", "é" * 101]})
    assert derive(rows, split={"text": "T", "size": 12}) == ["食欲减退", "é" * 6]
    assert derive(rows, split="T") == ["食欲减退 患者", "é" * 100]
    assert derive(rows, split_part={"text": "T", "number": 1}) == ["", "é"]


def test_exactly_two_hundred_bytes_fit() -> None:
    rows = FakeRows({"T": ["a" * 200, " " + "a" * 200 + " "]})
    assert derive(rows, split="T") == ["a" * 200] * 2
    assert rows.reports == []


def test_a_text_that_does_not_fit_is_an_error() -> None:
    rows = FakeRows({"T": ["aa bb cc", "aa"]})
    assert derive(rows, split={"text": "T", "size": 2, "parts": 2}) == ["aa", "aa"]
    assert rows.reports == [
        Report(
            "SPLIT001",
            "a text of 8 bytes does not fit into 2 parts; its end is lost",
            [0],
            field="T",
            value="aa bb cc",
            hint="raise 'parts', at most 10, or have the text shortened at the source",
        )
    ]


def test_split_brings_its_qualifiers() -> None:
    brought = make(split={"text": "AETERM", "parts": 3}).supplemental("AETERM")
    assert {name: label for name, (label, _) in brought.items()} == {
        "AETERM1": "Continuation of AETERM 1",
        "AETERM2": "Continuation of AETERM 2",
    }
    assert brought["AETERM2"][1] == make(split_part={"text": "raw.AETERM", "number": 2})
    named = make(split={"text": "X", "parts": 2, "label": "Reported Term"}).supplemental("AEREASND")
    assert {name: label for name, (label, _) in named.items()} == {"AEREASN1": "Reported Term 1"}


def test_split_describes_itself() -> None:
    assert method(split="raw.AETERM") == (
        "The value of AETERM of form Adverse Events. A text of more than 200 bytes is cut between words: AEX holds the "
        "first part; the rest is in SUPPAE (AEX1, AEX2, AEX3, AEX4)."
    )
    assert method(split_part={"text": "raw.AETERM", "number": 1}) == (
        "Part 2 of AETERM of form Adverse Events, cut between words into parts of at most 200 bytes."
    )


@given(st.text(st.sampled_from("aé减 \t"), max_size=60), st.integers(4, 12))
def test_nothing_is_lost_and_no_part_is_too_long(text: str, size: int) -> None:
    parts = split_text(text, size)
    assert all(len(part.encode()) <= size for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.lists(st.text(st.sampled_from("aé减"), min_size=1, max_size=4), min_size=1))
def test_joined_with_blanks_the_parts_are_the_text(words: list[str]) -> None:
    assert " ".join(split_text(" ".join(words), 12)) == " ".join(words)
