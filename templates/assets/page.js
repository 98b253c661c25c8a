// Small comforts of a page: a button that copies an address, and a booking frame that says when it is open, or opens
// when booking does.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const words = button.textContent;
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = words), 2000);
  });
}

const place = document.querySelector(".ticket-site");
const isOpen = () => place?.querySelector(".frame").classList.add("is-open");
place?.querySelector("iframe")?.addEventListener("load", isOpen);
addEventListener("load", () => place?.dataset.later || isOpen()); // the frame may have been quicker than this script

function open() {
  const { later, title, script } = place.dataset;
  const frame = Object.assign(document.createElement("iframe"), { name: "SpektrixIFrame", id: "SpektrixIFrame", title, src: later, height: 1000 });
  frame.addEventListener("load", isOpen);
  place.querySelector(".frame").append(frame);
  place.append(Object.assign(document.createElement("script"), { src: script }));
  place.hidden = false;
  delete place.dataset.later;
}

// live.js says when the state has changed; it may have been quicker than this script.
function openInTime() {
  const isBookable = document.querySelector("main").matches("[data-state=on_sale], [data-state=limited], [data-state=unknown]");
  if (place?.dataset.later && isBookable) open();
}

document.addEventListener("state", openInTime);
openInTime();
