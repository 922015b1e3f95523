"""Each part of PPO taken away or changed in turn, over seeds: what is it worth?

    python -m ppo_lib.course.measures.ablations  # remakes assets/ablations.json, in 15 minutes

A `Variant` is a way of training; `measure` trains it with several seeds, all at once, and tells
what became of each agent. `reuse`, `learning_rates` and `parts` are the questions of lesson 07.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ppo_lib import losses
from ppo_lib.advantages import compute_gae
from ppo_lib.batch import AdvantageEstimator
from ppo_lib.beyond.population import train_many
from ppo_lib.beyond.sweeps import curves
from ppo_lib.config import PPOConfig, preset
from ppo_lib.losses import (
    Surrogate,
    ValueLoss,
    clipped_surrogate,
    probability_ratio,
    unclipped_surrogate,
)
from ppo_lib.networks import ActorCritic
from ppo_lib.training import make_model

ASSET = Path(__file__).resolve().parents[3] / "assets" / "ablations.json"

SOLVED_AT = {"CartPole-v1": 475.0, "Acrobot-v1": -100.0}
"""The mean return of 20 episodes at which a task counts as solved."""


@dataclass(frozen=True)
class Variant:
    """One way of training an agent.

    Attributes:
        name: of the method or of the part that differs: a key of a string, `variant.<name>`.
        value: of the setting that is varied, or `nan`.
        config: the settings; the seed is replaced.
        surrogate: the policy's objective.
        estimate_advantages: the advantages of a rollout.
        value_loss: the critic's loss.
        initialize: changes an untrained model in place, with a seed; `None` leaves it.
    """

    name: str
    value: float
    config: PPOConfig
    surrogate: Surrogate = clipped_surrogate
    estimate_advantages: AdvantageEstimator = compute_gae
    value_loss: ValueLoss = losses.value_loss
    initialize: Callable[[ActorCritic, int], None] | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one agent.

    Attributes:
        name: the variant's.
        value: the variant's.
        seed: the agent's.
        solved_after: environment steps until the mean return of its last 20 episodes first
            reached the task's threshold, or `None`.
        final_return: that mean at the end of training; `nan` if the loss stopped being finite.
    """

    name: str
    value: float
    seed: int
    solved_after: int | None
    final_return: float


def measure(
    variants: Sequence[Variant], seeds: Iterable[int], progress: bool = True
) -> list[Outcome]:
    """Train every variant with every seed, all agents at once.

    Args:
        variants: they share the environment, the networks' sizes, N, T and the number of steps.
        seeds: of the agents of each variant.
        progress: whether to show a bar.

    Returns:
        An outcome for each agent, the seeds of a variant one after the other.

    Raises:
        ValueError: if there is no variant or no seed, or as `train_many`'s.
    """
    seeds = [int(seed) for seed in seeds]
    agents = [(variant, seed) for variant in variants for seed in seeds]
    if not agents:
        raise ValueError("variants and seeds must hold at least one each, got none")
    configs = [replace(variant.config, seed=seed) for variant, seed in agents]
    history = list(
        train_many(
            configs,
            models=[
                _model(variant, config)
                for (variant, _), config in zip(agents, configs, strict=True)
            ],
            surrogate=[variant.surrogate for variant, _ in agents],
            estimate_advantages=[variant.estimate_advantages for variant, _ in agents],
            value_loss=[variant.value_loss for variant, _ in agents],
            progress=progress,
        )
    )
    env_steps, returns = curves(history)
    outcomes = []
    for (variant, seed), curve in zip(agents, returns, strict=True):
        solved = curve >= SOLVED_AT[variant.config.env_id]
        after = int(env_steps[solved.argmax()]) if solved.any() else None
        outcomes.append(Outcome(variant.name, variant.value, seed, after, float(curve[-1])))
    return outcomes


def _model(variant: Variant, config: PPOConfig) -> ActorCritic:
    model = make_model(config)
    if variant.initialize is not None:
        variant.initialize(model, config.seed)
    return model


# The questions.


def reuse(epochs: Sequence[int] = (1, 2, 4, 8, 16, 32)) -> list[Variant]:
    """Return PPO, the same without its limit, and the policy gradient, by the epochs K on a batch.

    The step size is 0.003 throughout and 30,000 steps are too few to solve CartPole easily:
    so the number of epochs has something to decide.
    """
    settings = {"total_steps": 30_000, "learning_rate": 3e-3, "anneal_learning_rate": False}
    return [
        Variant(name, k, preset("cartpole", num_epochs=k, **settings), surrogate)
        for name, surrogate in (
            ("ppo", clipped_surrogate),
            ("no_clip", unclipped_surrogate),
            ("policy_gradient", policy_gradient),
        )
        for k in epochs
    ]


def learning_rates(
    rates: Sequence[float] = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1),
    total_steps: int = 60_000,
) -> list[Variant]:
    """Return PPO, PPO without its clip and the plain policy gradient, by the first step size.

    The plain policy gradient uses each sample once: one epoch. It is there twice, with a
    gradient step on each of four minibatches and with one on the whole batch.
    """
    once = {"num_epochs": 1}
    whole = {"num_epochs": 1, "minibatch_size": preset("cartpole").rollout_size}
    methods: list[tuple[str, Surrogate, dict[str, int]]] = [
        ("ppo", clipped_surrogate, {}),
        ("no_clip", unclipped_surrogate, {}),
        ("policy_gradient", policy_gradient, once),
        ("policy_gradient_whole", policy_gradient, whole),
    ]
    return [
        Variant(
            name,
            rate,
            preset("cartpole", total_steps=total_steps, learning_rate=rate, **changes),
            surrogate,
        )
        for name, surrogate, changes in methods
        for rate in rates
    ]


