"""One range of subjects from its rows to finished records and facts. The only part of the road that sees rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.account.blocks import count_blocks
from cdisc_conv.engine.account.coded import find_wrong_codes
from cdisc_conv.engine.account.count import count_account
from cdisc_conv.engine.account.near_misses import find_near_misses
from cdisc_conv.engine.account.typed import find_wrong_types
from cdisc_conv.engine.derive.run import run_plan
from cdisc_conv.engine.describe.beside import describe_beside, describe_given
from cdisc_conv.engine.facts.collect import collect_facts
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.facts.findings import list_findings
from cdisc_conv.engine.facts.raw_rows import Numbers, number_rows, number_sources
from cdisc_conv.engine.finish.datasets import finish_dataset
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.plan.graph import Plan
from cdisc_conv.spec.model import Study

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Rows:
    """The rows of some subjects, every column of a form as text, beside the forms and datasets without subjects."""

    forms: Mapping[str, pd.DataFrame]
    """Raw forms; one that is missing counts as empty."""
    given: Mapping[str, pd.DataFrame]
    """Datasets that are given instead of made."""
    numbers: Numbers = field(default_factory=dict)
    """Of a form of which there are some rows only, the number of each row in its file."""


@dataclass(frozen=True)
class Range:
    """What became of the rows of some subjects."""

    drafts: tuple[Draft, ...]
    """The records of the datasets that were asked for, in the order of the files."""
    facts: Facts
    given: tuple[Dataset, ...] = ()
    """The datasets that were read instead of made."""
    beside: tuple[Dataset, ...] = ()
    """These, and the datasets that were made only to be read by others."""


def derive_range(
    study: Study, plan: Plan, rows: Rows, datasets: Sequence[str], progress: Progress = lambda step: None
) -> Range:
    """Make `datasets` of the rows of a range: what comes out depends on the arguments alone.

    Raises what a derivation raises, with a note of the variable and its place in the mapping.
    """
    forms = {name: complete_form(rows.forms.get(name), tuple(form.fields)) for name, form in study.forms.items()}
    state = run_plan(study, plan, forms, rows.given, datasets, progress)
    drafts = tuple(finish_dataset(state, name) for name in datasets)
    facts = Facts(
        datasets={draft.spec.name: collect_facts(state, draft) for draft in drafts},
        findings=list_findings(state, {draft.spec.name: draft.place for draft in drafts}),
        account=count_account(state),
        blocks=count_blocks(state),
        wrong_codes=find_wrong_codes(study, rows.forms),
        wrong_types=find_wrong_types(study, rows.forms),
        near_misses=find_near_misses(study, rows.forms, rows.given, datasets),
    )
    counted = tuple(
        replace(
            draft,
            records=number_sources(draft.records, rows.numbers),
            picked=number_sources(draft.picked, rows.numbers),
        )
        for draft in drafts
    )
    beside = tuple(describe_beside(state, datasets))
    return Range(counted, number_rows(facts, rows.numbers), tuple(describe_given(state)), beside)


def complete_form(frame: pd.DataFrame | None, columns: tuple[str, ...]) -> pd.DataFrame:
    """The frame with every declared column; one that is missing in the file (a finding by then) is blank."""
    if frame is None:
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in columns})
    missing = [name for name in columns if name not in frame]
    return (
        frame.assign(**{name: pd.Series("", index=frame.index, dtype="str") for name in missing}) if missing else frame
    )
