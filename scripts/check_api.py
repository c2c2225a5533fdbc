#!/usr/bin/env python3
"""Every operation of the HTTP API against its own OpenAPI document, with schemathesis: no answer of 500 or more, none that the
document does not describe, no wrong request accepted. The library is copied; jobs that are started are stopped at once.

Usage: pip install schemathesis prometheus_client
       check_api.py COLDWAVE LIBRARY [--examples 40] [--seed 1]
LIBRARY is built. Ends with a summary, and with status 1 where anything was found.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

HOOKS = '''
import json, os, urllib.request
import schemathesis

@schemathesis.hook
def after_call(context, case, response):
    # A scan or a build would go on for minutes; that it is started and can be stopped is what matters here.
    if case.method.upper() == "POST" and case.path == "/jobs" and response.status_code == 202:
        for _ in range(2):
            urllib.request.urlopen(urllib.request.Request(
                f"{os.environ['COLDWAVE_API']}jobs/{response.json()['id']}", method="DELETE",
                headers={"Authorization": f"Bearer {os.environ['COLDWAVE_KEY']}"}))
'''
# Events go on for ever unless they are told when to end; a way needs two songs that are there.
CONFIGURATION = '''
[auth.openapi.key]
bearer = "%s"

# Refusals that the tool does not expect by itself: the address is too long.
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 414, 415, 422, 428, 429, "5xx"]

[[operations]]
include-path = "/events"
parameters = { "query.seconds" = 1 }

[[operations]]
include-path = "/path"
parameters = { "query.from" = 1, "query.to" = 2 }
'''


class Server:
    def __init__(self, coldwave, library, log):
        self.log = open(log, "w+")
        self.process = subprocess.Popen(
            [coldwave, "serve", "--library", library, "--port", "0", "--json", "--path-prefix", "/music"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.address = json.loads(self.process.stdout.readline())["address"]
        self.key = None

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json", "X-Coldwave": "1"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        elif getattr(self, "cookie", None):
            headers["Cookie"] = self.cookie
        answer = urllib.request.urlopen(urllib.request.Request(
            self.address + path, method=method, headers=headers, data=json.dumps(body).encode() if body is not None else None))
        if answer.headers.get("Set-Cookie"):
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        text = answer.read().decode()
        return json.loads(text) if answer.headers.get_content_type() == "application/json" else text

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("coldwave")
    parser.add_argument("library")
    parser.add_argument("--examples", type=int, default=40, help="made-up requests for each operation")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coldwave-api-") as folder:
        folder = Path(folder)
        inner = Path(options.library) / "library"
        shutil.copytree(inner if inner.is_dir() else options.library, folder / "library", symlinks=True)
        server = Server(options.coldwave, str(folder / "library"), folder / "log")
        try:
            server.ask("POST", "api/v1/setup", {"name": "boss", "password": "a long password"})
            server.key = server.ask("POST", "api/v1/users/boss/keys", {"label": "check"})["key"]
            (folder / "hooks.py").write_text(HOOKS)
            (folder / "schemathesis.toml").write_text(CONFIGURATION % server.key)
            api = server.address + "api/v1/"
            environment = {**os.environ, "COLDWAVE_API": api, "COLDWAVE_KEY": server.key, "SCHEMATHESIS_HOOKS": "hooks",
                           "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "130"}
            tool = Path(sys.executable).parent / "schemathesis"
            run = subprocess.Popen(
                [str(tool) if tool.exists() else "schemathesis", "run", api + "openapi.json", "--checks", "all",
                 "--max-examples", str(options.examples), "--seed", str(options.seed), "--generation-database", "none",
                 "--request-timeout", "60", "--max-response-time", "60", "--continue-on-failure"],
                cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for line in run.stdout:
                print(line.replace(server.key, "KEY"), end="", flush=True)
            status = run.wait()
            metrics = list(text_string_to_metric_families(server.ask("GET", "metrics")))
        finally:
            ended = server.stop()
        server.log.seek(0)
        failed = [line for line in server.log if re.search(r"\berror\b.*failed", line)]
    answers, routes = Counter(), set()
    for family in metrics:
        for sample in family.samples:
            if sample.name == "coldwave_http_requests_total" and "/api/v1/" in sample.labels["route"]:
                answers[int(sample.labels["status"])] += int(sample.value)
                routes.add((sample.labels["method"], sample.labels["route"]))
    errors = {code: count for code, count in answers.items() if code >= 500}
    operations = {(m, r) for m, r in routes if m in ("GET", "POST", "PUT", "DELETE")}
    print(f"\n{sum(answers.values())} requests to {len(operations)} methods and routes under api/v1; answers by status: "
          + ", ".join(f"{code}: {answers[code]}" for code in sorted(answers)))
    print(f"answers of 500 and more: {errors or 'none'}; failures in the server's log: {len(failed)}; "
          f"{len(metrics)} families of metrics parsed; the server ended with status {ended}")
    for line in failed[:5]:
        print(line.rstrip())
    wrong = bool(status or errors or failed or ended)
    print("all right" if not wrong else "not right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
