# SPDX-License-Identifier: Apache-2.0
"""The files that docs/deploy.md shows: collectors accept theirs, as far as what we build knows their components."""

import re
import subprocess

import pytest
import yaml

from common.paths import TEST_ENV
from lib.agent import run_command
from lib.collector import find_backend

DEPLOY = TEST_ENV / "deploy"
# Jaeger is a collector as well, with more components than ours. No loadbalancing exporter is in either.
VALIDATORS = {
    "collector.yaml": "otelcol",
    "tier-node.yaml": "otelcol",
    "jaeger.yaml": "jaeger",
    "tier-sampling.yaml": "jaeger",
    "tier-to-kafka.yaml": "jaeger",
    "tier-from-kafka.yaml": "jaeger",
}
NOT_VALIDATED = {"tier-loadbalancing.yaml", "daemonset.yaml"}


def test_all_files_are_known():
    assert {path.name for path in DEPLOY.glob("*.yaml")} == set(VALIDATORS) | NOT_VALIDATED


@pytest.mark.parametrize("name", VALIDATORS)
def test_collectors_accept(name):
    command = [find_backend(VALIDATORS[name]), "validate", "--config", DEPLOY / name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pipelines_name_what_is_there():
    configuration = yaml.safe_load((DEPLOY / "tier-loadbalancing.yaml").read_text())
    for pipeline in configuration["service"]["pipelines"].values():
        for kind in ("receivers", "processors", "exporters"):
            assert set(pipeline[kind]) <= set(configuration[kind])


def test_daemonset():
    documents = list(yaml.safe_load_all((DEPLOY / "daemonset.yaml").read_text()))
    assert [document["kind"] for document in documents] == ["Namespace", "ServiceAccount", "DaemonSet"]
    pod = documents[2]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    # $(NAME) is replaced only where NAME comes before.
    known = set()
    for variable in container["env"]:
        assert set(re.findall(r"\$\((\w+)\)", variable.get("value", ""))) <= known
        known.add(variable["name"])
    help_text = run_command(container["args"][0], "--help").stdout
    for option in [word for word in container["args"] if word.startswith("--")]:
        assert re.search(rf"^ +(-\w, )?{option}\b", help_text, re.MULTILINE), f"the agent has no {option}"
