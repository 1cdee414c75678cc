// Asks the main questions by generated operations: the compiler holds what is asked and read to the schema.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
// @ts-expect-error: plain JavaScript without types
import { withServer } from "../../server.js";
import {
  CoverageDocument,
  GapsDocument,
  OrganizationWithRelationsDocument,
  RenameDocument,
  SearchDocument,
} from "./generated/operations.js";

type Send = (text: string) => { query?: string; documentId?: string };

/** A client that sends documents, or names them. */
function client(address: string, send: Send) {
  return async <Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
  ): Promise<Result> => {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
      body: JSON.stringify({ ...send(print(document)), variables }),
    });
    const { data, errors } = (await response.json()) as { data: Result; errors?: unknown };
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  };
}

async function ask(address: string, send: Send) {
  const run = client(address, send);
  const { coverage } = await run(CoverageDocument, { indicator: "two-new-organisation", within: "cn-370114" });
  assert.equal(coverage.population, coverage.covered + coverage.uncovered + coverage.unknown + coverage.exempt);
  const [group] = coverage.groups;
  assert.ok(group?.by && group.subjects > 0);

  const indicator = "chamber-party-organisation";
  const first = await run(GapsDocument, { indicator, first: 2 });
  const rest = await run(GapsDocument, { indicator, first: 1000, after: first.gaps.pageInfo.endCursor });
  assert.equal(first.gaps.nodes.length + rest.gaps.nodes.length, first.gaps.totalCount);
  for (const { state, reasons } of first.gaps.nodes) assert.ok(state === "UNCOVERED" && reasons.length > 0);

  const { organization } = await run(OrganizationWithRelationsDocument, { id: "cn-370114001" });
  assert.equal(organization?.kind, "SUBDISTRICT");
  assert.deepEqual(organization.ancestors.map(({ id }) => id), ["cn-370114", "cn-3701", "cn-37"]);
  assert.equal(organization.relations.nodes.length, 5);

  const { search } = await run(SearchDocument, { text: "明水街道" });
  assert.equal(search.nodes[0]?.id, "cn-370114001");
  return run;
}

const show = (text: string) => console.log(`typescript: ${text}`);

await withServer(["demo", "--writable"], async (address: string) => {
  const run = await ask(address, (query) => ({ query }));
  const name = "示例明水街道";
  const { applyChanges } = await run(RenameDocument, { id: "cn-370114001", name, reason: "a client's test" });
  assert.equal(applyChanges?.query.organization?.name, name);
  show(`the main questions are answered, and version ${applyChanges.version} is written`);

  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } }),
  });
  const { errors } = (await response.json()) as { errors: { message: string }[] };
  assert.equal(errors[0]?.message, "PersistedQueryNotFound");
});

const manifest = fileURLToPath(new URL("../generated/persisted-documents.json", import.meta.url));
await withServer(["demo", "--trusted-documents", manifest], async (address: string) => {
  await ask(address, (text) => ({ documentId: `sha256:${createHash("sha256").update(text).digest("hex")}` }));
  const response = await fetch(`${address}/graphql?query={__typename}`);
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  assert.equal(errors[0]?.extensions.code, "DOCUMENT_NOT_REGISTERED");
  assert.equal((await fetch(`${address}/graphiql`)).status, 403);
  show("of trusted documents the same are answered by id, and no others");
});
