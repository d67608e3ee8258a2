"""Rules read from YAML, strictly: every finding names file and line.

    rules:
      - id: AGE001
        title: Subjects are 18 to 75 years old
        severity: warning
        datasets: [DM]
        fails: AGE < 18 or AGE > 75
        message: AGE is {AGE}, outside 18 to 75 years

Codes: CHECK001 two rules of one id, CHECK002 no such check function, CHECK003 neither or both of 'fails' and 'check',
CHECK004 no such dataset or class, CHECK005 no such variable, CHECK006 not an id; SPEC001 to SPEC003 for unknown,
missing and wrong keys, EXPR... for expressions, YAML... for the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from cdisc_conv.checks.analysis import is_analysis_name
from cdisc_conv.checks.model import Occasion, Reach, Rule
from cdisc_conv.checks.registry import load_checks
from cdisc_conv.checks.tables import ADAM_GUIDE, OWNERS, SUBJECT, split_owner
from cdisc_conv.expr import Expression, Type, parse
from cdisc_conv.problems import Problem, ProblemsError, Severity, closest, did_you_mean
from cdisc_conv.spec.yaml.nodes import Node, read_yaml
from cdisc_conv.spec.yaml.validate import validate
from cdisc_conv.standards import Standard
from cdisc_conv.standards.model import GENERAL_CLASSES

FILE = "checks.yaml"
"""The name of a study's own rules in its folder."""

CLASSES = (*GENERAL_CLASSES, "SPECIAL PURPOSE", "TRIAL DESIGN", "RELATIONSHIP", "SUPPQUAL")
_SHIPPED = Path(__file__).parent / "rules"
_ID = re.compile(r"[A-Z][A-Z0-9]{0,6}[0-9]{3}")
_PREFIXED = re.compile(r"--(?=[A-Z])")
_ANY_PREFIX = "QX"
_SUPPLEMENTAL = re.compile(r"SUPP[A-Z0-9]{2,4}")


