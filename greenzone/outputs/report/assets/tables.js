// The words and tables of every section.
GZ.header = function () {
  const c = GZ.content, supply = c.weather || {};
  document.documentElement.lang = GZ.lang;
  GZ.byId("title").textContent = GZ.t("headline", { name: c.name || "" });
  GZ.byId("description").textContent = c.description || "";
  const grid = c.grid || {};
  GZ.byId("facts").textContent = [GZ.t("fact_sites", { sites: GZ.number(GZ.siteNames.length), area: GZ.number(grid.area_km2) }), GZ.t("fact_weather", { source: GZ.say(supply.source || "–") })].join(" · ");
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = GZ.t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", GZ.t(element.dataset.tLabel));
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === GZ.lang));
  const sections = [["overview", "overview"], ["map-section", "map"], ["ladder", "ladder"], ["ranges", "ranges"], ["curve", "curve"], ["supply", "supply"], ["hours", "hours"], ["plan", "plan"], ["published", "published"], ["limits", "limits"], ["sources", "sources"], ["config", "config"]];
  GZ.fill("contents", sections.filter(([id]) => id !== "plan" || c.plan).map(([id, key]) => GZ.el("a", { href: "#" + id }, GZ.t("nav_" + key))));
};

GZ.cards = function () {
  const rows = GZ.content.ladders.zone;
  GZ.fill("cards", GZ.content.technologies.filter((name) => rows[name]).map((name) => {
    const row = rows[name], range = GZ.content.ranges.find((r) => r.technology === name && r.quantity === "energy") || {};
    const facts = [[GZ.t("energy"), `${GZ.number(row.technical_gwh)} ${GZ.unitOf("gwh")}`], [rangeName(range), range.low === null || range.low === undefined ? GZ.t("range_none") : GZ.range(range.low, range.high)],
      [GZ.t("layer_capacity_factor"), GZ.percent(row.capacity_factor)], ["LCOE", `${GZ.number(row.lcoe)} ${GZ.money("mwh")}`],
      [GZ.t("rung_economic_gwh"), `${GZ.number(row.economic_gwh)} ${GZ.unitOf("gwh")}`]];
    return GZ.el("div", { class: "stat", style: { "--shade": GZ.colourOf(name) } }, GZ.el("h3", {}, GZ.tech(name)),
      GZ.el("div", { class: "big" }, GZ.number(row.technical_mw), " ", GZ.el("small", {}, GZ.unitOf("mw"))),
      GZ.el("dl", {}, facts.map(([term, value]) => GZ.el("div", { class: "pair" }, GZ.el("dt", {}, term), GZ.el("dd", {}, value)))));
  }));
  function rangeName(range) { return range.kind === "percentiles" || range.kind === "years" ? "P10–P90" : GZ.t("range"); }
};

// The best development zones of the technology on the map; the name of a zone leads the map there.
GZ.zonesTable = function () {
  const rows = GZ.content.vectors.zones.filter((z) => GZ.state.technology === "best" || z.p.technology === GZ.state.technology)
    .sort((a, b) => a.p.rank - b.p.rank).slice(0, 10);
  GZ.byId("zones-heading").hidden = !rows.length;
  if (!rows.length) { GZ.fill("zones-table"); return; }
  const go = (z) => GZ.el("button", { type: "button", class: "link", onclick: () => { GZ.state.overlays.zones = true; GZ.show(GZ.map, { technology: z.p.technology }); GZ.goToShape(z); GZ.byId("map").scrollIntoView({ block: "center" }); } }, z.p.zone);
  const of = (key) => (z) => GZ.number(z.p[key]);
  GZ.fill("zones-table", GZ.table([[GZ.t("zone"), go], [GZ.t("technology"), (z) => GZ.techCell(z.p.technology)], [GZ.t("district"), (z) => GZ.district(z.p.district)], [`${GZ.t("area")} [km²]`, of("area_km2"), "n"], [`${GZ.t("capacity")} [${GZ.unitOf("mw")}]`, of("capacity_mw"), "n"], [`${GZ.t("energy")} [${GZ.unitOf("gwh")}]`, of("energy_gwh"), "n"],
    [GZ.t("layer_capacity_factor"), (z) => GZ.percent(z.p.capacity_factor), "n"], [`LCOE [${GZ.money("mwh")}]`, of("lcoe"), "n"], [`${GZ.t("layer_lcoe_connected")} [${GZ.money("mwh")}]`, of("lcoe_connected"), "n"], [GZ.t("grid_node"), (z) => GZ.district(z.p.grid_node || "–")], [GZ.t("sure_top"), (z) => GZ.percent(z.p.top_probability, 0), "n"]], rows));
};

