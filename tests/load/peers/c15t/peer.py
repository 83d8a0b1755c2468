"""c15t (npm): a consent of one person per call (S1), at so many consents that are there, with the indexes that its own queries
miss and without."""

import install
import measuring

CALLERS = 64
# Of each write it asks for the consents of a subject, and of each check for the subject of an outside id; neither column has an
# index in the tables that its migrator makes.
INDEXES = """
CREATE INDEX consent_by_subject ON consent ("subjectId");
CREATE INDEX subject_by_external_id ON subject ("externalId");
"""
# People and their first consents, in bulk and as its own calls leave them: by calls it would take hours.
SEED = """
INSERT INTO subject (id, "externalId", "identityProvider", "createdAt", "updatedAt")
SELECT 'sub_p' || replace(n::text, '0', 'a'), 'p' || n, 'external', now(), now() FROM generate_series(1, {profiles} - 1) AS n;
INSERT INTO consent SELECT made.* FROM generate_series(1, {profiles} - 1) AS n CROSS JOIN LATERAL jsonb_populate_record(
    (SELECT c FROM consent AS c LIMIT 1),
    jsonb_build_object('id', 'cns_seed' || n, 'subjectId', 'sub_p' || replace(n::text, '0', 'a'))) AS made;
ANALYZE;
"""
NOT_COMPARABLE = (
    "no feed, no ledger, no proof of withdrawal and no batch: a consent is a row, found again by its time; the callers speak HTTP"
    " with JSON; one person's consents are not put in order"
)


def measure(options, cluster, target):
    commands, versions = install.npm("c15t", target)
    rows = []
    for profiles in options.consents:
        for indexed in (False, True):
            with_or_without = "with" if indexed else "without"
            told = {
                "versions": versions,
                "commands": [*commands, "node server.mjs DATABASE-URL", "node client.mjs PORT"],
                "not_comparable": NOT_COMPARABLE,
                "consents": profiles,
                "indexes": indexed,
            }
            name = f"{profiles:,} consents, {with_or_without} the two indexes"
            rows += at_size(options, cluster, install.folder("c15t", target), profiles, indexed, name, told)
    return rows


def at_size(options, cluster, place, profiles, indexed, name, told):
    cluster.fresh("c15t")
    with measuring.Process(["node", "server.mjs", cluster.url("c15t")], place, log=place / "server.log") as server:
        (port,) = server.wait_ready()
        idle = measuring.machine.resident_mb(server.id)
        with measuring.Process(["node", "client.mjs", port], place, log=place / "client.log") as callers:
            callers.wait_ready()
            callers.order({"work": "seed", "seconds": 0, "callers": 1, "profiles": 1})
            cluster.sql("c15t", SEED.format(profiles=profiles) + (INDEXES if indexed else ""))
            parties = measuring.Parties(callers, server.id, cluster.process)
            order = {"seconds": options.seconds, "callers": CALLERS, "profiles": profiles}
            measured = []
            for work, goal, what in (("consent", "S1", "one consent per call"), ("decision", "S5", "one check per call")):
                runs = parties.runs({**order, "work": work}, options.runs)
                told["rss_mb"], told["idle_rss_mb"] = measuring.machine.resident_mb(server.id), idle
                measured.append(
                    measuring.row("c15t", f"{what}, {CALLERS} callers; {name}", goal, runs, ready_s=server.ready_s, **told)
                )
            return measured
