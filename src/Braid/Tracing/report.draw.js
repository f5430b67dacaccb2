// Everything that puts pixels on a canvas. Colours come from the style sheet, so both themes and print share this code.

const font = (size, weight = 400) => `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif`;
const curveHeight = 46;
const bandHeight = 14;
const laneGap = 4;

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(`--${name}`).trim();
  const names = ["paper", "ink", "muted", "line", "track", "accent", "failed", "cancelled", "repeated"];
  const palette = Object.fromEntries(names.map(name => [name, colour(name)]));
  palette.onSpan = colour("on-span");
  palette.byName = [palette.accent, ...[1, 2, 3, 4].map(i => colour(`name-${i}`))];
  palette.failedHatch = hatch(palette.failed, palette.paper, 0.9);
  palette.cancelledHatch = hatch(palette.track, palette.cancelled, 1);
  palette.repeatedHatch = hatch(palette.track, palette.repeated, 1);
  return palette;
}

// Stripes, so that a status is told by its shape as well as its colour.
function hatch(ground, stripe, alpha) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 6, 6);
  pen.globalAlpha = alpha;
  pen.strokeStyle = stripe;
  pen.lineWidth = 1.4;
  pen.beginPath();
  for (const offset of [-6, 0, 6]) { pen.moveTo(offset, 6); pen.lineTo(offset + 6, 0); }
  pen.stroke();
  return tile;
}

// Where each lane lies: few lanes are tall enough to carry text, many become thin.
function layoutOf(timeline) {
  const workers = timeline.lanes.length;
  const single = workers <= 12 ? 20 : workers <= 40 ? 11 : workers <= 160 ? 5 : 3;
  let y = 2;
  const lanes = timeline.lanes.map(lane => {
    const rows = Math.min(Math.max(lane.depth, 1), maxRows);
    const deep = lane.depth > maxRows && !lane.load;
    const height = lane.load ? (lane.depth > 1 ? 56 : Math.max(single, 8))
      : rows === 1 ? single : rows * (rows <= 3 ? 12 : rows <= 10 ? 8 : 5) + (deep ? bandHeight + 2 : 0);
    const place = { y, height, rows, deep, rowHeight: (height - (deep ? bandHeight + 2 : 0)) / rows };
    y += height + (single > 8 ? laneGap : 1);
    return place;
  });
  const curveTop = y + 6;
  return { lanes, curveTop, height: curveTop + curveHeight + 4 };
}

// Where a span is, in a lane drawn one by one or, among bins, at its share of the lane's height.
function boxOf(span, lane, place, scale) {
  const left = scale.x(span.start);
  const right = scale.x(span.end);
  if (lane.load) {
    const height = Math.max(2.5, place.height / Math.max(1, lane.depth));
    const share = lane.depth > 1 ? span.row / lane.depth : 0;
    return { left, right, y: place.y + (place.height - height) * (1 - share), height };
  }
  if (span.row >= maxRows) return { left, right, y: place.y + place.height - bandHeight, height: bandHeight };
  const gap = place.rowHeight >= 4 && place.rows > 1 ? 1 : 0;
  return { left, right, y: place.y + span.row * place.rowHeight, height: place.rowHeight - gap };
}

function prepare(canvas, height) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  if (canvas.style.height !== `${height}px`) canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width };
}

function drawAxis(canvas, view, palette) {
  const { pen, width } = prepare(canvas, 26);
  const scale = scaleOf(view, width);
  const { step, ticks } = ticksOf(view, scale, width < 560 ? 78 : 110);
  pen.font = font(12);
  pen.textBaseline = "middle";
  pen.fillStyle = palette.muted;
  for (const tick of ticks) {
    const text = formatMoment(tick, step);
    const half = pen.measureText(text).width / 2;
    const x = Math.min(scale.x(tick), width - half - 2);
    pen.textAlign = "center";
    pen.fillText(text, x, 13);
    pen.fillRect(Math.round(scale.x(tick)), 22, 1, 4);
  }
}

function drawTimeline(canvas, timeline, view, palette, selected) {
  const layout = timeline.layout ??= layoutOf(timeline);
  const { pen, width } = prepare(canvas, layout.height);
  const scale = scaleOf(view, width);
  drawGround(pen, timeline, layout, view, scale, palette);
  pen.save();
  pen.beginPath();
  pen.rect(scale.left, 0, scale.width + 1, layout.height);
  pen.clip();
  timeline.lanes.forEach((lane, i) => drawLane(pen, timeline, lane, layout.lanes[i], view, scale, palette));
  for (const marker of timeline.markers) drawMarker(pen, marker, layout, scale, palette);
  drawCurve(pen, timeline.curve, layout, scale, palette);
  drawEnd(pen, timeline, layout, scale, palette);
  if (selected) drawSelection(pen, selected, timeline, layout, scale, palette);
  pen.restore();
  drawLabels(pen, timeline, layout, scale, palette, width);
}

function drawGround(pen, timeline, layout, view, scale, palette) {
  const end = Math.min(scale.right, Math.max(scale.left, scale.x(timeline.end)));
  const begin = Math.min(end, Math.max(scale.left, scale.x(timeline.start)));
  pen.fillStyle = palette.track;
  for (const place of layout.lanes) pen.fillRect(begin, place.y, end - begin, place.height);
  pen.globalAlpha = 0.7;
  pen.fillStyle = palette.line;
  for (const tick of ticksOf(view, scale).ticks) pen.fillRect(Math.round(scale.x(tick)), 0, 1, layout.height);
  pen.globalAlpha = 1;
}

