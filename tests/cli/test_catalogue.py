"""cdisc-conv catalogue."""

from __future__ import annotations


def test_the_list_names_every_derivation(cli):
    from cdisc_conv.derivations.registry import load_derivations

    result = cli("catalogue")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == ["topic", "derivation", "what", "it", "does"]
    for name in load_derivations():
        assert f" {name} " in result.stdout


def test_one_in_full(cli):
    result = cli("catalogue", "study_day")
    assert result.exit_code == 0
    assert "study_day" in result.stdout
    assert "reference" in result.stdout


def test_an_unknown_one_gets_a_hint(cli):
    result = cli("catalogue", "study_dey")
    assert result.exit_code == 2
    assert "did you mean study_day?" in result.stderr
