const PAPER = 680; // pixels of A4 between its margins
// The order of things: arrays, map, words and tables, then the charts.
GZ.state = { technology: GZ.content.technologies[0] || "best", key: "score", overlays: Object.fromEntries(GZ.shownFirst.map((name) => [name, true])), cardTechnology: null };

GZ.selects = function () {
  const places = GZ.places();
  GZ.options("place", [["", GZ.t("choose_place")], ...places], "");
  GZ.options("ladder-place", places, "zone");
  GZ.options("curve-place", places.filter(([place]) => !GZ.content.curve.length || GZ.content.curve.some((s) => s.district === place)), "zone");
  GZ.options("curve-mix", [["together", GZ.t("mix_together")], ["alone", GZ.t("mix_alone")]], "together");
  GZ.options("curve-quantity", [["energy", GZ.t("energy")], ["capacity", GZ.t("capacity")]], "energy");
  GZ.options("district-technology", GZ.content.technologies.map((name) => [name, GZ.tech(name)]));
  const scenarios = GZ.content.hours.scenarios || GZ.content.scenarios.map((s) => s.name);
  GZ.options("hours-scenario", scenarios.map((name) => [name, GZ.scenario(name)]), scenarios[1]);
  GZ.options("hours-week", (GZ.content.hours.weeks || []).map((name) => [name, GZ.t("week_" + name)]));
  GZ.options("heat-kind", [["share_met", GZ.t("heat_share_met")], ["hours_met", GZ.t("heat_hours_met")]]);
  GZ.mixSelects(); GZ.planSelects();
  GZ.byId("hours-controls").hidden = !scenarios.length;
  GZ.byId("hours-text").textContent = GZ.content.hours.weeks ? GZ.t("hours_text", { offset: GZ.signed(GZ.content.hours.utc_offset) }) + (GZ.content.scenarios.some((s) => GZ.isIsland(s.name)) ? " " + GZ.t("no_islands") : "") : GZ.t("no_hours");
};

GZ.tablesAll = () => { GZ.cards(); GZ.zonesTable(); GZ.ladderTable(); GZ.districtTable(); GZ.rangesTable(); GZ.scenarioTable(); GZ.worthTable(); GZ.findings(); GZ.mixTable(); GZ.planTable(); GZ.planPlacesTable(); GZ.publishedTable(); GZ.limits(); GZ.sources(); };
GZ.charts = { "ladder-chart": "ladderChart", "ranges-chart": "rangesChart", "curve-chart": "curveChart", "scenario-chart": "scenarioChart", "week-chart": "weekChart", "heat-chart": "heatChart", "month-chart": "monthChart", "mix-chart": "mixChart", "driver-chart": "driverChart", "plan-chart": "planChart", "plan-places": "planPlaces", "plan-spans": "planSpans", "plan-prices": "planPrices", "published-chart": "publishedChart" };
// What the reader looks at comes first; the page stays alive between two charts.
GZ.drawCharts = async function () {
  const left = new Set(Object.keys(GZ.charts)), turn = GZ.turn = (GZ.turn || 0) + 1;
  const away = (id) => { const box = GZ.byId(id).getBoundingClientRect(); return Math.max(box.top - window.innerHeight, -box.bottom, 0); };
  while (left.size && turn === GZ.turn) {
    const next = [...left].reduce((near, id) => (away(id) < away(near) ? id : near));
    left.delete(next);
    await GZ[GZ.charts[next]]();
    await new Promise((done) => setTimeout(done));
  }
  if (turn === GZ.turn) document.documentElement.dataset.charts = GZ.lang;
};

GZ.speak = async function (lang) {
  GZ.lang = lang;
  GZ.header(); GZ.selects(); GZ.tablesAll(); GZ.controls(GZ.map); GZ.paint(GZ.map); GZ.tip(null);
  GZ.card(GZ.map.chosen ?? -1);
  await GZ.drawCharts();
};

