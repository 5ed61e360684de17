"""Requests that are no HTTP, lead out of the snapshots, or bring no token: what fuzz.py sends.

Each function takes a `random.Random` and returns what to send, and the statuses that are right for it; None among them:
the connection may also be closed without an answer.
"""

import string

CLOSE = b"Host: localhost\r\nConnection: close\r\n\r\n"
#: What the server says to what is no HTTP, or too much of it.
REFUSED = {400, 408, 413, 414, 417, 431, 501, 505}
PATHS = ["/healthz", "/readyz", "/metrics", "/v1/status", "/v1/snapshots", "/v1/snapshots/latest", "/", "/page.js"]
OUTSIDE = [
    "secret.txt",
    "secret.safetensors",
    "secret.json",
    "lock",
    "log.jsonl",
    "latest.json",
    "lopt.json",
    "token",
    "verified-shards.json",
    "training/training-000000001.safetensors",
    "etc/passwd",
    "proc/self/environ",
]


def noise(random, most=200):
    return bytes(random.randrange(256) for _ in range(random.randrange(1, most)))


def word(random, letters=string.ascii_letters + string.digits, least=1, most=20):
    return "".join(random.choice(letters) for _ in range(random.randint(least, most)))


def request(method, path, *headers):
    encoded = b"".join(each.encode("latin-1") + b"\r\n" for each in headers)
    return f"{method} {path} HTTP/1.1\r\n".encode("latin-1") + encoded + CLOSE


def garbage(random):
    return noise(random) + b"\r\n\r\n", REFUSED


def method(random):
    name = random.choice(
        [
            word(random, string.ascii_uppercase) + "X9",
            word(random, string.ascii_lowercase),
            "",
            "G\0T",
            "GET\t",
            "gEt",
            "ПОЛУЧИТЬ",
            "G" * 5_000,
            "PRI",
        ]
    )
    return f"{name} {random.choice(PATHS)} HTTP/1.1\r\n".encode() + CLOSE, REFUSED


def version(random):
    name = random.choice(
        [
            "HTTP/2.0",
            "HTTP/9.9",
            "HTTP/1.",
            "HTTP/.1",
            "HTTP/11",
            "http/1.1",
            "HTP/1.1",
            "HTTP/1.1.1",
            "HTTP/-1.1",
            "HTTP/1.1\0",
            "HTTP/99999999999999.1",
            word(random),
        ]
    )
    return f"GET {random.choice(PATHS)} {name}\r\n".encode() + CLOSE, REFUSED


def target(random):
    name = random.choice(
        [
            "healthz",
            "\0",
            "/\0",
            "/health\x01z",
            "/\x7f",
            "://",
            "/" + "a" * 20_000,
            "\\healthz",
            "/" + noise(random, 20).decode("latin-1").translate({13: "x", 10: "y", 32: "z"}) + "\x80",
        ]
    )
    return b"GET " + name.encode("latin-1") + b" HTTP/1.1\r\n" + CLOSE, REFUSED | {404}


def header_name(random):
    name = random.choice(
        [
            "Bad Name",
            "",
            " Folded",
            "\tFolded",
            "A\0",
            "A(",
            "A{",
            "Ä",
            "A\x7f",
            "A\r",
            "A\n:",
            "A B C",
            word(random) + "\0",
            word(random) + "@",
        ]
    )
    return request("GET", random.choice(PATHS), f"{name}: x"), REFUSED


def header_value(random):
    value = random.choice(["\0", "a\0b", "\x01", "a\rb", "\x7f", "a\r\n folded"])
    return request("GET", random.choice(PATHS), f"X-{word(random)}: {value}"), REFUSED


def no_colon(random):
    return request("GET", random.choice(PATHS), word(random)), REFUSED


