"""Clients that behave badly: they disconnect, ask for wide groupings and charts, and read slowly or not at all.

Each disturbance is a function of an address and a seeded dice. It opens its own connections, bounded in number and time, and
ignores refusals: 408, 413, 429 and 503 are right answers to it. It raises `Broken` for an answer that no client may get.
"""

import base64
import json
import os
import socket
import struct
import time
from urllib.parse import urlsplit

CHARTS = ["hierarchy", "party", "membership", "coverage"]
FORMATS = ["svg", "png", "pdf", "dot", "mmd"]
EXPORTS = ["graph.graphml", "graph.gexf", "organizations.csv", "organizations.xlsx", "relations.jsonl"]
INDICATORS = ["two-new-organisation", "two-new-either", "grid-station", "village-income", "place-service"]
FINEST = ["ENTERPRISE", "GRID", "COMMUNITY", "VILLAGE"]
REFUSED = {400, 404, 408, 413, 429, 503}


class Broken(Exception):
    """An answer that no client may get, such as a 500."""


def connect(address):
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def request(method, path, body=b"", headers=()):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def question(query, **variables):
    return request("POST", "/graphql", json.dumps({"query": query, "variables": variables}).encode())


def wide(dice):
    """A question grouped by the finest kinds."""
    indicators = dice.sample(INDICATORS, 2)
    kind = dice.choice(FINEST)
    if dice.random() < 0.5:
        query = """query ($i: [ID!]!, $k: OrganizationKind!) { rates(indicators: $i, groupBy: $k) {
          groups { by { id } rates { indicator { id target { __typename } } counts { population covered } } } } }"""
        return question(query, i=indicators, k=kind)
    query = """query ($i: [ID!]!, $k: OrganizationKind!) { scoreboard(level: $k, indicators: $i) {
      organization { id } } }"""
    return question(query, i=indicators, k=kind)


def any_request(dice):
    """A request to one of the routes, some of them large."""
    chart = f"/diagrams/cn-370114.{dice.choice(FORMATS)}?view={dice.choice(CHARTS)}&depth={dice.randrange(1, 4)}"
    choices = [
        lambda: request("GET", chart),
        lambda: request("GET", f"/exports/{dice.choice(EXPORTS)}"),
        lambda: wide(dice),
        lambda: question("{ organizations(first: 1000) { nodes { id name ancestors { id } } } }"),
        lambda: question('{ search(text: "ming", first: 100) { edges { node { id name } } } }'),
        lambda: question('{ plan(indicator: "two-new-organisation") { __typename } }'),
        lambda: request("GET", "/"),
        lambda: request("GET", "/metrics"),
        lambda: request("GET", "/healthz"),
    ]
    return dice.choice(choices)()


def status_of(head):
    words = head.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else None


def check(status, sent):
    if status is not None and status >= 500 and status not in REFUSED:
        raise Broken(f"{status} for {sent[:200]!r}")


def disconnect(address, dice):
    """Sends a request, whole or cut short, and goes away at a random moment of the answer."""
    sent = any_request(dice)
    with connect(address) as client:
        client.sendall(sent if dice.random() < 0.8 else sent[: dice.randrange(1, len(sent))])
        time.sleep(dice.choice([0, 0, 0.001, 0.01, 0.1]))
        if dice.random() < 0.5:
            client.settimeout(2)
            try:
                check(status_of(client.recv(dice.choice([1, 100, 65536]))), sent)
            except (TimeoutError, ConnectionError):
                pass
        if dice.random() < 0.5:
            # A reset instead of an orderly end.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return "disconnects"


def ask_wide(address, dice):
    """Asks a wide grouping or a chart and reads the answer to its end."""
    sent = wide(dice) if dice.random() < 0.5 else any_request(dice)
    sent = sent.replace(b"Host: localhost", b"Host: localhost\r\nConnection: close", 1)
    with connect(address) as client:
        client.settimeout(60)
        client.sendall(sent)
        head, read = b"", 0
        while piece := client.recv(1 << 16):
            head = head or piece
            read += len(piece)
        check(status_of(head), sent)
    return "wide groupings, charts and exports read"


def read_slowly(address, dice):
    """Asks for much and reads a few bytes now and then, for some seconds."""
    sent = any_request(dice)
    with connect(address) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(1)
        client.sendall(sent)
        until = time.monotonic() + dice.uniform(1, 8)
        while time.monotonic() < until:
            try:
                if not client.recv(64):
                    break
            except TimeoutError:
                pass
            time.sleep(0.05)
    return "slow readers"


def frame(opcode, payload):
    mask = os.urandom(4)
    length = len(payload)
    size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + struct.pack(">H", length)
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return bytes([0x80 | opcode]) + size + mask + masked


def flood_socket(address, dice):
    """Opens a WebSocket, subscribes, sends pings and reads nothing for some seconds."""
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}"]
    upgrade += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: graphql-transport-ws"]
    subscribe = {"type": "subscribe", "payload": {"query": "subscription { changes { version } }"}}
    pings = frame(9, b"x" * 120) * 200
    with connect(address) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(0.5)
        client.sendall(request("GET", "/graphql", headers=upgrade))
        client.sendall(frame(1, b'{"type":"connection_init"}'))
        for number in range(5):
            client.sendall(frame(1, json.dumps({"id": str(number), **subscribe}).encode()))
        until = time.monotonic() + dice.uniform(1, 5)
        while time.monotonic() < until:
            client.sendall(pings)
    return "sockets flooded with pings"


DISTURBANCES = [disconnect, disconnect, disconnect, ask_wide, read_slowly, flood_socket]


def disturb(address, dice):
    """One disturbance of any sort; its name, for counting."""
    try:
        return dice.choice(DISTURBANCES)(address, dice)
    except (OSError, ValueError):
        return "disturbers turned away or cut off"
