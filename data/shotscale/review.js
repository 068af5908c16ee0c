"use strict";
/* The review page. The server holds the state: a key requests a change, and the page shows the reply. */
(function () {
  const byId = (id) => document.getElementById(id);
  const desk = byId("desk");
  const COLORS = { ECU: "#440154", CU: "#443983", MCU: "#31688e", MS: "#21918c", MLS: "#35b779", LS: "#8fd744", ELS: "#d8c51b",
    FS: "#c8553d", IS: "#a35fb0", NA: "#8a8a8a", close: "#443983", medium: "#21918c", long: "#8fd744" };
  const KINDS = ["cut", "dissolve", "fade", "wipe"];
  const STRIP = 4; /* shots on either side of the current one */
  const NEAR = 45; /* seconds on either side in the upper line, at least */
  const AHEAD = 6; /* doubtful shots whose frames are prepared */
  const BESIDE = 1; /* seconds played on either side of a cut */
  const BATCH = 48; /* frames per request */
  const NO_TIMES = "The film has no timestamps for its frames; remux it with ffmpeg -c copy.";
  const session = Math.random().toString(36).slice(2);

  let state = null;
  let here = 0; /* index of the current shot */
  let look = null; /* time of the frame shown inside the shot; null: its middle */
  let around = []; /* times of the frames around it */
  let loops = 0; /* number of loops stopped so far: tells whether a loop is still the current one */
  let played = 0; /* time of the frame last played */
  let visited = [];
  let bySureness = true;
  let queue = Promise.resolve();
  let waiting = 0;
  let barriers = 0; /* errors and dialogs so far: keys pressed before one do not apply to what is shown now */
  let unsaved = ""; /* why a correction was not saved; shown until one is */

  /* ---- the server ---- */

  async function ask(path, body) {
    let answer, content;
    try {
      answer = await fetch(path, body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body), keepalive: path === "api/act" }); /* a correction is saved even if the page is left */
      if (answer.status === 204) return null;
      content = await answer.json();
    } catch (error) {
      throw lost("The command that serves this page has ended. Everything shown as done is saved; run it again to continue.");
    }
    if (answer.status === 409) {
      await load();
      throw lost(`This film's corrections have changed elsewhere; the page now shows ${state.coder}'s latest. Please repeat your last correction.`);
    }
    if (!answer.ok) throw answer.status === 400 ? new Error(content.error) : lost(content.error);
    return content;
  }

  /* Not refused by a rule: the request was valid but was not saved. */
  const lost = (message) => Object.assign(new Error(message), { lost: true });

  async function act(request, focus) {
    take(await send(request), focus);
  }

  async function send(request) {
    try {
      const change = await ask("api/act", { revision: state.revision, ...request });
      unsaved = "";
      return change;
    } catch (error) {
      if (error.lost) unsaved = error.message;
      throw error;
    }
  }

  function take(change, focus) {
    state.revision = change.revision;
    state.undo = change.undo;
    state.redo = change.redo;
    state.film = change.film;
    state.shots.splice(change.at, change.removed, ...change.shots);
    show(placeAt(focus === undefined ? change.focus : focus), true);
  }

  /* Keys are processed in the order pressed, each on the state that the previous one left. */
  function inTurn(work) {
    const before = barriers;
    waiting += 1;
    queue = queue.then(() => (before === barriers ? attempt(work) : null)).finally(() => { waiting -= 1; });
  }

  async function attempt(work) {
    try {
      await work();
      tell("");
    } catch (error) {
      barriers += 1;
      tell(error.message);
    }
  }

  function tell(message) {
    const words = message || unsaved;
    byId("message").hidden = !words;
    byId("message").textContent = words;
  }

  /* ---- shots ---- */

  const shot = (place) => state.shots[place];
  const current = () => shot(here);
  const label = (one) => one.scale || one.measured;
  const outside = (one) => one.end <= state.film[0] + 0.02 || one.start >= state.film[1] - 0.02;
  const begins = () => here > 0 && Math.abs(current().start - state.film[0]) < 1e-4;
  const ends = () => here < state.shots.length - 1 && Math.abs(current().end - state.film[1]) < 1e-4;

  function placeAt(time) {
    let low = 0, high = state.shots.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (shot(middle).start <= time + 1e-6) low = middle; else high = middle;
    }
    return low;
  }

  function clock(seconds) {
    const tenths = Math.round(seconds * 10);
    const minutes = Math.floor(tenths / 600);
    const rest = ((tenths - minutes * 600) / 10).toFixed(1).padStart(4, "0");
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
  }

  const span = (seconds) => `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const percent = (share) => (share < 1 && share >= 0.995 ? "over 99\u00a0%" : `${Math.round(100 * share)}\u00a0%`);

  /* Open shots in the order in which they are presented. */
  function open() {
    const places = [];
    state.shots.forEach((one, place) => { if (!one.checked && !outside(one)) places.push(place); });
    if (bySureness) {
      places.sort((a, b) => Number(Boolean(shot(b).differ)) - Number(Boolean(shot(a).differ)) || shot(a).sure - shot(b).sure || a - b);
    }
    return places;
  }

  function upcoming() {
    const places = open().filter((place) => place !== here);
    if (bySureness) return places;
    const later = places.filter((place) => place > here);
    return later.concat(places.filter((place) => place < here));
  }

  function nextDoubtful() {
    const [next] = upcoming();
    if (next === undefined) {
      if (open().length) throw new Error("This is the last open shot.");
      throw new Error("Every shot is checked. Nothing remains to be done.");
    }
    go(next);
  }

  function go(place) {
    const goal = Math.min(Math.max(place, 0), state.shots.length - 1);
    if (goal === here) return;
    visited.push(current().start);
    if (visited.length > 500) visited.shift();
    show(goal, false);
  }

  function back() {
    if (!visited.length) throw new Error("There is no previous position yet.");
    show(placeAt(visited.pop()), false);
  }

  /* ---- the display ---- */

  const source = (time, before) => `api/frame?${before ? "before" : "at"}=${time}&s=${session}`;

  /* The old picture is dimmed until the new one has loaded, so that it is not mistaken for it. */
  function picture(screen, url) {
    const image = screen.querySelector("img");
    if (screen.dataset.url === url) return image.complete ? Promise.resolve() : screen.ready;
    screen.dataset.url = url;
    screen.classList.remove("none");
    screen.classList.add("waiting");
    screen.ready = new Promise((done) => {
      image.onload = () => { screen.classList.remove("waiting"); done(); };
      image.onerror = () => {
        screen.classList.remove("waiting");
        screen.classList.add("none");
        done();
        explain(screen, url);
      };
    });
    image.src = url;
    return screen.ready;
  }

  async function explain(screen, url) {
    const words = screen.querySelector("p");
    words.textContent = "no picture";
    try {
      const answer = await fetch(url);
      if (!answer.ok && screen.dataset.url === url) words.textContent = `No picture: ${(await answer.json()).error}`;
    } catch (error) { /* the next key reports that the server is gone */ }
  }

  function blank(screen, words) {
    screen.dataset.url = "";
    screen.classList.remove("waiting");
    screen.classList.add("none");
    screen.querySelector("p").textContent = words;
  }

  function caption(figure, strong, rest) {
    const line = figure.querySelector("figcaption");
    const bold = document.createElement("b");
    bold.textContent = strong;
    line.replaceChildren(bold, ` ${rest}`);
  }

  function middle(one) {
    const length = one.end - one.start;
    return Math.round((one.start + length / 2) * 1e6) / 1e6;
  }

  let drawing = 0;

  function show(place, changed) {
    halt();
    const moved = place !== here || changed;
    here = Math.min(place, state.shots.length - 1);
    const one = current();
    if (moved && !(changed && look !== null && look >= one.start && look < one.end)) look = null;
    desk.dataset.shot = String(one.start);
    showFacts(one);
    showScales(one);
    showOpinions(one);
    showProgress();
    showFrames(one);
    showStrip();
    drawLines();
    const turn = ++drawing;
    Promise.all(["before", "first", "inside"].map((id) => byId(id).querySelector(".screen").ready)).then(() => {
      if (turn !== drawing) return;
      desk.dataset.shown = String(one.start);
      rest(turn);
    });
  }

  function showFacts(one) {
    const facts = byId("facts");
    const status = document.createElement("span");
    status.className = one.checked ? "checked" : "open";
    status.textContent = outside(one) ? `${one.start < state.film[0] ? "before the film begins" : "after the film has ended"}: not counted`
      : one.checked ? "✓ checked" : one.differ ? "the coders differ" : "not checked yet";
    facts.replaceChildren(`Shot ${here + 1} of ${state.shots.length} · ${clock(one.start)} · ${span(one.end - one.start)} · `, status);
    byId("kind").textContent = `${here === 0 ? "The file begins here." : `Begins with a ${one.kind}.`} ${doubts(one)}`;
    for (const button of document.querySelectorAll("[data-cut]")) button.disabled = here === 0;
    byId("other-kind").textContent = `Make it a ${otherKind(one)}`;
    for (const [key, on] of [["f", begins()], ["e", ends()]]) press(key, on);
    document.querySelector(".frames").classList.toggle("sure", one.confidence >= 1);
    const scale = one.scale ? `coded ${one.scale}` : one.measured ? `measured ${one.measured}` : "scale not known";
    byId("said").textContent = `Shot ${here + 1}, ${span(one.end - one.start)}, ${scale}, ${one.checked ? "checked" : "open"}. `
      + byId("kind").textContent;
  }

  /* How sure the program is of an unchecked shot. */
  function doubts(one) {
    if (one.checked || outside(one)) return "";
    const scale = one.scale || !one.measured ? "" : `${percent(one.shares[state.classes.indexOf(one.measured)])} sure of the scale ${one.measured}`;
    const cut = one.confidence >= 1 ? "" : `${percent(one.confidence)} sure of this ${one.kind}`;
    const said = [cut, scale].filter(Boolean).join(" and ");
    return (said && `The program is ${said}${cut && scale ? `: ${percent(one.sure)} that both are right` : ""}. `)
      + (one.scale ? "Its scale was coded before it was split." : one.measured ? "" : "No frame of it was measured: its scale is not known.");
  }

  const press = (key, on) => document.querySelector(`[data-key="${key}"]`).setAttribute("aria-pressed", String(on));

  function showScales(one) {
    for (const button of byId("scales").querySelectorAll("button")) {
      const name = button.dataset.scale;
      const share = one.shares && state.classes.includes(name) ? one.shares[state.classes.indexOf(name)] : 0;
      button.setAttribute("aria-pressed", String(one.scale === name));
      button.classList.toggle("measured", one.measured === name);
      button.querySelector("em").textContent = share >= 0.005 ? percent(share) : "";
      button.querySelector("i").style.width = `${100 * share}%`;
    }
  }

  function showOpinions(one) {
    const place = byId("opinions");
    place.hidden = !one.opinions;
    if (!one.opinions) return;
    one.opinions.forEach((said, number) => {
      const button = place.children[number];
      const scale = said.checked ? said.scale || "no scale" : "has not decided";
      button.firstElementChild.textContent = `${said.coder}: ${scale}${here ? (said.begins ? ", a shot begins here" : ", no shot begins here") : ""}`;
      button.classList.toggle("other", Boolean(one.differ));
    });
  }

  function showProgress() {
    const film = state.shots.filter((one) => !outside(one));
    const left = film.filter((one) => !one.checked);
    const done = film.length - left.length;
    const bar = byId("bar");
    bar.setAttribute("aria-valuemax", String(film.length));
    bar.setAttribute("aria-valuenow", String(done));
    bar.firstElementChild.style.width = `${(100 * done) / film.length}%`;
    const differing = left.filter((one) => one.differ).length;
    byId("count").textContent = `${done} of ${film.length} ${film.length === 1 ? "shot" : "shots"} checked, ${left.length} left`
      + (state.agreement ? ` · ${differing} disagreement${differing === 1 ? "" : "s"} left` : "");
    byId("undo").disabled = !state.undo;
    byId("redo").disabled = !state.redo;
  }

  function showFrames(one) {
    const [before, first] = [byId("before"), byId("first")];
    if (here === 0) {
      blank(before.querySelector(".screen"), "The file begins.");
      caption(before, "", "");
      before.querySelector(".screen").ready = Promise.resolve();
    } else {
      picture(before.querySelector(".screen"), source(one.start, true));
      caption(before, `Shot ${here}`, "last frame");
    }
    picture(first.querySelector(".screen"), source(one.start, false));
    caption(first, `Shot ${here + 1}`, `first frame · ${clock(one.start)}`);
    showLook(one);
  }

  function showLook(one) {
    const time = look === null ? middle(one) : look;
    picture(byId("inside").querySelector(".screen"), source(time, false));
    caption(byId("inside"), `Shot ${here + 1}`, look === null ? "in its middle" : `${span(look - one.start)} after its first frame`);
  }

  /* ---- playing ---- */

  /* A loop of frames, each requested by its time: this plays every film that can be decoded, whatever the browser's own
     player supports. */
  function play(key) {
    const again = desk.dataset.playing === key;
    halt();
    if (again) return;
    const one = current();
    if (key === "c") notFirst();
    const [from, to] = key === "v" ? [one.start, one.end]
      : [Math.max(one.start - BESIDE, shot(0).start), Math.min(one.start + BESIDE, state.end)];
    desk.dataset.playing = key;
    press(key, true);
    caption(byId("inside"), key === "v" ? `Shot ${here + 1}` : "The cut", `playing; ${key.toUpperCase()} stops`);
    const turn = loops;
    loop(turn, from, to).catch((error) => { if (turn === loops) { halt(); tell(error.message); } });
  }

  async function loop(turn, from, to) {
    for (let last = from - 0.001, begun = null; turn === loops;) {
      const { times } = await ask(`api/around?at=${Math.max(last, 0)}&n=${BATCH}`);
      const next = times.filter((time) => time > last + 1e-4 && time < to - 1e-4);
      if (!next.length && begun === null) throw new Error(NO_TIMES);
      await ask("api/expect", { frames: next.map((time) => [time, false]) });
      for (const time of next) {
        const image = new Image();
        const url = source(time, false);
        image.src = url;
        await image.decode().catch(() => null);
        begun = begun === null ? performance.now() - 1000 * (time - from) : begun;
        const early = begun + 1000 * (time - from) - performance.now();
        if (early > 0) await new Promise((done) => setTimeout(done, early));
        else begun -= early; /* if decoding is slow, play slowly but skip nothing */
        if (turn !== loops) return;
        seen(time, url);
      }
      last = next.length ? next[next.length - 1] : from - 0.001;
      if (!next.length) begun = null;
    }
  }

  function seen(time, url) {
    const screen = byId("inside").querySelector(".screen");
    screen.classList.remove("waiting", "none");
    screen.dataset.url = url;
    screen.querySelector("img").src = url;
    played = time;
    desk.dataset.played = String(time);
  }

  /* The frame at which playing stops becomes the frame shown. */
  function halt() {
    const key = desk.dataset.playing;
    if (!key) return;
    delete desk.dataset.playing;
    loops += 1;
    press(key, false);
    if (played >= current().start && played < current().end) look = played;
    showLook(current());
  }

  /* ---- the shots around, and the lines ---- */

  function showStrip() {
    const items = byId("strip").children;
    for (let k = 0; k < items.length; k += 1) {
      const place = here + k - STRIP;
      const item = items[k];
      const button = item.querySelector("button");
      const one = shot(place);
      button.hidden = !one;
      if (!one) continue;
      button.dataset.place = String(place);
      button.style.borderBottomColor = COLORS[label(one)] || "";
      button.toggleAttribute("aria-current", place === here);
      button.classList.toggle("outside", outside(one));
      button.querySelector(".words").textContent = `${place + 1} · ${outside(one) ? "not counted" : `${span(one.end - one.start)} · ${label(one) || "–"}`} `;
      button.querySelector(".tick").textContent = one.checked ? "✓" : "";
      button.setAttribute("aria-label", `Shot ${place + 1}, ${span(one.end - one.start)}, ${label(one) || "no scale"}${outside(one) ? ", not counted" : one.checked ? ", checked" : ""}`);
      const screen = item.querySelector(".screen");
      const url = source(middle(one), false);
      if (screen.dataset.url !== url) blank(screen, "");
      screen.dataset.next = url;
    }
  }

  /* What can wait until the current shot is shown: the small pictures, one by one, and the notice of what comes
     next. */
  async function rest(turn) {
    await new Promise((done) => setTimeout(done, 60));
    if (turn !== drawing) return;
    const one = current();
    const time = look === null ? middle(one) : look;
    try {
      const [near, seam] = await Promise.all([ask(`api/around?at=${time}&n=12`), ask(`api/around?at=${one.start}&n=2`)]);
      if (turn !== drawing) return;
      around = near.times;
      await ask("api/expect", { frames: expected(time, seam.times) });
    } catch (error) { return; }
    const order = [...byId("strip").children].map((item) => item.querySelector(".screen"));
    order.sort((a, b) => Math.abs(order.indexOf(a) - STRIP) - Math.abs(order.indexOf(b) - STRIP));
    for (const screen of order) {
      if (turn !== drawing) return;
      if (!screen.parentElement.hidden && screen.dataset.next) await picture(screen, screen.dataset.next);
    }
    if (turn === drawing) desk.dataset.rested = desk.dataset.shot;
  }

  function expected(time, seam) {
    const wants = [];
    const add = (place) => {
      const one = shot(place);
      if (one) wants.push([one.start, true], [one.start, false], [middle(one), false]);
    };
    const doubtful = upcoming();
    add(doubtful[0]);
    add(here + 1);
    add(here - 1);
    seam.forEach((at) => wants.push([at, false]));
    const at = around.findIndex((other) => other > time + 1e-4);
    around.slice(Math.max(0, at - 4), at + 3).forEach((other) => wants.push([other, false]));
    doubtful.slice(1, AHEAD).forEach(add);
    add(here + 2);
    add(here - 2);
    for (let k = 3; k <= STRIP; k += 1) [here + k, here - k].filter(shot).forEach((place) => wants.push([middle(shot(place)), false]));
    return wants.slice(0, 64);
  }

  function canvas(id) {
    const element = byId(id);
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
    }
    const pen = element.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    return [pen, width, height];
  }

  let lines = 0;
  function drawLines() {
    cancelAnimationFrame(lines);
    lines = requestAnimationFrame(() => {
      const one = current();
      const center = (one.start + one.end) / 2;
      const reach = Math.max(NEAR, (one.end - one.start) * 0.75);
      drawLine("near", center - reach, center + reach, true);
      drawLine("whole", state.shots[0].start, state.end, false);
    });
  }

  function drawLine(id, from, to, apart) {
    const [pen, width, height] = canvas(id);
    const scale = width / (to - from);
    const style = getComputedStyle(document.documentElement);
    const good = style.getPropertyValue("--good");
    byId(id).dataset.from = String(from);
    byId(id).dataset.to = String(to);
    for (let place = placeAt(from); place < state.shots.length && shot(place).start < to; place += 1) {
      const one = shot(place);
      const left = (one.start - from) * scale;
      const wide = Math.max((one.end - one.start) * scale - (apart ? 1 : 0), 0.75);
      pen.globalAlpha = outside(one) ? 0.12 : one.scale ? 1 : 0.45;
      pen.fillStyle = COLORS[label(one)] || "#8a8a8a";
      pen.fillRect(left, 0, wide, height - 5);
      pen.globalAlpha = 1;
      if (one.checked) { pen.fillStyle = good; pen.fillRect(left, height - 4, wide, 4); }
    }
    const one = current();
    pen.strokeStyle = style.getPropertyValue("--doubt");
    pen.lineWidth = 2;
    pen.strokeRect(Math.max(1, (one.start - from) * scale), 1, Math.max((one.end - one.start) * scale, 2), height - 6);
  }

  function onLine(event) {
    const line = event.currentTarget;
    const [from, to] = [Number(line.dataset.from), Number(line.dataset.to)];
    const box = line.getBoundingClientRect();
    inTurn(() => go(placeAt(from + ((event.clientX - box.left) / box.width) * (to - from))));
  }

  /* ---- key actions ---- */

  const abbreviation = (one) => one.scale || (state.scales.some((scale) => scale.abbreviation === one.measured) ? one.measured : null);
  const code = (scale) => act({ do: [{ do: "code", time: current().start, scale }] });
  const move = (frames) => { notFirst(); return act({ do: [{ do: "move", time: current().start, frames }] }); };

  function notFirst() {
    if (here === 0) throw new Error("The file begins here: this is not a cut.");
  }

  async function confirm() {
    if (!current().checked) await code(abbreviation(current()));
    nextDoubtful();
  }

  const otherKind = (one) => KINDS[(KINDS.indexOf(one.kind) + 1) % KINDS.length];

  function nextKind() {
    notFirst();
    return act({ do: [{ do: "kind", time: current().start, kind: otherKind(current()) }] });
  }

  /* Repeated on the same shot, it resets the film's beginning or end to that of the file. */
  function bound(edge) {
    const { start } = current();
    const time = edge === "begin" ? (begins() ? shot(0).start : start) : ends() ? shot(state.shots.length - 1).start : start;
    return act({ do: [{ do: edge, time }] }, start);
  }

  async function step(frames) {
    halt();
    const one = current();
    const time = look === null ? middle(one) : look;
    const inside = (at) => at > time - 1 && around.some((other) => Math.abs(other - at) < 2);
    if (!around.length || !inside(time) || around[0] > time || around[around.length - 1] < time + 0.2) {
      around = (await ask(`api/around?at=${time}&n=24`)).times;
    }
    let place = -1;
    around.forEach((at, k) => { if (at <= time + 1e-4) place = k; });
    if (place < 0) throw new Error(NO_TIMES);
    const goal = around[Math.min(Math.max(place + frames, 0), around.length - 1)];
    if (goal < one.start - 1e-4 || goal >= one.end - 1e-4) throw new Error("The shot has no frame there.");
    look = goal;
    showLook(one);
    desk.dataset.look = String(goal);
    const turn = ++drawing;
    byId("inside").querySelector(".screen").ready.then(() => { if (turn === drawing) rest(turn); });
  }

  async function split() {
    const one = current();
    if (look === null) await step(0);
    if (look <= one.start + 1e-4) throw new Error("A shot cannot be split before its first frame; step on with the full stop first.");
    const time = look;
    const change = await send({ do: [{ do: "split", time }] });
    look = null;
    take(change, time);
  }

  function choose(number) {
    if (!current().opinions) throw new Error("A and B are for a referee who decides between two coders.");
    return act({ choose: number, time: current().start });
  }

  function reorder() {
    bySureness = !bySureness;
    byId("order").setAttribute("aria-pressed", String(bySureness));
    byId("order").firstElementChild.textContent = bySureness ? "Least certain first" : "In film order";
  }

  const KEYS = {
    "ArrowRight": () => go(here + 1),
    "ArrowLeft": () => go(here - 1),
    "Home": () => go(0),
    "End": () => go(state.shots.length - 1),
    " ": nextDoubtful,
    "n": nextDoubtful,
    "p": back,
    "Enter": confirm,
    "x": () => act({ do: [{ do: "uncode", time: current().start }] }),
    "m": () => { notFirst(); return act({ do: [{ do: "merge", time: current().start }] }); },
    "[": () => move(-1),
    "]": () => move(1),
    "{": () => move(-5),
    "}": () => move(5),
    "d": nextKind,
    ",": () => step(-1),
    ".": () => step(1),
    "<": () => step(-10),
    ">": () => step(10),
    "s": split,
    "u": () => act({ undo: true }),
    "r": () => act({ redo: true }),
    "a": () => choose(0),
    "b": () => choose(1),
    "o": reorder,
    "g": askWhere,
    "l": listWhatIsLeft,
    "c": () => play("c"),
    "v": () => play("v"),
    "Escape": halt,
    "f": () => bound("begin"),
    "e": () => bound("end"),
    "?": () => openDialog("keys"),
  };

  const HELD = ["ArrowLeft", "ArrowRight", ...",.<>[]{}"]; /* keys that repeat while held down */

  /* A key's character; for a letter of another alphabet, the Latin one at its place. */
  function character(event) {
    if (event.key.length > 1) return event.key;
    const place = event.key > "\x7f" && /^Key([A-Z])$/.exec(event.code);
    return (place ? place[1] : event.key).toLowerCase();
  }

  function command(event) {
    const key = character(event);
    if (event.altKey && !"[]{}".includes(key)) return null; /* on some keyboards, brackets need Alt */
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      if (key === "z") return event.shiftKey ? KEYS.r : KEYS.u;
      return key === "y" ? KEYS.r : null;
    }
    const scale = state.scales.find((one) => one.key === key);
    return scale ? () => code(scale.abbreviation) : KEYS[key] || null;
  }

  /* Whether the browser's own action applies: that of a link or button with keyboard focus. */
  function isNative(event) {
    const focused = event.target.closest && event.target.closest("a, button, input");
    return focused && focused.matches(":focus-visible") && (event.key === "Enter" || (event.key === " " && !focused.matches("a")));
  }

  function onKey(event) {
    if (!state || document.querySelector("dialog[open]")) return;
    const native = isNative(event);
    const work = native ? null : command(event);
    /* A key held down steps, no faster than the page follows; it decides nothing, on shots never shown least of all. */
    const held = event.repeat && (!HELD.includes(event.key) || waiting > 1);
    if (work || (native && held)) event.preventDefault();
    if (work && !held) inTurn(work);
  }

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button || !state) return;
    if (button.dataset.place) {
      const { start } = shot(button.dataset.place); /* now: by its turn, the button may stand for another shot */
      inTurn(() => go(placeAt(start)));
    } else if (button.dataset.scale) inTurn(() => code(button.dataset.scale));
    else if (button.dataset.key) inTurn(KEYS[button.dataset.key]);
    else return;
    /* So that the next key acts on the film, not on the button just clicked. */
    if (event.detail > 0) button.blur();
  }

  /* ---- dialogs ---- */

  function openDialog(id) {
    barriers += 1;
    byId(id).showModal();
  }

  function askWhere() {
    byId("goto-where").value = "";
    byId("goto").returnValue = "";
    openDialog("goto");
  }

  function goWhere() {
    const text = byId("goto-where").value.trim();
    if (!text) return;
    inTurn(() => {
      const parts = text.split(":").map(Number);
      if (parts.some((part) => !Number.isFinite(part) || part < 0) || parts.length > 3) {
        throw new Error(`${text}: a shot's number, or a time such as 1:02:30.`);
      }
      if (parts.length === 1 && !text.includes(".")) go(parts[0] - 1);
      else go(placeAt(parts.reduce((sum, part) => 60 * sum + part, 0)));
    });
  }

  function listWhatIsLeft() {
    const places = open();
    const most = 300;
    byId("left-list").replaceChildren(...places.slice(0, most).map((place) => {
      const one = shot(place);
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.place = String(place);
      const said = one.opinions
        ? one.opinions.map((other) => `${other.coder} ${other.checked ? other.scale || "no scale" : "–"}${other.begins ? "" : ", no cut"}`).join("; ")
        : `${one.kind}, ${label(one) || "no scale"}, ${percent(one.sure)} sure`;
      button.textContent = `${place + 1} · ${clock(one.start)} · ${span(one.end - one.start)} · ${said}${one.differ ? " · they differ" : ""}`;
      button.addEventListener("click", () => byId("left").close());
      item.append(button);
      return item;
    }));
    byId("left-note").textContent = !places.length ? "Nothing: every shot is checked."
      : places.length > most ? `The first ${most} of ${places.length}.` : "";
    openDialog("left");
    const [first] = byId("left-list").children;
    if (first) first.firstElementChild.focus();
  }

  /* ---- startup ---- */

  function build() {
    const scales = [...state.scales.filter((one) => one.ordered), null, ...state.scales.filter((one) => !one.ordered)];
    byId("scales").replaceChildren(...scales.map((scale) => {
      if (!scale) { const gap = document.createElement("span"); gap.className = "gap"; return gap; }
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.scale = scale.abbreviation;
      button.setAttribute("aria-label", `${scale.name}, key ${scale.key}`);
      const parts = ["kbd", "b", "em", "small", "i"].map((tag) => document.createElement(tag));
      parts[0].textContent = scale.key;
      parts[1].textContent = scale.abbreviation;
      parts[3].textContent = scale.name;
      parts[4].style.background = COLORS[scale.abbreviation];
      button.append(...parts);
      return button;
    }));
    byId("strip").replaceChildren(...Array.from({ length: 2 * STRIP + 1 }, () => {
      const item = document.createElement("li");
      item.innerHTML = '<button type="button"><div class="screen none"><img alt="" decoding="async"><p></p></div>'
        + '<span class="words"></span><span class="tick"></span></button>';
      return item;
    }));
    document.documentElement.style.setProperty("--aspect", String(state.aspect));
    byId("coder").textContent = `coded by ${state.coder}`;
    byId("notes").hidden = !state.notes.length;
    byId("notes").textContent = state.notes.join(" ");
    document.body.classList.toggle("referees", Boolean(state.agreement));
    byId("agreement").hidden = !state.agreement;
    if (state.agreement) {
      const [first, second] = state.agreement.coders;
      const kappa = state.agreement.kappa === null ? "not defined" : state.agreement.kappa.toFixed(2);
      byId("agreement").textContent = `${first} and ${second}: ${state.agreement.both} ${state.agreement.both === 1 ? "boundary" : "boundaries"} in common, ${state.agreement.first} only `
        + `${first}'s, ${state.agreement.second} only ${second}'s. Scales: Cohen's kappa ${kappa} over ${state.agreement.seconds} s.`;
    }
  }

  async function load() {
    const time = state ? current().start : null;
    state = await ask("api/state");
    build();
    desk.setAttribute("aria-busy", "false");
    look = null;
    const [first] = open();
    show(time === null ? (first === undefined ? 0 : first) : placeAt(time), true);
  }

  history.replaceState(null, "", location.pathname);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  byId("near").addEventListener("click", onLine);
  byId("whole").addEventListener("click", onLine);
  byId("goto").addEventListener("close", goWhere);
  byId("goto").addEventListener("cancel", () => { byId("goto-where").value = ""; });
  window.addEventListener("beforeunload", (event) => { if (waiting > 0) event.preventDefault(); });
  window.addEventListener("resize", () => { if (state) drawLines(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (state) drawLines(); });
  load().catch((error) => tell(error.message));
})();
