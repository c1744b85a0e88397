// How wide the figures are: of a technology at a place, of a capacity mix, and what drives the width.
// Percentiles where the technology draws them, else what it states for all of the zone.
GZ.spread = function (technology, value, low, high) {
  if (Number.isFinite(low) && Number.isFinite(high) && high > 0) return { low, high, kind: "percentiles" };
  const share = GZ.content.shares[technology];
  return share && value > 0 ? { low: value * share.low, high: value * share.high, kind: share.kind } : null;
};
GZ.rowSpread = (technology, row) => GZ.spread(technology, row.technical_gwh, row.technical_p10_gwh, row.technical_p90_gwh);
GZ.spreadCell = (found) => (found ? [GZ.range(found.low, found.high), GZ.el("div", { class: "small" }, GZ.t("spread_" + found.kind))] : "–");

GZ.resultUnit = (unit) => ({ "1": "%", GWh: GZ.unitOf("gwh"), MW: GZ.unitOf("mw") }[unit] ?? String(unit).replace(/ MWh-1$/, "/" + GZ.unitOf("mwh")).replace(/ year-1$/, GZ.t("per_year")));
GZ.resultName = function (result) {
  const made = /^energy_gwh_(\w+)$/.exec(result);
  return made ? `${GZ.t("energy")}: ${GZ.tech(made[1])}` : GZ.has("result_" + result) ? GZ.t("result_" + result) : result.replaceAll("_", " ");
};
GZ.driverName = function (parameter) {
  const [, kind, technology] = /^(resource|cost)_(\w+)$/.exec(parameter) || [];
  return kind ? `${GZ.t("driver_" + kind)}: ${GZ.tech(technology)}` : GZ.has("driver_" + parameter) ? GZ.t("driver_" + parameter) : parameter.replaceAll("_", " ");
};
GZ.mixOf = (name) => GZ.content.mix_ranges.find((mix) => mix.name === name);
// P10–P90 of a result of a scenario, for a cell beneath its value; nothing where none was drawn.
GZ.mixRange = function (scenario, result) {
  const found = ((GZ.mixOf(scenario.name) || {}).results || {})[result];
  if (!found) return null;
  const same = GZ.percent(found.p10) === GZ.percent(found.p90);
  return GZ.el("div", { class: "small" }, found.unit !== "1" ? GZ.range(found.p10, found.p90) : same ? GZ.percent(found.p10) : `${GZ.percent(found.p10)} – ${GZ.percent(found.p90)}`);
};

GZ.mixSelects = function () {
  const mixes = GZ.content.mix_ranges;
  GZ.byId("mix-ranges").hidden = !mixes.length;
  if (!mixes.length) return;
  const known = (key) => mixes.some((mix) => mix[key] && Object.keys(mix[key]).length), first = ["share_met_hourly", "unserved_gwh_year", "energy_gwh", "exported_gwh_year", "cost_per_mwh_met"];
  const all = [...new Set(mixes.flatMap((mix) => Object.keys(mix.results)))], order = (name) => (first.indexOf(name) + 1 || 99);
  GZ.options("mix-result", all.sort((a, b) => order(a) - order(b)).map((name) => [name, GZ.resultName(name)]), first[0]);
  GZ.options("driver-scenario", mixes.map((mix) => [mix.name, GZ.scenario(mix.name)]));
  const driven = [...new Set(mixes.flatMap((mix) => Object.keys(mix.drivers)))].sort((a, b) => order(a) - order(b));
  GZ.options("driver-result", driven.map((name) => [name, GZ.resultName(name)]), first[0]);
  GZ.byId("drivers").hidden = !known("drivers");
  const without = [...new Set(mixes.flatMap((mix) => mix.left_out || []))].map((name) => GZ.t("switch_" + name)).join(", ");
  const draws = [...new Set(mixes.map((mix) => mix.draws).filter(Boolean))].sort((a, b) => a - b).map((number) => GZ.number(number));
  GZ.byId("mix-draws").textContent = [draws.length ? GZ.t("mix_draws", { draws: [...new Set([draws[0], draws.at(-1)])].join("–") }) : "", without ? GZ.t("mix_switches", { switches: without }) : ""].join(" ");
};

