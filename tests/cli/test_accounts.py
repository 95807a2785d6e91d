"""``gnlc accounts``: the first people, and no way around the second person for the next."""

from __future__ import annotations

import re

from flask import Flask

from gnlc_apply.cli.accounts import accounts
from gnlc_apply.models import Role
from tests.accounts import mails, person
from tests.signing_in import PASSWORD, post


def test_the_first_administrator_gets_a_link_that_works_once(app: Flask) -> None:
    made = app.test_cli_runner().invoke(
        accounts, ["create", "adam@example.org", "--name", "Adam Administrator", "--role", "administrator"]
    )
    assert made.exit_code == 0, made.output
    path = re.search(r"http://localhost(/\S+)", made.output)
    assert path is not None
    client = app.test_client()
    answer = post(client, path.group(1), password=PASSWORD)
    assert answer.headers["Location"].endswith("/en/account/second-factor/set-up")
    assert client.get(path.group(1)).status_code in (404, 409)


def test_a_fresh_installation_has_nobody(app: Flask) -> None:
    listed = app.test_cli_runner().invoke(accounts, ["list"])
    assert (listed.exit_code, listed.output) == (0, "")


def test_the_next_of_a_secretariat_role_waits_for_a_director(app: Flask) -> None:
    person("dora@example.org", Role.DIRECTOR)
    person("ana@example.org")
    runner = app.test_cli_runner()
    for words in (
        ["create", "second@example.org", "--name", "Second", "--role", "director"],
        ["grant", "ana@example.org", "director", "--until", "2027-12-31"],
    ):
        answer = runner.invoke(accounts, words)
        assert answer.exit_code == 0, answer.output
        assert "a director has been asked" in answer.output
    assert len(mails("confirmation_asked")) == 2
    listed = runner.invoke(accounts, ["list", "--role", "director"])
    assert [line.split("\t")[0] for line in listed.output.splitlines()] == ["dora@example.org"]


def test_refusals_are_words_and_a_status(app: Flask) -> None:
    runner = app.test_cli_runner()
    for words, said in (
        (["create", "nobody", "--name", "X"], "Enter an email address"),
        (["create", "n@example.org", "--name", "N", "--role", "commission", "--country", "XXX"], "Choose the country"),
        (["grant", "nobody@example.org", "officer"], "There is no account"),
        (["reset-second-factor", "nobody@example.org", "--yes"], "There is no account"),
    ):
        answer = runner.invoke(accounts, words)
        assert answer.exit_code == 1
        assert said in answer.output
