const BAR = 0.75; // of the room of a technology in the ladder
// Charts by plotly, whose bundle is unpacked and run only after the map stands.
GZ.wakePlotly = async function () {
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(await GZ.unzip("plotly"));
  document.head.append(script);
  GZ.byId("plotly").remove();
  return window.Plotly;
};
GZ.plot = async function (id, traces, layout) {
  const Plotly = await (GZ.plotly ||= GZ.wakePlotly()), place = GZ.byId(id);
  if (!place) return;
  const titles = [...document.querySelectorAll("main h2, main h3, main h4")].filter((h) => h.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING);
  place.setAttribute("role", "figure");
  place.setAttribute("aria-label", GZ.t("figure_of", { title: titles.length ? titles[titles.length - 1].textContent : "" }));
  const axis = { automargin: true, gridcolor: "#e1e8ea", zerolinecolor: "#9fb0b6", linecolor: "#9fb0b6" };
  const merged = {
    font: { family: getComputedStyle(document.body).fontFamily, size: GZ.narrow() ? 11 : 13, color: "#14282f" },
    margin: { l: 60, r: 16, t: 30, b: 48 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    separators: GZ.lang === "az" ? ",." : ".,", hovermode: "closest", dragmode: false,
    ...layout, legend: { orientation: "h", x: 0, traceorder: "normal", ...(layout.below || GZ.narrow() ? { y: -0.3, yanchor: "top" } : { y: 1.02, yanchor: "bottom" }), ...(layout.legend || {}) }, xaxis: { ...axis, ...(layout.xaxis || {}) }, yaxis: { ...axis, ...(layout.yaxis || {}) },
  };
  await Plotly.react(place, traces, merged, { responsive: true, displaylogo: false, displayModeBar: GZ.narrow() ? false : "hover", modeBarButtons: [["toImage"]], scrollZoom: false });
};
GZ.months = () => Array.from({ length: 12 }, (_, m) => GZ.t("month_" + (m + 1)));
GZ.narrow = () => window.innerWidth < 760;
GZ.shorter = (text, size = 22) => (text.length > size ? text.slice(0, size - 1) + "…" : text);
GZ.chartOrNot = function (id, has, key) {
  const place = GZ.byId(id);
  if (!has) { if (window.Plotly) window.Plotly.purge(place); place.replaceChildren(GZ.nothing(key)); place.style.height = "auto"; } else if (!place.classList.contains("js-plotly-plot")) { place.replaceChildren(); place.style.height = ""; }
  return has;
};

GZ.ladderChart = function () {
  const place = GZ.byId("ladder-place").value, rows = GZ.content.ladders[place] || {};
  const rungs = ["theoretical_gwh", "geographic_gwh", "technical_gwh", "economic_gwh"], shades = ["#bcd2d6", "#7fb0b5", "#2d7f86", "#0b3540"];
  const names = GZ.content.technologies.filter((name) => rows[name]);
  return GZ.plot("ladder-chart", rungs.map((rung, k) => ({
    type: "bar", orientation: "h", name: GZ.t("rung_" + rung), y: names.map(GZ.tech), x: names.map((n) => (rows[n][rung] > 0 ? rows[n][rung] : null)),
    marker: { color: shades[k] }, text: names.map((n) => (rows[n][rung] > 0 ? GZ.short(rows[n][rung]) : "")), textposition: "outside", cliponaxis: false, textfont: { size: 11 },
    ...(rung === "technical_gwh" ? GZ.barSpread(names, rows) : {}),
    hovertemplate: `%{y}, %{fullData.name}: ${rung === "technical_gwh" ? "%{customdata}" : `%{text} ${GZ.unitOf("gwh")}`}<extra></extra>`,
  })), { annotations: GZ.barLabels(names, rows, GZ.byId("ladder-chart").clientHeight - 88), barmode: "group", bargap: 1 - BAR, xaxis: { type: "log", title: { text: `${GZ.t("gwh_year")} (${GZ.t("log_scale")})` }, dtick: GZ.narrow() ? 3 : 1, tickangle: 0, tickformat: "~s" }, yaxis: { autorange: "reversed" }, margin: { l: GZ.narrow() ? 60 : 90, r: GZ.narrow() ? 46 : 70, t: 40, b: 48 } });
};

// The range of the technical rung as a thin line over its bar, and its figure beyond the end of the line.
GZ.barSpread = function (names, rows) {
  const found = names.map((name) => GZ.rowSpread(name, rows[name])), of = (side) => found.map((each, k) => (each ? Math.max(0, side * ((side > 0 ? each.high : Math.max(each.low, 1e-3)) - rows[names[k]].technical_gwh)) : 0));
  return { text: names.map(() => ""), error_x: { type: "data", symmetric: false, array: of(1), arrayminus: of(-1), color: "#14282f", thickness: 1.6, width: 4 }, customdata: names.map((name, k) => GZ.short(rows[name].technical_gwh) + " " + GZ.unitOf("gwh") + (found[k] ? `; ${GZ.range(found[k].low, found[k].high)} (${GZ.t("spread_" + found[k].kind)})` : "")) };
};
GZ.barLabels = function (names, rows, tall) {
  return names.filter((name) => rows[name].technical_gwh > 0).map((name) => {
    const row = rows[name], end = Math.max(row.technical_gwh, (GZ.rowSpread(name, row) || {}).high || 0);
    return { x: Math.log10(end), y: GZ.tech(name), xanchor: "left", xshift: 4, yshift: (-tall / names.length) * BAR / 8, showarrow: false, text: GZ.short(row.technical_gwh), font: { size: 11 } };
  });
};

GZ.rangesChart = function () {
  const rows = GZ.content.ranges.filter((row) => row.quantity === "energy" && row.ours > 0);
  if (!GZ.chartOrNot("ranges-chart", rows.length, "nothing_here")) return null;
  const traces = rows.map((row) => {
    const known = row.low !== null && row.kind !== "none", label = known ? `${GZ.range(row.low, row.high)} (${GZ.t("range_" + row.kind)})` : GZ.t("range_none");
    return { type: "scatter", mode: "markers", name: GZ.tech(row.technology), showlegend: false, y: [GZ.tech(row.technology)], x: [row.ours],
      marker: { color: GZ.colourOf(row.technology), size: 13, line: { color: "#14282f", width: 1 } },
      error_x: known ? { type: "data", symmetric: false, array: [Math.max(0, row.high - row.ours)], arrayminus: [Math.max(0, row.ours - Math.max(row.low, 1e-3))], color: GZ.colourOf(row.technology), thickness: 5, width: 9 } : undefined,
      hovertemplate: `%{y}: ${GZ.number(row.ours)} ${GZ.unitOf("gwh")}; ${label}<extra></extra>` };
  });
  return GZ.plot("ranges-chart", traces, { xaxis: { type: "log", dtick: GZ.narrow() ? 2 : 1, tickangle: 0, tickformat: "~s", title: { text: `${GZ.t("gwh_year")} (${GZ.t("log_scale")})` } }, yaxis: { autorange: "reversed" }, margin: { l: 90, r: 30, t: 10, b: 48 } });
};

GZ.curveChart = function () {
  const [place, mix, quantity] = ["curve-place", "curve-mix", "curve-quantity"].map((id) => GZ.byId(id).value);
  const series = GZ.content.curve.filter((s) => s.mix === mix && s.district === place && s.technology !== "all");
  if (!GZ.chartOrNot("curve-chart", series.length, "no_curve")) return null;
  const column = quantity === "capacity" ? 1 : 2, unit = quantity === "capacity" ? GZ.unitOf("mw") : GZ.t("gwh_year"), traces = [];
  const order = (s) => GZ.content.technologies.indexOf(s.technology);
  for (const s of [...series].sort((a, b) => order(a) - order(b))) {
    const rows = Array.from({ length: s.end - s.start }, (_, i) => GZ.arrays.curve.subarray(5 * (s.start + i), 5 * (s.start + i) + 5));
    const line = (at, dash, name, legend) => {
      const last = rows.findLastIndex((row, i) => i === 0 || row[at] > rows[i - 1][at]), kept = rows.slice(0, last + 1).filter((row, i, all) => row[at] > 0 || (all[i + 1] && all[i + 1][at] > 0));
      if (!kept.length) return;
      traces.push({ type: "scatter", mode: "lines", name, legendgroup: s.technology, showlegend: legend, x: kept.map((row) => row[at]), y: kept.map((row) => row[0]), line: { color: GZ.colourOf(s.technology), width: dash === "solid" ? 3 : 1.6, dash, shape: "vh" }, hovertemplate: `${name}: %{x:,.0f} ${unit} ≤ %{y:.0f} ${GZ.money("mwh")}<extra></extra>` });
    };
    line(column + 2, "solid", `${GZ.tech(s.technology)}, ${GZ.t("with_grid")}`, true);
    line(column, "dot", `${GZ.tech(s.technology)}, ${GZ.t("plant_only")}`, !GZ.narrow());
  }
  const ceiling = GZ.content.ceiling, shapes = ceiling ? [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: ceiling, y1: ceiling, line: { color: "#b34700", width: 1.5, dash: "dash" } }] : [];
  const notes = ceiling ? [{ xref: "paper", x: 1, xanchor: "right", y: ceiling, yanchor: "bottom", showarrow: false, text: GZ.t("ceiling", { value: GZ.number(ceiling), unit: GZ.money("mwh") }), font: { size: 12, color: "#8a3600" } }] : [];
  const dearest = Math.max(...traces.flatMap((trace) => trace.y)), highest = Math.min(1.06 * dearest, ceiling ? 4 * ceiling : Infinity);
  return GZ.plot("curve-chart", traces, { shapes, annotations: notes, xaxis: { title: { text: `${GZ.t("up_to_cost")} [${unit}]` }, rangemode: "tozero" }, yaxis: { title: { text: `LCOE [${GZ.money("mwh")}]` }, range: [0, highest] }, below: true, margin: { l: 60, r: 20, t: 14, b: 60 } });
};

