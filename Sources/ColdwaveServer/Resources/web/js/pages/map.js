// The map: every song a point, what sounds and is played alike side by side.
import { h, replace, svg } from '../dom.js';
import { get, on, raw } from '../api.js';
import { player } from '../player.js';
import { parseMap, none32 } from '../map/data.js';
import { Scene } from '../map/scene.js';
import { gestures } from '../map/gestures.js';
import { names } from '../map/names.js';
import { enclosed, thinned } from '../map/polygon.js';
import { colorSwitch, legend, litBox, searchBox, tools } from '../map/controls.js';
import { selectionPanel } from '../map/selection.js';
import { remember, songById } from '../map/titles.js';
import { empty } from '../parts/trouble.js';
import { complain, toast } from '../parts/toast.js';
import { count, many } from '../format.js';

async function load() {
  const [about, octets] = await Promise.all([get('map'), raw('map/data').then((response) => response.arrayBuffer())]);
  for (const region of about.regions) region.y = -region.y;
  return { about, data: parseMap(octets) };
}

export async function open(frame, where) {
  replace(frame, h('p.map-wait', { role: 'status' }, 'Fetching the map …'));
  const { about, data } = await load();
  if (!data.n) return void replace(frame, empty('There is no map yet.', 'It is drawn from what the network hears: start “build” on the Health page.'));

  const canvas = h('canvas.map-canvas');
  const layer = h('div.names', { 'aria-hidden': 'true' });
  const line = svg('path.lasso-line', {});
  const surface = h('div.map-surface', { tabIndex: 0, role: 'application', data: { keys: 'own' }, 'aria-label': `Map of ${many(data.n, 'song')}. Arrows move, plus and minus zoom, Enter plays the song in the middle, 0 shows everything.` },
    canvas, layer, svg('svg.lasso', { 'aria-hidden': 'true' }, line), h('i.crosshair', { 'aria-hidden': 'true' }));
  const tip = h('div.tip', { hidden: true });
  const spoken = h('p.visually-hidden', { 'aria-live': 'polite' });
  let scene;
  try { scene = new Scene(canvas, data, about); } catch {
    return void replace(frame, empty('This browser can’t draw the map.', 'It needs WebGL 2, which is off or missing here. Everything else works: search on “Songs”, or let the radio choose. ', h('a.button', { href: '#/songs' }, 'All songs')));
  }

  let lassoing = false;
  let hovered = -1;
  const selection = selectionPanel(scene, () => select(null));
  const bar = tools(scene, { lasso: () => setLasso(!lassoing), all: () => { const rows = []; scene.grid.each(scene.camera.view, (row) => { rows.push(row); }); select(rows); } });

  function setLasso(value) {
    lassoing = value;
    bar.lassoButton.setAttribute('aria-pressed', String(value));
    surface.classList.toggle('lassoing', value);
    if (value) toast('Draw around the songs you want.');
  }
  function select(rows) {
    if (rows && !rows.length) { toast('No song in there.'); rows = null; }
    scene.select(rows);
    selection.show(rows);
    line.removeAttribute('d');
  }
  async function play(song) {
    remember(song);
    player.play([song], 0, { source: 'the map, and on with songs like it', more: async (skip) => (await get('radio', { track: song.id, count: 8, skip: skip.slice(-200).join(',') })).tracks });
  }
  async function say(row, px, py) {
    hovered = row;
    scene.mark('hovered', row);
    surface.classList.toggle('over', row >= 0);
    if (row < 0) { tip.hidden = true; return; }
    const artist = data.artist[row] === none32 ? '' : about.artists[data.artist[row]];
    const place = () => {
      const [x, y] = px === undefined ? scene.camera.toPixels(data.x[row], data.y[row]) : [px, py];
      tip.style.setProperty('transform', `translate(${Math.max(8, Math.min(scene.camera.width - tip.offsetWidth - 8, x - tip.offsetWidth / 2))}px, ${y > 110 ? y - tip.offsetHeight - 18 : y + 22}px)`);
    };
    const facts = [data.plays[row] ? many(data.plays[row], 'play') : 'new', data.year[row] || null, about.genres[data.genre[row]]].filter(Boolean).join(' · ');
    replace(tip, h('b', {}, '…'), h('span', {}, artist), h('small', { class: data.plays[row] ? '' : 'fresh' }, facts));
    tip.hidden = false;
    place();
    try {
      const song = await songById(data.id[row]);
      if (hovered !== row) return;
      tip.firstChild.textContent = song.title;
      place();
      if (px === undefined) spoken.textContent = `${song.title} by ${song.artist}, ${facts}`;
    } catch { if (hovered === row) tip.firstChild.textContent = 'gone'; }
  }

  gestures(surface, scene, {
    hover: (row, x, y) => { if (row !== hovered) say(row, x, y); },
    click: async (row) => { if (row >= 0) try { await play(await songById(data.id[row])); } catch (error) { complain(error); } },
    lassoing: () => lassoing,
    lasso(points, done) {
      const path = thinned(points, 3);
      if (path.length < 4) return void line.removeAttribute('d');
      line.setAttribute('d', `M${path.map((value) => value.toFixed(1)).join(' ')}Z`);
      if (!done) return;
      setLasso(false);
      const polygon = [];
      for (let index = 0; index < path.length; index += 2) polygon.push(...scene.camera.toPlane(path[index], path[index + 1]));
      select(enclosed(scene.grid, polygon));
    },
    escape: () => { setLasso(false); select(null); },
    speak: (row) => say(row),
  });
  names(scene, layer);

  const sounding = () => { const row = player.song ? data.rowOf(player.song.id) : -1; scene.mark('sounding', row, 16); };
  const found = (tracks) => { const rows = scene.find(tracks && tracks.map((song) => song.id)); tracks?.forEach(remember); if (rows.length) scene.flyTo(rows); };
  const chrome = h('div.map-top', {}, h('div.map-search', {}, searchBox(scene, { found, play })), colorSwitch(scene), litBox(scene));
  replace(frame, h('h1.visually-hidden', {}, 'Map'), surface, chrome, legend(scene), bar.element, selection.element, tip, spoken, h('p.map-count', { 'aria-hidden': 'true' }, `${count(data.n)} songs`));

  const recolor = () => scene.recolor();
  const resized = new ResizeObserver(() => {
    scene.camera.inset = innerWidth > 760 ? { left: 230, right: 90, top: 84, bottom: 30 } : { left: 8, right: 8, top: 118, bottom: 60 };
    scene.resize(surface.clientWidth, surface.clientHeight);
  });
  resized.observe(surface);
  addEventListener('coldwave-theme', recolor);
  player.addEventListener('track', sounding);
  const off = on('artefacts', (event) => { if (event.stage === 'map') toast('There is a newer map.', { action: 'Show it', run: () => dispatchEvent(new HashChangeEvent('hashchange')) }); });
  if (player.song) sounding();
  if (where.rest[0]) {
    const row = data.rowOf(Number(where.rest[0]));
    if (row >= 0) requestAnimationFrame(() => { scene.flyTo([row]); scene.mark('chosen', row, 14); say(row); });
  }
  return () => {
    off();
    resized.disconnect();
    removeEventListener('coldwave-theme', recolor);
    player.removeEventListener('track', sounding);
    scene.remove();
  };
}
