// The first page of Orgatlas: indicators, subdistricts, gaps. All of it comes from /graphql.

const one = (selector) => document.querySelector(selector);
/** A share rounded half up to tenths of a percent; what is not all is never 100, and what is not nothing never 0. */
const percent = ({ covered, subjects }) => {
  if (subjects === 0) return "—";
  const tenths = Math.floor((2000 * covered + subjects) / (2 * subjects));
  const apart = covered > 0 ? Math.max(tenths, 1) : 0;
  return `${((covered < subjects ? Math.min(apart, 999) : apart) / 10).toFixed(1)}%`;
};

async function ask(query, variables) {
  const response = await fetch("graphql", {
    method: "POST",
    // The page is in Chinese, whatever else its reader's browser prefers.
    headers: { "accept-language": document.documentElement.lang, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors.map((error) => error.message).join("; "));
  return data;
}

function row(cells) {
  const line = document.createElement("tr");
  for (const { content, style } of cells) {
    const cell = line.insertCell();
    if (style) cell.className = style;
    cell.append(content);
  }
  return line;
}

const text = (content, style) => ({ content: content ?? "", style });
const number = (content) => text(String(content), "number");

// The target in words: a share of those that should be covered, or a count.
function goal(target) {
  if (!target) return "—";
  if (target.shareAtLeast !== null) return `≥ ${percent(target.shareAtLeast)}`;
  if (target.shareMoreThan !== null) return `> ${percent(target.shareMoreThan)}`;
  if (target.coveredAtLeast !== null) return `已覆盖 ≥ ${target.coveredAtLeast}`;
  return `未覆盖 ≤ ${target.uncoveredAtMost}`;
}

function verdict(met) {
  if (met === null) return text("—");
  return met ? text("✓ 达标", "met") : text("✗ 未达标", "missed");
}

// The coverage of many indicators, in requests that each stay small.
async function coverages(ids) {
  const counts = "covered subjects ratio unknown met synthetic asOf";
  const found = new Map();
  for (let start = 0; start < ids.length; start += 25) {
    const some = ids.slice(start, start + 25);
    const parts = some.map((id, n) => `i${n}: coverage(indicator: ${JSON.stringify(id)}) { ${counts} }`);
    const answer = await ask(`{ ${parts.join(" ")} }`);
    some.forEach((id, n) => found.set(id, answer[`i${n}`]));
  }
  return found;
}

function indicatorRow(indicator, coverage) {
  const open = document.createElement("button");
  open.type = "button";
  open.textContent = indicator.name;
  const target = goal(indicator.target);
  const line = row([
    text(open), text(indicator.source), number(coverage.covered), number(coverage.subjects),
    number(percent(coverage)), number(coverage.unknown),
    text(indicator.due ? `${target}（${indicator.due}）` : target), verdict(coverage.met),
  ]);
  const show = () => showDetail(indicator, line).catch(failed);
  open.addEventListener("click", show);
  if (location.hash === `#${indicator.id}`) show();
  return line;
}

function areaRow(name) {
  const line = document.createElement("tr");
  const heading = document.createElement("th");
  heading.scope = "rowgroup";
  heading.colSpan = 8;
  heading.className = "area";
  heading.textContent = name;
  line.append(heading);
  return line;
}

// The key indicators first, then those of each focus area, then those that a store has added.
async function showIndicators() {
  const described = "id name source due target { shareAtLeast shareMoreThan coveredAtLeast uncoveredAtMost }";
  const { programme, indicators, organizations } = await ask(
    `{ organizations(first: 0) { totalCount } indicators { ${described} }
       programme { keyIndicators { indicator { id } } focusAreas { name indicators { id } } } }`,
  );
  const known = new Map(indicators.map((indicator) => [indicator.id, indicator]));
  const key = programme.keyIndicators.map(({ indicator }) => indicator.id);
  const areas = [["重点指标", key]];
  const placed = new Set(key);
  for (const area of programme.focusAreas) {
    areas.push([area.name, area.indicators.map(({ id }) => id).filter((id) => !placed.has(id))]);
    area.indicators.forEach(({ id }) => placed.add(id));
  }
  areas.push(["自定义指标", indicators.map(({ id }) => id).filter((id) => !placed.has(id))]);
  const counted = await coverages(indicators.map(({ id }) => id));
  const body = one("#indicators tbody");
  for (const [name, ids] of areas.filter(([, ids]) => ids.length > 0)) {
    body.append(areaRow(name), ...ids.map((id) => indicatorRow(known.get(id), counted.get(id))));
  }
  const any = counted.values().next().value;
  one("#summary").textContent = `${organizations.totalCount} 个组织 · ${indicators.length} 个指标 · ${any ? any.asOf : ""}`;
  one("#mark").hidden = ![...counted.values()].some((coverage) => coverage.synthetic);
}

async function showDetail(indicator, line) {
  document.querySelectorAll("#indicators tr[aria-current]").forEach((l) => l.removeAttribute("aria-current"));
  line.setAttribute("aria-current", "true");
  history.replaceState(null, "", `#${indicator.id}`);
  const { coverage } = await ask(
    `query ($id: ID!) { coverage(indicator: $id, groupBy: SUBDISTRICT) {
       indicator { populationLabel forms { name whenLabel } }
       groups { by { id name } covered subjects ratio unknown shortfall } } }`,
    { id: indicator.id },
  );
  one("#detail-title").textContent = indicator.name;
  const forms = coverage.indicator.forms.map((form) => `${form.name}：${form.whenLabel}`).join("；");
  one("#rule").textContent = `对象：${coverage.indicator.populationLabel}。覆盖：${forms}`;
  one("#groups tbody").replaceChildren(...coverage.groups.map((group) => row([
    text(group.by ? group.by.name : "（不在任何街道、镇）"), number(group.covered), number(group.subjects),
    number(percent(group)), number(group.unknown), number(group.shortfall),
  ])));
  one("#gaps tbody").replaceChildren();
  one("#detail").hidden = false;
  await showGaps(indicator.id, null);
}

// A condition that was asked of another organisation is shown with that one's name.
function needed(gap, reason) {
  const { id, name } = reason.organization;
  return id === gap.organization.id ? reason.neededLabel : `${name}：${reason.neededLabel}`;
}

async function showGaps(id, after) {
  const { gaps } = await ask(
    `query ($id: ID!, $after: String) { gaps(indicator: $id, first: 20, after: $after) {
       totalCount pageInfo { hasNextPage endCursor }
       nodes { organization { id name } reasons { organization { id name } neededLabel foundLabel } } } }`,
    { id, after },
  );
  one("#gaps-title").textContent = `未覆盖（${gaps.totalCount}）`;
  one("#gaps tbody").append(...gaps.nodes.map((gap) => row([
    text(`${gap.organization.name}（${gap.organization.id}）`),
    text(gap.reasons.map((reason) => needed(gap, reason)).join("；")),
    text(gap.reasons.map((reason) => reason.foundLabel).join("；")),
  ])));
  const more = one("#more");
  more.hidden = !gaps.pageInfo.hasNextPage;
  more.onclick = () => showGaps(id, gaps.pageInfo.endCursor).catch(failed);
}

function failed(error) {
  one("#summary").textContent = `读取失败：${error.message}`;
}

showIndicators().catch(failed);
