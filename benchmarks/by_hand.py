"""The pilot study's AE and SUPPAE as a programmer writes them by hand, once in polars and once in pandas.

They make the records of `mappings/cdiscpilot01/sdtm/ae.yaml` and nothing else: no findings, no metadata, no lengths, no
lineage, no check of anything. `benchmarks.mapping` compares their records with ours before it compares the times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import polars as pl

COPIED = ("AELLT", "AEDECOD", "AEHLT", "AEHLGT", "AEBODSYS", "AESOC")
CODES = ("AELLTCD", "AEPTCD", "AEHLTCD", "AEHLGTCD", "AEBDSYCD", "AESOCCD")
BLANK_CODES = ("AELLTCD", "AESOCCD")
ANSWERS = {
    "AESER": "IT.AESER", "AESCAN": "AESCAN", "AESCONG": "AESCNO", "AESDISAB": "AEDIS", "AESDTH": "IT.AESDTH",
    "AESHOSP": "IT.AESHOSP", "AESLIFE": "IT.AESLIFE", "AESOD": "AESOD",
}  # fmt: skip
DATES = {"AEDTC": "AEDTCOL", "AESTDTC": "IT.AESTDAT", "AEENDTC": "IT.AEENDAT"}
YES_NO = {"Yes": "Y", "No": "N", "": ""}
SEVERITY = {"Mild Adverse Event": "MILD", "Moderate Adverse Event": "MODERATE", "Severe Adverse Event": "SEVERE"}
CAUSALITY = {"Not Related": "NONE", "Remote": "REMOTE", "Possibly Related": "POSSIBLE", "Probably Related": "PROBABLE"}
KEYS = ["USUBJID", "AETERM", "AESTDTC", "AEDTC", "AESEQ"]
MONTHS = {name: f"{number:02}" for number, name in enumerate(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1)}  # fmt: skip
ORDER = (
    "STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AELLT", "AELLTCD", "AEDECOD", "AEPTCD", "AEHLT", "AEHLTCD",
    "AEHLGT", "AEHLGTCD", "AEBODSYS", "AEBDSYCD", "AESOC", "AESOCCD", "AESEV", "AESER", "AEACN", "AEREL", "AEOUT",
    "AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESOD", "AEDTC", "AESTDTC", "AEENDTC", "AESTDY",
    "AEENDY",
)  # fmt: skip
QUALIFIER = {"RDOMAIN": "AE", "IDVAR": "AESEQ", "QNAM": "AETRTEM", "QLABEL": "TREATMENT EMERGENT FLAG"}
SOURCE = {"QORIG": "DERIVED", "QEVAL": "CLINICAL STUDY SPONSOR"}


def map_with_polars(ae: pl.DataFrame, dm: pl.DataFrame, ec: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """AE and SUPPAE of raw forms, whose columns are all text."""
    import polars as pl

    def iso(name: str) -> pl.Expr:
        """MM/DD/YYYY as ISO 8601; a year alone stays."""
        text = pl.col(name)
        whole = pl.concat_str(text.str.slice(6, 4), text.str.slice(0, 2), text.str.slice(3, 2), separator="-")
        return pl.when(text.str.len_bytes() == 10).then(whole).otherwise(text)

    def study_day(name: str) -> pl.Expr:
        days = (pl.col(name).str.to_date("%Y-%m-%d", strict=False) - pl.col("first")).dt.total_days()
        return (days + (days >= 0)).cast(pl.Float64)

    started = pl.col("IT.ECSTDAT")
    month = started.str.slice(3, 3).replace_strict(MONTHS, default=None)
    dosed = ec.filter(started != "").select(
        "PATNUM", RFSTDTC=pl.concat_str(started.str.slice(7, 4), month, started.str.slice(0, 2), separator="-")
    )
    first = dosed.group_by("PATNUM").agg(pl.col("RFSTDTC").min())
    subjects = dm.select("PATNUM").join(first, on="PATNUM", how="left")
    made = ae.lazy().select(
        "PATNUM",
        pl.lit("CDISCPILOT01").alias("STUDYID"),
        pl.lit("AE").alias("DOMAIN"),
        ("01-" + pl.col("PATNUM")).alias("USUBJID"),
        pl.col("IT.AETERM").str.to_uppercase().alias("AETERM"),
        *(pl.col(name) for name in COPIED),
        *(pl.col(name).cast(pl.Float64, strict=False) for name in CODES if name not in BLANK_CODES),
        *(pl.lit(None, pl.Float64).alias(name) for name in BLANK_CODES),
        pl.col("IT.AESEV").replace_strict(SEVERITY, default="").alias("AESEV"),
        pl.col("IT.AEREL").replace_strict(CAUSALITY, default="").alias("AEREL"),
        pl.col("AEOUTCOME").str.to_uppercase().alias("AEOUT"),
        pl.col("IT.AEACN").str.to_uppercase().alias("AEACN"),
        *(pl.col(raw).replace_strict(YES_NO).alias(name) for name, raw in ANSWERS.items()),
        *(iso(raw).alias(name) for name, raw in DATES.items()),
    )  # fmt: skip
    made = (
        made.join(subjects.lazy(), on="PATNUM", how="left", maintain_order="left")
        .with_columns(first=pl.col("RFSTDTC").str.to_date("%Y-%m-%d", strict=False))
        .with_columns(AESTDY=study_day("AESTDTC"), AEENDY=study_day("AEENDTC"))
        .sort("USUBJID", "AEDTC", "AESTDTC", "AETERM", maintain_order=True)
        .with_columns(AESEQ=(pl.int_range(pl.len()).over("USUBJID") + 1).cast(pl.Float64))
        .sort(KEYS, maintain_order=True)
    )
    emergent = pl.when(
        (pl.col("AESTDTC") != "") & pl.col("RFSTDTC").is_not_null() & (pl.col("AESTDTC") >= pl.col("RFSTDTC"))
    ).then(pl.lit("Y")).otherwise(pl.lit("N"))  # fmt: skip
    whole = made.with_columns(emergent.alias("QVAL")).collect()
    return whole.select(ORDER), _make_qualifiers(whole)


def _make_qualifiers(whole: pl.DataFrame) -> pl.DataFrame:
    """SUPPAE of the finished AE with its treatment-emergent flag in QVAL."""
    import polars as pl

    return whole.select(
        "STUDYID",
        pl.lit("AE").alias("RDOMAIN"),
        "USUBJID",
        pl.lit("AESEQ").alias("IDVAR"),
        pl.col("AESEQ").cast(pl.Int64).cast(pl.String).alias("IDVARVAL"),
        pl.lit(QUALIFIER["QNAM"]).alias("QNAM"),
        pl.lit(QUALIFIER["QLABEL"]).alias("QLABEL"),
        "QVAL",
        *(pl.lit(text).alias(name) for name, text in SOURCE.items()),
    )


def map_with_pandas(ae: pd.DataFrame, dm: pd.DataFrame, ec: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same in pandas."""

    def iso(text: pd.Series) -> pd.Series:
        whole = text.str[6:10] + "-" + text.str[0:2] + "-" + text.str[3:5]
        return whole.where(text.str.len() == 10, text)

    def study_day(dates: pd.Series, first: pd.Series) -> pd.Series:
        days = (pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce") - first).dt.days
        return days + (days >= 0).where(days.notna())

    started = ec.loc[ec["IT.ECSTDAT"] != "", "IT.ECSTDAT"]
    iso_started = started.str[7:11] + "-" + started.str[3:6].map(MONTHS) + "-" + started.str[0:2]
    first = iso_started.groupby(ec["PATNUM"]).min()
    started_of = dm.set_index("PATNUM").index.to_series().map(first)
    made = pd.DataFrame({"STUDYID": "CDISCPILOT01", "DOMAIN": "AE", "USUBJID": "01-" + ae["PATNUM"]})
    made["AETERM"] = ae["IT.AETERM"].str.upper()
    for name in COPIED:
        made[name] = ae[name]
    for name in CODES:
        made[name] = np.nan if name in BLANK_CODES else pd.to_numeric(ae[name], errors="coerce").astype("float64")
    made["AESEV"] = ae["IT.AESEV"].map(SEVERITY).fillna("")
    made["AEREL"] = ae["IT.AEREL"].map(CAUSALITY).fillna("")
    made["AEOUT"] = ae["AEOUTCOME"].str.upper()
    made["AEACN"] = ae["IT.AEACN"].str.upper()
    for name, raw in ANSWERS.items():
        made[name] = ae[raw].map(YES_NO)
    for name, raw in DATES.items():
        made[name] = iso(ae[raw])
    made["RFSTDTC"] = ae["PATNUM"].map(started_of)
    day = pd.to_datetime(made["RFSTDTC"], format="%Y-%m-%d", errors="coerce")
    made["AESTDY"] = study_day(made["AESTDTC"], day)
    made["AEENDY"] = study_day(made["AEENDTC"], day)
    made = made.sort_values(["USUBJID", "AEDTC", "AESTDTC", "AETERM"], kind="stable", ignore_index=True)
    made["AESEQ"] = made.groupby("USUBJID").cumcount() + 1.0
    made = made.sort_values(KEYS, kind="stable", ignore_index=True)
    emergent = (made["AESTDTC"] != "") & made["RFSTDTC"].notna() & (made["AESTDTC"] >= made["RFSTDTC"].fillna(""))
    qualifiers = pd.DataFrame({"STUDYID": "CDISCPILOT01", **QUALIFIER, **SOURCE}, index=made.index)
    qualifiers["USUBJID"] = made["USUBJID"]
    qualifiers["IDVARVAL"] = made["AESEQ"].astype("int64").astype("str")
    qualifiers["QVAL"] = np.where(emergent, "Y", "N")
    names = ["STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL"]
    return made[list(ORDER)], qualifiers[names]
