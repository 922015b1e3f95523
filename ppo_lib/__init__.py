"""Proximal Policy Optimization, small enough to read in an evening.

The algorithm, in the order to read it:

| file | what it holds |
|---|---|
| `config.py` | `PPOConfig`: every setting, its meaning, its range, its default |
| `advantages.py` | how much better than expected was each action: TD errors, GAE, normalising |
| `losses.py` | the ratio, the clipped surrogate, the value loss, the total loss |
| `diagnostics.py` | what the curves show: KL, clip fraction, explained variance |
| `batch.py` | a rollout, a batch, minibatches: the data between the steps |
| `networks.py` | `ActorCritic`: the two networks, and how an action is drawn |
| `envs.py`, `vector_envs.py` | N environments that step together, in one autoreset mode |
| `rollout.py` | collect: the policy acts for T steps in N environments |
| `optimizer.py` | Adam over one vector |
| `training.py` | the loop: collect, judge, update, again; and `evaluate` |
| `checkpoints.py` | a trained agent as a file |
| `tensors.py` | shapes are compared, small networks run on one thread |
| `__main__.py` | `python -m ppo_lib --env CartPole-v1` |

`beyond/` is for a second evening: TRPO, many agents at once, sweeps. `course/` holds what the lessons
need; nothing of the algorithm imports it. (`moved.py` goes with the next release.)
"""

from ppo_lib.moved import install

install()
