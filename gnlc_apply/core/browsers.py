"""What a browser calls itself, in words that its owner recognises."""

from __future__ import annotations

from gnlc_apply.core.text import Text

# The first that occurs names it: everybody also claims to be those further down.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def name(user_agent: str) -> Text:
    """``Firefox on Windows``; what cannot be told is said so."""
    browser = next((words for sign, words in _BROWSERS if sign in user_agent), None)
    system = next((words for sign, words in _SYSTEMS if sign in user_agent), None)
    if browser and system:
        return Text("%(browser)s on %(system)s", browser=browser, system=system)
    return Text("%(browser)s", browser=browser or system) if browser or system else Text("unknown browser")
