"""What the package has: datasets, domains, variables, and what files say of them."""

from __future__ import annotations

from collections import Counter

from cdisc_conv.checks.core.data.vectors import Value, is_missing
from cdisc_conv.checks.core.operations.registry import Task, operation
from cdisc_conv.checks.core.operators.registry import NotAnswerableError, fill_prefix
from cdisc_conv.checks.core.rule.model import Reach


@operation("study_domains", reach=Reach.STUDY)
def study_domains(task: Task) -> Value:
    """The domains of all datasets."""
    return tuple(dict.fromkeys(table.domain for table in task.study.tables))


@operation("dataset_names", reach=Reach.STUDY)
def dataset_names(task: Task) -> Value:
    """The names of all datasets, sorted."""
    return tuple(sorted(table.name for table in task.study.tables))


@operation("extract_metadata", reach=Reach.RECORD)
def extract_metadata(task: Task) -> Value:
    """Something that the file says of the dataset, such as its name or size."""
    facts = {**task.source.facts, "domain_suffix": task.source.name[-2:]}
    if task.operation.name not in facts:
        raise NotAnswerableError(f"nothing is known of {task.operation.name} of a dataset")
    return facts[task.operation.name]


@operation("variable_exists", reach=Reach.RECORD)
def variable_exists(task: Task) -> Value:
    """Whether the dataset has the variable."""
    return task.target in task.records


@operation("variable_count", reach=Reach.STUDY)
def variable_count(task: Task) -> Value:
    """How many datasets have the variable; a split dataset counts once."""
    parts = [whole[0] for whole in task.study.wholes()]
    return float(sum(fill_prefix(task.operation.name, table.prefix) in table.view for table in parts))


@operation("variable_value_count", reach=Reach.STUDY)
def variable_value_count(task: Task) -> Value:
    """In how many datasets each value of the variable occurs, as pairs."""
    counted: Counter[Value] = Counter()
    for whole in task.study.wholes():
        found = task.study.view_whole(whole[0]).find(fill_prefix(task.operation.name, whole[0].prefix))
        counted.update(value for value in (found.used if found is not None else ()) if not is_missing(value))
    return tuple((value, float(count)) for value, count in counted.items())


@operation("get_column_order_from_dataset", reach=Reach.RECORD)
def get_column_order_from_dataset(task: Task) -> Value:
    """The variables of the dataset, in its order."""
    return tuple(name for name in task.records.names if not name.startswith("$"))


@operation("define_variable_metadata", reach=Reach.STUDY)
def define_variable_metadata(task: Task) -> Value:
    """What define.xml says of a variable, or of all variables of the dataset as pairs."""
    if task.study.define is None:
        raise NotAnswerableError("there is no define.xml")
    attribute = task.text("attribute_name")
    said = {str(row["define_variable_name"]): row.get(attribute) for row in task.study.define.variables(task.source)}
    return said.get(task.target) if task.operation.name else tuple(said.items())
