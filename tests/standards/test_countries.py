"""The country that a text means."""

from __future__ import annotations

import pytest

from cdisc_conv.standards.countries import find_country, list_countries


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CHN", "CHN"),
        ("cn", "CHN"),
        ("United Kingdom", "GBR"),
        ("U.K.", "GBR"),
        ("Türkiye", "TUR"),
        ("Korea, Republic of", "KOR"),
        ("Côte d'Ivoire", "CIV"),
        ("  viet  nam ", "VNM"),
        ("ANT", "ANT"),
        ("Elsewhere", ""),
        ("", ""),
        ("中国", ""),
    ],
)
def test_find(text: str, code: str) -> None:
    assert find_country(text) == code


def test_codes_have_three_capitals_and_find_themselves() -> None:
    assert len(list_countries()) == 279
    assert all(find_country(code) == code and code.isupper() and len(code) == 3 for code in list_countries())
