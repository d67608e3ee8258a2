"""A reader of a dictionary from elsewhere: the example of docs/dictionaries.md, and names that are taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from cdisc_conv.raw.dictionaries import Dictionary, DictionaryReader, register, registry

DOCS = Path(__file__).resolve().parents[3] / "docs" / "dictionaries.md"
Read = Callable[..., Dictionary]


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    registry.load_dictionary_readers()
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


def test_the_example_in_the_docs_reads_a_dictionary(read: Read) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(compile(example, "example", "exec"), {"__name__": "example"})
    dictionary = read({"fields.csv": "Form,Field Name,Label\nAE,AETERM,Term\n"})
    assert (dictionary.edc, dictionary.forms["AE"].columns["AETERM"].label) == ("acme", "Term")


def test_a_name_that_is_taken() -> None:
    class Other(DictionaryReader):
        name = "redcap"

    with pytest.raises(ValueError, match="the dictionary reader 'redcap' is registered twice"):
        register(Other)


def test_every_code_is_in_the_docs() -> None:
    package = Path(registry.__file__).parents[1]
    used = {
        code
        for folder in ("dictionaries", "odm")
        for path in (package / folder).rglob("*.py")
        for code in re.findall(r'"((?:DICT|ODM)\d{3})"', path.read_text(encoding="utf-8"))
    }
    described = set(re.findall(r"^\| ((?:DICT|ODM)\d{3}) \|", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert used == described


def test_the_names_of_the_package_are_the_same_whatever_was_imported_before():
    from cdisc_conv.raw import dictionaries
    from cdisc_conv.raw.dictionaries import detection

    assert dictionaries.detect is detection.detect
    assert {name for name in dictionaries.__all__ if isinstance(getattr(dictionaries, name), ModuleType)} == set()
