"""Steps whose results are kept: the same result as long as all that it is made of is the same."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from cdisc_conv.columns.digests import UndigestedError, digest
from cdisc_conv.columns.stored import Shelf
from cdisc_conv.dataset import Column, Dataset, Item, Records
from cdisc_conv.expr import parse
from cdisc_conv.keeping import Room
from cdisc_conv.parcels import DamagedParcelError, open_own, pack_own
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.steps import Steps

FRAME = pd.DataFrame({"USUBJID": ["01", "02"], "AGE": [40.0, np.nan]}).astype({"USUBJID": "str"})
DATASET = Dataset("DM", "Demographics", FRAME, (Column("AGE", "Age", True, Item("integer", 8)),))


@pytest.fixture
def room(tmp_path) -> Room:
    made = Room(tmp_path / "room")
    assert made.make() == ""
    return made


@pytest.mark.parametrize(
    "other",
    [
        replace(DATASET, label="Subjects"),
        replace(DATASET, columns=(Column("AGE", "Age", True, Item("float", 8)),)),
        replace(DATASET, frame=FRAME.assign(AGE=[40.0, 41.0])),
        replace(DATASET, frame=FRAME.assign(AGE=[40, 41])),
        replace(DATASET, frame=FRAME[::-1]),
        replace(DATASET, frame=FRAME.rename(columns={"AGE": "AGEU"})),
    ],
    ids=["a label", "metadata", "a value", "a type", "the order", "a name"],
)
def test_what_differs_has_another_digest(other):
    assert digest(other) != digest(DATASET)


def test_what_is_equal_has_the_same_digest_wherever_it_is(tmp_path):
    shelved = Shelf(tmp_path).write(FRAME)
    rows = pd.DataFrame({"record": [0]})
    assert digest(replace(DATASET, frame=shelved)) == digest(DATASET)
    assert digest(replace(DATASET, records=Records(rows))) == digest(DATASET)  # does not count when two are compared
    assert digest(pickle.loads(pickle.dumps(DATASET))) == digest(DATASET)
    assert digest(MappingProxyType({"a": 1})) == digest(MappingProxyType({"a": 1}))


def test_what_is_shown_counts_though_it_does_not_when_two_are_compared():
    written, read = parse("`A` == 1"), parse("raw.A == 1")
    assert written == read
    assert digest(written) != digest(read)
    assert digest(parse("A  ==  1")) == digest(parse("A == 1"))


def test_a_digest_does_not_depend_on_the_process():
    code = (
        "from cdisc_conv.columns.digests import digest\n"
        "from cdisc_conv.problems import Place, Severity\n"
        "print(digest((frozenset({'a', 'b', 'c'}), Place(dataset='AE'), Severity.NOTE)))"
    )
    here = digest((frozenset({"c", "b", "a"}), Place(dataset="AE"), Severity.NOTE))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout.strip() == here


def test_a_value_of_unknown_content_has_no_digest():
    with pytest.raises(UndigestedError):
        digest({"rule": lambda row: row})


def test_a_step_is_made_once_for_the_same_things(room):
    made = []

    def run(fresh: bool = False, **change: object) -> Steps:
        steps = Steps(room, "version 1", fresh)
        dataset = replace(DATASET, **change)
        found = steps.make("check", dataset.name, dataset, lambda: made.append(dataset) or (Problem("X001", "wrong"),))
        assert found == (Problem("X001", "wrong"),)
        return steps

    assert run().made == {"check": ("DM",)}
    assert run().reused == {"check": ("DM",)}
    assert run(label="Subjects").made == {"check": ("DM",)}
    assert run().reused == {"check": ("DM",)}
    assert run(fresh=True).made == {"check": ("DM",)}
    assert len(made) == 3


def test_another_program_makes_everything_again(room):
    assert Steps(room, "version 1").make("sum", "", 1, lambda: 1) == 1
    assert Steps(room, "version 2").make("sum", "", 1, lambda: 2) == 2


def test_without_a_room_everything_is_made():
    assert Steps().make("sum", "", 1, lambda: 1) == 1
    assert Steps().make("sum", "", 1, lambda: 2) == 2


def test_what_another_process_took_over_is_heard(room):
    ours, theirs = Steps(room), Steps(room)
    ours.note("page", "a.html", reused=True)
    theirs.note("page", "b.html", reused=True)
    theirs.note("page", "c.html", reused=False)
    ours.hear(theirs.tell())
    assert (ours.reused, ours.made) == ({"page": ("a.html", "b.html")}, {"page": ("c.html",)})


@pytest.mark.parametrize("damage", ["cut short", "edited", "of another kind"])
def test_a_damaged_result_is_made_anew_with_a_message(room, caplog, damage):
    Steps(room).make("sum", "", 1, lambda: 3)
    [path] = room.folder.glob("step-*")
    content = path.read_bytes()
    if damage == "of another kind":
        room.keep(path.stem, pickle.dumps(print))
    else:
        path.write_bytes(content[:-1] if damage == "cut short" else content[:-1] + b"?")
    assert Steps(room).make("sum", "", 1, lambda: 3) == 3
    why = "does not hold the result of a step" if damage == "of another kind" else "was damaged"
    assert [re.sub("-[0-9a-f]{64}", "", line) for line in caplog.messages] == [
        f"'{room.folder}/step.kept', which an earlier run kept, {why}: it is made anew"
    ]
    assert Steps(room).make("sum", "", 1, lambda: 4) == 3


def test_a_parcel_calls_nothing():
    content = {"problem": Problem("X001", "wrong", Severity.NOTE), "rows": np.arange(3), "names": frozenset({"a"})}
    found = open_own(pack_own(content))
    assert (found["problem"], found["rows"].tolist(), found["names"]) == (content["problem"], [0, 1, 2], {"a"})
    with pytest.raises(DamagedParcelError, match=r"a parcel does not hold builtins\.eval"):
        open_own(pickle.dumps(eval))
