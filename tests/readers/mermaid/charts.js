// Mermaid's own parser reads charts, and finds the boxes and lines that Graphviz finds in the same charts as DOT.
//
//     npm run charts
//
// The program is target/debug/orgatlas; the environment variable ORGATLAS names another one. Needs dot (graphviz).

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { JSDOM } from "jsdom";

// Mermaid cleans the text of labels, and asks a browser's document for that.
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");
// By which Mermaid reads labels as Markdown when it draws them.
const { marked } = await import("marked");

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = process.env.ORGATLAS ?? join(root, "target/debug/orgatlas");

// One chart of each view, with names that are markup in other languages, and one of thousands of boxes.
const charts = [
  "--root cn-370114 --depth 2 --details kind,code,dates,id",
  "--root zq-party-committee --view party --depth 12 --limit 100000",
  "--root zq-party-committee --view affiliation --depth 2 --limit 40",
  "--root cn-370114001 --view membership",
  "--root zq-chain-high-end-equipment --view chain",
  "--root zq-ipc-food-delivery --view neighbourhood --limit 12",
  "--root cn-370114001 --view coverage --indicator two-new-either",
  "--root marked --view neighbourhood",
  "--root listed --view membership",
];

/** Names that would be markup, keywords or the ends of labels. */
const MARKED = `id,kind,name
marked,ENTERPRISE,"graph ""end"" [x] {y} (z) |a| <b>b</b> & style: #35; %%c \`d\`"
marked-branch,PARTY_BRANCH,subgraph end; click b0 href *e* _f_ ~g~ \\h https://i.j/k 甲：乙
listed,INDUSTRY_ASSOCIATION,1. 甲会
listed-2,ENTERPRISE,- 乙厂
listed-3,ENTERPRISE,"2) &amp; &lt; &#49; <img src=x onerror=alert(1)>"
listed-4,ENTERPRISE,"%%{init: {""securityLevel"": ""loose""}}%%"
listed-5,ENTERPRISE,ﬂ°°45¶ß www.a.example javascript:alert(1)
listed-6,ENTERPRISE,+ 丙厂\u2028丁厂
`;

const RELATIONS = `source,type,target
marked-branch,ORGANIZES,marked
${[2, 3, 4, 5, 6].map((number) => `listed-${number},MEMBER_OF,listed`).join("\n")}
`;

const folder = mkdtempSync(join(tmpdir(), "orgatlas-"));
try {
  const run = (command, args, input) =>
    execFileSync(command, args, { cwd: folder, input, encoding: "utf8", maxBuffer: 1 << 28 });
  run(program, ["import", "--data", "store", join(root, "graph-data/district")]);
  writeFileSync(join(folder, "organizations.csv"), MARKED);
  writeFileSync(join(folder, "relations.csv"), RELATIONS);
  run(program, ["import", "--data", "store", "organizations.csv", "relations.csv"]);
  for (const options of charts) {
    const draw = (format) =>
      run(program, ["diagram", "--data", "store", "--as-of", "2024-06-30", ...options.split(" "), "--format", format]);
    const found = await readMermaid(draw("mermaid"));
    const wanted = readDot(run("dot", ["-Tdot_json"], draw("dot")));
    for (const part of ["boxes", "lines"]) {
      for (const [position, one] of wanted[part].entries()) {
        assert.deepEqual(found[part][position], one, `${options}: ${part}`);
      }
      assert.equal(found[part].length, wanted[part].length, `${options}: ${part}`);
    }
    assert(found.boxes.length > 1, options);
    console.log(`${options}: Mermaid reads ${found.boxes.length} boxes, ${found.lines.length} lines`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** The boxes and the lines, as Mermaid understands them. */
async function readMermaid(text) {
  mermaid.initialize({ maxEdges: 100_000, maxTextSize: 10_000_000 });
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  for (const { text } of [...db.getVertices().values(), ...db.getEdges()]) {
    const blocks = marked.lexer(text.replaceAll(/<br\s*\/?>/g, "\n"));
    const plainly = blocks.every(({ type, tokens }) => type === "paragraph" && tokens.every(({ type }) => type === "text"));
    assert(plainly, `Mermaid reads markup in ${text}`);
  }
  const boxes = [...db.getVertices().values()].map(({ id, text }) => [id, shown(text).split(/<br ?\/?>/).map(plain)]);
  const lines = db.getEdges().map(({ start, end, text, stroke }) => [start, end, plain(shown(text)), stroke === "dotted"]);
  return { boxes: boxes.sort(), lines: lines.sort() };
}

/** What Graphviz understands. */
function readDot(json) {
  const { objects, edges = [] } = JSON.parse(json);
  const names = new Map(objects.map(({ _gvid, name }) => [_gvid, name]));
  const boxes = objects.map(({ name, label }) => [name, label.split("\\n").map((line) => entities(line.replace(/\\(.)/g, "$1")))]);
  const lines = edges.map(({ tail, head, label = "", style }) => [
    names.get(tail),
    names.get(head),
    label.replace(/\\(.)/g, "$1"),
    style === "dotted",
  ]);
  return { boxes: boxes.sort(), lines: lines.sort() };
}

/** Text as Graphviz draws it: it decodes the entities of labels, and knows no tags. */
function entities(text) {
  const element = document.createElement("textarea");
  element.innerHTML = text;
  return element.value;
}

/** Mermaid keeps references under signs of its own until it draws. */
function shown(text) {
  return text.replaceAll(/ﬂ°°(\d+)¶ß/g, "&#$1;").replaceAll(/ﬂ°(\w+)¶ß/g, "&$1;");
}

/** Text as a browser shows it. */
function plain(markup) {
  const element = document.createElement("p");
  element.innerHTML = markup;
  return element.textContent;
}
