// The points, by WebGL 2: positions and colours in two buffers, all songs in one draw call; what is lit, ringed or under the mouse
// is a second call of a few points on top.

const vertex = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in vec4 color;
uniform vec2 middle, stretch;
uniform float size, ring;
out vec4 tint;
out float edge;
void main() {
  gl_Position = vec4((place - middle) * stretch, 0.0, 1.0);
  gl_PointSize = size;
  tint = color;
  edge = 2.0 / size;
}`;
const fragment = `#version 300 es
precision mediump float;
in vec4 tint;
in float edge;
uniform float ring, square, soft, rim;
uniform vec3 ground;
out vec4 paint;
void main() {
  float cover = 1.0;
  if (square < 0.5) {
    float distance = length(gl_PointCoord - 0.5) * 2.0;
    cover = 1.0 - smoothstep(1.0 - edge, 1.0, distance);
    if (soft > 0.0) { float left = max(0.0, 1.0 - distance); cover = soft * left * left; }
    else if (ring > 0.0) cover *= smoothstep(1.0 - ring - edge, 1.0 - ring, distance);
  }
  float alpha = tint.a * cover;
  // A rim in the ground's colour keeps neighbours apart where they overlap.
  vec3 body = rim > 0.0 ? mix(tint.rgb, ground, smoothstep(1.0 - rim, 1.0 - rim + edge, length(gl_PointCoord - 0.5) * 2.0)) : tint.rgb;
  paint = vec4(body * alpha, alpha);
}`;

export class Points {
  /** Throws where there is no WebGL 2. */
  constructor(canvas) {
    const gl = canvas.getContext('webgl2', { alpha: true, antialias: false, premultipliedAlpha: true, powerPreference: 'high-performance' });
    if (!gl) throw new Error('no WebGL');
    Object.assign(this, { canvas, gl, n: 0, layers: new Map() });
    this.program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
    }
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS)) throw new Error('no WebGL');
    gl.useProgram(this.program);
    this.at = Object.fromEntries(['middle', 'stretch', 'size', 'ring', 'square', 'soft', 'rim', 'ground'].map((name) => [name, gl.getUniformLocation(this.program, name)]));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** A layer of points: interleaved places, and four bytes of colour each. */
  layer(name, places, colors, style = {}) {
    const { gl } = this;
    const layer = this.layers.get(name) ?? { array: gl.createVertexArray(), places: gl.createBuffer(), colors: gl.createBuffer() };
    gl.bindVertexArray(layer.array);
    if (places) this.fill(layer.places, 0, places, 2, gl.FLOAT, false);
    if (colors) this.fill(layer.colors, 1, colors, 4, gl.UNSIGNED_BYTE, true);
    if (places) layer.n = places.length / 2;
    this.layers.set(name, Object.assign(layer, style));
  }

  fill(buffer, location, values, parts, kind, normalized) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, parts, kind, normalized, 0, 0);
  }

  resize(width, height, ratio) {
    this.ratio = ratio;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
    this.gl.viewport(0, 0, w, h);
  }

  /** `size` is the diameter of a song in CSS pixels; `share` how much of a large layer is drawn. */
  draw(camera, size, ground, share = 1) {
    const { gl, at, ratio } = this;
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform3f(at.ground, ...ground.map((part) => part / 255));
    gl.uniform2f(at.middle, camera.x, camera.y);
    gl.uniform2f(at.stretch, 2 * camera.scale / camera.width, 2 * camera.scale / camera.height);
    for (const layer of this.layers.values()) {
      if (!layer.n) continue;
      const n = layer.n > 20000 ? Math.ceil(layer.n * share) : layer.n;
      const diameter = (layer.larger ? size * layer.larger + (layer.plus ?? 0) : size) * ratio;
      gl.bindVertexArray(layer.array);
      // A soft light around each song, where there are few enough to afford it.
      if (layer.glow) this.call(n, { diameter: diameter * 5, soft: layer.glow });
      this.call(n, { diameter, ring: layer.ring ? Math.min(0.9, 2 * layer.ring * ratio / diameter) : 0,
        // Too small for a disc to show: plain squares need no blending at their edge.
        square: diameter < 2.5 ? 1 : 0, rim: layer.rim && diameter > 8.5 * ratio ? 2.4 * ratio / diameter : 0 });
    }
  }

  call(n, { diameter, ring = 0, square = 0, soft = 0, rim = 0 }) {
    const { gl, at } = this;
    gl.uniform1f(at.size, Math.max(1, diameter));
    gl.uniform1f(at.ring, ring);
    gl.uniform1f(at.square, square);
    gl.uniform1f(at.soft, soft);
    gl.uniform1f(at.rim, rim);
    gl.drawArrays(gl.POINTS, 0, n);
  }

  remove() {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
