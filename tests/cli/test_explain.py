"""cdisc-conv explain: the chain back to the raw fields."""

from __future__ import annotations


def test_the_chain_of_a_study_day(cli):
    result = cli("explain", "tiny", "ae.aestdy")
    assert result.exit_code == 0
    lines = [line.strip("│├─└ ") for line in result.stdout.splitlines()]
    assert lines[0] == "AE.AESTDY  Study Day of Start of Adverse Event"
    assert lines[1] == "study_day, mapped at tiny/sdtm/ae.yaml:26; records matched by DM.USUBJID, AE.USUBJID"
    assert "AE.AESTDTC  Start Date/Time of Adverse Event" in lines
    assert 'for records from form ae where AEYN == "Y"' in lines
    assert 'form ae: AESTDAT "Start date"' in lines
    assert "DM.RFSTDTC  Subject Reference Start Date/Time" in lines
    assert 'form dm: DOSEDAT "Date of first dose"' in lines


def test_unknown_variables_get_a_hint(cli):
    result = cli("explain", "tiny", "AE.AESTDTCC")
    assert (result.exit_code, result.stderr) == (
        2,
        "1 error:\n  PKG007 TINY-01 maps no AE.AESTDTCC (did you mean AE.AESTDTC?)\n",
    )
    assert "(did you mean AE.AETERM?)" in cli("explain", "tiny", "AETERM").stderr
    assert "PKG007 TINY-01 maps no dataset EX (there are: DM, AE)" in cli("explain", "tiny", "EX.EXTRT").stderr
