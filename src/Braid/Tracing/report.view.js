// The piece of time that one section shows: all its timelines share it, which is what makes them comparable.

const air = 1.07;
const shortestView = 5; // µs; closer there is nothing to see, times being whole µs

class View {
  constructor(end) {
    // A little air on the right: the last end carries its time there.
    this.end = Math.max(end, 1) * air;
    this.from = 0;
    this.to = this.end;
    this.listeners = [];
  }

  get length() { return this.to - this.from; }

  get isWhole() { return this.from <= 0 && this.to >= this.end; }

  show(from, to) {
    const length = Math.min(Math.max(to - from, Math.min(shortestView, this.end)), this.end);
    this.from = Math.min(Math.max(from, 0), this.end - length);
    this.to = this.from + length;
    for (const listener of this.listeners) listener();
  }

  zoom(factor, around = (this.from + this.to) / 2) {
    const length = this.length * factor;
    const share = (around - this.from) / this.length;
    const bounded = Math.min(Math.max(length, Math.min(shortestView, this.end)), this.end);
    this.show(around - share * bounded, around + (1 - share) * bounded);
  }

  pan(time) { this.show(this.from + time, this.to + time); }

  showAll() { this.show(0, this.end); }
}

// From time to pixels of one canvas: a gutter for labels, then time.
function scaleOf(view, width) {
  const left = width < 560 ? 44 : 132;
  const right = width < 560 ? 6 : 14;
  const span = Math.max(1, width - left - right);
  return {
    left, width: span, right: left + span,
    x: time => left + (time - view.from) / view.length * span,
    time: x => view.from + (x - left) / span * view.length,
  };
}

// Round moments, about one every `pixels`.
function ticksOf(view, scale, pixels = 110) {
  const rough = view.length / Math.max(1, scale.width / pixels);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].find(m => m * power >= rough) * power);
  const ticks = [];
  for (let i = Math.ceil(view.from / step); i * step <= view.to; i++) ticks.push(i * step);
  return { step, ticks };
}
