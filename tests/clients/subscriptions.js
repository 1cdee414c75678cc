// Subscribes with graphql-ws and graphql-sse; changes are made, and the news must arrive.

import assert from "node:assert/strict";
import { createClient as createEventClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import WebSocket from "ws";
import { withServer } from "./server.js";

const coverage = `subscription Coverage($within: ID) {
  coverage(indicator: "village-consortium", within: $within) { population covered uncovered }
}`;
const changes = `subscription Changes($after: Int) {
  changes(after: $after) { version actor reason changes { action organizationIds } }
}`;
const change = `mutation Put($id: ID!, $kind: OrganizationKind!) {
  applyChanges(reason: "a client's test", changes: [{ putOrganization: { id: $id, kind: $kind, name: "示例" } }]) {
    version
  }
}`;

/** The data of the next answer. */
async function next(answers) {
  const { value, done } = await answers.next();
  assert.ok(!done, "the subscription is over");
  assert.equal(value.errors, undefined, JSON.stringify(value.errors));
  return value.data;
}

/** Subscribes by a client, changes the graph by the same, and hears of it. */
async function check(name, client, number) {
  const counts = client.iterate({ query: coverage });
  const first = (await next(counts)).coverage;
  // From the first commit behind the import on.
  const history = client.iterate({ query: changes, variables: { after: 1 } });
  const put = async (id, kind) => next(client.iterate({ query: change, variables: { id, kind } }));
  await put(`ent-${name}`, "ENTERPRISE");
  const { version } = (await put(`cn-37011400199${number}`, "VILLAGE")).applyChanges;
  const { population, covered, uncovered } = first;
  assert.deepEqual((await next(counts)).coverage, {
    population: population + 1,
    covered,
    uncovered: uncovered + 1,
  });

  // The history comes to the last change without a gap.
  let told = { version: 1 };
  while (told.version < version) {
    const heard = (await next(history)).changes;
    assert.ok(heard.version - told.version <= 1, `${heard.version} follows ${told.version}`);
    told = heard;
  }
  assert.deepEqual(told.changes, [
    { action: "PUT_ORGANIZATION", organizationIds: [`cn-37011400199${number}`] },
  ]);
  await counts.return();
  await history.return();

  const refused = client.iterate({ query: "subscription { nothing }" });
  const refusal = await refused.next().then(
    ({ value }) => value.errors,
    (errors) => errors,
  );
  assert.equal(refusal[0].extensions.code, "GRAPHQL_VALIDATION_FAILED");
  client.dispose();
  console.log(`${name}: told of version ${version}`);
}

await withServer(["demo", "--writable"], async (address) => {
  const url = `${address}/graphql`;
  const socket = createSocketClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket });
  await check("graphql-ws", socket, 8);
  await check("graphql-sse", createEventClient({ url }), 9);
});
