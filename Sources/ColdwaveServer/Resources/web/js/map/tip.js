// The words beside the song under the mouse, or under the keyboard's cross, where they are spoken too.
import { h, replace } from '../dom.js';
import { many } from '../format.js';
import { none32 } from './data.js';
import { songById } from './titles.js';

/** `{ tip, spoken, say(row, x?, y?) }`: with a place the tip follows it, without one the song. */
export function mapTip(scene, surface) {
  const { data, about } = scene;
  const tip = h('div.tip', { hidden: true });
  const spoken = h('p.visually-hidden', { 'aria-live': 'polite' });
  let hovered = -1;

  async function say(row, px, py) {
    if (row === hovered && (px !== undefined || row < 0)) return;
    hovered = row;
    scene.mark('hovered', row);
    surface.classList.toggle('over', row >= 0);
    if (row < 0) {
      tip.hidden = true;
      return;
    }
    const artist = data.artist[row] === none32 ? '' : about.artists[data.artist[row]];
    const place = () => {
      const [x, y] = px === undefined ? scene.camera.toPixels(data.x[row], data.y[row]) : [px, py];
      tip.style.setProperty(
        'transform',
        `translate(${Math.max(8, Math.min(scene.camera.width - tip.offsetWidth - 8, x - tip.offsetWidth / 2))}px, ${
          y > 110 ? y - tip.offsetHeight - 18 : y + 22
        }px)`,
      );
    };
    const facts = [data.plays[row] ? many(data.plays[row], 'play') : 'new', data.year[row] || null, about.genres[data.genre[row]]]
      .filter(Boolean).join(' · ');
    replace(tip, h('b', {}, '…'), h('span', {}, artist), h('small', { class: data.plays[row] ? '' : 'fresh' }, facts));
    tip.hidden = false;
    place();
    try {
      const song = await songById(data.id[row]);
      if (hovered !== row) return;
      tip.firstChild.textContent = song.title;
      place();
      if (px === undefined) spoken.textContent = `${song.title} by ${song.artist}, ${facts}`;
    } catch {
      if (hovered === row) tip.firstChild.textContent = 'gone';
    }
  }

  return { tip, spoken, say };
}
