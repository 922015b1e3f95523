"""The exercises of lesson 02: KL, the natural step, conjugate gradient, a line search."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Categorical, kl_divergence

from ppo_lib.course.checks.exercise import Arguments, Exercise, edit


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
    square = gradient @ direction
    return (2 * max_kl / square).sqrt() * direction


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
    square = residual @ residual
    for _ in range(num_iterations):
        bent = matrix @ direction
        length = square / (direction @ bent)
        solution = solution + length * direction
        residual = residual - length * bent
        old_square, square = square, residual @ residual
        direction = residual + square / old_square * direction
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


def _to_limit(direction: Tensor, fisher: Tensor, max_kl: float) -> Tensor:
    """Return a step in some direction at which ½ sᵀF s is at its limit."""
    return (2 * max_kl / (direction @ fisher @ direction)).sqrt() * direction


# fmt: off
EXERCISES = (
    Exercise(
        name="kl_categorical",
        reference=kl_categorical,
        alternative=lambda old, new: kl_divergence(Categorical(old), Categorical(new)).mean(),
        inputs=_kl_inputs,
        right=(
            "Values agree for every shape tried. Yours is 0 where the policies agree, and above 0 "
            "elsewhere."
        ),
        wrong=(
            ("kl_categorical.reversed", lambda old, new: kl_categorical(new, old),
             "Old and new have changed places, and a KL is not symmetric. Which of the policies "
             "has drawn the actions?"),
            ("kl_categorical.negative", edit("return (", "return -("),
             "The size is right and the sign is not: a KL is never below 0."),
            ("kl_categorical.weighted_by_new", edit("old *", "new *"),
             "The logarithm is right, its weights are not. Which of the policies has drawn the "
             "actions?"),
            ("kl_categorical.sum", edit("mean", "sum"),
             "You add the states up. A limit on that would depend on the size of the batch."),
            ("kl_categorical.mean_of_all", edit(".sum(-1)", ""),
             "The mean has gone over the actions too, as mean() of a whole matrix does. The "
             "formula has a mean over the states, and over the actions?"),
            ("kl_categorical.largest", edit("mean", "max"),
             "You take the state where the policy has changed most. TRPO's theory does so; its "
             "practice and this exercise take the mean."),
            ("kl_categorical.no_weights", edit("old * ", ""),
             "Each action counts alike, however rare it is. What weighs the logarithms?"),
            ("kl_categorical.no_weights_mean", edit("old * ", "", ".sum(-1)", ""),
             "This is a plain mean of the logarithms over states and actions. What weighs an "
             "action, and is it a mean over them?"),
            ("kl_categorical.no_log", edit("old.log() - new.log()", "old / new"),
             "The logarithm is missing: yours is 1 where nothing has changed."),
            ("kl_categorical.bits", edit("old.log", "old.log2", "new.log", "new.log2"),
             "These are bits: the logarithm has base 2. A KL in nats has the natural one."),
            ("kl_categorical.decimal", edit("old.log", "old.log10", "new.log", "new.log10"),
             "The logarithm has base 10. A KL in nats has the natural one."),
            ("kl_categorical.of_logs", edit("- new", "/ new"),
             "You divide the logarithms. The logarithm of a quotient is a difference of "
             "logarithms."),
            ("kl_categorical.half_distance", lambda old, new: (old - new).abs().sum(-1).mean() / 2,
             "This is the total variation, half the sum of the differences. There is no "
             "logarithm in it."),
            ("kl_categorical.distance", lambda old, new: (old - new).abs().sum(-1).mean(),
             "This is the sum of the differences, whatever their sign. There is no logarithm in "
             "it."),
            ("kl_categorical.squares", lambda old, new: (old - new).square().sum(-1).mean(),
             "These are squared differences. From 0.5 to 0.4 is as far in them as from 0.1 to 0; "
             "a KL tells the two apart."),
            ("kl_categorical.cross_entropy", edit("old.log() - ", "-"),
             "This is the cross-entropy, which is not 0 where nothing has changed. What has to "
             "go from it?"),
            ("kl_categorical.entropy", edit("old.log() - new", "-old"),
             "This is the old policy's entropy. The new one does not enter."),
            ("kl_categorical.entropies",
             edit("(old.log() - new.log())", "old.log() - new * new.log()"),
             "This is the difference of two entropies, and policies that do the opposite can "
             "have the same one. Look at the weights of the second logarithm."),
            ("kl_categorical.both_ways", lambda p, q: kl_categorical(p, q) + kl_categorical(q, p),
             "You add the KL from old to new and that from new to old. One of them is asked for."),
            ("kl_categorical.both_ways_halved",
             lambda p, q: (kl_categorical(p, q) + kl_categorical(q, p)) / 2,
             "You average the KL from old to new and that from new to old. One of them is asked "
             "for."),
            ("kl_categorical.to_the_middle",
             lambda p, q: (kl_categorical(p, (p + q) / 2) + kl_categorical(q, (p + q) / 2)) / 2,
             "This is the Jensen-Shannon divergence, by way of the mean of both policies. A KL "
             "goes from one to the other."),
            ("kl_categorical.as_logits",
             lambda old, new: kl_categorical(old.softmax(-1), new.softmax(-1)),
             "A softmax has gone over the probabilities, as Categorical(logits=...) does it. "
             "They are probabilities already."),
            ("kl_categorical.f_kl_div", edit("new.log()", "new"),
             "The new policy enters without a logarithm. If you called F.kl_div: in which form "
             "does it want its first argument?"),
            ("kl_categorical.f_kl_div_swapped",
             lambda old, new: (new * (new.log() - old)).sum(-1).mean(),
             "The old policy enters without a logarithm, and the new one has its place. If you "
             "called F.kl_div: what does it want as its first argument?"),
            ("kl_categorical.mean_and_sum_swapped", edit("sum(-1).mean()", "mean(-1).sum()"),
             "The sum and the mean have changed places: which of them is over the actions, and "
             "which over the states?"),
            ("kl_categorical.no_mean", edit(".mean()", ""),
             "A number for each state is right so far. Their mean is asked for."),
            ("kl_categorical.by_state", edit("sum(-1).mean()", "sum(0)"),
             "The sum has gone over the states, and a number for each action is left. Which axis "
             "is which?"),
            ("kl_categorical.each_entry", edit(".sum(-1).mean()", ""),
             "A term for each state and action is right so far. A sum and a mean are missing."),
        ),
    ),
    Exercise(
        name="natural_step",
        reference=natural_step,
        alternative=lambda gradient, fisher, max_kl: _to_limit(
            torch.linalg.inv(fisher) @ gradient, fisher, max_kl
        ),
        inputs=_step_inputs,
        right="Half of sᵀF s is max_kl, and no other step within the limit gains more.",
        wrong=(
            ("natural_step.no_root", edit(".sqrt()", ""),
             "The root is missing. Try a gradient twice as large: the step should stay as it is."),
            ("natural_step.no_2", edit("2 * ", ""),
             "Your step gets to half the limit. Near the old policy, what is the KL of a step s?"),
            ("natural_step.2_outside", edit("(2 * ", "2 * ("),
             "Your step gets to twice the limit: the 2 stands outside the root."),
            ("natural_step.half", edit("2 * max_kl", "max_kl / 2"),
             "Your step gets to a quarter of the limit: there is a 2 on the wrong side."),
            ("natural_step.upside_down", edit("2 * max_kl / square", "square / (2 * max_kl)"),
             "The quotient under the root is upside down. A larger max_kl should give a longer "
             "step."),
            ("natural_step.product", edit("/ square", "* square"),
             "Under the root you multiply where the formula divides. Try a gradient twice as "
             "large: the step should stay as it is."),
            ("natural_step.root_above", edit(" / square).sqrt()", ") ** 0.5 / square"),
             "The root ends too early. Try a gradient twice as large: the step should stay as it "
             "is."),
            ("natural_step.no_max_kl", edit(" * max_kl", ""),
             "max_kl does not enter: the step is the same for every limit."),
            ("natural_step.unscaled", edit("(2 * max_kl / square).sqrt() * ", ""),
             "The direction is right. Its length is still whatever it happens to be: how large "
             "is the KL, and how large may it be?"),
            ("natural_step.max_kl_as_rate", edit("(2 * max_kl / square).sqrt()", "max_kl"),
             "The direction is right, and max_kl multiplies it as a learning rate would. It is a "
             "limit for the step's KL."),
            ("natural_step.root_as_rate", edit(" / square).sqrt()", ") ** 0.5"),
             "The direction is right, and a root multiplies it as a learning rate would. The KL "
             "of the bare direction has no part in it."),
            ("natural_step.negative", edit("return ", "return -"),
             "The sign is turned: this step goes downhill, and the objective is to be made large."),
            ("natural_step.no_inverse",
             edit("torch.linalg.solve(fisher, gradient)", "fisher @ gradient"),
             "You multiply the gradient by the Fisher matrix. Where the KL bends most, a step "
             "should be shortest: does yours do that?"),
            ("natural_step.no_inverse_to_limit", lambda g, f, kl: _to_limit(f @ g, f, kl),
             "The length fits your direction, but that is the gradient times the Fisher matrix. "
             "Where the KL bends most, a step should be shortest."),
            ("natural_step.no_inverse_by_inverse", edit("* direction", "* (fisher @ gradient)"),
             "The factor is right, and it multiplies the gradient times the Fisher matrix. Which "
             "direction was it made for?"),
            ("natural_step.plain_as_rate", lambda g, f, kl: kl * g,
             "This is the plain gradient, with max_kl as a learning rate. The Fisher matrix does "
             "not enter."),
            ("natural_step.plain", _to_limit,
             "The step gets to the limit, along the plain gradient. The ellipse has a better "
             "point than that."),
            ("natural_step.plain_by_inverse", edit("* direction", "* gradient"),
             "The factor is right, and it multiplies the plain gradient. Which direction was it "
             "made for?"),
            ("natural_step.plain_length", lambda g, f, kl: (2 * kl) ** 0.5 * g / g.norm(),
             "This is the plain gradient, cut to a length. The Fisher matrix does not enter."),
            ("natural_step.length_max_kl",
             edit("(2 * max_kl / square).sqrt()", "max_kl / direction.norm()"),
             "The direction is right, and its length is max_kl on a ruler. The limit is one on "
             "the KL, which the Fisher matrix measures."),
            ("natural_step.length_root", edit("gradient @", "direction @"),
             "The direction is right, and its length is measured on a ruler. The limit is one on "
             "the KL, which the Fisher matrix measures."),
            ("natural_step.length_root_no_2", edit("gradient @", "direction @", "2 * ", ""),
             "The direction is right, and its length is the root of max_kl on a ruler. The limit "
             "is one on the KL, which the Fisher matrix measures."),
            ("natural_step.by_gradient_square", edit("@ direction", "@ gradient"),
             "The direction is right. The quotient under the root has the gradient's own square, "
             "and the Fisher matrix has no part in that."),
            ("natural_step.by_inverse_square",
             edit("gradient @", "torch.linalg.solve(fisher, direction) @"),
             "The direction is right. Under the root its KL is measured by the inverse of the "
             "Fisher matrix: there is an inverse too many."),
            ("natural_step.by_fisher_square", edit("@ direction", "@ fisher @ gradient"),
             "The direction is right. The quotient under the root would fit the plain gradient: "
             "what is it for the direction that you take?"),
            ("natural_step.diagonal",
             edit("torch.linalg.solve(fisher, gradient)", "gradient / fisher.diagonal()"),
             "Only the diagonal of the Fisher matrix enters. The other entries say how the "
             "parameters work together."),
            ("natural_step.diagonal_to_limit", lambda g, f, kl: _to_limit(g / f.diagonal(), f, kl),
             "The length fits your direction, but only the diagonal of the Fisher matrix made "
             "that. The other entries say how the parameters work together."),
            ("natural_step.entries_inverted",
             edit("torch.linalg.solve(fisher, gradient)", "(1 / fisher) @ gradient"),
             "You invert the matrix entry by entry. Its inverse is the matrix that undoes it: "
             "see torch.linalg."),
            ("natural_step.entries_inverted_to_limit",
             lambda g, f, kl: _to_limit((1 / f) @ g, f, kl),
             "The length fits your direction, but you invert the matrix entry by entry. Its "
             "inverse is the matrix that undoes it: see torch.linalg."),
        ),
    ),
    Exercise(
        name="conjugate_gradient",
        reference=conjugate_gradient,
        alternative=_best_of_span,
        inputs=_solve_inputs,
        right=(
            "The same guess as the course's after every number of iterations tried, and nothing "
            "was inverted for it."
        ),
        wrong=(
            ("conjugate_gradient.steepest", edit(" + square / old_square * direction", ""),
             "Each new direction is the residual alone. That is steepest descent, whose steps "
             "undo each other."),
            ("conjugate_gradient.beta_upside_down",
             edit("square / old_square", "old_square / square"),
             "The factor of the old direction is upside down: yours is large where the residual "
             "has become small."),
            ("conjugate_gradient.beta_minus", edit("residual + square", "residual - square"),
             "The old direction enters with the wrong sign."),
            ("conjugate_gradient.beta_1", edit("square / old_square * ", ""),
             "The factor of the old direction is always 1: both of its squares belong to the "
             "same residual."),
            ("conjugate_gradient.beta_root",
             edit("square / old_square", "(square / old_square).sqrt()"),
             "The factor of the old direction is a quotient of lengths. It is one of squared "
             "lengths."),
            ("conjugate_gradient.stale_squares",
             edit("old_square, square = square,", "next_square =",
                  "square / old_square", "next_square / square"),
             "The first step is right, the second is not. The square of the residual is taken "
             "once, at the start, and it goes on changing."),
            ("conjugate_gradient.stale_square",
             edit("square = residual", "first = square = residual", "/ old_square", "/ first"),
             "The first step is right, and so is the length of the second; its direction is not. "
             "A square in its factor is still that of the first residual."),
            ("conjugate_gradient.residual_kept", edit(" - length * bent", ""),
             "The residual stays what it was at the start. After each step, less of b is left."),
            ("conjugate_gradient.residual_grows", edit("residual - length", "residual + length"),
             "The residual moves the wrong way. It is b - A x: what does a step of x do to it?"),
            ("conjugate_gradient.residual_without_matrix",
             edit("length * bent", "length * direction"),
             "The residual moves by the step of x itself. It is b - A x: by how much does that "
             "change?"),
            ("conjugate_gradient.direction_kept", edit("residual + square / old_square * ", ""),
             "Every step goes along the first direction. When does it turn?"),
            ("conjugate_gradient.aliased", edit("residual = residual -", "residual -="),
             "An update in place (-= or +=) has moved the direction along with the residual. Are "
             "these two tensors, or two names of one?"),
            ("conjugate_gradient.old_residual",
             edit("residual = residual -", "old, residual = residual, residual -",
                  "residual + square", "old + square"),
             "The new direction is made from the old residual. There is a newer one."),
            ("conjugate_gradient.along_residual", edit("length * direction", "length * residual"),
             "The guess moves along the residual. The length of the step was made for the "
             "direction."),
            ("conjugate_gradient.no_matrix", edit("@ bent", "@ direction"),
             "The matrix has no part in the length of a step. How far is it to the bottom along "
             "a direction that bends more?"),
            ("conjugate_gradient.steepest_length",
             edit("direction @ bent", "residual @ matrix @ residual"),
             "The length of a step is that of steepest descent, along the residual. Along what "
             "do you go?"),
            ("conjugate_gradient.one_more",
             edit("range(num_iterations", "range(num_iterations + 1"),
             "You make one iteration too many: with num_iterations = 0, x should be 0."),
            ("conjugate_gradient.one_less",
             edit("range(num_iterations", "range(num_iterations - 1"),
             "You make one iteration too few: with num_iterations = 1, x is still 0."),
            ("conjugate_gradient.from_target",
             edit("torch.zeros_like(target)", "target",
                  "direction = target", "direction = target - matrix @ target"),
             "You start from x = b. The first guess is x = 0."),
            ("conjugate_gradient.from_target_alone", edit("torch.zeros_like(target)", "target"),
             "You start from x = b with the residual that belongs to x = 0. What is the first "
             "guess?"),
            ("conjugate_gradient.residual", edit("return solution", "return residual"),
             "This is the residual, what is left of b. The guess x is asked for."),
            ("conjugate_gradient.direction", edit("return solution", "return direction"),
             "This is the next direction. The guess x is asked for."),
            ("conjugate_gradient.exact",
             lambda matrix, target, n: torch.linalg.solve(matrix, target),
             "This is the exact solution. After num_iterations the guess isn't there yet; and "
             "TRPO has no matrix to give to a solver."),
        ),
    ),
    Exercise(
        name="accepted_fraction",
        reference=accepted_fraction,
        alternative=lambda kl, improvement, max_kl: max(
            [0.5**i for i, ok in enumerate((kl <= max_kl) * (improvement > 0)) if ok], default=0.0
        ),
        inputs=_search_inputs,
        right="The largest step that holds the limit and gains: TRPO decides as you do.",
        wrong=(
            ("accepted_fraction.kl_alone", edit(" and improvement[i] > 0", ""),
             "You look at the KL alone. A step within the limit can still make the surrogate "
             "worse."),
            ("accepted_fraction.gain_alone", edit("kl[i] <= max_kl and ", ""),
             "You look at the improvement alone. A step beyond the limit is one that the "
             "surrogate can't judge."),
            ("accepted_fraction.either", edit(" and ", " or "),
             "For you, one of the conditions is enough. A step has to meet both."),
            ("accepted_fraction.no_gain_will_do", edit("> 0", ">= 0"),
             "A step with an improvement of 0 passes with you. Is that an improvement?"),
            ("accepted_fraction.below", edit("<=", "<"),
             "A step whose KL is max_kl exactly fails with you. The KL may be that at most."),
            ("accepted_fraction.gain_upside_down", edit("> 0", "< 0"),
             "The steps that pass with you are those that make the surrogate worse."),
            ("accepted_fraction.kl_upside_down", edit("<=", ">="),
             "The steps that pass with you are those that break the limit on the KL."),
            ("accepted_fraction.last", edit("range(len(kl))", "reversed(range(len(kl)))"),
             "You return the smallest of the fractions that pass. If you wrote a loop: when may "
             "it stop?"),
            ("accepted_fraction.best",
             edit("range(len(kl))", "improvement.argsort(descending=True)"),
             "Of the fractions that pass you return the one with the best improvement. The "
             "largest is asked for."),
            ("accepted_fraction.best_of_all", lambda kl, gain, limit: 0.5 ** gain.argmax().item(),
             "You return the fraction with the best improvement, whatever its KL. The largest "
             "that passes is asked for."),
            ("accepted_fraction.index", edit("0.5**i", "i"),
             "You return how often the step was halved. The fraction itself is asked for."),
            ("accepted_fraction.thirds", edit("0.5**i", "1 / (i + 1)"),
             "Your fractions are 1, 1/2, 1/3 and so on. Each is half of the one before."),
            ("accepted_fraction.doubled", edit("0.5**i", "2**i"),
             "Your fractions are 1, 2, 4 and so on: they should shrink."),
            ("accepted_fraction.halved_at_once", edit("0.5**i", "0.5 ** (i + 1)"),
             "Each of your fractions is half of what it should be. The full step is tried first."),
            ("accepted_fraction.full_or_nothing", edit("range(len(kl))", "range(1)"),
             "Where the full step fails you return 0. If you wrote a loop: does it return too "
             "early?"),
            ("accepted_fraction.smallest_for_none", edit("0.0", "0.5 ** (len(kl) - 1)"),
             "Where no fraction passes you return the smallest one, and it fails like the "
             "others. The policy should stay where it is then."),
            ("accepted_fraction.half_of_smallest_for_none", edit("0.0", "0.5 ** len(kl)"),
             "Where no fraction passes you return one that nobody has tried, half of the "
             "smallest. The policy should stay where it is then."),
            ("accepted_fraction.full_for_none", edit("0.0", "1.0"),
             "Where no fraction passes you return the full step. The policy should stay where it "
             "is then."),
            ("accepted_fraction.nothing_for_none", edit("0.0", "None"),
             "Where no fraction passes the function returns nothing. Which fraction leaves the "
             "policy where it is?"),
            ("accepted_fraction.no_first", edit("return 0.0", "raise IndexError"),
             "Right, until no fraction passes: then there is no first one, and the function "
             "stops with an IndexError. What should it return?"),
            ("accepted_fraction.gives_up",
             edit(" and improvement[i] > 0", "", "0.5**i", "0.5**i * (improvement[i] > 0)"),
             "You look at the first fraction within the limit, and give up if it is no "
             "improvement. A smaller one may be."),
            ("accepted_fraction.kl_itself", edit("0.5**i", "kl[i]"),
             "You return the KL of the fraction that passes. The fraction itself is asked for."),
            ("accepted_fraction.by_rule",
             lambda kl, gain, limit: min(1.0, (limit / kl[0].item()) ** 0.5),
             "You compute a fraction from the KL of the full step, as if the KL were a parabola. "
             "A line search goes by what was measured."),
        ),
    ),
)
# fmt: on
