// GraphiQL on the GraphQL API of the server that this page comes from; it asks no other host.

import { GraphiQL } from "graphiql";
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";
import "graphiql/graphiql.css";
import "./page.css";
import { examples } from "./examples.js";

/** Whether a request is answered again and again. */
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === "subscription";
  } catch {
    // The server says what is wrong with it.
    return false;
  }
}

/** The answers to a subscription, over a WebSocket of its own. */
function subscribe(request, options) {
  const url = new URL("graphql", window.location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return createClient({ url: url.href, connectionParams: options?.headers }).iterate(request);
}

async function fetcher(request, options) {
  if (isSubscription(request)) return subscribe(request, options);
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
