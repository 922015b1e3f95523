"""PPO for CartPole as one writes it plainly, in one file: the yardstick of `training_speed.py`.

It is laid out as CleanRL's `ppo.py` is: two `nn.Sequential` in an agent, storage of shape (T, N),
one step of the environments and one forward pass at a time, GAE by a loop over tensors, PyTorch's
`Categorical` and `Adam`, a handful of numbers to plot. Nothing is tuned and nothing slowed down.
Of `ppo_lib` it takes the settings alone.

As in CleanRL, an episode that the time limit cuts counts as one that fell, for which some agents
pay late in training, and the entropy is computed whether it is needed or not. Two settings are
`ppo_lib`'s: advantages are normalised over the rollout, and the value loss is not clipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv
from gymnasium.wrappers import RecordEpisodeStatistics
from torch import Tensor, nn
from torch.distributions import Categorical

from ppo_lib.config import PPOConfig


def make_env(env_id: str) -> gym.Env[Any, Any]:
    """Return one environment that records its episodes."""
    return RecordEpisodeStatistics(gym.make(env_id))


def make_sync_envs(env_id: str, num_envs: int) -> VectorEnv[Any, Any, Any]:
    """Return Gymnasium's environments, which step one after the other."""
    kinds = [lambda: make_env(env_id)] * num_envs
    return SyncVectorEnv(kinds, autoreset_mode=AutoresetMode.SAME_STEP)


def linear(num_inputs: int, num_outputs: int, gain: float = 2**0.5) -> nn.Linear:
    """Return a layer with orthogonal weights and no bias yet."""
    layer = nn.Linear(num_inputs, num_outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.constant_(layer.bias, 0.0)
    return layer


class Agent(nn.Module):
    """An actor and a critic."""

    def __init__(self, envs: VectorEnv[Any, Any, Any], hidden_sizes: tuple[int, int]):
        super().__init__()
        num_inputs = int(np.prod(envs.single_observation_space.shape))
        first, second = hidden_sizes
        self.actor = nn.Sequential(
            linear(num_inputs, first),
            nn.Tanh(),
            linear(first, second),
            nn.Tanh(),
            linear(second, envs.single_action_space.n, gain=0.01),
        )
        self.critic = nn.Sequential(
            linear(num_inputs, first),
            nn.Tanh(),
            linear(first, second),
            nn.Tanh(),
            linear(second, 1, gain=1.0),
        )

    def value(self, observations: Tensor) -> Tensor:
        """Return V(s) of each state, (B, 1)."""
        return self.critic(observations)

    def action_and_value(
        self, observations: Tensor, actions: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return actions, sampled if none are given, their log-probabilities, entropy, V(s)."""
        policy = Categorical(logits=self.actor(observations))
        if actions is None:
            actions = policy.sample()
        return actions, policy.log_prob(actions), policy.entropy(), self.critic(observations)


def ended_returns(infos: dict[str, Any]) -> list[float]:
    """Return the score of each episode that ended in a step."""
    infos = infos if "episode" in infos else infos.get("final_info", {})
    return infos["episode"]["r"][infos["_episode"]].tolist() if "episode" in infos else []


def train(
    config: PPOConfig, envs: VectorEnv[Any, Any, Any], agent: Agent
) -> Iterator[tuple[list[float], dict[str, float]]]:
    """Train the agent; yield each iteration's scores of episodes, and its metrics.

    Actions and the order of samples come from the global random streams of PyTorch and NumPy.
    """
    optimizer = torch.optim.Adam(agent.parameters(), config.learning_rate, eps=config.adam_eps)
    rows = (config.num_steps, config.num_envs)
    observations = torch.zeros((*rows, *envs.single_observation_space.shape))
    actions = torch.zeros(rows, dtype=torch.int64)
    log_probs, rewards, values, goes_on = (torch.zeros(rows) for _ in range(4))
    next_observations = torch.as_tensor(envs.reset(seed=config.seed)[0])

    for iteration in range(config.num_iterations):
        if config.anneal_learning_rate:
            share = 1.0 - iteration / config.num_iterations
            optimizer.param_groups[0]["lr"] = share * config.learning_rate

        episode_returns: list[float] = []
        for t in range(config.num_steps):
            observations[t] = next_observations
            with torch.no_grad():
                actions[t], log_probs[t], _, value = agent.action_and_value(next_observations)
                values[t] = value.flatten()
            seen, reward, terminated, truncated, infos = envs.step(actions[t].numpy())
            next_observations = torch.as_tensor(seen)
            rewards[t] = torch.as_tensor(reward)
            goes_on[t] = torch.as_tensor(~(terminated | truncated))
            episode_returns += ended_returns(infos)

        with torch.no_grad():
            next_values = agent.value(next_observations).flatten()
            advantages = torch.zeros(rows)
            following = torch.zeros(config.num_envs)
            for t in reversed(range(config.num_steps)):
                td_errors = rewards[t] + config.gamma * next_values * goes_on[t] - values[t]
                following = td_errors + config.gamma * config.gae_lambda * goes_on[t] * following
                advantages[t] = following
                next_values = values[t]
            returns = advantages + values
            advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)

        all_observations, all_actions = observations.flatten(0, 1), actions.flatten()
        all_log_probs, all_advantages = log_probs.flatten(), advantages.flatten()
        all_returns = returns.flatten()
        order = np.arange(config.rollout_size)
        approx_kls, clip_fractions = [], []
        for _ in range(config.num_epochs):
            np.random.shuffle(order)
            for start in range(0, config.rollout_size, config.minibatch_size):
                index = order[start : start + config.minibatch_size]
                _, new_log_probs, entropy, new_values = agent.action_and_value(
                    all_observations[index], all_actions[index]
                )
                log_ratio = new_log_probs - all_log_probs[index]
                ratio = log_ratio.exp()
                with torch.no_grad():
                    approx_kls.append((ratio - 1.0 - log_ratio).mean().item())
                    outside = (ratio - 1.0).abs() > config.clip_range
                    clip_fractions.append(outside.float().mean().item())

                advantage = all_advantages[index]
                clipped = ratio.clamp(1.0 - config.clip_range, 1.0 + config.clip_range)
                policy_loss = torch.max(-advantage * ratio, -advantage * clipped).mean()
                value_loss = ((new_values.flatten() - all_returns[index]) ** 2).mean()
                bonus = config.ent_coef * entropy.mean()
                loss = policy_loss + config.vf_coef * value_loss - bonus

                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(agent.parameters(), config.max_grad_norm)
                optimizer.step()

        targets, spread = all_returns.numpy(), all_returns.numpy().var()
        unexplained = (targets - values.flatten().numpy()).var()
        metrics = {
            "policy_loss": policy_loss.item(),
            "value_loss": value_loss.item(),
            "entropy": entropy.mean().item(),
            "approx_kl": float(np.mean(approx_kls)),
            "clip_fraction": float(np.mean(clip_fractions)),
            "explained_variance": float(1.0 - unexplained / spread) if spread else np.nan,
        }
        yield episode_returns, metrics
    envs.close()
