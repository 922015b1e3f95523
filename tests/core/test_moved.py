"""A notebook of release 0.1 still runs: every name that one imports is found, and says where it is.

The names are those of all sixteen notebooks of that release, by module. `main` tries them in an
interpreter of its own, in which nothing has been said yet. `moved.py` goes with the next release.
"""

import math
import subprocess
import sys
import warnings
from importlib import import_module

import pytest

from ppo_lib import moved, training

IMPORTS = """
ablations: Variant enlarge_last_layer learning_rates load_outcomes measure parts reuse
advantages: compute_gae
checks: answer_or_reference check check_my_ppo
cliff: outcomes play right_by_position right_everywhere surrogate_return true_return visits
    walks_of_a_coin
cliff_steps: fisher_matrix mean_kl policy_gradient surrogate_gain
config: PPOConfig grid preset
costs: explicit_fisher update_costs
diagnostics: approx_kl clip_fraction dead_fraction dead_gradient outside_band
    effective_sample_size
envs: CliffEnv make_envs
experiments: batch_metrics between first_batch kl_after_update models_by_epoch ratios
    ratios_by_epoch surrogate_value updated
losses: clipped_surrogate value_loss
networks: ActorCritic sample_actions
notebook: picture show_episodes watch watch_sweep
plotting: figure plot_ratios plot_shares plot_surrogate plot_walk surrogate_legend
plotting_ablations: by_value plot_by_value plot_shares_by_value plot_variants
plotting_advantages: plot_bias_and_spread plot_learnt_values plot_weights
plotting_cliff: plot_cliff plot_collapse plot_estimates plot_step_sizes plot_true_return
plotting_ratios: plot_effective_sizes plot_estimates_by_faces plot_promise plot_reuse plot_visits
plotting_trust: plot_bowl plot_costs plot_errors plot_gaussian_pair plot_limits plot_step_kl
population: train_many
reinforce: CLIFF probability_of_right reinforce_objective run_reinforce
rollout: Batch Rollout
strings: text
sweeps: final_returns
threads: one_thread
training: IterationRecord evaluate make_model recent_return train load_checkpoint save_checkpoint
    update
trpo: TRPOConfig conjugate_gradient flat_gradient mean_kl policy_parameters trpo_update
widgets: ClipExplorer EntropyExplorer GaeExplorer IterationStepper RatioExplorer StepExplorer
    TrustRegionExplorer
"""
STAYED = ("advantages", "config", "diagnostics", "losses", "networks")
OLD_TRPO = """
from ppo_lib.training import train
from ppo_lib.trpo import TRPOConfig, trpo_update
config = TRPOConfig(seed=3, max_kl=0.001, total_steps=512, num_envs=8, minibatch_size=64)
records = list(train(config, update=trpo_update, progress=False))
"""


def run(cell):
    """Run a cell in a new notebook; return what it made last, and what was said."""
    names = {}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        exec(cell, names)
    return list(names.values())[-1], [str(warning.message) for warning in said]


def main():
    lines = [line.split(":") for line in IMPORTS.strip().replace("\n   ", "").splitlines()]
    imports = {f"ppo_lib.{module}": names.split() for module, names in lines}
    for module, names in imports.items():
        _, said = run(f"from {module} import {', '.join(names)}")
        assert len(said) == (module.partition(".")[2] not in STAYED), (module, said)
        _, said = run(f"from {module} import {names[0]}")
        assert not said, f"{module} says it twice: {said}"
    for module, names in imports.items():
        for name in names:
            moved._said.clear()
            found, said = run(f"from {module} import {name}")
            assert len(said) == (name not in vars(import_module(module))), (module, name, said)
            for message in said:
                old, _, place = message.partition(";")[0].partition(" is now ")
                home, _, new_name = place.rpartition(".")
                assert old == f"{module}.{name}" and "\n" not in message
                assert found is getattr(import_module(home), new_name), message
    records, _ = run(OLD_TRPO)
    assert [record.env_steps for record in records] == [256, 512]
    for record in records:
        assert all(map(math.isfinite, record.metrics.values())), record.metrics
        assert 0 < record.metrics["kl"] <= 0.001


def test_every_import_of_release_0_1_finds_the_new_thing_and_each_module_says_once_where_it_is():
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_what_there_never_was_is_still_not_there():
    for line in (
        "from ppo_lib.training import nonsense",
        "from ppo_lib.widgets import nonsense",
        "import ppo_lib.nonsense",
    ):
        with pytest.raises(ImportError, match="nonsense"):
            run(line)
    assert not hasattr(training, "nonsense")


if __name__ == "__main__":
    main()
