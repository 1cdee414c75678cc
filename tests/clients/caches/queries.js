// What a client reads twice: every type with an id, of other parents, on other days, with other arguments.

import { graphql } from "relay-runtime";

export default [
  graphql`
    query queries_indicatorsQuery {
      indicators { id code version name forms { id code name when } }
    }
  `,
  graphql`
    query queries_versionsQuery($recordedAt: DateTime!) {
      now: indicator(id: "own-measure") { id code version name population forms { id code name } }
      then: indicator(id: "own-measure", recordedAt: $recordedAt) { id code version name population forms { id code name } }
    }
  `,
  graphql`
    query queries_rulesQuery {
      one: coverage(rule: { population: { kind: [ENTERPRISE] }, forms: [{ id: "own", when: { kind: [ENTERPRISE] } }] }) {
        forms { form { id code when } count }
      }
      other: coverage(rule: { population: { kind: [ENTERPRISE] }, forms: [{ id: "own", when: { designation: "TWO_NEW" } }] }) {
        forms { form { id code when } count }
      }
    }
  `,
  graphql`
    query queries_attributesQuery {
      organizations(filter: { kinds: [VILLAGE, SUBDISTRICT, DISTRICT] }, first: 1000) {
        nodes { id name attributes { id code text number } early: attributes(asOf: "2000-01-01") { id code text number } }
      }
    }
  `,
  graphql`
    query queries_organizationsQuery {
      organization(id: "cn-370114") {
        id name en: name(language: EN) some: children(kinds: [SUBDISTRICT], first: 3) { nodes { id name } }
        children(first: 3) { totalCount nodes { id name kind parent { id name } } }
        relations(first: 5) { nodes { type source { id name } target { id name } } }
      }
      node(id: "cn-370114001") { __typename id ... on Organization { name kind parent { id kind } } }
    }
  `,
  graphql`
    query queries_programmeQuery {
      programme {
        goal { id code name source } mainLines { id code name } coordinations { id code name }
        focusAreas { id code name indicators { id version name } } sizeBands { id code name atLeast lessThan }
        keyIndicators { weight indicator { id name } }
      }
    }
  `,
  graphql`
    query queries_tasksQuery {
      tasks(month: "2024-06", first: 5) {
        nodes {
          id state overdue responsible { id organizationId name }
          units(first: 20) { nodes { id organizationId name state form { id code } } }
        }
      }
    }
  `,
];
