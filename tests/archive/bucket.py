"""A service that speaks S3 over HTTP on loopback: one bucket, and faults on order.

It compares checksums as the real one does, before it keeps anything.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree.ElementTree import fromstring

NAME = "archive-of-the-tests"
S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass
class Bucket:
    """What it keeps, and what goes wrong with it from now on."""

    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    """Method and key, or query, of each request so far."""
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By method: the status and the code that it answers with."""
    stuck: set[str] = field(default_factory=set)
    """These keys it does not remove."""
    breaks_off: bool = False
    """Of a file it sends half."""
    lies: bool = False
    """It keeps something else than it received, and says that all is well."""
    damages: bool = False
    """What is sent arrives as something else."""
    endpoint: str = ""

    def keep(self, key: str, content: bytes) -> None:
        self.objects[key] = content[:-1] + b"?" if self.lies else content


@contextmanager
def served() -> Iterator[Bucket]:
    bucket = Bucket()
    handler = type("Handler", (_Handler,), {"bucket": bucket})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        bucket.endpoint = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield bucket
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing."""

    def _handle(self) -> None:
        url = urlsplit(self.path)
        name, _slash, self.key = unquote(url.path).removeprefix("/").partition("/")
        self.query = dict(parse_qsl(url.query, keep_blank_values=True))
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.bucket.requests.append(f"{self.command} {self.key or url.query}")
        if refused := self.bucket.refuses.get(self.command):
            self._refuse(*refused)
        elif name != NAME:
            self._refuse(404, "NoSuchBucket")
        elif not self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256"):
            self._refuse(403, "AccessDenied")
        else:
            getattr(self, f"_{self.command.lower()}")()

    do_GET = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815 - names that http.server calls

    def _get(self) -> None:
        objects = self.bucket.objects
        if "prefix" in self.query:
            found = [key for key in objects if key.startswith(self.query["prefix"])]
            contents = "".join(
                f"<Contents><Key>{key}</Key></Contents>" for key in found
            )
            self._answer(200, _xml("Listed", contents))
        elif self.key in objects:
            self._answer(200, objects[self.key], self.bucket.breaks_off)
        else:
            self._refuse(404, "NoSuchKey")

    def _put(self) -> None:
        content = self.body[:-1] + b"!" if self.bucket.damages else self.body
        came = b64encode(hashlib.sha256(content).digest()).decode()
        if self.headers.get("x-amz-checksum-sha256") != came:
            self._refuse(400, "BadDigest")
            return
        if "uploadId" in self.query:
            upload = self.bucket.uploads[self.query["uploadId"]]
            upload[int(self.query["partNumber"])] = content
        else:
            self.bucket.keep(self.key, content)
        self._answer(200)

    def _post(self) -> None:
        if "delete" in self.query:
            self._answer(200, self._remove())
        elif "uploads" in self.query:
            upload = f"upload-{len(self.bucket.requests)}"
            self.bucket.uploads[upload] = {}
            self._answer(200, _xml("Started", f"<UploadId>{upload}</UploadId>"))
        else:
            parts = self.bucket.uploads.pop(self.query["uploadId"])
            elements = fromstring(self.body).iter(f"{S3}PartNumber")  # noqa: S314 - ours
            content = b"".join(parts[int(part.text or 0)] for part in elements)
            self.bucket.keep(self.key, content)
            self._answer(200, _xml("Completed", ""))

    def _delete(self) -> None:
        self.bucket.uploads.pop(self.query["uploadId"])
        self._answer(204)

    def _remove(self) -> bytes:
        elements = fromstring(self.body).iter(f"{S3}Key")  # noqa: S314 - ours
        keys = {key.text or "" for key in elements}
        for key in keys - self.bucket.stuck:
            self.bucket.objects.pop(key, None)
        return _xml(
            "Removed",
            "".join(
                f"<Error><Key>{key}</Key><Code>AccessDenied</Code></Error>"
                for key in sorted(keys & self.bucket.stuck)
            ),
        )

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code></Error>".encode())

    def _answer(self, status: int, body: bytes = b"", breaks_off: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"what was kept"')
        self.end_headers()
        self.close_connection = breaks_off
        # Whoever saw enough leaves.
        with suppress(ConnectionError):
            self.wfile.write(body[: len(body) // 2] if breaks_off else body)


def _xml(name: str, inside: str) -> bytes:
    return f'<{name} xmlns="{S3[1:-1]}">{inside}</{name}>'.encode()
