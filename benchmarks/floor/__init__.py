"""The floor: pages of the same kinds as plainly as they can be written with Flask, Jinja and SQLAlchemy Core on SQLite."""
