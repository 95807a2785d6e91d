"""One ground for the access matrix: where it lies, who is there, what there is to ask for, and how it is copied."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from flask import Flask

from gnlc_apply import config, create_app
from gnlc_apply.queries import instance, kept, questionnaire
from tests.conftest import SECRET_KEY

COOKIE = "gnlc"


@dataclass
class Ground:
    """Where the database lies, who comes in with which cookie, and what there is to ask for."""

    path: Path
    cookies: dict[str, str] = field(default_factory=dict)
    form_tokens: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    cohorts: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)

    def copied(self, folder: Path) -> Ground:
        """The same ground in a folder of its own, attachments included."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.path, folder / self.path.name)
        shutil.copytree(self.path.parent / "attachments", folder / "attachments", dirs_exist_ok=True)
        return replace(self, path=folder / self.path.name)

    def opened(self, **settings: Any) -> Flask:
        """The application on this ground."""
        for module in (instance, kept, questionnaire):
            module.forget()
        chosen = {"public_url": "http://localhost", "languages": ("en", "ar"), "is_testing": True, **settings}
        return create_app(
            config.Settings(
                instance=self.path.parent,
                database_url=f"sqlite:///{self.path}",
                secret_key=SECRET_KEY,
                **chosen,
            )
        )

    def kept(self) -> Path:
        """The database as it is now, in a file beside it; nobody may be writing."""
        target = self.path.with_name("kept.sqlite3")
        target.unlink(missing_ok=True)
        with contextlib.closing(sqlite.connect(str(self.path))) as source:
            source.execute("VACUUM INTO ?", (str(target),))
        return target
