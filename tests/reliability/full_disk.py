"""Lets the disk of a store fill up, or fail, and looks whether it says so, goes on answering, and loses nothing.

    python3 tests/reliability/full_disk.py target/release/orgatlas

It mounts small file systems of its own: as root, or in a name space of its own where the system lets users have one
(`unshare`); elsewhere it says that it is left out. Each step is done on tmpfs, and on ext4 in a file where that can be
mounted. The disk that fails is ext4 on a disk that has less room than it says, so that the kernel meets errors of the
device (EIO) where the program writes. Needs Python 3.10, nothing else. Ends with exit code 1 at the first thing that is wrong.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

INSIDE = "ORGATLAS_FULL_DISK_INSIDE"
MEBIBYTE = 1 << 20

options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
options.add_argument("program", type=Path)
options = options.parse_args()
program = options.program.resolve()


class Wrong(Exception):
    """Something that must hold does not."""


def must(holds, what):
    if not holds:
        raise Wrong(what)


def mount(arguments):
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True).returncode == 0


class Disk:
    """A small file system, which can be filled up to the last byte and emptied again."""

    def __init__(self, folder, kind, mebibytes):
        self.kind = kind
        self.path = folder / f"disk-{kind}-{len(os.listdir(folder))}"
        self.path.mkdir()
        self.ballast = self.path / "ballast"
        if kind == "tmpfs":
            self.mounted = mount(["-t", "tmpfs", "-o", f"size={mebibytes}m", "none", self.path])
        else:
            image = folder / f"{self.path.name}.img"
            with image.open("wb") as file:
                file.truncate(mebibytes * MEBIBYTE)
            made = shutil.which("mkfs.ext4") and subprocess.run(
                ["mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", image], capture_output=True
            ).returncode == 0
            self.mounted = bool(made) and mount(["-o", "loop", image, self.path])

    def fill(self, free=0):
        """Leaves about so many bytes free."""
        with self.ballast.open("ab", buffering=0) as file:
            if free:
                left = os.statvfs(self.path)
                size = max(0, left.f_bavail * left.f_frsize - free)
                try:
                    while size > 0:
                        size -= file.write(b"x" * min(size, MEBIBYTE))
                except OSError:
                    pass  # What the file system needs for the file itself counts too.
                return
            for size in (MEBIBYTE, 4096, 1):
                while True:
                    try:
                        file.write(b"x" * size)
                    except OSError:
                        break

    def empty(self):
        self.ballast.unlink(missing_ok=True)

    def gone(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.path], check=False)


class FailingDisk:
    """A disk that has less room than it says: beyond that, its device takes nothing.

    The loop driver of Linux 6.18 takes a write of which there is room for the beginning only for a whole one, and says
    so. A device that lies is not what is tried here: each of its requests is one page, of which there is room or not.
    """

    def __init__(self, folder):
        self.below, self.path = folder / "below", folder / "failing"
        self.below.mkdir()
        self.path.mkdir()
        self.image = self.below / "image"
        self.mounted = bool(shutil.which("mkfs.ext4")) and mount(["-t", "tmpfs", "-o", "size=14m", "none", self.below])
        if self.mounted:
            with self.image.open("wb") as file:
                file.truncate(64 * MEBIBYTE)
            subprocess.run(
                ["mkfs.ext4", "-q", "-b", "4096", "-m", "0", "-O", "^has_journal", self.image], check=True
            )
            self.mounted = self.attach()

    def attach(self):
        if not mount(["-o", "loop,errors=continue", self.image, self.path]):
            return False
        found = subprocess.run(["losetup", "-n", "-O", "NAME", "-j", self.image], capture_output=True, text=True)
        try:
            Path(f"/sys/block/{Path(found.stdout.strip()).name}/queue/max_sectors_kb").write_text("4")
        except OSError:
            return False
        return True

    def mend(self):
        """The device takes everything again; nothing is left of what only memory held."""
        subprocess.run(["umount", self.path], capture_output=True)
        must(mount(["-o", "remount,size=100m", self.below]), "the disk cannot be mended")
        subprocess.run(["e2fsck", "-fy", self.image], capture_output=True)
        must(self.attach(), "the disk cannot be mounted any more")

    def gone(self):
        subprocess.run(["umount", "-l", self.path], capture_output=True)
        subprocess.run(["umount", "-l", self.below], capture_output=True)


def run(*arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)


def done(*arguments):
    outcome = run(*arguments)
    must(outcome.returncode == 0, f"{arguments}: {outcome.stderr}")
    return outcome.stdout


def refused(*arguments):
    """Runs what the disk has no room for: it must fail with a message that says so, and not by a panic."""
    outcome = run(*arguments)
    said = outcome.stderr
    must(outcome.returncode == 1, f"{arguments} ended with {outcome.returncode}: {said}")
    says_so(said)
    return said


def says_so(said):
    must("panicked" not in said, f"a user sees a panic: {said}")
    must("o space left" in said or "disk" in said, f"the message does not say that the disk is full: {said}")


class Server:
    def __init__(self, store):
        command = [program, "demo", "--writable", "--data", store, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.said = []
        for line in self.process.stderr:
            self.said.append(line)
            if found := re.search(r" at (http://\S+)", line):
                self.address = found[1]
                # What it says is read, so that it never waits for a reader.
                self.reader = threading.Thread(target=lambda: self.said.extend(self.process.stderr), daemon=True)
                self.reader.start()
                return
        raise Wrong("the server does not start:\n" + "".join(self.said))

    def ask(self, query, variables=None):
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        request = urllib.request.Request(self.address + "/graphql", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def put(self, number, text):
        change = {"kind": "ENTERPRISE", "name": text, "division": "370114001", "synthetic": True}
        query = 'mutation ($c: [ChangeInput!]!) { applyChanges(changes: $c, reason: "full") { version } }'
        return self.ask(query, {"c": [{"putOrganization": {"id": f"full-{number}", **change}}]})

    def cause(self, error):
        """What the server said of an error that it told by its id alone."""
        for _ in range(50 if error else 0):
            if found := [line for line in self.said if error in line]:
                return found[0]
            time.sleep(0.1)
        return ""

    def kill(self):
        self.process.kill()
        self.reader.join()
        said = "".join(self.said)
        must("panicked" not in said, f"the server panicked: {said}")
        return said


def names(server, count):
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Organization { name } } }"
    nodes = server.ask(query, {"ids": [f"full-{number}" for number in range(count)]})["data"]["nodes"]
    return [node["name"] if node else None for node in nodes]


def served(disk):
    servers = []
    try:
        return fill_up(disk, servers)
    finally:
        for server in servers:
            server.process.kill()


def fill_up(disk, servers):
    """Writes until the disk is full, again and again; a refusal says so, reads go on, and room is enough to go on."""
    store = disk.path / "store"

    def start():
        servers.append(Server(store))
        return servers[-1]

    server = start()
    expected, refusals, commits = {}, 0, 0
    for attempt in range(6):
        # Each time another number of bytes is left, so that a write stops at another place.
        disk.fill(free=(0, 300, 5000, 70_000, 200_000, 1_500_000)[attempt])
        disk.fill() if attempt == 0 else None
        for number in range(4000):
            text = f"示例{attempt}号" + "长" * 200
            answer = server.put(number % 50, text)
            if "errors" not in answer:
                expected[number % 50] = text
                commits += 1
                continue
            message = answer["errors"][0]["message"]
            code = answer["errors"][0]["extensions"]["code"]
            must(code == "STORAGE_FULL" and "disk of the server is full" in message, f"the client is not told: {answer}")
            refusals += 1
            break
        else:
            raise Wrong("the disk never filled up")
        coverage = server.ask('{ coverage(indicator: "grid-station") { covered } health: search(text: "mingshui") { totalCount } }')
        must("errors" not in coverage, f"reads do not go on: {coverage}")
        found = names(server, 50)
        must(all(found[n] == text for n, text in expected.items()), "an acknowledged write is not there")
        if attempt % 2:
            # What is opened anew on the full disk is what was acknowledged.
            server.kill()
            server = start()
            found = names(server, 50)
            must(all(found[n] == text for n, text in expected.items()), "an acknowledged write is lost")
        disk.empty()
        answer = server.put(49, f"回来{attempt}")
        must("errors" not in answer, f"it does not go on when there is room: {answer}")
        expected[49] = f"回来{attempt}"
    server.kill()
    done("check", "--data", store)
    server = start()
    found = names(server, 50)
    must(all(found[n] == text for n, text in expected.items()), "an acknowledged write is lost")
    server.kill()
    return f"{commits} commits, {refusals} refusals, none lost"


def failing(disk):
    """Writes until the device fails: nothing is acknowledged that is not there when it works again."""
    store, expected, refusals, unclear = disk.path / "store", {}, 0, {}
    server = Server(store)
    try:
        for number in range(40_000):
            text = f"示例{number}号" + "长" * 300
            answer = server.put(number % 50, text)
            if "errors" not in answer:
                expected[number % 50] = text
                continue
            refusals += 1
            extensions = answer["errors"][0]["extensions"]
            must(extensions["code"] in ("INTERNAL", "STORAGE_FULL"), f"{answer}")
            if "may or may not have been recorded" in server.cause(extensions.get("errorId")):
                # The one commit that was under way: whoever sent it was told that nobody knows.
                unclear[number % 50] = text
            if refusals == 5:
                break
        must(refusals == 5, "the device never failed")
        found = names(server, 50)
        must(all(found[n] == text for n, text in expected.items()), "an acknowledged write is not answered")
    finally:
        said = server.kill()
    must("input/output" in said.lower() or "os error 5" in said or "No space" in said, f"the log names no cause: {said[-2000:]}")
    disk.mend()
    done("check", "--data", store)
    server = Server(store)
    try:
        found = names(server, 50)
        lost = [n for n, text in expected.items() if found[n] not in (text, unclear.get(n, text))]
        must(not lost, f"{len(lost)} acknowledged writes are lost")
        must("errors" not in server.put(49, "回来"), "it does not go on when the device works")
    finally:
        server.kill()
    return f"{len(expected)} names of {number} commits looked up, {refusals} refusals, none lost"


def commands(disk):
    """Imports, checkpoints, backups, exports and restores on a full disk leave what was there, and say why."""
    store, other = disk.path / "store", disk.path.parent / f"other-{disk.path.name}"
    done("import", "--data", store, *district())
    done("backup", "--data", store, "-o", other / "backup")
    before = done("export", "--data", store, "--format", "csv", "-o", other / "before")
    more = other / "more.csv"
    rows = "".join(f"more-{n},ENTERPRISE,示例{n},370114001,true\n" for n in range(60_000))
    more.write_text("id,kind,name,division,synthetic\n" + rows)
    count = 0
    for free in (0, 100_000, 1_000_000, 2_000_000):
        disk.fill(free)
        disk.fill() if free == 0 else None
        for arguments in [
            ("import", "--data", store, more),
            ("backup", "--data", store, "-o", disk.path / "backup"),
            ("export", "--data", store, "--format", "csv", "-o", disk.path / "export"),
            ("export", "--data", store, "--format", "xlsx", "-o", disk.path / "export"),
            ("restore", "--from", other / "backup", "--data", disk.path / "restored"),
        ]:
            outcome = run(*arguments)
            if outcome.returncode != 0:
                says_so(outcome.stderr)
                count += 1
            must("panicked" not in outcome.stderr, f"{arguments}: {outcome.stderr}")
            must(not (disk.path / "export").exists() or not list((disk.path / "export").glob("*.new")), "a part is left")
            for folder in ("backup", "export", "restored"):
                shutil.rmtree(disk.path / folder, ignore_errors=True)
        repaired = run("repair", "--data", store)
        must("panicked" not in repaired.stderr, repaired.stderr)
        disk.empty()
        checked = run("check", "--data", store)
        must(checked.returncode == 0, f"after {free} free: {checked.stderr}")
        after = other / f"after-{free}"
        done("export", "--data", store, "--format", "csv", "-o", after)
        for file in ("organizations.csv", "relations.csv"):
            must((after / file).read_bytes() == (other / "before" / file).read_bytes(), f"{file} is another")
    must(count >= 8, f"only {count} commands found the disk full")
    return f"{count} commands refused, nothing changed"


def district():
    root = Path(__file__).resolve().parents[2] / "graph-data"
    return [root / "district"]


def main():
    folder = Path(tempfile.mkdtemp(prefix="orgatlas-full-disk-"))
    tried = 0
    try:
        for kind in ("tmpfs", "ext4"):
            for size, step in ((24, served), (32, commands)):
                disk = Disk(folder, kind, size)
                try:
                    if disk.mounted:
                        tried += 1
                        print(f"{kind} of {size} MiB, {step.__name__}: {step(disk)}", flush=True)
                    else:
                        print(f"{kind}: left out, it cannot be mounted here", flush=True)
                finally:
                    disk.gone()
        disk = FailingDisk(folder)
        try:
            print(f"a device that fails: {failing(disk) if disk.mounted else 'left out, it cannot be mounted here'}")
        finally:
            disk.gone()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if tried == 0:
        print("left out: no file system can be mounted here; it needs root, or name spaces for users")


if os.geteuid() != 0 and not os.environ.get(INSIDE) and shutil.which("unshare"):
    command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, *sys.argv]
    if subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "true"], capture_output=True).returncode == 0:
        sys.exit(subprocess.run(command, env={**os.environ, INSIDE: "1"}).returncode)
try:
    main()
except Wrong as wrong:
    sys.exit(f"WRONG: {wrong}")
