"""Lint: variables against the standard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import SUBJECT, Kind, Ref
from cdisc_conv.problems import Problem, Severity, closest, did_you_mean
from cdisc_conv.spec.expected import codelist_keys, codelist_of, is_numeric, label_of, standard_variable
from cdisc_conv.spec.lint.entries import is_column_name
from cdisc_conv.spec.mapping.datasets import find_meant
from cdisc_conv.spec.mapping.optional import list_blank
from cdisc_conv.spec.model import ALL, Block, DatasetSpec, Study, Variable
from cdisc_conv.spec.yaml.repair import MOST_UNKNOWN
from cdisc_conv.standards import SUB_CLASSES, CodelistTerms, VariableStandard, list_versions, load_standard

MOST_NAME = 8
MOST_LABEL = 40


def check_variables(study: Study) -> Iterator[Problem]:
    """Findings LINT201 to LINT212, LINT214 and LINT215 about the variables of every dataset."""
    for dataset in study.datasets.values():
        yield from _check_dataset_label(dataset)
        yield from _check_sub_class(dataset)
        yield from _check_required(study, dataset)
        yield from _check_blank(dataset)
        yield from _check_kept(dataset)
        yield from _check_keys(dataset)
        yield from _check_sections(dataset)
        beyond = [] if dataset.family.is_analysis else _list_unknown(dataset)[MOST_UNKNOWN:]
        if beyond:
            message = f"{dataset.name} has {len(beyond):,} more variables that {dataset.family.standard.label} has not"
            yield Problem("LINT207", message, place=dataset.place)
        passed_over = frozenset(beyond)
        for section, variable in entries_of(dataset):
            if variable.name in passed_over:
                continue
            yield from _check_name(dataset, variable, section)
            yield from _check_label(dataset, variable)
            if section == "supplemental":
                yield from _check_qualifier(dataset, variable)
            # The first of these findings makes the next ones pointless; a name in both sections is LINT205.
            asked = section == "variables" and variable.name not in dataset.supplemental_names()
            wrong = list(_check_known(study, dataset, variable)) if asked else []
            yield from wrong or list(_check_type(study, dataset, variable)) or _check_codelist(study, dataset, variable)


def entries_of(dataset: DatasetSpec) -> Iterator[tuple[str, Variable]]:
    """Every entry of a dataset's mapping, with the section it belongs to."""
    for block in dataset.blocks:
        for variable in block.variables.values():
            yield _section_of(dataset, variable.name), variable
        for variable in block.supplemental.values():
            yield "supplemental", variable
    for variable in dataset.variables.values():
        yield "variables", variable
    for variable in dataset.supplemental.values():
        yield "supplemental", variable
    for section in (dataset.working, *(block.working for block in dataset.blocks)):
        for variable in section.values():
            yield "working", variable


def _section_of(dataset: DatasetSpec, name: str) -> str:
    """A block's ``set`` may fill a variable, a working variable or a qualifier."""
    if name in dataset.working_names():
        return "working"
    return "supplemental" if name in dataset.supplemental else "variables"


