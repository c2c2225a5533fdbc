// Two small charts, as SVG: the loss of training, and a song's factors from sound against those from plays.
import { h, svg } from '../dom.js';

const nice = (value) => (Math.abs(value) >= 1 ? value.toFixed(2) : value.toPrecision(2));

/** Training and validation loss by epoch. */
export function lossChart(losses) {
  const [width, height, left, bottom, top, right] = [640, 240, 46, 30, 12, 16];
  const points = losses.filter((each) => Number.isFinite(each.train));
  if (points.length < 1) return h('p.faint', {}, 'No training yet.');
  const values = points.flatMap((each) => [each.train, each.validation]).filter(Number.isFinite);
  const most = Math.max(...values);
  const least = Math.min(...values, most * 0.98);
  const last = points.at(-1).epoch;
  const first = points[0].epoch;
  const x = (epoch) => left + (width - left - right) * (last === first ? 1 : (epoch - first) / (last - first));
  const y = (loss) => top + (height - top - bottom) * (1 - (loss - least) / (most - least || 1));
  const line = (key, className) => {
    const known = points.filter((each) => Number.isFinite(each[key]));
    if (!known.length) return null;
    return [svg(`path.line.${className}`, { d: `M${known.map((each) => `${x(each.epoch).toFixed(1)} ${y(each[key]).toFixed(1)}`).join('L')}` }),
      svg(`circle.dot.${className}`, { cx: x(known.at(-1).epoch), cy: y(known.at(-1)[key]), r: 4 })];
  };
  const grid = [0, 0.5, 1].map((share) => { const loss = least + share * (most - least); return [svg('line.grid', { x1: left, x2: width - right, y1: y(loss), y2: y(loss) }), svg('text', { x: left - 8, y: y(loss) + 4, 'text-anchor': 'end' }, nice(loss))]; });
  const end = points.at(-1);
  const words = `Training loss from ${nice(points[0].train)} to ${nice(end.train)} after ${last} epochs${Number.isFinite(end.validation) ? `; validation ${nice(end.validation)}` : ''}`;
  return h('figure.chart', {}, svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': words }, grid,
    svg('text', { x: left, y: height - 8 }, `epoch ${first}`), svg('text', { x: width - right, y: height - 8, 'text-anchor': 'end' }, `epoch ${last}`), line('validation', 'second'), line('train', 'first')),
  h('figcaption', {}, h('span.key.first', {}, 'training'), points.some((each) => Number.isFinite(each.validation)) ? h('span.key.second', {}, 'validation') : null));
}

/** Forty factors: bars up from the middle for what the sound says, dots for what the plays say. */
export function factorChart(sound, plays) {
  const [width, height] = [640, 220];
  // Each by its own largest, since plays stretch further than a prediction does; the shape is what compares.
  const scaled = (values) => { const most = Math.max(...values.map(Math.abs), 1e-9); return values.map((value) => value / most); };
  const [a, b] = [scaled(sound), plays ? scaled(plays) : null];
  const step = width / a.length;
  const middle = height / 2;
  const y = (value) => middle - value * (middle - 10);
  const bars = a.map((value, index) => svg('rect.bar', { x: index * step + step * 0.18, width: step * 0.64, y: Math.min(y(value), middle), height: Math.max(1, Math.abs(value) * (middle - 10)), rx: 2 }));
  const dots = b?.map((value, index) => svg('circle.from-plays', { cx: (index + 0.5) * step, cy: y(value), r: 4 }));
  return h('figure.chart.factors', {}, svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${a.length} factors, from the sound${b ? ' and from the plays' : ''}` },
    svg('line.grid', { x1: 0, x2: width, y1: middle, y2: middle }), bars, dots),
  h('figcaption', {}, h('span.key.bar-key', {}, 'from its sound'), b ? h('span.key.dot-key', {}, 'from its plays') : null));
}
