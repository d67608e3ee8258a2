"""What the standard says of a dataset and its variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cdisc_conv.checks.core.data.library import Library, LibraryVariable
from cdisc_conv.checks.core.data.study import Table
from cdisc_conv.checks.core.data.vectors import Value, Vector
from cdisc_conv.checks.core.operations.registry import Task, operation
from cdisc_conv.checks.core.operators.registry import MissingVariableError, NotAnswerableError
from cdisc_conv.checks.core.rule.model import Reach

_KEYS: dict[str, Callable[[LibraryVariable], Value]] = {
    "name": lambda variable: variable.name,
    "label": lambda variable: variable.label,
    "role": lambda variable: variable.role,
    "core": lambda variable: variable.core,
    "ordinal": lambda variable: str(variable.order),
    "simpleDatatype": lambda variable: variable.type,
    "ccode": lambda variable: variable.ccode,
}


def _library(task: Task) -> Library:
    """What is known of the standard; NotAnswerableError when its metadata are not at hand."""
    library = task.study.library
    if library.stand_in:
        raise NotAnswerableError(f"the metadata of {library.name} {library.version} are not at hand")
    return library


def _guide(task: Task) -> tuple[LibraryVariable, ...]:
    _library(task)
    return task.study.guide_variables(task.source)


def _model(task: Task, table: Table | None = None) -> tuple[LibraryVariable, ...]:
    _library(task)
    return task.study.model_variables(table or task.source)


def _names(variables: Iterable[LibraryVariable]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(variable.name for variable in variables))


def _choose(task: Task, variables: Iterable[LibraryVariable]) -> tuple[LibraryVariable, ...]:
    """The variables with what ``key_name`` and ``key_value`` say; all of them where nothing is said."""
    key = task.text("key_name")
    if not key:
        return tuple(variables)
    if key not in _KEYS:
        raise NotAnswerableError(f"nothing is known of {key} of a variable")
    return tuple(variable for variable in variables if _KEYS[key](variable) == task.text("key_value"))


@operation("get_column_order_from_library", reach=Reach.RECORD)
def get_column_order_from_library(task: Task) -> Value:
    """The variables that the dataset may have, in the order of guide and model."""
    return _names(_choose(task, _guide(task)))


@operation("get_model_column_order", reach=Reach.RECORD)
def get_model_column_order(task: Task) -> Value:
    """The variables that the model allows in the dataset, in its order."""
    return _names(_model(task))


@operation("get_parent_model_column_order")
def get_parent_model_column_order(task: Task) -> Vector:
    """The variables that the model allows in the dataset that each record of supplemental qualifiers belongs to."""
    domains = task.view.find("RDOMAIN")
    if domains is None:
        raise MissingVariableError("RDOMAIN")
    names: dict[Value, tuple[str, ...]] = {}
    for domain in domains.used:
        parents = task.study.of_domain(str(domain))
        if not parents:
            raise NotAnswerableError(f"there is no dataset of domain {domain}")
        names[domain] = _names(_model(task, parents[0]))
    return domains.map(lambda value: names.get(value))


@operation("get_model_filtered_variables", reach=Reach.RECORD)
def get_model_filtered_variables(task: Task) -> Value:
    """The variables that the model allows in the dataset, of one role or kind."""
    return _names(_choose(task, _model(task)))


@operation("get_dataset_filtered_variables", reach=Reach.RECORD)
def get_dataset_filtered_variables(task: Task) -> Value:
    """The variables of one role or kind that the dataset has."""
    return tuple(name for name in _names(_choose(task, _guide(task))) if name in task.records)


@operation("required_variables", reach=Reach.RECORD)
def required_variables(task: Task) -> Value:
    """The variables that the guide requires in the dataset."""
    return _names(variable for variable in _guide(task) if variable.core == "Req")


@operation("expected_variables", reach=Reach.RECORD)
def expected_variables(task: Task) -> Value:
    """The variables that the guide expects in the dataset."""
    return _names(variable for variable in _guide(task) if variable.core == "Exp")


@operation("required_expected_variables", reach=Reach.RECORD)
def required_expected_variables(task: Task) -> Value:
    """The variables that the guide requires or expects in the dataset, in its order."""
    return _names(variable for variable in _guide(task) if variable.core in ("Req", "Exp"))


@operation("permissible_variables", reach=Reach.RECORD)
def permissible_variables(task: Task) -> Value:
    """The variables that the dataset may have and need not."""
    return _names(variable for variable in _guide(task) if variable.core in ("Perm", ""))


@operation("variable_names", reach=Reach.RECORD)
def variable_names(task: Task) -> Value:
    """The names of all variables of the guide."""
    datasets = _library(task).datasets.values()
    return tuple(dict.fromkeys(variable.name for dataset in datasets for variable in dataset.variables))


@operation("domain_is_custom", reach=Reach.RECORD)
def domain_is_custom(task: Task) -> Value:
    """Whether neither the guide nor the model knows the domain."""
    return task.study.library.is_custom(task.domain)


@operation("related_domain_is_custom", reach=Reach.RECORD)
def related_domain_is_custom(task: Task) -> Value:
    """Whether neither knows the domain that the supplemental qualifiers belong to."""
    related = (table.related for table in task.study.tables if table.is_supplemental)
    found = next((domain for domain in related if domain and task.domain.endswith(domain)), "")
    return bool(found) and task.study.library.is_custom(found)


@operation("domain_label", reach=Reach.RECORD)
def domain_label(task: Task) -> Value:
    """The label that the guide gives the domain."""
    known = _library(task).datasets.get(task.domain)
    return known.label if known else None


@operation("standard_domains", reach=Reach.RECORD)
def standard_domains(task: Task) -> Value:
    """The datasets of the guide and the model."""
    return _library(task).names


@operation("get_library_class_domains", reach=Reach.RECORD)
def get_library_class_domains(task: Task) -> Value:
    """The datasets of the guide, of one class or of all."""
    wanted = task.text("domain_class").upper().replace("-", " ")
    known = _library(task).datasets.values()
    return tuple(each.name for each in known if not wanted or each.class_name.replace("-", " ") == wanted)


@operation("label_referenced_variable_metadata", reach=Reach.RECORD)
def label_referenced_variable_metadata(task: Task) -> Mapping[str, Vector]:
    """What the guide says of the variable whose label each record names."""
    return _look_up(task, "label")


@operation("name_referenced_variable_metadata", reach=Reach.RECORD)
def name_referenced_variable_metadata(task: Task) -> Mapping[str, Vector]:
    """What the guide says of the variable whose name each record names."""
    return _look_up(task, "name")


def _look_up(task: Task, key: str) -> dict[str, Vector]:
    column = task.view.find(task.target)
    if column is None:
        raise MissingVariableError(task.target)
    known = {_KEYS[key](variable): variable for variable in reversed(_guide(task))}

    def read(name: str) -> Vector:
        return column.map(lambda value: _KEYS[name](known[value]) if value in known else None)

    return {f"{task.operation.id}_{name}": read(name) for name in _KEYS}
