// What the network hears: the picture of its first layer, and every unit with the moments that excite it most, to be listened to.
import { debounced, h, replace } from '../dom.js';
import { address, get, name } from '../api.js';
import { player } from '../player.js';
import { layerTabs } from '../parts/layertabs.js';
import { detail, lead, longEnough, unitCard } from '../parts/moments.js';
import { missing } from '../parts/missing.js';
import { empty } from '../parts/trouble.js';
import { complain } from '../parts/toast.js';
import { count, many } from '../format.js';

const layerWords = {
  conv1: 'the shortest moments: tones, strokes, bands',
  conv2: 'somewhat longer ones: attacks, vibrato, chords',
  conv3: 'the longest moments: figures and textures',
  dense1: 'whole songs: styles and voices',
  dense2: 'whole songs: finer tastes',
  outputs: 'the taste space itself',
};
const pageSize = 48;

export async function open(frame, where) {
  let answer;
  try {
    answer = await get('filters');
  } catch (error) {
    if (error.status !== 404) throw error;
    return void replace(
      frame,
      h('header.page-head', {}, h('h1', {}, 'Filters')),
      missing(error.message, error.next || 'coldwave filters', () => dispatchEvent(new HashChangeEvent('hashchange')), 'filters'),
    );
  }
  const layers = answer.layers.filter((each) => each.units.length);
  let layer = layers.find((each) => each.name === where.rest[0]) ?? layers[0];
  let query = '';
  let shown = pageSize;
  const grid = h('ol.unit-grid', { 'aria-label': 'Units' });
  const status = h('p.faint', { role: 'status' });
  const more = h('div.more-mark');
  const held = h('div', { 'aria-live': 'polite' });

  async function play(unit, button) {
    grid.querySelectorAll('.chosen').forEach((each) => each.classList.remove('chosen'));
    button.classList.add('chosen');
    try {
      const about = await get(`filters/${name(unit.layer)}/${unit.unit}`);
      const moments = about.top;
      replace(held, detail(unit, about, moments, () => held.replaceChildren()));
      held.firstChild.scrollIntoView({ block: 'nearest' });
      if (moments.length) {
        player.play(moments.map((each) => ({ song: each.track, start: lead(each), seconds: longEnough(each) })), 0, {
          source: `what excites ${unit.layer}/${unit.unit}, “${about.label}”`,
        });
      }
    } catch (error) {
      complain(error);
    }
  }

  function paint() {
    const words = query.toLowerCase();
    const units = layer.units.filter((each) =>
      !words || each.label?.toLowerCase().includes(words) || String(each.unit) === words ||
      each.evidence?.some((line) => line.toLowerCase().includes(words))
    );
    status.textContent = `${query ? `${count(units.length)} of ` : ''}${many(layer.units.length, 'unit')}: ${
      layerWords[layer.name] ?? 'what they hear'
    }`;
    replace(
      grid,
      units.slice(0, shown).map((each) =>
        unitCard(layer.name, each, (event) => play({ layer: layer.name, unit: each.unit }, event.currentTarget))
      ),
    );
    replace(
      more,
      units.length > shown
        ? h('button.button', {
          type: 'button',
          onclick: () => {
            shown += 240;
            paint();
          },
        }, `Show more of ${count(units.length)}`)
        : null,
    );
    if (!units.length) replace(more, empty('No unit by that name.'));
  }

  const tabList = layerTabs(layers, layer, (next) => {
    layer = next;
    shown = pageSize;
    paint();
  });

  const picture = h('img', {
    alt:
      'The filters of the first layer: time to the right, frequency upwards, blue for what excites a filter and red for what silences it',
  });
  const showPicture = (event) => {
    if (event.currentTarget.open && !picture.src) picture.src = address('filters/picture');
  };
  picture.addEventListener('error', () => picture.closest('details')?.remove());
  replace(
    frame,
    h(
      'header.page-head',
      {},
      h('h1', {}, 'Filters'),
      h(
        'p.lead',
        {},
        'Every unit of the network listens for something. Press one to hear the moments that excite it most; the name is what those moments have in common, where they have anything.',
      ),
    ),
    h(
      'details.panel.picture',
      { open: innerWidth > 760, ontoggle: showPicture },
      h('summary', {}, 'The first layer, as it is'),
      h('div.plate', { tabIndex: 0, role: 'group', 'aria-label': 'Picture of the first layer, scrolls sideways' }, picture),
    ),
    h(
      'div.tools',
      {},
      tabList,
      h(
        'div.search-box',
        {},
        h('input', {
          type: 'search',
          placeholder: 'techno, tone at 440 Hz, 17 …',
          'aria-label': 'Search units',
          oninput: debounced((event) => {
            query = event.target.value.trim();
            shown = pageSize;
            paint();
          }, 150),
        }),
      ),
    ),
    status,
    held,
    grid,
    more,
  );
  paint();
}
