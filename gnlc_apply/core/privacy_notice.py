"""The version of the privacy notice (templates/public/privacy): whoever has an account is asked again when it changes."""

VERSION = "2026-12"
"""Year and month of the text. A test holds the text to it: a text that says something else takes another version."""
