// What is told of a site: a few lines under the pointer, all of it in the card beside the map.
GZ.value = (column, site) => (GZ.arrays[column] ? GZ.arrays[column][site] : NaN);
GZ.word = function (column, site) {
  const number = GZ.arrays[column] ? GZ.arrays[column][site] : -1;
  return number >= 0 ? GZ.content.sites.words[column][number] : null;
};
GZ.criteriaOf = function (technology) {
  const prefix = technology + "_score_";
  return GZ.content.sites.columns.filter((name) => name.startsWith(prefix)).map((name) => [name.slice(prefix.length), name]);
};

// Each criterion's part of the score; together they make it up.
GZ.scoreBars = function (technology, site) {
  const score = GZ.value(technology + "_score", site);
  if (!Number.isFinite(score)) return [];
  const parts = GZ.criteriaOf(technology).map(([name, column]) => [name, GZ.value(column, site)]).sort((a, b) => b[1] - a[1]);
  return parts.map(([name, part]) => GZ.el("div", { class: "bar" }, GZ.el("span", {}, GZ.criterion(name)),
    GZ.el("span", {}, GZ.el("i", { style: { width: `${Math.max(0, Math.min(1, part)) * 100}%` } })), GZ.el("b", {}, GZ.number(part))));
};

GZ.siteTip = function (site) {
  const technology = GZ.state.technology === "best" ? GZ.word("best_technology", site) : GZ.state.technology;
  const lines = [GZ.el("strong", {}, `${GZ.district(GZ.word("district", site) || "")} · ${GZ.siteNames[site]}`)];
  if (!technology) return [...lines, GZ.t("nothing_fits")];
  const layer = GZ.layersOf(technology).find((each) => each.key === GZ.state.key);
  const capacity = GZ.value(technology + "_capacity_mw", site);
  if (layer && layer.key !== "score") lines.push(GZ.el("div", { "data-column": layer.column }, `${GZ.tech(technology)}, ${layer.label}: ${GZ.shownValue(layer, GZ.value(layer.column, site))}`));
  if (!(capacity > 0)) return [...lines, GZ.el("div", {}, `${GZ.tech(technology)}: ${GZ.t("nothing_fits")}`)];
  lines.push(GZ.el("div", {}, `${GZ.number(capacity)} ${GZ.unitOf("mw")} · ${GZ.number(GZ.value(technology + "_energy_gwh", site))} ${GZ.t("gwh_year")} · ${GZ.number(GZ.value(technology + "_lcoe", site))} ${GZ.money("mwh")}`));
  const score = GZ.value(technology + "_score", site);
  if (Number.isFinite(score)) lines.push(GZ.el("div", {}, `${GZ.tech(technology)}, ${GZ.t("layer_score")}: ${GZ.number(score)} =`), ...GZ.scoreBars(technology, site));
  return lines;
};

GZ.featureTip = function (kind, feature) {
  const p = feature.p, line = (...text) => GZ.el("div", {}, text.join(""));
  if (kind === "node") {
    return [GZ.el("strong", {}, GZ.district(p.node)), line(p.voltage_kv ? `${GZ.number(p.voltage_kv)} kV` : "", p.approximate ? ` · ${GZ.t("approximate")}` : "")];
  }
  const lines = [GZ.el("strong", {}, p.title), line(GZ.tech(p.technology), p.status ? ` · ${GZ.t("status_" + p.status)}` : "", p.river ? ` · ${p.river}` : "")];
  const energy = Number.isFinite(p.energy_gwh) && p.energy_gwh !== null ? ` · ${GZ.number(p.energy_gwh)} ${GZ.t("gwh_year")}` : "";
  lines.push(line(`${GZ.number(p.capacity_mw)} ${GZ.unitOf("mw")}`, energy));
  if (p.energy_p90_gwh) lines.push(line(`P10–P90: ${GZ.range(p.energy_p10_gwh, p.energy_p90_gwh)} ${GZ.t("gwh_year")}`));
  if (p.capacity_if_found_p10_mw) lines.push(line(`${GZ.t("if_found")} P10–P90: ${GZ.range(p.capacity_if_found_p10_mw, p.capacity_if_found_p90_mw)} ${GZ.unitOf("mw")}`));
  const cost = p.lcoe_usd_mwh ?? p.lcoe_usd_per_mwh ?? p.lcoe_p50_usd_per_mwh;
  if (cost) lines.push(line(`LCOE: ${GZ.number(cost)} USD/${GZ.unitOf("mwh")}`));
  return lines;
};

