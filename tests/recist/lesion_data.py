"""Tiny TU, TR and RS for tests, written as a person would: lesions, then one line per assessment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cdisc_conv.problems import Problem
from cdisc_conv.recist import RecistSettings, ResponseCheck, check_responses

TARGETS = {"T01": "LIVER", "T02": "LIVER", "T03": "LYMPH NODE"}

Lesion = float | str | None
"""Millimetres; or a state; or None for no record. ``ND:reason`` is a record that is NOT DONE."""


def frame(columns: str, *rows: Sequence[object]) -> pd.DataFrame:
    """A frame with text in every column, as read from a file."""
    return pd.DataFrame([[str(value) for value in row] for row in rows], columns=columns.split()).astype("str")


def identify(places: Mapping[str, str], group: str, test: str = "TUMIDENT", subject: str = "S1") -> pd.DataFrame:
    """TU records of lesions by place."""
    rows = [(subject, name, test, group, group, place, "1") for name, place in places.items()]
    return frame("USUBJID TULNKID TUTESTCD TUSTRESC TUORRES TULOC VISIT", *rows)


def measure(places: Mapping[str, str], *assessments: Mapping[str, Lesion], subject: str = "S1") -> pd.DataFrame:
    """TR records; assessment n is VISIT n, on the first of month n of 2024."""
    rows = [
        _record(subject, number, name, places.get(name, ""), value)
        for number, lesions in enumerate(assessments, 1)
        for name, value in lesions.items()
        if value is not None
    ]
    columns = "USUBJID TRGRPID TRLNKID TRTESTCD TRORRES TRSTRESC TRSTRESN TRSTAT TRREASND VISIT VISITNUM TRDTC"
    return frame(columns, *rows)


def _record(subject: str, number: int, name: str, place: str, value: Lesion) -> tuple[object, ...]:
    group = "NON-TARGET" if name.startswith("NT") else "NEW" if name.startswith("N") else "TARGET"
    test = "LPERP" if "NODE" in place else "LDIAM"
    when = (number, number, f"2024-{number:02d}-01")
    if isinstance(value, str) and value.startswith("ND:"):
        return (subject, group, name, test, "", "", "", "NOT DONE", value[3:], *when)
    if isinstance(value, str):
        test = "LDIAM" if value == "TOO SMALL TO MEASURE" else "TUMSTATE"
        return (subject, group, name, test, value, value, "", "", "", *when)
    text = f"{value:g}"
    return (subject, group, name, test, text, text, text, "", "", *when)


def respond(*assessments: Mapping[str, str], subject: str = "S1") -> pd.DataFrame:
    """RS records; the first of `assessments` is VISIT 2."""
    rows = [
        (subject, test, value, number, number, f"2024-{number:02d}-02")
        for number, tests in enumerate(assessments, 2)
        for test, value in tests.items()
    ]
    return frame("USUBJID RSTESTCD RSSTRESC VISIT VISITNUM RSDTC", *rows)


def check(
    tr: pd.DataFrame,
    tu: pd.DataFrame | None = None,
    rs: pd.DataFrame | None = None,
    settings: RecistSettings | None = None,
) -> tuple[ResponseCheck, tuple[Problem, ...]]:
    """The check of these datasets; without TU, that of the lesions of `TARGETS` that are in TR."""
    there = {name: place for name, place in TARGETS.items() if name in set(tr["TRLNKID"])}
    tu = identify(there, "TARGET") if tu is None else tu
    datasets = {"TU": tu, "TR": tr} | ({} if rs is None else {"RS": rs})
    (result,), problems = check_responses(datasets, settings)
    return result, problems


def derive(
    *assessments: Mapping[str, Lesion],
    places: Mapping[str, str] = TARGETS,
    tu: pd.DataFrame | None = None,
    settings: RecistSettings | None = None,
    part: str = "target",
) -> list[str]:
    """The derived responses after baseline."""
    there = {name: place for name, place in places.items() if name in assessments[0]}
    tu = identify(there, "TARGET") if tu is None else tu
    result, problems = check(measure(places, *assessments), tu, settings=settings)
    assert [problem for problem in problems if problem.code not in ("RECIST005",)] == []
    rows = result.assessments
    return list(rows.loc[rows["number"] > 0, part])


def join(*frames: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True)
