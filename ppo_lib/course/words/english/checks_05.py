"""What the checks of lesson 05 say."""

STRINGS: dict[str, str] = {
    "check.discounted_returns.right": (
        "Values agree, for short episodes and for one of 200 steps."
    ),
    "check.discounted_returns.undiscounted": (
        "Each step has the plain sum of its own reward and those to come. Where does gamma come in?"
    ),
    "check.discounted_returns.cumsum": (
        "You add up the rewards so far, undiscounted. A return looks ahead, to what the step was "
        "followed by."
    ),
    "check.discounted_returns.forwards": (
        "The sum runs the wrong way and discounts the past. The return of a step rests on that of "
        "the next one: from which end must the loop start?"
    ),
    "check.discounted_returns.absolute_time": (
        "Each reward is discounted by its time since the start of the episode. The return of step "
        "t counts from step t, whose own reward is whole."
    ),
    "check.discounted_returns.absolute_forwards": (
        "These are the discounted rewards so far, counted from the start of the episode. A return "
        "adds up what is still to come, counted from its own step."
    ),
    "check.discounted_returns.each_term": (
        "Each reward is discounted by its time, and nothing is added up. A return is a sum."
    ),
    "check.discounted_returns.own_missing": (
        "Off by one: each step has the return of the next one, and its own reward is missing."
    ),
    "check.discounted_returns.own_missing_discounted": (
        "This is gamma times the return of the next step. The step's own reward is missing."
    ),
    "check.discounted_returns.own_discounted": (
        "The step's own reward is discounted too. Only what comes after it is."
    ),
    "check.discounted_returns.total_repeated": (
        "Every step has the return of the first one. What came before a step is no part of its "
        "return."
    ),
    "check.discounted_returns.total": (
        "You return one number, the return of the first step. Each step has a return of its own."
    ),
    "check.discounted_returns.sum_repeated": (
        "Every step has the sum of all rewards. A step's return leaves out what came before it, "
        "and discounts what comes after."
    ),
    "check.discounted_returns.sum": (
        "You return one number, the sum of all rewards. Each step has a return of its own."
    ),
    "check.discounted_returns.reversed": (
        "The numbers are right and their order is upside down. If you filled a list from the end "
        "of the episode: it begins with the last step."
    ),
    "check.discounted_returns.mean_so_far": (
        "This is the mean of the rewards so far. A return is a discounted sum of those to come."
    ),
    "check.discounted_returns.mean_to_come": (
        "This is the mean of the rewards to come. A return is their discounted sum."
    ),
    "check.discounted_returns.moving_average": (
        "You return 1 - gamma times the return, which is an average of the rewards. In the sum, "
        "the step's own reward counts in full."
    ),
    "check.discounted_returns.discounted_once": (
        "All later rewards are discounted by the same single gamma. Each step that passes brings "
        "another factor."
    ),
    "check.discounted_returns.one_step": (
        "You look one step ahead and no further. What comes after the next step's reward?"
    ),
    "check.discounted_returns.rewards": (
        "These are the rewards themselves. If you wrote a loop: is the return of step t + 1 known "
        "when step t needs it?"
    ),
    "check.discounted_returns.rewards_last_0": (
        "These are the rewards themselves, and 0 at the end. If you wrote a loop: is the return of "
        "step t + 1 known when step t needs it, and does the loop reach the last step?"
    ),
    "check.discounted_returns.last_0": (
        "The last reward is lost: the last return is 0. With which step does your loop begin?"
    ),
    "check.discounted_returns.first_0": (
        "The first step is still 0. With which step does your loop end?"
    ),
    "check.discounted_returns.standardised": (
        "Your returns are shifted and scaled to mean 0 and spread 1, as some programs do before a "
        "gradient step. The returns themselves are asked for."
    ),
    "check.discounted_returns.fixed_gamma": (
        "Right for a gamma of 0.99 and for no other: a number stands where gamma belongs."
    ),
    "check.discounted_returns.underflow": (
        "Right, until the episode becomes long: gamma to the power t ends up as 0 in a 32-bit "
        "float, and you divide by it. Can you do without that power?"
    ),
    "check.discounted_returns.overflow": (
        "Right, until the episode becomes long: powers with a negative exponent grow to infinity, "
        "and infinity times 0 is no number. Leave the past out, do not multiply it away."
    ),
    "check.td_errors.right": (
        "Values agree, with true ends and without, for one environment and for several."
    ),
    "check.td_errors.unmasked": (
        "The next value counts even after a true end, where nothing follows. Which argument says "
        "where that is?"
    ),
    "check.td_errors.upside_down": (
        "The next value counts only where the episode terminated. The mask is the wrong way round."
    ),
    "check.td_errors.reward_masked": (
        "At a true end the reward is dropped with the next value. It was paid all the same."
    ),
    "check.td_errors.all_masked": (
        "At a true end your TD error is 0. A reward was paid there and a value was expected; only "
        "what follows is nothing."
    ),
    "check.td_errors.value_masked": (
        "The mask has hit the wrong value. At a true end, which of the two states has nothing more "
        "to come?"
    ),
    "check.td_errors.both_values_masked": (
        "At a true end you drop both values. V(s_t) was expected there too, so it is still "
        "subtracted."
    ),
    "check.td_errors.no_gamma": ("The next value is not discounted. It is one step away."),
    "check.td_errors.gamma_on_both": (
        "gamma discounts both values. Only one of them is a step away."
    ),
    "check.td_errors.gamma_on_value": (
        "gamma stands at the wrong value: it discounts V(s_t), which is now, and leaves the next "
        "one whole."
    ),
    "check.td_errors.gamma_on_reward": (
        "gamma discounts the reward too. That is paid now; the next value is a step away."
    ),
    "check.td_errors.negative": (
        "The size is right and the sign is not. A pleasant surprise, more than was expected, is "
        "above 0."
    ),
    "check.td_errors.target": (
        "This is what the step turned out to be worth. The error is how far that lies from what "
        "was expected."
    ),
    "check.td_errors.added": "V(s_t) is added. A surprise is a difference.",
    "check.td_errors.no_reward": "Both values are there. What the step itself paid is missing.",
    "check.td_errors.reward_less_value": (
        "The next value is missing in every row. It is 0 only after a true end."
    ),
    "check.td_errors.values_swapped": (
        "The two values have changed places: gamma and the mask stand at V(s_t), and the next one "
        "is subtracted."
    ),
    "check.td_errors.same_value": (
        "V(s_t) stands in both places. One of them belongs to the state that the step led to."
    ),
    "check.td_errors.row_below": (
        "You take the value from the row below. Where an episode ended, that row belongs to "
        "another one; which argument holds what the step truly led to?"
    ),
    "check.td_errors.row_below_and_0": (
        "You take the value from the row below, and 0 for the last row. Which argument holds what "
        "each step truly led to, the last one too?"
    ),
    "check.td_errors.rolled": (
        "You take the value from the row below, and for the last row that of the first: roll goes "
        "round in a circle. Which argument holds what each step truly led to?"
    ),
    "check.td_errors.late_mask": (
        "You read the flag from the row below. A row's flag says how that row's own step ended."
    ),
    "check.td_errors.early_mask": (
        "You read the flag from the row above. A row's flag says how that row's own step ended."
    ),
    "check.td_errors.squared": (
        "This is the square. A TD error keeps its sign: better than expected, or worse."
    ),
    "check.td_errors.absolute": (
        "The sign is lost. It says whether the step went better than expected, or worse."
    ),
    "check.td_errors.mean": "You return one number. Each step has a TD error of its own.",
    "check.td_errors.fixed_gamma": (
        "Right for a gamma of 0.99 and for no other: a number stands where gamma belongs."
    ),
    "check.compute_gae.right": (
        "Values agree for ends of either kind, and for both at once. This is the estimate that "
        "trains agents in this course."
    ),
    "check.gae.not_cut": (
        "Your sum runs on from one episode into the next. What the next one brings is no merit of "
        "this action: where must the sum stop?"
    ),
    "check.gae.cut_at_terminated": (
        "The sum stops at terminated alone. After a time limit, too, the row below belongs to "
        "another episode."
    ),
    "check.gae.cut_at_truncated": (
        "The sum stops at truncated alone. After a true end, too, the row below belongs to another "
        "episode."
    ),
    "check.gae.cut_at_both": (
        "The sum stops only where both flags are set at once. Is one of them not enough?"
    ),
    "check.gae.cut_upside_down": (
        "The sum goes on where an episode ended and stops everywhere else: its mask is the wrong "
        "way round."
    ),
    "check.gae.cut_for_all": (
        "As soon as one environment ends, you cut the sum in all of them. Each column has episodes "
        "of its own."
    ),
    "check.gae.late_mask": (
        "The sum is cut one row off: step t looks at how step t + 1 ended. A row's flags say how "
        "that row's own step ended."
    ),
    "check.gae.early_mask": (
        "The sum is cut one row off: step t looks at how step t - 1 ended. A row's flags say how "
        "that row's own step ended."
    ),
    "check.gae.row_masked": (
        "Where an episode ended, your advantage is 0. Such a step has a TD error like any other; "
        "it is the row below that must not come in."
    ),
    "check.gae.merged": (
        "Inside the TD error you treat both kinds of end alike. Which of them leaves a state that "
        "is still worth something?"
    ),
    "check.gae.unmasked": (
        "The sum is cut where it should be, but the TD error counts a next value even after a true "
        "end. What follows there?"
    ),
    "check.gae.no_flags": (
        "Neither flag has any effect. They are asked twice: whether the next value counts, and "
        "whether the row below comes in."
    ),
    "check.gae.flags_swapped": (
        "Inside the TD error, truncated stands where terminated belongs: the next value is dropped "
        "at a time limit and counts after a true end."
    ),
    "check.gae.bootstrap_upside_down": (
        "Inside the TD error the mask is the wrong way round: the next value counts only where "
        "nothing follows."
    ),
    "check.gae.truncated_first": (
        "Right, but for steps that are terminated and truncated at once. Does anything follow "
        "there?"
    ),
    "check.gae.late_bootstrap": (
        "Inside the TD error you read the flag from the row below. A row's flags say how that "
        "row's own step ended."
    ),
    "check.gae.late_flags": (
        "The TD error and the sum both read their flags from the row below. A row's flags say how "
        "that row's own step ended."
    ),
    "check.gae.late_merged": (
        "The TD error and the sum both read their flags from the row below, and a time limit "
        "counts as a true end. Begin with the row: its flags say how its own step ended."
    ),
    "check.gae.late_shifted": (
        "Flags and next values come from the row below, as in code that stores its flags before "
        "the step. Here a row tells of its own step: how it ended, and in next_values where it led."
    ),
    "check.gae.shifted": (
        "You take the next value from the row below. Where an episode ended, that row belongs to "
        "another one; which argument holds what the step truly led to?"
    ),
    "check.gae.shifted_and_0": (
        "You take the next value from the row below, and 0 for the last row. Which argument holds "
        "what each step truly led to, the last one too?"
    ),
    "check.gae.last_row_unbootstrapped": (
        "The last row's TD error has no next value. The rollout stops there; the episode need not."
    ),
    "check.gae.never_bootstrapped": (
        "These are the discounted rewards that follow, less the value. next_values and gae_lambda "
        "have no say in them."
    ),
    "check.gae.no_lambda": (
        "gae_lambda has no effect: whatever it is, you return what 1 would give, the Monte Carlo "
        "end of the scale."
    ),
    "check.gae.no_gamma": (
        "The row below comes in with gae_lambda alone. It is one step away: which factor is "
        "missing?"
    ),
    "check.gae.no_decay": (
        "The row below comes in whole. Two factors make it smaller at every step."
    ),
    "check.gae.no_gamma_in_delta": (
        "The sum decays as it should, but inside the TD error the next value is not discounted."
    ),
    "check.gae.no_gamma_at_all": (
        "gamma has no effect, neither inside the TD error nor in the sum."
    ),
    "check.gae.fixed_gamma": (
        "Right for a gamma of 0.99 and for no other: a number stands where gamma belongs."
    ),
    "check.gae.fixed_lambda": (
        "Right for a gae_lambda of 0.95 and for no other: a number stands where gae_lambda belongs."
    ),
    "check.gae.fixed_both": (
        "Right for a gamma of 0.99 with a gae_lambda of 0.95, and for nothing else: numbers stand "
        "where the arguments belong."
    ),
    "check.gae.1_less_lambda": (
        "You return 1 - gae_lambda times what was expected. That factor averages n-step estimates; "
        "in the sum of TD errors it has cancelled."
    ),
    "check.gae.target": (
        "Inside the TD error V(s_t) is not subtracted. You add up what each step was worth, not "
        "how far it surprised."
    ),
    "check.gae.forwards": (
        "The sum runs from the first row on and gathers the past. An advantage looks ahead: from "
        "which end must the loop start?"
    ),
    "check.gae.two_ahead": ("Off by one: each row takes over the advantage from two rows below."),
    "check.gae.one_more": (
        "Each row takes over the next TD error and nothing beyond it. What has to come up from the "
        "row below, so that all later ones are in it?"
    ),
    "check.gae.first_row_0": "The first row is still 0. With which row does your loop end?",
    "check.gae.last_row_0": (
        "The last row is still 0, and its TD error reaches no other row. With which row does your "
        "loop begin?"
    ),
    "check.gae.wrong_axis": (
        "The sum runs across the environments. Which of the two axes is time?"
    ),
    "check.gae.deltas": (
        "These are the TD errors alone. If you wrote a loop: is the row below done when a row "
        "needs it?"
    ),
    "check.gae.deltas_last_0": (
        "These are the TD errors alone, and 0 in the last row. If you wrote a loop: is the row "
        "below done when a row needs it, and does the loop reach the last row?"
    ),
    "check.gae.returns": (
        "These are advantages plus values, the returns that the critic learns from. The advantages "
        "alone are asked for."
    ),
    "check.gae.reversed": (
        "The numbers are right and their order is upside down. If you filled a list from the last "
        "row on: it begins with the last step."
    ),
    "check.gae.normalised": (
        "Your advantages are shifted and scaled to mean 0 and spread 1. That comes later, in the "
        "update."
    ),
    "check.gae.one_row": (
        "You return one row, that of the first step. Each step has advantages of its own."
    ),
    "check.gae.mean_over_time": (
        "You return the mean over time. Each step has advantages of its own."
    ),
    "check.true_successors.right": (
        "Every row is what the step led to, also where final_observations holds NaN."
    ),
    "check.true_successors.swapped": (
        "The two have changed places: where an episode ended, you take the start of the next one."
    ),
    "check.true_successors.observations": (
        "These are the observations as they come. Where an episode ended, that is the start of the "
        "next one, and the step did not lead there."
    ),
    "check.true_successors.final": (
        "Every row comes from final_observations. It can be trusted only where an episode ended."
    ),
    "check.true_successors.blend": (
        "You multiply by the flags and add. Where no episode ended the final row may hold NaN, and "
        "NaN times 0 is NaN: choose between the two, do not blend them."
    ),
    "check.true_successors.by_nan": (
        "You look for NaN. Where no episode ended there may be anything, old numbers too: which "
        "argument says where one did?"
    ),
    "check.true_successors.wrong_axis": (
        "PyTorch lays ended along the last axis, that of an observation's numbers. It belongs to "
        "the rows: which shape says so?"
    ),
    "check.true_successors.columns": (
        "The flags choose columns. Each environment has a row: which index is that?"
    ),
    "check.true_successors.first_alone": (
        "Only the first episode that ended is put right. Several may end in the same step."
    ),
    "check.true_successors.all_if_any": (
        "As soon as one episode has ended, every row comes from final_observations. Each row has a "
        "flag of its own."
    ),
    "check.true_successors.all_if_all": (
        "final_observations is read only if all episodes ended in the same step. Each row has a "
        "flag of its own."
    ),
    "check.true_successors.ended_alone": (
        "You return only the rows whose episode ended. Every environment has a successor."
    ),
    "check.true_successors.others_alone": (
        "You return only the rows whose episode goes on. Every environment has a successor."
    ),
    "check.true_successors.order_lost": (
        "The rows are right and their order is not: those that ended have moved to the end. Row n "
        "belongs to environment n."
    ),
    "check.true_successors.order_lost_ended_first": (
        "The rows are right and their order is not: those that ended have moved to the top. Row n "
        "belongs to environment n."
    ),
    "check.true_successors.packed": (
        "You take rows from the top of final_observations, one for each end. Row n of it belongs "
        "to environment n, as everywhere."
    ),
    "check.true_successors.zeros": (
        "Where an episode ended you return zeros. The step led to a real state there, and the "
        "critic will be asked for its value."
    ),
    "check.true_successors.zeros_elsewhere": (
        "Where no episode ended you return zeros. Those steps have a successor too."
    ),
    "check.repaired_gae.right": (
        "The bug is gone: each step is cut by its own flags, and the rest is as it was."
    ),
    "check.repaired_gae.unchanged": (
        "The bug is still there. Go to the row in which an episode ended: which flag decides "
        "whether the row below comes in?"
    ),
    "check.repaired_gae.cut_twice": (
        "Half repaired: a step is cut by its own flags now, and by those of the row below as "
        "before."
    ),
    "check.repaired_gae.late_terminated": (
        "The flag still comes from the row below, and now from terminated alone. It is the row "
        "that was wrong, not the kind of end."
    ),
}
