"""The guides and packages of the CDISC Library, read from a copy of its metadata and written as they are published."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from published_standards import text
from reference_data import reference_file
from studies import edit, write_tiny_study

from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.standards import load_standard, load_terminology
from cdisc_conv.standards.imports import import_terminology


class _Plain(pickle.Unpickler):
    """Reads texts, numbers, lists and dicts, and nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


def read(name: str) -> Any:
    with reference_file("core", "cache", name).open("rb") as file:
        return _Plain(file).load()


def write_nci(folder: Path, kind: str, version: str) -> Path:
    """A terminology package in the NCI's text layout; the copy has neither synonyms nor definitions."""
    rows = []
    for one in read(f"{kind.casefold()}ct-{version}.pkl")["codelists"]:
        extensible = "Yes" if one["extensible"] else "No"
        head = one["conceptId"], "", extensible, one["name"], one["submissionValue"], "", "", one["preferredTerm"]
        rows.append(head)
        for term in one["terms"]:
            value, preferred = term["submissionValue"], term["preferredTerm"]
            rows.append((term["conceptId"], one["conceptId"], "", one["name"], value, "", "", preferred))
    path = folder / f"{kind} Terminology {version}.txt"
    path.write_text(text(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("version", ["3.2", "3.3", "3.4"])
def test_the_guides_say_what_the_library_says(version: str) -> None:
    guide = load_standard("sdtmig", version)
    published = read("standards_details.pkl")[f"standards/sdtmig/{version.replace('.', '-')}"]
    datasets = {one["name"]: one for part in published["classes"] for one in part.get("datasets", ())}
    assert set(guide.datasets) == set(datasets)
    for name, dataset in datasets.items():
        assert guide.dataset(name).label == dataset["label"]
        items = dataset["datasetVariables"]
        assert guide.dataset(name).names == tuple(item["name"] for item in items)
        for item in items:
            mine = guide.dataset(name).variable(item["name"])
            assert mine is not None
            assert mine.label == item["label"].replace("\\n", "").strip(), (name, item["name"])
            assert mine.core == item.get("core", "Perm")
            assert mine.numeric == (item.get("simpleDatatype") == "Num")
            links = item["_links"].get("codelist", ())
            assert mine.codelists == tuple(link["href"].rpartition("/")[2] for link in links)


def test_a_study_on_sdtmig_3_3_with_terminology_of_2024_09_27(tmp_path: Path) -> None:
    study = write_tiny_study(tmp_path)
    for kind in ("SDTM", "ADaM"):
        import_terminology(write_nci(tmp_path, kind, "2024-09-27"), study=study)
    edit(study / "study.yaml", 'sdtmig: "3.4", sdtm_ct: 2025-03-28', 'sdtmig: "3.3", sdtm_ct: 2024-09-27')
    loaded, problems = lint_study(study)
    assert loaded is not None and problems == []
    assert loaded.sdtm.standard.label == "SDTMIG 3.3"
    assert loaded.sdtm.terminology.package_label == "SDTM CT 2024-09-27"
    assert len(loaded.sdtm.terminology.codes) == 1145
    assert [path.name for path in loaded.files if path.suffix == ".txt"] == ["ct-sdtm-2024-09-27.txt"]
    # AESER did not change, SV.SVOCCUR and DM.ARMNRS are new in 3.4
    edit(study / "sdtm" / "ae.yaml", "AESER:    {term: AESER}", "AESER:    {constant: Q}\n  AERLPRT:  *blank")
    _, problems = lint_study(study)
    assert [problem.message for problem in problems] == [
        "AE.AESER: 'Q' is not in codelist NY (C66742)",
        "SDTMIG 3.3 has no variable AERLPRT in AE",
    ]


def test_every_instrument_of_a_package_is_bound_to_its_category(tmp_path: Path) -> None:
    path = reference_file("nci", "SDTM_Terminology_2025-03-28.txt.gz")
    found = import_terminology(path, study=tmp_path)
    assert found.holds == "1,158 codelists, 43,698 terms"
    sdtm = load_terminology("sdtm", "2025-03-28", tmp_path)
    built_in = load_terminology("sdtm", "2025-03-28")
    assert sum(1 for head in sdtm.heads if len(head) > 4) == 840
    assert all(sdtm.same_list(built_in, code) for code in built_in.codes)
    bound = {name: sdtm.codelist(sdtm.instrument_codelist("--TESTCD", name)) for name in ("ECOG", "AIMS", "ADAS-COG")}
    assert {name: codelist.short_name for name, codelist in bound.items()} == {
        "ECOG": "ECOG1TC",
        "AIMS": "AIMS01TC",
        "ADAS-COG": "ADCTC",
    }
    assert sdtm.codelist(sdtm.instrument_codelist("--STRESC", "KFSS106A")).short_name == "KFSS1SET1STR"
