// A server on a free port of loopback, with a store of its own, for the clients of this folder.
//
// The program is target/debug/orgatlas; the environment variable ORGATLAS names another one.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const program = process.env.ORGATLAS ?? join(root, "target/debug/orgatlas");

/** Starts the program with `--data` and `--listen` added, and gives its address and how to stop it. */
async function start(folder, command) {
  const listen = ["--data", join(folder, "store"), "--listen", "127.0.0.1:0"];
  const server = spawn(program, [...command, ...listen], { stdio: ["ignore", "ignore", "pipe"] });
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
  const stop = async () => {
    if (server.exitCode !== null) return;
    const stopped = new Promise((resolve) => server.once("exit", resolve));
    server.kill();
    await stopped;
  };
  return { address, stop };
}

/** Runs `client` with the address of a server; exits with 1 if it fails or does not end within two minutes. */
export async function withServer(command, client) {
  const folder = await mkdtemp(join(tmpdir(), "orgatlas-client-"));
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("the client did not end within two minutes")), 120_000).unref();
  });
  let running;
  let failed = false;
  try {
    running = await start(folder, command);
    await Promise.race([client(running.address), late]);
  } catch (error) {
    console.error("error:", error);
    failed = true;
  } finally {
    await running?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  // It may have left a connection open, for which the process would wait.
  if (failed) process.exit(1);
}