GZ.ladderTable = function () {
  const rows = GZ.content.ladders[GZ.byId("ladder-place").value] || {}, of = (key) => (name) => GZ.number(rows[name][key]), year = GZ.t("gwh_year");
  const heads = ["theoretical_gwh", "geographic_gwh", "technical_gwh", "economic_gwh"].map((key) => [`${GZ.t("rung_" + key)} [${year}]`, of(key), "n"]);
  GZ.fill("ladder-table", GZ.table([[GZ.t("technology"), (name) => GZ.techCell(name)], ...heads, [`${GZ.t("capacity")} [${GZ.unitOf("mw")}]`, of("technical_mw"), "n"], [`${GZ.t("economic_capacity")} [${GZ.unitOf("mw")}]`, of("economic_mw"), "n"],
    [GZ.t("layer_capacity_factor"), (name) => GZ.percent(rows[name].capacity_factor), "n"], [`LCOE [${GZ.money("mwh")}]`, of("lcoe"), "n"], [`${GZ.t("rung_technical_gwh")}, ${GZ.t("range")} [${year}]`, (name) => GZ.spreadCell(GZ.rowSpread(name, rows[name])), "n"]], GZ.content.technologies.filter((name) => rows[name])));
};
GZ.districtTable = function () {
  const name = GZ.byId("district-technology").value, all = GZ.content.ladders, places = GZ.places().map(([place]) => place).filter((place) => (all[place] || {})[name]);
  const of = (key) => (place) => GZ.number(all[place][name][key]);
  GZ.fill("district-table", GZ.table([[GZ.t("district"), (place) => GZ.district(place)], ...["theoretical_gwh", "geographic_gwh", "technical_gwh", "economic_gwh"].map((key) => [`${GZ.t("rung_" + key)} [${GZ.unitOf("gwh")}]`, of(key), "n"]),
    [`${GZ.t("capacity")} [${GZ.unitOf("mw")}]`, of("technical_mw"), "n"], [GZ.t("layer_capacity_factor"), (place) => GZ.percent(all[place][name].capacity_factor), "n"], [`LCOE [${GZ.money("mwh")}]`, of("lcoe"), "n"],
    [`${GZ.t("range")} [${GZ.unitOf("gwh")}]`, (place) => GZ.spreadCell(GZ.rowSpread(name, all[place][name])), "n"]], places));
};

GZ.rangesTable = function () {
  const rows = GZ.content.ranges.filter((row) => row.ours !== null && row.ours !== undefined), unit = (row) => (row.quantity === "energy" ? GZ.t("gwh_year") : GZ.unitOf("mw"));
  GZ.fill("ranges-table", GZ.table([[GZ.t("technology"), (row) => GZ.techCell(row.technology)], [GZ.t("quantity"), (row) => GZ.t(row.quantity)], [GZ.t("ours"), (row) => GZ.number(row.ours), "n"], [GZ.t("low"), (row) => GZ.number(row.low), "n"],
    [GZ.t("middle"), (row) => GZ.number(row.middle), "n"], [GZ.t("high"), (row) => GZ.number(row.high), "n"], [GZ.t("unit"), unit], [GZ.t("range_is"), (row) => GZ.t("range_" + row.kind)]], rows));
};

