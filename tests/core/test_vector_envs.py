"""The numpy environments: Gymnasium's own, step for step, with a random stream for each block."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.envs.classic_control.cartpole import CartPoleVectorEnv
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers.vector import RecordEpisodeStatistics

from ppo_lib.course.cliff.environment import CliffEnv
from ppo_lib.envs import VECTOR_ENVS, make_envs, reset_envs
from ppo_lib.networks import ActorCritic
from ppo_lib.rollout import collect_rollout
from ppo_lib.vector_envs import NumpyVectorEnv

ENV_IDS = [*VECTOR_ENVS, "ppo_lib/Cliff-v0"]
RANDOM_STARTS = ["CartPole-v1", "Acrobot-v1", "Pendulum-v1"]  # the cliff has one start
START_BOUNDS = {
    "CartPole-v1": np.full(4, 0.05),
    "Acrobot-v1": np.full(4, 0.1),
    "Pendulum-v1": np.array([np.pi, 1.0]),
}  # uniform between minus and plus, as Gymnasium's documentation says


def make_sync(env_id, num_envs):
    return gym.make_vec(
        env_id,
        num_envs,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
    )


def place(single, env_id, state, start=False):
    """Put a single environment of Gymnasium's into a state, in the type that its reset uses."""
    if env_id == "ppo_lib/Cliff-v0":
        single.unwrapped.position = int(state[0])
    else:
        dtype = np.float32 if start and env_id == "Acrobot-v1" else np.float64
        single.unwrapped.state = state.astype(dtype)
        assert np.array_equal(single.unwrapped.state, state)  # a start is one that float32 holds


def state_of(single, env_id):
    """Return the state of a single environment of Gymnasium's, (S,)."""
    if env_id == "ppo_lib/Cliff-v0":
        return np.array([single.unwrapped.position])
    return np.asarray(single.unwrapped.state)


def look(single, env_id):
    """Return what a single environment shows of the state it is in."""
    names = {"Acrobot-v1": "_get_ob", "Pendulum-v1": "_get_obs", "ppo_lib/Cliff-v0": "_observation"}
    if env_id == "CartPole-v1":
        return single.unwrapped.state.astype(np.float32)
    return getattr(single.unwrapped, names[env_id])()


def choose(env_id, envs):
    """Random actions; but in odd columns such as make an episode end in its rarer way."""
    actions = np.stack([envs.single_action_space.sample() for _ in range(envs.num_envs)])
    if env_id == "CartPole-v1":  # balance, until the time limit
        skilled = envs.states[2] + envs.states[3] > 0
    elif env_id == "Acrobot-v1":  # push along with the second joint, and so swing up
        skilled = np.where(envs.states[3] > 0, 2, 0)
    elif env_id == "ppo_lib/Cliff-v0":  # to and fro, until the time limit
        skilled = envs.states[0] <= CliffEnv.START
    else:
        return actions
    return np.where(np.arange(envs.num_envs) % 2, skilled, actions)


def test_cartpole_steps_as_gymnasiums_many_copies_do_to_the_bit():
    envs, theirs = make_envs("CartPole-v1", 1000), CartPoleVectorEnv(1000)
    envs.reset(seed=0)
    theirs.reset(seed=0)
    stream = np.random.default_rng(0)
    for spread in (0.05, 0.3, 3.0):
        states, actions = stream.normal(0.0, spread, (4, 1000)), stream.integers(2, size=1000)
        envs.states, theirs.state, theirs.prev_done[:] = states, states, False
        rewards, terminated = envs._step_states(actions)
        _, their_rewards, their_terminated, _, _ = theirs.step(actions)
        assert np.array_equal(envs.states, theirs.state)
        assert np.array_equal(terminated, their_terminated)
        assert np.array_equal(rewards, their_rewards)
    assert 100 < terminated.sum() < 1000


