"""What came out, beside what was acknowledged: what is lost, what is there twice, and whether that has equal ids."""

import collections
import json
import pathlib

from senders import number_of


def events(folder):
    """All events of complete files, as pairs of a record's number and the event's id."""
    for path in sorted(pathlib.Path(folder).rglob("*.ndjson")):
        if path.name.startswith("."):
            continue
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                yield number_of(event["cloudflare"]["RayID"]), event["event"]["id"]


def seen(folder):
    """The ids of each record's events, by its number."""
    ids = collections.defaultdict(list)
    for number, identifier in events(folder):
        ids[number].append(identifier)
    return ids


def report(name, acknowledged, told, ids):
    """One line of what a sink has; whether nothing is lost and only equal ids are there twice."""
    lost = sorted(acknowledged - ids.keys())
    twice = sum(len(all_ids) - 1 for all_ids in ids.values())
    unequal = [number for number, all_ids in ids.items() if len(set(all_ids)) > 1]
    # The sender was told the id of each event.
    other = [number for number, identifier in told.items() if number in ids and identifier not in ids[number]]
    share = 100 * twice / max(1, len(ids))
    print(
        f"{name}: {len(acknowledged)} acknowledged, {len(lost)} lost, {twice} there twice ({share:.2f} %), "
        f"{len(unequal)} of them with unequal ids, {len(other)} with another id than the sender was told",
        flush=True,
    )
    return lost, unequal, other
