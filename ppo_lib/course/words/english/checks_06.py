"""What the checks of lesson 06 say."""

STRINGS: dict[str, str] = {
    "check.categorical_log_prob.right": (
        "Values and gradients agree, for logits of 200 and -200 too."
    ),
    "check.categorical_log_prob.logit": (
        "This is the action's logit. The exponentials of a state's logits do not sum to 1 yet: "
        "what is missing?"
    ),
    "check.categorical_log_prob.probability": (
        "This is the probability of the action. Its logarithm is asked for."
    ),
    "check.categorical_log_prob.wrong_axis": (
        "The softmax runs over the states. It is the actions of one state whose probabilities sum "
        "to 1: which axis is that?"
    ),
    "check.categorical_log_prob.wrong_axis_apart": (
        "The softmax runs over the states. It is the actions of one state whose probabilities sum "
        "to 1: which axis is that? (And a probability that has become 0 has no logarithm.)"
    ),
    "check.categorical_log_prob.whole_batch": (
        "You normalise over the whole batch at once. Each state has a distribution of its own."
    ),
    "check.categorical_log_prob.whole_batch_apart": (
        "You normalise over the whole batch at once. Each state has a distribution of its own. "
        "(And exp(200) is infinite in a 32-bit float.)"
    ),
    "check.categorical_log_prob.likeliest": (
        "This is the log-probability of the likeliest action, whichever was taken. Where do "
        "actions come in?"
    ),
    "check.categorical_log_prob.sum_over_actions": (
        "You add up the log-probabilities of all actions. One of them was taken in each state."
    ),
    "check.categorical_log_prob.mean_over_actions": (
        "You average the log-probabilities of all actions. One of them was taken in each state."
    ),
    "check.categorical_log_prob.all_actions": (
        "All log-probabilities are right, and all are returned. One action was taken in each "
        "state: pick it."
    ),
    "check.categorical_log_prob.crossed": (
        "Your index takes every action taken for every state, B times B numbers. Each row needs "
        "only the action of that row."
    ),
    "check.categorical_log_prob.rows": (
        "Your index picks rows. An action is the number of a column."
    ),
    "check.categorical_log_prob.column": (
        "The numbers are right, the shape is (B, 1). Together with advantages of shape (B,) it "
        "would become (B, B)."
    ),
    "check.categorical_log_prob.overflow": (
        "Right, until the logits become large: exp(200) is infinite in a 32-bit float, and "
        "infinity over infinity is no number. Which function takes softmax and logarithm in one?"
    ),
    "check.categorical_log_prob.log_of_0": (
        "Right, until a probability becomes 0 in a 32-bit float: its logarithm is minus infinity. "
        "Which function takes softmax and logarithm in one?"
    ),
    "check.categorical_log_prob.log_of_sum": (
        "Right, until the logits become large: exp(200) is infinite in a 32-bit float, and so is "
        "the logarithm of a sum with it. Which function takes all three steps in one?"
    ),
    "check.categorical_log_prob.clamped": (
        "Right, until a probability falls below 1e-7: there Categorical stops it, if it is given "
        "probabilities. What else does it take?"
    ),
    "check.categorical_log_prob.plus_epsilon": (
        "Right, until a probability becomes as small as the number you add: then the logarithm is "
        "that number's. Which function takes softmax and logarithm in one?"
    ),
    "check.categorical_log_prob.share": (
        "You divide the logits by their sum. They may be negative: what makes them positive first?"
    ),
    "check.categorical_log_prob.as_probs": (
        "Categorical has taken your logits for probabilities, which are its first argument. Say "
        "by name what you give it."
    ),
    "check.categorical_log_prob.twice": (
        "A softmax has gone over the logits twice. What you passed on were probabilities already."
    ),
    "check.categorical_log_prob.negative": (
        "The size is right and the sign is not: a log-probability is never above 0. If you called "
        "cross_entropy: it returns the negative."
    ),
    "check.categorical_log_prob.cross_entropy": (
        "This is the cross-entropy: the negative log-probability, averaged over the batch. Each "
        "state's own is asked for, with its sign."
    ),
    "check.categorical_log_prob.mean": (
        "You return one number, the mean over the batch. Each state has a log-probability of its "
        "own."
    ),
    "check.categorical_log_prob.sum": (
        "You return one number, the sum over the batch. Each state has a log-probability of its "
        "own."
    ),
    "check.categorical_log_prob.detached": (
        "The values are right, but no gradient reaches the logits: this policy could not learn. "
        "Where is it cut off?"
    ),
    "check.gaussian_log_prob.right": (
        "Values and gradients agree, for one dimension and for several."
    ),
    "check.gaussian_log_prob.mean_over_dimensions": (
        "You average over the action's dimensions. Independent densities are multiplied: what does "
        "that mean for their logarithms?"
    ),
    "check.gaussian_log_prob.each_dimension": (
        "A number for each dimension is right so far. The action as a whole has one: how do "
        "logarithms of independent densities combine?"
    ),
    "check.gaussian_log_prob.sum_of_all": (
        "You add up the states too. Each state has a log-probability of its own."
    ),
    "check.gaussian_log_prob.mean_of_batch": (
        "You return one number, the mean over the batch. Each state has a log-probability of its "
        "own."
    ),
    "check.gaussian_log_prob.mean_of_all": (
        "You return one number, the mean of everything. Each state has a log-probability of its "
        "own, and over the dimensions it is no mean."
    ),
    "check.gaussian_log_prob.wrong_axis": (
        "The sum runs over the states, and a number for each dimension is left. Which axis is "
        "which?"
    ),
    "check.gaussian_log_prob.divided_by_log": (
        "You divide the distance by log_std. The standard deviation belongs there: what undoes a "
        "logarithm?"
    ),
    "check.gaussian_log_prob.log_std_as_std": (
        "You take log_std for the standard deviation itself, in both places, and its logarithm "
        "again. What undoes a logarithm?"
    ),
    "check.gaussian_log_prob.log_std_in_normal": (
        "Normal wants the standard deviation. You gave it the logarithm, which may be negative."
    ),
    "check.gaussian_log_prob.log_of_log": (
        "The distance is right. In the second term you take the logarithm of log_std, which is one "
        "already."
    ),
    "check.gaussian_log_prob.std_for_log_std": (
        "In the second term you subtract the standard deviation. Its logarithm belongs there."
    ),
    "check.gaussian_log_prob.not_squared": (
        "The distance is not squared: an action on one side of the mean would be the likelier, the "
        "further away it is."
    ),
    "check.gaussian_log_prob.plus_square": (
        "The square has the wrong sign: yours grows with the distance from the mean."
    ),
    "check.gaussian_log_prob.no_half": "The square lacks its factor of one half.",
    "check.gaussian_log_prob.no_log_std": (
        "log_std is missing from the sum. Without it every action becomes likelier when the spread "
        "grows, and nothing would hold the spread back."
    ),
    "check.gaussian_log_prob.plus_log_std": (
        "log_std is added. Does a wide Gaussian lie higher or lower at its mean than a narrow one?"
    ),
    "check.gaussian_log_prob.half_log_std": (
        "You subtract half of log_std. Does your one half belong to the logarithm of the variance?"
    ),
    "check.gaussian_log_prob.twice_log_std": (
        "You subtract twice log_std, the logarithm of the variance. Which factor stands in front "
        "of that one?"
    ),
    "check.gaussian_log_prob.no_2_pi": (
        "The constant with 2 pi is missing. A ratio would not notice; the log-probability itself "
        "is off by it."
    ),
    "check.gaussian_log_prob.whole_log_2_pi": (
        "You subtract the whole of log(2 pi). The density has the root of 2 pi below its line."
    ),
    "check.gaussian_log_prob.plus_2_pi": (
        "The constant with 2 pi is added. The density is divided by that root."
    ),
    "check.gaussian_log_prob.square_alone": (
        "This is what stands in the exponent. The density has a factor in front of it: take its "
        "logarithm too."
    ),
    "check.gaussian_log_prob.variance": (
        "Your standard deviation is the square of the right one: you take the variance for it, in "
        "both places."
    ),
    "check.gaussian_log_prob.std_as_variance": (
        "Your variance is exp(log_std). That is the standard deviation."
    ),
    "check.gaussian_log_prob.multiplied": (
        "You multiply the distance by the standard deviation. A wide Gaussian should mind a "
        "distance less, not more."
    ),
    "check.gaussian_log_prob.std_for_variance": (
        "You square the distance and divide by the standard deviation, which is not squared with "
        "it."
    ),
    "check.gaussian_log_prob.not_divided": (
        "The distance from the mean is not divided by the standard deviation."
    ),
    "check.gaussian_log_prob.no_mean": (
        "The mean has no effect: you square the action itself, not its distance from the mean."
    ),
    "check.gaussian_log_prob.constant_once": (
        "The constant with 2 pi is subtracted once. How many Gaussians are multiplied?"
    ),
    "check.gaussian_log_prob.log_std_summed_twice": (
        "The sum of log_std over the dimensions is subtracted in each dimension. You sum it twice."
    ),
    "check.gaussian_log_prob.density": (
        "This is the density of the action. Its logarithm is asked for."
    ),
    "check.gaussian_log_prob.sum_of_densities": (
        "You add up the densities of the dimensions. Densities are multiplied; it is the "
        "logarithms that are added."
    ),
    "check.gaussian_log_prob.negative": (
        "The size is right and the sign is not: yours is largest for the least likely action."
    ),
    "check.gaussian_log_prob.log_std_detached": (
        "The values are right, but no gradient reaches log_std: the spread could not be learnt."
    ),
    "check.gaussian_log_prob.mean_detached": (
        "The values are right, but no gradient reaches the mean: the policy could not learn where "
        "to go."
    ),
    "check.gaussian_log_prob.std_detached": (
        "The values are right, but log_std gets only a part of its gradient. It stands in two "
        "terms: in which of them is it cut off?"
    ),
    "check.gaussian_log_prob.detached": (
        "The values are right, but no gradient reaches mean or log_std: this policy could not "
        "learn. Where is it cut off?"
    ),
    "check.categorical_entropy.right": (
        "Values and gradients agree: 0 where one action is certain, log n where all n are alike."
    ),
    "check.categorical_entropy.negative": (
        "The size is right and the sign is not: an entropy is never below 0. The minus that makes "
        "a loss of it comes later, in one place."
    ),
    "check.categorical_entropy.bits": (
        "These are bits: the logarithm has base 2. An entropy in nats has the natural one."
    ),
    "check.categorical_entropy.decimal": (
        "The logarithm has base 10. An entropy in nats has the natural one."
    ),
    "check.categorical_entropy.mean_over_actions": (
        "You average over the actions. The probabilities are the weights already, so it is a sum."
    ),
    "check.categorical_entropy.share_of_most": (
        "You divide by log n, the most that n actions can have. The entropy itself is asked for, "
        "in nats."
    ),
    "check.categorical_entropy.from_uniform": (
        "This is log n less the entropy: 0 where all actions are alike. An entropy is largest "
        "there."
    ),
    "check.categorical_entropy.mean": (
        "You return one number, the mean over the batch. Each state has an entropy of its own."
    ),
    "check.categorical_entropy.sum": (
        "You return one number, the sum over the batch. Each state has an entropy of its own."
    ),
    "check.categorical_entropy.each_action": (
        "A term for each action is right so far. What joins them to one number for each state?"
    ),
    "check.categorical_entropy.no_weights": (
        "Each action's logarithm counts alike, however rare the action is. What weighs them?"
    ),
    "check.categorical_entropy.no_weights_mean": (
        "This is a plain average of the logarithms. A rare action should weigh little: what weighs "
        "them?"
    ),
    "check.categorical_entropy.likeliest": (
        "This is the surprise at the likeliest action. The entropy is the surprise expected over "
        "all of them."
    ),
    "check.categorical_entropy.squares": (
        "This is 1 less the sum of the squares, Gini's measure. There is no logarithm in it."
    ),
    "check.categorical_entropy.log_of_squares": (
        "You take the logarithm of a sum of squares, which is a relative of the entropy. In the "
        "one asked for, each action has a logarithm of its own."
    ),
    "check.categorical_entropy.wrong_axis": (
        "The softmax runs over the states. It is the actions of one state whose probabilities sum "
        "to 1: which axis is that?"
    ),
    "check.categorical_entropy.by_column": (
        "Softmax and sum both run over the states, and a number for each action is left. Which "
        "axis is which?"
    ),
    "check.categorical_entropy.by_action": (
        "The sum runs over the states, and a number for each action is left. Which axis is which?"
    ),
    "check.categorical_entropy.log_of_0": (
        "Right, until a probability becomes 0 in a 32-bit float: 0 times minus infinity is no "
        "number, and such an action should count 0. Which function gives logarithms that stay "
        "finite?"
    ),
    "check.categorical_entropy.slope_at_0": (
        "The values are right, but where a probability is 0 its logarithm has no finite slope, and "
        "the gradient is no number. Which function gives logarithms that stay finite?"
    ),
    "check.categorical_entropy.overflow": (
        "Right, until the logits become large: exp(200) is infinite in a 32-bit float, and "
        "infinity over infinity is no number. Which functions take care of that?"
    ),
    "check.categorical_entropy.share": (
        "You divide the logits by their sum. They may be negative: what makes them positive first?"
    ),
    "check.categorical_entropy.as_probs": (
        "Categorical has taken your logits for probabilities, which are its first argument. Say "
        "by name what you give it."
    ),
    "check.categorical_entropy.raw_logits": (
        "The weights are right. What they weigh are the raw logits: log-probabilities belong there."
    ),
    "check.categorical_entropy.logits_as_weights": (
        "The logarithms are right. What weighs them are the raw logits: probabilities belong there."
    ),
    "check.categorical_entropy.of_logits": (
        "You take the logits for probabilities. What turns them into such?"
    ),
    "check.categorical_entropy.logits_as_logs": (
        "You take the logits for log-probabilities. Their exponentials do not sum to 1 yet."
    ),
    "check.categorical_entropy.twice": (
        "A softmax has gone over the logits twice. What you passed on were probabilities already."
    ),
    "check.categorical_entropy.exponential": (
        "This is the exponential of the entropy, as it were the number of actions in play. The "
        "entropy itself is asked for."
    ),
    "check.categorical_entropy.detached": (
        "The values are right, but no gradient reaches the logits: a bonus on it would have no "
        "effect. Where is it cut off?"
    ),
    "check.categorical_entropy.weights_detached": (
        "The values are right, their gradient is not: the probabilities, too, depend on the "
        "logits. Where are they cut off?"
    ),
    "check.value_loss.right": "Values and gradients agree, for every size tried.",
    "check.value_loss.half": (
        "You return half of the mean squared error. Some programs do; here no factor is hidden, "
        "and vf_coef alone weighs the loss."
    ),
    "check.value_loss.sum": (
        "You add the squares up. With a sum, a batch twice as large takes a step twice as large."
    ),
    "check.value_loss.half_sum": (
        "You return half of the sum of the squares. The loss is their mean, with no other factor."
    ),
    "check.value_loss.no_mean": (
        "Each sample's squared error is right. The loss is one number, their mean."
    ),
    "check.value_loss.absolute": (
        "This is the mean absolute error, which leads to the median of the returns. A value is "
        "their mean, and that is where the squares lead."
    ),
    "check.value_loss.huber": (
        "Errors above 1 count in proportion and not by their square: this is Huber's loss. The "
        "mean squared error is asked for."
    ),
    "check.value_loss.root": (
        "You take the root of the mean. The loss is the mean of the squares itself."
    ),
    "check.value_loss.norm": (
        "This is the length of the vector of errors, the root of the sum of their squares. The "
        "loss is the mean of the squares."
    ),
    "check.value_loss.negative": (
        "The size is right and the sign is not. A loss is made small: yours would drive the values "
        "away from the returns."
    ),
    "check.value_loss.not_squared": (
        "The errors are not squared, so that those of opposite sign cancel."
    ),
    "check.value_loss.not_squared_reversed": (
        "The errors are not squared, so that those of opposite sign cancel; and to make yours "
        "small, the values would grow without end."
    ),
    "check.value_loss.square_of_mean": (
        "You average first and square then, so that errors of opposite sign cancel before they "
        "count."
    ),
    "check.value_loss.squares_apart": (
        "You square values and returns apart. It is their difference that is squared."
    ),
    "check.value_loss.added": "You add values and returns. An error is a difference.",
    "check.value_loss.largest": (
        "This is the largest of the squared errors. The mean over all samples is asked for."
    ),
    "check.value_loss.no_returns": (
        "The returns have no effect: yours pulls every value towards 0."
    ),
    "check.value_loss.old_for_returns": (
        "You compare with old_values, what the critic said before. What should it have said?"
    ),
    "check.value_loss.old_for_values": (
        "You compare old_values with the returns. Those are numbers of the past; which argument "
        "can the critic still change?"
    ),
    "check.value_loss.clipped": (
        "This is another loss, in which the change of the values is clipped. It comes from "
        "OpenAI's baselines; the exercise, like the paper, asks for the plain squared error."
    ),
    "check.value_loss.clipped_half": (
        "This is half of another loss, in which the change of the values is clipped. It comes from "
        "OpenAI's baselines; the exercise, like the paper, asks for the plain squared error."
    ),
    "check.value_loss.clip_alone": (
        "You clip the change of the values, and take the clipped ones alone. Once a value has "
        "moved out of the band, it gets no gradient; no clip is asked for here."
    ),
    "check.value_loss.detached": (
        "The value is right, but no gradient reaches values: this critic could not learn. Where is "
        "it cut off?"
    ),
    "check.total_loss.right": "The value and all three gradients agree.",
    "check.total_loss.objective": (
        "This is the objective, to be made large. The optimiser makes its number small: what turns "
        "one into the other?"
    ),
    "check.total_loss.surrogate_lowered": (
        "The surrogate has the wrong sign: making yours small makes good actions rarer."
    ),
    "check.total_loss.critic_raised": (
        "The critic's loss has the wrong sign: making yours small makes the critic worse."
    ),
    "check.total_loss.entropy_lowered": (
        "The entropy has the wrong sign: making yours small makes the policy less random."
    ),
    "check.total_loss.minus_on_first": (
        "The minus has reached the surrogate alone. It stands in front of the whole bracket."
    ),
    "check.total_loss.all_added": (
        "All three are added. Ask of each whether it should grow or shrink, when this number is "
        "made small."
    ),
    "check.total_loss.entropy_alone_right": (
        "Two signs are wrong, the surrogate's and the critic's. Ask of each whether it should grow "
        "or shrink, when this number is made small."
    ),
    "check.total_loss.no_vf_coef": "vf_coef has no effect. Which term does it weigh?",
    "check.total_loss.no_ent_coef": "ent_coef has no effect. Which term does it weigh?",
    "check.total_loss.no_coefs": "The signs are right; neither coefficient has any effect.",
    "check.total_loss.coefs_swapped": (
        "The two coefficients have changed places. vf is short for value function."
    ),
    "check.total_loss.vf_on_surrogate": (
        "vf_coef weighs the surrogate. It belongs to the critic's loss; the surrogate has no "
        "coefficient."
    ),
    "check.total_loss.ent_on_surrogate": (
        "ent_coef weighs the surrogate. It belongs to the entropy; the surrogate has no "
        "coefficient."
    ),
    "check.total_loss.fixed_coefs": (
        "Right for coefficients of 0.5 and 0.01 and for no others: numbers stand where vf_coef and "
        "ent_coef belong."
    ),
    "check.total_loss.half": (
        "The critic's loss is halved once more. vf_coef is the only factor it has."
    ),
    "check.total_loss.entropy_weighed_twice": (
        "vf_coef weighs the entropy as well. Where does your bracket close?"
    ),
    "check.total_loss.no_entropy": "The entropy is missing.",
    "check.total_loss.no_critic": "The critic's loss is missing.",
    "check.total_loss.no_surrogate": "The surrogate is missing: the policy would not learn to act.",
    "check.total_loss.surrogate_alone": (
        "This is the surrogate's part alone. The critic's loss and the entropy are missing."
    ),
    "check.total_loss.surrogate_detached": (
        "The value is right, but no gradient flows through the surrogate: the policy would not "
        "learn to act."
    ),
    "check.total_loss.critic_detached": (
        "The value is right, but no gradient flows through the critic's loss: the critic would not "
        "learn."
    ),
    "check.total_loss.entropy_detached": (
        "The value is right, but no gradient flows through the entropy: the bonus would have no "
        "effect."
    ),
    "check.total_loss.numbers": (
        "The value is right, but it carries no gradient at all: nothing would learn. Is there an "
        "item, a float or a detach?"
    ),
    "check.repaired_value_loss.right": (
        "The bug is gone: each value meets its own return, in B errors and not in B times B."
    ),
    "check.repaired_value_loss.unchanged": (
        "The bug is still there: every value is compared with every return. What shape has the "
        "difference of values and returns?"
    ),
    "check.repaired_value_loss.sum_of_pairs": (
        "Every value is still compared with every return, and the squares are now added up. What "
        "shape has the difference of values and returns?"
    ),
    "check.repaired_value_loss.pairs_by_size": (
        "Every value is still compared with every return. You divide by B, but B times B squares "
        "went into the sum."
    ),
    "check.repaired_value_loss.pairs_by_return": (
        "Every value is still compared with every return, and you average over the values alone. "
        "The shape must be mended before the difference is taken."
    ),
    "check.repaired_value_loss.pairs_by_value": (
        "Every value is still compared with every return, and you average over the returns alone. "
        "The shape must be mended before the difference is taken."
    ),
    "check.repaired_value_loss.mean_value": (
        "You average the values before they are compared. Each of them has a return of its own."
    ),
    "check.repaired_value_loss.mean_return": (
        "You average the returns before they are compared. Each value has a return of its own."
    ),
    "check.repaired_value_loss.first_value": (
        "Your index takes the first row, a single value, and compares it with every return. It is "
        "the first column that holds them all."
    ),
    "check.repaired_value_loss.first_return": (
        "Every value is compared with the first return. Each has a return of its own."
    ),
}
