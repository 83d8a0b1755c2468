"""What the chart promises whatever its values are.

Helm's own engine renders and lints it, Kubernetes' own schemas judge what comes out, and the real binary accepts the
configuration. Started by tests/it/chart.rs.
"""

import functools
import subprocess
import tomllib
import unittest

import helm_python
import kubernetes_validate
from release import CASES, IMAGE, POSTGRESQL, TLS, TOP, Release, case
from stage import ASSENT, Stage

# The least that Chart.yaml asks for, and the newest that the schemas know.
KUBERNETES = ["1.30.0", "1.37.0"]


def in_each_case(test):
    """Gives the test each case's release, and names the case when it fails."""

    @functools.wraps(test)
    def tested(self):
        for name in CASES:
            with self.subTest(name):
                test(self, case(name))

    return tested


def in_each_pod(test):
    """Gives the test each case's Pods, with what makes them."""

    @functools.wraps(test)
    def tested(self, release):
        for kind, pod in release.pods().items():
            with self.subTest(kind):
                test(self, release, kind, pod)

    return in_each_case(tested)


class EveryWay(unittest.TestCase):
    """What holds in each case."""

    def test_it_lints(self):
        for name, values in {"nothing set": {}, **CASES}.items():
            with self.subTest(name):
                report = helm_python.lint(TOP / "helm", values, strict=True, kube_version=f"v{KUBERNETES[0]}")
                wrong = [message for message in report["messages"] if message["severity"] > 1]
                self.assertEqual((wrong, report["errors"]), ([], []))

    @in_each_case
    def test_kubernetes_knows_every_field(self, release):
        for document in release.documents:
            for version in KUBERNETES:
                kubernetes_validate.validate(document, version, strict=True)

    @in_each_pod
    def test_pods_are_hardened(self, _release, _kind, pod):
        self.assertIs(pod["automountServiceAccountToken"], False)
        self.assertFalse({"hostNetwork", "hostPID", "hostIPC"} & pod.keys())
        security = pod["securityContext"]
        self.assertIs(security["runAsNonRoot"], True)
        self.assertGreater(min(security["runAsUser"], security["runAsGroup"], security["fsGroup"]), 0)
        self.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})
        for container in pod["containers"]:
            security = container["securityContext"]
            self.assertIs(security["runAsNonRoot"], True)
            self.assertIs(security["readOnlyRootFilesystem"], True)
            self.assertIs(security["allowPrivilegeEscalation"], False)
            self.assertIs(security["privileged"], False)
            self.assertEqual(security["capabilities"], {"drop": ["ALL"]})
            self.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertEqual(container["resources"]["limits"].keys(), {"memory"})
            self.assertEqual(container["resources"]["requests"].keys(), {"cpu", "memory"})

    @in_each_pod
    def test_a_service_called_assent_does_not_become_a_setting(self, _release, _kind, pod):
        self.assertIs(pod["enableServiceLinks"], False)

    def test_it_would_be_one_that_the_service_refuses(self):
        refused = subprocess.run(
            [ASSENT, "check-config"], env={"ASSENT_SERVICE_HOST": "10.0.0.1"}, capture_output=True, text=True
        )
        self.assertIn("is not a known key", refused.stderr)

    @in_each_pod
    def test_secrets_come_as_files_alone(self, release, _kind, pod):
        (container,) = pod["containers"]
        self.assertNotIn("envFrom", container)
        for entry in container.get("env", []):
            self.assertEqual(entry.keys(), {"name", "value"})
            self.assertFalse(entry["name"].startswith("ASSENT_"))
        self.assertEqual(release.all("Secret"), [])
        for volume in pod["volumes"]:
            if "projected" in volume:
                self.assertEqual(volume["projected"]["defaultMode"], 0o440)

    @in_each_pod
    def test_nothing_but_the_data_and_the_erasures_can_be_written(self, _release, _kind, pod):
        (container,) = pod["containers"]
        written = [mount["name"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
        self.assertIn(written, ([], ["data"], ["erasures"]))

    @in_each_pod
    def test_the_binary_accepts_the_configuration(self, release, kind, _pod):
        with Stage(release, kind) as stage:
            checked = stage.check()
            self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    @in_each_case
    def test_selectors_find_the_pods_that_serve_and_no_others(self, release):
        deployment, service = release.one("Deployment"), release.one("Service")
        selector = deployment["spec"]["selector"]["matchLabels"]
        self.assertEqual(service["spec"]["selector"], selector)
        for budget in release.all("PodDisruptionBudget"):
            self.assertEqual(budget["spec"]["selector"]["matchLabels"], selector)
        self.assertLessEqual(selector.items(), deployment["spec"]["template"]["metadata"]["labels"].items())
        for job in release.all("Job"):
            labels = job["spec"]["template"]["metadata"]["labels"]
            self.assertFalse(selector.items() <= labels.items())

    @in_each_case
    def test_one_port_everywhere(self, release):
        container = release.container()
        (port,) = container["ports"]
        (served,) = release.one("Service")["spec"]["ports"]
        address = tomllib.loads(release.configuration())["listen"]["address"]
        self.assertEqual(served["targetPort"], port["name"])
        self.assertTrue(address.endswith(f":{port['containerPort']}"))
        for policy in release.all("NetworkPolicy"):
            self.assertEqual(policy["spec"]["ingress"][0]["ports"][0]["port"], port["containerPort"])

    @in_each_case
    def test_the_time_to_end_is_longer_than_the_drain(self, release):
        pod, container = release.pods()["Deployment"], release.container()
        drain = tomllib.loads(release.configuration())["shutdown"]["drain_seconds"]
        sleep = container.get("lifecycle", {"preStop": {"sleep": {"seconds": 0}}})["preStop"]["sleep"]["seconds"]
        self.assertGreaterEqual(pod["terminationGracePeriodSeconds"], drain + sleep + 15)


class Probes(unittest.TestCase):
    NAMES = ("startupProbe", "livenessProbe", "readinessProbe")

    def probes(self, values):
        container = Release(values).container()
        return {name: container[name] for name in self.NAMES if name in container}

    def test_plain_text_is_probed_by_grpc(self):
        probes = self.probes(IMAGE)
        self.assertEqual(tuple(probes), self.NAMES)
        for probe in probes.values():
            self.assertEqual(probe["grpc"], {"port": 50051})

    def test_tls_is_probed_by_the_door_alone(self):
        for probe in self.probes({**POSTGRESQL, "tls": TLS}).values():
            self.assertEqual(probe["tcpSocket"], {"port": 50051})
            self.assertNotIn("grpc", probe)

    def test_on_loopback_nobody_is_sent_there_and_nothing_is_restarted(self):
        self.assertEqual(tuple(self.probes({**IMAGE, "listenAddress": "127.0.0.1"})), ("readinessProbe",))


if __name__ == "__main__":
    unittest.main()
