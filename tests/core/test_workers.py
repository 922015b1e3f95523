"""Another process iterates as this one would, and nothing of it is left behind."""

import importlib
import itertools
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from ppo_lib.beyond import workers
from ppo_lib.beyond.workers import Worker, hire, make_job
from ppo_lib.tensors import one_thread

ROOT = Path(__file__).parents[2]


def gone(pid):
    """Whether a process ends soon, and has been waited for if it is a child."""
    try:
        psutil.Process(pid).wait(10)
    except psutil.NoSuchProcess:
        return True
    return not psutil.pid_exists(pid)


def started(function, *arguments):
    worker = hire()
    worker.start(make_job(function, *arguments))
    return worker


@pytest.fixture(autouse=True)
def no_process_is_left(new_processes, end_idle_workers):
    yield
    end_idle_workers()
    assert new_processes() == [] and workers._idle == []


def test_functions_of_ones_own_run_in_another_process_and_may_print_and_read():
    def own(number):
        print("printed")
        os.write(1, b"written")
        return number + shift, os.getpid(), sys.stdin.read()

    shift = 10
    with started(map, own, [1, 2]) as worker:
        pid = worker.process.pid
        assert [next(worker), next(worker)] == [(11, pid, ""), (12, pid, "")] and pid != os.getpid()


def test_a_process_is_used_again_and_ended_when_it_has_been_idle(monkeypatch):
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.1)
    pids = []
    for _ in range(2):
        with started(map, abs, [-1]) as worker:
            assert next(worker) == 1
        pids.append(worker.process.pid)
    assert pids[0] == pids[1] and gone(pids[0])
    assert workers._idle == []


def test_a_process_that_died_or_stands_elsewhere_is_not_used_again(monkeypatch, tmp_path):
    for _ in range(3):
        with Worker() as worker:
            worker.start(make_job(iter, ()))
    one, other, third = workers._idle
    one.process.kill()
    one.process.wait()
    other.home = (*other.home[:1], str(tmp_path), *other.home[2:])
    assert hire() is third
    third.end()
    monkeypatch.chdir(tmp_path)
    assert hire() is other
    other.end()
    assert workers._idle == [one]


def test_a_process_that_has_imported_ones_own_module_is_not_used_again(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(tmp_path)
    for answer in (1, 22):
        (tmp_path / "own_part.py").write_text(f"def answer(_):\n    return {answer}\n")
        sys.modules.pop("own_part", None)
        importlib.invalidate_caches()
        with started(map, importlib.import_module("own_part").answer, [0]) as worker:
            assert next(worker) == answer
        assert workers._idle == [] and gone(worker.process.pid)


def test_an_exception_is_raised_here_as_it_was_there():
    class OutOfLuck(Exception):
        pass

    class Odd(Exception):
        def __init__(self, first, second):
            super().__init__(f"{first} and {second}")

    for error, kind, message in (
        (lambda: OutOfLuck("thirteen"), OutOfLuck, "thirteen"),
        (lambda: Odd("one", "two"), RuntimeError, "Odd: one and two"),
    ):

        def fails(_, error=error):
            raise error()

        with pytest.raises(kind) as caught, started(map, fails, [0]) as worker:
            next(worker)
        assert str(caught.value) == message
        (note,) = caught.value.__notes__
        assert note.startswith("In another process:\nTraceback") and "in fails\n" in note
        assert gone(worker.process.pid)


def test_a_process_that_is_killed_says_so_and_what_to_do():
    for at_work in (True, False):
        with pytest.raises(RuntimeError) as caught, hire() as worker:
            if at_work:
                worker.start(make_job(itertools.count))
                assert next(worker) == 0
            worker.process.kill()
            if not at_work:
                worker.process.wait()
                worker.start(make_job(map, abs, [0] * 10**6))
            list(worker)
        message = str(caught.value)
        assert f"exit code is {worker.process.returncode}" in message
        assert "torch.set_num_threads(1)" in message and worker.process.returncode != 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_an_interrupt_is_left_to_the_caller():
    with pytest.raises(KeyboardInterrupt), started(itertools.count) as worker:
        assert next(worker) == 0
        worker.process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.process.wait(0.5)
        assert next(worker) == 1
        raise KeyboardInterrupt
    assert worker.process.returncode == -signal.SIGTERM


def test_leaving_early_ends_the_process():
    def generator():
        with started(itertools.count) as worker:
            yield worker.process.pid
            yield from worker

    iterator = generator()
    pid = next(iterator)
    assert next(iterator) == 0 and psutil.pid_exists(pid)
    iterator.close()
    assert gone(pid)


def test_what_cannot_be_sent_is_refused_before_a_process_is_asked():
    with pytest.raises(TypeError, match="lock"):
        make_job(map, threading.Lock().acquire, [False])


@pytest.mark.parametrize("how", ["ends", "is killed"])
def test_when_the_caller_ends_its_processes_do(how):
    script = (
        """
import itertools, time
from ppo_lib.beyond.workers import hire, make_job
idle, busy = hire(), hire()
with idle:
    idle.start(make_job(iter, ()))
busy.start(make_job(itertools.count))
next(busy)
print(idle.process.pid, busy.process.pid, flush=True)
"""
        + "time.sleep(60)" * (how == "is killed")
    )
    with subprocess.Popen(
        [sys.executable, "-X", "dev", "-c", script],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        pids = [int(pid) for pid in process.stdout.readline().split()]
        assert len(pids) == 2
        if how == "is killed":
            assert all(map(psutil.pid_exists, pids))
            process.kill()
        assert process.communicate(timeout=20)[1] == ""
    assert all(map(gone, pids))


def test_calls_side_by_side_give_their_results_in_order_and_some_of_them_elsewhere():
    calls = [(number,) for number in range(5)]
    done = list(workers.side_by_side(lambda number: (number**2, os.getpid()), calls, 2))
    assert [square for square, _ in done] == [0, 1, 4, 9, 16]
    here = [process == os.getpid() for _, process in done]
    assert here == [True, False, True, False, True]


def test_of_calls_side_by_side_the_first_that_fails_is_raised():
    def fails_at_three(number):
        if number == 3:
            raise ValueError(f"got {number}")
        return number

    results = workers.side_by_side(fails_at_three, [(number,) for number in range(6)], 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="got 3"):
        next(results)


def test_calls_on_one_core_start_no_process(monkeypatch):
    monkeypatch.setattr(workers, "hire", None)
    with one_thread():
        assert list(workers.side_by_side(abs, [(-1,), (-2,)])) == [1, 2]