// Means over each pixel column: between two short items a worker idles for a moment, and a line for each would hide the level.
function columnMeans(curve, scale) {
  const columns = new Float64Array(Math.ceil(scale.width));
  for (let i = 0; i + 1 < curve.time.length; i++) {
    const from = Math.max(0, scale.x(curve.time[i]) - scale.left);
    const to = Math.min(columns.length, scale.x(curve.time[i + 1]) - scale.left);
    if (curve.value[i] === 0) continue;
    for (let x = Math.floor(from); x < to; x++) columns[x] += curve.value[i] * (Math.min(x + 1, to) - Math.max(x, from));
  }
  return columns;
}

function drawCurve(pen, curve, layout, scale, palette) {
  const bottom = layout.curveTop + curveHeight;
  pen.fillStyle = palette.line;
  pen.fillRect(scale.left, bottom, scale.width, 1);
  if (curve.peak === 0) return;
  const y = value => bottom - value / curve.peak * (curveHeight - 4);
  const columns = columnMeans(curve, scale);
  const trace = () => columns.forEach((value, x) => { pen.lineTo(scale.left + x, y(value)); pen.lineTo(scale.left + x + 1, y(value)); });
  pen.beginPath();
  pen.moveTo(scale.left, bottom);
  trace();
  pen.lineTo(scale.left + columns.length, bottom);
  pen.globalAlpha = 0.16;
  pen.fillStyle = palette.accent;
  pen.fill();
  pen.globalAlpha = 1;
  // Only the top of the hill: a line along the ground would claim a measurement after the end.
  pen.beginPath();
  let wasUp = false;
  columns.forEach((value, x) => {
    if (value > 0) {
      if (!wasUp) pen.moveTo(scale.left + x, y(value));
      pen.lineTo(scale.left + x, y(value));
      pen.lineTo(scale.left + x + 1, y(value));
    }
    wasUp = value > 0;
  });
  pen.strokeStyle = palette.accent;
  pen.lineWidth = 1.25;
  pen.stroke();
}

function drawEnd(pen, timeline, layout, scale, palette) {
  if (timeline.end <= 0) return;
  const x = Math.round(scale.x(timeline.end)) + 0.5;
  pen.strokeStyle = palette.muted;
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  pen.beginPath();
  pen.moveTo(x, 0);
  pen.lineTo(x, layout.curveTop + curveHeight);
  pen.stroke();
  pen.setLineDash([]);
  const text = formatDuration(timeline.end);
  pen.font = font(12, 600);
  const fits = x + 10 + pen.measureText(text).width < scale.right;
  pen.textAlign = fits ? "left" : "right";
  pen.textBaseline = "top";
  const left = fits ? x + 6 : x - 6;
  // A halo in the ground's colour keeps it readable over the curve.
  pen.strokeStyle = palette.paper;
  pen.lineWidth = 4;
  pen.lineJoin = "round";
  pen.strokeText(text, left, layout.curveTop + 4);
  pen.fillStyle = palette.ink;
  pen.fillText(text, left, layout.curveTop + 4);
}

function drawSelection(pen, span, timeline, layout, scale, palette) {
  const box = boxOf(span, timeline.lanes[span.lane], layout.lanes[span.lane], scale);
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 2;
  pen.strokeRect(box.left - 1, box.y - 1, Math.max(3, box.right - box.left) + 2, box.height + 2);
}

function drawLabels(pen, timeline, layout, scale, palette, width) {
  const narrow = width < 560;
  pen.textBaseline = "middle";
  let freeFrom = 0;
  timeline.lanes.forEach((lane, i) => {
    const place = layout.lanes[i];
    const middle = place.y + place.height / 2;
    // Lanes thinner than a line of text are labelled as far as there is room.
    if (middle < freeFrom) return;
    freeFrom = middle + 14;
    const never = lane.lane === neverStarted;
    pen.textAlign = "left";
    pen.font = font(12);
    pen.fillStyle = palette.ink;
    fitText(pen, never ? (narrow ? "wait" : "never started") : narrow ? `#${lane.lane}` : lane.name || `lane ${lane.lane}`, 0, middle, never || narrow ? scale.left - 6 : scale.left - 52);
    if (never || narrow) return;
    pen.textAlign = "right";
    pen.fillStyle = palette.muted;
    pen.fillText(`${Math.round(lane.busy / 10)} %`, scale.left - 10, middle);
  });
  pen.fillStyle = palette.muted;
  pen.font = font(11.5);
  pen.textAlign = "left";
  if (!narrow) pen.fillText("in progress", 0, layout.curveTop + curveHeight / 2 + 2);
  pen.textAlign = "right";
  if (timeline.curve.peak > 0) pen.fillText(group(timeline.curve.peak), scale.left - 10, layout.curveTop + 7);
  pen.fillText("0", scale.left - 10, layout.curveTop + curveHeight - 3);
}

function fitText(pen, text, x, y, width) {
  let fitting = text;
  while (fitting.length > 1 && pen.measureText(fitting).width > width) fitting = fitting.slice(0, -2).trimEnd() + "…";
  // Two letters tell nothing.
  if (fitting !== text && fitting.length < 4) return;
  pen.fillText(fitting, x, y);
}
