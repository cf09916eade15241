"""Tests that must not run beside each other are kept on one worker."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("kept together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs everything")
def test_a_group_is_seen_by_whoever_shares_tests_out():
    """With versions that do not fit each other groups are silently forgotten."""
    assert "@kept together" in os.environ["PYTEST_CURRENT_TEST"]
