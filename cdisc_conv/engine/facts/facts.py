"""The facts of a range of subjects, or of several ranges together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdisc_conv.engine.account.blocks import BlockCounts
from cdisc_conv.engine.account.coded import WrongCodes
from cdisc_conv.engine.account.lines import Line, merge_accounts
from cdisc_conv.engine.account.marks import SourceMarks
from cdisc_conv.engine.account.near_misses import NearMisses
from cdisc_conv.engine.account.typed import WrongTypes
from cdisc_conv.engine.facts.datasets import DatasetFacts, merge_maps
from cdisc_conv.engine.facts.findings import move_findings
from cdisc_conv.findings import Findings, merge_findings
from cdisc_conv.tables import TableId


@dataclass(frozen=True)
class Facts:
    """What is known of a range of subjects besides its records.

    Facts of ranges that follow each other in the order of the datasets add up, however they are grouped:
    ``(a + b) + c`` is ``a + (b + c)``.
    """

    datasets: Mapping[str, DatasetFacts] = field(default_factory=dict)
    findings: Findings = field(default_factory=dict)
    account: tuple[Line, ...] = ()
    shared: Mapping[TableId, SourceMarks] = field(default_factory=dict)
    """The marks of tables without subjects, which every range has whole: their lines are counted in the end."""
    blocks: BlockCounts = field(default_factory=dict)
    wrong_codes: WrongCodes = field(default_factory=dict)
    near_misses: NearMisses = field(default_factory=dict)
    wrong_types: WrongTypes = field(default_factory=dict)

    def __add__(self, other: Facts) -> Facts:
        records = {name: facts.records for name, facts in self.datasets.items()}
        return Facts(
            merge_maps(self.datasets, other.datasets),
            merge_findings(self.findings, move_findings(other.findings, records)),
            merge_accounts(self.account, other.account),
            merge_maps(self.shared, other.shared),
            merge_maps(self.blocks, other.blocks, lambda one, more: (one[0] + more[0], one[1] + more[1])),
            merge_maps(self.wrong_codes, other.wrong_codes),
            merge_maps(self.near_misses, other.near_misses),
            merge_maps(self.wrong_types, other.wrong_types),
        )
