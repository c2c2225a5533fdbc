// The map: every song a point, what sounds and is played alike side by side.
import { h, replace } from '../dom.js';
import { get, on, raw } from '../api.js';
import { player } from '../player.js';
import { parseMap } from '../map/data.js';
import { Scene } from '../map/scene.js';
import { gestures } from '../map/gestures.js';
import { names } from '../map/names.js';
import { lassoMode } from '../map/lasso.js';
import { colorSwitch, legend, litBox } from '../map/controls.js';
import { searchBox } from '../map/search.js';
import { mapSurface } from '../map/surface.js';
import { mapTip } from '../map/tip.js';
import { remember, songById } from '../map/titles.js';
import { missing } from '../parts/missing.js';
import { empty } from '../parts/trouble.js';
import { complain, toast } from '../parts/toast.js';
import { count } from '../format.js';

async function load() {
  const [about, octets] = await Promise.all([get('map'), raw('map/data').then((response) => response.arrayBuffer())]);
  for (const region of about.regions) region.y = -region.y;
  return { about, data: parseMap(octets) };
}

export async function open(frame, where) {
  replace(frame, h('p.map-wait', { role: 'status' }, 'Fetching the map …'));
  const { about, data } = await load();
  if (!data.n) {
    return void replace(
      frame,
      missing('There is no map yet.', 'coldwave build', () => dispatchEvent(new HashChangeEvent('hashchange'))),
    );
  }

  const { surface, canvas, layer, line } = mapSurface(data.n);
  let scene;
  try {
    scene = new Scene(canvas, data, about);
  } catch {
    return void replace(
      frame,
      empty(
        'This browser can’t draw the map.',
        'It needs WebGL 2, which is off or missing here. Everything else works: search on “Songs”, or let the radio choose. ',
        h('a.button', { href: '#/songs' }, 'All songs'),
      ),
    );
  }

  const { tip, spoken, say } = mapTip(scene, surface);
  const lasso = lassoMode(scene, surface, line);

  function play(song) {
    remember(song);
    player.play([song], 0, {
      source: 'the map, and on with songs like it',
      more: async (skip) => (await get('radio', { track: song.id, count: 8, skip: skip.slice(-200).join(',') })).tracks,
    });
  }
  gestures(surface, scene, {
    hover: say,
    click: async (row) => {
      if (row >= 0) {
        try {
          play(await songById(data.id[row]));
        } catch (error) {
          complain(error);
        }
      }
    },
    ...lasso.hooks,
    speak: (row) => say(row),
  });
  names(scene, layer);

  const sounding = () => {
    const row = player.song ? data.rowOf(player.song.id) : -1;
    scene.mark('sounding', row, 16);
  };
  const found = (tracks) => {
    const rows = scene.find(tracks && tracks.map((song) => song.id));
    tracks?.forEach(remember);
    if (rows.length) scene.flyTo(rows);
  };
  const chrome = h(
    'div.map-top',
    {},
    h('div.map-search', {}, searchBox(scene, { found, play })),
    colorSwitch(scene),
    litBox(scene),
  );
  replace(
    frame,
    h('h1.visually-hidden', {}, 'Map'),
    surface,
    chrome,
    legend(scene),
    lasso.toolbar,
    lasso.panel,
    tip,
    spoken,
    h('p.map-count', { 'aria-hidden': 'true' }, `${count(data.n)} songs`),
  );

  const recolor = () => scene.recolor();
  const resized = new ResizeObserver(() => {
    scene.camera.inset = innerWidth > 760
      ? { left: 230, right: 90, top: 84, bottom: 30 }
      : { left: 8, right: 8, top: 118, bottom: 60 };
    scene.resize(surface.clientWidth, surface.clientHeight);
  });
  resized.observe(surface);
  addEventListener('coldwave-theme', recolor);
  player.addEventListener('track', sounding);
  const off = on('artefacts', (event) => {
    if (event.stage === 'map') {
      toast('There is a newer map.', {
        action: 'Show it',
        run: () => dispatchEvent(new HashChangeEvent('hashchange')),
      });
    }
  });
  if (player.song) sounding();
  if (where.rest[0]) {
    const row = data.rowOf(Number(where.rest[0]));
    if (row >= 0) {
      requestAnimationFrame(() => {
        scene.flyTo([row]);
        scene.mark('chosen', row, 14);
        say(row);
      });
    }
  }
  return () => {
    off();
    resized.disconnect();
    removeEventListener('coldwave-theme', recolor);
    player.removeEventListener('track', sounding);
    scene.remove();
  };
}