@pytest.mark.parametrize("env_id", ENV_IDS)
def test_every_step_is_that_of_gymnasiums_single_environment(env_id):
    num_envs = 6
    num_steps = {"Pendulum-v1": 410, "ppo_lib/Cliff-v0": 210}.get(env_id, 520)
    envs = make_envs(env_id, num_envs)
    singles = [gym.make(env_id) for _ in range(num_envs)]
    envs.single_action_space.seed(0)
    observations, infos = envs.reset(seed=0)
    assert infos == {}
    scores = [[] for _ in range(num_envs)]
    num_terminated = num_truncated = 0
    largest = 0.0

    def start(n):
        singles[n].reset()
        place(singles[n], env_id, envs.states[:, n], start=True)
        np.testing.assert_allclose(observations[n], look(singles[n], env_id), atol=1e-7)

    for n in range(num_envs):
        start(n)
    for _ in range(num_steps):
        actions = choose(env_id, envs)
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        assert observations.dtype == np.float32 and rewards.dtype == np.float64
        ended = terminated | truncated
        assert bool(infos) == ended.any()
        if infos:
            for mask in ("_final_obs", "_final_info", "_episode"):
                np.testing.assert_array_equal(infos[mask], ended)
        for n, single in enumerate(singles):
            action = actions[n]
            seen, reward, terminal, cut, _ = single.step(action)
            got = infos["final_obs"][n] if ended[n] else observations[n]
            largest = max(largest, float(np.abs(got - seen).max()))
            assert reward == pytest.approx(rewards[n], rel=1e-9, abs=1e-12)
            assert (terminal, cut) == (terminated[n], truncated[n])
            scores[n].append(reward)
            if not ended[n]:
                # Falling poles multiply a rounding error, so each step starts from the same.
                state = envs.states[:, n]
                np.testing.assert_allclose(state_of(single, env_id), state, atol=1e-9)
                place(single, env_id, state)
            else:
                assert infos["episode"]["r"][n] == pytest.approx(sum(scores[n]), rel=1e-9)
                assert infos["episode"]["l"][n] == len(scores[n])
                scores[n].clear()
                start(n)
        num_terminated += terminated.sum()
        num_truncated += truncated.sum()
    assert largest < 1e-6  # 0 where measured; the requirement is 1e-5
    assert num_truncated >= 3
    assert num_terminated >= 6 or env_id == "Pendulum-v1"


@pytest.mark.parametrize("env_id", RANDOM_STARTS)
def test_one_step_from_anywhere_is_gymnasiums(env_id):
    # Also where an episode never comes: angles of many turns, speeds at their limit, torques
    # beyond it.
    num_envs = 600
    high = {
        "CartPole-v1": [4.8, 5.0, 0.42, 5.0],
        "Acrobot-v1": [np.pi, np.pi, 4 * np.pi, 9 * np.pi],
        "Pendulum-v1": [20.0, 8.0],
    }[env_id]
    rng = np.random.default_rng(1)
    envs, single = make_envs(env_id, num_envs), gym.make(env_id).unwrapped
    envs.reset(seed=0)
    states = rng.uniform(-1, 1, (num_envs, len(high))) * high
    envs.states = states.T.copy()
    actions = rng.integers(envs.single_action_space.n, size=num_envs) if env_id != "Pendulum-v1" \
        else rng.uniform(-3, 3, (num_envs, 1)).astype(np.float32)  # fmt: skip
    observations, rewards, terminated, _, infos = envs.step(actions)
    if infos:
        observations[terminated] = infos["final_obs"][terminated]
    for n in range(num_envs):
        single.reset()
        place(single, env_id, states[n])
        seen, reward, terminal, _, _ = single.step(actions[n])
        np.testing.assert_allclose(observations[n], seen, atol=1e-6)
        assert (reward, terminal) == (pytest.approx(rewards[n], rel=1e-9), terminated[n])
    if env_id == "Acrobot-v1":  # the bounds of both speeds were in play
        assert (np.abs(observations[:, 4]) > 12.566).sum() > 20
        assert (np.abs(observations[:, 5]) > 28.274).sum() > 20


