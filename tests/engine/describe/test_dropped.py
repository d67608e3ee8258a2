"""Method texts that name variables which no record has a value of."""

from __future__ import annotations

AE = """\
keys: [USUBJID, AETERM]
records:
  - form: ae
variables:
  AETERM: {copy: AETERM}
  AEENRF: {copy: RF}
  AEOUT: {cases: [{when: 'AEENRF == "AFTER"', constant: NOT RECOVERED/NOT RESOLVED}, {constant: UNKNOWN}]}
"""


def test_a_variable_that_was_dropped_as_empty_is_explained(lab, dataset) -> None:
    forms = {"ae": {"SUBJID": ["01"], "AETERM": ["A"], "RF": [""]}}
    made = dataset(lab.convert(forms, {"AE": AE}), "AE")
    assert "AEENRF" not in made.frame
    (method,) = (column.item.method for column in made.columns if column.name == "AEOUT")
    assert method == (
        "Where AE.AEENRF equals AFTER: Set to NOT RECOVERED/NOT RESOLVED. Otherwise: Set to UNKNOWN. [AE.AEENRF, not "
        "in the package: no record has a value]"
    )


def test_a_variable_that_is_there_needs_no_word(lab, dataset) -> None:
    forms = {"ae": {"SUBJID": ["01"], "AETERM": ["A"], "RF": ["AFTER"]}}
    made = dataset(lab.convert(forms, {"AE": AE}), "AE")
    (method,) = (column.item.method for column in made.columns if column.name == "AEOUT")
    assert method == ("Where AE.AEENRF equals AFTER: Set to NOT RECOVERED/NOT RESOLVED. Otherwise: Set to UNKNOWN.")
