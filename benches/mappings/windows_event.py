"""Windows events with `xml.etree`."""

import re
from datetime import datetime, timezone
from xml.etree import ElementTree

NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"
ACTIONS = {"2": "interactive", "3": "network", "4": "batch", "5": "service", "7": "unlock", "10": "remote"}
BEYOND_MICROSECONDS = re.compile(r"(\.\d{6})\d+")


def event(line):
    root = ElementTree.fromstring(line)
    system, pairs = root.find(NAMESPACE + "System"), root.find(NAMESPACE + "EventData")
    data = {item.get("Name"): item.text for item in pairs if item.text != "-"}
    time = system.find(NAMESPACE + "TimeCreated").get("SystemTime")
    at = datetime.fromisoformat(BEYOND_MICROSECONDS.sub(r"\1", time)).astimezone(timezone.utc)
    code = system.findtext(NAMESPACE + "EventID")
    host = system.findtext(NAMESPACE + "Computer").lower()
    thread = int(system.find(NAMESPACE + "Execution").get("ThreadID"))
    provider = system.find(NAMESPACE + "Provider").get("Name")
    related, user = {"hosts": [host], "user": []}, {}
    process = {"thread": {"id": thread}}
    found = {
        "message": line,
        "@timestamp": at.isoformat(),
        "event": {"kind": "event", "code": code, "provider": provider},
        "log": {"level": system.findtext(NAMESPACE + "Level")},
        "host": {"hostname": host, "name": host, "os": {"type": "windows"}},
        "observer": {"vendor": "Acme"},
        "process": process,
        "related": related,
        "user": user,
    }
    for name, key in (("id", "SubjectUserSid"), ("name", "SubjectUserName"), ("domain", "SubjectDomainName")):
        if key in data:
            user[name] = data[key]
    if "name" in user:
        related["user"].append(user["name"])
    if code in ("4624", "4625"):
        found["event"] |= {
            "category": ["authentication"],
            "type": ["start"],
            "outcome": "success" if code == "4624" else "failure",
        }
        if data["LogonType"] in ACTIONS:
            found["event"]["action"] = ACTIONS[data["LogonType"]]
        if "FailureReason" in data:
            found["event"]["reason"] = data["FailureReason"]
        if "ProcessName" in data:
            process["executable"] = data["ProcessName"]
        station = data["WorkstationName"]
        found["source"] = {
            "ip": data["IpAddress"],
            "port": int(data["IpPort"]),
            "domain": station,
            "address": station,
        }
        user["target"] = {
            "id": data["TargetUserSid"],
            "name": data["TargetUserName"],
            "domain": data["TargetDomainName"],
        }
        related["user"].append(data["TargetUserName"])
        related["ip"] = [data["IpAddress"]]
        related["hosts"].append(station)
    elif code == "4688":
        found["event"] |= {"category": ["process"], "type": ["start"]}
        process |= {
            "executable": data["NewProcessName"],
            "name": data["NewProcessName"].rpartition("\\")[2],
            "command_line": data["CommandLine"],
            "pid": int(data["NewProcessId"], 16),
            "parent": {"executable": data["ParentProcessName"]},
        }
    return found
