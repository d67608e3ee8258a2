"""coded: terms by MedDRA and WHODrug."""

from __future__ import annotations

from pathlib import Path

import pytest
from coding_dictionaries import write_meddra, write_whodrug

from cdisc_conv.problems import ProblemsError
from cdisc_conv.standards.dictionaries import Dictionary, load_dictionary
from cdisc_conv.standards.imports import import_dictionary
from tests.derivations.rows import FakeRows, Report, derive, method, refusal

AE = {"value": "AETERM", "dictionary": "MedDRA"}
CM = {"value": "CMTRT", "dictionary": "WHODrug"}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    for write in (write_meddra, write_whodrug):
        import_dictionary(write(tmp_path), study=tmp_path)
    return tmp_path


@pytest.fixture
def meddra(study: Path) -> Dictionary:
    return load_dictionary("MedDRA", "27.1", study)


@pytest.fixture
def whodrug(study: Path) -> Dictionary:
    return load_dictionary("WHODrug", "2025-03", study)


def events(meddra: Dictionary, *terms: str, **more: object) -> FakeRows:
    return FakeRows({"AETERM": list(terms)}, dictionaries={"MedDRA": meddra}, variable="AEDECOD", **more)


def test_a_term_is_found_by_its_name_or_code_without_regard_to_case(meddra):
    rows = events(meddra, "feeling  SICK", "Nausea", "10016384", "", "Headache NOS")
    assert derive(rows, coded=AE) == ["Nausea", "Nausea", "Nausea", "", "Headache"]
    assert rows.reports == []


def test_every_level_of_the_primary_path(meddra):
    def take(level: str, **more: object) -> list[object]:
        return derive(events(meddra, "Feeling sick", **more), coded={**AE, "take": level})

    assert take("llt") == ["Feeling sick"]
    assert take("hlt") == ["Nausea and vomiting symptoms"]
    assert take("hlgt") == ["Gastrointestinal signs and symptoms"]
    assert take("soc") == ["Gastrointestinal disorders"]
    assert take("soc_code") == ["10017947"]
    assert take("soc_code", numeric=True) == [10017947.0]


def test_what_is_not_coded_is_reported_once_for_each_text(meddra):
    rows = events(meddra, "Headdache", "Headdache", "Nausea", "Zzz")
    assert derive(rows, coded=AE) == ["", "", "Nausea", ""]
    assert rows.reports[0].hint == "did you mean headache?"
    assert [(report.code, report.message, report.rows) for report in rows.reports] == [
        ("CODE001", "'Headdache' is not coded: MedDRA 27.1 has no such term", [0, 1]),
        ("CODE001", "'Zzz' is not coded: MedDRA 27.1 has no such term", [3]),
    ]
    rows = events(meddra, "Headdache")
    assert derive(rows, coded={**AE, "map": {"headdache": "Headache"}}) == ["Headache"]
    assert rows.reports == []


def test_decod_brings_the_levels_along(meddra):
    from tests.derivations.rows import make

    brought = make(coded=AE).companions("AEDECOD")
    assert sorted(brought) == [
        "AEBDSYCD", "AEBODSYS", "AEHLGT", "AEHLGTCD", "AEHLT", "AEHLTCD", "AELLT", "AELLTCD", "AEPTCD", "AESOC",
        "AESOCCD",
    ]  # fmt: skip
    rows = events(meddra, "Feeling sick", "x")
    assert brought["AELLT"].derive(rows).tolist() == ["Feeling sick", ""]
    assert rows.reports == []
    assert make(coded={**AE, "take": "soc"}).companions("AEDECOD") == {}


def test_drugs_have_the_preferred_name_and_their_class(whodrug):
    rows = FakeRows(
        {"CMTRT": ["TYLENOL", "Paracetamol", "aspirin", "water"]}, dictionaries={"WHODrug": whodrug}, variable="CMDECOD"
    )
    assert derive(rows, coded=CM) == ["PARACETAMOL", "PARACETAMOL", "ACETYLSALICYLIC ACID", ""]
    assert derive(rows, coded={**CM, "take": "atc"}) == ["ANILIDES", "ANILIDES", "", ""]
    assert derive(rows, coded={**CM, "take": "atc_code"}) == ["N02BE", "N02BE", "", ""]
    first = [(report.code, report.message) for report in rows.reports[:2]]
    assert first == [
        ("CODE001", "'water' is not coded: WHODrug 2025-03 has no such term"),
        ("CODE002", "'aspirin' is in several ATC classes, so it has none"),
    ]


def test_without_the_dictionary_nothing_is_coded_and_one_finding_says_so():
    rows = FakeRows({"AETERM": ["Nausea"]}, variable="AEDECOD")
    assert derive(rows, coded=AE) == [""]
    assert rows.reports == [
        Report(
            "CODE003",
            "MedDRA is not there, so nothing is coded",
            [0],
            field="AETERM",
            hint="name its version under 'standards: dictionaries:', and import it with 'cdisc-conv dictionaries "
            "import'",
        )
    ]


def test_the_method_and_a_level_that_is_none():
    assert method(coded={**AE, "map": {"headdache": "Headache"}}) == (
        "The preferred term that MedDRA gives to AE.AETERM; missing where it has no such term. Coded otherwise than "
        'collected: "headdache" as "Headache".'
    )
    assert "'take' is one of llt, llt_code, pt" in refusal(coded={**AE, "take": "ptt"})


def test_files_that_are_no_dictionary(tmp_path):
    def refuse(path: Path, **said: str) -> list[str]:
        with pytest.raises(ProblemsError) as error:
            import_dictionary(path, study=tmp_path, **said)
        return [str(problem).replace(str(path), "PATH") for problem in error.value.problems]

    empty = tmp_path / "empty"
    empty.mkdir()
    assert refuse(empty) == [
        "PATH: STD001 there is no dictionary here (the files of a dictionary are MedDRA: llt.asc, mdhier.asc; WHODrug: "
        "dd.txt, dda.txt, ina.txt)"
    ]
    folder = write_meddra(tmp_path)
    assert refuse(folder, version="26.0") == ["PATH: STD003 the files say that their version is 27.1, not 26.0"]
    path = folder / "MedAscii" / "mdhier.asc"
    path.write_text(path.read_text()[:-60])
    assert refuse(folder)[0] == "PATH/mdhier.asc:3: STD002 the line is not one of mdhier.asc; is the file cut short?"
    (tmp_path / "x.zip").write_bytes(b"PK no zip")
    assert refuse(tmp_path / "x.zip") == [
        "PATH: STD001 this is neither a folder nor a zip archive (give the folder of the release)"
    ]
