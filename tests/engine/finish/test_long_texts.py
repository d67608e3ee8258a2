"""Texts over 200 bytes go where the implementation guide puts them."""

from __future__ import annotations

LONG = " ".join(["criterion"] * 30)
"""299 bytes."""
IE = """\
keys: [USUBJID, IETESTCD]
records:
  - form: ie
variables:
  IETESTCD: {copy: CODE}
  IETEST: {split: TEXT}
"""


def test_a_criterion_is_shortened_and_its_text_in_full_is_in_the_codelist(lab, dataset, records):
    run = lab.convert({"ie": {"SUBJID": ["1", "1"], "CODE": ["INC01", "INC02"], "TEXT": [LONG, "Adult"]}}, {"IE": IE})
    shortened = " ".join(["criterion"] * 19) + " ..."
    assert records(run, "IE", "IETEST") == [(shortened,), ("Adult",)]
    found = dataset(run, "IE")
    codelist = found.column("IETESTCD").item.codelist
    assert codelist is not None
    assert [(term.value, term.decode) for term in codelist.terms] == [("INC01", LONG), ("INC02", "Adult")]
    comment = found.column("IETEST").item.comment
    assert comment == (
        'The value of the field "Field TEXT" (TEXT) of form Form ie. A text of more than 200 bytes is shortened '
        'between words and ends in "..."; the decode of IE.IETESTCD is the text in full.'
    )
    assert [one.name for one in run.datasets] == ["IE"]


def test_later_parts_of_comments_and_trial_summary_are_variables(lab, dataset):
    co = """\
keys: [USUBJID, COVAL]
records:
  - form: co
variables:
  COVAL: {split: TEXT}
"""
    run = lab.convert({"co": {"SUBJID": ["1", "2"], "TEXT": [LONG, "Short"]}}, {"CO": co})
    found = dataset(run, "CO")
    assert [one.name for one in run.datasets] == ["CO"]
    names = [name for name in found.frame.columns if name.startswith("COVAL")]
    assert names == ["COVAL", "COVAL1"]
    texts = found.frame.sort_values("USUBJID")[names].agg(" ".join, axis=1).tolist()
    assert [text.strip() for text in texts] == [LONG, "Short"]
    assert found.column("COVAL1").label == "Comment 1"
    assert all(len(text.encode()) <= 200 for name in names for text in found.frame[name])
    assert found.column("COVAL").item.comment.endswith(
        "COVAL holds the first part; the rest is in COVAL1, COVAL2, COVAL3, COVAL4."
    )
