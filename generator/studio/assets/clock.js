// The page's clock starts at the time that the programme was made for, so that its scripts and its words agree.
(() => {
  const started = Date.parse(document.currentScript.dataset.now);
  const Real = Date;
  const loaded = Real.now();
  const now = () => started + Real.now() - loaded;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given) => (given.length ? new target(...given) : new target(now())),
    apply: () => new Real(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
})();

// Which attributes scripts have set on which elements: what is saved leaves them alone until the page is loaded anew.
globalThis.studioSetByScripts = new WeakMap();
new MutationObserver((changes) => {
  for (const { target, attributeName } of changes) {
    if (!studioSetByScripts.has(target)) studioSetByScripts.set(target, new Set());
    studioSetByScripts.get(target).add(attributeName);
  }
}).observe(document, { attributes: true, subtree: true });
