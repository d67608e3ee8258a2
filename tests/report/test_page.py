"""report/index.html: complete without JavaScript, safe with hostile data, and every link leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lxml import html
from studies import edit

import cdisc_conv.compare
import cdisc_conv.report
from cdisc_conv.package.run import run_study


def run(folder):
    run_study(folder / "tiny", folder / "raw", folder / "out")
    return (folder / "out" / "report" / "index.html").read_text(encoding="utf-8")


def test_it_is_one_file_without_addresses_elsewhere(folder):
    page = html.fromstring(run(folder))
    assert page.xpath("//link | //img | //script[@src]") == []
    targets = {link.get("href") for link in page.xpath("//a[not(starts-with(@href, '#'))]")}
    assert targets == {"../sdtm/define.html", "findings.json", "accounting.csv"}


def test_every_inner_link_leads_somewhere_and_every_id_is_there_once(folder):
    page = html.fromstring(run(folder))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    links = {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")}
    assert links - set(ids) == set()
    assert {"v-AE.AESTDTC", "c-ae.AESTDAT", "d-AE", "f-ae"} <= set(ids)


def test_the_lineage_of_a_variable(folder):
    page = html.fromstring(run(folder))
    (details,) = page.xpath("//details[@id='v-AE.AESTDTC']")
    words = " ".join(details.text_content().split())
    assert "AE.AESTDTC Start Date/Time of Adverse Event" in words
    assert "datetime tiny/sdtm/ae.yaml:24" in words
    assert "Used byAE.AESEQ, AE.AESTDY" in words
    assert details.xpath(".//a[@href='#c-ae.AESTDAT']")


def test_what_is_found_is_told(folder):
    edit(folder / "raw" / "dm.csv", "002,Screening,F", "002,Screening,Q")
    page = html.fromstring(run(folder))
    (terms,) = page.xpath("//section[@id='terms']")
    cells = [" ".join(cell.text_content().split()) for cell in terms.xpath(".//tbody/tr[1]/td")]
    assert cells[:5] == ["DM.SEX", "dm.SEX", "Q", "1", "2"]
    data = json.loads(page.xpath("//script[@id='finding-data']")[0].text)
    told = [finding[1:4] for finding in data if "SEX" in finding[3]]
    assert told == [["TERM001", "DM", "DM.SEX form dm.SEX row 2"]]


def test_rules_that_were_not_asked_are_listed_with_the_reason(folder):
    page = html.fromstring(run(folder))
    (rules,) = page.xpath("//section[@id='rules']")
    assert "were asked of the datasets" in rules.text_content()
    reasons = {row[0].text_content(): row[1].text_content() for row in rules.xpath(".//tbody/tr")}
    assert reasons["DM013"] == "there is no dataset DS"


@pytest.mark.parametrize(
    "hostile", ["</script><script>alert(1)</script>", "<!--", "<img src=x onerror=alert(1)>", "&amp;"]
)
def test_hostile_values_stay_text(folder, hostile):
    edit(folder / "raw" / "dm.csv", "002,Screening,F", f"002,Screening,{hostile}")
    text = run(folder)
    page = html.fromstring(text)
    assert len(page.xpath("//script")) == 2
    assert page.xpath("//img") == []
    data = json.loads(re.search(r'id="finding-data">(.*?)</script>', text, re.DOTALL)[1])
    assert any(hostile in " ".join(map(str, finding)) for finding in data)


def test_many_findings_do_not_choke_it(folder):
    rows = "".join(f"001,Log,Y,Fièvre {number},07-JAN-2022,N,\n" for number in range(2000))
    (folder / "raw" / "ae.csv").write_text(f"SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE\n{rows}", encoding="utf-8")
    page = html.fromstring(run(folder))
    assert len(page.xpath("//table[@id='finding-table']/tbody/tr")) == 200
    found = json.loads(page.xpath("//script[@id='finding-data']")[0].text)
    assert sum("Fièvre" in " ".join(map(str, finding)) for finding in found) == 4000
    (note,) = page.xpath("//p[@class='more']")
    assert note.text_content().startswith(f"The first 200 of {len(found):,} findings")


def test_cells_say_what_their_column_is_where_a_narrow_screen_has_no_header(folder):
    edit(folder / "raw" / "dm.csv", "002,Screening,F", "002,Screening,Q")
    page = html.fromstring(run(folder))
    labels = 0
    for table in page.xpath("//table[contains(@class, 'cards')]"):
        columns = [cell.text_content() for cell in table.xpath("thead/tr/th")]
        for row in table.xpath("tbody/tr[count(*) > 1]"):
            for column, cell in zip(columns, row, strict=True):
                assert cell.get("data-label", column) == column
                labels += "data-label" in cell.attrib
    assert labels > 50
    assert page.xpath("//table[not(contains(@class, 'cards'))]") == []


TEMPLATES = Path(cdisc_conv.report.__file__).parent / "templates"
PRINTED = [*TEMPLATES.glob("*.css"), Path(cdisc_conv.compare.__file__).parent / "report/templates/compare.html"]


@pytest.mark.parametrize("path", PRINTED, ids=lambda path: path.name)
def test_the_layout_of_narrow_screens_is_not_that_of_paper(path):
    """A page of paper is narrower than many screens; its tables stay tables."""
    style = path.read_text(encoding="utf-8")
    assert re.findall(r"@media (?!screen and|print|\(prefers)[^{]*", style) == []


def test_pages_print_in_landscape_and_in_black_on_white_whatever_the_screen_shows():
    style = (TEMPLATES / "page.css").read_text(encoding="utf-8").partition("@media print {")[2]
    assert "@page { size: A4 landscape; margin: 12mm; }" in style
    assert ":root { --ink: #000000;" in style
