"""cdisc-conv ct: import, list, show and diff of controlled terminology."""

from __future__ import annotations

from pathlib import Path

import pytest
from published_standards import SEX, WALK, text
from studies import edit

NAME = "SDTM Terminology 2024-09-27.txt"


@pytest.fixture(autouse=True)
def _own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("CDISC_CONV_DATA", str(tmp_path / "mine"))


def write(folder: Path, rows=(*SEX, *WALK), name: str = NAME) -> Path:
    path = folder / name
    path.write_text(text(rows), encoding="utf-8")
    return path


def test_a_package_is_kept_with_the_study_or_for_the_user(cli, tmp_path):
    write(tmp_path)
    result = cli("ct", "import", NAME, "--study", "tiny")
    assert result.exit_code == 1  # it is far smaller than the one that comes with cdisc-conv
    kept = "tiny/standards/ct-sdtm-2024-09-27.txt"
    assert result.stdout == (
        f"SDTM CT 2024-09-27: 6 codelists, 9 terms; kept in {kept}\n"
        "1 warning:\n"
        f"  {NAME}: STD006 it has 6 codelists, where SDTM CT 2025-03-28 has 324 (the file may be cut short or "
        "filtered)\n"
    )
    assert (tmp_path / kept).is_file() and not (tmp_path / "mine").exists()
    first = cli("ct", "import", NAME).stdout.splitlines()[0]
    assert first.endswith(f"; kept in {tmp_path}/mine/standards/ct-sdtm-2024-09-27.txt")


def test_imported_twice_and_with_other_content(cli, tmp_path):
    write(tmp_path)
    cli("ct", "import", NAME, "--study", "tiny")
    again = cli("ct", "import", NAME, "--study", "tiny")
    assert "is there already, unchanged: tiny/standards/ct-sdtm-2024-09-27.txt" in again.stdout
    edit(tmp_path / NAME, "Male; Man", "Male")
    edit(tmp_path / NAME, "\tWLK103\t", "\tWLK104\t")
    other = cli("ct", "import", NAME, "--study", "tiny")
    assert (other.exit_code, other.stderr) == (
        2,
        "1 error:\n"
        f"  {NAME}: STD004 SDTM CT 2024-09-27 was imported before with other content, from {NAME} (2 codelists "
        "changed) (give --replace to put this one in its place)\n",
    )
    replaced = cli("ct", "import", NAME, "--study", "tiny", "--replace")
    assert "; replaced in tiny/standards/ct-sdtm-2024-09-27.txt\n" in replaced.stdout


def test_one_bad_file_does_not_keep_the_others_out(cli, tmp_path):
    write(tmp_path)
    (tmp_path / "bad.txt").write_text("x\n", encoding="utf-8")
    result = cli("ct", "import", "bad.txt", NAME, "--study", "tiny")
    assert result.exit_code == 2
    assert result.stderr.startswith("1 error:\n  bad.txt: STD001 this is not a terminology package: ")
    assert (tmp_path / "tiny" / "standards" / "ct-sdtm-2024-09-27.txt").is_file()


def test_the_version_that_comes_with_cdisc_conv_may_be_imported(cli, tmp_path):
    write(tmp_path, (*SEX, *WALK), "SDTM Terminology 2025-03-28.txt")
    result = cli("ct", "import", "SDTM Terminology 2025-03-28.txt")
    assert (
        "STD008 it differs from the SDTM CT 2025-03-28 that comes with cdisc-conv, which it takes the place of, in "
        "324 codelists: "
    ) in result.stdout
    listed = cli("ct", "list").stdout.splitlines()
    assert [line.split() for line in listed if line.startswith("SDTM")] == [
        ["SDTM", "CT", "2025-03-28", "6", "the", "user", "SDTM", "Terminology", "2025-03-28.txt"],
        [
            "SDTM",
            "CT",
            "2025-03-28",
            "324",
            "cdisc-conv",
            "(not",
            "used:",
            "the",
            "one",
            "above",
            "is",
            "found",
            "first)",
        ],
    ]


def test_the_study_is_checked_with_its_own_version(cli, tmp_path):
    write(tmp_path)
    cli("ct", "import", NAME, "--study", "tiny")
    edit(tmp_path / "tiny" / "study.yaml", 'sdtmig: "3.4", sdtm_ct: 2025-03-28', 'sdtmig: "3.3", sdtm_ct: 2024-09-27')
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "SEX:      {term: SEX}", "SEX:      {constant: U}")
    result = cli("lint", "tiny")
    assert "DM.SEX: 'U' is not in codelist SEX (C66731)" in result.stdout


