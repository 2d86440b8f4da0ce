"""What no page of ours would send: texts, numbers, files, headers, whole queries."""

from random import Random
from urllib.parse import quote_from_bytes

HUGE = "9" * 5000
TEXTS: tuple[bytes, ...] = (
    b"", b" ", b"\0", b"a\0b", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"%", b"%00",
    b"%s%d%(x)s", b"{{ 7 }}", b"\r\nX-Odd: 1", b"\xe2\x80\xae\xe2\x80\x8b",
    b"\xef\xb7\xba" * 100, b"\xc2\xbd" * 100, b"\xf0\x9f\x92\xb6" * 80,
    b"'", b'"<>&', b"\\", b"../../etc/passwd", b"..", b".", b"/", b"//evil.example/",
    b"javascript:1", b"None", b"null", b"NaN", b"Infinity", b"-Infinity", b"1e999",
    b"true", b"on", b"[]", b"[[", b"{}", b'{"a":', b"0", b"-1", b"1.5", b"00", b"+1",
    b"2147483647", b"2147483648", b"-2147483649", b"9223372036854775807",
    b"9223372036854775808", b"18446744073709551616", HUGE.encode(),
    b"M-2026-" + HUGE.encode(), b"M-2026-2147483648", b"M-2026-9223372036854775808",
    b"M-0000-00000", b"m-2026-00001",
    b"M-2026-\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5",
    b"\xc2\xb2", b"\xd9\xa1", b"1_000", b"a" * 256, b"a" * 20_000, b"~", b"1~", b"~1",
    b"1~\0", b"99999999999999999999~1", b"1~99999999999999999999", b"-1~-1", b"1~NaN",
    b"0001-01-01", b"9999-12-31", b"0000-00-00", b"2026-02-30", b"9999-12-31T23:59",
    b"0001-01-01T00:00", b"2026-11-30T25:61", b"0001-01-01T00:00:00+14:00",
    b"9999-12-31T23:59:59-12:00", b"10000-01-01", b"24:00", b"00:00", b"23:59:60",
    b"VKN1", b"BOUW001", b"=1+1", b"a@b", b"a@" + b"b" * 300 + b".nl", b"x,y;z\tq",
    b"__class__", b"pk__in", b"id__gt", b"csv", b"jsonl", b"ja", b"ik", b"alle",
)  # fmt: skip
QUERIES = (
    "%00", "=", "&&&", "a=%ff", "%ff=%ff", "=&=&=", "q=%00&q=", "?" * 50, "a" * 8000,
    "&".join(f"a{n}=1" for n in range(1200)), "%", "%zz", "q[]=1&q[0]=2", "a;b;c",
    "_facets=True&_facets=", "o=999.-999.x&p=99999999999999999999", "p=-1", "p=x",
    "all=", "_popup=1&_to_field=nope", "_to_field=password", "id__exact=x", "pk=%00",
    "id__gt=1", "password__startswith=a", "e=1", "_changelist_filters=%00%ff",
    "id__in=1,x,%00", "id__isnull=9", "at__year=99999999999", "at__year=0",
    "at__month=13", "at__day=x", "at__gte=9999-12-31", "q=" + "x%20" * 500,
)  # fmt: skip
FILES: tuple[tuple[str, bytes], ...] = (
    ("", b""), ("<>.pdf", b"%PDF-1.7\n"), ("..", b"x"), ("a\0b.txt", b"tekst"),
    ("a" * 300 + ".txt", b"tekst"), ("\u202efdp.txt", b"tekst"), ("CON.txt", b"tekst"),
    ("/etc/passwd", b"x"), ("a\\b.pdf", b"%PDF-"), ("leeg.pdf", b""),
    (".pdf", b"%PDF-"),
    ("\ud83d.txt".encode("utf-8", "replace").decode(), b"\xff\xfe\0"),
    ("a.eml", b"From: \xff\0\r\n" * 50), ("groot.txt", b"x" * 300_000),
    ("naam\r\nX: y.txt", b"tekst"),
    ("\N{DOG FACE}" * 90 + ".png", b"\x89PNG\r\n\x1a\n"),
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"HTTP_ACCEPT_LANGUAGE": "*;q=,,\0,nl-" + "x" * 3000},
    {"HTTP_ACCEPT_LANGUAGE": "en;q=nan"},
    {"HTTP_REFERER": "http://[::1"},
    {"HTTP_REFERER": "http://testserver/\0\xff"},
    {"HTTP_REFERER": "http://testserver:99999/"},
    {"HTTP_REFERER": "http://testserver/x\r\nX-Odd: 1"},
    {"HTTP_REFERER": "http://]testserver/", "HTTP_HX_REQUEST": "true"},
    {"HTTP_X_REQUEST_ID": "\0" * 20},
    {"HTTP_X_FORWARDED_FOR": "not an address,\0"},
    {"HTTP_X_FORWARDED_FOR": "::ffff:1.2.3.4%eth0," * 50},
    {"HTTP_X_FORWARDED_PROTO": "gopher", "HTTP_X_FORWARDED_HOST": "evil.example"},
    {"REMOTE_ADDR": ""},
    {"REMOTE_ADDR": "unix:"},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "testserver:99999"},
    {"HTTP_HOST": "\0"},
    {"HTTP_HX_REQUEST": "true"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "rows"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[::1\0"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "%ff%00"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": "true",
     "HTTP_HX_CURRENT_URL": "%ff%00http://["},
    {"HTTP_HX_TRIGGERING_EVENT": "{",
     "HTTP_HX_TRIGGERING_EVENT_URI_AUTOENCODED": "true"},
    {"HTTP_HX_TRIGGERING_EVENT": "[" * 20_000, "HTTP_HX_REQUEST": "true"},
    {"HTTP_HX_PROMPT": "\0\xff", "HTTP_HX_BOOSTED": "x"},
    {"HTTP_COOKIE": "taal=\0; thema=\xff; sessionid=\0; csrftoken=\0; messages=\0"},
    {"HTTP_COOKIE": "sessionid=" + "a" * 300 + "; messages=" + "[" * 3000},
    {"HTTP_COOKIE": "sessionid=\xed\xa0\x80; messages=x:y:z"},
    {"HTTP_COOKIE": ";;;=;=\0=;" * 40},
    {"HTTP_COOKIE": 'messages="W1tdXQ:1x:aaaa"; csrftoken=' + "é" * 32},
    {"HTTP_IF_MODIFIED_SINCE": "Mon, 99 Foo 0000 99:99:99 GMT"},
    {"HTTP_IF_NONE_MATCH": '"' * 3000, "HTTP_RANGE": "bytes=9-1,\0"},
    {"HTTP_AUTHORIZATION": "Bearer \xff\xfe"},
    {"HTTP_AUTHORIZATION": "Basic ="},
    {"HTTP_ACCEPT": "\0/;q=x", "HTTP_USER_AGENT": "\0" * 300},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE", "HTTP_ORIGIN": "null"},
    {"HTTP_ORIGIN": "http://[", "HTTP_SEC_FETCH_SITE": "cross-site"},
    {"CONTENT_LENGTH": "-1"},
    {"CONTENT_LENGTH": "x"},
)  # fmt: skip
METHODS = (
    "HEAD",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "ODD",
    "get",
)
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"move": ["\\ud800", 1e999]}'),
    ("application/json", b"[" * 5000),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=", b"--x"),
    ("multipart/form-data; boundary=x",
     b"--x\r\nContent-Disposition: form-data\r\n\r\n"),
    ("multipart/form-data; boundary=x",
     (b'--x\r\nContent-Disposition: form-data; name="file"; filename="\0"\r\n'
     b"Content-Type: \0\r\nContent-Transfer-Encoding: base64\r\n\r\n=\xff\r\n--x--")),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x\r\n"),
    ("multipart/form-data; boundary=\xff", b"--x\r\n"),
    ("application/x-www-form-urlencoded; charset=klingon", b"a=%ff"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=%ff%00&move=1"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(1200))),
    ("application/x-www-form-urlencoded", b"%ff=%00&%00=%ff&=&&move=%00"),
    ("text/plain", b"\0\xff"),
    ("\0/\xff", b"x"),
    ("", b"x"),
)  # fmt: skip


def quoted(text: bytes) -> str:
    """As it stands in an address, with what separates its parts made harmless."""
    return quote_from_bytes(text, safe="")


def text(random: Random) -> bytes:
    """Mostly from the list; else bytes that nobody thought of."""
    if random.random() < 0.85:
        return random.choice(TEXTS)
    return random.randbytes(random.randint(1, 40))
