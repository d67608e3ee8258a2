"""What names lead to in a block."""

from __future__ import annotations

from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.references import Target, TargetKind, resolve


def test_a_variable_of_other_blocks_is_the_datasets_own() -> None:
    study, _ = load_study("hope2021_thal_agc")
    spec = study.datasets["TR"]
    block = next(block for block in spec.blocks if block.source.name == "ntl")
    assert "TRSTRESN" not in {*block.variables, *spec.variables}
    assert resolve(study, spec, block, "TRSTRESC", "TRSTRESN") == Target(TargetKind.OWN, "TR", "TRSTRESN")
    assert resolve(study, spec, block, "TRSTRESN", "TRSTRESN") is None
    assert resolve(study, spec, block, "TRSTRESC", "NTLLOC") == Target(TargetKind.SOURCE, "form ntl", "NTLLOC")
