// Mouse, touch and keyboard over the map: pan, zoom, pick, lasso. `hooks`: hover(row, x, y), click(row), lasso(polygon, done), speak().

export function gestures(surface, scene, hooks) {
  const { camera } = scene;
  const touches = new Map();
  let lasso = null;
  let moved = 0;
  let spread = 0;
  const at = (event) => { const box = surface.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  const gap = () => { const [a, b] = [...touches.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]); };

  function down(event) {
    if (event.button > 0) return;
    const place = at(event);
    surface.setPointerCapture(event.pointerId);
    touches.set(event.pointerId, place);
    camera.land();
    moved = 0;
    if (touches.size === 2) { spread = gap(); lasso = null; hooks.lasso([], false); }
    else if (hooks.lassoing() || event.shiftKey) lasso = [...place];
  }

  function move(event) {
    const place = at(event);
    const before = touches.get(event.pointerId);
    if (!before) return void (event.pointerType === 'mouse' && hooks.hover(scene.pick(...place), ...place));
    const [dx, dy] = [place[0] - before[0], place[1] - before[1]];
    touches.set(event.pointerId, place);
    moved += Math.hypot(dx, dy);
    if (lasso) {
      lasso.push(...place);
      return hooks.lasso(lasso, false);
    }
    if (moved > 4) { surface.classList.add('dragging'); hooks.hover(-1); }
    camera.pan(dx / touches.size, dy / touches.size);
    if (touches.size === 2) {
      const now = gap();
      const [a, b] = [...touches.values()];
      camera.zoom(now / Math.max(1, spread), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      spread = now;
    }
    scene.redraw();
  }

  function up(event) {
    if (!touches.delete(event.pointerId)) return;
    surface.classList.remove('dragging');
    if (lasso) {
      const line = lasso;
      lasso = null;
      if (event.type === 'pointerup') return hooks.lasso(line, true);
      return hooks.lasso([], false);
    }
    if (event.type === 'pointerup' && moved < 6 && touches.size === 0) hooks.click(scene.pick(...at(event), event.pointerType === 'mouse' ? 12 : 22), ...at(event));
  }

  function wheel(event) {
    event.preventDefault();
    camera.land();
    const lines = event.deltaMode === 1 ? 16 : 1;
    // A trackpad's pinch comes as a wheel with ctrl, and in smaller steps.
    camera.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), ...at(event));
    scene.redraw();
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = Math.min(camera.width, camera.height) / 8;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[event.key]) camera.pan(...moves[event.key]);
    else if (event.key === '+' || event.key === '=') camera.zoom(1.35);
    else if (event.key === '-') camera.zoom(1 / 1.35);
    else if (event.key === '0' || event.key === 'Home') scene.fly(scene.whole);
    else if (event.key === 'Enter') hooks.click(scene.pick(camera.width / 2, camera.height / 2, 80), camera.width / 2, camera.height / 2);
    else if (event.key === 'Escape') hooks.escape();
    else return;
    event.preventDefault();
    camera.land();
    scene.redraw();
    hooks.speak(scene.pick(camera.width / 2, camera.height / 2, 80));
  }

  const events = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, pointerleave: () => hooks.hover(-1), keydown: key, blur: () => hooks.hover(-1),
    dblclick: (event) => { scene.fly({ ...camera.fitted({ left: 0, right: 0, top: 0, bottom: 0 }), ...around(at(event)) }); } };
  /** Twice as near, with the clicked place kept where it is. */
  function around([px, py]) {
    const [x, y] = camera.toPlane(px, py);
    return { x: x + (camera.x - x) / 2, y: y + (camera.y - y) / 2, scale: Math.min(camera.most, camera.scale * 2) };
  }
  for (const [kind, action] of Object.entries(events)) surface.addEventListener(kind, action);
  surface.addEventListener('wheel', wheel, { passive: false });
}
