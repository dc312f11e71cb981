"use strict";

// The charts of inspect.html. `now` gives the snapshot that is shown, `place` where one is on an
// axis of epochs.
const inspectionCharts = (data, now, place) => {
  const { matrices, epochs, updates, histogram } = data;
  const byId = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const charts = {};

  // A line across the chart at the x that `at` gives; none where it gives null.
  const uprightLine = (id, at, colour) => ({
    id,
    afterDatasetsDraw(chart) {
      const value = at();
      if (value === null) return;
      const { ctx, chartArea, scales } = chart;
      const x = scales.x.getPixelForValue(value);
      ctx.save();
      ctx.strokeStyle = css(colour);
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    },
  });

  const ticks = {
    id: "updates",
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      ctx.save();
      ctx.fillStyle = css("--muted");
      for (const { at } of updates) {
        ctx.fillRect(scales.x.getPixelForValue(at), chartArea.bottom - 7, 1, 7);
      }
      ctx.restore();
    },
  };

  const line = (text, points, colour, more = {}) => ({
    label: text,
    data: points,
    borderColor: css(colour),
    backgroundColor: css(colour),
    borderWidth: 1.8,
    pointStyle: "line",
    pointRadius: points.length > 1 ? 0 : 3,
    ...more,
  });

  const axis = (text, more = {}) => ({ title: { display: true, text }, ...more });

  const show = (id, spec) => {
    charts[id]?.destroy();
    charts[id] = new Chart(byId(id), spec);
  };

  const byEpoch = (key) => epochs.map((epoch, i) => ({ x: i + 1, y: epoch[key] }));
  const epochAxis = () => axis("epochs", { type: "linear", min: 0, max: epochs.length });
  const position = uprightLine("position", () => place(now()), "--accent");

  const drawCurves = () => {
    const over = { mode: "nearest", axis: "x", intersect: false };
    const plugins = { legend: { labels: { usePointStyle: true, pointStyleWidth: 26 } } };
    show("loss", {
      type: "line",
      plugins: [position, ticks],
      data: { datasets: [line("training", byEpoch("train"), "--arm-1"),
                         line("validation", byEpoch("validation"), "--arm-0")] },
      options: { interaction: over, plugins, scales: { x: epochAxis(), y: axis("loss") } },
    });
    const start = { x: 0, y: 0 };
    const sparsity = (key) => [start, ...updates.map((update) => ({ x: update.at, y: update[key] }))];
    // Regularizers that prune may each count among weights of their own: no line joins such shares.
    const comparable = new Set(updates.map((update) => update.prunable)).size < 2;
    const achieved = comparable
      // After the last update nothing changes.
      ? line("achieved", [...sparsity("achieved"), { x: epochs.length, y: updates.at(-1)?.achieved ?? 0 }],
             "--arm-0", { stepped: "before" })
      : line("achieved, of all matrices", [start, ...byEpoch("sparsity")], "--arm-0");
    show("schedule", {
      type: "line",
      plugins: [position],
      data: { datasets: [
        line("target", sparsity("target"), "--arm-1", { borderDash: [5, 4] }),
        achieved,
        line("learning rate", byEpoch("lr"), "--arm-2", { yAxisID: "lr" }) ] },
      options: { interaction: over, plugins, scales: {
        x: epochAxis(), y: axis("sparsity", { min: 0, max: 1 }),
        lr: axis("learning rate", { position: "right", min: 0, grid: { display: false } }) } },
    });
  };

  const { lowest_decade: lowest, bins_per_decade: perDecade } = histogram;

  const bins = (key) => {
    const chosen = byId("histogram-of").value;
    const records = now().matrices.filter((_, i) => chosen === "all" || chosen === String(i));
    return records[0][key].map((_, bin) => ({
      x: lowest + (bin + 0.5) / perDecade,
      y: records.reduce((sum, record) => sum + record[key][bin], 0),
    }));
  };

  // From the first to the last decade that at some moment holds 1 % of the live weights.
  const decades = () => {
    const used = new Set();
    for (const { matrices: records } of data.snapshots) {
      const sums = [];
      for (const { kept, taken } of records) {
        kept.forEach((count, bin) => {
          const decade = Math.floor(bin / perDecade);
          sums[decade] = (sums[decade] ?? 0) + count + taken[bin];
        });
      }
      const all = sums.reduce((sum, count) => sum + count, 0);
      sums.forEach((count, decade) => count > 0.01 * all && used.add(lowest + decade));
    }
    return { min: Math.min(...used), max: Math.max(...used) + 1 };
  };

  // Of the moment shown, or the last before it whose update took any.
  const threshold = () => {
    const until = data.snapshots.slice(0, data.snapshots.indexOf(now()) + 1);
    const taking = until.filter((snapshot) => snapshot.threshold > 0).at(-1);
    return taking ? Math.log10(taking.threshold) : null;
  };

  const superscript = (text) =>
    text.replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]));

  const survivorShares = () =>
    now().matrices.map(({ survivors }, i) => {
      const { rows, columns } = matrices[i];
      return (100 * survivors) / (rows * columns);
    });

  const drawBars = () => {
    const bars = (text, key, colour) => ({ label: text, data: bins(key), backgroundColor: css(colour),
                                           barPercentage: 1, categoryPercentage: 1 });
    const powers = { stepSize: 1, callback: (value) => `10${superscript(String(value))}` };
    show("histogram", {
      type: "bar",
      plugins: [uprightLine("threshold", threshold, "--text")],
      data: { datasets: [bars("stays live", "kept", "--arm-0"), bars("pruned now", "taken", "--arm-1")] },
      options: { scales: {
        x: axis("magnitude", { type: "linear", ...decades(), stacked: true, ticks: powers,
                               offset: false, grid: { offset: false } }),
        y: axis("weights", { stacked: true }) },
        plugins: { tooltip: { callbacks: { title: ([item]) => (10 ** item.parsed.x).toPrecision(2) } } } },
    });
    show("survivors", {
      type: "bar",
      data: { labels: matrices.map(({ name }) => name),
              datasets: [{ data: survivorShares(), backgroundColor: css("--arm-0"), maxBarThickness: 28 }] },
      options: { indexAxis: "y", scales: { x: axis("% live", { min: 0, max: 100 }) },
                 plugins: { legend: { display: false } } },
    });
  };

  const update = () => {
    const [kept, taken] = charts.histogram.data.datasets;
    kept.data = bins("kept");
    taken.data = bins("taken");
    charts.survivors.data.datasets[0].data = survivorShares();
    Object.values(charts).forEach((chart) => chart.update("none"));
  };

  // With the colours that now hold.
  const draw = () => {
    Object.assign(Chart.defaults, { responsive: true, maintainAspectRatio: false, animation: false });
    Object.assign(Chart.defaults, { color: css("--text"), borderColor: css("--grid") });
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.plugins.legend.align = "start";
    drawCurves();
    drawBars();
  };

  const choice = byId("histogram-of");
  choice.add(new Option("all weight matrices", "all"));
  matrices.forEach(({ name }, i) => choice.add(new Option(name, String(i))));
  choice.addEventListener("change", update);
  return { draw, update };
};
