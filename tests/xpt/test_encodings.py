"""Text beyond ASCII in a transport file: lengths in bytes of the encoding, nothing written that does not come back."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.xpt import XptError, XptVariable, read_xpt, write_xpt
from cdisc_conv.xpt.encodings import ENCODINGS, cut, list_unwritable, measure

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs"])


def write(path, texts, encoding, length=200, label="发热"):
    frame = pd.DataFrame({"AETERM": pd.Series(texts, dtype="str")})
    variables = [XptVariable("AETERM", label, numeric=False, length=length)]
    write_xpt(frame, path, name="AE", label=label, variables=variables, encoding=encoding)


@pytest.mark.parametrize(("encoding", "size"), [("utf-8", 6), ("gb18030", 4), ("cp932", 4)])
def test_values_and_labels_come_back(tmp_path, encoding, size):
    texts = ["発熱", "", "Feb", "発熱 ", "a発"]
    write(tmp_path / "ae.xpt", texts, encoding, size, label="発熱")
    read = read_xpt(tmp_path / "ae.xpt", encoding=encoding)
    assert read.frame["AETERM"].tolist() == ["発熱", "", "Feb", "発熱", "a発"]
    assert (read.label, read.variables[0].label, read.variables[0].length) == ("発熱", "発熱", size)


def test_bytes_of_the_encoding_are_what_a_length_counts(tmp_path):
    write(tmp_path / "ae.xpt", ["发热"], "gb18030", 4)
    assert "发热".encode("gb18030") in (tmp_path / "ae.xpt").read_bytes()
    with pytest.raises(XptError) as caught:
        write(tmp_path / "ae.xpt", ["发热"], "utf-8", 4)
    assert [str(one) for one in caught.value.problems] == [
        "AE.AETERM row 1: XPT010 1 value is longer than the declared length of 4 bytes; the longest has 6: '发热' "
        "(declare a length of 6 or shorten the values)"
    ]


def test_labels_of_more_than_40_bytes(tmp_path):
    label = "不良事件" * 4
    with pytest.raises(XptError) as caught:
        write(tmp_path / "ae.xpt", ["x"], "utf-8", label=label)
    assert str(caught.value.problems[0]) == (
        f"AE: XPT003 the dataset label has 48 bytes: '{label}' (shorten it to 40 bytes)"
    )
    write(tmp_path / "ae.xpt", ["x"], "gb18030", label=label)


def test_what_an_encoding_cannot_hold_is_refused(tmp_path):
    with pytest.raises(XptError) as caught:
        write(tmp_path / "ae.xpt", ["発熱", "¥5 头", "a\tb"], "cp932", label="")
    assert [str(one) for one in caught.value.problems] == [
        "AE.AETERM rows 2, 3: XPT011 2 values have characters that CP932 cannot hold: first '¥' (U+00A5) in row 2, "
        "'头' (U+5934) in row 2, U+0009 in row 3 (replace them in the data or name them in the transliteration map)"
    ]


@given(st.lists(st.text(LETTERS, max_size=20), min_size=1, max_size=6), st.sampled_from(sorted(ENCODINGS.values())))
def test_every_cell_comes_back(tmp_path_factory, texts, encoding):
    texts = [text for text in texts if not list_unwritable(text, encoding)] + ["end"]
    path = tmp_path_factory.mktemp("xpt") / "ae.xpt"
    write(path, texts, encoding, label="")
    assert read_xpt(path, encoding=encoding).frame["AETERM"].tolist() == [text.rstrip(" ") for text in texts]


@given(st.text(LETTERS, max_size=30), st.integers(0, 40), st.sampled_from(sorted(ENCODINGS.values())))
def test_a_cut_is_a_beginning_that_fits(text, size, encoding):
    text = "".join(letter for letter in text if not list_unwritable(letter, encoding))
    kept = cut(text, size, encoding)
    assert text.startswith(kept)
    assert measure(kept, encoding) <= size
    assert len(kept) == len(text) or measure(text[: len(kept) + 1], encoding) > size
