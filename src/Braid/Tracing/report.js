// Puts the pieces together: reads the data, makes each section's charts, and connects pointer, keys, theme and print to them.

const details = makeDetails();
const sections = [];
let palette = readPalette();

function makeSection(host, timelines) {
  const end = Math.max(1, ...timelines.map(t => t.end));
  const section = { view: new View(end), timelines, charts: [], selected: null, host };
  const names = colourNames(timelines);
  section.chartBox = element("div", "charts");
  section.axis = element("canvas");
  section.axis.setAttribute("aria-hidden", "true");
  const axisRow = element("div", "axis");
  axisRow.append(section.axis);
  section.cursor = element("div", "cursor-line");
  section.cursor.hidden = true;
  section.chartBox.append(axisRow, ...timelines.map(t => makeChart(section, t)), section.cursor);
  host.replaceChildren(makeToolbar(section), section.chartBox, makeLegend(section, names));
  section.view.listeners.push(() => redraw(section));
  new ResizeObserver(() => redraw(section)).observe(section.chartBox);
  sections.push(section);
}

// At most once a frame, however often it is asked for.
function redraw(section) {
  section.frame ??= requestAnimationFrame(() => { section.frame = null; drawSection(section); });
}

function drawSection(section) {
  drawAxis(section.axis, section.view, palette);
  for (const { canvas, timeline } of section.charts) {
    const selected = section.selected?.timeline === timeline ? section.selected.span : null;
    drawTimeline(canvas, timeline, section.view, palette, selected);
  }
  const { view } = section;
  section.range.textContent = view.isWhole ? `All of ${formatDuration(view.end / air)}` : `${formatDuration(view.from)} to ${formatDuration(view.to)}`;
  for (const legend of section.legend) legend.draw(palette);
}

function makeToolbar(section) {
  const bar = element("div", "toolbar");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Time axis of the timelines below");
  const { view } = section;
  const button = (text, label, act) => {
    const made = element("button", "", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.title = label;
    made.addEventListener("click", act);
    bar.append(made);
  };
  button("+", "Zoom in", () => view.zoom(1 / 1.8));
  button("−", "Zoom out", () => view.zoom(1.8));
  button("←", "Earlier", () => view.pan(-view.length / 4));
  button("→", "Later", () => view.pan(view.length / 4));
  button("All", "Show all", () => view.showAll());
  section.range = element("span", "range");
  section.range.setAttribute("aria-live", "polite");
  const touch = matchMedia("(pointer: coarse)").matches;
  bar.append(section.range, element("span", "hint", touch ? "Pinch to zoom, drag to move, tap an item for more" : "Ctrl + wheel to zoom (after a click, wheel alone), drag to move"));
  return bar;
}

function makeChart(section, timeline) {
  const figure = element("figure", "run");
  const caption = element("figcaption");
  caption.append(element("span", "run-name", timeline.label));
  if (timeline.winner) caption.append(element("span", "badge", "winner"));
  caption.append(element("span", "stats", statsOf(timeline)));
  figure.append(caption);
  if (timeline.lanes.length === 0) {
    figure.append(element("p", "empty", "No item ran here."));
    return figure;
  }
  const fit = element("button", "quiet", "Zoom to this run");
  fit.type = "button";
  fit.setAttribute("aria-label", `Zoom to the run of ${timeline.label}`);
  fit.addEventListener("click", () => section.view.show(timeline.start, timeline.end * air));
  if (section.timelines.length > 1) caption.append(fit);
  const canvas = element("canvas");
  canvas.tabIndex = 0;
  // It has keys of its own, which a screen reader must let through.
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "timeline");
  canvas.setAttribute("aria-label", `Timeline of ${timeline.label}: ${statsOf(timeline)}. Plus and minus zoom, arrows move, comma and full stop step through the items.`);
  const chart = { canvas, timeline, section };
  section.charts.push(chart);
  connectPointer(chart);
  connectKeys(chart);
  figure.append(canvas);
  return figure;
}

