"use strict";

// Moves inspect.html through the moments of training (apps/inspect/page.h says what the data are).
(() => {
  const data = JSON.parse(document.getElementById("inspection").textContent);
  const { matrices, snapshots } = data;
  const byId = (id) => document.getElementById(id);
  const slider = byId("moment");
  const now = () => snapshots[Number(slider.value)];

  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  const short = (value) => String(Number(value.toPrecision(4))).replace("-", "−");
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // The moment in words and numbers.

  const label = ({ moment, number, epoch, batch, batches }) => {
    if (moment === "start") return "start of training";
    if (moment === "epoch_end") return `end of epoch ${epoch + 1}`;
    if (moment === "scored") return `scored weights, of epoch ${epoch + 1}`;
    const step = `epoch ${epoch + 1}, batch ${batch + 1} of ${batches}`;
    return `update ${number + 1} of ${data.updates_made}: ${step}`;
  };

  // Where it is on an axis of epochs.
  const place = ({ moment, epoch, batch, batches }) => {
    if (moment === "start") return 0;
    return moment === "update" ? epoch + batch / batches : epoch + 1;
  };

  const number = (id, value, text) => {
    byId(id).value = value === undefined ? "" : String(value);
    byId(id).textContent = value === undefined ? "–" : text(value);
  };

  const showNumbers = (snapshot) => {
    byId("label").textContent = label(snapshot);
    slider.setAttribute("aria-valuetext", label(snapshot));
    number("target", snapshot.target, percent);
    number("achieved", snapshot.achieved, percent);
    number("threshold", snapshot.threshold, (value) => (value ? short(value) : "0, none taken"));
    number("pruned", snapshot.pruned, (pruned) => {
      const among = snapshot.achieved === undefined ? " in all matrices" : "";
      return `${pruned} of ${snapshot.prunable}${among}`;
    });
  };

  // Heat maps.

  const largest = matrices.map((_, i) => Math.max(...snapshots.map((s) => s.matrices[i].scale)));

  const rgb = (name) => [1, 3, 5].map((at) => parseInt(css(name).slice(at, at + 2), 16));

  // RGBA of all 256 codes: a live weight by the square root of its share of the largest.
  const codeColours = (scale, most) => {
    const [zero, positive, negative] = ["--zero", "--positive", "--negative"].map(rgb);
    const table = new Uint8ClampedArray(4 * 256).fill(255);
    for (let code = -127; code <= 127; ++code) {
      const share = Math.sqrt(((Math.abs(code) / 127) * scale) / most || 0);
      const end = code < 0 ? negative : positive;
      zero.forEach((from, i) => (table[4 * (code & 255) + i] = from + share * (end[i] - from)));
    }
    table.set(rgb("--pruned"), 4 * 128);
    return table;
  };

  const drawMatrix = (canvas, index, record) => {
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    const colours = codeColours(record.scale, largest[index]);
    const cells = atob(record.cells);
    for (let i = 0; i < cells.length; ++i) {
      const at = 4 * cells.charCodeAt(i);
      image.data.set(colours.subarray(at, at + 4), 4 * i);
    }
    context.putImageData(image, 0, 0);
  };

  const outputOf = (index) => document.querySelector(`output[data-of="${index}"]`);

  const size = ({ rows, columns }) => rows * columns;

  const showSurvivors = (index) => {
    const { survivors } = now().matrices[index];
    const total = size(matrices[index]);
    outputOf(index).textContent = `${survivors} of ${total} live (${percent(survivors / total)})`;
  };

  // What lies under the pointer.
  const showCell = (canvas, index, event) => {
    const matrix = matrices[index];
    const within = (offset, length, count) =>
      Math.min(count - 1, Math.max(0, Math.floor((offset / length) * count)));
    const row = within(event.offsetY, canvas.clientHeight, canvas.height);
    const column = within(event.offsetX, canvas.clientWidth, canvas.width);
    const record = now().matrices[index];
    const byte = atob(record.cells).charCodeAt(row * canvas.width + column);
    const code = byte > 127 ? byte - 256 : byte;
    const value = code === -128 ? "pruned" : short((code / 127) * record.scale);
    const from = column * matrix.block_columns;
    outputOf(index).textContent =
      `row ${row * matrix.block_rows}, column ${matrix.inputs[from] ?? from}: ${value}`;
  };

  const canvases = [...document.querySelectorAll("canvas[data-matrix]")];
  canvases.forEach((canvas, index) => {
    canvas.addEventListener("pointermove", (event) => showCell(canvas, index, event));
    canvas.addEventListener("pointerleave", () => showSurvivors(index));
  });

  // Tables.

  // [0, 1, 2, 5] → "0–2, 5"
  const ranges = (positions) => {
    const runs = [];
    for (const position of positions) {
      const run = runs.at(-1);
      if (run && run[1] === position - 1) run[1] = position;
      else runs.push([position, position]);
    }
    return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
  };

  const table = (caption, heads, rows) => {
    const element = document.createElement("table");
    element.createCaption().textContent = caption;
    const cell = (row, tag, text, scope) => {
      const made = row.appendChild(document.createElement(tag));
      made.textContent = text;
      if (scope) made.scope = scope;
      return made;
    };
    const head = element.createTHead().insertRow();
    heads.forEach((text) => cell(head, "th", text, "col"));
    const body = element.createTBody();
    for (const [name, ...texts] of rows) {
      const row = body.insertRow();
      cell(row, "th", name, "row");
      texts.forEach((text) => cell(row, "td", text));
    }
    return element;
  };

  const fill = (id, element) => {
    const frame = document.createElement("div");
    frame.className = "scroll";
    frame.append(element);
    byId(id).replaceChildren(frame);
  };

  const layerRows = (snapshot) =>
    snapshot.matrices.map((record, i) => {
      const total = size(matrices[i]);
      const { survivors, weight_norm: weights, gradient_norm: gradient } = record;
      const pruned = percent(1 - survivors / total);
      return [matrices[i].name, `${survivors} of ${total}`, pruned, short(weights), short(gradient)];
    });

  const counted = (positions, text) => (positions.length ? `${positions.length}: ${text}` : "none");

  const deadRows = ({ matrices: records }) => {
    const rows = records.map(({ dead_inputs: inputs, dead_units: units }, i) => {
      const names = matrices[i].inputs;
      const text = names.length ? inputs.map((at) => names[at]).join(", ") : ranges(inputs);
      return [matrices[i].name, counted(inputs, text), counted(units, ranges(units))];
    });
    // What several matrices feed together.
    matrices.forEach((_, root) => {
      const names = matrices.filter((matrix) => matrix.units_of === root).map(({ name }) => name);
      const feeding = records.filter((_, i) => matrices[i].units_of === root);
      if (feeding.length < 2) return;
      const units = feeding
        .map((record) => record.dead_units)
        .reduce((dead, other) => dead.filter((unit) => other.includes(unit)));
      rows.push([`${names.join(" + ")}, together`, "", counted(units, ranges(units))]);
    });
    return rows;
  };

  const showTables = (snapshot) => {
    const layers = ["matrix", "live weights", "pruned", "norm", "gradient’s norm"];
    fill("layers", table("Weight matrices at this moment", layers, layerRows(snapshot)));
    const heads = ["matrix", "inputs that nothing reads", "units that nothing enters"];
    const dead = table("What has lost all its connections, counted from 0", heads, deadRows(snapshot));
    const texts = dead.querySelectorAll("td, thead th:not(:first-child)");
    texts.forEach((cell) => cell.classList.add("text"));
    fill("dead", dead);
  };

  // All of it.

  // Those of inspect_charts.js, where the page carries them.
  const charts = typeof inspectionCharts === "undefined" ? null : inspectionCharts(data, now, place);

  const showMoment = () => {
    const snapshot = now();
    showNumbers(snapshot);
    canvases.forEach((canvas, i) => drawMatrix(canvas, i, snapshot.matrices[i]));
    matrices.forEach((_, i) => showSurvivors(i));
    showTables(snapshot);
    charts?.update();
  };

  slider.addEventListener("input", showMoment);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    charts?.draw();
    showMoment();
  });
  charts?.draw();
  showMoment();
})();
