"""Candidates for a very large jury: for each file the best matches and some at random (jury-method.md §2, network form)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gnlc_apply.jury.match import CONTEXT_WEIGHT, LANGUAGE_WEIGHT, TOPIC_WEIGHT
from gnlc_apply.jury.order import digest
from gnlc_apply.jury.panel import File, Juror, Pair
from gnlc_apply.jury.program import Floats, Positions

LARGE = 2_000
"""Above so many files only candidates of this module are looked at."""

BEST, RANDOM = 30, 30
_ROWS = 250


def strong_and_random(
    files: Sequence[File], jurors: Sequence[Juror], blocked: frozenset[Pair], fixed: frozenset[Pair], seed: str
) -> tuple[Positions, Floats]:
    """Positions (P, 2) of file and juror, by file, and the match (P,) in 0..1: 30 best, 30 random, and those that are fixed.

    A juror is a candidate only without an obstacle. The random ones come from the seed; equals go by position. The match
    is that of ``match.match``, for 250 files at a time: 10,000 x 1,000 matches are never held at once.
    """
    random = np.random.default_rng(list(digest(seed, "candidates")))
    kept = _by_file(files, jurors, fixed)
    barred = _by_file(files, jurors, blocked)
    score, may_read = _matcher(files, jurors), _readable(files, jurors)
    pairs: list[Positions] = []
    totals: list[Floats] = []
    for first in range(0, len(files), _ROWS):
        rows = range(first, min(first + _ROWS, len(files)))
        gains, able = score(rows), may_read(rows)
        for row in rows:
            able[row - first, barred[row]] = False
            chosen = _of_file(gains[row - first], np.flatnonzero(able[row - first]), random)
            chosen = np.union1d(chosen, np.array(kept[row], dtype=np.intp))
            pairs.append(np.column_stack([np.full(chosen.size, row, dtype=np.intp), chosen]))
            totals.append(gains[row - first, chosen])
    return np.concatenate(pairs), np.concatenate(totals)


def _of_file(gains: Floats, able: Positions, random: np.random.Generator) -> Positions:
    ordered = able[np.argsort(-gains[able].round(9), kind="stable")]
    rest = ordered[BEST:]
    return np.concatenate([ordered[:BEST], random.permutation(rest)[:RANDOM]])


def _by_file(files: Sequence[File], jurors: Sequence[Juror], pairs: frozenset[Pair]) -> defaultdict[int, list[int]]:
    row_of = {file.id: row for row, file in enumerate(files)}
    column_of = {juror.id: column for column, juror in enumerate(jurors)}
    found: defaultdict[int, list[int]] = defaultdict(list)
    for juror, file in sorted(pairs):
        if juror in column_of and file in row_of:
            found[row_of[file]].append(column_of[juror])
    return found


def _places(names: Iterator[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(sorted(set(names)))}


def _topics(held: Sequence[Mapping[str, float]], places: dict[str, int]) -> Floats:
    """Topic weights (N, T) of length 1; a row of zeros for one who says nothing."""
    found = np.zeros((len(held), max(len(places), 1)))
    for row, weights in enumerate(held):
        for topic, weight in weights.items():
            found[row, places[topic]] = weight
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0), dtype=np.float64)


def _holds(sets: Sequence[frozenset[str]], places: dict[str, int]) -> Floats:
    """Who holds what: 0 or 1 (N, K), with a last column of zeros for what nobody holds."""
    found = np.zeros((len(sets), len(places) + 1))
    for row, names in enumerate(sets):
        found[row, [places[name] for name in names]] = 1.0
    return found


def _matcher(files: Sequence[File], jurors: Sequence[Juror]) -> Callable[[range], Floats]:
    """The match (rows, J) of some files with every juror."""
    in_files, in_jurors = [file.topics for file in files], [juror.topics for juror in jurors]
    topics = _places(topic for weights in (*in_files, *in_jurors) for topic in weights)
    of_files, of_jurors = _topics(in_files, topics), _topics(in_jurors, topics)
    fluent = [j.languages if j.working_languages is None else j.working_languages for j in jurors]
    languages = _places(name for names in fluent for name in names)
    contexts = _places(name for juror in jurors for name in juror.contexts)
    speaks, knows = _holds(fluent, languages), _holds([juror.contexts for juror in jurors], contexts)
    language = [languages.get(file.language, len(languages)) for file in files]
    context = [contexts.get(file.context or "", len(contexts)) for file in files]

    def score(rows: range) -> Floats:
        own = slice(rows.start, rows.stop)
        topic = np.minimum(of_files[own] @ of_jurors.T, 1.0)
        return np.asarray(
            TOPIC_WEIGHT * topic
            + LANGUAGE_WEIGHT * speaks[:, language[own]].T
            + CONTEXT_WEIGHT * knows[:, context[own]].T,
            dtype=np.float64,
        )

    return score


def _readable(files: Sequence[File], jurors: Sequence[Juror]) -> Callable[[range], NDArray[np.bool_]]:
    """Who is available, reads the language and is of another country: (rows, J); declared conflicts come on top."""
    languages = _places(name for juror in jurors for name in juror.languages)
    countries = _places(code for juror in jurors for code in juror.country_codes)
    reads = _holds([juror.languages for juror in jurors], languages) > 0
    own = _holds([frozenset(juror.country_codes) for juror in jurors], countries) > 0
    language = [languages.get(file.language, len(languages)) for file in files]
    country = [countries.get(file.country, len(countries)) for file in files]
    available = np.array([juror.is_available for juror in jurors], dtype=np.bool_)

    def may_read(rows: range) -> NDArray[np.bool_]:
        some = slice(rows.start, rows.stop)
        return np.asarray(reads[:, language[some]].T & ~own[:, country[some]].T & available[None], dtype=np.bool_)

    return may_read