GZ.quantity = (scenario, quantity, period = "year", technology = "all") => ((scenario.quantities[quantity] || {})[period] || {})[technology];
GZ.scenarioTechnologies = function () {
  const found = new Set();
  for (const s of GZ.content.scenarios) for (const [name, value] of Object.entries((s.quantities.energy || {}).year || {})) if (name !== "all" && value > 0) found.add(name);
  return GZ.content.technologies.filter((name) => found.has(name));
};
GZ.scenarioChart = function () {
  const all = GZ.content.scenarios.filter((s) => !GZ.isIsland(s.name)), names = all.map((s) => GZ.shorter(GZ.scenario(s.name), GZ.narrow() ? 14 : 26));
  if (!GZ.chartOrNot("scenario-chart", all.length, "no_scenarios")) return null;
  const bars = GZ.scenarioTechnologies().map((tech) => ({ type: "bar", name: GZ.tech(tech), x: names, y: all.map((s) => GZ.quantity(s, "energy", "year", tech) || 0), marker: { color: GZ.colourOf(tech) }, hovertemplate: `%{x}, %{fullData.name}: %{y:,.0f} ${GZ.unitOf("gwh")}<extra></extra>` }));
  const demand = { type: "scatter", mode: "markers", name: GZ.t("demand"), x: names, y: all.map((s) => GZ.quantity(s, "demand")), marker: { symbol: "line-ew", size: 44, line: { width: 4, color: "#111" } }, hovertemplate: `${GZ.t("demand")}: %{y:,.0f} ${GZ.unitOf("gwh")}<extra></extra>` };
  const share = all.map((s, k) => ({ x: names[k], y: GZ.quantity(s, "energy"), yanchor: "bottom", showarrow: false, font: { size: 12 }, text: GZ.t("share_short", { share: GZ.percent(GZ.quantity(s, "share_met_hourly")) }) }));
  return GZ.plot("scenario-chart", [...bars, demand], { barmode: "stack", annotations: share, yaxis: { title: { text: GZ.t("gwh_year") }, range: [0, 1.12 * Math.max(...all.map((s) => Math.max(GZ.quantity(s, "energy"), GZ.quantity(s, "demand"))))] }, legend: GZ.narrow() ? { y: -0.6 } : {}, margin: { l: 66, r: 16, t: 40, b: 40 } });
};

