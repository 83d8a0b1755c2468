"""What the chart takes.

The service's own settings as the service knows them, and nothing that the service or the cluster would refuse later.
Started by tests/it/chart.rs.
"""

import re
import subprocess
import tomllib
import unittest

import helm_python
from release import CASES, CHART, IMAGE, POSTGRESQL, TOP, Release
from stage import ASSENT


class Configuration(unittest.TestCase):
    # What the chart writes itself.
    OWN = {"listen.address", "database.url", "database.url_file"}
    OWN_SECTIONS = {"tls", "secrets", "erasure"}

    def schema(self):
        """Path of a key to what the chart's schema says of it."""
        sections = CHART.schema["properties"]["config"]["properties"]
        return {
            f"{section}.{key}": rule for section, keys in sections.items() for key, rule in keys["properties"].items()
        }

    def complaints(self, values):
        environment = {"ASSENT_" + path.upper().replace(".", "__"): str(value) for path, value in values.items()}
        checked = subprocess.run([ASSENT, "check-config"], env=environment, capture_output=True, text=True)
        return dict(re.findall(r"^  ([a-z_.]+): (.*)$", checked.stderr, re.M))

    def test_the_schema_knows_the_services_keys(self):
        text = (TOP / "service/assent.default.toml").read_text()
        # Those that have no default are commented out.
        known = tomllib.loads(re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.M))
        shared = {section: keys for section, keys in known.items() if section not in self.OWN_SECTIONS}
        paths = {f"{section}.{key}" for section, keys in shared.items() for key in keys}
        self.assertEqual(set(self.schema()) | self.OWN, paths)

    def test_the_schema_has_the_services_limits(self):
        numbers = {path: rule for path, rule in self.schema().items() if rule.get("type") == "integer"}
        for bound, beyond in (("minimum", -1), ("maximum", 1)):
            within = self.complaints({path: rule[bound] for path, rule in numbers.items()})
            self.assertEqual([text for text in within.values() if "whole number" in text], [])
            outside = self.complaints({path: rule[bound] + beyond for path, rule in numbers.items()})
            self.assertEqual({path for path, text in outside.items() if "whole number" in text}, set(numbers))

    def test_the_schema_has_the_services_words(self):
        choices = {path: rule["enum"] for path, rule in self.schema().items() if "enum" in rule}
        refused = self.complaints(dict.fromkeys(choices, "no such word"))
        said = {path: re.findall('"([a-z]+)"', text) for path, text in refused.items()}
        self.assertEqual(said, choices)

    def test_numbers_stay_whole_and_settings_arrive(self):
        values = CASES["postgresql, everything"]
        arrived = tomllib.loads(Release(values).configuration())
        for section, keys in values["config"].items():
            for key, value in keys.items():
                self.assertEqual((section, key, arrived[section][key]), (section, key, value))
                self.assertIs(type(arrived[section][key]), type(value))

    def test_another_configuration_means_other_pods(self):
        def checksum(values):
            template = Release(values).one("Deployment")["spec"]["template"]
            return template["metadata"]["annotations"]["checksum/config"]

        self.assertEqual(checksum(POSTGRESQL), checksum({**POSTGRESQL, "replicas": 5}))
        impatient = {**POSTGRESQL, "config": {"limits": {"max_wait_seconds": 1}}}
        self.assertNotEqual(checksum(POSTGRESQL), checksum(impatient))


class Refused(unittest.TestCase):
    """Values that must not get as far as a cluster, and what is said of them."""

    def refuses(self, values, *words):
        with self.assertRaises(helm_python.HelmError) as refused:
            Release(values)
        for word in words:
            self.assertIn(word, str(refused.exception))

    def test_sqlite_with_two_replicas(self):
        self.refuses({**IMAGE, "replicas": 2}, "/replicas", "got 2, want 1")

    def test_a_key_that_nobody_knows(self):
        self.refuses({**IMAGE, "replica": 1}, "additional properties 'replica' not allowed")
        self.refuses({**IMAGE, "config": {"limits": {"x": 1}}}, "/config/limits", "'x' not allowed")
        # What the chart writes itself is not the operator's to write twice.
        self.refuses({**IMAGE, "config": {"listen": {"address": "0.0.0.0:1"}}}, "/config", "'listen' not allowed")

    def test_an_engine_that_nobody_knows(self):
        self.refuses({**IMAGE, "database": {"engine": "mysql"}}, "/database/engine", "'sqlite', 'postgresql'")

    def test_postgresql_without_its_secrets(self):
        without = {key: value for key, value in POSTGRESQL.items() if key != "secrets"}
        self.refuses(without, "secrets.secret must be set with database.engine postgresql")
        self.refuses(
            {**POSTGRESQL, "database": {"engine": "postgresql"}},
            "database.postgresql.secret must be set with database.engine postgresql",
        )
        same = {"secret": "assent-keys", "cursorKey": "key", "requestKey": "key"}
        self.refuses({**POSTGRESQL, "secrets": same}, "secrets.requestKey must differ")
        same = {"secret": "assent-keys", "tombstoneKey": "request-key"}
        self.refuses({**POSTGRESQL, "secrets": same}, "secrets.tombstoneKey must differ")
        same = {"secret": "assent-keys", "tokenKeys": "tombstone-key"}
        self.refuses({**POSTGRESQL, "secrets": same}, "secrets.tokenKeys must differ")

    def test_clients_certificates_without_the_services_own(self):
        self.refuses({**IMAGE, "tls": {"clientCaSecret": "callers"}}, "tls.secret must be set")

    def test_no_image(self):
        self.refuses({}, "image.repository must be set")

    def test_root(self):
        self.refuses({**IMAGE, "runAs": {"user": 0}}, "/runAs/user", "got 0, want 1")

    def test_labels_that_would_lead_traffic_astray(self):
        self.refuses({**IMAGE, "podLabels": {"app.kubernetes.io/component": "other"}}, "invalid propertyName")

    def test_a_drain_without_a_bound(self):
        self.refuses({**IMAGE, "config": {"shutdown": {"drain_seconds": None}}}, "missing property 'drain_seconds'")

    def test_a_collector_that_the_service_would_refuse(self):
        endpoint = {"telemetry": {"otlp_endpoint": "https://collector:4317"}}
        self.refuses({**IMAGE, "config": endpoint}, "/config/telemetry/otlp_endpoint")


if __name__ == "__main__":
    unittest.main()
