// Generates typed documents of operations.graphql from schema.graphql by graphql-codegen, and the manifest by which a
// server trusts them.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as typedDocuments from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { Kind, parse, print } from "graphql";
import { root } from "../server.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const generated = join(here, "generated");
const location = join(here, "operations.graphql");
const document = parse(await readFile(location, "utf8"));
const scalars = { Date: "string", DateTime: "string", Month: "string", RuleValue: "unknown", WrittenChange: "unknown" };

const code = await codegen({
  filename: join(generated, "operations.ts"),
  schema: parse(await readFile(join(root, "schema.graphql"), "utf8")),
  documents: [{ location, document }],
  config: { scalars, strictScalars: true, useTypeImports: true },
  pluginMap: { operations, typedDocuments },
  plugins: [{ operations: {} }, { typedDocuments: {} }],
});

const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
const manifest = {};
for (const operation of document.definitions) {
  if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
  const used = fragments.filter(({ name }) => print(operation).includes(`...${name.value}`));
  const text = print({ kind: Kind.DOCUMENT, definitions: [operation, ...used] });
  manifest[createHash("sha256").update(text).digest("hex")] = text;
}

await mkdir(generated, { recursive: true });
await writeFile(join(generated, "operations.ts"), code);
await writeFile(join(generated, "persisted-documents.json"), JSON.stringify(manifest, null, 2));
