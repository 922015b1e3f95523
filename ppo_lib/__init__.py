"""Proximal Policy Optimization, small enough to read in an evening.

The algorithm, in the order to read it:

| file | what it holds |
|---|---|
| `config.py` | `PPOConfig`: every setting, its meaning, its range, its default |
| `advantages.py` | how much better than expected was each action: TD errors, GAE, normalising |
| `batch.py` | a rollout, a batch, minibatches: the data between the steps |
| `losses.py` | the ratio, the clipped surrogate, the value loss, the total loss |
| `diagnostics.py` | what the curves show: KL, clip fraction, explained variance |
| `envs.py`, `vector_envs.py` | N environments that step together, in one autoreset mode |
| `networks.py` | `ActorCritic`: the two networks, and how an action is drawn |
| `by_hand.py` | a network's way forward and back written out: the same numbers, sooner |
| `rollout.py` | collect: the policy acts for T steps in N environments |
| `optimizer.py` | Adam over one vector |
| `training.py` | the loop: collect, judge, update, again; and `evaluate` |
| `checkpoints.py` | a trained agent as a file |
| `tensors.py` | a check of shapes, and PyTorch kept to one thread |
| `__main__.py` | `python -m ppo_lib --env CartPole-v1` |

`beyond/` is for a second evening: TRPO, many agents at once, sweeps. `course/` holds what the
lessons need. The algorithm imports neither; `envs.py` gives Gymnasium the names of their
environments. `moved.py` lets notebooks of release 0.1 run, until the next.
"""

from ppo_lib.moved import install

install()
