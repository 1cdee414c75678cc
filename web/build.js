// Bundles GraphiQL into a script and a style sheet.
//
// Usage: node build.js [FOLDER]; the folder is dist where none is named. Cargo's build script runs this.

import { build } from "esbuild";

await build({
  entryPoints: { graphiql: "graphiql/main.jsx" },
  outdir: process.argv[2] ?? "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  charset: "utf8",
  legalComments: "eof",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".woff2": "dataurl" },
  logLevel: "warning",
});
