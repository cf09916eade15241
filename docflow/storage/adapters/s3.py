"""Objects in a bucket of any S3 server, through the minio SDK."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlsplit

import certifi
import urllib3
from minio import Minio
from minio.commonconfig import ENABLED, GOVERNANCE
from minio.error import MinioException, S3Error
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

from docflow.core.errors import Conflict, InvalidInput, NotFound, ServerAway
from docflow.storage.adapters.fetched import FetchedFiles
from docflow.storage.ports import StoredObject
from docflow.storage.rules import BlobKind, BlobRef, blob_key, parse_blob_key

CHUNK_BYTES = 1024 * 1024
PART_BYTES = 16 * 1024 * 1024
MOST_FETCHED_FILES = 3
MOST_FETCHED_BYTES = 256 * 1024 * 1024
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""3 to 63 signs, as Amazon S3 and all others take them."""
IP_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
UNFIT_PAIRS = re.compile(r"\.\.|\.-|-\.")
FAILURES: tuple[type[Exception], ...] = (MinioException, urllib3.exceptions.HTTPError, OSError)
TAKEN_CODES = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})
NO_BUCKET = "NoSuchBucket"
MISSING_CODES = frozenset({"NoSuchKey", "NoSuchObject", "NotFound"})


@dataclass(frozen=True, slots=True)
class S3Address:
    """Where a bucket is, read from ``s3+https://key:secret@host:port/bucket``."""

    host: str
    access_key: str
    secret_key: str
    bucket: str
    is_secure: bool

    @classmethod
    def parse(cls, address: str) -> S3Address:
        """Read an address.

        Raises:
            InvalidInput: ``storage_address_invalid``, without the address, which holds a secret.
        """
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise InvalidInput("storage_address_invalid") from error
        bucket = parts.path.strip("/")
        if parts.scheme not in {"s3+http", "s3+https"} or not parts.hostname or not _is_bucket_name(bucket):
            raise InvalidInput("storage_address_invalid")
        host = parts.hostname if port is None else f"{parts.hostname}:{port}"
        return cls(
            host, unquote(parts.username or ""), unquote(parts.password or ""), bucket, parts.scheme == "s3+https"
        )


def _is_bucket_name(name: str) -> bool:
    """Return whether a bucket can be called so; the SDK says no only when it is first asked, and with its own fault."""
    return bool(BUCKET_NAME.fullmatch(name)) and not IP_ADDRESS.fullmatch(name) and not UNFIT_PAIRS.search(name)


