"""Rule files as CDISC publishes them (``rule.yml``) into typed rules. Nothing in them is ever executed.

Names of keys are read in any case and with blanks or underscores, because the schema has been written both ways. What
the reader does not know of a later schema is left alone when nothing depends on it, and otherwise said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

import yaml

from cdisc_conv.checks.core.rule.model import (
    Check,
    Choice,
    Condition,
    CoreRule,
    Every,
    Join,
    Not,
    Operation,
    Reference,
    Scope,
    Sensitivity,
    Some,
)
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity

MOST_BYTES = 1_000_000
"""Rule files have a few kB; more is no rule."""
MOST_DEPTH = 40
"""Conditions in conditions; published rules go to five."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CHECK_KEYS = {"name", "operator", "value", "value_is_literal"}
_OPERATION_KEYS = {"id", "operator", "name", "domain", "group", "group_aliases", "filter"}


class NoRuleError(ValueError):
    """A text is no rule that can be run; the message says why."""


def read_rule(text: str, source: str = "") -> CoreRule:
    """A rule from the text of its file.

    Raises:
        ProblemsError: the text is no rule (CORE001), or one that is not finished, without a condition or an operator
            (CORE002).

    >>> rule = read_rule('''
    ... Core: {Id: MY-1, Status: Published}
    ... Rule Type: Record Data
    ... Sensitivity: Record
    ... Scope: {Domains: {Include: [AE]}}
    ... Check: {all: [{name: --SEV, operator: empty}]}
    ... Outcome: {Message: There is no severity}
    ... ''')
    >>> rule.id, rule.checks[0].operator, rule.scope.domains.include
    ('MY-1', 'empty', ('AE',))
    """
    return make_rule(parse_rule(text, source), source)


def is_draft(said: Mapping[str, Any]) -> bool:
    """Whether what a rule file says is a rule that its author has not published."""
    core = _keys(_keys(said).get("core"))
    return str(core.get("status") or "").strip().casefold() != "published"


def make_rule(said: Mapping[str, Any], source: str = "") -> CoreRule:
    """A rule from what its file says, as `parse_rule` returns it; raises like `read_rule`."""
    try:
        return _read_rule(_keys(said), source)
    except NoRuleError as error:
        raise ProblemsError([_problem("CORE002", str(error), source)]) from None


def parse_rule(text: str, source: str = "") -> Mapping[str, Any]:
    """What a rule file says, as plain data.

    Raises:
        ProblemsError: the text is not YAML, or no rule (CORE001).
    """
    try:
        return _parse(text)
    except NoRuleError as error:
        raise ProblemsError([_problem("CORE001", str(error), source)]) from None


def _parse(text: str) -> Mapping[str, Any]:
    if len(text) > MOST_BYTES:
        raise NoRuleError("a rule file has a few kB, this has over 1 MB")
    if "*" in text and _has_alias(text):
        raise NoRuleError("aliases of YAML are not read in rules")
    try:
        said = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" (line {min(line, len(text.splitlines()) - 1) + 1})" if line is not None else ""
        raise NoRuleError(f"this is not valid YAML{where}") from None
    if not isinstance(said, Mapping) or "core" not in _keys(said):
        raise NoRuleError("this is no rule: it has no 'Core' with the rule's 'Id'")
    return said


def _has_alias(text: str) -> bool:
    try:
        return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError:
        return False


def _read_rule(said: Mapping[str, Any], source: str) -> CoreRule:
    core = _keys(said["core"])
    references = tuple(_read_references(said.get("authorities")))
    name = str(core.get("id") or "").strip() or PurePath(source).parent.name or PurePath(source).stem
    if not name:
        raise NoRuleError("this rule has no 'Id' in 'Core'")
    outcome = _keys(said.get("outcome"))
    message = str(outcome.get("message") or "").strip()
    check = said.get("check")
    if not check:
        raise NoRuleError(f"rule {name} has no condition ('Check')")
    try:
        sensitivity = Sensitivity(str(said.get("sensitivity") or "Record").strip().capitalize())
    except ValueError:
        sensitivity = Sensitivity.RECORD
    return CoreRule(
        id=name,
        type=str(said.get("rule_type") or "").strip(),
        sensitivity=sensitivity,
        condition=_read_condition(check, name, 0),
        message=message,
        description=str(said.get("description") or "").strip(),
        outputs=_texts(outcome.get("output_variables")),
        grouping=_texts(said.get("grouping_variables")),
        scope=_read_scope(_keys(said.get("scope"))),
        joins=tuple(_read_join(_keys(each)) for each in _list(said.get("match_datasets"))),
        operations=tuple(_read_operation(_keys(each), name) for each in _list(said.get("operations"))),
        references=references,
        draft=is_draft(said),
        executability=str(said.get("executability") or "").strip(),
        source=source,
    )


