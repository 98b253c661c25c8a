"""The order of the tests: what is quick and near the code first, what builds sites, servers and wheels last."""

import pytest

pytest_plugins = ["browsing"]

LAST = (
    "test_whole_sites", "test_build", "test_worst", "test_browser_pages", "test_browser_filters", "test_browser_news",
    "test_browser_keyboard", "test_certificate", "test_sandbox", "test_write", "test_guard", "test_secrets",
    "test_pull", "test_pull_faults", "test_package",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by module; within one the order stays."""
    rank = {name: place for place, name in enumerate(LAST, start=1)}
    items.sort(key=lambda item: rank.get(item.path.stem, 0))
