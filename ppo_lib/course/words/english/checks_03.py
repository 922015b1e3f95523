"""What the checks of lesson 03 say."""

STRINGS: dict[str, str] = {
    "check.weighted_estimate.right": (
        "Values and gradients agree. Old actions have told you what a new policy expects."
    ),
    "check.weighted_estimate.unweighted": (
        "This is the plain mean: what the old policy expects. How much oftener does the new one "
        "take each action?"
    ),
    "check.weighted_estimate.upside_down": (
        "The ratio is upside down: actions that have become less likely count more."
    ),
    "check.weighted_estimate.self_normalised": (
        "You divide by the sum of the ratios. That is a good estimate too, biased and often "
        "steadier; the one asked for is unbiased."
    ),
    "check.weighted_estimate.sum": (
        "You add the samples up. An expectation does not grow with the number of samples."
    ),
    "check.weighted_estimate.no_exp": (
        "The weights are logarithms of ratios: 0 where nothing has changed, and some below 0. What "
        "undoes a logarithm?"
    ),
    "check.weighted_estimate.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.weighted_estimate.apart": (
        "You multiply two means. A ratio belongs to the value of its own action, so the product "
        "comes first."
    ),
    "check.weighted_estimate.quotient_of_sums": (
        "You add up above and below and divide the sums. Each action has a ratio of its own: "
        "divide first."
    ),
    "check.weighted_estimate.new_alone": (
        "The weights are the new policy's probabilities. How often an action is among the samples "
        "is for the old policy to say."
    ),
    "check.weighted_estimate.old_alone": (
        "The weights are the old policy's probabilities, and the new one does not enter."
    ),
    "check.weighted_estimate.log_prob": (
        "You weigh with log-probabilities, as the policy gradient's objective does. Here a value "
        "is estimated, and the old policy has a part in it."
    ),
    "check.weighted_estimate.product": (
        "The logarithms are added, which multiplies the probabilities. The weight is a quotient."
    ),
    "check.weighted_estimate.difference": (
        "The weights are differences of probabilities. How many times likelier is asked, not by "
        "how much."
    ),
    "check.weighted_estimate.expected": (
        "This is an expectation over a list of all actions. These are samples: likely actions are "
        "in it more often already."
    ),
    "check.weighted_estimate.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.weighted_estimate.clipped": (
        "You hold the ratio in a band. That is the next lesson; here it counts as it is."
    ),
    "check.weighted_estimate.no_values": (
        "This is the mean of the ratios, which is about 1. The values do not enter."
    ),
    "check.weighted_estimate.detached": (
        "The value is right, but no gradient reaches log_probs. Where is it cut off?"
    ),
    "check.weighted_estimate.no_mean": (
        "A number for each sample is right so far. The estimate is their mean."
    ),
    "check.effective_sample_size.right": (
        "Equal ratios all count, and where one outweighs the rest, little more than one does."
    ),
    "check.effective_sample_size.share": (
        "This is a share of the samples. How many of them is that?"
    ),
    "check.effective_sample_size.upside_down": (
        "The quotient is upside down: four equal ratios should be worth four samples."
    ),
    "check.effective_sample_size.mean_of_1": (
        "This holds where the ratios have a mean of 1. Multiply them all by 2: the result should "
        "stay as it is."
    ),
    "check.effective_sample_size.not_normalised": (
        "This holds for weights whose sum is 1. Multiply all ratios by 2: the result should stay "
        "as it is."
    ),
    "check.effective_sample_size.softmax": (
        "A softmax takes exponentials, and the ratios are weights already. How else does a sum "
        "become 1?"
    ),
    "check.effective_sample_size.mean_above": (
        "Four equal ratios should be worth four samples, and with you they are worth a quarter of "
        "one. Is there a mean where a sum belongs?"
    ),
    "check.effective_sample_size.mean_below": (
        "Four equal ratios should be worth four samples, and with you they are worth 16. Is there "
        "a mean where a sum belongs?"
    ),
    "check.effective_sample_size.no_square": (
        "Multiply all ratios by 2: the result should stay as it is, and yours is halved. Is a "
        "square missing?"
    ),
    "check.effective_sample_size.second_to_first": (
        "Multiply all ratios by 2: the result should stay as it is, and yours is doubled. What is "
        "divided by what?"
    ),
    "check.effective_sample_size.root": (
        "This is the root of what is asked for: four equal ratios give you 2."
    ),
    "check.effective_sample_size.same_twice": (
        "The result is always 1. In which order are the ratios squared and added, above and below?"
    ),
    "check.effective_sample_size.count": "This counts the samples, whatever their ratios are.",
    "check.effective_sample_size.sum": (
        "This is the sum of the ratios. Four ratios of 2 should be worth four samples."
    ),
    "check.effective_sample_size.largest": (
        "You compare the sum with the largest ratio. That is a measure too; the one asked for "
        "looks at every ratio's square."
    ),
    "check.effective_sample_size.entropy": (
        "This is the exponential of the weights' entropy, another measure of the same thing. The "
        "one asked for has squares in it."
    ),
    "check.effective_sample_size.entropy_alone": (
        "This is the entropy of the weights, which counts no samples. Where are the squares?"
    ),
    "check.effective_sample_size.by_spread": (
        "You divide by 1 + the standard deviation. Multiply all ratios by 2: the result should "
        "stay as it is."
    ),
    "check.effective_sample_size.by_relative_spread": (
        "Two equal weights and many of 0 should be worth two samples. Is the spread squared?"
    ),
    "check.effective_sample_size.by_variance": (
        "You divide by 1 + the variance. Multiply all ratios by 2: the result should stay as it is."
    ),
    "check.effective_sample_size.by_plain_variance": (
        "This holds where the ratios have a mean of 1, which a batch seldom has. Multiply them all "
        "by 2: the result should stay as it is."
    ),
    "check.effective_sample_size.n_less_1": (
        "Very nearly: torch.var divides by N - 1 unless told otherwise."
    ),
    "check.trajectory_ratio.right": (
        "Values agree, also over 400 steps, where the probabilities themselves are too small to be "
        "written down."
    ),
    "check.trajectory_ratio.no_mask": (
        "Every column counts, also those behind the end of a trajectory. Which argument knows "
        "where it ends?"
    ),
    "check.trajectory_ratio.mask_upside_down": (
        "Only the columns behind the end of a trajectory count. In the mask, True is a step that "
        "was taken."
    ),
    "check.trajectory_ratio.mean_over_steps": (
        "You average over the steps, which gives a typical step's ratio. The probability of a "
        "trajectory is a product over all of its steps."
    ),
    "check.trajectory_ratio.mean_over_columns": (
        "You average over the T columns. The probability of a trajectory is a product over its "
        "steps: what does that become for logarithms?"
    ),
    "check.trajectory_ratio.sum_of_ratios": (
        "You add the ratios of the steps up. The probability of a trajectory is a product."
    ),
    "check.trajectory_ratio.sum_of_ratios_and_1s": (
        "You add the ratios of the steps up, with a 1 for each column behind the end. Which comes "
        "first, the sum or the exponential?"
    ),
    "check.trajectory_ratio.mean_of_ratios": (
        "This is the mean of the steps' ratios. The probability of a trajectory is a product."
    ),
    "check.trajectory_ratio.products": (
        "Right for short trajectories. The probability of 400 steps is too small for a float, so "
        "that you divide 0 by 0: can you get there without it?"
    ),
    "check.trajectory_ratio.masked_to_0": (
        "Behind the end of a trajectory your factors are 0, and so is their product. Which factor "
        "changes nothing?"
    ),
    "check.trajectory_ratio.probabilities_masked": (
        "Behind the end of a trajectory your probabilities are 0, and so is their product: you "
        "divide 0 by 0. Which factor changes nothing?"
    ),
    "check.trajectory_ratio.new_alone": (
        "This is the probability under the new policy alone. A ratio compares it with the old one."
    ),
    "check.trajectory_ratio.no_exp": (
        "This is the logarithm of the ratio: 0 where nothing has changed, not 1. What undoes it?"
    ),
    "check.trajectory_ratio.upside_down": (
        "The ratio is upside down: yours is above 1 where a trajectory has become less likely."
    ),
    "check.trajectory_ratio.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.trajectory_ratio.all_in_one": (
        "The sum has gone over all the trajectories at once. Each has a ratio of its own."
    ),
    "check.trajectory_ratio.mean": (
        "You average over the trajectories. Each has a ratio of its own, and there are K of them."
    ),
    "check.trajectory_ratio.last_step": (
        "This is the ratio of the last step alone. The steps before it are part of the trajectory."
    ),
    "check.trajectory_ratio.last_column": (
        "This is the ratio of the last column alone, and few trajectories get as far. All the "
        "steps that were taken have a part in it."
    ),
    "check.trajectory_ratio.each_step": (
        "A ratio for each step is right so far. What makes one of them out of all?"
    ),
    "check.trajectory_ratio.so_far": (
        "You return the ratio up to each step. The whole trajectory's is asked for."
    ),
    "check.trajectory_ratio.other_axis": (
        "The sum has gone over the trajectories, and a number for each column is left. Which axis "
        "holds the steps?"
    ),
    "check.repaired_cpi.right": (
        "The bug is gone: the ratio compares the policy with the one that has drawn the actions."
    ),
    "check.repaired_cpi.unchanged": (
        "The bug is still there: your ratio is 1 whatever the policy does. Which argument has no "
        "part in it?"
    ),
    "check.repaired_cpi.no_gradient_left": (
        "The ratio is always 1, and it has no gradient either: nobody learns from it. Which two "
        "policies should it compare?"
    ),
    "check.repaired_cpi.detach_moved": (
        "Your ratio is still always 1, and its gradient has turned round: the detach has moved. "
        "Which argument has no part in it?"
    ),
    "check.repaired_cpi.detached": (
        "The value is right, but no gradient reaches log_probs: this policy could not learn. Where "
        "is it cut off?"
    ),
    "check.repaired_cpi.upside_down": (
        "Old and new have changed places: your ratio grows when the action becomes less likely."
    ),
    "check.repaired_cpi.no_exp": (
        "Your ratio is a difference of log-probabilities, which is 0 where nothing has changed. "
        "What undoes the logarithm?"
    ),
    "check.repaired_cpi.of_logs": (
        "Your ratio divides the logarithms. The logarithm of a quotient is a difference."
    ),
    "check.repaired_cpi.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.repaired_cpi.new_alone": (
        "The new policy's probability alone weighs the advantages. The old one has drawn the "
        "actions, and has no part in it."
    ),
    "check.repaired_cpi.log_prob": (
        "This is the policy gradient's objective, log_probs times advantages. It does not ask "
        "which policy has drawn the actions."
    ),
    "check.repaired_cpi.weighted_log_prob": (
        "The gradient is right and the value is not: this can train, but it does not estimate what "
        "the new policy is worth. Does the ratio need a detach?"
    ),
    "check.repaired_cpi.clipped": (
        "This is the clipped surrogate, and it is the next lesson's. Here the ratio has no limit."
    ),
    "check.repaired_cpi.clip_alone": (
        "You hold the ratio in a band from 0.8 to 1.2. That is for the next lesson; here it has no "
        "limit."
    ),
    "check.repaired_cpi.sum": "You add the samples up. The objective has their mean.",
    "check.repaired_cpi.negative": (
        "The size is right and the sign is not: this is an objective, to be made large."
    ),
    "check.repaired_cpi.apart": (
        "You multiply two means. A ratio belongs to the advantage of its own action, so the "
        "product comes first."
    ),
    "check.repaired_cpi.centred": (
        "The mean advantage is subtracted. Here the advantages count as they are."
    ),
    "check.repaired_cpi.no_advantages": "The advantages do not enter: good and bad count alike.",
    "check.repaired_cpi.no_mean": (
        "A number for each sample is right so far. The objective is their mean."
    ),
}
