"""Other ways to the same address: methods, spellings, overrides, strange values, parameters, things of somebody else.

Cases A3, A4, A5, A15, A19, A20 and A21. The whole of the methods runs with ``./dev prove`` (two minutes); each ordinary
run asks for every tenth.
"""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest

from tests import proof
from tests.access import matrix
from tests.access.asking import NO_SUCH, Asker, outcome, same
from tests.access.matrix import FORBIDDEN, MISSING, OPEN, SIGN_IN, Cell, Route
from tests.access.test_matrix import TRACES
from tests.proof import amount

ROLES = ("anonymous", "owner", "viewer", "reader", "officer", "commission_abroad")
STRANGE = (
    *(
        "-1",
        "0",
        "1.5",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999999",
        "NaN",
        "null",
        "true",
    ),
    *("١٢٣", "１２３", "²", "GNLC-2027-ａａａａａ", "gnlc-2027-7kq4m", "550E8400-E29B-41D4-A716-446655440000"),
    *(
        "'",
        "' OR 1=1 --",
        "%",
        "_",
        "*",
        "x" * 300,
        "é" * 200,
        "\U0001f600",
        "\u202e",
        "a\u0000b",
        "..",
        "../../etc/passwd",
    ),
    *("{{7*7}}", "<script>", "$(id)", "a\r\nX-Evil: 1", "\\..\\..", "http://evil.example/", "GNLC-2027-7KQ4M;x=1"),
)


def _kind(route: Route) -> str:
    """An object that is there: of an application the one with the jury, else the first."""
    return "in_review" if route.kind == "application" else matrix.OBJECTS[route.kind][0]


