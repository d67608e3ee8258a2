"""Variables that an earlier run kept: what comes out is the same, and only what a change reaches is made again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ranges_alike import list_differences

from cdisc_conv.engine.convert import Conversion, convert_frames
from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.keeping import Room
from tests.engine.conftest import Lab, frame_of

FORMS: dict[str, dict[str, list[str]]] = {
    "dm": {
        "SUBJID": ["1", "2", "3"],
        "START": ["01-MAR-2022", "07-MAR-2022", ""],
        "SEX": ["M", "F", "F"],
    },
    "cm": {
        "SUBJID": ["3", "1", "2", "1", "2"],
        "TRT": ["aspirin", "Aspirin", "ibuprofen", " none such", "paracetamol"],
        "CMSTDAT": ["01-FEB-2022", "02-MAR-2022", "UN-MAR-2022", "05-MAR-2022", "09-MAR-2022"],
        "DOSE": ["100", "n/a", "", "20", "7"],
    },
}
DM = """\
records: [{form: dm}]
variables:
  SUBJID:  {copy: SUBJID}
  RFSTDTC: {datetime: START}
  SEX:     {copy: SEX}
  RFENDTC: {lookup: {from: CM, where: 'CMSEQ == 1', take: CMSTDTC}}
"""
CM = """\
records:
  - form: cm
    where: TRT != "paracetamol"
keys: [STUDYID, USUBJID, CMTRT]
variables:
  CMTRT:   {copy: TRT}
  CMSTDTC: {datetime: CMSTDAT}
  CMSTDY:  {study_day: CMSTDTC}
  CMDOSE:  {copy: DOSE}
  CMCAT:   {constant: GENERAL}
  CMSEQ:   {sequence: [CMTRT, CMSTDTC]}
supplemental:
  SEX:     {label: Sex, copy: DM.SEX}
