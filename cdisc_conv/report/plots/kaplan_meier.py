"""Kaplan-Meier curves of progression-free and overall survival, with numbers at risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.report.plots.axes import DAYS_PER_MONTH
from cdisc_conv.report.plots.figure import Figure, NothingToDraw, Picture, Table, count_words, make_table, write_value
from cdisc_conv.report.plots.inputs import (
    EFFICACY,
    Population,
    describe_outsiders,
    find_parameter,
    read_numbers,
    read_parameter,
    read_population,
    read_texts,
    take_first,
)
from cdisc_conv.report.plots.survival import Estimate, estimate_survival
from cdisc_conv.report.plots.survival_drawing import draw_survival

MOST_GROUPS = 4
"""With more treatment groups than this there is one curve for all."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: the group it is of, and its estimate in months."""

    label: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Survival:
    """The curves of one parameter, and what the caption says of the subjects and of the reasons for censoring."""

    curves: tuple[Curve, ...]
    population: Population
    sentences: tuple[str, ...]


def collect_survival(datasets: Mapping[str, Dataset], parameter: str) -> Survival:
    """The curves by planned treatment (TRT01P), or one for all when there is one group, or more than four."""
    population = read_population(datasets, EFFICACY)
    records, several = take_first(read_parameter(datasets, "ADTTE", parameter, population))
    days, censor = read_numbers(records, "AVAL"), read_numbers(records, "CNSR")
    usable = days.notna() & censor.notna() & (days >= 0)
    if not usable.any():
        raise NothingToDraw(f"no ADTTE record with PARAMCD = {parameter} has a time (AVAL) and a censor (CNSR)")
    months = (days[usable] / DAYS_PER_MONTH).to_numpy()
    is_event = (censor[usable] == 0).to_numpy()
    groups = _read_groups(population, records.loc[usable, "USUBJID"])
    labels = sorted(set(groups))
    if not 1 < len(labels) <= MOST_GROUPS:
        labels, groups = ["All subjects"], np.full(len(months), "All subjects")
    curves = tuple(
        Curve(label, estimate_survival(months[groups == label], is_event[groups == label])) for label in labels
    )
    without = len(population) - len(records)
    invalid = int((~usable).sum())
    sentences = (
        f"Left out: {count_words(without)} without a record of {parameter}." if without else "",
        f"{count_words(invalid)} without a time or a censor, or with a negative time, left out." if invalid else "",
        several,
        describe_outsiders(find_parameter(datasets, "ADTTE", parameter), population, "ADTTE"),
        _describe_reasons(records[usable & (censor == 0)], "EVNTDESC", "Events"),
        _describe_reasons(records[usable & (censor != 0)], "CNSDTDSC", "Censored at"),
    )
    return Survival(curves, population, tuple(filter(None, sentences)))


def _read_groups(population: Population, subjects: pd.Series) -> np.ndarray:
    """The planned treatment of each subject; those without one make a group of their own."""
    planned = read_texts(population.frame, "TRT01P")
    by_subject = pd.Series(planned.to_numpy(), index=population.frame["USUBJID"].to_numpy())
    return subjects.map(by_subject).replace("", "No planned treatment").to_numpy(dtype=object)


def _describe_reasons(records: pd.DataFrame, variable: str, heading: str) -> str:
    """A sentence that counts the descriptions of events or of censoring, the most frequent first."""
    words = read_texts(records, variable)
    counts = words[words != ""].value_counts()
    if counts.empty:
        return ""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return f"{heading}: {', '.join(f'{text} ({count:,})' for text, count in ordered)}."


def describe_median(estimate: Estimate) -> str:
    """The median with its confidence interval; NE is not estimable.

    >>> describe_median(estimate_survival(np.array([1.0, 2.0, 4.0]), np.array([True, True, False])))
    '2.0 months (95 % CI 1.0 to NE)'
    """
    values = (estimate.median, estimate.median_low, estimate.median_high)
    median, low, high = (write_value(value, 1, missing="NE") for value in values)
    if median == "NE":
        return "not reached" + (f" (95 % CI {low} to {high})" if low != "NE" else "")
    return f"{median} months (95 % CI {low} to {high})"


