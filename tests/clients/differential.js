// Generated documents: accepted or refused alike by graphql-js and by the server, with data of the same shape.
//
// The documents follow from a seed (the environment variable SEED; how many: DOCUMENTS). graphql-js validates them over
// the introspected schema and coerces their variables; what is accepted it executes over the server's own answer, so that
// fields that are missing, too many, not merged, or null where null may not be, make a difference.

import assert from "node:assert/strict";
import {
  GraphQLNonNull, buildClientSchema, executeSync, getIntrospectionQuery, getNamedType, getNullableType, isAbstractType, isCompositeType,
  isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType, isObjectType, parse, validate,
} from "graphql";
import { withServer } from "./server.js";

const seed = Number(process.env.SEED ?? 20260101);
const documents = Number(process.env.DOCUMENTS ?? 2000);

/** A generator of numbers from 0 to below 1: mulberry32. */
function randomFrom(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = randomFrom(seed);
const chance = (share) => random() < share;
const pick = (list) => list[Math.floor(random() * list.length)];

const IDS = ["cn-370114", "cn-370114001", "ent-1", "nowhere", "two-new-either", "village-income"];
const SCALARS = {
  Int: () => pick([0, 1, 2, 3]),
  Float: () => pick([0, 1, 2.5]),
  String: () => pick(["章丘", "a", "", "0.8"]),
  Boolean: () => chance(0.5),
  ID: () => pick(IDS),
  Date: () => pick(["2024-06-30", "2021-01-01"]),
  DateTime: () => "2099-06-30T00:00:00Z",
  Month: () => "2024-06",
  RuleValue: () => 3,
  WrittenChange: () => ({}),
};
const WRONG = ["x", 1, 2.5, true, null, ["x"], { x: 1 }, 3_000_000_000, "GRID", ""];
/** They cost much, and what they answer is text. */
const LEFT_OUT = new Set(["diagram", "plan", "whatIf", "enumLabels", "trend", "__schema", "__type"]);

/** One generated document. */
class Document {
  constructor(schema) {
    this.schema = schema;
    this.variables = [];
    this.values = {};
    this.fragments = [];
    this.faulty = chance(0.35);
  }

  /** Does something wrong, once in a while, in a document that may be wrong. */
  goesWrong() {
    return this.faulty && chance(0.04);
  }

  value(type, depth = 0) {
    if (!isNonNullType(type) && chance(0.06)) return null;
    const of = getNullableType(type);
    if (isListType(of)) {
      if (chance(0.15)) return this.value(of.ofType, depth + 1);
      return Array.from({ length: pick([0, 1, 2]) }, () => this.value(of.ofType, depth + 1));
    }
    if (isEnumType(of)) return { enum: pick(of.getValues()).name };
    if (!isInputObjectType(of)) return SCALARS[of.name]();
    const fields = Object.values(of.getFields());
    const given = {};
    if (of.name.endsWith("Input") && this.isOneOf(of)) {
      const field = pick(depth > 4 ? fields.filter((field) => !this.nests(field.type)) : fields);
      given[field.name] = this.value({ ofType: null, ...field.type, nullable: false }.ofType ?? field.type, depth + 1) ?? SCALARS.ID();
      return given;
    }
    for (const field of fields) {
      const needed = isNonNullType(field.type) && field.defaultValue === undefined;
      if (needed || (depth < 3 && chance(0.3))) given[field.name] = this.value(field.type, depth + 1);
    }
    return given;
  }

  nests(type) {
    return isInputObjectType(getNamedType(type));
  }

  isOneOf(type) {
    return ["ChangeInput", "ConditionInput", "LedgerContentInput", "TargetInput"].includes(type.name);
  }

  literal(value, type) {
    if (value === null) return "null";
    if (Array.isArray(value)) {
      const inner = isListType(getNullableType(type)) ? getNullableType(type).ofType : type;
      return `[${value.map((entry) => this.literalOrVariable(entry, inner)).join(", ")}]`;
    }
    if (typeof value !== "object") {
      if (typeof value === "string" && chance(0.1)) {
        return `"${[...value].map((c) => `\\u{${c.codePointAt(0).toString(16)}}`).join("")}"`;
      }
      return typeof value === "string" && chance(0.1) ? `"""${value}"""` : JSON.stringify(value);
    }
    if (value.enum) return value.enum;
    const fields = isInputObjectType(getNamedType(type)) ? getNamedType(type).getFields() : {};
    const parts = Object.entries(value).map(([name, inner]) => {
      const field = fields[name];
      if (!field) return `${name}: ${JSON.stringify(inner)}`;
      // graphql-js 16 overlooks nullable variables in objects with one field where these may not be null themselves.
      const isExact = this.isOneOf(getNamedType(type));
      return `${name}: ${this.literalOrVariable(inner, field.type, { ...field, isExact })}`;
    });
    return `{ ${parts.join(", ")} }`;
  }

  json(value) {
    if (Array.isArray(value)) return value.map((entry) => this.json(entry));
    if (value === null || typeof value !== "object") return value;
    if (value.enum) return value.enum;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.json(inner)]));
  }

  literalOrVariable(value, type, position = {}) {
    if (this.goesWrong()) return this.literal(pick(WRONG), type);
    if (!chance(0.15)) return this.literal(value, type);
    if (!position.isExact) return this.variable(value, type, position.defaultValue !== undefined);
    const name = `v${this.variables.length}`;
    this.variables.push(`$${name}: ${getNullableType(type)}!`);
    this.values[name] = this.json(value ?? this.value(new GraphQLNonNull(getNullableType(type))));
    return `$${name}`;
  }

  /** A variable with a value that fits, mostly. */
  variable(value, type, positionHasDefault) {
    const name = `v${this.variables.length}`;
    const nullable = !isNonNullType(type);
    let declared = String(type);
    let byDefault = "";
    if (nullable && chance(0.2)) declared += "!";
    if (!nullable && (positionHasDefault || this.goesWrong()) && chance(0.6)) declared = declared.slice(0, -1);
    else if (!nullable && value !== null && chance(0.15)) {
      declared = declared.slice(0, -1);
      byDefault = ` = ${this.constant(value, type)}`;
    } else if (value !== null && chance(0.1)) byDefault = ` = ${this.constant(value, type)}`;
    if (this.goesWrong()) declared = pick(["Int", "String", "[ID!]", "Boolean!", "Organization", "Nothing"]);
    this.variables.push(`$${name}: ${declared}${byDefault}`);
    const mayBeAbsent = !declared.endsWith("!") || byDefault !== "";
    // Null in a position that has a default is an error of the field; generated apart it would only repeat the table.
    const given = value === null && declared !== String(type) ? this.value(type) : value;
    if (!(mayBeAbsent && chance(0.4)) && !this.goesWrong()) {
      this.values[name] = this.goesWrong() ? pick(WRONG) : this.json(given ?? this.value(type));
      if (this.values[name] === null && (declared.endsWith("!") || isNonNullType(type))) delete this.values[name];
    }
    return `$${name}`;
  }

  constant(value, type) {
    const chosen = random;
    return this.plain(value, type, chosen);
  }

  plain(value) {
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map((entry) => this.plain(entry)).join(", ")}]`;
    if (value.enum) return value.enum;
    return `{ ${Object.entries(value).map(([name, inner]) => `${name}: ${this.plain(inner)}`).join(", ")} }`;
  }

  arguments(field) {
    const given = [];
    for (const argument of field.args) {
      const needed = isNonNullType(argument.type) && argument.defaultValue === undefined;
      if (!(needed ? !this.goesWrong() : chance(0.25))) continue;
      given.push(`${argument.name}: ${this.literalOrVariable(this.value(argument.type), argument.type, argument)}`);
    }
    if (this.goesWrong()) given.push(pick(["nothing: 1", ...given]));
    return given.length > 0 ? `(${given.join(", ")})` : "";
  }

  directive() {
    if (!chance(0.08)) return "";
    const condition = chance(0.5) ? String(chance(0.5)) : this.variable(chance(0.5), this.boolean, false);
    const directive = ` @${pick(["skip", "include"])}(if: ${condition})`;
    return this.goesWrong() ? pick([directive + directive, " @nothing", " @skip"]) : directive;
  }

  selection(type, depth) {
    const parts = [];
    // Types of what is abstract have to be told.
    if (isAbstractType(type)) parts.push("__typename");
    const fields = Object.values(type.getFields?.() ?? {}).filter((field) => !LEFT_OUT.has(field.name));
    for (let n = pick([1, 2, 3]); n > 0; n -= 1) {
      const kind = random();
      if (kind < 0.06 && depth > 0) {
        parts.push(`...${chance(0.5) ? ` on ${type.name}` : ""}${this.directive()} { ${this.selection(type, depth - 1)} }`);
      } else if (kind < 0.12 && depth > 0) {
        const name = `F${this.fragments.length}`;
        this.fragments.push("");
        this.fragments[Number(name.slice(1))] = `fragment ${name} on ${type.name} { ${this.selection(type, depth - 1)} }`;
        parts.push(`...${name}${this.directive()}`, ...(chance(0.3) ? [`...${name}`] : []));
      } else if (kind < 0.2 && isAbstractType(type) && depth > 0) {
        const possible = pick(this.schema.getPossibleTypes(type));
        parts.push(`... on ${possible.name} { ${this.selection(possible, depth - 1)} }`);
      } else if (kind < 0.25 || fields.length === 0) {
        parts.push(chance(0.8) ? "__typename" : "kind: __typename");
      } else {
        parts.push(...this.field(pick(fields), depth));
      }
    }
    if (this.goesWrong()) parts.push(pick(["nothing", "... on Organization { id }", "...Nowhere", "id: __typename", "name: __typename"]));
    return parts.join(" ");
  }

  field(field, depth) {
    const of = getNamedType(field.type);
    if (isCompositeType(of) && depth === 0) return ["__typename"];
    const alias = chance(0.2) ? `${pick(["a", "b", "c", "id", "name"])}: ` : "";
    const head = `${alias}${field.name}${this.arguments(field)}${this.directive()}`;
    const whole = () => isLeafType(of) === !this.goesWrong() ? head : `${head} { ${this.selection(isLeafType(of) ? this.schema.getQueryType() : of, depth - 1)} }`;
    // The same once more, to be merged.
    return chance(0.08) ? [whole(), whole()] : [whole()];
  }

  text(boolean) {
    this.boolean = boolean;
    const selected = this.selection(this.schema.getQueryType(), 4);
    const declared = this.variables.length > 0 ? ` Asked(${this.variables.join(", ")})` : "";
    return `query${declared} { ${selected} } ${this.fragments.join(" ")}`;
  }
}

/** Whether graphql-js executes a request, and what it makes of the server's data; without data, of nothing. */
function expected(schema, query, variableValues, data) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return { refused: error.message };
  }
  const faults = validate(schema, document);
  if (faults.length > 0) return { refused: faults[0].message };
  const result = executeSync({
    schema,
    document,
    variableValues,
    rootValue: data ?? {},
    fieldResolver: (source, _, __, info) => source[info.path.key],
    typeResolver: (value) => value.__typename,
  });
  return "data" in result ? { data: result.data } : { refused: result.errors[0].message };
}

const counts = { accepted: 0, refused: 0, limited: 0, withErrors: 0 };
const differences = [];
await withServer(["demo", "--max-address-rate", "0"], async (address) => {
  const ask = async (query, variables) => {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  const introspected = await ask(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true, directiveIsRepeatable: true }));
  const schema = buildClientSchema(introspected.data);
  const boolean = schema.getDirective("skip").args[0].type;
  for (let number = 0; number < documents; number += 1) {
    const document = new Document(schema);
    const query = document.text(boolean);
    const answer = await ask(query, document.values);
    const codes = (answer.errors ?? []).map((error) => error.extensions?.code);
    if (codes.some((code) => code === "LIMIT_EXCEEDED" || code === "TIMEOUT")) {
      counts.limited += 1;
      continue;
    }
    const isAccepted = "data" in answer;
    const right = expected(schema, query, document.values, answer.data);
    counts[isAccepted ? "accepted" : "refused"] += 1;
    counts.withErrors += isAccepted && codes.length > 0 ? 1 : 0;
    const told = { query, variables: document.values, server: answer, graphqlJs: right };
    if (isAccepted !== "data" in right) differences.push(told);
    else if (isAccepted && answer.data !== null) {
      try {
        assert.deepEqual(JSON.parse(JSON.stringify(right.data)), answer.data);
      } catch {
        differences.push(told);
      }
    }
  }
});
for (const { query, variables, server, graphqlJs } of differences.slice(0, Number(process.env.SHOWN ?? 5))) {
  const shown = (value) => JSON.stringify(value).slice(0, 400);
  console.error(`${query}\n  variables ${JSON.stringify(variables)}\n  server ${shown(server)}\n  graphql-js ${shown(graphqlJs)}\n`);
}
console.log(`seed ${seed}: ${JSON.stringify(counts)}, ${differences.length} differences`);
assert.ok(counts.accepted > documents / 4 && counts.refused > documents / 10, "both are generated");
assert.ok(counts.limited < documents / 5, "most stay within the limits");
assert.equal(differences.length, 0);
