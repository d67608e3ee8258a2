"""The types of an expression, found before any data is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isnan

from cdisc_conv.expr.dates import ORDERS, is_impossible
from cdisc_conv.expr.functions.signature import Function, Parameter
from cdisc_conv.expr.functions.table import ELSEWHERE, FUNCTIONS
from cdisc_conv.expr.library import describe_bad_regex, read_number
from cdisc_conv.expr.nodes import (
    Arithmetic,
    Call,
    Comparison,
    Literal,
    Logical,
    Membership,
    Name,
    Negative,
    Node,
    Not,
    Type,
    format_node,
    is_missing_literal,
)
from cdisc_conv.expr.tokens import Source
from cdisc_conv.problems import Problem, did_you_mean

_A = {Type.TEXT: "a text", Type.NUMBER: "a number", Type.BOOLEAN: "true or false"}
_MOST_DIGITS = 15


def check_types(
    tree: Node, source: Source, type_of: Callable[[str], Type | None], expected: Type | None = None
) -> tuple[Type | None, list[Problem]]:
    """Type of the whole and everything that is wrong with the parts; see `Expression.check`."""
    checker = _Checker(source, type_of)
    found = checker.infer(tree)
    if expected is not None and found not in (None, expected):
        checker.report_operand(tree, found, expected, "the expression")
    return found, checker.problems


class _Checker:
    def __init__(self, source: Source, type_of: Callable[[str], Type | None]) -> None:
        self._source = source
        self._type_of = type_of
        self.problems: list[Problem] = []

    def infer(self, node: Node) -> Type | None:
        match node:
            case Literal():
                return node.type
            case Name(name):
                return self._type_of(name)
            case Negative(operand):
                self._want(operand, Type.NUMBER, "what follows a minus sign")
                return Type.NUMBER
            case Arithmetic(operator, left, right):
                for side in (left, right):
                    self._want(side, Type.NUMBER, f'what "{operator}" computes with')
                return Type.NUMBER
            case Not(operand):
                self._want(operand, Type.BOOLEAN, "what follows not")
            case Logical(operator, operands):
                for operand in operands:
                    self._want(operand, Type.BOOLEAN, f"what {operator} joins")
            case Comparison():
                self._check_comparison(node)
            case Membership():
                self._check_membership(node)
            case Call():
                return self._infer_call(node)
        return Type.BOOLEAN

    def _report(self, code: str, what: str, node: Node, hint: str = "") -> None:
        self.problems.append(self._source.report(code, what, node.position, hint))

    def _want(self, node: Node, wanted: Type, what: str) -> None:
        found = self.infer(node)
        if found not in (None, wanted):
            self.report_operand(node, found, wanted, what)

    def report_operand(self, node: Node, found: Type | None, wanted: Type, what: str) -> None:
        assert found is not None
        joins = what == 'what "+" computes with' and found is Type.TEXT
        hint = "write concat(a, b) to join texts" if joins else _suggest(node, found, wanted)
        self._report("EXPR010", f"{what} must be {_A[wanted]}, but {_show(node)} is {_A[found]}", node, hint)

    def _check_comparison(self, node: Comparison) -> None:
        left, right = self.infer(node.left), self.infer(node.right)
        operator = node.operator
        if is_missing_literal(node.left) or is_missing_literal(node.right):
            if operator not in ("==", "!="):
                what = f'"{operator}" cannot compare with "", which stands for a missing value'
                self._report("EXPR010", what, node, 'write == "" or != ""')
                return
            left, right = (None if side is Type.TEXT else side for side in (left, right))
            if Type.BOOLEAN in (left, right):
                self._report(
                    "EXPR010", 'true or false is never missing and cannot equal ""', node, "leave the comparison out"
                )
            return
        self._check_dates((node.left, node.right), ordered=operator in ORDERS)
        if left is None or right is None:
            return
        if left is not right:
            self._report_mixed(node, node.left, left, node.right, right)
        elif left is Type.BOOLEAN and operator not in ("==", "!="):
            self._report(
                "EXPR010", f'"{operator}" cannot order true and false', node, "combine conditions with and, or, not"
            )

    def _check_dates(self, parts: Iterable[Node], ordered: bool = False) -> None:
        """Dates that are written out and do not exist, where texts are put in order or a --DTC variable is compared."""
        parts = tuple(parts)
        if not ordered and not any(isinstance(part, Name) and part.name.endswith("DTC") for part in parts):
            return
        for part in parts:
            if isinstance(part, Literal) and part.type is Type.TEXT and is_impossible(str(part.value)):
                what = f"{_show(part)} is not a date that the calendar has"
                self._report("EXPR013", what, part, "correct it; where only the month is known, leave the day out")

    def _report_mixed(self, node: Node, left: Node, left_type: Type, right: Node, right_type: Type) -> None:
        what = f"{_show(left)} is {_A[left_type]} and {_show(right)} is {_A[right_type]}, which do not compare"
        side, found, wanted = right, right_type, left_type
        ordered = isinstance(node, Comparison) and node.operator not in ("==", "!=")
        written_out = isinstance(right, Literal) and not ordered
        if left_type is Type.TEXT and right_type is Type.NUMBER and not written_out:
            side, found, wanted = left, left_type, right_type
        self._report("EXPR009", what, node, _suggest(side, found, wanted))

    def _check_membership(self, node: Membership) -> None:
        found = self.infer(node.operand)
        self._check_dates((node.operand, *node.items))
        items = [item for item in node.items if not is_missing_literal(item)]
        if found is Type.BOOLEAN:
            self._report("EXPR010", f"{_show(node.operand)} is true or false, which no list holds", node.operand)
        elif items:
            first, wanted = (node.operand, found) if found else (items[0], items[0].type)
            other = next((item for item in items if item.type is not wanted), None)
            if other:
                self._report_mixed(other, first, wanted, other, other.type)

    def _infer_call(self, node: Call) -> Type | None:
        types = [self.infer(argument) for argument in node.arguments]
        function = FUNCTIONS.get(node.function)
        if function is None:
            self._report("EXPR008", f"there is no function {node.function}", node, suggest_function(node.function))
            return None
        count = len(types)
        if count < function.fewest or (function.most is not None and count > function.most):
            what = f"{function.name} takes {_count_arguments(function)}, not {count}"
            self._report("EXPR008", what, node, f"write {function.signature}")
            return function.returns
        same = self._check_same(node, function, types)
        for place, (argument, found) in enumerate(zip(node.arguments, types, strict=True)):
            self._check_argument(function, function.parameter(place), argument, found)
        return function.returns or same

    def _check_argument(self, function: Function, parameter: Parameter, node: Node, found: Type | None) -> None:
        if parameter.literal:
            self._check_literal(function, parameter, node)
        elif found is not None and found not in parameter.accepts:
            wanted = Type.BOOLEAN if Type.BOOLEAN in parameter.accepts else sorted(parameter.accepts)[-1]
            what = f"{parameter.name} of {function.signature}"
            self.report_operand(node, found, wanted, what)

    def _check_literal(self, function: Function, parameter: Parameter, node: Node) -> None:
        what = f"{parameter.name} of {function.signature} must be "
        if parameter.accepts == {Type.NUMBER}:
            digits = float(node.value) if isinstance(node, Literal) and node.type is Type.NUMBER else -1.0
            if digits not in range(_MOST_DIGITS + 1):
                what += f"a whole number from 0 to {_MOST_DIGITS}"
                self._report("EXPR011", what, node, "round(x, 2) gives two decimal places")
        elif not isinstance(node, Literal) or node.type is not Type.TEXT:
            self._report("EXPR011", what + "a text in quotes", node, 'write it out: matches(x, "UN-*")')
        elif parameter.regex and (fault := describe_bad_regex(str(node.value))):
            message = f"{_show(node)} is not a regular expression: {fault}"
            self._report("EXPR014", message, node, "escape signs that mean themselves, such as [(] or [.]")

    def _check_same(self, node: Call, function: Function, types: list[Type | None]) -> Type | None:
        """The type that all `same` arguments have; a "" fits numbers as well."""
        group = [
            (argument, found)
            for place, (argument, found) in enumerate(zip(node.arguments, types, strict=True))
            if function.parameter(place).same
        ]
        if all(is_missing_literal(argument) for argument, _ in group):
            return Type.TEXT
        known = [
            (argument, found) for argument, found in group if found is not None and not is_missing_literal(argument)
        ]
        for argument, found in known[1:]:
            if found is not known[0][1]:
                first, wanted = known[0]
                what = f"the values of {function.signature} must be of one type, but {_show(first)} is {_A[wanted]}"
                self._report(
                    "EXPR010",
                    f"{what} and {_show(argument)} is {_A[found]}",
                    argument,
                    _suggest(argument, found, wanted),
                )
        return known[0][1] if known else None


def suggest_function(name: str, known: Iterable[str] = FUNCTIONS) -> str:
    """The hint for a function that does not exist.

    >>> suggest_function("UPCASE"), suggest_function("AETERM.lower")
    ('write upper(text)', 'write lower(text)')
    """
    folded = name.rpartition(".")[2].casefold()
    meant = folded if folded in FUNCTIONS else ELSEWHERE.get(folded)
    if meant:
        return f"write {FUNCTIONS[meant].signature}"
    return did_you_mean(folded, known) or f"the functions are {', '.join(sorted(known))}"


def _count_arguments(function: Function) -> str:
    fewest, most = function.fewest, function.most
    if most is None:
        return f"at least {fewest} argument{'s' if fewest > 1 else ''}"
    numbers = str(most) if fewest == most else f"{fewest} or {most}"
    return f"{numbers} argument{'s' if most > 1 else ''}"


def _show(node: Node) -> str:
    text = format_node(node)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _suggest(node: Node, found: Type, wanted: Type) -> str:
    """How to make a value of the wanted type of the found one."""
    text = _show(node)
    if wanted is Type.BOOLEAN:
        return f'compare it: {text} == "Y"' if found is Type.TEXT else f"compare it: {text} == 1"
    if found is Type.BOOLEAN:
        return 'choose values: if(condition, "Y", "N")' if wanted is Type.TEXT else "choose values: if(condition, 1, 0)"
    if wanted is Type.TEXT:
        return f'write "{text}"' if isinstance(node, Literal) else f"write text({text})"
    if isinstance(node, Literal):
        return "" if isnan(read_number(str(node.value))) else "write the number without quotes"
    return f"write number({text})"