@pytest.mark.proof
@pytest.mark.timeout(amount(600, 7200))
def test_every_other_method_gives_nothing_more(asker: Asker) -> None:
    before, wrong, tried = asker.facts(without=TRACES), [], 0
    every = [(route, role) for route in matrix.routes().values() for role in ROLES]
    for route, role in random.Random(7).sample(every, len(every) // amount(10, 1)):
        path, nowhere = asker.address(route, _kind(route)), asker.address(route, "no_such")
        if "slow" in route.marks and amount(1, 0):
            continue
        wrong += _compared(asker, route, role, path, nowhere)
        tried += 6
    assert asker.facts(without=TRACES) == before
    proof.reached("access_cells", tried - len(wrong), len(wrong))
    assert wrong == []


def _compared(asker: Asker, route: Route, role: str, path: str, nowhere: str) -> list[str]:
    wrong, others = [], {"PUT", "PATCH", "DELETE", "TRACE", "GET", "POST"} - set(route.methods)
    for method in sorted(others - asker.methods_at(path)):
        answer = asker.browser(role).open(path, method=method)
        # An act without a token is refused before it is looked for.
        if answer.status_code not in ((405,) if method != "POST" else (400, 405)):
            wrong.append(f"{method} {route.endpoint} as {role}: {answer.status_code}")
    head = asker.browser(role).head(path)
    if "GET" in asker.methods_at(path):
        asked = asker.browser(role).get(path)
        if head.data or head.status_code != asked.status_code:
            wrong.append(f"HEAD {route.endpoint} as {role}: {head.status_code} for {asked.status_code}")
    elif head.data or head.status_code != 405:
        wrong.append(f"HEAD {route.endpoint} as {role}: {head.status_code}")
    return wrong + _options(asker, route, role, path, nowhere)


def _options(asker: Asker, route: Route, role: str, path: str, nowhere: str) -> list[str]:
    wrong = []
    options = asker.browser(role).options(path)
    refusal = matrix.expected(route, role, _kind(route), route.methods[0])
    if outcome(options) != OPEN and outcome(options) != refusal:
        wrong.append(f"OPTIONS {route.endpoint} as {role}: {outcome(options)} for {refusal}")
    sees = matrix.granted(route, role, _kind(route)) == OPEN
    if (
        outcome(options) == OPEN
        and refusal == MISSING
        and not sees
        and same(options) != same(asker.browser(role).options(nowhere))
    ):
        wrong.append(f"OPTIONS {route.endpoint} as {role} tells what is there")
    if outcome(options) == OPEN and options.data:
        wrong.append(f"OPTIONS {route.endpoint} as {role} has a body")
    return wrong


def _spellings(path: str) -> list[str]:
    head, _slash, tail = path.rpartition("/")
    return [
        *(f"{path}/", f"{head}//{tail}", path.upper(), path.lower(), f"{path};x=1"),
        *(f"{path}.json", f"{path}.html", f"{path}%00", f"{path}%20", f"{path}/.", f"{path}/../{tail}", f"{path}%2f"),
        *(f"{head}/%2e/{tail}", f"{head}/./{tail}", f"{head}/x/../{tail}", f"{head}/{quote(tail[:1])}{tail[1:]}"),
        *(f"{head}/%{ord(tail[0]):02x}{tail[1:]}", f"{head}\\{tail}", f"{path}?format=json", f"{path}?_format=json"),
        *(f"{path}#x", f"{path}?", f"{path}?application={NO_SUCH}", f"{path}?language=ar", f"{path}%0a"),
    ]


@pytest.mark.parametrize(
    "endpoint",
    [
        *(
            "applicant.applications.page",
            "applicant.sections.page",
            "applicant.files.download",
            "commission.files.page",
        ),
        *("jury.reviews.read", "secretariat.applications.page", "secretariat.ranking.page", "secretariat.cohorts.page"),
        *("administration.accounts.page", "secretariat.ranking.as_csv", "public.cohorts.page"),
    ],
)
def test_no_spelling_of_an_address_has_another_policy(asker: Asker, endpoint: str) -> None:
    """Whoever is refused at an address is refused at every spelling of it."""
    route = matrix.routes()[endpoint]
    which = "armed" if route.kind in ("published", "cohort") else _kind(route)
    path = asker.address(route, which)
    assert any(
        outcome(asker.browser(role).get(path)) == OPEN for role in ("owner", "reader", "officer", "commission")
    ) or (endpoint in ("administration.accounts.page", "public.cohorts.page"))
    for role in ("anonymous", "neighbour", "official_abroad", "plain", "former_juror", "commission_abroad"):
        plain = outcome(asker.browser(role).get(path))
        assert plain in (MISSING, SIGN_IN)
        for spelling in _spellings(path):
            answer = asker.browser(role).get(spelling)
            if answer.status_code == 308:
                answer = asker.browser(role).get(spelling, follow_redirects=True)
                assert answer.status_code == 404 or answer.request.path.endswith("/account/sign-in"), spelling
            else:
                assert outcome(answer) in (MISSING, plain), (role, spelling, answer.status_code)


def test_a_method_cannot_be_put_on_by_a_header_or_field(asker: Asker) -> None:
    before = asker.facts(without=TRACES)
    path = asker.address(matrix.routes()["applicant.withdrawal.form"], "submitted")
    token = asker.ground.form_tokens["owner"]
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        for method in ("POST", "DELETE"):
            answer = asker.browser("owner").get(path, headers={name: method}, query_string={"csrf_token": token})
            assert same(answer) == same(asker.browser("owner").get(path, query_string={"csrf_token": token}))
    for query in ({"_method": "POST", "csrf_token": token}, {"_method": "DELETE"}):
        assert asker.browser("owner").get(path, query_string=query).status_code == 200
    assert asker.facts(without=TRACES) == before
    # It is the real act that would have changed something.
    assert asker.browser("owner").post(path, data={"csrf_token": token, "reason": "Later."}).status_code == 303
    assert asker.facts(without=TRACES) != before


WHO = {"administration": "administrator", "applicant": "owner", "commission": "commission", "jury": "reader"}


@pytest.mark.parametrize(
    "part", ["account", "administration", "applicant", "commission", "jury", "public", "secretariat"]
)
def test_strange_values_in_addresses_are_not_found(asker: Asker, part: str) -> None:
    """Whatever stands in the place of a name, the answer is that there is nothing, for those who may do most."""
    before, role = asker.facts(without=TRACES), WHO.get(part, "director")
    for route in matrix.routes().values():
        rules = list(asker.app.url_map.iter_rules(route.endpoint))
        names = sorted({name for rule in rules for name in rule.arguments} - {"language"})
        if not route.endpoint.startswith(part) or "GET" not in route.methods or "slow" in route.marks:
            continue
        for name in names:
            for value in random.Random(name).sample(STRANGE, amount(4, len(STRANGE))):
                template = asker.address(route, _kind(route), **{name: "77777"})
                answer = asker.browser(role).get(template.replace("77777", quote(value, safe="")))
                assert answer.status_code in (400, 404, 308), (route.endpoint, name, value, answer.status_code)
    assert asker.facts(without=TRACES) == before


PARAMETERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "applicant.place.form": ("owner", ("country",)),
    "applicant.place.suggestions": ("owner", ("country", "name")),
    "applicant.eligibility.form": ("anonymous", ("ask", "country", "place", "call")),
    "applicant.sections.page": ("owner", ("back", "practices.1.title")),
    "administration.accounts.index": ("administrator", ("search", "role", "state", "page")),
    "open_data.registry_json": ("anonymous", ("on",)),
    "open_data.registry_csv": ("anonymous", ("on",)),
    "public.registry.index": ("anonymous", ("q", "country", "region", "cohort", "status", "sort", "page", "on")),
    "public.registry.on_map": ("anonymous", ("on",)),
    "public.home.page": ("anonymous", ("application", "juror", "decision", "state", "language")),
    "secretariat.papers.spelling": ("officer", ("key",)),
    "secretariat.extensions.extend": ("officer", ("application", "scope")),
    "secretariat.applications.index": ("officer", ("q", "state", "country", "sort", "page", "per_page")),
    "secretariat.mail.index": ("officer", ("state", "kind", "query", "page")),
    "secretariat.assignments.index": ("officer", ("page",)),
    "secretariat.decisions.index": ("officer", ("show",)),
    "secretariat.ranking.page": ("officer", ("sort", "words", "region", "listed", "page")),
}


