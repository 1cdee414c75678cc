// The main questions, one a tab; variables are written as JSON, so that a test can ask each question too.

const tab = (query, variables) => ({
  query: query.trim(),
  variables: variables ? JSON.stringify(JSON.parse(variables), null, 2) : "",
});

export const examples = [
  tab(`
# Every indicator, what it speaks of and what it should reach.
query Indicators {
  indicators {
    id name source due population
    target { text }
    forms { id name when }
  }
}`),
  tab(
    `
# How far an indicator is reached, by subdistricts and towns.
query CoverageBySubdistrict($indicator: ID!) {
  coverage(indicator: $indicator, groupBy: SUBDISTRICT) {
    asOf population covered uncovered unknown ratio met shortfall synthetic
    forms { form { name } count }
    groups { by { id name } covered subjects ratio shortfall }
  }
}`,
    '{ "indicator": "two-new-organisation" }',
  ),
  tab(
    `
# Which units are not covered, and why.
query GapsAndReasons($indicator: ID!, $within: ID, $after: String) {
  gaps(indicator: $indicator, within: $within, first: 20, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { organization { id name } state reasons { form { name } needed found } }
  }
}`,
    '{ "indicator": "grid-station", "within": null, "after": null }',
  ),
  tab(`
# Villages that belong to no Party-building consortium.
query VillagesWithoutConsortium {
  organizations(
    first: 20
    filter: {
      kinds: [VILLAGE]
      where: {
        related: {
          type: MEMBER_OF
          direction: OUT
          quantifier: NONE
          to: { kind: [PARTY_BUILDING_CONSORTIUM] }
        }
      }
    }
  ) {
    totalCount
    nodes { id name parent { name } }
  }
}`),
  tab(
    `
# What somebody types into a search box: characters of either writing, pinyin, initials, a code.
query Search($text: String!) {
  search(text: $text, first: 10) {
    totalCount
    edges { matched matchedField matchedText node { id name kind } }
  }
}`,
    '{ "text": "zhangqiu" }',
  ),
  tab(
    `
# How many, by kind and subdistrict; how many values are unknown stands beside each sum.
query Aggregate {
  organizationAggregate(filter: { categories: [PARTY] }, groupBy: [KIND], level: SUBDISTRICT) {
    count
    groups(first: 20) { totalCount nodes { kind by { id name } count partyMembers { sum unknown } } }
  }
}`,
  ),
  tab(
    `
# One organisation: where it stands, and all its relations.
query OrganizationAndRelations($id: ID!) {
  organization(id: $id) {
    name kind category
    ancestors { id name }
    relations(first: 20) {
      totalCount
      nodes { type mode source { id name } target { id name } validFrom validTo citation implied }
    }
  }
}`,
    '{ "id": "cn-370114001" }',
  ),
  tab(
    `
# How two organisations are connected.
query PathBetween($from: ID!, $to: ID!) {
  path(from: $from, to: $to) {
    length
    nodes { id name }
    relations { source { id } type target { id } }
  }
}`,
    '{ "from": "zq-ipc-food-delivery", "to": "cn-370114001" }',
  ),
  tab(
    `
# What surrounds an organisation, flat: for charts.
query Neighbourhood($root: ID!) {
  subgraph(root: $root, depth: 1, limit: 50) {
    truncated
    nodes { id name kind }
    edges { source { id } type target { id } }
  }
}`,
    '{ "root": "cn-370114001" }',
  ),
  tab(
    `
# How far an indicator is reached, told again whenever a commit moved a number.
subscription WatchCoverage($indicator: ID!, $within: ID) {
  coverage(indicator: $indicator, within: $within) { asOf population covered uncovered ratio met shortfall }
}`,
    '{ "indicator": "grid-station", "within": null }',
  ),
];
