"""Typesetting never fails for what somebody typed, treats it as text, and keeps to its folder and its time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gnlc_apply.core.errors import Unavailable
from gnlc_apply.documents import typesetting
from gnlc_apply.documents.dossier import dossier, dossier_values
from gnlc_apply.documents.fonts import families
from gnlc_apply.documents.typesetting import CHILD, typeset
from tests.documents.samples import findings, make_dossier, wording, words

NOTE = "Some signs of this document are not in the fonts"
# A sign of a script that has no place in the fixed list, so that the answer does not depend on the machine's fonts.
UNKNOWN = "\U00012000"


def test_typed_text_is_never_read_as_markup() -> None:
    typed = 'Look: #read("lib.typ") *bold* $x^2$ <label> @ref = Heading // no comment `code` \\ #panic("x")'
    assert typed in words(dossier(make_dossier(answer=typed), wording("en")))


def test_a_document_says_that_it_is_accessible() -> None:
    printed = dossier(make_dossier(), wording("en"))
    assert b"pdfuaid:part" in printed
    assert NOTE not in words(printed)


def test_an_unknown_sign_is_replaced_and_the_page_says_so() -> None:
    printed = dossier(make_dossier(answer=f"Fine {UNKNOWN} day"), wording("en"))
    assert "Fine \ufffd day" in words(printed)
    assert NOTE in words(printed)
    assert b"pdfuaid:part" not in printed


@pytest.mark.parametrize(
    "typed",
    [
        "🎉 party 👩‍👩‍👧",
        "\ue000 private",
        "a\x00b\x0bc\x85d",
        "\ufeffmark",
        "\ud800 half",
        "\u202eevil\u202c",
        "\ufff9x\ufffb",
        "a\u0301\u20dd",
        "",
    ],
)
def test_no_sign_keeps_a_dossier_from_being_printed(typed: str) -> None:
    assert dossier(make_dossier(city=f"X{typed}", answer=typed), wording("en")).startswith(b"%PDF-")


def test_equal_values_give_equal_bytes() -> None:
    assert dossier(make_dossier(), wording("ar")) == dossier(make_dossier(), wording("ar"))


def test_a_long_answer_runs_over_pages() -> None:
    long = "\n\n".join(f"Paragraph {number} " + "word " * 80 for number in range(60))
    text = words(dossier(make_dossier(answer=long), wording("en")))
    assert "Paragraph 59" in text
    assert "Page 2 of" in text


def test_a_template_that_does_not_compile_is_a_polite_refusal() -> None:
    with pytest.raises(Unavailable):
        typeset("dossier.typ", {"title": "missing everything else"}, "en")


def test_a_child_that_takes_too_long_is_a_polite_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "SECONDS", 0.001)
    with pytest.raises(Unavailable):
        typeset("dossier.typ", dossier_values(make_dossier(), wording("en")), "en")


def child(root: Path, template: str) -> subprocess.CompletedProcess[bytes]:
    order = {
        "root": str(root),
        "template": template,
        "fonts": [str(file) for family in families("en")[:1] for file in family.files],
        "standards": [],
        "inputs": {},
    }
    return subprocess.run(
        [sys.executable, "-I", str(CHILD)], input=json.dumps(order).encode(), capture_output=True, check=False
    )


def test_a_template_reads_only_below_its_folder(tmp_path: Path) -> None:
    root = tmp_path / "pdf"
    root.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (root / "open.txt").write_text("open")
    (root / "inside.typ").write_text('#read("open.txt")')
    (root / "outside.typ").write_text('#read("../secret.txt")')
    assert child(root, "inside.typ").returncode == 0
    assert child(root, "outside.typ").returncode == 3


def test_the_child_loads_nothing_of_the_application() -> None:
    listed = subprocess.run(
        [sys.executable, "-I", "-c", f"import runpy, sys; runpy.run_path({str(CHILD)!r}); print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "typst" in listed
    assert [name for name in listed if name.split(".")[0] in ("gnlc_apply", "flask", "sqlalchemy", "babel")] == []


def test_the_room_does_not_load_the_typesetter() -> None:
    code = "import sys, gnlc_apply.documents.dossier, gnlc_apply.documents.minutes_sheet; print(*sys.modules)"
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "gnlc_apply.documents.typesetting" in listed
    assert {"typst", "xlsxwriter"} & set(listed) == set()


def test_pdfua_finds_a_fault_where_there_is_one(tmp_path: Path) -> None:
    """The checker used in the other tests does report a page without tags or title."""
    (tmp_path / "bare.typ").write_text("Hello")
    printed = child(tmp_path, "bare.typ").stdout
    assert findings(printed, tmp_path) != []
