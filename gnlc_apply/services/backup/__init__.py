"""Backup and restore: everything of an installation in one archive, the same from SQLite and from PostgreSQL."""

from gnlc_apply.services.backup.making import Made, default_path, keep_newest, make
from gnlc_apply.services.backup.place import Refused
from gnlc_apply.services.backup.restoring import Restored, restore

__all__ = ["Made", "Refused", "Restored", "default_path", "keep_newest", "make", "restore"]
