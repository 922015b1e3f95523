"""What the checks of lesson 04 say."""

STRINGS: dict[str, str] = {
    "check.probability_ratio.right": "Values and gradients agree, for every shape tried.",
    "check.probability_ratio.no_exp": (
        "This is the logarithm of the ratio: 0 where nothing has changed, not 1. What undoes a "
        "logarithm?"
    ),
    "check.probability_ratio.upside_down": (
        "The ratio is upside down: yours is above 1 when the action has become less likely. The "
        "new policy belongs on top."
    ),
    "check.probability_ratio.of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.probability_ratio.difference": (
        "This is the difference of the two probabilities. How many times likelier is asked, not "
        "by how much."
    ),
    "check.probability_ratio.exp_of_quotient": (
        "The exponential is there, but inside it you divide the logarithms. A quotient of "
        "probabilities is a difference of logarithms."
    ),
    "check.probability_ratio.sum": (
        "The logarithms are added, which multiplies the probabilities. To divide, subtract."
    ),
    "check.probability_ratio.mean": (
        "You return one number. Each sample has a ratio of its own; the mean is taken later."
    ),
    "check.probability_ratio.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.probability_ratio.detached": (
        "The values are right, but no gradient reaches log_probs: this policy could not learn. "
        "Where is it cut off?"
    ),
    "check.clipped_term.right": "Values and gradients agree, for both signs of the advantage.",
    "check.clipped_term.without_advantage": (
        "This is the clipped ratio alone. The term is that ratio times the advantage."
    ),
    "check.clipped_term.around_0": (
        "The band lies around 0. A ratio of 1 means that nothing has changed, so the band lies "
        "around 1."
    ),
    "check.clipped_term.clips_product": (
        "You clip the product of ratio and advantage. Clip the ratio alone, then multiply: the "
        "band says how far a probability may move, whatever the advantage."
    ),
    "check.clipped_term.clips_advantage": (
        "You clip the advantage. It is the ratio that is held in the band; the advantage stays "
        "as it is."
    ),
    "check.clipped_term.no_low": "The upper edge of the band is there; the lower one is missing.",
    "check.clipped_term.no_high": "The lower edge of the band is there; the upper one is missing.",
    "check.clipped_term.unclipped": "Nothing is clipped: this is ratio times advantage.",
    "check.clipped_term.fixed_band": (
        "The band is right for a clip_range of 0.2 and for no other: numbers stand where "
        "clip_range belongs."
    ),
    "check.clipped_term.zero_outside": (
        "Outside the band you return 0. It is the slope that becomes 0 there; the term itself "
        "stays at the edge of the band."
    ),
    "check.clipped_term.mean": (
        "You return one number. Here each sample keeps its own; the mean comes last."
    ),
    "check.clipped_term.already_min": (
        "This is already the minimum of both terms. For now only the clipped term is asked for."
    ),
    "check.clipped_surrogate.right": (
        "Values and gradients agree in all six cases. This is the function that trains agents in "
        "this course."
    ),
    "check.surrogate.max_for_min": (
        "You take the larger of the two terms. The objective is the pessimistic one: which of the "
        "two is never too good to be true?"
    ),
    "check.surrogate.negative": (
        "The size is right and the sign is not. The surrogate is an objective, to be made large; "
        "the minus that turns it into a loss comes later, in one place."
    ),
    "check.surrogate.no_exp": (
        "Your ratio is a difference of log-probabilities, which is 0 where nothing has changed. "
        "What undoes the logarithm?"
    ),
    "check.surrogate.upside_down": (
        "Old and new have changed places: your ratio grows when the action becomes less likely."
    ),
    "check.surrogate.sum": (
        "You add the samples up. With a sum, a batch twice as large takes a step twice as large; "
        "the formula has a mean."
    ),
    "check.surrogate.clips_advantage": (
        "It is the advantage that you clip. The band holds the ratio; the advantage stays as it is."
    ),
    "check.surrogate.clips_advantage_around_0": (
        "It is the advantage that you clip, to a band around 0. The band lies around 1 and holds "
        "the ratio; the advantage stays as it is."
    ),
    "check.surrogate.no_min": (
        "This is the clipped term alone. Without the min, a sample that moved the wrong way out of "
        "the band has no gradient to bring it back."
    ),
    "check.surrogate.no_clip": (
        "Nothing is clipped: this is the mean of ratio times advantage, which has no limit."
    ),
    "check.surrogate.around_0": (
        "Your band lies around 0, from -clip_range to clip_range. Where does a ratio lie when "
        "nothing has changed?"
    ),
    "check.surrogate.fixed_band": (
        "The band is right for a clip_range of 0.2 and for no other: numbers stand where "
        "clip_range belongs."
    ),
    "check.surrogate.overflow": (
        "Right, until the probabilities become too small for a 32-bit float: at a log-probability "
        "of -200 both exponentials are 0, and their quotient is no number. Subtract first."
    ),
    "check.surrogate.half_a_loss": (
        "Both terms carry a minus, and the min of them is taken. A loss is the negative of the "
        "whole objective: with the signs turned, the min would have to become a max."
    ),
    "check.surrogate.masked": (
        "Samples outside the band count 0. They should count what the smaller of the two terms is; "
        "those that went the wrong way keep their slope."
    ),
    "check.surrogate.clips_log_ratio": (
        "You clip the logarithm of the ratio. The band from 1 - clip_range to 1 + clip_range is "
        "one for the ratio itself."
    ),
    "check.surrogate.edges_swapped": (
        "The lower edge of the clamp is above its upper one, so every ratio comes out the same."
    ),
    "check.surrogate.ratio_of_logs": (
        "Your ratio divides the logarithms. The logarithm of a quotient is a difference."
    ),
    "check.surrogate.clipped_without_advantage": (
        "The clipped ratio is not multiplied by the advantage before the min is taken."
    ),
    "check.surrogate.max_of_means": (
        "You average first and then take the max of two numbers. Two slips in one line: it is the "
        "min, and it belongs to each sample."
    ),
    "check.surrogate.clips_product": (
        "You clip the product of ratio and advantage. Clip the ratio first, then multiply."
    ),
    "check.surrogate.min_without_advantage": (
        "Your ratio is cut from above only, whatever the sign of the advantage. If you took "
        "the min of two ratios: a negative advantage turns their order round, so multiply by it "
        "first."
    ),
    "check.surrogate.min_of_means": (
        "You average first and take the min of two numbers. The min belongs to each sample; the "
        "mean comes last."
    ),
    "check.surrogate.no_mean": (
        "Each sample's term is right. The objective is one number, their mean."
    ),
    "check.surrogate.smallest": (
        "With one argument, torch.min returns the smallest sample. The mean over the samples is "
        "what is asked for."
    ),
    "check.surrogate.detached": (
        "The value is right, but no gradient reaches log_probs: this policy could not learn. "
        "Where is it cut off?"
    ),
    "check.repaired_surrogate.right": (
        "The bug is gone: the min is taken sample by sample, before the mean."
    ),
    "check.repaired_surrogate.unchanged": (
        "The bug is still there. Work it out for a batch of two samples of advantage 1, one far "
        "above the band and one far below. Which of them keeps a gradient?"
    ),
    "check.repaired_surrogate.half_unclipped": (
        "Half repaired: the unclipped term is still averaged before the min."
    ),
    "check.repaired_surrogate.half_clipped": (
        "Half repaired: the clipped term is still averaged before the min."
    ),
    "check.penalty_surrogate.right": (
        "Values and gradients agree: surrogate less penalty. Now choose a beta."
    ),
    "check.penalty_surrogate.other_estimate": (
        "mean(old - new) estimates the same KL, and rightly, with more noise. The exercise asks "
        "for approx_kl, whose terms are never below 0."
    ),
    "check.penalty_surrogate.added": (
        "The penalty is added, so that going far is rewarded. The objective is made large: what "
        "is unwanted is subtracted."
    ),
    "check.penalty_surrogate.still_clipped": (
        "The penalty is there, and so is a clip. In this variant nothing is clipped; beta weighs "
        "the penalty and is no band."
    ),
    "check.penalty_surrogate.clip_alone": (
        "The penalty is there, and so is a clip. In this variant nothing is clipped; beta weighs "
        "the penalty and is no band. (Nor is there a min.)"
    ),
    "check.penalty_surrogate.sum": "You add the samples up. The objective has their mean.",
    "check.penalty_surrogate.no_beta": "The penalty is there, but beta does not weigh it.",
    "check.penalty_surrogate.no_penalty": (
        "This is ratio times advantage alone. The penalty, beta times the KL, is missing."
    ),
    "check.penalty_surrogate.reversed": (
        "The KL's arguments have changed places: approx_kl takes the new log-probabilities first."
    ),
    "check.penalty_surrogate.detached": (
        "The value is right, but no gradient flows through the penalty: it could not hold "
        "anything back."
    ),
    "check.penalty_surrogate.negative": (
        "The size is right and the sign is not: this is an objective, to be made large."
    ),
    "check.penalty_surrogate.no_mean": (
        "You return a number for each sample. The objective is their mean."
    ),
}
