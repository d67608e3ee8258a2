"""One entry of ``variables:`` to a `Variable`: exactly one derivation, and the attributes beside it."""

from __future__ import annotations

from collections.abc import Mapping

from cdisc_conv.dataset import Origin, OriginSource, OriginType
from cdisc_conv.derivations.base import Derivation
from cdisc_conv.derivations.registry import load_derivations, parameters_of, split_entry
from cdisc_conv.expr import Expression, parse
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.spec.model import Variable
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.spec.yaml.repair import repair_keys
from cdisc_conv.spec.yaml.shapes.datasets import AttributesDocument, OriginDocument
from cdisc_conv.spec.yaml.validate import validate


def read_variables(section: Node | None, what: str, problems: list[Problem]) -> dict[str, Variable]:
    """The variables of one section (``variables``, ``supplemental``, ``working`` or a block's ``set``), in order.

    Problems are added to `problems`: SPEC201 not a mapping, SPEC202 the derivation cannot be told, SPEC203 a stray
    attribute, and those of `validate`.
    """
    result: dict[str, Variable] = {}
    for name, node in section.items() if section is not None else ():
        variable = read_variable(name, node, f"{what}.{name}", problems)
        if variable is not None:
            result[name] = variable
    return result


def read_variable(name: str, node: Node, what: str, problems: list[Problem]) -> Variable | None:
    """One variable, or None when its derivation cannot be made out."""
    if not node.is_mapping:
        problems.append(node.problem("SPEC201", f"{what} needs a derivation", "such as {copy: AETERM}"))
        return None
    try:
        derivation_name, _, others = split_entry(node.plain())
    except ValueError as error:
        problems.append(node.problem("SPEC202", f"{what}: {error}"))
        return None
    derivation = read_derivation(derivation_name, node.at((derivation_name,)), what, problems)
    attributes_node = Node({key: node.at((key,)) for key in others}, node.file, node.line)
    attributes_node = repair_keys(AttributesDocument, attributes_node, what, problems)
    attributes, found = validate(AttributesDocument, attributes_node, what)
    problems.extend(found)
    when = read_expression(attributes.when, attributes_node.at(("when",)), problems) if attributes else None
    if derivation is None or attributes is None:
        return None
    return Variable(
        name=name,
        derivation=derivation,
        place=node.place,
        when=when,
        label=attributes.label,
        type=attributes.type,
        length=attributes.length,
        format=attributes.format,
        origin=read_origin(attributes.origin),
        comment=attributes.comment,
        method=attributes.method,
        codelist=attributes.codelist,
        evaluator=attributes.evaluator,
        entry=node.plain(),
    )


def read_derivation(name: str, node: Node, what: str, problems: list[Problem]) -> Derivation | None:
    """A derivation with its parameters; a bare value stands for the shorthand parameter."""
    kind = load_derivations()[name]
    data = parameters_of(kind, node.plain())
    if "" in data:
        problems.append(
            node.problem("SPEC202", f"'{name}' of {what} takes parameters by name", f"such as {{{name}: {{...}}}}")
        )
        return None
    shorthand = not node.is_mapping and node.value is not None
    wrapped = Node({kind.shorthand: node}, node.file, node.line) if shorthand else node
    derivation, found = validate(kind, wrapped, f"'{name}' of {what}", data)
    problems.extend(found)
    return derivation


def read_expression(text: str, node: Node, problems: list[Problem]) -> Expression | None:
    """An expression with its file and line, or None when there is none or it does not parse.

    >>> from cdisc_conv.spec.yaml.nodes import read_yaml_text
    >>> problems = []
    >>> read_expression("AESER =", read_yaml_text("AESER =", "ae.yaml"), problems) is None, len(problems) > 0
    (True, True)
    """
    if not text:
        return None
    try:
        return parse(text, file=node.file, line=node.line)
    except ProblemsError as error:
        problems.extend(error.problems)
        return None


def read_origin(document: OriginDocument | None) -> Origin | None:
    """The origin an entry states, or None."""
    if document is None:
        return None
    source = OriginSource(document.source) if document.source else None
    return Origin(OriginType(document.type), source, document.pages, document.predecessor)


def brought_along(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    """Supplemental qualifiers that derivations bring along, such as the later parts of a long text."""
    return {
        name: Variable(name, derivation, variable.place, when=variable.when, label=label, origin=variable.origin)
        for variable in variables.values()
        for name, (label, derivation) in variable.derivation.supplemental(variable.name).items()
    }


def companions(variables: Mapping[str, Variable]) -> dict[str, Variable]:
    """Variables that derivations bring along, such as the imputation flag of a date."""
    return {
        name: Variable(name, derivation, variable.place, when=variable.when)
        for variable in variables.values()
        for name, derivation in variable.derivation.companions(variable.name).items()
    }