def parts(task: str = "cartpole") -> list[Variant]:
    """Return PPO with all parts, and with each of them taken away or changed in turn.

    Args:
        task: a preset's name, of discrete actions.
    """
    whole = preset(task)
    as_is = Variant("ppo", math.nan, whole)

    def with_settings(name: str, **changes: object) -> Variant:
        return replace(as_is, name=name, config=replace(whole, **changes))  # type: ignore[arg-type]

    return [
        as_is,
        replace(as_is, name="no_clip", surrogate=unclipped_surrogate),
        replace(as_is, name="no_min", surrogate=clip_alone),
        replace(as_is, name="no_critic", estimate_advantages=without_critic),
        with_settings("lambda_0", gae_lambda=0.0),
        with_settings("lambda_1", gae_lambda=1.0),
        with_settings("one_epoch", num_epochs=1),
        with_settings("whole_batch", minibatch_size=whole.rollout_size),
        with_settings("no_normalization", normalize_advantages="none"),
        with_settings("minibatch_normalization", normalize_advantages="minibatch"),
        replace(as_is, name="clipped_values", value_loss=clipped_value_loss),
        with_settings("no_norm_limit", max_grad_norm=math.inf),
        with_settings("no_annealing", anneal_learning_rate=False),
        with_settings("adam_eps", adam_eps=1e-8),
        with_settings("entropy", ent_coef=0.01),
        replace(as_is, name="large_last_layer", initialize=enlarge_last_layer),
        replace(as_is, name="torch_initialization", initialize=initialize_as_torch),
    ]


# The parts that take another's place.


def clip_alone(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
) -> Tensor:
    """Return the clipped term without the min; arguments as for `clipped_surrogate`."""
    ratio = probability_ratio(log_probs, old_log_probs)
    return (ratio.clamp(1.0 - clip_range, 1.0 + clip_range) * advantages).mean()


def policy_gradient(
    log_probs: Tensor, old_log_probs: Tensor, advantages: Tensor, clip_range: float
) -> Tensor:
    """Return the plain policy gradient's objective; arguments as for `clipped_surrogate`.

        L^PG(θ) = mean over t of log π_θ(a_t|s_t) Â_t

    Source: Schulman et al., "Proximal Policy Optimization Algorithms" (2017), equation 2.
    """
    return (log_probs * advantages).mean()


def without_critic(
    rewards: Tensor,
    values: Tensor,
    next_values: Tensor,
    terminated: Tensor,
    truncated: Tensor,
    gamma: float,
    gae_lambda: float,
) -> Tensor:
    """Return discounted sums of the rewards to come, with no critic; arguments as `compute_gae`'s.

    What a time limit or the rollout's end cuts off is lost.
    """
    nothing = torch.zeros_like(values)
    return compute_gae(rewards, nothing, nothing, terminated, truncated, gamma, 1.0)


def clipped_value_loss(
    values: Tensor, returns: Tensor, old_values: Tensor, value_range: float = 0.2
) -> Tensor:
    """Return the value loss that also clips: the larger of two squared errors.

        mean of max( (V - V^targ)²,  (V_old + clip(V - V_old, -0.2, 0.2) - V^targ)² )

    Source: OpenAI's baselines, `ppo2`; described by Huang et al., "The 37 Implementation Details
    of Proximal Policy Optimization" (2022), detail 9.
    """
    near = old_values + (values - old_values).clamp(-value_range, value_range)
    return torch.maximum((values - returns).square(), (near - returns).square()).mean()


@torch.no_grad()
def enlarge_last_layer(model: ActorCritic, seed: int) -> None:
    """Give the policy's last layer the gain 1, a hundred times its usual one."""
    model.policy_network[-1].weight.mul_(100.0)  # type: ignore[operator]


def initialize_as_torch(model: ActorCritic, seed: int) -> None:
    """Draw all weights anew as `torch.nn.Linear` draws its own."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        for layer in model.modules():
            if isinstance(layer, nn.Linear):
                layer.reset_parameters()


# The asset.


def load_outcomes(question: str) -> list[Outcome]:
    """Return the recorded outcomes of a question.

    Args:
        question: "reuse", "learning_rates", "parts_cartpole" or "parts_acrobot".

    Raises:
        ValueError: if there is no such question.
        FileNotFoundError: if the asset is missing.
    """
    if not ASSET.exists():
        raise FileNotFoundError(
            f"the asset must lie at {ASSET}: python -m ppo_lib.course.measures.ablations remakes it"
        )
    recorded: dict[str, list[dict[str, Any]]] = json.loads(ASSET.read_text(encoding="utf-8"))
    if question not in recorded:
        raise ValueError(f"question must be one of {', '.join(recorded)}, got {question!r}")
    return [
        Outcome(
            row["name"],
            math.nan if row["value"] is None else row["value"],
            row["seed"],
            row["solved_after"],
            math.nan if row["final_return"] is None else row["final_return"],
        )
        for row in recorded[question]
    ]


def main(num_seeds: int = 16, path: Path = ASSET) -> None:
    """Measure all questions and write the asset."""
    questions = {
        "reuse": reuse(),
        "learning_rates": learning_rates(),
        "parts_cartpole": parts("cartpole"),
        "parts_acrobot": parts("acrobot"),
    }
    recorded = {}
    for question, variants in questions.items():
        print(question)
        outcomes = measure(variants, range(num_seeds))
        recorded[question] = [
            {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in asdict(o).items()}
            for o in outcomes
        ]
    rows = {
        question: "[\n" + ",\n".join("  " + json.dumps(row) for row in of_one) + "\n ]"
        for question, of_one in recorded.items()
    }
    content = ",\n".join(f' "{question}": {of_one}' for question, of_one in rows.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + content + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
