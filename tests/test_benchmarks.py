"""The benchmarks' own logic: figures and targets, and programs by hand that make the records that ours makes."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks import by_hand
from benchmarks.__main__ import describe, main, read_found
from benchmarks.figures import Figure, Skipped, draw_table, split_installed
from benchmarks.mapping import compare_records

AE = {
    "PATNUM": ["701-1", "701-1", "702-9", "701-1"],
    "IT.AETERM": ["Rash", "Headache", "Rash", "Nausea"],
    "AEDECOD": ["RASH", "HEADACHE", "RASH", "NAUSEA"],
    "AEPTCD": ["10037844", "", "10037844", ""],
    "IT.AESEV": ["Mild Adverse Event", "Severe Adverse Event", "", "Moderate Adverse Event"],
    "IT.AEREL": ["Remote", "", "Not Related", "Probably Related"],
    "AEOUTCOME": ["Recovered/Resolved", "Fatal", "", "Not Recovered/not Resolved"],
    "IT.AESER": ["No", "Yes", "", "No"],
    "AEDTCOL": ["01/16/2014", "01/16/2014", "02/01/2014", "01/02/2014"],
    "IT.AESTDAT": ["01/03/2014", "2014", "", "01/01/2014"],
    "IT.AEENDAT": ["", "01/05/2014", "", "01/01/2014"],
    "IT.AEACN": ["Drug Withdrawn", "", "", ""],
}
ANSWERS = ("AESCAN", "AESCNO", "AEDIS", "IT.AESDTH", "IT.AESHOSP", "IT.AESLIFE", "AESOD")
WORDS = ("AELLT", "AEHLT", "AEHLGT", "AEBODSYS", "AESOC")
CODES = ("AELLTCD", "AEHLTCD", "AEHLGTCD", "AEBDSYCD", "AESOCCD")
DM = {"PATNUM": ["701-1", "702-9"]}
EC = {"PATNUM": ["701-1", "701-1"], "IT.ECSTDAT": ["16-Jan-2014", "02-Jan-2014"], "DRUGAD": ["PLACEBO", "PLACEBO"]}


@pytest.mark.parametrize(
    ("figure", "ratio", "met"),
    [
        (Figure("read", 2.0, "polars", 3.0, least=1.5), 1.5, True),
        (Figure("read", 2.0, "polars", 2.9, least=1.5), 1.45, False),
        (Figure("lint", 0.8, most=0.8), None, True),
        (Figure("lint", 0.81, most=0.8), None, False),
        (Figure("read", 2.0, "pandas", 1.0), 0.5, None),
    ],
)
def test_a_figure_knows_its_ratio_and_whether_it_meets_its_target(figure, ratio, met):
    assert (figure.ratio, figure.met) == (ratio, met)


def test_the_table_lists_what_was_skipped_last():
    found = [("compare", Skipped("datacompy", "not installed")), ("run", Figure("lint", 0.5, most=0.8))]
    assert draw_table(found).splitlines() == [
        "benchmark  what  ours    beside  theirs  ratio  target",
        "run        lint  0.50 s                         at most 0.8 s met",
        "skipped: compare, datacompy: not installed",
    ]


def test_the_json_holds_ratios_and_is_read_back():
    figure, skipped = Figure("read", 2.0, "polars", 3.0, least=1.5), Skipped("datacompy", "not installed")
    data = describe([("xpt", figure), ("compare", skipped)], quick=True)
    assert data["quick"] is True
    assert data["figures"] == [
        {
            "benchmark": "xpt",
            "what": "read",
            "ours": 2.0,
            "beside": "polars",
            "theirs": 3.0,
            "least": 1.5,
            "most": None,
            "unit": "s",
            "ratio": 1.5,
            "met": True,
        }
    ]
    assert data["skipped"] == [{"benchmark": "compare", "what": "datacompy", "why": "not installed"}]
    assert read_found(figure.as_dict()) == figure
    assert read_found({"skipped": "datacompy", "why": "not installed"}) == skipped


def test_modules_that_are_not_installed_are_skipped():
    assert split_installed(["json", "no_such_module"]) == (
        ["json"],
        [Skipped("no_such_module", "not installed; pip install cdisc-conv[benchmark]")],
    )


def test_a_benchmark_that_does_not_exist(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["benchmarks", "speed"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "there is no benchmark speed; there are run, growth, mapping" in capsys.readouterr().err


def test_programs_by_hand_make_our_records():
    pytest.importorskip("polars")
    others = {**dict.fromkeys(ANSWERS, "No"), **dict.fromkeys(WORDS, "Skin"), **dict.fromkeys(CODES, "100")}
    forms = {
        "ae": pd.DataFrame({**AE, **{name: [first, "", "", ""] for name, first in others.items()}}, dtype="str"),
        "dm": pd.DataFrame(DM, dtype="str"),
        "ec": pd.DataFrame(EC, dtype="str"),
    }
    made, qualifiers = by_hand.map_with_pandas(forms["ae"], forms["dm"], forms["ec"])
    assert made["AESTDY"].fillna(0).tolist() == [0.0, -1.0, 2.0, 0.0]
    assert qualifiers["QVAL"].tolist() == ["N", "N", "Y", "N"]
    compare_records(forms, with_polars=True)
