"""Rules in words: what is asked of what, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cdisc_conv.checks.core.rule.model import Check, Choice, Condition, CoreRule, Every, Join, Not, Operation, Some
from cdisc_conv.checks.core.rule.support import find_reach, list_unknown
from cdisc_conv.problems import Problem, ProblemsError, did_you_mean

_LONGEST = 60


def list_rules(rules: Iterable[CoreRule], standard: str = "", version: str = "") -> list[list[str | int]]:
    """A row per rule: id, status, the authorities' ids, type, what it is about, how far it looks, message."""
    return [
        [
            rule.id,
            "draft" if rule.draft else "published",
            " ".join(rule.ids[:3]),
            rule.type,
            _describe_scope(rule),
            str(find_reach(rule)),
            _cut(rule.message),
        ]
        for rule in rules
        if not standard or rule.is_for(standard, version)
    ]


def find_rules(rules: Sequence[CoreRule], wanted: str) -> tuple[CoreRule, ...]:
    """The rules of an id, or of an authority's id.

    Raises:
        ProblemsError: there is none (CORE005).
    """
    found = tuple(rule for rule in rules if wanted.casefold() in (each.casefold() for each in (rule.id, *rule.ids)))
    if not found:
        hint = did_you_mean(wanted.upper(), (rule.id for rule in rules)) or "'rules list' shows what there is"
        raise ProblemsError([Problem("CORE005", f"no rule {wanted} is imported", hint=hint)])
    return found


def describe_rule(rule: CoreRule) -> str:
    """Everything that a rule says, in lines."""
    said = {
        "status": "draft (CDISC has not published it)" if rule.draft else "published",
        "known as": ", ".join(rule.ids),
        "for": ", ".join(dict.fromkeys(f"{ref.standard} {ref.version}".strip() for ref in rule.references)),
        "type": rule.type,
        "finds": f"one per {rule.sensitivity.value.casefold()}",
        "about": _describe_scope(rule),
        "looks": str(find_reach(rule)),
        "joins": "; ".join(map(_describe_join, rule.joins)),
        "works out": "; ".join(map(_describe_operation, rule.operations)),
        "reports": ", ".join(rule.outputs),
        "not known here": ", ".join(list_unknown(rule)),
    }
    lines = [f"{rule.id}  {rule.message}", *(f"  {name}: {text}" for name, text in said.items() if text)]
    return "\n".join([*lines, "  is wrong where", *_describe_condition(rule.condition, 2)])


def _describe_scope(rule: CoreRule) -> str:
    scope = rule.scope
    parts = [_describe_choice("", scope.domains), _describe_choice("class ", scope.classes)]
    parts += [_describe_choice("structure ", scope.structures), _describe_choice("subclass ", scope.subclasses)]
    parts += [_describe_choice("dataset ", scope.datasets)]
    return "; ".join(part for part in parts if part) or "all"


def _describe_choice(word: str, choice: Choice) -> str:
    include = [] if choice.include == ("ALL",) else list(choice.include)
    parts = [word + " ".join(include)] if include else []
    return ", ".join([*parts, *(["not " + " ".join(choice.exclude)] if choice.exclude else [])])


def _describe_join(join: Join) -> str:
    keys = [left if left == right else f"{left} = {right}" for left, right in zip(join.left, join.right, strict=True)]
    kind = "the parent records of " if join.child else ""
    return f"{kind}{join.name}" + (f" by {', '.join(keys)}" if keys else "")


def _describe_operation(operation: Operation) -> str:
    about = f" of {operation.domain + '.' if operation.domain else ''}{operation.name}" if operation.name else ""
    group = f" by {', '.join(operation.group)}" if operation.group else ""
    kept = " where " + " and ".join(f"{k} is {v}" for k, v in operation.filter.items()) if operation.filter else ""
    return f"{operation.id} = {operation.operator}{about}{kept}{group}"


def _describe_condition(condition: Condition, depth: int) -> Iterator[str]:
    indent = "  " * depth
    match condition:
        case Check():
            value = "" if condition.value is None else f" {_write(condition.value)}"
            options = "".join(f", {name} {_write(each)}" for name, each in condition.options.items())
            yield f"{indent}{condition.name} {condition.operator}{value}{options}"
        case Not(part):
            yield f"{indent}not"
            yield from _describe_condition(part, depth + 1)
        case Every(parts) | Some(parts):
            yield f"{indent}{'all of' if isinstance(condition, Every) else 'any of'}"
            for each in parts:
                yield from _describe_condition(each, depth + 1)


def _write(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
