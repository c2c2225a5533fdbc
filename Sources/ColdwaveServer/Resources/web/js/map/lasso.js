// Catching songs: by drawing round them, or all that are in view.
import { toast } from '../parts/toast.js';
import { tools } from './controls.js';
import { enclosed, thinned } from './polygon.js';
import { selectionPanel } from './selection.js';

/** `{ toolbar, panel, hooks }`: the map's buttons, what was caught, and what the gestures call. */
export function lassoMode(scene, surface, line) {
  let lassoing = false;
  const selection = selectionPanel(scene, () => select(null));
  const bar = tools(scene, {
    lasso: () => setLasso(!lassoing),
    all: () => {
      const rows = [];
      scene.grid.each(scene.camera.view, (row) => {
        rows.push(row);
      });
      select(rows);
    },
  });

  function setLasso(value) {
    lassoing = value;
    bar.lassoButton.setAttribute('aria-pressed', String(value));
    surface.classList.toggle('lassoing', value);
    if (value) toast('Draw around the songs you want.');
  }
  function select(rows) {
    if (rows && !rows.length) {
      toast('No song in there.');
      rows = null;
    }
    scene.select(rows);
    selection.show(rows);
    line.removeAttribute('d');
  }

  const hooks = {
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
    escape: () => {
      setLasso(false);
      select(null);
    },
  };
  return { toolbar: bar.element, panel: selection.element, hooks };
}
