// The plan of least cost: what is built where and when, what it costs, what would cost little more.
GZ.planRows = (year, kinds) => GZ.content.plan.capacity.filter((row) => row.year === year && kinds.includes(row.kind));
GZ.planYear = () => Number(GZ.byId("plan-year").value);
GZ.sumBy = function (rows, key, value) {
  const sums = new Map();
  for (const row of rows) sums.set(row[key], (sums.get(row[key]) || 0) + (row[value] || 0));
  return sums;
};

GZ.planSelects = function () {
  const plan = GZ.content.plan;
  GZ.byId("plan").hidden = !plan;
  if (!plan) return;
  GZ.byId("plan-found").hidden = !plan.years.length;
  GZ.options("plan-year", plan.years.map((year) => [String(year), String(year)]), String(plan.years[plan.years.length - 1]));
  const s = plan.settings, goal = Number.isFinite(s.green_share) ? GZ.t(s.every_hour ? "plan_goal_hours" : "plan_goal", { share: GZ.percent(s.green_share) }) : "";
  GZ.byId("plan-goal").textContent = [goal, Number.isFinite(s.slack) && plan.alternatives.length ? GZ.t("plan_slack", { slack: GZ.percent(s.slack) }) : ""].join(" ");
};

GZ.planTable = function () {
  const plan = GZ.content.plan;
  if (!plan || !plan.years.length) return;
  const unit = (key) => { const own = plan.units[key] || ""; return own === "1" ? "" : ` [${GZ.resultUnit(own.replace("currency", GZ.content.currency))}]`; };
  const keys = ["annual_cost", "cost_per_mwh", "mean_price", "highest_price", "demand", "energy", "curtailed", "imported", "exported", "green_share", "worth_of_an_imported_mwh"].filter((key) => plan.years.some((year) => Number.isFinite((plan.summary[year] || {})[key])));
  const of = (year) => (key) => { const v = (plan.summary[year] || {})[key]; return key === "green_share" ? GZ.percent(v) : GZ.number(v); };
  GZ.fill("plan-table", GZ.table([["", (key) => GZ.t("plan_" + key) + unit(key)], ...plan.years.map((year) => [String(year), of(year), "n"])], keys));
};

// All years side by side; stores are hatched.
GZ.planChart = function () {
  const plan = GZ.content.plan;
  if (!plan || !plan.years.length) return null;
  const names = [...new Set(plan.capacity.filter((row) => ["source", "store"].includes(row.kind)).map((row) => row.technology))], years = plan.years.map(String);
  const bars = names.map((name) => {
    const y = plan.years.map((year) => GZ.planRows(year, ["source", "store"]).filter((row) => row.technology === name).reduce((sum, row) => sum + row.capacity_mw, 0));
    return { type: "bar", name: GZ.tech(name), x: years, y, marker: { color: GZ.colourOf(name), pattern: { shape: ["battery", "pumped_hydro"].includes(name) ? "/" : "" } }, hovertemplate: `%{x}, %{fullData.name}: %{y:,.0f} ${GZ.unitOf("mw")}<extra></extra>` };
  }).filter((bar) => bar.y.some((v) => v > 0.05));
  return GZ.plot("plan-chart", bars, { barmode: "stack", xaxis: { type: "category" }, yaxis: { title: { text: GZ.unitOf("mw") } }, margin: { l: 66, r: 16, t: 40, b: 40 } });
};

GZ.planPlaces = function () {
  const plan = GZ.content.plan;
  if (!plan || !plan.years.length) return null;
  const rows = GZ.planRows(GZ.planYear(), ["source", "store"]).filter((row) => row.capacity_mw > 0.05), technologies = [...GZ.sumBy(rows, "technology", "capacity_mw").keys()];
  const places = [...GZ.sumBy(rows, "district", "capacity_mw")].sort((a, b) => b[1] - a[1]).map(([name]) => name), shown = places.map(GZ.district);
  if (!GZ.chartOrNot("plan-places", rows.length, "nothing_here")) return null;
  const bars = technologies.map((name) => ({ type: "bar", orientation: "h", name: GZ.tech(name), y: shown, x: places.map((place) => rows.filter((row) => row.district === place && row.technology === name).reduce((sum, row) => sum + row.capacity_mw, 0)), marker: { color: GZ.colourOf(name), pattern: { shape: ["battery", "pumped_hydro"].includes(name) ? "/" : "" } }, hovertemplate: `%{y}, %{fullData.name}: %{x:,.1f} ${GZ.unitOf("mw")}<extra></extra>` }));
  return GZ.plot("plan-places", bars, { barmode: "stack", xaxis: { title: { text: GZ.unitOf("mw") } }, yaxis: { autorange: "reversed" }, margin: { l: 100, r: 16, t: 40, b: 48 } });
};

