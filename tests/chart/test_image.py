"""What service/Dockerfile promises, as far as it can be held to it without building: hadolint's rules, and that it
agrees with the workspace and with the chart. Started by tests/it/chart.rs.
"""

import pathlib
import re
import subprocess
import sys
import tomllib
import unittest

import yaml
from release import CHART, TOP

DOCKERFILE = TOP / "service/Dockerfile"


class Image(unittest.TestCase):
    def setUp(self):
        self.text = DOCKERFILE.read_text()
        self.workspace = tomllib.loads((TOP / "Cargo.toml").read_text())["workspace"]

    def test_it_lints(self):
        hadolint = pathlib.Path(sys.executable).with_name("hadolint")
        linted = subprocess.run([hadolint, "--failure-threshold", "style", DOCKERFILE], capture_output=True, text=True)
        self.assertEqual((linted.returncode, linted.stdout, linted.stderr), (0, "", ""))

    def test_every_base_has_a_tag(self):
        bases = re.findall(r"^FROM (\S+)", self.text, re.M)
        self.assertEqual(len(bases), 2)
        for base in bases:
            self.assertRegex(base, r":(?!latest)[a-z0-9.-]+$")

    def test_it_is_built_by_the_workspaces_compiler(self):
        channel = tomllib.loads((TOP / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
        self.assertIn(f"FROM rust:{channel}-", self.text)

    def test_everything_that_cargo_looks_for_is_let_through(self):
        lines = (TOP / ".dockerignore").read_text().splitlines()
        self.assertIn("*", lines)
        through = {line.removeprefix("!") for line in lines if line.startswith("!")}
        needed = {member.split("/")[0] for member in self.workspace["members"]}
        needed |= {"Cargo.toml", "Cargo.lock", *re.findall(r"^COPY ([A-Z]+) ", self.text, re.M)}
        self.assertEqual(through, needed)
        for name in through:
            self.assertTrue((TOP / name).exists(), name)

    def test_it_runs_as_the_user_that_the_chart_names(self):
        user = re.findall(r"^USER (.*)$", self.text, re.M)
        run_as = CHART.values["runAs"]
        self.assertEqual(user, [f"{run_as['user']}:{run_as['group']}"])
        self.assertNotEqual(run_as["user"], 0)

    def test_the_chart_is_of_this_version(self):
        chart = yaml.safe_load((TOP / "helm/Chart.yaml").read_text())
        self.assertEqual(chart["appVersion"], self.workspace["package"]["version"])

    def test_the_binary_lies_where_the_notes_say(self):
        self.assertIn('ENTRYPOINT ["/usr/local/bin/assent"]', self.text)


if __name__ == "__main__":
    unittest.main()