class S3BlobStore:
    """A store in one bucket; made when missing, versioned where the server can."""

    def __init__(self, address: S3Address) -> None:
        """Take the address; the server is first asked at ``check`` or the first use."""
        self._bucket = address.bucket
        self._fetched = FetchedFiles(most_files=MOST_FETCHED_FILES, most_bytes=MOST_FETCHED_BYTES)
        # A server that is away must be told from a slow one soon: few retries, short waits.
        http = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=3, read=30),
            retries=urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[502, 503, 504]),
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
            maxsize=20,
        )
        self._client = Minio(
            address.host,
            access_key=address.access_key,
            secret_key=address.secret_key,
            secure=address.is_secure,
            http_client=http,
        )

    def put(self, kind: BlobKind, stream: BinaryIO, *, media_type: str, max_bytes: int | None = None) -> BlobRef:
        """Store a stream, in parts when it is large (``docflow.storage.ports.BlobStore.put``)."""
        with tempfile.TemporaryFile() as aside:
            digest, size_bytes = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK_BYTES):
                size_bytes += len(chunk)
                if max_bytes is not None and size_bytes > max_bytes:
                    raise InvalidInput("file_too_large", limit_bytes=max_bytes)
                digest.update(chunk)
                aside.write(chunk)
            aside.seek(0)
            ref = BlobRef(kind, digest.hexdigest(), size_bytes)
            with _translated():
                self._put_object(ref, aside, media_type=media_type)
        return ref

    @contextmanager
    def open(self, kind: BlobKind, sha256: str) -> Iterator[BinaryIO]:
        """Open an object for reading; the bytes come as they are asked for."""
        with _translated():
            response: Any = self._client.get_object(self._bucket, blob_key(kind, sha256))
        try:
            # A line that breaks while the bytes come is the storage being away, too.
            with _translated((urllib3.exceptions.HTTPError,)):
                yield response
        finally:
            response.close()
            response.release_conn()

    @contextmanager
    def local_copy(self, kind: BlobKind, sha256: str) -> Iterator[Path]:
        """Fetch the object into a temporary file, kept a while for the next reader in this process."""
        key = blob_key(kind, sha256)

        def fetch(path: Path) -> None:
            with _translated():
                self._client.fget_object(self._bucket, key, str(path))

        with self._fetched.hold(key, fetch) as path:
            yield path

    def size_of(self, kind: BlobKind, sha256: str) -> int | None:
        """Return the size of the current version."""
        with _translated():
            try:
                return self._client.stat_object(self._bucket, blob_key(kind, sha256)).size
            except S3Error as error:
                if error.code in MISSING_CODES | {NO_BUCKET}:
                    return None
                raise

    def put_back(self, ref: BlobRef, stream: BinaryIO, *, media_type: str) -> None:
        """Put the bytes as a new version, once their hash is known to be the right one."""
        with tempfile.TemporaryFile() as aside:
            if _copied(stream, aside) != ref.sha256:
                raise Conflict("blob_altered", key=ref.key)
            with _translated():
                self._put_object(ref, aside, media_type=media_type)

    def put_back_version(self, ref: BlobRef, *, media_type: str) -> bool:
        """Look through the versions from the newest on; the sound one is put anew, so that it is the current one."""
        with _translated():
            if not self._client.bucket_exists(self._bucket):
                return False
            versions = list(self._client.list_objects(self._bucket, prefix=ref.key, include_version=True))
        for item in versions:
            if item.is_delete_marker or item.object_name != ref.key or item.size != ref.size_bytes:
                continue
            with tempfile.TemporaryFile() as aside, _translated():
                response: Any = self._client.get_object(self._bucket, ref.key, version_id=item.version_id)
                try:
                    is_sound = _copied(response, aside) == ref.sha256
                finally:
                    response.close()
                    response.release_conn()
                if is_sound:
                    self._put_object(ref, aside, media_type=media_type)
                    return True
        return False

    def temporary_address(self, ref: BlobRef, *, file_name: str, media_type: str, seconds: int) -> str | None:
        """Return a presigned address that downloads the object under a name."""
        headers: dict[str, Any] = {
            "response-content-disposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}",
            "response-content-type": media_type,
        }
        with _translated():
            return self._client.presigned_get_object(
                self._bucket, ref.key, expires=timedelta(seconds=seconds), response_headers=headers
            )

    def lock_until(self, kind: BlobKind, sha256: str, until: datetime) -> bool:
        """Forbid deletion of the current version before an instant; false when the bucket has no object lock."""
        with _translated():
            try:
                self._client.get_object_lock_config(self._bucket)
            except S3Error as error:
                if error.code in {"ObjectLockConfigurationNotFoundError", "NotImplemented"}:
                    return False
                raise
            self._client.set_object_retention(self._bucket, blob_key(kind, sha256), Retention(GOVERNANCE, until))
        return True

    def objects(self) -> Iterator[StoredObject]:
        """Go through the current version of everything stored; nothing when the bucket is yet to be made."""
        with _translated():
            if not self._client.bucket_exists(self._bucket):
                return
            for kind in BlobKind:
                for item in self._client.list_objects(self._bucket, prefix=f"{kind.value}/", recursive=True):
                    parsed = parse_blob_key(item.object_name or "")
                    if parsed is not None and item.last_modified is not None:
                        yield StoredObject(parsed[0], parsed[1], item.size or 0, item.last_modified)

    def sweep(self, kind: BlobKind, sha256: str, *, put_before: datetime) -> bool:
        """Delete an object unless it was put since.

        In a versioned bucket the very version that was looked at is deleted, so that one put meanwhile stays.
        """
        key = blob_key(kind, sha256)
        with _translated():
            try:
                status = self._client.stat_object(self._bucket, key)
            except S3Error as error:
                if error.code in MISSING_CODES:
                    return False
                raise
            if status.last_modified is None or status.last_modified >= put_before:
                return False
            self._client.remove_object(self._bucket, key, version_id=status.version_id)
        return True

    def check(self) -> None:
        """Prove that the bucket answers and can be written; make it, versioned, when it is missing."""
        with _translated():
            if not self._client.bucket_exists(self._bucket):
                self._make_bucket()
            # The very version is removed, else a bucket with versions would keep one a check.
            probe = self._client.put_object(self._bucket, "probe", io.BytesIO(b"docflow"), 7)
            self._client.remove_object(self._bucket, "probe", version_id=probe.version_id)

    def _put_object(self, ref: BlobRef, content: BinaryIO, *, media_type: str) -> None:
        put = partial(
            self._client.put_object,
            self._bucket,
            ref.key,
            content,
            ref.size_bytes,
            content_type=media_type,
            part_size=PART_BYTES,
        )
        try:
            put()
        except S3Error as error:
            if error.code != NO_BUCKET:
                raise
            # The first object of an installation.
            self._make_bucket()
            content.seek(0)
            put()

    def _make_bucket(self) -> None:
        try:
            self._client.make_bucket(self._bucket, object_lock=True)
        except S3Error as error:
            if error.code in TAKEN_CODES:
                # Another process made it at the same moment.
                return
            # Not every server offers object lock; versions alone still allow repair.
            self._client.make_bucket(self._bucket)
            self._client.set_bucket_versioning(self._bucket, VersioningConfig(ENABLED))


def _copied(stream: Any, aside: BinaryIO) -> str:
    """Copy a stream into a file, which is then at its beginning, and return the SHA-256 of the bytes."""
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
        aside.write(chunk)
    aside.seek(0)
    return digest.hexdigest()


@contextmanager
def _translated(failures: tuple[type[Exception], ...] = FAILURES) -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        if error.code in MISSING_CODES:
            raise NotFound("blob_missing", reason=error.code) from error
        raise ServerAway("storage_unavailable", reason=error.code or "") from error
    except failures as error:
        raise ServerAway("storage_unavailable", reason=type(error).__name__) from error
