// What lies on top of the songs: a listener's plays and recommendations, what a search found, what a lasso caught.
import { isDark } from '../theme.js';

export function paintOverlays(scene) {
  const own = (row) => scene.coloring.color(row);
  const dark = isDark();
  const played = scene.lit ? scene.rows(scene.lit.played) : [];
  const recommended = scene.lit ? scene.rows(scene.lit.recommended) : [];
  scene.overlay('played halo', played, dark ? '#7fcdf8' : '#0a6cbd', { larger: 1, plus: 14, alpha: 70 });
  scene.overlay('played', played, own, { larger: 1.15, plus: 2 });
  scene.overlay('recommended', recommended, dark ? '#f4fbff' : '#0c1a2e', { larger: 1.2, plus: 8, ring: 2 });
  scene.overlay('recommended core', recommended, own, { larger: 1 });
  scene.overlay('found', scene.found ?? [], own, { larger: 1.3, plus: 4 });
  // A lasso round most of a large map: the songs themselves are bright enough.
  scene.overlay('selected', scene.selected && scene.selected.length < 60000 ? scene.selected : [], own, { larger: 1.2, plus: 1 });
}
