"""The part of OpenSearch that the adapter speaks to, over HTTP, on documents in memory.

It keeps what the contract depends on: aliases moved in one act, documents seen by searches only after a refresh, strict
mappings, text cut at spaces with positions and a gap between values, and the meaning of each kind of query. What it
does not know it refuses. It is no proof of the engine's scores, limits or failures.
"""

from __future__ import annotations

import copy
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

GAP = 100
SHARDS = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
Json = dict[str, Any]


class RefusedError(Exception):
    """An answer with a status of failure."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status, self.kind = status, kind


class FakeIndex:
    """An index: what was written, and what searches see of it since the last refresh."""

    def __init__(self, body: Json) -> None:
        self.mappings: Json = body.get("mappings", {})
        self.written: dict[str, Json] = {}
        self.seen: dict[str, Json] = {}
        self.sequence = 0
        self.numbers: dict[str, int] = {}

    def put(self, document_id: str, source: Json) -> None:
        known = self.mappings.get("properties", {})
        if self.mappings.get("dynamic") == "strict" and not set(source) <= set(known):
            raise RefusedError(400, "strict_dynamic_mapping_exception")
        self.written[document_id] = source
        self.sequence += 1
        self.numbers[document_id] = self.sequence

    def refresh(self) -> None:
        self.seen = dict(self.written)


class FakeCluster:
    """Indices, aliases, and how requests are answered."""

    def __init__(self) -> None:
        self.indices: dict[str, FakeIndex] = {}
        self.aliases: dict[str, str] = {}
        self.is_broken = False
        self._scroll: list[Json] = []
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, said: str) -> Json:
        if self.is_broken:
            raise RefusedError(503, "cluster_block_exception")
        parts = urlsplit(path)
        asked = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        with self._lock:
            return self._answer([method, *(unquote(part) for part in parts.path.strip("/").split("/"))], asked, said)

    def _answer(self, request: list[str], asked: dict[str, str], said: str) -> Json:  # noqa: C901
        match request:
            case [_, "_bulk"]:
                return self._bulk(said, is_seen=asked.get("refresh") == "true")
            case ["POST", "_aliases"]:
                return self._move(json.loads(said)["actions"])
            case ["GET", "_alias", alias]:
                return {self._named(alias): {"aliases": {alias: {}}}}
            case ["POST", "_search", "scroll"]:
                page, self._scroll = self._scroll, []
                return {"_scroll_id": "x", "hits": {"hits": page}, "_shards": SHARDS}
            case ["DELETE", "_search", "scroll"]:
                return {"succeeded": True}
            case ["PUT", name]:
                self.indices[name] = FakeIndex(json.loads(said or "{}"))
                return {"acknowledged": True}
            case ["DELETE", name]:
                if self.indices.pop(name, None) is None and asked.get("ignore_unavailable") != "true":
                    raise RefusedError(404, "index_not_found_exception")
                return {"acknowledged": True}
            case ["GET", name, "_mapping"]:
                return {self._real(name): {"mappings": self._index(name).mappings}}
            case ["GET", name, "_stats", "store"]:
                size = len(json.dumps(self._index(name).written))
                return {"_all": {"total": {"store": {"size_in_bytes": size}}}}
            case ["POST", name, "_refresh"]:
                self._index(name).refresh()
                return {"_shards": SHARDS}
            case ["GET", name, "_doc", document_id]:
                index = self._index(name)
                if document_id not in index.written:
                    raise RefusedError(404, "not_found")
                place = {"_seq_no": index.numbers[document_id], "_primary_term": 1}
                return {"_id": document_id, "_source": index.written[document_id], **place}
            case ["PUT", name, "_doc" | "_create" as act, document_id]:
                index = self.indices.setdefault(name, FakeIndex({}))
                is_other = asked.get("if_seq_no", number := str(index.numbers.get(document_id))) != number
                if is_other or (act == "_create" and document_id in index.written):
                    raise RefusedError(409, "version_conflict_engine_exception")
                index.put(document_id, json.loads(said))
                return {"_id": document_id, "result": "created"}
            case [_, name, "_count"]:
                return {"count": len(self._index(name).seen)}
            case ["POST" | "GET", name, "_search"]:
                return self._search(self._index(name), json.loads(said), is_scroll="scroll" in asked)
        raise RefusedError(400, f"unknown {request}")

    def _named(self, alias: str) -> str:
        if alias not in self.aliases:
            raise RefusedError(404, "alias_not_found")
        return self.aliases[alias]

    def _real(self, name: str) -> str:
        return self.aliases.get(name, name)

    def _index(self, name: str) -> FakeIndex:
        if self._real(name) not in self.indices:
            raise RefusedError(404, "index_not_found_exception")
        return self.indices[self._real(name)]

    def _move(self, actions: list[Json]) -> Json:
        for action in actions:
            match action:
                case {"add": {"index": name, "alias": alias}}:
                    self.aliases[alias] = name
                case {"remove_index": {"index": name}}:
                    del self.indices[name]
                case _:
                    raise RefusedError(400, "unknown alias action")
        return {"acknowledged": True}

    def _bulk(self, said: str, *, is_seen: bool) -> Json:
        lines = iter([json.loads(line) for line in said.splitlines() if line])
        items, touched = [], set()
        for line in lines:
            ((act, meta),) = line.items()
            name, document_id = self._real(meta["_index"]), meta["_id"]
            index = self.indices.setdefault(name, FakeIndex({}))
            touched.add(name)
            status = 200
            try:
                if act == "delete":
                    status = 200 if index.written.pop(document_id, None) is not None else 404
                else:
                    index.put(document_id, next(lines))
            except RefusedError as refusal:
                status = refusal.status
            items.append({act: {"_index": name, "_id": document_id, "status": status}})
        if is_seen:
            for name in touched:
                self.indices[name].refresh()
        return {"errors": any(item["status"] >= 400 for one in items for item in one.values()), "items": items}

    def _search(self, index: FakeIndex, body: Json, *, is_scroll: bool) -> Json:
        if "suggest" in body:
            return {"suggest": {name: [_suggested(index, asked)] for name, asked in body["suggest"].items()}}
        found: list[Json] = []
        for document_id, source in index.seen.items():
            score, names = score_of(body["query"], document_id, source)
            if score is not None:
                found.append({"_id": document_id, "_score": score, "matched_queries": sorted(names), "_source": source})
        found.sort(key=lambda hit: -float(hit["_score"]))
        if body.get("sort", "_doc") != "_doc":
            ((field, order),) = body["sort"][0].items()
            found.sort(key=lambda hit: int(hit["_source"][field]), reverse=order == "desc")
            found = [hit | {"sort": [hit["_source"][field]], "_score": None} for hit in found]
        first = body.get("from", 0)
        page = found if is_scroll else found[first : first + body.get("size", 10)]
        if body.get("_source") is False:
            page = [{name: value for name, value in hit.items() if name != "_source"} for hit in page]
        answer: Json = {"hits": {"total": {"value": len(found)}, "hits": page}, "_shards": SHARDS}
        if "aggs" in body:
            answer["aggregations"] = {name: _buckets(asked, found) for name, asked in body["aggs"].items()}
        return answer | ({"_scroll_id": "x"} if is_scroll else {})


def _values(source: Json, field: str) -> list[Any]:
    value = source.get(field, [])
    return value if isinstance(value, list) else [value]


def _positions(source: Json, field: str) -> dict[int, Any]:
    if not field.endswith(("_exact", "_stem")):
        return dict(enumerate(_values(source, field)))
    placed: dict[int, Any] = {}
    start = 0
    for value in _values(source, field):
        placed |= dict(enumerate(value.split(), start))
        start += len(value.split()) + GAP
    return placed


def score_of(query: Json, document_id: str, source: Json) -> tuple[float | None, set[str]]:
    """Return the score of a document, None when it does not match, and the names of the queries that it matches."""
    ((kind, asked),) = query.items()
    match kind:
        case "bool":
            return _score_bool(asked, document_id, source)
        case "constant_score":
            score, names = score_of(asked["filter"], document_id, source)
            own = {asked["_name"]} if "_name" in asked and score is not None else set()
            return (None if score is None else float(asked["boost"])), names | own
        case "match_all" | "match_none":
            return (1.0 if kind == "match_all" else None), set()
        case "ids":
            return (1.0 if document_id in asked["values"] else None), set()
        case "exists":
            return (1.0 if asked["field"] in source else None), set()
    ((field, said),) = asked.items()
    count = _count(kind, said, _positions(source, field))
    return (float(count) if count else None), set()


def _count(kind: str, said: Any, placed: dict[int, Any]) -> int:
    match kind:
        case "term":
            return sum(token == said["value"] for token in placed.values())
        case "terms":
            return sum(token in said for token in placed.values())
        case "prefix":
            return sum(token.startswith(said["value"]) for token in placed.values())
        case "fuzzy":
            return sum(is_near(token, said["value"]) for token in placed.values())
        case "range":
            return sum(said.get("gte", token) <= token <= said.get("lte", token) for token in placed.values())
        case "match_phrase":
            words = list(enumerate(said["query"].split()))
            return sum(all(placed.get(start + offset) == word for offset, word in words) for start in placed)
    raise RefusedError(400, f"unknown query {kind}")


def _score_bool(asked: Json, document_id: str, source: Json) -> tuple[float | None, set[str]]:
    def scores(clause: str) -> list[tuple[float | None, set[str]]]:
        return [score_of(part, document_id, source) for part in asked.get(clause, [])]

    required, optional = scores("must"), [one for one in scores("should") if one[0] is not None]
    if (
        any(score is None for score, _ in (*required, *scores("filter")))
        or any(score is not None for score, _ in scores("must_not"))
        or len(optional) < asked.get("minimum_should_match", 0)
    ):
        return None, set()
    counted = [*required, *optional]
    return sum(score or 0.0 for score, _ in counted), set().union(*(names for _, names in counted))


def is_near(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter lost, added, exchanged for another or with its neighbour."""
    if len(one) == len(other):
        places = [place for place in range(len(one)) if one[place] != other[place]]
        if len(places) == 2 and places[1] == places[0] + 1:
            return one[places[0]] == other[places[1]] and one[places[1]] == other[places[0]]
        return len(places) <= 1
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _suggested(index: FakeIndex, asked: Json) -> Json:
    field, word = asked["term"]["field"], asked["text"]
    tokens = {token for source in index.seen.values() for token in _positions(source, field).values()}
    near = sorted(token for token in tokens if token != word and is_near(token, word))
    return {"text": word, "options": [{"text": token} for token in near[: asked["term"]["size"]]]}


def _buckets(asked: Json, found: list[Json]) -> Json:
    field = asked["terms"]["field"]
    counts = Counter(value for hit in found for value in set(_values(hit["_source"], field)))
    return {"buckets": [{"key": key, "doc_count": count} for key, count in counts.most_common(asked["terms"]["size"])]}


@contextmanager
def running_cluster() -> Iterator[tuple[FakeCluster, str]]:
    """Give a cluster and the address of an index on it, on a free port of the loopback."""
    cluster = FakeCluster()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave together: apart, the client would wait forty milliseconds for the second.
        wbufsize = 65_536
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            said = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            answer: Json
            try:
                status, answer = 200, copy.deepcopy(cluster.answer(self.command, self.path, said))
            except RefusedError as refusal:
                status, answer = refusal.status, {"error": {"type": refusal.kind}, "status": refusal.status}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_parts: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield cluster, f"opensearch+http://127.0.0.1:{server.server_address[1]}/docflow"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