class RuleDocument(BaseModel):
    """A rule of checks.yaml."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    id: str
    title: str
    severity: Severity
    message: str
    datasets: list[str] = []
    not_datasets: list[str] = []
    where: str = ""
    fails: str = ""
    check: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict, alias="with")
    optional: list[str] = []
    variable: str = ""
    show: list[str] = []
    hint: str = ""
    asked_of: list[Occasion] = Field(default=["made", "package"], min_length=1)
    advice: str = ""
    source: str = ""

    @field_validator("title", "message")
    @classmethod
    def _not_blank(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("it is blank")
        return text


class RulesDocument(BaseModel):
    """checks.yaml."""

    model_config = ConfigDict(extra="forbid")

    rules: list[RuleDocument]


def fill_prefix(value: Any, prefix: str) -> Any:
    """Replace ``--`` before a name in texts, lists and mappings.

    >>> fill_prefix(["--STDTC <= --ENDTC", "a -- b"], "AE")
    ['AESTDTC <= AEENDTC', 'a -- b']
    """
    if isinstance(value, str):
        return _PREFIXED.sub(prefix, value)
    if isinstance(value, Mapping):
        return {fill_prefix(key, prefix): fill_prefix(item, prefix) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(fill_prefix(item, prefix) for item in value)
    return value


@cache
def load_shipped_rules() -> tuple[Rule, ...]:
    """The rules of the package: conformance to SDTM and ADaM, as files by topic in ``checks/rules``."""
    return tuple(rule for path in sorted(_SHIPPED.glob("*.yaml")) for rule in load_rules(path))


def load_rules(path: Path, standard: Standard | None = None, shown: str = "") -> tuple[Rule, ...]:
    """The rules of one file, such as the ``checks.yaml`` of a study.

    With `standard`, names of datasets and variables and the types in expressions are checked as well. `shown` is the
    file's name in messages. Raises ProblemsError with everything that is wrong.
    """
    node = read_yaml(path, shown)
    problems = [
        entry.problem("SPEC001", f"a file of rules has no '{key}'", did_you_mean(key, ["rules"]) or "known is: rules")
        for key, entry in node.items()
        if key != "rules"
    ]
    entries = node.get("rules")
    if entries is None and any(closest(key, ["rules"]) for key, _ in node.items()):
        raise ProblemsError(problems)
    if entries is None or not entries.is_list:
        place = node if entries is None else entries
        problems.append(place.problem("SPEC002", "a file of rules needs a list 'rules'"))
        raise ProblemsError(problems)
    rules: list[Rule] = []
    for item in entries.value:
        rule, found = _read_rule(item, standard)
        problems += found
        if rule is not None:
            problems += _check_repeated(rule, rules)
            rules.append(rule)
    if problems:
        raise ProblemsError(problems)
    return tuple(rules)


def _read_rule(node: Node, standard: Standard | None) -> tuple[Rule | None, list[Problem]]:
    name = node.get("id")
    what = f"rule {name.value}" if name else "a rule"
    if not node.is_mapping:
        return None, [node.problem("SPEC003", "a rule is a mapping of keys such as id, title, severity and message")]
    entry, problems = validate(RuleDocument, node, what)
    if entry is None:
        return None, problems
    values = entry.model_dump()
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    rule = Rule(**values, place=node.place)
    rule = replace(rule, reach=find_reach(rule))
    return rule, [*_check_rule(rule, node), *_check_names(rule, node, standard)]


def find_reach(rule: Rule) -> Reach:
    """How far a rule looks: by its function and what it compares within, or by the variables of its expressions."""
    if rule.check not in load_checks():
        own = f"{rule.where} {rule.fails}"
        return "subject" if any(f"{owner}." in own for owner in OWNERS) else "record"
    for key in ("per", "by"):
        if key in load_checks()[rule.check].parameters.model_fields:
            return "subject" if SUBJECT in rule.parameters.get(key, (SUBJECT,)) else "across"
    return load_checks()[rule.check].reach


def _check_rule(rule: Rule, node: Node) -> list[Problem]:
    problems: list[Problem] = []
    if not _ID.fullmatch(rule.id):
        problems.append(
            node.at(("id",)).problem(
                "CHECK006", f"'{rule.id}' is not an id of a rule", "write letters and three digits, such as AGE001"
            )
        )
    if bool(rule.fails) == bool(rule.check):
        problems.append(node.problem("CHECK003", f"rule {rule.id} needs either 'fails' or 'check'"))
    if rule.parameters and not rule.check:
        problems.append(node.at(("with",)).problem("CHECK003", f"rule {rule.id} has 'with' but no 'check'"))
    if rule.check:
        problems += _check_function(rule, node)
    for key in ("where", "fails"):
        if getattr(rule, key):
            problems += _parse_problems(getattr(rule, key), node.at((key,)))
    return problems


def _check_function(rule: Rule, node: Node) -> list[Problem]:
    functions = load_checks()
    if rule.check not in functions:
        hint = did_you_mean(rule.check, functions) or f"known are: {', '.join(sorted(functions))}"
        return [node.at(("check",)).problem("CHECK002", f"there is no check '{rule.check}'", hint)]
    given = node.get("with") or Node({}, node.file, node.line)
    data = fill_prefix(given.plain() or {}, _ANY_PREFIX)
    checked, problems = validate(functions[rule.check].parameters, given, f"check '{rule.check}'", data)
    where = getattr(checked, "where", "")
    return [*problems, *(_parse_problems(where, given.at(("where",))) if where else [])]


def _parse_problems(text: str, node: Node) -> list[Problem]:
    try:
        expression = parse(fill_prefix(text, _ANY_PREFIX), file=node.file, line=node.line)
    except ProblemsError as error:
        return list(error.problems)
    problems = expression.check(lambda name: None, Type.BOOLEAN)[1]
    foreign = [name for name in expression.names if "." in name and not split_owner(name)[0]]
    return problems + [
        node.problem(
            "CHECK005",
            f"{name} cannot be read here",
            "beside the dataset's own variables there are those of DM. and, in ADaM, ADSL.; check: needs_record looks "
            "into other datasets",
        )
        for name in foreign
    ]


def _check_names(rule: Rule, node: Node, standard: Standard | None) -> list[Problem]:
    """Datasets that do not exist, and variables and types where the datasets are named one by one."""
    problems = _check_kinds(rule, node)
    if standard is None or rule.analysis or standard.name == ADAM_GUIDE:
        return problems  # an analysis dataset may have any variable; a rule for the other kind is checked in its run
    for key in ("datasets", "not_datasets"):
        for name in getattr(rule, key):
            if name not in standard.datasets and name not in CLASSES and not _SUPPLEMENTAL.fullmatch(name):
                hint = did_you_mean(name, [*standard.datasets, *CLASSES])
                problems.append(node.at((key,)).problem("CHECK004", f"there is no dataset or class {name}", hint))
    for dataset in (name for name in rule.datasets if name in standard.datasets):
        for key in ("where", "fails"):
            problems += _check_expression(getattr(rule, key), dataset, node.at((key,)), standard)
        for key in ("variable", "show", "optional"):
            names = getattr(rule, key)
            for name in (names,) if isinstance(names, str) else names:
                problems += _check_variable(name, dataset, node.at((key,)), standard)
        for name in rule.placeholders:
            if rule.fails:
                problems += _check_variable(name, dataset, node.at(("message",)), standard)
    return problems


def _check_kinds(rule: Rule, node: Node) -> list[Problem]:
    """A rule is for SDTM or for ADaM, and so are all datasets that it names."""
    if not rule.analysis:
        return []
    return [
        node.at((key,)).problem(
            "CHECK004",
            f"rule {rule.id} is for ADaM, but {name} is not",
            "write one rule for SDTM and another one for ADaM",
        )
        for key in ("datasets", "not_datasets")
        for name in getattr(rule, key)
        if not is_analysis_name(name)
    ]


def _check_expression(text: str, dataset: str, node: Node, standard: Standard) -> list[Problem]:
    try:
        expression = _parse_for(text, dataset, node, standard)
    except ProblemsError:
        return []
    if expression is None:
        return []
    unknown = [problem for name in expression.names for problem in _check_variable(name, dataset, node, standard)]
    types = expression.check(lambda name: _type_of(name, dataset, standard), Type.BOOLEAN)[1]
    return [*unknown, *(problem for problem in types if problem.code != "EXPR008")]


def _parse_for(text: str, dataset: str, node: Node, standard: Standard) -> Expression | None:
    prefix = standard.dataset(dataset).prefix
    return parse(fill_prefix(text, prefix), file=node.file, line=node.line) if text else None


def _check_variable(name: str, dataset: str, node: Node, standard: Standard) -> Iterable[Problem]:
    name = fill_prefix(name, standard.dataset(dataset).prefix)
    owner, variable = ("DM", name[3:]) if name.startswith("DM.") else (dataset, name)
    if name and "." not in variable and standard.variable(owner, variable) is None:
        hint = did_you_mean(variable, standard.names(owner))
        yield node.problem("CHECK005", f"{owner} has no variable {variable}", hint)


def _type_of(name: str, dataset: str, standard: Standard) -> Type | None:
    owner, variable = ("DM", name[3:]) if name.startswith("DM.") else (dataset, name)
    found = standard.variable(owner, variable)
    return None if found is None else Type.NUMBER if found.numeric else Type.TEXT


def _check_repeated(rule: Rule, rules: list[Rule]) -> list[Problem]:
    first = next((other for other in rules if other.id == rule.id), None)
    if first is None:
        return []
    return [
        Problem("CHECK001", f"rule {rule.id} is there twice; the first is on line {first.place.line}", place=rule.place)
    ]
