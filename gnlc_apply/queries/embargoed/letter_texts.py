"""What a letter of the announcement may hold in braces, and the first texts from which the secretariat begins."""

from __future__ import annotations

from gnlc_apply.core.text import Text
from gnlc_apply.models import LetterKind

_SHARED = {
    "name": Text("Name of the person the letter goes to"),
    "country": Text("Country"),
    "cohort": Text("Title of the cohort"),
    "call": Text("Title of the call"),
    "date": Text("Day of the announcement"),
    "new_members": Text("Number of new members"),
    "new_countries": Text("Number of their countries"),
    "total_members": Text("Number of members in total"),
    "event_title": Text("Title of the event"),
    "event_time": Text("Time of the event"),
    "event_link": Text("Link to the event"),
    "contact": Text("Address of the secretariat"),
}
_CITY = {
    "city": Text("Name of the city"),
    "reference": Text("Reference of the application"),
    "feedback": Text("What the jury's reading tells this city; nothing where nothing is written"),
    **_SHARED,
}
# What may stand in braces in each letter, and what it becomes.
PLACEHOLDERS: dict[LetterKind, dict[str, Text]] = {
    LetterKind.ADMITTED: _CITY,
    LetterKind.NOT_ADMITTED: _CITY,
    LetterKind.COMMISSION: {
        "admitted": Text("List of the country's cities that are admitted"),
        "not_admitted": Text("List of the country's cities that are not admitted"),
        **_SHARED,
    },
}

# First texts, ours, to be edited. Both letters to cities bear one subject, so that no locked telephone tells the outcome.
FIRST_TEXTS: dict[LetterKind, tuple[str, str]] = {
    LetterKind.ADMITTED: (
        "Your application to the UNESCO Global Network of Learning Cities",
        """Dear {name},

We are pleased to tell you that {city} has been admitted to the UNESCO Global Network of Learning Cities.

{city} is one of the {new_members} cities that become members today. The network now has {total_members} members.

In the coming weeks we will write to you about your first steps in the network. Until then, please read the page of your application: it tells you what you can use from today on.

Congratulations to everybody in {city} who made this possible.

The coordination team of the UNESCO Global Network of Learning Cities
{contact}""",
    ),
    LetterKind.NOT_ADMITTED: (
        "Your application to the UNESCO Global Network of Learning Cities",
        """Dear {name},

Thank you for the application of {city} and for the work that stands behind it.

We are sorry to tell you that {city} has not been admitted to the UNESCO Global Network of Learning Cities this time.

An international jury has read every application of this call. The decision says nothing about the value of what {city} does for learning. You can apply again in the next call, and you can start from the answers you have given.

{feedback}

The coordination team of the UNESCO Global Network of Learning Cities
{contact}""",
    ),
    LetterKind.COMMISSION: (
        "Applications of your country to the UNESCO Global Network of Learning Cities",
        """Dear {name},

The outcome of the call "{call}" was announced on {date}. The cities concerned have been written to at the same moment.

Admitted to the network, {country}:
{admitted}

Not admitted this time, {country}:
{not_admitted}

Thank you for your part in this call.

The coordination team of the UNESCO Global Network of Learning Cities
{contact}""",
    ),
}
