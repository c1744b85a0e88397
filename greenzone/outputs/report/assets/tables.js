// The words and tables of every section.
GZ.header = function () {
  const c = GZ.content, supply = c.weather || {};
  document.documentElement.lang = GZ.lang;
  GZ.byId("title").textContent = GZ.t("headline", { name: c.name || "" });
  GZ.byId("description").textContent = c.description || "";
  const grid = c.grid || {};
  GZ.byId("facts").textContent = [GZ.t("fact_sites", { sites: GZ.number(GZ.siteNames.length), area: GZ.number(grid.area_km2) }), GZ.t("fact_weather", { source: supply.source || "–" })].join(" · ");
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = GZ.t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", GZ.t(element.dataset.tLabel));
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === GZ.lang));
  const sections = [["overview", "overview"], ["map-section", "map"], ["ladder", "ladder"], ["ranges", "ranges"], ["curve", "curve"], ["supply", "supply"], ["hours", "hours"], ["published", "published"], ["limits", "limits"], ["sources", "sources"], ["config", "config"]];
  GZ.fill("contents", sections.map(([id, key]) => GZ.el("a", { href: "#" + id }, GZ.t("nav_" + key))));
};

GZ.cards = function () {
  const rows = GZ.content.ladders.zone;
  GZ.fill("cards", GZ.content.technologies.filter((name) => rows[name]).map((name) => {
    const row = rows[name], range = GZ.content.ranges.find((r) => r.technology === name && r.quantity === "energy") || {};
    const facts = [[GZ.t("energy"), `${GZ.number(row.technical_gwh)} GWh`], [rangeName(range), range.low === null || range.low === undefined ? GZ.t("range_none") : `${GZ.range(range.low, range.high)} GWh`],
      [GZ.t("layer_capacity_factor"), GZ.percent(row.capacity_factor)], ["LCOE", `${GZ.number(row.lcoe)} ${GZ.money("MWh")}`],
      [GZ.t("economic_short", { ceiling: GZ.number(GZ.content.ceiling) }), `${GZ.number(row.economic_gwh)} GWh`]];
    return GZ.el("div", { class: "stat", style: { "--shade": GZ.colourOf(name) } }, GZ.el("h3", {}, GZ.tech(name)),
      GZ.el("div", { class: "big" }, GZ.number(row.technical_mw), " ", GZ.el("small", {}, "MW")),
      GZ.el("dl", {}, facts.map(([term, value]) => [GZ.el("dt", {}, term), GZ.el("dd", {}, value)])));
  }));
  function rangeName(range) { return range.kind === "percentiles" || range.kind === "years" ? "P10–P90" : GZ.t("range"); }
};

GZ.ladderTable = function () {
  const rows = GZ.content.ladders[GZ.byId("ladder-place").value] || {}, of = (key) => (name) => GZ.number(rows[name][key]), year = GZ.t("gwh_year");
  const heads = ["theoretical_gwh", "geographic_gwh", "technical_gwh", "economic_gwh"].map((key) => [`${GZ.t("rung_" + key)} [${year}]`, of(key), "n"]);
  GZ.fill("ladder-table", GZ.table([[GZ.t("technology"), (name) => GZ.techCell(name)], ...heads, [`${GZ.t("capacity")} [MW]`, of("technical_mw"), "n"], [`${GZ.t("economic_capacity")} [MW]`, of("economic_mw"), "n"],
    [GZ.t("layer_capacity_factor"), (name) => GZ.percent(rows[name].capacity_factor), "n"], [`LCOE [${GZ.money("MWh")}]`, of("lcoe"), "n"]], GZ.content.technologies.filter((name) => rows[name])));
};
GZ.districtTable = function () {
  const name = GZ.byId("district-technology").value, all = GZ.content.ladders, places = GZ.places().map(([place]) => place).filter((place) => (all[place] || {})[name]);
  const of = (key) => (place) => GZ.number(all[place][name][key]);
  GZ.fill("district-table", GZ.table([[GZ.t("district"), (place) => GZ.district(place)], ...["theoretical_gwh", "geographic_gwh", "technical_gwh", "economic_gwh"].map((key) => [`${GZ.t("rung_" + key)} [GWh]`, of(key), "n"]),
    [`${GZ.t("capacity")} [MW]`, of("technical_mw"), "n"], [GZ.t("layer_capacity_factor"), (place) => GZ.percent(all[place][name].capacity_factor), "n"], [`LCOE [${GZ.money("MWh")}]`, of("lcoe"), "n"]], places));
};