def make_survival(datasets: Mapping[str, Dataset], parameter: str, title: str, event: str) -> Figure:
    """The figure of one parameter with its caption and tables."""
    data = collect_survival(datasets, parameter)
    several = len(data.curves) > 1
    medians = [
        f"{f'{curve.label}: ' if several else 'Median '}{describe_median(curve.estimate)}, "
        f"{count_words(curve.estimate.total_events, 'event')} in {count_words(curve.estimate.subjects)}."
        for curve in data.curves
    ]
    total = sum(curve.estimate.subjects for curve in data.curves)
    band = "" if several else "; shaded: 95 % confidence limits at each time (log-log, Greenwood's variance)"
    definitions = (
        f"Kaplan-Meier estimate of the time from the start date of the parameter to {event} (ADTTE, {parameter}, AVAL "
        f"in days; months of {DAYS_PER_MONTH} days){band}. Upright ticks: censored subjects.",
        "The median's interval is where the confidence limits of the curve cross one half (Brookmeyer and Crowley); "
        "NE: not estimable.",
    )
    subjects = (f"{data.population.words}; {count_words(total)} shown.", *data.sentences)
    results = (*(["By planned treatment (TRT01P). Medians:"] if several else []), *medians)
    drawing = draw_survival(parameter.lower(), title, [(c.label, c.estimate) for c in data.curves],
                            [describe_median(c.estimate) for c in data.curves])  # fmt: skip
    tables = (_tabulate_medians(data.curves), *(_tabulate_curve(curve, several) for curve in data.curves))
    return Figure(parameter.lower(), title, (drawing,), definitions, subjects, tables, results)


def _tabulate_medians(curves: Sequence[Curve]) -> Table:
    estimates = [curve.estimate for curve in curves]
    frame = pd.DataFrame(
        {
            "Group": [curve.label for curve in curves],
            "Subjects": [estimate.subjects for estimate in estimates],
            "Events": [estimate.total_events for estimate in estimates],
            "Censored": [estimate.subjects - estimate.total_events for estimate in estimates],
            "Median (months)": [write_value(estimate.median, 2, "NE") for estimate in estimates],
            "95 % CI": [
                f"{write_value(estimate.median_low, 2, 'NE')} to {write_value(estimate.median_high, 2, 'NE')}"
                for estimate in estimates
            ],
        }
    )
    return make_table("Events and median", frame)


def _tabulate_curve(curve: Curve, several: bool) -> Table:
    estimate = curve.estimate
    frame = pd.DataFrame(
        {
            "Day": np.round(estimate.times * DAYS_PER_MONTH, 6),
            "Months": estimate.times,
            "At risk": estimate.at_risk,
            "Events": estimate.events,
            "Censored": estimate.censored,
            "Survival": estimate.survival,
            "95 % low": estimate.low,
            "95 % high": estimate.high,
        }
    )
    decimals = {"Months": 2, "Survival": 4, "95 % low": 4, "95 % high": 4}
    return make_table(f"Kaplan-Meier estimate{f', {curve.label}' if several else ''}", frame, decimals)


NEEDS = {"ADSL": ("USUBJID",), "ADTTE": ("USUBJID", "PARAMCD", "AVAL", "CNSR")}
_PFS, _OS = "Progression-free survival (Kaplan-Meier)", "Overall survival (Kaplan-Meier)"
PFS = Picture(
    "pfs", _PFS, NEEDS, partial(make_survival, parameter="PFS", title=_PFS, event="first progression or death")
)
OS = Picture("os", _OS, NEEDS, partial(make_survival, parameter="OS", title=_OS, event="death from any cause"))
