"""The exercises of lesson 02: KL, the natural step, conjugate gradient, a line search."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Categorical, kl_divergence

from ppo_lib.course.checks.exercise import Answer, Arguments, Exercise


def _kl_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    cases = [
        {
            "old": torch.tensor([[0.5, 0.5], [0.9, 0.1]]),
            "new": torch.tensor([[0.25, 0.75], [0.6, 0.4]]),
        }
    ]
    for shape in ((1, 3), (3, 4), (20, 2)):
        old, new = torch.randn(2, *shape, generator=generator).softmax(-1)
        cases.append({"old": old, "new": new})
    return cases


def _positive_definite(size: int, generator: torch.Generator) -> Tensor:
    root = torch.randn(size, size, generator=generator)
    return root @ root.T / size + 0.5 * torch.eye(size)


def _step_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    cases: list[Arguments] = [
        {
            "gradient": torch.tensor([1.0, -2.0]),
            "fisher": torch.tensor([[2.0, 0.5], [0.5, 1.0]]),
            "max_kl": 0.02,
        }
    ]
    for size, max_kl in ((3, 0.1), (1, 0.01), (6, 0.3)):
        gradient = torch.randn(size, generator=generator)
        fisher = _positive_definite(size, generator)
        cases.append({"gradient": gradient, "fisher": fisher, "max_kl": max_kl})
    return cases


def _solve_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return systems with fewer iterations than equations: none is solved exactly."""
    cases: list[Arguments] = [
        {
            "matrix": torch.tensor([[2.0, 0.5], [0.5, 1.0]]),
            "target": torch.tensor([1.0, -2.0]),
            "num_iterations": 1,
        },
        {
            "matrix": torch.tensor([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 1.0]]),
            "target": torch.tensor([1.0, 0.0, 2.0]),
            "num_iterations": 2,
        },
        {
            "matrix": torch.tensor([[3.0, 1.0], [1.0, 2.0]]),
            "target": torch.tensor([1.0, 1.0]),
            "num_iterations": 0,
        },
    ]
    for size, num_iterations in ((4, 3), (8, 3)):
        target = torch.randn(size, generator=generator)
        matrix = _positive_definite(size, generator)
        cases.append({"matrix": matrix, "target": target, "num_iterations": num_iterations})
    return cases


def _search_inputs(generator: torch.Generator) -> Sequence[Arguments]:
    """Return line searches; powers of 2 are exact, so that a KL can lie on its limit."""
    by_hand = [
        ([0.5, 0.2, 0.1], [1.0, 0.5, 0.2], 0.25),
        ([0.5, 0.2, 0.1, 0.05], [0.9, -0.1, 0.3, 0.4], 0.25),
        ([0.5, 0.25, 0.1], [0.1, 0.2, 0.3], 0.25),
        ([0.2, 0.1, 0.05], [0.0, 0.0, 0.1], 0.25),
        ([0.1, 0.05], [0.1, -0.2], 0.25),
        ([0.9, 0.6, 0.3], [0.1, 0.1, 0.1], 0.25),
        ([0.2, 0.1, 0.05, 0.02], [-0.4, -0.3, -0.1, 0.0], 0.25),
    ]
    cases = [
        {"kl": torch.tensor(kl), "improvement": torch.tensor(improvement), "max_kl": max_kl}
        for kl, improvement, max_kl in by_hand
    ]
    for num_fractions in (1, 4, 6, 6, 8, 8):
        kl = torch.rand(num_fractions, generator=generator).sort(descending=True).values
        improvement = torch.randn(num_fractions, generator=generator)
        cases.append({"kl": kl, "improvement": improvement, "max_kl": 0.5})
    return cases


def kl_categorical(old: Tensor, new: Tensor) -> Tensor:
    """Return mean over states of Σ_a π_old(a|s) log (π_old(a|s) / π(a|s)).

    Args:
        old: (B, n), the probabilities of n actions in B states.
        new: (B, n), the same of the new policy.

    Returns:
        () in nats.
    """
    return (old * (old.log() - new.log())).sum(-1).mean()


def natural_step(gradient: Tensor, fisher: Tensor, max_kl: float) -> Tensor:
    """Return the step that raises a plane most within a limit on ½ sᵀF s.

        s = √(2δ / gᵀF⁻¹g) F⁻¹g

    Args:
        gradient: (P,), g.
        fisher: (P, P), F; symmetric and positive definite.
        max_kl: δ.

    Returns:
        (P,).

    Source: Schulman et al., "Trust Region Policy Optimization" (2015), appendix C.
    """
    direction: Tensor = torch.linalg.solve(fisher, gradient)
    return (2 * max_kl / (gradient @ direction)).sqrt() * direction


