"""Built files: what is in them, how they are handed out, and where the map puts a place."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gnlc_apply.core.errors import NotFound
from gnlc_apply.web import assets
from gnlc_apply.web.projection import place

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app() -> Flask:
    """Only what hands out the files: no database, no other pages."""
    app = Flask("assets_only", static_folder=None)
    app.register_blueprint(assets.blueprint)
    app.register_error_handler(NotFound, lambda _refusal: ("not found", 404))
    assets.init_app(app)
    return app


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return assets.asset_url(name)


def text(name: str) -> str:
    manifest = assets.read_manifest()
    return manifest.files[manifest.names[name]].bodies[""].decode("utf-8")


def test_names_carry_the_digest_of_what_they_hold() -> None:
    manifest = assets.read_manifest()
    assert sorted(manifest.names) == ["app.css", "app.js", "app.rtl.css", "mark.svg"]
    for name, asset in manifest.files.items():
        digest = hashlib.sha256(asset.bodies[""]).hexdigest()
        assert asset.sha256 == digest
        assert name.split(".")[-2] == digest[:12]
        assert gzip.decompress(asset.bodies["gzip"]) == asset.bodies[""]


def test_folder_holds_nothing_but_what_the_manifest_names() -> None:
    built = {entry["file"] for entry in json.loads((assets.FOLDER / "manifest.json").read_text("utf-8")).values()}
    expected = {"manifest.json"} | {file + suffix for file in built for suffix in ("", ".gz", ".br")}
    assert {path.name for path in assets.FOLDER.iterdir()} == expected


def test_weight_over_the_wire() -> None:
    manifest = assets.read_manifest()
    weight = {name: len(manifest.files[file].bodies["br"]) for name, file in manifest.names.items()}
    assert weight["app.css"] < 14_000
    assert weight["app.rtl.css"] < 14_000
    assert weight["app.js"] < 6_000


def test_nothing_comes_from_elsewhere() -> None:
    for name in ("app.css", "app.rtl.css", "app.js"):
        assert re.findall(r"https?://(?!www\.w3\.org/)[^\s\"')]+", text(name)) == [], name
        assert re.findall(r"@import|@font-face|GDS Transport", text(name)) == [], name


def test_mirrored_stylesheet_is_the_other_one_turned_round() -> None:
    rule = r"\.govuk-error-message[^{]*\{[^}]*\}|\.govuk-form-group--error[^{]*\{[^}]*\}"
    straight, mirrored = ("".join(re.findall(rule, text(name))) for name in ("app.css", "app.rtl.css"))
    assert "border-left" in straight
    assert straight.replace("left", "right") == mirrored


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("", None),
    ],
)
def test_best_encoding_the_browser_takes(app: Flask, client: FlaskClient, accepted: str, encoding: str | None) -> None:
    response = client.get(address(app, "app.css"), headers={"Accept-Encoding": accepted})
    assert response.status_code == 200
    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"
    asset = assets.read_manifest().files[assets.read_manifest().names["app.css"]]
    assert response.data == asset.bodies[encoding or ""]


def test_kept_for_good_and_never_guessed_at(app: Flask, client: FlaskClient) -> None:
    response = client.get(address(app, "app.js"))
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_known_file_is_not_sent_again(app: Flask, client: FlaskClient) -> None:
    url = address(app, "app.css")
    tags = {
        encoding: client.get(url, headers={"Accept-Encoding": encoding}).headers["ETag"]
        for encoding in ("br", "gzip", "")
    }
    assert len(set(tags.values())) == 3
    again = client.get(url, headers={"Accept-Encoding": "br", "If-None-Match": tags["br"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": tags["br"]})
    assert other.status_code == 200


@pytest.mark.parametrize("name", ["manifest.json", "app.css", "../config.py", "..%2fconfig.py", "", "app.js.br"])
def test_only_names_of_the_manifest_exist(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_unbuilt_name_is_a_mistake_of_the_template(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(KeyError):
        assets.asset_url("missing.css")


# As d3-geo 3.1.2 draws them: geoEqualEarth().scale(180).translate([487.5, 237.5]).
@pytest.mark.parametrize(
    ("latitude", "longitude", "x", "y"),
    [
        (0, 0, 487.5, 237.5),
        (48.8566, 2.3522, 492.7999796126762, 71.29501129974273),
        (-33.8688, 151.2093, 863.1791588799863, 357.14307980890203),
        (64.1466, -21.9426, 444.61561270851735, 32.01221417231929),
        (-54.8019, -68.303, 341.16792384065315, 420.1859433571362),
        (21.3069, -157.8583, 74.25735164424623, 160.75031279138804),
        (90, 0, 487.5, 0.37470335166560176),
        (-41.2866, 174.7756, 903.3456640052656, 380.9645735112038),
    ],
)
def test_a_place_stands_where_the_map_was_drawn(latitude: float, longitude: float, x: float, y: float) -> None:
    assert place(latitude, longitude) == pytest.approx((x, y), abs=1e-9)


def test_lock_file_names_no_addresses() -> None:
    lock = (ROOT / "assets" / "package-lock.json").read_text("utf-8")
    assert re.findall(r"https?:", lock) == []
    declared = json.loads((ROOT / "assets" / "package.json").read_text("utf-8"))["devDependencies"]
    locked = json.loads(lock)["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in declared} == declared
