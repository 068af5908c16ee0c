"use strict";
/* Draws the figures and links the timeline, slider and contact sheet, which share one current shot. */
(function () {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const plot = (name) => document.getElementById("plot-" + name);
  const strip = plot("timeline");
  const slider = document.getElementById("shot-slider");
  const text = document.getElementById("shot-text");
  const picture = document.getElementById("shot-picture");
  const tiles = Array.from(document.querySelectorAll(".tiles button"));
  const bars = charts.timeline?.data[0]; /* a coding has no shots */
  const whole = charts.timeline?.layout.xaxis.range.slice();
  const shortest = 2000; /* milliseconds: closest zoom */
  let current = 1;
  /* They are open where no script runs, and so no figure is drawn. */
  document.querySelectorAll("figure details").forEach((numbers) => { numbers.open = false; });

  const config = {
    responsive: true,
    displaylogo: false,
    modeBarButtonsToRemove: ["lasso2d", "select2d"],
    toImageButtonOptions: { format: "svg" },
  };

  function span() {
    return strip.layout.xaxis.range.map((end) => (typeof end === "number" ? end : Date.parse(end.replace(" ", "T") + "Z")));
  }

  function show(number) {
    const tile = tiles[number - 1];
    text.textContent = tile.getAttribute("aria-label");
    const image = tile.querySelector("img");
    picture.hidden = !image;
    if (image) picture.src = image.src;
  }

  function frame(from, to) {
    const length = Math.min(Math.max(to - from, shortest), whole[1] - whole[0]);
    const start = Math.min(Math.max(from, whole[0]), whole[1] - length);
    return [start, start + length];
  }

  function mark(number) {
    const from = bars.x[number - 1];
    const to = from + bars.width[number - 1];
    const change = {
      shapes: [{ type: "rect", xref: "x", yref: "paper", x0: from, x1: to, y0: 0, y1: 1, fillcolor: "#b36b00",
        opacity: 0.3, line: { color: "#b36b00", width: 2 } }],
    };
    const [left, right] = span();
    if (to < left || from > right) {
      const middle = (from + to) / 2;
      change["xaxis.range"] = frame(middle - (right - left) / 2, middle + (right - left) / 2);
    }
    Plotly.relayout(strip, change);
  }

  function choose(number) {
    tiles[current - 1].removeAttribute("aria-current");
    tiles[current - 1].tabIndex = -1;
    current = Math.min(Math.max(number, 1), tiles.length);
    tiles[current - 1].setAttribute("aria-current", "true");
    tiles[current - 1].tabIndex = 0;
    slider.value = current;
    slider.setAttribute("aria-valuetext", tiles[current - 1].getAttribute("aria-label"));
    show(current);
    mark(current);
  }

  function toSheet(number) {
    choose(number);
    tiles[current - 1].scrollIntoView({ block: "center" });
    tiles[current - 1].focus({ preventScroll: true });
  }

  function toTimeline(number) {
    choose(number);
    strip.scrollIntoView({ block: "start" });
    slider.focus({ preventScroll: true });
  }

  function zoom(way) {
    const [left, right] = span();
    const middle = (bars.x[current - 1] * 2 + bars.width[current - 1]) / 2;
    const half = ((right - left) / 2) * (way === "in" ? 0.5 : 2);
    Plotly.relayout(strip, { "xaxis.range": way === "all" ? whole.slice() : frame(middle - half, middle + half) });
  }

  function columns() {
    const top = tiles[0].parentElement.offsetTop;
    const next = tiles.findIndex((tile) => tile.parentElement.offsetTop > top);
    return next < 1 ? tiles.length : next;
  }

  function onSheet(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns(),
      Home: 1 - current, End: tiles.length - current };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const goal = current + steps[event.key];
    if (goal < 1 || goal > tiles.length) return;
    choose(goal);
    tiles[current - 1].focus({ preventScroll: true });
    tiles[current - 1].scrollIntoView({ block: "nearest" });
  }

  function onSlider(event) {
    const zooms = { "+": "in", "=": "in", "-": "out", "−": "out", "0": "all" };
    if (event.key in zooms) zoom(zooms[event.key]);
    else if (event.key === "Enter") toSheet(current);
    else return;
    event.preventDefault();
  }

  function connect() {
    let pointed = null;
    let pressed = null;
    strip.on("plotly_hover", (event) => {
      const point = event.points.find((one) => one.curveNumber === 0);
      if (!point) return;
      pointed = point.pointNumber + 1;
      show(pointed);
    });
    strip.on("plotly_unhover", () => {
      pointed = null;
      show(current);
    });
    /* On a busy machine Plotly may lose the hovered point while the button is down and then fires no click event. A move
       of 8 pixels or more is a drag, not a click. */
    strip.addEventListener("mousedown", (event) => {
      pressed = event.button === 0 && pointed ? { shot: pointed, x: event.clientX, y: event.clientY } : null;
    }, true);
    document.addEventListener("mouseup", (event) => {
      if (pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < 8) toSheet(pressed.shot);
      pressed = null;
    }, true);
    strip.on("plotly_click", (event) => {
      const point = event.points.find((one) => one.curveNumber === 0);
      if (point) toSheet(point.pointNumber + 1);
    });
    slider.addEventListener("input", () => choose(Number(slider.value)));
    slider.addEventListener("keydown", onSlider);
    document.getElementById("to-sheet").addEventListener("click", () => toSheet(current));
    document.querySelectorAll("[data-zoom]").forEach((button) => {
      button.addEventListener("click", () => zoom(button.dataset.zoom));
    });
    const sheet = document.querySelector(".tiles");
    sheet.addEventListener("keydown", onSheet);
    sheet.addEventListener("click", (event) => {
      const tile = event.target.closest("button");
      if (tile) toTimeline(Number(tile.id.slice("shot-".length)));
    });
    choose(1);
  }

  /* Figures are drawn for the width of the window; paper is narrower and shows no selection. */
  const paper = 680;
  window.addEventListener("beforeprint", () => {
    names.forEach((name) => {
      draw(name);
      Plotly.relayout(plot(name), { width: paper, autosize: false });
    });
    if (strip) Plotly.relayout(strip, { shapes: [], "xaxis.rangeslider.visible": false });
  });
  window.addEventListener("afterprint", () => {
    names.forEach((name) => Plotly.relayout(plot(name), { width: null, autosize: true }));
    if (!strip) return;
    Plotly.relayout(strip, { "xaxis.rangeslider.visible": true });
    mark(current);
  });

  /* Figures are drawn one at a time after the page has loaded, so that the text can be read and scrolled meanwhile. A
     browser that prints at once needs them all earlier; each is drawn only once. */
  const names = Object.keys(charts).sort((a, b) => (b === "timeline") - (a === "timeline"));
  const drawn = new Set();

  function draw(name) {
    if (drawn.has(name)) return null;
    drawn.add(name);
    const whole = Plotly.newPlot(plot(name), charts[name].data, charts[name].layout, config);
    if (name === "timeline") connect();
    return whole.then(describe);
  }

  /* Describe the picture alone, so that the chart's buttons beside it stay accessible. */
  function describe(chart) {
    const [picture, ...others] = chart.querySelectorAll(".main-svg");
    for (const name of ["role", "aria-label"]) {
      picture.setAttribute(name, chart.getAttribute(name));
      chart.removeAttribute(name);
    }
    for (const other of others) other.setAttribute("aria-hidden", "true");
  }

  async function drawAll() {
    for (const name of names) {
      await new Promise((done) => setTimeout(done));
      await draw(name);
    }
    document.documentElement.dataset.drawn = "yes";
  }
  window.addEventListener("load", drawAll);
})();