GZ.hoursAt = (name, scenario, week, extra = 0, many = 1) => {
  const { weeks, steps } = GZ.content.hours, at = ((scenario * many + extra) * weeks.length + week) * steps;
  return GZ.arrays[name].subarray(at, at + steps);
};
GZ.weekChart = function () {
  const hours = GZ.content.hours, scenario = (hours.scenarios || []).indexOf(GZ.byId("hours-scenario").value), week = (hours.weeks || []).indexOf(GZ.byId("hours-week").value);
  if (!GZ.chartOrNot("week-chart", scenario >= 0 && week >= 0, "no_hours")) return null;
  const start = new Date(hours.week_start[scenario][week] + "Z"), length = 168 / hours.steps;
  const x = Array.from({ length: hours.steps }, (_, i) => new Date(start.getTime() + i * length * 3600000).toISOString().slice(0, 16));
  const demand = GZ.hoursAt("demand_mw", scenario, week), most = Math.max(...demand);
  const made = hours.technologies.map((_, k) => GZ.hoursAt("generation_mw", scenario, week, k, hours.technologies.length));
  const area = (name, y, colour, extra) => ({ type: "scatter", mode: "lines", stackgroup: "supply", name, x, y: Array.from(y), line: { width: 0, shape: "hv", color: colour }, fillcolor: colour, hovertemplate: `${name}: %{y:.1f} ${GZ.unitOf("mw")}<extra></extra>`, ...extra });
  const order = ["geothermal", "bioenergy", "hydro", "wind", "solar"], ranked = hours.technologies.map((name, k) => [name, k]).sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
  const traces = ranked.filter(([, k]) => made[k].some((v) => v > 0.001)).map(([name, k]) => area(GZ.tech(name), made[k], GZ.colourOf(name)));
  const stored = GZ.hoursAt("discharged_mw", scenario, week), missed = GZ.hoursAt("unserved_mw", scenario, week), charged = GZ.hoursAt("charged_mw", scenario, week);
  if (stored.some((v) => v > 0.001)) traces.push(area(GZ.t("from_stores"), stored, "#CC79A7"));
  if (missed.some((v) => v > 0.001)) traces.push(area(GZ.t("not_met"), missed, "#4d4d4d", { fillpattern: { shape: "/", fgcolor: "#ffffff", bgcolor: "#4d4d4d", size: 6 } }));
  const need = Array.from(demand);
  traces.push({ type: "scatter", mode: "lines", name: GZ.t("demand"), x, y: need, line: { color: "#111", width: 2.4, shape: "hv" }, hovertemplate: `${GZ.t("demand")}: %{y:.1f} ${GZ.unitOf("mw")}<extra></extra>` });
  if (charged.some((v) => v > 0.001)) traces.push({ type: "scatter", mode: "lines", name: GZ.t("with_charging"), x, y: need.map((v, i) => v + charged[i]), line: { color: "#882255", width: 1.5, dash: "dot", shape: "hv" }, hovertemplate: `${GZ.t("with_charging")}: %{y:.1f} ${GZ.unitOf("mw")}<extra></extra>` });
  const peak = x.reduce((top, _, i) => Math.max(top, made.reduce((a, y) => a + y[i], 0)), most), cut = peak > 3 * most;
  const notes = cut ? [{ xref: "paper", yref: "paper", x: 1, y: 1, xanchor: "right", yanchor: "top", showarrow: false, bgcolor: "#ffffffd0", text: GZ.t("cut_axis", { peak: GZ.number(peak) }) }] : [];
  return GZ.plot("week-chart", traces, { annotations: notes, hovermode: "x unified", yaxis: { title: { text: GZ.unitOf("mw") }, range: [0, (cut ? 3 : peak / most * 1.05) * most] }, xaxis: { type: "date", tickformat: "%d.%m", dtick: 86400000, title: { text: GZ.t("local_time", { offset: GZ.signed(hours.utc_offset) }) } } });
};
GZ.signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value);

