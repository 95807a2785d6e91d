"""Ten thousand mixed requests at once by 32 clients: none may fail, and the workers must not grow."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

from benchmarks.client import Ask, Client, WrongAnswer
from benchmarks.measuring import Bench
from benchmarks.probes import PROBES
from benchmarks.rows import Row

REQUESTS, CONCURRENCY = 10_000, 32
# Of a hundred requests so many are of this kind; the rest reads public pages.
MIX = {"form_open": 15, "form_save": 10, "juror_home": 3, "review_open": 6, "review_save": 6, "official_home": 10}
PUBLIC = ("registry_html", "registry_json", "city_page", "cohort_page")


def rows(bench: Bench, say: Callable[[str], None], requests: int = REQUESTS) -> list[Row]:
    """Errors in mixed requests, then growth over as many once more."""
    wrong = _send(bench.product.port, _mixed(bench, requests))
    before = bench.product.memory()
    say("once more, to see whether the workers grow")
    wrong += _send(bench.product.port, _mixed(bench, requests))
    grown = (bench.product.memory() - before) / 2**20 * 10_000 / requests
    more = {"first": wrong[0]} if wrong else {}
    return [
        Row("errors", "errors in 10,000 mixed requests at concurrency 32", 0, len(wrong), "errors", more=more),
        Row("growth", "growth of a worker over 10,000 requests", 1, round(grown, 2), "MiB"),
    ]


def _mixed(bench: Bench, count: int) -> list[Ask]:
    """The requests in chance's order, the same in every run. A save is sent twice at most before the page is opened again."""
    chance = random.Random(7)  # noqa: S311 (nothing secret is made of it)
    asks: list[Ask] = []
    by_name = {probe.name: probe for probe in PROBES}
    for name, share in MIX.items():
        wanted = count * share // 100
        # Two who save one answer at the same time are told so (409); that is no error, but not what is measured here.
        while wanted > 0:
            most = len(bench.scene.facts.drafts if name.startswith("form") else bench.scene.facts.reviews)
            taken = min(wanted, most) if name.endswith("_save") else wanted
            asks += by_name[name].prepare(bench.scene, taken)
            wanted -= taken
            if name.endswith("_save"):
                break
    while len(asks) < count:
        asks += by_name[chance.choice(PUBLIC)].prepare(bench.scene, 1)
    chance.shuffle(asks)
    return asks


def _send(port: int, asks: Sequence[Ask]) -> list[str]:
    """What went wrong, in words."""
    wrong: list[str] = []

    def work(share: Sequence[Ask]) -> None:
        client = Client(port)
        for ask in share:
            try:
                client.expect(ask)
            except (WrongAnswer, OSError) as problem:
                wrong.append(str(problem)[:300])
        client.close()

    threads = [threading.Thread(target=work, args=(asks[n::CONCURRENCY],)) for n in range(CONCURRENCY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong
