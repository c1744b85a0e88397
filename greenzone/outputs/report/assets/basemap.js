// An online map beneath the cells, off until the reader switches it on: the only thing in the page that asks a network.
const TILE = 256, LEAST_ZOOM = 5, MOST_ZOOM = 16, MOST_TILES = 80;
GZ.Basemap = class {
  constructor(map) { this.map = map; this.tiles = new Map(); this.lost = 0; }

  zoom() { return Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, Math.round(Math.log2((360 * this.map.view.scale * this.map.cos) / TILE)))); }

  // Web Mercator, as tiles are cut: column and row of a place, and the latitude of the upper edge of a row.
  column(lon, many) { return ((lon + 180) / 360) * many; }
  row(lat, many) { const r = (lat * Math.PI) / 180; return ((1 - Math.log(Math.tan(r) + 1 / Math.cos(r)) / Math.PI) / 2) * many; }
  edge(row, many) { return (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / many))) * 180) / Math.PI; }

  // Tiles are narrow enough to be laid on the map, whose rows are even in degrees, as they are.
  draw(g) {
    const map = this.map, z = this.zoom(), many = 2 ** z, [left, up] = map.toMap(0, 0), [right, down] = map.toMap(map.width, map.height);
    const first = [Math.floor(this.column(left / map.cos, many)), Math.floor(this.row(-up, many))], last = [Math.floor(this.column(right / map.cos, many)), Math.floor(this.row(-down, many))];
    if ((last[0] - first[0] + 1) * (last[1] - first[1] + 1) > MOST_TILES) return;
    g.imageSmoothingEnabled = true;
    for (let x = first[0]; x <= last[0]; x++) {
      for (let y = first[1]; y <= last[1]; y++) {
        const tile = this.tile(z, x, y);
        if (!tile.complete || !tile.naturalWidth) continue;
        const [x0, y0] = map.degrees((360 * x) / many - 180, this.edge(y, many)), [x1, y1] = map.degrees((360 * (x + 1)) / many - 180, this.edge(y + 1, many));
        g.drawImage(tile, x0, y0, x1 - x0, y1 - y0);
      }
    }
  }

  tile(z, x, y) {
    const key = `${z}/${x}/${y}`;
    if (!this.tiles.has(key)) {
      const image = new Image();
      image.crossOrigin = "anonymous"; image.referrerPolicy = "origin"; // the servers want to know who asks
      image.onload = () => this.map.redraw();
      image.onerror = () => { this.lost++; GZ.credit(this.map); };
      image.src = GZ.content.basemap.url + key + ".png";
      this.tiles.set(key, image);
    }
    return this.tiles.get(key);
  }
};
// Whose map it is, or that it did not come.
GZ.credit = function (map) {
  const line = GZ.byId("credit"), on = Boolean(map.shown.basemap);
  line.hidden = !on;
  if (on) GZ.put(line, GZ.el("a", { href: GZ.content.basemap.licence, rel: "noopener noreferrer" }, GZ.content.basemap.credit), map.basemap && map.basemap.lost ? ` · ${GZ.t("basemap_lost")}` : "");
};
