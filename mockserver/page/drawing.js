// Annotations of one frame as SVG elements over the picture.  Points are pixels of the frame, y down.

const SVG = "http://www.w3.org/2000/svg";
const LINEAR = new Set(["rectangle", "ellipse", "cuboid"]);

export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// What is on a frame: shapes, and tracks where they are then; `held` says that it is no keyframe.
export function onFrame(annotations, frame) {
  const shapes = annotations.shapes.filter((shape) => shape.frame === frame);
  const tracked = annotations.tracks.flatMap((track) => trackedShape(track, frame) ?? []);
  return [...shapes, ...tracked].sort((one, other) => (one.z_order ?? 0) - (other.z_order ?? 0));
}

function trackedShape(track, frame) {
  const known = track.shapes.filter((shape) => shape.frame <= frame);
  const last = known[known.length - 1];
  if (!last || last.outside) return null;
  const next = track.shapes[known.length];
  const elements = (track.elements ?? []).map((part) => trackedShape(part, frame)).filter(Boolean);
  return { ...last, points: between(last, next, frame), label_id: track.label_id, elements, held: last.frame !== frame,
           track: true };
}

function between(last, next, frame) {
  const moves = next && !next.outside && LINEAR.has(last.type) && next.type === last.type;
  if (!moves || last.points.length !== next.points.length) return last.points;
  const share = (frame - last.frame) / (next.frame - last.frame);
  return last.points.map((value, place) => value + (next.points[place] - value) * share);
}

// `edges`: pairs of labels of the points of a skeleton that are joined.
export function drawn(shape, colour, size, edges = []) {
  const make = DRAWERS[shape.type] ?? DRAWERS.points;
  const width = Math.max(1.5, size / 320);
  const lines = svg("g", { fill: colour, stroke: colour, "fill-opacity": 0.25, "stroke-width": width });
  if (shape.held) lines.setAttribute("stroke-dasharray", `${width * 3} ${width * 2}`);
  if (shape.occluded) lines.setAttribute("stroke-opacity", 0.55);
  lines.append(...make(shape, width, colour, edges));
  // a wider white line below, so that a colour can be told from a picture of the same colour
  const below = svg("g", { fill: "none", stroke: "#ffffff", "stroke-opacity": 0.7, "stroke-width": width * 2.4 });
  if (shape.type !== "mask") below.append(...make(shape, width, colour, edges));
  const group = svg("g", { "data-shape": shape.type }, below, lines);
  if (shape.rotation) group.setAttribute("transform", turned(shape));
  return group;
}

function turned({ type, points, rotation }) {
  const [x, y] = type === "ellipse" ? points : [(points[0] + points[2]) / 2, (points[1] + points[3]) / 2];
  return `rotate(${rotation} ${x} ${y})`;
}

function pairs(points) {
  return Array.from({ length: points.length / 2 }, (_, row) => [points[2 * row], points[2 * row + 1]]);
}

function dots(points, width) {
  return pairs(points).map(([x, y]) => svg("circle", { cx: x, cy: y, r: width * 2, "fill-opacity": 1 }));
}

const CUBOID = ["0 2 4 6", "1 3 5 7"].map((row) => row.split(" ").map(Number));

const DRAWERS = {
  rectangle: ({ points: [x1, y1, x2, y2] }) =>
    [svg("rect", { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) })],
  polygon: ({ points }) => [svg("polygon", { points: points.join(" ") })],
  polyline: ({ points }) => [svg("polyline", { points: points.join(" "), fill: "none" })],
  points: ({ points }, width) => dots(points, width),
  ellipse: ({ points: [x, y, right, top] }) => [svg("ellipse", { cx: x, cy: y, rx: Math.abs(right - x), ry: Math.abs(y - top) })],
  cuboid: ({ points }) => {
    const corners = pairs(points);
    const faces = CUBOID.map((rows) => svg("polygon", { points: rows.map((row) => corners[row]?.join(" ")).join(" ") }));
    const edges = [0, 2, 4, 6].map((row) => svg("polyline", { points: [corners[row], corners[row + 1]].join(" ") }));
    return points.length === 16 ? [...faces, ...edges] : dots(points.slice(0, 2), 2);
  },
  skeleton: ({ elements }, width, colour, edges) => {
    const seen = new Map(elements.filter((part) => !part.outside).map((part) => [part.label_id, part.points]));
    const joined = edges.filter((pair) => pair.every((label) => seen.has(label)));
    const lines = joined.map(([one, other]) => svg("polyline", { points: [...seen.get(one).slice(0, 2), ...seen.get(other).slice(0, 2)].join(" ") }));
    return [...lines, ...[...seen.values()].flatMap((points) => dots(points, width))];
  },
  mask: (shape, width, colour) => maskImage(shape.points, colour),
};

// Run lengths, row by row in the box that the last four numbers give; painted on a canvas.
function maskImage(points, colour) {
  const [left, top, right, bottom] = points.slice(-4);
  const width = right - left + 1;
  const height = bottom - top + 1;
  if (!(width > 0 && height > 0 && width * height < 4e7)) return [];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const brush = canvas.getContext("2d");
  const pixels = brush.createImageData(width, height);
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  let at = 0;
  points.slice(0, -4).forEach((run, row) => {
    for (let end = Math.min(at + run, width * height); at < end; at++) {
      if (row % 2) pixels.data.set([red, green, blue, 130], at * 4);
    }
  });
  brush.putImageData(pixels, 0, 0);
  return [svg("image", { x: left, y: top, width, height, href: canvas.toDataURL(), "image-rendering": "pixelated" })];
}
