"""What a rule needs of us, before any data are read: what we do not know, and how far the rule looks."""

from __future__ import annotations

from collections.abc import Iterable

from cdisc_conv.checks.core.data.records import BUILDERS
from cdisc_conv.checks.core.operations.registry import load_operations
from cdisc_conv.checks.core.operators.registry import load_operators
from cdisc_conv.checks.core.rule.model import Check, CoreRule, Join, Operation, Reach
from cdisc_conv.tables import SUBJECT

_CHECK_OPTIONS = frozenset(
    {"context", "date_component", "metadata", "negative", "null_position", "order", "ordering", "prefix", "regex"}
    | {"round_values", "separator", "suffix", "type_insensitive", "value_is_reference", "within"}
)
"""What is read beside an operator; ``context`` is of a time when relationships were joined by the rule."""
_OPERATION_OPTIONS = frozenset(
    {"attribute_name", "case_sensitive", "codelist", "codelist_code", "codelists", "ct_attribute", "ct_package_type"}
    | {"ct_package_types", "ct_packages", "ct_version", "delimiter", "dictionary_term_type", "domain_class", "find"}
    | {"external_dictionary_term_variable", "external_dictionary_type", "key_name", "key_value", "level", "map"}
    | {"order_insensitive", "referenced_domain_variable", "regex", "replace", "returntype", "source", "subtract"}
    | {"term_code", "term_pref_term", "term_value", "value_is_reference", "version"}
)
_RECORDS = ("record data", "range and limit")


def list_unknown(rule: CoreRule) -> tuple[str, ...]:
    """What a rule asks for that we do not know: operators, operations, what is said beside them, its type.

    >>> from cdisc_conv.checks.core.rule.read import read_rule
    >>> list_unknown(read_rule("{Core: {Id: X-1}, Rule Type: Record Data, Check: {all: [{name: A, operator: odd}]}}"))
    ("the operator 'odd'",)
    """
    operators, operations = load_operators(), load_operations()
    unknown = [f"the operator '{each.operator}'" for each in rule.checks if each.operator not in operators]
    unknown += [f"the operation '{each.operator}'" for each in rule.operations if each.operator not in operations]
    unknown += list_unknown_options(rule)
    if rule.type.casefold() not in BUILDERS:
        unknown.append(f"the type '{rule.type}'")
    return tuple(dict.fromkeys(unknown))


def list_unknown_options(rule: CoreRule) -> tuple[str, ...]:
    """What a rule says beside its operators and operations that nothing here reads, so that it may mean something else.

    >>> from cdisc_conv.checks.core.rule.read import read_rule
    >>> check = "{name: A, operator: equal_to, value: x, rounding: up}"
    >>> list_unknown_options(read_rule(f"{{Core: {{Id: X-1}}, Rule Type: Record Data, Check: {{all: [{check}]}}}}"))
    ("'rounding' of 'equal_to'",)
    """
    beside = [(each, _CHECK_OPTIONS) for each in rule.checks] + [(each, _OPERATION_OPTIONS) for each in rule.operations]
    found = (f"'{name}' of '{each.operator}'" for each, known in beside for name in each.options if name not in known)
    return tuple(dict.fromkeys(found))


def find_reach(rule: CoreRule) -> Reach:
    """How far a rule looks from a record.

    A rule within a record or a subject can be asked range by range; one across datasets needs them all at once. What
    groups by the subject looks no further than the subject.

    >>> from cdisc_conv.checks.core.rule.read import read_rule
    >>> rule = "{Core: {Id: X}, Rule Type: Record Data, Check: [{name: A, operator: is_not_unique_set, value: B}]}"
    >>> str(find_reach(read_rule(rule))), str(find_reach(read_rule(rule.replace("value: B", "value: USUBJID"))))
    ('within a dataset', 'within a subject')
    """
    reaches = [Reach.RECORD if rule.type.casefold() in _RECORDS else _reach_type(rule)]
    reaches += [_reach_check(check) for check in rule.checks]
    reaches += [_reach_operation(operation) for operation in rule.operations]
    reaches += [_reach_join(join) for join in rule.joins]
    return max(reaches)


def stays_within(rule: CoreRule) -> bool:
    """Whether a rule is asked range by range of subjects.

    Beside what looks further these are not: joins that make columns of the values of records (supplemental qualifiers,
    related records), and those that keep records without a partner, whose missing values are those of a whole column.
    """
    return find_reach(rule) <= Reach.SUBJECT and not any(map(_makes_columns, rule.joins))


def _makes_columns(join: Join) -> bool:
    return join.child or join.how == "left" or join.name.startswith(("SUPP", "SQ", "RELREC"))


def _reach_type(rule: CoreRule) -> Reach:
    name = rule.type.casefold()
    if "presence" in name:
        return Reach.STUDY
    return Reach.RECORD if name.startswith("value check with") else Reach.DATASET


def _reach_check(check: Check) -> Reach:
    known = load_operators().get(check.operator)
    if known is None:
        return Reach.STUDY
    if known.reach <= Reach.SUBJECT or not known.grouped:
        return known.reach
    said = [check.name, *_names(check.value), *_names(check.options.get("within"))]
    return Reach.SUBJECT if SUBJECT in said else known.reach


def _names(value: object) -> Iterable[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _reach_operation(operation: Operation) -> Reach:
    known = load_operations().get(operation.operator)
    if known is None:
        return Reach.STUDY
    if known.name == "dy" or SUBJECT in operation.group:
        return Reach.SUBJECT
    return Reach.STUDY if operation.domain else known.reach


def _reach_join(join: Join) -> Reach:
    return Reach.SUBJECT if SUBJECT in join.left else Reach.STUDY
