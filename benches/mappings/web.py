"""What several mappings in Python share: a URL in its parts."""

from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def url(text):
    parts = urlsplit(text)
    found = {
        "original": text,
        "full": text,
        "scheme": parts.scheme,
        "domain": parts.hostname,
        "port": parts.port or PORTS[parts.scheme],
        "path": parts.path,
    }
    if parts.query:
        found["query"] = parts.query
    return found
