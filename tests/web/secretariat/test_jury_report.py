"""The report on a jury and how a file's figures came about: who reads what of it, whose names, and the minutes' own figures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import event, insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, Call, Juror, JuryFigures, Notice, StaffConflict
from gnlc_apply.permissions import SYSTEM
from gnlc_apply.queries.embargoed import jury_report
from gnlc_apply.queries.embargoed.ranking import ranking
from gnlc_apply.services import assignment, figures, recommendation
from tests.jury_world import Jury, browser
from tests.web.secretariat.desk import text_of
from tests.web.secretariat.test_ranking import build

NAMES = ("Amina Chair", "Basel Juror", "Chitra Juror", "Diego Juror")


@pytest.fixture
def jury(app: Flask) -> Jury:
    """Three of four jurors read each file: the jury can be compared, whatever the draw."""
    world = build(readers=3)
    figures.refresh(actor=SYSTEM, call=world.call)
    return world


def path(jury: Jury, page: str = "report") -> str:
    return f"/en/secretariat/calls/{jury.call}/ranking/{page}"


def kept() -> JuryFigures:
    with db.reading() as session:
        return session.scalars(select(JuryFigures)).one()


def close(jury: Jury, place: str) -> None:
    """The officer has a conflict with this file."""
    with db.writing() as session:
        number = session.scalars(select(Application.id).where(Application.reference == jury.files[place])).one()
        row = {"person_id": jury.officer.person_id, "application_id": number, "reason": "x", "recorded_at": clock.now()}
        session.execute(insert(StaffConflict), [row])


def confirm(jury: Jury) -> None:
    """The chair confirms what the standard says."""
    chair = jury.chair  # type: ignore[attr-defined]
    ballot = {f.reference: (f.is_recommended_by_standard, "") for f in ranking(chair, clock.now(), jury.call).files}
    db.release()
    recommendation.confirm(
        actor=chair,
        call=jury.call,
        recommendations=ballot,
        present=["Amina Chair"],
        recusals={},
        words="The jury met.",
        held_on=clock.today(),
    )


def later_figures(jury: Jury) -> None:
    """A reading ends after the minutes: the figures are computed anew, of other scores."""
    assignment.record_conflict(
        actor=jury.officer,
        reference=jury.files["Cusco"],
        juror=readers_of(jury, "Cusco")[0],
        code="declared_application",
        detail="A cousin",
    )
    figures.refresh(actor=SYSTEM, call=jury.call)


def readers_of(jury: Jury, place: str) -> list[str]:
    """The jurors who read a file, by reference."""
    found = ranking(jury.officer, clock.now(), jury.call).counted.readings
    db.release()
    return [one.juror_id for one in found if one.file_id == jury.files[place]]


def test_the_steps_are_the_models_own_figures(app: Flask, jury: Jury) -> None:
    page = text_of(browser(app, jury.officer).get(path(jury, f"files/{jury.files['Kisumu']}")))
    found = jury_report.computation(jury.officer, clock.now(), jury.call, jury.files["Kisumu"])
    db.release()
    file = kept().files[jury.files["Kisumu"]]
    assert "Average of the 3 readers: 4.33." in page
    corrected = sum(reader.corrected for reader in found.readers) / 3
    assert corrected == pytest.approx(file["fair"], abs=1e-5)
    assert f"with that taken out the average is {file['fair']:.2f}." in page
    assert f"{file['adjusted']:.2f} (90 % range {file['low']:.2f} to {file['high']:.2f})" in page
    assert f"Expected place {round(file['place'])} of 4" in page
    assert f"in {file['p']:.0%} of these repetitions" in page


def test_each_reader_stands_there_by_name_for_the_secretariat(app: Flask, jury: Jury) -> None:
    page = browser(app, jury.officer).get(path(jury, f"files/{jury.files['Kisumu']}"))
    names = {name: reference for name, reference in jury.jurors.items() if name in page.text}
    assert sorted(names.values()) == sorted(readers_of(jury, "Kisumu"))
    found = jury_report.computation(jury.officer, clock.now(), jury.call, jury.files["Kisumu"])
    db.release()
    severities = kept().jurors
    assert [one.severity for one in found.readers] == [
        severities[jury.jurors[one.name]]["severity"] for one in found.readers
    ]


def test_the_chair_reads_no_name_and_no_single_readers_strictness(app: Flask, jury: Jury) -> None:
    chair = browser(app, jury.chair)  # type: ignore[attr-defined]
    for address in (path(jury), path(jury, f"files/{jury.files['Kisumu']}")):
        told = browser(app, jury.officer).get(address).text
        assert [name for name in NAMES if name in told]
        page = chair.get(address)
        assert (page.status_code, [name for name in NAMES[1:] if name in page.text]) == (200, [])
    assert jury_report.computation(jury.chair, clock.now(), jury.call, jury.files["Kisumu"]).readers == ()  # type: ignore[attr-defined]
    found = jury_report.report(jury.chair, clock.now(), jury.call)  # type: ignore[attr-defined]
    db.release()
    assert [(line.name, line.changes) for line in found.jurors] == [(None, ())] * 4
    assert [line.number for line in found.jurors] == [1, 2, 3, 4]


def test_two_worlds_with_two_jurors_exchanged_look_alike_to_the_chair(app: Flask, jury: Jury) -> None:
    pages = ("report", "report/regions", *(f"files/{file}" for file in jury.files.values()))

    def shown(client: FlaskClient) -> list[str]:
        return [_without_marks(client.get(path(jury, page)).text) for page in pages]

    chair, officer = browser(app, jury.chair), browser(app, jury.officer)  # type: ignore[attr-defined]
    before, named = shown(chair), shown(officer)
    with db.writing() as session:
        basel, chitra = (
            session.scalars(select(Juror).where(Juror.reference == jury.jurors[name])).one() for name in NAMES[1:3]
        )
        one, other = basel.person_id, chitra.person_id
        session.execute(update(Juror).where(Juror.id == basel.id).values(person_id=None))
        session.execute(update(Juror).where(Juror.id == chitra.id).values(person_id=one))
        session.execute(update(Juror).where(Juror.id == basel.id).values(person_id=other))
    assert shown(chair) == before
    assert shown(officer) != named


def _without_marks(page: str) -> str:
    return re.sub(r'(name="(?:csrf_token|idempotency_key)"[^>]*value=)"[^"]*"', "", page)


def test_a_conflict_closes_the_file_and_what_would_tell_of_it(app: Flask, jury: Jury) -> None:
    client, address = browser(app, jury.officer), path(jury, f"files/{jury.files['Cusco']}")
    assert client.get(address).status_code == 200
    assert "Europe and North America" in client.get(path(jury, "report/regions")).text
    changes = {
        place for line in jury_report.report(jury.officer, clock.now(), jury.call).jurors for place in line.changes
    }
    db.release()
    with db.writing() as session:
        row = session.scalars(select(JuryFigures)).one()
        session.execute(
            update(JuryFigures).values(
                jurors={one: {**of, "changes": list(jury.files.values())} for one, of in row.jurors.items()},
                computed_at=clock.now().replace(microsecond=1),
            )
        )
    named = jury_report.report(jury.officer, clock.now(), jury.call).jurors[0]
    db.release()
    assert (named.changed, "Cusco" in named.changes) == (4, True), changes
    close(jury, "Cusco")
    missing = client.get(path(jury, "files/GNLC-2027-00000000"))
    hidden = client.get(address)
    assert (hidden.status_code, _without_marks(hidden.text)) == (404, _without_marks(missing.text))
    found = jury_report.report(jury.officer, clock.now(), jury.call)
    db.release()
    assert [(line.changed, "Cusco" in line.changes) for line in found.jurors] == [(3, False)] * 4
    assert found.summary["outcomes"] == {}
    assert all(round(line.figures.severity, 1) == line.figures.severity for line in found.jurors)
    regions = client.get(path(jury, "report/regions")).text
    assert "Left out for you" in regions
    assert "Europe and North America" not in regions


def test_others_find_nothing_there(app: Flask, jury: Jury) -> None:
    juror, owner = browser(app, jury.add_juror("Elena Juror", "MEX")), app.test_client()
    for page in ("report", "report/regions", "report.pdf", f"files/{jury.files['Kisumu']}"):
        assert juror.get(path(jury, page)).status_code == 404
        assert owner.get(path(jury, page)).status_code == 302
    assert browser(app, jury.officer).get(path(jury).replace(jury.call, "GNLC-9999")).status_code == 404


def test_every_plot_has_its_figure_in_the_same_row(app: Flask, jury: Jury) -> None:
    page = browser(app, jury.officer).get(path(jury)).text
    rows = [row for row in re.findall(r"<tr class=\"govuk-table__row\">.*?</tr>", page, re.DOTALL) if "<svg" in row]
    assert len(rows) == 4 + 1 + len(ranking(jury.officer, clock.now(), jury.call).guide.criteria) + 3 + 3
    db.release()
    for row in rows:
        said = re.search(r'aria-label="([^"]+)"', row)
        assert said is not None
        assert said[1] in re.sub(r"<svg.*?</svg>", "", row, flags=re.DOTALL)


def test_the_report_says_what_was_computed(app: Flask, jury: Jury) -> None:
    page = text_of(browser(app, jury.officer).get(path(jury)))
    row = kept()
    strictest = max(row.jurors.values(), key=lambda one: one["severity"])
    assert f"{strictest['severity']:.2f} stricter than the jury" in page
    assert f"{row.summary['agreement']['value']:.2f}" in page
    assert f"{row.summary['shares']['mean_corrected']:.0%} of the differences" in page
    effect = row.summary["treatments"]["later"]["effect"]
    assert f"The file was read last rather than first {effect:.2f}" in page.replace("−", "-")


def test_the_pdf_holds_the_same(app: Flask, jury: Jury) -> None:
    answer = browser(app, jury.officer).get(path(jury, "report.pdf"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())
    for name in NAMES:
        assert name in words
    for title in (
        "Strict and generous jurors",
        "Is the same file treated differently?",
        "How regions fared",
        kept().inputs,
    ):
        assert title in words


def test_after_the_minutes_their_figures_stay_and_later_ones_are_called_recomputed(app: Flask, jury: Jury) -> None:
    client, address = browser(app, jury.officer), path(jury, f"files/{jury.files['Cusco']}")
    assert "Of the scores as they are" in text_of(client.get(address))
    before = f"{kept().files[jury.files['Cusco']]['adjusted']:.2f}"
    confirm(jury)
    same = text_of(client.get(address))
    assert "As the minutes keep it" in same
    for page in ("", "/report", f"/files/{jury.files['Cusco']}"):
        assert "Recomputed" not in client.get(path(jury, "").rstrip("/") + page).text
    later_figures(jury)
    new = f"{kept().files[jury.files['Cusco']]['adjusted']:.2f}"
    shown = text_of(client.get(address))
    first, second = shown.split("For information: the minutes stand.")
    assert f"the adjusted average is {before} " in first
    assert "Average of the 3 readers" in first
    assert f"the adjusted average is {new} " in second
    assert "Average of the 2 readers" in second
    assert "Recomputed on" in text_of(client.get(path(jury)))
    assert "Recomputed: the minutes keep the figures" in text_of(client.get(path(jury, "").rstrip("/")))


def test_minutes_without_figures_call_every_later_figure_recomputed(app: Flask) -> None:
    world = build(readers=3)
    confirm(world)
    figures.refresh(actor=SYSTEM, call=world.call)
    client = browser(app, world.officer)
    assert "As the minutes keep it" in text_of(client.get(path(world)))
    later_figures(world)
    assert "Recomputed: these figures are of" in text_of(client.get(path(world)))


def test_while_there_are_no_figures_the_pages_say_why(app: Flask) -> None:
    world = build(readers=3)
    client, file = browser(app, world.officer), f"files/{world.files['Cusco']}"
    for page in ("report", "report/regions", file):
        assert "There are no figures yet" in text_of(client.get(path(world, page)))
    assert client.get(path(world, "report.pdf")).status_code == 404


def test_a_jury_of_one_is_told_why(app: Flask) -> None:
    world = Jury(readers=1)
    juror = world.add_juror("Amina Chair", "SEN", is_chair=True)
    world.assign_all()
    world.freeze()
    world.review_all([juror])
    figures.refresh(actor=SYSTEM, call=world.call)
    client = browser(app, world.officer)
    for page in ("report", f"files/{world.files_of(juror)[0]}"):
        assert "All readings are by one juror" in text_of(client.get(path(world, page)))
    assert client.get(path(world, "report.pdf")).status_code == 404


def test_that_somebody_looked_is_kept(app: Flask, jury: Jury) -> None:
    client = browser(app, jury.officer)
    for page in ("report", "report/regions", f"files/{jury.files['Kisumu']}"):
        client.get(path(jury, page))
    with db.reading() as session:
        rows = session.scalars(select(Notice.note).where(Notice.kind == "looked_at_jury_report").order_by(Notice.id))
        assert list(rows) == [jury.call, jury.call, f"{jury.call} {jury.files['Kisumu']}"]


def test_the_ranking_leads_there_from_every_open_row(app: Flask, jury: Jury) -> None:
    client, address = browser(app, jury.officer), path(jury, "").rstrip("/")
    assert len(re.findall(r"ranking/files/", client.get(address).text)) == 4
    close(jury, "Cusco")
    page = client.get(address).text
    assert (len(re.findall(r"ranking/files/", page)), jury.files["Cusco"] in page) == (3, False)
    assert "/ranking/report" in page


def test_statements_do_not_grow(app: Flask, jury: Jury) -> None:
    def count(look: Callable[[], object]) -> int:
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        db.release()
        look()
        db.release()
        return len(seen)

    now = clock.now()
    assert count(lambda: ranking(jury.officer, now, jury.call)) <= 6
    assert count(lambda: jury_report.report(jury.officer, now, jury.call)) <= 6
    assert count(lambda: jury_report.computation(jury.officer, now, jury.call, jury.files["Kisumu"])) <= 6


def test_a_city_in_brackets_is_a_text(app: Flask, jury: Jury) -> None:
    with db.writing() as session:
        session.execute(update(Application).values(place_name="<b>Bold</b>"))
        session.execute(update(Call).values(title="<i>Call</i>"))
    page = browser(app, jury.officer).get(path(jury, f"files/{jury.files['Kisumu']}")).text
    assert "<b>Bold" not in page
    assert "&lt;b&gt;Bold" in page
