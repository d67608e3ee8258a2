"""All models of the YAML files of a mapping, by their names."""

from __future__ import annotations

from cdisc_conv.spec.yaml.shapes import datasets, forms, protocol, study
from cdisc_conv.spec.yaml.shapes.base import Document

DOCUMENTS: dict[str, type[Document]] = {
    name: value
    for module in (forms, study, protocol, datasets)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, Document) and value is not Document
}
