"""The firewall's pairs with `re`."""

import re
from datetime import datetime, timezone

from web import url

PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|(\S*))')
OUTCOMES = {"accept": "success", "close": "success", "deny": "failure", "blocked": "failure"}
TRANSPORTS = {"1": "icmp", "6": "tcp", "17": "udp"}


def event(line):
    r = {key: quoted or bare for key, quoted, bare in PAIR.findall(line)}
    at = datetime.fromisoformat(f"{r['date']}T{r['time']}{r['tz']}").astimezone(timezone.utc)
    action = r["action"].lower()
    sent, received = int(r["sentbyte"]), int(r["rcvdbyte"])
    ips = [r["srcip"], r["dstip"]]
    source = {"ip": r["srcip"], "address": r["srcip"], "port": int(r["srcport"]), "bytes": sent}
    destination = {"ip": r["dstip"], "address": r["dstip"], "port": int(r["dstport"]), "bytes": received}
    found = {
        "message": line,
        "@timestamp": at.isoformat(),
        "event": {
            "kind": "event",
            "category": ["network"],
            "type": ["denied" if action in ("deny", "blocked") else "allowed"],
            "action": action,
            "code": r["logid"],
        },
        "observer": {
            "vendor": "Acme",
            "name": r["devname"],
            "serial_number": r["devid"],
            "ingress": {"interface": {"name": r["srcintf"]}},
            "egress": {"interface": {"name": r["dstintf"]}},
        },
        "log": {"level": r["level"]},
        "rule": {"id": r["policyid"]},
        "source": source,
        "destination": destination,
        "network": {
            "bytes": sent + received,
            "protocol": r["service"].lower(),
            "transport": TRANSPORTS[r["proto"]],
        },
        "related": {"ip": ips},
    }
    if action in OUTCOMES:
        found["event"]["outcome"] = OUTCOMES[action]
    if "msg" in r:
        found["event"]["reason"] = r["msg"]
    if "duration" in r:
        found["event"]["duration"] = int(r["duration"]) * 1_000_000_000
    if "policyname" in r:
        found["rule"]["name"] = r["policyname"]
    if "catdesc" in r:
        found["rule"]["category"] = r["catdesc"]
    if "sentpkt" in r:
        source["packets"] = int(r["sentpkt"])
        destination["packets"] = int(r["rcvdpkt"])
    if "srcmac" in r:
        source["mac"] = r["srcmac"]
    if "srccountry" in r:
        source["geo"] = {"country_name": r["srccountry"]}
    if "dstcountry" in r:
        destination["geo"] = {"country_name": r["dstcountry"]}
    if "transip" in r:
        source["nat"] = {"ip": r["transip"], "port": int(r["transport"])}
        if r["transip"] != r["dstip"]:
            ips.append(r["transip"])
    if "app" in r:
        found["network"]["application"] = r["app"].lower()
    if r["user"] != "N/A":
        found["user"] = {"name": r["user"]}
        found["related"]["user"] = [r["user"]]
    if "url" in r:
        found["url"] = url(r["url"]) | {"domain": r["hostname"]}
        found["related"]["hosts"] = [r["hostname"]]
        found["http"] = {"request": {"referrer": r["referralurl"]}}
    return found
