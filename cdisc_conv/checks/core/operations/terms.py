"""Controlled terminology: terms, codes and attributes of codelists."""

from __future__ import annotations

from collections.abc import Iterable

from cdisc_conv.checks.core.data.vectors import Value, Vector, from_values, to_text
from cdisc_conv.checks.core.operations.registry import Task, operation
from cdisc_conv.checks.core.operators.registry import MissingVariableError, NotAnswerableError
from cdisc_conv.standards import Terminology
from cdisc_conv.standards.terminology import CodelistTerm, CodelistTerms

_CDISC = ("CDISC", "CDISC CT")


def _package(task: Task) -> Terminology:
    """The study's own terminology."""
    for name, package in task.study.terminologies.items():
        if not name.startswith("define"):
            return package
    raise NotAnswerableError("no terminology is at hand")


def _find(task: Task, name: str) -> CodelistTerms:
    package = _package(task)
    if name not in package:
        raise NotAnswerableError(f"{package.package_label} has no codelist {name}")
    return package.codelist(name)


@operation("codelist_terms")
def codelist_terms(task: Task) -> Vector | Value:
    """The terms of codelists (or the lists themselves), as values, codes or preferred terms."""
    said = task.option("codelists")
    names = [str(name) for name in said] if isinstance(said, list) else []
    if not names:
        return _look_up_terms(task)
    wanted, level = task.text("returntype"), task.text("level")
    found = [_find(task, name) for name in names]
    if level == "codelist":
        return tuple(each.code if wanted == "code" else each.short_name for each in found)
    return tuple(_read(term, wanted or "code") for each in found for term in each.terms)


def _read(term: CodelistTerm, wanted: str) -> str:
    return {"value": term.value, "pref_term": term.preferred_term}.get(wanted, term.code)


def _look_up_terms(task: Task) -> Vector:
    """For each record, the code or value of the term that it names, in the version and codelist that it names."""
    by = next((key for key in ("term_code", "term_value", "term_pref_term") if task.text(key)), "")
    if not by:
        raise NotAnswerableError("the operation names neither codelists nor a term")
    columns = [task.view.find(task.text(name)) for name in ("version", by)]
    lists = task.view.find(task.text("codelist_code"))
    if columns[0] is None or columns[1] is None:
        raise MissingVariableError(f"{task.text('version')}, {task.text(by)}")
    wanted = task.text("returntype") or ("value" if by == "term_code" else "code")
    kind = task.text("ct_package_type").casefold() or "sdtm"
    versions, terms = columns[0], columns[1]
    made: dict[tuple[Value, ...], Value] = {}
    for version in versions.used:
        package = task.study.terminologies.get(f"{kind}ct-{to_text(version)}")
        for code in lists.used if lists is not None else (task.text("codelist_code"),):
            if package is None or to_text(code) not in package:
                continue
            for term in package.codelist(to_text(code)).terms:
                key = _read(term, {"term_code": "code", "term_value": "value"}.get(by, "pref_term")).casefold()
                made[(version, *((code,) if lists is not None else ()), key)] = _read(term, wanted)
    folded = terms.map(lambda value: to_text(value).casefold())
    return task.spread_groups(made, [versions, *([lists] if lists is not None else []), folded])


@operation("codelist_extensible")
def codelist_extensible(task: Task) -> Vector | Value:
    """Whether the codelist may be extended; for each record, where it names the version and the codelist."""
    versions = task.view.find(task.text("version")) if task.text("version") else None
    if versions is not None:
        return _look_up_extensible(task, versions)
    return _find(task, task.text("codelist") or task.text("codelist_code")).extensible


def _look_up_extensible(task: Task, versions: Vector) -> Vector:
    lists = task.view.find(task.text("codelist_code"))
    kind = task.text("ct_package_type").casefold() or "sdtm"
    made: dict[tuple[Value, ...], Value] = {}
    for version in versions.used:
        package = task.study.terminologies.get(f"{kind}ct-{to_text(version)}")
        for code in lists.used if lists is not None else (task.text("codelist_code"),):
            if package is not None and to_text(code) in package:
                made[(version, *((code,) if lists is not None else ()))] = package.codelist(to_text(code)).extensible
    return task.spread_groups(made, [versions, *([lists] if lists is not None else [])])


@operation("define_extensible_codelists")
def define_extensible_codelists(task: Task) -> Value:
    """The terms that define.xml adds to extensible codelists."""
    if task.study.define is None:
        raise NotAnswerableError("there is no define.xml")
    said = task.option("codelists") or task.option("codelist")
    names = [str(name) for name in said] if isinstance(said, list) else []
    names = [] if any(name.casefold() == "all" for name in names) else names
    return tuple(task.study.define.extended_terms(names))


@operation("get_codelist_attributes")
def get_codelist_attributes(task: Task) -> Vector:
    """For each record, what the terminology package that it names has of codes, values or preferred terms."""
    of_version = task.text("ct_version") or task.text("version")
    names, versions = task.view.find(task.target), task.view.find(of_version)
    if names is None or versions is None:
        raise MissingVariableError(f"{task.target}, {of_version}")
    kind = {"adamig": "adamct", "sendig": "sendct"}.get(task.study.standard.casefold(), "sdtmct")
    pairs: dict[tuple[Value, ...], Value] = {}
    for name in names.used:
        for version in versions.used:
            stem = kind if to_text(name) in _CDISC else to_text(name)
            package = task.study.terminologies.get(f"{stem}-{to_text(version)}")
            pairs[name, version] = () if package is None else tuple(_attributes(package, task.text("ct_attribute")))
    return task.spread_groups(pairs, [names, versions])


def _attributes(package: Terminology, attribute: str) -> Iterable[str]:
    lists = [package.codelist(code) for code in package.codes]
    terms = (term for each in lists for term in each.terms)
    match attribute.casefold():
        case "codelist ccode":
            return dict.fromkeys(each.code for each in lists)
        case "codelist value":
            return dict.fromkeys(each.short_name for each in lists)
        case "term ccode":
            return dict.fromkeys(term.code for term in terms)
        case "term value" | "term submission value":
            return dict.fromkeys(term.value for term in terms)
        case "term preferred term":
            return dict.fromkeys(term.preferred_term for term in terms)
    raise NotAnswerableError(f"nothing is known of '{attribute}' of terminology")


@operation("valid_codelist_dates")
def valid_codelist_dates(task: Task) -> Vector:
    """The dates of the terminology packages at hand that go with the standard."""
    said = task.option("ct_package_types")
    kinds = [f"{str(kind).casefold()}ct" for kind in said] if isinstance(said, list) else []
    if not kinds:
        own = {"adamig": ["sdtmct", "adamct"], "sendig": ["sendct"], "cdashig": ["cdashct"]}
        kinds = own.get(task.study.standard.casefold(), ["sdtmct"])
    names = (name.partition("-") for name in task.study.terminologies)
    dates = tuple(sorted({date for kind, _, date in names if kind in kinds}))
    return from_values([dates] * task.view.length)
