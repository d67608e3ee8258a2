"""The order that the records of a dataset end up in, and which datasets are read in it.

Datasets of the SDTM are read by each other in the order of their blocks, because a plan of variables has no moment at
which a dataset is finished. Analysis datasets read the SDTM as its files have it, so that they are the same whether the
SDTM is made in the same run or given as files: where records tie, their order decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import rank_values
from cdisc_conv.spec.model import DatasetSpec, Study
from cdisc_conv.xpt.transliteration import as_written


def natural_keys(spec: DatasetSpec, columns: Iterable[str]) -> tuple[str, ...]:
    """The natural key: the mapping's, else the standard's, as far as the dataset has the variables."""
    present = set(columns)
    return tuple(key for key in (spec.keys or spec.standard.keys) if key in present)


def sort_keys(spec: DatasetSpec, columns: Iterable[str]) -> tuple[str, ...]:
    """What records are sorted by: the natural key, then --SEQ or ASEQ."""
    present = tuple(columns)
    keys = natural_keys(spec, present)
    return (*keys, *(name for name in (f"{spec.name}SEQ", "ASEQ") if name in present and name not in keys))


def final_columns(spec: DatasetSpec) -> tuple[str, ...]:
    """The variables that the dataset itself has in the end: no qualifiers, no working values."""
    apart = {*spec.working_names(), *spec.supplemental_names()}
    return tuple(name for name in spec.names() if name not in apart)


def order_records(columns: Sequence[pd.Series], transliterate: Mapping[str, str] | None = None) -> np.ndarray:
    """The positions of the records, sorted by the columns; text by code point, missing first; ties stay as they came.

    Text counts as it is transliterated for a transport file; `transliterate` is the study's own map.

    >>> order_records([pd.Series(["b", "a", "b"], dtype="str"), pd.Series([2.0, 9.0, 1.0])]).tolist()
    [1, 2, 0]
    """
    return np.lexsort([rank_values(as_written(column, transliterate)) for column in reversed(columns)])


def reads_final_order(study: Study, reader: str, table: str) -> bool:
    """Whether a dataset reads another one in its final order: an analysis dataset that reads the SDTM of the run."""
    if table not in study.datasets:
        return False
    return study.datasets[reader].family.is_analysis and not study.datasets[table].family.is_analysis
