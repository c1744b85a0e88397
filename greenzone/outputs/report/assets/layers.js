// What the map can show: layers of values, vectors above them, the controls and the legend.
GZ.own = { wind_wind_speed_hub: "viridis", geothermal_heat_flow: "cividis", geothermal_temperature_at_3km: "cividis", geothermal_favourability: "cividis" };
GZ.overlayNames = ["basemap", "terrain", "districts", "rivers", "settlements", "grid", "plants", "zones", "routes", "exclusions"];
GZ.shownFirst = ["terrain", "districts", "rivers", "settlements", "plants"];
const BINS = 48;

GZ.layersOf = function (technology) {
  const money = GZ.money("mwh");
  const of = (key, unit, scale, more) => ({ key, column: `${technology}_${key}`, unit, scale, label: GZ.t("layer_" + key), ...more });
  const layers = [
    of("score", "0–1", "viridis"),
    of("capacity_factor", "%", "cividis", { percent: true, positive: true, plain: true }),
    of("capacity_mw", GZ.unitOf("mw"), "viridis", { positive: true }),
    of("energy_gwh", GZ.t("gwh_year"), "viridis", { positive: true }),
    of("lcoe", money, "viridis", { reversed: true, positive: true, plain: true }),
    of("lcoe_connected", money, "viridis", { reversed: true, positive: true, plain: true }),
    of("eligible_fraction", "%", "cividis", { percent: true, domain: [0, 1] }),
  ];
  for (const [name, scale] of Object.entries(GZ.own)) {
    if (name.startsWith(technology + "_") && GZ.arrays[name]) {
      layers.push({ key: name, column: name, unit: GZ.unit(GZ.content.sites.units[name]), scale, label: GZ.t("layer_" + name) });
    }
  }
  return layers.filter((layer) => GZ.arrays[layer.column]);
};
GZ.unit = (udunits) => ({ "1": "", "m s-1": "m/s", "mW m-2": "mW/m²", degC: "°C", "GW h": "GWh" }[udunits] ?? udunits);
GZ.shownValue = (layer, value) => (layer.percent ? GZ.percent(value) : GZ.number(value) + (layer.unit && layer.unit !== "0–1" ? " " + layer.unit : ""));

GZ.paint = function (map) {
  const { technology, key } = GZ.state;
  map.technology = technology;
  if (technology === "best") return GZ.paintBest(map);
  const layer = GZ.layersOf(technology).find((each) => each.key === key) || GZ.layersOf(technology)[0];
  if (!layer) { map.colour([], []); return GZ.fill("legend"); }
  GZ.state.key = layer.key;
  const values = GZ.arrays[layer.column], capacity = GZ.arrays[`${technology}_capacity_mw`];
  const needs = ["score", "capacity_factor", "capacity_mw", "energy_gwh", "lcoe", "lcoe_connected"].includes(layer.key);
  const usable = Float32Array.from(values, (v, i) => (needs && capacity && !(capacity[i] > 0) ? NaN : v));
  const domain = GZ.domain(usable, { ...layer, positive: layer.positive });
  if (domain && layer.plain) domain.log = false;
  const numbers = new Int16Array(values.length).fill(-1);
  for (let i = 0; domain && i < values.length; i++) {
    if (!Number.isFinite(usable[i])) continue;
    numbers[i] = Math.round(Math.min(Math.max(GZ.share(usable[i], domain), 0), 1) * (BINS - 1));
  }
  const colours = Array.from({ length: BINS }, (_, k) => GZ.colour(layer.scale, layer.reversed ? 1 - k / (BINS - 1) : k / (BINS - 1)));
  map.colour(colours, numbers);
  GZ.legend(layer, domain, colours);
};

GZ.paintBest = function (map) {
  const names = GZ.content.sites.words.best_technology || [];
  map.colour(names.map(GZ.colourOf), GZ.arrays.best_technology || []);
  const keys = names.map((name) => GZ.el("span", { class: "key" }, GZ.el("span", { class: "swatch", style: { background: GZ.colourOf(name) } }), GZ.tech(name)));
  GZ.fill("legend", GZ.el("strong", {}, GZ.t("best_technology")), keys, ...GZ.overlayKeys());
};

