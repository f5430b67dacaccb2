// What lies under the pointer, and the box that tells it. Data reaches the page as textContent only.

const reach = 4; // px around a span that still count as on it: many spans are one pixel wide

function laneAt(timeline, y) {
  const lanes = timeline.layout.lanes;
  return lanes.findIndex(place => y >= place.y - 1 && y < place.y + place.height + 2);
}

// The span whose box is nearest; a failed one wins over its neighbours, being what one looks for.
function spanAt(timeline, scale, x, y) {
  const index = laneAt(timeline, y);
  if (index < 0) return null;
  const [lane, place] = [timeline.lanes[index], timeline.layout.lanes[index]];
  let [best, bestDistance] = [null, reach + 0.01];
  for (const span of lane.spans) {
    const box = boxOf(span, lane, place, scale);
    if (lane.load && box.right - box.left < 2 && span.status === succeeded) continue;
    const sideways = Math.max(box.left - x, 0, x - Math.max(box.right, box.left + 1));
    const upright = Math.max(box.y - y, 0, y - box.y - box.height);
    const distance = Math.max(sideways, upright) - (span.status === failed ? 0.5 : 0);
    if (distance < bestDistance) [best, bestDistance] = [span, distance];
  }
  return best;
}

function markerAt(timeline, scale, x, y) {
  const index = laneAt(timeline, y);
  return timeline.markers.find(m => Math.abs(scale.x(m.at) - x) <= reach && (m.lane === index || m.lane < 0)) ?? null;
}

function linesOfSpan(span) {
  const waited = span.lane !== undefined && span.wait >= 0;
  const lines = [["Status", statusNames[span.status]]];
  if (span.argument) lines.push(["Argument", span.argument]);
  if (span.error) lines.push(["Error", span.error]);
  if (waited) lines.push(["Queued", moment(span.start - span.wait)]);
  if (span.isWaiting) lines.push(["Given up", moment(span.end)], ["Waited", formatDuration(span.end - span.start)]);
  else {
    lines.push(["Started", moment(span.start) + (waited && span.wait > 0 ? ` (waited ${formatDuration(span.wait)})` : "")]);
    lines.push([span.status === unfinished ? "Until at least" : "Ended", moment(span.end)], ["Took", formatDuration(span.end - span.start)]);
  }
  return lines;
}

// Finer than anyone rounds: these are the numbers people came for.
const moment = microseconds => microseconds >= 1e6 ? `${(microseconds / 1e6).toFixed(4)} s` : `${(microseconds / 1e3).toFixed(3)} ms`;

function describe(timeline, hit) {
  if (hit.span) {
    const lane = timeline.lanes[hit.span.lane];
    const span = { ...hit.span, isWaiting: lane.lane === neverStarted };
    return { title: `${span.name || "item"} #${group(span.item)}`, lines: [...linesOfSpan(span), ["Lane", laneName(lane)]] };
  }
  if (hit.marker) {
    const titles = { WorkerStarted: "Worker ready", WorkerLost: "Worker lost", SlowCallback: "Slow callback", CostlyEncoding: "Costly encoding", Escape: "Left the loop" };
    const lines = [[{ CostlyEncoding: "Work", Escape: "Method" }[hit.marker.kind] ?? "Worker", hit.marker.name], ["Time", moment(hit.marker.at)], ["Why", hit.marker.detail]];
    return { title: titles[hit.marker.kind], lines: lines.filter(([, value]) => value) };
  }
  return { title: formatDuration(Math.max(0, hit.time)), lines: linesOfMoment(timeline, hit) };
}

const laneName = lane => lane.lane === neverStarted ? "none: it never started" : lane.name ? `${lane.lane} (${lane.name})` : String(lane.lane);

function linesOfMoment(timeline, hit) {
  const lines = [["In progress", inProgressAt(timeline.curve, hit.time)]];
  const lane = timeline.lanes[hit.lane];
  if (!lane) return lines;
  lines.push(["Lane", laneName(lane)], ["Busy", `${Math.round(lane.busy / 10)} % of the run, ${plural(lane.items, "item")}`]);
  if (!lane.load) return lines;
  const width = (timeline.end - timeline.start) / timeline.bins;
  const bin = Math.floor((hit.time - timeline.start) / width);
  if (bin < 0 || bin >= timeline.bins) return lines;
  const load = lane.load[bin] / 100;
  lines.push([`In ${formatDuration(width)} here`, `${plural(lane.started[bin], "item")} began`]);
  lines.push(["Load here", lane.depth > 1 ? `${(load * lane.depth).toFixed(1)} at once` : `${Math.round(load * 100)} %`]);
  if (lane.failureOf.has(bin)) lines.push(["Failed here", group(lane.failureOf.get(bin))]);
  return lines;
}

function inProgressAt(curve, time) {
  let [low, high] = [0, curve.time.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve.time[middle] <= time) low = middle + 1; else high = middle;
  }
  const value = low === 0 ? 0 : curve.value[low - 1];
  return Number.isInteger(value) ? group(value) : value.toFixed(1);
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// The one floating box of the page.
function makeDetails() {
  const box = element("div", "details");
  box.setAttribute("role", "status");
  box.hidden = true;
  document.body.append(box);
  return {
    show({ title, lines }, x, y) {
      const list = element("dl");
      for (const [label, value] of lines) list.append(element("dt", "", label), element("dd", "", value));
      box.replaceChildren(element("strong", "", title), list);
      box.hidden = false;
      const { width, height } = box.getBoundingClientRect();
      const left = x + 16 + width > innerWidth - 8 ? x - 16 - width : x + 16;
      const top = y + 16 + height > innerHeight - 8 ? y - 16 - height : y + 16;
      box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
      box.style.top = `${Math.max(8, top)}px`;
    },
    hide() { box.hidden = true; },
  };
}