def _problem(
    code: str, message: str, variable: Variable, hint: str = "", severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(code, message, severity, variable.place, hint)


def _check_dataset_label(dataset: DatasetSpec) -> Iterator[Problem]:
    size = len(dataset.label.encode())
    if size > MOST_LABEL:
        message = f"the label of {dataset.name} has {size} bytes, at most {MOST_LABEL} go into a transport file"
        yield Problem("LINT201", message, place=dataset.place, hint=f"shorten '{dataset.label}'")


def _check_sub_class(dataset: DatasetSpec) -> Iterator[Problem]:
    known = SUB_CLASSES.get(dataset.standard.class_name, ())
    if dataset.sub_class and dataset.sub_class not in known:
        message = f"{dataset.name}: the class {dataset.standard.class_name} has no subclass '{dataset.sub_class}'"
        hint = did_you_mean(dataset.sub_class, known) or (f"there is: {', '.join(known)}" if known else "leave it out")
        yield Problem("LINT215", message, place=dataset.sub_class_place, hint=hint)


def _check_required(study: Study, dataset: DatasetSpec) -> Iterator[Problem]:
    given = {name for block in dataset.blocks for name in block.given_names}
    mapped = {*dataset.names(), *dataset.written, *given}
    # TRT01P is the TRTxxP that ADaM wants.
    places = {found.order for name in mapped if (found := dataset.standard.variable(name)) is not None}
    missing = [
        standard
        for standard in dataset.standard.variables
        if standard.core in ("Req", "Exp") and standard.name not in mapped and standard.order not in places
        if _is_wanted(dataset, standard)
    ]
    # A misspelt variable is a finding by itself; the one it must mean is not missed as well.
    meant = {_find_meant(dataset, name) for name in _list_unknown(dataset)[:MOST_UNKNOWN]} if missing else set()
    mapped |= meant
    places |= {found.order for name in meant if (found := dataset.standard.variable(name)) is not None}
    for standard in missing:
        if standard.name in mapped or standard.order in places:
            continue
        if standard.core == "Req" and not _lacks_order(dataset, standard, mapped):
            message = f"{dataset.name} does not map {standard.name} ({standard.label}), which the standard requires"
            yield Problem("LINT202", message, place=dataset.place)
        if standard.core == "Exp":
            message = f"{dataset.name} does not map {standard.name} ({standard.label}), which the standard expects"
            hint = "map it, or write {constant: ''} when it was not collected"
            # The rule that finds the same in the dataset that was made is matched by dataset and variable.
            place = replace(dataset.place, dataset=dataset.name, variable=standard.name)
            yield Problem("LINT203", message, Severity.WARNING, place, hint)


def _check_blank(dataset: DatasetSpec) -> Iterator[Problem]:
    """LINT218: expected variables that an optional layer leaves blank."""
    blank = list_blank(dataset)
    if blank:
        names = ", ".join(one.name for one in blank)
        message = f"{dataset.name}: the study has nothing that the layer could make {names} of; expected, so blank"
        yield Problem("LINT218", message, Severity.NOTE, blank[0].place, "map what was collected under another name")


def _check_kept(dataset: DatasetSpec) -> Iterator[Problem]:
    """LINT219: ``keep_empty`` names what the dataset does not map."""
    for name in sorted(dataset.keep_empty - dataset.names() - dataset.written - {ALL}):
        hint = did_you_mean(name, dataset.names()) or f"map it, such as {name}: {{constant: ''}}"
        message = f"'keep_empty' of {dataset.name} names {name}, which is not mapped"
        yield Problem("LINT219", message, place=dataset.keep_empty_place, hint=hint)


def _lacks_order(dataset: DatasetSpec, standard: VariableStandard, mapped: set[str]) -> bool:
    """Whether this is --SEQ, which needs no entry, and is missing because all keys are that would order the records.

    A key that is named but not mapped, and one that the standard requires or expects, is a finding by itself.
    """
    if standard.name != f"{dataset.name}SEQ":
        return False
    keys = [key for key in (dataset.keys or dataset.standard.keys) if key not in ("STUDYID", SUBJECT, standard.name)]
    wanted = {one.name for one in dataset.standard.variables if one.core in ("Req", "Exp")}
    return mapped.isdisjoint(keys) and any(key in dataset.keys or key in wanted for key in keys)


def _is_wanted(dataset: DatasetSpec, standard: VariableStandard) -> bool:
    """Whether a variable that the standard asks for is one of this dataset.

    The structure of occurrences lists variables of several domains: the medication (CMTRT) or the term of an event.
    """
    if dataset.standard.class_name != "OCCURRENCE DATA STRUCTURE":
        return True
    medication = dataset.name == "ADCM"
    return {"CMTRT": medication, "--TERM": not medication}.get(standard.name, True)


def _check_keys(dataset: DatasetSpec) -> Iterator[Problem]:
    wanted = {one.name for one in dataset.standard.variables if one.core in ("Req", "Exp")}  # LINT202, LINT203
    for key in dataset.keys:
        if key not in dataset.names() and key not in dataset.written and key not in wanted:
            hint = did_you_mean(key, dataset.names())
            yield Problem("LINT204", f"key {key} of {dataset.name} is not mapped", place=dataset.keys_place, hint=hint)


def _check_sections(dataset: DatasetSpec) -> Iterator[Problem]:
    """A name mapped in two sections is mapped twice; only ``set`` of a block may override."""
    pairs = [
        ("variables", dataset.variables, "supplemental", dataset.supplemental),
        ("variables", dataset.variables, "working", dataset.working),
        ("supplemental", dataset.supplemental, "working", dataset.working),
        *(("set", block.variables, "supplemental", block.supplemental) for block in dataset.blocks),
        *(("set", block.variables, "working", block.working) for block in dataset.blocks),
        *(("variables", dataset.variables, "working", block.working) for block in dataset.blocks),
    ]
    for first, ours, second, theirs in pairs:
        for name in ours.keys() & theirs.keys():
            message = f"{dataset.name}.{name} is mapped twice: in '{first}' and in '{second}'"
            yield _problem("LINT205", message, theirs[name], f"the other is at {ours[name].place}")


def _check_name(dataset: DatasetSpec, variable: Variable, section: str) -> Iterator[Problem]:
    name = variable.name
    if section == "working":
        return
    if len(name.encode()) > MOST_NAME or not (name.isascii() and name.isidentifier() and name.upper() == name):
        message = f"{dataset.name}.{name} is not a valid variable name"
        yield _problem(
            "LINT206", message, variable, f"at most {MOST_NAME} capital letters, digits and _, a letter first"
        )


def _list_unknown(dataset: DatasetSpec) -> list[str]:
    """The variables that the standard does not have, in the order of the mapping."""
    own = {*dataset.supplemental_names(), *dataset.working_names()}
    return [name for name in dataset.names() if name not in own and not _is_known(dataset, name)]


def _is_known(dataset: DatasetSpec, name: str) -> bool:
    return dataset.family.standard.variable(dataset.standard, name) is not None


def _find_meant(dataset: DatasetSpec, name: str) -> str:
    return find_meant(name, dataset.family, dataset.standard, dataset.names())


def _check_known(study: Study, dataset: DatasetSpec, variable: Variable) -> Iterator[Problem]:
    if dataset.family.is_analysis:
        # A predecessor without a label is reported where it is mapped.
        taken_over = variable.derivation.actual_origin() is OriginType.PREDECESSOR
        if not taken_over and not label_of(study, dataset, variable.name):
            message = f"{dataset.name}.{variable.name} is a variable of your own and has no label"
            yield _problem("LINT214", message, variable, "add 'label:'")
    elif not _is_known(dataset, variable.name):
        message = f"{dataset.family.standard.label} has no variable {variable.name} in {dataset.name}"
        known = dataset.family.standard.names(dataset.standard)
        meant = _find_meant(dataset, variable.name) or closest(variable.name, known)
        hint = f"did you mean {meant}?" if meant else "a variable of your own belongs under 'supplemental' or 'working'"
        if other := _find_version(study, dataset, variable.name):
            hint = f"{other} has it; under this version it belongs under 'supplemental'"
        yield _problem("LINT207", message, variable, hint)


def _find_version(study: Study, dataset: DatasetSpec, name: str) -> str:
    """Another version of the guide that has a variable in a dataset of its own, such as ``SDTMIG 3.4``; or ""."""
    own = dataset.family.standard
    if dataset.name not in own.datasets:
        return ""
    for guide, version in reversed(list_versions("ig", study.folder)):
        if guide == own.name.casefold() and version != own.version:
            other = load_standard(guide, version, study.folder)
            if dataset.name in other.datasets and other.variable(dataset.name, name) is not None:
                return other.label
    return ""


def _check_qualifier(dataset: DatasetSpec, variable: Variable) -> Iterator[Problem]:
    if not variable.label:
        yield _problem(
            "LINT208", f"supplemental qualifier {dataset.name}.{variable.name} has no label", variable, "add 'label:'"
        )
    if dataset.standard.variable(variable.name) is not None and variable.name not in dataset.variables:
        message = f"{variable.name} is a variable of {dataset.name} and cannot be a supplemental qualifier"
        yield _problem("LINT209", message, variable, "move it to 'variables'")


def _check_label(dataset: DatasetSpec, variable: Variable) -> Iterator[Problem]:
    size = len(variable.label.encode())
    if size > MOST_LABEL:
        what = f"{dataset.name}.{variable.name}"
        message = f"the label of {what} has {size} bytes, at most {MOST_LABEL} go into a transport file"
        yield _problem("LINT201", message, variable, f"shorten '{variable.label}'")


def _check_type(study: Study, dataset: DatasetSpec, variable: Variable) -> Iterator[Problem]:
    kind, numeric = variable.derivation.kind, is_numeric(study, dataset, variable)
    if kind is Kind.TEXT and numeric:
        message = f"{dataset.name}.{variable.name} is numeric, but '{variable.derivation.name}' makes text"
        yield _problem("LINT210", message, variable)
    if kind is Kind.NUMBER and not numeric and standard_variable(study, dataset, variable.name) is not None:
        message = f"{dataset.name}.{variable.name} is text, but '{variable.derivation.name}' makes numbers"
        yield _problem("LINT210", message, variable)


def _check_codelist(study: Study, dataset: DatasetSpec, variable: Variable) -> Iterator[Problem]:
    keys = codelist_keys(study, dataset, variable)
    unknown = [key for key in keys if key not in dataset.family.terminology]
    if unknown and variable.codelist:
        message = (
            f"{dataset.name}.{variable.name}: {dataset.family.terminology.package_label} has no codelist '{unknown[0]}'"
        )
        yield _problem("LINT211", message, variable, "name it by its C-code or short name, such as C66742 or NY")
        return
    codelist = codelist_of(study, dataset, variable)
    for problem in variable.derivation.check(codelist, is_numeric(study, dataset, variable)):
        message = f"{dataset.name}.{variable.name}: {problem.message}"
        found = _problem(problem.code, message, variable, problem.hint, problem.severity)
        if problem.value:  # rules find it in the data again
            yield replace(found, place=replace(found.place, variable=variable.name), value=problem.value)
        else:
            yield replace(found, value=f"{problem.message} {problem.hint}")
    for block in dataset.blocks:
        if codelist is not None and dataset.own_variable(variable.name, block) is variable:
            yield from _check_given(study, dataset, block, variable, codelist)


def _check_given(
    study: Study, dataset: DatasetSpec, block: Block, variable: Variable, codelist: CodelistTerms
) -> Iterator[Problem]:
    """Literals of ``for_each`` that fill a variable with a codelist."""
    for entry, place in zip(block.for_each, block.entry_places, strict=True):
        value = entry.get(variable.name, "")
        if value == "" or isinstance(value, Ref) or str(value) in codelist.values:
            continue
        message = (
            f"{dataset.name}.{variable.name}: '{value}' is not in codelist {codelist.short_name} ({codelist.code})"
        )
        severity = Severity.WARNING if codelist.extensible else Severity.ERROR
        column = is_column_name(study, block, entry, value)
        hint = f"write raw.{value} to read the column" if column else codelist.suggest(str(value))
        place = replace(place, variable=variable.name)
        yield Problem("LINT212", message, severity, place, hint, str(value))
