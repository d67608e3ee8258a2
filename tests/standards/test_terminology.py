"""Controlled terminology: known codelists and terms, and the search by text."""

import pytest

from cdisc_conv.standards import CodelistTerm, CodelistTerms, UnknownStandardError, load_terminology

SDTM = load_terminology("sdtm", "2025-03-28")


def test_package() -> None:
    assert (SDTM.package_label, SDTM.publishing_set, len(SDTM.codes)) == ("SDTM CT 2025-03-28", "SDTM", 324)
    assert load_terminology("adam ct", "2025-03-28").package_label == "ADaM CT 2025-03-28"
    assert load_terminology("define-xml", "2025-03-28").publishing_set == "DEFINE-XML"


@pytest.mark.parametrize("key", ["C66742", "NY", "No Yes Response"])
def test_codelist_by_code_short_name_or_name(key: str) -> None:
    found = SDTM.codelist(key)
    assert (found.code, found.short_name, found.name, found.extensible) == ("C66742", "NY", "No Yes Response", False)
    assert found.values == {"N", "NA", "U", "Y"}


@pytest.mark.parametrize(
    ("codelist", "value", "code", "meaning"),
    [
        ("SEX", "F", "C16576", "Female"),
        ("SEX", "M", "C20197", "Male"),
        ("NY", "Y", "C49488", "Yes"),
        ("ACN", "DRUG WITHDRAWN", "C49502", "Drug Withdrawn"),
        ("LBTESTCD", "ALT", "C64433", "Alanine Aminotransferase"),
        ("VSTESTCD", "HEIGHT", "C25347", "Height"),
        ("TRTESTCD", "DIAMETER", "C25285", "Diameter"),
        ("ONCRTSCD", "OVRLRESP", "C96613", "Overall Response"),
        ("TSPARMCD", "ADDON", "C49703", "Added on to Existing Treatments"),
        ("ROUTE", "ORAL", "C38288", "Oral Route of Administration"),
        ("FREQ", "BID", "C64496", "Twice Daily"),
        ("PKPARMCD", "CMAX", "C70918", "Max Conc"),
    ],
)
def test_term(codelist: str, value: str, code: str, meaning: str) -> None:
    found = SDTM.codelist(codelist).term(value)
    assert found is not None
    assert (found.value, found.code, found.meaning) == (value, code, meaning)


def test_extensible() -> None:
    assert SDTM.codelist("UNIT").extensible is True
    assert SDTM.codelist("SEX").extensible is False


def test_contains() -> None:
    assert "C66731" in SDTM
    assert "RACE" in SDTM
    assert "NOLIST" not in SDTM


@pytest.mark.parametrize(
    ("codelist", "text", "value", "how"),
    [
        ("NY", "Y", "Y", "submission value"),
        ("LBTESTCD", "Glucose", "GLUC", "decode"),
        ("NY", "Yes", "Y", "synonym"),
        ("LOC", "Liver", "LIVER", "preferred term"),
        ("AESEV", "mild", "MILD", "submission value, ignoring case"),
        ("TRTESTCD", "  longest   DIAMETER ", "LDIAM", "decode, ignoring case"),
        ("NY", "yes", "Y", "synonym, ignoring case"),
        ("FREQ", "twice daily", "BID", "preferred term, ignoring case"),
        ("UNIT", "g", "g", "submission value"),
        ("NY", "NA", "NA", "submission value"),
        ("UNIT", "G/L", "10^9/L", "synonym"),
        ("UNIT", "g/l", "g/L", "submission value, ignoring case"),
        ("UNIT", "mM", "mmol/L", "spelling of the unit"),
        ("UNIT", "\N{MICRO SIGN}M", "umol/L", "spelling of the unit"),
        ("UNIT", "\N{MICRO SIGN}g/l", "ug/L", "spelling of the unit"),
        ("UNIT", "x10E9/L", "10^9/L", "spelling of the unit"),
        ("VSRESU", "\N{DEGREE SIGN}C", "C", "spelling of the unit"),
    ],
)
def test_find(codelist: str, text: str, value: str, how: str) -> None:
    match = SDTM.codelist(codelist).match(text)
    assert match.term is not None
    assert (match.term.value, match.how) == (value, how)
    assert SDTM.codelist(codelist).find(text) is match.term


def test_every_submission_value_finds_itself() -> None:
    for code in SDTM.codes:
        codelist = SDTM.codelist(code)
        assert {value for value in codelist.values if getattr(codelist.find(value), "value", "") != value} == set()


