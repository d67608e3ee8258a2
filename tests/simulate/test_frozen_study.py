"""The benchmarks' study: raw data and records that stay the same from version to version."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cdisc_conv.simulate import simulate_study
from cdisc_conv.spec.lint.study import lint_study

FROZEN = Path(__file__).parents[2] / "benchmarks" / "study"


def test_its_raw_data_are_the_same_bytes_as_on_the_day_it_was_frozen():
    """The hash is over the CSV files in the order of the data dictionary.

    Where a change of the simulator's laws alters it, benchmark figures from before and after cannot be compared: say so
    in docs/performance.md.
    """
    digest = hashlib.sha256()
    frames = simulate_study(FROZEN, subjects=6, seed=1)
    for frame in frames.values():
        digest.update(frame.to_csv(index=False, lineterminator="\n").encode())
    assert sum(map(len, frames.values())) == 308
    assert digest.hexdigest() == "66cc99d5fb994c85c90b7ce3c94c46a61cefddab79151590f641f8800140b1c8"


def test_it_has_no_errors():
    _, problems = lint_study(FROZEN)
    assert [str(problem) for problem in problems] == []


def test_its_layers_are_its_own():
    study, _ = lint_study(FROZEN)
    assert study is not None
    assert [path for path in study.files if not path.resolve().is_relative_to(FROZEN)] == []