GZ.rangesTable = function () {
  const rows = GZ.content.ranges.filter((row) => row.ours !== null && row.ours !== undefined), unit = (row) => (row.quantity === "energy" ? GZ.t("gwh_year") : "MW");
  GZ.fill("ranges-table", GZ.table([[GZ.t("technology"), (row) => GZ.techCell(row.technology)], [GZ.t("quantity"), (row) => GZ.t(row.quantity)], [GZ.t("ours"), (row) => GZ.number(row.ours), "n"], [GZ.t("low"), (row) => GZ.number(row.low), "n"],
    [GZ.t("middle"), (row) => GZ.number(row.middle), "n"], [GZ.t("high"), (row) => GZ.number(row.high), "n"], [GZ.t("unit"), unit], [GZ.t("range_is"), (row) => GZ.t("range_" + row.kind)]], rows));
};

GZ.scenarioTable = function () {
  const all = GZ.content.scenarios;
  if (!all.length) { GZ.fill("scenario-table"); return; }
  const of = (key, show = GZ.number) => (s) => { const v = GZ.quantity(s, key); return v === undefined ? "–" : show(v); };
  const mix = (s) => GZ.content.technologies.filter((name) => GZ.quantity(s, "capacity", "year", name) > 0).map((name) => `${GZ.tech(name)} ${GZ.number(GZ.quantity(s, "capacity", "year", name))}`).join(", ") || "–";
  const short = (s) => { const v = GZ.content.technologies.map((n) => [n, GZ.quantity(s, "capacity_shortfall", "year", n)]).filter(([, mw]) => mw > 0.5); return v.map(([n, mw]) => `${GZ.tech(n)} ${GZ.number(mw)}`).join(", ") || "–"; };
  GZ.fill("scenario-table", GZ.table([[GZ.t("scenario"), (s) => GZ.scenario(s.name)], [`${GZ.t("built")} [MW]`, mix], [`${GZ.t("shortfall")} [MW]`, short], [`${GZ.t("energy")} [GWh]`, of("energy"), "n"], [`${GZ.t("demand")} [GWh]`, of("demand"), "n"],
    [GZ.t("share_met_hourly"), of("share_met_hourly", GZ.percent), "n"], [GZ.t("share_of_hours_met"), of("share_of_hours_met", GZ.percent), "n"], [`${GZ.t("surplus")} [GWh]`, of("surplus"), "n"], [`${GZ.t("deficit")} [GWh]`, of("deficit"), "n"], [`${GZ.t("peak_deficit")} [MW]`, of("peak_deficit"), "n"]], all));
};

GZ.publishedTable = function () {
  const rows = GZ.content.published || [], unit = (row) => (row.unit === "1" ? "" : row.unit);
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
  GZ.byId("notes-language").hidden = GZ.lang === "en";
  const list = (items) => GZ.el("ul", { lang: "en" }, items.map((text) => GZ.el("li", {}, text)));
  GZ.fill("notes", GZ.el("h4", {}, GZ.t("all_technologies")), list(c.uncertainty || []), Object.entries(c.notes || {}).map(([name, notes]) => [GZ.el("h4", {}, GZ.tech(name)), list(notes)]));
  const rows = (c.eligibility || []).filter((row) => row.technology && row.rule);
  if (!rows.length) { GZ.fill("rules-table", GZ.nothing("nothing_here")); return; }
  GZ.fill("rules-table", GZ.table([[GZ.t("technology"), (row) => GZ.techCell(row.technology)], [GZ.t("rule"), (row) => (GZ.has("rule_" + row.rule) ? GZ.t("rule_" + row.rule) : String(row.rule).replaceAll("_", " "))], [`${GZ.t("removes_alone")} [km²]`, (row) => GZ.number(row.removed_alone_km2), "n"], [`${GZ.t("removes_last")} [km²]`, (row) => GZ.number(row.removed_last_km2), "n"]], rows));
};

GZ.sources = function () {
  const rows = GZ.content.sources || [], link = (row) => (/^https:\/\//.test(row.url || "") ? GZ.el("a", { href: row.url, rel: "noopener noreferrer" }, row.url.replace("https://", "")) : "");
  GZ.fill("sources-table", GZ.table([[GZ.t("layer"), (row) => GZ.t("source_" + row.layer)], [GZ.t("publisher"), (row) => row.publisher || ""], [GZ.t("licence"), (row) => row.licence || ""], [GZ.t("years"), (row) => row.years || ""], [GZ.t("link"), link]], rows));
  GZ.byId("tables-text").textContent = GZ.t("tables_text", { count: GZ.number(GZ.content.tables.length), names: GZ.content.tables.join(", ") });
  GZ.byId("config-text").textContent = GZ.content.config;
  GZ.byId("versions").textContent = GZ.t("versions") + ": " + Object.entries(GZ.content.versions || {}).map(([name, version]) => `${name} ${version}`).join(", ");
};