@pytest.mark.parametrize("endpoint", PARAMETERS)
def test_strange_parameters_are_no_fault_and_change_nothing(asker: Asker, endpoint: str) -> None:
    before, (role, names) = asker.facts(without=TRACES), PARAMETERS[endpoint]
    path = asker.address(matrix.routes()[endpoint], _kind(matrix.routes()[endpoint]))
    for name in names:
        values = random.Random(name).sample(STRANGE, amount(4, len(STRANGE)))
        for value in (*values, *(asker.ground.files[state] for state in ("draft", "in_review", "armed"))):
            answer = asker.browser(role).get(path, query_string={name: value})
            assert answer.status_code in (200, 400, 404), (name, value, answer.status_code)
            twice = asker.browser(role).get(path, query_string=[(name, value), (name, "x")])
            assert twice.status_code == answer.status_code
    assert asker.facts(without=TRACES) == before


def test_parameters_do_not_open_what_the_address_does_not(asker: Asker) -> None:
    """Names of jurors, files and outcomes in the query of pages for cities: right and wrong ones answer alike."""
    ground = asker.ground
    right = {"juror": ground.things["juror"], "application": ground.files["abroad"], "cohort": ground.cohorts["armed"]}
    pages = (
        "/en/",
        "/en/applications",
        "/en/registry/",
        "/registry.json",
        "/en/cohorts/",
        f"/en/calls/{ground.calls['now']}",
    )
    for page in pages:
        for name, value in right.items():
            for role in ("anonymous", "owner", "commission"):
                knows = asker.browser(role).get(page, query_string={name: value})
                guesses = asker.browser(role).get(page, query_string={name: NO_SUCH})
                assert same(knows)[2].replace(value, NO_SUCH) == same(guesses)[2], (page, name, role)
                assert knows.status_code == guesses.status_code


THINGS = [
    *(("applicant.files.download", "attachment"), ("applicant.files.caption", "attachment")),
    *(("applicant.files.remove", "attachment"), ("applicant.requests.answer", "asked")),
    *(("commission.files.attachment", "attachment"), ("secretariat.applications.attachment", "attachment")),
    *(
        ("jury.files.attachment", "attachment"),
        ("secretariat.jurors.page", "juror"),
        ("secretariat.assignments.add", "file"),
        ("secretariat.calibration.file", "calibration_file"),
        ("jury.calibration.read", "calibration_file"),
    ),
]


@pytest.mark.parametrize(("endpoint", "name"), THINGS)
def test_a_thing_of_another_file_or_call_is_not_found_under_this_one(asker: Asker, endpoint: str, name: str) -> None:
    route, things = matrix.routes()[endpoint], asker.things
    role = {"applicant": "owner", "commission": "commission", "jury": "reader"}.get(
        endpoint.split(".", maxsplit=1)[0], "officer"
    )
    there = {"asked": "endorsed", "juror": "now", "file": "now", "calibration_file": "now"}.get(name, "in_review")
    own = asker.address(route, there)
    assert outcome(asker.browser(role).get(own)) == OPEN
    others = {
        "attachment": [asker.ground.things["removed"], things["attachment"]["submitted"], "FILE-00000000"],
        "asked": ["REQ-0000000"],
        "juror": [asker.ground.things["other_juror"]],
        "calibration_file": [asker.ground.things["other_calibration_file"]],
        "file": [asker.ground.files["other_call"], asker.ground.files["draft"]],
    }[name]
    nowhere = same(asker.browser(role).get("/en/no-such-page"))
    for other in others:
        assert same(asker.browser(role).get(asker.address(route, there, **{name: other}))) == nowhere
    if name == "asked":
        assert same(asker.browser(role).get(asker.address(route, "in_review"))) == nowhere


def test_a_viewer_who_edits_is_refused_and_it_is_kept(asker: Asker) -> None:
    route = matrix.routes()["applicant.sections.save"]
    cell = Cell(route, "POST", "viewer", "draft", FORBIDDEN)
    before = asker.facts(without=TRACES)
    assert outcome(asker.ask(cell)) == FORBIDDEN
    assert asker.facts(without=TRACES) == before
    assert asker.noticed("refused") == [
        (asker.ground.people["viewer"], f"{asker.ground.files['draft']} {route.endpoint}")
    ]
