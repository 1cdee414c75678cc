// Asks the audit suite of graphql-http whether the server keeps to GraphQL over HTTP.
//
// Usage: node audit.js [PROGRAM]; the program is target/debug/orgatlas where none is named. It is started on a
// free port of loopback with an empty store, and stopped afterwards. Exits with 1 if a check fails.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { serverAudits } from "graphql-http";

const program = process.argv[2] ?? fileURLToPath(new URL("../../target/debug/orgatlas", import.meta.url));

/** Starts a server on a free port and gives its process and its address. */
async function start(folder) {
  const server = spawn(program, ["serve", "--data", join(folder, "store"), "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const failed = new Promise((_, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`${program} exited with ${code} before it served`)));
  });
  const served = (async () => {
    for await (const line of createInterface({ input: server.stderr })) {
      const address = / at (http:\/\/\S+)/.exec(line);
      if (address) return address[1];
    }
    return failed;
  })();
  const address = await Promise.race([served, failed]);
  failed.catch(() => {});
  server.stderr.resume();
  return { server, address };
}

/** Runs every check, one after the other, and gives the number of those that fail. */
async function audit(url) {
  let passed = 0;
  let failed = 0;
  for (const check of serverAudits({ url })) {
    const result = await check.fn();
    if (result.status === "ok") {
      passed += 1;
    } else {
      failed += 1;
      console.log(`${result.status} ${check.id} ${check.name}: ${result.reason}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed;
}

const folder = await mkdtemp(join(tmpdir(), "orgatlas-audit-"));
let running;
try {
  running = await start(folder);
  process.exitCode = (await audit(`${running.address}/graphql`)) === 0 ? 0 : 1;
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
} finally {
  if (running && running.server.exitCode === null) {
    const stopped = new Promise((resolve) => running.server.once("exit", resolve));
    running.server.kill();
    await stopped;
  }
  await rm(folder, { recursive: true, force: true });
}
