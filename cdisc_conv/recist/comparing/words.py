"""Why a response is what it is, in words: the sums and the lesions behind it."""

from __future__ import annotations

import pandas as pd

from cdisc_conv.recist.deriving.assessments import KEY
from cdisc_conv.recist.deriving.derive import UNCERTAIN, UNKNOWN
from cdisc_conv.recist.records.lesions import NEW, NON_TARGET, TARGET
from cdisc_conv.recist.records.readings import EQUIVOCAL, NOT_ASSESSED, PRESENT, PROGRESSED, UNEQUIVOCAL
from cdisc_conv.recist.settings import RecistSettings
from cdisc_conv.recist.tables import CR, NE, NON_CR_NON_PD, PD, YES


def explain_responses(frame: pd.DataFrame, grid: pd.DataFrame, settings: RecistSettings) -> pd.DataFrame:
    """The assessments with reason_target, reason_non_target, reason_new and reason_overall."""
    missing = grid["missing"]
    target, non_target, new = (grid["group"] == group for group in (TARGET, NON_TARGET, NEW))
    reasons = {
        "reason_target": _explain_target(frame, _list_missing(grid, target & missing, frame), settings),
        "reason_non_target": _explain_non_target(
            frame,
            _list_missing(grid, non_target & missing, frame),
            _list_lesions(grid, non_target & (grid["state"] == PROGRESSED), frame),
            _list_lesions(grid, non_target & (grid["state"] == PRESENT), frame),
        ),
        "reason_new": _explain_new(
            frame,
            _list_lesions(grid, new & (grid["state"] == UNEQUIVOCAL), frame, with_place=True),
            _list_lesions(grid, new & (grid["state"] == EQUIVOCAL), frame, with_place=True),
        ),
    }
    return frame.assign(**reasons, reason_overall=_explain_overall(frame, reasons["reason_target"]))


def describe_measurements(grid: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """The lesions of each assessment of `frame` and what was found of them: ``T01 45 mm, T03 15 mm, NT01 present``."""
    there = grid.merge(frame[KEY].drop_duplicates(), on=KEY)
    there = there[there["missing"] | (there["lesion"] == there["unit"]) | there["mm"].notna()]
    there = there[(there["group"] != NEW) | (there["state"] != NOT_ASSESSED)]
    what = (format_mm(there["mm"]) + " mm").where(there["mm"].notna(), there["state"])
    what = what.mask(there["state"] == "too small", "too small (" + format_mm(there["mm"]) + " mm)")
    return _join(there, there["lesion"] + " " + what, frame)


def format_mm(values: pd.Series, sign: bool = False) -> pd.Series:
    """Millimetres as text, up to two decimals; "" for none.

    >>> format_mm(pd.Series([12.0, 7.25, -3.0]), sign=True).tolist()
    ['+12', '+7.25', '-3']
    """
    return _format(values, "{:+.2f}" if sign else "{:.2f}", strip=True)


def format_percent(values: pd.Series) -> pd.Series:
    """A change in percent with its sign and one decimal; "" for none.

    >>> format_percent(pd.Series([-30.0, 19.44, -0.04])).tolist()
    ['-30.0', '+19.4', '0.0']
    """
    return _format(values, "{:+.1f}", strip=False)


def _format(values: pd.Series, pattern: str, strip: bool) -> pd.Series:
    # Rounded first and 0 added, so that nothing is ever written as -0.
    texts = {value: pattern.format(round(value, 2 if strip else 1) + 0) for value in values.dropna().unique()}
    texts = {value: text.lstrip("+") if not text.strip("+0.") else text for value, text in texts.items()}
    if strip:
        texts = {value: text.rstrip("0").rstrip(".") for value, text in texts.items()}
    return values.map(texts).astype("str").where(values.notna(), "")


def _explain_target(frame: pd.DataFrame, missing: pd.Series, settings: RecistSettings) -> pd.Series:
    text = "sum " + format_mm(frame["sum"]) + " mm"
    from_base = (
        "; " + format_percent(frame["change_percent"]) + " % from baseline " + format_mm(frame["baseline"]) + " mm"
    )
    change = format_percent(frame["nadir_change_percent"])
    change = change.where(change == "", change + " % ") + "(" + format_mm(frame["nadir_change"], sign=True) + " mm)"
    from_nadir = "; " + change + " from nadir " + format_mm(frame["nadir"]) + " mm"
    text = text + from_base.where(frame["change_percent"].notna(), "") + from_nadir.where(frame["nadir"].notna(), "")
    node = f"; every lesion is gone, and no node has {settings.limits.normal_node_mm:g} mm or more"
    text = text + _when(frame["target"] == CR, node)
    text = text + _when(frame["again"] & (frame["target"] == PD), "; a lesion is there again after complete response")
    alone = _when((missing != "") & (frame["target"] == PD), ", but the others show progression alone")
    text = text + ("; not assessed: " + missing + alone).where(missing != "", "")
    text = text.where(frame["sum"].notna(), ("not assessed: " + missing).where(missing != "", "not assessed"))
    return text.where(frame["target"] != "", "")


def _explain_non_target(
    frame: pd.DataFrame, missing: pd.Series, progressed: pd.Series, present: pd.Series
) -> pd.Series:
    response = frame["non_target"]
    text = "progression: " + progressed
    text = text.where(response == PD, "not assessed: " + missing.where(missing != "", "all"))
    text = text.where(response.isin([PD, NE]), "present: " + present)
    text = text.where(response.isin([PD, NE, NON_CR_NON_PD]), "every lesion is absent or normal")
    return text.where(response != "", "")


def _explain_new(frame: pd.DataFrame, certain: pd.Series, doubtful: pd.Series) -> pd.Series:
    response = frame["new"]
    still = certain.where(certain != "", "a lesion of an earlier assessment")
    text = "new: " + still
    text = text.where(response == YES, "equivocal: " + doubtful)
    text = text.where(response.isin([YES, UNCERTAIN]), "none")
    text = text.mask(response == UNKNOWN, "nothing was assessed")
    return text.where(response != "", "")


def _explain_overall(frame: pd.DataFrame, of_target: pd.Series) -> pd.Series:
    target = ("target " + frame["target"] + ", ").where(frame["target"] != "", "")
    other = ("non-target " + frame["non_target"] + ", ").where(frame["non_target"] != "", "")
    row = "table " + frame["table"].astype("str") + " row " + frame["row"].astype("str")
    text = row + " (" + target + other + "new lesions " + frame["new"] + ")"
    return (text + ("; " + of_target).where(of_target != "", "")).where(frame["table"] > 0, "")


def _list_missing(grid: pd.DataFrame, rows: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """``T02 (Region not scanned), T03 (no record)``, by assessment."""
    there = grid[rows]
    return _join(there, there["lesion"] + (" (" + there["why"] + ")").where(there["why"] != "", ""), frame)


def _list_lesions(grid: pd.DataFrame, rows: pd.Series, frame: pd.DataFrame, with_place: bool = False) -> pd.Series:
    there = grid[rows]
    text = there["lesion"]
    if with_place:
        text = text + (" (" + there["location"].str.lower() + ")").where(there["location"] != "", "")
    return _join(there, text, frame)


def _join(there: pd.DataFrame, texts: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """The texts of each assessment in one, in the order of `frame`; "" where there are none."""
    joined = texts.groupby([there[key] for key in KEY]).agg(", ".join).rename("text")
    return frame[KEY].join(joined, on=KEY)["text"].fillna("").astype("str")


def _when(condition: pd.Series, text: str) -> pd.Series:
    return pd.Series(text, index=condition.index, dtype="str").where(condition, "")
