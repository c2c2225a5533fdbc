// A song as the network sees it, in the page's own colours; a click plays from there, a line shows where it is.
import { h } from '../dom.js';
import { raw } from '../api.js';
import { player } from '../player.js';
import { clock } from '../format.js';
import { isDark } from '../theme.js';
import { rgb } from '../map/palette.js';

const night = ['#081428', '#10315f', '#1e66a8', '#53b2e8', '#b9e8ff', '#ffffff'];
const day = ['#eef4fa', '#c4dcf0', '#7fb6e0', '#2f7fc4', '#134d8e', '#06234a'];

/** 256 colours from silence to loud. */
export function ramp(stops) {
  const colors = stops.map(rgb);
  return Array.from({ length: 256 }, (_, level) => {
    const place = level / 255 * (colors.length - 1);
    const at = Math.min(colors.length - 2, Math.floor(place));
    return colors[at].map((value, part) => Math.round(value + (colors[at + 1][part] - value) * (place - at)));
  });
}

/** Whatever colours the picture comes in, its brightness is the loudness: repaint by that. */
function paint(canvas, image) {
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  const colors = ramp(isDark() ? night : day);
  const { data } = pixels;
  for (let at = 0; at < data.length; at += 4) {
    const color = colors[Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2])];
    data[at] = color[0];
    data[at + 1] = color[1];
    data[at + 2] = color[2];
  }
  context.putImageData(pixels, 0, 0);
}

/** `playFrom(second)`; `marks`: [{ second, label }] are little flags above it. */
export async function spectrogram(song, playFrom) {
  const response = await raw(`tracks/${song.id}/spectrogram`);
  const [start, end] = (response.headers.get('X-Seconds') ?? `0-${song.durationSeconds}`).split('-').map(Number);
  const image = await createImageBitmap(await response.blob());
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const head = h('i.playhead', { 'aria-hidden': 'true', hidden: true });
  const flags = h('div.flags');
  const range = h('input.seek-all', { type: 'range', min: start, max: end, step: 0.1, value: start, 'aria-label': `Position in the spectrogram of ${song.title}`, oninput: () => playFrom(Number(range.value)) });
  const ticks = h('div.ticks', { 'aria-hidden': 'true' }, [0, 0.25, 0.5, 0.75, 1].map((share) => h('span', {}, clock(start + share * (end - start)))));
  const box = h('div.spectrogram', {}, flags, h('div.spectrogram-picture', {}, canvas, head, range), ticks);
  const draw = () => paint(canvas, image);
  const follow = () => {
    const here = player.song?.id === song.id;
    head.hidden = !here || player.time < start || player.time > end;
    if (head.hidden) return;
    head.style.setProperty('left', `${((player.time - start) / (end - start)) * 100}%`);
    if (document.activeElement !== range || player.playing) range.value = player.time;
    range.setAttribute('aria-valuetext', clock(player.time));
  };
  draw();
  follow();
  addEventListener('coldwave-theme', draw);
  for (const kind of ['time', 'track']) player.addEventListener(kind, follow);
  box.mark = (marks) => {
    flags.replaceChildren(...marks.filter((mark) => mark.second >= start && mark.second <= end).map((mark) => {
      const flag = h('button.flag', { type: 'button', title: `${mark.label}, ${clock(mark.second)}`, 'aria-label': `Play “${mark.label}” at ${clock(mark.second)}`, onclick: () => playFrom(mark.second) });
      flag.style.setProperty('left', `${((mark.second - start) / (end - start)) * 100}%`);
      return flag;
    }));
  };
  box.remove = () => {
    removeEventListener('coldwave-theme', draw);
    for (const kind of ['time', 'track']) player.removeEventListener(kind, follow);
    image.close();
  };
  return box;
}
