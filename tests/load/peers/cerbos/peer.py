"""Cerbos (npm): stateless decisions (S5), one per call and as many in a call as it takes."""

import os
import shutil
import socket

import install
import measuring
import postgres

NOT_COMPARABLE = (
    "nothing is stored or looked up: the person's consent, country and age come with the question; no history, no wait for an"
    " interaction, so it is the price of judging alone with a wire in between"
)
WAYS = (("one decision per call, 64 callers", 64, 1), ("500 decisions per call (the most it takes), 2 callers", 2, 500))


def measure(options, _cluster, target):
    commands, versions = install.npm("cerbos", target)
    place = install.folder("cerbos", target)
    (place / "policies").mkdir(exist_ok=True)
    shutil.copy(install.HERE / "cerbos/interaction.yaml", place / "policies")
    shutil.copy(install.HERE / "cerbos/server.yaml", place)
    ports = {"GRPC_PORT": str(postgres.free_port()), "HTTP_PORT": str(postgres.free_port())}
    # The program itself and not its launcher, which would stand between it and the signals.
    program = f"cerbos-linux-{architecture()}"
    words = [place / "node_modules/@cerbos" / program / program, "server", "--config=server.yaml", "--log-level=warn"]
    told = {
        "versions": versions,
        "commands": [*commands, "cerbos server --config=server.yaml --log-level=warn", "node client.mjs PORT"],
        "not_comparable": NOT_COMPARABLE,
    }
    with measuring.Process(words, place, log=place / "server.log", env=ports, talks=False) as server:
        server.wait_answering(lambda: socket.create_connection(("127.0.0.1", int(ports["GRPC_PORT"]))).close())
        idle = measuring.machine.resident_mb(server.id)
        with measuring.Process(["node", "client.mjs", ports["GRPC_PORT"]], place, log=place / "client.log") as callers:
            callers.wait_ready()
            parties, rows = measuring.Parties(callers, server.id), []
            for what, count, items in WAYS:
                order = {"work": "decision", "seconds": options.seconds, "callers": count, "items": items}
                runs = parties.runs(order, options.runs)
                told["rss_mb"], told["idle_rss_mb"] = measuring.machine.resident_mb(server.id), idle
                rows.append(measuring.row("cerbos", what, "S5", runs, ready_s=server.ready_s, **told))
            return rows


def architecture():
    return {"x86_64": "x64", "aarch64": "arm64"}[os.uname().machine]
