// Shows /openapi.json to people. Text is only ever set as text, so nothing in the document can become markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== undefined && child !== ""));
  return node;
}

const nameOf = (ref) => ref.split("/").pop();
const code = (text) => element("code", {}, text);
const link = (ref) => element("a", { href: "#schema-" + nameOf(ref) }, code(nameOf(ref)));

/** A schema in one line: its type, or a link to its name. */
function brief(schema) {
  if (!schema) return "";
  if (schema.$ref) return link(schema.$ref);
  const parts = schema.oneOf || schema.anyOf || schema.allOf;
  if (parts) {
    const line = element("span");
    parts.forEach((part, n) => line.append(n ? " | " : "", brief(part)));
    return line;
  }
  if (schema.enum) return code(schema.enum.join(" | "));
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.type === "array") return element("span", {}, "list of ", brief(schema.items));
  const type = [].concat(schema.type || "any").join(" | ");
  return code(schema.format ? type + " (" + schema.format + ")" : type);
}

function table(headings, rows) {
  if (!rows.length) return undefined;
  const head = element("tr", {}, ...headings.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

function properties(schema) {
  const required = new Set(schema.required || []);
  const rows = Object.entries(schema.properties || {}).map(([name, property]) => [
    code(name + (required.has(name) ? " *" : "")), brief(property), property.description || "",
  ]);
  return table(["member", "type", "what it is"], rows);
}

function bodyOf(content) {
  return Object.entries(content || {}).map(([type, media]) =>
    element("p", {}, code(type), " ", brief(media.schema)));
}

function operation(path, method, op) {
  const parameters = (op.parameters || []).map((p) => [
    code(p.name + (p.required ? " *" : "")), p.in, brief(p.schema), p.description || "",
  ]);
  const responses = Object.entries(op.responses || {}).map(([status, response]) => {
    const cell = element("span", {}, response.description || "");
    cell.append(...bodyOf(response.content));
    return [code(status), cell];
  });
  const scopes = (op.security || []).flatMap((s) => Object.values(s).flat());
  return element("details", { "data-find": (method + " " + path + " " + (op.summary || "")).toLowerCase() },
    element("summary", {}, element("span", { class: "method " + method }, method), code(path), " ",
      element("span", { class: "soft" }, op.summary || "")),
    element("div", {},
      element("p", {}, op.description || ""),
      scopes.length ? element("p", {}, "Needs a key with the scope ", code(scopes.join(", ")), ".") : undefined,
      table(["parameter", "in", "type", "what it is"], parameters),
      ...(op.requestBody ? [element("h4", {}, "Body"), ...bodyOf(op.requestBody.content)] : []),
      element("h4", {}, "Answers"), table(["status", "what it means"], responses)));
}

function schemaOf(name, schema) {
  return element("details", { id: "schema-" + name, "data-find": name.toLowerCase() },
    element("summary", {}, code(name)),
    element("div", {}, element("p", {}, schema.description || ""),
      properties(schema) || element("p", {}, brief(schema))));
}

function show(api) {
  document.title = api.info.title;
  document.getElementById("title").textContent = api.info.title;
  document.getElementById("description").textContent = api.info.description || "";
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((m) => item[m])) {
      const tag = (item[method].tags || ["other"])[0];
      if (!groups.has(tag)) groups.set(tag, element("section", {}, element("h2", {}, tag)));
      groups.get(tag).append(operation(path, method, item[method]));
    }
  }
  document.getElementById("operations").replaceChildren(...groups.values());
  const schemas = Object.entries((api.components || {}).schemas || {});
  document.getElementById("schemas").replaceChildren(...schemas.map(([name, s]) => schemaOf(name, s)));
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
}

addEventListener("hashchange", openTarget);
document.getElementById("find").addEventListener("input", (event) => {
  const word = event.target.value.trim().toLowerCase();
  for (const node of document.querySelectorAll("[data-find]")) {
    node.hidden = !node.dataset.find.includes(word);
  }
});
fetch("/openapi.json")
  .then((answer) => answer.json())
  .then((api) => { show(api); openTarget(); })
  .catch((error) => {
    document.getElementById("operations").textContent = "/openapi.json cannot be read: " + error.message;
  });