GZ.planPlacesTable = function () {
  const plan = GZ.content.plan;
  if (!plan || !plan.years.length) return;
  const rows = plan.capacity.filter((row) => row.year === GZ.planYear() && (row.capacity_mw > 0.05 || row.value_per_mw > 1)), of = (key) => (row) => GZ.number(row[key]);
  const name = (row) => (["source", "store"].includes(row.kind) ? GZ.techCell(row.technology) : [GZ.t("plan_kind_" + row.kind), row.technology === row.kind ? "" : ": " + row.technology]);
  GZ.fill("plan-places-table", GZ.table([[GZ.t("technology"), name], [GZ.t("district"), (row) => GZ.district(row.district)], [`${GZ.t("capacity")} [${GZ.unitOf("mw")}]`, of("capacity_mw"), "n"], [`${GZ.t("plan_before")} [${GZ.unitOf("mw")}]`, of("before_mw"), "n"],
    [`${GZ.t("plan_limit")} [${GZ.unitOf("mw")}]`, of("limit_mw"), "n"], [`${GZ.t("energy")} [${GZ.t("gwh_year")}]`, of("energy_gwh"), "n"], [`${GZ.t("plan_value")} [${GZ.content.currency}/${GZ.unitOf("mw")}${GZ.t("per_year")}]`, of("value_per_mw"), "n"]], rows));
};

// Best and the span from least to most of each technology, of the chosen year.
GZ.planSpans = function () {
  const plan = GZ.content.plan;
  if (!plan || !plan.years.length) return null;
  const rows = plan.alternatives.filter((row) => row.year === GZ.planYear());
  GZ.byId("plan-spans-box").hidden = !rows.length;
  if (!rows.length) return null;
  const traces = rows.map((row) => ({ type: "scatter", mode: "markers", showlegend: false, y: [GZ.tech(row.technology)], x: [row.best_mw], marker: { color: GZ.colourOf(row.technology), size: 13, line: { color: "#14282f", width: 1 } },
    error_x: { type: "data", symmetric: false, array: [Math.max(0, row.most_mw - row.best_mw)], arrayminus: [Math.max(0, row.best_mw - row.least_mw)], color: GZ.colourOf(row.technology), thickness: 5, width: 9 },
    hovertemplate: `%{y}: ${GZ.number(row.best_mw)} ${GZ.unitOf("mw")}; ${GZ.range(row.least_mw, row.most_mw)}<extra></extra>` }));
  return GZ.plot("plan-spans", traces, { xaxis: { title: { text: GZ.unitOf("mw") }, rangemode: "tozero" }, yaxis: { autorange: "reversed" }, margin: { l: 110, r: 30, t: 10, b: 48 } });
};

GZ.planPrices = function () {
  const plan = GZ.content.plan, years = plan ? Object.keys(plan.prices) : [];
  if (plan) GZ.byId("plan-prices-box").hidden = !years.length;
  if (!years.length) return null;
  const last = Math.max(...years.map((year) => plan.prices[year].findLastIndex((v) => v >= 1) / (plan.prices[year].length - 1)));
  const colours = ["#0b3540", "#D55E00", "#CC79A7", "#117733", "#332288"], dashes = ["solid", "dash", "dot", "dashdot", "longdash"], unit = GZ.money("mwh");
  const traces = years.map((year, k) => ({ type: "scatter", mode: "lines", name: year, x: plan.prices[year].map((_, i, all) => (100 * i) / (all.length - 1)), y: plan.prices[year].map((v) => (v >= 1 ? v : null)), line: { color: colours[k % 5], dash: dashes[k % 5], width: 2.4, shape: "hv" }, hovertemplate: `${year}: %{y:,.0f} ${unit}, %{x:.0f} %<extra></extra>` }));
  return GZ.plot("plan-prices", traces, { xaxis: { title: { text: GZ.t("plan_price_axis") }, range: [0, Math.min(100, 105 * last)] }, yaxis: { type: "log", dtick: 1, title: { text: `${unit} (${GZ.t("log_scale")})` } }, margin: { l: 66, r: 20, t: 40, b: 48 } });
};
