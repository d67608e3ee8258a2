"""Every form of the demonstration study is the same from every format, whole and in its order."""

from __future__ import annotations

from pathlib import Path

import exports
import pandas as pd
import pytest

from cdisc_conv.raw import FormSource, Long, RawForm, read_form
from cdisc_conv.resources import shipped
from cdisc_conv.simulate import write_exports


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "raw"
    folder.mkdir()
    write_exports(shipped("mappings") / "hope2021_thal_agc", 4, 1, folder)
    return folder


def read(folder: Path, source: FormSource) -> tuple[RawForm, list[str]]:
    form, problems = read_form(source, folder)
    assert form is not None, problems
    return form, [problem.code for problem in problems if problem.code not in ("RAW007", "RAW027")]


FORMATS = ("tab", "utf-16", "parquet", "xpt", "xlsx", "json", "ndjson", "dsjc", "zip", "sql", "parts", "long")


@pytest.mark.parametrize("kind", FORMATS)
def test_each_form_is_the_same_from_each_format(demo: Path, tmp_path: Path, kind: str) -> None:
    for path in sorted(demo.glob("*.csv")):
        plain, _ = read(demo, FormSource(path.stem, path.name))
        if kind == "xpt" and max(plain.frame.map(lambda text: len(text.encode())).max(), default=0) > 200:
            continue
        form, problems = read(tmp_path, write(plain.frame, tmp_path, path.stem, kind))
        expected = plain.frame
        if kind == "long":
            expected = expected.loc[:, [name in form.frame or (expected[name] != "").any() for name in expected]]
        if kind == "xpt":  # SAS has no blanks at the end of a text
            expected = expected.map(lambda text: text.rstrip(" ")).astype("str")
        pd.testing.assert_frame_equal(form.frame[list(expected)], expected)
        assert problems == []


def write(frame: pd.DataFrame, folder: Path, name: str, kind: str) -> FormSource:
    """Write a form in a format; how it is read."""
    file = f"{name}.{kind}"
    if kind == "tab":
        exports.write_labelled(frame, folder / file)
        return FormSource(name, file, delimiter="\t", header=("labels", "names"), end="EOF")
    if kind == "utf-16":
        exports.write_delimited(frame, folder / file, "utf-16", ";", "'")
        return FormSource(name, file, encoding="utf-16", delimiter=";", quote="'")
    if kind == "xlsx":
        exports.write_workbook(frame, folder / file, name.upper())
        return FormSource(name, file)
    if kind == "zip":
        exports.write_zipped(frame, folder / "all.zip", f"export/{name}.csv")
        return FormSource(name, f"{name}.csv", folder="all.zip")
    if kind == "sql":
        exports.write_table(frame, folder / "all.db", name)
        return FormSource(name, "", url="sqlite:///all.db")
    if kind == "parts":
        half = len(frame) // 2
        frame[:half].to_csv(folder / f"{name}_1.csv", index=False)
        frame[half:].to_csv(folder / f"{name}_2.csv", index=False)
        return FormSource(name, f"{name}_?.csv")
    if kind == "long":
        by = list(frame)[:13]
        exports.write_long(frame, folder / file, by)
        return FormSource(name, file, long=Long(("ITEM",), "VALUE", tuple(by)))
    writers = {"parquet": exports.write_parquet, "xpt": exports.write_transport}
    writers.get(kind, exports.write_dataset_json)(frame, folder / file)
    return FormSource(name, file)
