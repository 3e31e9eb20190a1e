"""CEF with `re`: the head is split at its bars, the extension at its keys."""

import re
from datetime import datetime, timezone

from web import url

BAR = re.compile(r"(?<!\\)\|")
PAIR = re.compile(r"(\w+)=((?:[^=\\]|\\.)*)(?= \w+=|$)")
LABELS = ("cs1", "cs2", "cn1")


def event(line):
    _, vendor, product, version, code, name, severity, extension = BAR.split(line, maxsplit=7)
    r = dict(PAIR.findall(extension))
    for key in LABELS:
        if key in r:
            r[r[key + "Label"]] = r[key]
    at = datetime.fromtimestamp(int(r["rt"]) / 1000, timezone.utc)
    source = {"ip": r["src"], "address": r["src"], "port": int(r["spt"]), "bytes": int(r["out"])}
    destination = {"ip": r["dst"], "address": r["dst"], "port": int(r["dpt"]), "bytes": int(r["in"])}
    hosts, users = [r["dvchost"]], [r["suser"]]
    found = {
        "message": line,
        "@timestamp": at.isoformat(),
        "event": {
            "kind": "alert",
            "category": ["intrusion_detection", "network"],
            "type": ["denied" if r["act"] == "block" else "info"],
            "code": code,
            "action": r["act"].lower(),
            "reason": r["msg"],
            "severity": int(severity),
        },
        "observer": {
            "vendor": vendor,
            "product": product,
            "version": version,
            "hostname": r["dvchost"],
            "ip": [r["dvc"]],
        },
        "rule": {"name": r["Policy"], "category": r["cat"], "description": name},
        "source": source,
        "destination": destination,
        "user": {"name": r["suser"]},
        "network": {"transport": r["proto"].lower(), "protocol": r["app"].lower()},
        "related": {"ip": [r["src"], r["dst"], r["dvc"]], "hosts": hosts, "user": users},
    }
    if "shost" in r:
        source["domain"] = source["address"] = r["shost"]
        hosts.append(r["shost"])
    if "dhost" in r:
        destination["domain"] = destination["address"] = r["dhost"]
        hosts.append(r["dhost"])
    if "duser" in r:
        destination["user"] = {"name": r["duser"]}
        users.append(r["duser"])
    if "request" in r:
        found["url"] = url(r["request"].replace("\\=", "="))
        found["http"] = {"request": {"method": r["requestMethod"]}}
        found["user_agent"] = {"original": r["requestClientApplication"]}
    if "fname" in r:
        found["file"] = {"name": r["fname"], "hash": {"sha256": r["fileHash"]}}
        found["related"]["hash"] = [r["fileHash"]]
    return found