GZ.mixChart = function () {
  const result = GZ.byId("mix-result").value, rows = GZ.content.mix_ranges.map((mix) => ({ name: mix.name, ...mix.results[result] })).filter((row) => Number.isFinite(row.p50));
  if (!rows.length) return null;
  const scale = rows[0].unit === "1" ? 100 : 1, unit = GZ.resultUnit(rows[0].unit), show = (v) => (scale === 100 ? GZ.percent(v) : `${GZ.number(v)} ${unit}`);
  const names = rows.map((row) => GZ.shorter(GZ.scenario(row.name), GZ.narrow() ? 12 : 30));
  const trace = { type: "scatter", mode: "markers", y: names, x: rows.map((row) => scale * row.p50), marker: { color: "#0b3540", size: 12, symbol: "line-ns", line: { width: 3, color: "#0b3540" } },
    error_x: { type: "data", symmetric: false, array: rows.map((row) => scale * (row.p90 - row.p50)), arrayminus: rows.map((row) => scale * (row.p50 - row.p10)), color: "#2d7f86", thickness: 9, width: 0 },
    customdata: rows.map((row) => [show(row.p10), show(row.p50), show(row.p90)]), hovertemplate: "%{y}: P10 %{customdata[0]}, P50 %{customdata[1]}, P90 %{customdata[2]}<extra></extra>" };
  return GZ.plot("mix-chart", [trace], { xaxis: { title: { text: `${GZ.resultName(result)} [${unit}]` } }, yaxis: { autorange: "reversed" }, margin: { l: 120, r: 30, t: 10, b: 48 } });
};

GZ.mixTable = function () {
  const mixes = GZ.content.mix_ranges;
  if (!mixes.length) return;
  const result = GZ.byId("mix-result").value, of = (key) => (mix) => { const found = mix.results[result]; return !found ? "–" : found.unit === "1" ? GZ.percent(found[key], 2) : GZ.number(found[key]); };
  const unit = (mix) => { const found = mix.results[result]; return !found || found.unit === "1" ? "" : GZ.resultUnit(found.unit); };
  GZ.fill("mix-table", GZ.table([[GZ.t("scenario"), (mix) => GZ.scenario(mix.name)], ["P10", of("p10"), "n"], ["P50", of("p50"), "n"], ["P90", of("p90"), "n"], [GZ.t("unit"), unit]], mixes));
};

GZ.driverChart = function () {
  const mix = GZ.mixOf(GZ.byId("driver-scenario").value), rows = mix ? (mix.drivers[GZ.byId("driver-result").value] || []).slice(0, 8) : [];
  if (!GZ.content.mix_ranges.length || !GZ.chartOrNot("driver-chart", rows.length, "no_drivers")) return null;
  const names = rows.map((row) => GZ.driverName(row.parameter)), share = (key) => rows.map((row) => 100 * Math.max(0, row[key] ?? 0));
  const bar = (key, colour, width) => ({ type: "bar", orientation: "h", name: GZ.t("driver_" + key), y: names, x: share(key), width, marker: { color: colour }, hovertemplate: `%{y}, ${GZ.t("driver_" + key)}: %{x:.0f} %<extra></extra>` });
  return GZ.plot("driver-chart", [bar("total", "#bcd2d6", 0.75), bar("first_order", "#0b3540", 0.4)], { barmode: "overlay", xaxis: { title: { text: GZ.t("driver_axis") }, rangemode: "tozero" }, yaxis: { autorange: "reversed" }, margin: { l: 120, r: 30, t: 40, b: 48 } });
};
