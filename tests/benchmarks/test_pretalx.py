"""What is sent to pretalx: the fields of the form that a browser would send. The pages themselves need its package."""

from __future__ import annotations

from benchmarks.pretalx.asks import FormFields
from benchmarks.pretalx.rows import PAGES
from benchmarks.probes import PROBES

PAGE = """
<form method=post action=/logout><input name=csrfmiddlewaretoken type=hidden value=abc></form>
<form method=post><input name=csrfmiddlewaretoken type=hidden value=abc>
<input name=title value="City 3 &amp; more"><select disabled name=kind><option>x</select>
<textarea name=notes>\nlong &lt;text&gt;</textarea><input type=file name=image><button name=action value=submit>
<input type=radio name=score value=1><input type=radio name=score value=2 checked>
<input name=resource-__prefix__-id></form><input name=outside>
"""


def test_the_fields_of_the_largest_form_are_sent_as_a_browser_would() -> None:
    fields = FormFields()
    fields.feed(PAGE)
    assert fields.given() == [
        ("csrfmiddlewaretoken", "abc"),
        ("title", "City 3 & more"),
        ("notes", "\nlong <text>"),
        ("score", "2"),
    ]


def test_every_page_that_is_measured_has_its_page_there() -> None:
    assert {against.ours for against in PAGES} == {probe.name for probe in PROBES if probe.name != "registry_csv"}