GZ.legend = function (layer, domain, colours) {
  const title = GZ.el("strong", {}, `${GZ.tech(GZ.state.technology)}: ${layer.label}` + (layer.unit ? ` [${layer.unit}]` : ""));
  if (!domain) { GZ.fill("legend", title, GZ.nothing("nothing_here"), ...GZ.overlayKeys()); return; }
  const ramp = GZ.el("canvas", { width: BINS, height: 1, role: "img", "aria-label": title.textContent }), g = ramp.getContext("2d");
  colours.forEach((colour, k) => { g.fillStyle = colour; g.fillRect(k, 0, 1, 1); });
  const tick = (share) => { const v = GZ.unshare(share, domain); return layer.percent ? GZ.percent(v) : GZ.number(v); };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share, k) => GZ.el("span", {}, (k === 0 && domain.below ? "≤ " : k === 4 && domain.above ? "≥ " : "") + tick(share)));
  GZ.fill("legend", GZ.el("div", { class: "ramp" }, title, ramp, GZ.el("div", { class: "ticks" }, ticks)),
    GZ.el("span", { class: "small" }, GZ.t(layer.reversed ? "bright_cheap" : layer.key === "eligible_fraction" ? "share_of_cell" : "blank_cells") + (domain.below || domain.above ? " " + GZ.t("clipped_ends") : "") + (domain.log ? " " + GZ.t("log_colours") : "")), ...GZ.overlayKeys());
};

GZ.overlayKeys = function () {
  const on = { ...GZ.state.overlays }, keys = [], mine = (f) => GZ.state.technology === "best" || f.p.technology === GZ.state.technology, box = (style) => GZ.el("span", { class: "swatch", style });
  const add = (name, style, text) => { if (on[name]) keys.push(GZ.el("span", { class: "key" }, box(style), text || GZ.t("overlay_" + name))); };
  for (const name of ["plants", "zones", "routes"]) on[name] = on[name] && GZ.content.vectors[name].some(mine);
  add("rivers", { background: "#2f7fb8", height: "3px", border: "0" });
  add("grid", { background: "#111", transform: "rotate(45deg)" }, GZ.t(GZ.content.vectors.nodes.some((n) => n.p.approximate) ? "nodes_approximate" : "overlay_grid"));
  add("plants", { background: "#fff", border: "2px solid #14282f", "border-radius": "50%" }, GZ.t("plants_key"));
  add("zones", { background: "transparent", border: "2px solid #111" }, GZ.t("zones_key"));
  add("routes", { background: "#D81B60", height: "3px", border: "0" }, GZ.t("routes_key"));
  add("exclusions", { background: "repeating-linear-gradient(45deg,#1e1e2496 0 2px,#1e1e2446 2px 4px)" }, GZ.t("exclusions_key"));
  return keys;
};