GZ.heatChart = function () {
  const hours = GZ.content.hours, scenario = (hours.scenarios || []).indexOf(GZ.byId("hours-scenario").value), kind = GZ.byId("heat-kind").value;
  if (!GZ.chartOrNot("heat-chart", scenario >= 0 && GZ.arrays[kind], "no_hours")) return null;
  const all = GZ.arrays[kind].subarray(288 * scenario, 288 * (scenario + 1)), z = Array.from({ length: 12 }, (_, m) => Array.from(all.subarray(24 * m, 24 * m + 24), (v) => 100 * v));
  const least = Math.min(...all), low = Math.min(80, Math.floor((100 * least) / 10) * 10);
  return GZ.plot("heat-chart", [{ type: "heatmap", z, x: Array.from({ length: 24 }, (_, h) => h), y: GZ.months(), colorscale: GZ.plotlyScale("cividis"), zmin: low, zmax: 100, xgap: 1, ygap: 1, colorbar: { title: { text: "%", side: "right" }, thickness: 14, outlinewidth: 0 }, hovertemplate: "%{y}, %{x}:00: %{z:.1f} %<extra></extra>" }],
    { yaxis: { autorange: "reversed", dtick: 1 }, xaxis: { dtick: GZ.narrow() ? 6 : 3, title: { text: GZ.t("local_hour") } }, margin: { l: 60, r: 10, t: 10, b: 48 } });
};

