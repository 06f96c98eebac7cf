# SPDX-License-Identifier: Apache-2.0
"""Jaeger's query API."""

import json
import urllib.error
import urllib.request

from common import otlp


class Query:
    def __init__(self, url):
        self.url = url

    def _get(self, path):
        """The answer, or None where there is none such."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
            raise

    def services(self):
        return self._get("/api/v3/services").get("services", [])

    def spans(self, path):
        """Those of the traces at a path below /api/v3/traces, as the agent's own output is read."""
        answer = self._get(f"/api/v3/traces{path}")
        return otlp.parse(json.dumps(answer["result"])) if answer else []
