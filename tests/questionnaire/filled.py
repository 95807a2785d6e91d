"""A complete set of answers to the default form, as the system keeps them."""

from __future__ import annotations

from typing import Any

AREAS = (
    *("empowerment", "prosperity", "sustainability", "education_system", "families", "workplace"),
    *("technologies", "quality", "culture", "political_will", "stakeholders", "resources"),
)


def figure(value: str, year: int = 2024, basis: str = "city") -> dict[str, Any]:
    """A figure with its year."""
    return {"value": value, "year": year, "basis": basis}


def practice(number: int) -> dict[str, Any]:
    """The required answers of one good practice."""
    prefix = f"practices.{number}"
    return {
        f"{prefix}.title": "Reading boats",
        f"{prefix}.description": "Two boats bring books and a librarian to four villages.",
        f"{prefix}.since": 2022,
        f"{prefix}.audience": "Everybody in the river villages",
        f"{prefix}.learners": figure("1240", 2025),
        f"{prefix}.results": "More people read, as two surveys show.",
        f"{prefix}.publish": "yes",
    }


def complete() -> dict[str, Any]:
    """Answers with which nothing is missing."""
    return {
        "city.name_local": "Şanlıurfa",
        "city.name_latin": "Sanliurfa",
        "city.kind": "city",
        "city.country": "TUR",
        "city.coordinates": {"latitude": "37.1591", "longitude": "38.7969"},
        "city.population": figure("578460", 2023),
        "city.area": figure("398.25"),
        "city.gdp_per_capita": figure("9840", 2024, "region"),
        "city.schooling_women": {"basis": "none"},
        "city.schooling_men": {"basis": "none"},
        "people.signatory_name": "Ayşe Yılmaz",
        "people.signatory_function": "Mayor",
        "people.signs_on_paper": "no",
        "people.signatory_email": "mayor@city.example",
        "people.focal_name": "Mehmet Kaya",
        "people.focal_organisation": "Office of Education",
        "people.focal_email": "kaya@city.example",
        "people.focal_language": "en",
        "people.office_email": "office@city.example",
        "motivation.context": "Many of us are young.",
        "vision.vision": "A place to learn for everybody.",
        "vision.objectives_near": "Twelve centres by 2030.",
        "vision.objectives_far": "Paid time for learning.",
        "vision.plan_status": "adopted",
        "governance.coordination": "A unit of four people leads the work.",
        "partners.1.sector": "business",
        "partners.1.number": 4,
        "governance.participation_ways": ["asked", "council"],
        **{f"focus.{area}": 3 for area in AREAS},
        "focus_words.1.area": "families",
        "focus_words.1.words": "Family evenings in 14 schools.",
        **practice(1),
        **practice(2),
        "inclusion.inclusion": "Courses in two languages.",
        "inclusion.goals": ["4", "5"],
        "resources.resources": "4.2 million from the city.",
        "resources.year_from": 2026,
        "resources.year_to": 2029,
        "monitoring.monitoring": "Learners are counted twice a year.",
        "contribution.clusters": ["literacy"],
        "contribution.share": "Our handbook.",
        "contribution.campaign": "yes",
        "commitment.guiding_documents": True,
        "commitment.progress_report": True,
        "commitment.correctness": True,
    }


def member(number: int, name: str, email: str = "") -> dict[str, Any]:
    """A member of a consortium and whoever signs for it: by link to this address, or on paper where there is none."""
    asked, signs = f"constituents.{number}", f"constituent_signatories.{number}"
    return {
        f"{asked}.name_local": name,
        f"{asked}.name_latin": name,
        f"{asked}.population": figure("41000"),
        f"{signs}.name": f"Head of {name}",
        f"{signs}.function": "Mayor",
        f"{signs}.signs_on_paper": "no" if email else "yes",
        **({f"{signs}.email": email} if email else {}),
    }


def consortium() -> dict[str, Any]:
    """A complete form of two municipalities: one signs by link, the other on paper."""
    members = member(1, "Akyazi", "akyazi@city.example") | member(2, "Bozova")
    return complete() | {"city.kind": "consortium"} | members
