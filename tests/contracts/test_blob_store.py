"""What every object store promises, tried on a folder and on a real S3 server."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import urllib3
from minio.error import S3Error

from docflow.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from docflow.core.ids import new_id
from docflow.storage.adapters.local import LocalBlobStore
from docflow.storage.adapters.s3 import S3Address, S3BlobStore
from docflow.storage.ports import BlobStore
from docflow.storage.rules import BlobKind, BlobRef
from tests.servers import PrivateServers, free_port

LETTER = "إلى السيد رئيس المقاطعة — monsieur le président".encode()
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


class Pattern(io.RawIOBase):
    """A stream of bytes made as they are read, so that nobody can hold them all without showing."""

    def __init__(self, size_bytes: int) -> None:
        self.left = size_bytes
        self.largest_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self.left)
        buffer[:count] = bytes(count)
        self.left -= count
        self.largest_read = max(self.largest_read, count)
        return count


def s3_store(bucket: str | None = None) -> S3BlobStore:
    return S3BlobStore(S3Address.parse(PrivateServers.storage_url(bucket or f"blobs-{new_id().hex}")))


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return LocalBlobStore(tmp_path / "blobs") if request.param == "local" else s3_store()


@pytest.fixture
def s3() -> S3BlobStore:
    return s3_store()


def put(store: BlobStore, content: bytes = LETTER, kind: BlobKind = BlobKind.ORIGINAL) -> BlobRef:
    return store.put(kind, io.BytesIO(content), media_type="application/pdf")


def names(store: BlobStore) -> list[str]:
    return [item.sha256 for item in store.objects()]


def test_what_is_put_comes_back_under_the_hash_of_its_bytes(store: BlobStore) -> None:
    ref = put(store)

    assert ref == BlobRef(BlobKind.ORIGINAL, hashlib.sha256(LETTER).hexdigest(), len(LETTER))
    with store.open(ref.kind, ref.sha256) as stream:
        assert stream.read(4) + stream.read() == LETTER
    with store.local_copy(ref.kind, ref.sha256) as path:
        assert path.read_bytes() == LETTER


def test_the_same_bytes_twice_are_one_object(store: BlobStore) -> None:
    first, second = put(store), put(store)

    assert first == second
    assert names(store) == [first.sha256]


def test_the_same_bytes_of_two_kinds_live_apart(store: BlobStore) -> None:
    ref = put(store)
    put(store, kind=BlobKind.PAGE)

    assert store.sweep(BlobKind.PAGE, ref.sha256, put_before=FAR_AHEAD)
    assert [item.kind for item in store.objects()] == [BlobKind.ORIGINAL]


def test_an_empty_stream_is_an_object_like_another(store: BlobStore) -> None:
    ref = put(store, b"")

    with store.open(ref.kind, ref.sha256) as stream:
        assert stream.read() == b""


def test_a_stream_over_the_limit_is_refused_and_leaves_nothing(store: BlobStore) -> None:
    put(store, b"neighbour")
    before = names(store)

    with pytest.raises(InvalidInput) as refusal:
        store.put(BlobKind.ORIGINAL, io.BytesIO(LETTER), media_type="text/plain", max_bytes=len(LETTER) - 1)

    assert (refusal.value.code, refusal.value.params) == ("file_too_large", {"limit_bytes": len(LETTER) - 1})
    assert names(store) == before


def test_a_stream_of_exactly_the_limit_is_accepted(store: BlobStore) -> None:
    ref = store.put(BlobKind.ORIGINAL, io.BytesIO(LETTER), media_type="text/plain", max_bytes=len(LETTER))

    assert names(store) == [ref.sha256]


def test_a_stream_that_breaks_leaves_nothing(store: BlobStore) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise InvalidInput("upload_cut")

    put(store, b"neighbour")
    before = names(store)

    with pytest.raises(InvalidInput, match="upload_cut"):
        store.put(BlobKind.ORIGINAL, Broken(), media_type="text/plain")  # type: ignore[arg-type]

    assert names(store) == before


def test_a_local_upload_that_breaks_leaves_no_file_aside(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path / "blobs")

    with pytest.raises(InvalidInput):
        store.put(BlobKind.ORIGINAL, io.BytesIO(LETTER), media_type="text/plain", max_bytes=3)

    assert list((tmp_path / "blobs" / "incoming").iterdir()) == []


@pytest.mark.parametrize("ask", ["open", "local_copy"])
def test_what_was_never_put_is_missing(store: BlobStore, ask: str) -> None:
    put(store)

    with pytest.raises(NotFound, match="blob_missing"), getattr(store, ask)(BlobKind.ORIGINAL, "0" * 64):
        pass


def test_objects_tell_kind_size_and_when_they_were_put(store: BlobStore) -> None:
    ref = put(store, kind=BlobKind.THUMBNAIL)

    (item,) = store.objects()

    assert (item.kind, item.sha256, item.size_bytes) == (BlobKind.THUMBNAIL, ref.sha256, len(LETTER))
    assert abs(datetime.now(tz=UTC) - item.put_at) < timedelta(minutes=5)


def test_a_store_never_used_holds_nothing(store: BlobStore) -> None:
    assert names(store) == []


def test_a_line_that_breaks_while_reading_is_the_storage_being_away(s3: S3BlobStore) -> None:
    ref = put(s3)

    with pytest.raises(Unavailable, match="storage_unavailable"), s3.open(ref.kind, ref.sha256):
        raise urllib3.exceptions.ProtocolError("connection broken")


def test_a_sweep_spares_what_was_put_since(store: BlobStore) -> None:
    ref = put(store)

    assert not store.sweep(ref.kind, ref.sha256, put_before=LONG_AGO)
    assert names(store) == [ref.sha256]


def test_a_sweep_removes_what_was_put_before_and_only_once(store: BlobStore) -> None:
    ref = put(store)

    assert store.sweep(ref.kind, ref.sha256, put_before=FAR_AHEAD)
    assert not store.sweep(ref.kind, ref.sha256, put_before=FAR_AHEAD)
    assert names(store) == []
    with pytest.raises(NotFound), store.open(ref.kind, ref.sha256):
        pass


def test_known_bytes_put_again_count_as_put_anew(store: BlobStore) -> None:
    ref = put(store)
    if isinstance(store, LocalBlobStore):
        age(store, ref)
        put_before = datetime.now(tz=UTC) - timedelta(hours=1)
    else:
        (first,) = store.objects()
        put_before = first.put_at + timedelta(seconds=1)
        wait_until(lambda: datetime.now(tz=UTC) > put_before)

    put(store)

    assert not store.sweep(ref.kind, ref.sha256, put_before=put_before)
    assert names(store) == [ref.sha256]


def test_many_hands_putting_the_same_bytes_and_a_sweeper_never_lose_them(store: BlobStore) -> None:
    lost: list[BaseException] = []
    put_before = datetime.now(tz=UTC) - timedelta(hours=1)

    def hand() -> None:
        try:
            for _ in range(8):
                ref = put(store)
                store.sweep(ref.kind, ref.sha256, put_before=put_before)
                with store.open(ref.kind, ref.sha256) as stream:
                    assert stream.read() == LETTER
        except BaseException as error:  # the test's own thread reports it
            lost.append(error)

    hands = [threading.Thread(target=hand) for _ in range(4)]
    for thread in hands:
        thread.start()
    for thread in hands:
        thread.join()

    assert lost == []


def test_bytes_put_between_the_sweepers_look_and_its_deletion_stay(
    s3: S3BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = put(s3)
    look = s3._client.stat_object

    def look_then_somebody_puts(*args: Any, **options: Any) -> Any:
        status = look(*args, **options)
        put(s3)
        return status

    monkeypatch.setattr(s3._client, "stat_object", look_then_somebody_puts)

    s3.sweep(ref.kind, ref.sha256, put_before=FAR_AHEAD)

    with s3.open(ref.kind, ref.sha256) as stream:
        assert stream.read() == LETTER


def test_forty_megabytes_are_streamed_in_parts(store: BlobStore) -> None:
    size_bytes = 40 * 1024 * 1024
    stream = Pattern(size_bytes)

    ref = store.put(BlobKind.ORIGINAL, io.BufferedReader(stream), media_type="application/pdf")

    assert ref.size_bytes == size_bytes
    assert stream.largest_read <= 2 * 1024 * 1024
    digest = hashlib.sha256()
    with store.open(ref.kind, ref.sha256) as opened:
        while chunk := opened.read(1024 * 1024):
            digest.update(chunk)
    assert digest.hexdigest() == ref.sha256


def test_a_check_proves_the_store_and_leaves_nothing(store: BlobStore) -> None:
    store.check()
    store.check()

    assert names(store) == []
    if isinstance(store, S3BlobStore):
        kept = store._client.list_objects(store._bucket, recursive=True, include_version=True)
        assert [item.object_name for item in kept] == []


def test_a_folder_gives_no_address_and_no_lock(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path / "blobs")
    ref = put(store)

    assert store.temporary_address(ref, file_name="a.pdf", media_type="application/pdf", seconds=60) is None
    assert not store.lock_until(ref.kind, ref.sha256, FAR_AHEAD)


def test_a_presigned_address_fetches_the_object_under_its_arabic_name(s3: S3BlobStore) -> None:
    ref = put(s3)

    address = s3.temporary_address(ref, file_name="شكاية ١٢.pdf", media_type="application/pdf", seconds=60)

    assert address is not None
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == LETTER
        told = EmailMessage()
        told["Content-Disposition"] = answer.headers["Content-Disposition"]
        assert told.get_filename() == "شكاية ١٢.pdf"
        assert answer.headers["Content-Type"] == "application/pdf"


def test_an_altered_presigned_address_is_refused(s3: S3BlobStore) -> None:
    ref, other = put(s3), put(s3, b"another letter")
    address = s3.temporary_address(ref, file_name="a.pdf", media_type="application/pdf", seconds=60)
    assert address is not None

    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(address.replace(ref.key, other.key))

    assert refusal.value.code == 403
    refusal.value.close()


def test_a_wrong_secret_is_refused_without_being_shown(s3: S3BlobStore) -> None:
    put(s3)
    address = PrivateServers.storage_url(s3._bucket).replace("docflow-test-secret", "not-the-secret")

    with pytest.raises(Unavailable) as refusal:
        put(S3BlobStore(S3Address.parse(address)))

    assert refusal.value.code == "storage_unavailable"
    assert "not-the-secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "use",
    [
        put,
        lambda store: store.check(),
        lambda store: list(store.objects()),
        lambda store: store.open(BlobKind.ORIGINAL, "0" * 64).__enter__(),
        lambda store: store.local_copy(BlobKind.ORIGINAL, "0" * 64).__enter__(),
        lambda store: store.sweep(BlobKind.ORIGINAL, "0" * 64, put_before=FAR_AHEAD),
        lambda store: store.lock_until(BlobKind.ORIGINAL, "0" * 64, FAR_AHEAD),
    ],
    ids=["put", "check", "objects", "open", "local_copy", "sweep", "lock_until"],
)
def test_a_server_that_is_away_is_told_as_such(use: Callable[[BlobStore], object]) -> None:
    away = S3BlobStore(S3Address.parse(f"s3+http://key:secret@127.0.0.1:{free_port()}/bucket"))

    with pytest.raises(Unavailable, match="storage_unavailable"):
        use(away)


def test_a_folder_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file where the folder should be")

    with pytest.raises(Unavailable, match="storage_unavailable"):
        LocalBlobStore(tmp_path / "blobs")


def test_a_locked_version_cannot_be_deleted_before_its_time(s3: S3BlobStore) -> None:
    ref = put(s3)

    assert s3.lock_until(ref.kind, ref.sha256, datetime.now(tz=UTC) + timedelta(hours=1))

    with pytest.raises(Unavailable):
        s3.sweep(ref.kind, ref.sha256, put_before=FAR_AHEAD)
    with s3.open(ref.kind, ref.sha256) as stream:
        assert stream.read() == LETTER


def test_a_bucket_made_without_lock_keeps_versions_all_the_same(
    s3: S3BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = s3._client.make_bucket

    def make_without_lock(bucket: str, *, object_lock: bool = False) -> None:
        if object_lock:
            raise S3Error(None, "NotImplemented", "no object lock here", None, None, None, bucket)  # type: ignore[arg-type]
        make(bucket)

    monkeypatch.setattr(s3._client, "make_bucket", make_without_lock)

    ref = put(s3)

    assert s3._client.get_bucket_versioning(s3._bucket).status == "Enabled"
    assert not s3.lock_until(ref.kind, ref.sha256, FAR_AHEAD)


def test_the_pages_of_one_file_fetch_it_once(s3: S3BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = put(s3)
    fetch, fetched = s3._client.fget_object, []

    def counted(*args: Any) -> Any:
        fetched.append(args[1])
        return fetch(*args)

    monkeypatch.setattr(s3._client, "fget_object", counted)
    seen: list[bytes] = []

    def page() -> None:
        with s3.local_copy(ref.kind, ref.sha256) as path:
            seen.append(path.read_bytes())

    pages = [threading.Thread(target=page) for _ in range(6)]
    for thread in pages:
        thread.start()
    for thread in pages:
        thread.join()

    assert seen == [LETTER] * 6
    assert fetched == [ref.key]


def test_only_the_last_files_are_kept_and_none_that_is_held_is_removed(s3: S3BlobStore) -> None:
    refs = [put(s3, b"letter %d" % number) for number in range(6)]

    with s3.local_copy(refs[0].kind, refs[0].sha256) as held:
        for ref in refs[1:]:
            with s3.local_copy(ref.kind, ref.sha256) as path:
                folder = path.parent
        assert held.read_bytes() == b"letter 0"
        assert len(list(folder.iterdir())) == 4

    assert len(list(folder.iterdir())) == 3


def test_kept_files_go_away_with_the_store(s3: S3BlobStore) -> None:
    ref = put(s3)
    with s3.local_copy(ref.kind, ref.sha256) as path:
        folder = path.parent
    assert folder.is_dir()

    s3._fetched.close()

    assert not folder.exists()


def test_damaged_and_lost_objects_are_put_back_by_their_own_bytes_alone(store: BlobStore) -> None:
    ref = put(store)
    damage(store, ref)
    with pytest.raises(Conflict, match="blob_altered"):
        store.put_back(ref, io.BytesIO(b"something else"), media_type="application/pdf")

    store.put_back(ref, io.BytesIO(LETTER), media_type="application/pdf")

    with store.open(ref.kind, ref.sha256) as stream:
        assert stream.read() == LETTER
    store.sweep(ref.kind, ref.sha256, put_before=FAR_AHEAD)
    store.put_back(BlobRef(BlobKind.PAGE, ref.sha256, ref.size_bytes), io.BytesIO(LETTER), media_type="image/webp")
    assert store.size_of(BlobKind.PAGE, ref.sha256) == len(LETTER)
    assert store.size_of(BlobKind.LOGO, ref.sha256) is None


def test_an_earlier_version_takes_the_place_of_a_damaged_one_where_there_are_versions(store: BlobStore) -> None:
    ref = put(store)
    damage(store, ref)

    is_sound = store.put_back_version(ref, media_type="application/pdf")

    with store.open(ref.kind, ref.sha256) as stream:
        assert (stream.read() == LETTER) is is_sound is isinstance(store, S3BlobStore)
    assert not store.put_back_version(BlobRef(BlobKind.LOGO, ref.sha256, len(LETTER)), media_type="image/png")


def damage(store: BlobStore, ref: BlobRef) -> None:
    """Put other bytes of the same length under the name of an object."""
    other = bytes(ref.size_bytes)
    if isinstance(store, S3BlobStore):
        store._client.put_object(store._bucket, ref.key, io.BytesIO(other), len(other))
    else:
        with store.local_copy(ref.kind, ref.sha256) as path:
            path.write_bytes(other)


def age(store: LocalBlobStore, ref: BlobRef) -> None:
    with store.local_copy(ref.kind, ref.sha256) as path:
        os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def wait_until(is_so: Callable[[], bool]) -> None:
    event = threading.Event()
    while not is_so():
        event.wait(0.1)


@pytest.mark.parametrize("bucket", ["", "UPPER", "a", "a" * 64, "under_score", "two..dots", "127.0.0.1", "-a-b", "a/b"])
def test_an_address_whose_bucket_cannot_be_called_so_is_refused_before_it_is_asked(bucket: str) -> None:
    with pytest.raises(InvalidInput, match="storage_address_invalid"):
        S3Address.parse(f"s3+http://key:secret@127.0.0.1:9000/{bucket}")
    with pytest.raises(InvalidInput, match="storage_address_invalid"):
        S3Address.parse("s3+http://key:secret@127.0.0.1:port/bucket")
    assert S3Address.parse("s3+https://key:secret@s3.example.ma/docflow.blobs-2").bucket == "docflow.blobs-2"
