// Palettes that people with any kind of colour vision can read: Okabe and Ito's and a wine red, viridis, cividis.
GZ.palette = { solar: "#E69F00", wind: "#56B4E9", hydro: "#0072B2", geothermal: "#D55E00", bioenergy: "#009E73", battery: "#CC79A7", pumped_hydro: "#882255" };
GZ.colourOf = (name) => (Object.hasOwn(GZ.palette, name) ? GZ.palette[name] : "#CC79A7");

GZ.stops = {
  viridis: ["440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725"],
  cividis: ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "f2da44", "fee838"],
};

GZ.colour = function (scale, share) {
  const stops = GZ.stops[scale], at = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2), part = at - low;
  const mix = [0, 2, 4].map((k) => {
    const a = parseInt(stops[low].slice(k, k + 2), 16), b = parseInt(stops[low + 1].slice(k, k + 2), 16);
    return Math.round(a + (b - a) * part);
  });
  return `rgb(${mix.join(",")})`;
};
GZ.plotlyScale = (name) => GZ.stops[name].map((stop, k, all) => [k / (all.length - 1), "#" + stop]);

// Where a layer's colours begin and end: the 2nd and 98th percentile, or the ends it names itself.
GZ.domain = function (values, layer) {
  if (layer.domain) return { low: layer.domain[0], high: layer.domain[1], log: false, below: false, above: false };
  const shown = Array.from(values).filter((v) => Number.isFinite(v) && (v > 0 || !layer.positive)).sort((a, b) => a - b);
  if (!shown.length) return null;
  const at = (share) => shown[Math.min(shown.length - 1, Math.floor(share * shown.length))];
  let low = at(0.02), high = at(0.98);
  if (low === high) { low = shown[0]; high = shown[shown.length - 1]; }
  if (low === high) { low -= Math.abs(low) * 0.05 + 1e-9; high += Math.abs(high) * 0.05 + 1e-9; }
  const log = Boolean(layer.positive) && low > 0 && high / low > 30;
  return { low, high, log, below: shown[0] < low, above: shown[shown.length - 1] > high };
};
GZ.share = function (value, domain) {
  if (domain.log) return Math.log(value / domain.low) / Math.log(domain.high / domain.low);
  return (value - domain.low) / (domain.high - domain.low);
};
GZ.unshare = (share, domain) => (domain.log
  ? domain.low * (domain.high / domain.low) ** share
  : domain.low + share * (domain.high - domain.low));