"""
EDITS = {
    "DM": [("datetime: START", "copy: START"), ("copy: SEX", "copy: SUBJID"), ("CMSEQ == 1", "CMSEQ == 2")],
    "CM": [
        ('where: TRT != "paracetamol"', 'where: TRT != "aspirin"'),
        ("{copy: TRT}", "{copy: {source: TRT, case: upper}}"),
        ("{copy: DOSE}", "{expr: 'number(DOSE) * 2'}"),
        ("GENERAL", "SPECIAL"),
        ("copy: DM.SEX", "copy: DM.RFSTDTC"),
        ("label: Sex", "label: Sex of the subject"),
        ("sequence: [CMTRT, CMSTDTC]", "sequence: [CMSTDTC]"),
    ],
}


class Bench:
    """Converts a study in a folder, with what its last conversion kept."""

    def __init__(self, folder: Path) -> None:
        self._lab = Lab(folder)
        room = Room(folder / "room")
        assert room.make() == ""
        self.keeping = Keeping(room, "base")

    def convert(
        self, forms: Mapping[str, Mapping[str, Sequence[str]]], datasets: Mapping[str, str], **change: object
    ) -> tuple[Conversion, Conversion]:
        """A conversion that uses what is kept, and one that does not."""
        study = self._lab.load(forms, datasets)
        frames = {name: frame_of(table) for name, table in forms.items()}
        plan, names = plan_study(study), list(study.datasets)
        keeping = replace(self.keeping, **change)
        made, whole = (convert_frames(study, plan, frames, {}, names, keeping=each) for each in (keeping, None))
        assert list_differences(made, whole) == []
        return made, whole


@pytest.fixture
def bench(tmp_path) -> Bench:
    return Bench(tmp_path)


def list_made(conversion: Conversion) -> list[str]:
    made = conversion.reused.needed - conversion.reused.reused
    return sorted(name for name in made if not name.startswith("records of"))


def change(form: str, column: str, row: int, value: str) -> dict[str, dict[str, list[str]]]:
    changed = {name: {one: list(values) for one, values in table.items()} for name, table in FORMS.items()}
    changed[form][column][row] = value
    return changed


def test_the_first_time_everything_is_made_and_then_only_what_has_findings(bench):
    first, _ = bench.convert(FORMS, {"DM": DM, "CM": CM})
    again, _ = bench.convert(FORMS, {"DM": DM, "CM": CM})
    assert first.reused.reused == frozenset()
    assert list_made(again) == ["CM.CMDOSE"]  # n/a is not a number
    assert [problem.code for problem in again.problems] == [problem.code for problem in first.problems]


@pytest.mark.parametrize(
    ("old", "new", "made"),
    [
        ("GENERAL", "SPECIAL", ["CM.CMCAT"]),
        ("label: Sex", "label: Sex of the subject", []),
        ("records:\n", "comment: Another line.\nrecords:\n", []),
        ("{copy: TRT}", "{copy: {source: TRT, case: upper}}", ["CM.CMSEQ", "CM.CMTRT", "DM.RFENDTC"]),
        ("copy: DM.SEX", "copy: DM.RFSTDTC", ["CM.SEX"]),
    ],
)
def test_a_line_of_the_mapping_makes_what_is_downstream_of_it(bench, old, new, made):
    bench.convert(FORMS, {"DM": DM, "CM": CM})
    again, _ = bench.convert(FORMS, {"DM": DM, "CM": CM.replace(old, new)})
    assert [name for name in list_made(again) if name != "CM.CMDOSE"] == made


def test_a_value_makes_what_is_downstream_of_its_column(bench):
    bench.convert(FORMS, {"DM": DM, "CM": CM})
    again, _ = bench.convert(change("dm", "SEX", 1, "M"), {"DM": DM, "CM": CM})
    assert list_made(again) == ["CM.CMDOSE", "CM.SEX", "DM.SEX"]


def test_another_program_or_other_standards_make_everything(bench):
    bench.convert(FORMS, {"DM": DM, "CM": CM})
    again, _ = bench.convert(FORMS, {"DM": DM, "CM": CM}, base="another")
    assert again.reused.reused == frozenset()


def test_fresh_ignores_what_is_kept_and_keeps_what_it_makes(bench):
    bench.convert(FORMS, {"DM": DM, "CM": CM})
    fresh, _ = bench.convert(FORMS, {"DM": DM, "CM": CM}, fresh=True)
    again, _ = bench.convert(FORMS, {"DM": DM, "CM": CM})
    assert (fresh.reused.reused, list_made(again)) == (frozenset(), ["CM.CMDOSE"])


@pytest.mark.parametrize("part", ["head", "values"])
def test_what_is_damaged_is_made_anew_with_a_message(bench, caplog, part):
    bench.convert(FORMS, {"DM": DM, "CM": CM})
    [path] = bench.keeping.room.folder.iterdir()
    content = bytearray(path.read_bytes())
    content[{"head": 90, "values": len(content) - 3}[part]] ^= 1
    path.write_bytes(content)
    again, _ = bench.convert(FORMS, {"DM": DM, "CM": CM})
    assert again.reused.reused == frozenset()
    assert re.fullmatch(r"'.*\.kept', which an earlier run kept, was damaged: it is made anew", caplog.messages[0])


def test_what_is_sealed_and_holds_something_else_is_made_anew_with_a_message(bench, caplog):
    bench.keeping.room.keep(bench.keeping.name, (3).to_bytes(8, "little") + b"[1]")
    again, _ = bench.convert(FORMS, {"DM": DM, "CM": CM})
    assert again.reused.reused == frozenset()
    assert caplog.messages[0].endswith("does not hold variables: it is made anew")


VALUES = st.sampled_from(["", "1", "2", "4", "M", "31-FEB-2022", "07-MAR-2022", "UN-UNK-2022", "aspirin", "12.5", "ü"])
CELLS = st.tuples(
    st.sampled_from([(form, column) for form in FORMS for column in FORMS[form]]), st.integers(0, 9), VALUES
)
ROWS = st.tuples(st.sampled_from(list(FORMS)), st.sampled_from(["on top", "at the end", "less"]), st.lists(VALUES))
LINES = st.sampled_from([(dataset, number) for dataset, edits in EDITS.items() for number in range(len(edits))])


@given(st.lists(st.one_of(CELLS, ROWS, LINES), min_size=1, max_size=4))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_edits_of_rows_and_lines_give_what_a_full_run_gives(tmp_path_factory, edits):
    bench = Bench(tmp_path_factory.mktemp("edits"))
    forms = {name: {one: list(values) for one, values in table.items()} for name, table in FORMS.items()}
    texts = {"DM": DM, "CM": CM}
    bench.convert(forms, texts)
    for edit in edits:
        if len(edit) == 2:
            dataset, number = edit
            old, new = EDITS[dataset][number]
            texts[dataset] = texts[dataset].replace(old, new)
        elif isinstance(edit[0], tuple):
            (form, column), row, value = edit
            values = forms[form][column]
            if values:
                values[row % len(values)] = value
        else:
            form, where, values = edit
            for place, column in enumerate(forms[form].values()):
                value = values[place % len(values)] if values else ""
                column[:] = {"on top": [value, *column], "at the end": [*column, value], "less": column[1:]}[where]
        kept, fresh = bench.convert(forms, texts)
        assert list_differences(kept, fresh) == []
