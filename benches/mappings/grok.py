"""The web server's lines with one pattern of `re`."""

import re
from datetime import datetime, timezone
from ipaddress import ip_address

LINE = re.compile(
    r"(?:<\d+>\w{3} [ \d]\d \d\d:\d\d:\d\d (?P<host>\S+) (?P<program>[^\[:\s]+)(?:\[(?P<pid>\d+)\])?: )?"
    r"(?P<client>\S+) \S+ (?P<user>\S+) \[(?P<at>[^\]]+)\] "
    r'"(?P<verb>\w+) (?P<target>\S+)(?: HTTP/(?P<version>[\d.]+))?" (?P<status>\d+) (?:(?P<bytes>\d+)|-) '
    r'"(?P<referrer>[^"]*)" "(?P<agent>[^"]*)"(?: rt=(?P<seconds>[\d.]+))?'
    r"(?: upstream=(?P<upstream>[^\s:]+):(?P<upstream_port>\d+))?"
)


def event(line):
    r = LINE.fullmatch(line).groupdict()
    at = datetime.strptime(r["at"], "%d/%b/%Y:%H:%M:%S %z").astimezone(timezone.utc)
    status = int(r["status"])
    path, _, query = r["target"].partition("?")
    found = {
        "message": line,
        "@timestamp": at.isoformat(),
        "event": {
            "kind": "event",
            "category": ["web"],
            "type": ["access"],
            "outcome": "success" if status < 400 else "failure",
            "duration": int(float(r["seconds"] or 0) * 1_000_000_000),
        },
        "observer": {"vendor": "Acme"},
        "http": {
            "version": r["version"],
            "request": {"method": r["verb"]},
            "response": {"status_code": status},
        },
        # Behind two slashes comes a host.
        "url": {"original": r["target"]} | ({"domain": path[2:]} if path.startswith("//") else {"path": path}),
        "user_agent": {"original": r["agent"]},
        "related": {},
    }
    try:
        client = str(ip_address(r["client"]))
        found["source"] = {"ip": client, "address": client}
        found["related"]["ip"] = [client]
    except ValueError:
        found["source"] = {"domain": r["client"], "address": r["client"]}
    if r["host"]:
        found["host"] = {"hostname": r["host"], "name": r["host"]}
        found["process"] = {"name": r["program"], "pid": int(r["pid"])}
        found["related"]["hosts"] = [r["host"]]
    if r["bytes"]:
        found["http"]["response"]["bytes"] = int(r["bytes"])
    if r["referrer"] != "-":
        found["http"]["request"]["referrer"] = r["referrer"]
    if query:
        found["url"]["query"] = query
    if r["upstream"]:
        port = int(r["upstream_port"])
        found["destination"] = {"ip": r["upstream"], "address": r["upstream"], "port": port}
        found["related"]["ip"].append(r["upstream"])
    if r["user"] != "-":
        found["user"] = {"name": r["user"]}
        found["related"]["user"] = [r["user"]]
    return found
