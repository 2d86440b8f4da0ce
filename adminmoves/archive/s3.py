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

PART_BYTES = 8 * 1024 * 1024
"""A larger file is sent in parts of this size, one at a time in memory."""
KEYS_AT_A_TIME = 1000
"""The most that one DeleteObjects takes."""
CLOSED = ".closed"
"""Suffix of a folder's name: an empty file that marks the folder as closed."""
GONE = "NoSuchKey"
DAMAGED_ON_THE_WAY = {"BadDigest", "XAmzContentChecksumMismatch"}
# All retries together take less than a lease. We send and compare checksums ourselves.
CLIENT_OPTIONS: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 10,
    "retries": {"mode": "standard", "total_max_attempts": 3},
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


class S3Store(S3Storage):  # type: ignore[misc] # django-storages has no types
    """A bucket. A file appears under its key whole or not at all, and only with the
    SHA-256 that we sent along.

    S3 cannot rename: a copy that reads back differently stays until it is written again
    or abandoned. Removing it could remove what another worker compared.
    """

    # Each document takes five requests, and a chunk must take less than a lease.
    max_documents = 100

    def __init__(self, **settings: Any) -> None:
        # Few services other than Amazon's have a host name per bucket.
        style = "path" if settings.get("endpoint_url") else "auto"
        config = Config(s3={"addressing_style": style}, **CLIENT_OPTIONS)
        super().__init__(client_config=config, **settings)

    def make(self) -> None:
        """Nothing to do: the operator makes the bucket."""

    def digest(self, key: str) -> Digest | None:
        with _refusals(), self._opened(key) as found:
            return measure(found["Body"].iter_chunks(BLOCK)) if found else None

    def read(self, key: str) -> bytes | None:
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
            if expected.size > PART_BYTES:
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
        """Remove the folder; a worker that still copies into it leaves nothing there.

        The mark comes first: files sent before it are found below, and who sends
        one later finds the mark.
        """
        self.put(f"{folder}{CLOSED}", b"")
        with _refusals():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, Prefix=f"{folder}/"
            )
            for page in pages:
                self.remove([found["Key"] for found in page.get("Contents", [])])

    def remove_parts(self, folder: str) -> None:
        """Nothing to do: a part is no file, and the bucket ends old uploads."""

    def durable(self, _keys: Collection[str]) -> AbstractContextManager[None]:
        """Nothing to do: the service confirms a file once it is stored."""
        return nullcontext()

    def remove(self, keys: list[str]) -> int:
        """Remove these files; how many were confirmed, also of those that were gone
        already. Raises NotRemoved."""
        stuck = dict[str, OSError]()
        for first in range(0, len(keys), KEYS_AT_A_TIME):
            some = [{"Key": key} for key in keys[first : first + KEYS_AT_A_TIME]]
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
        """Open a file, whose body can be read once; None where there is no such key."""
        try:
            found = self._client.get_object(Bucket=self.bucket_name, Key=key)
        except self._client.exceptions.NoSuchKey:
            yield None
            return
        with closing(found["Body"]):
            yield found

    def _leave_nothing_where_closed(self, key: str) -> None:
        """Remove the file again, and raise, where its folder was closed meanwhile."""
        if self.digest(f"{folder_of(key)}{CLOSED}"):
            self.remove([key])
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)

    def _copy_parts(
        self, body: Any, key: str, expected: Digest, otherwise: Exception
    ) -> None:
        """Send a large file in parts; it appears once all of it was compared."""
        upload = self._client.create_multipart_upload(
            Bucket=self.bucket_name, Key=key, ChecksumAlgorithm="SHA256"
        )["UploadId"]
        parts: list[dict[str, Any]] = []

        def sent(block: bytes) -> bytes:
            part_params = {"PartNumber": len(parts) + 1, "UploadId": upload}
            part = self._send(self._client.upload_part, key, block, **part_params)
            parts.append({"PartNumber": part_params["PartNumber"], **part})
            return block

        where = {"Bucket": self.bucket_name, "Key": key, "UploadId": upload}
        try:
            found = measure(sent(block) for block in body.iter_chunks(PART_BYTES))
            compare(found, expected, otherwise)
            self._client.complete_multipart_upload(
                **where, MultipartUpload={"Parts": parts}
            )
        except BaseException:
            with suppress(ClientError, BotoCoreError):
                self._client.abort_multipart_upload(**where)
            raise

    def _send(
        self, call: Any, key: str, content: bytes, **part_params: Any
    ) -> dict[str, str]:
        """Write a file, or a part of one; returns its entry for the list of parts."""
        sha256 = b64encode(hashlib.sha256(content).digest()).decode()
        where = {"Bucket": self.bucket_name, "Key": key}
        try:
            answer = call(**where, Body=content, ChecksumSHA256=sha256, **part_params)
        except ClientError as refused:
            if refused.response["Error"]["Code"] in DAMAGED_ON_THE_WAY:
                raise CopyDiffers(key) from refused
            raise
        return {"ETag": answer["ETag"], "ChecksumSHA256": sha256}


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the errors of the service and of the network into OSError."""
    try:
        yield
    except ClientError as refused:
        raise OSError(errno.EIO, refused.response["Error"]["Code"]) from refused
    except (BotoCoreError, HTTPError) as broken:
        raise OSError(errno.EIO, type(broken).__name__) from broken