@pytest.mark.parametrize("env_id", ["CartPole-v1", "ppo_lib/Cliff-v0"])
def test_an_end_at_the_time_limit_may_be_of_both_kinds(env_id):
    envs, single = make_envs(env_id, 1), gym.make(env_id)
    envs.reset(seed=0)
    single.reset(seed=0)
    last = envs.max_episode_steps - 1
    envs.episode_lengths[:] = single._elapsed_steps = last
    state = np.array([[0.0], [0.0], [0.3], [0.0]]) if env_id == "CartPole-v1" else np.array([[1]])
    envs.states = state
    place(single, env_id, state[:, 0])
    _, _, terminated, truncated, infos = envs.step(np.array([0]))
    assert single.step(0)[2:4] == (True, True) == (terminated[0], truncated[0])
    assert infos["episode"]["l"] == last + 1


@pytest.mark.parametrize("env_id", RANDOM_STARTS)
def test_starts_are_spread_as_gymnasiums_after_a_reset_and_after_an_end(env_id):
    num_envs = 4_000
    envs = make_envs(env_id, num_envs)
    envs.reset(seed=[3, 4])
    after_reset = envs.states.copy()
    envs.episode_lengths[:] = envs.max_episode_steps - 1
    envs.step(envs.action_space.sample())
    assert (envs.states != after_reset).all()
    single = gym.make(env_id).unwrapped
    single.np_random = np.random.default_rng(5)
    theirs = []
    for _ in range(num_envs):
        single.reset()
        theirs.append(single.state)
    bounds = START_BOUNDS[env_id]
    for starts in (after_reset.T, envs.states.T, np.array(theirs)):
        scaled = starts / bounds
        assert np.abs(scaled).max() <= 1 + 1e-7  # float32 rounds 0.1 up
        # Uniform on -1 to 1: the mean is 0 within 5 * 0.577 / sqrt(4000) = 0.046, the spread
        # 0.577; no two numbers are the same, and none tells another.
        assert np.abs(scaled.mean(0)).max() < 0.046
        np.testing.assert_allclose(scaled.std(0), 3**-0.5, rtol=0.04)
        assert len(np.unique(scaled)) > 0.99 * scaled.size
        together = np.corrcoef(np.vstack([scaled[:-1].T, scaled[1:].T]))
        assert np.abs(together - np.eye(len(together))).max() < 0.1


def run(env_id, seed, num_envs, actions):
    """Return all that the columns go through, (T, N, ...) in one array of numbers."""
    envs = make_envs(env_id, num_envs)
    reset = reset_envs if isinstance(seed, list) else lambda envs, seed: envs.reset(seed=seed)[0]
    observations = reset(envs, seed)
    rows = [observations.reshape(num_envs, -1)]
    num_ends = 0
    for action in actions:
        observations, rewards, terminated, truncated, infos = envs.step(action)
        ended = terminated | truncated
        num_ends += ended.sum()
        final = np.full(observations.shape, np.nan)
        for n in np.flatnonzero(ended):
            final[n] = infos["final_obs"][n]
        row = [observations, final, *(x[:, None] for x in (rewards, terminated, truncated))]
        rows.append(np.concatenate(row, axis=1))
    assert num_ends >= num_envs
    envs.close()
    return rows


def random_actions(env_id, num_envs, num_steps, seed):
    space = make_envs(env_id, num_envs).action_space
    space.seed(seed)
    return [space.sample() for _ in range(num_steps)]


def columns(rows, block):
    return [row[block] for row in rows]


def same(rows, others):
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(rows, others, strict=True))


# MountainCar has no numpy version: its copies step one after the other.
STREAMED = {"CartPole-v1": 200, "Acrobot-v1": 510, "Pendulum-v1": 410, "MountainCar-v0": 210}


