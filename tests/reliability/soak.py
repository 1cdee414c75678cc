"""Uses a served store hard for a while, kills the server again and again, and looks whether anything is lost.

    python3 tests/reliability/soak.py target/release/orgatlas --minutes 30

Half of the time the server is killed (SIGKILL) every few seconds, whatever it is doing; after each kill every write that
was acknowledged must be there, and one that was not must be there as a whole or not at all. In the other half nothing
is killed, and memory is watched: writers write the same organisations again and again, so that the graph has one size
after the first minutes; it must stay below the budget that the server was given. Writers, importers, readers, backups and
clients that behave badly (`disturbances.py`) go on all the time. Needs Python 3.10, nothing else. Ends with exit code 1 at
the first thing that is wrong.
"""

import argparse
import json
import queue
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from disturbances import Broken, disturb

UNITS = 600
PER_COMMIT = 5
PER_IMPORT = 200

options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
options.add_argument("program", type=Path)
options.add_argument("--minutes", type=float, default=30)
options.add_argument("--seed", type=int, default=1)
options.add_argument("--memory", type=int, default=768, help="the budget of the server in MiB")
options.add_argument("--disturbers", type=int, default=4, help="how many clients behave badly at the same time")
options = options.parse_args()
program = options.program.resolve()


class Lost(Exception):
    """Something that must hold does not."""


class Gone(Exception):
    """The server was not there, or went away before it answered."""


class Slow(Exception):
    """The machine was so busy that the request took longer than it may; nothing is written then."""


class Server:
    """The program, serving a store on a free port, as often as it is started."""

    def __init__(self, store):
        self.store = store
        self.started = threading.Event()
        self.start()

    def start(self):
        command = [program, "demo", "--writable", "--data", self.store, "--listen", "127.0.0.1:0"]
        command += ["--memory", f"{options.memory}MiB"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := re.search(r" at (http://\S+)", line):
                self.address = found[1]
                break
        else:
            raise Lost("the store does not open any more:\n" + "".join(said))
        self.said = threading.Thread(target=self.listen, args=(self.process.stderr,), daemon=True)
        self.said.start()
        self.started.set()

    @staticmethod
    def listen(stream):
        for line in stream:
            if "panicked" in line or "ERROR" in line:
                problems.put(f"the server said: {line.strip()}")

    def kill(self):
        self.started.clear()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, query, variables=None):
        if not self.started.is_set():
            raise Gone("it is not started")
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        request = urllib.request.Request(self.address + "/graphql", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 503:
                raise Slow("the server has too much to do") from error
            raise Lost(f"{error.code} {error.read()[:500]!r} for {query[:80]}") from error
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise Gone(str(error)) from error
        if errors := answer.get("errors"):
            if errors[0]["extensions"]["code"] in ("TIMEOUT", "OVERLOADED"):
                raise Slow(errors[0]["message"])
            raise Lost(f"{errors[0]} for {query[:80]}")
        return answer["data"]

    def resident(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


problems = queue.Queue()
counts = {}
counting = threading.Lock()


def count(what, number=1):
    with counting:
        counts[what] = counts.get(what, 0) + number


class Writer:
    """Renames organisations of its own, some at a time, and knows which names were acknowledged."""

    def __init__(self, name, size, write):
        self.name, self.size, self.write = name, size, write
        self.round = 0
        self.expected = {}
        self.pending = None
        self.busy = threading.Lock()

    def step(self, server):
        self.round += 1
        first = self.round * self.size % UNITS
        text = f"示例{self.round}"
        self.pending = {f"soak-{self.name}-{first + n}": text for n in range(self.size)}
        try:
            self.write(server, self.pending)
        except Slow:
            self.check(server)
            count("writes that took too long")
            return
        self.expected |= self.pending
        self.pending = None
        count(f"{self.name}: commits acknowledged")

    def check(self, server):
        """All that was acknowledged is there; what was not, as a whole or not at all."""
        found = {}
        wanted = sorted({**self.expected, **(self.pending or {})})
        for start in range(0, len(wanted), 500):
            query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Organization { name } } }"
            nodes = server.ask(query, {"ids": wanted[start : start + 500]})["nodes"]
            found |= {node["id"]: node["name"] for node in nodes if node}
        pending = self.pending or {}
        lost = {id: name for id, name in self.expected.items() if id not in pending and found.get(id) != name}
        if lost:
            raise Lost(f"{self.name}: {len(lost)} acknowledged names are lost, such as {next(iter(lost.items()))}")
        if pending:
            new = sum(found.get(id) == name for id, name in pending.items())
            old = sum(found.get(id) == self.expected.get(id) for id in pending)
            if new == len(pending):
                self.expected |= pending
                count("commits cut off: there as a whole")
            elif old == len(pending):
                count("commits cut off: not there at all")
            else:
                raise Lost(f"{self.name}: {new} of {len(pending)} changes of a commit that was cut off are there")
            self.pending = None
        count("acknowledged names looked up", len(self.expected))


