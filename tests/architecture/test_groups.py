"""Tests that must not run beside each other are kept on one worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KEPT_TOGETHER = """
import os
import pytest

@pytest.mark.xdist_group("kept together")
def test_name():
    assert "@kept together" in os.environ["PYTEST_CURRENT_TEST"]
"""


def test_a_group_is_seen_by_whoever_shares_tests_out(tmp_path: Path):
    """With versions that do not fit each other groups are silently forgotten."""
    (tmp_path / "test_kept.py").write_text(KEPT_TOGETHER)
    options = ["-n", "1", "--dist", "loadgroup", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", ".", "."]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert ended.returncode == 0, ended.stdout
