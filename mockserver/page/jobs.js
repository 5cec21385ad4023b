// Tasks, and one job: its frames with what is annotated on them.

import { api, make, picture, session } from "./calls.js";
import { drawn, onFrame, svg } from "./drawing.js";
import { cells, doing, table } from "./widgets.js";

export async function showTasks(place) {
  if (!session.token) {
    place.replaceChildren(make("section", { className: "card" }, make("h2", {}, "Tasks"),
      make("p", {}, "Log in to see tasks, jobs and annotations. Users of the packaged seeds are admin, ann, bob, cleo and dan; " +
        "their password is mock.")));
    return;
  }
  const [tasks, jobs] = await Promise.all([api("/api/tasks?page_size=all"), api("/api/jobs?page_size=all&sort=id")]);
  const card = make("section", { className: "card" }, make("h2", {}, "Tasks"), table(
    ["#Task", "Name", "Mode", "#Frames", "Jobs"],
    tasks.results.map((task) => cells(task.id, task.name, task.mode || "no data", task.size ?? 0, jobLinks(task, jobs.results))),
    "There are no tasks."));
  place.replaceChildren(card);
}

function jobLinks(task, jobs) {
  const own = jobs.filter((job) => job.task_id === task.id);
  const shown = own.map((job) => make("a", { href: `#job/${job.id}`, title: `${job.stage}, ${job.state}` },
    job.type === "annotation" ? `${job.id}` : `${job.id} (${job.type.replaceAll("_", " ")})`));
  return make("td", {}, shown.flatMap((link, row) => row ? [", ", link] : [link]));
}

export async function showJob(place, id) {
  const [job, annotations, labels, meta] = await Promise.all([
    api(`/api/jobs/${id}`), api(`/api/jobs/${id}/annotations`), api(`/api/labels?job_id=${id}&page_size=all`),
    api(`/api/jobs/${id}/data/meta`),
  ]);
  const image = make("img", { alt: "" });
  const overlay = svg("svg", { role: "img" });
  const frames = framesOf(job, meta);
  const slider = make("input", { type: "range", min: 0, max: frames.length - 1, value: 0, "aria-label": "Frame",
                                 oninput: () => show(Number(slider.value)) });
  const number = make("span", { className: "mono" });
  const legend = make("ul", { className: "legend" });
  const view = { job, frames, annotations, byId: labelsById(labels.results), meta, image, overlay, slider, number, legend };
  const show = doing(async (row) => showFrame(view, row));
  const step = (count) => () => show(Math.min(frames.length - 1, Math.max(0, Number(slider.value) + count)));
  const keys = { ArrowLeft: step(-1), ArrowRight: step(1), Home: step(-1e9), End: step(1e9), PageUp: step(-10), PageDown: step(10) };
  const listen = (event) => {
    if (keys[event.key] && !event.target.closest("input, select, textarea")) { event.preventDefault(); keys[event.key](); }
  };
  document.addEventListener("keydown", listen);
  const facts = `${job.type.replaceAll("_", " ")}, ${job.stage}, ${job.state}, frames ${job.start_frame} to ${job.stop_frame}`;
  place.replaceChildren(make("section", { className: "card" },
    make("h2", {}, `Job ${id} of ${job.task_name ?? "a task"} `, make("small", { className: "soft" }, facts)),
    make("div", { className: "job" },
      make("div", {},
        make("div", { className: "row" }, make("button", { type: "button", "aria-label": "Previous frame", onclick: step(-1) }, "‹"),
          slider, make("button", { type: "button", "aria-label": "Next frame", onclick: step(1) }, "›"), number),
        make("div", { className: "picture" }, image, overlay)),
      make("div", {}, make("h3", {}, "On this frame"), legend))));
  await show(0);
  return () => document.removeEventListener("keydown", listen);
}

// Task numbers of the frames of a job; those that were chosen come as numbers of the source.
function framesOf(job, meta) {
  if (!meta.included_frames) return Array.from({ length: job.stop_frame - job.start_frame + 1 }, (_, row) => job.start_frame + row);
  const step = Number(/step=(\d+)/.exec(meta.frame_filter ?? "")?.[1] ?? 1);
  return meta.included_frames.map((source) => job.start_frame + (source - meta.start_frame) / step);
}

function labelsById(labels) {
  const found = new Map();
  for (const label of labels) {
    found.set(label.id, label);
    for (const part of label.sublabels ?? []) found.set(part.id, { ...part, color: part.color || label.color });
  }
  return found;
}

async function showFrame(view, row) {
  const { job, annotations, byId, meta, image, overlay, legend } = view;
  const frame = view.frames[row];
  view.frame = frame;
  view.slider.value = row;
  const deleted = meta.deleted_frames.includes(frame) ? ", deleted" : "";
  const size = meta.frames[meta.frames.length > 1 ? frame - job.start_frame : 0] ?? meta.frames[0];
  view.number.textContent = `${frame} of ${job.stop_frame}, ${size.name}${deleted}`;
  overlay.parentElement.style.maxWidth = `calc(68vh * ${size.width / size.height})`;
  overlay.parentElement.style.aspectRatio = `${size.width} / ${size.height}`;
  overlay.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  overlay.setAttribute("aria-label", `Annotations of frame ${frame}`);
  const shapes = onFrame(annotations, frame);
  const flat = job.dimension === "2d" ? shapes : []; // a cuboid of a point cloud has no place in a picture
  const colour = (id) => byId.get(id)?.color || "#888888";
  overlay.replaceChildren(...flat.map((shape) => drawn(shape, colour(shape.label_id), size.width, edgesOf(byId.get(shape.label_id)))));
  const tags = annotations.tags.filter((tag) => tag.frame === frame).map((tag) => ({ ...tag, type: "tag" }));
  legend.replaceChildren(...[...tags, ...shapes].map((shape) => legendLine(shape, byId, colour)));
  if (!legend.children.length) legend.append(make("li", { className: "soft" }, "nothing"));
  const source = await picture(`/api/jobs/${job.id}/data?type=frame&number=${frame}&quality=compressed`);
  if (view.frame === frame) {
    URL.revokeObjectURL(image.src);
    image.alt = `Frame ${frame}`;
    image.src = source;
    await image.decode().catch(() => {});
  }
}

// Pairs of labels of a skeleton's points that its drawing joins.
function edgesOf(label) {
  if (!label?.svg) return [];
  if (!label.edges) {
    const page = new DOMParser().parseFromString(`<svg xmlns="http://www.w3.org/2000/svg">${label.svg}</svg>`, "image/svg+xml");
    const node = (number) => Number(page.querySelector(`[data-node-id="${CSS.escape(number)}"]`)?.getAttribute("data-label-id"));
    label.edges = [...page.querySelectorAll("[data-node-from]")].map((line) =>
      [node(line.getAttribute("data-node-from")), node(line.getAttribute("data-node-to"))]);
  }
  return label.edges;
}

function legendLine(shape, byId, colour) {
  const swatch = make("span", { className: "swatch" });
  swatch.style.background = colour(shape.label_id);
  const notes = [shape.track && "track", shape.held && "between keyframes", shape.occluded && "occluded"].filter(Boolean);
  return make("li", {}, swatch, make("span", {}, byId.get(shape.label_id)?.name ?? `label ${shape.label_id}`),
    make("span", { className: "soft" }, [shape.type, ...notes].join(", ")));
}
