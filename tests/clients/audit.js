// Asks the audit suite of graphql-http whether the server keeps to GraphQL over HTTP.

import assert from "node:assert/strict";
import { serverAudits } from "graphql-http";
import { withServer } from "./server.js";

await withServer(["serve"], async (address) => {
  let passed = 0;
  let failed = 0;
  for (const check of serverAudits({ url: `${address}/graphql` })) {
    const result = await check.fn();
    if (result.status === "ok") {
      passed += 1;
    } else {
      failed += 1;
      console.log(`${result.status} ${check.id} ${check.name}: ${result.reason}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  assert.equal(failed, 0);
});