def conjugate_gradient(matrix: Tensor, target: Tensor, num_iterations: int) -> Tensor:
    """Return the guess at the solution of A x = b after some iterations from x = 0.

    Args:
        matrix: (P, P), A; symmetric and positive definite.
        target: (P,), b.
        num_iterations: as many are made, and no test ends them early.

    Returns:
        (P,).

    Source: Hestenes and Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems"
    (1952).
    """
    solution = torch.zeros_like(target)
    residual = direction = target
    for _ in range(num_iterations):
        bent = matrix @ direction
        length = (residual @ residual) / (direction @ bent)
        solution = solution + length * direction
        next_residual = residual - length * bent
        beta = (next_residual @ next_residual) / (residual @ residual)
        residual, direction = next_residual, next_residual + beta * direction
    return solution


def accepted_fraction(kl: Tensor, improvement: Tensor, max_kl: float) -> float:
    """Return the largest of the fractions 1, 1/2, 1/4, ... that keeps the limit and improves.

    Args:
        kl: (m,), the KL at each fraction of the step.
        improvement: (m,), of the surrogate at each fraction.
        max_kl: what the KL may be at most.

    Returns:
        The fraction; 0.0 if there is none.
    """
    for i in range(len(kl)):
        if kl[i] <= max_kl and improvement[i] > 0:
            return float(0.5**i)
    return 0.0


def _best_of_span(matrix: Tensor, target: Tensor, num_iterations: int) -> Tensor:
    """Return the same guess in another way: of all sums of b, A b, A² b, ... the best.

    It minimises ½ xᵀA x - bᵀx, whose minimum over all x is the solution of A x = b.
    """
    matrix, target = matrix.double(), target.double()
    span = torch.zeros(len(target), 0, dtype=torch.float64)
    for i in range(num_iterations):
        span = torch.column_stack([span, torch.linalg.matrix_power(matrix, i) @ target])
    weights: Tensor = torch.linalg.solve(span.T @ matrix @ span, span.T @ target)
    return span @ weights


def _f_kl_div_of_probabilities(old: Tensor, new: Tensor) -> Tensor:
    """Return what `torch.nn.functional.kl_div` makes of `new` where it wants its logarithm."""
    return (old * (old.log() - new)).sum(-1).mean()


def _mixture_kl(old: Tensor, new: Tensor) -> Tensor:
    middle = (old + new) / 2
    return (kl_categorical(old, middle) + kl_categorical(new, middle)) / 2


def _scaled(direction: Tensor, length: float) -> Tensor:
    return length * direction / direction.square().sum().sqrt()


def _to_limit(direction: Tensor, fisher: Tensor, max_kl: float) -> Tensor:
    """Return a step in some direction at which ½ sᵀF s is at its limit."""
    return (2 * max_kl / (direction @ fisher @ direction)).sqrt() * direction


def _by_gradient(direction: Tensor, gradient: Tensor, max_kl: float) -> Tensor:
    """Return a step scaled as if its direction were F⁻¹g."""
    return (2 * max_kl / (gradient @ direction)).sqrt() * direction


def _natural(gradient: Tensor, fisher: Tensor) -> tuple[Tensor, Tensor]:
    """Return F⁻¹g and gᵀF⁻¹g."""
    direction: Tensor = torch.linalg.solve(fisher, gradient)
    return direction, gradient @ direction


def _natural_with(scale: Answer) -> Answer:
    """Return a step of the right direction, times `scale(gᵀF⁻¹g, δ)`."""

    def step(gradient: Tensor, fisher: Tensor, max_kl: float) -> Tensor:
        direction, square = _natural(gradient, fisher)
        scaled: Tensor = scale(square, max_kl) * direction
        return scaled

    return step


