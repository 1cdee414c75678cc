// Normalised caches with their default settings show what the server answered: Apollo, urql and Relay.
//
// Each query of caches/queries.js reads types with an id several times, of other parents, on other days, with other
// arguments. All go through one cache, and are read from it when all are in it. Artifacts of relay-compiler are needed.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { gql, InMemoryCache } from "@apollo/client/core/index.js";
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { print } from "graphql";
import relay from "relay-runtime";
import { withServer } from "./server.js";

const { createOperationDescriptor, Environment, Network, RecordSource, Store } = relay;
const generated = new URL("caches/generated/", import.meta.url);
const files = (await readdir(generated)).filter((name) => name.endsWith(".graphql.js"));
const artifacts = await Promise.all(files.map(async (name) => (await import(new URL(name, generated))).default));

/** Data without what a client adds for itself. */
function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name]) => !name.startsWith("__"));
  return Object.fromEntries(kept.map(([name, inner]) => [name, bare(inner)]));
}

const DEFINE = `mutation ($kind: OrganizationKind!) {
  defineIndicator(reason: "test", definition: {
    id: "own-measure", name: { simplified: "自定", traditional: "自定", english: "own" }, source: "test",
    population: { kind: [$kind] },
    forms: [{ id: "own", name: { simplified: "有", traditional: "有", english: "has" }, when: { kind: [$kind] } }]
  }) { version } }`;
const ISSUE = `mutation { issueTasks(month: "2024-06", action: { date: "2024-06-03", office: "区委组织部" }) { version } }`;

await withServer(["demo", "--writable", "--max-address-rate", "0"], async (address) => {
  const url = `${address}/graphql`;
  const ask = async (query, variables = {}) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  };
  await ask(DEFINE, { kind: "ENTERPRISE" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const recordedAt = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await ask(DEFINE, { kind: "VILLAGE" });
  await ask(ISSUE);

  const apollo = new InMemoryCache();
  const urql = new Client({ url, exchanges: [cacheExchange({ logger: () => {} }), fetchExchange], preferGetMethod: false });
  const environment = new Environment({
    network: Network.create(() => assert.fail("all is in the store")),
    store: new Store(new RecordSource()),
  });
  const reads = [];
  for (const artifact of artifacts) {
    const { name, text } = artifact.params;
    const variables = text.includes("$recordedAt") ? { recordedAt } : {};
    const raw = await ask(text, variables);

    const document = apollo.transformDocument(gql(text));
    apollo.writeQuery({ query: document, variables, data: await ask(print(document), variables) });
    reads.push([`Apollo, ${name}`, raw, () => apollo.readQuery({ query: document, variables })]);

    const first = await urql.query(text, variables).toPromise();
    assert.equal(first.error, undefined);
    const again = async () => (await urql.query(text, variables, { requestPolicy: "cache-only" }).toPromise()).data;
    reads.push([`urql, ${name}`, raw, again]);

    const operation = createOperationDescriptor(artifact, variables);
    environment.commitPayload(operation, raw);
    reads.push([`Relay, ${name}`, raw, () => environment.lookup(operation.fragment).data]);
  }
  assert.ok(reads.length >= 21, "all queries were compiled");
  for (const [what, raw, read] of reads) assert.deepEqual(bare(await read()), bare(raw), what);
  console.log(`${reads.length} answers are read from three caches as they came`);
});
