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
    assert "PKG007 TINY-01 maps no dataset EX (there are: DM, AE, SUPPAE)" in cli("explain", "tiny", "EX.EXTRT").stderr


def test_a_name_with_a_point_and_nothing_beside_it(cli):
    message = "is not the name of a variable, which is written DATASET.VARIABLE"
    assert f"PKG007 '.AE' {message} (AE alone shows the dataset)" in cli("explain", "tiny", ".AE").stderr
    assert f"PKG007 'AE.' {message} (AE alone shows the dataset)" in cli("explain", "tiny", "AE.").stderr
    assert f"PKG007 '.AETERM' {message} (did you mean AE.AETERM?)" in cli("explain", "tiny", ".AETERM").stderr


def test_a_supplemental_qualifier(cli):
    result = cli("explain", "tiny", "suppae.AENOTE")
    assert (result.exit_code, [line.strip("│├─└ ") for line in result.stdout.splitlines()]) == (
        0,
        [
            "SUPPAE.AENOTE  Remark",
            'for records from form ae where AEYN == "Y"',
            "copy, mapped at tiny/sdtm/ae.yaml:28",
            'form ae: AENOTE "Remark"',
        ],
    )
    assert cli("explain", "tiny", "SUPPAE.AETERM").stderr == (
        "1 error:\n  PKG007 AETERM is a variable of AE, not a supplemental qualifier (did you mean AE.AETERM?)\n"
    )
    assert cli("explain", "tiny", "SUPPAE.QVAL").stderr == (
        "1 error:\n  PKG007 SUPPAE.QVAL follows from the supplemental qualifiers, so no entry makes it "
        "(explain a qualifier: AENOTE)\n"
    )
    assert cli("explain", "tiny", "SUPPAE.AENOTES").stderr == (
        "1 error:\n  PKG007 TINY-01 maps no SUPPAE.AENOTES (did you mean SUPPAE.AENOTE?)\n"
    )


def test_a_dataset(cli):
    result = cli("explain", "tiny", "ae")
    assert result.exit_code == 0
    lines = [line.strip("│├─└ ") for line in result.stdout.splitlines()]
    assert lines[:3] == [
        "AE  Adverse Events",
        'records from form ae where AEYN == "Y", mapped at tiny/sdtm/ae.yaml:4',
        "variables",
    ]
    assert "AESTDY  Study Day of Start of Adverse Event: study_day, mapped at tiny/sdtm/ae.yaml:26" in lines
    assert lines[-2:] == ["supplemental qualifiers", "AENOTE  Remark: copy, mapped at tiny/sdtm/ae.yaml:28"]


def test_a_dataset_of_supplemental_qualifiers(cli):
    result = cli("explain", "tiny", "SUPPAE")
    assert (result.exit_code, [line.strip("│├─└ ") for line in result.stdout.splitlines()]) == (
        0,
        [
            "SUPPAE  Supplemental Qualifiers for AE",
            'records from form ae where AEYN == "Y", mapped at tiny/sdtm/ae.yaml:4',
            "supplemental qualifiers",
            "AENOTE  Remark: copy, mapped at tiny/sdtm/ae.yaml:28",
        ],
    )


def test_a_given_dataset(cli):
    result = cli("explain", "cdiscpilot01", "DS")
    assert (result.exit_code, [line.strip("│├─└ ") for line in result.stdout.splitlines()]) == (
        0,
        [
            "DS  Disposition",
            "given, not made: read from ds.csv",
            "6 variables: STUDYID, USUBJID, DSDECOD, DSCAT, DSDTC, DSSTDTC",
        ],
    )


def test_a_misspelt_dataset(cli):
    told = "1 error:\n  PKG007 TINY-01 has no dataset '{}'; a variable is written DATASET.VARIABLE ({})\n"
    assert cli("explain", "tiny", "AEE").stderr == told.format("AEE", "did you mean AE?")
    assert cli("explain", "tiny", "SUPAE").stderr == told.format("SUPAE", "did you mean SUPPAE?")
    assert cli("explain", "tiny", "AESER").stderr == told.format("AESER", "did you mean AE.AESER?")
    assert cli("explain", "tiny", "ZZ").stderr == told.format("ZZ", "there are: DM, AE, SUPPAE")