@pytest.mark.parametrize("env_id", STREAMED)
def test_a_block_is_bit_for_bit_the_same_beside_others_and_alone(env_id):
    actions = random_actions(env_id, 6, STREAMED[env_id], seed=0)
    wide = run(env_id, [5, 6, 7], 6, actions)
    assert same(wide, run(env_id, [5, 6, 7], 6, actions))
    alone = run(env_id, [6], 2, [action[2:4] for action in actions])
    assert same(columns(wide, slice(2, 4)), alone)

    # Another seed and other actions for the block in the middle.
    others = [action.copy() for action in actions]
    for action, other in zip(others, random_actions(env_id, 6, len(actions), seed=1), strict=True):
        action[2:4] = other[2:4]
    mixed = run(env_id, [5, 60, 7], 6, others)
    for block, unchanged in [(slice(0, 2), True), (slice(2, 4), False), (slice(4, 6), True)]:
        assert same(columns(wide, block), columns(mixed, block)) == unchanged
    # Also the ends of the others alone leave a block as it was.
    mixed = run(env_id, [5, 6, 7], 6, others)
    assert same(columns(wide, slice(4, 6)), columns(mixed, slice(4, 6)))
    # One seed is one block.
    assert same(run(env_id, 6, 2, [action[2:4] for action in actions]), alone)


def test_reset_envs_resets_what_a_wrapper_holds():
    expected = reset_envs(make_envs("CartPole-v1", 4), [1, 2])
    wrapped = gym.wrappers.vector.ClipReward(make_envs("CartPole-v1", 4), 0.0, 1.0)
    np.testing.assert_array_equal(reset_envs(wrapped, [1, 2]), expected)


def test_where_copies_step_one_by_one_column_n_of_a_block_gets_its_seed_plus_n():
    envs = make_envs("MountainCar-v0", 4)
    observations = reset_envs(envs, np.array([3, 10]))
    for n, seed in enumerate([3, 4, 10, 11]):
        expected, _ = gym.make("MountainCar-v0").reset(seed=seed)
        np.testing.assert_array_equal(observations[n], expected)


def test_a_blocks_starts_come_from_its_stream_in_the_order_of_columns():
    envs = make_envs("CartPole-v1", 6)
    envs.reset(seed=[8, 9])
    streams = [np.random.default_rng(seed) for seed in (8, 9)]
    for block, stream in zip(([0, 1, 2], [3, 4, 5]), streams, strict=True):
        for n in block:
            np.testing.assert_array_equal(envs.states[:, n], stream.uniform(-0.05, 0.05, 4))
    # Columns 2, 3 and 5 end: 2 draws from the first stream, 3 and then 5 from the second.
    envs.episode_lengths[[2, 3, 5]] = 499
    envs.step(np.zeros(6, int))
    for n, stream in [(2, streams[0]), (3, streams[1]), (5, streams[1])]:
        np.testing.assert_array_equal(envs.states[:, n], stream.uniform(-0.05, 0.05, 4))


def test_a_reset_without_a_seed_goes_on_with_the_streams():
    def two_resets(*seeds):
        envs = make_envs("CartPole-v1", 4)
        return [envs.reset(seed=seed)[0] for seed in seeds]

    first, second = two_resets([1, 2], None)
    assert not np.isin(first, second).any()
    np.testing.assert_array_equal(second, two_resets([1, 2], None)[1])
    np.testing.assert_array_equal(second[2:], two_resets([7, 2], None)[1][2:])
    np.testing.assert_array_equal(first, two_resets(None, [1, 2])[1])
    assert not np.isin(two_resets(None)[0], two_resets(None)[0]).any()  # no seed: by chance


@pytest.mark.parametrize("env_id", ENV_IDS)
def test_a_reset_must_come_first_and_forgets_the_episodes_that_ran(env_id):
    envs = make_envs(env_id, 2)
    ones = np.ones(envs.action_space.shape, envs.action_space.dtype)
    message = r"^reset must be called before the first step$"
    with pytest.raises(gym.error.ResetNeeded, match=message):
        envs.step(ones)
    envs.reset(seed=0)
    envs.step(ones)
    assert envs.episode_lengths.tolist() == [1, 1]
    envs.reset()
    assert envs.episode_lengths.tolist() == [0, 0]
    assert envs.episode_returns.tolist() == [0.0, 0.0]


def test_seeds_that_do_not_divide_the_columns_are_refused():
    numpy_envs, others = make_envs("CartPole-v1", 4), make_envs("MountainCar-v0", 4)
    for seeds in ([], [1, 2, 3], [1] * 8):
        message = f" must be as many seeds as divide num_envs = 4, got {len(seeds)}$"
        for envs in (numpy_envs, others):
            with pytest.raises(ValueError, match="^seeds" + message):
                reset_envs(envs, seeds)
        with pytest.raises(ValueError, match="^seed" + message):
            numpy_envs.reset(seed=seeds)