GZ.monthChart = function () {
  const scenario = GZ.content.scenarios.find((s) => s.name === GZ.byId("hours-scenario").value) || GZ.content.scenarios[0];
  if (!GZ.chartOrNot("month-chart", scenario, "no_scenarios")) return null;
  const periods = Array.from({ length: 12 }, (_, m) => String(m + 1).padStart(2, "0"));
  const bars = GZ.scenarioTechnologies().map((tech) => ({ type: "bar", name: GZ.tech(tech), x: GZ.months(), y: periods.map((p) => GZ.quantity(scenario, "energy", p, tech) || 0), marker: { color: GZ.colourOf(tech) }, hovertemplate: `%{x}, %{fullData.name}: %{y:.3g} ${GZ.unitOf("gwh")}<extra></extra>` }));
  const line = (key, colour, dash) => ({ type: "scatter", mode: "lines+markers", name: GZ.t(key), x: GZ.months(), y: periods.map((p) => GZ.quantity(scenario, key, p)), line: { color: colour, width: 2.5, dash }, hovertemplate: `%{x}, ${GZ.t(key)}: %{y:.3g} ${GZ.unitOf("gwh")}<extra></extra>` });
  return GZ.plot("month-chart", [...bars.filter((b) => b.y.some((v) => v > 0)), line("demand", "#111", "solid"), line("met", "#882255", "dot")], { barmode: "stack", yaxis: { title: { text: GZ.t("gwh_month") }, rangemode: "tozero" } });
};

GZ.publishedChart = function () {
  const rows = (GZ.content.published || []).filter((row) => row.ratio > 0);
  if (!GZ.chartOrNot("published-chart", rows.length, "no_published")) return null;
  const names = rows.map((row, k) => `${k + 1}. ${row.technology === "all" ? GZ.t("all_technologies") : GZ.tech(row.technology)}, ${GZ.t("quantity_" + row.quantity)}`), shown = names.map((name) => GZ.shorter(name, GZ.narrow() ? 16 : 60));
  const marks = [[0.1, "0.1"], [0.2, "0.2"], [0.5, "0.5"], [1, "1"], [2, "2"], [5, "5"], [10, "10"]].map(([v]) => [v, GZ.number(v) + "×"]);
  const trace = { type: "scatter", mode: "markers+text", y: shown, x: rows.map((row) => row.ratio), text: rows.map((row) => GZ.number(row.ratio, 2) + "×"), textposition: rows.map((row) => (row.ratio >= 1 ? "middle right" : "middle left")), cliponaxis: false, marker: { size: 12, color: rows.map((row) => GZ.colourOf(row.technology)), line: { color: "#14282f", width: 1 } },
    customdata: rows.map((row) => [GZ.number(row.ours), GZ.published(row), row.unit === "1" ? "" : row.unit]), hovertemplate: `%{y}: ${GZ.t("ours")} %{customdata[0]} %{customdata[2]}, ${GZ.t("published_short")} %{customdata[1]} %{customdata[2]}<extra></extra>` };
  return GZ.plot("published-chart", [trace], { xaxis: { type: "log", range: [-1, 1], tickvals: marks.map((m) => m[0]), ticktext: marks.map((m) => m[1]), title: { text: GZ.t("ours_over_published") } }, yaxis: { autorange: "reversed", tickfont: { size: 11 } }, shapes: [{ type: "rect", xref: "x", yref: "paper", x0: 0.5, x1: 2, y0: 0, y1: 1, fillcolor: "#00665c14", line: { width: 0 }, layer: "below" }, { type: "line", yref: "paper", x0: 1, x1: 1, y0: 0, y1: 1, line: { color: "#14282f", dash: "dash", width: 1.5 } }], margin: { l: 120, r: 30, t: 10, b: 48 } });
};
GZ.published = (row) => (row.published_low === row.published_high ? GZ.number(row.published_low) : GZ.range(row.published_low, row.published_high));
