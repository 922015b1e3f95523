"""What every test of the algorithm begins with, and leaves behind."""

import psutil
import pytest
import torch

from ppo_lib.beyond import workers


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


@pytest.fixture
def set_threads():
    """`torch.set_num_threads`, undone at the end of the test."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def end_idle_workers():
    """What ends the processes that are kept for the next training."""

    def end():
        for worker in list(workers._idle):
            worker._retire()

    return end


@pytest.fixture(scope="module")
def new_processes(end_idle_workers):
    """What lists the processes that have been started since the module's first test."""
    end_idle_workers()  # another module's, which would be used again
    before = psutil.Process().children()
    return lambda: [child for child in psutil.Process().children() if child not in before]
