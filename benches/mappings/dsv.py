"""The proxy's rows with `csv`."""

import csv
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from web import url

PARIS = ZoneInfo("Europe/Paris")


def event(line):
    (
        time, serial, user, _, client, translated, server, client_port, server_port, action, address,
        method, status, sent, received, seconds, agent, kind, categories, rule, virus, _,
    ) = next(csv.reader([line]))
    at = datetime.fromisoformat(time).replace(tzinfo=PARIS).astimezone(timezone.utc)
    sent, received = int(sent), int(received)
    name = user.partition("@")[0]
    found = {
        "message": line,
        "@timestamp": at.isoformat(),
        "event": {
            "kind": "event",
            "category": ["web", "network"],
            "type": ["denied" if action == "BLOCKED" else "allowed"],
            "action": action.lower(),
            "duration": int(float(seconds) * 1_000_000_000),
        },
        "observer": {"vendor": "Acme", "serial_number": serial},
        "rule": {"name": rule, "category": categories.partition("|")[0]},
        "source": {
            "ip": client,
            "address": client,
            "port": int(client_port),
            "bytes": sent,
            "nat": {"ip": translated},
        },
        "destination": {"ip": server, "address": server, "port": int(server_port), "bytes": received},
        "network": {"bytes": sent + received},
        "user": {"email": user, "name": name},
        "related": {"ip": list(dict.fromkeys((client, server, translated))), "user": [name]},
        "url": url(address),
        "http": {"request": {"method": method}, "response": {"status_code": int(status), "mime_type": kind}},
        "user_agent": {"original": agent},
    }
    if virus != "-":
        found["threat"] = {"software": {"name": virus}}
    return found
