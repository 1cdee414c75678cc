// Composes the subgraph with another one, and asks the server what the router of such a federation asks.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { program, withServer } from "./server.js";

const inspections = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable"])
  type Query { inspections(first: Int): [Inspection!]! }
  type Inspection @key(fields: "id") { id: ID! organization: Organization! page: PageInfo! }
  type Organization @key(fields: "id") { id: ID! inspections: [Inspection!]! }
  type PageInfo @shareable {
    hasPreviousPage: Boolean! hasNextPage: Boolean! startCursor: String endCursor: String
  }`;

const printed = execFileSync(program, ["schema", "--federation"], { encoding: "utf8" });

await withServer(["demo"], async (address) => {
  const ask = async (query, variables) => {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  };
  const { _service } = await ask("{ _service { sdl } }");
  assert.equal(_service.sdl, printed);
  const composed = composeServices([
    { name: "orgatlas", url: `${address}/graphql`, typeDefs: parse(_service.sdl) },
    { name: "inspections", typeDefs: parse(inspections) },
  ]);
  assert.equal(composed.errors, undefined, JSON.stringify(composed.errors));
  assert.match(composed.supergraphSdl, /type Organization/);

  const { _entities } = await ask(
    "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Organization { id name } } }",
    {
      of: [
        { __typename: "Organization", id: "cn-370114" },
        { __typename: "Organization", id: "nobody" },
      ],
    },
  );
  assert.deepEqual(_entities, [{ id: "cn-370114", name: "章丘区" }, null]);
  const { __schema } = await ask("{ __schema { types { name } queryType { fields { name } } } }");
  const shown = [...__schema.types, ...__schema.queryType.fields].map(({ name }) => name);
  assert.deepEqual(
    shown.filter((name) => name.startsWith("_") && !name.startsWith("__")),
    [],
  );
  console.log("composed with another subgraph, and answered as one");
});