@pytest.mark.parametrize("text", ["", "perhaps"])
def test_find_nothing(text: str) -> None:
    match = SDTM.codelist("NY").match(text)
    assert (match.term, match.reason, match.candidates) == (None, f"'{text}' is not in NY", ())


def _make_codelist(*terms: CodelistTerm) -> CodelistTerms:
    return CodelistTerms("C0", "Made Up", "MADEUP", False, terms)


def test_ambiguous_synonym_means_no_term_and_says_why() -> None:
    codelist = _make_codelist(CodelistTerm("A", "C1", synonyms=("same",)), CodelistTerm("B", "C2", synonyms=("same",)))
    match = codelist.match("same")
    assert match.term is None
    assert match.reason == "'same' is ambiguous in MADEUP: by synonym it is A, B"
    assert [term.value for term in match.candidates] == ["A", "B"]


def test_a_submission_value_goes_before_a_synonym_of_another_term() -> None:
    codelist = _make_codelist(CodelistTerm("A", "C1"), CodelistTerm("B", "C2", synonyms=("A",)))
    assert codelist.find("A") == CodelistTerm("A", "C1")


@pytest.mark.parametrize(
    ("text", "terms"), [("G/l", ["g/L", "10^9/L"]), ("US", ["us", "uSiemens"]), ("bAU/ML", ["BAU/mL"])]
)
def test_capitals_that_point_at_another_unit_decide_nothing(text: str, terms: list[str]) -> None:
    match = SDTM.codelist("UNIT").match(text)
    found = [match.term] if match.term else match.candidates
    assert [term.value for term in found] == terms
    if len(terms) > 1:
        assert match.reason == f"'{text}' is ambiguous in UNIT: by upper and lower case it is {', '.join(terms)}"


def test_case_decides_between_terms_that_differ_in_nothing_else() -> None:
    codelist = _make_codelist(CodelistTerm("g", "C1"), CodelistTerm("G", "C2"))
    assert getattr(codelist.find("G"), "code", "") == "C2"
    assert codelist.find(" g ") is None


def test_suggest() -> None:
    assert SDTM.codelist("RACE").suggest("Assian") == "did you mean ASIAN?"
    assert SDTM.codelist("LBTESTCD").suggest("Glucos") == "did you mean GLUC?"
    assert SDTM.codelist("NY").suggest("qqqq") == ""


def test_short_names_have_the_long_name_as_decode() -> None:
    lists = [SDTM.codelist(code) for code in SDTM.codes]
    short = [codelist for codelist in lists if codelist.short_name.endswith(("TESTCD", "PARMCD", "TSCD"))]
    assert len(short) > 40
    assert [(c.short_name, t.value) for c in short for t in c.terms if not t.decode] == []


def test_several_codelists_as_one() -> None:
    found = SDTM.codelist("C66727", "C114118", "C150811")
    assert found.short_name == "NCOMPLT; PROTMLST; OTHEVENT"
    assert {"COMPLETED", "INFORMED CONSENT OBTAINED", "DEATH"} <= found.values


def test_instruments_are_left_out_but_their_categories_stay() -> None:
    assert {"QSCAT", "FTCAT", "CCCAT"} <= {SDTM.codelist(code).short_name for code in SDTM.codes}
    assert "TENMW1TC" not in SDTM


def test_adam_and_define_xml_terms() -> None:
    adam = load_terminology("adam", "2025-03-28")
    assert adam.codelist("DATEFL").values == {"D", "M", "Y"}
    assert "LOCF" in adam.codelist("DTYPE").values
    define = load_terminology("define-xml", "2025-03-28")
    assert define.codelist("ORIGINS").values == {"Investigator", "Sponsor", "Subject", "Vendor"}


def test_unknown_package_lists_what_is_there() -> None:
    with pytest.raises(UnknownStandardError) as error:
        load_terminology("sdtm", "2031-01-01")
    assert str(error.value) == (
        "no terminology sdtm 2031-01-01 here; there is: adam 2025-03-28, define-xml 2025-03-28, sdtm 2025-03-28"
    )


def test_unknown_codelist_comes_with_a_hint() -> None:
    with pytest.raises(UnknownStandardError) as error:
        SDTM.codelist("VSTESCD")
    assert str(error.value) == "SDTM CT 2025-03-28 has no codelist VSTESCD (did you mean VSTESTCD?)"
    with pytest.raises(UnknownStandardError) as no_hint:
        SDTM.codelist("C00000")
    assert str(no_hint.value) == "SDTM CT 2025-03-28 has no codelist C00000"
