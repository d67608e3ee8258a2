"""The responses as RS has them, one row per assessment."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.recist.deriving.assessments import KEY
from cdisc_conv.recist.records.evaluators import ACCEPTED
from cdisc_conv.recist.records.frames import Tumours
from cdisc_conv.recist.settings import RecistSettings

NOT_DONE = "NOT DONE"
PARTS = ("target", "non_target", "new", "overall")


def select_responses(tumours: Tumours, settings: RecistSettings) -> pd.DataFrame:
    """The records of RS that are responses by the criteria; `part` and `recorded` say which, and what they say."""
    rs, terms = tumours.rs, settings.terms
    part = rs["test"].map(_parts(settings))
    mine = part.notna() & (rs["category"].isin(terms.criteria) | (rs["category"] == ""))
    value = rs["result"].where(rs["result"] != "", rs["original"])
    value = value.map(terms.responses).fillna(value).astype("str")
    value = value.mask(rs["status"].isin(terms.not_done), NOT_DONE)
    return rs.assign(part=part, recorded=value)[mine & (value != "")].reset_index(drop=True)


def spread_responses(responses: pd.DataFrame) -> pd.DataFrame:
    """One row per assessment: recorded_target ..., the record in RS, record_target ... (0 for none), and accepted."""
    last = responses.sort_values("record").drop_duplicates([*KEY, "part"], keep="last")
    said = last.pivot(index=KEY, columns="part", values="recorded").reindex(columns=PARTS)
    said = said.astype("str").fillna("")
    where = last.pivot(index=KEY, columns="part", values="record").reindex(columns=PARTS).fillna(0).astype("int64")
    overall = last[last["part"] == "overall"].set_index(KEY)["accepted"] == ACCEPTED
    return said.add_prefix("recorded_").join(where.add_prefix("record_")).join(overall.rename("accepted"))


def describe_repeats(responses: pd.DataFrame) -> list[Problem]:
    """RECIST014: responses of one assessment that contradict each other."""
    key = [*KEY, "part"]
    repeated = responses[responses.groupby(key)["recorded"].transform("nunique") > 1].sort_values("record")
    return [
        Problem(
            "RECIST014",
            f"subject {subject}, {assessment}: RS has several {NAMES[str(part)]}s ({', '.join(rows['recorded'])}); "
            "the last one is compared",
            Severity.WARNING,
            Place(dataset="RS", variable="RSSTRESC", rows=tuple(map(int, rows["record"].head(SHOWN_ROWS)))),
            "keep one record per assessment and evaluator",
            count=len(rows),
        )
        for (subject, assessment, part), rows in repeated.groupby(key)
    ]


NAMES: Mapping[str, str] = {
    "target": "target response",
    "non_target": "non-target response",
    "new": "new lesion indicator",
    "overall": "overall response",
}


def _parts(settings: RecistSettings) -> Mapping[str, str]:
    terms = settings.terms
    return {
        terms.target_response.upper(): "target",
        terms.non_target_response.upper(): "non_target",
        terms.new_lesions.upper(): "new",
        terms.overall_response.upper(): "overall",
    }
