"use strict";

// Draws the heat maps whose numbers the page holds as JSON (apps/explain/page_charts.h).
(() => {
  const section = document.querySelector(".heat");
  const canvas = section.querySelector("canvas");
  const output = section.querySelector("output");
  const select = section.querySelector("select");
  const maps = JSON.parse(document.getElementById("heat-data").textContent);
  const context = canvas.getContext("2d");
  let shown = null; // the map, and where its cells lie

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

  // From the page's colour at 0 to one for positive and another for negative numbers.
  const painter = (largest) => {
    const none = channels(css("--surface"));
    const above = channels(css("--arm-1"));
    const below = channels(css("--arm-0"));
    return (value) => {
      const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
      const full = value < 0 ? below : above;
      return `rgb(${none.map((from, k) => Math.round(from + share * (full[k] - from))).join()})`;
    };
  };

  // Math.max takes its numbers as arguments, of which there can be too many.
  const most = (numbers) => numbers.reduce((largest, number) => Math.max(largest, number), 0);
  const widest = (names) => most(names.map((name) => context.measureText(name).width));

  const layout = (map) => {
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    context.font = font;
    const left = 10 + widest(map.rows);
    const width = section.clientWidth;
    const height = Math.max(5, Math.min(30, 420 / map.rows.length));
    const cell = { width: Math.min(64, (width - left) / map.columns.length), height };
    const top = 6; // half a name above the first row
    return { map, font, left, top, cell, width, height: top + height * map.rows.length + 22 };
  };

  // Every so many names, so that they don't touch.
  const spaced = (names, size, draw) => {
    const every = Math.ceil(size);
    for (let i = 0; i < names.length; i += every) draw(names[i], i);
  };

  const draw = () => {
    const map = maps[Number(select?.value ?? 0)];
    shown = layout(map);
    const { left, top, cell } = shown;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(shown.width * ratio);
    canvas.height = Math.round(shown.height * ratio);
    canvas.style.width = `${shown.width}px`;
    canvas.style.height = `${shown.height}px`;
    canvas.setAttribute("aria-label", `Heat map: ${map.label}, ${map.row} by ${map.column}`);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const paint = painter(most(map.values.flat().map(Math.abs)));
    map.values.forEach((row, i) =>
      row.forEach((value, k) => {
        context.fillStyle = paint(value);
        const [x, y] = [left + k * cell.width, top + i * cell.height];
        context.fillRect(x, y, cell.width + 0.5, cell.height + 0.5);
      }),
    );
    context.font = shown.font;
    context.fillStyle = css("--muted");
    context.textBaseline = "middle";
    context.textAlign = "right";
    spaced(map.rows, 14 / cell.height, (name, i) =>
      context.fillText(name, left - 5, top + (i + 0.5) * cell.height),
    );
    context.textAlign = "center";
    // Rows of the window: the number without the time.
    const short = map.columns.map((name) => name.split(" ")[0]);
    spaced(short, (widest(short) + 8) / cell.width, (name, k) =>
      context.fillText(name, left + (k + 0.5) * cell.width, shown.height - 10),
    );
  };

  const tell = (event) => {
    const { map, left, top, cell } = shown;
    const k = Math.floor((event.offsetX - left) / cell.width);
    const i = Math.floor((event.offsetY - top) / cell.height);
    const value = map.values[i]?.[k];
    output.textContent =
      value === undefined
        ? ""
        : `${map.row} ${map.rows[i]}, ${map.column} ${map.columns[k]}: ${value}`;
  };

  select?.addEventListener("change", draw);
  canvas.addEventListener("pointermove", tell);
  canvas.addEventListener("pointerdown", tell);
  window.addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
})();
