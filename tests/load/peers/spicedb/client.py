"""SpiceDB in this process, through its own library, and the callers who ask it: threads, since a call leaves Python at once.

A consent is a relationship of the person, `profile:N#granted@purpose:newsletter` or `#denied`, and a new answer takes the place
of the other. The other way round, with the purpose as the resource, a decision would read all that agreed to it.
Orders and answers are those of `caller.mjs`.

Usage: client.py [DATABASE-URL]; without one it keeps everything in memory. SPICEDB_LIBRARY_PATH names the library, which
PyPI's package does not bring. Watch alone goes through gRPC, over a Unix socket, because the library has it so.
"""

import ctypes
import itertools
import json
import random
import sys
import threading
import time

from authzed.api.v1 import (
    CheckBulkPermissionsRequest,
    CheckBulkPermissionsRequestItem,
    CheckPermissionRequest,
    CheckPermissionResponse,
    Consistency,
    ObjectReference,
    Relationship,
    RelationshipUpdate,
    SubjectReference,
    WatchRequest,
    WriteRelationshipsRequest,
)
from spicedb_embedded import EmbeddedSpiceDB, StartOptions, ffi

SCHEMA = """definition purpose {}
definition profile {
  relation granted: purpose
  relation denied: purpose
  permission allowed = granted
}"""
PURPOSE = SubjectReference(object=ObjectReference(object_type="purpose", object_id="newsletter"))
# Without it, a decision may be as old as SpiceDB's quantization of revisions, which a withdrawal must not wait for.
NOW = Consistency(fully_consistent=True)
ALLOWED = CheckPermissionResponse.PERMISSIONSHIP_HAS_PERMISSION


def profile(number):
    return ObjectReference(object_type="profile", object_id=f"p{number}")


def update(number, relation, operation):
    relationship = Relationship(resource=profile(number), relation=relation, subject=PURPOSE)
    return RelationshipUpdate(operation=operation, relationship=relationship)


def answered(number, grants):
    """A person's answer takes the place of the other one; the same answer again would be no work at all."""
    new, old = ("granted", "denied") if grants else ("denied", "granted")
    return [update(number, new, RelationshipUpdate.OPERATION_TOUCH), update(number, old, RelationshipUpdate.OPERATION_DELETE)]


class Works:
    """What can be asked for: each returns how many items it did."""

    def __init__(self, url):
        # What the package frees an error's text with takes another type than it is given, so that no error would be told.
        ffi._get_lib().spicedb_free.argtypes = [ctypes.c_void_p]
        where = StartOptions(datastore="postgres", datastore_uri=url) if url else None
        self.spicedb = EmbeddedSpiceDB.start(SCHEMA, options=where)
        self.asked = self.spicedb.permissions()
        self.first = None
        # Who agrees; what was asked last of each, and acknowledged.
        self.granted = {}
        self.new = itertools.count(1_000_000_000)

    def seed(self, order, _):
        """All the people, in batches, by one caller; remembers the moment before for `watch`."""
        self.first = self.write([order["profiles"]]).written_at
        for begin in range(0, order["profiles"], 500):
            self.write(range(begin, min(begin + 500, order["profiles"])))
        return order["profiles"]

    def consent(self, order, number):
        # Each caller has people of its own, so that what was acknowledged last is what holds.
        mine = range(number, order["profiles"], order["callers"])
        # Twice the same in one call is refused, so they are drawn without putting back; in order, because callers whose batches
        # meet in another order end each other by deadlocks more often.
        self.write(sorted(random.sample(mine, order["items"])))
        return order["items"]

    def newcomers(self, order, _):
        """First answers of people who were never seen: nothing has to give way, which is the least that SpiceDB can do."""
        self.write([next(self.new) for _ in range(order["items"])])
        return order["items"]

    def decision(self, order, _):
        number = random.randrange(order["profiles"])
        request = CheckPermissionRequest(resource=profile(number), permission="allowed", subject=PURPOSE, consistency=NOW)
        assert (self.asked.CheckPermission(request).permissionship == ALLOWED) == self.granted[number], "a wrong decision"
        return 1

    def decisions(self, order, _):
        people = [random.randrange(order["profiles"]) for _ in range(order["items"])]
        ask = lambda number: CheckBulkPermissionsRequestItem(  # noqa: E731
            resource=profile(number), permission="allowed", subject=PURPOSE
        )
        items = [ask(number) for number in people]
        answer = self.asked.CheckBulkPermissions(CheckBulkPermissionsRequest(items=items, consistency=NOW))
        told = [pair.item.permissionship == ALLOWED for pair in answer.pairs]
        assert told == [self.granted[number] for number in people], "a wrong decision"
        return len(items)

    def watch(self, order, _):
        """Every change since the people began to be made, from its cursor, until the last of them has come."""
        changes, seen = self.spicedb.watch().Watch(WatchRequest(optional_start_cursor=self.first), timeout=30), 0
        for answer in changes:
            seen += len(answer.updates)
            if seen >= order["profiles"]:
                break
        changes.cancel()
        return seen

    def write(self, people):
        """Turns each person's answer round; the first one is to agree."""
        new = {number: not self.granted.get(number, False) for number in people}
        updates = [one for number, grants in new.items() for one in answered(number, grants)]
        done = self.asked.WriteRelationships(WriteRelationshipsRequest(updates=updates))
        self.granted.update(new)
        return done


def run(work, order):
    taken, failed, done, lock = [], [], [], threading.Lock()
    begun = time.monotonic()
    end = begun + order["seconds"]

    def caller(number):
        mine, items = [], 0
        while True:
            asked = time.monotonic()
            try:
                items += work(order, number)
                mine.append(time.monotonic() - asked)
            except Exception as error:  # noqa: BLE001  whatever it is, it is counted and the first one told
                failed.append(str(error)[:300])
            if time.monotonic() >= end:
                break
        with lock:
            taken.extend(mine)
            done.append(items)

    threads = [threading.Thread(target=caller, args=(number,)) for number in range(order["callers"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.sort()
    at = lambda share: 1000 * taken[min(len(taken) - 1, int(len(taken) * share))] if taken else None  # noqa: E731
    return {
        "items": sum(done),
        "calls": len(taken),
        "failed": len(failed),
        "seconds": time.monotonic() - begun,
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
        "first_error": failed[0] if failed else None,
    }


works = Works(sys.argv[1] if len(sys.argv) > 1 else None)
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    print(json.dumps(run(getattr(works, order["work"]), order)), flush=True)
