// What stands around the map: search, colours and legend, whose plays are lit, zoom, lasso.
import { h, replace } from '../dom.js';
import { get } from '../api.js';
import { icon } from '../icons.js';
import { count, many } from '../format.js';
import { me } from '../me.js';
import { listenerPicker, songPicker } from '../parts/picker.js';
import { complain } from '../parts/toast.js';

const modes = [['genre', 'Genre'], ['artist', 'Artist'], ['year', 'Year'], ['plays', 'Plays'], ['new', 'New']];

export function searchBox(scene, { found, play }) {
  return songPicker({ label: 'Search the map', placeholder: 'Find on the map', limit: 300, clear: () => found(null),
    search: async (query) => {
      const { tracks } = query ? await get('tracks', { query, limit: 300 }) : { tracks: [] };
      if (query) found(tracks);
      return tracks;
    },
    pick: (song) => {
      const row = scene.data.rowOf(song.id);
      if (row >= 0) { scene.flyTo([row]); scene.mark('chosen', row); }
      play(song);
    } });
}

export function colorSwitch(scene) {
  const buttons = modes.map(([mode, label]) => h('button.chip', { type: 'button', data: { mode }, 'aria-pressed': String(mode === scene.mode), onclick: () => scene.recolor(mode) }, label));
  scene.addEventListener('colors', () => buttons.forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.mode === scene.mode))));
  return h('div.chips.color-switch', { role: 'group', 'aria-label': 'Colour the songs by' }, buttons);
}

function swatch(color) {
  const dot = h('i.swatch', { 'aria-hidden': 'true' });
  dot.style.setProperty('background', color);
  return dot;
}

/** The legend; a press on an entry leaves only its songs bright. */
export function legend(scene) {
  const body = h('div.legend-body');
  const box = h('details.map-card.legend', { open: innerWidth > 760 }, h('summary', {}, 'Colours'), body);
  const paint = () => {
    const { legend: entries, scale } = scene.coloring;
    if (scale) {
      const bar = h('div.ramp', { 'aria-hidden': 'true' });
      bar.style.setProperty('background', `linear-gradient(to right, ${scale.colors.join(', ')})`);
      return void replace(body, bar, h('div.ramp-ends', {}, h('span', {}, scale.low), h('span', {}, scale.high)), scale.none ? h('div.legend-none', {}, swatch(scale.none), scale.noneName) : null);
    }
    replace(body, entries.map((entry, index) => h('button.legend-entry', { type: 'button', 'aria-pressed': String(scene.spotlight === index), onclick: () => {
      scene.spotlight = scene.spotlight === index ? null : index;
      scene.paint();
      paint();
    } }, swatch(entry.color), h('span', {}, entry.name), h('small', {}, count(entry.size)))));
  };
  scene.addEventListener('colors', paint);
  paint();
  return box;
}

/** Whose plays and recommendations are lit up. */
export function litBox(scene) {
  const words = h('p.lit-words', { role: 'status' });
  async function light(listener) {
    if (!listener) { words.textContent = ''; return scene.light(null); }
    try {
      const lit = await get('map/lit', { listener });
      // The best of them: a hundred rings on a small map would point nowhere.
      lit.recommended = lit.recommended.slice(0, 30);
      scene.light(lit);
      replace(words, h('span', {}, h('i.key-played'), `${many(lit.played.length, 'song')} played`), h('span', {}, h('i.key-recommended'), `${count(lit.recommended.length)} recommended`));
      scene.flyTo(scene.rows([...lit.played, ...lit.recommended]));
    } catch (error) { complain(error); }
  }
  const pick = listenerPicker({ label: 'Light up a listener’s songs', placeholder: 'Light up a listener', pick: (item) => light(item.name), clear: () => light(null) });
  const own = me.isAdmin ? null : h('button.chip', { type: 'button', 'aria-pressed': 'false', onclick: () => {
    const on = own.getAttribute('aria-pressed') !== 'true';
    own.setAttribute('aria-pressed', String(on));
    light(on ? me.listener : null);
  } }, 'Light up my songs');
  return h('div.lit', {}, me.isAdmin ? pick : me.listener ? own : null, words);
}

export function tools(scene, { lasso, all }) {
  const button = (name, label, action) => h('button.icon-button', { type: 'button', title: label, 'aria-label': label, onclick: action }, icon(name, 22));
  const zoom = (factor) => () => scene.fly({ x: scene.camera.x, y: scene.camera.y, scale: Math.max(scene.camera.least, Math.min(scene.camera.most, scene.camera.scale * factor)) });
  const lassoButton = button('lasso', 'Lasso songs (or hold shift and draw)', () => lasso());
  lassoButton.setAttribute('aria-pressed', 'false');
  return { lassoButton, element: h('div.map-tools.map-card', { role: 'toolbar', 'aria-label': 'Map' }, lassoButton, button('save', 'Select what is in view', all), h('hr'),
    button('plus', 'Nearer', zoom(1.8)), button('minus', 'Farther', zoom(1 / 1.8)), button('fit', 'The whole map', () => scene.fly(scene.whole))) };
}
