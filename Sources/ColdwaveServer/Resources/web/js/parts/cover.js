// A song's picture: its own cover, or a small seascape that follows from its artist (the colours) and album (the waves).
import { h, svg } from '../dom.js';
import { hash, sequence } from '../format.js';
import { address } from '../api.js';

let made = 0;
// Cold hues only, in degrees and saturation: glacier, fjord, dusk, aurora, slate. The one warm accent is kept for new songs.
const waters = [[212, 62], [196, 58], [228, 52], [174, 44], [250, 46], [205, 30], [184, 66], [266, 38], [219, 74], [164, 36], [
  238,
  64,
], [200, 80]];

function wave(random, level, swell) {
  // A few long swells, each a little different: a curve through crests and troughs.
  let x = -30 - random() * 40;
  let up = random() < 0.5;
  let last = level;
  let path = `M${x.toFixed(1)} ${level.toFixed(1)}`;
  while (x < 110) {
    const width = 26 + random() * 26;
    const y = level + (up ? -1 : 1) * swell * (0.45 + random() * 0.55);
    path += `C${(x + width * 0.5).toFixed(1)} ${last.toFixed(1)} ${(x + width * 0.5).toFixed(1)} ${y.toFixed(1)} ${
      (x + width).toFixed(1)
    } ${y.toFixed(1)}`;
    x += width;
    last = y;
    up = !up;
  }
  return `${path}V104H-70z`;
}

function seascape(song) {
  const [hue, saturation] = waters[hash(song.artist ?? '') % waters.length];
  const random = sequence(hash(`${song.artist}\u0000${song.album ?? song.title}`));
  const id = `sky${made += 1}`;
  const fresh = song.plays === 0;
  const turn = Math.round((random() - 0.5) * 26);
  const tone = (light, shift = 0) => `hsl(${hue + turn + shift} ${saturation}% ${light}%)`;
  const dusk = random() * 8;
  const horizon = 48 + random() * 16;
  const layers = 3 + Math.floor(random() * 2);
  return svg(
    'svg.seascape',
    { viewBox: '0 0 100 100', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true' },
    svg(
      'defs',
      {},
      svg(
        'linearGradient',
        { id, x1: 0, y1: 0, x2: 0, y2: 1 },
        svg('stop', { offset: 0, 'stop-color': tone(20 + dusk, 16) }),
        svg('stop', { offset: 0.6, 'stop-color': tone(62 + dusk, -4) }),
        svg('stop', { offset: 1, 'stop-color': tone(82, -14) }),
      ),
    ),
    svg('rect', { width: 100, height: 100, fill: `url(#${id})` }),
    svg('circle', {
      cx: (20 + random() * 60).toFixed(1),
      cy: (24 + random() * 20).toFixed(1),
      r: (8 + random() * 9).toFixed(1),
      fill: fresh ? '#ff9466' : tone(93),
      opacity: fresh ? 1 : 0.9,
    }),
    Array.from({ length: layers }, (_, layer) =>
      svg('path', {
        d: wave(random, horizon + layer * (44 / layers), 4 + random() * 7),
        fill: tone(47 - layer * (34 / layers), layer * 5),
      })),
  );
}

export function cover(song, className = '') {
  const frame = h('span.cover', { class: className }, seascape(song));
  if (song.hasCover) {
    const size = className === 'huge' ? 768 : 384;
    const image = h('img', { src: address(`tracks/${song.id}/cover`, { size }), alt: '', loading: 'lazy', decoding: 'async' });
    image.addEventListener('error', () => image.remove());
    frame.append(image);
  }
  return frame;
}