def test_a_refused_reset_leaves_the_environments_as_they_were():
    envs, twin = make_envs("CartPole-v1", 4), make_envs("CartPole-v1", 4)
    for each in (envs, twin):
        each.reset(seed=[1, 2])
    with pytest.raises(ValueError):
        envs.reset(seed=[1, 2, 3])
    with pytest.raises(ValueError, match="negative"):
        envs.reset(seed=[1, -1])
    with pytest.raises(ValueError) as error:
        envs.reset(seed=5, options={"reset_mask": np.ones(4, bool)})
    assert str(error.value).startswith("options must be None or empty, got {'reset_mask': array(")
    np.testing.assert_array_equal(envs.states, twin.states)
    np.testing.assert_array_equal(envs.reset()[0], twin.reset(options={})[0])


@pytest.mark.parametrize("env_id", ENV_IDS)
def test_actions_of_another_shape_are_refused(env_id):
    envs = make_envs(env_id, 4)
    envs.reset(seed=0)
    right = envs.action_space.sample()
    for wrong in (right[:1], right[:3], right[..., None], right.sum()):
        with pytest.raises(ValueError) as error:
            envs.step(wrong)
        expected = f"actions must have the shape {right.shape}, got {np.shape(wrong)}"
        assert str(error.value) == expected
    assert envs.episode_lengths.tolist() == [0] * 4


@pytest.mark.parametrize("env_id", ENV_IDS)
def test_what_they_return_is_what_sync_vector_env_returns(env_id):
    ours, theirs = make_envs(env_id, 3), RecordEpisodeStatistics(make_sync(env_id, 3))
    assert isinstance(ours, NumpyVectorEnv)
    for name in ("num_envs", "observation_space", "action_space",
                 "single_observation_space", "single_action_space"):  # fmt: skip
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.metadata["autoreset_mode"] is theirs.metadata["autoreset_mode"]
    assert ours.spec.id == env_id

    steps = random_actions(env_id, 3, 510, seed=0)
    kinds = []
    for envs in (ours, theirs):
        first, infos = envs.reset(seed=0)
        assert infos == {}
        answers = [envs.step(actions) for actions in steps]
        assert all(answer[0].flags.c_contiguous for answer in answers)
        kinds.append([[(x.shape, x.dtype) for x in (first, *answer[:4])] for answer in answers[:3]])
        with_ends = [answer[4] for answer in answers if answer[4]]
        assert with_ends
        for infos in with_ends:
            assert set(infos) == {"final_obs", "_final_obs", "final_info", "_final_info",
                                  "episode", "_episode"}  # fmt: skip
            assert infos["final_info"] == {}
            for n in np.flatnonzero(infos["_final_obs"]):
                assert infos["final_obs"][n].shape == first[n].shape
                assert infos["final_obs"][n].dtype == np.float32
            for key in ("_final_obs", "_final_info", "_episode"):
                assert (infos[key].shape, infos[key].dtype) == ((3,), np.bool_)
            for key, dtype in [("r", np.float64), ("l", np.int64)]:
                column = infos["episode"][key]
                assert (column.shape, column.dtype) == ((3,), dtype)
                assert (column[~infos["_episode"]] == 0).all()
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("env_id", ENV_IDS)
def test_no_later_step_changes_what_was_returned(env_id):
    envs = make_envs(env_id, 3)

    def arrays(answer):
        for part in answer:
            yield from arrays(part.values()) if isinstance(part, dict) else [part]

    kept = list(arrays(envs.reset(seed=0)))
    for actions in random_actions(env_id, 3, 520, seed=0):
        before = actions.copy()
        kept += arrays(envs.step(actions))
        np.testing.assert_array_equal(actions, before)  # the caller's own array is left alone
    # All are new arrays: they share no memory with each other, nor with what they came from.
    addresses = [array.__array_interface__["data"][0] for array in kept]
    assert len(kept) > 4 * 520 and len(set(addresses)) == len(addresses)
    assert not any(np.shares_memory(array, envs.states) for array in kept)


