// The map: a canvas of our own. Degrees of longitude are shortened by the cosine of the zone's middle latitude.
GZ.Map = class {
  constructor(canvas, top) {
    this.canvas = canvas; this.top = top;
    const [west, south, east, north] = GZ.content.box;
    this.box = { west, south, east, north };
    this.cos = Math.cos(((south + north) / 2) * Math.PI / 180);
    this.flat(); this.index(); this.pictures();
    this.shown = {}; this.layer = null; this.pointers = new Map();
    this.onhover = () => {}; this.onpick = () => {};
    this.listen();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize(); this.fit();
  }

  // Corners of all cells in map units (degrees of latitude, y down).
  flat() {
    const xy = GZ.arrays.ring_xy, scale = GZ.content.scale, points = xy.length / 2;
    this.x = new Float64Array(points); this.y = new Float64Array(points);
    for (let i = 0; i < points; i++) {
      this.x[i] = (xy[2 * i] / scale) * this.cos;
      this.y[i] = -xy[2 * i + 1] / scale;
    }
    this.start = GZ.arrays.ring_start; this.owner = GZ.arrays.ring_site;
    const rings = this.owner.length, sites = GZ.siteNames.length;
    this.bounds = new Float64Array(4 * rings);
    this.middle = new Float64Array(2 * sites).fill(NaN);
    for (let r = 0; r < rings; r++) {
      let a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
      for (let i = this.start[r]; i < this.start[r + 1]; i++) {
        a = Math.min(a, this.x[i]); c = Math.max(c, this.x[i]); b = Math.min(b, this.y[i]); d = Math.max(d, this.y[i]);
      }
      this.bounds.set([a, b, c, d], 4 * r);
      const s = this.owner[r];
      if (Number.isNaN(this.middle[2 * s])) { this.middle[2 * s] = (a + c) / 2; this.middle[2 * s + 1] = (b + d) / 2; }
    }
  }

  // Which rings may lie under a point: lists of rings by coarse square.
  index() {
    this.square = 0.02; this.squares = new Map();
    for (let r = 0; r < this.owner.length; r++) {
      const [a, b, c, d] = this.bounds.subarray(4 * r, 4 * r + 4);
      for (let i = Math.floor(a / this.square); i <= Math.floor(c / this.square); i++) {
        for (let j = Math.floor(b / this.square); j <= Math.floor(d / this.square); j++) {
          const key = i * 100003 + j;
          if (!this.squares.has(key)) this.squares.set(key, []);
          this.squares.get(key).push(r);
        }
      }
    }
  }

  siteAt(x, y) {
    const inside = new Map();
    for (const r of this.squares.get(Math.floor(x / this.square) * 100003 + Math.floor(y / this.square)) || []) {
      let odd = false;
      for (let i = this.start[r], j = this.start[r + 1] - 1; i < this.start[r + 1]; j = i++) {
        if ((this.y[i] > y) !== (this.y[j] > y) && x < ((this.x[j] - this.x[i]) * (y - this.y[i])) / (this.y[j] - this.y[i]) + this.x[i]) odd = !odd;
      }
      if (odd) inside.set(this.owner[r], !inside.get(this.owner[r]));
    }
    for (const [site, odd] of inside) if (odd) return site;
    return -1;
  }

  // Shaded terrain and excluded land as pictures.
  pictures() {
    const { terrain, excluded } = GZ.content;
    this.terrain = terrain && this.picture(terrain, GZ.arrays.terrain, (grey, at, data) => {
      const light = 96 + grey * 0.6;
      data.set([light, light, light * 0.985, 255], at);
    });
    this.excludedMeta = excluded; this.excluded = {};
  }

  picture(meta, values, paint) {
    const [rows, columns] = meta.shape, canvas = document.createElement("canvas");
    canvas.width = columns; canvas.height = rows;
    const context = canvas.getContext("2d"), image = context.createImageData(columns, rows);
    for (let i = 0; i < values.length; i++) paint(values[i], 4 * i, image.data, i % columns, Math.floor(i / columns));
    context.putImageData(image, 0, 0);
    return { canvas, box: meta.box };
  }

  excludedOf(technology) {
    const meta = this.excludedMeta;
    if (!meta || !Object.hasOwn(meta.bits, technology)) return null;
    if (!this.excluded[technology]) {
      const bit = 1 << meta.bits[technology];
      this.excluded[technology] = this.picture(meta, GZ.arrays.excluded, (value, at, data, column, row) => {
        if (value & bit) data.set((column + row) % 4 < 2 ? [30, 30, 36, 150] : [30, 30, 36, 70], at);
      });
    }
    return this.excluded[technology];
  }

  // Which colour each cell has; cells without a value stay open to the terrain.
  colour(colours, numbers) {
    this.colours = colours;
    const order = Array.from({ length: colours.length }, () => []);
    for (let r = 0; r < this.owner.length; r++) {
      const number = numbers[this.owner[r]];
      if (number >= 0) order[number].push(r);
    }
    this.order = order;
    this.redraw();
  }

  resize() {
    const ratio = window.devicePixelRatio || 1, { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || window.matchMedia("print").matches || (this.width === clientWidth && this.height === clientHeight && this.ratio === ratio)) return;
    const centre = this.view && { ...this.view };
    this.width = clientWidth; this.height = clientHeight; this.ratio = ratio;
    for (const canvas of [this.canvas, this.top]) { canvas.width = Math.round(clientWidth * ratio); canvas.height = Math.round(clientHeight * ratio); }
    if (!centre || this.whole) this.fit(); else this.redraw();
  }

  fit(box) {
    const { west, south, east, north } = box || this.box;
    this.whole = !box;
    const wide = (east - west) * this.cos, tall = north - south;
    const scale = Math.min(this.width / wide, this.height / tall) * (box ? 0.85 : 0.94);
    this.view = { x: ((east + west) / 2) * this.cos, y: -(south + north) / 2, scale };
    if (!box) this.least = scale * 0.6;
    this.redraw();
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.toMap(px, py), v = this.view;
    const scale = Math.min(Math.max(v.scale * factor, this.least || 1), 40000);
    this.whole = false;
    this.view = { scale, x: x - (px - this.width / 2) / scale, y: y - (py - this.height / 2) / scale };
    this.redraw();
  }

  pan(dx, dy) { this.whole = false; this.view.x -= dx / this.view.scale; this.view.y -= dy / this.view.scale; this.redraw(); }
  toMap(px, py) { const v = this.view; return [v.x + (px - this.width / 2) / v.scale, v.y + (py - this.height / 2) / v.scale]; }
  toScreen(x, y) { const v = this.view; return [(x - v.x) * v.scale + this.width / 2, (y - v.y) * v.scale + this.height / 2]; }
  degrees(lon, lat) { return this.toScreen(lon * this.cos, -lat); }
  screenOf(site) { return this.toScreen(this.middle[2 * site], this.middle[2 * site + 1]); }

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.draw(); });
  }

  draw() {
    const g = this.canvas.getContext("2d");
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.fillStyle = "#e3e9e8"; g.fillRect(0, 0, this.width, this.height);
    if (this.shown.terrain && this.terrain) this.drawPicture(g, this.terrain, true);
    if (this.shown.basemap) (this.basemap ||= new GZ.Basemap(this)).draw(g);
    if (this.order) this.drawCells(g);
    if (this.shown.exclusions) { const p = this.excludedOf(this.technology); if (p) this.drawPicture(g, p, false); }
    GZ.drawVectors(this, g);
    this.mark();
    this.drawScale();
    this.drawn = (this.drawn || 0) + 1;
  }

  drawPicture(g, picture, smooth) {
    const [west, south, east, north] = picture.box;
    const [x0, y0] = this.degrees(west, north), [x1, y1] = this.degrees(east, south);
    g.imageSmoothingEnabled = smooth; g.imageSmoothingQuality = "high";
    g.drawImage(picture.canvas, x0, y0, x1 - x0, y1 - y0);
  }

  drawCells(g) {
    const { x: cx, y: cy, scale } = this.view, hw = this.width / 2, hh = this.height / 2;
    const [left, up] = this.toMap(0, 0), [right, down] = this.toMap(this.width, this.height);
    g.globalAlpha = this.shown.basemap ? 0.6 : this.shown.terrain ? 0.82 : 1;
    // The overlap of half a pixel hides the seams between neighbours; drawn whole, so that nothing shows twice.
    const layer = this.cellLayer || (this.cellLayer = document.createElement("canvas"));
    layer.width = this.canvas.width; layer.height = this.canvas.height;
    const c = layer.getContext("2d");
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.lineWidth = 0.7;
    this.order.forEach((rings, number) => {
      if (!rings.length) return;
      c.beginPath();
      for (const r of rings) {
        const b = 4 * r;
        if (this.bounds[b] > right || this.bounds[b + 2] < left || this.bounds[b + 1] > down || this.bounds[b + 3] < up) continue;
        for (let i = this.start[r]; i < this.start[r + 1]; i++) {
          const px = (this.x[i] - cx) * scale + hw, py = (this.y[i] - cy) * scale + hh;
          if (i === this.start[r]) c.moveTo(px, py); else c.lineTo(px, py);
        }
        c.closePath();
      }
      c.fillStyle = c.strokeStyle = this.colours[number];
      c.fill("evenodd"); c.stroke();
    });
    g.drawImage(layer, 0, 0, this.width, this.height);
    g.globalAlpha = 1;
  }

  // Outlines of the site under the pointer and of the chosen one, on a canvas of their own.
  mark() {
    const g = this.top.getContext("2d");
    g.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    g.clearRect(0, 0, this.width, this.height);
    for (const [site, colour, width] of [[this.hovered, "#ffffff", 2], [this.chosen, "#D81B60", 3]]) {
      if (site === undefined || site < 0) continue;
      g.beginPath();
      for (let r = 0; r < this.owner.length; r++) {
        if (this.owner[r] !== site) continue;
        for (let i = this.start[r]; i < this.start[r + 1]; i++) {
          const [px, py] = this.toScreen(this.x[i], this.y[i]);
          if (i === this.start[r]) g.moveTo(px, py); else g.lineTo(px, py);
        }
        g.closePath();
      }
      g.lineWidth = width + 2; g.strokeStyle = "#000000a0"; g.stroke();
      g.lineWidth = width; g.strokeStyle = colour; g.stroke();
      if (site === this.chosen) {
        const [px, py] = this.screenOf(site);
        g.beginPath(); g.arc(px, py, 11, 0, 7); g.lineWidth = 4; g.strokeStyle = "#ffffffc0"; g.stroke(); g.lineWidth = 2; g.strokeStyle = colour; g.stroke();
      }
    }
  }

  drawScale() {
    const kmPerPixel = 111.2 / this.view.scale, round = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];
    const km = round.filter((k) => k / kmPerPixel <= 130).pop() || 0.1;
    const bar = GZ.byId("scale-bar");
    bar.style.width = km / kmPerPixel + "px"; bar.textContent = GZ.number(km) + " km";
  }

  listen() {
    const c = this.canvas, at = (event) => { const r = c.getBoundingClientRect(); return [event.clientX - r.left, event.clientY - r.top]; };
    c.addEventListener("pointerdown", (event) => {
      this.pointers.set(event.pointerId, at(event)); this.moved = 0;
      if (event.pointerType === "mouse") c.setPointerCapture(event.pointerId);
    });
    c.addEventListener("pointermove", (event) => {
      const now = at(event), before = this.pointers.get(event.pointerId);
      if (before && this.pointers.size === 2) this.pinch(event.pointerId, now);
      else if (before && event.pointerType === "mouse") {
        this.moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
        if (this.moved > 3) { c.classList.add("moving"); this.pan(now[0] - before[0], now[1] - before[1]); this.hover(null); }
      } else if (!before) this.hover(now);
      if (before) this.pointers.set(event.pointerId, now);
    });
    const end = (event) => { this.pointers.delete(event.pointerId); c.classList.remove("moving"); };
    c.addEventListener("pointerup", (event) => { end(event); if (this.moved <= 3) this.pick(at(event)); });
    c.addEventListener("pointercancel", end);
    c.addEventListener("pointerleave", (event) => { end(event); if (event.pointerType === "mouse") this.hover(null); });
    c.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== c) return; // the page scrolls unless the map has been chosen
      event.preventDefault(); this.zoom(Math.exp(-event.deltaY / 300), ...at(event));
    }, { passive: false });
    c.addEventListener("keydown", (event) => this.key(event));
  }

  pinch(id, now) {
    const [other] = [...this.pointers].filter(([key]) => key !== id).map(([, p]) => p), before = this.pointers.get(id);
    const span = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
    this.moved = 99;
    this.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.zoom(span(now) / span(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
  }

  hover(point) {
    if (!point) { this.hovered = -1; this.onhover(null); this.mark(); return; }
    const found = GZ.pointFeatureAt(this, point) || { site: this.siteAt(...this.toMap(...point)) };
    this.hovered = found.site === undefined ? -1 : found.site;
    this.onhover(found.feature || this.hovered >= 0 ? { ...found, point } : null);
    this.mark();
  }

  pick(point) {
    const site = this.siteAt(...this.toMap(...point));
    this.hover(point);
    if (site >= 0) this.choose(site);
  }

  choose(site) { this.chosen = site; this.mark(); this.onpick(site); }

  // Arrows walk from site to neighbouring site; with Shift they move the map.
  key(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }, way = ways[event.key];
    if (event.key === "+" || event.key === "=") this.zoom(1.5);
    else if (event.key === "-" || event.key === "_") this.zoom(1 / 1.5);
    else if (event.key === "0" || event.key === "Home") this.fit();
    else if (event.key === "Escape") { this.chosen = -1; this.mark(); this.onpick(-1); this.hover(null); }
    else if (way && event.shiftKey) this.pan(-60 * way[0], -60 * way[1]);
    else if (way) this.walk(way);
    else return;
    event.preventDefault();
  }

  walk([dx, dy]) {
    const from = this.chosen >= 0 ? [this.middle[2 * this.chosen], this.middle[2 * this.chosen + 1]] : this.toMap(this.width / 2, this.height / 2);
    let best = -1, least = Infinity;
    for (let s = 0; s < this.middle.length / 2; s++) {
      const x = this.middle[2 * s] - from[0], y = this.middle[2 * s + 1] - from[1];
      const ahead = this.chosen >= 0 ? x * dx + y * dy : 1, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (ahead <= 1e-6 || s === this.chosen || (this.chosen >= 0 && aside > ahead)) continue;
      const far = this.chosen >= 0 ? ahead + 2 * aside : Math.hypot(x, y);
      if (far < least) { least = far; best = s; }
    }
    if (best < 0) return;
    this.choose(best);
    const [px, py] = this.screenOf(best);
    if (px < 20 || py < 20 || px > this.width - 20 || py > this.height - 20) this.pan(this.width / 2 - px, this.height / 2 - py);
    this.hovered = best; this.onhover({ site: best, point: this.screenOf(best) });
  }
};
