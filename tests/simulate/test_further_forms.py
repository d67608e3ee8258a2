"""Further forms: each has its own random numbers and changes no other form."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cdisc_conv.simulate import simulate_study
from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.forms import further as further_forms
from cdisc_conv.simulate.forms.further import Topic
from cdisc_conv.simulate.tables.draws import Draws
from cdisc_conv.simulate.tables.rows import Rows
from cdisc_conv.simulate.tables.untidy import Blur
from cdisc_conv.simulate.tables.words import dates, numbers


def _make(form: str, greed: int) -> Topic:
    def make(story: Story, draws: Draws) -> list[Rows]:
        n = len(story.cohort)
        draws.even(greed)
        items = {"NUMBER": numbers(draws.whole(1, 999, n)), "DAY": dates(story.cohort.roster.consent)}
        return [Rows(form, np.arange(n), np.full(n, story.dictionary.event("SCR")), story.cohort.scan_day, items)]

    return Topic((form,), make, typed={form: ("NUMBER",)}, dates=lambda settings: {form: {"DAY": Blur(0.4)}})


def _simulate(study_dir: Path, folder: Path, *forms: str) -> dict[str, pd.DataFrame]:
    shutil.copytree(study_dir, folder)
    text = (folder / "forms.yaml").read_text(encoding="utf-8")
    added = "".join(f"  {form}: {{columns: {{NUMBER: Number, DAY: Day}}}}\n" for form in forms)
    (folder / "forms.yaml").write_text(text.replace("\nforms:\n", f"\nforms:\n{added}"), encoding="utf-8")
    return simulate_study(folder, 12, 1)


def test_a_form_changes_no_other(study_dir, tmp_path, monkeypatch):
    monkeypatch.setitem(further_forms.TOPICS, "zzone", _make("zzone", 5))
    monkeypatch.setitem(further_forms.TOPICS, "zztwo", _make("zztwo", 700))
    without = simulate_study(study_dir, 12, 1)
    both = _simulate(study_dir, tmp_path / "both", "zzone", "zztwo")
    other = _simulate(study_dir, tmp_path / "other", "zztwo")
    assert set(both) == {*without, "zzone", "zztwo"}
    assert [name for name, frame in without.items() if not frame.equals(both[name])] == []
    assert [name for name, frame in other.items() if not frame.equals(both[name])] == []
    assert not both["zzone"]["NUMBER"].str.strip().equals(both["zztwo"]["NUMBER"].str.strip())
    assert both["zzone"]["DAY"].str.startswith("UN-").any()


def test_the_shipped_study_without_its_further_forms_is_the_same_in_the_others(raw, study_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(further_forms, "TOPICS", {})
    core = simulate_study(study_dir, 106, 1)
    assert set(core) == set(raw) - set(FURTHER)
    added = [*ADDED, *(f"{item}_DEC" for item in ADDED)]
    for frames in (core, raw := dict(raw)):
        for form in ("vs", "dd"):
            frames[form] = frames[form].drop(columns=added, errors="ignore")
    assert [name for name, frame in core.items() if not frame.equals(raw[name])] == []


ADDED = [item for topic in further_forms.TOPICS.values() for items in topic.items.values() for item in items]
FURTHER = [form for topic in further_forms.TOPICS.values() for form in topic.forms]


@pytest.mark.parametrize(
    ("topic", "values"), [("topic medication", [416784, 221958, 459470]), ("untidy cm", [52595, 79466, 854071])]
)
def test_the_stream_of_a_form_follows_from_its_name(topic, values):
    assert Draws(1, topic).whole(0, 999_999, 3).tolist() == values
