// What lies in a lane: bars, or bins where there are too many, and the marks of its worker.

function drawLane(pen, timeline, lane, place, view, scale, palette) {
  if (lane.load) drawBins(pen, timeline, lane, place, view, scale, palette);
  if (place.deep) drawBand(pen, lane, place, scale, palette);
  // What went wrong is drawn last, so that it is never hidden under its neighbours.
  const marks = { last: -Infinity, leftEdge: scale.left };
  for (const onlyWrong of [false, true])
    for (const span of lane.spans) {
      if ((span.status !== succeeded) !== onlyWrong || span.end < view.from || span.start > view.to) continue;
      if (span.row >= maxRows && !lane.load) {
        if (onlyWrong) drawBandTick(pen, span, place, scale, palette);
        continue;
      }
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

// In the band a bar would hide a hundred others; where it went wrong is enough.
function drawBandTick(pen, span, place, scale, palette) {
  pen.fillStyle = span.status === failed ? palette.failed : span.status === repeated ? palette.repeated : palette.cancelled;
  pen.fillRect(scale.x(span.end) - 1, place.y + place.height - bandHeight, 2, bandHeight);
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
