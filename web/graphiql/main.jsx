// GraphiQL on the GraphQL API of the server that this page comes from; it asks no other host.

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import "graphiql/graphiql.css";
import "./page.css";
import { examples } from "./examples.js";

async function fetcher(request, options) {
  const response = await fetch("graphql", {
    method: "POST",
    headers: {
      ...options?.headers,
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json, application/json;q=0.9",
    },
    body: JSON.stringify(request),
  });
  return response.json();
}

createRoot(document.querySelector("#graphiql")).render(
  <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultEditorToolsVisibility="variables" />,
);
