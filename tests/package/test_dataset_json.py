"""Dataset-JSON 1.1: valid, with the text as it was collected, otherwise equal to the transport files."""

from __future__ import annotations

import gzip
import json

import jsonschema
import numpy as np
import pandas as pd
import pytest
from analysis import write_analysis
from hypothesis import given
from hypothesis import strategies as st
from reference_data import reference_file
from studies import edit, read_tree, write_tiny_raw, write_tiny_study

from cdisc_conv.checks.package.run import check
from cdisc_conv.compare.packages.run import Options, compare_paths
from cdisc_conv.datafiles.read import list_datasets
from cdisc_conv.datafiles.write_json import FORMATS, JsonHeader, write_dataset_json
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import write_xpt
from cdisc_conv.xpt.variables import variables_of

KEYS = ("USUBJID", "AESEQ")
HEADER = JsonHeader("2026-01-31T12:00:00", "ST.X", "MDV.X", "../define.xml", "Us", "cdisc-conv", "1")


@pytest.fixture
def folder(tmp_path):
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    write_analysis(tmp_path)
    edit(tmp_path / "raw" / "ae.csv", "Nausea", "恶心 é")
    edit(tmp_path / "tiny" / "study.yaml", "variables:", "transliterate: {恶心: nausea, é: e}\nvariables:")
    return tmp_path


def run(folder, **options):
    return run_study(folder / "tiny", folder / "raw", folder / "out", **options)


def make(**columns) -> Dataset:
    """A dataset of columns: a list of values, or (format, list of numbers)."""
    frame, described = {}, []
    for name, said in columns.items():
        shown, values = said if isinstance(said, tuple) else ("", said)
        numeric = not isinstance(values[0], str)
        frame[name] = pd.Series(values, dtype=float if numeric else "str")
        whole = numeric and all(value == value and value == int(value) for value in values if np.isfinite(value))
        kind = ("integer" if whole else "float") if numeric else "text"
        described.append(Column(name, f"Label of {name}", numeric, Item(kind, 8), shown, key=len(described) == 0))
    return Dataset("AE", "Adverse Events", pd.DataFrame(frame), tuple(described))


def test_a_file_word_for_word(tmp_path):
    dataset = make(
        AETERM=["发热 ", 'a"b'], AESEQ=[1.0, np.nan], ADT=("DATE9.", [22645.0, np.nan]), AVAL=[0.1, np.inf],
        ADTM=("E8601DT19.", [3661.0, np.nan]), ATM=("TIME5.", [3660.0, np.nan]), ADUR=("TIME8.", [90000.0, -60.0]),
        AHALF=("DATE9.", [0.5, 1.0]),
    )  # fmt: skip
    write_dataset_json(dataset, tmp_path / "ae.json", HEADER)
    text = (tmp_path / "ae.json").read_text(encoding="utf-8")
    assert text.splitlines()[1:] == [
        '["发热",1,"2021-12-31",0.1,"1960-01-01T01:01:01","01:01:00",90000,0.5],',
        '["a\\"b",null,null,null,null,null,-60,1]',
        "]}",
    ]
    read = json.loads(text)
    columns = read.pop("columns")
    read.pop("rows")
    assert read == {
        "datasetJSONCreationDateTime": "2026-01-31T12:00:00", "datasetJSONVersion": "1.1.0", "fileOID": "ST.X.AE",
        "originator": "Us", "sourceSystem": {"name": "cdisc-conv", "version": "1"}, "studyOID": "ST.X",
        "metaDataVersionOID": "MDV.X", "metaDataRef": "../define.xml", "itemGroupOID": "IG.AE", "records": 2,
        "name": "AE", "label": "Adverse Events",
    }  # fmt: skip
    assert columns[0] == {
        "itemOID": "IT.AE.AETERM", "name": "AETERM", "label": "Label of AETERM", "dataType": "string", "length": 8,
        "keySequence": 1,
    }  # fmt: skip
    assert columns[2] == {
        "itemOID": "IT.AE.ADT", "name": "ADT", "label": "Label of ADT", "dataType": "date",
        "targetDataType": "integer", "displayFormat": "DATE9.",
    }  # fmt: skip
    assert [column["dataType"] for column in columns] == [
        "string", "integer", "date", "float", "datetime", "time", "integer", "float",
    ]  # fmt: skip


def test_the_three_forms_hold_the_same(tmp_path):
    dataset = make(AETERM=["发热", "x"], AESEQ=[1.0, 2.0])
    for ending in FORMATS:
        write_dataset_json(dataset, tmp_path / f"ae.{ending}", HEADER)
    whole = json.loads((tmp_path / "ae.json").read_text(encoding="utf-8"))
    lines = (tmp_path / "ae.ndjson").read_bytes()
    first, *rows = map(json.loads, lines.splitlines())
    assert {**first, "rows": rows} == whole
    assert list(first)[-1] == "columns"
    assert gzip.decompress((tmp_path / "ae.dsjc").read_bytes()) == lines


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=5)
NUMBERS = st.floats(allow_nan=True, allow_infinity=False, width=64).filter(
    lambda n: n == 0 or 1e-70 < abs(n) < 1e70 or n != n
)


