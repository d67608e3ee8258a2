"""The large benchmark's own logic: records counted, growth fitted, the table written."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from benchmarks.growth import Cost, Watch, count_records, fit_growth
from benchmarks.growth_page import draw_page, write_page
from cdisc_conv.xpt import write_xpt


def cost(subjects: int, processor: float, memory: float = 1.0) -> Cost:
    return Cost(subjects, 2, 2, subjects / 50, subjects * 440, processor / 2, processor, memory, "2026-11-28")


def test_the_growth_of_times_that_follow_a_line():
    growth = fit_growth([cost(1_000, 15.0), cost(3_000, 35.0), cost(10_000, 105.0)])
    assert (round(growth.fixed, 6), round(growth.each, 6)) == (5.0, 0.01)


def test_the_exponent_of_times_that_follow_a_power():
    growth = fit_growth([cost(subjects, subjects**1.25) for subjects in (1_000, 3_000, 10_000)])
    assert round(growth.exponent, 6) == 1.25


def test_the_page_says_what_was_measured_and_what_was_not():
    lines = draw_page([cost(100, 8.0), cost(1_000, 20.0), cost(10_000, 200.0, 5.5)], "a machine")
    assert lines[0] == "Measured 2026-11-28 on a machine; 2 processes make the ranges."
    assert lines[5:8] == [
        "| 100 | 44,000 | 2.0 MB | 2 | 4 s | 8 s | 181.8 ms | 1.00 GiB |  |",
        "| 1,000 | 440,000 | 20.0 MB | 2 | 10 s | 20 s | 45.5 ms | 1.00 GiB "
        "| 10.0 x the subjects, 2.5 x the time, 1.0 x the memory |",
        "| 10,000 | 4,400,000 | 200.0 MB | 2 | 100 s | 200 s | 45.5 ms | 5.50 GiB "
        "| 10.0 x the subjects, 10.0 x the time, 5.5 x the memory |",
    ]
    assert lines[9:] == [
        "Processor time grows with the subjects to the power of 1.00 between 1,000 and 10,000 subjects.",
        "Whether it stays below the target of 1.05 up to 100,000 subjects is not shown by this. "
        "The line through these sizes is 0 s and 20.0 s for each 1,000 subjects.",
        "Memory grows by 0.50 GiB for each 1,000 subjects; "
        "pages that processes share count once. "
        "At that rate 6 GiB are reached at about 11,000 subjects, so the target for 100,000 would be missed.",
        "If it goes on like this, which is not measured:",
        "",
        "| | processor time | on 100 cores, a study on each |",
        "|---|---:|---:|",
        "| 1,000 studies of 1,000 subjects | 5.6 h | 3 min |",
        "| a billion records, in 2,273 studies of 1,000 subjects | 12.6 h | 8 min |",
        "| a billion records, in one study of 2,272,727 subjects | 12.6 h "
        "| reading, checks and writing are on one machine |",
        "",
        "**Not run:** 300, 3,000, 30,000, 100,000 subjects.",
    ]


def test_targets_are_judged_at_the_largest_size():
    lines = draw_page([cost(1_000, 20.0), cost(100_000, 3000.0, 6.5)], "a machine")
    assert lines[9].startswith("The target of 1.05 is missed. ")
    assert lines[-1] == "The target of 6 GiB is missed at 100,000 subjects."


def test_too_few_sizes_have_no_exponent():
    assert draw_page([cost(100, 8.0)], "a machine")[-2:] == [
        "The exponent is fitted over two sizes or more from 1,000 subjects on.",
        "**Not run:** 300, 1,000, 3,000, 10,000, 30,000, 100,000 subjects.",
    ]


def test_the_table_takes_its_place_in_the_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- growth -->\nold\n<!-- /growth -->\nafter\n")
    write_page([cost(100, 8.0)], page)
    text = page.read_text()
    assert text.startswith("before\n<!-- growth -->\nMeasured 2026-11-28 on ")
    assert text.endswith("**Not run:** 300, 1,000, 3,000, 10,000, 30,000, 100,000 subjects.\n<!-- /growth -->\nafter\n")
    page.write_text("nothing")
    with pytest.raises(ValueError, match=r"page\.md has no <!-- growth --> and <!-- /growth -->"):
        write_page([cost(100, 8.0)], page)


def test_records_are_counted_once(tmp_path):
    for folder in ("sdtm", "sdtm/split"):
        (tmp_path / folder).mkdir()
        write_xpt(pd.DataFrame({"AETERM": ["a", "b"]}), tmp_path / folder / "ae.xpt", name="AE")
    assert count_records(tmp_path) == 2


def test_the_memory_of_all_processes_is_watched():
    with Watch(os.getpid()) as watch:
        while not watch.most:
            pass
    assert watch.most > 10_000_000
