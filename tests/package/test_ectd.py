"""A package laid out as an eCTD: folders, names, links, checksums."""

from __future__ import annotations

import hashlib

import pytest
from analysis import write_analysis
from studies import edit, read_tree, write_tiny_raw, write_tiny_study

from cdisc_conv.package.ectd import lay_out_ectd, list_links, made_by, name_study
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.load import load_study

DEFINE = """\
define:
  documents:
    - {id: CRF, title: Annotated CRF, href: acrf.pdf, kind: annotated CRF}
    - {id: CSDRG, title: Guide, href: csdrg.pdf}
"""
SDTM = "m5/datasets/tiny-01/tabulations/sdtm"
PROGRAMS = "m5/datasets/tiny-01/analysis/adam/programs"


@pytest.fixture
def folder(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / "study.yaml", "raw: {", f"{DEFINE}raw: {{")
    write_tiny_raw(tmp_path)
    return folder


def lay_out(folder):
    out = folder.parent / "out"
    run_study(folder, folder.parent / "raw", out)
    return lay_out_ectd(out, folder.parent / "ectd", load_study(folder)[0])


def test_every_file_has_its_place(folder):
    made = lay_out(folder)
    assert made.problems == ()
    assert sorted(read_tree(folder.parent / "ectd")) == [
        "checksums.txt",
        *(f"{PROGRAMS}/{name}.txt" for name in ("derivations", "forms", "readme", "sdtm-ae", "sdtm-dm", "study")),
        *(f"{SDTM}/{name}" for name in ("acrf.pdf", "ae.xpt", "csdrg.pdf", "define.xml", "define2-1.xsl", "dm.xpt")),
        f"{SDTM}/suppae.xpt",
        "manifest.json",
    ]


def test_the_programs_say_what_each_variable_is_made_of(folder):
    lay_out(folder)
    text = (folder.parent / "ectd" / PROGRAMS / "derivations.txt").read_text(encoding="utf-8")
    assert 'AE.AESER  Serious Event\n  records: form ae where AEYN == "Y"\n  mapping: {term: AESER}\n' in text
    assert "  reads: ae.AESTDAT\n" in text


def test_every_link_opens_and_every_checksum_holds(folder):
    lay_out(folder)
    define = folder.parent / "ectd" / SDTM / "define.xml"
    links = list_links(define)
    assert set(links) >= {"acrf.pdf", "csdrg.pdf", "dm.xpt", "ae.xpt", "suppae.xpt", "define2-1.xsl"}
    assert [one for one in links if not (define.parent / one).is_file()] == []
    for line in (folder.parent / "ectd" / "checksums.txt").read_text().splitlines():
        digest, size, name = line.split()
        content = (folder.parent / "ectd" / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), str(len(content))) == (digest, size)


def test_it_is_made_again_over_itself_with_the_same_bytes(folder):
    lay_out(folder)
    first = read_tree(folder.parent / "ectd")
    lay_out(folder)
    assert read_tree(folder.parent / "ectd") == first


def test_what_is_missing_or_cannot_be_named_so(folder):
    edit(
        folder / "study.yaml",
        "    - {id: CSDRG, title: Guide, href: csdrg.pdf}\n",
        "    - {id: P, title: P, href: My Plan.pdf}\n",
    )
    (folder / "My Plan.pdf").write_bytes(b"%PDF-1.7")
    made = lay_out(folder)
    assert [str(one) for one in made.problems] == [
        f"{SDTM}/My Plan.pdf: ECTD001 an eCTD cannot have a file called 'My Plan.pdf' (small letters, digits, hyphens, "
        "at most 64 characters)",
        "ECTD005 csdrg.pdf of SDTM is missing (name it among the documents of 'define' in study.yaml)",
    ]


def test_programs_that_are_missing_or_not_what_made_the_package(folder):
    write_analysis(folder.parent)
    out, ectd = folder.parent / "out", folder.parent / "ectd"
    run_study(folder, folder.parent / "raw", out)
    assert name_study(out) == folder.name
    assert made_by(load_study(folder)[0], out)

    def find(study):
        return [str(one) for one in lay_out_ectd(out, ectd, study).problems if one.code == "ECTD009"]

    assert find(load_study(folder)[0]) == []
    assert find(None) == [
        "ECTD009 the programs of the analysis datasets are missing: the mapping that made them was not found (name its "
        "folder with --study)"
    ]
    edit(folder / "sdtm" / "ae.yaml", "dataset: AE\n", "dataset: AE\n# changed\n")
    changed = load_study(folder)[0]
    assert not made_by(changed, out)
    assert find(changed) == [
        "ECTD009 the programs are not what made the package: ae.yaml of the mapping changed since (make the package "
        "again, or name the mapping that made it with --study)"
    ]


def test_a_link_that_leads_nowhere_and_a_file_of_another_kind(folder):
    out = folder.parent / "out"
    run_study(folder, folder.parent / "raw", out)
    (out / "sdtm" / "dm.xpt").unlink()
    (out / "sdtm" / "notes.csv").write_text("a")
    made = lay_out_ectd(out, folder.parent / "ectd")
    assert [str(one) for one in made.problems] == [
        "ECTD006 sdtm/notes.csv is not laid out: an eCTD takes .xpt, .xml, .xsl, .pdf, .txt",
        "tabulations/sdtm/define.xml: ECTD004 define.xml links to dm.xpt, which is not there (add it to the package)",
    ]


def test_a_folder_that_is_no_package(tmp_path):
    with pytest.raises(ProblemsError) as caught:
        lay_out_ectd(tmp_path, tmp_path.parent / "ectd-of-nothing")
    assert str(caught.value) == (
        f"ECTD007 '{tmp_path}' holds no package of cdisc-conv (name the output folder of `cdisc-conv run` or `demo`)"
    )
