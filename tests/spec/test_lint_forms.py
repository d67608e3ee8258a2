"""Lint of forms.yaml: keys without a column, events that cannot be told apart."""

from __future__ import annotations

import pytest

FORMS = "forms.yaml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "key: [SUBJID]",
            "key: [SUBJD]",
            "8: FORM002 'key' of form dm names SUBJD, which is not a column of the form (did you mean SUBJID?)",
        ),
        (
            "forms:\n",
            "key: [SUBJID, VIST]\nforms:\n",
            "4: FORM002 'key' names VIST, which is not a column of form ae (did you mean VISIT?)",
        ),
    ],
)
def test_a_key_without_a_column(lint, old, new, message):
    assert lint((FORMS, old, new)) == [f"tiny/forms.yaml:{message}"]


def test_a_column_that_one_of_the_forms_with_a_shared_key_lacks(lint):
    edits = [(FORMS, "    key: [SUBJID]\n", ""), (FORMS, "forms:\n", "key: [SUBJID, AETERM]\nforms:\n")]
    assert lint(*edits) == [
        "tiny/forms.yaml:4: FORM002 'key' names AETERM, which is not a column of form dm (give these forms a "
        "'key' each)"
    ]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            "  - {event: Screening, eid: S}\n  - {event: Cycle 1, eid: C1}\n  - {event: Cycle 2, eid: C1}\n",
            "FORM003 two events have the eid 'C1' (the first is tiny/forms.yaml:24)",
        ),
        (
            "  - {event: Screening, eid: S}\n  - {event: Cycle 1, eid: C1}\n  - {event: CYCLE 1, eid: C2}\n",
            "FORM003 two events have the name 'CYCLE 1' (the first is tiny/forms.yaml:24)",
        ),
    ],
)
def test_events_that_cannot_be_told_apart(lint, events, message):
    assert lint((FORMS, "      AENOTE: Remark\n", f"      AENOTE: Remark\nevents:\n{events}")) == [
        f"tiny/forms.yaml:25: {message}"
    ]


def test_events_without_eid(lint):
    events = "events:\n  - {event: Screening}\n  - {event: Cycle 1}\n"
    assert lint((FORMS, "      AENOTE: Remark\n", f"      AENOTE: Remark\n{events}")) == []