// The card opens on the best site, unless the reader has been quicker.
GZ.chooseBest = function () {
  const score = GZ.arrays[GZ.state.technology + "_score"];
  if (!score || GZ.map.chosen !== undefined) return;
  const area = GZ.arrays.area_km2, usual = Float32Array.from(area).sort()[Math.floor(area.length / 2)];
  let best = -1;
  score.forEach((value, site) => { if (Number.isFinite(value) && area[site] >= 0.9 * usual && (best < 0 || value > score[best])) best = site; });
  if (best >= 0) GZ.map.choose(best);
};

// Charts know only the screen: they are drawn to the width of the paper first, and given back to the screen after.
GZ.fitCharts = function (paper) {
  for (const chart of document.querySelectorAll(".js-plotly-plot")) {
    window.Plotly.relayout(chart, paper ? { autosize: false, width: PAPER } : { autosize: true, width: null });
  }
};

GZ.wire = function () {
  const on = (id, name, does) => GZ.byId(id).addEventListener(name, does);
  for (const button of document.querySelectorAll("[data-lang]")) button.addEventListener("click", () => GZ.speak(button.dataset.lang));
  on("print", "click", () => window.print());
  on("zoom-in", "click", () => GZ.map.zoom(1.6)); on("zoom-out", "click", () => GZ.map.zoom(1 / 1.6)); on("zoom-all", "click", () => GZ.map.fit());
  on("ladder-place", "change", () => { GZ.ladderTable(); GZ.ladderChart(); });
  on("district-technology", "change", GZ.districtTable);
  for (const id of ["curve-place", "curve-mix", "curve-quantity"]) on(id, "change", GZ.curveChart);
  on("hours-scenario", "change", () => { GZ.weekChart(); GZ.heatChart(); GZ.monthChart(); });
  on("hours-week", "change", GZ.weekChart); on("heat-kind", "change", GZ.heatChart);
  on("mix-result", "change", () => { GZ.mixChart(); GZ.mixTable(); });
  for (const id of ["driver-scenario", "driver-result"]) on(id, "change", GZ.driverChart);
  on("plan-year", "change", () => { GZ.planPlaces(); GZ.planPlacesTable(); GZ.planSpans(); });
  on("controls", "submit", (event) => event.preventDefault());
  on("place", "change", (event) => GZ.goTo(event.target.value));
  window.addEventListener("beforeprint", () => GZ.fitCharts(true)); window.addEventListener("afterprint", () => GZ.fitCharts(false));
};
GZ.goTo = function (place) {
  GZ.goToShape(GZ.content.vectors.districts.find((d) => d.p.district === place));
};
GZ.goToShape = function (found) {
  if (!found) { GZ.map.fit(); return; }
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of found.g) for (let i = 0; i < ring.length; i += 2) {
    west = Math.min(west, ring[i]); east = Math.max(east, ring[i]); south = Math.min(south, ring[i + 1]); north = Math.max(north, ring[i + 1]);
  }
  const s = GZ.content.scale;
  GZ.map.fit({ west: west / s, south: south / s, east: east / s, north: north / s });
};

GZ.begin = async function () {
  try {
    if (!("DecompressionStream" in window)) throw new Error(GZ.t("old_browser"));
    GZ.header();
    await GZ.load();
    if (window.innerWidth < 760) GZ.byId("overlay-box").open = false;
    GZ.header(); GZ.selects();
    GZ.map = new GZ.Map(GZ.byId("map"), GZ.byId("map-top"));
    GZ.map.onhover = GZ.tip;
    GZ.map.onpick = (site) => { GZ.state.cardTechnology = null; GZ.card(site); };
    GZ.controls(GZ.map); GZ.show(GZ.map, {}); GZ.card(-1); GZ.tablesAll(); GZ.wire();
    document.documentElement.dataset.ready = "map";
    GZ.byId("map-box").dataset.sites = GZ.siteNames.length;
    requestAnimationFrame(() => setTimeout(() => GZ.drawCharts().then(GZ.chooseBest)));
  } catch (error) {
    const trouble = GZ.byId("trouble");
    trouble.textContent = GZ.t("trouble") + " " + error.message; trouble.hidden = false;
    throw error;
  }
};
GZ.begin();
