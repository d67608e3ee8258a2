"""A small study with everything that the pictures of oncology.html read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cdisc_conv.dataset import Dataset


def make_dataset(name: str, columns: Mapping[str, Sequence[str] | Sequence[float]]) -> Dataset:
    frame = pd.DataFrame(
        {
            key: pd.Series(list(values), dtype="str" if any(isinstance(value, str) for value in values) else "float64")
            for key, values in columns.items()
        }
    )
    return Dataset(name, name, frame, ())


def make_study(subjects: Sequence[str] = ("S-01", "S-02", "S-03"), term: str = "Nausea") -> dict[str, Dataset]:
    """Three subjects (or as many as there are names) with everything that the pictures read."""
    size = len(subjects)
    first = [22000.0] * size
    days = [float(30 * (number + 1)) for number in range(size)]
    visits = [*subjects, *subjects]
    return {
        "ADSL": make_dataset(
            "ADSL",
            {
                "USUBJID": subjects,
                "FASFL": ["Y"] * size,
                "SAFFL": ["Y"] * size,
                "TRTSDT": first,
                "TRTEDT": [22020.0] * size,
            },
        ),
        "ADTR": make_dataset(
            "ADTR",
            {
                "USUBJID": [*visits, *subjects],
                "PARAMCD": [*["SDIAM"] * (2 * size), *["BESTPCHG"] * size],
                "AVAL": [*[50.0] * size, *[30.0] * size, *[-40.0] * size],
                "PCHG": [*[float("nan")] * size, *[-40.0] * size, *[float("nan")] * size],
                "ADY": [*[-3.0] * size, *[42.0] * size, *[float("nan")] * size],
                "ADT": [*[21997.0] * size, *[22041.0] * size, *[float("nan")] * size],
                "ABLFL": [*["Y"] * size, *[""] * (2 * size)],
            },
        ),
        "ADRS": make_dataset(
            "ADRS",
            {
                "USUBJID": visits,
                "PARAMCD": [*["OVR"] * size, *["CBOR"] * size],
                "AVALC": ["PR"] * (2 * size),
                "ADT": [22041.0] * (2 * size),
            },
        ),
        "ADTTE": make_dataset(
            "ADTTE",
            {
                "USUBJID": visits,
                "PARAMCD": [*["PFS"] * size, *["OS"] * size],
                "AVAL": [*days, *days],
                "CNSR": [0.0, *[1.0] * (2 * size - 1)],
            },
        ),
        "ADAE": make_dataset(
            "ADAE",
            {"USUBJID": subjects, "AEDECOD": [term] * size, "ATOXGR": ["3"] * size, "TRTEMFL": ["Y"] * size},
        ),
    }