def test_a_missing_version_says_how_to_import_it(cli, tmp_path):
    edit(tmp_path / "tiny" / "study.yaml", "2025-03-28", "2024-09-27")
    result = cli("lint", "tiny")
    assert (result.exit_code, result.stderr) == (
        2,
        "1 error:\n"
        "  tiny/study.yaml:5: SPEC011 no terminology sdtm 2024-09-27 here; there is: adam 2025-03-28, define-xml "
        "2025-03-28, sdtm 2025-03-28 (import others with 'cdisc-conv ct import FILE')\n",
    )


def test_a_damaged_import_is_noticed(cli, tmp_path):
    write(tmp_path)
    cli("ct", "import", NAME, "--study", "tiny")
    edit(tmp_path / "tiny" / "study.yaml", "2025-03-28", "2024-09-27")
    edit(tmp_path / "tiny" / "standards" / "ct-sdtm-2024-09-27.txt", "Female", "Femal")
    result = cli("lint", "tiny")
    assert result.exit_code == 2
    assert (
        "SPEC011 tiny/standards/ct-sdtm-2024-09-27.txt was changed or cut short since it was imported: import "
        f"{NAME} again"
    ) in result.stderr


def test_show_a_codelist_a_term_an_instrument_and_a_package(cli, tmp_path):
    write(tmp_path)
    cli("ct", "import", NAME)
    assert cli("ct", "show", "sex", "--package", "2024-09-27").stdout == (
        "SEX (C66731), Sex: not extensible, SDTM CT 2024-09-27\n"
        "term  code    meaning  synonyms\n"
        "F     C16576  Female   Female\n"
        "M     C20197  Male     Male; Man\n"
    )
    shown = cli("ct", "show", "WALK", "--package", "sdtm 2024-09-27").stdout
    assert [line.split(" ")[0] for line in shown.splitlines() if "SDTM CT" in line] == [
        "WLK1TC", "WLK1TN", "WLK101T02OR", "WLK1SET1STR",
    ]  # fmt: skip
    assert "ECOG1TC (C101815)" in cli("ct", "show", "C102408").stdout
    package = cli("ct", "show", "SDTM CT 2024-09-27").stdout.splitlines()
    assert package[:3] == [
        "SDTM CT 2024-09-27: 6 codelists",
        "codelist     code     terms  extensible  name",
        "SEX          C66731       2  no          Sex",
    ]
    missing = cli("ct", "show", "SEXX", "--package", "2024-09-27")
    assert (missing.exit_code, missing.stderr) == (
        2,
        "1 error:\n  STD010 no codelist, term or category 'SEXX' in SDTM CT 2024-09-27 (did you mean SEX?)\n",
    )
    unknown = cli("ct", "show", "sdtm 1999-01-01")
    assert unknown.exit_code == 2
    assert "STD010 no terminology sdtm 1999-01-01 here; there is: " in unknown.stderr


def test_diff_of_two_versions_and_of_a_file(cli, tmp_path):
    write(tmp_path)
    cli("ct", "import", NAME)
    rows = [row for row in (*SEX, *WALK) if row[0] not in ("C20197", "C9", "C10", "C115304", "C1")]
    rows = [("C4", *row[1:4], "WLK102A", *row[5:]) if row[0] == "C4" else row for row in rows]
    rows += [
        ("C38046", "C66731", "", "Sex", "U", "Unknown", "", "Unknown"),
        ("C11", "", "Yes", "New List", "NEW", "", "", "CDISC SDTM New List Terminology"),
        ("C12", "C11", "", "New List", "A", "", "", "A"),
    ]
    write(tmp_path, rows, "SDTM Terminology 2025-01-01.txt")
    result = cli("ct", "diff", "2024-09-27", "SDTM Terminology 2025-01-01.txt")
    assert (result.exit_code, result.stdout) == (
        1,
        "SDTM CT 2024-09-27 to 2025-01-01: 1 codelist added, 2 removed, 2 changed\n"
        "+ NEW (C11), New List: 1 term\n"
        "- FTCAT (C115304), Category of Functional Test: 1 term\n"
        "- WLK1SET1STR (C9), Walk Functional Test STRESC the Same as WLK101 TN/TC: 1 term\n"
        "~ SEX (C66731): 1 term added: U; 1 term removed: M\n"
        "~ WLK1TC (C2): 1 term renamed: WLK102 is WLK102A\n",
    )
    same = cli("ct", "diff", "2024-09-27", NAME)
    assert (same.exit_code, same.stdout) == (0, "SDTM CT 2024-09-27 to 2024-09-27: no differences\n")
    other = cli("ct", "diff", "2024-09-27", "adam 2025-03-28")
    assert (other.exit_code, other.stderr) == (
        2,
        "1 error:\n  STD011 SDTM CT 2024-09-27 and ADaM CT 2025-03-28 are different packages (compare two versions of "
        "one package)\n",
    )


