"""The archive in S3, or in a service that speaks its protocol.

Needs the packages of requirements-s3.txt. So nothing imports it: the setting
PORTAL_ARCHIVE_STORE names it.
"""

import errno
import hashlib
import os
from base64 import b64encode
from collections.abc import Collection, Iterator
from contextlib import (
    AbstractContextManager,
    closing,
    contextmanager,
    nullcontext,
    suppress,
)
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage
from urllib3.exceptions import HTTPError

from adminmoves.archive.keys import folder_of
from adminmoves.archive.store import (
    BLOCK,
    CopyDiffers,
    Digest,
    NotRemoved,
    SourceDiffers,
    compare,
    measure,
)

PART = 8 * 1024 * 1024
"""Bytes. A larger file goes in parts of this size; so much of it is in memory."""
AT_A_TIME = 1000
"""So many keys takes one request to remove."""
CLOSED = ".closed"
"""After the name of a folder: an empty file that says that it was closed."""
GONE = "NoSuchKey"
DAMAGED_ON_THE_WAY = {"BadDigest", "XAmzContentChecksumMismatch"}
# Together shorter than a lease. The checksums are ours to send and to compare.
HABITS: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 10,
    "retries": {"mode": "standard", "total_max_attempts": 3},
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


class S3Store(S3Storage):  # type: ignore[misc] # django-storages has no types
    """A bucket. The service lets a file appear under a key whole or not at all, and
    only when what it received has the SHA-256 that came along.

    There is no renaming: a copy that reads back as something else stays until it is
    written again or given up. Removing it could take what another worker checked.
    """

    # Each takes five requests, and all of them no longer than a lease.
    together = 100

    def __init__(self, **settings: Any) -> None:
        # Few services but Amazon's own have a host name for every bucket.
        style = "path" if settings.get("endpoint_url") else "auto"
        config = Config(s3={"addressing_style": style}, **HABITS)
        super().__init__(client_config=config, **settings)

    def make(self) -> None:
        """Nothing: who keeps the bucket makes it."""

    def digest(self, key: str) -> Digest | None:
        """What the file under this key is; None where there is none."""
        with _refusals(), self._opened(key) as found:
            return measure(found["Body"].iter_chunks(BLOCK)) if found else None

    def read(self, key: str) -> bytes | None:
        """A small file; None where there is none."""
        with _refusals(), self._opened(key) as found:
            return bytes(found["Body"].read()) if found else None

    def put(self, key: str, content: bytes) -> None:
        """Write a file; what stood there before is gone. Raises CopyDiffers."""
        with _refusals():
            self._send(self._client.put_object, key, content)

    def copy(self, source: str, target: str, expected: Digest) -> None:
        """Copy one file; under ``target`` appears all of it or nothing.

        Raises SourceDiffers, CopyDiffers, and OSError where the service refuses.
        """
        otherwise = SourceDiffers(source)
        with _refusals(), self._opened(source) as found:
            if found is None or found["ContentLength"] != expected.size:
                raise otherwise
            if expected.size > PART:
                self._copy_parts(found["Body"], target, expected, otherwise)
            else:
                content = found["Body"].read()
                compare(measure([content]), expected, otherwise)
                self._send(self._client.put_object, target, content)
        self._leave_nothing_where_closed(target)
        compare(self.digest(target), expected, CopyDiffers(target))

    def rewrite(self, key: str) -> None:
        """Write a small file once more; FileNotFoundError: it is not there."""
        content = self.read(key)
        if content is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)
        self.put(key, content)

    def open_folder(self, folder: str, _mark: str) -> None:
        """Let copies be made in this folder of a move, until it is closed.

        The mark was seen before: nothing comes to stand at the place of a bucket.
        """
        self.remove([f"{folder}{CLOSED}"])

    def close_folder(self, folder: str) -> None:
        """Remove all that lies there; who still copies into it leaves nothing.

        First the mark: what was sent before it is found here, and who sends after it
        finds the mark.
        """
        self.put(f"{folder}{CLOSED}", b"")
        with _refusals():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=f"{folder}/"
            )
            for page in pages:
                self.remove([found["Key"] for found in page.get("Contents", [])])

    def remove_parts(self, folder: str) -> None:
        """Nothing: parts are no files, and the bucket's own rule ends old uploads."""

    def durable(self, _keys: Collection[str]) -> AbstractContextManager[None]:
        """Nothing to do: the service confirms a file when it is kept."""
        return nullcontext()

    def remove(self, keys: list[str]) -> int:
        """Remove these files; how many were confirmed, also of those that were gone
        already. Raises NotRemoved."""
        stuck = dict[str, OSError]()
        for first in range(0, len(keys), AT_A_TIME):
            some = [{"Key": key} for key in keys[first : first + AT_A_TIME]]
            with _refusals():
                answer = self._client.delete_objects(
                    Bucket=self.bucket_name, Delete={"Objects": some, "Quiet": True}
                )
            for refused in answer.get("Errors", []):
                if refused["Code"] != GONE:
                    stuck[refused["Key"]] = OSError(errno.EIO, refused["Code"])
        if stuck:
            raise NotRemoved(len(keys) - len(stuck), stuck)
        return len(keys)

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    @contextmanager
    def _opened(self, key: str) -> Iterator[dict[str, Any] | None]:
        """A file, its body to be read once; None where there is no such key."""
        try:
            found = self._client.get_object(Bucket=self.bucket_name, Key=key)
        except self._client.exceptions.NoSuchKey:
            yield None
            return
        with closing(found["Body"]):
            yield found

    def _leave_nothing_where_closed(self, key: str) -> None:
        """Whoever slept while its move was given up finds out when it has written."""
        if self.digest(f"{folder_of(key)}{CLOSED}"):
            self.remove([key])
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)

    def _copy_parts(
        self, body: Any, key: str, expected: Digest, otherwise: Exception
    ) -> None:
        """Send a large file part by part; it appears when all of it was compared."""
        upload = self._client.create_multipart_upload(
            Bucket=self.bucket_name, Key=key, ChecksumAlgorithm="SHA256"
        )["UploadId"]
        parts: list[dict[str, Any]] = []

        def sent(block: bytes) -> bytes:
            told = {"PartNumber": len(parts) + 1, "UploadId": upload}
            part = self._send(self._client.upload_part, key, block, **told)
            parts.append({"PartNumber": told["PartNumber"], **part})
            return block

        where = {"Bucket": self.bucket_name, "Key": key, "UploadId": upload}
        try:
            found = measure(sent(block) for block in body.iter_chunks(PART))
            compare(found, expected, otherwise)
            self._client.complete_multipart_upload(
                **where, MultipartUpload={"Parts": parts}
            )
        except BaseException:
            with suppress(ClientError, BotoCoreError):
                self._client.abort_multipart_upload(**where)
            raise

    def _send(self, call: Any, key: str, content: bytes, **told: Any) -> dict[str, str]:
        """Write a file or a part of one; what a list of parts says of it."""
        sha256 = b64encode(hashlib.sha256(content).digest()).decode()
        where = {"Bucket": self.bucket_name, "Key": key}
        try:
            answer = call(**where, Body=content, ChecksumSHA256=sha256, **told)
        except ClientError as refused:
            if refused.response["Error"]["Code"] in DAMAGED_ON_THE_WAY:
                raise CopyDiffers(key) from refused
            raise
        return {"ETag": answer["ETag"], "ChecksumSHA256": sha256}


@contextmanager
def _refusals() -> Iterator[None]:
    """What the service or the way to it refuses, as the OSError that callers know."""
    try:
        yield
    except ClientError as refused:
        raise OSError(errno.EIO, refused.response["Error"]["Code"]) from refused
    except (BotoCoreError, HTTPError) as broken:
        raise OSError(errno.EIO, type(broken).__name__) from broken