GZ.scenarioTable = function () {
  const all = GZ.content.scenarios;
  if (!all.length) { GZ.fill("scenario-table"); return; }
  const of = (key, show = GZ.number, drawn = "") => (s) => { const v = GZ.quantity(s, key); return v === undefined ? "–" : [show(v), GZ.mixRange(s, drawn)]; };
  const list = (key, least) => (s) => {
    const found = Object.entries((s.quantities[key] || {}).year || {}).filter(([, mw]) => mw > least);
    return found.length ? found.map(([name, mw]) => GZ.el("div", { class: "line" }, `${GZ.tech(name)} ${GZ.number(mw)}`)) : "–";
  };
  const mix = list("capacity", 0), short = list("capacity_shortfall", 0.5);
  GZ.fill("scenario-table", GZ.table([[GZ.t("scenario"), (s) => GZ.scenario(s.name)], [`${GZ.t("built")} [${GZ.unitOf("mw")}]`, mix], [`${GZ.t("shortfall")} [${GZ.unitOf("mw")}]`, short], [`${GZ.t("energy")} [${GZ.unitOf("gwh")}]`, of("energy", GZ.number, "energy_gwh"), "n"], [`${GZ.t("demand")} [${GZ.unitOf("gwh")}]`, of("demand", GZ.number, "demand_gwh"), "n"],
    [GZ.t("share_met_hourly"), of("share_met_hourly", GZ.percent, "share_met_hourly"), "n"], [GZ.t("share_of_hours_met"), of("share_of_hours_met", GZ.percent), "n"], [`${GZ.t("surplus")} [${GZ.unitOf("gwh")}]`, of("surplus"), "n"], [`${GZ.t("deficit")} [${GZ.unitOf("gwh")}]`, of("deficit", GZ.number, "unserved_gwh_year"), "n"], [`${GZ.t("peak_deficit")} [${GZ.unitOf("mw")}]`, of("peak_deficit", GZ.number, "peak_unserved_mw_year"), "n"]], all, GZ.content.mix_ranges.length ? GZ.t("small_is_range") : ""));
};

// What each switch of energy management is worth; nothing where the scenarios have none.
GZ.worthTable = function () {
  const rows = GZ.content.scenarios.flatMap((s) => Object.keys((s.quantities.worth_deficit || {}).year || {}).map((name) => [s, name]));
  GZ.byId("worth-heading").hidden = GZ.byId("worth-text").hidden = !rows.length;
  if (!rows.length) { GZ.fill("worth-table"); return; }
  const of = (key, show = GZ.number) => ([s, name]) => show(GZ.quantity(s, key, "year", name));
  GZ.fill("worth-table", GZ.table([[GZ.t("scenario"), ([s]) => GZ.scenario(s.name)], [GZ.t("switch"), ([, name]) => GZ.t("switch_" + name)], [GZ.t("worth_share"), of("worth_share_met_hourly", (v) => GZ.percent(v, 2)), "n"],
    [`${GZ.t("worth_deficit")} [${GZ.unitOf("gwh")}]`, of("worth_deficit"), "n"], [`${GZ.t("worth_peak")} [${GZ.unitOf("mw")}]`, of("worth_peak_deficit"), "n"], [`${GZ.t("worth_purchases")} [${GZ.content.currency}]`, of("worth_purchases"), "n"]], rows));
};

// What keeps each mix from meeting demand, in sentences.
GZ.findings = function () {
  const rows = GZ.content.findings, names = [...new Set(rows.map((row) => row.of))];
  GZ.byId("findings-box").hidden = !rows.length;
  GZ.fill("findings", GZ.saidBy(rows, names, GZ.scenario));
  const notes = GZ.content.plan_notes;
  GZ.fill("plan-notes", GZ.saidBy(notes, [...new Set(notes.map((row) => row.of))], (year) => (year === "all" ? GZ.t("plan_all_years") : year)));
};
GZ.saidBy = (rows, names, title) => names.map((name) => [GZ.el("h4", {}, title(name)),
  GZ.el("ul", {}, rows.filter((row) => row.of === name).map((row) => GZ.el("li", GZ.tongue(row.note), GZ.say(row.note))))]);

