"use strict";
// What all parts of the page share: the content, the words, numbers in the reader's language, elements without HTML.
const GZ = {};

GZ.content = JSON.parse(document.getElementById("content").textContent);
GZ.words = JSON.parse(document.getElementById("texts").textContent);
GZ.lang = GZ.content.lang;
GZ.arrays = {};
GZ.siteNames = [];

GZ.bytesOf = function (id) {
  const text = document.getElementById(id).textContent.trim();
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
};

GZ.unzip = function (id) {
  const stream = new Blob([GZ.bytesOf(id)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
};

GZ.load = async function () {
  const buffer = await GZ.unzip("data");
  const kinds = { Float32Array, Int32Array, Int16Array, Uint8Array };
  for (const [name, [kind, offset, length]] of Object.entries(GZ.content.entries)) {
    GZ.arrays[name] = kind === "text"
      ? new TextDecoder().decode(new Uint8Array(buffer, offset, length))
      : new kinds[kind](buffer, offset, length);
  }
  GZ.siteNames = GZ.arrays.site ? GZ.arrays.site.split("\n") : [];
};

GZ.t = function (key, values) {
  const words = GZ.words[GZ.lang];
  const text = Object.hasOwn(words, key) ? words[key] : String(key).replaceAll("_", " ");
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole)) : text;
};
GZ.has = (key) => Object.hasOwn(GZ.words[GZ.lang], key);
GZ.tech = (name) => (GZ.has("tech_" + name) ? GZ.t("tech_" + name) : String(name).replaceAll("_", " "));
GZ.district = function (name) {
  if (name === "zone") return GZ.t("whole_zone");
  return GZ.lang === "az" && Object.hasOwn(GZ.content.names_az, name) ? GZ.content.names_az[name] : name;
};
// A sentence that the run wrote: in Azerbaijani where it is known, else as it is.
GZ.say = (text) => (GZ.lang === "az" && Object.hasOwn(GZ.content.said_az, text) ? GZ.content.said_az[text] : text);
GZ.tongue = (text) => ({ lang: GZ.lang === "en" || GZ.say(text) === text ? "en" : GZ.lang });
GZ.criterion = (name) => (GZ.has("criterion_" + name) ? GZ.t("criterion_" + name) : name.replaceAll("_", " "));
// Districts of an islanded scenario follow its name after a colon.
GZ.isIsland = (name) => GZ.content.scenarios.some((s) => name.startsWith(s.name + ": "));
GZ.scenario = function (name) {
  if (GZ.has("scenario_" + name)) return GZ.t("scenario_" + name);
  const [whole, district] = GZ.isIsland(name) ? name.split(": ") : [];
  return district ? `${GZ.scenario(whole)}: ${GZ.district(district)}` : name;
};

// Browsers without Azerbaijani numbers would write them the English way; German ones are written alike.
GZ.locale = () => (GZ.lang === "az" ? "de" : GZ.lang);
// Three significant digits, whole numbers from 100 on, four digits of what is beyond 100,000; a dash for nothing.
GZ.number = function (value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 1e5) return new Intl.NumberFormat(GZ.locale(), { maximumSignificantDigits: 4 }).format(value);
  const size = Math.abs(value);
  const options = size >= 10 ** (digits - 1) || value === 0
    ? { maximumFractionDigits: 0 }
    : { maximumSignificantDigits: digits };
  return new Intl.NumberFormat(GZ.locale(), options).format(value);
};
// What is not quite all is never shown as 100 %.
GZ.percent = (value, digits = 1) => (value < 1 && value >= 0.9995 ? "> " + GZ.percent(0.999) : Number.isFinite(value) && value !== null
  ? new Intl.NumberFormat(GZ.locale(), { style: "percent", maximumFractionDigits: digits }).format(value) : "–");
// Short, for the ends of bars: 19.2M.
GZ.short = function (value) {
  if (Math.abs(value) < 1e5) return GZ.number(value);
  return value < 1e6 ? GZ.number(value / 1e3) + GZ.t("thousand") : GZ.number(value / 1e6) + GZ.t("million");
};
GZ.unitOf = (name) => GZ.t("unit_" + name);
GZ.money = (per) => GZ.content.currency + "/" + GZ.unitOf(per);
GZ.range = (low, high) => (low === null || low === undefined ? "–" : GZ.number(low) + "–" + GZ.number(high));

// Attributes are set one by one and children are text or elements: data never become markup.
GZ.el = function (tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "class") element.className = value;
    else if (name === "style") for (const [key, v] of Object.entries(value)) element.style.setProperty(key, v);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== "") element.append(child);
  }
  return element;
};
GZ.byId = (id) => document.getElementById(id);
GZ.put = (element, ...children) => { element.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== "")); return element; };
GZ.fill = (id, ...children) => GZ.put(GZ.byId(id), ...children);

GZ.options = function (id, choices, chosen) {
  const select = GZ.byId(id), before = select.value || chosen;
  select.replaceChildren(...choices.map(([value, text]) => GZ.el("option", { value }, text)));
  if (choices.some(([value]) => value === before)) select.value = before;
  else if (choices.length) select.value = choices[0][0];
};

// columns: [heading, row → text or elements, "n" for numbers]
GZ.table = function (columns, rows, caption) {
  return GZ.el("table", {},
    caption ? GZ.el("caption", { class: "small" }, caption) : null,
    GZ.el("thead", {}, GZ.el("tr", {}, columns.map(([head, , kind]) => GZ.el("th", { class: kind || "", scope: "col" }, head)))),
    GZ.el("tbody", {}, rows.map((row) => GZ.el("tr", {}, columns.map(([, cell, kind]) => GZ.el("td", { class: kind || "" }, cell(row)))))));
};
GZ.techCell = (name) => [GZ.el("span", { class: "swatch", style: { background: GZ.colourOf(name) } }), GZ.tech(name)];
GZ.places = () => [["zone", GZ.district("zone")],
  ...Object.keys(GZ.content.ladders).filter((name) => name !== "zone").map((name) => [name, GZ.district(name)])
    .sort((a, b) => a[1].localeCompare(b[1], GZ.lang))];
GZ.nothing = (key) => GZ.el("p", { class: "nothing" }, GZ.t(key));
