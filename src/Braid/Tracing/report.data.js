// The data as C# wrote it (TimelineJson.cs), made ready to draw. Nothing here touches the page.

const statusNames = ["succeeded", "failed", "cancelled", "unfinished", "lost, began again"];
const [succeeded, failed, cancelled, unfinished, repeated] = [0, 1, 2, 3, 4];
const neverStarted = -1;

// Rows of one lane that are drawn one by one; what overlaps deeper is drawn as a band.
const maxRows = 24;

function sums(differences) {
  const values = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < values.length; i++) values[i] = sum += differences[i];
  return values;
}

function decodeTimeline(raw) {
  const { spans, texts } = raw;
  const start = sums(spans.start);
  const items = sums(spans.item);
  const list = Array.from(start, (begin, i) => ({
    lane: spans.lane[i], row: spans.row[i], start: begin, end: begin + spans.length[i], wait: spans.wait[i], status: spans.status[i],
    item: items[i], name: texts[spans.name[i]], nameIndex: spans.name[i], argument: texts[spans.argument[i]], error: texts[spans.error[i]],
  }));
  const markers = raw.markers.map(m => ({ ...m, name: texts[m.name], detail: texts[m.detail] }));
  const curve = { peak: raw.curve.peak, time: sums(raw.curve.time), value: raw.curve.hundredths.map(v => v / 100) };
  const lanes = raw.lanes.map(lane => ({ ...lane, spans: [], failureOf: pairs(lane.failures) }));
  for (const span of list) lanes[span.lane].spans.push(span);
  return { ...raw, spans: list, markers, curve, lanes };
}

function pairs(flat) {
  const map = new Map();
  if (flat) for (let i = 0; i < flat.length; i += 2) map.set(flat[i], flat[i + 1]);
  return map;
}

// Names get colours in the order in which they appear in any timeline of the section, so that one name has one colour.
function colourNames(timelines) {
  const order = new Map();
  for (const timeline of timelines)
    for (const span of timeline.spans) {
      if (!order.has(span.name)) order.set(span.name, order.size);
      span.colour = order.get(span.name) % 5;
    }
  return order;
}

const group = number => String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ",");

const plural = (count, word) => `${group(count)} ${word}${count === 1 ? "" : "s"}`;

// Three digits and a unit, as in the table.
function formatDuration(microseconds) {
  const digits = value => value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
  if (microseconds === 0) return "0 s";
  if (microseconds < 0) return "−" + formatDuration(-microseconds);
  if (microseconds < 999.5) return `${microseconds < 1 ? microseconds.toFixed(1) : Math.round(microseconds)} µs`;
  if (microseconds < 999500) return `${digits(microseconds / 1e3)} ms`;
  if (microseconds < 120e6) return `${digits(microseconds / 1e6)} s`;
  return `${Math.floor(microseconds / 60e6)} min ${Math.floor(microseconds / 1e6) % 60} s`;
}

// A moment, with as many digits as tell it from its neighbour `step` away.
function formatMoment(microseconds, step) {
  if (microseconds === 0) return "0";
  const [unit, name] = step >= 1e5 ? [1e6, "s"] : step >= 100 ? [1e3, "ms"] : [1, "µs"];
  const decimals = Math.max(0, Math.min(3, -Math.floor(Math.log10(step / unit) + 1e-9)));
  const [whole, fraction] = (microseconds / unit).toFixed(decimals).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${fraction ? "." + fraction : ""} ${name}`;
}