GZ.tip = function (found) {
  const tip = GZ.byId("tip");
  if (!found) { tip.hidden = true; return; }
  GZ.put(tip, ...(found.feature ? GZ.featureTip(found.kind, found.feature) : GZ.siteTip(found.site)));
  tip.hidden = false;
  const frame = GZ.byId("map-box"), [px, py] = found.point, wide = tip.offsetWidth, tall = tip.offsetHeight;
  tip.style.left = Math.max(4, Math.min(px + 16, frame.clientWidth - wide - 4)) + "px";
  tip.style.top = (py + 16 + tall > frame.clientHeight ? Math.max(4, py - tall - 14) : py + 16) + "px";
  if (px + 16 > frame.clientWidth - wide - 4 && py + 16 + tall <= frame.clientHeight) tip.style.top = py + 22 + "px";
};

// The card: everything known of the chosen site.
GZ.card = function (site) {
  const card = GZ.byId("card");
  card.classList.toggle("empty", site < 0);
  if (site < 0) { card.replaceChildren(GZ.el("p", { class: "nothing" }, GZ.t("card_empty"))); return; }
  const technology = GZ.cardTechnology(site), facts = [
    ["district", GZ.district(GZ.word("district", site) || "–")],
    ["area", `${GZ.number(GZ.value("area_km2", site))} km²`],
    ["grid_distance", `${GZ.number(GZ.value("distance_grid", site))} km`],
    ["grid_node", GZ.district(GZ.word("grid_node", site) || "–")],
    ["connection_cost", `${GZ.number(GZ.value("connection_cost", site))} ${GZ.money("kw")}`],
  ];
  GZ.put(card,
    GZ.el("button", { type: "button", class: "close", "aria-label": GZ.t("close"), onclick: () => { GZ.map.chosen = -1; GZ.map.mark(); GZ.card(-1); } }, "×"),
    GZ.el("h3", {}, GZ.siteNames[site]),
    GZ.el("dl", {}, facts.map(([key, value]) => [GZ.el("dt", {}, GZ.t(key)), GZ.el("dd", {}, value)])),
    GZ.cardTable(site),
    GZ.el("div", { class: "tech", role: "group", "aria-label": GZ.t("technology") }, GZ.content.technologies.map((name) =>
      GZ.el("button", { type: "button", "aria-pressed": String(name === technology), onclick: () => { GZ.state.cardTechnology = name; GZ.card(site); } }, GZ.tech(name)))),
    GZ.el("h4", {}, `${GZ.t("why_score")}: ${GZ.tech(technology)} ${GZ.number(GZ.value(technology + "_score", site))}`),
    GZ.scoreBars(technology, site).length ? GZ.el("div", {}, GZ.scoreBars(technology, site)) : GZ.nothing("no_score"),
    GZ.siteCosts(technology, site),
    ...GZ.cardProfiles(technology, site));
  GZ.drawProfiles(technology, site);
};

