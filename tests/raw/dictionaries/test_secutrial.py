"""secuTrial: project tables with short or long names, code lists, visits, and encodings that ExportOptions states."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdisc_conv.raw.dictionaries import Dictionary

Read = Callable[..., Dictionary]
Show = Callable[..., list[tuple]]


def table(*rows: str) -> str:
    """Rows as secuTrial writes them: quoted, with tabs, and an empty column at the end."""
    return "".join("\t".join(f'"{cell}"' for cell in [*row.split("|"), ""]) + "\n" for row in rows)


TABLES = {
    "is_20240101-120000.xls": table(
        "ffid|fgid|ffcolname|fflabel|itemtype|unit",
        "1|10|sbp|Systolic|Integer number|mmHg",
        "2|10|sex|Geschlecht für alle|Radio button|",
        "3|10|smoke|Smoker|Checkbox|",
        "4|10|vsdat|Date|Date (dd.mm.yyyy)|",
        "5|10|head|A heading|Dummy|",
    ),
    "qs_20240101-120000.xls": table("fgid|fglabel|formname|formtablename", "10|Vitals|Vital signs|mnpstudyvitals"),
    "fs_20240101-120000.xls": table("formid|formname|formtablename", "7|Vital signs form|mnpstudyvitals"),
    "cl_20240101-120000.xls": table("column|code|value", "mnpstudyvitals.sex|1|female", "mnpstudyvitals.sex|2|male"),
    "vp_20240101-120000.xls": table("mnpvisid|mnpvislabel|visitnumber", "100|Baseline|1", "101|Week 4|2"),
    "vpfs_20240101-120000.xls": table("mnpvisid|formid", "100|7"),
    "vitals_20240101-120000.xls": table(
        "mnppid|mnpaid|mnpctrid|mnpvisid|mnpvislabel|mnpdocid|mnplastedit|sbp|sex|smoke|vsdat",
        "5|101|3|100|Baseline|900|201903052356|120|1|0|20190305",
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15", "mac_roman", "utf-16"])
def test_project_tables(read: Read, show: Show, encoding: str) -> None:
    said = {"iso-8859-15": "ISO-8859-15", "mac_roman": "MacRoman"}.get(encoding, encoding.upper())
    files = {name: text.encode(encoding) for name, text in TABLES.items()}
    files["ExportOptions_20240101-120000.html"] = f"<html><td>Encoding</td><td>{said}</td></html>".encode()
    dictionary = read(files)
    assert dictionary.edc == "secutrial"
    form = dictionary.forms["vitals"]
    assert (form.label, form.events, form.key) == ("Vital signs form", ("100",), ("mnpaid", "mnpdocid"))
    assert show(dictionary, "vitals") == [
        ("sbp", "Systolic", "integer", "item", {}, 2),
        ("sex", "Geschlecht für alle", "coded", "item", {"1": "female", "2": "male"}, 3),
        ("smoke", "Smoker", "text", "item", {}, 4),
        ("vsdat", "Date", "date", "item", {}, 5),
    ]
    assert (form.columns["sbp"].unit, form.columns["smoke"].empty) == ("mmHg", "0")
    assert {name: str(column.role) for name, column in form.columns.items() if name.startswith("mnp")} == {
        "mnppid": "system",
        "mnpaid": "subject",
        "mnpctrid": "site",
        "mnpvisid": "event",
        "mnpvislabel": "event_name",
        "mnpdocid": "repeat",
        "mnplastedit": "system",
    }
    assert [(event.name, event.eid) for event in dictionary.events] == [("Baseline", "100"), ("Week 4", "101")]
    assert dictionary.problems == ()


def test_an_item_of_no_form_and_one_without_a_column(read: Read) -> None:
    files = dict(TABLES)
    files["is_20240101-120000.xls"] += table("6|99|lost|Lost|Text|", "7|10|dbp|Diastolic|Numeric|")
    dictionary = read(files)
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/is_20240101-120000.xls:7: DICT007 item lost is of question 99, which is of no form "
        "(export the table of questions (qs), too)",
        "edc/is_20240101-120000.xls:8: DICT011 item dbp of form vitals is in the project, and "
        "edc/vitals_20240101-120000.xls has no column for it",
    ]
