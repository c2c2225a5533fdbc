// What the network hears: the picture of its first layer, and every unit with the moments that excite it most, to be listened to.
import { h, replace, debounced } from '../dom.js';
import { address, get, name } from '../api.js';
import { icon } from '../icons.js';
import { player } from '../player.js';
import { songList } from '../parts/songs.js';
import { empty } from '../parts/trouble.js';
import { complain } from '../parts/toast.js';
import { clock, count, many } from '../format.js';

const layerWords = { conv1: 'the shortest moments: tones, strokes, bands', conv2: 'somewhat longer ones: attacks, vibrato, chords', conv3: 'the longest moments: figures and textures', dense1: 'whole songs: styles and voices', dense2: 'whole songs: finer tastes', outputs: 'the taste space itself' };
const pageSize = 48;

/** As long as a moment is worth hearing: the unit's own span, but never a click. */
const longEnough = (moment) => Math.max(5, Math.min(12, moment.seconds || 5));
const lead = (moment) => Math.max(0, moment.second - 1);

function detail(unit, about, moments, close) {
  return h('section.panel.unit-detail', { 'aria-label': `Unit ${unit.layer}/${unit.unit}`, tabIndex: -1 },
    h('div.section-head', {}, h('h2', {}, about.label || 'no name'), h('code', {}, `${unit.layer}/${unit.unit}`),
      h('button.icon-button', { type: 'button', 'aria-label': 'Close', onclick: close }, icon('close', 20))),
    (about.evidence ?? []).slice(0, 4).map((line) => h('p.faint', {}, line)),
    moments.length ? songList(moments.map((each) => ({ song: each.track, start: lead(each), seconds: longEnough(each), aside: clock(each.second), note: `activation ${each.activation.toFixed(2)}` })), { source: `moments of ${unit.layer}/${unit.unit}`, moments: true, said: false, label: 'Moments' })
      : h('p.faint', {}, 'Nothing in this library excites it.'));
}

export async function open(frame, where) {
  let answer;
  try { answer = await get('filters'); } catch (error) {
    if (error.status !== 404) throw error;
    return void replace(frame, h('header.page-head', {}, h('h1', {}, 'Filters')), empty(error.message, h('p.faint', {}, 'It takes a minute, once: ', h('code', {}, error.next || 'coldwave filters'))));
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
      if (moments.length) player.play(moments.map((each) => ({ song: each.track, start: lead(each), seconds: longEnough(each) })), 0, { source: `what excites ${unit.layer}/${unit.unit}, “${about.label}”` });
    } catch (error) { complain(error); }
  }

  function paint() {
    const words = query.toLowerCase();
    const units = layer.units.filter((each) => !words || each.label?.toLowerCase().includes(words) || String(each.unit) === words || each.evidence?.some((line) => line.toLowerCase().includes(words)));
    status.textContent = `${query ? `${count(units.length)} of ` : ''}${many(layer.units.length, 'unit')}: ${layerWords[layer.name] ?? 'what they hear'}`;
    replace(grid, units.slice(0, shown).map((each) => h('li', {}, h('button.unit-card', { type: 'button', title: each.evidence?.join('\n'), class: /^no |^$/.test(each.label ?? '') ? 'unnamed' : '', onclick: (event) => play({ layer: layer.name, unit: each.unit }, event.currentTarget) },
      h('span.unit-play', {}, icon('play', 16)), h('b', {}, each.label || 'no name'), h('small.faint', {}, `${layer.name}/${each.unit}`)))));
    replace(more, units.length > shown ? h('button.button', { type: 'button', onclick: () => { shown += 240; paint(); } }, `Show more of ${count(units.length)}`) : null);
    if (!units.length) replace(more, empty('No unit by that name.'));
  }

  const tabs = layers.map((each) => h('button.chip', { type: 'button', role: 'tab', 'aria-selected': String(each === layer), tabIndex: each === layer ? 0 : -1, onclick: () => choose(each) }, each.name));
  function choose(next) {
    layer = next;
    shown = pageSize;
    tabs.forEach((tab, index) => { tab.setAttribute('aria-selected', String(layers[index] === layer)); tab.tabIndex = layers[index] === layer ? 0 : -1; });
    paint();
  }
  const tabList = h('div.chips', { role: 'tablist', 'aria-label': 'Layers', onkeydown: (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = (layers.indexOf(layer) + step + layers.length) % layers.length;
    choose(layers[index]);
    tabs[index].focus();
  } }, tabs);

  const picture = h('img', { alt: 'The filters of the first layer: time to the right, frequency upwards, blue for what excites a filter and red for what silences it' });
  const showPicture = (event) => { if (event.currentTarget.open && !picture.src) picture.src = address('filters/picture'); };
  picture.addEventListener('error', () => picture.closest('details')?.remove());
  replace(frame, h('header.page-head', {}, h('h1', {}, 'Filters'), h('p.lead', {}, 'Every unit of the network listens for something. Press one to hear the moments that excite it most; the name is what those moments have in common, where they have anything.')),
    h('details.panel.picture', { open: innerWidth > 760, ontoggle: showPicture }, h('summary', {}, 'The first layer, as it is'), h('div.plate', { tabIndex: 0, role: 'group', 'aria-label': 'Picture of the first layer, scrolls sideways' }, picture)),
    h('div.tools', {}, tabList, h('div.search-box', {}, h('input', { type: 'search', placeholder: 'techno, tone at 440 Hz, 17 …', 'aria-label': 'Search units', oninput: debounced((event) => { query = event.target.value.trim(); shown = pageSize; paint(); }, 150) }))),
    status, held, grid, more);
  paint();
}