@given(st.lists(st.tuples(CELLS, NUMBERS), min_size=1, max_size=8), st.sampled_from(FORMATS))
def test_what_is_read_is_what_was_written(tmp_path_factory, rows, ending):
    path = tmp_path_factory.mktemp("json") / f"ae.{ending}"
    texts, numbers = map(list, zip(*rows, strict=True))
    write_dataset_json(make(AETERM=texts, AVAL=numbers), path, HEADER)
    (file,) = list_datasets(path)
    table = file.read(None)
    assert table.columns["AETERM"].to_pylist() == [text.rstrip(" ") for text in texts]
    np.testing.assert_array_equal(np.array(table.columns["AVAL"], dtype=float), numbers)


def test_many_batches_equal_the_transport_file(tmp_path, monkeypatch):
    monkeypatch.setattr("cdisc_conv.datafiles.write_json._BATCH", 3)
    dataset = make(
        AETERM=[f"T{n % 4}" for n in range(10)], AESEQ=[float(n) for n in range(10)], ADT=("DATE9.", [22645.0] * 10)
    )
    write_dataset_json(dataset, tmp_path / "ae.json", HEADER)
    write_xpt(dataset.frame, tmp_path / "ae.xpt", name="AE", label=dataset.label, variables=variables_of(dataset))
    found = compare_paths(tmp_path / "ae.xpt", tmp_path / "ae.json")
    assert (found.datasets[0].only_base_count, found.datasets[0].variables["differing"].sum()) == (0, 0)


def test_a_package_has_them_beside_the_transport_files(folder):
    edit(folder / "tiny" / "study.yaml", "variables:", "formats: [json, dsjc]\nvariables:")
    run(folder)
    files = read_tree(folder / "out")
    assert [name for name in sorted(files) if "json/" in name or "dsjc/" in name] == [
        *(f"adam/{ending}/{name}.{ending}" for ending in ("dsjc", "json") for name in ("adae", "adnn", "adsl")),
        *(f"sdtm/{ending}/{name}.{ending}" for ending in ("dsjc", "json") for name in ("ae", "dm", "suppae")),
    ]
    manifest = json.loads(files["manifest.json"])
    assert "sdtm/json/ae.json" in [entry["path"] for entry in manifest["outputs"]]
    run(folder)
    assert read_tree(folder / "out") == files


@pytest.mark.parametrize("family", ["sdtm", "adam"])
def test_cells_differ_where_the_text_was_transliterated_alone(folder, family):
    run(folder, formats=["JSON", "ndjson"])
    for ending in ("json", "ndjson"):
        found = compare_paths(folder / "out" / family, folder / "out" / family / ending, Options(keys=KEYS))
        differing = {
            f"{one.name}.{row.variable}": row.differing
            for one in found.datasets
            for row in one.variables.itertuples()
            if row.differing
        }
        assert all(one.only_base_count == one.only_other_count == 0 for one in found.datasets)
        of_sdtm, of_adam = {"AE.AETERM": 1, "AE.AEDECOD": 1}, {"ADAE.AETERM": 1, "ADAE.AEDECOD": 1, "ADNN.TERM": 1}
        assert differing == (of_sdtm if family == "sdtm" else of_adam)
    text = (folder / "out" / "sdtm" / "json" / "ae.json").read_text(encoding="utf-8")
    assert text.count("恶心 é") == 2


def test_check_and_ectd_take_each_dataset_once(folder):
    from cdisc_conv.package.ectd import lay_out_ectd

    run(folder, formats=["json", "dsjc"])
    assert not [one for one in check(folder / "out").problems if one.code == "CHK002"]
    laid = lay_out_ectd(folder / "out", folder / "ectd")
    assert not [name for name, _, _ in laid.files if "json" in name or "dsjc" in name]
    assert str(laid.problems[0]) == "ECTD006 sdtm/json is not laid out: datasets are submitted as transport files"


def test_an_unknown_format(folder):
    with pytest.raises(ProblemsError) as caught:
        run(folder, formats=["json", "ndjsn"])
    assert list(map(str, caught.value.problems)) == ["PKG016 there is no format 'ndjsn' (did you mean ndjson?)"]


def test_files_are_valid_against_the_published_schema(folder):
    run(folder, formats=["json"])
    published = reference_file("samples", "dataset_json", "schema", "dataset.schema.json")
    schema = json.loads(published.read_text(encoding="utf-8"))
    written = sorted((folder / "out" / "sdtm" / "json").glob("*.json"))
    assert [path.name for path in written] == ["ae.json", "dm.json", "suppae.json"]
    validator = jsonschema.Draft201909Validator(schema)
    for path in written:
        assert list(validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))) == []
