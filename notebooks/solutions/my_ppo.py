"""PPO from an empty file: CartPole, with PyTorch and Gymnasium alone."""

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode
from torch import nn
from torch.distributions import Categorical

NUM_ENVS, NUM_STEPS, NUM_ITERATIONS = 32, 32, 60
NUM_EPOCHS, MINIBATCH_SIZE = 4, 256
GAMMA, GAE_LAMBDA = 0.99, 0.9
CLIP_RANGE, VF_COEF, LEARNING_RATE, MAX_GRAD_NORM = 0.2, 0.5, 0.01, 1.0


def make_network(num_outputs, last_gain):
    network = nn.Sequential(
        nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, num_outputs)
    )
    for layer in network[::2]:
        nn.init.orthogonal_(layer.weight, last_gain if layer is network[-1] else 2**0.5)
        nn.init.zeros_(layer.bias)
    return network


def compute_gae(rewards, values, next_values, terminated, truncated, gamma, gae_lambda):
    td_errors = rewards + gamma * next_values * ~terminated - values
    advantages, following = torch.zeros_like(td_errors), 0.0
    for t in reversed(range(len(td_errors))):
        following = td_errors[t] + gamma * gae_lambda * ~(terminated | truncated)[t] * following
        advantages[t] = following
    return advantages


def clipped_surrogate(log_probs, old_log_probs, advantages, clip_range):
    ratio = torch.exp(log_probs - old_log_probs)
    clipped = ratio.clamp(1 - clip_range, 1 + clip_range)
    return torch.min(ratio * advantages, clipped * advantages).mean()


def collect(envs, actor, critic, observations):
    rows = []
    for _ in range(NUM_STEPS):
        policy = Categorical(logits=actor(torch.tensor(observations)))
        actions = policy.sample()
        following, rewards, terminated, truncated, infos = envs.step(actions.numpy())
        successors = following.copy()
        for n in np.flatnonzero(terminated | truncated):
            successors[n] = infos["final_obs"][n]
        row = (observations, actions, policy.log_prob(actions), rewards, terminated, truncated)
        rows.append([torch.as_tensor(each) for each in (*row, successors)])  # step made new arrays
        observations = following
    states, actions, log_probs, rewards, terminated, truncated, successors = (
        torch.stack(column) for column in zip(*rows, strict=True)
    )
    values, next_values = critic(states).squeeze(-1), critic(successors).squeeze(-1)
    known = (rewards.float(), values, next_values, terminated, truncated)
    advantages = compute_gae(*known, GAMMA, GAE_LAMBDA)
    returns = advantages + values
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    samples = (states, actions, log_probs, advantages, returns)
    return [column.flatten(0, 1) for column in samples], observations


def train(seed):
    torch.manual_seed(seed)
    kwargs = {"autoreset_mode": AutoresetMode.SAME_STEP}
    envs = gym.make_vec("CartPole-v1", NUM_ENVS, vectorization_mode="sync", vector_kwargs=kwargs)
    observations, _ = envs.reset(seed=seed)
    actor, critic = make_network(2, 0.01), make_network(1, 1.0)
    weights = [*actor.parameters(), *critic.parameters()]
    optimizer = torch.optim.Adam(weights, LEARNING_RATE, eps=1e-5)
    for iteration in range(NUM_ITERATIONS):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - iteration / NUM_ITERATIONS)
        with torch.no_grad():
            batch, observations = collect(envs, actor, critic, observations)
        for _ in range(NUM_EPOCHS):
            for index in torch.randperm(NUM_ENVS * NUM_STEPS).split(MINIBATCH_SIZE):
                states, actions, old_log_probs, advantages, returns = (c[index] for c in batch)
                log_probs = Categorical(logits=actor(states)).log_prob(actions)
                surrogate = clipped_surrogate(log_probs, old_log_probs, advantages, CLIP_RANGE)
                critic_loss = (critic(states).squeeze(-1) - returns).square().mean()
                optimizer.zero_grad()
                (VF_COEF * critic_loss - surrogate).backward()  # no entropy bonus: c2 = 0
                nn.utils.clip_grad_norm_(weights, MAX_GRAD_NORM)
                optimizer.step()
    envs.close()

    def act(observation):
        with torch.no_grad():
            return Categorical(logits=actor(torch.tensor(observation))).sample().item()

    return act
