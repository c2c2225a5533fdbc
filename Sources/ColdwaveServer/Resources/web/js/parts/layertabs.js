// The network's layers as tabs (arrows move between them, as the ARIA practices have it).
import { h } from '../dom.js';

export function layerTabs(layers, first, chosen) {
  let layer = first;
  const choose = (next) => {
    layer = next;
    tabs.forEach((tab, index) => {
      tab.setAttribute('aria-selected', String(layers[index] === layer));
      tab.tabIndex = layers[index] === layer ? 0 : -1;
    });
    chosen(layer);
  };
  const tabs = layers.map((each) =>
    h('button.chip', {
      type: 'button',
      role: 'tab',
      'aria-selected': String(each === layer),
      tabIndex: each === layer ? 0 : -1,
      onclick: () => choose(each),
    }, each.name)
  );
  const onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const index = (layers.indexOf(layer) + step + layers.length) % layers.length;
    choose(layers[index]);
    tabs[index].focus();
  };
  return h('div.chips', { role: 'tablist', 'aria-label': 'Layers', onkeydown }, tabs);
}
