"""What define.xml of the shipped study names is in its package, and every analysis flag has one definition."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from cdisc_conv.package.run import run_demo
from cdisc_conv.package.trace import trace_records
from cdisc_conv.xpt import read_xpt

ODM, DEF = "{http://www.cdisc.org/ns/odm/v1.3}", "{http://www.cdisc.org/ns/def/v2.1}"
NAMED = re.compile(r"\b([A-Z][A-Z0-9]{1,7})\.([A-Z][A-Z0-9]{0,7})\b")
STRANGE = re.compile(r"of the (test|parameter)\b|\bThe value of \d|Where [a-z]\w* equals \w+:|The parts [^,]+, joined")


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    out = tmp_path_factory.mktemp("hope") / "out"
    run_demo(out, 60, 1)
    return out


def roots(package):
    return [etree.parse(package / name / "define.xml").getroot() for name in ("sdtm", "adam")]


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
        assert len(texts) > 100
        lost = {
            f"{dataset}.{name}"
            for text in texts
            for dataset, name in NAMED.findall(text)
            if dataset in held and name not in held[dataset]
        }
        assert lost == set()
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
        checks = list(root.iter(f"{ODM}RangeCheck"))
        assert len(checks) > 20
        for check in checks:
            _, dataset, variable = check.get(f"{DEF}ItemOID", "").split(".")
            assert variable in held[dataset]


def test_treatment_emergent_is_one_rule(package):
    supplement = read_xpt(package / "sdtm" / "suppae.xpt").frame
    flags = supplement[supplement["QNAM"] == "AETRTEM"]
    ours = {(row.USUBJID, float(row.IDVARVAL)) for row in flags.itertuples() if row.QVAL == "Y"}
    adae = read_xpt(package / "adam" / "adae.xpt").frame
    theirs = {(row.USUBJID, row.AESEQ) for row in adae.itertuples() if row.TRTEMFL == "Y"}
    assert len(ours) > 100
    assert ours == theirs


def test_the_event_of_a_time_is_traced_to_its_record(package):
    (record,) = trace_records(package, "ADTTE", 'PARAMCD == "PFS" and CNSR == 0', limit=1).records
    (date,) = [one for one in record.variables if one.name == "ADT"]
    assert date.value in {cell.value for cell in date.cells if cell.name == "ADRS.ADT"} | {
        cell.value for cell in date.cells if cell.name == "ADSL.DTHDT"
    }
