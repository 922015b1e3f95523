"""What the checks of lesson 02 say."""

STRINGS: dict[str, str] = {
    "check.kl_categorical.right": (
        "Values agree for every shape tried. Yours is 0 where the policies agree, and above 0 "
        "elsewhere."
    ),
    "check.kl_categorical.reversed": (
        "Old and new have changed places, and a KL is not symmetric. Which of the policies has "
        "drawn the actions?"
    ),
    "check.kl_categorical.negative": (
        "The size is right and the sign is not: a KL is never below 0."
    ),
    "check.kl_categorical.weighted_by_new": (
        "The logarithm is right, its weights are not. Which of the policies has drawn the actions?"
    ),
    "check.kl_categorical.sum": (
        "You add the states up. A limit on that would depend on the size of the batch."
    ),
    "check.kl_categorical.mean_of_all": (
        "The mean has gone over the actions too, as mean() of a whole matrix does. The formula has "
        "a mean over the states, and over the actions?"
    ),
    "check.kl_categorical.largest": (
        "You take the state where the policy has changed most. TRPO's theory does so; its practice "
        "and this exercise take the mean."
    ),
    "check.kl_categorical.no_weights": (
        "Each action counts alike, however rare it is. What weighs the logarithms?"
    ),
    "check.kl_categorical.no_weights_mean": (
        "This is a plain mean of the logarithms over states and actions. What weighs an action, "
        "and is it a mean over them?"
    ),
    "check.kl_categorical.no_log": (
        "The logarithm is missing: yours is 1 where nothing has changed."
    ),
    "check.kl_categorical.bits": (
        "These are bits: the logarithm has base 2. A KL in nats has the natural one."
    ),
    "check.kl_categorical.decimal": "The logarithm has base 10. A KL in nats has the natural one.",
    "check.kl_categorical.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.kl_categorical.half_distance": (
        "This is the total variation, half the sum of the differences. There is no logarithm in it."
    ),
    "check.kl_categorical.distance": (
        "This is the sum of the differences, whatever their sign. There is no logarithm in it."
    ),
    "check.kl_categorical.squares": (
        "These are squared differences. From 0.5 to 0.4 is as far in them as from 0.1 to 0; a KL "
        "tells the two apart."
    ),
    "check.kl_categorical.cross_entropy": (
        "This is the cross-entropy, which is not 0 where nothing has changed. What has to go from "
        "it?"
    ),
    "check.kl_categorical.entropy": "This is the old policy's entropy. The new one does not enter.",
    "check.kl_categorical.entropies": (
        "This is the difference of two entropies, and policies that do the opposite can have the "
        "same one. Look at the weights of the second logarithm."
    ),
    "check.kl_categorical.both_ways": (
        "You add the KL from old to new and that from new to old. One of them is asked for."
    ),
    "check.kl_categorical.both_ways_halved": (
        "You average the KL from old to new and that from new to old. One of them is asked for."
    ),
    "check.kl_categorical.to_the_middle": (
        "This is the Jensen-Shannon divergence, by way of the mean of both policies. A KL goes "
        "from one to the other."
    ),
    "check.kl_categorical.as_logits": (
        "A softmax has gone over the probabilities, as Categorical(logits=...) does it. They are "
        "probabilities already."
    ),
    "check.kl_categorical.f_kl_div": (
        "The new policy enters without a logarithm. If you called F.kl_div: in which form does it "
        "want its first argument?"
    ),
    "check.kl_categorical.f_kl_div_swapped": (
        "The old policy enters without a logarithm, and the new one has its place. If you called "
        "F.kl_div: what does it want as its first argument?"
    ),
    "check.kl_categorical.mean_and_sum_swapped": (
        "The sum and the mean have changed places: which of them is over the actions, and which "
        "over the states?"
    ),
    "check.kl_categorical.no_mean": (
        "A number for each state is right so far. Their mean is asked for."
    ),
    "check.kl_categorical.by_state": (
        "The sum has gone over the states, and a number for each action is left. Which axis is "
        "which?"
    ),
    "check.kl_categorical.each_entry": (
        "A term for each state and action is right so far. A sum and a mean are missing."
    ),
    "check.natural_step.right": (
        "Half of sᵀF s is max_kl, and no other step within the limit gains more."
    ),
    "check.natural_step.no_root": (
        "The root is missing. Try a gradient twice as large: the step should stay as it is."
    ),
    "check.natural_step.no_2": (
        "Your step gets to half the limit. Near the old policy, what is the KL of a step s?"
    ),
    "check.natural_step.2_outside": (
        "Your step gets to twice the limit: the 2 stands outside the root."
    ),
    "check.natural_step.half": (
        "Your step gets to a quarter of the limit: there is a 2 on the wrong side."
    ),
    "check.natural_step.upside_down": (
        "The quotient under the root is upside down. A larger max_kl should give a longer step."
    ),
    "check.natural_step.product": (
        "Under the root you multiply where the formula divides. Try a gradient twice as large: the "
        "step should stay as it is."
    ),
    "check.natural_step.root_above": (
        "The root ends too early. Try a gradient twice as large: the step should stay as it is."
    ),
    "check.natural_step.no_max_kl": "max_kl does not enter: the step is the same for every limit.",
    "check.natural_step.unscaled": (
        "The direction is right. Its length is still whatever it happens to be: how large is the "
        "KL, and how large may it be?"
    ),
    "check.natural_step.max_kl_as_rate": (
        "The direction is right, and max_kl multiplies it as a learning rate would. It is a limit "
        "for the step's KL."
    ),
    "check.natural_step.root_as_rate": (
        "The direction is right, and a root multiplies it as a learning rate would. The KL of the "
        "bare direction has no part in it."
    ),
    "check.natural_step.negative": (
        "The sign is turned: this step goes downhill, and the objective is to be made large."
    ),
    "check.natural_step.no_inverse": (
        "You multiply the gradient by the Fisher matrix. Where the KL bends most, a step should be "
        "shortest: does yours do that?"
    ),
    "check.natural_step.no_inverse_to_limit": (
        "The length fits your direction, but that is the gradient times the Fisher matrix. Where "
        "the KL bends most, a step should be shortest."
    ),
    "check.natural_step.no_inverse_by_inverse": (
        "The factor is right, and it multiplies the gradient times the Fisher matrix. Which "
        "direction was it made for?"
    ),
    "check.natural_step.plain_as_rate": (
        "This is the plain gradient, with max_kl as a learning rate. The Fisher matrix does not "
        "enter."
    ),
    "check.natural_step.plain": (
        "The step gets to the limit, along the plain gradient. The ellipse has a better point than "
        "that."
    ),
    "check.natural_step.plain_by_inverse": (
        "The factor is right, and it multiplies the plain gradient. Which direction was it made "
        "for?"
    ),
    "check.natural_step.plain_length": (
        "This is the plain gradient, cut to a length. The Fisher matrix does not enter."
    ),
    "check.natural_step.length_max_kl": (
        "The direction is right, and its length is max_kl on a ruler. The limit is one on the KL, "
        "which the Fisher matrix measures."
    ),
    "check.natural_step.length_root": (
        "The direction is right, and its length is measured on a ruler. The limit is one on the "
        "KL, which the Fisher matrix measures."
    ),
    "check.natural_step.length_root_no_2": (
        "The direction is right, and its length is the root of max_kl on a ruler. The limit is one "
        "on the KL, which the Fisher matrix measures."
    ),
    "check.natural_step.by_gradient_square": (
        "The direction is right. The quotient under the root has the gradient's own square, and "
        "the Fisher matrix has no part in that."
    ),
    "check.natural_step.by_inverse_square": (
        "The direction is right. Under the root its KL is measured by the inverse of the Fisher "
        "matrix: there is an inverse too many."
    ),
    "check.natural_step.by_fisher_square": (
        "The direction is right. The quotient under the root would fit the plain gradient: what is "
        "it for the direction that you take?"
    ),
    "check.natural_step.diagonal": (
        "Only the diagonal of the Fisher matrix enters. The other entries say how the parameters "
        "work together."
    ),
    "check.natural_step.diagonal_to_limit": (
        "The length fits your direction, but only the diagonal of the Fisher matrix made that. The "
        "other entries say how the parameters work together."
    ),
    "check.natural_step.entries_inverted": (
        "You invert the matrix entry by entry. Its inverse is the matrix that undoes it: see "
        "torch.linalg."
    ),
    "check.natural_step.entries_inverted_to_limit": (
        "The length fits your direction, but you invert the matrix entry by entry. Its inverse is "
        "the matrix that undoes it: see torch.linalg."
    ),
    "check.conjugate_gradient.right": (
        "The same guess as the course's after every number of iterations tried, and nothing was "
        "inverted for it."
    ),
    "check.conjugate_gradient.steepest": (
        "Each new direction is the residual alone. That is steepest descent, whose steps undo each "
        "other."
    ),
    "check.conjugate_gradient.beta_upside_down": (
        "The factor of the old direction is upside down: yours is large where the residual has "
        "become small."
    ),
    "check.conjugate_gradient.beta_minus": "The old direction enters with the wrong sign.",
    "check.conjugate_gradient.beta_1": (
        "The factor of the old direction is always 1: both of its squares belong to the same "
        "residual."
    ),
    "check.conjugate_gradient.beta_root": (
        "The factor of the old direction is a quotient of lengths. It is one of squared lengths."
    ),
    "check.conjugate_gradient.stale_squares": (
        "The first step is right, the second is not. The square of the residual is taken once, at "
        "the start, and it goes on changing."
    ),
    "check.conjugate_gradient.stale_square": (
        "The first step is right, and so is the length of the second; its direction is not. A "
        "square in its factor is still that of the first residual."
    ),
    "check.conjugate_gradient.residual_kept": (
        "The residual stays what it was at the start. After each step, less of b is left."
    ),
    "check.conjugate_gradient.residual_grows": (
        "The residual moves the wrong way. It is b - A x: what does a step of x do to it?"
    ),
    "check.conjugate_gradient.residual_without_matrix": (
        "The residual moves by the step of x itself. It is b - A x: by how much does that change?"
    ),
    "check.conjugate_gradient.direction_kept": (
        "Every step goes along the first direction. When does it turn?"
    ),
    "check.conjugate_gradient.aliased": (
        "An update in place (-= or +=) has moved the direction along with the residual. Are these "
        "two tensors, or two names of one?"
    ),
    "check.conjugate_gradient.old_residual": (
        "The new direction is made from the old residual. There is a newer one."
    ),
    "check.conjugate_gradient.along_residual": (
        "The guess moves along the residual. The length of the step was made for the direction."
    ),
    "check.conjugate_gradient.no_matrix": (
        "The matrix has no part in the length of a step. How far is it to the bottom along a "
        "direction that bends more?"
    ),
    "check.conjugate_gradient.steepest_length": (
        "The length of a step is that of steepest descent, along the residual. Along what do you "
        "go?"
    ),
    "check.conjugate_gradient.one_more": (
        "You make one iteration too many: with num_iterations = 0, x should be 0."
    ),
    "check.conjugate_gradient.one_less": (
        "You make one iteration too few: with num_iterations = 1, x is still 0."
    ),
    "check.conjugate_gradient.from_target": "You start from x = b. The first guess is x = 0.",
    "check.conjugate_gradient.from_target_alone": (
        "You start from x = b with the residual that belongs to x = 0. What is the first guess?"
    ),
    "check.conjugate_gradient.residual": (
        "This is the residual, what is left of b. The guess x is asked for."
    ),
    "check.conjugate_gradient.direction": "This is the next direction. The guess x is asked for.",
    "check.conjugate_gradient.exact": (
        "This is the exact solution. After num_iterations the guess isn't there yet; and TRPO has "
        "no matrix to give to a solver."
    ),
    "check.accepted_fraction.right": (
        "The largest step that holds the limit and gains: TRPO decides as you do."
    ),
    "check.accepted_fraction.kl_alone": (
        "You look at the KL alone. A step within the limit can still make the surrogate worse."
    ),
    "check.accepted_fraction.gain_alone": (
        "You look at the improvement alone. A step beyond the limit is one that the surrogate "
        "can't judge."
    ),
    "check.accepted_fraction.either": (
        "For you, one of the conditions is enough. A step has to meet both."
    ),
    "check.accepted_fraction.no_gain_will_do": (
        "A step with an improvement of 0 passes with you. Is that an improvement?"
    ),
    "check.accepted_fraction.below": (
        "A step whose KL is max_kl exactly fails with you. The KL may be that at most."
    ),
    "check.accepted_fraction.gain_upside_down": (
        "The steps that pass with you are those that make the surrogate worse."
    ),
    "check.accepted_fraction.kl_upside_down": (
        "The steps that pass with you are those that break the limit on the KL."
    ),
    "check.accepted_fraction.last": (
        "You return the smallest of the fractions that pass. If you wrote a loop: when may it stop?"
    ),
    "check.accepted_fraction.best": (
        "Of the fractions that pass you return the one with the best improvement. The largest is "
        "asked for."
    ),
    "check.accepted_fraction.best_of_all": (
        "You return the fraction with the best improvement, whatever its KL. The largest that "
        "passes is asked for."
    ),
    "check.accepted_fraction.index": (
        "You return how often the step was halved. The fraction itself is asked for."
    ),
    "check.accepted_fraction.thirds": (
        "Your fractions are 1, 1/2, 1/3 and so on. Each is half of the one before."
    ),
    "check.accepted_fraction.doubled": "Your fractions are 1, 2, 4 and so on: they should shrink.",
    "check.accepted_fraction.halved_at_once": (
        "Each of your fractions is half of what it should be. The full step is tried first."
    ),
    "check.accepted_fraction.full_or_nothing": (
        "Where the full step fails you return 0. If you wrote a loop: does it return too early?"
    ),
    "check.accepted_fraction.smallest_for_none": (
        "Where no fraction passes you return the smallest one, and it fails like the others. The "
        "policy should stay where it is then."
    ),
    "check.accepted_fraction.half_of_smallest_for_none": (
        "Where no fraction passes you return one that nobody has tried, half of the smallest. The "
        "policy should stay where it is then."
    ),
    "check.accepted_fraction.full_for_none": (
        "Where no fraction passes you return the full step. The policy should stay where it is "
        "then."
    ),
    "check.accepted_fraction.nothing_for_none": (
        "Where no fraction passes the function returns nothing. Which fraction leaves the policy "
        "where it is?"
    ),
    "check.accepted_fraction.no_first": (
        "Right, until no fraction passes: then there is no first one, and the function stops with "
        "an IndexError. What should it return?"
    ),
    "check.accepted_fraction.gives_up": (
        "You look at the first fraction within the limit, and give up if it is no improvement. A "
        "smaller one may be."
    ),
    "check.accepted_fraction.kl_itself": (
        "You return the KL of the fraction that passes. The fraction itself is asked for."
    ),
    "check.accepted_fraction.by_rule": (
        "You compute a fraction from the KL of the full step, as if the KL were a parabola. A line "
        "search goes by what was measured."
    ),
}
