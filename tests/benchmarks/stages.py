"""A training run of which `iteration.py` times the parts, each on the same data."""

from __future__ import annotations

import copy
import time

import numpy as np
import torch
from torch import nn

from ppo_lib.batch import make_batch, minibatches
from ppo_lib.by_hand import outputs_of
from ppo_lib.config import PPOConfig
from ppo_lib.diagnostics import average_metrics, columns_of
from ppo_lib.envs import make_envs, to_env_actions
from ppo_lib.losses import ppo_loss
from ppo_lib.networks import sample_actions
from ppo_lib.optimizer import clip_norm
from ppo_lib.rollout import collect_rollout
from ppo_lib.training import make_model, make_optimizer, ppo_update


def plain_network(num_outputs: int) -> nn.Sequential:
    """Return the network of the default settings as anybody would write it."""
    return nn.Sequential(
        *(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, num_outputs))
    )


class Training:
    """A training run that goes on by one iteration a round; the other parts use its data."""

    def __init__(self, config: PPOConfig):
        self.config = config
        self.envs, self.twin = (make_envs(config.env_id, config.num_envs) for _ in range(2))
        self.observations, _ = self.envs.reset(seed=config.seed)
        self.twin.reset(seed=config.seed)
        self.model = make_model(config)
        self.before = copy.deepcopy(self.model)  # the model that acted in the last rollout
        self.optimizer = make_optimizer(self.model, config)
        self.other_optimizer = make_optimizer(self.before, config)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.raw = (plain_network(2), plain_network(1))
        self.stages: list[tuple[float, float, float]] = []

    def iteration(self) -> None:
        """Train for one iteration, and note the seconds of its three stages."""
        config, times = self.config, [time.perf_counter()]
        self.rollout, self.observations = collect_rollout(
            self.envs, self.model, self.observations, config.num_steps, self.generator
        )
        times.append(time.perf_counter())
        self.batch = make_batch(self.rollout, config)
        times.append(time.perf_counter())
        ppo_update(self.model, self.optimizer, self.batch, config, self.generator)
        times.append(time.perf_counter())
        self.stages.append((times[1] - times[0], times[2] - times[1], times[3] - times[2]))

    def prepare(self) -> None:
        """Lay ready what the parts need; its time counts for nothing."""
        actions = self.rollout.actions.numpy()
        self.actions = [to_env_actions(a, self.envs.single_action_space) for a in actions]
        self.pieces = [
            piece
            for _ in range(self.config.num_epochs)
            for piece in minibatches(self.batch, self.config, self.generator)
        ]
        self.history = []
        for piece in self.pieces:
            _, terms = ppo_loss(self.before, piece, self.config)
            self.history.append((*terms, piece.old_log_probs, piece.advantages, torch.zeros(())))

    def environment(self) -> None:
        """Take the rollout's steps in the twin."""
        for actions in self.actions:
            observations, *_ = self.twin.step(actions)
        if not np.array_equal(observations, self.observations):
            raise RuntimeError("the twin environments went another way than the rollout")

    @torch.no_grad()
    def acting(self) -> None:
        """Choose an action in each of the rollout's states."""
        for observations in self.rollout.observations:
            sample_actions(self.before.policy(observations), self.generator)

    def forward_backward(self, actor: nn.Module, critic: nn.Module) -> None:
        """Push every minibatch through two networks and back."""
        for piece in self.pieces:
            actor.zero_grad()
            critic.zero_grad()
            (actor(piece.observations).sum() + critic(piece.observations).sum()).backward()

    def networks(self) -> None:
        """Push every minibatch through the model's networks and back, as the update does."""
        for piece in self.pieces:
            self.before.zero_grad()
            of_actor = outputs_of(self.before.policy_network, piece.observations)
            of_critic = outputs_of(self.before.value_network, piece.observations)
            (of_actor.sum() + of_critic.sum()).backward()

    def loss(self) -> None:
        """Compute every minibatch's loss and its gradient."""
        for piece in self.pieces:
            loss, _ = ppo_loss(self.before, piece, self.config)
            self.before.zero_grad()
            loss.backward()

    def metrics(self) -> None:
        """Work out the update's metrics from what its gradient steps noted."""
        average_metrics(columns_of(self.history), self.config.clip_range)

    def gradient_norm(self) -> None:
        """Collect and cut the gradient as often as the update does."""
        for _ in self.pieces:
            self.gradient = self.other_optimizer.gradient()
            clip_norm(self.gradient, self.config.max_grad_norm)

    def optimizer_step(self) -> None:
        """Take as many optimiser steps as the update does."""
        for _ in self.pieces:
            self.other_optimizer.step(self.gradient)

    def indexing(self) -> None:
        """Cut the batch into minibatches, as often as the update does."""
        for _ in range(self.config.num_epochs):
            for _ in minibatches(self.batch, self.config, self.generator):
                pass

    def follow(self) -> None:
        """Give the copy the weights that will act in the next rollout."""
        self.before.load_state_dict(self.model.state_dict())
