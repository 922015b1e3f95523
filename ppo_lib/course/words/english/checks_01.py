"""What the checks of lesson 01 say."""

STRINGS: dict[str, str] = {
    "check.score.right": (
        "Values agree for every episode tried. The score is 0 on average, whatever p is: a policy "
        "learns from it only because good and bad episodes weigh it differently."
    ),
    "check.score.negative": (
        "The sign is turned: a step along yours makes the actions that were taken less likely."
    ),
    "check.score.mean": (
        "You take the mean over the steps. The logarithm of a product is a sum, and so is its "
        "derivative."
    ),
    "check.score.by_p": (
        "This is the derivative by p. The parameter is theta, and p depends on it: the chain rule "
        "has one more factor."
    ),
    "check.score.by_p_rights_only": (
        "This is the derivative by p, of the steps to the right alone. The parameter is theta, and "
        "a step to the left has a probability too."
    ),
    "check.score.by_p_lefts_up": (
        "You add up 1 over the probability of each action taken: the derivative by that "
        "probability. The parameter is theta; how does it change the probability of going left?"
    ),
    "check.score.rights_only": (
        "Only the steps to the right count. A step to the left has a probability too, and theta "
        "changes it."
    ),
    "check.score.lefts_only": (
        "Only the steps to the left count. A step to the right has a probability too, and theta "
        "changes it."
    ),
    "check.score.lefts_up": (
        "The sizes are right, the sign of a step to the left is not. Does a step to the left "
        "become more likely when theta grows?"
    ),
    "check.score.lefts_like_rights": (
        "A step to the left has the slope of a step to the right, with a minus. Differentiate its "
        "own log-probability."
    ),
    "check.score.last_step": "Only the last step counts. The sum goes over all of them.",
    "check.score.first_step": (
        "Only the first step counts. If you wrote a loop: does the function return inside it?"
    ),
    "check.score.log_prob": (
        "This is the sum of the log-probabilities itself. Its derivative by theta is asked for."
    ),
    "check.score.no_log": (
        "This adds up the derivatives of the probabilities. The score has those of their "
        "logarithms."
    ),
    "check.score.no_p": (
        "You count steps to the right less steps to the left, whatever p is. How much can log pi "
        "still grow where p is close to 1?"
    ),
    "check.score.rights": (
        "You count the steps to the right, whatever p is. How much can log pi still grow where p "
        "is close to 1?"
    ),
    "check.score.p_once": (
        "p enters once for the whole episode. Try two equal steps: their score should be twice "
        "that of one."
    ),
    "check.score.each_step": (
        "A number for each step is right so far. The score of an episode is a single number."
    ),
    "check.score.sigmoid_twice": (
        "The slope of the sigmoid, p (1 - p), is one factor too many. Differentiate log p by theta "
        "step by step: where does that factor go?"
    ),
    "check.score.p_for_theta": (
        "You put right through a sigmoid. It is a probability already, and not theta."
    ),
    "check.score.left_for_right": (
        "You take right for the probability of going left. It is that of action 1."
    ),
    "check.score.actions_swapped": (
        "The actions have changed places: 1 is a step to the right and 0 one to the left."
    ),
    "check.reinforce_objective.right": (
        "Values and gradients agree. This is the function that trains the agents of this lesson."
    ),
    "check.objective.no_mask": (
        "Every column counts, also those behind the end of an episode. Which argument knows where "
        "an episode ends?"
    ),
    "check.objective.mask_upside_down": (
        "Only the columns behind the end of an episode count. In the mask, True is a step that was "
        "taken."
    ),
    "check.objective.mean_over_steps": (
        "Each episode is divided by its number of steps. The formula has a mean over the episodes, "
        "and over the steps?"
    ),
    "check.objective.mean_over_columns": (
        "A mean has gone over the T columns, as mean() of a whole matrix does. The formula has a "
        "mean over the episodes, and over the steps?"
    ),
    "check.objective.mean_over_all_steps": (
        "You divide by the number of all steps taken. The mean is one over episodes."
    ),
    "check.objective.usual_loss": (
        "This has the minus of a loss, and it divides by the number of all steps taken. The "
        "objective has no minus, and its mean is one over episodes."
    ),
    "check.objective.sum": (
        "You add the episodes up. With a sum, a batch twice as large takes a step twice as large; "
        "the formula has a mean."
    ),
    "check.objective.negative": (
        "The size is right and the sign is not. This is an objective, to be made large; the minus "
        "that turns it into a loss comes later."
    ),
    "check.objective.probabilities": (
        "An exp has turned the log-probabilities into probabilities. The formula has the "
        "logarithms."
    ),
    "check.objective.product": (
        "An exp has turned each sum into the probability of the whole episode. The formula has the "
        "sum itself."
    ),
    "check.objective.log_twice": (
        "You take the logarithm of log_probs. They are logarithms already, and negative, so that "
        "theirs is no number."
    ),
    "check.objective.everyone_everyones": (
        "Each episode is credited with the returns of the whole batch. Only its own belongs to it: "
        "look at the shapes of what you multiply."
    ),
    "check.objective.apart": (
        "This is the mean return times the mean of the sums, or the mean over all pairs of an "
        "episode and a return. An episode belongs to its own return: multiply those first."
    ),
    "check.objective.wrong_axis": (
        "The returns are laid along the steps, which runs only where K equals T. There is one "
        "return for each episode: which shape must it meet?"
    ),
    "check.objective.baseline": (
        "The mean return is subtracted. A baseline has an exercise of its own; here the return "
        "counts as it is."
    ),
    "check.objective.normalised": (
        "The returns have been moved to mean 0 and stretched to spread 1. Here they count as they "
        "are."
    ),
    "check.objective.no_returns": (
        "The returns do not enter: good and bad episodes are made more likely alike."
    ),
    "check.objective.detached": (
        "The value is right, but no gradient reaches log_probs: this policy could not learn. Where "
        "is it cut off?"
    ),
    "check.objective.last_step": (
        "Only the last step of each episode is credited. Those before it led there."
    ),
    "check.objective.no_mean": (
        "A number for each episode is right so far. The objective is their mean."
    ),
    "check.subtract_baseline.right": (
        "Their mean is 0 now, and the differences between the episodes are what they were."
    ),
    "check.subtract_baseline.unchanged": (
        "The returns come back as they went in: a batch of good episodes still pushes every action "
        "up."
    ),
    "check.subtract_baseline.divided": (
        "You divide by the mean. A baseline moves the returns and does not stretch them."
    ),
    "check.subtract_baseline.normalised": (
        "The mean is gone, and the spread is scaled to 1 as well. Here the returns are moved and "
        "not stretched."
    ),
    "check.subtract_baseline.normalised_too": (
        "The mean is gone, and the spread (of all K, without the -1) is scaled to 1 as well. Here "
        "the returns are moved and not stretched."
    ),
    "check.subtract_baseline.by_spread": (
        "The spread is scaled to 1, and the mean is still there. It should be the other way round."
    ),
    "check.subtract_baseline.added": (
        "The returns have moved the wrong way: their mean has doubled."
    ),
    "check.subtract_baseline.negative": (
        "The sign is turned: the best episode has the smallest weight."
    ),
    "check.subtract_baseline.sum": (
        "You subtract the sum of the returns, which grows with the batch. A baseline lies among "
        "them."
    ),
    "check.subtract_baseline.median": (
        "You subtract the median. That is a baseline too, and not the one that is asked for."
    ),
    "check.subtract_baseline.max": (
        "You subtract the largest return, so that no episode has a weight above 0. What does the "
        "formula subtract?"
    ),
    "check.subtract_baseline.min": (
        "You subtract the smallest return, so that no episode has a weight below 0. What does the "
        "formula subtract?"
    ),
    "check.subtract_baseline.leave_one_out": (
        "Each return is compared with the mean of the others: a fine baseline, even an unbiased "
        "one. Asked for is one number for the whole batch."
    ),
    "check.subtract_baseline.up_to_now": (
        "You subtract the mean of the episodes up to this one. The whole batch is there already."
    ),
    "check.subtract_baseline.distance": (
        "This is how far a return is from the mean. Being below it should show."
    ),
    "check.subtract_baseline.cut_at_0": (
        "Episodes below the mean count 0. What should a bad episode do to the actions in it?"
    ),
    "check.subtract_baseline.one_number": (
        "You return the mean of the differences, and that is always 0. Each episode keeps a number "
        "of its own."
    ),
    "check.subtract_baseline.mean_alone": (
        "This is the baseline itself. What is left of each return without it?"
    ),
    "check.repaired_objective.right": (
        "The bug is gone: every action of an episode is credited with what came of it."
    ),
    "check.repaired_objective.unchanged": (
        "Still only the last action of an episode is credited. Write down the weight of each step "
        "of an episode of three: which are 0?"
    ),
    "check.repaired_objective.before": (
        "Each step is credited with the rewards before it, which are all 0. An action can't have "
        "caused what came before it."
    ),
    "check.repaired_objective.so_far": (
        "Each step is credited with the rewards up to it, and columns behind the end count too. An "
        "action can't have caused what came before it."
    ),
    "check.repaired_objective.flipped": (
        "Your sums come out in reversed order, so that a step gets what belongs to another. If you "
        "flipped the rewards: what is flipped has to be flipped back."
    ),
    "check.repaired_objective.loop_too_short": (
        "Episodes that fill all T columns are credited with 0. Does your sum or your loop leave "
        "the last column out?"
    ),
    "check.repaired_objective.other_axis": (
        "The rewards are added over the episodes. Which axis holds the steps?"
    ),
    "check.repaired_objective.last_column": (
        "You look for the return in the last column. Where does the reward of an episode lie that "
        "ended earlier?"
    ),
    "check.repaired_objective.largest": (
        "You take the largest reward of an episode. Where the last one is negative, that is a 0."
    ),
}
