"""Shipped files are found in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv import resources


def install(tmp_path, monkeypatch) -> Path:
    package = tmp_path / "site-packages" / "cdisc_conv"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "resources.py"))
    return package


def test_in_a_checkout():
    assert resources.shipped("define") == Path(__file__).resolve().parents[1] / "define"


def test_in_a_wheel(tmp_path, monkeypatch):
    package = install(tmp_path, monkeypatch)
    (package / "_shipped" / "define").mkdir(parents=True)

    assert resources.shipped("define") == package.resolve() / "_shipped" / "define"


def test_missing(tmp_path, monkeypatch):
    package = install(tmp_path, monkeypatch).resolve()

    with pytest.raises(FileNotFoundError) as caught:
        resources.shipped("mappings")

    assert str(caught.value) == (
        f"the shipped folder 'mappings' is missing (looked in {package / '_shipped' / 'mappings'} and "
        f"{package.parent / 'mappings'}); install cdisc-conv again"
    )


def test_unknown_kind():
    with pytest.raises(ValueError) as caught:
        resources.shipped("../x")

    assert str(caught.value) == "no shipped files of kind '../x'; the kinds are mappings, define"
