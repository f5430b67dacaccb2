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

function drawLane(pen, timeline, lane, place, view, scale, palette) {
  if (lane.load) drawBins(pen, timeline, lane, place, view, scale, palette);
  if (place.deep) drawBand(pen, lane, place, scale, palette);
  // What went wrong is drawn last, so that it is never hidden under its neighbours.
  const marks = { last: -Infinity, leftEdge: scale.left };
  for (const onlyWrong of [false, true])
    for (const span of lane.spans) {
      if ((span.status !== succeeded) !== onlyWrong || span.end < view.from || span.start > view.to) continue;
      if (span.row >= maxRows && !lane.load && span.status === succeeded) continue;
      drawSpan(pen, span, boxOf(span, lane, place, scale), lane, palette, marks);
    }
}

function drawBins(pen, timeline, lane, place, view, scale, palette) {
  const width = (timeline.end - timeline.start) / timeline.bins;
  const first = Math.max(0, Math.floor((view.from - timeline.start) / width));
  const last = Math.min(timeline.bins - 1, Math.ceil((view.to - timeline.start) / width));
  pen.fillStyle = palette.accent;
  pen.globalAlpha = 0.62;
  pen.beginPath();
  for (let bin = first; bin <= last; bin++) {
    if (lane.load[bin] === 0 && lane.started[bin] === 0) continue;
    const height = Math.max(1, place.height * Math.min(1, lane.load[bin] / 100));
    const left = scale.x(timeline.start + bin * width);
    // A touch wider than the bin: neighbours must not show a seam.
    pen.rect(left, place.y + place.height - height, Math.max(scale.x(timeline.start + (bin + 1) * width) - left, 1) + 0.3, height);
  }
  pen.fill();
  pen.globalAlpha = 1;
  pen.fillStyle = palette.failed;
  for (const bin of lane.failureOf.keys())
    if (bin >= first && bin <= last) pen.fillRect(scale.x(timeline.start + (bin + 0.5) * width) - 1, place.y, 2, Math.min(8, place.height));
}

// The rows too deep to draw: how many there are, as a small curve.
function drawBand(pen, lane, place, scale, palette) {
  const columns = new Float64Array(Math.ceil(scale.width) + 2);
  for (const span of lane.spans) {
    if (span.row < maxRows) continue;
    const from = Math.max(0, Math.floor(scale.x(span.start) - scale.left));
    const to = Math.min(columns.length - 1, Math.max(from + 1, Math.ceil(scale.x(span.end) - scale.left)));
    if (to <= 0 || from >= columns.length - 1) continue;
    columns[from]++;
    columns[to]--;
  }
  pen.fillStyle = palette.accent;
  pen.globalAlpha = 0.62;
  let count = 0;
  const bottom = place.y + place.height;
  for (let x = 0; x < columns.length; x++) {
    count += columns[x];
    const height = count === 0 ? 0 : Math.max(1, Math.min(1, count / (lane.depth - maxRows)) * bandHeight);
    pen.fillRect(scale.left + x, bottom - height, 1, height);
  }
  pen.globalAlpha = 1;
}

function drawSpan(pen, span, box, lane, palette, marks) {
  // One pixel at least, and a gap between neighbours as soon as there is room for one.
  const full = box.right - box.left;
  const width = Math.max(1, full > 4 ? full - 1 : full);
  if (span.status === succeeded) {
    if (lane.load && width < 2) return;
    pen.fillStyle = palette.byName[span.colour];
    pen.fillRect(box.left, box.y, width, box.height);
  } else if (span.status === failed) drawFailed(pen, box, width, palette, marks);
  else drawOpen(pen, span, box, width, palette);
  if (width > 44 && box.height >= 12) drawSpanText(pen, span, box, width, palette, marks.leftEdge);
}

