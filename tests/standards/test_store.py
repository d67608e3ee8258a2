"""The store of imported data."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.standards import store
from cdisc_conv.standards.store import Kept, Key, OtherContentError, StoreError, find_item, keep_item, list_items

KEY = Key("ct", "sdtm", "2024-09-27")


def test_an_item_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    assert keep_item(tmp_path / "standards", KEY, b"one\ntwo\n", source="SDTM Terminology.txt") is Kept.NEW
    item = find_item(KEY, [tmp_path / "nowhere", tmp_path / "standards"])
    assert item is not None
    assert item.path == tmp_path / "standards" / "ct-sdtm-2024-09-27.txt"
    assert (item.source, item.read()) == ("SDTM Terminology.txt", b"one\ntwo\n")
    assert item.path.read_text().startswith('#cdisc-conv {"kind": "ct", "name": "sdtm", "version": "2024-09-27", ')
    assert [path.name for path in item.path.parent.iterdir()] == ["ct-sdtm-2024-09-27.txt"]


@given(data=st.binary())
def test_any_bytes_can_be_kept(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("store")
    keep_item(folder, KEY, data, source="x")
    assert [item.read() for item in list_items([folder])] == [data]


def test_the_same_content_again_changes_nothing(tmp_path: Path) -> None:
    keep_item(tmp_path, KEY, b"one", source="first.txt")
    before = (tmp_path / KEY.file).read_bytes()
    assert keep_item(tmp_path, KEY, b"one", source="second.txt") is Kept.SAME
    assert (tmp_path / KEY.file).read_bytes() == before


def test_other_content_is_refused_unless_it_is_to_replace(tmp_path: Path) -> None:
    keep_item(tmp_path, KEY, b"one", source="first.txt")
    with pytest.raises(OtherContentError) as error:
        keep_item(tmp_path, KEY, b"two", source="second.txt")
    assert str(error.value) == f"{tmp_path}/ct-sdtm-2024-09-27.txt was imported from first.txt, with other content"
    assert keep_item(tmp_path, KEY, b"two", source="second.txt", replace=True) is Kept.REPLACED
    assert [(item.source, item.read()) for item in list_items([tmp_path])] == [("second.txt", b"two")]


def test_a_changed_file_is_noticed_and_may_be_imported_again(tmp_path: Path) -> None:
    keep_item(tmp_path, KEY, b"one\ntwo\n", source="first.txt")
    path = tmp_path / KEY.file
    path.write_bytes(path.read_bytes()[:-2])
    (item,) = list_items([tmp_path])
    with pytest.raises(StoreError) as error:
        item.read()
    assert str(error.value) == f"{path} was changed or cut short since it was imported: import first.txt again"
    assert keep_item(tmp_path, KEY, b"one\ntwo\n", source="first.txt") is Kept.REPLACED


def test_line_ends_that_git_changed_do_not_matter(tmp_path: Path) -> None:
    keep_item(tmp_path, KEY, b"one\ntwo\n", source="first.txt")
    path = tmp_path / KEY.file
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [item.read() for item in list_items([tmp_path])] == [b"one\ntwo\n"]


def test_stores_are_searched_in_order_and_listed_by_kind(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    keep_item(second, KEY, b"second", source="b.txt")
    keep_item(second, Key("rules", "core", "1"), b"rules", source="r.zip")
    keep_item(first, KEY, b"first", source="a.txt")
    (first / "notes.txt").write_text("my own")
    assert [item.source for item in list_items([first, second])] == ["a.txt", "b.txt", "r.zip"]
    assert [item.source for item in list_items([first, second], "rules")] == ["r.zip"]
    found = find_item(KEY, [first, second])
    assert found is not None and found.read() == b"first"
    assert find_item(Key("ct", "sdtm", "2025-03-28"), [first, second]) is None


def test_a_file_that_was_not_imported_is_refused(tmp_path: Path) -> None:
    path = tmp_path / KEY.file
    path.write_text("Code\tCodelist Code\n")
    with pytest.raises(StoreError) as error:
        list_items([tmp_path])
    assert str(error.value) == f"{path} is not a file that cdisc-conv imported: move it away and import again"


def test_a_renamed_file_is_refused(tmp_path: Path) -> None:
    keep_item(tmp_path, KEY, b"one", source="a.txt")
    other = (tmp_path / KEY.file).rename(tmp_path / "ct-sdtm-2025-03-28.txt")
    with pytest.raises(StoreError) as error:
        find_item(Key("ct", "sdtm", "2025-03-28"), [tmp_path])
    assert str(error.value) == f"{other} holds ct sdtm 2024-09-27: give it the name ct-sdtm-2024-09-27.txt again"


@pytest.mark.parametrize("version", ["", "../x", "a/b", "a b", ".hidden"])
def test_a_version_that_cannot_name_a_file(tmp_path: Path, version: str) -> None:
    with pytest.raises(StoreError) as error:
        keep_item(tmp_path, Key("ct", "sdtm", version), b"", source="x")
    assert str(error.value) == f"a version is written with letters, digits, '.', '_' and '-', not {version!r}"


def test_nothing_is_imported_into_the_installed_package() -> None:
    folder = Path(store.__file__).parent.parent / "_shipped" / "mappings" / "some" / "standards"
    with pytest.raises(StoreError) as error:
        keep_item(folder, KEY, b"one", source="a.txt")
    assert str(error.value) == (
        f"{folder} belongs to the installed package, where nothing is imported to; copy the study"
    )
    assert not folder.exists()


def test_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDISC_CONV_DATA", str(tmp_path))
    assert store.stores() == (tmp_path / "standards",)
    assert store.stores(Path("mine")) == (Path("mine/standards"), tmp_path / "standards")
    monkeypatch.delenv("CDISC_CONV_DATA")
    assert store.user_store().parts[-2:] == ("cdisc-conv", "standards")
