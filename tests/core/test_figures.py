"""Figures are understood in the writing of any country and shown back in the reader's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnlc_apply.core.figures import NotAFigure, Trouble, format_figure, parse_figure, plain

LOCALES = ("en", "fr", "es", "ru", "ar", "ar_EG", "zh", "de", "de_CH", "hi", "pt", "fa", "sw")


@pytest.mark.parametrize(
    "typed",
    [
        "1420000",
        "1,420,000",
        "1.420.000",
        "1 420 000",
        "1\u00a0420\u00a0000",
        "1\u2009420\u2009000",
        "1\u202f420\u202f000",
        "1'420'000",
        "1’420’000",
        "14,20,000",
        "١٬٤٢٠٬٠٠٠",
        "١٤٢٠٠٠٠",
        "۱٬۴۲۰٬۰۰۰",
        "१४,२०,०००",
        "１，４２０，０００",
        "  1420000  ",
        "0001420000",
        "1420000.0",
        "1.420.000,00",
    ],
)
def test_a_population_is_understood(typed: str) -> None:
    assert parse_figure(typed) == Decimal(1420000)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("١٢٫٥", "12.5"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1'234.50", "1234.5"),
        ("0,5", "0.5"),
        ("0", "0"),
        ("1,420", "1420"),
        ("1.420", "1420"),
        ("398.25", "398.25"),
        ("12.500", "12500"),
    ],
)
def test_decimals_are_understood(typed: str, meant: str) -> None:
    assert plain(parse_figure(typed, decimals=2)) == meant


@pytest.mark.parametrize(
    ("typed", "decimals", "trouble"),
    [
        ("", 0, Trouble.NOT_DIGITS),
        ("about 5000", 0, Trouble.NOT_DIGITS),
        ("-5", 0, Trouble.NOT_DIGITS),
        ("1e5", 0, Trouble.NOT_DIGITS),
        ("²", 0, Trouble.NOT_DIGITS),
        (".5", 2, Trouble.NOT_DIGITS),
        ("5.", 2, Trouble.NOT_DIGITS),
        ("1,,000", 0, Trouble.NOT_DIGITS),
        ("1 2", 0, Trouble.NOT_DIGITS),
        ("12 34", 0, Trouble.NOT_DIGITS),
        ("1.5.5", 2, Trouble.NOT_DIGITS),
        ("1.420,000", 0, Trouble.AMBIGUOUS),
        ("1 000.000", 0, Trouble.AMBIGUOUS),
        ("1234.567", 2, Trouble.AMBIGUOUS),
        ("1.42", 0, Trouble.NOT_WHOLE),
        ("١٫٤٢٠", 0, Trouble.NOT_WHOLE),
        ("0.125", 2, Trouble.TOO_PRECISE),
        ("8.45", 1, Trouble.TOO_PRECISE),
        ("9" * 16, 0, Trouble.TOO_LARGE),
        ("9" * 10_000, 0, Trouble.TOO_LARGE),
    ],
)
def test_what_could_mislead_is_refused(typed: str, decimals: int, trouble: Trouble) -> None:
    with pytest.raises(NotAFigure) as refused:
        parse_figure(typed, decimals)
    assert refused.value.trouble is trouble


def test_figures_are_shown_in_the_language_of_the_reader() -> None:
    assert format_figure(1420000, "en") == "1,420,000"
    assert format_figure(1420000, "fr") == "1\u202f420\u202f000"
    assert format_figure(Decimal("12.5"), "de") == "12,5"
    assert format_figure(1420000, "hi") == "14,20,000"


@given(st.decimals(0, 10**12, places=2), st.sampled_from(LOCALES))
def test_what_is_shown_is_understood_again(figure: Decimal, locale: str) -> None:
    assert parse_figure(format_figure(figure, locale), decimals=2) == figure


@given(st.text(alphabet="0123456789.,' ٬٫١٢٣\u202f"))
def test_any_figure_that_is_understood_is_stable(typed: str) -> None:
    try:
        figure = parse_figure(typed, decimals=2)
    except NotAFigure:
        return
    assert parse_figure(plain(figure), decimals=2) == figure