def over_long(random):
    size = random.randrange(17_000, 200_000)
    return random.choice(
        [
            lambda: request("GET", "/healthz", "X: " + "a" * size),
            lambda: request("GET", "/healthz", "X" * size + ": a"),
            lambda: request("GET", "/healthz", *(f"X-{number}: {'a' * 200}" for number in range(size // 200))),
            lambda: request("GET", "/healthz", *(f"X-{number}: a" for number in range(101 + size % 500))),
            lambda: request("GET", "/healthz?" + "a" * size),
            lambda: b"GET /healthz HTTP/1.1\r\n" + b"X" * size,
        ]
    )(), REFUSED | {None}  # It is refused before all of it was sent.


def length(random):
    value = random.choice(
        ["-1", "+5", "5 5", "5, 6", "0x10", "1e3", "9" * 40, "", "five", "5\0", "18446744073709551616"]
    )
    return request("POST", "/v1/pause", f"Content-Length: {value}"), REFUSED


def two_lengths(random):
    headers = random.choice(
        [
            ("Content-Length: 5", "Content-Length: 6"),
            ("Content-Length: 5", "Transfer-Encoding: chunked"),
            ("Transfer-Encoding: chunked", "Content-Length: 5"),
            ("Content-Length: 5", "Content-Length: five"),
        ]
    )
    return request("POST", "/v1/pause", *headers) + b"hello, world", REFUSED


def chunked(random):
    """The head is sound: what needs a token may be refused before the body is looked at."""
    body = random.choice(
        [
            b"ZZ\r\nabc\r\n0\r\n\r\n",
            b"f" * 20 + b"\r\nabc\r\n0\r\n\r\n",
            b"-1\r\na\r\n0\r\n\r\n",
            b"3\r\nabcdef\r\n0\r\n\r\n",
            b"3;" + b"x" * 20_000 + b"\r\nabc\r\n0\r\n\r\n",
            b"\r\n\r\n",
            b"5\r\nab",
            noise(random),
        ]
    )
    return request("POST", "/v1/pause", "Transfer-Encoding: chunked") + body, REFUSED | {401}


def truncated(random):
    whole = request("GET", random.choice(PATHS), f"X-{word(random)}: {word(random)}")
    return whole[: random.randrange(1, len(whole) - 2)], REFUSED | {None}


def pipelined(random):
    """A sound request that has no token, or needs none, and one behind it that is no HTTP."""
    first = f"GET {random.choice(PATHS)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    return first * random.randrange(1, 20) + b"\0" + noise(random) + b"\r\n\r\n", REFUSED | {200, 401}


def path_trick(random):
    """A name that leads out of the snapshots, with the token: nothing may be there."""
    up = random.choice(
        [
            "../",
            "..%2f",
            "%2e%2e/",
            "%2e%2e%2f",
            "..\\",
            "..%5c",
            "%252e%252e%252f",
            "..;/",
            ".../",
            "./../",
            "%c0%ae%c0%ae/",
            "..%c0%af",
            "..%ef%bc%8f",
            "//",
            "%2f",
            "/%2e/",
            "%00/",
            "..%00/",
            "..%u2215",
            "file://",
        ]
    ) * random.randrange(1, 12)
    name = random.choice(OUTSIDE)
    kind = random.choice(["theta", "average"])
    path = "/v1/snapshots/" + random.choice(
        [
            up + name,
            name,
            name + "%00.safetensors",
            f"{kind}-000000000.safetensors/{up}{name}",
            "%2f" + name,
            f"{kind}-000000000.safetensors%00",
            f"{kind}-{word(random, string.digits)}.safetensors%2e",
            f"{kind}-000000000",
            f"{kind}-000000000.json",
            f"{kind}-00000000%d9%a0.safetensors",
            f"{kind}-00000000%EF%BC%90.safetensors",
            f"{kind}--00000001.safetensors",
            f"{kind}-+00000000.safetensors",
            f"{kind}-{'9' * random.randrange(10, 4_000)}.safetensors",
            "a" * random.randrange(300, 9_000),
            f"{kind.upper()}-000000000.SAFETENSORS",
            "." + word(random),
            "%ff%fe",
        ]
    )
    return path, REFUSED | {404}


def wrong_token(random, token):
    """The headers of a request with a token that is not the one, or none at all."""
    changed = list(token)
    place = random.randrange(len(token))
    changed[place] = random.choice("_.!" if changed[place] == "-" else "-_.!")
    given = random.choice(
        [
            "",
            token[:-1],
            token[1:],
            token + "x",
            token.swapcase(),
            "".join(changed),
            token[::-1],
            token * 2,
            word(random),
            "é" * 16,
            f"{token},{token}",
            f"{token} {token}",
            f'"{token}"',
            "*",
            "null",
            "a" * 8_000,
        ]
    )
    scheme = random.choice(["Bearer", "bearer", "Basic", "Digest", "Bearer:", "", "Token", "BearerX"])
    if scheme in ("Basic", "Digest", "Bearer:", "", "Token", "BearerX"):
        given = random.choice([given, token])
    names = random.choice(
        [["Authorization"], ["Authorization"], ["Authorization", "Authorization"], ["X-Authorization"], ["Cookie"], []]
    )
    return [f"{name}: {scheme} {given}" for name in names]


KINDS = [
    garbage,
    method,
    version,
    target,
    header_name,
    header_value,
    no_colon,
    over_long,
    length,
    two_lengths,
    chunked,
    truncated,
    pipelined,
]
