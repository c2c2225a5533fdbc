// What colours say. Eight hues that colour-blind eyes tell apart (Okabe & Ito, yellow and black fitted to the ground; the same as on
// the command's maps), and for what has an order a ramp from deep water to ice whose lightness rises evenly.
import { none16, none32 } from './data.js';
import { count } from '../format.js';

const dark = { categories: ['#3d9be0', '#f0732a', '#1cc195', '#e08fbe', '#f5b32e', '#8fd3fa', '#f0e442', '#a99be8'], other: '#5d6c84', ramp: ['#25427c', '#2f6aae', '#3c97d3', '#74c2ea', '#b5e2f7', '#f2fbff'], fresh: '#ff9466', calm: '#466089' };
const light = { categories: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#d38f00', '#56b4e9', '#93870a', '#5b4b8a'], other: '#a7b2c0', ramp: ['#a9cbe6', '#7fb0da', '#5490c8', '#2f6fb0', '#174c8c', '#0b2a5c'], fresh: '#d2500f', calm: '#9db3cc' };

export const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const hex = (parts) => `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
export const mix = (a, b, share) => hex(rgb(a).map((value, index) => value + (rgb(b)[index] - value) * share));

/** The eight, then paler ones of the same hues; after sixteen there is no telling apart. */
function category(palette, place) {
  if (place >= 16) return palette.other;
  const color = palette.categories[place % 8];
  return place < 8 ? color : mix(color, '#ffffff', 0.5);
}

function ramp(palette, share) {
  const place = Math.max(0, Math.min(1, share)) * (palette.ramp.length - 1);
  const at = Math.min(palette.ramp.length - 2, Math.floor(place));
  return mix(palette.ramp[at], palette.ramp[at + 1], place - at);
}

function categories(values, names, none, palette) {
  const sizes = new Map();
  for (const value of values) if (value !== none) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  const order = [...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 16);
  const colors = new Map(order.map(([value], place) => [value, category(palette, place)]));
  const rest = values.length - order.reduce((sum, [, size]) => sum + size, 0);
  const legend = order.map(([value, size]) => ({ name: names[value] ?? '?', size, color: colors.get(value), match: (row) => values[row] === value }));
  if (rest) legend.push({ name: 'others', size: rest, color: palette.other, match: (row) => !colors.has(values[row]) });
  return { color: (row) => colors.get(values[row]) ?? palette.other, legend };
}

function ordered(shareOf, palette, low, high, none) {
  const steps = Array.from({ length: 65 }, (_, step) => ramp(palette, step / 64));
  return { color: (row) => { const share = shareOf(row); return share === null ? palette.other : steps[Math.round(share * 64)]; },
    legend: [], scale: { low, high, colors: palette.ramp, none: none ? palette.other : null, noneName: none } };
}

/** `{ color(row) → '#rrggbb', legend: [{ name, size, color, match }], scale }` for one of genre, artist, year, plays, new. */
export function coloring(mode, data, about, isDark) {
  const palette = isDark ? dark : light;
  if (mode === 'genre') return categories(data.genre, about.genres, none16, palette);
  if (mode === 'artist') return categories(data.artist, about.artists, none32, palette);
  if (mode === 'year') {
    const [first, last] = about.years ?? [1950, 2030];
    return ordered((row) => (data.year[row] ? Math.max(0, Math.min(1, (data.year[row] - first) / Math.max(1, last - first))) : null), palette, first ? String(first) : '', last ? String(last) : '', 'no year');
  }
  if (mode === 'plays') {
    let most = 1;
    for (const plays of data.plays) if (plays > most) most = plays;
    return ordered((row) => (data.plays[row] ? Math.log1p(data.plays[row]) / Math.log1p(most) : null), palette, '1 play', count(most), 'none');
  }
  const fresh = data.plays.reduce((sum, plays) => sum + (plays === 0), 0);
  return { color: (row) => (data.plays[row] ? palette.calm : palette.fresh), front: (row) => data.plays[row] === 0,
    legend: [{ name: 'new, never played', size: fresh, color: palette.fresh, match: (row) => data.plays[row] === 0 }, { name: 'played', size: data.n - fresh, color: palette.calm, match: (row) => data.plays[row] > 0 }] };
}