def test_diff_says_what_it_means_for_a_study(cli, tmp_path):
    years = [
        ("C66781", "", "No", "Age Unit", "AGEU", "", "", "CDISC SDTM Age Unit Terminology"),
        ("C29848", "C66781", "", "Age Unit", "YEARS", "Year", "", "Year"),
    ]
    yes = [
        ("C66742", "", "No", "No Yes Response", "NY", "", "", "CDISC SDTM Yes No Response Terminology"),
        ("C49487", "C66742", "", "No Yes Response", "N", "No", "", "No"),
    ]
    write(tmp_path, (*SEX, *years, *yes))
    sex = [SEX[0], SEX[1], ("C20197", "C66731", "", "Sex", "MALE", "M; Male", "", "Male")]
    fewer = [years[0], ("C29848", "C66781", "", "Age Unit", "YEAR", "Year", "", "Year")]
    write(tmp_path, (*sex, *fewer, *yes), "SDTM Terminology 2025-01-01.txt")
    result = cli("ct", "diff", NAME, "SDTM Terminology 2025-01-01.txt", "--study", "tiny")
    assert (result.exit_code, result.stdout) == (
        1,
        "SDTM CT 2024-09-27 to 2025-01-01: 2 codelists changed\n"
        "variable  codelist  values  what changed\n"
        "DM.AGEU   AGEU           1  1 term renamed: YEARS is YEAR\n"
        "DM.SEX    SEX            1  1 term renamed: M is MALE\n"
        "2 warnings:\n"
        "  tiny/sdtm/dm.yaml:16: STD009 DM.AGEU: 'YEARS' is no longer in AGEU (C66781) (it is YEAR now)\n"
        "  tiny/sdtm/dm.yaml:17: STD009 DM.SEX: 'M' means MALE of SEX (C66731) now, and meant M\n"
        "2 variables and 2 mapped values of the study touched\n",
    )


def test_show_takes_the_version_that_a_study_follows(cli, tmp_path):
    write(tmp_path)
    cli("ct", "import", NAME, "--study", "tiny")
    assert cli("ct", "show", "SEX", "--study", "tiny").stdout.startswith(
        "SEX (C66731), Sex: not extensible, SDTM CT 2025"
    )
    edit(tmp_path / "tiny" / "study.yaml", "sdtm_ct: 2025-03-28", "sdtm_ct: 2024-09-27")
    assert cli("ct", "show", "SEX", "--study", "tiny").stdout.startswith(
        "SEX (C66731), Sex: not extensible, SDTM CT 2024"
    )


def test_instruments_are_found_by_their_names_where_there_are_no_synonyms(cli, tmp_path):
    walk = [(*row[:4], row[4], "", *row[6:]) for row in WALK]
    walk = [(*row[:7], "Walk Functional Test") if row[0] == "C1" else row for row in walk]
    write(tmp_path, (*SEX, *walk))
    cli("ct", "import", NAME)
    shown = cli("ct", "show", "WALK", "--package", "sdtm 2024-09-27").stdout
    assert [line.split(" ")[0] for line in shown.splitlines() if "SDTM CT" in line][:2] == ["WLK1TC", "WLK1TN"]


def test_diff_says_which_codelists_are_not_there_to_be_compared(cli, tmp_path):
    write(tmp_path)
    cli("ct", "import", NAME)
    result = cli("ct", "diff", "2024-09-27", "2025-03-28")
    assert result.stdout.splitlines()[1] == (
        "note: SDTM CT 2025-03-28 comes with cdisc-conv without the codelists of most instruments, which are among "
        "those removed; import its publication to compare them"
    )
