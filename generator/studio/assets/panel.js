// The panel's own button: it stands in a frame of the page, which shuts it.
document.querySelector(".shut").addEventListener("click", () => parent.postMessage("studio:shut", location.origin));