function statsOf(timeline) {
  const workers = timeline.lanes.filter(lane => lane.lane !== neverStarted);
  const busy = workers.length ? workers.reduce((sum, lane) => sum + lane.busy, 0) / workers.length / 10 : 0;
  const parts = [plural(timeline.items, "item"), formatDuration(timeline.end - timeline.start), plural(workers.length, "lane"), `${Math.round(busy)} % busy`, `${group(timeline.curve.peak)} at once`];
  for (const name of ["failed", "cancelled", "unfinished"]) if (timeline[name]) parts.push(`${group(timeline[name])} ${name}`);
  if (!timeline.exact) parts.push("drawn by density, the longest items darker");
  return parts.join(" · ");
}

function makeLegend(section, names) {
  const list = element("ul", "legend");
  section.legend = [];
  const spans = section.timelines.flatMap(t => t.spans);
  const add = (text, draw) => {
    const canvas = element("canvas");
    const item = element("li");
    item.append(canvas, element("span", "", text));
    list.append(item);
    section.legend.push({ draw: colours => { const { pen } = prepare(canvas, 12); draw(pen, colours); } });
  };
  const sample = { left: 0, right: 22, y: 0, height: 12 };
  const lane = {};
  const spanSample = (status, colour) => (pen, colours) => drawSpan(pen, { status, colour }, sample, lane, colours, { last: 0, leftEdge: 0 });
  if (names.size > 1) for (const [name, order] of [...names].slice(0, 5)) add(name || "item", spanSample(succeeded, order % 5));
  else if (spans.length) add("item", spanSample(succeeded, 0));
  for (const status of [failed, cancelled, unfinished, repeated]) if (spans.some(s => s.status === status)) add(statusNames[status], spanSample(status, 0));
  const layout = { lanes: [{ y: 0, height: 12 }] };
  const centred = { x: () => 9 };
  for (const [kind, text] of [["WorkerStarted", "worker ready"], ["WorkerLost", "worker lost"], ["SlowCallback", "slow callback"], ["CostlyEncoding", "costly encoding"], ["Escape", "left the loop"]])
    if (section.timelines.some(t => t.markers.some(m => m.kind === kind)))
      add(text, (pen, colours) => drawMarker(pen, { kind, lane: 0, at: 0 }, layout, centred, colours));
  return list;
}

function hitOf(chart, event) {
  const bounds = chart.canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
  const scale = scaleOf(chart.section.view, bounds.width);
  const marker = markerAt(chart.timeline, scale, x, y);
  return { x, time: scale.time(x), scale, lane: laneAt(chart.timeline, y), marker, span: marker ? null : spanAt(chart.timeline, scale, x, y), inside: x >= scale.left };
}

function pointAt(chart, event) {
  const { section } = chart;
  const hit = hitOf(chart, event);
  section.cursor.hidden = !hit.inside;
  if (hit.inside) section.cursor.style.left = `${hit.x}px`;
  select(section, hit.span ? { timeline: chart.timeline, span: hit.span } : null);
  if (hit.inside) details.show(describe(chart.timeline, hit), event.clientX, event.clientY); else details.hide();
}

function select(section, selected) {
  if (section.selected?.span === selected?.span) return;
  section.selected = selected;
  redraw(section);
}

function leave(section) {
  section.cursor.hidden = true;
  section.wheelZooms = false;
  select(section, null);
  details.hide();
}

// One pointer drags, two pinch; a pointer that hardly moved was a tap.
function connectPointer(chart) {
  const { canvas, section } = chart;
  const { view } = section;
  const pointers = new Map();
  let moved = 0;
  const timeAt = x => scaleOf(view, canvas.clientWidth).time(x - canvas.getBoundingClientRect().left);
  const spread = () => { const [a, b] = [...pointers.values()]; return { middle: (a + b) / 2, width: Math.max(12, Math.abs(a - b)) }; };

  canvas.addEventListener("pointerdown", event => {
    pointers.set(event.pointerId, event.clientX);
    moved = pointers.size > 1 ? Infinity : 0;
    section.wheelZooms = true;
    canvas.setPointerCapture(event.pointerId);
    if (event.pointerType !== "touch") canvas.classList.add("dragging");
  });
  canvas.addEventListener("pointermove", event => {
    const last = pointers.get(event.pointerId);
    if (last === undefined) { if (event.pointerType !== "touch") pointAt(chart, event); return; }
    const before = pointers.size > 1 ? spread() : null;
    pointers.set(event.pointerId, event.clientX);
    if (before) {
      const after = spread();
      view.zoom(before.width / after.width, timeAt(after.middle));
      view.pan(timeAt(before.middle) - timeAt(after.middle));
      return;
    }
    moved += Math.abs(event.clientX - last);
    if (moved > 3) { details.hide(); section.cursor.hidden = true; view.pan(timeAt(last) - timeAt(event.clientX)); }
  });
  canvas.addEventListener("pointerup", event => {
    if (pointers.size === 1 && moved <= 3) pointAt(chart, event);
    pointers.delete(event.pointerId);
    canvas.classList.remove("dragging");
  });
  canvas.addEventListener("pointercancel", event => { pointers.delete(event.pointerId); canvas.classList.remove("dragging"); });
  canvas.addEventListener("pointerleave", event => { if (event.pointerType !== "touch") leave(section); });
  canvas.addEventListener("dblclick", event => view.zoom(1 / 2.5, timeAt(event.clientX)));
  canvas.addEventListener("wheel", event => onWheel(event, section, timeAt), { passive: false });
}

