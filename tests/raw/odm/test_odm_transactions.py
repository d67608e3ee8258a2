"""Transactional ODM files: inserts, updates, upserts and removals give what is true at the end of the file."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.raw import FormSource, read_form

HEAD = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Transactional" ODMVersion="1.3.2" FileOID="F">'
STUDY = """
<Study OID="S"><MetaDataVersion OID="M" Name="M">
  <FormDef OID="DM" Name="Demographics" Repeating="No"><ItemGroupRef ItemGroupOID="IG.DM" Mandatory="No"/></FormDef>
  <FormDef OID="AE" Name="Adverse events" Repeating="No"><ItemGroupRef ItemGroupOID="IG.AE" Mandatory="No"/></FormDef>
  <ItemGroupDef OID="IG.DM" Name="DM" Repeating="No"><ItemRef ItemOID="SEX" Mandatory="No"/><ItemRef ItemOID="AGE" Mandatory="No"/>
  </ItemGroupDef>
  <ItemGroupDef OID="IG.AE" Name="AE" Repeating="Yes"><ItemRef ItemOID="AETERM" Mandatory="No"/></ItemGroupDef>
  <ItemDef OID="SEX" Name="Sex" DataType="text"/><ItemDef OID="AGE" Name="Age" DataType="integer"/>
  <ItemDef OID="AETERM" Name="Term" DataType="text"/>
</MetaDataVersion></Study>
"""  # noqa: E501


def item(oid: str, value: str, kind: str = "") -> str:
    said = f' TransactionType="{kind}"' if kind else ""
    return f'<ItemData ItemOID="{oid}" Value="{value}"{said}/>'


def step(subject: str, form: str, items: str, kind: str = "Upsert", group_key: str = "", group_kind: str = "") -> str:
    """One ClinicalData with one transaction, as an audit trail has them."""
    repeat = f' ItemGroupRepeatKey="{group_key}"' if group_key else ""
    own = f' TransactionType="{group_kind}"' if group_kind else ""
    return (
        f'<ClinicalData StudyOID="S" MetaDataVersionOID="M"><SubjectData SubjectKey="{subject}" '
        f'TransactionType="{kind}">'
        f'<StudyEventData StudyEventOID="V1"><FormData FormOID="{form}"><ItemGroupData '
        f'ItemGroupOID="IG.{form}"{repeat}{own}>'
        f"{items}</ItemGroupData></FormData></StudyEventData></SubjectData></ClinicalData>\n"
    )


def read(folder: Path, table: str, *steps: str) -> tuple[list[list[str]], list[str]]:
    """The subjects, repeat keys (where there are any) and items of a table after some "
    "transactions, and the problems."""
    (folder / "odm.xml").write_text(HEAD + STUDY + "".join(steps) + "</ODM>", encoding="utf-8")
    form, problems = read_form(FormSource("f", "odm.xml", table=table), folder)
    assert form is not None
    columns = [c for c in ("SubjectKey", "ItemGroupRepeatKey", "SEX", "AGE", "AETERM") if c in form.frame]
    return form.frame[columns].values.tolist(), [str(problem) for problem in problems]


def test_the_last_transaction_counts_and_items_that_are_not_named_stay(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path,
        "DM",
        step("1", "DM", item("SEX", "M") + item("AGE", "40")),
        step("2", "DM", item("SEX", "F")),
        step("1", "DM", item("AGE", "41")),
    )
    assert rows == [["1", "M", "41"], ["2", "F", ""]]
    assert problems == []


def test_removals_take_an_item_a_group_a_subject_and_everything_in_it(tmp_path: Path) -> None:
    steps = (
        step("1", "DM", item("SEX", "M") + item("AGE", "40")),
        step("1", "DM", item("AGE", "40", "Remove")),
        step("1", "AE", item("AETERM", "Headache"), group_key="1"),
        step("1", "AE", item("AETERM", "Fever"), group_key="2"),
        step("1", "AE", "", group_key="1", group_kind="Remove"),
        step("2", "DM", item("SEX", "F")),
        step("2", "DM", "", kind="Remove"),
    )
    assert read(tmp_path, "DM", *steps) == ([["1", "M", ""]], [])
    assert read(tmp_path, "AE", *steps) == ([["1", "2", "Fever"]], [])


def test_what_was_removed_can_be_inserted_again(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path,
        "AE",
        step("1", "AE", item("AETERM", "Headache"), "Insert", "1"),
        step("1", "AE", "", "Upsert", "1", "Remove"),
        step("1", "AE", item("AETERM", "Migraine"), "Insert", "1"),
    )
    assert rows == [["1", "1", "Migraine"]]
    assert problems == []


def test_transactions_that_contradict_each_other_are_reported(tmp_path: Path) -> None:
    rows, problems = read(
        tmp_path,
        "DM",
        step("1", "DM", item("SEX", "M"), "Insert"),
        step("1", "DM", item("SEX", "F"), "Insert"),
        step("2", "DM", item("AGE", "50"), "Update"),
    )
    assert rows == [["1", "F", ""], ["2", "", "50"]]
    name = f"{tmp_path.name}/odm.xml"
    assert problems == [
        f"{name}:12: ODM007 item SEX is inserted twice, with other values; the later counts (ask the "
        f"vendor which value counts)",
        f"{name}:13: ODM007 item AGE is updated before it is inserted (ask the vendor which value counts)",
    ]


def test_a_subject_that_is_renamed_has_its_last_name_everywhere(tmp_path: Path) -> None:
    rename = (
        '<ClinicalData StudyOID="S" MetaDataVersionOID="M" xmlns:m="http://m"><SubjectData SubjectKey="1" '
        'm:SubjectName="{name}" TransactionType="Upsert"><SiteRef LocationOID="DE02"/></SubjectData></ClinicalData>'
    )
    text = rename.format(name="old") + step("1", "DM", item("SEX", "M")) + rename.format(name="new")
    (tmp_path / "odm.xml").write_text(HEAD + STUDY + text + "</ODM>", encoding="utf-8")
    form, _ = read_form(FormSource("f", "odm.xml", table="DM"), tmp_path)
    assert form is not None
    assert form.frame[["SubjectName", "LocationOID", "SEX"]].values.tolist() == [["new", "DE02", "M"]]


@given(
    st.lists(
        st.tuples(
            st.sampled_from("12"),
            st.sampled_from(("SEX", "AGE")),
            st.sampled_from("ab"),
            st.sampled_from(("Upsert", "Remove")),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_replaying_transactions_is_a_dictionary(tmp_path_factory, steps) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("odm")
    expected: dict[str, dict[str, str]] = {}
    for subject, oid, value, kind in steps:
        known = expected.setdefault(subject, {})
        if kind == "Remove":
            known.pop(oid, None)
        else:
            known[oid] = value
    rows, problems = read(folder, "DM", *(step(s, "DM", item(oid, value, kind)) for s, oid, value, kind in steps))
    assert rows == [[s, known.get("SEX", ""), known.get("AGE", "")] for s, known in expected.items() if known]
    assert [p for p in problems if "ODM" in p] == []
