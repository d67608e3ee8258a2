"""The page about plug-ins shows a class that works, through the same door as the built-in ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv import plug_ins
from cdisc_conv.derivations import registry
from cdisc_conv.derivations.base import Derivation
from cdisc_conv.derivations.registry import build_nested, load_derivations
from cdisc_conv.problems import ProblemsError

PAGE = Path(__file__).parents[2] / "docs" / "plug-ins.md"


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Derivation]]:
    """The class on the page, offered by an entry point."""
    load_derivations()
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    (tmp_path / "acme_body.py").write_text(code[1], encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint(name="acme", value="acme_body", group=registry.GROUP)
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setattr(plug_ins, "entry_points", lambda group: [entry])
    plug_ins.load_plug_ins.cache_clear()
    yield load_derivations()["acme_bmi"]
    plug_ins.load_plug_ins.cache_clear()


@pytest.mark.usefixtures("plug_in")
def test_the_example_computes_and_describes() -> None:
    derivation = build_nested({"acme_bmi": {"weight": "WT", "height": "HT"}})
    rows = {"WT": pd.Series([80.0, 70.0]), "HT": pd.Series([200.0, 0.0])}
    assert derivation.derive(rows).fillna(-1).tolist() == [20.0, -1.0]  # type: ignore[arg-type]
    assert derivation.reads() == ("WT", "HT")
    assert derivation.method(str) == "WT in kg divided by the square of HT in metres."  # type: ignore[arg-type]


def test_a_taken_name_is_refused() -> None:
    other = type("Other", (load_derivations()["copy"],), {"__doc__": "Another copy.", "__module__": "acme"})
    with pytest.raises(ValueError) as caught:
        registry.register(other)
    assert str(caught.value) == (
        "derivation 'copy' is registered twice: by cdisc_conv.derivations.values.copying.Copy and by acme.Other"
    )


def test_a_plug_in_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint(name="broken", value="nowhere.module", group=registry.GROUP)
    monkeypatch.setattr(plug_ins, "entry_points", lambda group: [broken])
    plug_ins.load_plug_ins.cache_clear()
    try:
        with pytest.raises(ProblemsError) as caught:
            load_derivations()
    finally:
        plug_ins.load_plug_ins.cache_clear()
    assert str(caught.value) == (
        "SPEC900 the plug-in 'broken' (nowhere.module) could not be loaded: ModuleNotFoundError: No module named "
        "'nowhere' (fix or uninstall the package that offers it)"
    )
