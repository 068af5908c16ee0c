"use strict";
// The desk's page: shows the folder's state as the server reports it, and sends the server what is pressed.
(() => {
  const $ = (id) => document.getElementById(id);
  const dom = (name, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  };
  const shown = { films: new Map(), columns: "" };  // each film's row and what it shows
  const ticked = new Set();
  let state;
  let saved = Promise.resolve();  // once the fields are: what is done next with the films has to know them
  let unsent = 0;  // edited fields, and uploads: they would be lost if the page were left now
  window.addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });

  // Whoever comes back from a film finds the list as it was left.
  const left = JSON.parse(sessionStorage.getItem("left") ?? '{"ticked": [], "text": "", "top": 0}');
  left.ticked.forEach((key) => ticked.add(key));
  $("find").value = left.text;
  window.addEventListener("pagehide", () => {
    sessionStorage.setItem("left", JSON.stringify({ ticked: [...ticked], text: $("find").value, top: $("scroll").scrollTop }));
  });

  async function ask(path, body, headers = { "Content-Type": "application/json" }) {
    let answer;
    try {
      const sent = body === undefined || body instanceof Blob ? body : JSON.stringify(body);
      const keepalive = ["/api/set", "/api/coder"].includes(path);  // a field is saved even if a link is followed at once
      answer = await fetch(path, body === undefined ? {} : { method: "POST", headers, body: sent, keepalive });
    } catch {
      const there = body instanceof File && await fetch("/api/state").catch(() => undefined);
      if (there) throw new Error(`${body.name}: cannot be copied; check that it can be read, or add it by its path`);
      throw new Error("The desk has ended; start it again with authorship desk. What is being measured goes on.");
    }
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.error);
    return content;
  }

  const contentOf = (file) => file.arrayBuffer().catch(() => { throw new Error(`${file.name}: cannot be read; choose it again`); });

  // Show an error where it happened: in the open dialog, or above the films.
  function complain(error) {
    const open = document.querySelector("dialog[open]");
    const place = open ? open.querySelector(".problem") : $("message");
    if (place.textContent === error.message && !place.hidden) return;  // said already
    place.textContent = error.message;
    if (!open) place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }
  function calm() {
    for (const place of document.querySelectorAll(".problem, dialog .done")) place.textContent = "";
    $("message").hidden = true;
  }
  function takeBack(message) {
    for (const place of document.querySelectorAll("dialog .problem")) if (place.textContent === message) place.textContent = "";
    if ($("message").textContent === message) $("message").hidden = true;
  }
  async function attempt(work, awaited = () => true) {
    calm();
    document.body.setAttribute("aria-busy", "true");
    try {
      await saved;
      return await work();
    } catch (error) { if (awaited()) complain(error); } finally {
      document.body.removeAttribute("aria-busy");
      await refresh();
    }
  }

  const number = (value, digits) => (value === undefined || value === null ? "" : value.toFixed(digits));
  const said = (film) => film.state === "measuring"
    ? `measuring, ${Math.round(100 * film.share)} %, ${film.detail}`
    : film.away ? `${film.state}, its file is away: put it back, or add it where it is now`
    : film.detail ? `${film.state}: ${film.detail}` : film.state;
  const isMeasured = (film) => ["measured", "corrected", "imported"].includes(film.state);

  function head() {
    const names = [["", "tick"], ["Film", "film"], ["State", "state"], ["Shots", "number"], ["Average, s", "number"],
      ["Verdict", "verdict"], ...state.columns.map((name) => [name, `cell ${name}`]), ["", "acts"]];
    $("head").replaceChildren(...names.map(([text, kind]) => text
      ? dom("th", { scope: "col", role: "columnheader", className: kind, textContent: text })
      : dom("td", { role: "cell", className: kind })));
    const widths = [2.2, 8, 10.5, 3.6, 5.4, 8.5, ...state.columns.map((name) => (name === "year" ? 4.5 : 7.1))];  // rem; beside them are the buttons, in desk.css
    const grows = (width) => (width > 7 ? `minmax(${width}rem, ${width}fr)` : `${width}rem`);
    $("films").style.setProperty("--columns", widths.map(grows).join(" "));
    $("films").style.setProperty("--least", `${widths.reduce((sum, width) => sum + width)}rem`);
  }

  function newRow(film) {
    const tick = dom("input", { type: "checkbox", checked: ticked.has(film.key) });
    tick.setAttribute("aria-label", `Choose ${film.film_id}`);
    tick.onchange = () => { ticked[tick.checked ? "add" : "delete"](film.key); chosen(); };
    const inputs = state.columns.map((name) => {
      const input = dom("input", { autocomplete: "off" });
      input.setAttribute("aria-label", `${name} of ${film.film_id}`);
      input.dataset.column = name;
      input.onchange = () => keep(input, "/api/set", { film: film.key, column: name, text: input.value });
      return input;
    });
    const cell = (kind, ...inside) => dom("td", { role: "cell", className: kind }, ...inside);
    const row = dom("tr", { role: "row" },
      cell("tick", tick),
      dom("th", { scope: "row", role: "rowheader", className: "film" }, dom("button", { type: "button",
        textContent: film.film_id, title: `${film.path}. Press to rename.`, onclick: () => rename(film) })),
      ...["state", "number", "number", "verdict"].map((kind) => cell(kind)),
      ...inputs.map((input) => cell(`cell ${input.dataset.column}`, input)),
      cell("acts"));
    row.dataset.key = film.key;
    return { row, inputs, text: "" };
  }

  async function rename(film) {
    const text = prompt(`A new name for ${film.film_id}; its file, and what was measured, stay its own:`, film.film_id);
    if (text === null || text === film.film_id) return;
    const told = await attempt(() => ask("/api/set", { film: film.key, column: "film_id", text }));
    const renamed = told && state.films.find((one) => one.film_id === told.text);
    if (renamed) shown.films.get(renamed.key).row.querySelector(".film button").focus();
  }

  function acts(film) {
    const link = (text, where, command) => {
      const node = dom("a", { href: `/films/${film.key}/${where}`, textContent: text });
      node.setAttribute("aria-label", `${text}: ${film.film_id}`);
      Object.assign(node.dataset, { command, film: film.key });
      return node;
    };
    const button = (text, label, press) => {
      const node = dom("button", { type: "button", textContent: text, onclick: press });
      node.setAttribute("aria-label", `${label} ${film.film_id}`);
      return node;
    };
    const remove = button("Remove", "Take off the list:", () => {
      if (confirm(`Take ${film.film_id} off the list? Its file, and what was measured, stay; what its fields say is lost.`)) {
        attempt(() => ask("/api/remove", { film: film.key }));
      }
    });
    const correct = film.away || film.state === "imported" ? [] : [link("Correct", "review/", "review"), " "];  // needs the file
    if (isMeasured(film)) return [link("Report", "report", "report"), " ", ...correct, remove];
    if (film.state === "failed" && film.changed && !film.decide) return [...correct, remove];  // it is measured
    if (film.decide) return [link("Decide", "decide/", "decide"), " ", ...correct, remove];
    if (film.state === "failed") {
      const again = button("Try again", "Measure again:", () => attempt(() => ask("/api/measure", { do: "retry" })));
      again.dataset.command = "retry";
      return [again, " ", remove];
    }
    return [remove];
  }

  function replaceActs(cell, nodes) {
    const focused = cell.contains(document.activeElement) && document.activeElement.textContent;
    cell.replaceChildren(...nodes);
    if (focused) ([...cell.children].find((one) => one.textContent === focused) ?? cell.firstElementChild).focus();
  }

  // What is being edited, or was refused, stays as it was typed.
  const edited = (input) => document.activeElement === input || input.hasAttribute("aria-invalid");

  function fill(film) {
    const known = shown.films.get(film.key) ?? newRow(film);
    shown.films.set(film.key, known);
    const text = JSON.stringify(film);
    if (known.text === text) return;
    const { row, inputs } = known;
    const before = known.text ? JSON.parse(known.text) : {};
    known.text = text;
    row.dataset.state = film.state;
    const cells = row.children;
    cells[2].textContent = said(film);
    cells[2].title = said(film);
    cells[3].textContent = number(film.n_shots, 0);
    cells[4].textContent = number(film.average_shot_length, 2);
    inputs.forEach((input, i) => { if (!edited(input)) input.value = film.cells[i]; });
    if (before.state !== film.state || before.away !== film.away || before.decide !== film.decide) replaceActs(cells[cells.length - 1], acts(film));
    if (before.state !== film.state || before.changed !== film.changed) askAgain(film.key);
  }
  function askAgain(key) {
    shown.films.get(key).row.children[5].textContent = "";
    wanted.add(key);
  }

  // Verdicts are requested one at a time, for the films in view.
  const inView = new Set();
  const wanted = new Set();
  let asking = false;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) inView[entry.isIntersecting ? "add" : "delete"](entry.target);
    answerNext();
  });
  async function answerNext() {
    if (asking) return;
    asking = true;
    for (;;) {
      const film = state?.films.find((one) => wanted.has(one.key) && isMeasured(one) && inView.has(shown.films.get(one.key).row.parentElement));
      if (!film) break;
      wanted.delete(film.key);
      const cell = shown.films.get(film.key).row.children[5];
      try {
        const told = await ask(`/api/verdict/${film.key}`);
        cell.textContent = told.probability === null ? told.verdict : `${told.verdict}, ${Math.round(100 * told.probability)} %`;
        cell.title = told.reason;
        if (told.itself) {
          cell.textContent += ", in the reference";
          cell.title += " The reference seems to hold this film, which is then compared with itself: that is no evidence.";
        }
      } catch (error) { cell.title = cell.textContent = error.message; }
    }
    asking = false;
  }

  function keep(input, path, body) {
    const text = input.value;
    unsent++;
    saved = saved.then(() => { unsent--; return save(input, text, path, body); });
  }
  async function save(input, text, path, body) {
    calm();
    try {
      const told = await ask(path, body);
      if (input.value === text) input.value = told.text;  // else it is being edited again
      input.removeAttribute("aria-invalid");
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      complain(error);
    }
    refresh();
  }

  function measuring() {
    const now = state.measuring;
    const films = (n) => (n === 1 ? "1 film" : `${n} films`);
    const done = state.films.filter(isMeasured).length;
    const share = state.films.length ? Math.round((100 * done) / state.films.length) : 0;
    $("measuring").textContent = now.error ? `Measuring stopped: ${now.error}`
      : now.paused ? `Paused. ${films(now.waiting)} waiting.`
      : now.running ? `Measuring, ${now.done} of ${films(now.planned)} done${now.left && `; ${now.left}`}.`
      : now.waiting ? `${films(now.waiting)} waiting to be measured.`
      : state.films.length ? `${done} of ${films(state.films.length)} measured.${state.outdated ? " The candidates' films have changed: see Candidates." : ""}` : "";
    $("bar").setAttribute("aria-valuenow", share);
    $("bar").firstElementChild.style.width = `${share}%`;
    const possible = { start: !now.running && now.waiting > 0, pause: now.running && !now.paused,
      resume: now.paused, cancel: now.running };
    for (const button of $("steps").children) button.disabled = !possible[button.dataset.measure];
  }

  function chosen() {
    for (const key of ticked) if (!shown.films.has(key)) ticked.delete(key);
    const measured = state.films.filter((film) => ticked.has(film.key) && isMeasured(film));
    $("compare").disabled = measured.length !== 2;
    $("exported").textContent = ticked.size
      ? `Only the ticked films, ${measured.length} measured` : "All measured films; tick some to export only these";
    $("compare").title = measured.length === 2 ? "" : "Tick two measured films";
    return measured;
  }

  // Rows are grouped, so that the browser can skip whole groups that are out of view.
  const GROUP = 20, ROW = 2.6;  // rem, as in desk.css
  let found = [];  // the rows shown, in order
  function find() {
    const text = $("find").value.toLowerCase();
    const sought = (film) => [film.film_id, film.state, ...film.cells].join("\n").toLowerCase().includes(text);
    const groups = $("films").tBodies, focused = document.activeElement;
    const rowOf = (film) => shown.films.get(film.key).row;
    found = state.films.filter((film) => sought(film) || rowOf(film).contains(focused)).map(rowOf);
    for (let i = 0; i < Math.max(groups.length, found.length / GROUP); i++) {
      const rows = found.slice(i * GROUP, (i + 1) * GROUP);
      const group = groups[i] ?? newGroup();
      if (rows.length === group.rows.length && rows.every((row, j) => group.rows[j] === row)) continue;
      group.replaceChildren(...rows);
      group.style.containIntrinsicHeight = `auto ${rows.length * ROW}rem`;
    }
    if (focused !== document.activeElement && focused.isConnected) focused.focus();
  }
  function newGroup() {
    const group = $("films").createTBody();
    group.setAttribute("role", "rowgroup");
    seen.observe(group);
    return group;
  }

  function show() {
    const columns = JSON.stringify(state.columns);
    if (columns !== shown.columns) {
      shown.columns = columns;
      shown.films.clear();
      head();
    }
    state.films.forEach(fill);
    const keys = new Set(state.films.map((film) => film.key));
    for (const key of shown.films.keys()) if (!keys.has(key)) shown.films.delete(key);
    $("empty").hidden = state.films.length > 0;
    $("here").hidden = !state.here;
    $("scroll").hidden = state.films.length === 0;
    const older = state.outdated ? " (its films have changed since: press The films of this folder to make it anew)" : "";
    $("reference").textContent = `${state.reference ?? "the six built-in directors"}${older}`;
    if (shown.reference !== state.reference) for (const key of keys) askAgain(key);
    shown.reference = state.reference;
    if (!edited($("coder"))) $("coder").value = state.coder;
    measuring();
    chosen();
    find();
    if (!document.body.dataset.ready) $("scroll").scrollTop = left.top;
    document.body.dataset.ready = "true";
    answerNext();
  }

  let timer;
  let last = "";
  let missed;  // what the last refresh said if it failed
  async function refresh() {
    clearTimeout(timer);
    try {
      const told = await ask("/api/state");
      const text = JSON.stringify(told);
      state = told;
      if (text !== last) show();
      last = text;
      if (missed) takeBack(missed);
      missed = undefined;
    } catch (error) { complain(error); missed = error.message; }
    timer = setTimeout(refresh, state?.measuring.running && !document.hidden ? 1000 : 4000);
  }

  // Show the command equivalent to the control under the pointer or with the focus.
  function command(event) {
    const node = event.target.closest?.("[data-command]");
    if (!node || !state) return;
    const films = chosen();
    const film = state.films.find((one) => one.key === node.dataset.film) ?? films[0];
    const option = (text) => (text ? ` ${text}` : "");
    const [year] = film?.cells[state.columns.indexOf("year")].match(/^\d{4}$/) ?? [];
    const places = { FILM: film?.place, PART: option(film?.part), CUT: option(film?.cut), YEAR: option(year && `--year ${year}`) };
    // A command has one part for both films.
    if (films.length === 2 && films[0].part === films[1].part) [places.A, places.B] = films.map((one) => one.place);
    else if (node === $("compare")) places.PART = "";
    tell(state.commands[node.dataset.command].replace(/\0(FILM|A|B|PART|CUT|YEAR)/g, (_, name) => places[name] ?? name));  // no path has a NUL
  }
  function tell(text) {
    $("command").textContent = text;
    $("copy").disabled = false;
  }
  document.addEventListener("focusin", command);
  document.addEventListener("pointerover", command);
  $("copy").onclick = async () => {
    await navigator.clipboard.writeText($("command").textContent);
    $("copy").textContent = "Copied";
    setTimeout(() => { $("copy").textContent = "Copy"; }, 1500);
  };

  // Keys that an input method uses, to choose among characters for instance, are not for the page; some browsers say so by 229 only.
  const composes = (event) => event.isComposing || event.keyCode === 229;

  // Arrow keys move up and down a column of fields.
  $("films").addEventListener("keydown", (event) => {
    if (composes(event)) return;
    const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    const { column } = event.target.dataset ?? {};
    if (!step || !column) return;
    const row = found[found.indexOf(event.target.closest("tr")) + step];
    if (row) { event.preventDefault(); [...row.querySelectorAll("input")].find((one) => one.dataset.column === column).focus(); }
  });
  $("find").oninput = find;
  $("coder").onchange = () => keep($("coder"), "/api/coder", { name: $("coder").value });
  $("compare").onclick = () => {
    const films = chosen();
    if (films.length === 2) location.assign(`/compare/${films[0].key}/${films[1].key}`);
  };
  for (const button of document.querySelectorAll("[data-open]")) {
    button.onclick = () => { calm(); if (button.dataset.open === "importing" && !lists.length) listFilms(); $(button.dataset.open).showModal(); };
  }
  for (const form of document.querySelectorAll("dialog form")) {
    // Enter in a field presses the dialog's own button, not the one that closes it.
    form.addEventListener("keydown", (event) => {
      if (composes(event) || event.key !== "Enter" || event.target.tagName !== "INPUT" || event.target.type === "file") return;
      event.preventDefault();
      if (event.target.dataset.how) {  // its change is previewed first
        event.target.blur();
        event.target.focus();
        return;
      }
      form.querySelector(event.target.id === "reference-path" ? "[data-reference=path]" : "button.main")?.click();
    });
  }
  for (const button of $("steps").children) button.onclick = () => attempt(() => ask("/api/measure", { do: button.dataset.measure }));

  // A file that is refused stops no other.
  async function upload(files) {
    const refused = [];
    unsent++;
    for (const file of files) {
      if (isList(file)) {
        refused.push(`${file.name}: a list, not a film; press Import for it, once its film is measured if it is of one`);
        continue;
      }
      $("measuring").textContent = `Copying ${file.name} into the folder`;
      await ask("/api/upload", file, { "X-Film-Name": encodeURIComponent(file.name), "X-Film-Changed": String(file.lastModified),
        "Content-Type": "application/octet-stream" })
        .catch((error) => refused.push(error.message));
    }
    unsent--;
    last = "";  // the line on measuring is to be shown again
    if (refused.length < files.length) await ask("/api/measure", { do: "start" });
    if (refused.length) throw new Error([...new Set(refused)].join("\n"));
  }
  async function add(path) {
    await ask("/api/add", { paths: [path] });
    await ask("/api/measure", { do: "start" });
  }
  document.querySelector("[data-add]").onclick = ({ target }) => attempt(() => add(target.dataset.add));
  $("add").onclick = () => attempt(async () => {
    const path = $("path").value.trim();
    if (path) await add(path);
    else if ($("files").files.length) await upload($("files").files).finally(() => { $("files").value = ""; });
    else throw new Error("Choose files, or type a path.");
    $("path").value = "";
    $("adding").close();
  });
  for (const [name, on] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => { event.preventDefault(); document.body.classList.toggle("dropping", on); });
  }
  document.addEventListener("drop", (event) => {
    const files = [...event.dataTransfer.files];
    if (files.length && files.every(isList)) {
      $("importing").showModal();
      choose(files);
    } else if (files.length) attempt(() => upload(files));
  });
  $("add-column").onclick = () => attempt(async () => {
    await ask("/api/column", { name: $("column").value });
    $("column").value = "";
    $("columns").close();
  });

  const done = (id, lines) => $(id).querySelector(".done").replaceChildren(...lines.map((line) => dom("p", { textContent: line })));
  for (const button of document.querySelectorAll("[data-export]")) {
    button.onclick = () => attempt(async () => {
      const films = chosen().map((film) => film.key);
      if (ticked.size && !films.length) throw new Error("None of the ticked films is measured; measure them, or untick them to export all.");
      const told = await ask("/api/export", { format: button.dataset.export, films });
      done("exporting", told.written);
      tell(told.command);
    });
  }
  for (const button of document.querySelectorAll("[data-reference]")) {
    button.onclick = async () => {
      const told = await attempt(async () => {
        const chosen = await ask("/api/reference", { kind: button.dataset.reference, path: $("reference-path").value });
        for (const key of shown.films.keys()) askAgain(key);
        last = "";
        return chosen;
      });
      // Once the page is up to date: what changes above the buttons would move them from under the pointer.
      if (told) done("candidates", [`Films are attributed among ${told.chosen}.`]);
    };
  }

  // Lists are reread whenever the files or a field change, and imported only when accepted.
  const isList = (file) => /\.(csv|tsv|txt|edl|otio|eaf|xlsx)$/i.test(file.name);
  let lists = [];  // each with its name and content, and, once shown, how it was read and whether it could be
  let turn = 0;  // of the latest preview: answers to earlier ones are not shown
  let roles = [];  // one select per column of the table shown
  let columns = "";
  let own = false;  // whether the user chose the columns' roles
  function how() {
    const told = Object.fromEntries([...document.querySelectorAll("[data-how]")].map((field) => [field.dataset.how, field.value]));
    const chosen = roles.flatMap((select, i) => (select.value ? [`${select.value}=${i + 1}`] : []));
    return own ? { ...told, columns: chosen.join(",") } : told;
  }
  const named = (films, name) => films.find((film) => film.film_id.toLowerCase() === name.normalize("NFC").toLowerCase());
  function listFilms() {
    const names = lists.flatMap((list) => list.films ?? []), several = names.length > 1 || lists.length > 1;
    const films = state.films.filter((film) => isMeasured(film) && film.state !== "imported");
    const same = names.filter((name) => named(films, name)).length;
    const option = (value, textContent) => dom("option", { value, textContent });
    const which = same === names.length ? "of the measured films of the same names"
      : `of the ${same} measured films of the same names, the others separate films`;
    const each = lists.length > 1 ? "one film per list, without files" : "separate films, without files";
    $("of").replaceChildren(option("", several ? each : "a separate film, without a file"),
      ...(several ? same ? [option("names", which)] : [] : films.map((film) => option(film.key, `of the film ${film.film_id}`))));
    const usual = several ? (same ? "names" : "") : named(films, names[0] ?? "")?.key ?? "";
    $("of").value = [...$("of").options].some((one) => one.value === asIs) ? asIs : usual;
  }
  let asIs;  // what the user says the lists are
  $("of").onchange = () => { asIs = $("of").value; };
  const table = (heads, rows) => dom("table", {},
    dom("thead", {}, dom("tr", {}, ...heads.map((head) => dom("th", { scope: "col" }, ...head)))),
    dom("tbody", {}, ...rows.map((row) => dom("tr", {}, ...row.map((text) => dom("td", { textContent: text }))))));
  function showColumns(told) {
    const text = JSON.stringify([told.columns.map(([name]) => name), told.fields]);
    if (text !== columns) {
      columns = text;
      own = false;
      roles = told.columns.map(([name]) => {
        const select = dom("select", {}, ...["", ...told.roles].map((role) => dom("option", { value: role, textContent: role || "not read" })));
        select.setAttribute("aria-label", `Column ${name} is`);
        select.onchange = () => {
          own = true;
          for (const other of roles) if (other !== select && other.value === select.value) other.value = "";
          preview();
        };
        return select;
      });
      $("fields").replaceChildren(table(told.columns.map(([name], i) => [name, dom("br"), roles[i]]), told.fields));
      $("fields").hidden = told.columns.length === 0;
    }
    if (!own) roles.forEach((select, i) => { select.value = told.columns[i][1]; });
  }
  async function preview() {
    $("accept").disabled = true;
    const mine = ++turn, shown = [];
    await attempt(async () => {
      for (const list of lists) {
        const { name: file, content } = list, options = how();
        const told = await ask("/api/preview", { name: file, content, options });
        if (mine !== turn) return;
        Object.assign(list, { options, read: !told.problem, films: told.films });
        if (list === lists[0]) showColumns(told);
        const name = lists.length > 1 ? `${list.name}: ` : "";
        if (told.problem) {
          if (lists.length === 1) throw new Error(told.problem);
          shown.push(dom("p", { className: "problem", textContent: `${name}${told.problem}` }));
          continue;
        }
        shown.push(...[told.understood, ...told.notes].map((text) => dom("p", { textContent: `${name}${text}` })));
        const early = told.films.filter((one) => ["waiting", "measuring"].includes(named(state.films, one)?.state));
        shown.push(...early.map((one) => dom("p", { className: "problem",
          textContent: `${one} is not measured yet: wait until it is, or this becomes a separate film.` })));
        if (lists.length === 1) shown.push(table(told.heads.map((text) => [text]), told.rows));
      }
      listFilms();
      $("accept").disabled = !lists.some((list) => list.read);
    }, () => mine === turn);
    if (mine === turn) $("preview").replaceChildren(...shown);
  }
  async function choose(files) {
    const none = lists = [], read = [], latest = () => lists === none;  // until others are chosen
    own = false;
    asIs = undefined;
    await preview();
    await attempt(async () => {
      for (const file of files) {
        const bytes = new Uint8Array(await contentOf(file));
        let text = "";
        for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
        read.push({ name: file.name, content: btoa(text) });
      }
      if (!latest()) return;
      lists = read;
    }, latest);
    if (lists === read) await preview();
  }
  $("list").onclick = () => { $("list").value = ""; };  // so that a list corrected meanwhile can be chosen again
  $("list").onchange = () => choose([...$("list").files]);
  for (const field of document.querySelectorAll("[data-how]")) field.onchange = preview;
  $("accept").onclick = () => {
    $("accept").disabled = true;
    const mine = turn, shown = lists.filter((list) => list.read), film = $("of").value, lines = [], refused = [];
    attempt(async () => {
      try {
        for (const list of shown) {
          const { name, content, options } = list;
          const told = await ask("/api/accept", { name, content, film, options }).catch((error) => { refused.push(error.message); });
          if (!told) continue;  // a list that is refused stops no other
          list.read = false;  // what is imported is not imported again if another list is refused
          lines.push(...told.written, ...told.notes);
          tell(told.command);
          done("importing", lines);
        }
        if (refused.length) throw new Error([...new Set(refused)].join("\n"));
      } finally { if (mine === turn) $("accept").disabled = !shown.some((list) => list.read); }
    });
  };

  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  history.replaceState(null, "", location.pathname);
  refresh();
})();