def apply_changes(server, names):
    changes = [
        {"putOrganization": {"id": id, "kind": "ENTERPRISE", "name": name, "division": "370114001", "synthetic": True}}
        for id, name in names.items()
    ]
    query = 'mutation ($changes: [ChangeInput!]!) { applyChanges(changes: $changes, reason: "soak") { version } }'
    server.ask(query, {"changes": changes})


def import_ledger(server, names):
    rows = "".join(f"{id},ENTERPRISE,{name},370114002,true\n" for id, name in names.items())
    text = "id,kind,name,division,synthetic\n" + rows
    query = """mutation ($text: String!) {
      importLedger(files: [{ name: "soak.csv", content: { text: $text } }], reason: "soak") { recorded badRows } }"""
    answer = server.ask(query, {"text": text})["importLedger"]
    if not answer["recorded"]:
        raise Lost(f"an import was not recorded: {answer}")


COUNTS = "population subjects covered uncovered unknown exempt"


def read(server, dice):
    indicator = dice.choice(["two-new-organisation", "grid-station", "village-income", "two-new-either"])
    within = dice.choice(["cn-370114", "cn-370114001", "cn-370114002"])
    kind = dice.randrange(4)
    if kind == 0:
        query = f"""query ($id: ID!, $within: ID!) {{ coverage(indicator: $id, within: $within, groupBy: SUBDISTRICT)
          {{ {COUNTS} groups {{ {COUNTS} }} }} }}"""
        whole = server.ask(query, {"id": indicator, "within": within})["coverage"]
        for part in [whole, *whole["groups"]]:
            states = part["covered"] + part["uncovered"] + part["unknown"] + part["exempt"]
            if part["population"] != states or part["subjects"] != part["covered"] + part["uncovered"]:
                raise Lost(f"numbers that do not add up: {part}")
    elif kind == 1:
        query = """query ($id: ID!, $within: ID!) { gaps(indicator: $id, within: $within, first: 50) {
          totalCount nodes { state organization { id } reasons { needed found } } } }"""
        gaps = server.ask(query, {"id": indicator, "within": within})["gaps"]
        if any(gap["state"] != "UNCOVERED" for gap in gaps["nodes"]):
            raise Lost("a unit that is covered is among the gaps")
    elif kind == 2:
        server.ask('{ search(text: "mingshui", first: 20) { totalCount edges { node { id name } } } }')
    else:
        query = "query ($id: ID!) { subgraph(root: $id, depth: 2, limit: 500) { nodes { id } edges { type } } }"
        server.ask(query, {"id": within})
    count("questions answered")
    time.sleep(0.01)


def again(server, ended, step):
    """Does something again and again until the time is over; a server that is gone is waited for."""
    while not ended.is_set():
        try:
            step()
        except Slow:
            count("questions that took too long")
        except Gone:
            count("requests cut off")
            # What was cut off is looked at before anything follows it.
            time.sleep(0.05)
        except Exception as problem:
            problems.put(f"{type(problem).__name__}: {problem}")
            return


