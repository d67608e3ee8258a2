"""What define.xml of the shipped studies says is valid, names only what is there, and is true of the records."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import odmlib
import pandas as pd
import pytest
from lxml import etree

sys.path.insert(0, str(Path(__file__).parents[1]))

from golden_data import golden_folder

from cdisc_conv.columns.texts import as_text
from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_demo, run_study
from cdisc_conv.spec.load import load_study
from cdisc_conv.xpt import read_xpt

ODM, DEF = "{http://www.cdisc.org/ns/odm/v1.3}", "{http://www.cdisc.org/ns/def/v2.1}"
NAMED = re.compile(r"\b([A-Z][A-Z0-9]{1,7})\.([A-Z][A-Z0-9]{0,7})\b")
STRANGE = re.compile(r"of the (test|parameter)\b|\bThe value of \d|Where [a-z]\w* equals \w+:|The parts [^,]+, joined")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("hope") / "out"
    run_demo(out, 60, 1)
    return out


@pytest.fixture(scope="module")
def pilot(tmp_path_factory):
    """CDISCPILOT01 from its public data; DM, AE, EX and the analysis datasets are made, the others are given."""
    out = tmp_path_factory.mktemp("pilot") / "out"
    run_study("cdiscpilot01", golden_folder() / "raw", out, sdtm=golden_folder() / "sdtm")
    return out


@pytest.fixture(params=["demo", "pilot"])
def package(request):
    return request.getfixturevalue(request.param)


def roots(package):
    return [etree.parse(package / name / "define.xml").getroot() for name in ("sdtm", "adam")]


def others(package) -> set[str]:
    """What looks like a dataset and is none of the package: datasets that were read, and the first part of fields."""
    if not package.parent.name.startswith("pilot"):
        return set()
    fields = {field for form in load_study("cdiscpilot01")[0].forms.values() for field in form.fields}
    read = json.loads((package / "report" / "lineage.json").read_text(encoding="utf-8"))["given"]
    return set(read) | {field.partition(".")[0] for field in fields if "." in field}


@pytest.mark.parametrize("folder", ["sdtm", "adam"])
def test_the_file_is_valid_by_the_published_schema(package, folder):
    """Define-XML 2.1, with Analysis Results Metadata 1.0, as odmlib ships the schemas."""
    schemas = Path(odmlib.__file__).parent / "schemas"
    schema = etree.XMLSchema(etree.parse(schemas / "arm" / "1.0-define2.1" / "arm1-0-0.xsd"))
    schema.assertValid(etree.parse(package / folder / "define.xml"))


def variables(package) -> dict[str, set[str]]:
    """Variables, and qualifiers of SUPP--, by dataset."""
    files = sorted(package.glob("*/*.xpt"))
    return {file.stem.upper(): set(read_xpt(file).frame.columns) for file in files}


def test_texts_name_only_what_is_there(package):
    held = variables(package)
    for root in roots(package):
        texts = [
            " ".join("".join(one.itertext()).split())
            for tag in (f"{ODM}MethodDef", f"{DEF}CommentDef", f"{DEF}Origin")
            for one in root.iter(tag)
        ]
        assert len(texts) > 30
        named = {pair for text in texts for pair in NAMED.findall(text)}
        assert {f"{dataset}.{name}" for dataset, name in named if name not in held.get(dataset, {name})} == set()
        assert {dataset for dataset, _ in named} <= set(held) | others(package)
        assert [text for text in texts if STRANGE.search(text)] == []


def test_mandatory_means_that_no_record_lacks_a_value(package):
    for root in roots(package):
        for group in root.iter(f"{ODM}ItemGroupDef"):
            name = group.get("Name", "").lower()
            file = next(iter(package.glob(f"*/{name}.xpt")), None)
            if file is None:
                continue
            frame = read_xpt(file).frame
            for ref in group.findall(f"{ODM}ItemRef"):
                variable = ref.get("ItemOID", "").rpartition(".")[2]
                if ref.get("Mandatory") == "Yes":
                    assert not ((frame[variable] == "") | frame[variable].isna()).any(), (name, variable)


def test_where_clauses_name_variables_and_hold_for_records(package):
    held = variables(package)
    for root in roots(package):
        for check in root.iter(f"{ODM}RangeCheck"):
            _, dataset, variable = check.get(f"{DEF}ItemOID", "").split(".")
            assert variable in held[dataset]


def test_codelists_are_there_and_have_every_value(package):
    """A codelist that a variable refers to has all values of its records; one that nothing refers to is not there."""
    for root in roots(package):
        lists = {one.get("OID"): one for one in root.iter(f"{ODM}CodeList")}
        items = {one.get("OID"): one for one in root.iter(f"{ODM}ItemDef")}
        used = {ref.get("CodeListOID") for ref in root.iter(f"{ODM}CodeListRef")}
        assert used == set(lists)
        for group in root.iter(f"{ODM}ItemGroupDef"):
            frame = read_frame(package, group.get("Name", ""))
            for ref in group.findall(f"{ODM}ItemRef"):
                codelist = items[ref.get("ItemOID")].find(f"{ODM}CodeListRef")
                terms = [] if codelist is None else list(lists[codelist.get("CodeListOID")])
                codes = {one.get("CodedValue") for one in terms if one.get("CodedValue") is not None}
                if codes:
                    values = as_text(frame[ref.get("ItemOID", "").rpartition(".")[2]])
                    assert set(values) - {""} <= codes, ref.get("ItemOID")


def test_lengths_are_those_of_the_longest_value_anywhere(package):
    """A text is as long as its longest value in any dataset; QVAL and its like as in their own SUPP--."""
    frames = {file.stem.upper(): read_xpt(file).frame for file in sorted(package.glob("*/*.xpt"))}
    for root in roots(package):
        items = {one.get("OID"): one for one in root.iter(f"{ODM}ItemDef")}
        for name, frame in frames.items():
            for variable in frame.columns:
                item = items.get(f"IT.{name}.{variable}")
                if item is None or item.get("DataType") != "text" or frame[variable].dtype.kind == "f":
                    continue
                longest = frame[variable].str.len().max()
                if name.startswith("SUPP") and variable not in ("STUDYID", "USUBJID"):
                    assert int(item.get("Length")) == max(1, longest), (name, variable)
                assert int(item.get("Length")) >= longest, (name, variable)


def read_frame(package, name: str) -> pd.DataFrame:
    return read_xpt(next(iter(package.glob(f"*/{name.lower()}.xpt")))).frame


def test_treatment_emergent_is_one_rule(demo):
    package = demo
    supplement = read_xpt(package / "sdtm" / "suppae.xpt").frame
    flags = supplement[supplement["QNAM"] == "AETRTEM"]
    ours = {(row.USUBJID, float(row.IDVARVAL)) for row in flags.itertuples() if row.QVAL == "Y"}
    adae = read_xpt(package / "adam" / "adae.xpt").frame
    theirs = {(row.USUBJID, row.AESEQ) for row in adae.itertuples() if row.TRTEMFL == "Y"}
    assert len(ours) > 100
    assert ours == theirs


def test_the_event_of_a_time_is_traced_to_its_record(demo):
    package = demo
    (record,) = trace_records(package, "ADTTE", 'PARAMCD == "PFS" and CNSR == 0', limit=1).records
    (date,) = [one for one in record.variables if one.name == "ADT"]
    assert date.value in {cell.value for cell in date.cells if cell.name == "ADRS.ADT"} | {
        cell.value for cell in date.cells if cell.name == "ADSL.DTHDT"
    }