def _slip_in_conjugate_gradient(slip: str) -> Answer:
    """Return conjugate gradient with one line wrong."""

    def solve(matrix: Tensor, target: Tensor, num_iterations: int) -> Tensor:
        solution = target if slip.startswith("from_target") else torch.zeros_like(target)
        residual = target - matrix @ target if slip == "from_target" else target
        direction = residual
        first_square = residual @ residual
        for _ in range(num_iterations + {"one_more": 1, "one_less": -1}.get(slip, 0)):
            square = first_square if slip == "stale_squares" else residual @ residual
            bent = matrix @ direction
            length = square / {
                "no_matrix": direction @ direction,
                "steepest_length": residual @ matrix @ residual,
            }.get(slip, direction @ bent)
            solution = solution + length * (residual if slip == "along_residual" else direction)
            lost = length * (direction if slip == "residual_without_matrix" else bent)
            next_residual = {
                "residual_kept": residual,
                "residual_grows": residual + lost,
            }.get(slip, residual - lost)
            next_square = next_residual @ next_residual
            beta = {
                "steepest": 0 * square,
                "beta_upside_down": square / next_square,
                "beta_minus": -next_square / square,
                "beta_1": next_square / next_square,
                "beta_root": (next_square / square).sqrt(),
                "stale_square": next_square / first_square,
            }.get(slip, next_square / square)
            if slip == "aliased" and direction is residual:
                direction = next_residual
            if slip != "direction_kept":
                start = residual if slip == "old_residual" else next_residual
                direction = start + beta * direction
            residual = next_residual
        return {"residual": residual, "direction": direction}.get(slip, solution)

    return solve


def _search(
    accepts: Answer, none: float | None = 0.0, fraction: Answer = lambda i: 0.5**i
) -> Answer:
    """Return a line search that takes the first of the fractions that `accepts` lets pass."""

    def search(kl: Tensor, improvement: Tensor, max_kl: float) -> float | None:
        for i in range(len(kl)):
            if accepts(kl[i], improvement[i], max_kl):
                return float(fraction(i))
        return none

    return search


def _both(kl: Tensor, improvement: Tensor, max_kl: float) -> Tensor:
    return (kl <= max_kl) & (improvement > 0)


def _chosen(choose: Answer) -> Answer:
    """Return a line search that picks one of the fractions that pass, from all that is known."""

    def search(kl: Tensor, improvement: Tensor, max_kl: float) -> float:
        passed = _both(kl, improvement, max_kl).nonzero().flatten()
        return float(0.5 ** choose(passed, improvement).item()) if len(passed) else 0.0

    return search


def _gives_up(kl: Tensor, improvement: Tensor, max_kl: float) -> float:
    """Return the first fraction within the limit, or 0 if that one does not improve."""
    for i in range(len(kl)):
        if kl[i] <= max_kl:
            return float(0.5**i) if improvement[i] > 0 else 0.0
    return 0.0


def _kl_itself(kl: Tensor, improvement: Tensor, max_kl: float) -> float:
    passed = _both(kl, improvement, max_kl)
    return float(kl[passed][0]) if passed.any() else 0.0


