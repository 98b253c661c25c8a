"""The order of the tests: what is quick and near the code first, what builds sites, servers and wheels last.

The longest of these begin first, so that all processes end at about the same time.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["browsing"]

LAST = (
    "test_worst", "test_pull_faults", "test_browser_pages", "test_pull", "test_build", "test_processes",
    "test_package", "test_secrets",
    "test_whole_sites", "test_thirty_days", "test_readers", "test_browser_news", "test_browser_filters",
    "test_browser_keyboard", "test_browser_policy", "test_browser_studio", "test_studio", "test_serve",
    "test_certificate", "test_sandbox", "test_hosting", "test_policy", "test_write", "test_guard", "test_bench",
)  # fmt: skip

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # of a busy machine
settings.load_profile("suite")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as processors: a test often waits, for a server, a browser, or the time to go by."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by module; within one the order stays."""
    rank = {name: place for place, name in enumerate(LAST, start=1)}
    items.sort(key=lambda item: rank.get(item.path.stem, 0))
