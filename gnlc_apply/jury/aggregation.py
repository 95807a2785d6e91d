"""What a file is worth and how strict a juror is: one additive model, integrated over its variances (jury-method.md §4).

y_ij = mu + theta_i + beta_j + e_ij with theta ~ N(0, tau^2), beta ~ N(0, sb^2), e ~ N(0, s^2); flat mu, p(s^2) ~ 1/s^2,
r1 = tau/s and r2 = sb/s half-Cauchy(0, 1). Heyard, Ott, Salanti and Egger 2022 (arXiv 2102.09958), Platt and Burges 2012,
Gelman 2006. Everything is in points of the scoring scale. No Markov chain: r1 and r2 stand on a grid of 25 x 25 values.
With a covariate x_ij, such as the place in the order of reading, the model adds delta (x_ij - mean x) with flat delta.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize

from gnlc_apply.jury.readings import FEWEST_READINGS, Floats, Ints, NotComparable, Obstacle, Scores, obstacle

RATIOS: Floats = np.exp(np.linspace(np.log(0.05), np.log(10.0), 25))
"""The values of r1 and r2, 25 of each."""

METHOD = "additive-grid-1"
"""The version of this method, kept with what it computed."""

_NO_NOISE = 1e-12
"""The sum of squares never falls below this share of the readings: a jury of equal scores has no noise to divide by."""


@dataclass(frozen=True)
class Estimate:
    """What the model says of I files and J jurors, in points.

    ``shown`` (I,): A_i = mu + mean_j beta_j + theta_i, on the jury's own average strictness; ``fair`` (I,): F_i, the mean
    of the readers after taking out how strict each is; ``severity`` (J,): s_j = mean beta - beta_j, above 0 = strict;
    ``quality`` (I,) theta and ``leniency`` (J,) beta as in the model; the three variances are tau^2, sb^2 and s^2;
    ``ratios``: (tau/s, sb/s). ``effect``: delta, points for one unit of the covariate; None without one. Where there is one,
    everything else stands for a reading at the covariate's mean.
    """

    mean: float
    quality: Floats
    leniency: Floats
    shown: Floats
    fair: Floats
    severity: Floats
    file_variance: float
    juror_variance: float
    noise_variance: float
    ratios: tuple[float, float]
    effect: float | None = None


@dataclass(frozen=True)
class Draws:
    """M joint draws of the posterior: ``shown`` (M, I), ``severity`` (M, J) and, with a covariate, ``effect`` (M,); points."""

    shown: Floats
    severity: Floats
    effect: Floats | None = None


class _Equations:
    """The normal equations of one jury; totals are centred, which a flat mu does not notice.

    The flat effects are mu and, with a covariate, delta: the columns before and after those of the jurors. C = 1 + J, or
    2 + J with a covariate.
    """

    def __init__(self, scores: Scores, weights: Floats | None = None, covariate: Floats | None = None) -> None:
        w = np.ones(scores.totals.size) if weights is None else weights
        self.centre = float(np.average(scores.totals, weights=w))
        y = scores.totals - self.centre
        incidence = np.zeros((scores.file_count, scores.juror_count))
        incidence[scores.files, scores.jurors] = w
        self.jurors = scores.juror_count
        self.per_file = incidence.sum(axis=1)
        self.links = np.column_stack([self.per_file, incidence])  # B (I, C)
        self.file_sums = np.bincount(scores.files, w * y, scores.file_count)  # t (I,)
        loads = incidence.sum(axis=0)
        self.gram = np.diag(np.concatenate([[w.sum()], loads]))  # F (C, C)
        self.gram[0, 1:] = self.gram[1:, 0] = loads
        self.sums = np.concatenate([[np.sum(w * y)], np.bincount(scores.jurors, w * y, scores.juror_count)])  # r (C,)
        self.squares = float(np.sum(w * y * y))
        self.freedom = y.size - 1  # the readings less the flat effects
        if covariate is not None:
            self._add(scores, w, y, covariate - np.average(covariate, weights=w))

    def _add(self, scores: Scores, w: Floats, y: Floats, x: Floats) -> None:
        """The column of a centred covariate x (n,)."""
        by_juror = np.bincount(scores.jurors, w * x, scores.juror_count)
        side = np.concatenate([[np.sum(w * x)], by_juror])
        self.gram = np.block([[self.gram, side[:, None]], [side[None], np.array([[np.sum(w * x * x)]])]])
        self.links = np.column_stack([self.links, np.bincount(scores.files, w * x, scores.file_count)])
        self.sums = np.append(self.sums, np.sum(w * x * y))
        self.freedom -= 1

    def diagonal(self, r1: float) -> Floats:
        """D (I,) = n_i + r1^-2."""
        return np.asarray(self.per_file + r1**-2, dtype=np.float64)

    def system(self, r1: float, r2: Floats) -> Floats:
        """S (K, C, C) = F - B' D^-1 B with r2^-2 (K,) on the diagonal of the jurors."""
        reduced = self.gram - self.links.T @ (self.links / self.diagonal(r1)[:, None])
        penalty = np.zeros(self.sums.size)
        penalty[1 : 1 + self.jurors] = 1.0
        return np.asarray(reduced + r2[:, None, None] ** -2 * np.diag(penalty))

    def solve(self, r1: float, r2: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """u = (mu, beta, delta) (K, C), theta (K, I), Q (K,) and the restricted log likelihood (K,) at r1 and each r2."""
        diagonal = self.diagonal(r1)
        system = self.system(r1, r2)
        right = self.sums - self.links.T @ (self.file_sums / diagonal)
        rights = np.broadcast_to(right, (r2.size, right.size))[..., None]
        u = np.asarray(np.linalg.solve(system, rights)[..., 0], dtype=np.float64)
        theta: Floats = (self.file_sums - u @ self.links.T) / diagonal
        q: Floats = np.maximum(self.squares - theta @ self.file_sums - u @ self.sums, _NO_NOISE * (self.freedom + 1))
        _, log_det = np.linalg.slogdet(system)
        sizes = 2 * self.per_file.size * np.log(r1) + 2 * self.jurors * np.log(r2)
        return u, theta, q, -0.5 * (self.freedom * np.log(q) + np.sum(np.log(diagonal)) + log_det + sizes)


class Model:
    """The posterior of one jury: ``estimate`` its means, ``draw`` joint draws, ``scores`` the readings without the covariate.

    ``covariate`` (n,): a property of each reading whose effect is taken out, in any unit (jury-method.md §7: the place in
    the order of reading); off unless somebody decided it. Raises NotComparable for one juror, fewer than four readings
    (five with a covariate), or a jury whose readings fall into parts that share no file; ValueError for a covariate of
    another length, that does not vary, or is not finite. Cost: 25^2 systems of size J, then M (J^2 + I log I) for M draws.
    """

    def __init__(self, scores: Scores, covariate: Floats | None = None) -> None:
        if (problem := obstacle(scores)) is not None:
            raise NotComparable(problem)
        if covariate is not None:
            _check_covariate(scores, covariate)
        self._equations = _Equations(scores, covariate=covariate)
        solved = [self._equations.solve(r1, RATIOS) for r1 in RATIOS.tolist()]
        u, theta, q, likelihood = (np.concatenate(part) for part in zip(*solved, strict=True))
        self._r1, self._r2 = np.repeat(RATIOS, RATIOS.size), np.tile(RATIOS, RATIOS.size)
        # Two half-Cauchy priors, on a grid that is even in the logarithm.
        log_posterior = likelihood + sum(np.log(r) - np.log1p(r**2) for r in (self._r1, self._r2))
        posterior = np.exp(log_posterior - log_posterior.max())
        self._share: Floats = posterior / posterior.sum()
        self._u, self._q = u, q
        noise = self._share * q / (self._equations.freedom - 2)
        mean = self._share @ u
        self.scores = scores if covariate is None else _without(scores, covariate, float(mean[-1]))
        self.estimate = _estimate(
            self.scores,
            self._equations,
            mean,
            self._share @ theta,
            variances=(float(noise @ self._r1**2), float(noise @ self._r2**2), float(noise.sum())),
            ratios=(float(self._share @ self._r1), float(self._share @ self._r2)),
        )

    def draw(self, count: int, seed: int) -> Draws:
        """``count`` joint draws, the same for the same seed; each point of the grid gets its share, systematically.

        s^2 = Q / (2 Gamma((n-1)/2, 1)), n-2 with a covariate; u ~ N(u_g, s^2 S^-1); theta | u ~ N(D^-1 (t - B u), s^2 D^-1).
        Raises ValueError for less than one draw.
        """
        if count < 1:
            raise ValueError("at least one draw is needed")
        random = np.random.default_rng(seed)
        edges = np.concatenate([[0.0], np.cumsum(self._share)])
        edges[-1] = 1.0
        numbers = np.diff(np.floor(edges * count + random.random())).astype(int)
        parts = [self._draw_at(point, int(numbers[point]), random) for point in np.flatnonzero(numbers).tolist()]
        u = np.concatenate([part[0] for part in parts])
        theta = np.concatenate([part[1] for part in parts])
        jurors = self._equations.jurors
        leniency = u[:, 1 : 1 + jurors]
        level = leniency.mean(axis=1)
        shown = theta + (self._equations.centre + u[:, 0] + level)[:, None]
        return Draws(shown, level[:, None] - leniency, u[:, -1] if u.shape[1] > 1 + jurors else None)

    def _draw_at(self, point: int, count: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        equations = self._equations
        r1, r2 = float(self._r1[point]), self._r2[point : point + 1]
        diagonal = equations.diagonal(r1)
        s = np.sqrt(self._q[point] / (2 * random.gamma(equations.freedom / 2, size=count)))
        root = np.linalg.cholesky(equations.system(r1, r2)[0])
        noise = solve_triangular(root.T, random.standard_normal((root.shape[0], count)), lower=False)
        u = self._u[point] + s[:, None] * noise.T
        theta = (equations.file_sums - u @ equations.links.T) / diagonal
        theta += s[:, None] * random.standard_normal(theta.shape) / np.sqrt(diagonal)
        return u, theta


def estimate_at(
    scores: Scores, ratios: tuple[float, float], weights: Floats | None = None, covariate: Floats | None = None
) -> Estimate:
    """The estimate at fixed r1 = tau/s and r2 = sb/s, with s^2 = Q/(n-1); what the checks refit with.

    ``weights`` (n,) > 0: how much each reading counts, None for all alike. ``covariate`` (n,): see ``Model``. Takes any jury,
    linked or not. Raises ValueError for a ratio or weight that is not positive.
    """
    if min(ratios) <= 0 or (weights is not None and not (weights > 0).all()):
        raise ValueError("ratios and weights must be positive")
    equations = _Equations(scores, weights, covariate)
    u, theta, q, _ = equations.solve(ratios[0], np.array([ratios[1]]))
    s2 = float(q[0]) / max(equations.freedom, 1)
    variances = (ratios[0] ** 2 * s2, ratios[1] ** 2 * s2, s2)
    left = scores if covariate is None else _without(scores, covariate, float(u[0, -1]))
    return _estimate(left, equations, u[0], theta[0], variances=variances, ratios=ratios)


def estimate_reml(scores: Scores) -> Estimate:
    """The estimate at the ratios of the greatest restricted likelihood: the plug-in that feedback by criterion uses.

    Ratios are sought between 1e-4 and 1e3. Raises NotComparable like ``Model``.
    """
    if (problem := obstacle(scores)) is not None:
        raise NotComparable(problem)
    equations = _Equations(scores)
    grid = np.array([equations.solve(r1, RATIOS)[3] for r1 in RATIOS.tolist()])
    start = np.log(RATIOS[list(np.unravel_index(int(grid.argmax()), grid.shape))])

    def loss(logs: Floats) -> float:
        return -float(equations.solve(float(np.exp(logs[0])), np.exp(logs[1:]))[3][0])

    bounds = [(np.log(1e-4), np.log(1e3))] * 2
    found = minimize(loss, start, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-7, "fatol": 1e-10})
    r1, r2 = np.exp(found.x).tolist()
    return estimate_at(scores, (r1, r2))


def _check_covariate(scores: Scores, covariate: Floats) -> None:
    if covariate.shape != scores.totals.shape or not np.isfinite(covariate).all() or np.ptp(covariate) < 1e-9:
        raise ValueError("a covariate needs a finite number for each reading, and two that differ")
    if scores.totals.size < FEWEST_READINGS + 1:
        raise NotComparable(Obstacle.TOO_FEW_READINGS)


def _without(scores: Scores, covariate: Floats, effect: float) -> Scores:
    """The readings as they would be at the covariate's mean."""
    return replace(scores, totals=scores.totals - effect * (covariate - covariate.mean()))


def _estimate(
    scores: Scores,
    equations: _Equations,
    u: Floats,
    theta: Floats,
    *,
    variances: tuple[float, float, float],
    ratios: tuple[float, float],
) -> Estimate:
    leniency = u[1 : 1 + equations.jurors]
    level = float(leniency.mean())
    mean = equations.centre + float(u[0])
    return Estimate(
        mean=mean,
        quality=theta,
        leniency=leniency,
        shown=mean + level + theta,
        fair=scores.per_file(scores.totals - (leniency - level)[scores.jurors]),
        severity=level - leniency,
        file_variance=variances[0],
        juror_variance=variances[1],
        noise_variance=variances[2],
        ratios=ratios,
        effect=float(u[-1]) if u.size > 1 + equations.jurors else None,
    )


def ranks_of(values: Floats) -> Ints:
    """Rank 1..I of every file in each row of (M, I) values: 1 is the highest, equals in the order of their positions."""
    order = np.argsort(-values, axis=1, kind="stable")
    ranks = np.empty(order.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(1, values.shape[1] + 1), order.shape), axis=1)
    return ranks


def interval(draws: Floats, level: float = 0.90) -> tuple[Floats, Floats]:
    """The central interval, low and high (K,), of draws (M, K). Raises ValueError for a level outside 0..1."""
    if not 0 < level < 1:
        raise ValueError("a level lies between 0 and 1")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
