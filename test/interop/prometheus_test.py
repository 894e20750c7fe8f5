"""Serves metric families to Prometheus, as a page to scrape, and compares what it answers of them.

Standard input has lines of a MetricFamily in hexadecimal digits, "|", and a JSON object of its label host, percentiles
and accuracy. The argument is a directory for what Prometheus writes.
"""

import http.server
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

families, expected = [], []
for line in sys.stdin:
    message, answers = line.strip().split("|")
    families.append(bytes.fromhex(message))
    expected.append(json.loads(answers))


def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        kind = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
        self.send_header("Content-Type", kind)
        self.end_headers()
        for family in families:
            self.wfile.write(varint(len(family)) + family)

    def log_message(self, *_):
        pass


page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=page.serve_forever, daemon=True).start()
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
directory = sys.argv[1]
with open(f"{directory}/prometheus.yml", "w") as config:
    config.write(
        "global: {scrape_interval: 1s}\n"
        f"scrape_configs: [{{job_name: sketches, static_configs: [{{targets: ['127.0.0.1:{page.server_port}']}}]}}]\n"
    )
server = subprocess.Popen(
    [
        "prometheus",
        f"--config.file={directory}/prometheus.yml",
        f"--storage.tsdb.path={directory}/prometheus",
        f"--web.listen-address=127.0.0.1:{port}",
        "--enable-feature=native-histograms",
    ],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)


def answer(query):
    url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(url, timeout=5) as response:
        return {r["metric"].get("host", ""): float(r["value"][1]) for r in json.load(response)["data"]["result"]}


def wait_for(query, count):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            found = answer(query)
            if len(found) >= count:
                return found
        except OSError:
            pass
        time.sleep(0.2)
    return {}


failed = False
try:
    for fraction in ("0.5", "0.99"):
        found = wait_for(f"histogram_quantile({fraction}, latency)", len(expected))
        for sketch in expected:
            host, percentile, accuracy = sketch["host"], sketch[fraction], sketch["accuracy"]
            said = found.get(host)
            # Each is within the accuracy of the row, so they are within twice that of each other.
            fits = said is not None and abs(said - percentile) <= 2 * accuracy * abs(percentile)
            failed = failed or not fits
            print(f"{'ok' if fits else 'not ok'} - Prometheus' quantile {fraction} of host {host}: {said}, percentile {percentile}")
    both = wait_for("histogram_count(sum(latency))", 1)
    fits = both.get("") == 8002
    failed = failed or not fits
    print(f"{'ok' if fits else 'not ok'} - Prometheus adds native histograms: {both}")
finally:
    server.terminate()
    server.wait()
sys.exit(failed)
