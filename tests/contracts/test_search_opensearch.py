"""What the adapter of OpenSearch does beyond the contract that every index keeps, over HTTP with a fake cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from docflow.core.errors import InvalidInput, Unavailable
from docflow.search.adapters.opensearch import OpenSearchIndex
from tests.fakes.opensearch import FakeCluster, running_cluster
from tests.rooms.search.entries import ask, entry, fill, ids
from tests.threads import at_once


@pytest.fixture
def cluster() -> Iterator[tuple[FakeCluster, OpenSearchIndex]]:
    with running_cluster() as (cluster, address):
        index = OpenSearchIndex(address)
        yield cluster, index
        index.close()


def test_a_rebuild_moves_the_alias_and_leaves_one_index(cluster):
    fake, index = cluster
    fill(index, entry("1", "ancien"))
    fill(index, entry("2", "neuf"))

    assert fake.aliases == {"docflow": "docflow-000002"}
    assert list(fake.indices) == ["docflow-000002"]
    assert ids(ask(index, "neuf")) == ["2"]


def test_a_cluster_that_does_not_answer_is_unusable_and_comes_back(cluster):
    fake, index = cluster
    fill(index, entry("1", "permis"))

    fake.is_broken = True
    status = index.status()
    with pytest.raises(Unavailable, match="search_index_unusable"):
        ask(index, "permis")
    fake.is_broken = False

    assert (status.state, status.is_usable) == ("corrupt", False)
    assert ids(ask(index, "permis")) == ["1"]


def test_an_index_of_another_analyser_answers_and_asks_for_a_rebuild(cluster):
    fake, index = cluster
    fill(index, entry("1", "permis"))
    fake.indices["docflow-000001"].mappings["_meta"]["analyser"] = "0"

    status = index.status()

    assert (status.state, status.is_usable, status.needs_rebuild) == ("outdated", True, True)
    assert ids(ask(index, "permis")) == ["1"]


def test_a_rebuild_of_a_machine_that_is_gone_is_taken_over(cluster):
    fake, index = cluster
    fill(index, entry("1", "ancien"))
    index.start_rebuild()
    fake.indices["docflow-state"].written["rebuild"]["since"] -= 3600

    assert not index.status().is_rebuilding
    assert ids(ask(fill(index, entry("2", "neuf")), "neuf")) == ["2"]
    assert list(fake.indices) == ["docflow-000002"]


def test_of_many_that_take_over_a_rebuild_one_does(cluster):
    fake, index = cluster
    fill(index, entry("1", "ancien"))
    index.start_rebuild()
    fake.indices["docflow-state"].written["rebuild"]["since"] -= 3600

    refusals = at_once(*[index.start_rebuild] * 6)

    assert [getattr(refusal, "code", refusal) for refusal in refusals] == ["search_index_busy"] * 5


@pytest.mark.parametrize("address", ["opensearch+ftp://host/docflow", "opensearch+https:///docflow"])
def test_an_address_that_names_no_cluster_is_refused(address):
    with pytest.raises(InvalidInput, match="search_address_invalid"):
        OpenSearchIndex(address)
