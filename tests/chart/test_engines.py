"""What the chart promises of each engine.

That goes up to the real binary run as the Pods would run it: the migration, the first key, serving, the probe, the end.
Started by tests/it/chart.rs.
"""

import json
import re
import unittest

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from release import IMAGE, POSTGRESQL, Release, case
from stage import Stage


class Serving:
    """The container's command, as far as it can be followed on one machine."""

    def makes_the_first_key(self, stage):
        said = re.search(r"-- /usr/local/bin/assent (.*first)$", stage.release.notes.replace("\\\n", " "), re.M)
        made = stage.run(said[1].split())
        self.assertTrue(made.stdout.startswith("assent_"), made.stderr)

    def serves(self, stage):
        service = stage.start()
        try:
            self.assertEqual(self.health(self.address(service)), health_pb2.HealthCheckResponse.SERVING)
            service.terminate()
            self.assertEqual(service.wait(timeout=stage.pod["terminationGracePeriodSeconds"]), 0)
        finally:
            service.kill()
            service.wait()
            service.stderr.close()

    def address(self, service):
        lines = []
        for line in service.stderr:
            lines.append(line)
            said = json.loads(line)
            if said.get("message") == "serving":
                return said["address"].replace("0.0.0.0", "127.0.0.1")
        self.fail("".join(lines))

    def health(self, address):
        """Asks as a gRPC probe does: for the whole, and without a key."""
        with grpc.insecure_channel(address) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            return stub.Check(health_pb2.HealthCheckRequest(), timeout=10, wait_for_ready=True).status


class Sqlite(Serving, unittest.TestCase):
    def test_one_replica_that_ends_before_the_next_begins(self):
        spec = Release(IMAGE).one("Deployment")["spec"]
        self.assertEqual((spec["replicas"], spec["strategy"]), (1, {"type": "Recreate"}))

    def test_the_data_lies_on_a_claim_that_outlives_the_release(self):
        release = Release(IMAGE)
        claim = release.one("PersistentVolumeClaim")["metadata"]
        self.assertEqual(claim["annotations"], {"helm.sh/resource-policy": "keep"})
        self.assertEqual(self.claims(release), [claim["name"]])
        own = case("sqlite, with keys and an own claim")
        self.assertEqual((own.all("PersistentVolumeClaim"), self.claims(own)), ([], ["records"]))

    def claims(self, release):
        volumes = release.pods()["Deployment"]["volumes"]
        return [volume["persistentVolumeClaim"]["claimName"] for volume in volumes if volume["name"] == "data"]

    def test_no_migration_and_no_budget(self):
        release = Release(IMAGE)
        self.assertEqual(release.all("Job") + release.all("PodDisruptionBudget"), [])

    def test_the_first_key_is_made_as_the_notes_say_and_then_it_serves(self):
        with Stage(case("sqlite")) as stage:
            self.assertIn("there is no API key", stage.run(stage.container["args"]).stderr)
        with Stage(case("sqlite, the first key")) as stage:
            self.makes_the_first_key(stage)
            # The volume stays, and the configuration is another one.
            (stage.root / "etc/assent/assent.toml").write_text(stage.moved(case("sqlite").configuration()))
            self.serves(stage)


class Postgresql(Serving, unittest.TestCase):
    def setUp(self):
        self.release = Release(POSTGRESQL)
        self.deployment = self.release.one("Deployment")["spec"]

    def test_replicas_are_replaced_one_by_one_and_none_is_missing(self):
        rolling = {"maxSurge": 1, "maxUnavailable": 0}
        self.assertEqual(self.deployment["strategy"], {"type": "RollingUpdate", "rollingUpdate": rolling})
        self.assertEqual(self.deployment["replicas"], 3)

    def test_replicas_are_kept_apart(self):
        self.assertEqual(self.release.one("PodDisruptionBudget")["spec"]["maxUnavailable"], 1)
        spread = self.release.pods()["Deployment"]["topologySpreadConstraints"]
        keys = [constraint["topologyKey"] for constraint in spread]
        self.assertEqual(keys, ["kubernetes.io/hostname", "topology.kubernetes.io/zone"])
        for constraint in spread:
            self.assertEqual(constraint["labelSelector"], self.deployment["selector"])
        self.assertEqual(Release({**POSTGRESQL, "replicas": 1}).all("PodDisruptionBudget"), [])

    def test_the_database_is_migrated_before_anything_else(self):
        job = self.release.one("Job")
        self.assertEqual(self.release.container("Job")["args"][-1], "migrate")
        self.assertEqual(job["spec"]["template"]["spec"]["restartPolicy"], "Never")
        (volume,) = (volume for volume in self.release.pods()["Job"]["volumes"] if "configMap" in volume)
        configuration = self.release.named("ConfigMap", volume["configMap"]["name"])
        # It is a hook itself, and made before the Job: the release's own is not there yet.
        hooks = [hooked["metadata"]["annotations"] for hooked in (configuration, job)]
        for hook in hooks:
            self.assertEqual(hook["helm.sh/hook"], "pre-install,pre-upgrade")
        weights = [int(hook["helm.sh/hook-weight"]) for hook in hooks]
        self.assertLess(weights[0], weights[1])
        self.assertEqual(configuration["data"]["assent.toml"], self.release.configuration())

    def test_the_job_migrates_the_first_key_is_made_and_then_it_serves(self):
        with Stage(self.release) as stage:
            self.assertNotEqual(stage.run(stage.container["args"]).returncode, 0)
        with Stage(self.release, "Job") as stage:
            self.assertIn("has the schema of this binary", stage.run(stage.container["args"]).stdout)
        with Stage(case("postgresql, the first key")) as stage:
            self.makes_the_first_key(stage)
        with Stage(self.release) as stage:
            self.serves(stage)

    def test_there_is_no_volume_to_write_to(self):
        self.assertEqual(self.release.all("PersistentVolumeClaim"), [])

    def test_the_servers_certificate_is_checked_against_the_authority_that_is_named(self):
        release = case("postgresql, everything")
        for kind in release.pods():
            with Stage(release, kind) as stage:
                environment = stage.environment()
                self.assertEqual(environment["PGSSLMODE"], "verify-full")
                with open(environment["PGSSLROOTCERT"], encoding="utf-8") as file:
                    self.assertIn("BEGIN CERTIFICATE", file.read())


if __name__ == "__main__":
    unittest.main()
