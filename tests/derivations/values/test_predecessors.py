"""predecessor."""

from __future__ import annotations

from cdisc_conv.dataset import OriginType
from tests.derivations.rows import FakeRows, FakeWords, derive, make, method


def test_values_are_taken_over_unchanged() -> None:
    assert derive(FakeRows({"ADSL.TRTSDT": [22645, None]}), predecessor="ADSL.TRTSDT") == [22645.0, None]
    assert derive(FakeRows({"AE.AETERM": [" Rash", ""]}), predecessor="AE.AETERM") == [" Rash", ""]


def test_the_origin_names_the_variable() -> None:
    made = make(predecessor="ADSL.TRTSDT")
    assert made.actual_origin() is OriginType.PREDECESSOR
    assert made.reads() == ("ADSL.TRTSDT",)


def test_a_predecessor_has_no_method_of_its_own() -> None:
    assert method(predecessor="ADSL.TRTSDT") == ""
    assert make(predecessor="ADSL.TRTSDT").sentence(FakeWords()) == "The value of ADSL.TRTSDT."
