// Runs the Python client against a live server. Usage: node python/run.js PYTHON

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { withServer } from "../server.js";

const script = fileURLToPath(new URL("client.py", import.meta.url));

await withServer(["demo"], async (address) => {
  const client = spawn(process.argv[2], [script, address], { stdio: ["ignore", "inherit", "inherit"] });
  const code = await new Promise((resolve, reject) => client.once("exit", resolve).once("error", reject));
  assert.equal(code, 0, "the Python client failed");
});
