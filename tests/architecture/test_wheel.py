"""The wheel alone is the product: built from what git holds, installed elsewhere, run where there is no checkout."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from gnlc_apply.core import catalogues

ROOT = Path(__file__).parents[2]

# What git knows, and what is new and not ignored: a clean clone of the state that is tested.
TRACKED = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
SENTENCE = "The page could not be found, says the catalogue"
FRENCH = f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "{SENTENCE}"\nmsgstr "Introuvable"\n'

COHORT = """city,country_as_published,iso3166_alpha3,unesco_region,source_url
Bikok,Cameroon,CMR,Africa,https://list.example/
Dresden,Germany,DEU,Europe and North America,https://list.example/
"""
MEMBERS = """city,country_as_published,iso3166_alpha3,unesco_region,source_url
Dresden,Germany,DEU,Europe and North America,https://earlier.example/
"""
# Runs with the installed package; prints one JSON object about what it found.
LOOK = f"""
import json
import gnlc_apply
from gnlc_apply.core import catalogues
from gnlc_apply.documents.blank_form import blank_form
from gnlc_apply.documents.wording import Wording
from gnlc_apply.questionnaire.default import default_form
from gnlc_apply.web.assets import asset_url

app = gnlc_apply.create_app()
client = app.test_client()
with app.test_request_context():
    sheet = asset_url("app.css")
home, style, map_ = (client.get(address) for address in ("/en/", sheet, "/registry/map.svg"))
print(json.dumps({{
    "package": gnlc_apply.__file__,
    "home": home.status_code,
    "is_our_page": sheet in home.get_data(as_text=True),
    "style": [style.status_code, style.mimetype],
    "map": [map_.status_code, map_.mimetype],
    "pdf": blank_form(default_form(), Wording("en", str), "A call")[:5].decode("ascii"),
    "french": catalogues.translations("fr").gettext({SENTENCE!r}),
}}))
"""


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel and what it depends on, and an empty folder to run in."""

    python: Path
    folder: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of this environment in the empty folder; only what a shell needs is in its surroundings."""
        environment = {"PATH": f"{self.python.parent}:/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def gnlc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The console command that the wheel brought."""
        return self.run(self.python.with_name("gnlc"), *arguments)


def clean_clone(target: Path) -> Path:
    """Our source as git has it, with one translation that nobody has compiled."""
    listed = subprocess.run(TRACKED, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
    catalogue = target / "gnlc_apply" / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    catalogue.write_text(FRENCH, encoding="utf-8")
    return target


def make_environment(folder: Path) -> Path:
    """An environment that sees our dependencies but not our package; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    # A .pth in a folder that a .pth names is not read: the editable install of the checkout stays out of sight.
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return python


def installer(python: Path) -> list[str | Path]:
    """What installs one wheel without reaching out: uv, or pip where there is no uv."""
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        return [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python]
    outside = getattr(sys, "_base_executable", sys.executable)
    return [outside, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, built and installed, with an instance made in an empty folder."""
    base = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(base / "dist")]
    subprocess.run(build, cwd=clean_clone(base / "source"), check=True, capture_output=True)
    (wheel,) = (base / "dist").glob("gnlc_apply-*-py3-none-any.whl")
    python = make_environment(base / "venv")
    subprocess.run([*installer(python), wheel], check=True, capture_output=True)
    shutil.rmtree(base / "source")
    (base / "empty").mkdir()
    ready = Installed(python, base / "empty")
    made = ready.gnlc("init")
    assert made.returncode == 0, made.stderr
    return ready


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_says_what_there_is(installed: Installed) -> None:
    shown = installed.gnlc("--help")
    assert shown.returncode == 0, shown.stderr
    assert "  rehearse " in shown.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_its_migrations_made_a_database_that_the_doctor_likes(installed: Installed) -> None:
    shown = installed.gnlc("doctor", "--json")
    found = {finding["name"]: finding["status"] for finding in json.loads(shown.stdout)["findings"]}
    # There is no mail server and no worker here, and nothing else is missing.
    wrong = {name for name, status in found.items() if status != "ok"}
    assert wrong - {"disk"} == {"mail sender", "mail server", "worker"}
    assert {"database", "migrations", "storage", "fonts (en)"} <= found.keys()
    assert shown.returncode == 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_pages_static_files_translations_and_documents_are_inside(installed: Installed) -> None:
    # The sentence is not in any catalogue of ours: what answers can only have come through the wheel.
    assert catalogues.translations("fr").gettext(SENTENCE) == SENTENCE
    shown = installed.run(installed.python, "-c", LOOK)
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout.splitlines()[-1])
    assert Path(found.pop("package")).is_relative_to(installed.python.parents[1])
    assert found == {
        "home": 200,
        "is_our_page": True,
        "style": [200, "text/css"],
        "map": [200, "image/svg+xml"],
        "pdf": "%PDF-",
        "french": "Introuvable",
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_whole_call_can_be_rehearsed(installed: Installed) -> None:
    (installed.folder / "cohort.csv").write_text(COHORT, encoding="utf-8")
    (installed.folder / "members.csv").write_text(MEMBERS, encoding="utf-8")
    shown = installed.gnlc(
        "rehearse", "--cohort", "cohort.csv", "--members", "members.csv", "--on", "2024-02-14", "--json"
    )
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert found["headline"] == "UNESCO Global Network of Learning Cities: 2 new members from 2 countries"
    assert (found["returning_members"], found["total_members"]) == (["Dresden (DEU)"], 2)
    assert sorted(path.name for path in installed.folder.iterdir()) == ["cohort.csv", "instance", "members.csv"]