GZ.cardTechnology = function (site) {
  const asked = GZ.state.cardTechnology || (GZ.state.technology === "best" ? GZ.word("best_technology", site) : GZ.state.technology);
  return asked && asked !== "best" ? asked : GZ.content.technologies[0];
};
GZ.cardTable = function (site) {
  const of = (key) => (name) => { const v = GZ.value(`${name}_${key}`, site); return v > 0 && v < 0.01 ? "< " + GZ.number(0.01) : GZ.number(v); };
  const columns = [["", (name) => GZ.techCell(name)], [GZ.unitOf("mw"), of("capacity_mw"), "n"], [GZ.unitOf("gwh"), of("energy_gwh"), "n"],
    [GZ.t("cf_short"), (name) => GZ.percent(GZ.value(name + "_capacity_factor", site)), "n"], ["LCOE", of("lcoe"), "n"], [GZ.t("layer_score"), of("score"), "n"]];
  const table = GZ.table(columns, GZ.content.technologies);
  table.id = "card-table";
  return GZ.el("div", { class: "table-box" }, GZ.el("h4", {}, `${GZ.t("site_gives")} (LCOE: ${GZ.money("mwh")})`), table);
};
GZ.siteCosts = function (technology, site) {
  if (!(GZ.value(technology + "_capacity_mw", site) > 0)) return null;
  const found = GZ.spread(technology, GZ.value(technology + "_energy_gwh", site), GZ.value(technology + "_energy_p10_gwh", site), GZ.value(technology + "_energy_p90_gwh", site));
  const rows = [["layer_lcoe", `${GZ.number(GZ.value(technology + "_lcoe", site))} ${GZ.money("mwh")}`], ["layer_lcoe_connected", `${GZ.number(GZ.value(technology + "_lcoe_connected", site))} ${GZ.money("mwh")}`],
    ["layer_eligible_fraction", GZ.percent(GZ.value(technology + "_eligible_fraction", site))], ["energy_range", found ? [`${GZ.range(found.low, found.high)} ${GZ.t("gwh_year")}`, GZ.el("div", { class: "small" }, GZ.t("spread_" + found.kind))] : GZ.t("see_ranges")]];
  return GZ.el("dl", {}, rows.map(([key, value]) => [GZ.el("dt", {}, GZ.t(key)), GZ.el("dd", {}, value)]));
};
GZ.groupOf = function (technology, site) {
  const number = GZ.value(technology + "_group", site), groups = GZ.content.hours.groups || [];
  return groups.findIndex((group) => group.technology === technology && group.number === number);
};
GZ.cardProfiles = function (technology, site) {
  const found = GZ.groupOf(technology, site);
  if (!GZ.content.hours.groups) return [GZ.nothing("no_hours")];
  if (found < 0 || !(GZ.value(technology + "_capacity_mw", site) > 0)) return [GZ.nothing("no_profile")];
  const group = GZ.content.hours.groups[found];
  return [
    GZ.el("h4", {}, GZ.t("monthly_profile")), GZ.el("div", { class: "mini", id: "card-months" }),
    GZ.el("h4", {}, GZ.t("daily_profile")), GZ.el("div", { class: "mini", id: "card-days" }),
    GZ.el("p", { class: "small" }, GZ.t("profile_note", { technology: GZ.tech(technology), district: GZ.district(group.district), resource_class: group.resource_class }))];
};

// The profile of the site's supply group, scaled so that its mean is the site's own capacity factor.
GZ.siteProfile = function (technology, site) {
  const found = GZ.groupOf(technology, site);
  if (found < 0) return null;
  const all = GZ.arrays.profile.subarray(288 * found, 288 * (found + 1)), days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  let sum = 0, hours = 0;
  all.forEach((value, i) => { if (Number.isFinite(value)) { sum += value * days[Math.floor(i / 24)]; hours += days[Math.floor(i / 24)]; } });
  const scale = sum > 0 ? GZ.value(technology + "_capacity_factor", site) / (sum / hours) : 0;
  const month = (m) => Array.from(all.subarray(24 * m, 24 * m + 24), (v) => v * scale);
  const capacity = GZ.value(technology + "_capacity_mw", site);
  const energy = days.map((d, m) => month(m).reduce((a, b) => a + b, 0) * d * capacity / 1000);
  return { month, energy };
};
GZ.drawProfiles = async function (technology, site) {
  if (!GZ.byId("card-months")) return;
  const profile = GZ.siteProfile(technology, site), colour = GZ.colourOf(technology);
  const small = { margin: { l: 44, r: 8, t: 6, b: 30 }, font: { size: 11 }, showlegend: false };
  await GZ.plot("card-months", [{ type: "bar", x: GZ.months(), y: profile.energy, marker: { color: colour }, hovertemplate: `%{x}: %{y:.3g} ${GZ.unitOf("gwh")}<extra></extra>` }],
    { ...small, yaxis: { title: { text: GZ.unitOf("gwh") }, rangemode: "tozero" } });
  const hours = Array.from({ length: 24 }, (_, h) => h), seasons = [[0, "#332288", "dot"], [3, "#117733", "dash"], [6, "#AA4499", "solid"], [9, "#DDAA33", "dashdot"]];
  await GZ.plot("card-days", seasons.map(([m, line, dash]) => ({ type: "scatter", mode: "lines", name: GZ.months()[m], x: hours, y: profile.month(m).map((v) => 100 * v), line: { color: line, width: 2, dash }, hovertemplate: "%{fullData.name} %{x}:00: %{y:.1f} %<extra></extra>" })),
    { ...small, showlegend: true, legend: { orientation: "h", y: 1.25, font: { size: 10 } }, xaxis: { dtick: 6, title: { text: GZ.t("local_hour"), standoff: 2 } }, yaxis: { title: { text: "%" }, rangemode: "tozero" } });
};
