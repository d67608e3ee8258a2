"""The JSON Schema of every YAML file of a study, for editors: mapping, rules, explanations, define.xml, simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from cdisc_conv.checks.explanations import ExplanationsDocument
from cdisc_conv.checks.load import RulesDocument
from cdisc_conv.define.building.study import DocumentKind
from cdisc_conv.define.read_displays import AnalysisDatasetDocument, DisplayDocument, ResultDocument
from cdisc_conv.derivations.registry import load_derivations
from cdisc_conv.package.writing.described import TEXTS
from cdisc_conv.problems import ProblemsError
from cdisc_conv.recist.settings import RecistSettings
from cdisc_conv.simulate.settings.model import Settings as SimulationDocument
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.schema.completion import complete_study
from cdisc_conv.spec.schema.generate import Schema, refer
from cdisc_conv.spec.schema.mapping import KINDS, make_definitions, make_schema
from cdisc_conv.spec.yaml.shapes.study import SETTINGS

_OTHERS: dict[str, type[BaseModel]] = {
    "RulesDocument": RulesDocument,
    "ExplanationsDocument": ExplanationsDocument,
    "SimulationDocument": SimulationDocument,
    "RecistSettings": RecistSettings,
    "DisplayDocument": DisplayDocument,
    "ResultDocument": ResultDocument,
    "AnalysisDatasetDocument": AnalysisDatasetDocument,
}
_KINDS = {
    "RulesDocument": ("rules",),
    "ExplanationsDocument": ("explanations", "set_aside"),
    "SimulationDocument": ("enrolment", "untidiness"),
}
_TEXT: Schema = {"type": ["string", "number"]}


def describe_mapping(words: str | Path | None = None) -> dict[str, Any]:
    """The schema of all files of a mapping (JSON Schema, draft 7); the keys of a file say which kind it is.

    With a study its datasets, variables, raw columns and terms are completed as well. A study whose mapping has
    findings is described as far as it can be read; raises ProblemsError when study.yaml cannot.

    >>> describe_mapping()["definitions"]["MergeDocument"]["required"]
    ['by', 'start', 'end']
    """
    made = make_definitions(_OTHERS)
    _add_sections(made)
    if words is not None:
        study, problems = load_study(words)
        if not study.datasets and not study.forms and problems:
            raise ProblemsError(problems)
        made = complete_study(study, made)
    # A simulation has a 'study', too: what only it has is asked first.
    kinds = {"DatasetDocument": KINDS["DatasetDocument"], **_KINDS, **KINDS}
    return make_schema(made, kinds)


def _add_sections(made: dict[str, Schema]) -> None:
    """What no document of the mapping language has: ``define``, ``settings``, and results of displays."""
    study = made["StudyDocument"]["properties"]
    study["define"] |= _define_section()
    study["settings"] |= _settings_section()
    made["DisplayDocument"]["properties"]["results"]["items"] = refer("ResultDocument")
    made["ResultDocument"]["properties"]["datasets"]["items"] = refer("AnalysisDatasetDocument")


def _define_section() -> Schema:
    document = {
        "type": "object",
        "properties": {
            "id": _TEXT,
            "title": _TEXT,
            "href": _TEXT,
            "kind": {"enum": [kind.value for kind in DocumentKind]},
        },
        "required": ["id", "title", "href"],
    }
    texts: Schema = dict.fromkeys(TEXTS, _TEXT) | {"documents": {"type": "array", "items": document}}
    adam = _closed({**texts, "displays": {"type": "array", "items": refer("DisplayDocument")}})
    return _closed({**texts, "adam": adam})


def _settings_section() -> Schema:
    known: Schema = {name: {} for name in SETTINGS}
    known |= {name: {} for kind in load_derivations().values() for name in kind.reads_settings}
    known |= {
        "date_formats": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
        "date_pivot": {"type": "integer"},
        "keep_empty": {"type": "boolean"},
        "visits": {"type": "array", "items": refer("EventDocument")},
        "recist": refer("RecistSettings"),
    }
    return _closed(known)


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}
