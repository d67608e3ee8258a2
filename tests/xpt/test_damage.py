"""Files that are cut off, damaged or something else: the message says at which byte and what was expected there."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from cdisc_conv.xpt import XptError, XptVariable, list_members, read_xpt, write_xpt

HINT = "the file is damaged or was changed after it was written: get it again (transfer it in binary mode)"
HEADERS = 13 * 80  # library 3, member 4, names 1 + 4 (two variables), observations 1
TITLE = "HEADER RECORD*******{:<8}HEADER RECORD!!!!!!!"


@pytest.fixture
def path(tmp_path):
    """Ten observations of 100 bytes, two variables."""
    frame = pd.DataFrame({"TXT": [f"row {row}" for row in range(10)], "NUM": [float(row) for row in range(10)]})
    variables = [XptVariable("TXT", numeric=False, length=92), XptVariable("NUM", numeric=True, length=8)]
    write_xpt(frame, tmp_path / "x.xpt", name="X", variables=variables)
    assert (tmp_path / "x.xpt").stat().st_size == HEADERS + 1040
    return tmp_path / "x.xpt"


def failure(path):
    with pytest.raises(XptError) as error:
        read_xpt(path)
    (problem,) = error.value.problems
    assert problem.place.file == str(path)
    with pytest.raises(XptError) as again:
        list_members(path)
    assert again.value.problems == error.value.problems
    return f"{problem.code} {problem.message}", problem.hint


def cut_off(rows, left):
    """What is said of a file with so many observations and bytes of one more."""
    message = (
        f"XPT026 byte {HEADERS + rows * 100}: the file ends within observation {rows + 1} of X, of which {left} of 100 "
        "bytes are there and are dropped; what comes before it is read"
    )
    return message, "records are missing: get the file again, whole"


def warning(path, rows):
    """What is said of a file of which so many observations can be read."""
    file = read_xpt(path)
    (problem,) = file.problems
    assert problem.place.file == str(path)
    assert problem.severity is Severity.WARNING
    assert file.frame["NUM"].tolist() == [float(row) for row in range(rows)]
    assert list_members(path) == [file.member]
    return f"{problem.code} {problem.message}", problem.hint


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (1, "XPT021 byte 80: the file ends within the library record: expected 80 bytes, found 0"),
        (2, "XPT021 byte 160: the file ends within the second library record: expected 80 bytes, found 0"),
        (3, "XPT021 byte 240: the file ends before the first member"),
        (4, "XPT021 byte 320: the file ends within the descriptor header: expected 80 bytes, found 0"),
        (5, "XPT021 byte 400: the file ends within the first descriptor record: expected 80 bytes, found 0"),
        (6, "XPT021 byte 480: the file ends within the second descriptor record: expected 80 bytes, found 0"),
        (7, "XPT021 byte 560: the file ends within the name header: expected 80 bytes, found 0"),
        (8, "XPT021 byte 640: the file ends within the names of 2 variables: expected 320 bytes, found 0"),
        (11, "XPT021 byte 640: the file ends within the names of 2 variables: expected 320 bytes, found 240"),
        (12, "XPT021 byte 960: the file ends within the observation header: expected 80 bytes, found 0"),
    ],
)
def test_cut_off_within_the_headers(path, records, message):
    path.write_bytes(path.read_bytes()[: records * 80])
    assert failure(path) == (message, HINT)


def test_cut_off_at_every_record_of_the_data(path):
    content = path.read_bytes()
    start = HEADERS
    for size in range(0, len(content) - start, 80):
        path.write_bytes(content[: start + size])
        rows, rest = divmod(size, 100)
        if rest == 0:  # the format does not say how many rows there should be
            assert len(read_xpt(path).frame) == rows
            continue
        assert warning(path, rows) == cut_off(rows, rest)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (
            1,
            "XPT020 byte 0: this is not a SAS transport file: "
            f"expected the record '{TITLE.format('LIBRARY')}', found 'H'",
        ),
        (79, "XPT021 byte 80: the file ends within the library record: expected 80 bytes, found 0"),
        (81, "XPT021 byte 80: the file ends within the library record: expected 80 bytes, found 1"),
        (700, "XPT021 byte 640: the file ends within the names of 2 variables: expected 320 bytes, found 60"),
    ],
)
def test_cut_off_within_a_record(path, size, message):
    path.write_bytes(path.read_bytes()[:size])
    hint = "is it another kind of file?" if size == 1 else HINT
    assert failure(path) == (message, hint)


@pytest.mark.parametrize(("size", "rows", "left"), [(1, 0, 1), (999, 9, 99)])
def test_cut_off_within_an_observation(path, size, rows, left):
    path.write_bytes(path.read_bytes()[: HEADERS + size])
    assert warning(path, rows) == cut_off(rows, left)


def test_what_is_in_the_filling_may_be_an_observation(path):
    content = bytearray(path.read_bytes())
    content[2040:2041] = b"x"
    path.write_bytes(content)
    assert warning(path, 10) == cut_off(10, 40)


def test_cut_off_within_the_filling_nothing_is_lost(path):
    content = path.read_bytes()
    for size in range(HEADERS + 1000, HEADERS + 1040):
        path.write_bytes(content[:size])
        assert len(read_xpt(path).frame) == 10


@pytest.mark.parametrize(
    ("offset", "bytes_", "message"),
    [
        (240, b"X", f"byte 240: expected the member header '{TITLE.format('MEMBER')}', "
                    f"found 'X{TITLE.format('MEMBER')[1:]}'"),
        (314, b"0139", "byte 314: a name record of 139 bytes; expected 140 or 136"),
        (314, b"01x0", "byte 314: expected the size of a name record in digits, found '01x0'"),
        (340, b"dscrptr", f"byte 320: expected the descriptor header '{TITLE.format('DSCRPTR')}', "
                          f"found '{TITLE.format('dscrptr')}'"),
        (560, b"h", f"byte 560: expected the name header '{TITLE.format('NAMESTR')}', "
                    f"found 'h{TITLE.format('NAMESTR')[1:]}'"),
        (614, b"00a2", "byte 608: expected the number of variables in digits, found '00000000a2'"),
        (614, b"0001", f"byte 800: expected the observation header '{TITLE.format('OBS')}', "
                        f"found '{' ' * 44}{chr(92)}x00{chr(92)}x00{chr(92)}x00{chr(92)}x00'"),
        (640, b"\0\3", "byte 640: a variable of type 3; expected 1 (numeric) or 2 (text)"),
        (644, b"\0\0", "byte 644: a text variable of 0 bytes; expected 1 to 32767"),
        (784, b"\0\x09", "byte 784: a numeric variable of 9 bytes; expected 2 to 8"),
        (648, b" " * 8, "byte 648: a variable without a name"),
        (788, b"TXT     ", "byte 788: a second variable of the name TXT"),
        (724, b"\0\0\0\1", "byte 724: TXT begins at byte 1 of the observation; expected 0"),
        (864, b"\0\0\0\x5d", "byte 864: NUM begins at byte 93 of the observation; expected 92, where TXT ends"),
        (960, b"x", f"byte 960: expected the observation header '{TITLE.format('OBS')}', "
                    f"found 'x{TITLE.format('OBS')[1:]}'"),
    ],
)  # fmt: skip
def test_damaged_records(path, offset, bytes_, message):
    content = bytearray(path.read_bytes())
    content[offset : offset + len(bytes_)] = bytes_
    path.write_bytes(content)
    assert failure(path) == (f"XPT022 {message}", HINT)


@pytest.mark.parametrize(
    ("content", "found", "hint"),
    [
        (b"", "nothing", "is it another kind of file?"),
        (b"STUDYID,DOMAIN\n", "'STUDYID,DOMAIN\\n'", "is it another kind of file?"),
        (b"**COMPRESSED** " * 8, "'**COMPRESSED** **COMPRESSED** **COMPRESSED** **C'",
         "this is a CPORT file: export it with the XPORT engine instead"),
        (b"PK\x03\x04", "'PK\\x03\\x04'", "this is a ZIP archive: unpack it first"),
        (b"\0" * 12 + b"\xc2\xea\x81\x60", None,
         "this is a SAS7BDAT file: export it with the XPORT engine"),
    ],
)  # fmt: skip
def test_other_files(tmp_path, content, found, hint):
    path = tmp_path / "x.xpt"
    path.write_bytes(content)
    if found is None:
        found = "'" + "\\x00" * 12 + "\\xc2\\xea\\x81`'"
    assert failure(path) == (
        "XPT020 byte 0: this is not a SAS transport file: "
        f"expected the record '{TITLE.format('LIBRARY')}', found {found}",
        hint,
    )


def test_version_8_with_fewer_rows_than_it_tells(tmp_path):
    import pyreadstat

    path = tmp_path / "x.xpt"
    pyreadstat.write_xport(pd.DataFrame({"A": ["x" * 80] * 3}), path, table_name="X", file_format_version=8)
    path.write_bytes(path.read_bytes()[:-80])
    offset = path.stat().st_size
    assert failure(path) == (f"XPT021 byte {offset}: the header tells 3 observations, found 2", HINT)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, HEADERS + 1039), st.integers(0, 255)), min_size=1, max_size=4))
def test_whatever_bytes_are_damaged_the_file_is_read_or_refused(path, damage):
    intact = path.read_bytes()
    content = bytearray(intact)
    for offset, byte in damage:
        content[offset] = byte
    path.write_bytes(content)
    codes = set()
    try:
        read_xpt(path)
    except XptError as error:
        codes = {problem.code for problem in error.problems}
    path.write_bytes(intact)
    assert codes <= {"XPT020", "XPT021", "XPT022", "XPT025"}


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, HEADERS + 1040), st.sampled_from([b"", b" ", b"\0", b"\n", b"x", b"HEADER R"]), st.integers(0, 300)
)
def test_whatever_is_cut_off_or_added_the_file_is_read_or_refused(path, size, more, count):
    intact = path.read_bytes()
    path.write_bytes(intact[:size] + more * count)
    codes, values = set(), []
    try:
        values = read_xpt(path).frame["TXT"].tolist()
    except XptError as error:
        codes = {problem.code for problem in error.problems}
    path.write_bytes(intact)
    assert codes <= {"XPT020", "XPT021", "XPT022"}
    whole = min(10, max(0, size - HEADERS) // 100, len(values))
    assert values[:whole] == [f"row {row}" for row in range(whole)]