// A plain wheel scrolls the page, as everywhere, until one has clicked into the charts; sideways it always moves in time.
function onWheel(event, section, timeAt) {
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
  if (!sideways && !event.ctrlKey && !event.metaKey && !section.wheelZooms) return;
  event.preventDefault();
  const pixels = (sideways ? event.deltaX : event.deltaY) * (event.deltaMode === 1 ? 16 : 1);
  if (sideways) section.view.pan(pixels / section.chartBox.clientWidth * section.view.length);
  else section.view.zoom(Math.exp(Math.max(-120, Math.min(120, pixels)) * 0.004), timeAt(event.clientX));
}

function connectKeys(chart) {
  const { canvas, section } = chart;
  const { view } = section;
  const acts = {
    "+": () => view.zoom(1 / 1.8), "=": () => view.zoom(1 / 1.8), "-": () => view.zoom(1.8), "0": () => view.showAll(), Home: () => view.showAll(),
    ArrowLeft: () => view.pan(-view.length / 8), ArrowRight: () => view.pan(view.length / 8),
    ",": () => step(chart, -1), ".": () => step(chart, 1), Escape: () => leave(section),
  };
  canvas.addEventListener("keydown", event => {
    if (!Object.hasOwn(acts, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
  });
  canvas.addEventListener("blur", () => leave(section));
}

// From item to item by key, with what a pointer would have shown.
function step(chart, direction) {
  const { timeline, section, canvas } = chart;
  const { spans } = timeline;
  if (spans.length === 0) return;
  const now = spans.indexOf(section.selected?.timeline === timeline ? section.selected.span : null);
  const span = spans[now < 0 ? 0 : Math.min(spans.length - 1, Math.max(0, now + direction))];
  const { view } = section;
  if (span.end < view.from || span.start > view.to) view.pan((span.start + span.end) / 2 - (view.from + view.to) / 2);
  select(section, { timeline, span });
  const bounds = canvas.getBoundingClientRect();
  const box = boxOf(span, timeline.lanes[span.lane], timeline.layout.lanes[span.lane], scaleOf(view, bounds.width));
  details.show(describe(timeline, { span }), bounds.left + Math.max(0, Math.min(bounds.width, box.right)), bounds.top + box.y);
}

function repaint(draw = redraw) {
  palette = readPalette();
  for (const section of sections) draw(section);
}

function connectTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const apply = theme => {
    if (theme) root.dataset.theme = theme;
    button.textContent = isDark() ? "Light theme" : "Dark theme";
    repaint();
  };
  button.hidden = false;
  button.addEventListener("click", () => apply(isDark() ? "light" : "dark"));
  system.addEventListener("change", () => apply());
  apply({ "#dark": "dark", "#light": "light" }[location.hash]);
  connectPrint(root);
}

// Paper is white. Drawn at once: the browser takes its picture before the next frame.
function connectPrint(root) {
  let theme;
  addEventListener("beforeprint", () => { theme = root.dataset.theme; root.dataset.theme = "light"; repaint(drawSection); });
  addEventListener("afterprint", () => { if (theme) root.dataset.theme = theme; else delete root.dataset.theme; repaint(); });
}

const data = JSON.parse(document.getElementById("data").textContent);
for (const host of document.querySelectorAll(".timelines"))
  makeSection(host, data.sections[host.dataset.section].timelines.map(decodeTimeline));
connectTheme();
addEventListener("scroll", () => details.hide(), { passive: true });
