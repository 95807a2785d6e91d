"""What templates call again and again in one page: words of the reader's language, addresses, names. Each made once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel.support import NullTranslations
from flask import Flask, request, url_for
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from gnlc_apply.core.catalogues import translations
from gnlc_apply.web import languages


@lru_cache(maxsize=8192)
def _words(catalogue: NullTranslations, message: str) -> Markup:
    return Markup(catalogue.ugettext(message))  # noqa: S704 (catalogues are ours, as Jinja's own gettext has it)


@lru_cache(maxsize=1024)
def _counted_words(catalogue: NullTranslations, singular: str, plural: str, number: int) -> Markup:
    return Markup(catalogue.ungettext(singular, plural, number))  # noqa: S704 (as above)


def _filled(words: Markup, values: dict[str, Any]) -> Markup:
    # Values are escaped by the formatting; "%%" stands for one sign even where there is nothing to fill in.
    return words % values if values or "%" in words else words


def gettext(message: str, /, **values: Any) -> Markup:
    """A message in the language of this request, its named values filled in."""
    return _filled(_words(translations(languages.code()), message), values)


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> Markup:
    """A message in the number that fits; ``%(num)s`` is the number."""
    words = _counted_words(translations(languages.code()), singular, plural, number)
    return _filled(words, {"num": number, **values})


@lru_cache(maxsize=8192)
def _address(_root: str, _language: str, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]  # Flask's own words among them stay strings


def address_of(endpoint: str, /, **values: Any) -> str:
    """Flask's ``url_for``, with what is needed in every row of every page kept: an address follows from its words alone."""
    if endpoint.startswith(".") or any(type(value) is not str for value in values.values()):
        return url_for(endpoint, **values)
    return _address(request.root_path, languages.code(), endpoint, tuple(values.items()))


def isolated(value: object) -> Markup:
    """A name in any script, isolated where directions mix."""
    return Markup(f"<bdi>{escape(value)}</bdi>")  # noqa: S704 (escaped right here)


def paragraphs(value: str) -> Markup:
    """Plain text with its line breaks, escaped."""
    blocks = [block for block in str(escape(value)).replace("\r\n", "\n").split("\n\n") if block.strip()]
    lines = (block.replace("\n", "<br>") for block in blocks)
    return Markup("".join(f'<p class="govuk-body" dir="auto">{line}</p>' for line in lines))  # noqa: S704 (escaped above)


@lru_cache(maxsize=512)
def _written(macro: Macro, _root: str, _language: str, arguments: tuple[Any, ...]) -> Markup:
    return Markup(macro(*arguments))  # noqa: S704 (a macro escapes)


def written_once(macro: Macro, /, *arguments: Any) -> Markup:
    """What a macro makes of these arguments, written out once for each language: for macros that look at nothing else."""
    return _written(macro, request.root_path, languages.code(), arguments)


def init_app(app: Flask) -> None:
    """Give them to every template, in place of the slower ones that Flask and Flask-Babel bring."""
    for name, function in (("_", gettext), ("gettext", gettext), ("ngettext", ngettext), ("url_for", address_of)):
        app.add_template_global(function, name)
    app.add_template_global(written_once, "written_once")
    app.add_template_filter(isolated, "name")
    app.add_template_filter(paragraphs, "paragraphs")
