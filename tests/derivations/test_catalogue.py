"""Every derivation is documented, has an example that works, and is named by a test; the page is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cdisc_conv.derivations.base import Derivation
from cdisc_conv.derivations.document import describe_derivation, find_example, list_derivations, render_catalogue
from cdisc_conv.derivations.registry import BUILT_IN, build_nested, load_derivations, register
from cdisc_conv.problems import ProblemsError

PAGE = Path(__file__).parents[2] / "docs" / "derivations.md"
PACKAGE = BUILT_IN.rpartition(".")[0]
OURS = {name: kind for name, kind in load_derivations().items() if kind.__module__.startswith(PACKAGE)}
NAMES = sorted(OURS)


def test_the_page_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == render_catalogue(), "run: python -m cdisc_conv.derivations.document docs/derivations.md"


@pytest.mark.parametrize("name", NAMES)
def test_it_is_documented(name: str) -> None:
    kind = OURS[name]
    doc = kind.__doc__ or ""
    assert re.search(r"^    \|---\|", doc, flags=re.MULTILINE), "the docstring has no table of what goes in and out"
    assert re.search(r"^    Source: ", doc, flags=re.MULTILINE), "the docstring does not say where the rule comes from"
    undescribed = [field for field, info in kind.model_fields.items() if not info.description]
    assert undescribed == []


@pytest.mark.parametrize("name", NAMES)
def test_its_example_works(name: str) -> None:
    example = yaml.safe_load(find_example(OURS[name]))
    (entry,) = example.values()
    others = {key: value for key, value in entry.items() if key not in ("label", "comment")}
    assert build_nested(others).name == name


@pytest.mark.parametrize("name", NAMES)
def test_a_test_uses_it(name: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py")]
    used = re.compile(rf"\b(derive|make|method|refusal)\([^)]*?\b{name}=", flags=re.DOTALL)
    assert any(used.search(text) for text in texts)


def test_the_list_has_all_of_them() -> None:
    assert sorted(name for _, name, _ in list_derivations()) == sorted(load_derivations())
    assert (
        tuple(part.partition(" There")[0] for part in next(row for row in list_derivations() if row[1] == "study_day"))
    ) == (
        "Dates and times",
        "study_day",
        "The study day of a date: 1 on the reference date, -1 on the day before.",
    )


def test_one_derivation_in_full() -> None:
    assert describe_derivation("copy") == (
        "## copy\n\n"
        "The value of a column, without blanks at its ends.\n\n"
        "Blanks inside a text stay. Where the variable is numeric, the text is read as a number.\n\n"
        "| AETERM on the form | AETERM |\n|---|---|\n"
        '| `" Headache "` | `Headache` |\n| `"   "` | missing |\n\n'
        "```yaml\nAETERM: {copy: AETERM}\n```\n\n"
        "| parameter | what it is | default |\n|---|---|---|\n"
        "| `source` (main) | the column to copy | needed |\n"
        "| `case` | turn the text into capital or small letters | `keep` |\n\n"
        "Makes what its input is; looks at its own record; origin Collected, or Derived when the value is not from a "
        "form.\n\n"
        "Source of the rule: SDTMIG 3.4 section 4.2.4 (text case); leading and trailing blanks carry no meaning in a "
        "transport file.\n"
    )


def test_an_unknown_derivation() -> None:
    with pytest.raises(ProblemsError) as error:
        describe_derivation("study_dey")
    assert str(error.value) == "CAT001 there is no derivation 'study_dey' (did you mean study_day?)"


def test_a_name_is_given_once() -> None:
    other = type("Other", (Derivation,), {"__doc__": "Another.", "name": "copy", "topic": "x"})
    with pytest.raises(ValueError, match="derivation 'copy' is registered twice"):
        register(other)
    silent = type("Silent", (Derivation,), {"name": "silent", "topic": "x"})
    with pytest.raises(ValueError, match="has no docstring"):
        register(silent)
