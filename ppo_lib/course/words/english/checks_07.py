"""What the checks of lesson 07 say."""

STRINGS: dict[str, str] = {
    "check.part_differs": "What differs first: {part}.",
    "check.part_shape": "The shape is {got}, and {expected} was expected.",
    "check.not_a_tensor": "{name} must be a tensor, got {got}.",
    "check.no_end_here": (
        "infos holds this only after a step in which an episode ended. Is the line inside the "
        "loop over the environments that ended?"
    ),
    "check.name_taken": (
        "A tensor has taken the name of a function. Does a line above assign to the name of the "
        "loss function?"
    ),
    "check.step_too_early": (
        "The weights changed between computing the loss and calling backward. Which of the two "
        "comes first, backward or step?"
    ),
    "check.counters": (
        "counters, with episodes of {lengths} steps; an observation is [environment, step of the "
        "episode, number of the episode], a reward is environment + 1 + step / 4, and 1 / 2 more "
        "for action 1"
    ),
    "check.part.observations": "the observations of the rollout",
    "check.part.actions": "the actions of the rollout",
    "check.part.log_probs": "the log-probabilities",
    "check.part.rewards": "the rewards",
    "check.part.terminated": "the flags of termination",
    "check.part.truncated": "the flags of truncation",
    "check.part.values": "the values of the observations before the step",
    "check.part.next_values": "the values of the observations that the steps truly led to",
    "check.part.carried_on": "the observations that are returned to go on from",
    "check.part.episode_returns": "the scores of the episodes that ended (here in order of size)",
    "check.part.actions_taken": (
        "whether the actions in the rollout are those that the environments got (the policy is "
        "random here)"
    ),
    "check.part.chances_of_actions": (
        "whether the log-probabilities are those of the actions in the rollout (the policy is "
        "random here)"
    ),
    "check.part.explores": "whether the less likely action is drawn now and then",
    "check.part.generator_decides": "whether the same generator draws the same actions again",
    "check.part.batch_observations": "the observations of the batch",
    "check.part.batch_actions": "the actions of the batch",
    "check.part.batch_old_log_probs": "the old log-probabilities",
    "check.part.batch_old_values": "the old values",
    "check.part.batch_advantages": "the advantages",
    "check.part.batch_returns": "the returns",
    "check.part.loss": "the loss",
    "check.part.policy_gradient": "the gradient of the policy's weights (the loss itself is right)",
    "check.part.value_gradient": "the gradient of the critic's weights (the loss itself is right)",
    "check.part.loss_calls": "how often the loss function is called",
    "check.part.largest_minibatch": "the size of the largest minibatch",
    "check.part.smallest_minibatch": "the size of the smallest minibatch",
    "check.part.aligned": "whether all columns of a minibatch belong to the same samples",
    "check.part.minibatch_repeated": "whether a minibatch comes twice in a row",
    "check.part.each_once": "whether every epoch has every sample once",
    "check.part.in_order": "whether an epoch takes the samples in the batch's own order",
    "check.part.same_order": "whether two epochs have the same order",
    "check.part.neighbours_together": "whether all minibatches are neighbours in the batch",
    "check.part.generator_orders": "whether the same generator gives the same order again",
    "check.part.backwards": "how often backward is called",
    "check.part.stepped_first": "whether a step comes before the backward of its loss",
    "check.part.cut_early": "whether a gradient is cut before it is there",
    "check.part.cut_late": "whether a gradient is cut after its step",
    "check.part.steps": "how often the optimiser takes a step",
    "check.part.gradient_right": (
        "the number of steps whose gradient is the minibatch's own, cut to the norm"
    ),
    "check.part.gradient_none": "the number of steps without a gradient",
    "check.part.gradient_uncut": "the number of steps whose gradient is not cut",
    "check.part.gradient_by_value": "the number of steps whose gradient is cut number by number",
    "check.part.gradient_to_max": "the number of steps whose gradient is made longer",
    "check.part.gradient_added": "the number of steps whose gradient has an older one in it",
    "check.part.gradient_added_uncut": (
        "the number of steps whose gradient has an older one in it and is not cut"
    ),
    "check.part.gradient_other": "the number of steps whose gradient is of no known kind",
    "check.part.model_moved": "whether the model's weights change at all",
    "check.part.records": "the number of records",
    "check.part.iterations": "the number of the iteration in each record",
    "check.part.env_steps": "the environment steps in each record",
    "check.part.one_model": "whether all records have the same model",
    "check.part.policy_moves": "whether the policy's weights change in each iteration",
    "check.part.critic_moves": "whether the critic's weights change in each iteration",
    "check.part.episodes_end": "whether any episode's score is in the records",
    "check.part.observations_fresh": "whether the policy always sees where the environments stand",
    "check.part.episodes_go_on": "whether an episode may last longer than one rollout",
    "check.part.seed_decides": "whether the same seed gives the same run again",
    "check.part.seed_matters": "whether another seed gives another run",
    "check.part.optimizer_kept": "whether the optimiser remembers earlier iterations",
    "check.part.annealed": "whether the steps are much smaller at the end than at the start",
    "check.collect_rollout.right": (
        "All fields agree, at episodes' ends of both kinds too, and so do the observations to go "
        "on from."
    ),
    "check.collect_rollout.no_rollout": "The first thing returned must be a Rollout, got {got}.",
    "check.collect_rollout.after_step": (
        "The observations stored are those after the step. A row holds the ones in which the "
        "action was chosen."
    ),
    "check.collect_rollout.stands_still": (
        "Every step is taken from the first observations. What a step returns is where the next "
        "one starts."
    ),
    "check.collect_rollout.from_reset": (
        "You reset the environments. An episode may last longer than a rollout, so go on from the "
        "observations that you are given."
    ),
    "check.collect_rollout.returns_first": (
        "The rollout is right, but you return the observations that you were given. Where do the "
        "environments stand after the last step?"
    ),
    "check.collect_rollout.returns_last_stored": (
        "The rollout is right, but you return the observations before the last step. Where do the "
        "environments stand after it?"
    ),
    "check.collect_rollout.overwritten": (
        "The final observations have got into the next step. Your successors share their memory "
        "with the observations, so that changing the one changes the other: what makes a copy?"
    ),
    "check.collect_rollout.next_of_reset": (
        "At an episode's end, next_values judges the first observation of the next episode. Where "
        "does the step's own last observation lie?"
    ),
    "check.collect_rollout.final_for_all": (
        "As soon as one episode ends, all environments get what lies in final_obs. It holds an "
        "observation only for those that ended."
    ),
    "check.collect_rollout.next_0_at_terminated": (
        "next_values is 0 where an episode terminated. The mask comes later, in the TD error; a "
        "rollout holds V of the last observation itself."
    ),
    "check.collect_rollout.next_0_at_ends": (
        "next_values is 0 at every end. After a truncation the value of the last observation is "
        "needed, and at a termination the TD error has its own mask."
    ),
    "check.collect_rollout.next_is_own": (
        "next_values judges the observations before the step. Which observations did the step "
        "lead to?"
    ),
    "check.collect_rollout.values_swapped": "values and next_values have changed places.",
    "check.collect_rollout.gradient": (
        "A column of the rollout carries gradient. A rollout is data: in what block should the "
        "model be asked?"
    ),
    "check.collect_rollout.probability": (
        "log_probs holds probabilities. Their logarithms are wanted."
    ),
    "check.collect_rollout.negative_log_prob": (
        "log_probs has the wrong sign: a log-probability is never above 0."
    ),
    "check.collect_rollout.log_prob_of_next": (
        "The log-probabilities are those of the policy in the observations after the step. The "
        "actions were chosen before it."
    ),
    "check.collect_rollout.log_prob_of_other": (
        "The log-probabilities belong to actions that were drawn a second time. Those of the "
        "actions in the rollout are wanted."
    ),
    "check.collect_rollout.stores_other": (
        "The actions in the rollout were drawn a second time, and are not those that the "
        "environments got. Draw once, and use that draw in both places."
    ),
    "check.collect_rollout.likeliest": (
        "The likeliest action is always taken. A policy gradient needs actions drawn at random, "
        "each as often as the policy says."
    ),
    "check.collect_rollout.own_stream": (
        "The actions do not come from the generator that you are given, so that the seed of a run "
        "would not decide them. Pass it on where you draw."
    ),
    "check.collect_rollout.rewards_late": (
        "Every reward lies one row too late. It belongs to the row of the action that earned it."
    ),
    "check.collect_rollout.truncated_terminates": (
        "terminated is set at truncations too. Then the value after a time limit would count as 0."
    ),
    "check.collect_rollout.terminated_truncates": (
        "truncated is set at terminations too. Gymnasium returns the two flags apart; keep each "
        "as it comes."
    ),
    "check.collect_rollout.merged": (
        "Both flags are set at every end. Keep the two apart: only after a termination is the "
        "value 0."
    ),
    "check.collect_rollout.no_truncated": (
        "truncated is never set. Without it an advantage would run on from one episode into the "
        "next."
    ),
    "check.collect_rollout.flags_swapped": (
        "terminated and truncated have changed places. In what order does step return them?"
    ),
    "check.collect_rollout.flags_late": (
        "The flags lie one row too late. They belong to the row of the step that ended the episode."
    ),
    "check.collect_rollout.flags_not_bool": (
        "terminated and truncated must be tensors of True and False. compute_gae turns them round "
        "with ~, which numbers do not allow."
    ),
    "check.collect_rollout.no_scores": (
        "The rollout is right, but no episode's score is in it. infos has it in the step that "
        "ends an episode."
    ),
    "check.collect_rollout.scores_of_all": (
        "As soon as one episode ends, the scores of all environments are noted. Only those that "
        "ended have one."
    ),
    "check.collect_rollout.lengths_for_scores": (
        "These are the lengths of the episodes. Their scores lie beside them in infos."
    ),
    "check.collect_rollout.across": (
        "The columns are (N, T): the environments come first. What should be stacked on top of "
        "what?"
    ),
    "check.collect_rollout.step_missing": "There is one row too few. T steps make T rows.",
    "check.collect_rollout.step_too_many": "There is one row too many. T steps make T rows.",
    "check.collect_rollout.no_pair": (
        "Two things are to be returned, the rollout and the observations to go on from."
    ),
    "check.make_batch.right": (
        "All fields agree: the advantages have mean 0 and spread 1, the returns their unit."
    ),
    "check.make_batch.no_batch": "A Batch must be returned, got {got}.",
    "check.make_batch.returns_of_normalised": (
        "The returns are made of the normalised advantages, which have no unit. Which of the two "
        "lines comes first?"
    ),
    "check.make_batch.not_normalised": (
        "The returns are right. The advantages still have their own mean and spread."
    ),
    "check.make_batch.each_environment": (
        "Each environment's advantages are normalised by themselves. Mean and spread are those of "
        "the whole rollout."
    ),
    "check.make_batch.each_step": (
        "Each time step's advantages are normalised by themselves. Mean and spread are those of "
        "the whole rollout."
    ),
    "check.make_batch.centred_alone": "The advantages have mean 0, but their spread is not 1 yet.",
    "check.make_batch.scaled_alone": (
        "The advantages are divided by their spread, but their mean is still in them."
    ),
    "check.make_batch.by_variance": (
        "The advantages are divided by their variance. The spread is its root."
    ),
    "check.make_batch.returns_normalised": (
        "The returns are normalised too. The critic is to learn them in units of reward."
    ),
    "check.make_batch.returns_are_advantages": (
        "The returns are the advantages alone, which say how much better than expected it went. "
        "What was expected?"
    ),
    "check.make_batch.returns_are_values": (
        "The returns are the old values: the critic would learn what it says already."
    ),
    "check.make_batch.returns_are_rewards": (
        "The returns are the rewards of one step. A return counts all that follows."
    ),
    "check.make_batch.returns_from_next": (
        "You add next_values. An advantage says how much better it went than the value of the "
        "observation before the step."
    ),
    "check.make_batch.returns_less_values": (
        "You subtract the values from the advantages. An advantage is a return less a value: what "
        "turns it back into a return?"
    ),
    "check.make_batch.returns_unbootstrapped": (
        "The returns are discounted sums of the rewards, which stop at the end of the rollout. "
        "What has been estimated already, with what comes after it?"
    ),
    "check.make_batch.all_unbootstrapped": (
        "The advantages are discounted sums of the rewards less the values: neither the bootstrap "
        "nor gae_lambda is in them. Which function of lesson 05 has both?"
    ),
    "check.make_batch.values_for_next": (
        "compute_gae is given values twice. Which of its arguments is the value after the step?"
    ),
    "check.make_batch.values_swapped": (
        "values and next_values have changed places in the call of compute_gae."
    ),
    "check.make_batch.merged": (
        "compute_gae is told that truncated episodes terminated, so that the value after a time "
        "limit counts as 0."
    ),
    "check.make_batch.flags_swapped": (
        "terminated and truncated have changed places in the call of compute_gae."
    ),
    "check.make_batch.truncated_left_out": (
        "compute_gae hears of no truncation, so that advantages run on from one episode into the "
        "next."
    ),
    "check.make_batch.terminated_left_out": (
        "compute_gae hears of no termination, so that a value follows where nothing does."
    ),
    "check.make_batch.coefficients_swapped": (
        "gamma and gae_lambda have changed places in the call of compute_gae."
    ),
    "check.make_batch.fixed_coefficients": (
        "Right for a gamma of 0.99 and a gae_lambda of 0.9 and for no others: numbers stand where "
        "the settings belong."
    ),
    "check.make_batch.lambda_0": (
        "These are the TD errors, GAE with a gae_lambda of 0. The setting says how far an "
        "advantage looks ahead."
    ),
    "check.make_batch.rewards_for_advantages": (
        "The advantages are normalised rewards. They look neither ahead nor at what was expected."
    ),
    "check.make_batch.old_values_next": (
        "old_values holds next_values. It is V of the observation that lies in the same row."
    ),
    "check.make_batch.old_values_are_returns": (
        "old_values holds the returns. It is what the critic said when the rollout was collected."
    ),
    "check.make_batch.probabilities": (
        "old_log_probs holds probabilities. The rollout has their logarithms: pass them on as "
        "they are."
    ),
    "check.make_batch.exchanged": "advantages and returns have changed places.",
    "check.make_batch.observations_across": (
        "The observations are laid out environment by environment and all else step by step, so "
        "that no observation stands beside its own action."
    ),
    "check.make_batch.advantages_across": (
        "The advantages are laid out environment by environment and all else step by step, so "
        "that each meets a wrong sample."
    ),
    "check.make_batch.judged_across": (
        "Advantages and returns are laid out environment by environment and all else step by "
        "step, so that they meet wrong samples."
    ),
    "check.make_batch.actions_across": (
        "The actions are laid out environment by environment and all else step by step, so that "
        "no action stands beside its own observation."
    ),
    "check.make_batch.not_flattened": (
        "The columns are still (T, N). A batch has one row of T times N samples."
    ),
    "check.make_batch.observations_flat": (
        "The observations are flattened too far: each sample's observation is a vector and stays "
        "one. Which two axes become one?"
    ),
    "check.ppo_loss.right": "The loss agrees, and so do the gradients of both networks' weights.",
    "check.ppo_loss.no_tensor": "The loss must be a tensor, got {got}. A number has no gradient.",
    "check.ppo_loss.objective": (
        "This is what PPO maximises. The optimiser makes its number small: what turns one into "
        "the other?"
    ),
    "check.ppo_loss.surrogate_lowered": (
        "The surrogate has the wrong sign: making yours small makes good actions rarer."
    ),
    "check.ppo_loss.critic_raised": (
        "The critic's part has the wrong sign: making yours small makes the critic worse."
    ),
    "check.ppo_loss.entropy_lowered": (
        "The entropy has the wrong sign: making yours small makes the policy less random."
    ),
    "check.ppo_loss.minus_on_first": (
        "The minus has reached the surrogate alone. It stands in front of the whole bracket."
    ),
    "check.ppo_loss.all_added": (
        "All three parts are added. Ask of each whether it should grow or shrink when the loss is "
        "made small."
    ),
    "check.ppo_loss.coefs_swapped": (
        "The two coefficients have changed places. vf is short for value function."
    ),
    "check.ppo_loss.no_vf_coef": "vf_coef has no effect. Which part does it weigh?",
    "check.ppo_loss.no_ent_coef": "ent_coef has no effect. Which part does it weigh?",
    "check.ppo_loss.no_coefs": (
        "Neither vf_coef nor ent_coef has any effect. Which parts do they weigh?"
    ),
    "check.ppo_loss.fixed_coefs": (
        "Right for coefficients of 0.5 and 0.01 and for no others: numbers stand where vf_coef "
        "and ent_coef belong."
    ),
    "check.ppo_loss.no_critic": "The critic's part is missing: the values would never be learnt.",
    "check.ppo_loss.no_entropy": "The entropy is missing.",
    "check.ppo_loss.no_surrogate": "The surrogate is missing: the policy would not learn to act.",
    "check.ppo_loss.surrogate_alone": (
        "This is the surrogate's part alone. The critic's and the entropy's are missing."
    ),
    "check.ppo_loss.critic_half": (
        "The critic's squared error is halved. Here no factor is hidden: vf_coef alone weighs it."
    ),
    "check.ppo_loss.critic_sum": (
        "The critic's squared errors are added up. Their mean does not depend on the size of the "
        "minibatch."
    ),
    "check.ppo_loss.critic_no_mean": (
        "The critic's squared errors are not averaged, so that a loss for each sample is "
        "returned. A loss is one number."
    ),
    "check.ppo_loss.critic_not_squared": (
        "The critic's errors are not squared, so that those of opposite sign cancel."
    ),
    "check.ppo_loss.critic_absolute": (
        "This is the critic's mean absolute error. The mean squared error is wanted."
    ),
    "check.ppo_loss.critic_of_advantages": (
        "The values are compared with the advantages. Which column holds what the critic should "
        "have said?"
    ),
    "check.ppo_loss.critic_of_old_values": (
        "The values are compared with the old ones: the critic would learn what it said before. "
        "Which column holds what it should have said?"
    ),
    "check.ppo_loss.critic_of_the_past": (
        "The critic's part is made of old_values, which no step can change. Ask the model for the "
        "values now."
    ),
    "check.ppo_loss.critic_clipped": (
        "The change of the values is clipped, as in OpenAI's baselines. The plain squared error "
        "is asked for."
    ),
    "check.ppo_loss.entropy_sum": (
        "The entropies of all samples are added up. Their mean does not depend on the size of the "
        "minibatch."
    ),
    "check.ppo_loss.entropy_no_mean": (
        "The entropies are not averaged, so that a loss for each sample is returned. A loss is "
        "one number."
    ),
    "check.ppo_loss.all_sums": (
        "All three parts are sums over the samples. With means, a minibatch twice as large does "
        "not take a step twice as large."
    ),
    "check.ppo_loss.no_means": "You return a loss for each sample. A loss is one number, the mean.",
    "check.ppo_loss.surrogate_no_mean": (
        "The surrogate is not averaged, so that a loss for each sample is returned. A loss is one "
        "number."
    ),
    "check.ppo_loss.old_for_both": (
        "The ratio is 1 everywhere and has no gradient: old_log_probs stands in it twice. What "
        "does the model say of these actions now?"
    ),
    "check.ppo_loss.new_for_both": (
        "The ratio is 1 everywhere: the new log-probabilities are divided by themselves, and "
        "nothing is ever clipped. What did the policy that acted say?"
    ),
    "check.ppo_loss.no_ratio": (
        "This is the plain policy gradient's objective, log-probability times advantage. Where "
        "does the old policy come in?"
    ),
    "check.ppo_loss.normalised_again": (
        "The advantages are normalised once more, over the minibatch. make_batch has done that "
        "over the rollout."
    ),
    "check.ppo_loss.of_returns": (
        "The ratio is multiplied by the returns. What says how much better than expected an "
        "action was?"
    ),
    "check.ppo_loss.surrogate_detached": (
        "The loss is right, but no gradient flows through the surrogate: the policy would not "
        "learn to act."
    ),
    "check.ppo_loss.critic_detached": (
        "The loss is right, but no gradient flows through the critic's part: the critic would not "
        "learn."
    ),
    "check.ppo_loss.entropy_detached": (
        "The loss is right, but no gradient flows through the entropy: the bonus would have no "
        "effect."
    ),
    "check.ppo_loss.detached": (
        "The loss is right, but it carries no gradient at all: nothing would learn. Is there an "
        "item, a float, a detach or a no_grad?"
    ),
    "check.ppo_loss.tuple": "You return several things. The loss alone is asked for.",
    "check.ppo_loss.max_for_min": (
        "Where clipped and unclipped term differ, the larger one is taken: that is the hopeful "
        "one. Which of them is the careful one?"
    ),
    "check.ppo_loss.no_exp": (
        "The logarithm of the ratio stands where the ratio belongs. What undoes a logarithm?"
    ),
    "check.ppo_loss.upside_down": (
        "The ratio is upside down: yours falls when an action becomes likelier. The policy now "
        "belongs on top."
    ),
    "check.ppo_loss.sum": (
        "The surrogate is added up over the samples. Its mean does not depend on the size of the "
        "minibatch."
    ),
    "check.ppo_loss.no_min": (
        "The surrogate is the clipped term alone. A step back into the band would then have no "
        "gradient: which two terms are compared?"
    ),
    "check.ppo_loss.no_clip": "Nothing is clipped: the surrogate is ratio times advantage.",
    "check.ppo_loss.around_0": (
        "The band lies around 0. A ratio of 1 means that nothing has changed, so the band lies "
        "around 1."
    ),
    "check.ppo_loss.fixed_band": (
        "Right for a clip_range of 0.2 and for no other: a number stands where clip_range belongs."
    ),
    "check.ppo_loss.clips_product": (
        "You clip the product of ratio and advantage. Clip the ratio, then multiply."
    ),
    "check.ppo_loss.clips_advantage": (
        "You clip the advantage. It is the ratio that is held in the band."
    ),
    "check.ppo_loss.clips_log_ratio": (
        "You clip the logarithm of the ratio. The band is one of ratios, from 1 - clip_range to 1 "
        "+ clip_range."
    ),
    "check.ppo_loss.min_without_advantage": (
        "You take the smaller ratio, then multiply. For a negative advantage that is the larger "
        "product: which are the two terms to compare?"
    ),
    "check.ppo_loss.min_of_means": (
        "The smaller of two means is taken. Each sample has a smaller term of its own; the mean "
        "comes last."
    ),
    "check.ppo_loss.masked": (
        "Outside the band your term is 0, whichever way the ratio has gone. Outside, the "
        "advantage's sign decides which of two terms counts."
    ),
    "check.ppo_loss.ratio_of_logs": (
        "You divide the logarithms. The logarithm of a quotient is a difference of logarithms."
    ),
    "check.update.right": (
        "Every sample comes once an epoch, in a new order, and every step has its minibatch's own "
        "gradient, cut to the norm."
    ),
    "check.update.one_epoch": "The batch is gone through once. num_epochs says how often.",
    "check.update.whole_batch": (
        "All samples make one minibatch, so that there is one step an epoch. minibatch_size says "
        "how many samples a step takes."
    ),
    "check.update.whole_batch_in_order": (
        "Every step takes the whole batch, and there is one an epoch. minibatch_size says how "
        "many samples a step takes."
    ),
    "check.update.whole_batch_each_time": (
        "The number of steps is right, but the loss gets the whole batch each time. Which samples "
        "belong to this step?"
    ),
    "check.update.never_shuffled": (
        "The samples come in the batch's own order, so that neighbours in time share a minibatch. "
        "Each epoch needs a random order."
    ),
    "check.update.shuffled_once": (
        "All epochs have the same order, and the same minibatches. Where should the order be drawn?"
    ),
    "check.update.blocks": (
        "The minibatches come in a random order, but each is a block of neighbours. It is the "
        "samples that are to be shuffled."
    ),
    "check.update.replacement": (
        "Some samples come more than once in an epoch and others not at all. What gives each "
        "number once, in a random order?"
    ),
    "check.update.last_missing": (
        "The last minibatch of each epoch is missing. Where does your range end?"
    ),
    "check.update.first_alone": (
        "There is one minibatch an epoch, and then the next epoch begins. All samples should come "
        "once an epoch."
    ),
    "check.update.returns_early": (
        "The update ends after one minibatch. Is a return inside the loop?"
    ),
    "check.update.size_as_number": (
        "minibatch_size is taken for the number of minibatches. It is the number of samples in "
        "each."
    ),
    "check.update.each_k_times": (
        "Each minibatch is used for all epochs before the next one comes. Which of the two loops "
        "is the outer one?"
    ),
    "check.update.own_stream": (
        "The order does not come from the generator that you are given, so that the seed of a run "
        "would not decide it. Pass it on where you draw."
    ),
    "check.update.nothing_done": (
        "The loss function is never called and no step is taken. Is the inside of a loop still "
        "missing?"
    ),
    "check.update.own_loss": (
        "The loss function that you are given is not called. Another one stands in its place: the "
        "last argument says which loss to take."
    ),
    "check.update.no_zero_grad": (
        "The gradients are never forgotten: each backward adds to those of all steps before. What "
        "comes before it?"
    ),
    "check.update.zero_once_an_epoch": (
        "The gradients are forgotten once an epoch, so that within it each backward adds to the "
        "ones before. In which loop does that line belong?"
    ),
    "check.update.step_once_an_epoch": (
        "There is one step an epoch, with the gradients of all its minibatches added up. Each "
        "minibatch takes a step of its own."
    ),
    "check.update.last_step_of_epoch": (
        "There is one step an epoch, with the gradient of the last minibatch. In which loop does "
        "the step belong?"
    ),
    "check.update.no_backward": (
        "backward is never called, so that there is no gradient to step along."
    ),
    "check.update.no_step": (
        "The optimiser never takes a step: the gradients are there, the weights stay."
    ),
    "check.update.step_before_backward": (
        "The step comes before backward, when the gradient is not there yet."
    ),
    "check.update.zero_after_backward": (
        "The gradient is forgotten between backward and the step. Which of the lines comes first?"
    ),
    "check.update.not_cut": (
        "The gradient is not cut: the step takes it as long as backward has made it. "
        "max_grad_norm says how long it may be."
    ),
    "check.update.cut_after_step": "The gradient is cut after the step has used it.",
    "check.update.cut_before_backward": (
        "The gradient is cut before backward has made it, so that the step takes it uncut."
    ),
    "check.update.cut_values": (
        "Each number of the gradient is cut by itself, which turns its direction. The norm of the "
        "whole is to be cut."
    ),
    "check.update.always_scaled": (
        "Every gradient is brought to max_grad_norm, short ones too. Only one that is longer is "
        "cut."
    ),
    "check.train.right": "It trains, goes on where the rollout before ended, and solves CartPole.",
    "check.train.solved": (
        "a mean score of 475 over 20 episodes after {env_steps} environment steps"
    ),
    "check.train.how_far": (
        "the best mean score over 20 episodes: {score}, in {env_steps} environment steps"
    ),
    "check.train.no_generator": (
        "An iterator of records is wanted: a function that yields one after each iteration. Yours "
        "does all its work first and then returns."
    ),
    "check.train.no_model": "The record's model must be an ActorCritic, got {got}.",
    "check.train.nothing": "train returns nothing. It should yield a record after each iteration.",
    "check.train.no_record": "What is yielded must be an IterationRecord.",
    "check.train.one_record": (
        "There is one record, of the last iteration. In which loop does the yield belong?"
    ),
    "check.train.first_record_alone": (
        "It ends after the first iteration. config.num_iterations says how many there are."
    ),
    "check.train.from_0": "Iterations are counted from 1, and yours from 0.",
    "check.train.all_from_0": (
        "Your iterations are counted from 0. They start at 1, and the environment steps include "
        "those of the record's own iteration."
    ),
    "check.train.steps_of_one": (
        "env_steps counts the steps of one environment. There are num_envs of them."
    ),
    "check.train.steps_not_added": (
        "env_steps is the same in every record. It counts from the start of training."
    ),
    "check.train.steps_before": (
        "env_steps lacks the iteration's own steps. The record is made after them."
    ),
    "check.train.new_model": (
        "Every iteration starts with a new model, so that nothing learnt is kept. What belongs "
        "before the loop?"
    ),
    "check.train.never_moves": (
        "The weights never change. Is update called, and is the optimiser over this model's "
        "parameters?"
    ),
    "check.train.critic_never_moves": (
        "The policy learns, but the critic's weights never change. Whose parameters does the "
        "optimiser have?"
    ),
    "check.train.policy_never_moves": (
        "The critic learns, but the policy's weights never change. Whose parameters does the "
        "optimiser have?"
    ),
    "check.train.no_scores": "No record has the score of an episode. The rollout knows them.",
    "check.train.resets": (
        "No episode outlasts a rollout: the environments start again in every iteration. Where "
        "should the reset be, and which observations does the next rollout start from?"
    ),
    "check.train.stale": (
        "Each rollout begins with old observations: the policy is shown where the environments "
        "once stood. What else does the function that collects return, and who needs it next?"
    ),
    "check.train.envs_unseeded": (
        "Two runs with the same seed differ. Does all that draws at random, the environments too, "
        "get its seed from config.seed?"
    ),
    "check.train.fixed_seed": (
        "config.seed has no effect: two seeds give the same run. Does a number stand where it "
        "belongs?"
    ),
    "check.train.not_annealed": (
        "The steps are as large at the end as at the start. config.learning_rate_at says how "
        "large they should be in each iteration; who has to be told?"
    ),
    "check.train.new_optimizer": (
        "A new optimiser is made in every iteration, and Adam forgets its averages. What belongs "
        "before the loop?"
    ),
    "check.train.new_optimizer_not_annealed": (
        "A new optimiser is made in every iteration, so that Adam forgets its averages and starts "
        "with its largest step again. What belongs before the loop?"
    ),
    "check.train.learns_nothing": (
        "Everything runs, but it does not get better than chance. If your other functions pass "
        "their checks, look at what is handed from one to the next; if not, mend them first."
    ),
    "check.train.learns_too_little": (
        "It learns, but CartPole should be solved by now. If your other functions pass their "
        "checks, look at what is handed from one to the next; if not, mend them first."
    ),
    "check.my_ppo.no_file": (
        "There is no file {path} yet. In JupyterLab choose File, New, Python File, save it beside "
        "this notebook under that name, write a function train(seed) into it, then run this cell "
        "again."
    ),
    "check.my_ppo.empty": (
        "{path} is empty so far. Write a function train(seed) into it that trains on CartPole-v1 "
        "and returns a function from an observation to an action, save it, then run this cell "
        "again."
    ),
    "check.my_ppo.fill_in": (
        "The function train in {path} is still blank. Fill it in, save the file, then run this "
        "cell again."
    ),
    "check.my_ppo.syntax": "Python cannot read {path}: {error}.",
    "check.my_ppo.forbidden": (
        "{path} imports {name}. The exercise is to write it yourself: torch, gymnasium, numpy and "
        "Python's own modules are what it may use."
    ),
    "check.my_ppo.no_train": (
        "{path} has no function train. Define train(seed), which trains on CartPole-v1 and "
        "returns a function from an observation to an action."
    ),
    "check.my_ppo.wrong_arguments": (
        "train must take one argument, the seed: it is called as train(0)."
    ),
    "check.my_ppo.raised_loading": "{path} stopped with {error} when it was loaded.",
    "check.my_ppo.raised_training": "train({seed}) stopped with {error}.",
    "check.my_ppo.raised_acting": "The function that train({seed}) returned stopped with {error}.",
    "check.my_ppo.no_function": (
        "train({seed}) must return a function from an observation to an action, got {got}."
    ),
    "check.my_ppo.no_action": (
        "The function that train({seed}) returned gave {got} for an observation. An action is one "
        "whole number, 0 or 1; a tensor of one number has item(), and a probability is not an "
        "action yet."
    ),
    "check.my_ppo.at_line": "in line {number}:  {line}",
    "check.my_ppo.score": (
        "seed {seed}:  {score:.1f} on average over {episodes} episodes, trained in {seconds:.1f} s"
    ),
    "check.my_ppo.array": "a {kind} of shape {shape}",
    "check.my_ppo.right": "Your own PPO solves CartPole with every seed.",
    "check.my_ppo.right_but": (
        "Your own PPO solves CartPole with every seed. One thing you should still look at: {part}"
    ),
    "check.my_ppo.collapsed": (
        "The agents do what is worst, the same action in almost every state. Look at the sign of "
        "the loss, at the size of the step, and at whether the ratio is clipped."
    ),
    "check.my_ppo.learnt_nothing": (
        "The agents are no better than chance. Does a gradient reach the policy's weights, does "
        "the optimiser have these weights, and do the advantages tell good actions from bad ones?"
    ),
    "check.my_ppo.too_little": (
        "The agents have learnt something, but not enough. Look at the number of environment "
        "steps, the learning rate, the number of epochs, the advantages' mean and spread, and "
        "what happens at an episode's end."
    ),
    "check.my_ppo.unstable": (
        "It works with some seeds and not with others. Look at what keeps steps small (the clip, "
        "the gradient's norm, a learning rate that falls), at how long it trains, and at shapes: "
        "(M, 1) less (M,) is (M, M)."
    ),
    "check.my_ppo.your_part": "Judged by its own exercise, your {name} is not right yet: {message}",
}