EXERCISES = (
    Exercise(
        name="kl_categorical",
        reference=kl_categorical,
        alternative=lambda old, new: kl_divergence(Categorical(old), Categorical(new)).mean(),
        wrong={
            "check.kl_categorical.reversed": lambda old, new: kl_categorical(new, old),
            "check.kl_categorical.negative": lambda old, new: -kl_categorical(old, new),
            "check.kl_categorical.weighted_by_new": lambda old, new: -kl_categorical(new, old),
            "check.kl_categorical.sum": lambda old, new: kl_categorical(old, new) * len(old),
            "check.kl_categorical.mean_of_all": lambda old, new: (old * (old / new).log()).mean(),
            "check.kl_categorical.largest": lambda old, new: (
                (old * (old / new).log()).sum(-1).max()
            ),
            "check.kl_categorical.no_weights": lambda old, new: (old / new).log().sum(-1).mean(),
            "check.kl_categorical.no_weights_mean": lambda old, new: (old / new).log().mean(),
            "check.kl_categorical.no_log": lambda old, new: (old * old / new).sum(-1).mean(),
            "check.kl_categorical.bits": lambda old, new: kl_categorical(old, new) / math.log(2),
            "check.kl_categorical.decimal": lambda old, new: (
                kl_categorical(old, new) / math.log(10)
            ),
            "check.kl_categorical.of_logs": lambda old, new: (
                (old * old.log() / new.log()).sum(-1).mean()
            ),
            "check.kl_categorical.half_distance": lambda old, new: (
                (old - new).abs().sum(-1).mean() / 2
            ),
            "check.kl_categorical.distance": lambda old, new: (old - new).abs().sum(-1).mean(),
            "check.kl_categorical.squares": lambda old, new: (old - new).square().sum(-1).mean(),
            "check.kl_categorical.cross_entropy": lambda old, new: (
                -(old * new.log()).sum(-1).mean()
            ),
            "check.kl_categorical.entropy": lambda old, new: -(old * old.log()).sum(-1).mean(),
            "check.kl_categorical.entropies": lambda old, new: (
                (old * old.log() - new * new.log()).sum(-1).mean()
            ),
            "check.kl_categorical.both_ways": lambda old, new: (
                kl_categorical(old, new) + kl_categorical(new, old)
            ),
            "check.kl_categorical.both_ways_halved": lambda old, new: (
                (kl_categorical(old, new) + kl_categorical(new, old)) / 2
            ),
            "check.kl_categorical.to_the_middle": _mixture_kl,
            "check.kl_categorical.as_logits": lambda old, new: kl_categorical(
                old.softmax(-1), new.softmax(-1)
            ),
            "check.kl_categorical.f_kl_div": _f_kl_div_of_probabilities,
            "check.kl_categorical.f_kl_div_swapped": lambda old, new: _f_kl_div_of_probabilities(
                new, old
            ),
            "check.kl_categorical.mean_and_sum_swapped": lambda old, new: (
                (old * (old / new).log()).mean(-1).sum()
            ),
            "check.kl_categorical.no_mean": lambda old, new: (old * (old / new).log()).sum(-1),
            "check.kl_categorical.by_state": lambda old, new: (old * (old / new).log()).sum(0),
            "check.kl_categorical.each_entry": lambda old, new: old * (old / new).log(),
        },
        inputs=_kl_inputs,
    ),
    Exercise(
        name="natural_step",
        reference=natural_step,
        alternative=lambda gradient, fisher, max_kl: _to_limit(
            torch.linalg.inv(fisher) @ gradient, fisher, max_kl
        ),
        wrong={
            "check.natural_step.no_root": _natural_with(lambda square, kl: 2 * kl / square),
            "check.natural_step.no_2": _natural_with(lambda square, kl: (kl / square).sqrt()),
            "check.natural_step.2_outside": _natural_with(
                lambda square, kl: 2 * (kl / square).sqrt()
            ),
            "check.natural_step.half": _natural_with(lambda square, kl: (kl / square / 2).sqrt()),
            "check.natural_step.upside_down": _natural_with(
                lambda square, kl: (square / (2 * kl)).sqrt()
            ),
            "check.natural_step.product": _natural_with(
                lambda square, kl: (2 * kl * square).sqrt()
            ),
            "check.natural_step.root_above": _natural_with(
                lambda square, kl: (2 * kl) ** 0.5 / square
            ),
            "check.natural_step.no_max_kl": _natural_with(lambda square, kl: (2 / square).sqrt()),
            "check.natural_step.unscaled": _natural_with(lambda square, kl: 1),
            "check.natural_step.max_kl_as_rate": _natural_with(lambda square, kl: kl),
            "check.natural_step.root_as_rate": _natural_with(lambda square, kl: (2 * kl) ** 0.5),
            "check.natural_step.negative": lambda *arguments: -natural_step(*arguments),
            "check.natural_step.no_inverse": lambda g, f, kl: _by_gradient(f @ g, g, kl),
            "check.natural_step.no_inverse_to_limit": lambda g, f, kl: _to_limit(f @ g, f, kl),
            "check.natural_step.no_inverse_by_inverse": lambda g, f, kl: (
                (2 * kl / _natural(g, f)[1]).sqrt() * (f @ g)
            ),
            "check.natural_step.plain_as_rate": lambda g, f, kl: kl * g,
            "check.natural_step.plain": lambda g, f, kl: _to_limit(g, f, kl),
            "check.natural_step.plain_by_inverse": lambda g, f, kl: (
                (2 * kl / _natural(g, f)[1]).sqrt() * g
            ),
            "check.natural_step.plain_length": lambda g, f, kl: _scaled(g, (2 * kl) ** 0.5),
            "check.natural_step.length_max_kl": lambda g, f, kl: _scaled(_natural(g, f)[0], kl),
            "check.natural_step.length_root": lambda g, f, kl: _scaled(
                _natural(g, f)[0], (2 * kl) ** 0.5
            ),
            "check.natural_step.length_root_no_2": lambda g, f, kl: _scaled(
                _natural(g, f)[0], kl**0.5
            ),
            "check.natural_step.by_gradient_square": lambda g, f, kl: (
                (2 * kl / (g @ g)).sqrt() * _natural(g, f)[0]
            ),
            "check.natural_step.by_inverse_square": lambda g, f, kl: _to_limit(
                _natural(g, f)[0], torch.linalg.inv(f), kl
            ),
            "check.natural_step.by_fisher_square": lambda g, f, kl: (
                (2 * kl / (g @ f @ g)).sqrt() * _natural(g, f)[0]
            ),
            "check.natural_step.diagonal": lambda g, f, kl: _by_gradient(g / f.diagonal(), g, kl),
            "check.natural_step.diagonal_to_limit": lambda g, f, kl: _to_limit(
                g / f.diagonal(), f, kl
            ),
            "check.natural_step.entries_inverted": lambda g, f, kl: _by_gradient(
                (1 / f) @ g, g, kl
            ),
            "check.natural_step.entries_inverted_to_limit": lambda g, f, kl: _to_limit(
                (1 / f) @ g, f, kl
            ),
        },
        inputs=_step_inputs,
    ),
    Exercise(
        name="conjugate_gradient",
        reference=conjugate_gradient,
        alternative=_best_of_span,
        wrong={
            **{
                f"check.conjugate_gradient.{slip}": _slip_in_conjugate_gradient(slip)
                for slip in (
                    "steepest",
                    "beta_upside_down",
                    "beta_minus",
                    "beta_1",
                    "beta_root",
                    "stale_squares",
                    "stale_square",
                    "residual_kept",
                    "residual_grows",
                    "residual_without_matrix",
                    "direction_kept",
                    "old_residual",
                    "along_residual",
                    "aliased",
                    "no_matrix",
                    "steepest_length",
                    "one_more",
                    "one_less",
                    "from_target",
                    "from_target_alone",
                    "residual",
                    "direction",
                )
            },
            "check.conjugate_gradient.exact": lambda matrix, target, n: torch.linalg.solve(
                matrix, target
            ),
        },
        inputs=_solve_inputs,
    ),
    Exercise(
        name="accepted_fraction",
        reference=accepted_fraction,
        alternative=lambda kl, improvement, max_kl: max(
            [0.5**i for i, ok in enumerate((kl <= max_kl) * (improvement > 0)) if ok], default=0.0
        ),
        wrong={
            "check.accepted_fraction.kl_alone": _search(lambda kl, gain, limit: kl <= limit),
            "check.accepted_fraction.gain_alone": _search(lambda kl, gain, limit: gain > 0),
            "check.accepted_fraction.either": _search(
                lambda kl, gain, limit: kl <= limit or gain > 0
            ),
            "check.accepted_fraction.no_gain_will_do": _search(
                lambda kl, gain, limit: kl <= limit and gain >= 0
            ),
            "check.accepted_fraction.below": _search(
                lambda kl, gain, limit: kl < limit and gain > 0
            ),
            "check.accepted_fraction.gain_upside_down": _search(
                lambda kl, gain, limit: kl <= limit and gain < 0
            ),
            "check.accepted_fraction.kl_upside_down": _search(
                lambda kl, gain, limit: kl >= limit and gain > 0
            ),
            "check.accepted_fraction.last": _chosen(lambda passed, gain: passed[-1]),
            "check.accepted_fraction.best": _chosen(
                lambda passed, gain: passed[gain[passed].argmax()]
            ),
            "check.accepted_fraction.best_of_all": lambda kl, gain, limit: (
                0.5 ** gain.argmax().item()
            ),
            "check.accepted_fraction.index": _search(_both, fraction=lambda i: i),
            "check.accepted_fraction.thirds": _search(_both, fraction=lambda i: 1 / (i + 1)),
            "check.accepted_fraction.doubled": _search(_both, fraction=lambda i: 2**i),
            "check.accepted_fraction.halved_at_once": _search(
                _both, fraction=lambda i: 0.5 ** (i + 1)
            ),
            "check.accepted_fraction.full_or_nothing": lambda kl, gain, limit: float(
                _both(kl[0], gain[0], limit)
            ),
            "check.accepted_fraction.smallest_for_none": lambda kl, gain, limit: (
                accepted_fraction(kl, gain, limit) or 0.5 ** (len(kl) - 1)
            ),
            "check.accepted_fraction.half_of_smallest_for_none": lambda kl, gain, limit: (
                accepted_fraction(kl, gain, limit) or 0.5 ** len(kl)
            ),
            "check.accepted_fraction.full_for_none": _search(_both, none=1.0),
            "check.accepted_fraction.nothing_for_none": _search(_both, none=None),
            "check.accepted_fraction.no_first": lambda kl, gain, limit: (
                0.5 ** _both(kl, gain, limit).nonzero()[0].item()
            ),
            "check.accepted_fraction.gives_up": _gives_up,
            "check.accepted_fraction.kl_itself": _kl_itself,
            "check.accepted_fraction.by_rule": lambda kl, gain, limit: min(
                1.0, (limit / kl[0].item()) ** 0.5
            ),
        },
        inputs=_search_inputs,
    ),
)
