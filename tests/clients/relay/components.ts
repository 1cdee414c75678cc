// What the components of a Relay application ask: pages that are appended to, parts that are fetched anew, news.

import { graphql } from "react-relay";

graphql`
  fragment components_organization on Organization
  @refetchable(queryName: "components_organizationRefetchQuery")
  @argumentDefinitions(language: { type: "Language", defaultValue: ZH_HANS }) {
    id
    kind
    name(language: $language)
    ancestors {
      id
      name
    }
  }
`;

graphql`
  fragment components_relations on Organization
  @refetchable(queryName: "components_relationsPaginationQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    relations(first: $first, after: $after) @connection(key: "components_relations") {
      totalCount
      edges {
        node {
          type
          source {
            id
            name
          }
          target {
            id
            name
          }
        }
      }
    }
  }
`;

graphql`
  fragment components_gaps on Query
  @refetchable(queryName: "components_gapsPaginationQuery")
  @argumentDefinitions(
    indicator: { type: "ID!" }
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
  ) {
    gaps(indicator: $indicator, first: $first, after: $after) @connection(key: "components_gaps") {
      edges {
        node {
          state
          organization {
            ...components_organization
          }
        }
      }
    }
  }
`;

graphql`
  query components_OrganizationQuery($id: ID!, $indicator: ID!) {
    node(id: $id) {
      ...components_organization @arguments(language: EN)
      ...components_relations
    }
    ...components_gaps @arguments(indicator: $indicator)
  }
`;

graphql`
  subscription components_CoverageSubscription($indicator: ID!, $within: ID) {
    coverage(indicator: $indicator, within: $within) {
      asOf
      population
      covered
      ratio
    }
  }
`;

graphql`
  mutation components_RenameMutation($changes: [ChangeInput!]!, $reason: String!) {
    applyChanges(changes: $changes, reason: $reason) {
      version
      query {
        organizations(first: 10) {
          nodes {
            ...components_organization
          }
        }
      }
    }
  }
`;
