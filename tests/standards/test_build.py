"""The maintainers' tool that makes the data files."""

from pathlib import Path

import pytest
from published_standards import VARIABLE_COLUMNS

from cdisc_conv.standards import build, files, guides
from cdisc_conv.standards.terminology import load_terminology

NCI_HEADER = (
    "Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value\t"
    "CDISC Synonym(s)\tCDISC Definition\tNCI Preferred Term\n"
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (files, build, guides):
        monkeypatch.setattr(module, "DATA", tmp_path)
    return tmp_path


def test_terminology(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = data / "source.txt"
    source.write_text(
        NCI_HEADER
        + "C1\t\tYes\tVital Signs Test Code\tVSTESTCD\tVital Signs Test Code\t\tCDISC SDTM Vital Sign Test Code\n"
        + "C3\tC1\t\tVital Signs Test Code\tWEIGHT\tMass; Weight\tdefinition\tBody Weight\n"
        + "C2\t\tYes\tVital Signs Test Name\tVSTEST\tVital Signs Test Name\t\tCDISC SDTM Vital Sign Test Name\n"
        + 'C3\tC2\t\tVital Signs Test Name\tWeight\t"Mass"\tdefinition\tBody Weight\n'
        + "C4\t\tNo\tMood Test Code\tMOODTC\tMood\t\tCDISC Questionnaire Mood Test Code Terminology\n"
        + "C5\tC4\t\tMood Test Code\tMOOD01\t\t\tMood - How\n",
        encoding="utf-8",
    )
    arguments = ["terminology", str(source), "--name", "SDTM CT", "--version", "2030-01-01"]
    assert build.main(arguments) == 0
    assert capsys.readouterr().out == f"{data / 'ct-sdtm-2030-01-01.txt'}\n"
    assert (data / "ct-sdtm-2030-01-01.txt").read_text(encoding="utf-8") == (
        "#SDTM CT\t2030-01-01\twithout most instruments\n"
        "=C1\tVSTESTCD\tVital Signs Test Code\tYes\n"
        "C3\tWEIGHT\tWeight\tBody Weight\tMass; Weight\n"
        "=C2\tVSTEST\tVital Signs Test Name\tYes\n"
        'C3\tWeight\t\tBody Weight\t"Mass"\n'
    )
    assert load_terminology("sdtm", "2030-01-01").codelist("VSTESTCD").terms[0].synonyms == ("Mass", "Weight")
    assert build.main([*arguments, "--instruments", "all"]) == 0
    assert "=C4\tMOODTC" in (data / "ct-sdtm-2030-01-01.txt").read_text(encoding="utf-8")


def test_guide(data: Path) -> None:
    source = data / "guide.csv"
    source.write_text(
        ",".join(VARIABLE_COLUMNS)
        + "\nMYIG v1.0,1,Events,ZZ,ZZTERM,Term,Char,,,,,Topic,,Req\n"
        + "MYIG v1.0,2,Events,ZZ,ZZOUT,Outcome,Char,C1; C2,,,,Record Qualifier,,Perm\n"
        + "MYIG v1.0,1,Trial Design,TA,ARMCD,Arm,Char,,,MedDRA,Y;N,Topic,,Req\n",
        encoding="utf-8",
    )
    (data / "ig-sdtmig-3.4.txt").write_text(
        "#SDTMIG\t3.4\n=TA\tTrial Arms\tTRIAL DESIGN\tOne record per arm\nARMCD\tArm\tChar\tTopic\tReq\t\t\t\n"
        "=ZZ\tLast\tEVENTS\tOne record per event\nZZTERM\tTerm\tChar\tTopic\tReq\t\t\t\n",
        encoding="utf-8",
    )
    (data / "keys-sdtmig.txt").write_text("", encoding="utf-8")
    (data / "keys-adamig.txt").write_text("", encoding="utf-8")
    assert build.main(["guide", str(source), "--name", "MYIG", "--version", "1.0"]) == 0
    assert (data / "ig-myig-1.0.txt").read_text(encoding="utf-8") == (
        "#MYIG\t1.0\n"
        "=TA\tTrial Arms\tTRIAL DESIGN\tOne record per arm\n"
        "ARMCD\tArm\tChar\tTopic\tReq\t\tMedDRA\tY N\n"
        "=ZZ\tLast\tEVENTS\tOne record per event\n"
        "ZZTERM\tTerm\tChar\tTopic\tReq\t\t\t\n"
        "ZZOUT\tOutcome\tChar\tRecord Qualifier\tPerm\tC1 C2\t\t\n"
    )


def test_a_table_without_its_columns_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = data / "source.csv"
    source.write_text("Dataset Name,Variable Name,Type\nAE,AETERM,Char\n", encoding="utf-8")
    assert build.main(["guide", str(source), "--name", "MYIG", "--version", "1.0"]) == 2
    assert capsys.readouterr().err == (
        f"{source}: STD001 this is not a table of variables of an implementation guide or model: there is no column "
        "'Variable Label' (it has 'Dataset Name', 'Variable Name', 'Type')\n"
    )
    assert list(data.glob("ig-*")) == []


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["terminology", "--help"])
    assert "a terminology package" in " ".join(capsys.readouterr().out.split())