def _read_condition(said: Any, rule: str, depth: int) -> Condition:
    if depth > MOST_DEPTH:
        raise NoRuleError(f"rule {rule} has conditions in conditions, over {MOST_DEPTH} deep")
    if isinstance(said, list):
        return Every(tuple(_read_condition(each, rule, depth + 1) for each in said))
    if not isinstance(said, Mapping):
        raise NoRuleError(f"rule {rule} has a condition that is {said!r}, not a list of conditions or an operator")
    keys = _keys(said)
    trees = [name for name in ("all", "any", "not") if name in keys]
    if not trees:
        return _read_check(keys, rule)
    made = [_read_tree(name, keys[name], rule, depth) for name in trees]
    return made[0] if len(made) == 1 else Every(tuple(made))


def _read_tree(name: str, said: Any, rule: str, depth: int) -> Condition:
    if name == "not":
        return Not(_read_condition(said, rule, depth + 1))
    parts = tuple(_read_condition(each, rule, depth + 1) for each in _list(said))
    if not parts:
        raise NoRuleError(f"rule {rule} has '{name}' without conditions")
    return Every(parts) if name == "all" else Some(parts)


def _read_check(said: Mapping[str, Any], rule: str) -> Check:
    operator = str(said.get("operator") or "").strip()
    name = str(said.get("name") or said.get("metadata") or "").strip()
    if not operator:
        raise NoRuleError(f"rule {rule} is not finished: a condition has no operator")
    if not name:
        raise NoRuleError(f"rule {rule} is not finished: a condition with {operator} names no variable")
    options = {key: value for key, value in said.items() if key not in _CHECK_KEYS}
    return Check(name, operator, said.get("value"), bool(said.get("value_is_literal")), options)


def _read_operation(said: Mapping[str, Any], rule: str) -> Operation:
    operator, name = str(said.get("operator") or ""), str(said.get("id") or "")
    if not operator or not name:
        raise NoRuleError(f"rule {rule} is not finished: an operation has no {'id' if operator else 'operator'}")
    return Operation(
        id=name,
        operator=operator,
        name=str(said.get("name") or ""),
        domain=str(said.get("domain") or ""),
        group=_texts(said.get("group")),
        aliases=_texts(said.get("group_aliases")),
        filter=dict(kept) if isinstance(kept := said.get("filter"), Mapping) else {},
        options={key: value for key, value in said.items() if key not in _OPERATION_KEYS},
    )


def _read_join(said: Mapping[str, Any]) -> Join:
    keys = [_keys(key) if isinstance(key, Mapping) else {"left": key, "right": key} for key in _list(said.get("keys"))]
    return Join(
        name=str(said.get("name") or ""),
        left=tuple(str(key.get("left")) for key in keys),
        right=tuple(str(key.get("right")) for key in keys),
        child=bool(said.get("child")),
        how=str(said.get("join_type") or "inner").casefold(),
        wildcard=str(said.get("wildcard") or "**"),
    )


def _read_scope(said: Mapping[str, Any]) -> Scope:
    domains = _keys(said.get("domains"))
    split = domains.get("include_split_datasets")
    cases = said.get("use_case")
    return Scope(
        classes=_read_choice(said.get("classes")),
        domains=_read_choice(domains),
        structures=_read_choice(said.get("data_structures")),
        subclasses=_read_choice(said.get("subclasses")),
        datasets=_read_choice(said.get("datasets")),
        use_cases=tuple(case.strip() for case in (cases.split(",") if isinstance(cases, str) else _texts(cases))),
        split=split if isinstance(split, bool) else None,
    )


def _read_choice(said: Any) -> Choice:
    keys = _keys(said)
    return Choice(_texts(keys.get("include")), _texts(keys.get("exclude")))


def _read_references(said: Any) -> Iterable[Reference]:
    for authority in map(_keys, _list(said)):
        for standard in map(_keys, _list(authority.get("standards"))):
            numbers = [
                _keys(each.get("rule_identifier")).get("id") for each in map(_keys, _list(standard.get("references")))
            ]
            yield Reference(
                str(authority.get("organization") or ""),
                str(standard.get("name") or ""),
                str(standard.get("version") or ""),
                str(standard.get("substandard") or ""),
                tuple(str(number) for number in numbers if number),
            )


def _keys(said: Any) -> dict[str, Any]:
    """A mapping with its keys in small letters and underscores; empty for anything else."""
    if not isinstance(said, Mapping):
        return {}
    return {str(key).strip().replace(" ", "_").casefold(): value for key, value in said.items()}


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [] if said is None else [said]


def _texts(said: Any) -> tuple[str, ...]:
    return tuple(str(each).strip() for each in _list(said) if each is not None)


def _problem(code: str, message: str, source: str) -> Problem:
    return Problem(code, message, Severity.WARNING, Place(file=source))