GZ.controls = function (map) {
  const held = document.activeElement, { name, value } = GZ.byId("controls").contains(held) ? held : {};
  const choice = (group, value, text, chosen, swatch) => GZ.el("label", {},
    GZ.el("input", { type: "radio", name: group, value, checked: chosen, onchange: () => GZ.show(map, { [group]: value }) }),
    swatch ? GZ.el("span", { class: "swatch", style: { background: swatch } }) : null, GZ.el("span", {}, text));
  GZ.fill("technologies", GZ.content.technologies.map((name) => choice("technology", name, GZ.tech(name), GZ.state.technology === name, GZ.colourOf(name))),
    choice("technology", "best", GZ.t("best_technology"), GZ.state.technology === "best"));
  const layers = GZ.state.technology === "best" ? [] : GZ.layersOf(GZ.state.technology);
  GZ.fill("layers", layers.length ? layers.map((layer) => choice("key", layer.key, layer.label, layer.key === GZ.state.key)) : GZ.nothing("best_text"));
  GZ.fill("overlays", GZ.overlayNames.filter(GZ.canShow).map((name) => GZ.el("label", {},
    GZ.el("input", { type: "checkbox", name: "overlay", value: name, checked: Boolean(GZ.state.overlays[name]), onchange: (event) => { GZ.state.overlays[name] = event.target.checked; GZ.show(map, {}); } }),
    GZ.el("span", {}, GZ.t("overlay_" + name)))));
  if (name) [...GZ.byId("controls").elements].find((e) => e.name === name && e.value === value)?.focus(); // keys go on where they were
};
GZ.canShow = function (name) {
  const has = { basemap: true, terrain: GZ.content.terrain, exclusions: GZ.content.excluded, grid: GZ.content.vectors.nodes.length };
  return Object.hasOwn(has, name) ? Boolean(has[name]) : GZ.content.vectors[name].length > 0;
};
GZ.show = function (map, change) {
  Object.assign(GZ.state, change);
  map.shown = GZ.state.overlays;
  GZ.credit(map);
  GZ.paint(map);
  if ("technology" in change) { GZ.controls(map); GZ.zonesTable(); GZ.state.cardTechnology = null; GZ.card(map.chosen ?? -1); }
};

