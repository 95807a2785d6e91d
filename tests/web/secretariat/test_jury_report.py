"""The report on a jury and how a file's figures came about: who reads what of it, whose names, and the minutes' own figures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import event, insert, select, update

from gnlc_apply.core import clock
from gnlc_apply.extensions import db
from gnlc_apply.models import Application, JuryFigures, Notice, Person, StaffConflict
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
    found = ranking(jury.officer, clock.now(), jury.call).judged.counted.readings
    db.release()
    return [one.juror_id for one in found if one.file_id == jury.files[place]]


def test_the_steps_and_the_readers_are_the_models_own_figures(app: Flask, jury: Jury) -> None:
    client = browser(app, jury.officer)
    page = client.get(path(jury, f"files/{jury.files['Kisumu']}"))
    words, row = text_of(page), kept()
    file = row.files[jury.files["Kisumu"]]
    assert "<title>How this was computed: Kisumu – " in page.text
    assert ("Average of the 3 readers: 4.33." in words, "-0.00" in words) == (True, False)
    assert f"with that taken out the average is {file['fair']:.2f}." in words
    assert f"{file['adjusted']:.2f} (90 % range {file['low']:.2f} to {file['high']:.2f})" in words
    assert f"Expected place {round(file['place'])} of 4" in words
    assert f"in {file['p']:.0%} of these repetitions" in words
    found = jury_report.computation(jury.officer, clock.now(), jury.call, jury.files["Kisumu"])
    db.release()
    assert sum(reader.corrected for reader in found.readers) / 3 == pytest.approx(file["fair"], abs=1e-5)
    assert {one.name: one.severity for one in found.readers} == {
        name: row.jurors[reference]["severity"]
        for name, reference in jury.jurors.items()
        if reference in readers_of(jury, "Kisumu")
    }
    assert [name for name in NAMES if name in page.text] == [one.name for one in found.readers]


def test_the_report_says_what_was_computed_beside_each_plot_and_in_the_pdf(app: Flask, jury: Jury) -> None:
    client, row = browser(app, jury.officer), kept()
    answer = client.get(path(jury))
    page = text_of(answer)
    strictest = max(row.jurors.values(), key=lambda one: one["severity"])
    effect = row.summary["treatments"]["later"]["effect"]
    assert f"{strictest['severity']:.2f} stricter than the jury" in page
    assert f"The whole reading {row.summary['agreement']['value']:.2f}" in page
    assert f"{row.summary['shares']['mean_corrected']:.0%} of the differences" in page
    assert f"The file was read last rather than first {effect:.2f}" in page
    rows = re.findall(r"<tr class=\"govuk-table__row\">.*?</tr>", answer.text, re.DOTALL)
    drawn = [line for line in rows if "<svg" in line]
    measured = [one for one in row.summary["treatments"].values() if one["effect"] is not None]
    agreements = [one for one in row.summary["criteria"].values() if one["value"] is not None]
    gaps = [
        one for by_juror in row.summary["affinities"].values() for one in by_juror.values() if one["gap"] is not None
    ]
    assert len(drawn) == len(row.jurors) + len(gaps) + 1 + len(agreements) + len(row.summary["variance"]) + len(
        measured
    )
    for line in drawn:
        said = re.search(r'aria-label="([^"]+)"', line)
        assert said is not None
        assert said[1] in re.sub(r"<svg.*?</svg>", "", line, flags=re.DOTALL)
    printed = client.get(path(jury, "report.pdf"))
    assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
    words = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(printed.data)).pages).split())
    for told in (
        *NAMES,
        "Is the same file treated differently?",
        "How languages fared",
        "a public minimum would cost",
        row.inputs_sha256,
    ):
        assert told in words


def test_the_chair_reads_no_name_and_cannot_tell_two_jurors_apart(app: Flask, jury: Jury) -> None:
    pages = ("report", "report/regions", *(f"files/{file}" for file in jury.files.values()))

    def shown(client: FlaskClient) -> list[str]:
        return [_without_marks(client.get(path(jury, page)).text) for page in pages]

    chair, officer = browser(app, jury.chair), browser(app, jury.officer)  # type: ignore[attr-defined]
    before, named = shown(chair), shown(officer)
    assert [name for name in NAMES if name in "".join(named)] == [*NAMES]
    assert [name for name in NAMES[1:] if name in "".join(before)] == []
    found = jury_report.report(jury.chair, clock.now(), jury.call)  # type: ignore[attr-defined]
    assert [(line.number, line.name, line.changes) for line in found.jurors] == [(n, None, ()) for n in range(1, 5)]
    of_file = jury_report.computation(jury.chair, clock.now(), jury.call, jury.files["Kisumu"])  # type: ignore[attr-defined]
    assert of_file.readers == ()
    db.release()
    with db.writing() as session:
        for name, other in (NAMES[1:3], NAMES[2:0:-1]):
            session.execute(update(Person).where(Person.email.startswith(name.split()[0].lower())).values(name=other))
    assert shown(chair) == before
    assert shown(officer) != named


def _without_marks(page: str) -> str:
    return re.sub(r'(name="(?:csrf_token|idempotency_key)"[^>]*value=)"[^"]*"', "", page)


def test_a_conflict_closes_the_file_and_what_would_tell_of_it(app: Flask, jury: Jury) -> None:
    client, address, listing = browser(app, jury.officer), path(jury, f"files/{jury.files['Cusco']}"), path(jury, "")
    assert client.get(address).status_code == 200
    assert "Europe and North America" in client.get(path(jury, "report/regions")).text
    assert len(re.findall(r"ranking/files/", client.get(listing.rstrip("/")).text)) == 4
    with db.writing() as session:
        row = session.scalars(select(JuryFigures)).one()
        everything = {one: {**of, "changes": list(jury.files.values())} for one, of in row.jurors.items()}
        changed = update(JuryFigures).values(jurors=everything, computed_at=clock.now() + timedelta(seconds=1))
        session.execute(changed)
    named = jury_report.report(jury.officer, clock.now(), jury.call).jurors[0]
    db.release()
    assert (named.changed, "Cusco" in named.changes) == (4, True)
    close(jury, "Cusco")
    missing, hidden = client.get(path(jury, "files/GNLC-2027-00000000")), client.get(address)
    assert (hidden.status_code, _without_marks(hidden.text)) == (404, _without_marks(missing.text))
    found = jury_report.report(jury.officer, clock.now(), jury.call)
    db.release()
    assert [(line.changed, "Cusco" in line.changes) for line in found.jurors] == [(3, False)] * 4
    hidden_parts = {name: found.summary[name] for name in ("outcomes", "languages", "prices", "wrong")}
    assert hidden_parts == {"outcomes": {}, "languages": {}, "prices": [], "wrong": None}
    assert all(round(line.figures.severity, 1) == line.figures.severity for line in found.jurors)
    regions = client.get(path(jury, "report/regions")).text
    assert ("Left out for you" in regions, "Europe and North America" in regions) == (True, False)
    assert len(re.findall(r"ranking/files/", client.get(listing.rstrip("/")).text)) == 3


def test_others_find_nothing_there_looks_are_kept_and_statements_stay_few(app: Flask, jury: Jury) -> None:
    pages = ("report", "report/regions", f"files/{jury.files['Kisumu']}")
    juror, nobody, officer = browser(app, jury.add_juror("Elena Juror", "MEX")), app.test_client(), jury.officer
    for page in (*pages, "report.pdf"):
        assert (juror.get(path(jury, page)).status_code, nobody.get(path(jury, page)).status_code) == (404, 303)
    client = browser(app, officer)
    assert client.get(path(jury).replace(jury.call, "GNLC-9999")).status_code == 404
    for page in pages:
        assert client.get(path(jury, page)).status_code == 200
    with db.reading() as session:
        rows = session.scalars(select(Notice.note).where(Notice.kind == "looked_at_jury_report").order_by(Notice.id))
        assert list(rows) == [jury.call, jury.call, f"{jury.call} {jury.files['Kisumu']}"]

    def count(look: Callable[[], object]) -> int:
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        db.release()
        look()
        db.release()
        return len(seen)

    now = clock.now()
    plain = count(lambda: ranking(officer, now, jury.call))
    assert count(lambda: jury_report.report(officer, now, jury.call)) == plain + 2
    assert count(lambda: jury_report.computation(officer, now, jury.call, jury.files["Kisumu"])) == plain + 2


def test_after_the_minutes_their_figures_stay_and_later_ones_are_called_recomputed(app: Flask, jury: Jury) -> None:
    client, address = browser(app, jury.officer), path(jury, f"files/{jury.files['Cusco']}")
    listing = path(jury, "").rstrip("/")
    assert "Of the scores as they are" in text_of(client.get(address))
    before = f"{kept().files[jury.files['Cusco']]['adjusted']:.2f}"
    confirm(jury)
    assert "As the minutes keep it" in text_of(client.get(address))
    for page in (listing, path(jury), address):
        assert "Recomputed" not in client.get(page).text
    later_figures(jury)
    new = f"{kept().files[jury.files['Cusco']]['adjusted']:.2f}"
    first, second = text_of(client.get(address)).split("For information: the minutes stand.")
    assert f"the adjusted average is {before} " in first
    assert "Average of the 3 readers" in first
    assert f"the adjusted average is {new} " in second
    assert "Average of the 2 readers" in second
    assert "Recomputed on" in text_of(client.get(path(jury)))
    assert "Recomputed: the minutes keep the figures" in text_of(client.get(listing))


def test_without_figures_the_pages_say_so_and_those_after_the_minutes_are_called_recomputed(app: Flask) -> None:
    world = build(readers=3)
    client, file = browser(app, world.officer), f"files/{world.files['Cusco']}"
    for page in ("report", "report/regions", file):
        assert "There are no figures yet" in text_of(client.get(path(world, page)))
    assert client.get(path(world, "report.pdf")).location == path(world)
    confirm(world)
    figures.refresh(actor=SYSTEM, call=world.call)
    assert "As the minutes keep it" in text_of(client.get(path(world)))
    later_figures(world)
    assert "Recomputed: these figures are of" in text_of(client.get(path(world)))


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
    assert client.get(path(world, "report.pdf")).location == path(world)


def invented(jury: Jury) -> None:
    """Figures in which there is something to see: a juror to look at, one who favours, steps of the scale, a price."""
    row = kept()
    first, second = sorted(row.jurors, key=lambda one: -row.jurors[one]["severity"])[:2]
    cusco, evry = jury.files["Cusco"], jury.files["Évry"]
    ways = [
        *row.summary["ways"],
        {"way": "without", "juror": first, "changed": [cusco], "share": 0.5},
        {"way": "ordinal", "juror": None, "changed": [evry], "share": 0.05},
    ]
    affinities = {"own_region": {second: {"gap": 0.83, "p": 0.01, "q": 0.02, "is_flagged": True}}, "own_language": {}}
    price = {"group": "region", "value": "Africa", "number": 2, "is_possible": True, "points": 0.41}
    price |= {"entering": [cusco], "leaving": [evry]}
    treatments = {
        **row.summary["treatments"],
        "later": {**row.summary["treatments"]["later"], "changed": [cusco, evry]},
    }
    summary = {"ways": ways, "affinities": affinities, "prices": [price], "treatments": treatments, "wrong": 1.26}
    with db.writing() as session:
        changed = update(JuryFigures).values(
            summary={**row.summary, **summary, "warnings": ["many_extreme_scores"]},
            computed_at=clock.now() + timedelta(seconds=1),
        )
        session.execute(changed)


def test_who_favours_the_own_and_what_changes_without_a_juror_is_told_by_name_to_the_secretariat_alone(
    app: Flask, jury: Jury
) -> None:
    invented(jury)
    found = jury_report.report(jury.officer, clock.now(), jury.call)
    db.release()
    first, second = (line.name for line in found.jurors[:2])
    officer, chair = browser(app, jury.officer), browser(app, jury.chair)  # type: ignore[attr-defined]
    named, numbered = (_bare(text_of(client.get(path(jury)))) for client in (officer, chair))
    assert f"{second}: Files of the juror's own region 0.83 0.02 Own files better" in named
    assert f"Without {first} 1 Cusco More than a tenth of the cohort" in named
    assert "0.83" not in numbered
    assert "Without Juror 1 1 More than a tenth of the cohort" in numbered
    for words in (named, numbered):
        assert "Files of the juror's own region: looked at for 1 of 1 jurors; to look at: 1." in words
        assert "because many scores stand at its ends 1 Évry" in words
        assert "would on average not admit 1.3." in words
    for client in (officer, chair):
        assert "Africa: 2 0.41 Cusco Évry" in _bare(text_of(client.get(path(jury, "report/regions"))))
    listing = path(jury, "").rstrip("/")
    for told in (
        "More than a quarter of the scores are the lowest or the highest",
        "Another way of counting would change",
    ):
        assert told in text_of(officer.get(listing))


def _bare(words: str) -> str:
    return re.sub("[\u2066-\u2069]", "", words)


def test_figures_of_an_earlier_day_are_shown_as_they_were_kept(app: Flask, jury: Jury) -> None:
    row = kept()
    old = {
        name: part for name, part in row.summary.items() if name not in ("affinities", "languages", "prices", "wrong")
    }
    old["treatments"] = {
        name: {key: value for key, value in one.items() if key != "changed"} for name, one in old["treatments"].items()
    }
    old["ways"] = [{key: value for key, value in way.items() if key != "juror"} for way in old["ways"]]
    with db.writing() as session:
        session.execute(update(JuryFigures).values(summary=old, computed_at=clock.now() + timedelta(seconds=1)))
    client = browser(app, jury.officer)
    for page, times in (("report", 1), ("report/regions", 2)):
        words = text_of(client.get(path(jury, page)))
        assert words.count("by the method of their day, this was not looked at") == times
    assert client.get(path(jury, "report.pdf")).mimetype == "application/pdf"
