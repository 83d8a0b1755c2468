"""A release of the chart, rendered by Helm's own engine: its documents, its Pods, its notes.

Deliberately not here: what has to be true of them (test_chart.py).
"""

import functools
import os
import pathlib

import helm_python
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
CHART = helm_python.Chart.load(TOP / "helm")

IMAGE = {"image": {"repository": "registry.example.org/assent"}}

# What the Secrets of the cases hold: the address of a real database without any table, which tests/it/chart.rs makes,
# and placeholders in the form that the service asks for.
PEM = "-----BEGIN CERTIFICATE-----\nplaceholder\n-----END CERTIFICATE-----\n"
SECRETS = {
    "assent-database": {"uri": os.environ["POSTGRESQL"] + "\n"},
    "database-ca": {"ca.crt": PEM},
    "assent-keys": {
        "cursor-key": "1" * 64,
        "request-key": "2" * 64 + "\n",
        "tombstone-key": "3" * 64,
        "token-keys": "2027:" + "4" * 64 + "\n2026:" + "5" * 64 + "\n",
    },
    "assent-tls": {"tls.crt": PEM, "tls.key": PEM, "ca.crt": PEM},
}

POSTGRESQL = {
    **IMAGE,
    "replicas": 3,
    "database": {"engine": "postgresql", "postgresql": {"secret": "assent-database", "urlKey": "uri"}},
    "secrets": {"secret": "assent-keys"},
}
TLS = {"secret": "assent-tls", "clientCaSecret": "assent-tls"}

# Every way to run, by name.
CASES = {
    "sqlite": IMAGE,
    "sqlite, with keys and an own claim": {
        **IMAGE,
        "secrets": {"secret": "assent-keys"},
        "database": {"sqlite": {"existingClaim": "records"}},
    },
    "sqlite, the first key": {**IMAGE, "listenAddress": "127.0.0.1"},
    "sqlite, TLS": {**IMAGE, "tls": {"secret": "assent-tls"}},
    "postgresql": POSTGRESQL,
    "postgresql, the first key": {**POSTGRESQL, "listenAddress": "127.0.0.1"},
    "postgresql, TLS": {**POSTGRESQL, "tls": TLS},
    "postgresql, everything": {
        **POSTGRESQL,
        "image": {**IMAGE["image"], "digest": "sha256:" + "0" * 64, "pullSecrets": ["registry"]},
        "listenAddress": "[::]",
        "tls": TLS,
        "database": {
            "engine": "postgresql",
            "postgresql": {"secret": "assent-database", "urlKey": "uri", "caSecret": "database-ca"},
        },
        "config": {
            "database": {"max_connections": 20},
            "limits": {"message_in_bytes": 1048576, "max_wait_seconds": 0},
            "telemetry": {"otlp_endpoint": "http://collector.telemetry:4317", "log_level": "debug"},
            "shutdown": {"drain_seconds": 600},
            "policy": {"of_tables_without_one": "legacy"},
        },
        "erasures": {"existingClaim": "erasures"},
        "preStopSeconds": 0,
        "service": {"headless": True, "annotations": {"example.org/owner": "privacy"}},
        "networkPolicy": {
            "enabled": True,
            "egress": {"restrict": True, "rules": [{"ports": [{"port": 5432}]}]},
        },
        "runAs": {"user": 1000, "group": 2000},
        "serviceAccountName": "assent",
        "priorityClassName": "high",
        "podAnnotations": {"example.org/a": "b"},
        "podLabels": {"example.org/c": "d"},
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "fullnameOverride": "consents",
    },
}


@functools.cache
def case(name):
    """The release of a case."""
    return Release(CASES[name])


class Release:
    """What the chart makes of some values."""

    def __init__(self, values):
        files = CHART.render(values, name="demo", namespace="prod")
        self.notes = next(text for path, text in files.items() if path.endswith("NOTES.txt"))
        texts = (text for path, text in sorted(files.items()) if path.endswith(".yaml"))
        self.documents = [document for text in texts for document in yaml.safe_load_all(text) if document]

    def all(self, kind):
        return [document for document in self.documents if document["kind"] == kind]

    def one(self, kind):
        """The only document of that kind."""
        (document,) = self.all(kind)
        return document

    def pods(self):
        """Every Pod's specification, by the kind of what makes it."""
        makers = self.all("Deployment") + self.all("Job")
        return {maker["kind"]: maker["spec"]["template"]["spec"] for maker in makers}

    def container(self, kind="Deployment"):
        (container,) = self.pods()[kind]["containers"]
        return container

    def configuration(self):
        return self.named("ConfigMap", self.one("Deployment")["metadata"]["name"])["data"]["assent.toml"]

    def named(self, kind, name):
        (found,) = (document for document in self.all(kind) if document["metadata"]["name"] == name)
        return found