GZ.publishedTable = function () {
  const rows = GZ.content.published || [], unit = (row) => ({ "1": "", MW: GZ.unitOf("mw"), GWh: GZ.unitOf("gwh"), "USD kWh-1": `USD/${GZ.unitOf("kwh")}` }[row.unit] ?? row.unit);
  if (!rows.length) { GZ.fill("published-table"); return; }
  GZ.fill("published-table", GZ.table([["", (row) => String(rows.indexOf(row) + 1), "n"], [GZ.t("technology"), (row) => (row.technology === "all" ? GZ.t("all_technologies") : GZ.techCell(row.technology))], [GZ.t("quantity"), (row) => GZ.t("quantity_" + row.quantity)], [GZ.t("where"), GZ.scope], [GZ.t("unit"), unit],
    [GZ.t("published_short"), GZ.published, "n"], [GZ.t("ours"), (row) => GZ.number(row.ours), "n"], [GZ.t("ratio"), (row) => GZ.number(row.ratio, 2), "n"], [GZ.t("source"), (row) => row.source || ""], [GZ.t("note"), (row) => row.note || ""]], rows));
};
GZ.scope = function (row) {
  const [kind, ...rest] = String(row.scope).split(": ");
  return [GZ.t("scope_" + kind), rest.join(": ").split(", ").map(GZ.district).join(", ")].filter(Boolean).join(": ");
};

GZ.limits = function () {
  const c = GZ.content, keys = ["not_a_permit", "mines", "weather", "wind", "grid", "demand", "land_share", "hydro", "geothermal", "bioenergy", "costs", "sources_differ"];
  const given = (key) => (!["wind", "hydro", "geothermal", "bioenergy"].includes(key) || c.technologies.includes(key)) && (key !== "weather" || String((c.weather || {}).source).includes("synthetic"));
  GZ.fill("limits-list", keys.filter(given).map((key) => GZ.el("li", {}, GZ.t("limit_" + key))));
  const said = [...(c.uncertainty || []), ...Object.values(c.notes || {}).flat()];
  GZ.byId("notes-language").hidden = said.every((text) => GZ.say(text) !== text || GZ.lang === "en");
  const list = (items) => GZ.el("ul", {}, items.map((text) => GZ.el("li", GZ.tongue(text), GZ.say(text))));
  GZ.fill("notes", GZ.el("h4", {}, GZ.t("all_technologies")), list(c.uncertainty || []), Object.entries(c.notes || {}).map(([name, notes]) => [GZ.el("h4", {}, GZ.tech(name)), list(notes)]));
  const rows = (c.eligibility || []).filter((row) => row.technology && row.rule);
  if (!rows.length) { GZ.fill("rules-table", GZ.nothing("nothing_here")); return; }
  GZ.fill("rules-table", GZ.table([[GZ.t("technology"), (row) => GZ.techCell(row.technology)], [GZ.t("rule"), (row) => (GZ.has("rule_" + row.rule) ? GZ.t("rule_" + row.rule) : String(row.rule).replaceAll("_", " "))], [`${GZ.t("removes_alone")} [km²]`, (row) => GZ.number(row.removed_alone_km2), "n"], [`${GZ.t("removes_last")} [km²]`, (row) => GZ.number(row.removed_last_km2), "n"]], rows));
};

GZ.sources = function () {
  const rows = GZ.content.sources || [], link = (row) => String(row.url || "").split(/;\s*/).filter((url) => /^https:\/\//.test(url)).map((url) => GZ.el("div", {}, GZ.el("a", { href: url, rel: "noopener noreferrer" }, url.replace("https://", ""))));
  GZ.fill("sources-table", GZ.table([[GZ.t("layer"), (row) => GZ.t("source_" + row.layer)], [GZ.t("publisher"), (row) => row.publisher || ""], [GZ.t("licence"), (row) => row.licence || ""], [GZ.t("years"), (row) => row.years || ""], [GZ.t("link"), link]], rows));
  GZ.byId("tables-text").textContent = GZ.t("tables_text", { count: GZ.number(GZ.content.tables.length), names: GZ.content.tables.join(", ") });
  GZ.byId("config-text").textContent = GZ.content.config;
  GZ.byId("versions").textContent = GZ.t("versions") + ": " + Object.entries(GZ.content.versions || {}).map(([name, version]) => `${name} ${version}`).join(", ");
};
