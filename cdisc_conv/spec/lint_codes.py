"""Lint: codes that a condition asks for and the data dictionary does not have."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.codes import guess_code, list_codes
from cdisc_conv.spec.comparisons import list_comparisons
from cdisc_conv.spec.model import Study


def check_codes(study: Study) -> Iterator[Problem]:
    """LINT310: a column is compared with a code that is not among its values, which is never so in right data."""
    for found in list_comparisons(study):
        form = study.forms.get(found.table.removeprefix("form ")) if found.table.startswith("form ") else None
        fields = [form.fields[name] for name in found.columns if name in form.fields] if form else []
        if form is None or not fields or not all(field.values and not field.separator for field in fields):
            continue
        values = {code: words for field in fields for code, words in field.values.items()}
        for text in found.texts:
            if text not in values:
                message = (
                    f"{found.reader}: {' or '.join(found.columns)} is compared with '{text}', which is not among the "
                    f"values in form {form.name} ({list_codes(values)})"
                )
                meant = guess_code(text, values)
                hint = f"did you mean {meant}?" if meant else "correct the condition, or add the code to forms.yaml"
                cause = f"{text} of {list_codes(values)}"
                yield Problem("LINT310", message, Severity.WARNING, found.place, hint, value=cause)
