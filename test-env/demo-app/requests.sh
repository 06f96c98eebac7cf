#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A script of mixed requests to the demonstration's front end. Usage: requests.sh URL PYTHON
set -euo pipefail
url=$1 python=$2

get() {
	curl -sS --max-time 10 -o /dev/null "$@"
}

for user in 1 2 3 99; do
	get "$url/users/$user"
done
get "$url/"
get "$url/slow?seconds=0.2"
get "$url/fail"
get "$url/nested/teapot"
get "$url/stock/spoon"
get "$url/dashboard"
get -H 'Content-Type: application/json' -d '{"user": 1, "item": "teapot"}' "$url/orders"
get -H 'Content-Type: application/json' -d '{"size": 50}' "$url/echo-size"
# Not with curl alone: three requests on one connection that stays open.
"$python" - "$url" <<'PYTHON'
import http.client
import sys
from urllib.parse import urlsplit

connection = http.client.HTTPConnection(urlsplit(sys.argv[1]).netloc, timeout=10)
for path in ("/users/2", "/nested/cup", "/no-such-page"):
    connection.request("GET", path)
    connection.getresponse().read()
PYTHON
