"""Generators that run in processes of their own, side by side with the one that calls.

Such a process starts from nothing and is sent what it needs. `multiprocessing` would run the
caller's script in it, which without a guard has no end, and would not find a notebook's functions.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import cloudpickle

START = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)  # what an interrupt ends is for the caller to say
sys.path[:] = {path!r}
from ppo_lib.beyond.workers import serve
serve()
"""
IDLE_SECONDS = 60.0  # a process takes 2 s to start, and a quarter of a gigabyte to keep

Job = tuple[bytes, bytes]
"""What `make_job` returns."""

_idle: list[Worker] = []


def make_job(function: Callable[..., Iterable[Any]], *arguments: Any) -> Job:
    """Return the call of a function, as it is sent to another process.

    Args:
        function: of an importable module; returns what is iterated over there.
        *arguments: what they use of `__main__` goes along; what of other modules, by its name.

    Raises:
        Exception: of some kind, if they hold what cannot be sent, such as a lock.
    """
    return pickle.dumps(function), cloudpickle.dumps(arguments)


def hire() -> Worker:
    """Return a process that is idle, or a new one."""
    for worker in list(_idle):
        if worker.home == _home() and worker.process.poll() is None:
            with suppress(ValueError):  # it has been ended meanwhile
                _idle.remove(worker)
                return worker
    return Worker()


def side_by_side(
    function: Callable[..., Any],
    arguments: Iterable[tuple[Any, ...]],
    num_processes: int | None = None,
) -> Iterator[Any]:
    """Call a function again and again, in processes side by side.

        for score in side_by_side(train_and_score, [(0.1, 0), (0.1, 1), (0.3, 0), (0.3, 1)]):
            print(score)

    Args:
        function: as for `make_job`'s arguments: a notebook's own, too. What it prints in another
            process, or changes there, stays there.
        arguments: of each call.
        num_processes: at most, this one included; `None`: as many cores as PyTorch may use.

    Yields:
        What each call returns, in order.

    Raises:
        Exception: what a call raises; or as `make_job`, before the first call.
    """
    import torch  # here, for a process that is to work begins sooner without

    calls = list(arguments)
    num_shares = max(1, min(num_processes or torch.get_num_threads(), len(calls)))
    shares = [calls[start::num_shares] for start in range(num_shares)]
    jobs = [make_job(_each, function, share) for share in shares[1:]]
    with ExitStack() as stack:
        workers = [stack.enter_context(hire()) for _ in jobs]
        for worker, job in zip(workers, jobs, strict=True):
            worker.start(job)
        results = [_each(function, shares[0]), *workers]
        for place in range(len(calls)):
            yield next(results[place % num_shares])


def _each(function: Callable[..., Any], share: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    return (function(*arguments) for arguments in share)


class Worker(Iterator[Any]):
    """A process that iterates as it is told, ahead of the caller as far as a pipe holds the items.

    As a context manager it ends the process, or keeps it for some time if there was no exception.
    """

    def __init__(self) -> None:
        self.home = _home()
        start = START.format(path=list(map(str, sys.path)))
        self.process = subprocess.Popen(
            [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        atexit.register(self.end)

    def start(self, job: Job) -> None:
        """Let the process begin what `make_job` returned."""
        assert self.process.stdin
        with suppress(OSError):  # that the process has died is said where its items are missed
            pickle.dump(job, self.process.stdin)
            self.process.stdin.flush()

    def __next__(self) -> Any:
        """Return the next item; how many there are, the caller must know.

        Raises:
            Exception: what was raised in the process, with its traceback as a note.
            RuntimeError: if the process has died.
        """
        assert self.process.stdout
        try:
            item, error = pickle.load(self.process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise RuntimeError(
                "another process that did part of the work has died, perhaps for want of memory. "
                f"Its exit code is {self.process.wait()}; what it said is on the standard error. "
                "torch.set_num_threads(1) keeps all work in one process."
            ) from None
        if error is not None:
            raise error
        return item

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        fit = False
        try:
            with suppress(Exception):
                fit = kind is None and next(self) is True
        finally:
            if not fit:
                self.end()
        if fit:
            _idle.append(self)
            timer = threading.Timer(IDLE_SECONDS, self._retire)
            timer.daemon = True
            timer.start()

    def _retire(self) -> None:
        with suppress(ValueError):  # it has work again
            _idle.remove(self)
            self.end()

    def end(self) -> None:
        """End the process, whatever it is doing."""
        atexit.unregister(self.end)
        self.process.terminate()
        with suppress(OSError), self.process:  # closes the pipes, and waits
            pass


def serve() -> None:
    """Do one job after the other until the caller is gone: all that a worker's process runs."""
    jobs, items = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what is printed must not get among the items
    sys.stdout = sys.stderr

    def send(item: Any, error: Exception | None = None) -> None:
        items.write(cloudpickle.dumps((item, error)))
        items.flush()

    with suppress(EOFError, OSError):
        while True:
            function, arguments = pickle.load(jobs)
            try:
                function = pickle.loads(function)
                packages = _packages()
                for item in function(*pickle.loads(arguments)):
                    send(item)
                # Not fit for another job if it has imported one's own modules, which may change.
                send(_packages() == packages)
            except Exception as error:
                send(None, _portable(error))
    os._exit(0)


def _portable(error: Exception) -> Exception:
    """Return an exception that can be raised in another process, with the traceback as a note."""
    note = f"In another process:\n{traceback.format_exc()}"
    try:
        error = pickle.loads(cloudpickle.dumps(error))
    except Exception:  # its class takes other arguments than it keeps
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(note)
    return error


def _packages() -> set[str]:
    return {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names


def _home() -> tuple[int, str, list[str]]:
    """Return what a process takes from its caller's state when it starts."""
    return os.getpid(), os.getcwd(), list(sys.path)