// Vectors, from the ground up.
GZ.drawVectors = function (map, g) {
  const on = map.shown, v = GZ.content.vectors, mine = (f) => map.technology === "best" || f.p.technology === map.technology;
  GZ.trace(map, g, v.districts); GZ.veil(map, g);
  if (on.rivers) for (const river of v.rivers) GZ.stroke(map, g, [river], "#2f7fb8", 0.4 + 0.45 * (river.p.strahler || 1));
  if (on.zones) for (const zone of v.zones.filter(mine)) { GZ.stroke(map, g, [zone], "#ffffff", 4); GZ.stroke(map, g, [zone], "#111111", 1.8); }
  if (on.routes) { const routes = v.routes.filter(mine); GZ.stroke(map, g, routes, "#ffffffc0", 3.5); GZ.stroke(map, g, routes, "#D81B60", 1.8); }
  if (on.districts) { GZ.stroke(map, g, v.districts, "#ffffffb0", 3); GZ.stroke(map, g, v.districts, "#22313a", 1.1); }
  map.taken = [];
  if (on.grid) for (const node of v.nodes) GZ.node(map, g, node);
  if (on.plants) for (const plant of v.plants.filter(mine)) GZ.plant(map, g, plant);
  if (on.settlements) for (const place of [...v.settlements].sort((a, b) => b.p.seat - a.p.seat)) GZ.settlement(map, g, place);
  if (on.districts) for (const district of v.districts) GZ.districtLabel(map, g, district);
};
GZ.trace = function (map, g, features) {
  g.beginPath();
  for (const feature of features) {
    for (const line of feature.g) {
      for (let i = 0; i < line.length; i += 2) {
        const [px, py] = map.degrees(line[i] / GZ.content.scale, line[i + 1] / GZ.content.scale);
        if (i) g.lineTo(px, py); else g.moveTo(px, py);
      }
      if (feature.k === "polygon") g.closePath();
    }
  }
};
GZ.stroke = function (map, g, features, colour, width) {
  GZ.trace(map, g, features);
  g.strokeStyle = colour; g.lineWidth = width; g.lineJoin = g.lineCap = "round"; g.stroke();
};
// The land around the zone is paler than the zone.
GZ.veil = function (map, g) {
  g.rect(-5, -5, map.width + 10, map.height + 10);
  g.fillStyle = "#f1f5f4a8"; g.fill("evenodd");
};
GZ.node = function (map, g, node) {
  const [px, py] = GZ.at(map, node), size = (node.p.voltage_kv || 0) >= 220 ? 7 : 5;
  g.save(); g.translate(px, py); g.rotate(Math.PI / 4);
  g.fillStyle = node.p.approximate ? "#ffffff" : "#111111"; g.strokeStyle = "#111111"; g.lineWidth = 2;
  g.fillRect(-size, -size, 2 * size, 2 * size); g.strokeRect(-size, -size, 2 * size, 2 * size); g.restore();
};
GZ.plant = function (map, g, plant) {
  const [px, py] = GZ.at(map, plant);
  g.beginPath(); g.arc(px, py, GZ.plantSize(plant), 0, 7);
  g.fillStyle = plant.p.status === "existing" ? "#111111" : GZ.colourOf(plant.p.technology);
  g.fill(); g.lineWidth = 1.3; g.strokeStyle = "#ffffff"; g.stroke();
};
GZ.plantSize = (plant) => 2.6 + 1.05 * Math.sqrt(plant.p.capacity_mw || 0);
GZ.settlement = function (map, g, place) {
  if (!place.p.label && map.view.scale < 900) return;
  const [px, py] = GZ.at(map, place);
  g.beginPath(); g.arc(px, py, place.p.seat ? 3.4 : 2.2, 0, 7); g.fillStyle = "#111111"; g.fill(); g.lineWidth = 1; g.strokeStyle = "#ffffff"; g.stroke();
  if (place.p.label || map.view.scale > 1800) GZ.label(map, g, GZ.district(place.p.name), px + 6, py - 5, place.p.seat ? 600 : 400, 12, "left");
};
GZ.districtLabel = function (map, g, district) {
  if (!district.middle) district.middle = GZ.middleOf(district);
  const [px, py] = map.degrees(...district.middle);
  if (!map.shown.settlements || !GZ.content.vectors.settlements.length) GZ.label(map, g, GZ.district(district.p.district), px, py, 600, 13, "center");
};
GZ.at = (map, feature) => map.degrees(feature.g[0][0] / GZ.content.scale, feature.g[0][1] / GZ.content.scale);
GZ.label = function (map, g, text, px, py, weight, size, align) {
  g.font = `${weight} ${size}px system-ui, "Segoe UI", "DejaVu Sans", sans-serif`; g.textAlign = align;
  const wide = g.measureText(text).width, left = align === "center" ? px - wide / 2 : px;
  const box = [left - 2, py - size, left + wide + 2, py + 4];
  if (map.taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) return;
  map.taken.push(box);
  g.lineWidth = 3.5; g.lineJoin = "round"; g.strokeStyle = "#ffffffe6"; g.strokeText(text, px, py); g.fillStyle = "#10242b"; g.fillText(text, px, py);
};
// Centre of mass of the largest ring.
GZ.middleOf = function (feature) {
  const ring = feature.g.reduce((a, b) => (b.length > a.length ? b : a));
  let area = 0, x = 0, y = 0;
  for (let i = 0, n = ring.length; i < n - 2; i += 2) {
    const cross = ring[i] * ring[i + 3] - ring[i + 2] * ring[i + 1];
    area += cross; x += (ring[i] + ring[i + 2]) * cross; y += (ring[i + 1] + ring[i + 3]) * cross;
  }
  return area ? [x / (3 * area) / GZ.content.scale, y / (3 * area) / GZ.content.scale] : [ring[0] / GZ.content.scale, ring[1] / GZ.content.scale];
};
// The plant, node or settlement under the pointer.
GZ.pointFeatureAt = function (map, [px, py]) {
  const on = map.shown, v = GZ.content.vectors, mine = (f) => map.technology === "best" || f.p.technology === map.technology;
  const near = (list, radius) => {
    let found = null, least = Infinity;
    for (const feature of list) {
      const [x, y] = GZ.at(map, feature), far = Math.hypot(x - px, y - py);
      if (far <= radius(feature) && far < least) { least = far; found = feature; }
    }
    return found;
  };
  const plant = on.plants && near(v.plants.filter(mine), (f) => GZ.plantSize(f) + 2);
  if (plant) return { feature: plant, kind: "plant" };
  const node = on.grid && near(v.nodes, () => 8);
  return node ? { feature: node, kind: "node" } : null;
};
