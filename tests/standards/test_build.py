"""The maintainers' tool that makes the data files."""

from pathlib import Path

import pytest

from cdisc_conv.standards import build, files, guides, load_standard
from cdisc_conv.standards.terminology import load_terminology

NCI_HEADER = (
    "Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value\t"
    "CDISC Synonym(s)\tCDISC Definition\tNCI Preferred Term\n"
)
GUIDE_HEADER = ",".join(build.GUIDE_COLUMNS) + "\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (files, build, guides):
        monkeypatch.setattr(module, "DATA", tmp_path)
    for loader in (load_standard, load_terminology):
        loader.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def _forget_what_was_built() -> object:
    yield
    for loader in (load_standard, load_terminology):
        loader.cache_clear()


def test_terminology(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = data / "source.txt"
    source.write_text(
        NCI_HEADER
        + "C1\t\tYes\tVital Signs Test Code\tVSTESTCD\tVital Signs Test Code\t\tCDISC SDTM Vital Sign Test Code\n"
        + "C3\tC1\t\tVital Signs Test Code\tWEIGHT\tMass; Weight\tdefinition\tBody Weight\n"
        + "C2\t\tYes\tVital Signs Test Name\tVSTEST\tVital Signs Test Name\t\tCDISC SDTM Vital Sign Test Name\n"
        + 'C3\tC2\t\tVital Signs Test Name\tWeight\t"Mass"\tdefinition\tBody Weight\n'
        + "C4\t\tNo\tMood Test Code\tMOODTC\tMood\t\tCDISC Questionnaire Mood Test Code Terminology\n",
        encoding="utf-8",
    )
    arguments = ["terminology", str(source), "--name", "SDTM CT", "--version", "2030-01-01"]
    assert build.main(arguments) == 0
    assert capsys.readouterr().out == f"{data / 'ct-sdtm-2030-01-01.txt'}\n"
    assert (data / "ct-sdtm-2030-01-01.txt").read_text(encoding="utf-8") == (
        "#SDTM CT\t2030-01-01\n"
        "=C1\tVSTESTCD\tVital Signs Test Code\tYes\n"
        "C3\tWEIGHT\tWeight\tBody Weight\tMass; Weight\n"
        "=C2\tVSTEST\tVital Signs Test Name\tYes\n"
        'C3\tWeight\t\tBody Weight\t"Mass"\n'
    )
    assert load_terminology("sdtm", "2030-01-01").codelist("VSTESTCD").terms[0].synonyms == ("Mass", "Weight")
    assert build.main([*arguments, "--instruments"]) == 0
    assert "=C4\tMOODTC" in (data / "ct-sdtm-2030-01-01.txt").read_text(encoding="utf-8")


def test_guide_and_model(data: Path) -> None:
    guide, model = data / "guide.csv", data / "model.csv"
    guide.write_text(
        GUIDE_HEADER
        + "ZZ,Last,EVENTS,One record per event,ZZTERM,Term,Char,Topic,Req,,\n"
        + "ZZ,Last,EVENTS,One record per event,ZZOUT,Outcome,Char,Record Qualifier,Perm,C1; C2,\n"
        + "TA,Trial Arms,TRIAL DESIGN,One record per arm,ARMCD,Arm,Char,Topic,Req,MedDRA,Y N\n",
        encoding="utf-8",
    )
    model.write_text(
        ",".join(build.MODEL_COLUMNS) + "\nEVENTS,--OUT,Outcome of Event,Char,Record Qualifier,,,AE\n", encoding="utf-8"
    )
    assert build.main(["guide", str(guide), "--name", "MYIG", "--version", "1.0"]) == 0
    assert build.main(["model", str(model), "--guide", str(guide), "--name", "MY", "--version", "1.0"]) == 0
    assert (data / "ig-myig-1.0.txt").read_text(encoding="utf-8") == (
        "#MYIG\t1.0\n"
        "=TA\tTrial Arms\tTRIAL DESIGN\tOne record per arm\n"
        "ARMCD\tArm\tChar\tTopic\tReq\t\tMedDRA\tY N\n"
        "=ZZ\tLast\tEVENTS\tOne record per event\n"
        "ZZTERM\tTerm\tChar\tTopic\tReq\t\t\t\n"
        "ZZOUT\tOutcome\tChar\tRecord Qualifier\tPerm\tC1 C2\t\t\n"
    )
    assert (data / "model-my-1.0.txt").read_text(encoding="utf-8") == (
        "#MY\t1.0\n=EVENTS\n--OUT\tOutcome of Event\tChar\tRecord Qualifier\tPerm\tC1 C2\t\t\t\tAE\n"
    )


def test_a_table_without_its_columns_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = data / "source.csv"
    source.write_text(GUIDE_HEADER.replace("core,", ""), encoding="utf-8")
    assert build.main(["guide", str(source), "--name", "MYIG", "--version", "1.0"]) == 2
    assert capsys.readouterr().err == f"{source} has no column core; the first line must name the columns\n"
    assert list(data.glob("ig-*")) == []


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["terminology", "--help"])
    assert "the text file that NCI EVS publishes" in " ".join(capsys.readouterr().out.split())