function drawFailed(pen, box, width, palette, marks) {
  pen.fillStyle = width >= 8 ? pen.createPattern(palette.failedHatch, "repeat") : palette.failed;
  pen.fillRect(box.left, box.y, Math.max(1.5, width), box.height);
  if (width >= 8) {
    pen.strokeStyle = palette.failed;
    pen.lineWidth = 1.5;
    pen.strokeRect(box.left + 0.75, box.y + 0.75, width - 1.5, box.height - 1.5);
  } else if (box.height >= 10 && box.left - marks.last > 11) {
    // Too narrow for stripes: a notch that can be seen from afar, one where several would run together.
    marks.last = box.left;
    pen.beginPath();
    pen.moveTo(box.left - 3.5, box.y);
    pen.lineTo(box.left + 5.5, box.y);
    pen.lineTo(box.left + 1, box.y + 6);
    pen.fill();
  }
}

function drawOpen(pen, span, box, width, palette) {
  const isUnfinished = span.status === unfinished;
  const colour = isUnfinished ? palette.byName[span.colour] : span.status === repeated ? palette.repeated : palette.cancelled;
  if (isUnfinished) { pen.globalAlpha = 0.3; pen.fillStyle = colour; }
  else pen.fillStyle = width < 4 ? colour : pen.createPattern(span.status === repeated ? palette.repeatedHatch : palette.cancelledHatch, "repeat");
  pen.fillRect(box.left, box.y, width, box.height);
  pen.globalAlpha = 1;
  if (width < 4 || box.height < 4) return;
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  const [left, top, right, bottom] = [box.left + 0.5, box.y + 0.5, box.left + width - 0.5, box.y + box.height - 0.5];
  pen.moveTo(right, top);
  pen.lineTo(left, top);
  pen.lineTo(left, bottom);
  pen.lineTo(right, bottom);
  // No right edge: it had not ended.
  if (!isUnfinished) pen.closePath();
  pen.stroke();
}

function drawSpanText(pen, span, box, width, palette, leftEdge) {
  if (span.status !== succeeded && span.status !== unfinished) return;
  pen.font = font(Math.min(11.5, box.height - 2), 500);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = span.status === unfinished ? palette.ink : palette.onSpan;
  // What began before the view is labelled where it comes into it.
  const left = Math.max(box.left, leftEdge) + 6;
  fitText(pen, (span.argument || span.name).slice(0, 120), left, box.y + box.height / 2 + 0.5, box.left + width - 5 - left);
}

function drawMarker(pen, marker, layout, scale, palette) {
  const place = layout.lanes[marker.lane] ?? { y: 0, height: layout.curveTop - 4 };
  const x = Math.round(scale.x(marker.at));
  // At the top of a lane of many rows, so that it does not cover them.
  const tall = Math.max(Math.min(place.height, 20), 6);
  if (marker.kind === "WorkerStarted") {
    pen.fillStyle = palette.ink;
    pen.fillRect(x, place.y, 1.5, tall);
    triangle(pen, x + 1, place.y + tall / 2, Math.min(5, tall / 2), 1);
  } else if (marker.kind === "WorkerLost") {
    pen.strokeStyle = palette.failed;
    pen.lineWidth = 2;
    const arm = Math.min(5, tall / 2);
    const middle = place.y + tall / 2;
    pen.beginPath();
    pen.moveTo(x - arm, middle - arm); pen.lineTo(x + arm, middle + arm);
    pen.moveTo(x - arm, middle + arm); pen.lineTo(x + arm, middle - arm);
    pen.stroke();
  } else {
    pen.fillStyle = palette.repeated;
    pen.beginPath();
    pen.moveTo(x - 4, place.y); pen.lineTo(x + 4, place.y); pen.lineTo(x, place.y + 7);
    pen.fill();
  }
}

function triangle(pen, x, y, size, direction) {
  pen.beginPath();
  pen.moveTo(x, y - size);
  pen.lineTo(x + size * direction, y);
  pen.lineTo(x, y + size);
  pen.fill();
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
