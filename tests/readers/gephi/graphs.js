// The parsers by which Gephi Lite opens files read GEXF and GraphML of the district: every organisation and relation, labels for
// both, and typed values.
//
//     npm run graphs
//
// The program is target/debug/orgatlas; the environment variable ORGATLAS names another one.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DOMParser } from "@xmldom/xmldom";

// In a browser these are there.
const empty = new DOMParser().parseFromString("<graphml/>", "text/xml");
Object.assign(globalThis, { DOMParser, Document: empty.constructor });
const require = createRequire(import.meta.url);
const { MultiDirectedGraph } = require("graphology");
const gexf = require("graphology-gexf");
const graphml = require("graphology-graphml");

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = process.env.ORGATLAS ?? join(root, "target/debug/orgatlas");

const folder = mkdtempSync(join(tmpdir(), "orgatlas-"));
try {
  const run = (...args) => execFileSync(program, args, { cwd: folder, encoding: "utf8" });
  run("import", "--data", "store", join(root, "graph-data/district"));
  const totals = "{ organizationAggregate { count } relationAggregate { count } }";
  const { data } = JSON.parse(run("query", "--data", "store", totals));
  for (const [format, parser, prefix] of [["gexf", gexf, "n_"], ["graphml", graphml, ""]]) {
    run("export", "--data", "store", "--format", format, "-o", format);
    const text = readFileSync(join(folder, format), "utf8");
    const graph = parser.parse(MultiDirectedGraph, text, { allowUndeclaredAttributes: false });
    assert.equal(graph.order, data.organizationAggregate.count, `${format}: organisations`);
    assert.equal(graph.size, data.relationAggregate.count, `${format}: relations`);
    const street = graph.getNodeAttributes("cn-370114001");
    assert.equal(street.label, "明水街道", format);
    assert.equal(street[`${prefix}kind`], "SUBDISTRICT", format);
    assert.equal(street[`${prefix}synthetic`], false, `${format}: a flag is a flag`);
    const members = graph.mapNodes((id, values) => values[`${prefix}party_members`]).filter((count) => count !== undefined);
    assert(members.length > 1000 && members.every(Number.isInteger), `${format}: counts are whole numbers`);
    assert(graph.everyEdge((id, values) => /\p{Script=Han}/u.test(values.label)), `${format}: every relation has a label`);
    console.log(`${format}: ${graph.order} organisations, ${graph.size} relations`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
