// What the map is drawn on: the canvas, the names above it, the lasso's line, and the cross for the keyboard.
import { h, svg } from '../dom.js';
import { many } from '../format.js';

export function mapSurface(n) {
  const canvas = h('canvas.map-canvas');
  const layer = h('div.names', { 'aria-hidden': 'true' });
  const line = svg('path.lasso-line', {});
  const surface = h(
    'div.map-surface',
    {
      tabIndex: 0,
      role: 'application',
      data: { keys: 'own' },
      'aria-label': `Map of ${
        many(n, 'song')
      }. Arrows move, plus and minus zoom, Enter plays the song in the middle, 0 shows everything.`,
    },
    canvas,
    layer,
    svg('svg.lasso', { 'aria-hidden': 'true' }, line),
    h('i.crosshair', { 'aria-hidden': 'true' }),
  );
  return { surface, canvas, layer, line };
}