def disturbing(server, dice):
    if not server.started.is_set():
        raise Gone("it is not started")
    count(disturb(server.address, dice))
    time.sleep(dice.uniform(0, 0.2))


def command(*arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise Lost(f"orgatlas {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def complain():
    if not problems.empty():
        raise Lost(problems.get())


def killing(server, writers, until, dice, folder):
    while time.monotonic() < until:
        time.sleep(dice.uniform(0.1, 4))
        complain()
        server.kill()
        count("kills")
        for writer in writers:
            writer.busy.acquire()
        try:
            if counts["kills"] % 5 == 0:
                command("check", "--data", server.store)
                count("whole stores checked")
            if counts["kills"] % 7 == 0:
                command("backup", "--data", server.store, "-o", folder / "backup")
                count("backups brought up to date")
            server.start()
            for writer in writers:
                writer.check(server)
        finally:
            for writer in writers:
                writer.busy.release()


def watching(server, until, folder):
    """Memory while all goes on and nothing is killed, in MiB."""
    samples = []
    while time.monotonic() < until:
        time.sleep(2)
        complain()
        if server.process.poll() is not None:
            raise Lost(f"the server ended by itself, with {server.process.returncode}")
        samples.append(server.resident())
        if samples[-1] > options.memory:
            raise Lost(f"the server holds {samples[-1]:.0f} MiB, its budget is {options.memory} MiB")
        if len(samples) % 30 == 0:
            command("backup", "--data", server.store, "-o", folder / "backup")
            count("backups brought up to date")
    return samples


def started_anew(server, dice):
    """What a server takes that has just opened the same store and answered the same questions, in MiB."""
    server.start()
    for _ in range(200):
        read(server, dice)
    return server.resident()


def main():
    dice = random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="orgatlas-soak-"))
    server = Server(folder / "store")
    writers = [Writer("writer-1", PER_COMMIT, apply_changes), Writer("writer-2", PER_COMMIT, apply_changes)]
    writers.append(Writer("importer", PER_IMPORT, import_ledger))
    ended = threading.Event()

    def write(writer):
        with writer.busy:
            if writer.pending is None:
                writer.step(server)
        time.sleep(0.02 if writer.size == PER_COMMIT else 0.5)

    threads = [threading.Thread(target=again, args=(server, ended, lambda w=w: write(w)), daemon=True) for w in writers]
    for number in range(3):
        own = random.Random(options.seed + number)
        threads.append(threading.Thread(target=again, args=(server, ended, lambda d=own: read(server, d)), daemon=True))
    for number in range(options.disturbers):
        own = random.Random(f"{options.seed} {number}")
        step = lambda d=own: disturbing(server, d)
        threads.append(threading.Thread(target=again, args=(server, ended, step), daemon=True))
    began = time.monotonic()
    half = options.minutes * 30
    try:
        for thread in threads:
            thread.start()
        killing(server, writers, began + half, dice, folder)
        samples = watching(server, began + 2 * half, folder)
        ended.set()
        for thread in threads:
            thread.join()
        complain()
        for writer in writers:
            writer.check(server)
        command("backup", "--data", server.store, "-o", folder / "backup")
        server.kill()
        anew = started_anew(server, dice)
        server.kill()
        command("check", "--data", server.store)
        command("restore", "--from", folder / "backup", "--data", folder / "restored")
    finally:
        ended.set()
        server.process.kill()
    print(f"{options.minutes} minutes, seed {options.seed}, nothing lost")
    for what, number in sorted(counts.items()):
        print(f"{what}: {number}")
    parts = [samples[len(samples) * n // 5 : len(samples) * (n + 1) // 5] for n in range(5)]
    medians = ", ".join(f"{statistics.median(part):.0f}" for part in parts if part)
    print(f"memory without kills, medians of fifths of the time in MiB: {medians}; {max(samples):.0f} at most")
    print(f"memory of a server started anew on the same store: {anew:.0f} MiB")
    shutil.rmtree(folder)


try:
    main()
except (Lost, Broken) as lost:
    sys.exit(f"LOST: {lost}")