def make_reader(envs, weights):
    """An untrained agent, but for the value of an observation, which is its weighted sum."""
    generator = torch.Generator().manual_seed(0)
    model = ActorCritic(envs.single_observation_space, envs.single_action_space, (8,), generator)
    model.value = lambda observations: observations @ weights
    return model


@pytest.mark.parametrize("env_id", RANDOM_STARTS)
def test_a_rollout_judges_the_observation_in_which_an_episode_was_cut(env_id):
    envs, single = make_envs(env_id, 3), gym.make(env_id).unwrapped
    observations = reset_envs(envs, [0])
    states = envs.states.copy()
    envs.episode_lengths[1] = envs.max_episode_steps - 1
    model = make_reader(envs, torch.linspace(1.0, 2.0, observations.shape[1]))
    rollout, _ = collect_rollout(envs, model, observations, 2, torch.Generator().manual_seed(0))
    assert rollout.truncated.tolist() == [[False, True, False], [False] * 3]
    for n in range(3):
        single.reset()
        place(single, env_id, states[:, n])
        seen = single.step(rollout.actions[0, n].numpy())[0]
        value = model.value(torch.from_numpy(seen))
        torch.testing.assert_close(rollout.next_values[0, n], value, atol=1e-5, rtol=1e-5)
        # In the column that was cut, the next row is another episode.
        assert bool((rollout.values[1, n] - value).abs() > 1e-4) == (n == 1)


def test_a_rollout_on_the_cliff_judges_the_position_it_ended_in():
    envs = make_envs("ppo_lib/Cliff-v0", 8)
    model = make_reader(envs, torch.arange(9.0))  # the value of a position is its number
    generator = torch.Generator().manual_seed(0)
    rollout, _ = collect_rollout(envs, model, reset_envs(envs, [0]), 300, generator)
    moved = rollout.values + 2.0 * rollout.actions - 1.0
    assert torch.equal(rollout.next_values, moved)
    assert torch.equal(rollout.terminated, (moved == 0) | (moved == 8))
    assert torch.equal(rollout.rewards, 0.2 * (moved == 0) + 1.0 * (moved == 8))
    ended = rollout.terminated | rollout.truncated
    assert (rollout.values[1:][ended[:-1]] == CliffEnv.START).all()
    assert {0.2, 1.0} <= {round(score, 6) for score in rollout.episode_returns}


def test_the_cliff_pays_a_little_at_once_and_much_far_away():
    env = gym.make("ppo_lib/Cliff-v0")
    check_env(env.unwrapped, skip_render_check=True)

    def play(actions):
        observation, _ = env.reset(seed=0)
        positions, steps = [int(observation.argmax())], []
        for action in actions:
            observation, *step, _ = env.step(action)
            assert observation.sum() == 1.0 and observation.dtype == np.float32
            positions.append(int(observation.argmax()))
            steps.append(tuple(step))
        return positions, steps

    going_on = (0.0, False, False)
    assert play([0]) == ([1, 0], [(0.2, True, False)])
    assert play([1] * 7) == ([1, 2, 3, 4, 5, 6, 7, 8], [going_on] * 6 + [(1.0, True, False)])
    positions, steps = play([1, 0] * 25)
    assert positions == [1, 2] * 25 + [1]
    assert steps == [going_on] * 49 + [(0.0, False, True)]


def test_environments_without_a_numpy_version_step_one_after_the_other():
    envs = make_envs("MountainCar-v0", 2)
    assert isinstance(envs, RecordEpisodeStatistics)
    assert isinstance(envs.unwrapped, SyncVectorEnv)


@pytest.mark.parametrize("env_id", ENV_IDS)
def test_a_single_column_works_as_well(env_id):
    envs = make_envs(env_id, 1)
    first, _ = envs.reset(seed=3)
    assert first.shape == (1, *envs.single_observation_space.shape)
    ends = 0
    for actions in random_actions(env_id, 1, 600, seed=0):
        observations, *_, infos = envs.step(actions)
        assert observations.shape == first.shape
        ends += bool(infos)
    assert ends >= 1
