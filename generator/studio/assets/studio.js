// Follows what is saved: styles and pictures are swapped. Everything else is put into the open page at once, and then the
// page is loaded anew and keeps its place: its scripts begin with what is there.
// Only the studio serves this file; a build never writes it.
(() => {
  const script = document.currentScript;
  const frame = window !== window.top;
  const isGallery = document.documentElement.dataset.studio === "gallery";
  const place = `studio:${location.pathname}`;
  let at = script.dataset.at;
  let news;

  function follow(how) {
    if (how === "styles") swapStyles();
    else if (how === "pictures") swapPictures();
    else renew();
  }

  async function renew() {
    try {
      const made = await fresh();
      if (loaded(made) === loaded(document)) Idiomorph.morph(document.documentElement, made.documentElement, { callbacks });
    } finally {
      setTimeout(reload, 40); // once it is seen
    }
  }

  // What a document loads to look and act as it does: where that is not the same, only a browser can say what comes of it.
  function loaded(page) {
    const files = [...page.querySelectorAll("script[src], link[rel~=stylesheet]")];
    return files.map((one) => (one.getAttribute("src") ?? one.getAttribute("href")).replace(/[?&]_at=.*$/, "")).join();
  }

  const callbacks = {
    beforeAttributeUpdated: (name, element) => !globalThis.studioSetByScripts?.get(element)?.has(name),
    beforeNodeRemoved: (node) => node.localName !== "sitegen-why",
  };

  function reload() {
    sessionStorage.setItem(place, JSON.stringify([scrollX, scrollY]));
    location.reload();
  }

  function restorePlace() {
    const kept = sessionStorage.getItem(place);
    if (!kept) return;
    sessionStorage.removeItem(place);
    const [x, y] = JSON.parse(kept);
    scrollTo({ left: x, top: y, behavior: "instant" });
  }

  async function fresh() {
    const answer = await fetch(location.href, { cache: "no-store" });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  async function swapStyles() {
    const mine = [...document.querySelectorAll("link[rel~=stylesheet]")];
    const theirs = [...(await fresh()).querySelectorAll("link[rel~=stylesheet]")];
    if (mine.length !== theirs.length) return reload();
    mine.forEach((old, number) => swapStyle(old, theirs[number]));
  }

  function swapStyle(old, made) {
    const hasNewName = made.getAttribute("href") !== old.getAttribute("href").replace(/[?&]_at=.*$/, "");
    if (hasNewName && made.getAttribute("href") === old.dataset.href) return;
    const link = old.cloneNode();
    link.dataset.href = made.getAttribute("href");
    link.setAttribute("href", hasNewName ? made.getAttribute("href") : again(made.getAttribute("href")));
    link.addEventListener("load", () => {
      old.remove();
      if (frame) window.parent.postMessage("restyled", location.origin);
    });
    link.addEventListener("error", () => link.remove());
    old.after(link);
  }

  async function swapPictures() {
    const which = "img, picture > source, link[rel~=icon]";
    const mine = [...document.querySelectorAll(which)];
    const theirs = [...(await fresh()).querySelectorAll(which)];
    if (!mine.length || mine.length !== theirs.length) return reload();
    mine.forEach((old, number) => {
      for (const name of ["src", "srcset", "href", "width", "height"]) {
        const made = theirs[number].getAttribute(name);
        if (made !== null && made !== old.getAttribute(name)) old.setAttribute(name, made);
        else if (made !== null && name === "src") old.setAttribute(name, again(made));
      }
    });
  }

  function again(address) {
    return `${address}${address.includes("?") ? "&" : "?"}_at=${at}`;
  }

  function listen() {
    if (frame || news) return;
    news = new EventSource(`/_studio/news?at=${at}`);
    news.onmessage = (message) => {
      const change = JSON.parse(message.data);
      at = change.at;
      if (!isGallery) follow(change.follow);
      for (const inner of document.querySelectorAll("iframe[data-studio]")) inner.contentWindow.postMessage(change, location.origin);
    };
  }

  function hush() {
    news?.close();
    news = undefined;
  }

  // Why is this page so? The key ? and the query ?_why open the answer, Escape shuts it.
  function why() {
    const address = new URL("/_studio/why", location.origin);
    address.searchParams.set("path", decodeURI(location.pathname));
    const now = new URLSearchParams(location.search).get("_now");
    if (now) address.searchParams.set("_now", now);
    const host = document.createElement("sitegen-why");
    const root = host.attachShadow({ mode: "open" });
    const panel = document.createElement("iframe");
    Object.assign(panel, { src: address, title: "Why is this page so?" });
    const styles = {
      position: "fixed", insetBlock: "0", right: "0", width: "min(34rem, 100vw)", height: "100%", border: "0",
      boxShadow: "0 0 2rem #0006", zIndex: "2147483647", background: "#fff", colorScheme: "light dark",
    };
    Object.assign(panel.style, styles);
    panel.addEventListener("load", () => panel.contentWindow.addEventListener("keydown", press));
    root.append(panel);
    document.body.append(host);
    return host;
  }

  let opened;

  function toggle(wanted = !opened?.isConnected) {
    if (!wanted) opened?.remove();
    else if (!opened?.isConnected) opened = why();
    if (!isGallery) sessionStorage.setItem("studio:why", wanted ? "open" : "");
  }

  function press(event) {
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (event.key === "?" && !event.ctrlKey && !event.metaKey && !event.altKey) toggle();
    else if (event.key === "Escape" && opened?.isConnected) toggle(false);
  }

  if (!isGallery) {
    addEventListener("keydown", press);
    const asked = new URLSearchParams(location.search).has("_why");
    if (asked || (!frame && sessionStorage.getItem("studio:why"))) toggle(true);
  }

  addEventListener("message", (message) => {
    if (!frame || message.origin !== location.origin || !message.data.follow) return;
    at = message.data.at;
    follow(message.data.follow);
  });
  addEventListener("message", (message) => {
    if (message.origin === location.origin && message.data === "studio:shut") toggle(false);
  });
  // A browser opens few connections to one place: tabs that nobody sees let theirs go.
  document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
  addEventListener("pagehide", hush);
  addEventListener("pageshow", () => document.hidden || listen());
  restorePlace();
  listen();
})();
