"use strict";

// Draws the charts whose specifications the page holds as JSON (apps/report/charts.h).
(() => {
  const text = document.getElementById("chart-data").textContent;
  const drawn = new Map(); // canvas → its chart

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // "--arm-2 33": the colour of a CSS variable, with an opacity in hexadecimal.
  const withColours = (key, value) => {
    if (!/color$/i.test(key) || typeof value !== "string") return value;
    const [name, opacity = ""] = value.split(" ");
    return css(name) + opacity;
  };

  const ownLabels = Chart.defaults.plugins.legend.labels.generateLabels;

  const setDefaults = () => {
    const defaults = Chart.defaults;
    Object.assign(defaults, { responsive: true, maintainAspectRatio: false, animation: false });
    defaults.font.family = getComputedStyle(document.body).fontFamily;
    defaults.color = css("--text");
    defaults.borderColor = css("--grid");
    const { legend, subtitle, tooltip } = defaults.plugins;
    // Nothing but a gap between legend and chart.
    Object.assign(subtitle, { display: true, text: "", weight: 100, padding: 0 });
    subtitle.font.size = 6;
    legend.align = "start";
    Object.assign(legend.labels, { usePointStyle: true, pointStyleWidth: 26, boxHeight: 8 });
    legend.labels.padding = 14;
    legend.labels.generateLabels = (chart) =>
      ownLabels(chart).map((item) => {
        const dataset = chart.data.datasets[item.datasetIndex];
        const { legendStyle = "line", borderDash, borderWidth } = dataset;
        return { ...item, pointStyle: legendStyle, lineDash: borderDash, lineWidth: borderWidth };
      });
    legend.labels.filter = (item, data) => !data.datasets[item.datasetIndex].companion;
    legend.onClick = (event, item, { chart }) => {
      const { datasets } = chart.data;
      const show = !chart.isDatasetVisible(item.datasetIndex);
      datasets.forEach((dataset, index) => {
        if (dataset.group === datasets[item.datasetIndex].group) {
          chart.setDatasetVisibility(index, show);
        }
      });
      chart.update();
    };
    tooltip.filter = (item) => item.dataset.label !== "";
  };

  const show = (section) => {
    const choices = JSON.parse(text, withColours)[section.dataset.choices];
    const chosen = Number(section.querySelector("select")?.value ?? 0);
    for (const canvas of section.querySelectorAll("canvas")) {
      drawn.get(canvas)?.destroy();
      drawn.set(canvas, new Chart(canvas, choices[chosen].charts[canvas.dataset.chart]));
    }
  };

  const sections = document.querySelectorAll("[data-choices]");
  const showAll = () => {
    setDefaults();
    sections.forEach(show);
  };
  for (const section of sections) {
    section.querySelector("select")?.addEventListener("change", () => show(section));
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showAll);
  showAll();
})();
