"""Who runs in `solve_cartpole.py`, with what settings, and the stopwatch they run against.

`training_speed.py` times SB3 with our settings as well, by the iteration.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import gymnasium as gym
import torch
from cartpole import ENV_ID, Act, play, solved
from numpy.typing import NDArray
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv
from torch import nn

from ppo_lib.config import PPOConfig
from ppo_lib.networks import ActorCritic, sample_actions
from ppo_lib.training import train

NUM_EPISODES = 20
STEPS_BETWEEN_CHECKS = 1024
EVALUATION_SEED = 1_000_000  # added to the seed: no episode of the training is seen again


class Judge:
    """A stopwatch that stands still while it judges.

    Attributes:
        solved: whether the agent has been found to solve CartPole.
        env_steps: at the last check.
        seconds: on the clock, up to the last check.
    """

    def __init__(self, seed: int):
        self.seed = seed
        self.solved, self.env_steps, self.seconds = False, 0, 0.0
        self.next_check = STEPS_BETWEEN_CHECKS
        self.started = time.perf_counter()

    def check(self, env_steps: int, act: Act) -> bool:
        """Judge, if it is time to, and return whether CartPole has been solved."""
        if self.solved or env_steps < self.next_check:
            return self.solved
        self.seconds += time.perf_counter() - self.started
        self.env_steps = env_steps
        self.next_check = (env_steps // STEPS_BETWEEN_CHECKS + 1) * STEPS_BETWEEN_CHECKS
        self.solved = solved(play(act, NUM_EPISODES, self.seed + EVALUATION_SEED + env_steps))
        self.started = time.perf_counter()
        return self.solved


def act_of(model: ActorCritic) -> Act:
    """Return how one of our models acts: it samples from its policy."""

    @torch.no_grad()
    def act(observations: NDArray[Any]) -> NDArray[Any]:
        return sample_actions(model.policy(torch.as_tensor(observations))).numpy()

    return act


def run_ours(seed: int, budget: int) -> Judge:
    """Train ppo_lib's defaults until they solve it, or for `budget` environment steps."""
    judge = Judge(seed)
    for record in train(PPOConfig(seed=seed), progress=False):
        solved = judge.check(record.env_steps, act_of(record.model))
        if solved or record.env_steps >= budget:
            break
    return judge


def sb3_with_our_settings(config: PPOConfig) -> dict[str, Any]:
    """Translate our settings into SB3's.

    SB3 reads its schedule after a rollout, ppo_lib before it: hence the iteration's length that
    is added to what remains. Advantages, which SB3 normalises over each minibatch or not at all,
    are the one thing that differs.
    """
    iteration = 1 / config.num_iterations

    def learning_rate(remaining: float) -> float:
        share = min(1.0, remaining + iteration) if config.anneal_learning_rate else 1.0
        return share * config.learning_rate

    return {
        "n_envs": config.num_envs,
        "total_timesteps": config.num_iterations * config.rollout_size,
        "seed": config.seed,
        "n_steps": config.num_steps,
        "batch_size": config.minibatch_size,
        "n_epochs": config.num_epochs,
        "gamma": config.gamma,
        "gae_lambda": config.gae_lambda,
        "learning_rate": learning_rate,
        "clip_range": config.clip_range,
        "normalize_advantage": config.normalize_advantages != "none",
        "vf_coef": config.vf_coef,  # of a mean square without a 1/2, as ours
        "ent_coef": config.ent_coef,
        "max_grad_norm": config.max_grad_norm,
        "policy_kwargs": {
            "net_arch": {"pi": list(config.hidden_sizes), "vf": list(config.hidden_sizes)},
            "activation_fn": nn.Tanh,
            "ortho_init": True,
            "optimizer_kwargs": {"eps": config.adam_eps},
        },
    }


def sb3_defaults(config: PPOConfig) -> dict[str, Any]:
    """Return nothing that SB3 doesn't choose itself."""
    return {"n_envs": 1, "total_timesteps": config.total_steps, "seed": config.seed}


def sb3_with_zoo_settings(config: PPOConfig) -> dict[str, Any]:
    """Return rl-zoo3's settings for CartPole-v1 (`hyperparams/ppo.yml`)."""
    return {
        "n_envs": 8,
        "total_timesteps": 100_000,
        "seed": config.seed,
        "n_steps": 32,
        "batch_size": 256,
        "n_epochs": 20,
        "gae_lambda": 0.8,
        "gamma": 0.98,
        "ent_coef": 0.0,
        "learning_rate": lambda remaining: remaining * 1e-3,
        "clip_range": lambda remaining: remaining * 0.2,
    }


class Check(BaseCallback):
    """Judges SB3's policy after each update, and ends the training when it is over."""

    def __init__(self, judge: Judge, budget: int):
        super().__init__()
        self.judge, self.budget, self.over = judge, budget, False

    def _act(self, observations: Any) -> Any:
        return self.model.predict(observations, deterministic=False)[0]

    def _on_rollout_start(self) -> None:  # the update before it has just ended
        solved = self.judge.check(self.num_timesteps, self._act)
        self.over = solved or self.num_timesteps >= self.budget

    def _on_training_end(self) -> None:
        self.judge.check(self.num_timesteps, self._act)

    def _on_step(self) -> bool:
        return not self.over


def make_sb3(settings: dict[str, Any]) -> tuple[PPO, int]:
    """Return SB3's agent, in bare environments, and how many steps it shall learn for."""
    settings = dict(settings)
    num_envs, total_timesteps = settings.pop("n_envs"), settings.pop("total_timesteps")
    envs = DummyVecEnv([lambda: gym.make(ENV_ID, disable_env_checker=True)] * num_envs)
    return PPO("MlpPolicy", envs, device="cpu", **settings), total_timesteps


def sb3_iterations(config: PPOConfig) -> Iterator[PPO]:
    """Train SB3 with our settings, one iteration for each value that is asked for.

    These are the steps of its own `learn`, which cannot be left and gone on with; a test holds
    the two to the same weights.
    """
    model, total_timesteps = make_sb3(sb3_with_our_settings(config))
    _, callback = model._setup_learn(total_timesteps)
    while model.num_timesteps < total_timesteps:
        model.collect_rollouts(model.env, callback, model.rollout_buffer, model.n_steps)
        model._update_current_progress_remaining(model.num_timesteps, total_timesteps)
        model.train()
        yield model


def run_sb3(settings: dict[str, Any], budget: int) -> Judge:
    """Train SB3 until it solves CartPole, or for `budget` environment steps."""
    judge = Judge(settings["seed"])
    model, total_timesteps = make_sb3(settings)
    model.learn(total_timesteps, callback=Check(judge, budget), log_interval=None)
    return judge


def _sb3(settings: Callable[[PPOConfig], dict[str, Any]]) -> Callable[[int, int], Judge]:
    return lambda seed, budget: run_sb3(settings(PPOConfig(seed=seed)), budget)


CONTENDERS: dict[str, Callable[[int, int], Judge]] = {
    "ppo_lib": run_ours,
    "SB3's defaults": _sb3(sb3_defaults),
    "SB3 with rl-zoo3's settings": _sb3(sb3_with_zoo_settings),
    "SB3 with ppo_lib's settings": _sb3(sb3_with_our_settings),
}
